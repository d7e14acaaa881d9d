#pragma once
// TIFU-KNN: the next basket from what the customer buys again and again, and from what customers of
// like habits buy.
//
// Haoji Hu, Xiangnan He, Jinyang Gao, Zhi-Li Zhang, "Modeling personalized item frequency
// information for next-basket recommendation", SIGIR 2020, doi:10.1145/3397271.3401066. Sessions
// are baskets. A customer's baskets are cut into groups of g from the latest back (the oldest group
// may be smaller); within a group of s baskets the j-th counts r_b^(s - j) / s, of K groups the
// k-th r_g^(K - k) / K. The sum over baskets that hold an item is its personal frequency u_i. The
// score is alpha u + (1 - alpha) times the mean of the k customers nearest to u in Euclidean
// distance; those who share nothing with it are near when they bought little. The
// customer is one of them.
//
// What customers buy again is what this model knows best, and `exclude_seen = true`, the filters'
// default, leaves all of it out: ask with `exclude_seen = false`. With alpha = 1 and decays of 1 it
// is the customer's own frequency.
//
// Time of a call: the customers of each of the customer's items, and m to clear. Memory: 20 bytes
// an interaction and 12 m beside the sequences. Thread safety: see recommender.hpp. The same bits
// for any executor.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/math/csr.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/recommend/detail/sequence_model.hpp"

namespace emptor {

struct TifuKnnOptions {
  std::size_t neighbours = 300;  ///< k, customers whose mean is taken, >= 1
  std::size_t group_size = 7;    ///< g, baskets a group, >= 1
  double basket_decay = 0.9;     ///< r_b, within a group, a basket, in (0, 1]
  double group_decay = 0.7;      ///< r_g, a group, in (0, 1]
  double personal = 0.7;         ///< alpha, the part of the customer's own frequencies, in [0, 1]
};

struct TifuKnnReport {
  std::size_t customers = 0;    ///< with a basket
  std::size_t frequencies = 0;  ///< pairs of a customer and an item
};

namespace detail {

class TifuKnnEngine {
 public:
  using Options = TifuKnnOptions;
  static constexpr std::string_view archive_kind = "tifu-knn";
  static constexpr std::string_view display_name = "tifu-knn";

  /// The customer's frequencies, by item.
  using Query = std::vector<std::pair<std::uint32_t, double>>;

  TifuKnnEngine(const Sequences& data, const Options& options, const Context&)
      : data_(data), options_(options) {
    check(options);
    std::vector<std::size_t> offsets(1, 0);
    std::vector<std::uint32_t> indices;
    std::vector<float> values;
    ScoreSums sums(data.items());
    for (std::size_t c = 0; c < data.customers(); ++c) {
      std::vector<std::span<const std::uint32_t>> baskets;
      for (std::size_t s = data.first_session(c); s < data.first_session(c + 1); ++s) {
        baskets.push_back(data.session_items(s));
      }
      for (const auto& [item, value] : frequencies(baskets, sums)) {
        indices.push_back(item);
        values.push_back(value);
      }
      offsets.push_back(indices.size());
    }
    frequencies_ =
        Csr<float>(data.items(), std::move(offsets), std::move(indices), std::move(values));
    by_item_ = frequencies_.transposed();
    norms_.assign(data.customers(), 0.0);
    for (std::size_t c = 0; c < data.customers(); ++c) {
      for (const float value : frequencies_.row_values(c))
        norms_[c] += double{value} * double{value};
      if (frequencies_.row_size(c) > 0) by_norm_.push_back(static_cast<std::uint32_t>(c));
    }
    std::stable_sort(by_norm_.begin(), by_norm_.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return norms_[a] < norms_[b]; });
  }

  /// m x n, finite and > 0.
  [[nodiscard]] const Csr<float>& personal_frequencies() const noexcept { return frequencies_; }

  /// The frequencies of baskets in order of time, by item.
  [[nodiscard]] std::vector<std::pair<std::uint32_t, float>> frequencies(
      const std::vector<std::span<const std::uint32_t>>& baskets, ScoreSums& sums) const {
    const std::size_t count = baskets.size();
    const std::size_t group = options_.group_size;
    const std::size_t groups = count / group + (count % group != 0 ? 1 : 0);
    std::vector<std::uint32_t> items;
    for (std::size_t back = 0; back < count; ++back) {
      const std::size_t groups_back = back / group;
      const std::size_t size = groups_back + 1 < groups ? group : count - groups_back * group;
      const double weight =
          std::pow(options_.basket_decay, static_cast<double>(back - groups_back * group)) *
          std::pow(options_.group_decay, static_cast<double>(groups_back)) /
          (static_cast<double>(size) * static_cast<double>(groups));
      const auto basket = baskets[count - 1 - back];
      items.assign(basket.begin(), basket.end());
      std::sort(items.begin(), items.end());
      items.erase(std::unique(items.begin(), items.end()), items.end());
      for (const std::uint32_t item : items) sums.add(item, weight);
    }
    std::vector<std::pair<std::uint32_t, float>> out;
    std::sort(sums.touched.begin(), sums.touched.end());
    for (const std::uint32_t item : sums.touched) {
      const auto value = static_cast<float>(sums.of_item[item]);
      if (value > 0) out.emplace_back(item, value);
    }
    sums.clear();
    return out;
  }

