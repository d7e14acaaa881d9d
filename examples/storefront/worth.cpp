#include "worth.hpp"

#include <algorithm>

#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/customer_value.hpp"
#include "emptor/value/demand.hpp"
#include "emptor/value/gamma_gamma.hpp"
#include "emptor/value/holdout.hpp"
#include "emptor/value/next_order.hpp"
#include "emptor/value/purchase_matrix.hpp"
#include "emptor/value/repeat_purchases.hpp"
#include "emptor/value/seasonality.hpp"

namespace storefront {
namespace {

using emptor::RepeatPurchases;
using emptor::Time;

constexpr double yearly_discount = 0.10;
constexpr double weeks_a_year = 365.25 / 7;
// A file of orders over a longer time than this has wrong dates, and day by day is too much.
constexpr std::chrono::days longest{30 * 365};

[[nodiscard]] RepeatPurchases purchases_until(const ShopTables& shop, Time as_of) {
  return RepeatPurchases::from_orders(shop.orders, shop.customers.size(), {.as_of = as_of});
}

[[nodiscard]] bool anyone_returns(const RepeatPurchases& purchases) {
  const auto patterns = purchases.patterns();
  return std::any_of(patterns.begin(), patterns.end(),
                     [](const emptor::PurchasePattern& one) { return one.repeats > 0; });
}

/// The last quarter of the time, as models see it that know what came before.
std::vector<emptor::HoldoutResult> test_models(const ShopTables& shop, Time first, Time as_of,
                                               const emptor::Context& context) {
  const Time cut = as_of - (as_of - first) / 4;
  const RepeatPurchases before = purchases_until(shop, cut);
  if (!anyone_returns(before)) return {};
  const emptor::HoldoutOptions options{.calibration_end = cut, .holdout_end = as_of};
  const auto held_out = [&](const emptor::PurchaseModel& model) {
    return emptor::holdout_of(shop.orders, shop.customers.size(), model, options, context);
  };
  return {held_out(emptor::fit_bg_nbd(before, {}, context).model),
          held_out(emptor::fit_mbg_nbd(before, {}, context).model)};
}

void find_value(const ShopTables& shop, Time first, Time as_of, Worth& out,
                const emptor::Context& context) {
  const RepeatPurchases purchases = purchases_until(shop, as_of);
  if (!anyone_returns(purchases)) return;
  if (as_of - first >= std::chrono::days{28} && as_of - first <= longest) {
    out.holdouts = test_models(shop, first, as_of, context);
  }
  const emptor::FittedBgNbd bg = emptor::fit_bg_nbd(purchases, {}, context);
  const emptor::FittedBgNbd mbg = emptor::fit_mbg_nbd(purchases, {}, context);
  const emptor::FittedBgNbd& model =
      mbg.report.log_likelihood > bg.report.log_likelihood ? mbg : bg;
  const auto histories = emptor::spend_histories_of(purchases);
  const bool paid = std::any_of(histories.begin(), histories.end(),
                                [](const emptor::SpendHistory& one) { return one.mean > 0; });
  out.fits = {bg.report, mbg.report};
  if (!paid) return;
  const emptor::FittedGammaGamma spend = emptor::fit_gamma_gamma(histories, {}, context);
  out.fits.push_back(spend.report);
  const emptor::CustomerValueOptions options{.discount = yearly_discount,
                                             .horizon = worth_years * weeks_a_year};
  out.values = emptor::customer_values_of(purchases, model.model, spend.model, options, context);
  const double weeks = static_cast<double>((as_of - first).count()) / (7 * 86400.0);
  out.matrix = emptor::purchase_matrix_of(model.model, {.age = std::max(1.0, weeks), .horizon = 13},
                                          context);
  std::vector<Time> instants;
  for (int quarter = 1; quarter <= 4; ++quarter) {
    instants.push_back(first + (as_of - first) * quarter / 4);
  }
  out.trajectory = emptor::value_trajectory_of(shop.orders, shop.customers.size(), instants, {},
                                               model.model, spend.model, {}, options, context);
}

void find_demand(const ShopTables& shop, Time first, Time as_of, Worth& out,
                 const emptor::Context& context) {
  if (as_of - first > longest) return;
  using emptor::DemandMeasure;
  using emptor::Period;
  const auto days = emptor::demand_of(
      shop.orders, {.period = Period::day, .measure = DemandMeasure::orders, .as_of = as_of});
  if (!days.series.empty()) out.seasonality = emptor::seasonality_of(days.series.front());
  constexpr std::size_t most_series = 12;
  const emptor::DemandSeriesOptions monthly{.as_of = as_of};
  std::vector<emptor::DemandSeries> series = emptor::demand_of(shop.orders, monthly).series;
  for (auto& one : emptor::demand_by_item(shop.orders, shop.items, "category", monthly).series) {
    if (one.known && series.size() < most_series) series.push_back(std::move(one));
  }
  std::erase_if(series, [](const emptor::DemandSeries& one) { return one.values.empty(); });
  out.demand = emptor::forecast_demand(series, {.horizon = 3}, context);
}

}  // namespace

Worth worth_of(const ShopTables& shop, Time as_of, const emptor::Context& context) {
  constexpr std::size_t most_next = 200;
  Worth out;
  const auto times = shop.orders.line_times();
  const Time first = *std::min_element(times.begin(), times.end());
  find_value(shop, first, as_of, out, context);
  const emptor::NextOrderFit next = emptor::fit_next_order(shop.orders, {.as_of = as_of}, context);
  out.next = next.model.likeliest(as_of, most_next, {.within_days = due_days});
  out.next_report = next.report;
  find_demand(shop, first, as_of, out, context);
  return out;
}

}  // namespace storefront
