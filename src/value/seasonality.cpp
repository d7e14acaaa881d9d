#include "emptor/value/seasonality.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "emptor/core/error.hpp"

namespace emptor {

namespace {

double variance(std::span<const double> values) noexcept {
  double mean = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum / static_cast<double>(values.size());
}

/// The centred moving average of m values about place t; of an even m the ends count half.
double moving_average(std::span<const double> values, std::size_t t, std::size_t m) noexcept {
  const std::size_t half = m / 2;
  double sum = 0;
  for (std::size_t i = t - half; i <= t + half; ++i) sum += values[i];
  if (m % 2 == 0) sum -= (values[t - half] + values[t + half]) / 2;
  return sum / static_cast<double>(m);
}

/// `place_of(t)` in [0, m).
template <class PlaceOf>
SeasonIndex season_index(std::span<const double> values, std::size_t m, bool detrended,
                         PlaceOf&& place_of) {
  SeasonIndex out{.places = std::vector<SeasonIndex::Place>(m), .detrended = detrended};
  double mean = 0;
  for (const double value : values) mean += value / static_cast<double>(values.size());
  const std::size_t margin = detrended ? m / 2 : 0;
  std::vector<double> ratios;
  std::vector<std::size_t> places;
  for (std::size_t t = margin; t + margin < values.size(); ++t) {
    const double trend = detrended ? moving_average(values, t, m) : mean;
    if (!(trend > 0)) continue;
    ratios.push_back(values[t] / trend);
    places.push_back(place_of(t));
  }
  std::vector<double> sums(m, 0);
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    sums[places[i]] += ratios[i];
    ++out.places[places[i]].seen;
  }
  double total = 0;
  for (std::size_t p = 0; p < m; ++p) {
    if (out.places[p].seen == 0) return {};
    total += sums[p] / out.places[p].seen;
  }
  if (!(total > 0)) return {};
  const double scale = static_cast<double>(m) / total;
  std::vector<double> squares(m, 0);
  std::vector<double> rest;
  for (std::size_t p = 0; p < m; ++p) out.places[p].index = scale * sums[p] / out.places[p].seen;
  for (std::size_t i = 0; i < ratios.size(); ++i) {
    rest.push_back(scale * ratios[i] - out.places[places[i]].index);
    squares[places[i]] += rest.back() * rest.back();
    ratios[i] *= scale;
  }
  for (std::size_t p = 0; p < m; ++p) {
    if (out.places[p].seen > 1) {
      out.places[p].deviation = std::sqrt(squares[p] / (out.places[p].seen - 1));
    }
  }
  if (detrended) {
    const double both = variance(ratios);
    out.strength = both > 0 ? std::max(0.0, 1 - variance(rest) / both) : 0;
  }
  return out;
}

}  // namespace

Seasonality seasonality_of(const DemandSeries& daily) {
  if (daily.period != Period::day) {
    throw Exception(ErrorCode::invalid_value, "the series must be by day", "seasonality_of");
  }
  for (std::size_t t = 0; t < daily.values.size(); ++t) {
    if (!std::isfinite(daily.values[t])) {
      throw Exception(ErrorCode::invalid_value, text("value ", t, " is not finite"),
                      "seasonality_of");
    }
  }
  Seasonality out;
  const std::size_t n = daily.values.size();
  if (n >= 14) {
    const unsigned first = std::chrono::weekday{daily.first}.iso_encoding() - 1;
    out.weekday =
        season_index(daily.values, 7, true, [&](std::size_t t) { return (first + t) % 7; });
  }
  // Whole months alone, as demand a day.
  std::vector<double> months;
  std::vector<std::size_t> month_of;
  for (std::size_t t = 0; t < n;) {
    const std::chrono::year_month_day date{daily.first + std::chrono::days{t}};
    const std::chrono::year_month_day_last end{date.year() / date.month() / std::chrono::last};
    const auto left =
        static_cast<std::size_t>((Day{end} - (daily.first + std::chrono::days{t})).count() + 1);
    const bool whole = date.day() == std::chrono::day{1} && t + left <= n;
    if (whole) {
      double sum = 0;
      for (std::size_t d = 0; d < left; ++d) sum += daily.values[t + d];
      months.push_back(sum / static_cast<double>(left));
      month_of.push_back(static_cast<unsigned>(date.month()) - 1U);
    }
    t += left;
  }
  if (months.size() >= 12) {
    out.month =
        season_index(months, 12, months.size() >= 24, [&](std::size_t t) { return month_of[t]; });
  }
  return out;
}

}  // namespace emptor
