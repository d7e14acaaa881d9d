// Funnel and growth against recomputation that takes every number from its definition.

#include "emptor/referral/growth.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "emptor/referral/funnel.hpp"
#include "emptor/referral/programme.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

Time moment(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

bool near(double a, double b) {
  return std::abs(a - b) <= 1e-9 * std::max(1.0, std::abs(b));
}

std::vector<ReferralPath> any_paths() {
  std::vector<ReferralPath> paths(*rc::gen::inRange<std::size_t>(0, 30));
  std::set<Customer> brought;
  for (ReferralPath& path : paths) {
    path.referrer = id_at<Customer>(*rc::gen::inRange<std::size_t>(0, 10));
    path.referee = id_at<Customer>(*rc::gen::inRange<std::size_t>(0, 12));
    path.channel = id_at<Channel>(*rc::gen::inRange<std::size_t>(0, 3));
    path.campaign = *rc::gen::element(no_id<Campaign>, Campaign{0}, Campaign{1});
    path.touched = moment(*rc::gen::inRange(0, 60));
    path.shares = *rc::gen::inRange<std::uint32_t>(0, 3);
    path.clicked = *rc::gen::inRange(0, 5) != 0;
    path.claimed = path.clicked && *rc::gen::inRange(0, 2) != 0;
    if (path.clicked && *rc::gen::inRange(0, 2) != 0 && brought.insert(path.referee).second) {
      path.signed_up = path.touched + std::chrono::seconds{*rc::gen::inRange(0, 30)};
      if (*rc::gen::inRange(0, 2) != 0) {
        path.qualified = path.signed_up + std::chrono::seconds{*rc::gen::inRange(0, 10)};
      }
    }
  }
  return paths;
}

}  // namespace

TEST_CASE("the funnel is what counting by hand gives, and no stage has more than the one before") {
  test::check_property(
      "referral funnel",
      [] {
        const std::vector<ReferralPath> paths = any_paths();
        std::vector<Customer> customers;
        std::vector<Time> times;
        for (auto left = *rc::gen::inRange(0, 12); left > 0; --left) {
          customers.push_back(id_at<Customer>(*rc::gen::inRange<std::size_t>(0, 12)));
          times.push_back(moment(*rc::gen::inRange(0, 120)));
        }
        FunnelOptions options{.retained_after = std::chrono::seconds{*rc::gen::inRange(1, 30)}};
        options.window.from = moment(*rc::gen::inRange(0, 20));
        options.time_to_convert = std::chrono::seconds{*rc::gen::inRange(0, 20)};
        const Time as_of = moment(*rc::gen::inRange(20, 120));
        options.as_of = as_of;
        const auto result = referral_funnel_of(paths, {customers, times}, options);
        std::array<std::uint64_t, funnel_stages> sums{};
        for (const FunnelRow& row : result.by_both) {
          std::array<std::uint64_t, funnel_stages> counts{};
          std::uint64_t shares = 0;
          for (const ReferralPath& path : paths) {
            if (path.channel != row.channel || path.campaign != row.campaign) continue;
            if (path.touched < options.window.from || path.touched > as_of) continue;
            shares += path.shares;
            if (!path.clicked || path.touched + options.time_to_convert > as_of) continue;
            ++counts[0];
            const bool came = path.signed_up <= as_of;
            if (path.claimed || came) ++counts[1];
            if (!came) continue;
            ++counts[2];
            if (path.qualified > as_of) continue;
            ++counts[3];
            for (std::size_t i = 0; i < customers.size(); ++i) {
              if (customers[i] == path.referee && times[i] <= as_of &&
                  times[i] >= path.signed_up + options.retained_after) {
                ++counts[4];
                break;
              }
            }
          }
          RC_ASSERT(row.counts == counts);
          RC_ASSERT(row.shares == shares);
          for (std::size_t i = 0; i < funnel_stages; ++i) sums[i] += counts[i];
          for (const FunnelRate& step : row.steps) {
            RC_ASSERT(step.went <= step.of);
            RC_ASSERT(step.low <= step.rate && step.rate <= step.high);
          }
        }
        RC_ASSERT(result.total.counts == sums);
        for (const auto* rows : {&result.by_channel, &result.by_campaign}) {
          std::uint64_t clicked = 0;
          for (const FunnelRow& row : *rows) clicked += row.at(FunnelStage::clicked);
          RC_ASSERT(clicked == sums[0]);
        }
      },
      500);
}

