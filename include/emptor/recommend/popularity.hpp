#pragma once
// Most popular: what everybody takes, recent purchases counting more.
//
// An item's score is the sum of its events' weights, each halved for every `half_life` between the
// event and `now`. The same for every customer but for what the customer has already, so that it
// serves a customer of whom nothing is known; the yardstick that every personal model must beat.
// Anonymous events count: they need no customer.
//
// Time: linear in the events, once; a list walks down the ranking until k items pass the filter.
// Memory: the interactions and 24 n bytes. Sums are in double, in the order of the events: the same
// bits for any executor. Thread safety: see recommender.hpp.

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/core/time.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/detail/shared_ranking.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

struct PopularityOptions {
  /// Age at which an event counts half, in days, > 0; infinity: age does not matter.
  double half_life_days = std::numeric_limits<double>::infinity();
  /// The moment of which popularity is asked; later events are left out. Needed with a half-life.
  std::optional<Time> now{};
  /// Only events in here count, e.g. those of this season.
  TimeWindow window{};
};

/// What was taken, by whomever: element i of each span is one event.
struct ItemEvents {
  std::span<const Item> items{};
  std::span<const Time> times{};     ///< empty: times are not known, and options must not need them
  std::span<const float> weights{};  ///< finite and > 0; empty: all 1
};

struct PopularityReport {
  std::size_t events = 0;          ///< that were given
  std::size_t counted = 0;         ///< of these, that make up the scores
  std::size_t outside_window = 0;  ///< left out: not in `window`
  std::size_t after_now = 0;       ///< left out: later than `now`
  std::size_t anonymous = 0;       ///< events of a log that name no customer
};

namespace detail {

inline void check_popularity_options(const PopularityOptions& options) {
  require_option(options.half_life_days > 0, "half_life_days", "> 0", options.half_life_days);
  if (!std::isinf(options.half_life_days) && !options.now) {
    throw Exception(ErrorCode::invalid_option, "'now' must be given with 'half_life_days'", "now");
  }
}

/// True when the options cannot be followed without the times of events.
[[nodiscard]] inline bool needs_times(const PopularityOptions& options) noexcept {
  return !std::isinf(options.half_life_days) || options.now || options.window != TimeWindow{};
}

}  // namespace detail

/// See the top of the file and `Recommender`. Items without a counted event have the score 0 and
/// are not recommended.
class PopularityModel : public detail::SharedRanking {
 public:
  static constexpr std::string_view archive_kind = "popularity";

  /// `data` says what customers have; scores and counts are by item, scores finite and >= 0.
  /// Throws `invalid_shape`, `invalid_value`, `invalid_option`.
  PopularityModel(Interactions data, std::vector<double> scores, std::vector<std::uint64_t> counts,
                  const PopularityOptions& options = {})
      : SharedRanking(std::move(data)), sums_(std::move(scores)), options_(options) {
    detail::check_popularity_options(options_);
    if (sums_.size() != items() || counts.size() != items()) {
      throw Exception(ErrorCode::invalid_shape,
                      text("scores and counts of ", items(), " items expected, got ", sums_.size(),
                           " and ", counts.size()),
                      "PopularityModel");
    }
    for (const double score : sums_) {
      if (!valid(score)) {
        throw Exception(ErrorCode::invalid_value,
                        text("a popularity must be >= 0 and fit a float, got ", score),
                        "PopularityModel");
      }
    }
    rank({sums_.begin(), sums_.end()}, std::move(counts));
  }

  [[nodiscard]] std::string_view name() const noexcept { return "most popular"; }
  /// The list for nobody in particular.
  [[nodiscard]] std::vector<Recommendation> most_popular(std::size_t k) const {
    return recommend(FoldedCustomer{}, k);
  }

  [[nodiscard]] const PopularityOptions& options() const noexcept { return options_; }

  /// Counted anew from `data`, each entry an event of its weight: the model of `fit_popularity` of
  /// this matrix. A matrix has no times and no anonymous events: a model whose options need times
  /// throws `invalid_option`, and takes `update(data, events, now)` instead.
  [[nodiscard]] PopularityModel update(const Interactions& data, const Context& context = {}) const;

