#pragma once
// The parts of all-ranking evaluation: who is asked and what is relevant, one list's metrics, and
// how often each item is listed. Definitions and sources: evaluate_result.hpp. Memory: a scorer has
// a hash table of 4 k slots. Thread safety: a scorer belongs to one thread, the rest is read only.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/evaluate/evaluate_result.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::detail {

inline constexpr std::uint32_t no_list = 0xffffffffU;

[[noreturn]] inline void broken_ranker(std::string_view how) {
  throw Exception(ErrorCode::invalid_value, text("the ranker ", how), "evaluate_ranking");
}

inline void check_ranking_options(const std::vector<std::size_t>& ks) {
  require_option(!ks.empty(), "ks", "at least one length", ks.size());
  std::size_t before = 0;
  for (const std::size_t k : ks) {
    require_option(k > before && k <= 1'000'000, "ks", "ascending, each in [1, 1000000]", k);
    before = k;
  }
}

/// The customers to ask, ascending, and their relevant items. `seen` is what customers have,
/// `train` what the model was fitted to: the same, unless customers are folded in.
struct RankingTruth {
  const Csr<float>& seen;
  std::vector<Customer> customers;
  std::vector<std::size_t> ends;  ///< of each customer's part of `relevant`
  std::vector<std::uint32_t> relevant;
  bool exclude_seen;

  RankingTruth(const Interactions& seen_side, const Interactions& train_side,
               const Interactions& test_side, bool leave_out_seen, bool cold_customers,
               RankingCounts& counts)
      : seen(seen_side.by_customer()), exclude_seen(leave_out_seen) {
    const Csr<float>& test = test_side.by_customer();
    counts.catalogue = seen.columns();
    relevant.reserve(test.nonzeros());
    for (std::size_t c = 0; c < test.rows(); ++c) {
      if (test.row_size(c) == 0) continue;
      ++counts.test_customers;
      const bool cold = seen.row_size(c) == 0;
      counts.cold_customers += cold ? 1 : 0;
      if (cold && !cold_customers) continue;
      const std::size_t before = relevant.size();
      for (const std::uint32_t item : test.row_indices(c)) {
        const bool has = seen.contains(c, item);
        counts.seen_pairs += has ? 1 : 0;
        if (has && exclude_seen) continue;
        relevant.push_back(item);
        counts.cold_pairs += train_side.by_item().row_size(item) == 0 ? 1 : 0;
      }
      if (relevant.size() == before) {
        ++counts.already_known;
        continue;
      }
      customers.push_back(id_at<Customer>(c));
      ends.push_back(relevant.size());
    }
    for (std::size_t item = 0; item < test.columns(); ++item) {
      const bool tested = test_side.by_item().row_size(item) != 0;
      counts.cold_items += tested && train_side.by_item().row_size(item) == 0 ? 1 : 0;
    }
    counts.evaluated = customers.size();
    counts.relevant = relevant.size();
  }

  [[nodiscard]] std::span<const std::uint32_t> relevant_of(std::size_t row) const noexcept {
    const std::size_t begin = row == 0 ? 0 : ends[row - 1];
    return std::span(relevant).subspan(begin, ends[row] - begin);
  }
};

/// What every list is measured with.
struct RankingScale {
  std::vector<std::size_t> ks;
  std::vector<double> discount;   ///< 1 / log2(rank + 1), rank from 1 at place 0
  std::vector<double> ideal;      ///< the DCG of h hits on top, at place h
  std::vector<double> surprisal;  ///< bits of each item

  RankingScale(const Interactions& train, std::vector<std::size_t> lengths)
      : ks(std::move(lengths)), ideal{0.0} {
    for (std::size_t place = 0; place < ks.back(); ++place) {
      discount.push_back(1 / std::log2(static_cast<double>(place + 2)));
      ideal.push_back(ideal.back() + discount.back());
    }
    const Csr<float>& by_item = train.by_item();
    const double total = static_cast<double>(by_item.nonzeros() + by_item.rows());
    surprisal.reserve(by_item.rows());
    for (std::size_t item = 0; item < by_item.rows(); ++item) {
      surprisal.push_back(std::log2(total / static_cast<double>(by_item.row_size(item) + 1)));
    }
  }
};

/// Checks and measures lists, one after another.
class ListScorer {
 public:
  ListScorer(const RankingTruth& truth, const RankingScale& scale, std::size_t k)
      : truth_(&truth), scale_(&scale), hits_(k, 0) {
    std::size_t slots = 16;
    for (shift_ = 28; slots < 4 * k; slots *= 2) --shift_;
    slots_.assign(slots, Slot{no_list, 0});
  }

