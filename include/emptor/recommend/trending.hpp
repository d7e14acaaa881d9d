#pragma once
// Trending: what is taken more of late than it was, whatever its level.
//
// Of the events in a recent and an earlier window, n_1 and n_2 in all and x_1, x_2 of an item, the
// score is the z-score of the log-odds ratio of its shares, with a prior of alpha events spread as
// both windows' events are: with a = alpha (x_1 + x_2) / (n_1 + n_2),
//     d = ln((x_1 + a) / (n_1 + alpha - x_1 - a)) - ln((x_2 + a) / (n_2 + alpha - x_2 - a)),
//     z = d / sqrt(1 / (x_1 + a) + 1 / (x_2 + a)).
// Burt L. Monroe, Michael P. Colaresi, Kevin M. Quinn, "Fightin' words: lexical feature selection
// and evaluation for identifying the content of political conflict", Political Analysis 16(4),
// 2008, doi:10.1093/pan/mpn018. Being of shares, it does not rise for all when the season does; the
// windows may differ in length. A score above 2 is hardly chance, below 0 is a fall.
//
// The same for every customer but for what the customer has. Time: linear in the events; a list
// walks down the ranking until k items pass. Memory: the interactions and 24 n bytes. Thread
// safety: see recommender.hpp.

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/time.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/detail/shared_ranking.hpp"
#include "emptor/recommend/popularity.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

struct TrendingOptions {
  Time now{};                      ///< end of the recent window, which includes it
  std::int64_t recent_days = 7;    ///< length of the window up to `now`, >= 1
  std::int64_t earlier_days = 28;  ///< length of the window before that, >= 1
  double prior_events = 500;       ///< alpha, finite and > 0: more holds rare items back
};

struct TrendingReport {
  std::size_t recent = 0;   ///< events of the recent window
  std::size_t earlier = 0;  ///< events of the earlier window
  std::size_t outside = 0;  ///< events of neither
  std::size_t rising = 0;   ///< items with a score above 0
};

/// See the top of the file and `Recommender`. Items with no event in either window have score 0 and
/// are not recommended; falling ones stand at the end of a list, below 0.
class TrendingModel : public detail::SharedRanking {
 public:
  static constexpr std::string_view archive_kind = "trending";

  /// The events of each item in the two windows. Throws `invalid_shape`, `invalid_option`.
  TrendingModel(Interactions data, std::vector<std::uint32_t> recent,
                std::vector<std::uint32_t> earlier, const TrendingOptions& options)
      : SharedRanking(std::move(data)),
        recent_(std::move(recent)),
        earlier_(std::move(earlier)),
        options_(options) {
    check(options_);
    if (recent_.size() != items() || earlier_.size() != items()) {
      throw Exception(ErrorCode::invalid_shape,
                      text("counts of ", items(), " items expected, got ", recent_.size(), " and ",
                           earlier_.size()),
                      "TrendingModel");
    }
    score_all();
  }

  [[nodiscard]] std::string_view name() const noexcept { return "trending"; }
  [[nodiscard]] const TrendingOptions& options() const noexcept { return options_; }
  /// Events of the item in the two windows.
  [[nodiscard]] std::uint32_t recent_events(Item item) const {
    detail::require_id(item, items(), "item", "recent_events");
    return recent_[index(item)];
  }
  [[nodiscard]] std::uint32_t earlier_events(Item item) const {
    detail::require_id(item, items(), "item", "earlier_events");
    return earlier_[index(item)];
  }

  /// The list for nobody in particular.
  [[nodiscard]] std::vector<Recommendation> most_trending(std::size_t k) const {
    return recommend(FoldedCustomer{}, k);
  }

  /// As a fit to `log`, all events there are now, over m x n with a new `now`. Events leave windows
  /// as time goes by, so there is nothing cheaper than the fit, which is one pass. Throws
  /// `invalid_shape` when m or n has shrunk, and as `fit_trending`.
  [[nodiscard]] TrendingModel update(std::size_t customers, std::size_t items,
                                     const InteractionLog& log, Time now) const;

  /// Kind "trending", version 1: sections "interactions" and "counts".
  [[nodiscard]] std::vector<std::byte> save() const {
    ArchiveWriter writer(archive_kind, 1);
    put_interactions(writer.section("interactions"), interactions());
    SectionWriter& section = writer.section("counts");
    section.put(std::int64_t{options_.now.time_since_epoch().count()});
    section.put(options_.recent_days);
    section.put(options_.earlier_days);
    section.put(options_.prior_events);
    section.put_array(recent_);
    section.put_array(earlier_);
    return std::move(writer).finish();
  }
  [[nodiscard]] static Result<TrendingModel> load(std::span<const std::byte> bytes) {
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
    if (!reader) return reader.error();
    Result<SectionReader> section = reader->section("interactions");
    if (!section) return section.error();
    Interactions data = get_interactions(*section);
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("counts");
    if (!section) return section.error();
    TrendingOptions options;
    options.now = Time{std::chrono::seconds{section->get<std::int64_t>()}};
    options.recent_days = section->get<std::int64_t>();
    options.earlier_days = section->get<std::int64_t>();
    options.prior_events = section->get<double>();
    auto recent = section->get_array<std::uint32_t>();
    auto earlier = section->get_array<std::uint32_t>();
    if (section->ok()) {
      try {
        check(options);
      } catch (const Exception&) {
        section->require(false, "impossible options");
      }
    }
    section->require(recent.size() == data.items() && earlier.size() == data.items(),
                     "the counts do not fit the items");
    if (Result<void> done = section->finish(); !done) return done.error();
    return TrendingModel(std::move(data), std::move(recent), std::move(earlier), options);
  }