TEST_CASE("k-factor and its factors from their definitions; every member in one generation") {
  test::check_property(
      "referral growth",
      [] {
        const std::vector<ReferralPath> paths = any_paths();
        std::vector<ReferralMember> members;
        for (std::uint32_t c = 0; c < 12; ++c) {
          if (*rc::gen::inRange(0, 4) != 0) {
            members.push_back({Customer{c}, moment(*rc::gen::inRange(0, 50))});
          }
        }
        const std::int64_t end = *rc::gen::inRange(20, 100);
        const std::int64_t invite = *rc::gen::inRange(5, 80);
        const std::int64_t convert = *rc::gen::inRange(1, 30);
        const auto growth = referral_growth_of(paths, members,
                                               {.as_of = moment(end),
                                                .invite_within = std::chrono::seconds{invite},
                                                .convert_within = std::chrono::seconds{convert}});
        std::vector<std::int64_t> watched;
        std::vector<std::int64_t> ages;
        std::vector<std::pair<std::int64_t, bool>> answers;
        std::uint64_t present = 0;
        for (const ReferralMember& member : members) {
          if (member.joined > moment(end)) continue;
          ++present;
          watched.push_back(std::min(invite, (moment(end) - member.joined).count()));
          for (const ReferralPath& path : paths) {
            if (path.referrer != member.customer || !path.clicked || path.touched > moment(end)) {
              continue;
            }
            const std::int64_t age =
                std::max<std::int64_t>(0, (path.touched - member.joined).count());
            if (age > invite) continue;
            ages.push_back(age);
            const bool came = path.signed_up <= moment(end);
            const std::int64_t after =
                ((came ? path.signed_up : moment(end)) - path.touched).count();
            answers.emplace_back(std::min(after, convert), came && after <= convert);
          }
        }
        double mean = 0;
        for (const std::int64_t age : ages) {
          mean += 1 / static_cast<double>(std::count_if(watched.begin(), watched.end(),
                                                        [&](auto until) { return until >= age; }));
        }
        double survival = 1;
        for (std::int64_t t = 0; t <= convert; ++t) {
          double ends = 0;
          double risk = 0;
          for (const auto& [seconds, ended] : answers) {
            ends += ended && seconds == t ? 1 : 0;
            risk += seconds >= t ? 1 : 0;
          }
          if (ends > 0) survival *= 1 - ends / risk;
        }
        RC_ASSERT(growth.members == present);
        RC_ASSERT(growth.all.invitations == ages.size());
        RC_ASSERT(near(growth.all.invites_each.value, mean));
        RC_ASSERT(near(growth.all.conversion.value, 1 - survival));
        RC_ASSERT(near(growth.all.k.value, mean * (1 - survival)));
        for (const GrowthEstimate& one :
             {growth.all.invites_each, growth.all.conversion, growth.all.k}) {
          RC_ASSERT(one.low <= one.value && one.value <= one.high);
          RC_ASSERT(std::isfinite(one.high));
        }
        std::uint64_t in_generations = growth.in_rings;
        for (const ReferralGeneration& one : growth.generations) in_generations += one.members;
        RC_ASSERT(in_generations == present);
        std::uint64_t in_cohorts = 0;
        std::uint64_t invitations = 0;
        for (const ReferralCohort& cohort : growth.cohorts) {
          in_cohorts += cohort.members;
          invitations += cohort.invitations;
        }
        RC_ASSERT(in_cohorts == present);
        RC_ASSERT(invitations == growth.all.invitations);
      },
      500);
}
