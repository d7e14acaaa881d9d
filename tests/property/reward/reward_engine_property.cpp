#include "emptor/reward/reward_engine.hpp"

#include <array>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/reward/plan_json.hpp"
#include "emptor/reward/plan_share.hpp"
#include "support/property.hpp"
#include "support/reward_twin.hpp"

using namespace emptor;
using emptor::test::RewardTwin;

namespace {

/// Choices read off a list of numbers, so that a shorter list is a simpler world; then zeros.
class Tape {
 public:
  explicit Tape(const std::vector<std::uint8_t>& values) : values_(values) {}
  /// A number below `count`.
  unsigned below(unsigned count) {
    const unsigned value = at_ < values_.size() ? values_[at_++] : 0;
    return value % count;
  }
  bool one_in(unsigned count) { return below(count) == count - 1; }
  [[nodiscard]] bool over() const { return at_ >= values_.size(); }

 private:
  const std::vector<std::uint8_t>& values_;
  std::size_t at_ = 0;
};

constexpr Time start{std::chrono::sys_days{std::chrono::year{2025} / 12 / 10}};

Time time_of(Tape& tape) {
  return start + std::chrono::days{tape.below(40)} + std::chrono::hours{tape.below(24)};
}

RewardCap cap_of(Tape& tape, unsigned number, bool of_rule) {
  RewardCap cap;
  cap.id = text("cap", number);
  for (unsigned p = 0; p < 6; ++p) {
    if (tape.one_in(4)) cap.per.push_back(static_cast<RewardCapPer>(p));
  }
  cap.measure = static_cast<RewardCapMeasure>(tape.below(2));
  if (std::find(cap.per.begin(), cap.per.end(), RewardCapPer::event) == cap.per.end()) {
    cap.window = static_cast<RewardCapWindow>(tape.below(7));
  }
  if (cap.window == RewardCapWindow::rolling) cap.rolling_days = 1 + tape.below(20);
  cap.offset = UtcOffset{60 * (static_cast<int>(tape.below(25)) - 12)};
  cap.limit = cap.measure == RewardCapMeasure::count ? 1 + tape.below(3) : 50 * tape.below(20);
  if (!of_rule) cap.kind = static_cast<RewardKind>(tape.below(2));
  if (tape.one_in(4)) cap.level = 1 + tape.below(2);
  return cap;
}

RewardAmount amount_of(Tape& tape, bool milestones) {
  RewardAmount amount = share_reward(500 * tape.below(5), static_cast<RewardBase>(tape.below(3)));
  switch (tape.below(milestones ? 5 : 4)) {
    case 1:
      amount = fixed_reward(1 + 10 * tape.below(60));
      break;
    case 2:
    case 3:
      amount.form = RewardForm::tiers;
      amount.basis_points = 0;
      amount.marginal = tape.below(2) == 1;
      for (unsigned s = 0; s <= tape.below(3); ++s) {
        amount.steps.push_back({s * 700, 37 * tape.below(200)});
      }
      break;
    case 4:
      amount.form = RewardForm::milestone;
      amount.basis_points = 0;
      amount.measure = static_cast<MilestoneMeasure>(tape.below(4));
      for (unsigned s = 1; s <= 1 + tape.below(3); ++s) {
        amount.steps.push_back(
            {amount.measure == MilestoneMeasure::events ? s + s / 2 : s * 900, 50 * tape.below(9)});
      }
      break;
    default:
      break;
  }
  if (tape.one_in(3)) amount.times = 1 + tape.below(3);
  return amount;
}

RewardRule rule_of(Tape& tape, unsigned number) {
  RewardRule rule;
  rule.id = text("rule", number);
  rule.trigger.event = tape.one_in(6) ? RewardEventKind::sign_up : RewardEventKind::order;
  if (tape.one_in(8)) rule.trigger.first = 1 + tape.below(3);
  if (tape.one_in(8)) rule.trigger.every = 1 + tape.below(3);
  if (tape.one_in(8)) rule.trigger.minimum = 300 * tape.below(5);
  if (tape.one_in(8)) rule.trigger.campaigns = {Campaign{tape.below(2)}};
  if (tape.one_in(8)) rule.trigger.segments = {static_cast<std::uint8_t>(tape.below(3))};
  rule.trigger.minimum_of = static_cast<RewardBase>(tape.below(3));
  const unsigned party = tape.below(5);
  rule.beneficiary.party = party == 0   ? RewardParty::referee
                           : party == 1 ? RewardParty::role
                                        : RewardParty::upline;
  if (party > 1) rule.beneficiary.level = 1 + tape.below(3);
  if (party > 1 && tape.one_in(8)) rule.beneficiary.lowest_tier = 1;
  if (tape.one_in(3)) rule.group = tape.below(2) == 0 ? "one" : "two";
  rule.amount = amount_of(tape, rule.group.empty());
  rule.kind = rule.group == "one" || !tape.one_in(3) ? RewardKind::cash : RewardKind::points;
  rule.rounding = static_cast<Rounding>(tape.below(7));
  if (tape.one_in(3)) rule.hold.duration = std::chrono::days{tape.below(30)};
  rule.priority = static_cast<int>(tape.below(3)) - 1;
  for (unsigned c = 0; c < tape.below(3); ++c) rule.caps.push_back(cap_of(tape, c, true));
  return rule;
}

RewardPlan plan_of(Tape& tape) {
  RewardPlanDraft draft;
  draft.id = "plan";
  draft.currency = Currency("EUR");
  draft.max_paid_depth = 3;
  draft.pay_without_sale = true;
  draft.groups = {{"one", RewardStacking::best}, {"two", RewardStacking::first}};
  const unsigned rules = 2 + tape.below(5);
  for (unsigned r = 0; r < rules; ++r) draft.rules.push_back(rule_of(tape, r));
  const unsigned caps = tape.below(3);
  for (unsigned c = 0; c < caps; ++c) draft.caps.push_back(cap_of(tape, c, false));
  if (tape.one_in(2)) draft.budget = 200 * tape.below(100);
  if (tape.one_in(3)) draft.points_budget = 20 * tape.below(200);
  return RewardPlan(draft);
}

/// The next version: other limits, amounts and windows of validity, the same meaning of caps.
RewardPlan next_of(Tape& tape, const RewardPlan& plan, std::int64_t version) {
  RewardPlanDraft draft = plan.content();
  draft.version = version;
  draft.valid.from = start + std::chrono::days{tape.below(60)};
  for (RewardCap& cap : draft.caps) cap.limit += 20 * tape.below(20);
  for (RewardRule& rule : draft.rules) {
    if (rule.amount.form == RewardForm::fixed) rule.amount.fixed += 10 * tape.below(5);
    rule.priority = static_cast<int>(tape.below(3)) - 1;
  }
  if (draft.budget) *draft.budget += 20 * tape.below(50);
  return RewardPlan(draft);
}

/// An engine and its twin in one world.
class World {
 public:
  explicit World(Tape& tape, bool merges) : tape_(tape), merges_(merges), engine_(plan_of(tape)) {
    twin_.plans = {engine_.plans()[0]};
  }

