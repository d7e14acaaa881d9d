#include "value/value_outcomes.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/core/error.hpp"
#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/pareto_nbd.hpp"

namespace emptor::detail {

namespace {

/// Purchases that are drawn one by one; what comes after them counts as it is expected.
constexpr int most_purchases = 512;
/// Later purchases are worth less than this share of one today, and are left out.
constexpr double least_discount = 1e-9;

}  // namespace

ValueOutcomes::ValueOutcomes(const PurchaseModel& model, const GammaGammaModel& spend, double rate,
                             double horizon)
    : spend_(spend.parameters()), rate_(rate), horizon_(horizon) {
  if (rate > 0) horizon_ = std::min(horizon_, -std::log(least_discount) / rate);
  if (const auto* bg = dynamic_cast<const BgNbdModel*>(&model)) {
    leaving_ = bg->variant() == BgNbdVariant::bg ? Leaving::at_repeats : Leaving::at_purchases;
    shape_ = bg->parameters().r;
    scale_ = bg->parameters().alpha;
    leave_a_ = bg->parameters().a;
    leave_b_ = bg->parameters().b;
  } else if (const auto* pareto = dynamic_cast<const ParetoNbdModel*>(&model)) {
    shape_ = pareto->parameters().r;
    scale_ = pareto->parameters().alpha;
    leave_a_ = pareto->parameters().s;
    leave_b_ = pareto->parameters().beta;
  } else {
    throw Exception(ErrorCode::unsupported,
                    text("outcomes of the model '", model.name(), "' cannot be drawn"),
                    "customer_values_of");
  }
}

double ValueOutcomes::draw(const PurchasePattern& pattern, double mean_spend, double alive,
                           RandomStream& random) const {
  if (!random.bernoulli(alive)) return 0;
  const double x = pattern.repeats;
  // What is known of a customer who is alive is of the same family as what was known at the start.
  const double buying = random.gamma(shape_ + x, 1 / (scale_ + pattern.age));
  double chance = 0;  // to leave at a purchase
  double end = horizon_;
  double leaving = 0;  // a unit of time, for what is not drawn
  if (leaving_ == Leaving::at_any_time) {
    leaving = random.gamma(leave_a_, 1 / (leave_b_ + pattern.age));
    if (leaving > 0) end = std::min(end, random.exponential(1 / leaving));
  } else {
    chance = random.beta(leave_a_, leave_b_ + x + (leaving_ == Leaving::at_purchases ? 1 : 0));
    leaving = chance * buying;
  }
  if (!(buying > 0)) return 0;

  double discounted = 0;
  double time = 0;
  int purchases = 0;
  while (purchases < most_purchases) {
    time += random.exponential(1 / buying);
    if (!(time < end)) break;
    ++purchases;
    discounted += std::exp(-rate_ * time);
    if (chance > 0 && random.bernoulli(chance)) {
      time = end;
      break;
    }
  }
  if (purchases == 0) return 0;
  if (time < end) {
    const double fade = rate_ + (chance > 0 ? leaving : 0);
    const double left = end - time;
    discounted +=
        std::exp(-rate_ * time) * buying * (fade > 0 ? -std::expm1(-fade * left) / fade : left);
  }

  const auto [p, q, v] = spend_;
  const bool known = pattern.repeats > 0 && mean_spend > 0;
  const double rate =
      known ? random.gamma(p * x + q, 1 / (v + x * mean_spend)) : random.gamma(q, 1 / v);
  // The mean of the purchases to come, for all alike whenever they are.
  const double sum = random.gamma(p * purchases) / purchases;
  return discounted * sum / rate;
}

}  // namespace emptor::detail