  [[nodiscard]] Query query(Customer customer) const {
    const auto items = frequencies_.row_indices(index(customer));
    const auto values = frequencies_.row_values(index(customer));
    Query query;
    for (std::size_t i = 0; i < items.size(); ++i) {
      query.emplace_back(items[i], static_cast<double>(values[i]));
    }
    return query;
  }
  /// Throws `invalid_shape` or `invalid_value` for frequencies that are none.
  [[nodiscard]] Query query(const FoldedCustomer& folded) const {
    (void)sequence_of(folded);
    if (folded.factors.size() != folded.items.size()) {
      throw Exception(ErrorCode::invalid_shape,
                      text("a folded-in customer has ", folded.items.size(), " items but ",
                           folded.factors.size(), " frequencies: fold_in gives them"),
                      "recommend");
    }
    Query query;
    for (std::size_t i = 0; i < folded.items.size(); ++i) {
      if (!(folded.factors[i] >= 0) || !std::isfinite(folded.factors[i])) {
        throw Exception(ErrorCode::invalid_value,
                        text("a frequency must be finite and >= 0, got ", folded.factors[i]),
                        "recommend");
      }
      if (folded.factors[i] == 0) continue;
      query.emplace_back(static_cast<std::uint32_t>(folded.items[i]),
                         static_cast<double>(folded.factors[i]));
    }
    return query;
  }
  [[nodiscard]] bool known(const Query& query) const noexcept { return !query.empty(); }

  void add_up(const Query& query, ScoreSums& sums) const {
    for (const auto& [item, value] : query) sums.add(item, options_.personal * value);
    const auto nearest = neighbours(query);
    const double part = (1 - options_.personal) / static_cast<double>(nearest.size());
    for (const auto& [customer, dot] : nearest) {
      const auto items = frequencies_.row_indices(customer);
      const auto values = frequencies_.row_values(customer);
      for (std::size_t i = 0; i < items.size(); ++i) {
        sums.add(items[i], part * static_cast<double>(values[i]));
      }
    }
  }
  /// The own frequency is the item's own; a neighbour's part is that of the items that make it near
  /// in proportion to their products; what neighbours without any add is no item's.
  template <class Add>
  double reasons(const Query& query, std::uint32_t wanted, Add&& add) const {
    for (const auto& [item, value] : query) {
      if (item == wanted) add(item, options_.personal * value);
    }
    const auto nearest = neighbours(query);
    const double part = (1 - options_.personal) / static_cast<double>(nearest.size());
    double rest = 0;
    for (const auto& [customer, dot] : nearest) {
      const double share = part * frequency(customer, wanted);
      if (share == 0) continue;
      if (!(dot > 0)) rest += share;
      for (const auto& [item, value] : query) {
        const double product = value * frequency(customer, item);
        if (product > 0 && dot > 0) add(item, share * (product / dot));
      }
    }
    return rest;
  }
  /// One basket.
  void fold(FoldedCustomer& folded) const { folded.factors.assign(folded.items.size(), 1.0F); }

  static void check(const Options& options) {
    const auto decay = [](double value, std::string_view name) {
      require_option(value > 0 && value <= 1, name, "in (0, 1]", value);
    };
    require_option(options.neighbours >= 1, "neighbours", ">= 1", options.neighbours);
    require_option(options.group_size >= 1, "group_size", ">= 1", options.group_size);
    decay(options.basket_decay, "basket_decay");
    decay(options.group_decay, "group_decay");
    require_option(options.personal >= 0 && options.personal <= 1, "personal", "in [0, 1]",
                   options.personal);
  }
  static void put_options(SectionWriter& section, const Options& options) {
    section.put(std::uint64_t{options.neighbours});
    section.put(std::uint64_t{options.group_size});
    for (const double number : {options.basket_decay, options.group_decay, options.personal}) {
      section.put(number);
    }
  }
  static Options get_options(SectionReader& section) {
    Options options;
    options.neighbours = static_cast<std::size_t>(section.get<std::uint64_t>());
    options.group_size = static_cast<std::size_t>(section.get<std::uint64_t>());
    for (double* number : {&options.basket_decay, &options.group_decay, &options.personal}) {
      *number = section.get<double>();
    }
    return options;
  }

