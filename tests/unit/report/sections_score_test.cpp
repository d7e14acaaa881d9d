// The sections on churn, leads, reviews, satisfaction and what goes wrong, and the chart that they
// share.

#include <limits>
#include <string>

#include "emptor/report/chart_stack.hpp"
#include "emptor/report/sections_anomaly.hpp"
#include "emptor/report/sections_churn.hpp"
#include "emptor/report/sections_leads.hpp"
#include "emptor/report/sections_reviews.hpp"
#include "emptor/report/sections_satisfaction.hpp"
#include "markup_check.hpp"
#include "support/catch.hpp"

using namespace emptor;
using emptor::test::count;
using emptor::test::MarkupCheck;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
const std::string attack = "</script><b>\"x\"</b> & \x01\xFF";

template <class Add>
std::string html_of(const Add& add) {
  ReportPage page({.title = "t"});
  add(page);
  const std::string html = page.html();
  CHECK(MarkupCheck::error(html) == "");
  CHECK(count(html, ">nan") == 0);
  CHECK(count(html, "inf\"") == 0);
  CHECK(count(html, "<b>\"x\"") == 0);
  return html;
}

StackChart sample_stack() {
  return {.labels = {attack, attack, attack, attack, attack},
          .series = {{attack, 1}, {"good", 0}},
          .rows = {{attack, {0.25, 0.5}, attack}, {"b", {0, 1}, ""}, {"c", {0.4, 0}, "n = 3"}},
          .left = 1};
}

// x and width of the first rectangle at or after `from` that has a tip.
std::pair<double, double> bar(const std::string& svg, const std::string& tip) {
  const std::size_t at = svg.rfind("<rect", svg.find(tip));
  const auto number = [&](const std::string& name) {
    return std::stod(svg.substr(svg.find(name + "=\"", at) + name.size() + 2));
  };
  return {number(" x"), number(" width")};
}

SatisfactionEstimate estimate(SatisfactionMeasure measure, double value, double half,
                              std::uint64_t answers) {
  SatisfactionEstimate out;
  out.measure = measure;
  out.answers = answers;
  out.value = value;
  out.low = value - half;
  out.high = value + half;
  out.shares = {0.2, 0.3, 0.5};
  return out;
}

}  // namespace

TEST_CASE("parts stand on their side of zero and add up", "[report][chart]") {
  const StackChart chart = sample_stack();
  for (const ChartSize& size :
       {ChartSize{}, ChartSize{.width = 340}, ChartSize{.width = 900, .standalone = true}}) {
    const std::string svg = render_svg(chart, size);
    CHECK(MarkupCheck::error(svg) == "");
    CHECK(count(svg, "<rect") == 2 + 4);  // the legend, and parts above 0
    CHECK(render_svg(chart, size) == svg);
    CHECK(count(svg, "n = 3") >= 1);
  }
  StackChart plain{.series = {{"a", 0}, {"b", 1}}, .rows = {{"r", {0.25, 0.5}, ""}}};
  const std::string svg = render_svg(plain);
  const auto [a_from, a_wide] = bar(svg, "r, a: 25%");
  const auto [b_from, b_wide] = bar(svg, "r, b: 50%");
  CHECK(b_wide + 1 == Approx(2 * (a_wide + 1)).margin(0.05));
  CHECK(a_from + a_wide + 1 == Approx(b_from).margin(0.05));
  plain.left = 1;
  const std::string parted = render_svg(plain);
  const auto [left_from, left_wide] = bar(parted, "r, a: 25%");
  CHECK(left_from + left_wide + 1 == Approx(bar(parted, "r, b: 50%").first).margin(0.05));

  CHECK(count(render_svg(StackChart{}), "No data") >= 1);
  CHECK(count(render_svg(StackChart{.series = {{"a", 0}}, .rows = {{"r", {0}, ""}}}), "No data") >=
        1);
  plain.rows[0].values = {0.25, -1};
  CHECK_THROWS_AS(render_svg(plain), Exception);
  plain.rows[0].values = {0.25, missing};
  CHECK_THROWS_AS(render_svg(plain), Exception);
  plain.rows[0].values = {0.25};
  CHECK_THROWS_AS(render_svg(plain), Exception);
  plain.rows[0].values = {0.25, 1};
  plain.left = 3;
  CHECK_THROWS_AS(render_svg(plain), Exception);
  plain.left = 0;
  plain.series.resize(7);
  plain.rows[0].values.resize(7);
  CHECK_THROWS_AS(render_svg(plain), Exception);
}

