#include "emptor/referral/fraud.hpp"

#include <vector>

#include "support/catch.hpp"

using namespace emptor;

namespace {

constexpr Customer ann{0}, bob{1}, cat{2}, dan{3}, eve{4};
constexpr std::int64_t day = 86'400;

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{1'700'006'400 + seconds}};  // a midnight
}
FraudVerdict checked(const FraudMonitor& monitor, Customer referrer, Customer referee,
                     std::int64_t time = 0, std::int64_t amount = 0, std::int64_t threshold = 0) {
  FraudVerdict verdict;
  monitor.check({.referrer = referrer,
                 .referee = referee,
                 .time = at(time),
                 .order_amount = amount,
                 .threshold = threshold},
                verdict);
  std::int64_t sum = verdict.prior;
  for (std::size_t i = 0; i < verdict.count; ++i) {
    sum += verdict.storage[i].contribution;
    if (i > 0) CHECK(verdict.storage[i - 1].kind < verdict.storage[i].kind);
    CHECK_FALSE(sentence(verdict.storage[i], referrer, referee).empty());
  }
  CHECK(sum == verdict.score);
  return verdict;
}
/// The one signal of that kind, and no other.
FraudSignal alone(const FraudVerdict& verdict, FraudSignalKind kind) {
  REQUIRE(verdict.count == 1);
  CHECK(verdict.signals()[0].kind == kind);
  return verdict.signals()[0];
}
Customer nth(std::size_t n) {
  return id_at<Customer>(n);
}
void claim(FraudMonitor& monitor, Customer referrer, Customer referee, std::int64_t time) {
  REQUIRE(monitor.add(FraudClaim{referrer, referee, at(time)}) == FraudFact::recorded);
}

}  // namespace

TEST_CASE("fraud: nothing known says nothing") {
  FraudMonitor monitor;
  CHECK(checked(monitor, ann, bob).count == 0);
  CHECK(checked(monitor, no_customer, bob).decision == FraudDecision::approve);
  claim(monitor, ann, bob, 0);
  CHECK(monitor.add(FraudSignUp{ann, at(0)}) == FraudFact::recorded);
  CHECK(monitor.add(FraudSignUp{bob, at(5)}) == FraudFact::recorded);
  const FraudVerdict verdict = checked(monitor, ann, bob);
  CHECK(verdict.count == 0);
  CHECK(verdict.decision == FraudDecision::approve);
  CHECK(verdict.score == -4000);
}

TEST_CASE("fraud: self-referrals and blocked ones are blocked by a rule") {
  FraudMonitor monitor;
  claim(monitor, ann, ann, 3);
  FraudVerdict verdict = checked(monitor, ann, ann);
  FraudSignal signal = alone(verdict, FraudSignalKind::self_referral);
  CHECK(signal.hard);
  CHECK(signal.contribution == 0);
  CHECK(signal.time == at(3));
  CHECK(verdict.decision == FraudDecision::block);
  CHECK(verdict.by_rule);

  CHECK(monitor.add(FraudBlock{cat, at(9), true}) == FraudFact::recorded);
  verdict = checked(monitor, bob, cat);
  signal = alone(verdict, FraudSignalKind::blocked_party);
  CHECK(signal.other == cat);
  CHECK(signal.time == at(9));
  CHECK(verdict.decision == FraudDecision::block);
  CHECK(monitor.add(FraudBlock{cat, at(8), false}) == FraudFact::known);  // an older word
  CHECK(monitor.add(FraudBlock{cat, at(9), false}) == FraudFact::known);  // blocked holds
  CHECK(checked(monitor, bob, cat).count == 1);
  CHECK(monitor.add(FraudBlock{cat, at(10), false}) == FraudFact::recorded);
  CHECK(checked(monitor, bob, cat).count == 0);
}

