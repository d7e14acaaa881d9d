#include "emptor/hub/referral_programme.hpp"

#include <vector>

#include "emptor/hub/merge_hub.hpp"
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

RewardPlan two_levels() {
  RewardPlanDraft draft;
  draft.id = "refer-a-friend";
  draft.currency = eur;
  draft.rules = {level_rule("direct", 1, 1'000), level_rule("indirect", 2, 500)};
  RewardRule welcome;
  welcome.id = "welcome";
  welcome.beneficiary.party = RewardParty::referee;
  welcome.amount = fixed_reward(300);
  welcome.trigger.last = 1;
  welcome.trigger.campaigns = {Campaign{0}};
  draft.rules.push_back(welcome);
  return RewardPlan(draft);
}

ReferralProgrammeOptions terms() {
  ReferralProgrammeOptions options;
  options.terms.programme = Programme{1};
  options.terms.campaigns = {{.campaign = Campaign{0}, .name = "spring"}};
  options.payout.clawback = RewardClawback::unlimited;
  return options;
}

ReferralProgramme make(ReferralProgrammeOptions options = terms()) {
  ReferralProgramme programme(std::move(options), two_levels());
  REQUIRE(programme.fund({1'000'000, eur}, day(0), transfer_id({1})) == TransferRefusal::none);
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

RewardOccasion order(std::uint64_t id, Customer customer, std::int64_t amount, Time time,
                     std::uint32_t ordinal = 1) {
  RewardOccasion occasion;
  occasion.event = id;
  occasion.customer = customer;
  occasion.time = time;
  occasion.gross = occasion.net = occasion.margin = amount;
  occasion.ordinal = ordinal;
  return occasion;
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

TEST_CASE("programme: an order pays the upline and welcomes the referee") {
  ReferralProgramme programme = make();
  sign_up_three(programme);
  const ProgrammeOutcome outcome = programme.order(order(10, cleo, 12'000, day(5)));
  REQUIRE(outcome.status == RewardStatus::decided);
  CHECK(outcome.fraud == FraudDecision::approve);
  CHECK(outcome.claim != no_claim);
  CHECK(outcome.decisions.size() == 3);
  programme.advance(day(5));
  CHECK(available(programme, bob) == 1'200);
  CHECK(available(programme, ann) == 600);
  CHECK(available(programme, cleo) == 300);
  CHECK(programme.attribution().claim(outcome.claim).state == ClaimState::settled);
  CHECK(programme.forest().parent(cleo) == bob);
}

TEST_CASE("programme: the same order again changes nothing, another one under its id is refused") {
  ReferralProgramme programme = make();
  sign_up_three(programme);
  (void)programme.order(order(10, cleo, 12'000, day(5)));
  programme.advance(day(5));
  const std::vector<std::byte> before = programme.save();
  CHECK(programme.order(order(10, cleo, 12'000, day(5))).status == RewardStatus::repeated);
  CHECK(programme.order(order(10, cleo, 13'000, day(5))).status == RewardStatus::conflict);
  CHECK(programme.order(order(10, ann, 12'000, day(5))).status == RewardStatus::conflict);
  CHECK(programme.save() == before);
}

TEST_CASE("programme: refunds give back to the cent, and a full one voids the referral") {
  ReferralProgramme programme = make();
  sign_up_three(programme);
  const ProgrammeOutcome outcome = programme.order(order(10, cleo, 9'999, day(5)));
  programme.advance(day(5));
  for (std::uint32_t revision = 1; const std::int64_t left : {6'667, 3'331, 0}) {
    RewardAdjustment refund;
    refund.event = 10;
    refund.revision = revision++;
    refund.gross = refund.net = refund.margin = left;
    refund.time = day(6);
    CHECK(programme.correct(refund).status == RewardStatus::decided);
  }
  CHECK(available(programme, ann) == 0);
  CHECK(available(programme, bob) == 0);
  CHECK(programme.attribution().claim(outcome.claim).state == ClaimState::voided);
  CHECK(programme.forest().parent(cleo) == no_customer);
  CHECK(programme.order(order(11, cleo, 5'000, day(7), 2)).decisions.empty());
}

TEST_CASE("programme: a reviewed side waits for its approval") {
  ReferralProgrammeOptions options = terms();
  options.terms.referrer_side = SideModeration::reviewed;
  ReferralProgramme programme = make(options);
  sign_up_three(programme);
  const ProgrammeOutcome outcome = programme.order(order(10, bob, 10'000, day(5)));
  const ClaimId claim = outcome.claim;
  CHECK(available(programme, ann) == 0);
  CHECK(programme.payout().balance(ann, eur).held == 1'000);
  REQUIRE(programme.approve(claim, ClaimSide::referrer, day(6)).accepted());
  programme.advance(day(6));
  CHECK(available(programme, ann) == 1'000);
  CHECK(programme.payout().balance(ann, eur).held == 0);
}

TEST_CASE("programme: a rejected side gets nothing, the other one does") {
  ReferralProgrammeOptions options = terms();
  options.terms.referrer_side = SideModeration::reviewed;
  ReferralProgramme programme = make(options);
  sign_up_three(programme);
  const ClaimId claim = programme.order(order(10, bob, 10'000, day(5))).claim;
  REQUIRE(
      programme.reject(claim, ClaimSide::referrer, ClaimReason::not_eligible, day(6)).accepted());
  programme.advance(day(7));
  CHECK(programme.payout().balance(ann, eur) == WalletBalance{0, 0, 0});
  CHECK(available(programme, bob) == 300);
}

TEST_CASE("programme: a ring is refused when it would close") {
  ReferralProgrammeOptions options = terms();
  options.terms.claim_after_sign_up = for_ever;
  ReferralProgramme programme = make(options);
  sign_up_three(programme);
  ReferralTouch claim = click(3, cleo, ann, day(6));
  claim.kind = TouchKind::claim;
  REQUIRE(programme.touch(claim).accepted());
  const ProgrammeOutcome outcome = programme.order(order(12, ann, 5'000, day(7)));
  CHECK(outcome.claim == no_claim);
  CHECK(programme.forest().parent(ann) == no_customer);
  CHECK(available(programme, cleo) == 0);
}

TEST_CASE("programme: fraud that is certain voids the referral before anything is paid") {
  ReferralProgramme programme = make();
  sign_up_three(programme);
  CHECK(programme.block({bob, day(4), true}) == FraudFact::recorded);
  const ProgrammeOutcome outcome = programme.order(order(10, cleo, 12'000, day(5)));
  CHECK(outcome.fraud == FraudDecision::block);
  CHECK(outcome.claim == no_claim);
  CHECK(outcome.decisions.empty());
  CHECK(programme.forest().parent(cleo) == no_customer);
}

TEST_CASE("programme: what needs a review waits, and its answer or deadline decides") {
  for (const int answer : {0, 1, 2}) {
    ReferralProgrammeOptions options = terms();
    options.fraud.policy.review_from = -100'000;  // everything is looked at
    ReferralProgramme programme = make(options);
    sign_up_three(programme);
    const ProgrammeOutcome outcome = programme.order(order(10, cleo, 12'000, day(5)));
    REQUIRE(outcome.fraud == FraudDecision::review);
    programme.advance(day(6));
    CHECK(available(programme, bob) == 0);
    CHECK(programme.payout().balance(bob, eur).held == 1'200);
    CHECK(programme.reviews().waiting() == 1);
    if (answer == 0) {
      CHECK(programme.answer(10, ReviewAnswer::approve, 7, day(6)) == ReviewOutcome::done);
      CHECK(available(programme, bob) == 1'200);
    } else if (answer == 1) {
      CHECK(programme.answer(10, ReviewAnswer::reject, 7, day(6)) == ReviewOutcome::done);
      CHECK(programme.payout().balance(bob, eur) == WalletBalance{0, 0, 0});
      CHECK(programme.attribution().claim(outcome.claim).state == ClaimState::voided);
    } else {
      programme.advance(day(30));
      CHECK(programme.payout().balance(bob, eur) == WalletBalance{0, 0, 0});
    }
  }
}

TEST_CASE("programme: merged customers: a self-referral goes back, and comes again when undone") {
  ReferralProgramme programme = make();
  MergeHub hub;
  hub.add("programme", programme);
  sign_up_three(programme);
  (void)programme.order(order(10, cleo, 12'000, day(5)));
  programme.advance(day(5));
  const MergeId merge = hub.merge(bob, cleo, day(8), "same phone").event.id;
  CHECK(available(programme, bob) == 300);  // cleo's welcome; the commission was a self-referral's
  CHECK(available(programme, ann) == 600);
  CHECK(programme.forest().parent(cleo) == ann);
  // An order of the one customer now pays ann as level 1.
  (void)programme.order(order(11, cleo, 10'000, day(9), 2));
  programme.advance(day(9));
  CHECK(available(programme, ann) == 1'600);
  REQUIRE(hub.unmerge(merge, day(10), "two after all").has_value());
  CHECK(available(programme, bob) == 1'200);
  CHECK(available(programme, cleo) == 300);
  CHECK(programme.forest().parent(cleo) == bob);
}

TEST_CASE("programme: what was saved goes on as if nothing had happened") {
  ReferralProgramme programme = make();
  MergeHub hub;
  hub.add("programme", programme);
  sign_up_three(programme);
  (void)programme.order(order(10, cleo, 12'000, day(5)));
  hub.merge(ann, dan, day(6), "same e-mail");
  const std::vector<std::byte> bytes = programme.save();
  Result<ReferralProgramme> loaded = ReferralProgramme::load(bytes);
  REQUIRE(loaded.has_value());
  MergeHub again;
  REQUIRE(again.follow(hub.log()) == 1);
  again.add("programme", *loaded);
  CHECK(loaded->save() == bytes);
  for (ReferralProgramme* each : {&programme, &*loaded}) {
    (void)each->order(order(11, bob, 7'777, day(9)));
    each->advance(day(9));
  }
  CHECK(loaded->save() == programme.save());
  CHECK(available(*loaded, ann) == 600 + 778);
  for (std::size_t cut = 0; cut < bytes.size(); cut += 13) {
    CHECK_FALSE(ReferralProgramme::load(std::span(bytes).first(cut)).has_value());
  }
}

TEST_CASE("programme: a duplicate of every fact leaves the same bytes") {
  ReferralProgramme once = make();
  ReferralProgramme twice = make();
  for (int i = 0; i < 2; ++i) sign_up_three(twice);
  sign_up_three(once);
  (void)once.order(order(10, cleo, 12'000, day(5)));
  for (int i = 0; i < 2; ++i) (void)twice.order(order(10, cleo, 12'000, day(5)));
  once.advance(day(5));
  for (int i = 0; i < 2; ++i) twice.advance(day(5));
  CHECK(once.save() == twice.save());
}

TEST_CASE("programme: options are checked") {
  ReferralProgrammeOptions options = terms();
  options.review_patience = std::chrono::seconds{0};
  CHECK_THROWS_AS(ReferralProgramme(options, two_levels()), Exception);
  options = terms();
  options.payout.clawback_window = std::chrono::seconds{-5};
  CHECK_THROWS_AS(ReferralProgramme(options, two_levels()), Exception);
}

TEST_CASE("programme: the outbox tells everyone once") {
  ReferralProgramme programme = make();
  sign_up_three(programme);
  (void)programme.order(order(10, cleo, 12'000, day(5)));
  programme.advance(day(5));
  std::size_t granted = 0;
  std::size_t posted = 0;
  for (const OutboxRecord& record : programme.outbox().records()) {
    granted += record.kind == OutboxKind::reward_granted ? 1 : 0;
    posted += record.kind == OutboxKind::reward_posted ? 1 : 0;
  }
  CHECK(granted == 3);
  CHECK(posted == 3);
  REQUIRE(programme.acknowledge("mailer", programme.outbox().records().size()).has_value());
  CHECK(programme.outbox().unread("mailer", 10).empty());
}
