#include "emptor/report/sections_referral.hpp"

#include <limits>
#include <string>

#include "emptor/report/chart_outline.hpp"
#include "markup_check.hpp"
#include "support/catch.hpp"

using namespace emptor;
using emptor::test::count;
using emptor::test::MarkupCheck;

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
const Currency eur("EUR");

template <class Add>
std::string html_of(const Add& add) {
  ReportPage page({.title = "t"});
  add(page);
  const std::string html = page.html();
  CHECK(MarkupCheck::error(html) == "");
  CHECK(count(html, ">nan") == 0);
  CHECK(count(html, "inf\"") == 0);
  return html;
}

std::string key(Customer customer) {
  return text("C<", index(customer), ">");
}

/// 0 brought 1 to 9, 1 brought 10 and 11, 10 brought 12; 20 brought 21; the rest came alone.
std::vector<Customer> sample_parents() {
  std::vector<Customer> out(22, no_customer);
  for (std::uint32_t c = 1; c <= 9; ++c) out[c] = Customer{0};
  out[10] = out[11] = Customer{1};
  out[12] = Customer{10};
  out[21] = Customer{20};
  return out;
}

ReferralForestResult sample_forest() {
  ReferralForestResult out;
  out.customers = 22;
  out.edges = 13;
  out.trees = 2;
  out.parents = 4;
  out.depth = 3;
  out.generations = {9, 10, 2, 1};
  out.largest_tree = 13;
  out.most_children = 9;
  out.counts.by_reason[static_cast<std::size_t>(AttachRefusal::self)] = 10;
  out.counts.by_reason[static_cast<std::size_t>(AttachRefusal::second_parent)] = 4;
  return out;
}

}  // namespace

TEST_CASE("an outline indents each node below the one before", "[report][chart]") {
  OutlineChart chart{.labels = {"Tree", "", "", "Earned", ""},
                     .nodes = {{.name = "root", .depth = 0, .value = 4},
                               {.name = "child <b>", .depth = 1, .value = 1},
                               {.name = "and 3 more", .depth = 2, .value = missing}},
                     .format = {.decimals = 2, .keep_zeros = true}};
  for (const ChartSize& size : {ChartSize{}, ChartSize{.width = 340}}) {
    const std::string svg = render_svg(chart, size);
    CHECK(MarkupCheck::error(svg) == "");
    CHECK(count(svg, "<circle") == 2);
    CHECK(count(svg, "4.00") >= 1);
    CHECK(count(svg, "child &lt;b&gt;") >= 1);
  }
  CHECK(count(render_svg(OutlineChart{}), "No data") >= 1);
  chart.nodes[1].depth = 2;
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.nodes[1].depth = 1;
  chart.nodes[0].value = -1;
  CHECK_THROWS_AS(render_svg(chart), Exception);
  chart.nodes.assign(501, {});
  CHECK_THROWS_AS(render_svg(chart), Exception);
}

TEST_CASE("a forest is drawn by its largest trees, with what is left out", "[report][referral]") {
  const std::vector<Customer> parents = sample_parents();
  std::vector<std::int64_t> earned(parents.size(), 0);
  earned[0] = 12'345;
  const std::string html = html_of([&](ReportPage& page) {
    add_referral_forest_section(page, sample_forest(),
                                {.parents = parents, .amounts = earned, .currency = eur}, key);
  });
  CHECK(count(html, "13 customers were brought by 4 others, in 2 trees.") == 1);
  CHECK(count(html, "C&lt;0&gt;, brought 9") > 0);
  CHECK(count(html, "123.45") > 0);
  CHECK(count(html, "and 3 more below") > 0);  // 9 children, 6 of them drawn
  CHECK(count(html, "All trees are drawn; 3 customers of them have no row of their own.") == 1);
  CHECK(count(html, "second parent") == 1);
  const std::string one = html_of([&](ReportPage& page) {
    add_referral_forest_section(page, sample_forest(), {.parents = parents, .trees = 1, .rows = 4},
                                key);
  });
  CHECK(count(one, "Drawn are the largest 1 of 2 trees; 9 customers of them") == 1);

  const std::string none = html_of([](ReportPage& page) { add_referral_forest_section(page, {}); });
  CHECK(count(none, "Nobody was brought by anybody.") == 1);
  ReportPage page({.title = "t"});
  std::vector<Customer> ring(2);
  ring[0] = Customer{1};
  ring[1] = Customer{0};
  CHECK_THROWS_AS(add_referral_forest_section(page, sample_forest(), {.parents = ring}), Exception);
  ring[1] = Customer{2};
  CHECK_THROWS_AS(add_referral_forest_section(page, sample_forest(), {.parents = ring}), Exception);
  earned.pop_back();
  CHECK_THROWS_AS(
      add_referral_forest_section(page, sample_forest(), {.parents = parents, .amounts = earned}),
      Exception);
}

