#include "emptor/value/next_order.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/core/error.hpp"
#include "emptor/math/minimise.hpp"
#include "emptor/math/normal.hpp"

namespace emptor {

namespace {

void check(const NextOrderOptions& options) {
  require_option(options.merge_days >= 0 && std::isfinite(options.merge_days), "merge_days",
                 "finite and >= 0", options.merge_days);
}

void check(const NextOrderQuestion& question) {
  require_option(question.within_days >= 0 && std::isfinite(question.within_days), "within_days",
                 "finite and >= 0", question.within_days);
  require_option(question.interval > 0 && question.interval < 1, "interval", "in (0, 1)",
                 question.interval);
}

/// Of the intervals longer than `elapsed` days, the length that a share p does not outlast.
double rest_quantile(const detail::NextInterval& next, double elapsed, double p) noexcept {
  const double left =
      elapsed > 0 ? detail::normal_cdf((next.mean - std::log(elapsed)) / next.deviation) : 1;
  // By the upper tail, which keeps its digits where the lower one is all but 1.
  const double tail = (1 - p) * left;
  if (tail < std::numeric_limits<double>::min()) return elapsed;
  return std::max(elapsed, next.days_at(-detail::normal_quantile(tail)));
}

/// What the shop's intervals and chances of another order are drawn from.
struct ShopParameters {
  double mean, between, within, repeat, strength;

