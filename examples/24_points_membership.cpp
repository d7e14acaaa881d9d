// Points and tiers of two customers who turn out to be one: earned, spent, refunded, lapsing; what
// is missing for the next tier; and what to tell them.

#include <iostream>

#include "emptor/hub/merge_hub.hpp"
#include "emptor/hub/owned_membership.hpp"
#include "emptor/hub/owned_points.hpp"
#include "emptor/reward/outbox.hpp"
#include "emptor/reward/points_value.hpp"

namespace {

using namespace emptor;

Time on(int year, unsigned month, unsigned day) {
  return Time{Day{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}}};
}

void show(const char* when, const PointsBalance& balance) {
  std::cout << when << ": " << balance.available << " available, " << balance.pending
            << " pending, " << balance.expired << " expired\n";
}

}  // namespace

int main() {
  constexpr Customer anna{1};
  constexpr Customer ann{2};  // the same person, on another telephone

  MergeHub hub;
  OwnedPoints points;
  OwnedMembership members(default_membership());
  hub.add("points", points);
  hub.add("members", members);

  // An order counts towards the tier and earns points, more in a higher tier and on the birthday.
  const EarnRate rate{.points = 1, .per = 100};
  const PointExpiry expiry{.rule = PointExpiryRule::end_of_year, .count = 1};
  const auto order = [&](std::uint64_t id, Customer who, Time time, std::int64_t cents) {
    const MembershipOutcome outcome =
        members.add({.id = id, .customer = who, .time = time, .counts = {cents, 1, 0}});
    const TierBenefits& benefits = members.rules().tiers[outcome.to].benefits;
    const std::int64_t earned = points_for(cents, rate, benefits, time, std::chrono::February / 29);
    (void)points.earn(id, who, time, earned,
                      {.source = id,
                       .available_at = time + std::chrono::days{14},  // until it cannot be returned
                       .expires_at = expiry_of_points(expiry, time)});
    std::cout << to_string(local_day(time)) << ": " << earned << " points, "
              << members.rules().tiers[outcome.to].name << "\n";
  };
  order(1, anna, on(2025, 1, 10), 80'000);
  order(2, anna, on(2025, 2, 28), 40'000);  // the birthday, in a year without the 29th
  order(3, ann, on(2025, 3, 15), 390'000);

  show("\nbefore the merge", points.balance(anna, on(2025, 4, 1)));
  hub.merge(anna, ann, on(2025, 4, 1), "same verified e-mail");
  show("after it", points.balance(anna, on(2025, 4, 1)));
  std::cout << "spend of 7000: " << name(points.spend(10, ann, on(2025, 4, 2), 7'000)) << "\n";
  std::cout << "spend of 2000: " << name(points.spend(11, ann, on(2025, 4, 2), 2'000)) << "\n";
  std::cout << "the same again: " << name(points.spend(11, ann, on(2025, 4, 2), 2'000)) << "\n";
  std::cout << "refund of 500: " << name(points.refund(12, 11, on(2025, 5, 1), 500)) << "\n";
  show("then", points.balance(anna, on(2025, 5, 1)));
  const PointValue value{.points = 100, .worth = Money(150, Currency("EUR"))};
  std::cout << "worth "
            << to_string(worth_of_points(points.balance(anna, on(2025, 5, 1)).available, value))
            << "\n";

  const TierOutlook outlook = members.outlook(anna, on(2025, 5, 1));
  std::cout << "\n"
            << members.rules().tiers[outlook.tier].name << " until "
            << to_string(local_day(*outlook.falls_at)) << " at least; for "
            << members.rules().tiers[outlook.tier + 1].name << " "
            << to_string(Money(outlook.to_rise[0].missing, Currency("EUR"))) << " are missing\n";
  for (const TierInterval& interval : members.account(anna).history(on(2028, 1, 1))) {
    std::cout << to_string(local_day(interval.from)) << "  "
              << members.rules().tiers[interval.tier].name << ", " << name(interval.cause) << "\n";
  }

  Outbox outbox;
  for (int twice = 0; twice < 2; ++twice) {  // as after an interruption
    for (const TierChange& change : members.changes(on(2025, 1, 1), on(2028, 1, 1))) {
      (void)outbox.append(tier_changed(change.customer, change.from, change.to, change.time));
    }
    for (const ExpiringPoints& lot : points.expiring(on(2026, 12, 1), on(2027, 1, 1))) {
      (void)outbox.append(
          points_expiring(lot.customer, lot.lot, lot.points, on(2026, 12, 1), lot.expires_at));
    }
  }
  std::cout << "\nto tell:\n";
  for (const OutboxRecord& record : outbox.unread("mail", 100)) {
    std::cout << to_string(local_day(record.time)) << "  " << name(record.kind);
    if (record.amount != 0) std::cout << ": " << record.amount;
    std::cout << "\n";
  }
  return outbox.acknowledge("mail", outbox.records().size()) ? 0 : 1;
}
