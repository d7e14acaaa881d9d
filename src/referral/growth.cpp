#include "emptor/referral/growth.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "emptor/core/error.hpp"
#include "emptor/referral/funnel.hpp"
#include "emptor/referral/programme.hpp"
#include "referral/durations.hpp"

namespace emptor {

namespace {

using detail::WatchedDuration;
constexpr std::size_t nobody = static_cast<std::size_t>(-1);

struct Member {
  Customer customer{};
  Time joined{};
  std::size_t parent = nobody;  // among the members
  bool brought = false;
  std::uint64_t invitations = 0;
  std::int64_t conversions = 0;
  Time first_conversion = Time::max();
};

struct Invitation {
  std::size_t member = 0;
  std::int64_t age = 0;  // of the membership
  WatchedDuration answer;
};

std::int64_t seconds_between(Time from, Time to) {
  if (to <= from) return 0;
  const auto seconds = static_cast<std::uint64_t>(to.time_since_epoch().count()) -
                       static_cast<std::uint64_t>(from.time_since_epoch().count());
  return static_cast<std::int64_t>(
      std::min(seconds, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())));
}

void check(const ReferralGrowthOptions& options) {
  require_option(options.confidence > 0 && options.confidence < 1, "confidence", "in (0, 1)",
                 options.confidence);
  require_option(options.invite_within.count() > 0, "invite_within", "> 0",
                 options.invite_within.count());
  require_option(options.convert_within.count() > 0, "convert_within", "> 0",
                 options.convert_within.count());
  require_option(options.lorenz_segments >= 1 && options.lorenz_segments <= 10'000,
                 "lorenz_segments", "in [1, 10000]", options.lorenz_segments);
}

std::vector<Member> sorted_members(std::span<const ReferralMember> members, Time as_of) {
  std::vector<Member> out;
  out.reserve(members.size());
  for (const ReferralMember& member : members) {
    if (member.joined <= as_of)
      out.push_back({.customer = member.customer, .joined = member.joined});
  }
  std::sort(out.begin(), out.end(),
            [](const Member& a, const Member& b) { return a.customer < b.customer; });
  const auto twice =
      std::adjacent_find(out.begin(), out.end(),
                         [](const Member& a, const Member& b) { return a.customer == b.customer; });
  if (twice != out.end()) {
    throw Exception(ErrorCode::duplicate,
                    text("member ", index(twice->customer), " is there twice"), "members");
  }
  return out;
}

std::size_t place_of(const std::vector<Member>& members, Customer customer) {
  const auto at = std::partition_point(members.begin(), members.end(),
                                       [&](const Member& one) { return one.customer < customer; });
  return at != members.end() && at->customer == customer
             ? static_cast<std::size_t>(at - members.begin())
             : nobody;
}

/// The members at `places`, ascending, as one cohort; the invitations are theirs.
ReferralCohort cohort_of(const std::vector<Member>& members, std::span<const std::size_t> places,
                         std::span<const Invitation> invitations,
                         const ReferralGrowthOptions& options) {
  ReferralCohort cohort{.members = places.size()};
  std::vector<std::int64_t> watches;
  const std::int64_t invite_within = options.invite_within.count();
  const std::int64_t convert_within = options.convert_within.count();
  cohort.complete = true;
  for (const std::size_t place : places) {
    const std::int64_t watched = seconds_between(members[place].joined, options.as_of);
    watches.push_back(std::min(watched, invite_within));
    cohort.referred += members[place].brought ? 1 : 0;
    cohort.complete =
        cohort.complete && watched >= invite_within && watched - invite_within >= convert_within;
    cohort.horizon = std::max(cohort.horizon, std::chrono::seconds{watches.back()});
  }
  std::vector<detail::RecurrentEvent> events;
  std::vector<WatchedDuration> answers;
  std::vector<bool> invited(watches.size(), false);
  for (const Invitation& one : invitations) {
    if (one.age > invite_within) continue;
    const auto place = std::lower_bound(places.begin(), places.end(), one.member);
    const auto watch = static_cast<std::size_t>(place - places.begin());
    ++cohort.invitations;
    cohort.inviters += invited[watch] ? 0 : 1;
    invited[watch] = true;
    events.push_back({watch, one.age});
    WatchedDuration answer = one.answer;
    if (answer.seconds > convert_within) answer = {convert_within, false};
    cohort.conversions += answer.ended ? 1 : 0;
    answers.push_back(answer);
  }
  if (cohort.members != 0) {
    cohort.k_observed =
        static_cast<double>(cohort.conversions) / static_cast<double>(cohort.members);
  }
  const detail::MeanEvents invites = detail::mean_events(watches, events, options.confidence);
  const detail::EndingCurve::Chance chance =
      detail::EndingCurve(answers).at(convert_within, options.confidence);
  cohort.invites_each = invites.estimate;
  cohort.conversion = chance.estimate;
  const double i = invites.estimate.value;
  const double c = chance.estimate.value;
  if (i > 0 && c > 0) {
    cohort.k = detail::log_interval(i * c, c * c * invites.variance + i * i * chance.variance,
                                    options.confidence);
  } else {
    cohort.k = {0, 0, invites.estimate.high * chance.estimate.high};
  }
  return cohort;
}

void count_generations(const std::vector<Member>& members, ReferralGrowthResult& result) {
  constexpr std::uint32_t unknown = 0xffffffffU;
  constexpr std::uint32_t walking = 0xfffffffeU;
  constexpr std::uint32_t ring = 0xfffffffdU;
  std::vector<std::uint32_t> generation(members.size(), unknown);
  std::vector<std::size_t> path;
  for (std::size_t start = 0; start < members.size(); ++start) {
    path.clear();
    std::size_t at = start;
    while (at != nobody && generation[at] == unknown) {
      generation[at] = walking;
      path.push_back(at);
      at = members[at].parent;
    }
    const std::uint32_t above = at == nobody ? unknown : generation[at];
    // A member brought by somebody who is none is one link away from the start.
    std::uint32_t next = 0;
    if (above == walking || above == ring) {
      next = ring;
    } else if (above != unknown) {
      next = above + 1;
    } else if (!path.empty() && members[path.back()].brought) {
      next = 1;
    }
    while (!path.empty()) {
      generation[path.back()] = next;
      path.pop_back();
      if (next != ring) ++next;
    }
  }
  for (const std::uint32_t one : generation) {
    if (one == ring) {
      ++result.in_rings;
      continue;
    }
    if (one >= result.generations.size()) result.generations.resize(std::size_t{one} + 1);
    ++result.generations[one].members;
  }
  for (std::size_t i = 1; i < result.generations.size(); ++i) {
    const std::uint64_t before = result.generations[i - 1].members;
    if (before == 0) continue;
    result.generations[i].ratio =
        static_cast<double>(result.generations[i].members) / static_cast<double>(before);
  }
}

ReferrerConcentration concentration_of(const std::vector<Member>& members, std::size_t segments) {
  std::vector<std::int64_t> all;
  std::vector<std::int64_t> some;
  for (const Member& member : members) {
    all.push_back(member.conversions);
    if (member.conversions > 0) some.push_back(member.conversions);
  }
  const LorenzCurve<std::int64_t> curve{std::span<const std::int64_t>(some)};
  ReferrerConcentration out{.referrers = some.size()};
  for (const std::int64_t count : some) out.referrals += static_cast<std::uint64_t>(count);
  out.gini = curve.gini();
  out.gini_all = LorenzCurve<std::int64_t>{std::span<const std::int64_t>(all)}.gini();
  out.top_1_percent = curve.top_share(0.01);
  out.top_5_percent = curve.top_share(0.05);
  out.top_10_percent = curve.top_share(0.1);
  out.top_20_percent = curve.top_share(0.2);
  out.lorenz = curve.points(segments);
  return out;
}

}  // namespace

