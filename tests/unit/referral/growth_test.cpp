// Growth by referral against published and hand-computed numbers.

#include "emptor/referral/growth.hpp"

#include <cmath>

#include "support/catch.hpp"

using namespace emptor;

namespace {

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

ReferralPath path_of(std::uint32_t referrer, std::uint32_t referee, std::int64_t touched,
                     std::int64_t signed_up = -1) {
  return {.referrer = Customer{referrer},
          .referee = Customer{referee},
          .touched = at(touched),
          .clicked = true,
          .claimed = signed_up >= 0,
          .signed_up = signed_up < 0 ? Time::max() : at(signed_up)};
}

}  // namespace

TEST_CASE("time to convert by Kaplan and Meier: remissions under 6-MP") {
  // Freireich et al., Blood 21(6), 1963, the 21 patients under 6-MP, weeks; a minus is censored.
  // S(6) .857, S(10) .753, S(13) .690, S(23) .448 with standard error .1346; on the log-log scale
  // the interval of S(23) is (.188, .680): Klein & Moeschberger, Survival Analysis, and R's
  // survfit.
  constexpr int weeks[] = {6,   6,   6,   -6, 7,  -9,  10,  -10, -11, 13, 16,
                           -17, -19, -20, 22, 23, -25, -32, -32, -34, -35};
  std::vector<ReferralPath> paths;
  for (const int week : weeks) {
    const std::int64_t touched = 100 - std::abs(week);
    paths.push_back(path_of(0, 1, touched, week > 0 ? 100 : -1));
  }
  const std::vector<ReferralMember> members{{Customer{0}, at(0)}};
  const auto growth = referral_growth_of(paths, members,
                                         {.as_of = at(100),
                                          .invite_within = std::chrono::seconds{100},
                                          .convert_within = std::chrono::seconds{23}});
  CHECK(growth.all.invitations == 21);
  CHECK(growth.all.conversions == 9);
  CHECK(growth.all.conversion.value == Approx(1 - 0.448).epsilon(1e-3));
  CHECK(growth.all.conversion.low == Approx(1 - 0.680).epsilon(2e-3));
  CHECK(growth.all.conversion.high == Approx(1 - 0.188).epsilon(2e-3));
  CHECK(growth.invitation_to_sign_up.watched == 21);
  CHECK(growth.invitation_to_sign_up.ended == 9);
  CHECK(growth.invitation_to_sign_up.p25 == std::optional(13.0));
  CHECK(growth.invitation_to_sign_up.p50 == std::optional(23.0));
  CHECK(growth.invitation_to_sign_up.p75 == std::nullopt);
}

TEST_CASE("invitations a member by the mean cumulative function, by hand") {
  // Three members watched for 10, 10 and 4; invitations at ages 2 and 6, at 3, at 3. M(10) = 1/3 +
  // 2/3 + 1/2. The influences of the three on it are 1/3 + 1/2 - 7/12, 1/3 - 7/12 and 1/3 - 1/3.
  const std::vector<ReferralMember> members{
      {Customer{0}, at(0)}, {Customer{1}, at(0)}, {Customer{2}, at(6)}, {Customer{3}, at(11)}};
  const std::vector<ReferralPath> paths{path_of(0, 5, 2), path_of(0, 6, 6), path_of(1, 7, 3),
                                        path_of(2, 8, 9, 10), path_of(9, 8, 9)};
  const auto growth = referral_growth_of(paths, members,
                                         {.as_of = at(10),
                                          .invite_within = std::chrono::seconds{30},
                                          .convert_within = std::chrono::seconds{2}});
  CHECK(growth.members == 3);
  const ReferralCohort& all = growth.all;
  CHECK(all.invitations == 4);
  CHECK(all.inviters == 3);
  CHECK(all.horizon == std::chrono::seconds{10});
  CHECK_FALSE(all.complete);
  CHECK(all.k_observed == Approx(1.0 / 3));
  CHECK(all.invites_each.value == Approx(1.5));
  const double factor = std::exp(1.959963985 * std::sqrt(0.125) / 1.5);
  CHECK(all.invites_each.low == Approx(1.5 / factor));
  CHECK(all.invites_each.high == Approx(1.5 * factor));
  // One of four, seen after one; the other three were watched for 2 and more. 1 - S = 1/4, with
  // Greenwood's variance (3/4)^2 1 / (4 3).
  CHECK(all.conversion.value == Approx(0.25));
  CHECK(all.k.value == Approx(0.375));
  const double variance = 0.0625 * 0.125 + 2.25 * 0.5625 / 12;
  CHECK(all.k.high == Approx(0.375 * std::exp(1.959963985 * std::sqrt(variance) / 0.375)));
}

