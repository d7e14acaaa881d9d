#pragma once
// Popularity by segment of customers, or by the context of the moment (season, weekday, hour,
// channel): what is taken there, leaning on what everybody takes where little is known.
//
// Of group g and item i with weights w_gi that add up to W_g, and the item's share p_i of all
// weights, the score is (w_gi + kappa p_i) / (W_g + kappa): the expected share under a Dirichlet
// prior around the overall shares that is worth kappa units of weight. Chengxiang Zhai, John
// Lafferty, "A study of smoothing methods for language models applied to information retrieval",
// ACM TOIS 22(2), 2004, doi:10.1145/984321.984322. Whose group is unknown gets the overall shares.
//
// Time: linear in the events; a list looks at the group's items, and walks down the overall ranking
// until k items pass. Memory: 12 bytes for each item of each group, 28 n, and the interactions.
// Sums in double, in the order of the events: the same bits for any executor. Thread safety: see
// recommender.hpp.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

/// The group of a customer or event of whom none is known.
inline constexpr std::uint32_t no_group = 0xffffffffU;

struct SegmentPopularityOptions {
  /// kappa, in units of weight, finite and > 0: a group with this much weight is believed half.
  double shrinkage = 100;
};

struct SegmentPopularityReport {
  std::size_t groups = 0;   ///< one more than the largest label, whether they have events or not
  std::size_t events = 0;   ///< that were counted
  std::size_t unknown = 0;  ///< of these, without a group: they count overall only
};

namespace detail {

struct GroupSums {
  Csr<double> groups;                 ///< groups x items, values > 0
  std::vector<double> items;          ///< of all events, with or without a group
  std::vector<std::uint64_t> events;  ///< by item
};

/// Throws unless the sums are possible: finite, none negative, of the same number of items.
inline bool possible(const GroupSums& sums, std::size_t n) {
  const auto fine = [](double value) { return value >= 0 && std::isfinite(value); };
  return sums.items.size() == n && sums.events.size() == n && sums.groups.columns() == n &&
         std::ranges::all_of(sums.items, fine) && std::ranges::all_of(sums.groups.values(), fine);
}

}  // namespace detail

/// See the top of the file and `Recommender`. Items without an event are not recommended.
class SegmentPopularityModel {
 public:
  static constexpr std::string_view archive_kind = "segment-popularity";