ReferralGrowthResult referral_growth_of(std::span<const ReferralPath> paths,
                                        std::span<const ReferralMember> who,
                                        const ReferralGrowthOptions& options) {
  check(options);
  std::vector<Member> members = sorted_members(who, options.as_of);
  std::vector<Invitation> invitations;
  std::vector<WatchedDuration> cycles;
  for (const ReferralPath& path : paths) {
    const bool came = path.signed_up != Time::max() && path.signed_up <= options.as_of;
    const std::size_t referrer = place_of(members, path.referrer);
    if (came) {
      const std::size_t child = place_of(members, path.referee);
      if (child != nobody && !members[child].brought) {
        members[child].brought = true;
        members[child].parent = referrer;
      }
    }
    if (referrer == nobody || !path.clicked || path.touched > options.as_of) continue;
    Member& by = members[referrer];
    ++by.invitations;
    const Time seen = came ? path.signed_up : options.as_of;
    invitations.push_back({.member = referrer,
                           .age = seconds_between(by.joined, path.touched),
                           .answer = {seconds_between(path.touched, seen), came}});
    if (!came) continue;
    ++by.conversions;
    by.first_conversion = std::min(by.first_conversion, path.signed_up);
    cycles.push_back({seconds_between(by.joined, path.signed_up), true});
  }

  ReferralGrowthResult result{.options = options, .members = members.size()};
  std::map<std::int32_t, std::vector<std::size_t>> months;
  std::vector<std::size_t> everybody(members.size());
  std::vector<WatchedDuration> firsts;
  std::uint64_t brought = 0;
  std::uint64_t inviters = 0;
  std::uint64_t referrers = 0;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Member& member = members[i];
    months[month_number(local_day(member.joined, options.offset))].push_back(i);
    everybody[i] = i;
    brought += member.brought ? 1 : 0;
    inviters += member.invitations > 0 ? 1 : 0;
    referrers += member.conversions > 0 ? 1 : 0;
    const bool ended = member.first_conversion != Time::max();
    firsts.push_back(
        {seconds_between(member.joined, ended ? member.first_conversion : options.as_of), ended});
  }
  result.referred = funnel_rate(brought, members.size(), options.confidence);
  result.inviters = funnel_rate(inviters, members.size(), options.confidence);
  result.referrers = funnel_rate(referrers, members.size(), options.confidence);

  // By cohort, so that each looks at its own invitations only.
  std::vector<std::int32_t> month_of(members.size());
  for (const auto& [month, places] : months) {
    for (const std::size_t place : places) month_of[place] = month;
  }
  std::map<std::int32_t, std::vector<Invitation>> by_month;
  for (const Invitation& one : invitations) by_month[month_of[one.member]].push_back(one);
  for (const auto& [month, places] : months) {
    result.cohorts.push_back(cohort_of(members, places, by_month[month], options));
    result.cohorts.back().month = month;
  }
  result.all = cohort_of(members, everybody, invitations, options);
  if (!months.empty()) result.all.month = months.begin()->first;

  std::vector<WatchedDuration> answers;
  for (const Invitation& one : invitations) answers.push_back(one.answer);
  result.invitation_to_sign_up = detail::EndingCurve(answers).quantiles();
  result.observed_cycle = detail::EndingCurve(cycles).quantiles();
  result.first_conversion = detail::EndingCurve(firsts).quantiles();
  count_generations(members, result);
  result.concentration = concentration_of(members, options.lorenz_segments);
  return result;
}

}  // namespace emptor