  void run() {
    for (int step = 0; step < 100 && !tape_.over(); ++step) {
      one_step();
      if (!merges_) check_caps();
    }
    retry_everything();
    refund_everything();
  }

 private:
  struct Order {
    RewardOccasion facts;
    std::array<UplineMember, 3> upline;
    std::array<RewardRoleHolder, 1> roles;
  };

  void one_step() {
    switch (tape_.below(16)) {
      case 0:
        return activate();
      case 1:
      case 2:
      case 3:
        return adjust();
      case 4:
        return void_one();
      case 5:
        return close_or_release();
      case 6: {
        const auto bytes = engine_.save();
        Result<RewardEngine> loaded = RewardEngine::load(bytes);
        RC_ASSERT(loaded.has_value());
        RC_ASSERT(loaded->save() == bytes);
        engine_ = std::move(*loaded);
        return;
      }
      case 7:
        if (merges_) return merge();
        [[fallthrough]];
      default:
        return order();
    }
  }

  void activate() {
    const auto version = static_cast<std::int64_t>(2 + twin_.plans.size() * 2);
    const RewardPlan next = next_of(tape_, twin_.plans.back(), version);
    RC_ASSERT(engine_.activate(next).has_value());
    twin_.plans.push_back(next);
  }

  void order() {
    if (!orders_.empty() && tape_.one_in(6)) {  // again, or again with other facts
      Order again = orders_[tape_.below(static_cast<unsigned>(orders_.size()))];
      if (tape_.one_in(2)) again.facts.net += 1;
      return decide(again);
    }
    Order order;
    order.facts.event = tape_.one_in(5) ? 1 + tape_.below(20) : 100 + orders_.size();
    for (const Order& other : orders_) {
      if (other.facts.event == order.facts.event) order.facts.event = 100 + orders_.size();
    }
    order.facts.kind = tape_.one_in(5) ? RewardEventKind::sign_up : RewardEventKind::order;
    order.facts.customer = Customer{tape_.below(5)};
    order.facts.time = time_of(tape_);
    if (order.facts.kind == RewardEventKind::order) {
      order.facts.gross = 13 * tape_.below(250);
      order.facts.net = order.facts.gross * 100 / 119;
      order.facts.margin = order.facts.net / 3 - tape_.below(40);
    }
    order.facts.campaign = Campaign{tape_.below(2)};
    order.facts.ordinal = 1 + tape_.below(4);
    order.facts.segments = tape_.below(8);
    for (UplineMember& member : order.upline) {
      member.customer = tape_.one_in(8) ? no_customer : Customer{tape_.below(6)};
      member.tier = static_cast<std::uint8_t>(tape_.below(2));
      member.eligible = !tape_.one_in(8);
    }
    order.roles[0] = {0, Customer{tape_.below(6)}};
    orders_.push_back(order);
    decide(order);
  }

