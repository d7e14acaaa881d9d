// Memberships by hand: up at once, down at a period's end, grace, extensions, grants, and the days
// on which members earn more.

#include "emptor/reward/membership.hpp"

#include <optional>
#include <vector>

#include "support/catch.hpp"

namespace {

using namespace emptor;
using namespace std::chrono_literals;

constexpr Customer anna{1};
constexpr Customer bert{2};

Time at(int year, unsigned month, unsigned day, int hour = 0) {
  return Time{Day{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}}} +
         std::chrono::hours{hour};
}

MembershipFact order(std::uint64_t id, Time time, std::int64_t major, Customer who = anna) {
  return {.id = id, .customer = who, .time = time, .counts = {.spend = major * 100, .orders = 1}};
}

TEST_CASE("a tier comes at once and stays to the end of the next year") {
  MembershipBook book(default_membership());
  CHECK(book.add(order(1, at(2024, 3, 1), 900)).to == 0);
  const MembershipOutcome up = book.add(order(2, at(2024, 6, 1), 5000));
  CHECK(up.from == 0);
  CHECK(up.to == 2);
  CHECK(book.tier(anna, at(2024, 5, 31)) == 0);
  CHECK(book.tier(anna, at(2025, 12, 31, 23)) == 2);
  CHECK(book.tier(anna, at(2026, 1, 1)) == 1);
  CHECK(book.tier(anna, at(2027, 1, 1)) == 0);
  CHECK(book.history(anna, at(2028, 1, 1)) ==
        std::vector<TierInterval>{{at(2024, 3, 1), at(2024, 6, 1), 0, TierCause::joined},
                                  {at(2024, 6, 1), at(2026, 1, 1), 2, TierCause::reached},
                                  {at(2026, 1, 1), at(2027, 1, 1), 1, TierCause::lowered},
                                  {at(2027, 1, 1), Time::max(), 0, TierCause::lowered}});

  MembershipRules rules = default_membership();
  rules.fall = TierFall::to_balance;
  MembershipBook harsh(rules);
  (void)harsh.add(order(1, at(2024, 6, 1), 5900));
  (void)harsh.add(order(2, at(2025, 6, 1), 100));
  CHECK(harsh.tier(anna, at(2026, 1, 1)) == 0);
}

