#include "emptor/value/demand.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "emptor/core/error.hpp"
#include "emptor/math/normal.hpp"

namespace emptor {

namespace {

constexpr std::int64_t most_periods = 100'000;
constexpr std::size_t methods = 5;
constexpr std::size_t most_smoothing_season = 24;

// ---- periods --------------------------------------------------------------------------------

std::int64_t floor_divide(std::int64_t a, std::int64_t b) noexcept {
  return a / b - (a % b < 0 ? 1 : 0);
}

/// Consecutive numbers of periods; weeks begin on Mondays (1970-01-01 was a Thursday).
std::int64_t period_number(Day day, Period period) noexcept {
  const std::int64_t days = day.time_since_epoch().count();
  if (period == Period::day) return days;
  return period == Period::week ? floor_divide(days + 3, 7) : month_number(day);
}

Day period_first(std::int64_t number, Period period) noexcept {
  if (period == Period::day) return Day{std::chrono::days{number}};
  if (period == Period::week) return Day{std::chrono::days{number * 7 - 3}};
  const std::int64_t year = floor_divide(number, 12);
  return Day{std::chrono::year{static_cast<int>(year)} /
             std::chrono::month{static_cast<unsigned>(number - year * 12 + 1)} / 1};
}

int season_of(const DemandOptions& options, Period period) noexcept {
  if (options.season != 0) return options.season;
  if (period == Period::day) return 7;
  return period == Period::week ? 52 : 12;
}

// ---- series ---------------------------------------------------------------------------------

/// `group_of(line)` is 0 for what is not known, else from 1 to `groups` - 1; `label_of` names
/// those.
template <class GroupOf, class LabelOf>
DemandTable demand(const Orders& orders, const DemandSeriesOptions& options, std::size_t groups,
                   GroupOf&& group_of, LabelOf&& label_of) {
  const auto selected = [&](std::size_t line) {
    return !options.as_of || orders.line_times()[line] <= *options.as_of;
  };
  const auto period_of = [&](std::size_t line) {
    return period_number(local_day(orders.line_times()[line], options.offset), options.period);
  };
  DemandTable table;
  Time latest = Time::min();
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (!selected(line)) continue;
    latest = std::max(latest, orders.line_times()[line]);
    first = std::min(first, period_of(line));
  }
  if (latest == Time::min()) return table;
  const Day today = local_day(options.as_of.value_or(latest), options.offset);
  std::int64_t last = period_number(today, options.period);
  const Day next = period_first(last + 1, options.period);
  if (options.whole_periods && last >= first && (next - today).count() > 1) {
    --last;
    table.last_left_out = true;
  }
  if (last - first >= most_periods) {
    throw Exception(ErrorCode::out_of_range,
                    text("the orders span ", last - first + 1, " periods, at most 100000 may be"),
                    "demand");
  }
  const auto periods = static_cast<std::size_t>(std::max<std::int64_t>(0, last - first + 1));

  std::vector<std::vector<std::int64_t>> sums(groups);
  std::vector<std::array<std::uint64_t, 2>> counted;  // (group, period) and order
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (!selected(line)) continue;
    const std::int64_t number = period_of(line);
    if (number > last) continue;
    const std::size_t group = group_of(line);
    std::vector<std::int64_t>& sum = sums[group];
    sum.resize(periods);
    const auto at = static_cast<std::size_t>(number - first);
    std::int64_t added = 0;
    if (options.measure == DemandMeasure::units) {
      const std::int64_t quantity = orders.line_quantities()[line];
      added = orders.is_refund(line) ? -std::abs(quantity) : quantity;
    } else if (options.measure == DemandMeasure::amount) {
      added = orders.line_amounts()[line];
    } else if (!orders.is_refund(line)) {
      counted.push_back({group * periods + at, index(orders.line_orders()[line])});
    }
    if (__builtin_add_overflow(sum[at], added, &sum[at])) {
      throw Exception(ErrorCode::overflow, "a period's demand adds up beyond 9.2e18", "demand");
    }
  }
  std::sort(counted.begin(), counted.end());
  counted.erase(std::unique(counted.begin(), counted.end()), counted.end());
  for (const auto& [place, order] : counted) ++sums[place / periods][place % periods];

  const double unit = options.measure == DemandMeasure::amount
                          ? static_cast<double>(detail::power_of_ten(orders.price_scale()))
                          : 1;
  for (std::size_t group = 0; group < groups; ++group) {
    if (sums[group].empty()) continue;
    DemandSeries series{.label = group > 0 ? std::string(label_of(group)) : std::string(),
                        .known = group > 0,
                        .period = options.period,
                        .first = period_first(first, options.period),
                        .values = {}};
    for (const std::int64_t sum : sums[group]) {
      series.values.push_back(static_cast<double>(sum) / unit);
    }
    table.series.push_back(std::move(series));
  }
  return table;
}

double total(const DemandSeries& series) noexcept {
  double sum = 0;
  for (const double value : series.values) sum += value;
  return sum;
}

// ---- forecasts ------------------------------------------------------------------------------

