#include "emptor/reward/reward_engine.hpp"

#include <array>
#include <string>
#include <vector>

#include "emptor/core/archive.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

constexpr Time new_year{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
constexpr Customer buyer{10}, friend_{1}, friends_friend{2};

Time day(int number) {
  return new_year + std::chrono::days{number};
}

RewardRule level_rule(std::int64_t level, std::int64_t points) {
  RewardRule rule;
  rule.id = text("level-", level);
  rule.beneficiary.level = level;
  rule.amount = share_reward(points);
  return rule;
}

RewardPlanDraft plain() {
  RewardPlanDraft draft;
  draft.id = "friends";
  draft.currency = Currency("EUR");
  draft.rules = {level_rule(1, 500), level_rule(2, 200)};
  return draft;
}

RewardCap monthly(std::int64_t limit) {
  RewardCap cap;
  cap.id = "monthly";
  cap.per = {RewardCapPer::beneficiary};
  cap.window = RewardCapWindow::month;
  cap.limit = limit;
  return cap;
}

RewardOccasion order(std::uint64_t id, std::int64_t net, Time time = new_year) {
  RewardOccasion out;
  out.event = id;
  out.customer = buyer;
  out.time = time;
  out.gross = net * 120 / 100;
  out.net = net;
  out.margin = net / 4;
  return out;
}

RewardAdjustment left(std::uint64_t id, std::uint32_t revision, std::int64_t net) {
  return {id, revision, net * 120 / 100, net, net / 4, day(3)};
}

/// An engine with its upline of two.
struct Shop {
  explicit Shop(RewardPlanDraft draft) : engine(RewardPlan(std::move(draft))) {}

  std::vector<RewardDecision> decide(const RewardOccasion& occasion) {
    std::vector<RewardDecision> out;
    CHECK(engine.decide(occasion, upline, out) == RewardStatus::decided);
    return out;
  }
  std::vector<RewardDecision> adjust(const RewardAdjustment& adjustment) {
    std::vector<RewardDecision> out;
    CHECK(engine.adjust(adjustment, out) == RewardStatus::decided);
    return out;
  }

  RewardEngine engine;
  std::array<UplineMember, 2> upline{{{friend_, 0, true}, {friends_friend, 0, true}}};
};

}  // namespace

TEST_CASE("Two levels are paid of an order, each with its inputs") {
  Shop shop(plain());
  const auto decisions = shop.decide(order(7, 12000));
  REQUIRE(decisions.size() == 2);
  CHECK(decisions[0].key == RewardKey{7, 0, 1, friend_});
  CHECK(decisions[0].granted == 600);
  CHECK(decisions[0].change == 600);
  CHECK(decisions[0].net == 12000);
  CHECK(decisions[0].referee == buyer);
  CHECK(decisions[1].key == RewardKey{7, 1, 2, friends_friend});
  CHECK(decisions[1].granted == 240);
  CHECK(shop.engine.explain(decisions[0]) == "5.00 % of 120.00 EUR net = 6.00 EUR to level 1.");
  CHECK(shop.engine.budget() == RewardBudgetUse{std::nullopt, 0, 840});
}

TEST_CASE("A cap cuts, says so, and gets back what is refunded") {
  RewardPlanDraft draft = plain();
  draft.caps = {monthly(5000)};
  Shop shop(draft);
  CHECK(shop.decide(order(1, 91000))[0].granted == 4550);
  const auto cut = shop.decide(order(2, 12000, day(30)));
  CHECK(cut[0].desired == 600);
  CHECK(cut[0].granted == 450);
  CHECK(cut[0].bound == RewardBound::cap);
  CHECK(shop.engine.cap_name(cut[0].cap) == "monthly");
  CHECK(shop.engine.explain(cut[0]) ==
        "5.00 % of 120.00 EUR net = 6.00 EUR to level 1; cut to 4.50 EUR by the monthly cap "
        "'monthly' per beneficiary (45.50 of 50.00 EUR used).");
  CHECK(shop.decide(order(3, 12000, day(31)))[0].granted == 600);  // February
  CHECK(shop.decide(order(4, 12000))[0].granted == 0);
  // 20.00 EUR are left of the second: 1.00 EUR of it is due, 3.50 EUR go back to the cap.
  const auto less = shop.adjust(left(2, 1, 2000));
  CHECK(less[0].granted == 100);
  CHECK(less[0].change == -350);
  CHECK(less[0].revision == 1);
  CHECK(less[0].bound == RewardBound::none);
  CHECK(shop.engine.explain(less[0]) ==
        "5.00 % of 20.00 EUR net = 1.00 EUR to level 1; -3.50 EUR against what stood.");
  CHECK(shop.decide(order(5, 12000))[0].granted == 350);
}

