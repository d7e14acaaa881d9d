#pragma once
// One way the future of a customer may go: when the customer buys, whether and when the customer
// leaves, and what the purchases come to. Internal to the room.

#include "emptor/core/random.hpp"
#include "emptor/value/gamma_gamma.hpp"
#include "emptor/value/purchase_model.hpp"

namespace emptor::detail {

class ValueOutcomes {
 public:
  /// `rate` of discount and `horizon` in the model's unit of time. Throws `unsupported` for a model
  /// that is none of this room's.
  ValueOutcomes(const PurchaseModel& model, const GammaGammaModel& spend, double rate,
                double horizon);

  /// Money spent, discounted, by a customer of this history and mean spend (<= 0 or NaN: not
  /// known); `alive`: the probability of being a customer still.
  [[nodiscard]] double draw(const PurchasePattern& pattern, double mean_spend, double alive,
                            RandomStream& random) const;

 private:
  enum class Leaving : unsigned char { at_repeats, at_purchases, at_any_time };

  Leaving leaving_ = Leaving::at_any_time;
  double shape_ = 1, scale_ = 1;      // of the rates of purchases
  double leave_a_ = 1, leave_b_ = 1;  // of the chance or the rate of leaving
  GammaGammaParameters spend_;
  double rate_, horizon_;
};

}  // namespace emptor::detail