TEST_CASE("customers to call come with value at risk and reasons", "[report][churn]") {
  ChurnWatch watch;
  watch.customers = 40;
  watch.value_at_risk = 2000;
  watch.watched = 900;
  watch.least_value_at_risk = 300;
  for (std::uint32_t w = 0; w < 3; ++w) {
    watch.warnings.push_back({.row = w,
                              .probability = 0.5,
                              .value = 600,
                              .value_at_risk = 300,
                              .reasons = {{"days silent", 1.5, "74"},
                                          {attack, 0.5, ""},
                                          {text("reason ", w), 0.25, ""},
                                          {text("another ", w), 0.125, ""}}});
  }
  const std::string html = html_of([&](ReportPage& page) {
    add_churn_watch_section(page, watch,
                            {.currency = Currency("EUR"),
                             .leaving = "buys nothing for 90 days",
                             .value = "purchases of three years",
                             .name = [](std::uint32_t row) { return text("C<", row, ">"); }});
  });
  CHECK(count(html, "the customer buys nothing for 90 days.") == 1);
  CHECK(count(html, "At risk are 2,000 EUR in all") == 1);
  CHECK(count(html, "900 EUR of it, 45%") == 1);
  CHECK(count(html, "days silent: 74") == 3);
  CHECK(count(html, "C&lt;2&gt;") > 0);
  CHECK(count(html, "other reasons") > 0);  // eight there are, six colours
  const std::string none = html_of([](ReportPage& page) { add_churn_watch_section(page, {}); });
  CHECK(count(none, "Nobody is to be called.") == 1);
  watch.warnings.resize(1);
  watch.warnings[0].reasons.clear();
  const std::string bare = html_of([&](ReportPage& page) { add_churn_watch_section(page, watch); });
  CHECK(count(bare, "row 0") == 1);
  CHECK(count(bare, "<svg") == 0);
}

TEST_CASE("curves of staying show what is not reached yet", "[report][churn]") {
  SurvivalGroup one{.name = attack};
  one.curve.customers = 10;
  one.curve.events = 4;
  one.curve.points = {
      {.time = 10, .at_risk = 10, .events = 2, .survival = 0.8, .lower = 0.6, .upper = 1},
      {.time = 50, .at_risk = 5, .events = 2, .survival = 0, .lower = missing, .upper = missing}};
  one.median = {50, 10, infinity};
  LogRankResult test;
  test.degrees = 1;
  test.p_value = 0.3;
  const SurvivalGroup groups[] = {one, {.name = "empty"}};
  const std::string html =
      html_of([&](ReportPage& page) { add_survival_section(page, groups, &test); });
  CHECK(count(html, "not yet") > 0);
  CHECK(count(html, "with probability 0.3 (log-rank test): it may be chance.") == 1);
  const std::string none = html_of([](ReportPage& page) { add_survival_section(page, {}); });
  CHECK(count(none, "There is no customer to look at.") == 1);
  ReportPage page({.title = "t"});
  const std::vector<SurvivalGroup> many(7, one);
  CHECK_THROWS_AS(add_survival_section(page, many), Exception);
}

