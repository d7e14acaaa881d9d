#pragma once
// Replenishment: what is due again, for whom, and when.
//
// The days between two purchases of an item by a customer are log-normal. A customer's mean is
// drawn towards the item's, and the item's towards that of all items, as far as the data say they
// are alike (empirical Bayes; variances by the method of moments, between items that of Rebecca
// DerSimonian, Nan Laird, "Meta-analysis in clinical trials", Controlled Clinical Trials 7(3),
// 1986, doi:10.1016/0197-2456(86)90046-2). So who bought once has the item's interval, who bought
// often an own one. Intervals grow with the quantity bought, to a power that is estimated too.
//
// Many never buy again. A purchase is followed by another with a chance that differs from customer
// to customer by a beta distribution about the item's mean: Peter S. Fader, Bruce G. S. Hardie,
// "How to project customer retention", Journal of Interactive Marketing 21(1), 2007,
// doi:10.1002/dir.20074; with waiting, that is a mixture with a share that is never due (Joseph
// Berkson, Robert P. Gage, "Survival curve for cancer patients following treatment", JASA 47, 1952,
// doi:10.1080/01621459.1952.10501187), so that long silence speaks against a return. Intervals are
// learned from those that ended: where the data cover a few intervals only, they are too short.
// Items nobody bought twice are never offered. For categories in place of items, give Sequences
// whose items are the categories.
//
// Time of a fit: some 300 evaluations a pair of customer and item. Memory: 88 bytes a pair beside
// the sequences. Thread safety: immutable. The same bits for any executor.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/detail/replenishment_pairs.hpp"
#include "emptor/recommend/replenishment_result.hpp"
#include "emptor/table/sequences.hpp"
#include "emptor/table/sequences_archive.hpp"

namespace emptor {

struct ReplenishmentOptions {
  double merge_days = 1;  ///< purchases closer than this are one, >= 0
  double doubt = 10;      ///< purchases' worth of holding an item's repeat rate to the common, >= 0
  /// Until when purchases are known; none: the last event. Later events throw.
  std::optional<Time> until{};
};

/// What counts as due.
struct DueOptions {
  double within_days = 30;       ///< due by now or within this many days, >= 0; the span of `buys`
  double least_probability = 0;  ///< leave out what is bought with less probability, in [0, 1]
  double interval = 0.8;         ///< probability of [early, late], in (0, 1)
};

struct ReplenishmentFit;

class ReplenishmentModel {
 public:
  static constexpr std::string_view archive_kind = "replenishment";

  [[nodiscard]] std::size_t customers() const noexcept { return data_.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return data_.items(); }
  [[nodiscard]] const Sequences& sequences() const noexcept { return data_; }

  /// The item's own median interval in days, at quantity 1; none for an item never bought again.
  [[nodiscard]] std::optional<double> item_interval(Item item) const {
    detail::require_id(item, items(), "item", "item_interval");
    if (!offered(index(item))) return std::nullopt;
    return std::exp(model_.items[index(item)].mean);
  }

  /// None when the customer never bought the item, or nobody bought it again. A `now` before the
  /// last purchase counts as that moment. O(log of the customer's items). Throws `out_of_range`,
  /// `invalid_option`.
  [[nodiscard]] std::optional<Replenishment> due(Customer customer, Item item, Time now,
                                                 const DueOptions& options = {}) const {
    detail::require_id(customer, customers(), "customer", "due");
    detail::require_id(item, items(), "item", "due");
    check(options);
    const auto of = pairs_of(customer);
    const auto found =
        std::lower_bound(of.begin(), of.end(), static_cast<std::uint32_t>(item),
                         [](const auto& pair, std::uint32_t wanted) { return pair.item < wanted; });
    if (found == of.end() || found->item != static_cast<std::uint32_t>(item)) return std::nullopt;
    if (!offered(found->item)) return std::nullopt;
    return describe(*found, now, options.within_days, spread(options));
  }

