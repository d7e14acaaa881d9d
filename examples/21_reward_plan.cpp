// A reward plan read from JSON, and what it decides: two levels, a monthly cap, a better rule that
// excludes another, a hold, a refund; each decision with a sentence that explains it.

#include <array>
#include <iostream>
#include <vector>

#include "emptor/reward/plan_json.hpp"
#include "emptor/reward/reward_engine.hpp"

namespace {

constexpr std::string_view plan_text = R"({
  "id": "friends", "version": 1, "currency": "EUR",
  "valid": {"from": 1767225600},
  "budget": 1000000,
  "groups": [{"id": "welcome", "stacking": "best"}],
  "rules": [
    {"id": "level-1", "amount": {"basis_points": 500},
     "hold": {"seconds": 1209600}},
    {"id": "level-2", "beneficiary": {"level": 2}, "amount": {"basis_points": 200}},
    {"id": "welcome-fixed", "group": "welcome", "trigger": {"last": 1},
     "beneficiary": {"party": "referee"}, "amount": {"form": "fixed", "fixed": 500}},
    {"id": "welcome-share", "group": "welcome", "trigger": {"last": 1},
     "beneficiary": {"party": "referee"}, "amount": {"basis_points": 1000}},
    {"id": "points", "kind": "points", "beneficiary": {"party": "referee"},
     "amount": {"base": "gross", "basis_points": 100}, "expires_seconds": 31536000}
  ],
  "caps": [
    {"id": "monthly", "per": ["beneficiary"], "window": "month", "limit": 1000}
  ]
})";

}  // namespace

int main() {
  const emptor::Result<emptor::RewardPlan> plan = emptor::parse_reward_plan(plan_text);
  if (!plan) {
    std::cout << plan.error().to_string() << "\n";
    return 1;
  }
  std::cout << "plan " << plan->id() << ", version " << plan->version() << ", pays "
            << plan->paid_depth() << " levels\n";

  const auto broken = emptor::parse_reward_plan(
      R"({"id": "p", "rules": [{"id": "a", "amount": {"basis_points": 12000}}]})");
  std::cout << "a plan with a slip: " << broken.error().to_string() << "\n";

  emptor::RewardEngine engine(*plan);
  const std::array<emptor::UplineMember, 2> upline{{{emptor::Customer{1}}, {emptor::Customer{2}}}};
  std::vector<emptor::RewardDecision> decisions;
  const auto show = [&](std::string_view what) {
    std::cout << "\n" << what << "\n";
    for (const emptor::RewardDecision& one : decisions) {
      std::cout << "  " << engine.explain(one) << "\n";
    }
    decisions.clear();
  };

  emptor::RewardOccasion order;
  order.time = emptor::Time{emptor::Day{std::chrono::year{2026} / 3 / 5}};
  for (const std::int64_t net : {12'000, 4'000, 9'000}) {
    order.event += 1;
    order.customer = emptor::Customer{static_cast<std::uint32_t>(10 + order.event)};
    order.gross = net * 119 / 100;
    order.net = net;
    static_cast<void>(engine.decide(order, upline, decisions));
    show(emptor::text("order ", order.event, " of ",
                      to_string(emptor::Money(net, plan->currency())), " net"));
  }

  // Half of the first order comes back: what is left is judged anew.
  const emptor::RewardAdjustment half{1, 1, 7'140, 6'000, 0, order.time + std::chrono::days{3}};
  static_cast<void>(engine.adjust(half, decisions));
  show("half of order 1 comes back");
  const emptor::RewardStatus again = engine.adjust(half, decisions);
  std::cout << "\nthe same again: " << name(again) << "\n";
  const emptor::RewardBudgetUse budget = engine.budget();
  std::cout << "budget: " << budget.reserved << " reserved, " << budget.spent << " spent of "
            << *budget.limit << " cents\n";
}
