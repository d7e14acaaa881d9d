// What a programme does with facts that come late, twice, too early, or out of range.

#include <limits>
#include <vector>

#include "emptor/hub/referral_programme.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

const Currency eur("EUR");
constexpr Customer ann{0};
constexpr Customer bob{1};
constexpr Customer cleo{2};
constexpr Customer dan{3};

Time day(int days) {
  return Time{std::chrono::days{20'000 + days}};
}

RewardRule level_rule(std::string id, std::int64_t level, std::int64_t basis_points) {
  RewardRule rule;
  rule.id = std::move(id);
  rule.beneficiary.level = level;
  rule.amount = share_reward(basis_points);
  return rule;
}

RewardPlanDraft two_levels() {
  RewardPlanDraft draft;
  draft.id = "refer-a-friend";
  draft.currency = eur;
  draft.rules = {level_rule("direct", 1, 1'000), level_rule("indirect", 2, 500)};
  return draft;
}

ReferralProgrammeOptions terms() {
  ReferralProgrammeOptions options;
  options.terms.programme = Programme{1};
  options.terms.campaigns = {{.campaign = Campaign{0}, .name = "spring"}};
  options.payout.clawback = RewardClawback::unlimited;
  return options;
}

ReferralProgramme make(ReferralProgrammeOptions options = terms(),
                       const RewardPlanDraft& draft = two_levels(), std::int64_t budget = 100'000) {
  ReferralProgramme programme(std::move(options), RewardPlan(draft));
  REQUIRE(programme.fund({budget, eur}, day(0), transfer_id({1})) == TransferRefusal::none);
  return programme;
}

ReferralTouch click(std::uint64_t id, Customer referrer, Customer customer, Time time) {
  ReferralTouch touch;
  touch.id = id;
  touch.time = time;
  touch.referrer = referrer;
  touch.customer = customer;
  touch.campaign = Campaign{0};
  return touch;
}

RewardOccasion order(std::uint64_t id, Customer customer, std::int64_t amount, Time time) {
  RewardOccasion occasion;
  occasion.event = id;
  occasion.customer = customer;
  occasion.time = time;
  occasion.gross = occasion.net = occasion.margin = amount;
  return occasion;
}

RewardAdjustment left(std::uint64_t event, std::uint32_t revision, std::int64_t amount, Time time) {
  RewardAdjustment out;
  out.event = event;
  out.revision = revision;
  out.gross = out.net = out.margin = amount;
  out.time = time;
  return out;
}

// ann brings bob, bob brings cleo.
void sign_up_three(ReferralProgramme& programme) {
  REQUIRE(programme.sign_up(ann, day(0)).accepted());
  REQUIRE(programme.touch(click(1, ann, bob, day(1))).accepted());
  REQUIRE(programme.sign_up(bob, day(2)).accepted());
  REQUIRE(programme.touch(click(2, bob, cleo, day(3))).accepted());
  REQUIRE(programme.sign_up(cleo, day(4)).accepted());
}

std::int64_t available(const ReferralProgramme& programme, Customer customer) {
  return programme.payout().balance(customer, eur).available;
}

}  // namespace

TEST_CASE("programme: a refund that comes before its order voids the referral as one after it") {
  ReferralProgramme early = make();
  ReferralProgramme late = make();
  sign_up_three(early);
  sign_up_three(late);
  CHECK(early.correct(left(10, 2, 0, day(6))).status == RewardStatus::parked);
  CHECK(early.correct(left(10, 1, 900, day(6))).status == RewardStatus::parked);
  const std::vector<std::byte> parked = early.save();
  Result<ReferralProgramme> loaded = ReferralProgramme::load(parked);
  REQUIRE(loaded.has_value());
  CHECK(loaded->save() == parked);
  CHECK(early.correct(left(10, 2, 0, day(6))).status == RewardStatus::repeated);
  CHECK(early.save() == parked);
  const ClaimId claim = early.order(order(10, cleo, 12'000, day(5))).claim;
  (void)loaded->order(order(10, cleo, 12'000, day(5)));
  CHECK(loaded->save() == early.save());
  (void)late.order(order(10, cleo, 12'000, day(5)));
  CHECK(late.correct(left(10, 2, 0, day(6))).status == RewardStatus::decided);
  for (ReferralProgramme* each : {&early, &late}) {
    each->advance(day(9));
    CHECK(each->attribution().claim(claim).state == ClaimState::voided);
    CHECK(each->forest().parent(cleo) == no_customer);
    CHECK(available(*each, bob) == 0);
  }
}

TEST_CASE("programme: a refund of part of an order before it leaves the referral") {
  ReferralProgramme programme = make();
  sign_up_three(programme);
  (void)programme.correct(left(10, 1, 6'000, day(6)));
  const ClaimId claim = programme.order(order(10, cleo, 12'000, day(5))).claim;
  programme.advance(day(9));
  CHECK(programme.attribution().claim(claim).state == ClaimState::settled);
  CHECK(available(programme, bob) == 600);
}

TEST_CASE("programme: an order that is out of range leaves no trace") {
  ReferralProgramme programme = make();
  sign_up_three(programme);
  const std::vector<std::byte> before = programme.save();
  RewardOccasion wrong = order(10, cleo, 12'000, day(5));
  wrong.gross = std::numeric_limits<std::int64_t>::max();
  CHECK(programme.order(wrong).status == RewardStatus::invalid);
  wrong.gross = std::numeric_limits<std::int64_t>::min();
  CHECK(programme.order(wrong).status == RewardStatus::invalid);
  wrong = order(10, cleo, 12'000, Time::max());
  CHECK(programme.order(wrong).status == RewardStatus::invalid);
  wrong = order(10, cleo, 12'000, Time::min());
  CHECK(programme.order(wrong).status == RewardStatus::invalid);
  wrong = order(10, cleo, 12'000, day(5));
  wrong.ordinal = 0;
  CHECK(programme.order(wrong).status == RewardStatus::invalid);
  wrong = order(10, no_customer, 12'000, day(5));
  CHECK(programme.order(wrong).status == RewardStatus::invalid);
  CHECK(programme.save() == before);
}

TEST_CASE("programme: the refund of a further order leaves the referral") {
  ReferralProgramme programme = make();
  sign_up_three(programme);
  const ClaimId claim = programme.order(order(10, cleo, 12'000, day(5))).claim;
  programme.advance(day(5));
  (void)programme.order(order(11, cleo, 5'000, day(7)));
  CHECK(available(programme, bob) == 1'700);
  (void)programme.correct(left(11, 1, 0, day(8)));
  CHECK(programme.attribution().claim(claim).state == ClaimState::settled);
  CHECK(available(programme, bob) == 1'200);
  (void)programme.correct(left(10, 1, 0, day(8)));
  CHECK(programme.attribution().claim(claim).state == ClaimState::voided);
  CHECK(available(programme, bob) == 0);
}

TEST_CASE("programme: what comes back to the budget pays what waited for it") {
  ReferralProgramme programme = make(terms(), two_levels(), 1'800);
  sign_up_three(programme);
  (void)programme.order(order(10, cleo, 12'000, day(5)));  // 1'200 to bob, 600 to ann
  (void)programme.order(order(11, bob, 3'000, day(6)));    // 300 to ann: not there
  programme.advance(day(6));
  CHECK(available(programme, ann) == 600);
  const std::vector<std::byte> waits = programme.save();
  programme.advance(day(6));
  CHECK(programme.save() == waits);
  (void)programme.correct(left(10, 1, 6'000, day(7)));
  programme.advance(day(7));
  CHECK(available(programme, bob) == 600);
  CHECK(available(programme, ann) == 600);
  CHECK_FALSE(programme.payout().of_event(11).front().unpaid);
}

TEST_CASE("programme: a side that was rejected does not keep a referral from being settled") {
  ReferralProgrammeOptions options = terms();
  options.terms.referee_side = SideModeration::reviewed;
  RewardPlanDraft draft = two_levels();
  RewardRule welcome;
  welcome.id = "welcome";
  welcome.beneficiary.party = RewardParty::referee;
  welcome.amount = fixed_reward(300);
  draft.rules.push_back(welcome);
  ReferralProgramme programme = make(options, draft);
  sign_up_three(programme);
  const ClaimId claim = programme.order(order(10, bob, 10'000, day(5))).claim;
  REQUIRE(
      programme.reject(claim, ClaimSide::referee, ClaimReason::not_eligible, day(6)).accepted());
  programme.advance(day(7));
  CHECK(available(programme, ann) == 1'000);
  CHECK(available(programme, bob) == 0);
  CHECK(programme.attribution().claim(claim).state == ClaimState::settled);
}

TEST_CASE("programme: who was held back until an event may lose a reward by waiting after it") {
  RewardPlanDraft draft = two_levels();
  draft.rules[0].hold.until = RewardEventKind::delivery;
  draft.rules[0].expires_after = std::chrono::days{30};
  ReferralProgramme programme = make(terms(), draft);
  sign_up_three(programme);
  (void)programme.order(order(10, bob, 10'000, day(5)));
  programme.advance(day(90));
  CHECK(programme.payout().balance(ann, eur).held == 1'000);
  programme.happened(10, RewardEventKind::delivery, day(91));
  CHECK(available(programme, ann) == 1'000);
  Result<ReferralProgramme> loaded = ReferralProgramme::load(programme.save());
  REQUIRE(loaded.has_value());
  for (ReferralProgramme* each : {&programme, &*loaded}) {
    each->advance(day(120));
    CHECK(available(*each, ann) == 1'000);
    each->advance(day(121));
    CHECK(available(*each, ann) == 0);
  }
}

TEST_CASE("programme: no level is paid over a referral that has ended") {
  ReferralProgrammeOptions options = terms();
  options.terms.valid_for = std::chrono::days{100};
  ReferralProgramme programme = make(options);
  sign_up_three(programme);
  REQUIRE(programme.touch(click(3, cleo, dan, day(80))).accepted());
  REQUIRE(programme.sign_up(dan, day(81)).accepted());
  (void)programme.order(order(10, dan, 10'000, day(90)));
  programme.advance(day(90));
  CHECK(available(programme, cleo) == 1'000);
  CHECK(available(programme, bob) == 500);
  (void)programme.order(order(11, dan, 10'000, day(110)));  // bob had cleo up to day 103
  CHECK(programme.order(order(12, cleo, 10'000, day(110))).claim == no_claim);
  programme.advance(day(110));
  CHECK(available(programme, cleo) == 2'000);
  CHECK(available(programme, bob) == 500);
}

TEST_CASE("programme: a customer who changed hands is the new referrer's one level up, too") {
  ReferralProgrammeOptions options = terms();
  options.terms.rule = AttributionRule::last;
  options.terms.claim_after_sign_up = for_ever;
  ReferralProgramme programme = make(options);
  sign_up_three(programme);
  REQUIRE(programme.sign_up(dan, day(4)).accepted());
  ReferralTouch taken = click(3, dan, bob, day(6));
  taken.kind = TouchKind::claim;
  REQUIRE(programme.touch(taken).accepted());
  (void)programme.order(order(10, cleo, 10'000, day(7)));
  programme.advance(day(7));
  CHECK(available(programme, bob) == 1'000);
  CHECK(available(programme, dan) == 500);
  CHECK(available(programme, ann) == 0);
}

TEST_CASE("programme: referrals by visitors are seen by the fraud monitor") {
  ReferralProgramme programme = make();
  ReferralTouch touch = click(1, ann, no_customer, day(1));
  touch.visitor = Visitor{77};
  REQUIRE(programme.touch(touch).accepted());
  REQUIRE(programme.sign_up(bob, day(2), Visitor{77}).accepted());
  REQUIRE(programme.fraud().claims() == 1);
  CHECK(programme.fraud().claim(0) == FraudClaim{ann, bob, day(1)});
}

TEST_CASE("programme: a referral in review says so, and is approved by the answer") {
  ReferralProgrammeOptions options = terms();
  options.fraud.policy.review_from = -100'000;  // everything is looked at
  ReferralProgramme programme = make(options);
  sign_up_three(programme);
  const ClaimId claim = programme.order(order(10, cleo, 12'000, day(5))).claim;
  programme.advance(day(6));
  CHECK(programme.attribution().claim(claim).state == ClaimState::in_review);
  REQUIRE(programme.answer(10, ReviewAnswer::approve, 7, day(6)) == ReviewOutcome::done);
  programme.advance(day(6));
  CHECK(programme.attribution().claim(claim).state == ClaimState::settled);
  CHECK(available(programme, bob) == 1'200);
}

TEST_CASE("programme: a review of what was refunded meanwhile ends with nothing") {
  for (const ReviewAnswer answer : {ReviewAnswer::approve, ReviewAnswer::reject}) {
    ReferralProgrammeOptions options = terms();
    options.fraud.policy.review_from = -100'000;
    ReferralProgramme programme = make(options);
    sign_up_three(programme);
    const ClaimId claim = programme.order(order(10, cleo, 12'000, day(5))).claim;
    (void)programme.correct(left(10, 1, 0, day(6)));
    CHECK(programme.attribution().claim(claim).state == ClaimState::voided);
    REQUIRE(programme.answer(10, answer, 7, day(6)) == ReviewOutcome::done);
    programme.advance(day(30));
    CHECK(programme.payout().balance(bob, eur) == WalletBalance{0, 0, 0});
    CHECK(programme.attribution().claim(claim).state == ClaimState::voided);
  }
}

TEST_CASE("programme: a plan whose gifts cannot be counted is refused before anything is paid") {
  RewardPlanDraft draft = two_levels();
  RewardRule gift;
  gift.id = "mug";
  gift.kind = RewardKind::gift;
  gift.gift = Item{0xf0000000U};
  gift.amount = fixed_reward(1);
  draft.rules.push_back(gift);
  CHECK_THROWS_AS(ReferralProgramme(terms(), RewardPlan(draft)), Exception);
  ReferralProgramme programme = make();
  draft.version = 2;
  const Result<void> refused = programme.activate(RewardPlan(draft));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find("gift") != std::string::npos);
}

TEST_CASE("programme: the end of time is a time") {
  RewardPlanDraft draft = two_levels();
  draft.rules[0].expires_after = std::chrono::days{30};
  ReferralProgramme programme = make(terms(), draft);
  sign_up_three(programme);
  const ClaimId claim = programme.order(order(10, cleo, 12'000, day(5))).claim;
  programme.advance(day(6));
  CHECK(available(programme, bob) == 1'200);
  programme.advance(Time::max());
  CHECK(available(programme, bob) == 0);
  CHECK(available(programme, ann) == 600);
  (void)programme.void_claim(claim, ClaimReason::fraud, Time::max());
  CHECK(available(programme, ann) == 0);
}