TEST_CASE("fraud: mutual referrals and rings up to the limit") {
  for (const std::uint32_t longest : {2U, 3U, 4U, 6U}) {
    for (std::uint32_t length = 2; length <= 7; ++length) {
      FraudOptions options;
      options.limits.longest_ring = longest;
      FraudMonitor monitor(options);
      for (std::uint32_t i = 0; i < length; ++i) {
        const std::uint32_t to = (i + 1) % length;
        const bool closes = i + 1 == length && length <= longest;  // seen before it is claimed
        CHECK(checked(monitor, nth(i), nth(to)).count == (closes ? 1 : 0));
        claim(monitor, nth(i), nth((i + 1) % length), 10 + i);
      }
      const FraudVerdict verdict = checked(monitor, nth(length - 1), nth(0));
      CHECK(checked(monitor, nth(0), nth(1)).count == verdict.count);
      if (length > longest) {
        CHECK(verdict.count == 0);
      } else if (length == 2) {
        const FraudSignal signal = alone(verdict, FraudSignalKind::mutual_referral);
        CHECK(signal.time == at(10));
        CHECK(verdict.decision == FraudDecision::block);
      } else {
        const FraudSignal signal = alone(verdict, FraudSignalKind::referral_ring);
        CHECK(signal.measured == length);
        CHECK(signal.other == nth(length - 2));
        CHECK(verdict.decision == FraudDecision::review);
      }
    }
  }
}

TEST_CASE("fraud: a referee older than the referrer by more than the grace") {
  FraudOptions options;
  options.limits.age_grace = std::chrono::seconds{60};
  FraudMonitor monitor(options);
  monitor.add(FraudSignUp{ann, at(1060)});
  CHECK(checked(monitor, ann, bob).count == 0);  // bob never signed up
  monitor.add(FraudSignUp{bob, at(1000)});
  CHECK(checked(monitor, ann, bob).count == 0);
  CHECK(monitor.add(FraudSignUp{bob, at(1001)}) == FraudFact::known);
  CHECK(monitor.add(FraudSignUp{bob, at(999)}) == FraudFact::recorded);
  const FraudVerdict verdict = checked(monitor, ann, bob);
  CHECK(alone(verdict, FraudSignalKind::reversed_age).measured == 61);
  CHECK(verdict.score == -1200);
  CHECK(verdict.decision == FraudDecision::review);
}

TEST_CASE("fraud: an identity in common, by kind") {
  for (std::size_t kind = 0; kind < identity_kinds; ++kind) {
    FraudMonitor monitor;
    const auto of = static_cast<IdentityKind>(kind);
    monitor.add(FraudKey{ann, of, 7, at(1)});
    monitor.add(FraudKey{bob, static_cast<IdentityKind>((kind + 1) % identity_kinds), 7, at(2)});
    CHECK(checked(monitor, ann, bob).count == 0);  // the same number of another kind
    monitor.add(FraudKey{bob, of, 7, at(3)});
    CHECK(monitor.add(FraudKey{bob, of, 7, at(4)}) == FraudFact::known);
    const auto expected = static_cast<FraudSignalKind>(
        static_cast<std::size_t>(FraudSignalKind::shared_email) + kind);
    const FraudSignal signal = alone(checked(monitor, ann, bob), expected);
    CHECK(signal.measured == 2);
    CHECK(signal.key == 7);
    CHECK(signal.time == at(3));
    CHECK(checked(monitor, ann, cat).count == 0);
  }
}

TEST_CASE("fraud: a key of too many customers is public") {
  FraudOptions options;
  options.limits.public_key_holders = 4;
  FraudMonitor monitor(options);
  for (std::size_t c = 0; c < 4; ++c) monitor.add(FraudKey{nth(c), IdentityKind::device, 7, at(0)});
  CHECK(alone(checked(monitor, ann, bob), FraudSignalKind::shared_device).measured == 4);
  monitor.add(FraudKey{nth(4), IdentityKind::device, 7, at(0)});
  CHECK(checked(monitor, ann, bob).count == 0);
}