TEST_CASE("an outlook says what is missing and what happens otherwise") {
  MembershipBook book(default_membership());
  (void)book.add(order(1, at(2024, 6, 1), 5000));
  (void)book.add(order(2, at(2025, 3, 1), 1500));
  const TierOutlook outlook = book.outlook(anna, at(2025, 7, 2, 12));
  CHECK(outlook.customer == anna);
  CHECK(outlook.tier == 2);
  CHECK(outlook.window_from == at(2025, 1, 1));
  CHECK(outlook.window_to == at(2026, 1, 1));
  CHECK(outlook.counts == TierCounts{150'000, 1, 0});
  CHECK(outlook.falls_at == at(2026, 1, 1));
  CHECK(outlook.falls_to == 1);
  CHECK(outlook.projected == 1);  // 3,000 at this pace
  CHECK(outlook.to_keep == std::vector<TierMissing>{{TierMeasure::spend, 500'000, 350'000}});
  CHECK(outlook.to_rise == std::vector<TierMissing>{{TierMeasure::spend, 2'000'000, 1'850'000}});
  // At a pace of 5,000 in half a year the next is within reach, but not reached.
  (void)book.add(order(3, at(2025, 7, 1), 9000));
  CHECK(book.outlook(anna, at(2025, 7, 2, 12)).projected == 3);
  CHECK(book.outlook(anna, at(2025, 7, 2, 12)).tier == 2);
}

TEST_CASE("grace counts what comes after the period's end, an extension puts the decision off") {
  MembershipRules rules = default_membership();
  rules.grace_days = 31;
  MembershipBook book(rules);
  (void)book.add(order(1, at(2024, 6, 1), 1000));
  CHECK(book.tier(anna, at(2026, 1, 31, 23)) == 1);
  CHECK(book.tier(anna, at(2026, 2, 1)) == 0);
  (void)book.add(order(2, at(2025, 12, 1), 400, anna));
  (void)book.add(order(3, at(2026, 1, 20), 600, anna));
  CHECK(book.tier(anna, at(2026, 2, 1)) == 1);
  CHECK(book.tier(anna, at(2027, 2, 1)) == 0);
  (void)book.add({.id = 4,
                  .customer = anna,
                  .kind = MembershipFactKind::extend,
                  .time = at(2027, 1, 15),
                  .until = at(2027, 5, 1)});
  CHECK(book.tier(anna, at(2027, 4, 30)) == 1);
  CHECK(book.outlook(anna, at(2027, 2, 1)).falls_at == at(2027, 5, 1));
  CHECK(book.tier(anna, at(2027, 5, 1)) == 0);
}

TEST_CASE("a grant by hand holds a tier up while it lasts") {
  MembershipBook book(default_membership());
  (void)book.add(
      {.id = 1, .customer = anna, .kind = MembershipFactKind::join, .time = at(2025, 1, 10)});
  (void)book.add({.id = 2,
                  .customer = anna,
                  .kind = MembershipFactKind::grant,
                  .time = at(2025, 2, 1),
                  .tier = 3,
                  .until = at(2025, 3, 1)});
  (void)book.add(order(3, at(2025, 2, 10), 1000));
  CHECK(book.tier(anna, at(2025, 2, 15)) == 3);
  CHECK(book.account(anna).earned(at(2025, 2, 15)) == 1);
  CHECK(book.outlook(anna, at(2025, 2, 15)).granted_until == at(2025, 3, 1));
  CHECK(book.history(anna, at(2025, 6, 1)) ==
        std::vector<TierInterval>{{at(2025, 1, 10), at(2025, 2, 1), 0, TierCause::joined},
                                  {at(2025, 2, 1), at(2025, 3, 1), 3, TierCause::granted},
                                  {at(2025, 3, 1), Time::max(), 1, TierCause::grant_ended}});
  (void)book.add(
      {.id = 4, .customer = anna, .kind = MembershipFactKind::revoke, .time = at(2025, 2, 20)});
  CHECK(book.tier(anna, at(2025, 2, 20)) == 1);
}

TEST_CASE("windows follow the shop's calendar") {
  MembershipRules rules = default_membership();
  rules.offset = 8h;
  rules.window = MembershipWindow::calendar_month;
  MembershipBook book(rules);
  // 31 January 23:59 in China, and a second later: two months.
  (void)book.add(order(1, at(2025, 1, 31, 15) + 59min + 59s, 500));
  (void)book.add(order(2, at(2025, 1, 31, 16), 500));
  CHECK(book.tier(anna, at(2025, 1, 31, 16)) == 0);
  (void)book.add(order(3, at(2025, 2, 27), 500));
  CHECK(book.tier(anna, at(2025, 2, 27)) == 1);
  CHECK(book.outlook(anna, at(2025, 2, 27)).window_to == at(2025, 2, 28, 16));
  CHECK(book.outlook(anna, at(2025, 2, 27)).falls_at == at(2025, 3, 31, 16));

  for (const LeapDay leap : {LeapDay::february_28, LeapDay::march_1}) {
    rules = default_membership();
    rules.window = MembershipWindow::anniversary;
    rules.leap_day = leap;
    MembershipBook years(rules);
    (void)years.add(order(1, at(2024, 2, 29, 9), 1000));
    const Time end = leap == LeapDay::march_1 ? at(2025, 3, 1) : at(2025, 2, 28);
    CHECK(years.outlook(anna, at(2024, 12, 1)).window_from == at(2024, 2, 29));
    CHECK(years.outlook(anna, at(2024, 12, 1)).window_to == end);
    CHECK(years.outlook(anna, at(2027, 12, 1)).window_to == at(2028, 2, 29));
  }

  rules = default_membership();
  rules.window = MembershipWindow::rolling;
  rules.rolling_days = 30;
  MembershipBook rolling(rules);
  (void)rolling.add(order(1, at(2025, 1, 1, 9), 600));
  (void)rolling.add(order(2, at(2025, 1, 20, 9), 600));
  CHECK(rolling.tier(anna, at(2025, 1, 30, 23)) == 1);
  CHECK(rolling.tier(anna, at(2025, 1, 31)) == 0);
}

TEST_CASE("a refund lowers the tier at the period's end, not at once") {
  MembershipBook book(default_membership());
  (void)book.add(order(1, at(2025, 1, 5), 1000));
  MembershipFact refund = order(2, at(2025, 1, 9), -1000);
  refund.counts.orders = -1;
  CHECK(book.add(refund).to == 1);
  CHECK(book.tier(anna, at(2025, 12, 31)) == 1);
  CHECK(book.tier(anna, at(2026, 1, 1)) == 0);
}

TEST_CASE("changes of tiers are listed once, by time and customer") {
  MembershipBook book(default_membership());
  (void)book.add(order(1, at(2025, 1, 5), 1000, bert));
  (void)book.add(order(2, at(2025, 1, 5), 1000, anna));
  std::vector<TierChange> changes;
  book.advance(at(2025, 6, 1), changes);
  CHECK(changes == std::vector<TierChange>{{anna, at(2025, 1, 5), 0, 1, TierCause::reached},
                                           {bert, at(2025, 1, 5), 0, 1, TierCause::reached}});
  changes.clear();
  book.advance(at(2027, 1, 1), changes);
  CHECK(changes.size() == 2);
  CHECK(changes[0] == TierChange{anna, at(2027, 1, 1), 1, 0, TierCause::lowered});
  changes.clear();
  book.advance(at(2027, 1, 1), changes);
  CHECK(changes.empty());
  CHECK_THROWS_AS(book.advance(at(2026, 1, 1), changes), Exception);
  const MembershipSummary summary = book.summary(at(2026, 6, 1), at(2025, 1, 1), at(2027, 1, 1));
  CHECK(summary.members == std::vector<std::uint64_t>{0, 2, 0, 0});
  CHECK(summary.raised == std::vector<std::uint64_t>{0, 2, 0, 0});
  CHECK(summary.at_risk == std::vector<std::uint64_t>{0, 2, 0, 0});
  CHECK(summary.tiers[3] == "diamond");
  book.erase(anna);
  CHECK(book.customers() == std::vector<Customer>{bert});
  CHECK(book.add(order(2, at(2025, 1, 5), 1, anna)).verdict == MembershipVerdict::accepted);
}

TEST_CASE("facts of a membership that cannot be are refused, rules too") {
  MembershipBook book(default_membership());
  CHECK(book.add(order(1, at(2025, 1, 5), 10)).verdict == MembershipVerdict::accepted);
  CHECK(book.add(order(1, at(2025, 1, 6), 10)).verdict == MembershipVerdict::conflict);
  CHECK(book.add(order(1, at(2025, 1, 5), 11)).verdict == MembershipVerdict::conflict);
  CHECK(book.add(order(2, Time::max(), 1)).verdict == MembershipVerdict::invalid);
  CHECK(book.add(order(2, at(2025, 1, 5), 1, no_customer)).verdict == MembershipVerdict::invalid);
  MembershipFact grant{.id = 3,
                       .customer = anna,
                       .kind = MembershipFactKind::grant,
                       .time = at(2025, 1, 5),
                       .tier = 4,
                       .until = Time::max()};
  CHECK(book.add(grant).verdict == MembershipVerdict::invalid);
  grant.tier = 3;
  grant.until = grant.time;
  CHECK(book.add(grant).verdict == MembershipVerdict::invalid);
  MembershipRules rules = default_membership();
  rules.tiers[2].thresholds[0].at_least = 1;
  CHECK_THROWS_AS(MembershipBook(rules), Exception);
  rules = default_membership();
  rules.tiers[1].thresholds.clear();
  CHECK_THROWS_AS(MembershipBook(rules), Exception);
  CHECK(name(MembershipVerdict::full) == "full");
}

TEST_CASE("points of a purchase are exact, on birthdays and member days too") {
  TierBenefits gold{
      .multiplier = 15'000, .birthday_multiplier = 20'000, .member_day_multiplier = 30'000};
  EarnRate rate{.points = 1, .per = 100};
  CHECK(points_for(12'345, rate, {}, at(2025, 5, 5)) == 123);
  CHECK(points_for(12'345, rate, gold, at(2025, 5, 5)) == 185);  // 185.175
  CHECK(points_for(-12'345, rate, gold, at(2025, 5, 5)) == -186);
  rate.rounding = Rounding::half_even;
  CHECK(points_for(12'345, rate, gold, at(2025, 5, 5)) == 185);
  rate.member_days = {.month_days = {31}, .weekdays = {std::chrono::Sunday}};
  CHECK(points_for(10'000, rate, gold, at(2025, 4, 30)) == 300);  // last day of April
  CHECK(points_for(10'000, rate, gold, at(2025, 5, 4)) == 300);   // a Sunday
  CHECK(points_for(10'000, rate, gold, at(2025, 5, 5)) == 150);
  const auto born = std::chrono::February / 29;
  CHECK(points_for(10'000, rate, gold, at(2024, 2, 29), born) == 300);  // leap day's end of month
  rate.member_days = {};
  CHECK(points_for(10'000, rate, gold, at(2024, 2, 29), born) == 200);
  CHECK(points_for(10'000, rate, gold, at(2025, 2, 28), born) == 200);
  CHECK(points_for(10'000, rate, gold, at(2025, 3, 1), born) == 150);
  rate.leap_day = LeapDay::march_1;
  CHECK(points_for(10'000, rate, gold, at(2025, 2, 28), born) == 150);
  CHECK(points_for(10'000, rate, gold, at(2025, 3, 1), born) == 200);
  rate.birthday_days_before = 3;
  CHECK(points_for(10'000, rate, gold, at(2025, 2, 26), born) == 200);
  CHECK(points_for(10'000, rate, gold, at(2025, 2, 25), born) == 150);
  // The birthday's days reach over the new year.
  CHECK(points_for(10'000, rate, gold, at(2024, 12, 30), std::chrono::January / 1) == 200);
  // 31 December in the evening is the new year in the shop.
  rate.birthday_days_before = 0;
  rate.offset = 8h;
  CHECK(points_for(10'000, rate, gold, at(2024, 12, 31, 16), std::chrono::January / 1) == 200);
  rate.member_days.month_days = {1};
  rate.stacking = MultiplierStacking::add;
  CHECK(points_for(10'000, rate, gold, at(2024, 12, 31, 16), std::chrono::January / 1) == 450);
  rate.stacking = MultiplierStacking::multiply;
  CHECK(points_for(10'000, rate, gold, at(2024, 12, 31, 16), std::chrono::January / 1) == 900);
  CHECK_THROWS_AS(
      points_for(std::int64_t{1} << 62U, {.points = 1'000'000, .per = 1}, {}, at(2025, 1, 1)),
      Exception);
  rate.per = 0;
  CHECK_THROWS_AS(check_earn_rate(rate), Exception);
}

}  // namespace
