// A decision as a sentence.

#include <string>

#include "reward/reward_state.hpp"

namespace emptor {

using detail::CapShape;

namespace {

/// "6.00 EUR", "600 points", "1 piece".
std::string amount_text(std::int64_t amount, const RewardDecision& decision) {
  switch (decision.kind) {
    case RewardKind::cash:
    case RewardKind::discount:
      return text(decimal_text(amount, decision.currency.digits()), ' ', decision.currency.code());
    case RewardKind::points:
      return text(amount, amount == 1 ? " point" : " points");
    case RewardKind::gift:
      return text(amount, amount == 1 ? " piece" : " pieces");
  }
  return text(amount);
}

std::string money_text(std::int64_t minor, const RewardDecision& decision) {
  return text(decimal_text(minor, decision.currency.digits()), ' ', decision.currency.code());
}

std::string base_text(RewardBase base, const RewardDecision& decision) {
  const detail::BaseAmounts amounts{decision.gross, decision.net, decision.margin};
  return text(money_text(amounts.of(base), decision), ' ', name(base));
}

std::string event_text(RewardEventKind kind) {
  return kind >= first_own_sale ? text("event ", static_cast<unsigned>(kind))
                                : text('\'', name(kind), '\'');
}

std::string party_text(const RewardRule& rule, const RewardDecision& decision) {
  switch (rule.beneficiary.party) {
    case RewardParty::upline:
      return text("level ", unsigned{decision.key.level});
    case RewardParty::role:
      return text("role ", rule.beneficiary.role);
    case RewardParty::referee:
      break;
  }
  return "the customer";
}

/// "5.00 % of 120.00 EUR net".
std::string source_text(const RewardRule& rule, const RewardDecision& decision) {
  const RewardAmount& amount = rule.amount;
  switch (amount.form) {
    case RewardForm::fixed:
      return "a fixed reward";
    case RewardForm::basis_points:
      return text(decimal_text(amount.basis_points, 2), " % of ", base_text(amount.base, decision));
    case RewardForm::tiers: {
      if (amount.marginal) return text("tiers of ", base_text(amount.base, decision));
      const detail::BaseAmounts amounts{decision.gross, decision.net, decision.margin};
      std::int64_t rate = 0;
      for (const RewardStep& step : amount.steps) {
        if (step.from <= amounts.of(amount.base)) rate = step.value;
      }
      return text("tier of ", decimal_text(rate, 2), " % of ", base_text(amount.base, decision));
    }
    case RewardForm::milestone:
      return text("a milestone of ", name(amount.measure));
  }
  return {};
}

std::string window_text(const CapShape& cap) {
  switch (cap.window) {
    case RewardCapWindow::lifetime:
      return {};
    case RewardCapWindow::day:
      return "daily ";
    case RewardCapWindow::week:
      return "weekly ";
    case RewardCapWindow::month:
      return "monthly ";
    case RewardCapWindow::quarter:
      return "quarterly ";
    case RewardCapWindow::year:
      return "yearly ";
    case RewardCapWindow::rolling:
      return text(cap.rolling_days, "-day ");
  }
  return {};
}

std::string used_text(const RewardDecision& decision, bool count) {
  if (count) return text(decision.bound_used, " of ", decision.bound_limit, " used");
  const bool money = decision.kind == RewardKind::cash || decision.kind == RewardKind::discount;
  const std::string used = money ? decimal_text(decision.bound_used, decision.currency.digits())
                                 : text(decision.bound_used);
  return text(used, " of ", amount_text(decision.bound_limit, decision), " used");
}

}  // namespace

std::string RewardEngine::explain(const RewardDecision& decision) const {
  const RewardPlan* of = plan(decision.plan_version);
  const bool cap_known = decision.cap < state_->caps.size();
  if (of == nullptr || decision.key.rule >= of->rules().size() ||
      (decision.bound == RewardBound::cap && !cap_known)) {
    throw Exception(ErrorCode::not_found, "the decision is of no plan of this engine", "explain");
  }
  const RewardRule& rule = of->rules()[decision.key.rule];
  std::string out;
  if (decision.desired == 0) {
    out = text("Nothing to ", party_text(rule, decision), " by '", rule.id,
               "', since too little is left of the event");
  } else {
    out = text(source_text(rule, decision), " = ", amount_text(decision.desired, decision), " to ",
               party_text(rule, decision));
  }
  const std::string cut = decision.granted == 0
                              ? std::string("not granted")
                              : text("cut to ", amount_text(decision.granted, decision));
  switch (decision.bound) {
    case RewardBound::none:
      break;
    case RewardBound::cap: {
      const CapShape& cap = state_->caps[decision.cap];
      out += text("; ", cut, " by the ", window_text(cap), "cap '", cap.name, '\'');
      const char* joint = " per ";
      for (unsigned p = 0; p < 6; ++p) {
        if (!cap.is_per(static_cast<RewardCapPer>(p))) continue;
        out += text(joint, name(static_cast<RewardCapPer>(p)));
        joint = " and ";
      }
      out += text(" (", used_text(decision, cap.measure == RewardCapMeasure::count), ')');
      break;
    }
    case RewardBound::times:
      out += text("; ", cut, ", since the rule pays ", decision.bound_limit,
                  decision.bound_limit == 1 ? " time" : " times", " a customer");
      break;
    case RewardBound::budget:
      out += text("; ", cut, " by the budget (", used_text(decision, false), ')');
      break;
    case RewardBound::stacking:
      out += text("; not granted, since another rule of '", rule.group, "' pays");
      break;
    case RewardBound::voided:
      out += "; taken back";
      break;
    case RewardBound::expired:
      out += "; expired";
      break;
  }
  if (decision.revision > 0) {
    out += text("; ", decision.change < 0 ? "" : "+", amount_text(decision.change, decision),
                " against what stood");
  }
  out += '.';
  if (decision.granted > 0) {
    if (decision.held_until == Time::max()) {
      out += text(" Held until ", event_text(decision.hold_event), '.');
    } else if (decision.held_until != Time::min()) {
      out += text(" Held until ", to_string(decision.held_until), '.');
    }
    if (decision.expires != Time::max()) {
      out += text(" Expires ", to_string(decision.expires), '.');
    }
  }
  if (out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
  return out;
}

}  // namespace emptor
