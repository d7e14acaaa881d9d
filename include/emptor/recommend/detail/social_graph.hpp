#pragma once
// The social term of a factorisation as one quadratic form, tr(X' S X) with X the customers'
// factors, and an order in which customers can be solved at once.
//
// S is symmetric and positive semidefinite. SocialMF: S = (I - T)'(I - T), T the rows of link
// weights divided by their sums, rows without links left out. SoReg: S = D - (W + W'), the graph's
// Laplacian, D its row sums. Memory: SoReg 8 bytes a link, SocialMF 8 bytes a pair of customers who
// are linked or linked by the same third one; 12 bytes an entry while it is made.
// Thread safety: constant once made.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "emptor/math/csr.hpp"
#include "emptor/recommend/detail/social_common.hpp"
#include "emptor/recommend/social_options.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/links.hpp"

namespace emptor::detail {

/// S without its diagonal, the diagonal, and the customers by colour.
struct SocialGraph {
  Csr<float> others;                    ///< m x m, symmetric
  std::vector<float> own;               ///< m, >= 0
  std::vector<std::uint32_t> order;     ///< customers, one colour after another
  std::vector<std::size_t> colours{0};  ///< places in `order` where a colour ends; no two customers
                                        ///< of one colour share an entry of `others`
};

/// Entries of a symmetric matrix, collected and added up.
class SymmetricEntries {
 public:
  explicit SymmetricEntries(std::size_t m) : own_(m, 0.0) {}

  void add(std::uint32_t a, std::uint32_t b, double value) {
    if (a == b) {
      own_[a] += value;
      return;
    }
    rows_.push_back(a);
    columns_.push_back(b);
    values_.push_back(value);
    if (rows_.size() >= limit_) fold();
  }

  [[nodiscard]] SocialGraph take() {
    fold();
    SocialGraph graph;
    std::vector<float> values(values_.begin(), values_.end());
    graph.others = Csr<float>::from_entries(own_.size(), own_.size(), rows_, columns_, values);
    graph.own.assign(own_.begin(), own_.end());
    return graph;
  }

 private:
  /// Adds up what stands at one place, so that memory follows the places and not the additions.
  void fold() {
    const Csr<double> sum =
        Csr<double>::from_entries(own_.size(), own_.size(), rows_, columns_, values_);
    rows_.clear();
    columns_.assign(sum.indices().begin(), sum.indices().end());
    values_.assign(sum.values().begin(), sum.values().end());
    for (std::size_t r = 0; r < sum.rows(); ++r) {
      rows_.insert(rows_.end(), sum.row_size(r), static_cast<std::uint32_t>(r));
    }
    limit_ = std::max<std::size_t>(limit_, 2 * rows_.size());
  }

  std::vector<double> own_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint32_t> columns_;
  std::vector<double> values_;
  std::size_t limit_ = std::size_t{1} << 20;
};

/// Greedy colouring, the customers of most entries first, equal ones by number.
inline void colour(SocialGraph& graph) {
  const std::size_t m = graph.own.size();
  std::vector<std::uint32_t> turn(m);
  std::iota(turn.begin(), turn.end(), std::uint32_t{0});
  std::stable_sort(turn.begin(), turn.end(), [&](std::uint32_t a, std::uint32_t b) {
    return graph.others.row_size(a) > graph.others.row_size(b);
  });
  constexpr std::uint32_t none = 0xffffffffU;
  std::vector<std::uint32_t> colour_of(m, none);
  std::vector<std::uint32_t> taken_by;  // by colour: the last customer who saw it taken
  std::vector<std::size_t> sizes;
  for (const std::uint32_t u : turn) {
    for (const std::uint32_t v : graph.others.row_indices(u)) {
      if (colour_of[v] != none) taken_by[colour_of[v]] = u;
    }
    std::uint32_t c = 0;
    while (c < taken_by.size() && taken_by[c] == u) ++c;
    if (c == taken_by.size()) {
      taken_by.push_back(none);
      sizes.push_back(0);
    }
    colour_of[u] = c;
    ++sizes[c];
  }
  graph.colours.assign(1, 0);
  for (const std::size_t size : sizes) graph.colours.push_back(graph.colours.back() + size);
  std::vector<std::size_t> next(graph.colours.begin(), graph.colours.end() - 1);
  graph.order.resize(m);
  for (std::uint32_t u = 0; u < m; ++u) graph.order[next[colour_of[u]]++] = u;
}

[[nodiscard]] inline SocialGraph social_graph(const Interactions& data, const Links& links,
                                              SocialPull pull, SocialSimilarity similarity) {
  const std::size_t m = data.customers();
  SymmetricEntries entries(m);
  std::vector<double> strengths;
  for (std::uint32_t u = 0; u < m; ++u) {
    const auto whom = links.outgoing().row_indices(u);
    const auto weights = links.outgoing().row_values(u);
    strengths.clear();
    double sum = 0;
    for (std::size_t k = 0; k < whom.size(); ++k) {
      strengths.push_back(link_strength(similarity, weights[k], data.by_customer().row_indices(u),
                                        data.by_customer().row_indices(whom[k])));
      sum += strengths.back();
    }
    if (!(sum > 0)) continue;
    if (pull == SocialPull::pairs) {
      for (std::size_t k = 0; k < whom.size(); ++k) {
        if (strengths[k] == 0) continue;
        entries.add(u, u, strengths[k]);
        entries.add(whom[k], whom[k], strengths[k]);
        entries.add(u, whom[k], -strengths[k]);
        entries.add(whom[k], u, -strengths[k]);
      }
      continue;
    }
    entries.add(u, u, 1);
    for (std::size_t k = 0; k < whom.size(); ++k) {
      const double share = strengths[k] / sum;
      if (share == 0) continue;
      entries.add(u, whom[k], -share);
      entries.add(whom[k], u, -share);
      for (std::size_t l = 0; l < whom.size(); ++l) {
        if (strengths[l] != 0) entries.add(whom[k], whom[l], share * strengths[l] / sum);
      }
    }
  }
  SocialGraph graph = entries.take();
  colour(graph);
  return graph;
}

}  // namespace emptor::detail
