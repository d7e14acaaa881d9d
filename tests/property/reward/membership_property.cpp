// Memberships against a twin that visits every midnight, one by one and all at once, in any order.

#include <algorithm>
#include <memory>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/reward/membership.hpp"
#include "support/membership_twin.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using emptor::test::member_fact;
using emptor::test::member_rules;
using emptor::test::member_time;
using emptor::test::MembershipTwin;
using emptor::test::MemberSteps;

constexpr Customer anna{3};

std::vector<std::pair<Time, std::uint32_t>> starts(const std::vector<TierInterval>& history) {
  std::vector<std::pair<Time, std::uint32_t>> out;
  for (const TierInterval& interval : history) out.emplace_back(interval.from, interval.tier);
  return out;
}

TEST_CASE("tiers are as told midnight by midnight") {
  emptor::test::check_property(
      "tiers",
      [](const MemberSteps& steps, std::uint16_t choice) {
        const MembershipRules rules = member_rules(choice);
        MembershipBook book(rules);
        std::vector<MembershipFact> facts;
        for (const auto& step : steps) {
          const MembershipFact fact = member_fact(step, 1000 - facts.size(), anna);
          RC_ASSERT(book.add(fact).verdict == MembershipVerdict::accepted);
          RC_ASSERT(book.add(fact).verdict == MembershipVerdict::repeated);
          facts.push_back(fact);
        }
        const MembershipAccount& account = book.account(anna);
        for (const int hours : {100, 3000, 7000, 9999, 12'000, 20'000}) {
          const MembershipTwin twin(facts, rules, member_time(hours));
          RC_ASSERT(account.earned(member_time(hours)) == twin.earned());
          RC_ASSERT(starts(account.history(member_time(hours))) == twin.tiers());
          const std::uint32_t tier = twin.tiers().empty() ? 0 : twin.tiers().back().second;
          RC_ASSERT(account.tier(member_time(hours)) == tier);
          const TierOutlook outlook = account.outlook(member_time(hours));
          RC_ASSERT(outlook.tier == tier);
          RC_ASSERT(outlook.falls_at.has_value() == (twin.earned() > 0));
        }
        // What the outlook says comes true when nothing more comes.
        const TierOutlook outlook = account.outlook(member_time(10'000));
        if (outlook.falls_at) {
          const Time falls = *outlook.falls_at;
          RC_ASSERT(account.earned(falls - std::chrono::seconds{1}) == outlook.earned);
          RC_ASSERT(account.earned(falls) == outlook.falls_to);
        }
      },
      600);
}

TEST_CASE("tiers come out the same one by one, at once, in any order and in steps of time") {
  emptor::test::check_property(
      "tiers in any order",
      [](const MemberSteps& steps, std::uint16_t choice) {
        const MembershipRules rules = member_rules(choice);
        const auto shared = std::make_shared<const MembershipRules>(rules);
        std::vector<MembershipFact> facts;
        for (const auto& step : steps) facts.push_back(member_fact(step, 1 + facts.size(), anna));
        MembershipBook book(rules);
        MembershipAccount halves[2];
        for (const MembershipFact& fact : facts) {
          (void)book.add(fact);
          halves[fact.id % 2].add(fact, shared);
        }
        std::reverse(facts.begin(), facts.end());
        MembershipBook turned(rules);
        for (const MembershipFact& fact : facts) (void)turned.add(fact);
        RC_ASSERT(book == turned);
        MembershipAccount merged = halves[0];
        merged.merge(halves[1]);
        halves[1].merge(halves[0]);
        halves[1].merge(halves[0]);
        RC_ASSERT(merged == halves[1]);
        RC_ASSERT(merged == book.account(anna));

        std::sort(facts.begin(), facts.end(), [](const MembershipFact& a, const MembershipFact& b) {
          return std::tuple(a.time, a.id) < std::tuple(b.time, b.id);
        });
        MembershipBook stream(rules);
        std::vector<TierChange> changes;
        std::size_t next = 0;
        for (int hours = 0; hours < 14'000; hours += 700) {
          for (; next < facts.size() && facts[next].time <= member_time(hours); ++next) {
            (void)stream.add(facts[next]);
          }
          stream.advance(member_time(hours), changes);
        }
        std::vector<TierChange> at_once;
        book.advance(member_time(13'300), at_once);
        RC_ASSERT(changes == at_once);
        RC_ASSERT(stream == book);

        const auto bytes = book.save();
        const Result<MembershipBook> loaded = MembershipBook::load(bytes);
        RC_ASSERT(loaded.has_value());
        RC_ASSERT(*loaded == book);
        RC_ASSERT(loaded->save() == bytes);
      },
      300);
}

TEST_CASE("archives of memberships with forged content are refused or harmless") {
  emptor::test::check_property(
      "forged memberships",
      [](const MemberSteps& steps, std::uint16_t choice, std::uint32_t where, std::uint8_t with) {
        MembershipRules rules = member_rules(choice);
        MembershipBook book(rules);
        std::uint64_t id = 0;
        for (const auto& step : steps) (void)book.add(member_fact(step, ++id, anna));
        if (with % 5 == 0) rules.tiers[with % 4].thresholds.clear();
        if (with % 5 == 1) rules.grace_days = static_cast<std::int32_t>(where);
        if (with % 5 == 2) rules.offset = UtcOffset{static_cast<std::int32_t>(where)};
        ArchiveWriter writer("membership", 1);
        SectionWriter& first = writer.section("rules");
        detail::put_membership_rules(first, rules);
        first.put(std::int64_t{1} << (with % 63U));
        SectionWriter& section = writer.section("facts");
        section.put(std::uint64_t{book.facts()});
        std::uint64_t number = 0;
        for (MembershipFact fact : book.account(anna).facts()) {
          if (number++ == where % (book.facts() + 1)) {
            switch (with % 6) {
              case 0:
                fact.counts.spend = std::int64_t{1} << (with % 63U);
                break;
              case 1:
                fact.tier += with;
                break;
              case 2:
                fact.until = Time{std::chrono::seconds{std::int64_t{1} << (with % 63U)}};
                break;
              case 3:
                fact.kind = static_cast<MembershipFactKind>(with / 6U % 7);
                break;
              case 4:
                fact.customer = Customer{where};
                break;
              default:
                fact.time = Time{std::chrono::seconds{-(std::int64_t{1} << (with % 63U))}};
            }
          }
          detail::put_membership_fact(section, fact);
        }
        const Result<MembershipBook> loaded = MembershipBook::load(std::move(writer).finish());
        if (!loaded) return;
        for (const Time now : {member_time(5000), Time::max(), Time::min()}) {
          for (const Customer customer : loaded->customers()) {
            (void)loaded->outlook(customer, now);
            (void)loaded->account(customer).counts(now);
          }
          (void)loaded->summary(now, Time::min(), Time::max());
        }
      },
      200);
}

}  // namespace
