#include "emptor/value/demand.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

// Annual oil production of Saudi Arabia, 1996 to 2013: the book's example of simple smoothing.
const std::vector<double> oil = {445.36, 453.20, 454.41, 422.38, 456.04, 440.39,
                                 425.19, 486.21, 500.43, 521.28, 508.95, 488.89,
                                 509.87, 456.72, 473.82, 525.95, 549.83, 542.34};

/// Sixty periods of a trend, a season of m and something irregular.
std::vector<double> made_up(int m) {
  std::vector<double> values;
  for (int t = 0; t < 60; ++t) {
    const int place = t % m;
    values.push_back(200 + 3 * t + 25.0 * (place * (m - 1 - place)) / m + (t * 37 + 11) % 19 - 9);
  }
  return values;
}

DemandSeries monthly(std::vector<double> values) {
  return {.label = "x",
          .known = true,
          .period = Period::month,
          .first = Day{std::chrono::year{2020} / 1 / 1},
          .values = std::move(values)};
}

double squared_error(const SmoothingFit& fit, const std::vector<double>& values) {
  double level = fit.first_level;
  double slope = fit.first_slope;
  std::vector<double> season = fit.first_season;
  double sum = 0;
  for (std::size_t t = 0; t < values.size(); ++t) {
    const double damped = (fit.damped ? fit.phi : 1) * slope;
    const double s = fit.seasonal ? season[t % season.size()] : 0;
    const double e = values[t] - level - damped - s;
    sum += e * e;
    level += damped + fit.alpha * e;
    slope = damped + (fit.trend ? fit.beta * e : 0);
    if (fit.seasonal) season[t % season.size()] = s + fit.gamma * e;
  }
  return sum;
}

/// Of the straight line of least squares.
double line_error(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double y = 0;
  double ty = 0;
  for (std::size_t t = 0; t < values.size(); ++t) {
    y += values[t] / n;
    ty += (static_cast<double>(t) - (n - 1) / 2) * values[t];
  }
  const double slope = ty / (n * (n * n - 1) / 12);
  double sum = 0;
  for (std::size_t t = 0; t < values.size(); ++t) {
    sum += std::pow(values[t] - y - slope * (static_cast<double>(t) - (n - 1) / 2), 2);
  }
  return sum;
}

}  // namespace

// R 4.2.2, forecast 8.20-1: f <- ets(y, model=…, damped=…); f$par, sum(residuals(f)^2), f$aicc,
// f$sigma2, forecast(f, h=…, level=80). Its search stops at a relative change of 1e-8 and at bounds
// of 1e-4, so parameters agree to 3 or 4 digits; the error must not be larger.
TEST_CASE("smoothing: the models of R's forecast package") {
  const SmoothingFit ann = fit_smoothing(oil, 1, false, false, false);
  CHECK(ann.alpha == Approx(0.8337437668).epsilon(1e-3));
  CHECK(ann.first_level == Approx(446.5594221775).epsilon(1e-4));
  CHECK(ann.squared_error == Approx(14236.7724491).epsilon(1e-7));
  CHECK(ann.squared_error <= 14236.7724491);
  CHECK(ann.aicc == Approx(179.858788812).epsilon(1e-8));
  CHECK(ann.sigma * ann.sigma == Approx(889.7982781).epsilon(1e-7));

  const SmoothingFit aan = fit_smoothing(oil, 1, true, false, false);
  // Both end where nothing is smoothed: at the straight line of least squares, which R's bound of
  // beta keeps it a little farther from.
  CHECK(aan.squared_error < 10874.4411815);
  CHECK(aan.squared_error > line_error(oil));
  CHECK(aan.squared_error == Approx(line_error(oil)).epsilon(2e-3));
  CHECK(aan.aicc == Approx(182.295068442).epsilon(1e-4));
  CHECK(fit_smoothing(oil, 1, true, true, false).squared_error < 11083.6661762);

  // First states of a season are searched for there, solved for here: R stays above.
  CHECK(fit_smoothing(made_up(4), 4, false, false, true).squared_error < 2408.43936153);
  CHECK(fit_smoothing(made_up(4), 4, true, false, true).squared_error < 1010.45453962);
  CHECK(fit_smoothing(made_up(12), 12, false, false, true).squared_error < 4481.92306228);
  CHECK(fit_smoothing(made_up(12), 12, true, false, true).squared_error < 870.479023142);
  const SmoothingFit best = fit_smoothing(made_up(4), 4);
  CHECK(best.seasonal);
  CHECK(best.trend);
  CHECK_FALSE(best.damped);
  CHECK(best.aicc < 436.689332869);
  for (const SmoothingFit& fit : {ann, aan, best}) {
    CHECK(fit.squared_error ==
          Approx(squared_error(fit, fit.seasonal ? made_up(4) : oil)).epsilon(1e-12));
    CHECK(fit.converged);
  }
}

