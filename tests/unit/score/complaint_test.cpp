// Rates of complaints against published and independent numbers, shrinkage against brute force,
// limits, trends and times of cases.

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/math/special_functions.hpp"
#include "emptor/score/complaint.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;
using Catch::Matchers::WithinAbs;

TEST_CASE("intervals of rates are Garwood's and Clopper and Pearson's") {
  // Garwood 1936, table 1 (95 %): x = 0: 3.689, 1: .0253 to 5.572, 10: 4.795 to 18.39. More digits:
  // scipy 1.10.1, stats.gamma.ppf.
  CHECK(poisson_rate_interval(0, 1).low == 0);
  CHECK(poisson_rate_interval(0, 1).high == Approx(3.688879454113936).epsilon(1e-12));
  CHECK(poisson_rate_interval(1, 1).low == Approx(0.02531780798428987).epsilon(1e-11));
  CHECK(poisson_rate_interval(10, 1).low == Approx(4.79538869613243).epsilon(1e-11));
  CHECK(poisson_rate_interval(10, 1).high == Approx(18.39035604201778).epsilon(1e-11));
  CHECK(poisson_rate_interval(1e6, 2e3).low == Approx(499.02049).epsilon(1e-7));
  CHECK(poisson_rate_interval(0, 0).high == std::numeric_limits<double>::infinity());
  // scipy 1.10.1, stats.binomtest(8, 20).proportion_ci(method="exact").
  CHECK(exact_share_interval(8, 20).low == Approx(0.19119006072557).epsilon(1e-10));
  CHECK(exact_share_interval(8, 20).high == Approx(0.63945741269276).epsilon(1e-10));
  CHECK(exact_share_interval(0, 10).low == 0);
  CHECK(exact_share_interval(0, 10).high == Approx(1 - std::pow(.025, .1)).epsilon(1e-12));
  CHECK(exact_share_interval(10, 10).high == 1);
  CHECK(exact_share_interval(0, 0).high == 1);
  CHECK_THROWS_AS(exact_share_interval(3, 2), Exception);
  CHECK_THROWS_AS(poisson_rate_interval(-1, 2), Exception);
  CHECK_THROWS_AS(poisson_rate_interval(1, 2, 1), Exception);
}

double loss_of(const std::vector<ComplaintCount>& groups, bool share, double mean, double prior) {
  double sum = 0;
  for (const ComplaintCount& g : groups) {
    if (g.exposure == 0) continue;
    const double a = mean * prior;
    if (share) {
      sum -= log_beta(a + g.cases, prior - a + g.exposure - g.cases) - log_beta(a, prior - a);
    } else {
      sum -= log_gamma(a + g.cases) - log_gamma(a) + a * std::log(prior / (prior + g.exposure)) -
             g.cases * std::log(prior + g.exposure);
    }
  }
  return sum;
}

std::vector<ComplaintCount> made_groups(bool share, std::size_t count, double prior,
                                        std::uint64_t seed) {
  RandomStream random(seed);
  std::vector<ComplaintCount> out;
  for (std::size_t i = 0; i < count; ++i) {
    ComplaintCount group;
    group.name = text("item ", i);
    group.exposure = 5 + random.below(400);
    const double rate =
        share ? random.beta(.05 * prior, .95 * prior) : random.gamma(.05 * prior, 1 / prior);
    if (share) {
      for (int j = 0; j < group.exposure; ++j) group.cases += random.bernoulli(rate) ? 1 : 0;
    } else {
      group.cases = random.poisson(rate * group.exposure);
    }
    out.push_back(group);
  }
  return out;
}

