// The race against a plain twin; no order of arrival, repeat or late fact changes whose a customer
// is; claims move forward only; a saved book is the book.

#include "emptor/referral/attribution.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "emptor/core/archive.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using Seconds = std::chrono::seconds;

constexpr Customer referee{7};

Time second(int at) {
  return Time{Seconds{at}};
}

ReferralProgrammeTerms any_terms() {
  ReferralProgrammeTerms terms;
  terms.campaigns = {{.campaign = Campaign{0}}};
  terms.rule =
      *rc::gen::element(AttributionRule::first, AttributionRule::last, AttributionRule::sticky);
  terms.protected_for = Seconds{*rc::gen::element(0, 0, 3, 8)};
  terms.valid_for = *rc::gen::element(for_ever, Seconds{4}, Seconds{11});
  terms.claim_after_sign_up = *rc::gen::element(Seconds{0}, Seconds{3}, for_ever);
  terms.qualification.within = *rc::gen::element(for_ever, Seconds{5});
  terms.qualification.hold = Seconds{*rc::gen::element(0, 2)};
  for (ReferralMethodTerms& method : terms.methods) {
    method.rank = *rc::gen::element<std::uint8_t>(0, 0, 1);
    method.window = Seconds{*rc::gen::element(3, 10, 100)};
    method.click_counts = *rc::gen::inRange(0, 4) != 0;
  }
  return terms;
}

struct Told {
  enum class Kind { touch, link, registration, conversion } kind{};
  ReferralTouch touch{};
  Visitor visitor = no_visitor;
  Time time{};
};

AttributionOutcome tell(AttributionBook& book, const Told& told) {
  switch (told.kind) {
    case Told::Kind::touch:
      return book.touch(told.touch);
    case Told::Kind::link:
      return book.link_visitor(told.visitor, referee);
    case Told::Kind::registration:
      return book.register_customer(referee, told.time, told.visitor);
    case Told::Kind::conversion:
      return book.qualify(referee, told.time);
  }
  return {};
}

ReferralTouch any_touch(std::uint64_t id) {
  ReferralTouch touch{
      .id = id,
      .time = second(*rc::gen::inRange(0, 25)),
      .referrer = id_at<Customer>(*rc::gen::inRange<std::size_t>(4, 8)),
      .customer = referee,
      .campaign = *rc::gen::element(no_id<Campaign>, Campaign{0}),
      .method =
          *rc::gen::element(ReferralMethod::code, ReferralMethod::link, ReferralMethod::device),
      .kind = *rc::gen::element(TouchKind::share, TouchKind::click, TouchKind::click,
                                TouchKind::claim, TouchKind::claim)};
  if (const auto visitor = *rc::gen::inRange<std::uint32_t>(0, 4); visitor < 2) {
    touch.customer = no_customer;
    touch.visitor = Visitor{visitor};
  }
  return touch;
}

/// Touches of one person, two visitors that it was, its registration and conversions.
std::vector<Told> any_facts() {
  std::vector<Told> out;
  const auto touches = *rc::gen::inRange<std::uint64_t>(0, 9);
  for (std::uint64_t id = 0; id < touches; ++id) out.push_back({.touch = any_touch(id)});
  out.push_back({.kind = Told::Kind::link, .visitor = Visitor{0}});
  const auto registered = *rc::gen::inRange(0, 25);
  out.push_back({.kind = Told::Kind::registration,
                 .visitor = *rc::gen::element(Visitor{1}, no_visitor),
                 .time = second(registered)});
  for (auto left = *rc::gen::inRange(0, 4); left > 0; --left) {
    out.push_back(
        {.kind = Told::Kind::conversion, .time = second(registered + *rc::gen::inRange(-2, 15))});
  }
  return out;
}