TEST_CASE("smoothing: R's parameters give R's error and forecasts") {
  SmoothingFit fit{.trend = true,
                   .seasonal = true,
                   .alpha = 9.4476919e-01,
                   .beta = 1.0039922e-04,
                   .gamma = 1.0337495e-04,
                   .first_level = 206.38339,
                   .first_slope = 2.8555613,
                   .first_season = {0, 5.7059330, 6.1746841, -6.1536438}};
  fit.first_season[0] = -(5.7059330 + 6.1746841 - 6.1536438);
  CHECK(squared_error(fit, made_up(4)) == Approx(1010.45453962).epsilon(1e-6));
  fit.sigma = std::sqrt(1010.45453962 / (60 - 8));
  const auto steps = smoothing_forecast(fit, made_up(4), 5);
  const double means[] = {380.3431280, 394.6325280, 397.9570265, 388.4852793, 391.7677064};
  const double highs[] = {385.9924041, 402.4047054, 407.3859828, 399.3208573, 403.8477137};
  for (std::size_t j = 0; j < 5; ++j) {
    CHECK(steps[j].mean == Approx(means[j]).epsilon(1e-6));
    CHECK(steps[j].mean + 1.2815515655446004 * std::sqrt(steps[j].variance) ==
          Approx(highs[j]).epsilon(1e-6));
  }
  fit.first_season.clear();
  CHECK_THROWS_AS(smoothing_forecast(fit, oil, 1), Exception);
}

TEST_CASE("demand: forecasts and intervals of R's forecast package") {
  const DemandForecast of_oil =
      forecast_demand(monthly(oil), {.horizon = 4, .season = 1, .origins = 0});
  CHECK_FALSE(of_oil.smoothing.trend);
  REQUIRE(of_oil.points.size() == 4);
  const double low[] = {504.4509181, 492.9071603, 483.5766688, 475.5303966};
  const double high[] = {580.9069689, 592.4507266, 601.7812182, 609.8274903};
  for (std::size_t j = 0; j < 4; ++j) {
    CHECK(of_oil.points[j].mean == Approx(542.6789435).epsilon(1e-5));
    CHECK(of_oil.points[j].low == Approx(low[j]).epsilon(1e-4));
    CHECK(of_oil.points[j].high == Approx(high[j]).epsilon(1e-4));
  }
  CHECK(of_oil.points[0].first == Day{std::chrono::year{2021} / 7 / 1});
}

TEST_CASE("demand: naive methods by hand") {
  const std::vector<double> values = {2, 4, 3, 7};
  const auto forecast = [&](int season) {
    return forecast_demand(monthly(values), {.horizon = 3, .season = season});
  };
  const DemandForecast flat = forecast(1);
  CHECK(flat.method != DemandMethod::smoothing);  // four values are too few
  CHECK(flat.accuracy.size() == 3);               // mean, naive, drift from three, one origin
  for (const DemandAccuracy& accuracy : flat.accuracy) {
    CHECK(accuracy.forecasts == 1);
    const double expected = accuracy.method == DemandMethod::mean    ? 4
                            : accuracy.method == DemandMethod::naive ? 4
                                                                     : 3.5;
    CHECK(accuracy.mae == Approx(expected));
    CHECK(accuracy.mase == Approx(expected / 1.5));
  }
  CHECK(flat.method == DemandMethod::drift);
  CHECK(flat.points[0].mean == Approx(7 + 5.0 / 3));
  CHECK(flat.points[2].mean == Approx(12));
  // Steps 2, -1, 4 about 5/3, divisor 2: variance 19/3; three ahead x 3 (1 + 3/3).
  const double reach = 1.2815515655446004 * std::sqrt(19.0 / 3 * 6);
  CHECK(flat.points[2].high == Approx(12 + reach));
  CHECK(flat.points[2].low == Approx(12 - reach));
  // Falling to nothing: cut at 0 unless told otherwise.
  const DemandForecast cut = forecast_demand(monthly({9, 5, 1, 0}), {.horizon = 3, .season = 1});
  CHECK(cut.points[0].low == 0);
  const DemandForecast raw =
      forecast_demand(monthly({9, 5, 1, 0}), {.horizon = 3, .season = 1, .nonnegative = false});
  CHECK(raw.points[0].low < 0);
}

