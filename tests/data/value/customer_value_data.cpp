// Customer lifetime value on the CDNOW sample, against numbers computed independently, and from raw
// orders.

#include "emptor/value/customer_value.hpp"

#include <cmath>

#include "emptor/value/pareto_nbd.hpp"
#include "support/catch.hpp"
#include "support/cdnow.hpp"

namespace {

using namespace emptor;

const ParetoNbdModel model({.r = 0.5532769996240655,
                            .alpha = 10.577682894603917,
                            .s = 0.6062401567097563,
                            .beta = 11.668740799877035});
const GammaGammaModel spend({.p = 6.248802298358801,
                             .q = 3.744588567999017,
                             .v = 15.447749462600836});
const CustomerValueOptions options{.discount = 0.15, .units_per_year = 52};

}  // namespace

TEST_CASE("value of each customer of the CDNOW sample, as computed independently") {
  const test::NumberTable expected = test::read_cdnow_expected();
  const std::size_t m = expected.rows.size();
  std::vector<std::uint32_t> repeats(m);
  std::vector<double> last(m), age(m), mean(m);
  for (std::size_t c = 0; c < m; ++c) {
    repeats[c] = static_cast<std::uint32_t>(expected.at(c, "x"));
    // The file has 12 digits of whole days.
    last[c] = std::round(7 * expected.at(c, "tx")) / 7;
    age[c] = std::round(7 * expected.at(c, "T")) / 7;
    mean[c] = expected.at(c, "zbar");
  }
  const RepeatPurchases purchases = RepeatPurchases::from_histories(repeats, last, age);
  const CustomerValues values = customer_values_of(purchases, mean, model, spend, options);
  double total = 0;
  for (std::size_t c = 0; c < m; ++c) {
    CHECK(values.p_alive[c] == Approx(expected.at(c, "pnbd_palive")).epsilon(1e-9));
    CHECK(values.purchases[c] == Approx(expected.at(c, "pnbd_dert_15pa")).epsilon(1e-9));
    CHECK(values.spend[c] == Approx(expected.at(c, "gg_expected_spend")).epsilon(1e-9));
    CHECK(values.value[c] == Approx(expected.at(c, "clv_dert_x_spend")).epsilon(1e-9));
    total += expected.at(c, "clv_dert_x_spend");
  }
  CHECK(values.total_value == Approx(total).epsilon(1e-9));
  CHECK(values.customers == 2357);
}

TEST_CASE("value of all of CDNOW from its orders, quarter by quarter") {
  const test::CdnowOrders shop = test::read_cdnow("master");
  const std::size_t customers = shop.customers.size();
  const RepeatPurchases purchases =
      RepeatPurchases::from_orders(shop.orders, customers, {.as_of = test::cdnow_as_of});
  const FittedParetoNbd buying = fit_pareto_nbd(purchases);
  const FittedGammaGamma spending = fit_gamma_gamma(spend_histories_of(purchases));
  CHECK(spending.report.converged);
  CHECK_FALSE(spending.report.correlated);
  CHECK(spending.report.correlation == Approx(0.080).epsilon(0.01));
  const CustomerValues values =
      customer_values_of(purchases, buying.model, spending.model, options);
  CHECK(values.customers == 23'570);

  // What they spent in the 39 weeks that followed, against what was expected.
  CustomerValueOptions ahead{.discount = 0, .horizon = 39};
  const CustomerValues expected =
      customer_values_of(purchases, buying.model, spending.model, ahead);
  const RepeatPurchases after = RepeatPurchases::from_orders(shop.orders, customers);
  double spent = 0;
  for (std::size_t c = 0; c < customers; ++c) {
    spent += 0.01 * static_cast<double>(after.repeat_spend()[c] - purchases.repeat_spend()[c]);
  }
  CHECK(spent == Approx(776'961.13));
  CHECK(expected.total_value == Approx(654'019).epsilon(1e-4));  // 16 % below

  const std::vector<Time> quarters{Day{std::chrono::year{1997} / 3 / 31},
                                   Day{std::chrono::year{1997} / 6 / 30}, test::cdnow_as_of,
                                   Day{std::chrono::year{1997} / 12 / 31}};
  const ValueTrajectory path = value_trajectory_of(shop.orders, customers, quarters, {},
                                                   buying.model, spending.model, {}, options);
  CHECK(path.snapshots[2].total_value == values.total_value);
  // The cohort was complete in March; it only thins out from then on.
  for (std::size_t i = 1; i < quarters.size(); ++i) {
    CHECK(path.snapshots[i].customers == 23'570);
    CHECK(path.snapshots[i].expected_alive < path.snapshots[i - 1].expected_alive);
  }
}