  void decide(Order& order) {
    order.facts.roles = order.roles;
    std::vector<RewardDecision> out;
    RewardStatus expected{};
    const RewardStatus status = engine_.decide(order.facts, order.upline, out, owners());
    const auto changes = twin_.decide(order.facts, order.upline, expected);
    RC_ASSERT(status == expected);
    compare(out, changes);
  }

  void adjust() {
    RewardAdjustment adjustment;
    adjustment.event =
        orders_.empty() || tape_.one_in(6)
            ? 1 + tape_.below(20)
            : orders_[tape_.below(static_cast<unsigned>(orders_.size()))].facts.event;
    adjustment.revision = 1 + tape_.below(5);
    adjustment.gross = tape_.one_in(3) ? 0 : 13 * tape_.below(250);
    adjustment.net = adjustment.gross * 100 / 119;
    adjustment.margin = adjustment.net / 3;
    adjustment.time = time_of(tape_);
    adjustments_.push_back(adjustment);
    decide(adjustment);
  }
  void decide(const RewardAdjustment& adjustment) {
    std::vector<RewardDecision> out;
    RewardStatus expected{};
    const RewardStatus status = engine_.adjust(adjustment, out, owners());
    const auto changes = twin_.adjust(adjustment, expected);
    RC_ASSERT(status == expected);
    compare(out, changes);
  }

  void void_one() {
    const std::uint64_t event =
        orders_.empty() || tape_.one_in(6)
            ? 1 + tape_.below(20)
            : orders_[tape_.below(static_cast<unsigned>(orders_.size()))].facts.event;
    std::vector<RewardDecision> out;
    RewardStatus expected{};
    const RewardStatus status = engine_.void_event(event, start, out);
    const auto changes = twin_.void_event(event, expected);
    RC_ASSERT(status == expected);
    compare(out, changes);
  }

  void close_or_release() {
    if (twin_.rewards.empty()) return;
    const std::size_t place = tape_.below(static_cast<unsigned>(twin_.rewards.size()));
    RewardTwin::Reward& reward = twin_.rewards[place];
    const RewardRule& rule = twin_.rule_of(reward);
    const bool upline = rule.beneficiary.party == RewardParty::upline;
    const RewardKey key{reward.event, static_cast<std::uint16_t>(reward.rule),
                        static_cast<std::uint8_t>(upline ? rule.beneficiary.level : 0),
                        reward.beneficiary};
    std::vector<RewardDecision> out;
    if (tape_.below(2) == 0) {
      const RewardStatus status = engine_.close(key, RewardBound::expired, start, out);
      RC_ASSERT(status == (!reward.decided ? RewardStatus::unknown
                           : reward.closed ? RewardStatus::repeated
                                           : RewardStatus::decided));
      if (status != RewardStatus::decided) return;
      compare(out, twin_.close(place));
      return;
    }
    const bool held = rule.hold.duration.count() > 0;
    RC_ASSERT(engine_.release(key) == (!reward.decided            ? RewardStatus::unknown
                                       : reward.closed            ? RewardStatus::closed
                                       : held && !reward.released ? RewardStatus::decided
                                                                  : RewardStatus::repeated));
    reward.released = reward.decided && held;
    check_budgets();
  }