TEST_CASE("demand: a season is found, noise is not") {
  std::vector<double> season;
  std::vector<double> noise;
  RandomStream random(3, 0);
  for (int t = 0; t < 48; ++t) {
    season.push_back(100 + t + 40 * std::sin(t * 0.5235987755982988) + random.normal(0, 4));
    noise.push_back(100 + random.normal(0, 15));
  }
  const DemandForecast seasonal = forecast_demand(monthly(season), {.horizon = 12});
  CHECK(seasonal.beats_baselines);
  CHECK(seasonal.method == DemandMethod::smoothing);
  CHECK(seasonal.smoothing.seasonal);
  CHECK(seasonal.accuracy.back().mase < 0.6);
  for (std::size_t j = 0; j < 12; ++j) {
    const double t = 48.0 + static_cast<double>(j);
    CHECK(seasonal.points[j].mean ==
          Approx(100 + t + 40 * std::sin(t * 0.5235987755982988)).margin(12));
  }
  const DemandForecast flat = forecast_demand(monthly(noise), {.horizon = 12});
  CHECK_FALSE(flat.smoothing.seasonal);
  CHECK(flat.points[0].mean == Approx(100).margin(12));
}

TEST_CASE("demand: intervals hold what they promise") {
  // Random walks with noise: what simple smoothing is made for.
  std::size_t inside = 0;
  std::size_t all = 0;
  for (std::uint64_t k = 0; k < 500; ++k) {
    RandomStream random(9, k);
    double level = 1000;
    std::vector<double> values;
    for (int t = 0; t < 203; ++t) {
      const double e = random.normal(0, 20);
      values.push_back(level + e);
      level += 0.3 * e;
    }
    const std::vector<double> past(values.begin(), values.begin() + 200);
    const DemandForecast forecast = forecast_demand(monthly(past), {.season = 1, .origins = 0});
    for (std::size_t j = 0; j < 3; ++j) {
      inside +=
          values[200 + j] >= forecast.points[j].low && values[200 + j] <= forecast.points[j].high
              ? 1
              : 0;
      ++all;
    }
  }
  CHECK(static_cast<double>(inside) / static_cast<double>(all) == Approx(0.8).margin(0.025));
}

TEST_CASE("demand: histories that say little, and bad ones") {
  CHECK_THROWS_AS(forecast_demand(monthly({})), Exception);
  CHECK_THROWS_AS(forecast_demand(monthly({1, std::nan("")})), Exception);
  CHECK_THROWS_WITH(forecast_demand(monthly({1, -1e200, 5})),
                    "forecast_demand: value 1 is no number up to 1e100");
  CHECK_NOTHROW(forecast_demand(monthly({1e100, -1e100, 1e100, 0, 1e100, 5, 3, 2, 1, 1e100})));
  CHECK_THROWS_AS(forecast_demand(monthly({1, std::numeric_limits<double>::infinity()})),
                  Exception);
  CHECK_THROWS_AS(forecast_demand(monthly({1}), {.horizon = 0}), Exception);
  CHECK_THROWS_AS(forecast_demand(monthly({1}), {.season = -1}), Exception);
  CHECK_THROWS_AS(forecast_demand(monthly({1}), {.interval = 1}), Exception);
  CHECK_THROWS_AS(forecast_demand(monthly({1}), {.origins = -1}), Exception);
  CHECK_THROWS_AS(fit_smoothing(std::vector<double>{1, 2}), Exception);
  CHECK_THROWS_AS(fit_smoothing(oil, 25), Exception);
  CHECK_THROWS_AS(fit_smoothing(oil, 1, false, true, false), Exception);

  const DemandForecast one = forecast_demand(monthly({5}));
  CHECK(one.method == DemandMethod::naive);
  CHECK(one.points[2].mean == 5);
  CHECK(one.points[2].low == 5);
  CHECK(one.accuracy.empty());
  for (const std::size_t n : {2U, 3U, 5U, 6U, 7U, 13U, 24U, 26U, 60U}) {
    for (const double value : {0.0, 7.0, 1e9}) {
      const DemandForecast constant = forecast_demand(monthly(std::vector<double>(n, value)));
      for (const DemandPoint& point : constant.points) {
        CHECK(point.mean == Approx(value).margin(1e-6));
        CHECK(point.low <= point.mean);
        CHECK(point.mean <= point.high);
      }
    }
  }
}

