// Who wins the race for a customer, rule by rule, and what is written down of it.

#include "emptor/referral/attribution.hpp"

#include "support/catch.hpp"

namespace {

using namespace emptor;
using namespace std::chrono_literals;

constexpr auto day = std::chrono::days{1};
const Time start{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
constexpr Customer ann{1};
constexpr Customer ben{2};
constexpr Customer cat{3};
constexpr Customer zoe{9};
constexpr Visitor cookie{4};

Time on(int days) {
  return start + days * day;
}

ReferralTouch claim_of(std::uint64_t id, Customer referrer, int days,
                       ReferralMethod method = ReferralMethod::code) {
  return {.id = id,
          .time = on(days),
          .referrer = referrer,
          .customer = zoe,
          .method = method,
          .kind = TouchKind::claim};
}
ReferralTouch click_of(std::uint64_t id, Customer referrer, int days) {
  ReferralTouch touch = claim_of(id, referrer, days, ReferralMethod::link);
  touch.customer = no_customer;
  touch.visitor = cookie;
  touch.kind = TouchKind::click;
  return touch;
}

std::vector<ClaimState> states_of(const AttributionBook& book, ClaimId claim) {
  std::vector<ClaimState> out;
  for (const ClaimTransition& line : book.log()) {
    if (line.claim == claim) out.push_back(line.to);
  }
  return out;
}

}  // namespace

TEST_CASE("a click becomes a customer, a conversion, an approval and a settlement") {
  using enum ClaimState;
  AttributionBook book({.programme = Programme{5}, .qualification = {.hold = 7 * day}});
  CHECK(book.touch(click_of(10, ann, 0)).state == clicked);
  CHECK(book.attribution_of(cookie, on(1)).referrer == ann);
  CHECK(book.register_customer(zoe, on(2), cookie).state == registered);
  CHECK(book.registered(zoe) == on(2));
  CHECK(book.qualify(zoe, on(3)).state == qualified);
  CHECK(book.advance(on(9)) == 0);
  CHECK(book.advance(on(10)) == 1);
  const ReferralAttribution edge = book.attribution_of(zoe, on(3));
  CHECK(edge.claim == ClaimId{0});
  CHECK(edge.referee == zoe);
  CHECK(edge.referrer == ann);
  CHECK(edge.programme == Programme{5});
  CHECK(edge.method == ReferralMethod::link);
  CHECK(edge.time == on(0));
  CHECK(edge.touch == 10);
  CHECK(edge.state == approved);
  CHECK(edge.referrer_side);
  CHECK(edge.referee_side);
  CHECK(book.edge_of(ClaimId{0}) == edge);
  CHECK(book.settle(ClaimId{0}, on(11)).state == settled);
  CHECK(states_of(book, ClaimId{0}) ==
        std::vector{clicked, claimed, registered, qualified, approved, settled});
  CHECK(book.log()[4].time == on(10));
  CHECK(book.log()[4].cause == ClaimCause::time);
  CHECK(book.claims_of(zoe) == std::vector{ClaimId{0}});
  CHECK(book.claim_of_touch(10) == ClaimId{0});
  CHECK(book.claim_of_touch(11) == no_claim);
  CHECK(!book.attribution_of(ann, on(3)));
  CHECK(!book.edge_of(ClaimId{1}));
}

TEST_CASE("first, last and sticky: who has the customer at each time") {
  const auto winner = [](AttributionRule rule, int at) {
    AttributionBook book({.rule = rule, .claim_after_sign_up = for_ever});
    book.touch(claim_of(1, ann, 0));
    book.touch(claim_of(2, ben, 5));
    book.register_customer(zoe, on(6));
    book.touch(claim_of(3, cat, 8));
    return book.attribution_of(zoe, on(at)).referrer;
  };
  using enum AttributionRule;
  CHECK(winner(first, 0) == ann);
  CHECK(winner(first, 9) == ann);
  CHECK(winner(last, 4) == ann);
  CHECK(winner(last, 5) == ben);
  CHECK(winner(last, 9) == cat);
  CHECK(winner(sticky, 5) == ben);
  CHECK(winner(sticky, 9) == ben);
  CHECK(winner(sticky, -1) == no_customer);
}

TEST_CASE("protection keeps others away, validity ends the hold, the window ends before sign-up") {
  AttributionBook book({.rule = AttributionRule::last,
                        .protected_for = 5 * day,
                        .valid_for = 20 * day,
                        .claim_after_sign_up = for_ever});
  book.touch(claim_of(1, ann, 0));
  book.register_customer(zoe, on(1));
  book.touch(claim_of(2, ben, 4));
  CHECK(book.attribution_of(zoe, on(4)).referrer == ann);
  book.touch(claim_of(3, cat, 5));
  CHECK(book.attribution_of(zoe, on(5)).referrer == cat);
  CHECK(book.attribution_of(zoe, on(24)).referrer == cat);
  CHECK(book.attribution_of(zoe, on(24)).until == on(25));
  CHECK(!book.attribution_of(zoe, on(25)));

  ReferralProgrammeTerms terms{.rule = AttributionRule::first};
  terms.methods[0].window = 3 * day;  // codes
  AttributionBook lapsed(terms);
  lapsed.touch(claim_of(1, ann, 0));
  lapsed.touch(claim_of(2, ben, 2));
  lapsed.register_customer(zoe, on(4));
  CHECK(!lapsed.attribution_of(zoe, on(4)));  // ann's ended on the 3rd, ben's lost to hers
  lapsed.touch(claim_of(3, cat, 3));
  CHECK(lapsed.attribution_of(zoe, on(4)).referrer == cat);
}

TEST_CASE("the smaller rank of methods goes before the rule, but not before protection") {
  ReferralProgrammeTerms terms{.rule = AttributionRule::first};
  for (ReferralMethodTerms& method : terms.methods) method.rank = 2;
  terms.methods[static_cast<std::size_t>(ReferralMethod::code)].rank = 1;
  const auto winner = [&](std::chrono::seconds protection) {
    terms.protected_for = protection;
    AttributionBook book(terms);
    book.touch(claim_of(1, ann, 0, ReferralMethod::device));
    book.touch(claim_of(2, ben, 1, ReferralMethod::code));
    book.touch(claim_of(3, cat, 2, ReferralMethod::qr));
    return book.attribution_of(zoe, on(3)).referrer;
  };
  CHECK(winner(0s) == ben);
  CHECK(winner(2 * day) == ann);
}

TEST_CASE("a method by which a click does not count needs a claim") {
  ReferralProgrammeTerms terms;
  terms.methods[static_cast<std::size_t>(ReferralMethod::link)].click_counts = false;
  AttributionBook book(terms);
  book.touch(click_of(1, ann, 0));
  book.register_customer(zoe, on(1), cookie);
  CHECK(!book.attribution_of(zoe, on(1)));
  book.touch(claim_of(2, ann, 1, ReferralMethod::link));
  CHECK(book.attribution_of(zoe, on(1)).referrer == ann);
  CHECK(book.claim(ClaimId{0}).state == ClaimState::clicked);
  CHECK(book.claim(ClaimId{1}).state == ClaimState::registered);
}

TEST_CASE("self-referrals and existing customers are rejected whichever fact comes first") {
  for (const bool linked_first : {false, true}) {
    AttributionBook book;
    if (linked_first) book.link_visitor(cookie, ann);
    book.touch(click_of(1, ann, 0));
    if (!linked_first) book.link_visitor(cookie, ann);
    CHECK(book.claim(ClaimId{0}).state == ClaimState::rejected);
    CHECK(book.log().back().reason == ClaimReason::self_referral);
  }
  for (const bool registered_first : {false, true}) {
    AttributionBook book({.claim_after_sign_up = 1 * day});
    if (registered_first) book.register_customer(zoe, on(0));
    book.touch(claim_of(1, ann, 2));
    if (!registered_first) book.register_customer(zoe, on(0));
    CHECK(book.claim(ClaimId{0}).state == ClaimState::rejected);
    CHECK(book.log().back().reason == ClaimReason::existing_customer);
    CHECK(book.touch(claim_of(2, ann, 1)).state == ClaimState::registered);
    CHECK(book.attribution_of(zoe, on(1)).claim == ClaimId{1});
  }
}

TEST_CASE("a late touch turns the race until an approval closes it") {
  using enum ClaimState;
  AttributionBook book;
  book.touch(claim_of(1, ben, 5));
  book.register_customer(zoe, on(6));
  CHECK(book.qualify(zoe, on(7)).claim == ClaimId{0});
  book.touch(claim_of(2, ann, 4));
  CHECK(book.claim(ClaimId{1}).state == qualified);
  CHECK(book.claim(ClaimId{0}).state == qualified);
  CHECK(book.claim(ClaimId{0}).qualified == Time::max());
  CHECK(book.approve(ClaimId{0}, ClaimSide::both, on(8)).refusal ==
        AttributionRefusal::not_the_winner);
  CHECK(book.advance(on(8)) == 1);
  CHECK(book.claim(ClaimId{1}).state == approved);
  CHECK(book.claim(ClaimId{0}).state == superseded);
  CHECK(book.log().back().by == ClaimId{1});
  book.touch(claim_of(3, cat, 1));
  CHECK(book.claim(ClaimId{2}).state == superseded);
  CHECK(book.attribution_of(zoe, on(7)).referrer == ann);
}

TEST_CASE("a rejected winner leaves the race to the next, an approved and voided one to nobody") {
  using enum ClaimState;
  AttributionBook book({.referrer_side = SideModeration::reviewed});
  book.touch(claim_of(1, ann, 0));
  book.touch(claim_of(2, ben, 1));
  book.register_customer(zoe, on(2));
  CHECK(book.qualify(zoe, on(3)).state == in_review);
  CHECK(book.reject(ClaimId{0}, ClaimSide::both, ClaimReason::fraud, on(4)).state == rejected);
  CHECK(book.claim(ClaimId{1}).state == in_review);
  CHECK(book.attribution_of(zoe, on(3)).referrer == ben);
  CHECK(book.approve(ClaimId{1}, ClaimSide::referrer, on(5)).state == approved);
  CHECK(book.void_claim(ClaimId{1}, ClaimReason::refunded, on(6)).state == voided);
  CHECK(book.attribution_of(zoe, on(5)).referrer == ben);
  CHECK(!book.attribution_of(zoe, on(5)).referrer_side);
  CHECK(!book.attribution_of(zoe, on(6)));
}

TEST_CASE("both sides are moderated one by one, and the hold is waited for") {
  using enum ClaimState;
  AttributionBook book({.referrer_side = SideModeration::reviewed,
                        .referee_side = SideModeration::reviewed,
                        .qualification = {.hold = 10 * day}});
  book.touch(claim_of(1, ann, 0));
  book.register_customer(zoe, on(1));
  book.qualify(zoe, on(2));
  CHECK(book.approve(ClaimId{0}, ClaimSide::referee, on(3)).state == in_review);
  CHECK(book.reject(ClaimId{0}, ClaimSide::referrer, ClaimReason::not_eligible, on(3)).state ==
        in_review);
  CHECK(book.approve(ClaimId{0}, ClaimSide::referrer, on(4)).refusal ==
        AttributionRefusal::side_decided);
  CHECK(book.advance(on(12)) == 1);
  const ReferralAttribution edge = book.attribution_of(zoe, on(12));
  CHECK(edge.state == approved);
  CHECK(!edge.referrer_side);
  CHECK(edge.referee_side);
}

TEST_CASE("a review takes automatic approvals back") {
  AttributionBook book;
  book.touch(claim_of(1, ann, 0));
  book.register_customer(zoe, on(1));
  book.qualify(zoe, on(2));
  CHECK(book.review(ClaimId{0}, on(2)).state == ClaimState::in_review);
  CHECK(book.review(ClaimId{0}, on(3)).refusal == AttributionRefusal::retry);
  CHECK(book.advance(on(30)) == 0);
  CHECK(book.approve(ClaimId{0}, ClaimSide::both, on(31)).state == ClaimState::approved);
}

TEST_CASE("what expires: touches without a sign-up, sign-ups without a conversion") {
  AttributionBook book({.qualification = {.within = 10 * day}});
  book.touch({.id = 1, .time = on(0), .referrer = ann, .kind = TouchKind::share});
  book.touch(click_of(2, ann, 0));
  book.touch(claim_of(3, ann, 0));
  book.register_customer(zoe, on(5));
  CHECK(book.advance(on(14)) == 0);
  CHECK(book.advance(on(15)) == 1);
  CHECK(book.claim(ClaimId{2}).state == ClaimState::expired);
  CHECK(book.claim(ClaimId{2}).ended == on(15));
  CHECK(!book.attribution_of(zoe, on(15)));
  CHECK(book.advance(on(31)) == 2);
  CHECK(book.qualify(zoe, on(14)).state == ClaimState::expired);  // told too late
}

TEST_CASE("touches of one person by one referrer in one campaign are one claim") {
  AttributionBook book({.campaigns = {{.campaign = Campaign{1}}, {.campaign = Campaign{2}}}});
  book.touch(click_of(1, ann, 0));
  book.touch(click_of(2, ann, 3));
  ReferralTouch other = click_of(3, ann, 4);
  other.campaign = Campaign{2};
  CHECK(book.touch(other).claim == ClaimId{1});
  CHECK(book.touch(click_of(4, ann, -2)).claim == ClaimId{0});
  CHECK(book.claim(ClaimId{0}).first_touch == on(-2));
  CHECK(book.claim(ClaimId{0}).last_touch == on(3));
  CHECK(book.claims() == 2);
}

TEST_CASE("refusals of facts change nothing; retries neither") {
  ReferralProgrammeTerms terms{.window = {on(0), on(100)},
                               .campaigns = {{.campaign = Campaign{1},
                                              .window = {on(10), on(20)},
                                              .channels = {Channel{0}, Channel{2}}}},
                               .max_touches = 3};
  terms.methods[static_cast<std::size_t>(ReferralMethod::import)].allowed = false;
  AttributionBook book(terms);
  using enum AttributionRefusal;
  const auto refusal = [&](auto change) {
    ReferralTouch touch = claim_of(1, ann, 12);
    change(touch);
    return book.touch(touch).refusal;
  };
  CHECK(refusal([](ReferralTouch& t) { t.referrer = no_customer; }) == no_referrer);
  CHECK(refusal([](ReferralTouch& t) { t.customer = no_customer; }) == bad_referee);
  CHECK(refusal([](ReferralTouch& t) { t.visitor = cookie; }) == bad_referee);
  CHECK(refusal([](ReferralTouch& t) { t.time = on(100); }) == outside_window);
  CHECK(refusal([](ReferralTouch& t) { t.campaign = Campaign{2}; }) == unknown_campaign);
  CHECK(refusal([](ReferralTouch& t) { t.method = ReferralMethod::import; }) == method_not_allowed);
  CHECK(refusal([](ReferralTouch& t) { t.campaign = Campaign{1}; }) == channel_not_allowed);
  CHECK(refusal([](ReferralTouch& t) {
          t.campaign = Campaign{1};
          t.time = on(20);
        }) == outside_window);
  CHECK(book.register_customer(no_customer, on(1)).refusal == no_customer_given);
  CHECK(book.qualify(no_customer, on(1)).refusal == no_customer_given);
  CHECK(book.link_visitor(no_visitor, ann).refusal == no_customer_given);
  CHECK(book.settle(ClaimId{0}, on(1)).refusal == unknown_claim);
  CHECK(book.log().empty());
  const std::vector<std::byte> empty = book.save();

  CHECK(refusal([](ReferralTouch&) {}) == none);
  CHECK(refusal([](ReferralTouch&) {}) == retry);
  CHECK(refusal([](ReferralTouch& t) { t.time = on(13); }) == id_reused);
  CHECK(refusal([](ReferralTouch& t) { t.id = 2; }) == none);
  CHECK(refusal([](ReferralTouch& t) { t.id = 3; }) == none);
  CHECK(refusal([](ReferralTouch& t) { t.id = 4; }) == too_many_touches);
  CHECK(book.register_customer(zoe, on(14), cookie).refusal == none);
  CHECK(book.register_customer(zoe, on(14), cookie).refusal == retry);
  CHECK(book.register_customer(zoe, on(15)).refusal == already_registered);
  CHECK(book.link_visitor(cookie, zoe).refusal == retry);
  CHECK(book.link_visitor(cookie, ann).refusal == visitor_taken);
  CHECK(book.register_customer(ann, on(1), cookie).refusal == visitor_taken);
  CHECK(book.registered(ann) == Time::max());
  CHECK(book.qualify(zoe, on(15)).refusal == none);
  CHECK(book.qualify(zoe, on(15)).refusal == retry);
  CHECK(book.save() != empty);
  CHECK_THROWS_AS(book.claim(ClaimId{1}), Exception);
  CHECK_THROWS_AS(AttributionBook({.valid_for = 0s}), Exception);
}

TEST_CASE("the explanation names every touch, what it did, and why") {
  AttributionBook book({.rule = AttributionRule::last, .protected_for = 3 * day});
  book.touch(claim_of(1, ann, 0));
  book.touch(claim_of(2, ben, 2));
  book.touch(claim_of(3, cat, 4));
  book.register_customer(zoe, on(5));
  const AttributionExplanation why = book.explain(zoe, on(5));
  REQUIRE(why.steps.size() == 3);
  CHECK(why.steps[0].verdict == RaceVerdict::took_free);
  CHECK(why.steps[1].verdict == RaceVerdict::lost_protected);
  CHECK(why.steps[1].against == ClaimId{0});
  CHECK(why.steps[2].verdict == RaceVerdict::took_later);
  CHECK(why.winner.referrer == cat);
  CHECK(why.sentence() ==
        "customer 9 is customer 3's since 2026-01-05T00:00:00Z by code (claim 2, registered): "
        "customer 1 on 2026-01-01T00:00:00Z by code won, came when nobody had the customer; "
        "customer 2 on 2026-01-03T00:00:00Z by code did not win, the other's time of protection "
        "was not over; customer 3 on 2026-01-05T00:00:00Z by code won, came later, and the last "
        "one wins");
  CHECK(book.explain(ann, on(5)).sentence() == "nobody has the customer");
}

TEST_CASE("a book that is saved and loaded goes on as the first") {
  AttributionBook book({.rule = AttributionRule::last,
                        .claim_after_sign_up = for_ever,
                        .referrer_side = SideModeration::reviewed});
  book.touch(click_of(1, ann, 0));
  book.touch(claim_of(2, ben, 1));
  book.register_customer(zoe, on(2), cookie);
  book.qualify(zoe, on(3));
  book.approve(ClaimId{1}, ClaimSide::both, on(4));
  book.settle(ClaimId{1}, on(5));
  book.touch(claim_of(3, cat, 9));
  book.touch(click_of(4, cat, 9));
  book.advance(on(500));
  const std::vector<std::byte> bytes = book.save();
  Result<AttributionBook> again = AttributionBook::load(bytes);
  REQUIRE(again);
  CHECK(again->save() == bytes);
  CHECK(std::vector(again->log().begin(), again->log().end()) ==
        std::vector(book.log().begin(), book.log().end()));
  CHECK(again->terms() == book.terms());
  CHECK(again->attribution_of(zoe, on(4)) == book.attribution_of(zoe, on(4)));
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    CHECK(!AttributionBook::load(std::span(bytes).first(cut)));
  }
}