TEST_CASE("Partial refunds that end in a full one net to zero") {
  RewardPlanDraft draft = plain();
  draft.rules[0].amount = fixed_reward(500);
  draft.rules[0].trigger.minimum = 5000;
  Shop shop(draft);
  std::int64_t sum[2] = {0, 0};
  const auto add = [&](const std::vector<RewardDecision>& decisions) {
    for (const RewardDecision& one : decisions) sum[one.key.rule] += one.change;
  };
  add(shop.decide(order(1, 9999)));
  CHECK(sum[0] == 500);
  add(shop.adjust(left(1, 1, 7001)));
  CHECK(sum[0] == 500);
  add(shop.adjust(left(1, 2, 3333)));
  CHECK(sum[0] == 0);  // below the minimum
  CHECK(sum[1] == 67);
  add(shop.adjust(left(1, 5, 0)));
  CHECK(sum[1] == 0);
  CHECK(shop.engine.budget().spent == 0);
}

TEST_CASE("Events and corrections that come again change nothing, others are refused") {
  Shop shop(plain());
  std::vector<RewardDecision> out;
  shop.decide(order(1, 9000));
  shop.adjust(left(1, 2, 5000));
  const auto bytes = shop.engine.save();
  CHECK(shop.engine.decide(order(1, 9000), {}, out) == RewardStatus::repeated);
  CHECK(shop.engine.decide(order(1, 9001), {}, out) == RewardStatus::conflict);
  CHECK(shop.engine.adjust(left(1, 2, 5000), out) == RewardStatus::repeated);
  CHECK(shop.engine.adjust(left(1, 2, 4000), out) == RewardStatus::conflict);
  CHECK(shop.engine.adjust(left(1, 0, 4000), out) == RewardStatus::invalid);
  CHECK(out.empty());
  CHECK(shop.engine.save() == bytes);
  CHECK(shop.engine.adjust(left(1, 1, 8000), out) == RewardStatus::superseded);
  CHECK(shop.engine.adjust(left(1, 1, 8000), out) == RewardStatus::repeated);
  CHECK(out.empty());
  RewardOccasion bad = order(2, 100);
  bad.customer = no_customer;
  CHECK(shop.engine.decide(bad, {}, out) == RewardStatus::invalid);
  bad = order(2, 100);
  bad.time = Time::max();
  CHECK(shop.engine.decide(bad, {}, out) == RewardStatus::invalid);
  bad = order(2, 100);
  bad.net = 1'000'000'000'000'001;
  CHECK(shop.engine.decide(bad, {}, out) == RewardStatus::invalid);
  CHECK(shop.engine.events() == 1);
}

TEST_CASE("A correction before its event waits for it") {
  Shop shop(plain());
  std::vector<RewardDecision> out;
  CHECK(shop.engine.adjust(left(1, 1, 2000), out) == RewardStatus::parked);
  CHECK(shop.engine.void_event(2, day(1), out) == RewardStatus::parked);
  CHECK(out.empty());
  const auto decisions = shop.decide(order(1, 9000));
  CHECK(decisions[0].granted == 100);
  CHECK(decisions[0].net == 2000);
  CHECK(decisions[0].revision == 0);
  CHECK(shop.decide(order(2, 9000)).empty());
}

