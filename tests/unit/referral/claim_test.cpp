// Every state of a claim with every event, and the list of transitions.

#include "emptor/referral/claim.hpp"

#include <algorithm>
#include <string>

#include "emptor/referral/attribution.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr auto a_day = std::chrono::days{1};
constexpr Customer bringer{1};
constexpr Customer rival{2};
constexpr Customer brought{9};
constexpr ClaimId the_claim{0};

Time at_day(int days) {
  return Time{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}} + days * a_day;
}

AttributionOutcome touch_by(AttributionBook& book, std::uint64_t id, TouchKind kind, int day,
                            Customer referrer = bringer) {
  return book.touch(
      {.id = id, .time = at_day(day), .referrer = referrer, .customer = brought, .kind = kind});
}

/// A book whose claim 0 is in that state, on day 4.
AttributionBook book_in(ClaimState state) {
  using enum ClaimState;
  AttributionBook book({.qualification = {.within = 20 * a_day}});
  if (state == superseded) touch_by(book, 100, TouchKind::claim, 1);
  if (state == superseded) touch_by(book, 101, TouchKind::claim, 0, rival);
  const TouchKind kind =
      state == shared ? TouchKind::share : (state == clicked ? TouchKind::click : TouchKind::claim);
  if (state != superseded) touch_by(book, 100, kind, 0);
  if ((state >= registered && state <= settled) || state >= voided) {
    book.register_customer(brought, at_day(2));
  }
  if ((state >= qualified && state <= settled) || state >= voided) {
    book.qualify(brought, at_day(3));
  }
  if (state == in_review) book.review(the_claim, at_day(3));
  if (state == approved || state == settled || state == superseded) book.advance(at_day(4));
  if (state == settled) book.settle(the_claim, at_day(4));
  if (state == expired) book.advance(at_day(60));
  if (state == rejected) book.reject(the_claim, ClaimSide::both, ClaimReason::fraud, at_day(4));
  if (state == voided) book.void_claim(the_claim, ClaimReason::refunded, at_day(4));
  return book;
}

constexpr int claim_events = 11;
using Refusal = AttributionRefusal;

Refusal apply(AttributionBook& book, int event) {
  switch (event) {
    case 0:
      return touch_by(book, 200, TouchKind::share, 1).refusal;
    case 1:
      return touch_by(book, 200, TouchKind::click, 1).refusal;
    case 2:
      return touch_by(book, 200, TouchKind::claim, 1).refusal;
    case 3:
      return book.register_customer(brought, at_day(2)).refusal;
    case 4:
      return book.qualify(brought, at_day(4)).refusal;
    case 5:
      return book.review(the_claim, at_day(5)).refusal;
    case 6:
      return book.approve(the_claim, ClaimSide::both, at_day(5)).refusal;
    case 7:
      return book.reject(the_claim, ClaimSide::both, ClaimReason::fraud, at_day(5)).refusal;
    case 8:
      return book.void_claim(the_claim, ClaimReason::refunded, at_day(5)).refusal;
    case 9:
      return book.settle(the_claim, at_day(5)).refusal;
    default:
      book.advance(at_day(70));
      return Refusal::none;
  }
}

struct Row {
  ClaimState from;
  ClaimState to[claim_events];
  Refusal decisions[5];  // of review, approve, reject, void_claim, settle
};

using enum ClaimState;
constexpr Refusal yes = Refusal::none;
constexpr Refusal twice = Refusal::retry;
constexpr Refusal no = Refusal::not_listed;

