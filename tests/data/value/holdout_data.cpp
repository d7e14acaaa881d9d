// BG/NBD, MBG/NBD and Pareto/NBD on CDNOW: fitted on the first 39 weeks, held against the 39 weeks
// after them.

#include "emptor/value/holdout.hpp"

#include <cmath>

#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/pareto_nbd.hpp"
#include "support/catch.hpp"
#include "support/cdnow.hpp"

namespace {

using namespace emptor;

const HoldoutOptions options{.calibration_end = test::cdnow_as_of,
                             .holdout_end = Day{std::chrono::year{1998} / 6 / 30}};

enum class Model { bg, mbg, pareto };

HoldoutResult holdout_of_file(const std::string& which, Model model = Model::bg) {
  const test::CdnowOrders shop = test::read_cdnow(which);
  const std::size_t customers = shop.customers.size();
  const RepeatPurchases histories =
      RepeatPurchases::from_orders(shop.orders, customers, {.as_of = options.calibration_end});
  if (model == Model::pareto) {
    return holdout_of(shop.orders, customers, fit_pareto_nbd(histories).model, options);
  }
  const FittedBgNbd fit = model == Model::mbg ? fit_mbg_nbd(histories) : fit_bg_nbd(histories);
  return holdout_of(shop.orders, customers, fit.model, options);
}

}  // namespace

TEST_CASE("the holdout of the CDNOW sample counts what the file of expectations counts") {
  const HoldoutResult result = holdout_of_file("sample");
  const test::NumberTable expected = test::read_cdnow_expected();
  double actual = 0, predicted = 0, error = 0, square = 0;
  for (std::size_t row = 0; row < expected.rows.size(); ++row) {
    const double bought = expected.at(row, "xstar");
    const double mean = expected.at(row, "bgnbd_cet39");
    actual += bought;
    predicted += mean;
    error += std::abs(bought - mean);
    square += (bought - mean) * (bought - mean);
  }
  const double n = static_cast<double>(expected.rows.size());
  CHECK(result.customers == expected.rows.size());
  CHECK(result.length == 39);
  CHECK(result.actual_purchases == actual);
  CHECK(result.expected_purchases == Approx(predicted).epsilon(1e-5));
  CHECK(result.mean_absolute_error == Approx(error / n).epsilon(1e-5));
  CHECK(result.root_mean_square_error == Approx(std::sqrt(square / n)).epsilon(1e-5));
  CHECK(result.mean_absolute_error == Approx(0.78545).epsilon(1e-4));
  CHECK(result.mean_absolute_error < 0.77 * result.naive_mean_absolute_error);

  // Fader, Hardie and Lee (2005), section 4: 78 weeks after the start the BG/NBD model is 4 % below
  // the actual number of purchases.
  REQUIRE(result.tracking.size() == 78);
  const HoldoutTracking& end = result.tracking.back();
  CHECK(end.last_day == Day{std::chrono::year{1998} / 6 / 30});
  CHECK(std::round(100 * (end.expected_so_far / end.actual_so_far - 1)) == -4);
  CHECK(result.tracking_error < 0.03);
  // Their figure of conditional expectations: near the actual ones in each group, mostly below.
  REQUIRE(result.frequencies.size() == 8);
  CHECK(result.frequencies[0].customers == 1411);
  for (const HoldoutFrequency& group : result.frequencies) {
    CHECK(group.expected < group.actual);
    CHECK(group.expected > 0.74 * group.actual);
  }
}

TEST_CASE("Pareto/NBD is nearest on the CDNOW sample") {
  const HoldoutResult result = holdout_of_file("sample", Model::pareto);
  CHECK(result.mean_absolute_error == Approx(0.7545).epsilon(1e-3));
  // The paper named above: 2 % below after 78 weeks.
  const HoldoutTracking& end = result.tracking.back();
  CHECK(std::round(100 * (end.expected_so_far / end.actual_so_far - 1)) == -2);
}

TEST_CASE("the holdout of all of CDNOW") {
  const HoldoutResult bg = holdout_of_file("master");
  CHECK(bg.customers == 23'570);
  CHECK(bg.actual_purchases == 19'684);
  CHECK(bg.expected_purchases == Approx(16'873.7).epsilon(1e-4));
  CHECK(bg.mean_absolute_error == Approx(0.81874).epsilon(1e-4));
  CHECK(bg.root_mean_square_error == Approx(1.73291).epsilon(1e-4));
  CHECK(bg.correlation == Approx(0.66879).epsilon(1e-4));
  CHECK(bg.naive_mean_absolute_error == Approx(1.03805).epsilon(1e-4));
  CHECK(bg.tracking_error == Approx(0.03465).epsilon(1e-3));
  const HoldoutResult mbg = holdout_of_file("master", Model::mbg);
  CHECK(mbg.mean_absolute_error == Approx(0.79454).epsilon(1e-4));
  CHECK(mbg.tracking_error == Approx(0.05402).epsilon(1e-3));
  const HoldoutResult pareto = holdout_of_file("master", Model::pareto);
  CHECK(pareto.mean_absolute_error == Approx(0.7938).epsilon(1e-3));
  CHECK(pareto.tracking_error == Approx(0.0240).epsilon(5e-3));
}