TEST_CASE("generations, rings, cycles and concentration, by hand") {
  // 0 brings 1 and 2, 1 brings 3; 4 and 5 bring one another; 6 comes by somebody who is no member.
  std::vector<ReferralMember> members;
  for (std::uint32_t c = 0; c < 8; ++c) members.push_back({Customer{c}, at(10 * c)});
  const std::vector<ReferralPath> paths{path_of(0, 1, 5, 10),  path_of(0, 2, 5, 20),
                                        path_of(1, 3, 15, 30), path_of(5, 4, 5, 40),
                                        path_of(4, 5, 5, 50),  path_of(99, 6, 5, 60)};
  const auto growth = referral_growth_of(paths, members, {.as_of = at(100)});
  REQUIRE(growth.generations.size() == 3);
  CHECK(growth.generations[0].members == 2);  // 0 and 7
  CHECK(growth.generations[1].members == 3);  // 1, 2 and 6
  CHECK(growth.generations[1].ratio == 1.5);
  CHECK(growth.generations[2].members == 1);
  CHECK(growth.in_rings == 2);
  CHECK(growth.referred.went == 6);
  CHECK(growth.inviters.went == 4);
  CHECK(growth.referrers.went == 4);
  CHECK(growth.observed_cycle.ended == 5);
  CHECK(growth.observed_cycle.p50 == std::optional(10.0));  // 0, 10, 10, 20, 20
  CHECK(growth.observed_cycle.p90 == std::optional(20.0));
  CHECK(growth.first_conversion.watched == 8);
  CHECK(growth.first_conversion.p50 == std::optional(20.0));  // 0, 10, 10 and 20 of 8
  CHECK(growth.concentration.referrers == 4);
  CHECK(growth.concentration.referrals == 5);
  CHECK(growth.concentration.top_1_percent == Approx(0.4));
  CHECK(growth.concentration.gini == Approx(0.15));  // 1, 1, 1, 2
  CHECK(growth.concentration.lorenz.size() == 5);
}

TEST_CASE("cohorts by month of joining; nothing at all; what is refused") {
  const Time january{std::chrono::sys_days{std::chrono::year{2026} / 1 / 31}};
  const Time march{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
  const std::vector<ReferralMember> members{
      {Customer{4}, january}, {Customer{2}, january}, {Customer{3}, march}};
  std::vector<ReferralPath> paths{path_of(4, 3, 0)};
  paths[0].touched = january + std::chrono::days{20};
  paths[0].signed_up = march;
  const auto growth = referral_growth_of(paths, members, {.as_of = march + std::chrono::days{120}});
  REQUIRE(growth.cohorts.size() == 2);
  CHECK(growth.cohorts[0].label() == "2026-01");
  CHECK(growth.cohorts[0].members == 2);
  CHECK(growth.cohorts[0].referred == 0);
  CHECK(growth.cohorts[0].k.value == Approx(0.5));
  CHECK(growth.cohorts[0].complete);
  CHECK(growth.cohorts[1].referred == 1);
  CHECK(growth.cohorts[1].invites_each.value == 0);
  CHECK(growth.cohorts[1].invites_each.high == Approx(3.689).epsilon(1e-3));  // -ln .025
  CHECK(growth.all.label() == "2026-01");

  const auto nothing = referral_growth_of({}, {}, {});
  CHECK(nothing.members == 0);
  CHECK(nothing.cohorts.empty());
  CHECK(nothing.generations.empty());
  CHECK(nothing.concentration.gini == 0);
  const std::vector<ReferralMember> twice{{Customer{4}, january}, {Customer{4}, march}};
  CHECK_THROWS_AS(referral_growth_of({}, twice, {.as_of = march}), Exception);
  CHECK_THROWS_AS(referral_growth_of({}, {}, {.invite_within = std::chrono::seconds{0}}),
                  Exception);
  CHECK_THROWS_AS(referral_growth_of({}, {}, {.lorenz_segments = 0}), Exception);
}