  /// Throws `invalid_option`.
  static void check(const TrendingOptions& options) {
    constexpr std::int64_t most = 366'000;
    const auto days = [](std::int64_t value, std::string_view name) {
      require_option(value >= 1 && value <= most, name, "from 1 to 366000", value);
    };
    days(options.recent_days, "recent_days");
    days(options.earlier_days, "earlier_days");
    require_option(options.prior_events > 0 && std::isfinite(options.prior_events), "prior_events",
                   "finite and > 0", options.prior_events);
    constexpr auto limit = std::chrono::days{std::int64_t{1} << 40};
    if (options.now.time_since_epoch() > limit || options.now.time_since_epoch() < -limit) {
      throw Exception(ErrorCode::invalid_option, "'now' must be within 3e9 years of 1970", "now");
    }
  }

 private:
  void score_all() {
    double n1 = 0;
    double n2 = 0;
    for (const std::uint32_t count : recent_) n1 += count;
    for (const std::uint32_t count : earlier_) n2 += count;
    std::vector<float> scores(items(), 0.0F);
    std::vector<std::uint64_t> events(items());
    const double alpha = options_.prior_events;
    for (std::size_t i = 0; i < items(); ++i) {
      events[i] = std::uint64_t{recent_[i]} + earlier_[i];
      if (events[i] == 0) continue;
      const double x1 = recent_[i];
      const double x2 = earlier_[i];
      const double a = alpha * (x1 + x2) / (n1 + n2);
      // An item that is all there is has no odds against it: no rise and no fall.
      const double rest1 = n1 + alpha - x1 - a;
      const double rest2 = n2 + alpha - x2 - a;
      if (rest1 > 0 && rest2 > 0 && x1 + x2 < n1 + n2) {
        const double d = std::log((x1 + a) / rest1) - std::log((x2 + a) / rest2);
        scores[i] = static_cast<float>(d / std::sqrt(1 / (x1 + a) + 1 / (x2 + a)));
      }
    }
    rank(std::move(scores), std::move(events));
  }

  std::vector<std::uint32_t> recent_;
  std::vector<std::uint32_t> earlier_;
  TrendingOptions options_;
};

static_assert(LoadableRecommender<TrendingModel>);

struct TrendingFit {
  TrendingModel model;
  TrendingReport report;
};

/// From events with times, whose weights do not count; `data` says what customers have. The recent
/// window is (now - recent_days, now], the earlier one as long as `earlier_days` before that.
/// Throws `invalid_option`, `invalid_shape` (as many times as items are needed), `out_of_range`,
/// `overflow` beyond 2^32 - 1 events of one item.
[[nodiscard]] inline TrendingFit fit_trending(const Interactions& data, const ItemEvents& events,
                                              const TrendingOptions& options) {
  TrendingModel::check(options);
  if (events.times.size() != events.items.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a time for each event is needed, got ", events.times.size(), " for ",
                         events.items.size(), " items"),
                    "fit_trending");
  }
  if (events.items.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw Exception(ErrorCode::overflow, "more than 2^32 - 1 events", "fit_trending");
  }
  const Time middle = options.now - std::chrono::days{options.recent_days};
  const Time start = middle - std::chrono::days{options.earlier_days};
  std::vector<std::uint32_t> recent(data.items(), 0);
  std::vector<std::uint32_t> earlier(data.items(), 0);
  TrendingReport report;
  for (std::size_t e = 0; e < events.items.size(); ++e) {
    detail::require_id(events.items[e], data.items(), "item", "fit_trending");
    const std::size_t item = index(events.items[e]);
    const Time time = events.times[e];
    if (time > options.now || time <= start) {
      ++report.outside;
    } else if (time > middle) {
      ++recent[item];
      ++report.recent;
    } else {
      ++earlier[item];
      ++report.earlier;
    }
  }
  TrendingFit fit{TrendingModel(data, std::move(recent), std::move(earlier), options), report};
  for (const Recommendation& entry : fit.model.most_trending(data.items())) {
    fit.report.rising += entry.score > 0 ? 1 : 0;
  }
  return fit;
}

/// From a log over m customers x n items; events of `no_customer` count for the trend alone. What a
/// customer took after `now` is not among what the customer has. Throws as above, and what
/// Interactions throws.
[[nodiscard]] inline TrendingFit fit_trending(std::size_t customers, std::size_t items,
                                              const InteractionLog& log,
                                              const TrendingOptions& options) {
  if (log.items.size() != log.size() || log.weights.size() != log.size() ||
      log.times.size() != log.size()) {
    throw Exception(ErrorCode::invalid_shape, "the log's columns differ in length", "fit_trending");
  }
  InteractionLog named;
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (log.customers[i] == no_customer || log.times[i] > options.now) continue;
    named.add(log.customers[i], log.items[i], log.weights[i], log.times[i]);
  }
  return fit_trending(Interactions(customers, items, named),
                      ItemEvents{.items = log.items, .times = log.times}, options);
}

inline TrendingModel TrendingModel::update(std::size_t customers, std::size_t items,
                                           const InteractionLog& log, Time now) const {
  if (customers < this->customers() || items < this->items()) {
    throw Exception(ErrorCode::invalid_shape, "data may have grown but not shrunk", "update");
  }
  TrendingOptions options = options_;
  options.now = now;
  return fit_trending(customers, items, log, options).model;
}

}  // namespace emptor