  /// The metrics of the list of the row-th customer; the c-th goes to to[c * stride].
  void score(std::size_t row, std::span<const Item> list, double* to, std::size_t stride) {
    const std::span<const std::uint32_t> relevant = truth_->relevant_of(row);
    find_hits(row, list, relevant);
    const RankingScale& scale = *scale_;
    const std::size_t lengths = scale.ks.size();
    double hits = 0;
    double gain = 0;
    double precisions = 0;
    double first = 0;
    double bits = 0;
    std::size_t place = 0;
    for (std::size_t i = 0; i < lengths; ++i) {
      const std::size_t k = scale.ks[i];
      for (; place < list.size() && place < k; ++place) {
        bits += scale.surprisal[index(list[place])];
        if (hits_[place] == 0) continue;
        const double rank = static_cast<double>(place + 1);
        if (hits == 0) first = 1 / rank;
        hits += 1;
        gain += scale.discount[place];
        precisions += hits / rank;
      }
      const std::size_t best = std::min(k, relevant.size());
      const double values[] = {hits / static_cast<double>(relevant.size()),
                               hits / static_cast<double>(k),
                               gain / scale.ideal[best],
                               precisions / static_cast<double>(best),
                               first,
                               hits > 0 ? 1.0 : 0.0,
                               place > 0 ? bits / static_cast<double>(place) : 0};
      static_assert(std::size(values) == std::size(customer_metrics));
      for (std::size_t metric = 0; metric < std::size(values); ++metric) {
        to[(metric * lengths + i) * stride] = values[metric];
      }
    }
  }

  /// 1 at each place of the last list that has a relevant item.
  [[nodiscard]] const std::uint8_t* hits() const noexcept { return hits_.data(); }

 private:
  struct Slot {
    std::uint32_t item;
    std::uint32_t place;
  };

  /// Where the item stands, or the empty slot where it belongs (linear probing).
  [[nodiscard]] Slot& locate(std::uint32_t item) noexcept {
    std::size_t slot = (item * 0x9E3779B9U) >> shift_;
    while (slots_[slot].item != no_list && slots_[slot].item != item) {
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return slots_[slot];
  }

  /// hits_[place] = 1 for each listed item that is relevant; throws for a broken list.
  void find_hits(std::size_t row, std::span<const Item> list,
                 std::span<const std::uint32_t> relevant) {
    std::fill(slots_.begin(), slots_.end(), Slot{no_list, 0});
    for (std::size_t place = 0; place < list.size(); ++place) {
      const auto item = static_cast<std::uint32_t>(list[place]);
      if (item >= truth_->seen.columns()) broken_ranker("gave an item outside of the catalogue");
      Slot& slot = locate(item);
      if (slot.item == item) broken_ranker("gave an item twice in one list");
      slot = {item, static_cast<std::uint32_t>(place)};
      hits_[place] = 0;
    }
    for (const std::uint32_t item : relevant) {
      const Slot& slot = locate(item);
      if (slot.item == item) hits_[slot.place] = 1;
    }
    if (!truth_->exclude_seen) return;
    for (const std::uint32_t item : truth_->seen.row_indices(index(truth_->customers[row]))) {
      if (locate(item).item == item) {
        broken_ranker("gave an item that the customer has, although 'exclude_seen' is set");
      }
    }
  }

  const RankingTruth* truth_;
  const RankingScale* scale_;
  std::vector<std::uint8_t> hits_;
  std::vector<Slot> slots_;
  unsigned shift_ = 28;
};

/// Cuts columns of `total` rows to their `done` first ones.
inline void cut_columns(std::vector<double>& values, std::size_t total, std::size_t done) {
  if (done == total) return;
  const std::size_t columns = values.size() / total;
  for (std::size_t c = 1; c < columns; ++c) {
    const auto from = values.begin() + static_cast<std::ptrdiff_t>(c * total);
    std::copy(from, from + static_cast<std::ptrdiff_t>(done),
              values.begin() + static_cast<std::ptrdiff_t>(c * done));
  }
  values.resize(columns * done);
}

/// The means of the columns from `out.means.size()` on, a metric at every k.
inline void add_means(RankingEvaluation& out, RankingMetric metric,
                      const std::vector<std::size_t>& ks) {
  for (const std::size_t k : ks) {
    double sum = 0;
    for (const double value : out.column(out.means.size())) sum += value;
    out.means.push_back({metric, k, sum / static_cast<double>(out.customers.size())});
  }
}

}  // namespace emptor::detail