TEST_CASE("a funnel is told by channel with its intervals", "[report][referral]") {
  ReferralFunnelResult funnel;
  funnel.total.shares = 400;
  funnel.total.counts = {100, 60, 50, 30, 12};
  funnel.total.young = 3;
  funnel.total.conversion = {100, 50, 0.5, 0.404, 0.596};
  FunnelRow chat = funnel.total;
  chat.channel = Channel{1};
  FunnelRow silent;
  funnel.by_channel = {chat, silent};
  const std::string html = html_of([&](ReportPage& page) {
    add_referral_funnel_section(page, funnel, [](Channel c) { return text("way ", index(c)); });
  });
  CHECK(count(html, "way 1") > 0);
  CHECK(count(html, "not known") > 0);
  CHECK(count(html, "40.4% to 59.6%") > 0);
  CHECK(count(html, "given away 400 times") == 1);
  CHECK(count(html, "3 referrals are too young to be counted") == 1);
  const std::string none = html_of([](ReportPage& page) { add_referral_funnel_section(page, {}); });
  CHECK(count(none, "Nothing was shared") == 1);
}

TEST_CASE("growth marks the cohorts that are young", "[report][referral]") {
  ReferralGrowthResult growth;
  growth.members = 1000;
  growth.referred = {1000, 200, 0.2, 0.17, 0.23};
  growth.all.k = {0.21, 0.18, 0.25};
  ReferralCohort old;
  old.month = 12 * 2024;
  old.members = 500;
  old.k = {0.2, 0.15, 0.26};
  old.complete = true;
  ReferralCohort young = old;
  young.month += 1;
  young.complete = false;
  young.k = {0.1, missing, missing};
  growth.cohorts = {old, young};
  growth.invitation_to_sign_up = {120, 90, 86'400.0, {}, {}, {}};
  growth.concentration.referrers = 3;
  growth.concentration.referrals = 6;
  growth.concentration.gini = 0.3;
  growth.concentration.lorenz = {{0, 0}, {0.5, 0.2}, {1, 1}};
  const std::string html =
      html_of([&](ReportPage& page) { add_referral_growth_section(page, growth); });
  CHECK(count(html, text(young.label(), " (young)")) > 0);
  CHECK(count(html, text(old.label(), " (young)")) == 0);
  CHECK(count(html, "A customer brings 0.21 others (0.18 to 0.25)") == 1);
  CHECK(count(html, "Who brings them") > 0);
  const std::string none = html_of([](ReportPage& page) { add_referral_growth_section(page, {}); });
  CHECK(count(none, "Nobody has joined.") == 1);
}

TEST_CASE("referred customers stand beside others like them", "[report][referral]") {
  MatchedValue matched;
  matched.referred = 50;
  matched.matched_referred = 48;
  matched.matched_others = 130;
  matched.referred_value = 120;
  matched.others_value = 100;
  matched.difference = 20;
  matched.low = 5;
  matched.high = 35;
  matched.confidence = 0.95;
  matched.raw_difference = 33;
  matched.balance = {{"month", 3, 5, 3.1, 3, missing, 0.02}};
  const std::string html =
      html_of([&](ReportPage& page) { add_matched_value_section(page, matched, "EUR"); });
  CHECK(count(html, "with 95% confidence between 5.00 and 35.00. That is more than chance.") == 1);
  matched.low = -5;
  const std::string unclear =
      html_of([&](ReportPage& page) { add_matched_value_section(page, matched, "EUR"); });
  CHECK(count(unclear, "It may be chance") == 1);
  const std::string none =
      html_of([](ReportPage& page) { add_matched_value_section(page, {}, "EUR"); });
  CHECK(count(none, "No referred customer has anybody like it") == 1);
}

TEST_CASE("doubtful referrals come with reasons in words", "[report][referral]") {
  FraudAudit audit;
  audit.claims = 90;
  audit.approved = 80;
  audit.review = 7;
  audit.blocked = 3;
  for (std::size_t k = 0; k < fraud_signal_kinds; ++k) {
    audit.signals.push_back({static_cast<FraudSignalKind>(k), k % 3, k % 2, 0});
    FraudSignal signal;
    signal.kind = static_cast<FraudSignalKind>(k);
    signal.measured = 4;
    signal.limit = 2;
    signal.other = Customer{2};
    audit.findings.push_back(
        {Customer{1}, Customer{2}, Time{}, FraudDecision::block, k == 0, -2500, 1200, {signal}});
  }
  audit.findings.push_back(
      {Customer{1}, no_customer, Time{}, FraudDecision::review, false, 0, 0, {}});
  ReviewSummary reviews;
  reviews.waiting = 1;
  reviews.amount_waiting = 1500;
  reviews.expected_loss = 1150;
  ReviewItem item;
  item.referrer = Customer{1};
  item.amount_at_risk = 1500;
  item.expected_loss = 1150;
  item.score = 1200;
  item.signals = audit.findings[8].signals;
  reviews.first = {item};
  const std::string html = html_of(
      [&](ReportPage& page) { add_referral_fraud_section(page, audit, reviews, eur, key, 100); });
  CHECK(count(html, "have one device in common, held by 4 customers") > 0);
  CHECK(count(html, "a referral of oneself") == 1);
  CHECK(count(html, "1 reward waits with 15.00 EUR at stake, of which 11.50 EUR") == 1);
  CHECK(count(html, "the score alone") == 1);
  const std::string calm = html_of([&](ReportPage& page) {
    add_referral_fraud_section(page, {.claims = 2, .approved = 2}, {}, eur);
  });
  CHECK(count(calm, "Nothing waits, and nothing had to be reviewed.") == 1);
  CHECK(count(calm, "No signal fires.") == 1);
  const std::string none =
      html_of([](ReportPage& page) { add_referral_fraud_section(page, {}, {}, eur); });
  CHECK(count(none, "No referral was claimed.") == 1);
}

TEST_CASE("rankings are tables with their hashes", "[report][referral]") {
  ContestSnapshot ranking;
  ranking.name = "Autumn";
  ranking.participants = 2;
  ranking.entries = {{1, Customer{3}, 12, Time{}}, {2, Customer{1}, 11, Time{}}};
  ContestSnapshot sums = ranking;
  sums.name = "Revenue";
  sums.measure = ContestMeasure::sum;
  ContestSnapshot empty;
  empty.name = "Winter";
  const std::string html = html_of([&](ReportPage& page) {
    add_contest_section(page, std::vector{ranking, sums, empty}, eur, key);
  });
  CHECK(count(html, "C&lt;3&gt;") == 2);
  CHECK(count(html, "0.12") > 0);
  CHECK(count(html, "Winter: nobody has a score.") == 1);
  CHECK(count(html, "its hash begins with 0000000000000000") == 2);
  const std::string none = html_of([](ReportPage& page) { add_contest_section(page, {}); });
  CHECK(count(none, "There was no contest.") == 1);
}