TEST_CASE("demand: series from orders, by hand") {
  Customers customers;
  Items items;
  OrdersBuilder builder(customers, items);
  const auto on = [](int month, int day, int hour = 12) {
    return Time{Day{std::chrono::year{2021} / month / day}} + std::chrono::hours{hour};
  };
  const auto add = [&](const char* order, const char* item, Time time, std::int64_t amount,
                       std::int64_t quantity) {
    builder.add({.order = order,
                 .customer = "c",
                 .item = item,
                 .time = time,
                 .amount = amount,
                 .quantity = quantity});
  };
  add("1", "tea", on(1, 31, 23), 500, 2);
  add("1", "tea", on(1, 31, 23), 250, 1);
  add("2", "cup", on(3, 1), 1000, 4);
  add("2", "tea", on(3, 1), 100, 1);
  add("3", "tea", on(3, 5), -250, -1);
  add("4", "bag", on(3, 6), 5, 1);
  add("5", "cup", on(4, 2), 9, 1);
  const Orders orders = std::move(builder).finish();
  items.column("category").set(*items.find("tea"), "drinks");
  items.column("category").set(*items.find("cup"), "dishes");

  const DemandTable units = demand_by_item(orders, items, "category");
  CHECK(units.last_left_out);
  REQUIRE(units.series.size() == 3);
  CHECK(units.series[0].label == "dishes");
  CHECK(units.series[0].values == std::vector<double>{0, 0, 4});
  CHECK(units.series[1].label == "drinks");
  CHECK(units.series[1].values == std::vector<double>{3, 0, 0});
  CHECK_FALSE(units.series[2].known);
  CHECK(units.series[2].values == std::vector<double>{0, 0, 1});
  CHECK(units.series[0].first == Day{std::chrono::year{2021} / 1 / 1});

  const DemandTable amounts =
      demand_of(orders, {.measure = DemandMeasure::amount, .whole_periods = false});
  REQUIRE(amounts.series.size() == 1);
  CHECK(amounts.series[0].values == std::vector<double>{7.5, 0, 8.55, 0.09});
  CHECK(demand_of(orders, {.measure = DemandMeasure::orders}).series[0].values ==
        std::vector<double>{1, 0, 2});
  // An hour ahead, January's order is of February.
  CHECK(demand_of(orders, {.offset = UtcOffset{60}}).series[0].values == std::vector<double>{3, 5});
  // Weeks begin on Monday: 31 January 2021 was a Sunday.
  const DemandTable weeks = demand_of(orders, {.period = Period::week, .as_of = on(3, 7, 23)});
  CHECK_FALSE(weeks.last_left_out);
  CHECK(weeks.series[0].first == Day{std::chrono::year{2021} / 1 / 25});
  CHECK(weeks.series[0].values == std::vector<double>{3, 0, 0, 0, 0, 5});
  CHECK(demand_of(Orders{}).series.empty());
  CHECK(demand_by_item(orders, items, "nothing").series.size() == 1);
}

TEST_CASE("demand: the same for any executor") {
  std::vector<DemandSeries> histories;
  for (std::uint64_t k = 0; k < 12; ++k) {
    RandomStream random(4, k);
    std::vector<double> values;
    for (int t = 0; t < 30; ++t) values.push_back(random.uniform(0, 50));
    histories.push_back(monthly(values));
  }
  ThreadPool pool(3);
  const auto inline_ones = forecast_demand(histories);
  const auto pooled = forecast_demand(histories, {}, {.executor = &pool});
  for (std::size_t k = 0; k < histories.size(); ++k) {
    CHECK(inline_ones[k].smoothing.alpha == pooled[k].smoothing.alpha);
    CHECK(inline_ones[k].points[0].high == pooled[k].points[0].high);
  }
}