TEST_CASE("small groups are drawn towards the rest by the likeliest prior") {
  for (const bool share : {false, true}) {
    const std::vector<ComplaintCount> groups = made_groups(share, 300, 60, 4);
    const ComplaintRates rates = complaint_rates(groups, {.share = share});
    CHECK(rates.prior_mean == Approx(.05).margin(.006));
    CHECK(rates.prior_exposure == Approx(60).margin(20));
    const double best = loss_of(groups, share, rates.prior_mean, rates.prior_exposure);
    for (double mean = .8; mean <= 1.21; mean += .1) {  // brute force around it
      for (double prior = .5; prior <= 2; prior *= 1.19) {
        CHECK(best <=
              loss_of(groups, share, mean * rates.prior_mean, prior * rates.prior_exposure) + 1e-7);
      }
    }
    double covered = 0;
    for (const ComplaintGroup& group : rates.groups) {
      const double rest = rates.prior_exposure;
      CHECK(group.weight == Approx(group.exposure / (group.exposure + rest)));
      CHECK(group.shrunk ==
            Approx(group.weight * group.rate + (1 - group.weight) * rates.prior_mean));
      CHECK(group.shrunk_low < group.shrunk);
      CHECK(group.shrunk_high > group.shrunk);
      if (group.rate > group.shrunk) {
        CHECK(group.shrunk_high - group.shrunk_low < group.high - group.low);
      }
      CHECK(group.above >= 0);
      CHECK(group.above <= 1);
      covered += group.low <= rates.rate && rates.rate <= group.high ? 1 : 0;
    }
    CHECK(covered < 300);
    CHECK(rates.dispersion > 1);
    // Does not depend on the order of the groups.
    std::vector<ComplaintCount> turned(groups.rbegin(), groups.rend());
    const ComplaintRates again = complaint_rates(turned, {.share = share});
    CHECK(again.prior_exposure == Approx(rates.prior_exposure).epsilon(1e-5));
    CHECK(again.groups.back().shrunk == Approx(rates.groups.front().shrunk).epsilon(1e-6));
  }
}

TEST_CASE("groups that differ by chance alone have one rate, and few stand out") {
  RandomStream random(6);
  std::vector<ComplaintCount> groups;
  for (int i = 0; i < 400; ++i) {
    const double exposure = 200 + random.below(3000);
    groups.push_back({text(i), double(random.poisson(exposure * .02)), exposure});
  }
  const ComplaintRates rates = complaint_rates(groups);
  CHECK((rates.prior_exposure > 5000));
  CHECK(rates.dispersion == 1);
  double inner = 0;
  double outer = 0;
  for (const ComplaintGroup& group : rates.groups) {
    inner += group.place != FunnelPlace::within ? 1 : 0;
    outer += group.place == FunnelPlace::high_alarm || group.place == FunnelPlace::low_alarm;
  }
  CHECK(inner / 400 == Approx(.05).margin(.03));
  CHECK(outer <= 4);
  REQUIRE(rates.funnel.size() == 50);
  for (const FunnelPoint& point : rates.funnel) {
    CHECK(point.low_alarm <= point.low);
    CHECK(point.low <= rates.rate);
    CHECK(point.high >= rates.rate);
    CHECK(point.high_alarm >= point.high);
    // A group on the interpolated limit has about the z of the limit.
    const ComplaintRates one = complaint_rates(
        std::vector<ComplaintCount>{{"a", point.high * point.exposure, point.exposure},
                                    {"rest", rates.rate * 1e9, 1e9}},
        {.dispersion = false, .funnel_points = 0});
    CHECK(one.groups[0].z == Approx(1.96).margin(.35));
  }
  CHECK(rates.funnel.back().high < rates.funnel.front().high);
  // One group out of line does not stretch the limits, and is an alarm.
  groups[7].cases = groups[7].exposure * .08;
  const ComplaintRates off = complaint_rates(groups);
  CHECK(off.dispersion == 1);
  CHECK(off.groups[7].place == FunnelPlace::high_alarm);
  CHECK(off.groups[7].above > .99);
}

TEST_CASE("hard counts have documented rates") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(std::isnan(complaint_rates({}).rate));
  const ComplaintRates none = complaint_rates(std::vector<ComplaintCount>{{"a", 0, 0}});
  CHECK(std::isnan(none.rate));
  CHECK(std::isnan(none.groups[0].rate));
  for (const bool share : {false, true}) {
    const ComplaintRates quiet = complaint_rates(
        std::vector<ComplaintCount>{{"a", 0, 10}, {"b", 0, 0}, {"c", 0, 500}}, {.share = share});
    CHECK(quiet.rate == 0);
    CHECK(quiet.prior_exposure == infinity);
    CHECK(quiet.groups[0].shrunk == 0);
    CHECK(quiet.groups[0].shrunk_high > 0);
    CHECK(quiet.groups[0].place == FunnelPlace::within);
    const ComplaintRates all = complaint_rates(
        std::vector<ComplaintCount>{{"a", 10, 10}, {"b", 500, 500}}, {.share = share});
    CHECK(all.rate == 1);
    CHECK(all.groups[0].z == Approx(0).margin(.5));
    const ComplaintRates one =
        complaint_rates(std::vector<ComplaintCount>{{"a", 3, 10}}, {.share = share});
    CHECK(one.groups[0].shrunk == Approx(.3));
    CHECK(one.prior_exposure == infinity);
    const ComplaintRates apart = complaint_rates(
        std::vector<ComplaintCount>{{"a", 0, 1e6}, {"b", 9e5, 1e6}}, {.share = share});
    CHECK(apart.groups[0].place == FunnelPlace::low_alarm);
    CHECK(apart.groups[1].place == FunnelPlace::high_alarm);
    for (const ComplaintGroup& group : apart.groups) {
      CHECK(std::isfinite(group.shrunk));
      CHECK(std::isfinite(group.z));
    }
  }
  using Counts = std::vector<ComplaintCount>;
  CHECK_THROWS_AS(complaint_rates(Counts{{"a", -1, 3}}), Exception);
  CHECK_THROWS_AS(complaint_rates(Counts{{"a", 1, 0}}), Exception);
  CHECK_THROWS_AS(complaint_rates(Counts{{"a", std::nan(""), 3}}), Exception);
  CHECK_THROWS_AS(complaint_rates(Counts{{"a", 4, 3}}, {.share = true}), Exception);
  CHECK_THROWS_AS(complaint_rates(Counts{{"a", 1, infinity}}), Exception);
  CHECK_THROWS_AS(complaint_rates(Counts{}, {.confidence = 0}), Exception);
}