  /// From numbers without bounds; what is flat at the edge stays away from it.
  explicit ShopParameters(std::span<const double> free) noexcept
      : mean(free[0]),
        between(std::exp(std::clamp(free[1], -14.0, 7.0))),
        within(std::exp(std::clamp(free[2], -9.2, 7.0))),
        repeat(1e-4 + (1 - 2e-4) / (1 + std::exp(-free[3]))),
        strength(std::exp(std::clamp(free[4], -4.6, 5.8))) {}
  [[nodiscard]] static std::vector<double> free(const detail::IntervalModel& model) {
    const double repeat = std::clamp(model.items[0].repeat, 1e-3, 1 - 1e-3);
    return {model.items[0].mean, std::log(std::max(model.between, 1e-5)), std::log(model.within),
            std::log(repeat / (1 - repeat)), std::log(model.strength)};
  }
  void put_into(detail::IntervalModel& model) const noexcept {
    model.between = between;
    model.within = within;
    model.strength = strength;
    model.items[0] = {mean, 0, repeat};
  }
};

/// ln likelihood of all that is known of the pairs up to `until`: the intervals that ended, how
/// many there were, and the silence since.
double likelihood(std::span<const detail::PurchasePair> pairs, Time until,
                  const detail::IntervalModel& model, const Context& context) {
  constexpr std::size_t pairs_a_chunk = 4096;
  std::uint32_t most_gaps = 0;
  for (const detail::PurchasePair& pair : pairs) most_gaps = std::max(most_gaps, pair.gaps);
  const detail::ItemInterval& shop = model.items[0];
  detail::RepeatLikelihood repeats;
  repeats.set(shop.repeat, model.strength, most_gaps);
  std::vector<double> sums(pairs.size() / pairs_a_chunk + 1, 0.0);
  parallel_chunks(context, pairs.size(), pairs_a_chunk, [&](std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t p = begin; p < end; ++p) {
      const detail::PurchasePair& pair = pairs[p];
      const double elapsed = detail::days_between(pair.last, until);
      sum += repeats(pair.gaps, 1 - detail::next_interval(model, pair).over(elapsed));
      if (pair.gaps == 0) continue;
      // The intervals' own mean integrated out.
      const auto g = static_cast<double>(pair.gaps);
      const double own = pair.log_days / g;
      const double spread = model.within + g * model.between;
      sum -= ((g - 1) * std::log(model.within) + std::log(spread) +
              (pair.days_squared - g * own * own) / model.within +
              g * (own - shop.mean) * (own - shop.mean) / spread) /
             2;
    }
    sums[begin / pairs_a_chunk] = sum;
  });
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

/// Maximum likelihood from the estimates by moments, which know only the intervals that ended.
void refine(std::vector<detail::PurchasePair> pairs, Time until, detail::IntervalModel& model,
            PurchaseIntervals& report, const Context& context) {
  // Five numbers of a whole shop: every k-th customer tells them well enough.
  constexpr std::size_t enough = 100'000;
  const std::size_t step = pairs.size() / enough + 1;
  std::size_t kept = 0;
  for (std::size_t p = 0; p < pairs.size(); p += step) pairs[kept++] = pairs[p];
  pairs.resize(kept);
  detail::IntervalModel trial = model;
  const auto value = [&](std::span<const double> free) {
    ShopParameters(free).put_into(trial);
    return -likelihood(pairs, until, trial, context);
  };
  std::vector<double> moved(5);
  const auto objective = [&](std::span<const double> free, std::span<double> gradient) {
    constexpr double width = 1e-5;
    moved.assign(free.begin(), free.end());
    for (std::size_t i = 0; i < moved.size(); ++i) {
      moved[i] = free[i] + width;
      const double above = value(moved);
      moved[i] = free[i] - width;
      gradient[i] = (above - value(moved)) / (2 * width);
      moved[i] = free[i];
    }
    return value(free);
  };
  const Minimum found = minimise(objective, ShopParameters::free(model),
                                 {.max_iterations = 60, .gradient_tolerance = 1e-6}, context);
  ShopParameters(found.at).put_into(model);
  report.typical_days = std::exp(model.items[0].mean);
  report.within_pair = std::sqrt(model.within);
  report.between_customers = std::sqrt(model.between);
  report.repeat_rate = model.items[0].repeat;
  report.repeat_strength = model.strength;
}

struct Purchase {
  std::uint32_t customer;
  Time time;
};

}  // namespace

bool NextOrderModel::knows_intervals() const noexcept {
  return !intervals_.items.empty() && !std::isnan(intervals_.items[0].mean);
}

detail::PurchasePair NextOrderModel::pair_of(std::size_t customer) const noexcept {
  const History& history = histories_[customer];
  return {.customer = static_cast<std::uint32_t>(customer),
          .item = 0,
          .gaps = history.orders - 1,
          .last = history.last,
          .log_days = history.log_days};
}

double NextOrderModel::buys(const detail::PurchasePair& pair, Time now,
                            double days) const noexcept {
  const double elapsed = std::max(0.0, detail::days_between(pair.last, now));
  return detail::return_probability(intervals_, pair, detail::next_interval(intervals_, pair),
                                    elapsed, days);
}

NextOrder NextOrderModel::describe(std::size_t customer, Time now,
                                   const NextOrderQuestion& question) const {
  const detail::PurchasePair pair = pair_of(customer);
  const detail::NextInterval next = detail::next_interval(intervals_, pair);
  const double elapsed = std::max(0.0, detail::days_between(pair.last, now));
  const auto at = [&](double p) {
    return detail::days_after(pair.last, rest_quantile(next, elapsed, p));
  };
  NextOrder out{.customer = id_at<Customer>(customer),
                .orders = histories_[customer].orders,
                .last = pair.last,
                .interval_days = next.days_at(0)};
  out.overdue = elapsed / out.interval_days;
  out.expected = at(0.5);
  out.early = at((1 - question.interval) / 2);
  out.late = at((1 + question.interval) / 2);
  constexpr double for_ever = std::numeric_limits<double>::infinity();
  out.returns = detail::return_probability(intervals_, pair, next, elapsed, for_ever);
  out.buys = buys(pair, now, question.within_days);
  return out;
}

std::optional<NextOrder> NextOrderModel::next(Customer customer, Time now,
                                              const NextOrderQuestion& question) const {
  if (index(customer) >= customers()) {
    throw Exception(ErrorCode::out_of_range,
                    text("customer ", index(customer), " is unknown, the model has ", customers()),
                    "NextOrderModel::next");
  }
  check(question);
  if (!knows_intervals() || histories_[index(customer)].orders == 0) return std::nullopt;
  return describe(index(customer), now, question);
}

std::vector<NextOrder> NextOrderModel::likeliest(Time now, std::size_t k,
                                                 const NextOrderQuestion& question) const {
  check(question);
  std::vector<std::pair<double, std::size_t>> ranked;
  for (std::size_t c = 0; knows_intervals() && c < customers(); ++c) {
    if (histories_[c].orders == 0) continue;
    ranked.emplace_back(buys(pair_of(c), now, question.within_days), c);
  }
  k = std::min(k, ranked.size());
  const auto likelier = [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  };
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(k), ranked.end(),
                    likelier);
  std::vector<NextOrder> out;
  out.reserve(k);
  for (std::size_t i = 0; i < k; ++i) out.push_back(describe(ranked[i].second, now, question));
  return out;
}

