#include "emptor/reward/points_forecast.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/core/error.hpp"
#include "emptor/math/normal.hpp"

namespace emptor {

namespace {

// Older points are of the last bin.
constexpr std::size_t max_bins = 4096;

/// Points alive, spent and gone otherwise by bins of age; sums, so that tables can be subtracted.
struct LifeTable {
  std::vector<std::int64_t> spent;
  std::vector<std::int64_t> left;

  void grow(std::size_t bins) {
    if (spent.size() >= bins) return;
    spent.resize(bins);
    left.resize(bins);
  }
};

struct LiveLot {
  double age;  // in bins
  double end;
  std::int64_t points;
};

/// Cumulated -ln(1 - hazard) at the bins' ends, and how it goes on.
struct Hazard {
  std::vector<double> cumulated{0};
  double beyond = 0;

  double at(double age) const {
    const auto bin = static_cast<std::size_t>(age);
    const std::size_t last = cumulated.size() - 1;
    if (bin >= last) return cumulated[last] + (age - static_cast<double>(last)) * beyond;
    return cumulated[bin] +
           (age - static_cast<double>(bin)) * (cumulated[bin + 1] - cumulated[bin]);
  }
};

// A bin of which all was spent leaves next to nothing rather than nothing.
double minus_log(double hazard) {
  return -std::log1p(-std::min(hazard, 1 - 1e-9));
}

std::vector<PointsAgeRow> rows_of(const LifeTable& all, const LifeTable* without,
                                  std::int64_t bin_days) {
  const std::size_t bins = all.spent.size();
  std::vector<PointsAgeRow> rows(bins);
  std::int64_t alive = 0;
  for (std::size_t b = bins; b-- > 0;) {
    const bool part = without != nullptr && b < without->spent.size();
    PointsAgeRow& row = rows[b];
    row.from_days = static_cast<std::int64_t>(b) * bin_days;
    row.redeemed = all.spent[b] - (part ? without->spent[b] : 0);
    row.left = all.left[b] - (part ? without->left[b] : 0);
    alive += row.redeemed + row.left;
    row.at_risk = alive;
  }
  double surviving = 1;
  for (PointsAgeRow& row : rows) {
    const double exposed = static_cast<double>(row.at_risk) - static_cast<double>(row.left) / 2;
    row.hazard = exposed > 0 ? std::min(1.0, static_cast<double>(row.redeemed) / exposed) : 0;
    surviving *= 1 - row.hazard;
    row.surviving = surviving;
  }
  return rows;
}

Hazard hazard_of(const std::vector<PointsAgeRow>& rows) {
  Hazard out;
  double spent = 0;
  double exposed = 0;
  for (const PointsAgeRow& row : rows) {
    spent += static_cast<double>(row.redeemed);
    exposed += static_cast<double>(row.at_risk) - static_cast<double>(row.left) / 2;
  }
  out.beyond = exposed > 0 ? minus_log(std::min(1.0, spent / exposed)) : 0;
  for (const PointsAgeRow& row : rows) {
    const double step = row.at_risk > 0 ? minus_log(row.hazard) : out.beyond;
    out.cumulated.push_back(out.cumulated.back() + step);
  }
  return out;
}

double lapsing(const std::vector<LiveLot>& lots, const Hazard& hazard) {
  double sum = 0;
  for (const LiveLot& lot : lots) {
    sum += static_cast<double>(lot.points) * std::exp(hazard.at(lot.age) - hazard.at(lot.end));
  }
  return sum;
}

}  // namespace

PointsForecast forecast_points(std::span<const PointsAccount* const> accounts, Time as_of,
                               const PointsForecastOptions& options) {
  require_option(options.bin_days >= 1 && options.bin_days <= 3660, "bin_days", "in [1, 3660]",
                 options.bin_days);
  require_option(options.groups >= 2 && options.groups <= 1000, "groups", "in [2, 1000]",
                 options.groups);
  require_option(options.level > 0 && options.level < 1, "level", "in (0, 1)", options.level);
  const std::int64_t bin = options.bin_days * 86'400;
  const auto bin_of = [&](Time from, Time to) {
    const std::int64_t at = std::max<std::int64_t>(0, (to - from).count()) / bin;
    return std::min(static_cast<std::size_t>(at), max_bins - 1);
  };
  const auto groups = static_cast<std::size_t>(options.groups);
  std::vector<LifeTable> tables(groups);
  std::vector<LiveLot> live;
  PointsForecast out;
  out.as_of = as_of;
  out.bin_days = options.bin_days;
  out.level = options.level;
  for (const PointsAccount* account : accounts) {
    if (account->empty()) continue;
    if (account->facts().back().time > as_of) {
      throw Exception(ErrorCode::invalid_value, "a fact is after the instant of the forecast",
                      "as_of");
    }
    LifeTable& table = tables[out.customers++ % groups];
    account->for_each_use([&](const PointUse& use) {
      const std::size_t at = bin_of(use.available_at, use.spent_at);
      table.grow(at + 1);
      table.spent[at] += use.points;
    });
    account->for_each_lot([&](const PointLot& lot) {
      if (lot.left == 0) return;
      const bool pending = lot.available_at > as_of;
      if (!pending) {
        const std::size_t at = bin_of(lot.available_at, std::min(as_of, lot.expires_at));
        table.grow(at + 1);
        table.left[at] += lot.left;
      }
      if (lot.expires_at <= as_of) return;
      out.outstanding += lot.left;
      if (lot.expires_at == Time::max()) {
        out.never_expiring += lot.left;
        return;
      }
      const Time from = lot.available_at == Time::max() ? as_of : lot.available_at;
      const double age = pending ? 0 : static_cast<double>((as_of - from).count());
      live.push_back(
          {age / static_cast<double>(bin),
           static_cast<double>((lot.expires_at - from).count()) / static_cast<double>(bin),
           lot.left});
    });
  }
  LifeTable all;
  for (const LifeTable& table : tables) {
    all.grow(table.spent.size());
    for (std::size_t b = 0; b < table.spent.size(); ++b) {
      all.spent[b] += table.spent[b];
      all.left[b] += table.left[b];
    }
  }
  out.table = rows_of(all, nullptr, options.bin_days);
  out.breakage = lapsing(live, hazard_of(out.table));
  double spread = 0;
  for (const LifeTable& table : tables) {
    const double without = lapsing(live, hazard_of(rows_of(all, &table, options.bin_days)));
    spread += (without - out.breakage) * (without - out.breakage);
  }
  const double g = static_cast<double>(groups);
  const double reach =
      detail::normal_quantile((1 + options.level) / 2) * std::sqrt(spread * (g - 1) / g);
  const auto ending = static_cast<double>(out.outstanding - out.never_expiring);
  out.breakage_low = std::max(0.0, out.breakage - reach);
  out.breakage_high = std::min(ending, out.breakage + reach);
  out.redeemed = static_cast<double>(out.outstanding) - out.breakage;
  out.liability = worth_of_points(out.outstanding, options.value, Rounding::half_even);
  out.expected_liability =
      worth_of_points(std::llround(out.redeemed), options.value, Rounding::half_even);
  return out;
}

}  // namespace emptor