Time day_of(int month, unsigned day) {
  const std::chrono::year_month_day date{std::chrono::year{2025 + month / 12},
                                         std::chrono::month(static_cast<unsigned>(month % 12 + 1)),
                                         std::chrono::day(day)};
  return std::chrono::sys_days(date);
}

TEST_CASE("categories that grow are found, others are not") {
  const std::vector<std::string> names = {"late", "broken", "rude", "wrong item", "never"};
  std::vector<CaseRecord> cases;
  const auto add = [&](std::uint32_t category, int month, int count) {
    for (int i = 0; i < count; ++i) {
      cases.push_back({category, day_of(month, 1 + static_cast<unsigned>(i) % 28), {}});
    }
  };
  const int broken[12] = {11, 9, 10, 12, 8, 10, 11, 9, 10, 10, 9, 30};
  for (int month = 0; month < 12; ++month) {
    add(0, month, 40 + month % 3);
    add(1, month, broken[month]);
    add(2, month, month + 1);
    add(3, month, 5);
  }
  add(1, 12, 100);  // beyond the months
  CaseTrendOptions options;
  options.first_month = month_number(local_day(day_of(0, 1)));
  std::vector<double> exposure(12, 1000);
  const CaseTrends trends = case_trends(cases, names, exposure, options);
  REQUIRE(trends.categories.size() == 5);
  CHECK(trends.other_months == 100);
  const CaseTrend& first = trends.categories[0];
  CHECK(first.category == "broken");
  CHECK(first.changed);
  CHECK(first.recent == 30);
  CHECK(first.expected == Approx(109. / 11));
  CHECK(first.ratio == Approx(30 / (109. / 11)));
  // scipy 1.10.1: binomtest(30, 139, 1/12): exact interval of the share, as a ratio of rates.
  CHECK(first.ratio_low == Approx(1.950403215).epsilon(1e-6));
  CHECK(first.ratio_high == Approx(4.570784463).epsilon(1e-6));
  CHECK(trends.changed <= 2);
  for (const CaseTrend& trend : trends.categories) {
    if (trend.category == "rude") {
      // scipy 1.10.1, kendalltau: 1; S = 66, variance 12 x 11 x 29 / 18.
      CHECK(trend.kendall == 1);
      CHECK(trend.trend_p == Approx(std::erfc(65 / std::sqrt(12 * 11 * 29 / 18.) / std::sqrt(2.))));
      CHECK(trend.slope == Approx(.001));
    }
    if (trend.category == "wrong item") {
      CHECK(!trend.changed);
      CHECK(trend.trend_p == 1);
      CHECK(trend.kendall == 0);
    }
    if (trend.category == "never") {
      CHECK(trend.cases == 0);
      CHECK(trend.p_value == 1);
    }
    if (trend.category == "late") {
      CHECK(!trend.changed);
      CHECK(trend.months[2].share == Approx(42. / (42 + 10 + 3 + 5)));
      CHECK(trend.months[2].rate == Approx(.042));
    }
  }
  // The order of the cases does not matter; a month without orders is left out.
  std::reverse(cases.begin(), cases.end());
  CHECK(case_trends(cases, names, exposure, options).categories[0].p_value == first.p_value);
  exposure[3] = 0;
  const CaseTrends gap = case_trends(cases, names, exposure, options);
  CHECK(gap.categories[0].expected == Approx(97. / 10));
  CHECK(std::isnan(gap.categories[0].months[3].rate));

  CHECK(case_trends({}, {}, {}, options).categories.empty());
  CHECK_THROWS_AS(case_trends(cases, {}, {}, options), Exception);
  CHECK_THROWS_AS(case_trends(cases, names, std::vector<double>(3, 1), options), Exception);
  CHECK_THROWS_AS(case_trends(cases, names, std::vector<double>(12, -1), options), Exception);
  options.recent_months = 12;
  CHECK_THROWS_AS(case_trends(cases, names, {}, options), Exception);
}