TEST_CASE("An event is judged by the version that was valid at its time") {
  RewardPlanDraft first = plain();
  first.valid.to = day(31);
  Shop shop(first);
  std::vector<RewardDecision> out;
  CHECK(shop.engine.decide(order(1, 9000, day(40)), shop.upline, out) == RewardStatus::no_plan);
  RewardPlanDraft second = plain();
  second.version = 2;
  second.rules[0].amount = share_reward(1000);
  second.valid.from = day(20);
  REQUIRE(shop.engine.activate(RewardPlan(second)).has_value());
  REQUIRE(shop.engine.activate(RewardPlan(second)).has_value());
  CHECK(shop.engine.plans().size() == 2);
  CHECK(shop.decide(order(1, 9000, day(40)))[0].granted == 900);
  CHECK(shop.decide(order(2, 9000, day(10)))[0].granted == 450);
  const auto both = shop.decide(order(3, 9000, day(25)));
  CHECK(both[0].granted == 900);
  CHECK(both[0].plan_version == 2);
  CHECK(shop.engine.plan_at(day(19))->version() == 1);

  second.rules[0].amount = share_reward(999);
  CHECK(shop.engine.activate(RewardPlan(second)).error().code == ErrorCode::duplicate);
  second.version = 3;
  second.currency = Currency("USD");
  CHECK(shop.engine.activate(RewardPlan(second)).error().code == ErrorCode::currency_mismatch);
  second.id = "others";
  CHECK(shop.engine.activate(RewardPlan(second)).error().code == ErrorCode::invalid_value);
}

TEST_CASE("A cap's usage goes on in the next version, and its id keeps its meaning") {
  RewardPlanDraft draft = plain();
  draft.caps = {monthly(500)};
  Shop shop(draft);
  CHECK(shop.decide(order(1, 90000))[0].granted == 500);
  draft.version = 2;
  draft.caps[0].limit = 700;
  REQUIRE(shop.engine.activate(RewardPlan(draft)).has_value());
  CHECK(shop.decide(order(2, 90000))[0].granted == 200);
  draft.version = 3;
  draft.caps[0].window = RewardCapWindow::week;
  const Result<void> refused = shop.engine.activate(RewardPlan(draft));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.find("'monthly'") != std::string::npos);
  CHECK(shop.engine.plans().size() == 2);
}

