#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "emptor/report/sections_probability.hpp"
#include "markup_check.hpp"
#include "support/catch.hpp"

using namespace emptor;
using emptor::test::count;
using emptor::test::MarkupCheck;

namespace {

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

ReliabilityCurve sample_curve() {
  ReliabilityCurve out;
  out.bins = {{.low = 0.01,
               .high = 0.2,
               .rows = 60,
               .weight = 60,
               .predicted = 0.1,
               .observed = 0.15,
               .lower = 0.08,
               .upper = 0.26},
              {.low = 0.3,
               .high = 0.9,
               .rows = 1234,
               .weight = 1234,
               .predicted = 0.6,
               .observed = 0.5,
               .lower = 0.45,
               .upper = 0.55}};
  out.parts = {.brier = 0.18, .reliability = 0.005, .resolution = 0.075, .uncertainty = 0.25};
  out.expected_error = 0.042;
  out.largest_error = 0.1;
  out.predicted = 0.31;
  out.observed = 0.29;
  return out;
}

}  // namespace

TEST_CASE("reliability is drawn with its diagonal and told in words", "[report][probability]") {
  const std::string html =
      html_of([](ReportPage& page) { add_reliability_section(page, sample_curve()); });
  CHECK(count(html, "31% was foretold and 29% came") == 1);
  CHECK(count(html, "4.2%") > 0);
  CHECK(count(html, "as foretold") > 0);
  CHECK(count(html, "1,234") > 0);
  const std::string none = html_of([](ReportPage& page) { add_reliability_section(page, {}); });
  CHECK(count(none, "There are no rows") == 1);
}

TEST_CASE("the ROC curve and its area with the interval", "[report][probability]") {
  AucEstimate auc;
  auc.auc = 0.8453;
  auc.low = 0.8312;
  auc.high = 0.8594;
  auc.positives = 1869;
  auc.negatives = 5174;
  const std::vector<RocPoint> curve{{infinity, 0, 0}, {0.9, 0, 0.4}, {0.5, 0.2, 0.8}, {0, 1, 1}};
  const std::string html = html_of([&](ReportPage& page) { add_roc_section(page, auc, curve); });
  CHECK(count(html, "probability 0.8453 (AUC, 95% interval 0.8312 to 0.8594); Gini 0.6906") == 1);
  CHECK(count(html, "1,869 rows with the outcome, 5,174 without") == 1);
  const std::string none = html_of([](ReportPage& page) { add_roc_section(page, {}, {}); });
  CHECK(count(none, "Both outcomes") == 1);
}

TEST_CASE("lift and gains by group", "[report][probability]") {
  LiftTable table;
  table.rate = 0.265;
  table.groups = {{.least_score = 0.5,
                   .weight = 50,
                   .positives = 20,
                   .rate = 0.4,
                   .lift = 1.51,
                   .share = 0.5,
                   .gain = 0.755,
                   .total_lift = 1.51},
                  {.least_score = -infinity,
                   .weight = 50,
                   .positives = 6.5,
                   .rate = 0.13,
                   .lift = 0.49,
                   .share = 1,
                   .gain = 1,
                   .total_lift = 1}};
  const std::string html =
      html_of([&](ReportPage& page) { add_lift_section(page, table, "A & <b>"); });
  CHECK(count(html, "A &amp; &lt;b&gt;") > 0);
  CHECK(count(html, "26.5% had the outcome") == 1);
  CHECK(count(html, "75.5%") > 0);
  CHECK(count(html_of([](ReportPage& page) { add_lift_section(page, {}); }), "Nobody") == 1);
}

TEST_CASE("profit says where it is best", "[report][probability]") {
  ProfitCurve curve;
  curve.points = {{infinity, 0, 0}, {0.4, 0.25, 1200.5}, {0.39, 0.25, 1200}, {0.1, 1, -300}};
  curve.best = curve.points[1];
  curve.everybody = curve.points[3];
  const std::string html =
      html_of([&](ReportPage& page) { add_profit_section(page, curve, Currency("EUR")); });
  CHECK(count(html, "at least 0.4, 25% of all: 1,200.50") == 1);
  CHECK(count(html, "Profit (EUR)") > 0);
  curve.best = curve.points[0];
  CHECK(count(html_of([&](ReportPage& page) { add_profit_section(page, curve, {}); }),
              "Acting on nobody is best") == 1);
  CHECK(count(html_of([](ReportPage& page) { add_profit_section(page, {}, {}); }),
              "There are no rows") == 1);
}

TEST_CASE("scores by outcome", "[report][probability]") {
  const ScoreSpread spread{{0, 0.5, 1}, {0.25, 0.75}, {0.9, 0.1}};
  const std::string html =
      html_of([&](ReportPage& page) { add_score_spread_section(page, spread); });
  CHECK(count(html, "did not") > 0);
  const ScoreSpread tied{{3, 3, 3}, {1, 0}, {1, 0}};
  CHECK(count(html_of([&](ReportPage& page) { add_score_spread_section(page, tied); }),
              "Every row has the score 3.") == 1);
  const double next = std::nextafter(1, 2);
  const ScoreSpread narrow{{1, 1, next}, {0.5, 0.5}, {1, 0}};
  CHECK(count(html_of([&](ReportPage& page) { add_score_spread_section(page, narrow); }), "Share") >
        0);
  ReportPage page({.title = "t"});
  CHECK_THROWS_AS(add_score_spread_section(page, {{0, 1}, {}, {1}}), Exception);
  CHECK(count(html_of([](ReportPage& of) { add_score_spread_section(of, {}); }),
              "There are no rows") == 1);
}