  void merge() {
    twin_.owners[Customer{tape_.below(6)}] = static_cast<int>(tape_.below(3));
    groups_.clear();
    for (const auto& [customer, group] : twin_.owners) groups_[group].push_back(customer);
  }
  const OwnerView* owners() { return merges_ ? &view_ : nullptr; }

  void compare(const std::vector<RewardDecision>& got,
               const std::vector<RewardTwin::Change>& expected) {
    RC_ASSERT(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      const RewardTwin::Reward& reward = twin_.rewards[expected[i].reward];
      const RewardDecision& one = got[i];
      RC_ASSERT(one.key.event == reward.event);
      RC_ASSERT(one.key.rule == reward.rule);
      RC_ASSERT(one.key.beneficiary == reward.beneficiary);
      RC_ASSERT(one.desired == reward.desired);
      RC_ASSERT(one.granted == reward.granted);
      RC_ASSERT(one.change == expected[i].change);
      if (!reward.closed) RC_ASSERT(one.bound == reward.bound);
      if (one.bound == RewardBound::cap) RC_ASSERT(engine_.cap_name(one.cap) == reward.bound_name);
      std::int64_t& sum = posted_[{one.key.event, one.key.rule}];
      std::uint32_t& revisions = revisions_[{one.key.event, one.key.rule}];
      RC_ASSERT(one.revision == revisions++);
      sum += one.change;
      RC_ASSERT(sum == one.granted);
      RC_ASSERT(!engine_.explain(one).empty());
    }
    check_budgets();
  }

  void check_budgets() {
    const RewardBudgetUse money = engine_.budget();
    const RewardBudgetUse points = engine_.points_budget();
    RC_ASSERT(money.reserved + money.spent == twin_.spent(false));
    RC_ASSERT(points.reserved + points.spent == twin_.spent(true));
    if (money.limit) RC_ASSERT(money.reserved + money.spent <= *money.limit);
    if (points.limit) RC_ASSERT(points.reserved + points.spent <= *points.limit);
    std::int64_t reserved = 0;
    for (const RewardTwin::Reward& one : twin_.rewards) {
      const RewardRule& rule = twin_.rule_of(one);
      if (rule.kind == RewardKind::cash && rule.hold.duration.count() > 0 && !one.released) {
        reserved += one.granted;
      }
    }
    RC_ASSERT(money.reserved == reserved);
  }

  /// Limits only grow from version to version here, so the newest ones hold for all.
  void check_caps() {
    const RewardPlanDraft& plan = twin_.plans.back().content();
    for (const RewardTwin::Reward& one : twin_.rewards) {
      if (one.granted == 0) continue;
      const RewardRule& rule = twin_.rule_of(one);
      for (const RewardCap& cap : plan.caps) {
        if (cap.kind == rule.kind) RC_ASSERT(twin_.used(cap, "", one) <= cap.limit);
      }
      for (const RewardCap& cap : rule.caps) {
        RC_ASSERT(twin_.used(cap, rule.id, one) <= cap.limit);
      }
    }
  }

  void retry_everything() {
    const auto bytes = engine_.save();
    std::vector<RewardDecision> out;
    for (Order& order : orders_) {
      order.facts.roles = order.roles;
      const RewardStatus status = engine_.decide(order.facts, order.upline, out, owners());
      RC_ASSERT(status == RewardStatus::repeated || status == RewardStatus::no_plan ||
                status == RewardStatus::decided);
      if (status == RewardStatus::decided) {  // a plan has come that is valid at its time
        RewardStatus expected{};
        compare(out, twin_.decide(order.facts, order.upline, expected));
        RC_ASSERT(expected == RewardStatus::decided);
        out.clear();
        return retry_everything();
      }
    }
    for (const RewardAdjustment& one : adjustments_) {
      const RewardStatus status = engine_.adjust(one, out, owners());
      RC_ASSERT(status == RewardStatus::repeated || status == RewardStatus::conflict);
    }
    RC_ASSERT(out.empty());
    RC_ASSERT(engine_.save() == bytes);
  }