  /// The new `events` on top of those counted so far, which are not asked for again: their sums
  /// decay from the old `now` to the new one. `events` are those that were not given before, or
  /// were later than the old `now`; `data` is what customers have now. Equals a fit to all events
  /// but for rounding, unless a half-life lets the oldest underflow. `now` must be given with a
  /// half-life. Throws as `fit_popularity`; `invalid_option` also when `now` is earlier than it
  /// was.
  [[nodiscard]] PopularityModel update(const Interactions& data, const ItemEvents& events,
                                       std::optional<Time> now = {}) const;

  /// Kind "popularity", version 1: sections "interactions", "options", "scores".
  [[nodiscard]] std::vector<std::byte> save() const {
    ArchiveWriter writer(archive_kind, 1);
    put_interactions(writer.section("interactions", 1), interactions());
    SectionWriter& kept = writer.section("options");
    kept.put(options_.half_life_days);
    kept.put(options_.now.has_value());
    for (const Time time :
         {options_.now.value_or(Time{}), options_.window.from, options_.window.to}) {
      kept.put(std::int64_t{time.time_since_epoch().count()});
    }
    SectionWriter& section = writer.section("scores", 1);
    section.put_array(sums_);
    section.put_array(event_counts());
    return std::move(writer).finish();
  }
  [[nodiscard]] static Result<PopularityModel> load(std::span<const std::byte> bytes) {
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
    if (!reader) return reader.error();
    Result<SectionReader> section = reader->section("interactions");
    if (!section) return section.error();
    Interactions data = get_interactions(*section);
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("options");
    if (!section) return section.error();
    PopularityOptions options;
    const auto get_time = [&section] {
      return Time{std::chrono::seconds{section->get<std::int64_t>()}};
    };
    options.half_life_days = section->get<double>();
    const bool has_now = section->get<bool>();
    const Time now = get_time();
    if (has_now) options.now = now;
    options.window.from = get_time();
    options.window.to = get_time();
    section->require(options.half_life_days > 0 && (has_now || std::isinf(options.half_life_days)),
                     "impossible options");
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("scores");
    if (!section) return section.error();
    auto scores = section->get_array<double>();
    auto counts = section->get_array<std::uint64_t>();
    bool fits = scores.size() == data.items() && counts.size() == data.items();
    for (const double score : scores) fits = fits && valid(score);
    section->require(fits, "the scores do not fit the items");
    if (Result<void> done = section->finish(); !done) return done.error();
    return PopularityModel(std::move(data), std::move(scores), std::move(counts), options);
  }

 private:
  static bool valid(double score) noexcept {
    return score >= 0 && score <= static_cast<double>(std::numeric_limits<float>::max());
  }

  std::vector<double> sums_;  // of weights, by item: scores before rounding
  PopularityOptions options_;
};

static_assert(LoadableRecommender<PopularityModel> && UpdatableRecommender<PopularityModel>);

struct PopularityFit {
  PopularityModel model;
  PopularityReport report;
};

/// From events of any origin; `data` only says what each customer has, and how many items there
/// are. Throws `invalid_option` (a half-life <= 0 or without `now`; a half-life, `now` or window
/// without times), `invalid_shape`, `out_of_range` (an item >= n), `invalid_value` (a weight).
[[nodiscard]] inline PopularityFit fit_popularity(const Interactions& data,
                                                  const ItemEvents& events,
                                                  const PopularityOptions& options = {}) {
  detail::check_popularity_options(options);
  const bool decays = !std::isinf(options.half_life_days);
  const bool timed = !events.times.empty() || events.items.empty();
  if (!timed && detail::needs_times(options)) {
    throw Exception(ErrorCode::invalid_option,
                    "'half_life_days', 'now' and 'window' need the times of the events", "now");
  }
  if ((!events.times.empty() && events.times.size() != events.items.size()) ||
      (!events.weights.empty() && events.weights.size() != events.items.size())) {
    throw Exception(
        ErrorCode::invalid_shape,
        text("times and weights must be as many as items or none, got ", events.times.size(),
             " and ", events.weights.size(), " for ", events.items.size()),
        "fit_popularity");
  }

  PopularityReport report;
  report.events = events.items.size();
  std::vector<double> scores(data.items(), 0.0);
  std::vector<std::uint64_t> counts(data.items(), 0);
  for (std::size_t i = 0; i < events.items.size(); ++i) {
    detail::require_id(events.items[i], data.items(), "item", "fit_popularity");
    double weight = events.weights.empty() ? 1.0 : static_cast<double>(events.weights[i]);
    if (!(weight > 0) || std::isinf(weight)) {
      throw Exception(ErrorCode::invalid_value,
                      text("an event's weight must be finite and > 0, got ", weight),
                      "fit_popularity");
    }
    if (!events.times.empty()) {
      const Time time = events.times[i];
      if (options.now && time > *options.now) {
        ++report.after_now;
        continue;
      }
      if (!options.window.contains(time)) {
        ++report.outside_window;
        continue;
      }
      if (decays) {
        const double age = static_cast<double>(options.now->time_since_epoch().count()) -
                           static_cast<double>(time.time_since_epoch().count());
        weight *= std::exp2(-age / (86400 * options.half_life_days));
      }
    }
    scores[index(events.items[i])] += weight;
    ++counts[index(events.items[i])];
    ++report.counted;
  }
  return {PopularityModel(data, std::move(scores), std::move(counts), options), report};
}