TEST_CASE("no more false alarms of trends than the level") {
  // 200 categories of Poisson counts that do not change: some false alarm in a twentieth of shops.
  const std::vector<std::string> names(40, "c");
  int shops = 0;
  for (std::uint64_t shop = 0; shop < 200; ++shop) {
    RandomStream random(8, shop);
    std::vector<CaseRecord> cases;
    for (std::uint32_t c = 0; c < 40; ++c) {
      for (int month = 0; month < 12; ++month) {
        for (std::uint32_t i = random.poisson(2 + c % 9); i > 0; --i) {
          cases.push_back({c, day_of(month, 3), {}});
        }
      }
    }
    CaseTrendOptions options;
    options.first_month = month_number(local_day(day_of(0, 1)));
    shops += case_trends(cases, names, {}, options).changed > 0 ? 1 : 0;
  }
  CHECK(shops <= 17);  // 99 % of a binomial of .05 is 18
}

TEST_CASE("open cases count for as long as they have been open") {
  const std::vector<std::string> names = {"a", "b", "c"};
  std::vector<CaseRecord> cases;
  const Time now = day_of(3, 1);
  for (int i = 1; i <= 10; ++i) {
    cases.push_back({0, now - std::chrono::days{40}, now - std::chrono::days{40 - i}});
    cases.push_back({1, now - std::chrono::days{i}, {}});
  }
  cases.push_back({0, now + std::chrono::days{1}, {}});                          // not known yet
  cases.push_back({1, now - std::chrono::days{1}, now + std::chrono::days{1}});  // still open
  const std::vector<CaseTimes> times = case_times(cases, names, {.as_of = now, .target_days = 3});
  REQUIRE(times.size() == 3);
  CHECK(times[0].cases == 10);
  CHECK(times[0].later == 1);
  CHECK(times[1].later == 0);
  CHECK(times[0].open == 0);
  CHECK(times[0].median == Approx(5.5));
  CHECK(times[0].ninety == Approx(9.5));
  CHECK(times[0].within_target == Approx(.3));
  CHECK(times[0].within_target_low > 0);
  CHECK(times[0].within_target_high < 1);
  CHECK(times[1].cases == 11);
  CHECK(times[1].open == 11);
  CHECK(times[1].median == std::numeric_limits<double>::infinity());
  CHECK(times[1].within_target == 0);
  CHECK(times[2].cases == 0);
  CHECK(times[2].within_target_high == 1);
  cases.push_back({0, now, now - std::chrono::seconds{1}});
  CHECK_THROWS_AS(case_times(cases, names, {.as_of = now}), Exception);
}

}  // namespace

TEST_CASE("few cases: shares within the target are not sure of themselves", "[complaint]") {
  const std::vector<std::string> names = {"soup"};
  const Time now{std::chrono::sys_days{std::chrono::year{2026} / 5 / 1}};
  const CaseTimesOptions options{.as_of = now};
  const auto times_of = [&](std::vector<CaseRecord> cases) {
    return case_times(cases, names, options)[0];
  };
  // Opened an hour ago: nothing is known of its second day.
  const CaseTimes fresh = times_of({{0, now - std::chrono::hours{1}}});
  CHECK(fresh.within_target_low == 0);
  CHECK(fresh.within_target_high == 1);
  const CaseTimes late = times_of({{0, now - std::chrono::days{9}}});
  CHECK_THAT(late.within_target_high, WithinAbs(0.975, 1e-9));
  const CaseTimes quick = times_of({{0, now - std::chrono::days{9}, now - std::chrono::days{8}}});
  CHECK(quick.within_target == 1);
  CHECK_THAT(quick.within_target_low, WithinAbs(0.025, 1e-9));
  CHECK(quick.within_target_high == 1);
  CHECK(quick.median == 1);
  CHECK(quick.median_low == 0);
  CHECK(times_of({}).within_target_high == 1);
  CHECK_THROWS_AS(exact_share_interval(5e299, 1e300), Exception);
  CHECK_THROWS_AS(poisson_rate_interval(1e300, 1), Exception);
}