  /// `segments`: the groups of the customers, or empty. Throws `invalid_shape`, `invalid_value`,
  /// `invalid_option`.
  SegmentPopularityModel(Interactions data, std::vector<std::uint32_t> segments,
                         detail::GroupSums sums, const SegmentPopularityOptions& options)
      : data_(std::move(data)),
        segments_(std::move(segments)),
        sums_(std::move(sums)),
        options_(options) {
    require_option(options.shrinkage > 0 && std::isfinite(options.shrinkage), "shrinkage",
                   "finite and > 0", options.shrinkage);
    if ((!segments_.empty() && segments_.size() != customers()) ||
        !detail::possible(sums_, items())) {
      throw Exception(ErrorCode::invalid_shape,
                      text("segments and finite sums of ", customers(), " customers and ", items(),
                           " items expected"),
                      "SegmentPopularityModel");
    }
    for (const double sum : sums_.items) total_ += sum;
    for (std::size_t g = 0; g < groups(); ++g) {
      const auto values = sums_.groups.row_values(g);
      totals_.push_back(std::accumulate(values.begin(), values.end(), 0.0));
    }
    for (std::size_t i = 0; i < items(); ++i) {
      if (sums_.events[i] > 0) ranking_.push_back(static_cast<std::uint32_t>(i));
    }
    std::stable_sort(ranking_.begin(), ranking_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return sums_.items[a] > sums_.items[b];
    });
  }

  [[nodiscard]] std::string_view name() const noexcept { return "popular by group"; }
  [[nodiscard]] std::size_t customers() const noexcept { return data_.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return data_.items(); }
  [[nodiscard]] std::size_t groups() const noexcept { return sums_.groups.rows(); }
  [[nodiscard]] const Interactions& interactions() const noexcept { return data_; }
  [[nodiscard]] const SegmentPopularityOptions& options() const noexcept { return options_; }
  /// The customer's group; `no_group` for all when the groups are contexts.
  [[nodiscard]] std::uint32_t segment(Customer customer) const {
    detail::require_id(customer, customers(), "customer", "segment");
    return segments_.empty() ? no_group : segments_[index(customer)];
  }

  /// By the customer's own group; folded-in customers by the group they were folded in with.
  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return recommend_row(segment(customer), detail::row_of(data_, customer, "recommend"), k,
                         filter);
  }
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    const auto row = detail::row_of(customer, items(), "recommend");
    return recommend_row(group_of(customer), row, k, filter);
  }
  /// The list for a customer in a group that the call names: the context of the moment. A group
  /// beyond those of the fit is as unknown as `no_group`.
  [[nodiscard]] std::vector<Recommendation> recommend_in(std::uint32_t group, Customer customer,
                                                         std::size_t k,
                                                         const RecommendFilter& filter = {}) const {
    return recommend_row(group, detail::row_of(data_, customer, "recommend_in"), k, filter);
  }
  /// The list for nobody in particular.
  [[nodiscard]] std::vector<Recommendation> most_popular_in(std::uint32_t group,
                                                            std::size_t k) const {
    return recommend_row(group, detail::CustomerRow<Item>{}, k, {});
  }

  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    score_items(segment(customer), items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    (void)detail::row_of(customer, this->items(), "score");
    score_items(group_of(customer), items, scores);
  }

  /// Popularity knows no similarity: always empty.
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t) const {
    detail::require_id(item, items(), "item", "similar_items");
    return {};
  }

  /// No parts: all of the score is `rest`, counted from `events` events of all groups.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t) const {
    return explain_item(segment(customer), item);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item, std::size_t) const {
    (void)detail::row_of(customer, items(), "explain");
    return explain_item(group_of(customer), item);
  }

  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    return detail::fold_items(items, weights, this->items());
  }
  /// With a group, which stands in `factors` as two halves of 16 bits.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items, std::span<const float> weights,
                                       std::uint32_t group) const {
    FoldedCustomer folded = detail::fold_items(items, weights, this->items());
    folded.factors = {static_cast<float>(group >> 16), static_cast<float>(group & 0xffffU)};
    return folded;
  }

  /// The very model that a fit to `data` gives with the segments as they are; customers who are new
  /// have none. A model of contexts throws `invalid_option`: a matrix has none, so it is fitted
  /// anew to the events, which costs as little.
  [[nodiscard]] SegmentPopularityModel update(const Interactions& data,
                                              const Context& context = {}) const;

  /// Kind "segment-popularity", version 1: sections "interactions" and "sums".
  [[nodiscard]] std::vector<std::byte> save() const {
    ArchiveWriter writer(archive_kind, 1);
    put_interactions(writer.section("interactions"), data_);
    SectionWriter& section = writer.section("sums");
    section.put(options_.shrinkage);
    section.put_array(segments_);
    section.put_array(sums_.items);
    section.put_array(sums_.events);
    std::vector<std::uint32_t> sizes;
    for (std::size_t g = 0; g < groups(); ++g) {
      sizes.push_back(static_cast<std::uint32_t>(sums_.groups.row_size(g)));
    }
    section.put_array(sizes);
    section.put_array(sums_.groups.indices());
    section.put_array(sums_.groups.values());
    return std::move(writer).finish();
  }
  [[nodiscard]] static Result<SegmentPopularityModel> load(std::span<const std::byte> bytes) {
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
    if (!reader) return reader.error();
    Result<SectionReader> section = reader->section("interactions");
    if (!section) return section.error();
    Interactions data = get_interactions(*section);
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("sums");
    if (!section) return section.error();
    SegmentPopularityOptions options;
    options.shrinkage = section->get<double>();
    auto segments = section->get_array<std::uint32_t>();
    detail::GroupSums sums;
    sums.items = section->get_array<double>();
    sums.events = section->get_array<std::uint64_t>();
    const auto sizes = section->get_array<std::uint32_t>();
    auto indices = section->get_array<std::uint32_t>();
    auto values = section->get_array<double>();
    if (section->ok()) {
      std::vector<std::size_t> offsets(1, 0);
      for (const std::uint32_t size : sizes) offsets.push_back(offsets.back() + size);
      try {
        sums.groups =
            Csr<double>(data.items(), std::move(offsets), std::move(indices), std::move(values));
        return SegmentPopularityModel(std::move(data), std::move(segments), std::move(sums),
                                      options);
      } catch (const Exception&) {
        section->require(false, "the sums contradict themselves");
      }
    }
    return section->finish().error();
  }

 private:
  static std::uint32_t group_of(const FoldedCustomer& customer) noexcept {
    if (customer.factors.size() != 2) return no_group;
    const auto half = [](float value) -> std::uint32_t {
      return value >= 0 && value < 65536 ? static_cast<std::uint32_t>(value) : 0xffffU;
    };
    return half(customer.factors[0]) << 16 | half(customer.factors[1]);
  }
  /// `own`: the item's weight in the group.
  [[nodiscard]] float share(std::uint32_t group, double own, std::size_t item) const noexcept {
    const double overall = total_ > 0 ? sums_.items[item] / total_ : 0;
    if (group >= groups()) return static_cast<float>(overall);
    const double kappa = options_.shrinkage;
    return static_cast<float>((own + kappa * overall) / (totals_[group] + kappa));
  }
  [[nodiscard]] double own_weight(std::uint32_t group, std::uint32_t item) const noexcept {
    if (group >= groups()) return 0;
    const auto row = sums_.groups.row_indices(group);
    const auto at = std::lower_bound(row.begin(), row.end(), item);
    if (at == row.end() || *at != item) return 0;
    return sums_.groups.row_values(group)[static_cast<std::size_t>(at - row.begin())];
  }

  template <class ItemId>
  [[nodiscard]] std::vector<Recommendation> recommend_row(std::uint32_t group,
                                                          const detail::CustomerRow<ItemId>& row,
                                                          std::size_t k,
                                                          const RecommendFilter& filter) const {
    const detail::ItemFilter ready(filter, items());
    TopK<float> best(std::min(k, items()));
    const auto offer = [&](std::uint32_t item, double own) {
      const float score = share(group, own, item);
      if (best.enters(item, score) && ready.allows(item, row.items)) best.push(item, score);
    };
    if (ready.listed()) {
      for (const std::uint32_t item : ready.candidates()) {
        if (sums_.events[item] > 0) offer(item, own_weight(group, item));
      }
      return detail::to_list(best);
    }
    if (group < groups()) {
      const auto taken = sums_.groups.row_indices(group);
      const auto weights = sums_.groups.row_values(group);
      for (std::size_t t = 0; t < taken.size(); ++t) offer(taken[t], weights[t]);
    }
    for (const std::uint32_t item : ranking_) {
      if (k == 0 || (best.full() && share(group, 0, item) < best.worst())) break;
      if (own_weight(group, item) == 0) offer(item, 0);
    }
    return detail::to_list(best);
  }

  void score_items(std::uint32_t group, std::span<const Item> items,
                   std::span<float> scores) const {
    detail::require_score_spans(items, scores, this->items());
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto item = static_cast<std::uint32_t>(items[i]);
      scores[i] = share(group, own_weight(group, item), item);
    }
  }
  [[nodiscard]] Explanation explain_item(std::uint32_t group, Item item) const {
    detail::require_id(item, items(), "item", "explain");
    const auto place = static_cast<std::uint32_t>(item);
    const float score = share(group, own_weight(group, place), place);
    return {.score = score, .parts = {}, .rest = score, .events = sums_.events[index(item)]};
  }

  Interactions data_;
  std::vector<std::uint32_t> segments_;
  detail::GroupSums sums_;
  SegmentPopularityOptions options_;
  double total_ = 0;
  std::vector<double> totals_;          // by group
  std::vector<std::uint32_t> ranking_;  // items with events, the most taken first
};

