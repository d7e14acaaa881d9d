#include "emptor/value/customer_value.hpp"

#include <cmath>

#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/pareto_nbd.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

struct Histories {
  std::vector<std::uint32_t> repeats;
  std::vector<double> last, age, mean;
};

Histories any_histories() {
  Histories out;
  const int customers = *rc::gen::inRange(1, 60);
  for (int c = 0; c < customers; ++c) {
    const int age = *rc::gen::inRange(0, 100);
    const int repeats = age == 0 ? 0 : *rc::gen::inRange(0, 9);
    out.repeats.push_back(static_cast<std::uint32_t>(repeats));
    out.age.push_back(age);
    out.last.push_back(repeats == 0 ? 0 : *rc::gen::inRange(1, age + 1));
    out.mean.push_back(*rc::gen::inRange(-10, 200));
  }
  return out;
}

bool close(double a, double b) {
  return std::abs(a - b) <= 1e-11 * std::max(std::abs(a), std::abs(b));
}

}  // namespace

TEST_CASE("value is what the models say of each customer alone") {
  CHECK(rc::check("one by one", [] {
    const Histories given = any_histories();
    const RepeatPurchases purchases =
        RepeatPurchases::from_histories(given.repeats, given.last, given.age);
    const GammaGammaModel spend({.p = 6.25, .q = 3.74, .v = 15.44});
    const BgNbdModel mbg({.r = 0.5, .alpha = 6, .a = 0.9, .b = 1.6}, BgNbdVariant::mbg);
    const ParetoNbdModel pareto({.r = 0.55, .alpha = 10.6, .s = 0.6, .beta = 11.7});
    const PurchaseModel& model =
        *rc::gen::arbitrary<bool>() ? static_cast<const PurchaseModel&>(mbg) : pareto;
    const CustomerValueOptions options{.margin = *rc::gen::inRange(0, 11) * 0.1,
                                       .discount = *rc::gen::inRange(1, 30) * 0.01,
                                       .horizon = *rc::gen::element(10.0, 52.0, endless)};
    const CustomerValues values = customer_values_of(purchases, given.mean, model, spend, options);
    double total = 0;
    for (std::size_t c = 0; c < given.repeats.size(); ++c) {
      const PurchasePattern pattern{given.repeats[c], given.last[c], given.age[c]};
      const double bought = model.discounted_purchases(pattern, values.rate, options.horizon);
      const double each =
          spend.expected_spend({.purchases = given.repeats[c], .mean = given.mean[c], .weight = 1});
      RC_ASSERT(close(values.purchases[c], bought));
      RC_ASSERT(close(values.value[c], options.margin * bought * each));
      RC_ASSERT(close(values.p_alive[c], model.probability_alive(pattern)));
      total += values.value[c];
    }
    RC_ASSERT(std::abs(values.total_value - total) <= 1e-9 * (1 + total));
    RC_ASSERT(values.customers == given.repeats.size());
  }));
}