 private:
  [[nodiscard]] double frequency(std::uint32_t customer, std::uint32_t item) const noexcept {
    const auto items = frequencies_.row_indices(customer);
    const auto found = std::lower_bound(items.begin(), items.end(), item);
    if (found == items.end() || *found != item) return 0;
    return double{
        frequencies_.row_values(customer)[static_cast<std::size_t>(found - items.begin())]};
  }

  /// The k nearest customers, the nearest first, and their dot products with the query. Distances
  /// are taken without the query's own square, which is the same for all.
  [[nodiscard]] std::vector<std::pair<std::uint32_t, double>> neighbours(const Query& query) const {
    std::vector<double> dots(data_.customers(), 0.0);
    std::vector<std::uint32_t> touched;
    for (const auto& [item, value] : query) {
      const auto customers = by_item_.row_indices(item);
      const auto values = by_item_.row_values(item);
      for (std::size_t i = 0; i < customers.size(); ++i) {
        double& dot = dots[customers[i]];
        if (dot == 0) touched.push_back(customers[i]);
        dot += value * static_cast<double>(values[i]);
      }
    }
    TopK<double> nearest(std::min(options_.neighbours, by_norm_.size()));
    for (const std::uint32_t customer : touched) {
      nearest.push(customer, 2 * dots[customer] - norms_[customer]);
    }
    for (const std::uint32_t customer : by_norm_) {
      if (dots[customer] != 0) continue;
      if (!nearest.enters(customer, -norms_[customer])) break;
      nearest.push(customer, -norms_[customer]);
    }
    std::vector<std::pair<std::uint32_t, double>> out;
    for (const auto& [customer, closeness] : nearest.take()) {
      out.emplace_back(customer, dots[customer]);
    }
    return out;
  }

  Sequences data_;
  Options options_;
  Csr<float> frequencies_;
  Csr<float> by_item_;
  std::vector<double> norms_;           // squared, by customer
  std::vector<std::uint32_t> by_norm_;  // customers with a basket, the least norm first
};

}  // namespace detail

/// Follows the `Recommender` concept. A folded-in customer's `factors` are the frequencies of
/// `items`; `fold_in` takes its items for one basket.
using TifuKnnModel = detail::SequenceModel<detail::TifuKnnEngine>;

static_assert(LoadableRecommender<TifuKnnModel> && BatchRecommender<TifuKnnModel> &&
              UpdatableRecommender<TifuKnnModel, Sequences>);

struct TifuKnnFit {
  TifuKnnModel model;
  TifuKnnReport report;
};

/// `data` cut into baskets. One pass: progress is not asked. Throws `invalid_option`.
[[nodiscard]] inline TifuKnnFit fit_tifu_knn(const Sequences& data,
                                             const TifuKnnOptions& options = {},
                                             const Context& context = {}) {
  TifuKnnModel model(data, options, context);
  TifuKnnReport report;
  for (std::size_t c = 0; c < data.customers(); ++c) {
    report.customers += data.session_count(id_at<Customer>(c)) > 0 ? 1 : 0;
  }
  report.frequencies = model.engine().personal_frequencies().nonzeros();
  return {std::move(model), report};
}

/// A new customer of several baskets in order of time: the first sizes[0] items are the first
/// basket, and so on. Exact: served like one of the fit. Throws `invalid_shape` unless the sizes
/// add up to the items, `out_of_range`.
[[nodiscard]] inline FoldedCustomer fold_in_baskets(const TifuKnnModel& model,
                                                    std::span<const Item> items,
                                                    std::span<const std::size_t> sizes) {
  FoldedCustomer folded = model.fold_in(items);
  std::vector<std::uint32_t> all;
  for (const Item item : items) all.push_back(static_cast<std::uint32_t>(item));
  std::vector<std::span<const std::uint32_t>> baskets;
  std::size_t at = 0;
  for (const std::size_t size : sizes) {
    if (size > all.size() - at) break;
    if (size > 0) baskets.push_back(std::span(all).subspan(at, size));
    at += size;
  }
  if (at != all.size() ||
      std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}) != all.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("the baskets' sizes must add up to ", all.size(), " items"),
                    "fold_in_baskets");
  }
  detail::ScoreSums sums(model.items());
  folded.factors.assign(folded.items.size(), 0.0F);
  for (const auto& [item, value] : model.engine().frequencies(baskets, sums)) {
    const auto found = std::lower_bound(folded.items.begin(), folded.items.end(), Item{item});
    folded.factors[static_cast<std::size_t>(found - folded.items.begin())] = value;
  }
  return folded;
}

}  // namespace emptor
