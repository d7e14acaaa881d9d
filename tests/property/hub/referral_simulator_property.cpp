// A seeded simulator of a whole referral programme: shares, sign-ups, orders, refunds, late,
// repeated and reordered facts, merges and their undoing, versions of the plan, reviews, blocks,
// withdrawals, and a host that is interrupted and tells the last facts again. After every fact what
// has to hold holds; failures shrink to the shortest history.

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "emptor/hub/merge_hub.hpp"
#include "emptor/hub/referral_programme.hpp"
#include "support/property.hpp"

using namespace emptor;

namespace {

constexpr std::uint32_t customers = 7;
constexpr std::int64_t monthly_cap = 1'200;
constexpr std::int64_t budget = 4'000;
const Currency eur("EUR");

// Eight bytes say what happens; RapidCheck makes and shrinks lists of them.
using Bytes = std::array<std::uint8_t, 8>;

Time hour(std::int64_t hours) {
  return Time{std::chrono::days{20'000} + std::chrono::hours{hours}};
}

RewardPlan plan(std::int64_t version) {
  RewardPlanDraft draft;
  draft.id = "simulated";
  draft.version = version;
  draft.currency = eur;
  draft.budget = budget;
  if (version > 1) draft.valid.from = hour(24 * 20 * version);
  std::int64_t level = 0;
  for (const std::int64_t points : {1'000 + 100 * version, std::int64_t{333}}) {
    RewardRule rule;
    rule.id = "level-" + std::to_string(++level);
    rule.beneficiary.level = level;
    rule.amount = share_reward(points);
    if (level == 1) rule.hold.duration = std::chrono::days{3};
    if (level == 2) rule.hold.until = RewardEventKind::delivery;
    draft.rules.push_back(rule);
  }
  RewardRule welcome;
  welcome.id = "welcome";
  welcome.beneficiary.party = RewardParty::referee;
  welcome.amount = fixed_reward(150);
  welcome.trigger.campaigns = {Campaign{0}};
  welcome.trigger.last = 2;
  draft.rules.push_back(welcome);
  RewardCap cap;
  cap.id = "monthly";
  cap.per = {RewardCapPer::beneficiary};
  cap.window = RewardCapWindow::month;
  cap.limit = monthly_cap;
  draft.caps = {cap};
  return RewardPlan(draft);
}

struct World {
  ReferralProgramme programme;
  MergeHub hub;
  std::vector<MergeId> merges;
  std::map<std::uint64_t, std::int64_t> gross;  // of orders that were decided
  std::map<std::uint64_t, std::uint32_t> revision;
  std::map<Customer, std::int64_t> withdrawn;

  static ReferralProgrammeOptions options() {
    ReferralProgrammeOptions out;
    out.terms.campaigns = {{.campaign = Campaign{0}, .name = "simulated"}};
    out.terms.rule = AttributionRule::last;
    out.terms.claim_after_sign_up = for_ever;
    out.terms.qualification.minimum_order = 500;
    out.terms.qualification.hold = std::chrono::days{1};
    out.payout.clawback = RewardClawback::unlimited;
    return out;
  }
  World() : programme(options(), plan(1)) {
    (void)programme.fund({budget, eur}, hour(0), transfer_id({1}));
    hub.add("programme", programme);
    // 0 brings 1 and 2, 1 brings 3, 3 brings 4; 5 and 6 come as the facts will have it.
    constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 4> brought{
        {{0, 1}, {0, 2}, {1, 3}, {3, 4}}};
    for (const auto& [by, whom] : brought) {
      ReferralTouch touch;
      touch.id = 1'000'000 + whom;
      touch.time = hour(-48);
      touch.referrer = Customer{by};
      touch.customer = Customer{whom};
      touch.campaign = Campaign{0};
      (void)programme.touch(touch);
      (void)programme.sign_up(Customer{whom}, hour(-24));
    }
  }
  World(const World&) = delete;
};

// Fact number `i` of a history. Told again, it says the same.
void tell(World& world, const std::vector<Bytes>& facts, std::size_t i) {
  const Bytes& b = facts[i];
  ReferralProgramme& programme = world.programme;
  const Time now = hour(static_cast<std::int64_t>(i) * 7 - (b[7] % 5 == 0 ? b[6] % 60 : 0));
  const Customer a{b[1] % customers};
  const Customer c{b[2] % customers};
  switch (b[0] % 16) {
    case 0:
    case 1:
    case 2: {
      ReferralTouch touch;
      touch.id = i + 1;
      touch.time = now;
      touch.referrer = a;
      touch.customer = c;
      touch.campaign = Campaign{0};
      touch.kind = b[3] % 4 == 0 ? TouchKind::claim : TouchKind::click;
      touch.method = b[3] % 3 == 0 ? ReferralMethod::code : ReferralMethod::link;
      (void)programme.touch(touch);
      break;
    }
    case 3:
      (void)programme.sign_up(a, now);
      break;
    case 4:
    case 5:
    case 6:
    case 7:
    case 8: {
      RewardOccasion order;
      order.event = i + 1;
      order.customer = a;
      order.time = now;
      order.gross = order.net = order.margin = 37 * (b[3] + 1);
      order.ordinal = 1U + b[4] % 3U;
      if (programme.order(order).status == RewardStatus::decided) {
        world.gross[order.event] = order.gross;
      }
      break;
    }
    case 9:
    case 10: {  // what is left of a fact's order, also of one that is yet to come; may be more
      RewardAdjustment refund;
      refund.event = 1 + b[1] % (i + 9);
      refund.revision = static_cast<std::uint32_t>(i + 1);
      refund.time = now;
      refund.gross = refund.net = refund.margin = 37 * (b[3] + 1) * (b[4] % 4) / 4;
      (void)programme.correct(refund);
      break;
    }
    case 11:
      programme.happened(1 + b[1] % (i + 1), RewardEventKind::delivery, now);
      break;
    case 12:
      programme.advance(now);
      break;
    case 13:
      if (b[3] % 3 == 0) {
        (void)programme.block({a, now, b[4] % 2 == 0});
      } else if (programme.withdraw(a, eur, 1 + b[4], now, transfer_id({99, i})) ==
                 TransferRefusal::none) {
        world.withdrawn[a] += 1 + b[4];
      }
      break;
    case 14:
      (void)programme.activate(plan(2 + b[3] % 2));
      break;
    default:
      if (b[3] % 2 == 0 && programme.reviews().waiting() > 0) {
        const std::uint64_t event = programme.reviews().first(1)[0]->subject;
        (void)programme.answer(event, b[4] % 2 == 0 ? ReviewAnswer::approve : ReviewAnswer::reject,
                               5, now);
      }
      break;
  }
}

void merge_or_not(World& world, const Bytes& b, Time now) {
  const Customer a{b[1] % customers};
  const Customer c{b[2] % customers};
  if (b[3] % 2 == 0 && a != c) {
    world.merges.push_back(world.hub.merge(a, c, now, "simulated").event.id);
  } else if (!world.merges.empty()) {
    (void)world.hub.unmerge(world.merges[b[4] % world.merges.size()], now, "simulated");
  }
}

void check_books(const World& world) {
  const Ledger& ledger = world.programme.ledger();
  std::map<std::uint32_t, std::int64_t> sums;
  for (std::size_t a = 0; a < ledger.accounts(); ++a) {
    const Account account = id_at<Account>(a);
    const AccountBalance& balance = ledger.balance(account);
    sums[ledger.key(account).unit.word()] += balance.posted();
    if (has(ledger.flags(account), AccountFlags::debits_must_not_exceed_credits)) {
      RC_ASSERT(balance.free() >= 0);
    }
  }
  for (const auto& [unit, sum] : sums) RC_ASSERT(sum == 0);
  for (const LedgerRecord& record : ledger.records()) {
    RC_ASSERT(record.amount > 0 || record.kind == TransferKind::void_pending);
    RC_ASSERT(record.debit != record.credit);
    RC_ASSERT(ledger.key(record.debit).unit == ledger.key(record.credit).unit);
  }
}

// Every reward stands where its decision, its reasons to wait and the owners say.
void check_rewards(const World& world) {
  const RewardPayout& payout = world.programme.payout();
  std::map<Customer, std::int64_t> nets;
  std::map<std::pair<Customer, std::int32_t>, std::int64_t> by_month;
  std::int64_t bound = 0;
  for (std::size_t r = 0; r < payout.rewards(); ++r) {
    const RewardStanding at = payout.standing(r);
    RC_ASSERT(at.granted >= 0);
    RC_ASSERT(at.let_go == 0);
    const bool self =
        at.key.level > 0 && world.hub.owner(at.key.beneficiary) == world.hub.owner(at.referee);
    RC_ASSERT(at.self_referral == self);
    if (self) {
      RC_ASSERT(at.posted == 0 && at.pending == 0);
    } else if (at.waits != RewardWait::none) {
      RC_ASSERT(at.posted == 0 && (at.pending == at.granted || at.unpaid));
    } else {
      RC_ASSERT(at.pending == 0 && (at.posted == at.granted || at.unpaid));
    }
    nets[at.key.beneficiary] += at.posted;
    by_month[{at.key.beneficiary, month_number(local_day(at.event_time))}] += at.granted;
    bound += at.granted;
  }
  for (const auto& [key, granted] : by_month) RC_ASSERT(granted <= monthly_cap);
  RC_ASSERT(bound <= budget);
  for (std::uint32_t c = 0; c < customers; ++c) {
    std::int64_t sum = 0;
    for (std::uint32_t d = 0; d < customers; ++d) {
      if (world.hub.owner(Customer{d}) != world.hub.owner(Customer{c})) continue;
      const auto out = world.withdrawn.find(Customer{d});
      sum += nets[Customer{d}] - (out == world.withdrawn.end() ? 0 : out->second);
    }
    const WalletBalance balance = payout.balance(Customer{c}, eur);
    RC_ASSERT(balance.available == std::max<std::int64_t>(sum, 0));
    RC_ASSERT(balance.owed == std::max<std::int64_t>(-sum, 0));
  }
}

void check_tree(const World& world) {
  const OwnedForest& forest = world.programme.forest();
  for (std::uint32_t c = 0; c < customers; ++c) {
    std::set<Customer> seen{forest.owner(Customer{c})};
    for (Customer at = forest.parent(Customer{c}); at != no_customer; at = forest.parent(at)) {
      RC_ASSERT(seen.insert(at).second);  // no ring
    }
  }
  std::set<Customer> children;
  for (const StandingReferral& edge : forest.edges()) {
    if (edge.standing == EdgeStanding::in_force)
      RC_ASSERT(children.insert(edge.child_owner).second);
  }
}

void check_claims(const World& world) {
  std::map<ClaimId, ClaimState> now;
  for (const ClaimTransition& line : world.programme.attribution().log()) {
    const auto [at, fresh] = now.try_emplace(line.claim, line.to);
    if (fresh) continue;
    RC_ASSERT(at->second == line.from);
    RC_ASSERT(may_move(line.from, line.to));
    at->second = line.to;
  }
}

void check(const World& world) {
  check_books(world);
  check_rewards(world);
  check_tree(world);
  check_claims(world);
}

// At full size from the first case on: small histories come from shrinking.
std::vector<Bytes> history(int most) {
  return *rc::gen::resize(rc::kNominalSize,
                          rc::gen::mapcat(rc::gen::inRange(most / 3, most), [](int count) {
                            return rc::gen::container<std::vector<Bytes>>(
                                static_cast<std::size_t>(count), rc::gen::arbitrary<Bytes>());
                          }));
}

bool is_merge(const Bytes& bytes) {
  return bytes[5] % 8 == 0;
}

void step(World& world, const std::vector<Bytes>& facts, std::size_t i) {
  if (is_merge(facts[i])) {
    merge_or_not(world, facts[i], hour(static_cast<std::int64_t>(i) * 7));
  } else {
    tell(world, facts, i);
  }
}

}  // namespace

TEST_CASE("simulated programme: books, caps, budget, tree and states hold after every fact") {
  emptor::test::check_property(
      "invariants at every prefix",
      [] {
        const std::vector<Bytes> facts = history(70);
        World world;
        for (std::size_t i = 0; i < facts.size(); ++i) {
          step(world, facts, i);
          check(world);
        }
      },
      3'000);
}

TEST_CASE("simulated programme: facts told again change nothing") {
  emptor::test::check_property(
      "retries",
      [] {
        const std::vector<Bytes> facts = history(40);
        World world;
        for (std::size_t i = 0; i < facts.size(); ++i) {
          step(world, facts, i);
          if (is_merge(facts[i])) continue;
          const std::vector<std::byte> before = world.programme.save();
          const auto withdrawn = world.withdrawn;
          const bool decision = facts[i][0] % 16 == 15;  // answers the next review when told again
          if (decision) continue;
          tell(world, facts, i);
          world.withdrawn = withdrawn;
          RC_ASSERT(world.programme.save() == before);
        }
      },
      500);
}

TEST_CASE("simulated programme: a full refund of every order nets to nothing") {
  emptor::test::check_property(
      "full refunds",
      [] {
        const std::vector<Bytes> facts = history(60);
        World world;
        for (std::size_t i = 0; i < facts.size(); ++i) step(world, facts, i);
        for (const auto& [event, gross] : world.gross) {
          for (std::uint32_t part = 3; part-- > 0;) {
            RewardAdjustment refund;
            refund.event = event;
            refund.revision = 1'000 - part;
            refund.gross = refund.net = refund.margin = gross * part / 3;
            refund.time = hour(5'000);
            (void)world.programme.correct(refund);
          }
        }
        check(world);
        for (std::size_t r = 0; r < world.programme.payout().rewards(); ++r) {
          const RewardStanding at = world.programme.payout().standing(r);
          RC_ASSERT(at.granted == 0 && at.posted == 0 && at.pending == 0);
        }
        RC_ASSERT(world.programme.engine().budget().reserved == 0);
        RC_ASSERT(world.programme.engine().budget().spent == 0);
      },
      500);
}

TEST_CASE("simulated programme: the order of merges does not matter, and undoing them restores") {
  emptor::test::check_property(
      "orders of merges",
      [] {
        const std::vector<Bytes> facts = history(50);
        std::array<World, 3> worlds;
        for (World& world : worlds) {
          for (std::size_t i = 0; i < facts.size(); ++i) {
            if (!is_merge(facts[i])) tell(world, facts, i);
          }
        }
        std::vector<std::pair<Customer, Customer>> pairs;
        const int merges = *rc::gen::inRange(1, 5);
        for (int m = 0; m < merges; ++m) {
          const Customer a{*rc::gen::inRange(0U, customers)};
          const Customer b{*rc::gen::inRange(0U, customers)};
          if (a != b) pairs.emplace_back(a, b);
        }
        const Time now = hour(4'000);
        std::vector<MergeId> ids;
        for (const auto& [a, b] : pairs) {
          ids.push_back(worlds[0].hub.merge(a, b, now, "forth").event.id);
        }
        std::reverse(pairs.begin(), pairs.end());
        for (const auto& [a, b] : pairs) worlds[1].hub.merge(a, b, now, "back");
        check(worlds[0]);
        check(worlds[1]);
        // Who leads a group depends on the order; what the group has does not.
        for (std::uint32_t c = 0; c < customers; ++c) {
          const Customer who{c};
          RC_ASSERT(worlds[0].programme.payout().balance(who, eur) ==
                    worlds[1].programme.payout().balance(who, eur));
          const Customer above0 = worlds[0].programme.forest().parent(who);
          const Customer above1 = worlds[1].programme.forest().parent(who);
          RC_ASSERT((above0 == no_customer) == (above1 == no_customer));
          if (above0 != no_customer) {
            RC_ASSERT(worlds[0].hub.owner(above1) == above0);
          }
        }
        for (const MergeId id : ids) (void)worlds[0].hub.unmerge(id, now, "undone");
        check(worlds[0]);
        for (std::uint32_t c = 0; c < customers; ++c) {
          const Customer who{c};
          RC_ASSERT(worlds[0].programme.payout().balance(who, eur) ==
                    worlds[2].programme.payout().balance(who, eur));
          RC_ASSERT(worlds[0].programme.forest().parent(who) ==
                    worlds[2].programme.forest().parent(who));
        }
      },
      500);
}

TEST_CASE(
    "simulated programme: an interrupted host tells the last facts again, to the same bytes") {
  emptor::test::check_property(
      "interruption",
      [] {
        const std::vector<Bytes> facts = history(50);
        const auto stop =
            static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(facts.size())));
        World straight;
        std::vector<std::byte> saved;
        for (std::size_t i = 0; i < facts.size(); ++i) {
          if (i == stop) saved = straight.programme.save();
          if (!is_merge(facts[i])) tell(straight, facts, i);
        }
        // What was not saved is lost with the process; all facts from there on are told again.
        Result<ReferralProgramme> loaded = ReferralProgramme::load(saved);
        RC_ASSERT(loaded.has_value());
        World again;
        again.hub.remove("programme");
        again.programme = std::move(*loaded);
        again.gross = straight.gross;
        for (std::size_t i = stop; i < facts.size(); ++i) {
          if (!is_merge(facts[i])) tell(again, facts, i);
        }
        RC_ASSERT(again.programme.save() == straight.programme.save());
        RC_ASSERT(again.programme.ledger().digest() == straight.programme.ledger().digest());
      },
      500);
}