static_assert(LoadableRecommender<SegmentPopularityModel> &&
              UpdatableRecommender<SegmentPopularityModel>);

struct SegmentPopularityFit {
  SegmentPopularityModel model;
  SegmentPopularityReport report;
};

namespace detail {

/// Adds up events of which item, weight (empty: 1) and group are given.
[[nodiscard]] inline SegmentPopularityFit fit_groups(const Interactions& data,
                                                     std::vector<std::uint32_t> segments,
                                                     std::span<const std::uint32_t> items,
                                                     std::span<const float> weights,
                                                     std::span<const std::uint32_t> groups,
                                                     const SegmentPopularityOptions& options) {
  SegmentPopularityReport report;
  for (const std::uint32_t group : segments) {
    if (group != no_group) report.groups = std::max<std::size_t>(report.groups, group + 1U);
  }
  GroupSums sums{
      {}, std::vector<double>(data.items(), 0.0), std::vector<std::uint64_t>(data.items(), 0)};
  std::vector<std::uint32_t> group_of;
  std::vector<std::uint32_t> item_of;
  std::vector<double> weight_of;
  for (std::size_t e = 0; e < items.size(); ++e) {
    require_id(id_at<Item>(items[e]), data.items(), "item", "fit_segment_popularity");
    const double weight = weights.empty() ? 1.0 : static_cast<double>(weights[e]);
    if (!(weight > 0) || std::isinf(weight)) {
      throw Exception(ErrorCode::invalid_value,
                      text("an event's weight must be finite and > 0, got ", weight),
                      "fit_segment_popularity");
    }
    sums.items[items[e]] += weight;
    ++sums.events[items[e]];
    ++report.events;
    if (groups[e] == no_group) {
      ++report.unknown;
      continue;
    }
    report.groups = std::max<std::size_t>(report.groups, groups[e] + 1U);
    group_of.push_back(groups[e]);
    item_of.push_back(items[e]);
    weight_of.push_back(weight);
  }
  sums.groups = Csr<double>::from_entries(report.groups, data.items(), group_of, item_of,
                                          std::span<const double>(weight_of));
  return {SegmentPopularityModel(data, std::move(segments), std::move(sums), options), report};
}

}  // namespace detail

