#include "emptor/value/next_order.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/core/error.hpp"
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