using Steps = std::vector<SmoothingStep>;

double mean_of(std::span<const double> values) noexcept {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// The mean square of y_t - y_(t - lag) - step.
double mean_square(std::span<const double> values, std::size_t lag, double step,
                   std::size_t parameters) noexcept {
  if (values.size() <= lag + parameters) return 0;
  double sum = 0;
  for (std::size_t t = lag; t < values.size(); ++t) {
    sum += std::pow(values[t] - values[t - lag] - step, 2);
  }
  return sum / static_cast<double>(values.size() - lag - parameters);
}

Steps mean_forecast(std::span<const double> values, std::size_t h) {
  const auto n = static_cast<double>(values.size());
  const double mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += std::pow(value - mean, 2);
  const double variance = n > 1 ? squares / (n - 1) * (1 + 1 / n) : 0;
  return Steps(h, {mean, variance});
}

/// Naive is the seasonal one of a season of 1.
Steps seasonal_naive_forecast(std::span<const double> values, std::size_t h, std::size_t m) {
  const double variance = mean_square(values, m, 0, 0);
  Steps out;
  for (std::size_t j = 0; j < h; ++j) {
    out.push_back({values[values.size() - m + j % m], variance * static_cast<double>(j / m + 1)});
  }
  return out;
}

Steps drift_forecast(std::span<const double> values, std::size_t h) {
  const auto spans = static_cast<double>(values.size() - 1);
  const double step = (values.back() - values.front()) / spans;
  const double variance = mean_square(values, 1, step, 1);
  Steps out;
  for (std::size_t j = 1; j <= h; ++j) {
    const auto ahead = static_cast<double>(j);
    out.push_back({values.back() + ahead * step, variance * ahead * (1 + ahead / spans)});
  }
  return out;
}

struct Problem {
  std::size_t season = 1;
  std::size_t h = 1;

  [[nodiscard]] int smoothing_season() const noexcept {
    return season <= most_smoothing_season ? static_cast<int>(season) : 1;
  }
  [[nodiscard]] bool possible(DemandMethod method, std::size_t n) const noexcept {
    switch (method) {
      case DemandMethod::mean:
      case DemandMethod::naive:
        return true;
      case DemandMethod::seasonal_naive:
        return season > 1 && n > season;
      case DemandMethod::drift:
        return n >= 3;
      case DemandMethod::smoothing:
        return n >= 6;
    }
    return false;
  }
  [[nodiscard]] Steps forecast(DemandMethod method, std::span<const double> values,
                               const SmoothingFit* fit) const {
    switch (method) {
      case DemandMethod::mean:
        return mean_forecast(values, h);
      case DemandMethod::naive:
        return seasonal_naive_forecast(values, h, 1);
      case DemandMethod::seasonal_naive:
        return seasonal_naive_forecast(values, h, season);
      case DemandMethod::drift:
        return drift_forecast(values, h);
      case DemandMethod::smoothing:
        break;
    }
    return smoothing_forecast(fit != nullptr ? *fit : fit_smoothing(values, smoothing_season()),
                              values, h);
  }
};

void check(const DemandOptions& options) {
  require_option(options.horizon >= 1 && options.horizon <= 1000, "horizon", "in [1, 1000]",
                 options.horizon);
  require_option(options.season >= 0 && options.season <= 366, "season", "in [0, 366]",
                 options.season);
  require_option(options.interval > 0 && options.interval < 1, "interval", "in (0, 1)",
                 options.interval);
  require_option(options.origins >= 0, "origins", ">= 0", options.origins);
}

void check(const DemandSeries& history) {
  if (history.values.empty()) {
    throw Exception(ErrorCode::invalid_value, "the history has no period", "forecast_demand");
  }
  for (std::size_t t = 0; t < history.values.size(); ++t) {
    if (!(std::abs(history.values[t]) <= largest_demand)) {
      throw Exception(ErrorCode::invalid_value, text("value ", t, " is no number up to 1e100"),
                      "forecast_demand");
    }
  }
}

struct Bounds {
  double mean, low, high;
};

Bounds bounds_of(const SmoothingStep& step, double z, bool nonnegative) noexcept {
  const double reach = z * std::sqrt(step.variance);
  const double least = nonnegative ? 0 : -std::numeric_limits<double>::infinity();
  return {std::max(least, step.mean), std::max(least, step.mean - reach),
          std::max(least, step.mean + reach)};
}

/// The last periods, each forecast from what came before.
std::vector<DemandAccuracy> tested(std::span<const double> values, const Problem& problem,
                                   const DemandOptions& options, double z) {
  const std::size_t n = values.size();
  const std::size_t origins = std::min(static_cast<std::size_t>(options.origins), n / 4);
  std::vector<DemandAccuracy> out;
  if (origins == 0) return out;
  const std::size_t before = n - origins;  // periods known at the first origin
  const std::size_t lag = before > problem.season ? problem.season : 1;
  double scale = 0;
  for (std::size_t t = lag; t < before; ++t) scale += std::abs(values[t] - values[t - lag]);
  scale /= static_cast<double>(before - lag);
  for (std::size_t k = 0; k < methods; ++k) {
    const auto method = static_cast<DemandMethod>(k);
    if (!problem.possible(method, before)) continue;
    DemandAccuracy accuracy{.method = method};
    std::size_t inside = 0;
    for (std::size_t origin = before; origin < n; ++origin) {
      const Steps steps = problem.forecast(method, values.first(origin), nullptr);
      for (std::size_t j = 0; j < steps.size() && origin + j < n; ++j) {
        const Bounds bounds = bounds_of(steps[j], z, options.nonnegative);
        const double actual = values[origin + j];
        accuracy.mae += std::abs(actual - bounds.mean);
        inside += actual >= bounds.low && actual <= bounds.high ? 1 : 0;
        ++accuracy.forecasts;
      }
    }
    accuracy.mae /= static_cast<double>(accuracy.forecasts);
    accuracy.coverage = static_cast<double>(inside) / static_cast<double>(accuracy.forecasts);
    accuracy.mase = scale > 0 ? accuracy.mae / scale : std::numeric_limits<double>::quiet_NaN();
    out.push_back(accuracy);
  }
  return out;
}

}  // namespace

