#include "emptor/hub/reward_payout.hpp"

#include <vector>

#include "emptor/hub/merge_hub.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

const Currency eur("EUR");
constexpr Customer anna{1};
constexpr Customer ben{2};
constexpr Customer cleo{3};

Time day(int days) {
  return Time{std::chrono::days{20'000 + days}};
}

RewardDecision decision(std::uint64_t event, Customer beneficiary, std::uint8_t level,
                        std::int64_t granted, Time time) {
  RewardDecision out;
  out.key = {event, 0, level, beneficiary};
  out.referee = ben;
  out.currency = eur;
  out.desired = granted;
  out.granted = granted;
  out.change = granted;
  out.time = time;
  out.event_time = time;
  return out;
}

RewardDecision corrected(RewardDecision before, std::int64_t granted, Time time) {
  ++before.revision;
  before.change = granted - before.granted;
  before.granted = granted;
  before.time = time;
  return before;
}

RewardPayout funded(RewardPayoutOptions options = {}) {
  RewardPayout payout(options);
  REQUIRE(payout.fund({100'000, eur}, day(0), transfer_id({1})) == TransferRefusal::none);
  return payout;
}

std::int64_t budget(RewardPayout& payout) {
  return payout.ledger().balance(payout.programme_account(AccountPurpose::budget, eur)).posted();
}

void apply(RewardPayout& payout, const RewardDecision& one, RewardWait waits = RewardWait::none) {
  payout.apply(std::span(&one, 1), waits);
}

}  // namespace

TEST_CASE("payout: a reward that waits for nothing is posted at once") {
  RewardPayout payout = funded();
  apply(payout, decision(7, anna, 1, 600, day(1)));
  CHECK(payout.balance(anna, eur) == WalletBalance{600, 0, 0});
  CHECK(budget(payout) == 99'400);
  const std::span<const PayoutEvent> told = payout.events();
  REQUIRE(told.size() == 1);
  CHECK(told[0].step == PayoutStep::posted);
  CHECK(told[0].amount == 600);
  CHECK(payout.ledger().posted(told[0].transfer) == 600);
  payout.forget_events();
  CHECK(payout.events().empty());
}

TEST_CASE("payout: the same decision again changes nothing, a gap in revisions is refused") {
  RewardPayout payout = funded();
  const RewardDecision first = decision(7, anna, 1, 600, day(1));
  apply(payout, first);
  apply(payout, first);
  CHECK(payout.balance(anna, eur).available == 600);
  RewardDecision gap = corrected(corrected(first, 500, day(2)), 400, day(3));
  CHECK_THROWS_AS(apply(payout, gap), Exception);
  RewardDecision unknown = corrected(decision(8, anna, 1, 600, day(1)), 0, day(2));
  CHECK_THROWS_AS(apply(payout, unknown), Exception);
  CHECK(payout.balance(anna, eur).available == 600);
}

TEST_CASE("payout: held rewards are set aside and posted when the hold is over") {
  RewardPayout payout = funded();
  RewardDecision held = decision(7, anna, 1, 600, day(1));
  held.held_until = day(15);
  apply(payout, held);
  CHECK(payout.balance(anna, eur) == WalletBalance{0, 0, 600});
  std::vector<RewardKey> released;
  std::vector<RewardKey> expired;
  payout.advance(day(15) - std::chrono::seconds{1}, released, expired);
  CHECK(released.empty());
  payout.advance(day(15), released, expired);
  REQUIRE(released.size() == 1);
  CHECK(released[0] == held.key);
  CHECK(payout.balance(anna, eur) == WalletBalance{600, 0, 0});
  CHECK(payout.standing(held.key).posted == 600);
}

TEST_CASE("payout: a correction of a held reward is set aside anew, to nothing frees it") {
  RewardPayout payout = funded();
  RewardDecision held = decision(7, anna, 1, 600, day(1));
  held.held_until = day(15);
  apply(payout, held);
  const RewardDecision less = corrected(held, 250, day(2));
  apply(payout, less);
  CHECK(payout.balance(anna, eur) == WalletBalance{0, 0, 250});
  apply(payout, corrected(less, 0, day(3)));
  CHECK(payout.balance(anna, eur) == WalletBalance{0, 0, 0});
  CHECK(budget(payout) == 100'000);
  std::vector<RewardKey> released;
  std::vector<RewardKey> expired;
  payout.advance(day(20), released, expired);
  CHECK(payout.balance(anna, eur) == WalletBalance{0, 0, 0});
}

TEST_CASE("payout: every reason to wait must be over") {
  RewardPayout payout = funded();
  RewardDecision held = decision(7, anna, 1, 600, day(1));
  held.held_until = Time::max();
  held.hold_event = RewardEventKind::delivery;
  apply(payout, held, RewardWait::approval | RewardWait::review);
  std::vector<RewardKey> released;
  payout.end_wait(7, RewardWait::review, false, day(2), released);
  payout.end_event_wait(7, RewardEventKind::birthday, day(3), released);
  payout.end_event_wait(7, RewardEventKind::delivery, day(3), released);
  CHECK(released.empty());
  CHECK(payout.balance(anna, eur) == WalletBalance{0, 0, 600});
  payout.end_wait(7, RewardWait::approval, true, day(4), released);
  CHECK(released.empty());
  payout.end_wait(7, RewardWait::approval, false, day(4), released);
  CHECK(released.size() == 1);
  CHECK(payout.balance(anna, eur) == WalletBalance{600, 0, 0});
}

TEST_CASE("payout: partial refunds that end in a full one net to nothing") {
  RewardPayout payout = funded({.clawback = RewardClawback::unlimited});
  RewardDecision at = decision(7, anna, 1, 600, day(1));
  apply(payout, at);
  REQUIRE(payout.withdraw(anna, eur, 500, day(2), transfer_id({2})) == TransferRefusal::none);
  for (const std::int64_t left : {401, 133, 0}) {
    at = corrected(at, left, day(3));
    apply(payout, at);
  }
  CHECK(budget(payout) == 100'000);
  CHECK(payout.balance(anna, eur) == WalletBalance{0, 500, 0});
  // What comes in pays the debt first.
  apply(payout, decision(8, anna, 1, 700, day(4)));
  CHECK(payout.balance(anna, eur) == WalletBalance{200, 0, 0});
}

TEST_CASE("payout: a clawback goes as far as its policy says") {
  for (const RewardClawback clawback :
       {RewardClawback::only_pending, RewardClawback::within_balance, RewardClawback::unlimited}) {
    RewardPayout payout = funded({.clawback = clawback});
    const RewardDecision at = decision(7, anna, 1, 600, day(1));
    apply(payout, at);
    REQUIRE(payout.withdraw(anna, eur, 500, day(2), transfer_id({2})) == TransferRefusal::none);
    apply(payout, corrected(at, 0, day(3)));
    const RewardStanding standing = payout.standing(at.key);
    CHECK(standing.posted == 0);
    if (clawback == RewardClawback::only_pending) {
      CHECK(payout.balance(anna, eur) == WalletBalance{100, 0, 0});
      CHECK(standing.let_go == 600);
    } else if (clawback == RewardClawback::within_balance) {
      CHECK(payout.balance(anna, eur) == WalletBalance{0, 0, 0});
      CHECK(standing.let_go == 500);
    } else {
      CHECK(payout.balance(anna, eur) == WalletBalance{0, 500, 0});
      CHECK(standing.let_go == 0);
    }
  }
}

TEST_CASE("payout: what the budget cannot pay waits until it is funded") {
  RewardPayout payout;
  apply(payout, decision(7, anna, 1, 600, day(1)));
  apply(payout, decision(8, cleo, 1, 100, day(1)));
  CHECK(payout.balance(anna, eur).available == 0);
  CHECK(payout.standing(std::size_t{0}).unpaid);
  REQUIRE(payout.fund({650, eur}, day(2), transfer_id({1})) == TransferRefusal::none);
  CHECK(payout.retry(day(2)) == 1);
  CHECK(payout.balance(anna, eur).available == 600);
  CHECK(payout.balance(cleo, eur).available == 0);
  REQUIRE(payout.fund({50, eur}, day(3), transfer_id({2})) == TransferRefusal::none);
  CHECK(payout.retry(day(3)) == 0);
  CHECK(payout.balance(cleo, eur).available == 100);
  CHECK_FALSE(payout.standing(std::size_t{1}).unpaid);
}

TEST_CASE("payout: points, discounts and gifts count in units of their own, without a budget") {
  RewardPayout payout;
  std::uint64_t event = 1;
  for (const RewardKind kind : {RewardKind::points, RewardKind::discount, RewardKind::gift}) {
    RewardDecision one = decision(event++, anna, 1, 5, day(1));
    one.kind = kind;
    one.gift = Item{9};
    apply(payout, one);
    CHECK(payout.balance(anna, RewardPayout::unit_of(kind, eur, Item{9})).available == 5);
  }
  CHECK(payout.balance(anna, eur).available == 0);
}

TEST_CASE("payout: a self-referral is taken back at the merge and given again when it is undone") {
  RewardPayout payout = funded({.clawback = RewardClawback::unlimited});
  MergeHub hub;
  hub.add("payout", payout);
  apply(payout, decision(7, anna, 1, 600, day(1)));
  apply(payout, decision(7, cleo, 2, 200, day(1)));
  const MergeId merge = hub.merge(anna, ben, day(5), "one person").event.id;
  CHECK(payout.standing({7, 0, 1, anna}).self_referral);
  CHECK(payout.balance(anna, eur) == WalletBalance{0, 0, 0});
  CHECK(payout.balance(cleo, eur).available == 200);
  CHECK(budget(payout) == 99'800);
  // A correction meanwhile counts when the merge is undone.
  apply(payout, corrected(decision(7, anna, 1, 600, day(1)), 450, day(6)));
  CHECK(payout.balance(anna, eur) == WalletBalance{0, 0, 0});
  REQUIRE(hub.unmerge(merge, day(7), "two after all").has_value());
  CHECK(payout.balance(anna, eur) == WalletBalance{450, 0, 0});
  CHECK(payout.balance(ben, eur) == WalletBalance{0, 0, 0});
}

TEST_CASE("payout: outside of the clawback window a self-referral stays paid") {
  RewardPayout payout = funded({.clawback_window = std::chrono::days{10}});
  MergeHub hub;
  hub.add("payout", payout);
  apply(payout, decision(7, anna, 1, 600, day(1)));
  hub.merge(anna, ben, day(12), "one person");
  CHECK(payout.balance(anna, eur).available == 600);
  CHECK_FALSE(payout.standing({7, 0, 1, anna}).self_referral);
}

TEST_CASE("payout: options are checked") {
  CHECK_THROWS_AS(RewardPayout({.clawback_window = std::chrono::seconds{-1}}), Exception);
  CHECK_THROWS_AS(RewardPayout({.clawback = static_cast<RewardClawback>(7)}), Exception);
}

TEST_CASE("payout: is saved with what waits, and follows on") {
  RewardPayout payout = funded({.programme = Programme{4}, .clawback = RewardClawback::unlimited});
  RewardDecision held = decision(7, anna, 1, 600, day(1));
  held.held_until = day(15);
  apply(payout, held);
  RewardDecision unpaid = decision(8, cleo, 1, 900'000, day(1));
  apply(payout, unpaid);
  const std::vector<std::byte> bytes = payout.save();
  Result<RewardPayout> loaded = RewardPayout::load(bytes);
  REQUIRE(loaded.has_value());
  CHECK(loaded->save() == bytes);
  std::vector<RewardKey> released;
  std::vector<RewardKey> expired;
  payout.advance(day(15), released, expired);
  loaded->advance(day(15), released, expired);
  CHECK(loaded->save() == payout.save());
  CHECK(loaded->balance(anna, eur).available == 600);
  for (std::size_t cut = 0; cut < bytes.size(); cut += 7) {
    CHECK_FALSE(RewardPayout::load(std::span(bytes).first(cut)).has_value());
  }
}

TEST_CASE("payout: what was let go is not given twice when a correction is taken back") {
  for (const RewardClawback clawback :
       {RewardClawback::only_pending, RewardClawback::within_balance}) {
    RewardPayout payout = funded({.clawback = clawback});
    const RewardDecision first = decision(7, anna, 1, 600, day(1));
    apply(payout, first);
    REQUIRE(payout.withdraw(anna, eur, 600, day(2), transfer_id({50})) == TransferRefusal::none);
    const RewardDecision nothing = corrected(first, 0, day(3));
    apply(payout, nothing);
    CHECK(payout.standing(first.key).let_go == 600);
    const RewardDecision again = corrected(nothing, 500, day(4));
    apply(payout, again);
    CHECK(payout.balance(anna, eur).available == 0);
    CHECK(payout.standing(first.key).let_go == 100);
    CHECK(payout.standing(first.key).posted == 500);
    apply(payout, corrected(again, 700, day(5)));
    CHECK(payout.balance(anna, eur).available == 100);
    CHECK(payout.standing(first.key).let_go == 0);
  }
}

TEST_CASE("payout: trying again what the budget cannot pay changes nothing") {
  RewardPayout payout;
  apply(payout, decision(7, anna, 1, 600, day(1)));
  CHECK(payout.standing(0).unpaid);
  const std::vector<std::byte> before = payout.save();
  CHECK(payout.retry(day(2)) == 1);
  CHECK(payout.save() == before);
  REQUIRE(payout.fund({600, eur}, day(3), transfer_id({1})) == TransferRefusal::none);
  CHECK(payout.retry(day(3)) == 0);
  CHECK(payout.balance(anna, eur).available == 600);
}

TEST_CASE("payout: windows reach over all of time") {
  for (const Time merged : {Time::min(), Time::max()}) {
    RewardPayout payout = funded({.clawback_window = std::chrono::days{5}});
    MergeHub hub;
    hub.add("payout", payout);
    apply(payout, decision(7, anna, 1, 600, day(1)));
    hub.merge(anna, ben, merged, "same");
    CHECK(payout.standing(0).posted == (merged == Time::max() ? 600 : 0));
  }
}