// share, click, claim, register, qualify, review, approve, reject, void, settle, time
constexpr Row table[] = {
    {shared,
     {shared, clicked, claimed, shared, shared, shared, shared, rejected, voided, shared, expired},
     {no, no, yes, yes, no}},
    {clicked,
     {clicked, clicked, claimed, registered, clicked, clicked, clicked, rejected, voided, clicked,
      expired},
     {no, no, yes, yes, no}},
    {claimed,
     {claimed, claimed, claimed, registered, claimed, claimed, claimed, rejected, voided, claimed,
      expired},
     {no, no, yes, yes, no}},
    {registered,
     {registered, registered, registered, registered, qualified, registered, registered, rejected,
      voided, registered, expired},
     {no, no, yes, yes, no}},
    {qualified,
     {qualified, qualified, qualified, qualified, qualified, in_review, approved, rejected, voided,
      qualified, approved},
     {yes, yes, yes, yes, no}},
    {in_review,
     {in_review, in_review, in_review, in_review, in_review, in_review, approved, rejected, voided,
      in_review, in_review},
     {twice, yes, yes, yes, no}},
    {approved,
     {approved, approved, approved, approved, approved, approved, approved, approved, voided,
      settled, approved},
     {no, twice, no, yes, yes}},
    {settled,
     {settled, settled, settled, settled, settled, settled, settled, settled, voided, settled,
      settled},
     {no, twice, no, yes, twice}},
    {expired,
     {expired, expired, expired, expired, expired, expired, expired, expired, expired, expired,
      expired},
     {no, no, no, no, no}},
    {rejected,
     {rejected, rejected, rejected, rejected, rejected, rejected, rejected, rejected, rejected,
      rejected, rejected},
     {no, no, twice, no, no}},
    {voided,
     {voided, voided, voided, voided, voided, voided, voided, voided, voided, voided, voided},
     {no, no, no, twice, no}},
    {superseded,
     {superseded, superseded, superseded, superseded, superseded, superseded, superseded,
      superseded, superseded, superseded, superseded},
     {no, no, no, no, no}},
};

}  // namespace

TEST_CASE("every event in every state of a claim does what is listed, or is refused") {
  REQUIRE(std::size(table) == claim_states);
  for (const Row& row : table) {
    for (int event = 0; event < claim_events; ++event) {
      INFO(name(row.from) << ", event " << event);
      AttributionBook book = book_in(row.from);
      REQUIRE(book.claim(the_claim).state == row.from);
      const std::size_t lines = book.log().size();
      const Refusal refusal = apply(book, event);
      CHECK(book.claim(the_claim).state == row.to[event]);
      if (event >= 5 && event <= 9) {
        CHECK(refusal == row.decisions[event - 5]);
        if (refusal != Refusal::none) CHECK(book.log().size() == lines);
      }
      // A second time changes nothing; reviewing and approving may have become impossible.
      const std::vector<std::byte> saved = book.save();
      if (refusal == Refusal::none) apply(book, event);
      CHECK(book.save() == saved);
    }
  }
}

TEST_CASE("the list of transitions: forward only, nothing after an end") {
  const std::string listed[claim_states] = {// to: sh cl cm re qu ir ap se | ex rj vo su
                                            ".x......xxxx", "..x.....xxxx", "...x....xxxx",
                                            "....x...xxxx", ".....xx..xxx", "......x..xxx",
                                            ".......x..x.", "..........x.", "............",
                                            "............", "............", "............"};
  for (std::size_t from = 0; from < claim_states; ++from) {
    for (std::size_t to = 0; to < claim_states; ++to) {
      INFO(name(static_cast<ClaimState>(from)) << " to " << name(static_cast<ClaimState>(to)));
      CHECK(may_move(static_cast<ClaimState>(from), static_cast<ClaimState>(to)) ==
            (listed[from][to] == 'x'));
    }
  }
}

TEST_CASE("names of what a claim knows are all different") {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < claim_states; ++i) names.push_back(name(static_cast<ClaimState>(i)));
  for (std::size_t i = 0; i < attribution_refusals; ++i) {
    names.push_back(name(static_cast<AttributionRefusal>(i)));
  }
  for (std::size_t i = 1; i < claim_reasons; ++i) {
    names.push_back(name(static_cast<ClaimReason>(i)));
  }
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
  CHECK(name(static_cast<ClaimState>(99)) == "unknown");
}