  /// The customer's at most k items that are due, the likeliest purchase first, equal ones by item.
  [[nodiscard]] std::vector<Replenishment> due_items(Customer customer, Time now, std::size_t k,
                                                     const DueOptions& options = {}) const {
    detail::require_id(customer, customers(), "customer", "due_items");
    check(options);
    const double z = spread(options);
    std::vector<Replenishment> list;
    for (const auto& pair : pairs_of(customer)) consider(pair, now, options, z, list);
    keep_best(list, k);
    return list;
  }
  /// The at most k customers for whom the item is due, the likeliest buyer first.
  [[nodiscard]] std::vector<Replenishment> due_customers(Item item, Time now, std::size_t k,
                                                         const DueOptions& options = {}) const {
    detail::require_id(item, items(), "item", "due_customers");
    check(options);
    const double z = spread(options);
    std::vector<Replenishment> list;
    for (std::size_t p = item_starts_[index(item)]; p < item_starts_[index(item) + 1]; ++p) {
      consider(pairs_[by_item_[p]], now, options, z, list);
    }
    keep_best(list, k);
    return list;
  }

  /// The very model fitted to `data`, which may have grown but not shrunk. With `until` set, give
  /// the new one.
  [[nodiscard]] ReplenishmentModel update(const Sequences& data, const Context& context = {},
                                          std::optional<Time> until = {}) const {
    detail::require_grown(data, customers(), items());
    ReplenishmentOptions options = options_;
    options.until = until;
    PurchaseIntervals report;
    return ReplenishmentModel(data, options, context, report);
  }

  /// The sequences and the options: `load` estimates the rest anew.
  [[nodiscard]] std::vector<std::byte> save() const {
    ArchiveWriter writer(archive_kind, 1);
    put_sequences(writer.section("sequences", 1), data_);
    SectionWriter& section = writer.section("options", 1);
    section.put(options_.merge_days);
    section.put(options_.doubt);
    section.put(options_.until.has_value());
    section.put(options_.until ? std::int64_t{options_.until->time_since_epoch().count()} : 0);
    return std::move(writer).finish();
  }
  [[nodiscard]] static Result<ReplenishmentModel> load(std::span<const std::byte> bytes) {
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
    if (!reader) return reader.error();
    Result<SectionReader> section = reader->section("sequences");
    if (!section) return section.error();
    Sequences data = get_sequences(*section);
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("options");
    if (!section) return section.error();
    ReplenishmentOptions options;
    options.merge_days = section->get<double>();
    options.doubt = section->get<double>();
    const bool has_until = section->get<bool>();
    const Time until{std::chrono::seconds{section->get<std::int64_t>()}};
    if (has_until) options.until = until;
    try {
      check(options, data);
    } catch (const Exception& bad) {
      section->require(false, bad.what());
    }
    if (Result<void> done = section->finish(); !done) return done.error();
    PurchaseIntervals report;
    return ReplenishmentModel(std::move(data), options, {}, report);
  }

 private:
  friend ReplenishmentFit fit_replenishment(const Sequences&, const ReplenishmentOptions&,
                                            const Context&);

  ReplenishmentModel(Sequences data, const ReplenishmentOptions& options, const Context& context,
                     PurchaseIntervals& report)
      : data_(std::move(data)), options_(options) {
    check(options_, data_);
    pairs_ = detail::purchase_pairs(data_, options_.merge_days);
    report.pairs = pairs_.size();
    model_ = detail::fit_intervals(items(), pairs_, report);
    if (report.intervals > 0) {
      detail::fit_repeats(pairs_, options_.until.value_or(data_.last_time()), options_.doubt,
                          model_, report, context);
    }
    customer_starts_.assign(customers() + 1, 0);
    item_starts_.assign(items() + 1, 0);
    for (const auto& pair : pairs_) {
      ++customer_starts_[pair.customer + 1];
      ++item_starts_[pair.item + 1];
    }
    for (std::size_t c = 0; c < customers(); ++c) customer_starts_[c + 1] += customer_starts_[c];
    for (std::size_t i = 0; i < items(); ++i) item_starts_[i + 1] += item_starts_[i];
    std::vector<std::size_t> next(item_starts_.begin(), item_starts_.end() - 1);
    by_item_.resize(pairs_.size());
    for (std::size_t p = 0; p < pairs_.size(); ++p) by_item_[next[pairs_[p].item]++] = p;
  }