TEST_CASE("leads stand in their grid, points by rule", "[report][leads]") {
  LeadGrid grid{.row_axis = "fit",
                .column_axis = "engagement",
                .rows = {"A", "B"},
                .columns = {"1", "2"},
                .leads = {3, 0, 10, 1000},
                .reached = {2, 0, 1, 10},
                .goal = "Bought"};
  LeadView best{.name = "C<7>"};
  best.why.grade_name = "A1";
  best.why.axes = {"fit", "engagement"};
  best.why.points.total = 85'500;
  best.why.points.axes = {45'000, 40'500};
  best.why.parts = {{.kind = ScorecardPartKind::attribute,
                     .axis = "fit",
                     .rule = "need",
                     .what = "need",
                     .points = 45'000},
                    {.kind = ScorecardPartKind::event,
                     .axis = "engagement",
                     .rule = "views",
                     .what = "page view",
                     .event = 1,
                     .points = 50'000},
                    {.kind = ScorecardPartKind::event,
                     .axis = "engagement",
                     .rule = "views",
                     .what = "page view",
                     .event = 2,
                     .points = 2'500},
                    {.kind = ScorecardPartKind::axis_bound,
                     .axis = "engagement",
                     .rule = "",
                     .what = "",
                     .points = -12'000}};
  const LeadView views[] = {best};
  const std::string html = html_of([&](ReportPage& page) { add_lead_section(page, grid, views); });
  CHECK(count(html, "1,013 leads have a grade") == 1);
  CHECK(count(html, "Points of C&lt;7&gt;") > 0);
  CHECK(count(html, "2 events") > 0);
  CHECK(count(html, "+52.5 engagement: views; +45 fit: need; -12 bounds of engagement") == 1);
  CHECK(count(html, ">66.7%<") == 2);  // of A1, and of A
  CHECK(count(html, ">85.5<") > 0);
  grid.leads = {0, 0, 0, 0};
  const std::string none = html_of([&](ReportPage& page) { add_lead_section(page, grid, {}); });
  CHECK(count(none, "There are no leads.") == 1);
  grid.leads.pop_back();
  ReportPage page({.title = "t"});
  CHECK_THROWS_AS(add_lead_section(page, grid, {}), Exception);
}

TEST_CASE("reviews are told by aspect with what needs care", "[report][reviews]") {
  const std::int32_t month = 12 * 2024;
  ReviewOverview overview{.reviews = 100,
                          .positive = 60,
                          .neutral = 15,
                          .negative = 25,
                          .classes = {50, 30, 10},
                          .unclassed = 10};
  for (int m = 0; m < 4; ++m) {
    overview.aspects.push_back({.aspect = "price",
                                .month = month + m,
                                .mentions = 5,
                                .judged = 4,
                                .positive = 1,
                                .negative = 3,
                                .mean = -0.25});
  }
  overview.aspects.push_back({.aspect = attack, .month = month, .mentions = 30, .judged = 0});
  overview.care = {1, 0, 0, 0};
  overview.examples = {{attack,
                        Time{std::chrono::days{19000}},
                        CareSeverity::critical,
                        {CareTrigger::injury},
                        attack + "味道不错"}};
  overview.how = "By a model.";
  const std::string html = html_of([&](ReportPage& page) { add_review_section(page, overview); });
  CHECK(count(html, "100 reviews: 60% sound good, 25% bad, 15% neither.") == 1);
  CHECK(count(html, "product (50), delivery (30) and service (10); 10 speak of nothing") == 1);
  CHECK(count(html, "n = 16") > 0);
  CHECK(count(html, ">-0.25<") > 0);
  CHECK(count(html, "injury: 1") == 1);
  CHECK(count(html, "味道不错") == 1);
  const std::string none = html_of([](ReportPage& page) { add_review_section(page, {}); });
  CHECK(count(none, "There are no reviews.") == 1);
  overview.care = {};
  overview.aspects.clear();
  const std::string calm = html_of([&](ReportPage& page) { add_review_section(page, overview); });
  CHECK(count(calm, "No review speaks of injury") == 1);
}

TEST_CASE("suspicious reviews come with what was measured", "[report][reviews]") {
  ReviewAudit audit{.reviews = 50, .suspicious = 1, .fired = {1, 0, 3, 0, 0, 0}};
  SuspiciousReview one{.reviewer = attack, .item = "pot", .text = attack};
  one.suspicion.score = 1000;
  one.suspicion.count = 2;
  one.suspicion.storage[0] = {.kind = ReviewSignalKind::near_duplicate, .measured = 910};
  one.suspicion.storage[1] = {.kind = ReviewSignalKind::rating_deviation, .measured = 2500};
  audit.worst = {one};
  const std::string html =
      html_of([&](ReportPage& page) { add_review_audit_section(page, audit); });
  CHECK(count(html, "1 review of 50 has a score of at least 50%.") == 1);
  CHECK(count(html, "like an earlier review (91% alike); rating 2.5 away from that of others") ==
        1);
  CHECK(count(html, ">73%<") == 1);
  const std::string none = html_of([](ReportPage& page) { add_review_audit_section(page, {}); });
  CHECK(count(none, "There are no reviews.") == 1);
}

TEST_CASE("scores of surveys have intervals, groups and months", "[report][satisfaction]") {
  SatisfactionView view{.question = attack, .groups = "By channel"};
  view.report.total = estimate(SatisfactionMeasure::nps, 30, 6, 200);
  view.report.total.missing = 5;
  view.report.total.off_scale = 3;
  for (std::uint32_t g = 0; g < 3; ++g) {
    SatisfactionGroup& group = view.report.groups.emplace_back();
    group.group = g;
    if (g < 2) group.estimate = estimate(SatisfactionMeasure::nps, 20 + g, 8, 100);
  }
  view.group_name = [](std::uint32_t group) { return text("way <", group, ">"); };
  SatisfactionTrend trend;
  for (int m = 0; m < 4; ++m) {
    SatisfactionPoint& point = trend.points.emplace_back();
    point.month = 12 * 2024 + m;
    if (m != 1) point.estimate = estimate(SatisfactionMeasure::nps, 30 - 4 * m, 9, 50);
    point.estimate.measure = SatisfactionMeasure::nps;
    point.level = 30 - m;
    point.level_low = 20;
    point.level_high = 40;
  }
  trend.trend.p_value = 0.01;
  trend.trend.slope = -4;
  trend.shift = {.found = true, .month = 12 * 2024 + 2, .before = 30, .after = 20, .p_value = 0.01};
  view.trend = &trend;
  SurveyScreening screening;
  screening.checks.resize(200);
  screening.flagged = 20;
  screening.by_flag[static_cast<std::size_t>(SurveyFlag::speeder)] = 12;
  const SatisfactionView views[] = {view};
  const std::string html =
      html_of([&](ReportPage& page) { add_satisfaction_section(page, views, &screening); });
  CHECK(count(html, "Net promoter score: 30.0 (24.0 to 36.0), by 200 answers") == 1);
  CHECK(count(html, "Not counted: 5 without an answer, 3 off the scale.") == 1);
  CHECK(count(html, "way &lt;1&gt;") > 0);
  CHECK(count(html, "way &lt;2&gt;") == 0);  // nobody answered
  CHECK(count(html, "The score falls by 4.0 a month (Mann-Kendall p 0.01).") == 1);
  CHECK(count(html, "In 2024-03 it went from 30.0 to 20.0.") == 1);
  CHECK(count(html, "Of 200 answers 20 (10%) have a mark.") == 1);
  CHECK(count(html, "speeder") > 0);
  for (const auto measure :
       {SatisfactionMeasure::csat, SatisfactionMeasure::ces, SatisfactionMeasure::index}) {
    SatisfactionView other;
    other.report.total = estimate(measure, 4.25, 0.5, 9);
    const SatisfactionView one[] = {other};
    const std::string bare =
        html_of([&](ReportPage& page) { add_satisfaction_section(page, one); });
    CHECK(count(bare, measure == SatisfactionMeasure::ces ? "4.25 (3.75 to 4.75)" : "4.2") >= 1);
  }
  const std::string none =
      html_of([](ReportPage& page) { add_satisfaction_section(page, {}, nullptr); });
  CHECK(count(none, "Nobody has answered.") == 1);
}

TEST_CASE("drivers stand by importance and performance", "[report][satisfaction]") {
  SatisfactionDrivers drivers;
  drivers.rows = 300;
  drivers.r_squared = 0.5;
  drivers.mean_importance = 0.5;
  drivers.mean_performance = 60;
  for (int d = 0; d < 3; ++d) {
    SatisfactionDriver& one = drivers.drivers.emplace_back();
    one.driver = d == 0 ? attack : text("driver ", d);
    one.importance = d == 2 ? 0 : 0.25 + 0.5 * d;
    one.performance = 50 + 20 * d;
    one.quadrant = static_cast<DriverQuadrant>(d);
    one.constant = d == 2;
  }
  const std::string html = html_of([&](ReportPage& page) { add_driver_section(page, drivers); });
  CHECK(count(html, "By 300 complete answers, all drivers together tell 50%") == 1);
  CHECK(count(html, "work on it first") > 1);
  CHECK(count(html, "tells nothing") == 1);
  const std::string none = html_of([](ReportPage& page) { add_driver_section(page, {}); });
  CHECK(count(none, "There are no complete answers") == 1);
  drivers.constant_target = true;
  const std::string flat = html_of([&](ReportPage& page) { add_driver_section(page, drivers); });
  CHECK(count(flat, "nothing to explain") == 1);
}

TEST_CASE("unusual orders come with reasons in words", "[report][anomaly]") {
  OrderAlarmSummary summary;
  summary.orders = 1000;
  summary.customers = 100;
  summary.first_orders = 90;
  summary.alarms = 12;
  summary.alarm_share = 0.012;
  summary.expected_share = 0.01;
  summary.strongest[0] = 7;
  summary.strongest[2] = 5;
  summary.periods = {{12 * 2024, 500, 5}, {12 * 2024 + 2, 500, 7}};
  OrderAlarm alarm{.row = 3, .customer = Customer{1}, .amount = 84'000};
  alarm.anomaly.score = 18;
  alarm.anomaly.known = 8;
  for (std::size_t s = 0; s < order_signals; ++s) {
    alarm.anomaly.reasons[s] = {static_cast<OrderSignal>(s), s == 7 ? 0.5 : 2.5, 0.004, 6'000};
  }
  alarm.anomaly.reasons[2].expected = 86'400 * 20;
  summary.top = {alarm};
  const std::string html = html_of([&](ReportPage& page) {
    add_order_alarm_section(page, summary,
                            {.currency = Currency("EUR"),
                             .customer_name = [](Customer c) { return text("C<", index(c), ">"); },
                             .order_name = [](std::uint32_t row) { return text(attack, row); }});
  });
  CHECK(count(html, "12 orders of 1,000 (1.2%; 1% were asked for) are unusual.") == 1);
  CHECK(count(html, "amount 840.00 EUR instead of about 60.00 EUR") == 1);
  CHECK(count(html, "later than the usual 20 days") == 1);
  CHECK(count(html, "money back, which 0.4% of orders are") == 1);
  CHECK(count(html, "country that 0.4% of orders have") == 1);
  CHECK(count(html, "method that") == 0);  // says little
  CHECK(count(html, "C&lt;1&gt;") > 0);
  const std::string none = html_of([](ReportPage& page) { add_order_alarm_section(page, {}); });
  CHECK(count(none, "There are no orders to look at.") == 1);
}

TEST_CASE("rates of complaints stand within chance's limits or not", "[report][anomaly]") {
  ComplaintRates rates;
  rates.cases = 60;
  rates.exposure = 2000;
  rates.rate = 0.03;
  rates.low = 0.02;
  rates.high = 0.04;
  for (int g = 0; g < 3; ++g) {
    ComplaintGroup& one = rates.groups.emplace_back();
    one.name = g == 0 ? attack : text("group ", g);
    one.exposure = g == 2 ? 0 : 1000;
    one.rate = g == 2 ? missing : 0.02 + 0.02 * g;
    one.low = 0.01;
    one.shrunk = 0.03;
    one.place = g == 1 ? FunnelPlace::high_alarm : FunnelPlace::within;
  }
  rates.funnel = {{100, 0, 0, 0.1, 0.2}, {1000, 0.01, 0.02, 0.04, 0.05}};
  const std::string html = html_of([&](ReportPage& page) {
    add_complaint_section(page, rates, {.groups = "category", .title = "Sent back"});
  });
  CHECK(count(html, "60 complaints on 2,000 orders: a rate of 3% (95% interval 2% to 4%)") == 1);
  CHECK(count(html, "very high") == 1);
  CHECK(count(html, "not known") == 1);
  CHECK(count(html, "Rate by category") > 0);
  const std::string none = html_of([](ReportPage& page) { add_complaint_section(page, {}); });
  CHECK(count(none, "There are no orders to look at.") == 1);
}

TEST_CASE("categories of cases tell what changes", "[report][anomaly]") {
  CaseTrends trends;
  trends.first_month = 12 * 2024;
  trends.months = 3;
  trends.recent_months = 1;
  trends.changed = 1;
  CaseTrend& late = trends.categories.emplace_back();
  late.category = attack;
  late.cases = 30;
  late.recent = 25;
  late.ratio = infinity;
  late.changed = true;
  for (int m = 0; m < 3; ++m) late.months.push_back({12 * 2024 + m, 10, 100, 0.1, 1});
  const CaseTimes times[] = {{.category = attack, .cases = 30, .open = 29, .median = 4}};
  const std::string html =
      html_of([&](ReportPage& page) { add_case_section(page, trends, times); });
  CHECK(count(html, "1 category has changed in the last 1 month (of 3)") == 1);
  CHECK(count(html, ">more<") == 1);
  CHECK(count(html, "not yet") > 0);
  const std::string none = html_of([](ReportPage& page) { add_case_section(page, {}); });
  CHECK(count(none, "There are no cases.") == 1);
}
