#include <cmath>
#include <limits>
#include <string>

#include "emptor/report/sections_value.hpp"
#include "markup_check.hpp"
#include "support/catch.hpp"

using namespace emptor;
using emptor::test::count;
using emptor::test::MarkupCheck;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

template <class Add>
std::string html_of(const Add& add) {
  ReportPage page({.title = "t"});
  add(page);
  const std::string html = page.html();
  CHECK(MarkupCheck::error(html) == "");
  CHECK(count(html, "nan") == 0);
  return html;
}

HoldoutResult sample_holdout(const std::string& model) {
  HoldoutResult out;
  out.options.calibration_end = Time{Day{std::chrono::year{1997} / 9 / 30}};
  out.model = model;
  out.customers = 2357;
  out.length = 39;
  out.actual_purchases = 1882;
  out.expected_purchases = 1700;
  out.mean_absolute_error = 0.75;
  out.root_mean_square_error = 1.6;
  out.correlation = 0.63;
  out.naive_mean_absolute_error = 1.05;
  out.naive_root_mean_square_error = 1.9;
  out.tracking_error = 0.03;
  for (std::uint32_t x = 0; x <= 7; ++x) {
    out.frequencies.push_back({x, x == 7, 100 - x, 0.3 * x, 0.28 * x + 0.1});
  }
  out.alive = {{0, 0.1, 50, 0.05, 0.03, 0.04}, {0.9, 1, 70, 0.95, 0.6, 0.55}};
  for (int week = 1; week <= 78; ++week) {
    const Day day{std::chrono::year{1997} / 1 / 1};
    out.tracking.push_back(
        {day + std::chrono::days{7 * week - 1}, week > 39, 50, 48, 50.0 * week, 48.0 * week});
  }
  return out;
}

CustomerValues sample_values() {
  CustomerValues out;
  out.customers = 4;
  out.value = {10, 200, missing, 1.5, infinity};
  out.expected_alive = 2.7;
  out.total_value = infinity;
  out.new_value = 12.5;
  out.new_spend = 30;
  return out;
}

}  // namespace

TEST_CASE("fits are told in tables, warnings where something is wrong", "[report][value]") {
  ValueFitReport fit;
  fit.model = "bg_nbd";
  fit.parameters = {{"r", 0.2426, 0.0125}, {"alpha", 4.4136, missing}};
  fit.log_likelihood = -9582.43;
  fit.converged = true;
  fit.sentence = "Converged in 24 iterations.";
  ValueFitReport bad = fit;
  bad.model = "a <b> & c";
  bad.dropout_identified = false;
  const std::string html = html_of([&](ReportPage& page) {
    add_value_fit_section(page, std::vector{fit, bad});
  });
  CHECK(count(html, "BG/NBD: Converged in 24 iterations.") == 1);
  CHECK(count(html, "-9,582.43") == 2);
  CHECK(count(html, "a &lt;b&gt; &amp; c") > 0);
  CHECK(count(html, "0.2426") > 0);
  const std::string none = html_of([](ReportPage& page) { add_value_fit_section(page, {}); });
  CHECK(count(none, "No model was fitted.") == 1);
}

TEST_CASE("a holdout shows what was expected beside what came", "[report][value]") {
  std::vector<HoldoutResult> models{sample_holdout("bg_nbd"), sample_holdout("pareto_nbd")};
  const std::string html = html_of([&](ReportPage& page) { add_holdout_section(page, models); });
  CHECK(count(html, "Purchases afterwards by purchases before") > 0);
  CHECK(count(html, "The models knew orders up to 1997-09-30.") > 0);
  CHECK(count(html, "Pareto/NBD") > 0);
  CHECK(count(html, ">7+<") > 0);
  CHECK(count(html, "as before (no model)") == 1);
  models[1].tracking.pop_back();
  ReportPage page({.title = "t"});
  CHECK_THROWS_AS(add_holdout_section(page, models), Exception);
  CHECK_THROWS_AS(
      add_holdout_section(page, std::vector<HoldoutResult>(6, sample_holdout("bg_nbd"))),
      Exception);
  const std::string none = html_of([](ReportPage& p) { add_holdout_section(p, {}); });
  CHECK(count(none, "No model was compared.") == 1);
}

TEST_CASE("matrices of frequency and recency are two heat maps", "[report][value]") {
  PurchaseMatrix matrix;
  matrix.options = {.age = 38.9, .horizon = 39, .most_repeats = 1, .steps = 2};
  matrix.model = "bg_nbd";
  matrix.last = {19.5, 38.9};
  matrix.alive = {1, 1, 0.4, 0.85};
  matrix.expected_purchases = {0.19, 0.19, 0.3, 0.7};
  const std::string html =
      html_of([&](ReportPage& page) { add_purchase_matrix_section(page, matrix); });
  CHECK(count(html, "P(alive)") > 0);
  CHECK(count(html, "Purchases expected in 39 weeks") > 0);
  CHECK(count(html, "85%") > 0);
  matrix.alive.pop_back();
  ReportPage page({.title = "t"});
  CHECK_THROWS_AS(add_purchase_matrix_section(page, matrix), Exception);
}

TEST_CASE("value is shown with its concentration, without what has no bound", "[report][value]") {
  const CustomerValues values = sample_values();
  const std::string html = html_of([&](ReportPage& page) {
    add_value_tiles(page, values, Currency("USD"));
    add_customer_value_section(page, values, Currency("USD"));
  });
  CHECK(count(html, "Value (USD)") > 0);
  CHECK(count(html, "1 customer has a value without bound and is left out.") == 1);
  CHECK(count(html, "A new customer is worth 12.50") == 1);
  CHECK(count(html, "211.50") == 1);
  CHECK(count(html, "All purchases to come, discounted by 10% a year") == 1);
  CustomerValues limited = values;
  limited.options.horizon = 156;
  limited.rate = std::log1p(limited.options.discount) / 52;
  limited.value[0] = 1e-9;
  const std::string three = html_of(
      [&](ReportPage& page) { add_customer_value_section(page, limited, Currency("USD")); });
  CHECK(count(three, "Purchases of the next 3 years") == 1);
  CHECK(count(three, "e-0") == 0);
  const std::string none =
      html_of([](ReportPage& page) { add_customer_value_section(page, {}, Currency("USD")); });
  CHECK(count(none, "No customer has a value.") == 1);
}

TEST_CASE("a trajectory is lines over days", "[report][value]") {
  ValueTrajectory trajectory;
  for (int month = 0; month < 5; ++month) {
    const Day day{std::chrono::year{2011} / (month + 1) / 1};
    trajectory.snapshots.push_back({Time{day}, 100U + 10U * static_cast<unsigned>(month),
                                    month == 2 ? missing : 60.0 + month, 50, 1000.0 + month});
  }
  const std::string html = html_of(
      [&](ReportPage& page) { add_value_trajectory_section(page, trajectory, Currency("USD")); });
  CHECK(count(html, "expected to be there") > 0);
  const std::string none =
      html_of([](ReportPage& page) { add_value_trajectory_section(page, {}, Currency("USD")); });
  CHECK(count(none, "There is no day to show.") == 1);
}