TEST_CASE("fraud: a key on several referees of one referrer, by kind") {
  for (std::size_t kind = 0; kind < identity_kinds; ++kind) {
    FraudMonitor monitor;
    const auto of = static_cast<IdentityKind>(kind);
    for (std::size_t c = 1; c <= 2; ++c) {
      claim(monitor, ann, nth(c), 1000 * static_cast<std::int64_t>(c));
      monitor.add(FraudKey{nth(c), of, 9, at(0)});
    }
    monitor.add(FraudKey{nth(3), of, 9, at(0)});  // holds it, but somebody else's referee
    claim(monitor, eve, nth(3), 0);
    CHECK(checked(monitor, ann, nth(1)).count == 0);  // two referees of ann
    claim(monitor, ann, nth(3), 5000);
    const auto expected = static_cast<FraudSignalKind>(
        static_cast<std::size_t>(FraudSignalKind::siblings_email) + kind);
    const FraudSignal signal = alone(checked(monitor, ann, nth(1)), expected);
    CHECK(signal.measured == 3);
    CHECK(signal.key == 9);
    CHECK(signal.limit == 3);
  }
}

TEST_CASE("fraud: related to a blocked customer") {
  FraudMonitor monitor;
  monitor.add(FraudKey{bob, IdentityKind::phone, 5, at(0)});
  monitor.add(FraudKey{cat, IdentityKind::phone, 5, at(0)});
  monitor.add(FraudKey{dan, IdentityKind::phone, 5, at(0)});
  CHECK(checked(monitor, ann, bob).count == 0);
  monitor.add(FraudBlock{dan, at(50), true});
  monitor.add(FraudBlock{cat, at(60), true});
  for (const FraudVerdict& verdict : {checked(monitor, ann, bob), checked(monitor, bob, ann)}) {
    const FraudSignal signal = alone(verdict, FraudSignalKind::blocked_identity);
    CHECK(signal.measured == 2);
    CHECK(signal.other == cat);
    CHECK(signal.time == at(60));
    CHECK(signal.key == 5);
  }

  FraudMonitor tree;
  claim(tree, ann, bob, 0);
  claim(tree, ann, cat, 5000);
  claim(tree, dan, ann, 9000);
  CHECK(checked(tree, ann, bob).count == 0);
  tree.add(FraudBlock{cat, at(1), true});
  CHECK(alone(checked(tree, ann, bob), FraudSignalKind::blocked_relative).other == no_customer);
  tree.add(FraudBlock{dan, at(1), true});
  const FraudSignal signal = alone(checked(tree, ann, bob), FraudSignalKind::blocked_relative);
  CHECK(signal.measured == 2);
  CHECK(signal.other == dan);
  tree.add(FraudBlock{cat, at(2), false});
  tree.add(FraudBlock{dan, at(2), false});
  CHECK(checked(tree, ann, bob).count == 0);
}