  void refund_everything() {
    for (const Order& order : orders_) {
      RewardAdjustment nothing;
      nothing.event = order.facts.event;
      nothing.revision = 100;
      nothing.time = start;
      decide(nothing);
    }
    for (const auto& [key, sum] : posted_) RC_ASSERT(sum == 0);
    RC_ASSERT(engine_.budget().reserved == 0);
    RC_ASSERT(engine_.budget().spent == 0);
  }

  Tape& tape_;
  bool merges_;
  RewardEngine engine_;
  RewardTwin twin_;
  std::vector<Order> orders_;
  std::vector<RewardAdjustment> adjustments_;
  std::map<std::tuple<std::uint64_t, std::uint16_t>, std::int64_t> posted_;
  std::map<std::tuple<std::uint64_t, std::uint16_t>, std::uint32_t> revisions_;
  std::map<int, std::vector<Customer>> groups_;
  struct Members {
    const World* world;
    std::span<const Customer> operator()(Customer customer) const {
      const auto found = world->twin_.owners.find(customer);
      if (found == world->twin_.owners.end()) return {};
      return world->groups_.at(found->second);
    }
  };
  Members members_{this};
  OwnerView view_{members_};
};

std::vector<std::uint8_t> tape_values() {
  return *rc::gen::resize(1200, rc::gen::arbitrary<std::vector<std::uint8_t>>());
}

}  // namespace

TEST_CASE("The reward engine decides as its slow twin, and its promises hold at every step") {
  test::check_property(
      "worlds without merges",
      [] {
        const std::vector<std::uint8_t> values = tape_values();
        Tape tape(values);
        World(tape, false).run();
      },
      1500);
  test::check_property(
      "worlds with merges",
      [] {
        const std::vector<std::uint8_t> values = tape_values();
        Tape tape(values);
        World(tape, true).run();
      },
      1000);
}

TEST_CASE("Random reward plans go to JSON and back") {
  test::check_property(
      "the same plan, the same bytes",
      [] {
        const std::vector<std::uint8_t> values = tape_values();
        Tape tape(values);
        const RewardPlan plan = plan_of(tape);
        const Result<RewardPlan> again = parse_reward_plan(to_json(plan));
        RC_ASSERT(again.has_value());
        RC_ASSERT(*again == plan);
        RC_ASSERT(to_json(*again) == to_json(plan));
        RC_ASSERT(again->hash() == plan.hash());
      },
      300);
}

TEST_CASE("Basis points of an amount are core money's share") {
  const Currency eur("EUR");
  const auto exact = [&](std::int64_t amount, std::uint32_t points, Rounding rounding) {
    return Money(amount, eur).share(points, 10'000, rounding).minor();
  };
  // Every remainder with every parity of the quotient: amounts to 20'000, rates 0 to 10'000.
  std::size_t wrong = 0;
  for (std::int64_t amount = 0; amount <= 20'000; amount += 7) {
    for (std::uint32_t points = 0; points <= 10'000; ++points) {
      wrong += basis_point_share(amount, points) != exact(amount, points, Rounding::half_even);
    }
  }
  CHECK(wrong == 0);
  test::check_property(
      "any amount, rate and rounding",
      [&] {
        const auto amount = *rc::gen::inRange<std::int64_t>(
            -std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max());
        const auto small = *rc::gen::inRange<std::int64_t>(-1'000'000, 1'000'000);
        const auto points = *rc::gen::inRange<std::uint32_t>(0, 10'001);
        for (const std::int64_t a : {amount, small, std::int64_t{5000} * small}) {
          RC_ASSERT(basis_point_share(a, points) == exact(a, points, Rounding::half_even));
          const std::int64_t positive = a < 0 ? -a : a;
          for (int r = 0; r < 7; ++r) {
            const auto rounding = static_cast<Rounding>(r);
            RC_ASSERT(basis_point_share(positive, points, rounding) ==
                      exact(positive, points, rounding));
          }
        }
      },
      20'000);
}