NextOrderFit fit_next_order(const Orders& orders, const NextOrderOptions& options,
                            const Context& context) {
  check(options);
  NextOrderReport report;
  NextOrderModel model;
  report.lines = orders.lines();
  std::vector<Purchase> purchases;
  Time latest = Time::min();
  std::size_t customers = 0;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    const Time time = orders.line_times()[line];
    const Customer customer = orders.line_customers()[line];
    if (customer != no_customer) customers = std::max(customers, index(customer) + 1);
    if (options.as_of && time > *options.as_of) {
      ++report.later;
      continue;
    }
    latest = std::max(latest, time);
    if (customer == no_customer) {
      ++report.anonymous;
    } else if (orders.is_refund(line)) {
      ++report.refunds;
    } else {
      purchases.push_back({static_cast<std::uint32_t>(customer), time});
    }
  }
  report.purchases = purchases.size();
  std::sort(purchases.begin(), purchases.end(), [](const Purchase& a, const Purchase& b) {
    return a.customer != b.customer ? a.customer < b.customer : a.time < b.time;
  });
  model.as_of_ = options.as_of.value_or(latest == Time::min() ? Time{} : latest);
  model.histories_.resize(customers);
  std::vector<detail::PurchasePair> pairs;
  for (std::size_t p = 0; p < purchases.size();) {
    detail::PurchasePair pair{.customer = purchases[p].customer};
    for (bool first = true; p < purchases.size() && purchases[p].customer == pair.customer;
         first = false) {
      const Time time = purchases[p].time;
      while (p < purchases.size() && purchases[p].customer == pair.customer &&
             (purchases[p].time == time ||
              detail::days_between(time, purchases[p].time) < options.merge_days)) {
        ++p;
      }
      if (!first) {
        const double log_days = std::log(detail::days_between(pair.last, time));
        ++pair.gaps;
        pair.log_days += log_days;
        pair.days_squared += log_days * log_days;
      }
      pair.last = time;
    }
    model.histories_[pair.customer] = {pair.last, pair.log_days, pair.gaps + 1};
    pairs.push_back(pair);
  }
  report.learned.pairs = pairs.size();
  model.intervals_ = detail::fit_intervals(1, pairs, report.learned);
  if (report.learned.intervals > 0) {
    detail::fit_repeats(pairs, model.as_of_, 0, model.intervals_, report.learned, context);
    refine(std::move(pairs), model.as_of_, model.intervals_, report.learned, context);
  }
  return {std::move(model), report};
}

std::vector<std::byte> NextOrderModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& learned = writer.section("intervals");
  learned.put(std::int64_t{as_of_.time_since_epoch().count()});
  learned.put(knows_intervals());
  if (knows_intervals()) {
    const detail::ItemInterval& shop = intervals_.items[0];
    for (const double value : {intervals_.within, intervals_.between, intervals_.strength,
                               shop.mean, shop.variance, shop.repeat}) {
      learned.put(value);
    }
  }
  SectionWriter& section = writer.section("histories");
  std::vector<std::int64_t> last;
  std::vector<double> log_days;
  std::vector<std::uint32_t> orders;
  for (const History& history : histories_) {
    last.push_back(history.last.time_since_epoch().count());
    log_days.push_back(history.log_days);
    orders.push_back(history.orders);
  }
  section.put_array(last);
  section.put_array(log_days);
  section.put_array(orders);
  return std::move(writer).finish();
}

Result<NextOrderModel> NextOrderModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("intervals");
  if (!section) return section.error();
  NextOrderModel model;
  model.as_of_ = Time{std::chrono::seconds{section->get<std::int64_t>()}};
  model.intervals_.items.resize(1);
  if (section->get<bool>()) {
    detail::ItemInterval& shop = model.intervals_.items[0];
    for (double* value : {&model.intervals_.within, &model.intervals_.between,
                          &model.intervals_.strength, &shop.mean, &shop.variance, &shop.repeat}) {
      *value = section->get<double>();
      section->require(std::isfinite(*value), "an estimate that is no number");
    }
    section->require(
        model.intervals_.within > 0 && model.intervals_.between >= 0 && shop.variance >= 0,
        "a variance below 0");
    section->require(model.intervals_.strength > 0 && shop.repeat > 0 && shop.repeat < 1,
                     "a chance outside of (0, 1)");
  }
  if (Result<void> done = section->finish(); !done) return done.error();
  section = reader->section("histories");
  if (!section) return section.error();
  const auto last = section->get_array<std::int64_t>();
  const auto log_days = section->get_array<double>();
  const auto orders = section->get_array<std::uint32_t>();
  section->require(last.size() == log_days.size() && last.size() == orders.size(),
                   "histories of different lengths");
  for (const double value : log_days) section->require(std::isfinite(value), "days no number");
  if (Result<void> done = section->finish(); !done) return done.error();
  model.histories_.reserve(last.size());
  for (std::size_t c = 0; c < last.size(); ++c) {
    model.histories_.push_back({Time{std::chrono::seconds{last[c]}}, log_days[c], orders[c]});
  }
  return model;
}

}  // namespace emptor