/// From a log of m customers x n items; events of `no_customer` count for popularity alone. What a
/// customer took after `now` is not known yet: it is not among what the customer has.
/// Throws as above, and what Interactions throws.
[[nodiscard]] inline PopularityFit fit_popularity(std::size_t customers, std::size_t items,
                                                  const InteractionLog& log,
                                                  const PopularityOptions& options = {}) {
  if (log.items.size() != log.size() || log.weights.size() != log.size() ||
      log.times.size() != log.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("the log's columns differ in length: ", log.size(), ", ", log.items.size(),
                         ", ", log.weights.size(), ", ", log.times.size()),
                    "fit_popularity");
  }
  std::size_t anonymous = 0;
  InteractionLog named;
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (log.customers[i] == no_customer) {
      ++anonymous;
    } else if (!options.now || log.times[i] <= *options.now) {
      named.add(log.customers[i], log.items[i], log.weights[i], log.times[i]);
    }
  }
  PopularityFit fit = fit_popularity(
      Interactions(customers, items, named),
      ItemEvents{.items = log.items, .times = log.times, .weights = log.weights}, options);
  fit.report.anonymous = anonymous;
  return fit;
}

/// From a matrix, which has no times: each entry is one event of its weight.
[[nodiscard]] inline PopularityFit fit_popularity(const Interactions& data,
                                                  const PopularityOptions& options = {}) {
  std::vector<Item> items;
  items.reserve(data.entries());
  for (const std::uint32_t item : data.by_customer().indices()) items.push_back(id_at<Item>(item));
  return fit_popularity(
      data, ItemEvents{.items = items, .times = {}, .weights = data.by_customer().values()},
      options);
}

inline PopularityModel PopularityModel::update(const Interactions& data, const Context&) const {
  detail::require_grown(data, customers(), items());
  if (detail::needs_times(options_)) {
    throw Exception(ErrorCode::invalid_option,
                    "'half_life_days', 'now' and 'window' need the times of the events", "now");
  }
  return fit_popularity(data, options_).model;
}

inline PopularityModel PopularityModel::update(const Interactions& data, const ItemEvents& events,
                                               std::optional<Time> now) const {
  detail::require_grown(data, customers(), items());
  if (options_.now && (!now || *now < *options_.now)) {
    throw Exception(ErrorCode::invalid_option,
                    "'now' must be given, and not before that of the fit", "now");
  }
  PopularityOptions options = options_;
  options.now = now;
  PopularityModel fresh = fit_popularity(data, events, options).model;
  double kept = 1;
  if (!std::isinf(options_.half_life_days)) {
    const double age = static_cast<double>(now->time_since_epoch().count()) -
                       static_cast<double>(options_.now->time_since_epoch().count());
    kept = std::exp2(-age / (86400 * options_.half_life_days));
  }
  std::vector<std::uint64_t> counts = fresh.event_counts();
  for (std::size_t i = 0; i < items(); ++i) {
    fresh.sums_[i] += kept * sums_[i];
    counts[i] += event_counts()[i];
  }
  return {data, std::move(fresh.sums_), std::move(counts), options};
}

}  // namespace emptor