std::vector<Told> shuffled(std::vector<Told> facts) {
  for (std::size_t i = facts.size(); i > 1; --i) {
    std::swap(facts[i - 1], facts[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  return facts;
}

/// What the header promises, said once more with plain lists.
struct Twin {
  ReferralProgrammeTerms terms;
  std::vector<ReferralTouch> touches;
  std::optional<Time> registered;
  std::vector<Time> conversions;

  Twin(const ReferralProgrammeTerms& of, const std::vector<Told>& facts) : terms(of) {
    std::vector<Visitor> own;
    for (const Told& told : facts) {
      if (told.kind == Told::Kind::link) own.push_back(told.visitor);
      if (told.kind == Told::Kind::registration) {
        registered = told.time;
        own.push_back(told.visitor);
      }
      if (told.kind == Told::Kind::conversion) conversions.push_back(told.time);
    }
    for (const Told& told : facts) {
      const ReferralTouch& t = told.touch;
      if (told.kind != Told::Kind::touch || t.referrer == referee) continue;
      if (t.kind == TouchKind::share) continue;
      if (t.kind == TouchKind::click && !terms.of(t.method).click_counts) continue;
      if (t.customer != referee && std::find(own.begin(), own.end(), t.visitor) == own.end()) {
        continue;
      }
      if (registered && t.time > end_of_span(*registered, terms.claim_after_sign_up)) continue;
      touches.push_back(t);
    }
    std::sort(touches.begin(), touches.end(), [&](const auto& a, const auto& b) {
      const auto place = [&](const ReferralTouch& t) {
        return std::tuple(t.time, terms.of(t.method).rank, t.id);
      };
      return place(a) < place(b);
    });
  }

  [[nodiscard]] Time end_of(const ReferralTouch& t) const {
    const Time valid = end_of_span(t.time, terms.valid_for);
    const Time window = end_of_span(t.time, terms.of(t.method).window);
    if (!registered || *registered >= window) return std::min(valid, window);
    const Time bound = std::max(*registered, t.time);
    const Time last = end_of_span(bound, terms.qualification.within);
    const bool fulfilled = terms.qualification.within == for_ever ||
                           std::any_of(conversions.begin(), conversions.end(),
                                       [&](Time time) { return bound <= time && time < last; });
    const Time relation = terms.rule == AttributionRule::sticky ? Time::max() : valid;
    return fulfilled ? relation : std::min(relation, last);
  }

  /// The place of the winning touch, or nothing.
  [[nodiscard]] const ReferralTouch* holder(Time at) const {
    const ReferralTouch* held = nullptr;
    for (const ReferralTouch& t : touches) {
      if (t.time > at) break;
      if (held != nullptr && t.time >= end_of(*held)) held = nullptr;
      if (held == nullptr) {
        held = &t;
        continue;
      }
      const int rank = terms.of(t.method).rank;
      const int held_rank = terms.of(held->method).rank;
      const bool same = t.referrer == held->referrer && t.campaign == held->campaign;
      if (terms.rule == AttributionRule::sticky && registered && t.time > *registered) continue;
      if (!same && t.referrer != held->referrer && t.time < held->time + terms.protected_for) {
        continue;
      }
      if (rank > held_rank) continue;
      if (rank == held_rank && terms.rule == AttributionRule::first) continue;
      held = &t;
    }
    return held != nullptr && at < end_of(*held) ? held : nullptr;
  }
};

void require_forward(const AttributionBook& book) {
  std::vector<std::optional<ClaimState>> states(book.claims());
  for (const ClaimTransition& line : book.log()) {
    auto& state = states[index(line.claim)];
    if (state) {
      RC_ASSERT(line.from == *state);
      RC_ASSERT(may_move(line.from, line.to));
    } else {
      RC_ASSERT(line.from == line.to);
    }
    state = line.to;
  }
  for (std::size_t claim = 0; claim < states.size(); ++claim) {
    RC_ASSERT(states[claim] == std::optional(book.claim(id_at<ClaimId>(claim)).state));
  }
}

}  // namespace

TEST_CASE("whose a customer is: as the plain twin says, in any order of arrival, with repeats") {
  test::check_property(
      "attribution race",
      [] {
        const ReferralProgrammeTerms terms = any_terms();
        const std::vector<Told> facts = any_facts();
        const Twin twin(terms, facts);
        AttributionBook book(terms);
        for (const Told& told : shuffled(facts)) {
          const AttributionOutcome first = tell(book, told);
          RC_ASSERT(first.accepted());
          const std::vector<std::byte> before = book.save();
          RC_ASSERT(tell(book, told).refusal == AttributionRefusal::retry);
          RC_ASSERT(book.save() == before);
        }
        require_forward(book);
        for (int at = 0; at < 40; ++at) {
          const ReferralAttribution got = book.attribution_of(referee, second(at));
          const ReferralTouch* expected = twin.holder(second(at));
          RC_ASSERT(static_cast<bool>(got) == (expected != nullptr));
          if (expected == nullptr) continue;
          RC_ASSERT(got.touch == expected->id);
          RC_ASSERT(got.referrer == expected->referrer);
          RC_ASSERT(got.until == twin.end_of(*expected));
          const AttributionExplanation why = book.explain(referee, second(at));
          RC_ASSERT(why.winner == got);
          const auto last = std::find_if(why.steps.rbegin(), why.steps.rend(),
                                         [](const RaceStep& step) { return won(step.verdict); });
          RC_ASSERT(last != why.steps.rend());
          RC_ASSERT(last->touch.id == got.touch);
        }
      },
      1000);
}

TEST_CASE("who is approved does not depend on the order of arrival before time has come") {
  test::check_property(
      "attribution approvals",
      [] {
        const ReferralProgrammeTerms terms = any_terms();
        const std::vector<Told> facts = any_facts();
        using Approved = std::map<std::int64_t, std::pair<Customer, std::uint64_t>>;
        const auto outcome = [&](const std::vector<Told>& order) {
          AttributionBook book(terms);
          for (const Told& told : order) tell(book, told);
          book.advance(second(1000));
          require_forward(book);
          Approved approved;
          for (std::size_t i = 0; i < book.claims(); ++i) {
            const ReferralClaim claim = book.claim(id_at<ClaimId>(i));
            if (claim.state != ClaimState::approved) continue;
            const auto second_of = claim.qualified.time_since_epoch().count();
            RC_ASSERT(!approved.contains(second_of));
            approved[second_of] = {claim.referrer, book.edge_of(claim.claim).touch};
          }
          return approved;
        };
        const Approved one = outcome(facts);
        const Twin twin(terms, facts);
        for (const auto& [at, whose] : one) {
          const ReferralTouch* expected = twin.holder(second(static_cast<int>(at)));
          RC_ASSERT(expected != nullptr);
          RC_ASSERT(expected->referrer == whose.first);
        }
        RC_ASSERT(outcome(shuffled(facts)) == one);
      },
      1000);
}

TEST_CASE("any facts and decisions: forward only, nothing rewritten, saved and loaded the same") {
  test::check_property(
      "attribution book",
      [] {
        ReferralProgrammeTerms terms = any_terms();
        terms.max_touches = 20;
        terms.referrer_side =
            *rc::gen::element(SideModeration::automatic, SideModeration::reviewed);
        AttributionBook book(terms);
        std::vector<ClaimTransition> log;
        std::map<ClaimId, Customer> approved;
        for (auto left = *rc::gen::inRange(0, 40); left > 0; --left) {
          const Time time = second(*rc::gen::inRange(0, 40));
          const auto some = id_at<ClaimId>(*rc::gen::inRange<std::size_t>(0, 8));
          const auto side =
              *rc::gen::element(ClaimSide::referrer, ClaimSide::referee, ClaimSide::both);
          const auto whose = id_at<Customer>(*rc::gen::inRange<std::size_t>(5, 8));
          const std::vector<std::byte> before = book.save();
          AttributionOutcome came;
          switch (*rc::gen::inRange(0, 12)) {
            case 0:
              came = book.link_visitor(Visitor{*rc::gen::inRange<std::uint32_t>(0, 3)}, whose);
              break;
            case 1:
              came = book.register_customer(whose, time);
              break;
            case 2:
              came = book.qualify(whose, time);
              break;
            case 3:
              came = book.review(some, time);
              break;
            case 4:
              came = book.approve(some, side, time);
              break;
            case 5:
              came = book.reject(some, side, ClaimReason::fraud, time);
              break;
            case 6:
              came = book.void_claim(some, ClaimReason::refunded, time);
              break;
            case 7:
              came = book.settle(some, time);
              break;
            case 8:
              book.advance(time);
              break;
            default:
              came = book.touch(any_touch(*rc::gen::inRange<std::uint64_t>(0, 30)));
              break;
          }
          if (came.refusal != AttributionRefusal::none) RC_ASSERT(book.save() == before);
          RC_ASSERT(book.log().size() >= log.size());
          RC_ASSERT(std::equal(log.begin(), log.end(), book.log().begin()));
          log.assign(book.log().begin(), book.log().end());
        }
        require_forward(book);
        const std::vector<std::byte> bytes = book.save();
        const Result<AttributionBook> again = AttributionBook::load(bytes);
        RC_ASSERT(again.has_value());
        RC_ASSERT(again->save() == bytes);
        RC_ASSERT(std::equal(log.begin(), log.end(), again->log().begin(), again->log().end()));
        // No two claims of one person are approved on one conversion.
        for (std::uint32_t who = 5; who < 8; ++who) {
          std::vector<Time> conversions;
          for (const ClaimId id : book.claims_of(Customer{who})) {
            const ReferralClaim claim = book.claim(id);
            if (claim.approved != Time::max()) conversions.push_back(claim.qualified);
            RC_ASSERT(again->claim(id) == claim);
          }
          std::sort(conversions.begin(), conversions.end());
          RC_ASSERT(std::adjacent_find(conversions.begin(), conversions.end()) ==
                    conversions.end());
          for (int at = 0; at < 45; at += 4) {
            RC_ASSERT(again->attribution_of(Customer{who}, second(at)) ==
                      book.attribution_of(Customer{who}, second(at)));
          }
        }
      },
      1000);
}

TEST_CASE("an archive of a book with a byte changed is refused or harmless") {
  test::check_property("attribution archive", [] {
    AttributionBook book(any_terms());
    for (const Told& told : any_facts()) tell(book, told);
    book.advance(second(20));
    std::vector<std::byte> bytes = book.save();
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[at] ^= static_cast<std::byte>(*rc::gen::inRange(1, 256));
    RC_ASSERT(!AttributionBook::load(bytes));
  });
}

TEST_CASE("archives with forged facts are refused or harmless") {
  test::check_property(
      "attribution forged",
      [] {
        ArchiveWriter writer("attribution-book", 1);
        ReferralProgrammeTerms terms = any_terms();
        terms.max_touches = *rc::gen::element<std::size_t>(0, 1, 5, 10'000, 10'001);
        save_referral_terms(terms, writer.section("terms"));
        SectionWriter& section = writer.section("facts");
        const auto facts = *rc::gen::inRange<std::uint64_t>(0, 12);
        section.put(*rc::gen::inRange(0, 4) != 0 ? facts : ~std::uint64_t{0});
        const auto id = [] {
          return *rc::gen::element<std::uint32_t>(0, 1, 2, 3, 0xfffffffeU, ~0U);
        };
        const auto time = [] {
          return *rc::gen::element<std::int64_t>(0, 1, 5, std::numeric_limits<std::int64_t>::max(),
                                                 std::numeric_limits<std::int64_t>::min());
        };
        for (std::uint64_t i = 0; i < facts; ++i) {
          const auto kind = static_cast<std::uint8_t>(i == 0 ? 0 : *rc::gen::inRange(0, 11));
          section.put(kind);
          if (kind == 0) {
            section.put(i);
            section.put(time());
            for (int field = 0; field < 5; ++field) {
              section.put(field == 1 && id() < 4 ? ~std::uint32_t{0} : id());
            }
            section.put(static_cast<std::uint8_t>(*rc::gen::inRange(0, 3)));
            section.put(static_cast<std::uint8_t>(*rc::gen::inRange(0, 4)));
          } else {
            section.put(time());
            section.put(id());
            section.put(id());
            section.put(static_cast<std::uint8_t>(*rc::gen::inRange(0, 4)));
            section.put(static_cast<std::uint8_t>(*rc::gen::inRange(0, 10)));
          }
        }
        section.put(std::uint64_t{0});
        section.put(std::uint64_t{0});
        const Result<AttributionBook> book = AttributionBook::load(std::move(writer).finish());
        if (facts == 0) return;
        RC_ASSERT(!book);
        RC_ASSERT(book.error().code == ErrorCode::corrupt);
      },
      3000);
}