/// By segment: `segments` has a label 0, 1, … a customer, or `no_group`; labels are best dense, as
/// each up to the largest costs 16 bytes. Each entry of `data` is an event of its weight. Throws
/// `invalid_shape` when the labels are not as many as customers, `invalid_option`.
[[nodiscard]] inline SegmentPopularityFit fit_segment_popularity(
    const Interactions& data, std::span<const std::uint32_t> segments,
    const SegmentPopularityOptions& options = {}) {
  if (segments.size() != data.customers()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a segment for each of ", data.customers(), " customers expected, got ",
                         segments.size()),
                    "fit_segment_popularity");
  }
  std::vector<std::uint32_t> groups;
  groups.reserve(data.entries());
  for (std::size_t c = 0; c < data.customers(); ++c) {
    groups.insert(groups.end(), data.by_customer().row_size(c), segments[c]);
  }
  return detail::fit_groups(data, {segments.begin(), segments.end()}, data.by_customer().indices(),
                            data.by_customer().values(), groups, options);
}

/// By context: element i of each span is one event; `contexts` has labels 0, 1, … such as weekday
/// or channel, or `no_group`; `weights` may be empty: all 1. `data` says what customers have. Ask
/// with `recommend_in`. Throws `invalid_shape`, `out_of_range`, `invalid_value`, `invalid_option`.
[[nodiscard]] inline SegmentPopularityFit fit_context_popularity(
    const Interactions& data, std::span<const Item> items, std::span<const std::uint32_t> contexts,
    std::span<const float> weights = {}, const SegmentPopularityOptions& options = {}) {
  if (contexts.size() != items.size() || (!weights.empty() && weights.size() != items.size())) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a context for each of ", items.size(), " events and as many weights, or ",
                         "none, expected, got ", contexts.size(), " and ", weights.size()),
                    "fit_context_popularity");
  }
  std::vector<std::uint32_t> numbers;
  numbers.reserve(items.size());
  for (const Item item : items) numbers.push_back(static_cast<std::uint32_t>(item));
  return detail::fit_groups(data, {}, numbers, weights, contexts, options);
}

inline SegmentPopularityModel SegmentPopularityModel::update(const Interactions& data,
                                                             const Context&) const {
  detail::require_grown(data, customers(), items());
  if (segments_.empty() && customers() > 0) {
    throw Exception(ErrorCode::invalid_option, "a matrix has no contexts: fit the events anew",
                    "update");
  }
  std::vector<std::uint32_t> segments = segments_;
  segments.resize(data.customers(), no_group);
  return fit_segment_popularity(data, segments, options_).model;
}

}  // namespace emptor