  static void check(const ReplenishmentOptions& options, const Sequences& data) {
    require_option(options.merge_days >= 0 && std::isfinite(options.merge_days), "merge_days",
                   "finite and >= 0", options.merge_days);
    require_option(options.doubt >= 0 && std::isfinite(options.doubt), "doubt", "finite and >= 0",
                   options.doubt);
    require_option(!options.until || *options.until >= data.last_time(), "until",
                   "no earlier than the last event",
                   options.until ? to_string(*options.until) : "");
  }
  static void check(const DueOptions& options) {
    require_option(options.within_days >= 0 && std::isfinite(options.within_days), "within_days",
                   "finite and >= 0", options.within_days);
    require_option(options.least_probability >= 0 && options.least_probability <= 1,
                   "least_probability", "in [0, 1]", options.least_probability);
    require_option(options.interval > 0 && options.interval < 1, "interval", "in (0, 1)",
                   options.interval);
  }

  [[nodiscard]] bool offered(std::size_t item) const noexcept {
    return !std::isnan(model_.items[item].mean);
  }
  [[nodiscard]] std::span<const detail::PurchasePair> pairs_of(Customer customer) const noexcept {
    const std::size_t first = customer_starts_[index(customer)];
    return std::span(pairs_).subspan(first, customer_starts_[index(customer) + 1] - first);
  }

  /// How many deviations of ln(days) the interval asked for reaches to either side.
  static double spread(const DueOptions& options) noexcept {
    return detail::normal_quantile((1 + options.interval) / 2);
  }
  [[nodiscard]] Replenishment describe(const detail::PurchasePair& pair, Time now,
                                       double within_days, double z) const {
    const detail::NextInterval next = detail::next_interval(model_, pair);
    const double elapsed = std::max(0.0, detail::days_between(pair.last, now));
    Replenishment out{.customer = Customer{pair.customer},
                      .item = Item{pair.item},
                      .purchases = pair.gaps + std::size_t{1},
                      .last = pair.last,
                      .interval_days = std::exp(next.mean)};
    out.due = detail::days_after(pair.last, out.interval_days);
    out.early = detail::days_after(pair.last, next.days_at(-z));
    out.late = detail::days_after(pair.last, next.days_at(z));
    out.overdue = elapsed / out.interval_days;
    out.due_probability = next.over(elapsed);
    out.buys = detail::return_probability(model_, pair, next, elapsed, within_days);
    return out;
  }
  void consider(const detail::PurchasePair& pair, Time now, const DueOptions& options, double z,
                std::vector<Replenishment>& list) const {
    if (!offered(pair.item)) return;
    const Replenishment one = describe(pair, now, options.within_days, z);
    if (detail::days_between(now, one.due) > options.within_days) return;
    if (one.buys >= options.least_probability) list.push_back(one);
  }
  static void keep_best(std::vector<Replenishment>& list, std::size_t k) {
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
      return a.buys > b.buys;  // ties stay in the order of ids
    });
    if (list.size() > k) list.resize(k);
  }

  Sequences data_;
  ReplenishmentOptions options_;
  detail::IntervalModel model_;
  std::vector<detail::PurchasePair> pairs_;  // by customer, then item
  std::vector<std::size_t> customer_starts_;
  std::vector<std::size_t> item_starts_;
  std::vector<std::size_t> by_item_;  // places in pairs_
};

struct ReplenishmentFit {
  ReplenishmentModel model;
  PurchaseIntervals report;
};

/// Sessions of `data` do not matter; weights are quantities. Progress is not asked: less than a
/// second for a million events. Throws `invalid_option`.
[[nodiscard]] inline ReplenishmentFit fit_replenishment(const Sequences& data,
                                                        const ReplenishmentOptions& options = {},
                                                        const Context& context = {}) {
  PurchaseIntervals report;
  ReplenishmentModel model(data, options, context, report);
  return {std::move(model), report};
}

}  // namespace emptor