DemandTable demand_by_item(const Orders& orders, const Items& items, std::string_view column,
                           const DemandSeriesOptions& options) {
  const TextColumn<Item>* texts = items.find_column(column);
  const std::size_t groups = texts == nullptr ? 1 : texts->texts().size() + 1;
  DemandTable table = demand(
      orders, options, groups,
      [&](std::size_t line) -> std::size_t {
        const TextCode code =
            texts == nullptr ? no_id<TextCode> : texts->code_at(orders.line_items()[line]);
        return code == no_id<TextCode> ? 0 : index(code) + 1;
      },
      [&](std::size_t group) { return texts->texts().key(id_at<TextCode>(group - 1)); });
  std::sort(table.series.begin(), table.series.end(),
            [](const DemandSeries& a, const DemandSeries& b) {
              const double of_a = total(a);
              const double of_b = total(b);
              if (of_a != of_b) return of_a > of_b;
              return a.known != b.known ? a.known : a.label < b.label;
            });
  return table;
}

DemandTable demand_of(const Orders& orders, const DemandSeriesOptions& options) {
  return demand(
      orders, options, 2, [](std::size_t) { return std::size_t{1}; },
      [](std::size_t) { return std::string_view(); });
}

DemandForecast forecast_demand(const DemandSeries& history, const DemandOptions& options) {
  check(options);
  check(history);
  const std::span<const double> values(history.values);
  const Problem problem{.season = static_cast<std::size_t>(season_of(options, history.period)),
                        .h = static_cast<std::size_t>(options.horizon)};
  const double z = detail::normal_quantile((1 + options.interval) / 2);
  DemandForecast out{.history = history,
                     .interval = options.interval,
                     .smoothing = {},
                     .points = {},
                     .accuracy = {},
                     .comment = {}};
  const bool smooth = problem.possible(DemandMethod::smoothing, values.size());
  if (smooth) out.smoothing = fit_smoothing(values, problem.smoothing_season());
  out.accuracy = tested(values, problem, options, z);
  const DemandAccuracy* best = nullptr;
  for (const DemandAccuracy& accuracy : out.accuracy) {
    // Of equals smoothing, which comes last.
    if (best == nullptr || accuracy.mae <= best->mae) best = &accuracy;
  }
  out.beats_baselines = best != nullptr && best->method == DemandMethod::smoothing;
  if (best != nullptr && options.choose) {
    out.method = best->method;
    out.comment = text("In the test, ", name(best->method), " had the least error.");
  } else if (smooth) {
    out.method = DemandMethod::smoothing;
    out.comment = best != nullptr ? "Smoothing was asked for, however it did in the test."
                                  : "Not tested: too short a history, or no test was asked for.";
  } else {
    out.method = DemandMethod::naive;
    out.comment = text("Too short to smooth: ", values.size(), " periods, 6 are needed.");
  }
  const std::int64_t last =
      period_number(history.first, history.period) + static_cast<std::int64_t>(values.size()) - 1;
  const Steps steps = problem.forecast(out.method, values, &out.smoothing);
  for (std::size_t j = 0; j < steps.size(); ++j) {
    const Bounds bounds = bounds_of(steps[j], z, options.nonnegative);
    out.points.push_back({period_first(last + 1 + static_cast<std::int64_t>(j), history.period),
                          bounds.mean, bounds.low, bounds.high});
  }
  return out;
}

std::vector<DemandForecast> forecast_demand(std::span<const DemandSeries> histories,
                                            const DemandOptions& options, const Context& context) {
  check(options);
  for (const DemandSeries& history : histories) check(history);
  std::vector<DemandForecast> out(histories.size());
  parallel_chunks(context, histories.size(), 1, [&](std::size_t begin, std::size_t) {
    out[begin] = forecast_demand(histories[begin], options);
  });
  return out;
}

}  // namespace emptor