TEST_CASE("A rolling cap holds in every window, for late events too") {
  RewardPlanDraft draft = plain();
  RewardCap cap = monthly(1000);
  cap.window = RewardCapWindow::rolling;
  cap.rolling_days = 10;
  draft.rules = {level_rule(1, 10'000)};
  draft.caps = {cap};
  Shop shop(draft);
  CHECK(shop.decide(order(1, 600, day(10)))[0].granted == 600);
  CHECK(shop.decide(order(2, 700, day(19)))[0].granted == 400);
  CHECK(shop.decide(order(3, 700, day(20)))[0].granted == 600);
  CHECK(shop.decide(order(4, 900, day(1)))[0].granted == 400);   // days 1 to 10 hold 600
  CHECK(shop.decide(order(5, 900, day(15)))[0].granted == 0);    // 10 to 19, 15 to 24
  CHECK(shop.decide(order(6, 2000, day(0)))[0].granted == 600);  // 0 to 9 hold 400
}

TEST_CASE("Budgets are reserved while a reward is held, spent after, and given back") {
  RewardPlanDraft draft = plain();
  draft.budget = 1000;
  for (RewardRule& rule : draft.rules) {
    rule.hold.duration = std::chrono::days{14};
    rule.expires_after = std::chrono::days{30};
  }
  Shop shop(draft);
  const auto first = shop.decide(order(1, 9000));
  CHECK(shop.engine.budget() == RewardBudgetUse{1000, 630, 0});
  CHECK(first[0].held_until == day(14));
  CHECK(first[0].expires == day(44));
  CHECK(shop.engine.explain(first[0]).find(". Held until 2026-01-15T00:00:00Z. Expires "
                                           "2026-02-14T00:00:00Z.") != std::string::npos);
  CHECK(shop.engine.release(first[0].key) == RewardStatus::decided);
  CHECK(shop.engine.release(first[0].key) == RewardStatus::repeated);
  CHECK(shop.engine.budget() == RewardBudgetUse{1000, 180, 450});
  const auto second = shop.decide(order(2, 9000));
  CHECK(second[0].granted == 370);
  CHECK(second[0].bound == RewardBound::budget);
  CHECK(second[1].granted == 0);
  CHECK(shop.engine.explain(second[0]).find(
            "cut to 3.70 EUR by the budget (6.30 of 10.00 EUR used)") != std::string::npos);
  std::vector<RewardDecision> out;
  CHECK(shop.engine.close(second[0].key, RewardBound::expired, day(60), out) ==
        RewardStatus::decided);
  CHECK(out[0].change == -370);
  CHECK(out[0].revision == 1);
  CHECK(shop.engine.close(second[0].key, RewardBound::expired, day(60), out) ==
        RewardStatus::repeated);
  CHECK(shop.engine.release(second[0].key) == RewardStatus::closed);
  CHECK_THROWS_AS(shop.engine.close(second[0].key, RewardBound::cap, day(60), out), Exception);
  out.clear();
  CHECK(shop.engine.void_event(1, day(61), out) == RewardStatus::decided);
  REQUIRE(out.size() == 2);
  CHECK(out[0].bound == RewardBound::voided);
  CHECK(shop.engine.budget() == RewardBudgetUse{1000, 0, 0});
  CHECK(shop.adjust(left(1, 1, 9000)).empty());
  CHECK(shop.engine.release({99, 0, 1, friend_}) == RewardStatus::unknown);
}

TEST_CASE("Of a group the best rule pays, or the first") {
  RewardPlanDraft draft = plain();
  draft.rules[1] = level_rule(1, 0);
  draft.rules[1].id = "welcome";
  draft.rules[1].amount = fixed_reward(300);
  draft.groups = {{"one", RewardStacking::best}};
  for (RewardRule& rule : draft.rules) rule.group = "one";
  Shop best(draft);
  auto decisions = best.decide(order(1, 10000));
  CHECK(decisions[0].granted == 500);
  CHECK(decisions[1].bound == RewardBound::stacking);
  CHECK(decisions[1].desired == 300);
  decisions = best.adjust(left(1, 1, 4000));  // 2.00 EUR against 3.00 EUR: the other one wins
  REQUIRE(decisions.size() == 2);
  CHECK(decisions[0].change == -500);
  CHECK(decisions[1].change == 300);
  CHECK(best.adjust(left(1, 2, 0)).size() == 2);
  CHECK(best.engine.budget().spent == 0);

  const auto equals = best.decide(order(2, 6000));  // 3.00 EUR both: the first one
  CHECK(equals[0].granted == 300);
  CHECK(equals[1].granted == 0);
  CHECK(equals[1].bound == RewardBound::stacking);

  draft.groups[0].stacking = RewardStacking::first;
  draft.rules[1].priority = 1;
  Shop first(draft);
  decisions = first.decide(order(1, 10000));
  CHECK(decisions[0].key.rule == 1);
  CHECK(decisions[0].granted == 300);
  CHECK(decisions[1].granted == 0);
  draft.groups[0].stacking = RewardStacking::all;
  CHECK(Shop(draft).decide(order(1, 10000))[1].granted == 500);
}

TEST_CASE("Milestones fall due when the total reaches them, once") {
  RewardPlanDraft draft = plain();
  draft.rules = {level_rule(1, 0)};
  draft.rules[0].amount = {};
  draft.rules[0].amount.form = RewardForm::milestone;
  draft.rules[0].amount.steps = {{3, 1000}, {5, 2000}};
  Shop shop(draft);
  CHECK(shop.decide(order(1, 100)).empty());
  CHECK(shop.decide(order(2, 100)).empty());
  const auto third = shop.decide(order(3, 100));
  REQUIRE(third.size() == 1);
  CHECK(third[0].granted == 1000);
  CHECK(shop.engine.explain(third[0]) == "A milestone of events = 10.00 EUR to level 1.");
  CHECK(shop.adjust(left(1, 1, 0)).empty());  // two are left, the third keeps its own
  CHECK(shop.decide(order(4, 100)).empty());  // three again: not due again
  CHECK(shop.adjust(left(3, 1, 0))[0].change == -1000);
  const auto fifth = shop.decide(order(5, 100));  // 2, 4 and 5 are left
  REQUIRE(fifth.size() == 1);
  CHECK(fifth[0].granted == 1000);
}

TEST_CASE("Rules look at kind, ordinal, filters, tier and segments") {
  RewardPlanDraft draft = plain();
  draft.rules = {level_rule(1, 1000)};
  RewardTrigger& trigger = draft.rules[0].trigger;
  trigger.first = 2;
  trigger.last = 6;
  trigger.every = 2;
  trigger.items = {Item{5}, Item{3}};
  trigger.channels = {Channel{1}};
  trigger.segments = {4};
  trigger.without_segments = {9};
  trigger.lowest_tier = 1;
  trigger.minimum_of = RewardBase::net;
  trigger.minimum = 100;
  draft.rules[0].beneficiary.lowest_tier = 2;
  RewardOccasion good = order(1, 100);
  good.item = Item{3};
  good.channel = Channel{1};
  good.ordinal = 4;
  good.segments = 1U << 4;
  good.tier = 1;
  const auto paid = [&](auto change) {
    Shop shop(draft);
    shop.upline[0].tier = 2;
    RewardOccasion occasion = good;
    change(occasion, shop.upline[0]);
    return shop.decide(occasion).size() == 1;
  };
  CHECK(paid([](auto&, auto&) {}));
  CHECK_FALSE(paid([](auto& o, auto&) { o.kind = RewardEventKind::subscription; }));
  CHECK_FALSE(paid([](auto& o, auto&) { o.ordinal = 3; }));
  CHECK_FALSE(paid([](auto& o, auto&) { o.ordinal = 8; }));
  CHECK_FALSE(paid([](auto& o, auto&) { o.item = Item{4}; }));
  CHECK_FALSE(paid([](auto& o, auto&) { o.channel = Channel{0}; }));
  CHECK_FALSE(paid([](auto& o, auto&) { o.segments = 0; }));
  CHECK_FALSE(paid([](auto& o, auto&) { o.segments |= 1U << 9; }));
  CHECK_FALSE(paid([](auto& o, auto&) { o.tier = 0; }));
  CHECK_FALSE(paid([](auto& o, auto&) { o.net = 99; }));
  CHECK_FALSE(paid([](auto& o, auto&) { o.gross = 0; }));
  CHECK_FALSE(paid([](auto&, auto& up) { up.tier = 1; }));
  CHECK_FALSE(paid([](auto&, auto& up) { up.eligible = false; }));
  CHECK_FALSE(paid([](auto&, auto& up) { up.customer = buyer; }));
}

TEST_CASE("Calendar windows begin where the cap's clock says") {
  const auto granted = [](RewardCapWindow window, UtcOffset offset, Time a, Time b) {
    RewardPlanDraft draft = plain();
    draft.rules = {level_rule(1, 10'000)};
    draft.caps = {monthly(100)};
    draft.caps[0].window = window;
    draft.caps[0].offset = offset;
    Shop shop(draft);
    shop.decide(order(1, 100, a));
    return shop.decide(order(2, 100, b))[0].granted;
  };
  using std::chrono::hours;
  const Time midnight = day(4);  // Monday, 5 January 2026
  const UtcOffset utc{0}, china{480};
  const Time before = midnight - std::chrono::seconds{1};
  CHECK(granted(RewardCapWindow::day, utc, before, midnight) == 100);
  CHECK(granted(RewardCapWindow::day, utc, midnight, midnight + hours{23}) == 0);
  CHECK(granted(RewardCapWindow::day, china, before, midnight) == 0);
  CHECK(granted(RewardCapWindow::day, china, midnight + hours{15}, midnight + hours{16}) == 100);
  CHECK(granted(RewardCapWindow::week, utc, before, midnight) == 100);
  CHECK(granted(RewardCapWindow::week, utc, midnight, midnight + hours{24 * 7 - 1}) == 0);
  CHECK(granted(RewardCapWindow::month, utc, day(0), day(30)) == 0);
  CHECK(granted(RewardCapWindow::month, utc, day(30), day(31)) == 100);
  CHECK(granted(RewardCapWindow::quarter, utc, day(0), day(89)) == 0);
  CHECK(granted(RewardCapWindow::quarter, utc, day(89), day(90)) == 100);
  CHECK(granted(RewardCapWindow::year, utc, day(0), day(364)) == 0);
  CHECK(granted(RewardCapWindow::year, utc, day(364), day(365)) == 100);
  CHECK(granted(RewardCapWindow::year, utc, day(-1), day(0)) == 100);
  CHECK(granted(RewardCapWindow::lifetime, utc, day(-9000), day(9000)) == 0);
}

TEST_CASE("Tiers are shares of parts or of the whole, rounded once") {
  RewardPlanDraft draft = plain();
  draft.rules = {level_rule(1, 0)};
  RewardAmount& amount = draft.rules[0].amount;
  amount = {};
  amount.form = RewardForm::tiers;
  amount.steps = {{0, 100}, {1000, 250}, {5000, 400}};
  Shop parts(draft);
  // 10 + 100 + 4 % of 1013 = 150.52
  CHECK(parts.decide(order(1, 6013))[0].granted == 151);
  CHECK(parts.decide(order(2, 1000))[0].granted == 10);
  amount.marginal = false;
  Shop whole(draft);
  const auto decisions = whole.decide(order(1, 6013));
  CHECK(decisions[0].granted == 241);  // 240.52
  CHECK(whole.engine.explain(decisions[0]) ==
        "Tier of 4.00 % of 60.13 EUR net = 2.41 EUR to level 1.");
}

TEST_CASE("Merged customers share their caps and do not bring themselves") {
  RewardPlanDraft draft = plain();
  draft.caps = {monthly(500)};
  draft.rules[1].amount.times = 1;
  Shop shop(draft);
  std::vector<RewardDecision> out;
  CHECK(shop.decide(order(1, 8000))[0].granted == 400);
  const std::array<Customer, 2> one{friend_, Customer{5}};
  const auto members = [&](Customer customer) {
    return customer == one[0] || customer == one[1] ? std::span<const Customer>(one)
                                                    : std::span<const Customer>();
  };
  const OwnerView owners(members);
  shop.upline[0].customer = Customer{5};
  CHECK(shop.engine.decide(order(2, 8000), shop.upline, out, &owners) == RewardStatus::decided);
  CHECK(out[0].granted == 100);
  CHECK(out[1].bound == RewardBound::times);
  CHECK(shop.engine.explain(out[1]).find("since the rule pays 1 time a customer") !=
        std::string::npos);
  out.clear();
  // Parted again, the usage is where it arrived.
  CHECK(shop.engine.decide(order(3, 9000), shop.upline, out) == RewardStatus::decided);
  CHECK(out[0].granted == 400);
  RewardOccasion own = order(4, 100, day(40));
  own.customer = friend_;
  out.clear();
  CHECK(shop.engine.decide(own, shop.upline, out, &owners) == RewardStatus::decided);
  REQUIRE(out.size() == 1);
  CHECK(out[0].key.level == 2);
}

TEST_CASE("Roles, gifts, points and holds until an event") {
  RewardPlanDraft draft = plain();
  RewardRule points = level_rule(1, 100);
  points.id = "points";
  points.beneficiary = {RewardParty::referee, 1, 0, 0};
  points.kind = RewardKind::points;
  points.hold.until = RewardEventKind::delivery;
  points.expires_after = std::chrono::days{365};
  RewardRule gift = level_rule(1, 0);
  gift.id = "gift";
  gift.beneficiary = {RewardParty::role, 1, 3, 0};
  gift.kind = RewardKind::gift;
  gift.gift = Item{4};
  gift.amount = fixed_reward(1);
  draft.rules = {points, gift};
  draft.points_budget = 150;
  Shop shop(draft);
  RewardOccasion occasion = order(1, 10000);
  const std::array<RewardRoleHolder, 1> roles{{{3, Customer{77}}}};
  occasion.roles = roles;
  auto decisions = shop.decide(occasion);
  REQUIRE(decisions.size() == 2);
  CHECK(shop.engine.explain(decisions[0]) ==
        "1.00 % of 100.00 EUR net = 100 points to the customer. Held until 'delivery'.");
  CHECK(decisions[0].held_until == Time::max());
  CHECK(decisions[0].expires == Time::max());
  CHECK(decisions[0].expires_after == std::chrono::days{365});
  CHECK(decisions[1].key.beneficiary == Customer{77});
  CHECK(decisions[1].gift == Item{4});
  CHECK(shop.engine.explain(decisions[1]) == "A fixed reward = 1 piece to role 3.");
  CHECK(shop.engine.points_budget() == RewardBudgetUse{150, 100, 0});
  CHECK(shop.decide(order(2, 10000))[0].granted == 50);
  CHECK(shop.engine.budget() == RewardBudgetUse{});
}

TEST_CASE("All decisions of an event can be had again") {
  Shop shop(plain());
  std::vector<RewardDecision> all = shop.decide(order(1, 9000));
  for (const std::int64_t net : {5000, 0}) {
    const auto more = shop.adjust(left(1, net == 0 ? 2 : 1, net));
    all.insert(all.end(), more.begin(), more.end());
  }
  std::vector<RewardDecision> again;
  REQUIRE(shop.engine.decisions_of(1, again));
  REQUIRE(again.size() == 6);
  CHECK(again == std::vector{all[0], all[2], all[4], all[1], all[3], all[5]});
  CHECK_FALSE(shop.engine.decisions_of(2, again));
}

TEST_CASE("A reward engine is saved and loaded to the byte, damaged bytes are refused") {
  RewardPlanDraft draft = plain();
  draft.caps = {monthly(500)};
  draft.budget = 700;
  Shop shop(draft);
  shop.decide(order(1, 8000));
  shop.decide(order(2, 8000));
  shop.adjust(left(1, 1, 100));
  std::vector<RewardDecision> out;
  CHECK(shop.engine.adjust(left(9, 1, 100), out) == RewardStatus::parked);
  const std::vector<std::byte> bytes = shop.engine.save();
  Result<RewardEngine> loaded = RewardEngine::load(bytes);
  REQUIRE(loaded.has_value());
  CHECK(loaded->save() == bytes);
  CHECK(loaded->budget() == shop.engine.budget());
  RewardEngine copy = shop.engine;
  std::vector<RewardDecision> a, b, c;
  CHECK(shop.engine.decide(order(3, 90000), shop.upline, a) == RewardStatus::decided);
  CHECK(loaded->decide(order(3, 90000), shop.upline, b) == RewardStatus::decided);
  CHECK(copy.decide(order(3, 90000), shop.upline, c) == RewardStatus::decided);
  CHECK(a == b);
  CHECK(a == c);
  CHECK(loaded->save() == shop.engine.save());
  for (std::size_t i = 0; i < bytes.size(); i += 7) {
    std::vector<std::byte> damaged = bytes;
    damaged[i] ^= std::byte{64};
    CHECK_FALSE(RewardEngine::load(damaged).has_value());
  }
  CHECK_THROWS_AS(shop.engine.cap_name(99), Exception);
  RewardDecision strange;
  strange.plan_version = 5;
  CHECK_THROWS_AS(shop.engine.explain(strange), Exception);
}