TEST_CASE("fraud: a day above the referrer's own p95 and p99") {
  // 200 days with one claim each: p95 = p99 = 1; then days of 2 and 3 claims.
  FraudMonitor monitor;
  std::uint32_t next = 1;
  for (std::int64_t d = 0; d < 200; ++d) claim(monitor, ann, nth(next++), d * day + 100);
  CHECK(checked(monitor, ann, nth(1)).count == 0);
  claim(monitor, ann, nth(next++), 50 * day + 50'000);
  CHECK(checked(monitor, ann, nth(next - 1)).count == 0);  // two are fewer than velocity_claims
  claim(monitor, ann, nth(next++), 50 * day + 80'000);
  FraudSignal signal = alone(checked(monitor, ann, nth(next - 1)), FraudSignalKind::velocity_p99);
  CHECK(signal.measured == 3);
  CHECK(signal.limit == 1);
  // Days 60 and 70 as well: 3 of 200 days, more than 1 %, so that p99 is 3 itself.
  for (const std::int64_t d : {60, 70}) {
    claim(monitor, ann, nth(next++), d * day + 50'000);
    claim(monitor, ann, nth(next++), d * day + 80'000);
  }
  signal = alone(checked(monitor, ann, nth(next - 1)), FraudSignalKind::velocity_p95);
  CHECK(signal.measured == 3);
  CHECK(signal.limit == 1);
  // Ten such days are 5 %: still above. Eleven are more, and nothing is out of the ordinary.
  for (std::int64_t d = 80; d < 87; ++d) {
    claim(monitor, ann, nth(next++), d * day + 50'000);
    claim(monitor, ann, nth(next++), d * day + 80'000);
  }
  CHECK(checked(monitor, ann, nth(next - 1)).count == 1);
  claim(monitor, ann, nth(next++), 90 * day + 50'000);
  claim(monitor, ann, nth(next++), 90 * day + 80'000);
  CHECK(checked(monitor, ann, nth(next - 1)).count == 0);
}

TEST_CASE("fraud: velocity waits for a rhythm of enough days") {
  for (const std::int64_t last : {18, 19}) {
    FraudMonitor monitor;
    claim(monitor, ann, nth(1), 0);
    for (std::uint32_t i = 2; i <= 4; ++i) claim(monitor, ann, nth(i), last * day + i * 20'000);
    CHECK(checked(monitor, ann, nth(4)).count == (last == 19 ? 1 : 0));
  }
}

TEST_CASE("fraud: bursts count what lies in the window that ends with the claim") {
  FraudMonitor monitor;
  for (std::uint32_t i = 0; i < 4; ++i) claim(monitor, ann, nth(i + 1), 200 * i);
  claim(monitor, ann, nth(5), 601);  // the first is 601 s away: only four in (1, 601]
  CHECK(checked(monitor, ann, nth(5)).count == 0);
  claim(monitor, ann, nth(6), 799);  // in (199, 799]: 200, 400, 600, 601, 799
  CHECK(alone(checked(monitor, ann, nth(6)), FraudSignalKind::burst).measured == 5);
  CHECK(checked(monitor, ann, nth(5)).count == 0);
}

TEST_CASE("fraud: a star of accounts that order once") {
  FraudOptions options;
  options.limits.star_accounts = 9;
  FraudMonitor monitor(options);
  std::uint32_t order = 0;
  for (std::uint32_t c = 1; c <= 9; ++c) {
    claim(monitor, ann, nth(c), 3 * day * c);
    CHECK(checked(monitor, ann, bob).count == 0);
    monitor.add(FraudOrder{Order{order++}, nth(c), at(3 * day * c), 1000});
  }
  CHECK(alone(checked(monitor, ann, bob), FraudSignalKind::one_order_star).measured == 9);
  claim(monitor, ann, nth(10), 40 * day);  // has ordered twice: 9 of 10 is just the share
  monitor.add(FraudOrder{Order{order++}, nth(10), at(0), 1000});
  monitor.add(FraudOrder{Order{order++}, nth(10), at(0), 1000});
  CHECK(checked(monitor, ann, bob).count == 1);
  monitor.add(FraudOrder{Order{order++}, nth(9), at(0), 1000});  // 8 of 10
  CHECK(checked(monitor, ann, bob).count == 0);
}

TEST_CASE("fraud: an order just above the threshold") {
  const FraudMonitor monitor;
  CHECK(checked(monitor, ann, bob, 0, 4999, 5000).count == 0);
  CHECK(
      alone(checked(monitor, ann, bob, 0, 5000, 5000), FraudSignalKind::near_threshold).measured ==
      0);
  CHECK(checked(monitor, ann, bob, 0, 5100, 5000).count == 1);
  CHECK(checked(monitor, ann, bob, 0, 5101, 5000).count == 0);
  CHECK(checked(monitor, ann, bob, 0, 0, 0).count == 0);
}

TEST_CASE("fraud: refunds of the referees' orders") {
  FraudMonitor monitor;
  claim(monitor, ann, bob, 0);
  for (std::uint32_t i = 0; i < 4; ++i) monitor.add(FraudOrder{Order{i}, bob, at(0), 1000});
  for (std::uint32_t i = 0; i < 2; ++i) monitor.add(FraudRefund{Order{i}, 1000});
  CHECK(checked(monitor, ann, bob).count == 0);  // half, of four orders
  monitor.add(FraudOrder{Order{4}, bob, at(0), 1000});
  monitor.add(FraudRefund{Order{2}, 499});
  CHECK(checked(monitor, ann, bob).count == 0);  // 49.98 %
  CHECK(monitor.add(FraudRefund{Order{2}, 498}) == FraudFact::known);
  CHECK(monitor.add(FraudRefund{Order{2}, 500}) == FraudFact::recorded);
  CHECK(alone(checked(monitor, ann, bob), FraudSignalKind::refund_rate).measured == 5000);
  CHECK(monitor.add(FraudRefund{Order{9}, 5000}) == FraudFact::recorded);  // before its order
  monitor.add(FraudOrder{Order{9}, bob, at(0), 100});                      // counts as 100
  CHECK(alone(checked(monitor, ann, bob), FraudSignalKind::refund_rate).measured == 5098);
}

TEST_CASE("fraud: one coupon by several customers with a key in common") {
  FraudMonitor monitor;
  for (std::size_t c = 1; c <= 3; ++c) {
    monitor.add(FraudKey{nth(c), IdentityKind::address, 3, at(0)});
    if (c < 3) monitor.add(FraudCoupon{nth(c), 77, at(static_cast<std::int64_t>(c))});
  }
  monitor.add(FraudCoupon{nth(3), 78, at(3)});
  CHECK(checked(monitor, ann, bob).count == 0);
  monitor.add(FraudCoupon{nth(3), 77, at(3)});
  const FraudSignal signal = alone(checked(monitor, ann, bob), FraudSignalKind::coupon_cycling);
  CHECK(signal.measured == 3);
  CHECK(signal.key == 3);
  CHECK(signal.time == at(1));
}

TEST_CASE("fraud: rewards out of proportion to what referees keep") {
  FraudMonitor monitor;
  claim(monitor, ann, bob, 0);
  monitor.add(FraudOrder{Order{0}, bob, at(0), 40'000});
  monitor.add(FraudReward{1, ann, at(0), 11'999});
  CHECK(checked(monitor, ann, bob).count == 0);  // 29.99 %
  monitor.add(FraudReward{2, ann, at(0), 1});
  CHECK(alone(checked(monitor, ann, bob), FraudSignalKind::reward_ratio).measured == 3000);
  CHECK(monitor.add(FraudReward{2, ann, at(0), 2}) == FraudFact::conflict);
  CHECK(monitor.add(FraudReward{2, ann, at(0), 1}) == FraudFact::known);
  monitor.add(FraudReward{3, ann, at(9), -1});
  CHECK(checked(monitor, ann, bob).count == 0);
  FraudMonitor without;
  without.add(FraudReward{1, ann, at(0), 9'999});
  CHECK(checked(without, ann, bob).count == 0);
  without.add(FraudReward{2, ann, at(0), 1});
  CHECK(alone(checked(without, ann, bob), FraudSignalKind::reward_ratio).measured == 1'000'000'000);
}

TEST_CASE("fraud: facts that cannot be") {
  FraudMonitor monitor;
  CHECK(monitor.add(FraudSignUp{no_customer, at(0)}) == FraudFact::invalid);
  CHECK(monitor.add(FraudSignUp{ann, Time::max()}) == FraudFact::invalid);
  CHECK(monitor.add(FraudKey{ann, static_cast<IdentityKind>(5), 1, at(0)}) == FraudFact::invalid);
  CHECK(monitor.add(FraudClaim{ann, no_customer, at(0)}) == FraudFact::invalid);
  CHECK(monitor.add(FraudOrder{Order{0}, ann, at(0), -1}) == FraudFact::invalid);
  CHECK(monitor.add(FraudOrder{Order{0}, ann, at(0), (1LL << 53) + 1}) == FraudFact::invalid);
  CHECK(monitor.add(FraudRefund{Order{0}, -1}) == FraudFact::invalid);
  CHECK(monitor.add(FraudReward{0, ann, Time::min(), 1}) == FraudFact::invalid);
  CHECK(monitor.customers() == 0);
  CHECK(monitor.add(FraudOrder{Order{0}, ann, at(0), 5}) == FraudFact::recorded);
  CHECK(monitor.add(FraudOrder{Order{0}, ann, at(0), 5}) == FraudFact::known);
  CHECK(monitor.add(FraudOrder{Order{0}, bob, at(0), 5}) == FraudFact::conflict);
  CHECK_THROWS_AS(FraudMonitor({.limits = {.longest_ring = 1}}), Exception);
  CHECK_THROWS_AS(FraudMonitor({.policy = {.review_from = 5, .block_from = 5}}), Exception);
}

TEST_CASE("fraud: rules, switched off signals and thresholds") {
  FraudOptions options;
  FraudMonitor monitor(options);
  monitor.add(FraudKey{ann, IdentityKind::payment, 1, at(0)});
  monitor.add(FraudKey{bob, IdentityKind::payment, 1, at(0)});
  FraudVerdict verdict = checked(monitor, ann, bob);
  CHECK(verdict.score == 1000);
  CHECK(verdict.decision == FraudDecision::review);
  CHECK(verdict.mask() == 1U << static_cast<unsigned>(FraudSignalKind::shared_payment));
  FraudPolicy policy;
  policy.block_from = 1000;
  monitor.set_policy(policy);
  CHECK(checked(monitor, ann, bob).decision == FraudDecision::block);
  policy.review_from = 1001;
  policy.block_from = 1002;
  monitor.set_policy(policy);
  CHECK(checked(monitor, ann, bob).decision == FraudDecision::approve);
  const auto payment = static_cast<std::size_t>(FraudSignalKind::shared_payment);
  policy.rules[payment] = FraudRule::review;
  monitor.set_policy(policy);
  verdict = checked(monitor, ann, bob);
  CHECK(verdict.decision == FraudDecision::review);
  CHECK(verdict.by_rule);
  CHECK(verdict.score == -4000);
  policy.rules[payment] = FraudRule::off;
  monitor.set_policy(policy);
  CHECK(checked(monitor, ann, bob).count == 0);
}

TEST_CASE("fraud: a verdict in words") {
  FraudMonitor monitor;
  monitor.add(FraudSignUp{ann, at(61)});
  monitor.add(FraudSignUp{bob, at(0)});
  monitor.add(FraudKey{ann, IdentityKind::payment, 123'456'789, at(0)});
  monitor.add(FraudKey{bob, IdentityKind::payment, 123'456'789, at(0)});
  CHECK(explain(checked(monitor, ann, bob), ann, bob) ==
        "block, log-odds +3.80 (97.8 %)\n"
        "  -4.00  before any signal\n"
        "  +2.80  customer 1 signed up 61 seconds before customer 0, who is said to have brought "
        "it\n"
        "  +5.00  customers 0 and 1 have one means of payment in common, held by 2 customers\n");
}

TEST_CASE("fraud: bytes that were changed are refused or harmless") {
  FraudMonitor monitor;
  claim(monitor, ann, bob, 0);
  monitor.add(FraudKey{ann, IdentityKind::payment, 1, at(0)});
  monitor.add(FraudOrder{Order{2}, bob, at(0), 500});
  monitor.add(FraudCoupon{bob, 4, at(0)});
  monitor.add(FraudReward{8, ann, at(0), 50});
  monitor.add(FraudBlock{cat, at(0), true});
  const std::vector<std::byte> bytes = monitor.save();
  REQUIRE(FraudMonitor::load(bytes));
  CHECK(FraudMonitor::load(bytes)->save() == bytes);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::vector<std::byte> changed = bytes;
    changed[i] ^= std::byte{0x41};
    CHECK_FALSE(FraudMonitor::load(changed));
    CHECK_FALSE(FraudMonitor::load(std::span(bytes).first(i)));
  }
}
