#pragma once

/// @file
/// Customers made by the stories that the models of buying tell, and the models behind one face.

#include <cmath>
#include <functional>
#include <memory>
#include <stdexcept>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/pareto_nbd.hpp"

namespace emptor::test {

struct Histories {
  std::vector<std::uint32_t> repeats;
  std::vector<double> last, age;
  void add(const PurchasePattern& pattern) {
    repeats.push_back(pattern.repeats);
    last.push_back(pattern.last);
    age.push_back(pattern.age);
  }
  [[nodiscard]] RepeatPurchases collapsed(std::span<const double> weights = {}) const {
    return RepeatPurchases::from_histories(repeats, last, age, weights);
  }
};

/// A life up to `age` and on to `age + further`: what was seen by then, what came after, and
/// whether the customer was alive.
struct Life {
  PurchasePattern seen;
  std::uint32_t later = 0;
  bool alive = true;
};

template <class Leaves>
Life live(double age, double further, double rate, double until, RandomStream& random,
          Leaves&& leaves) {
  Life life{{0, 0, age}, 0, true};
  bool here = !leaves(true);
  double time = 0;
  double left = here ? until : 0;
  while (here) {
    time += random.exponential() / rate;
    if (time > until || time > age + further) break;
    if (time <= age) {
      ++life.seen.repeats;
      life.seen.last = time;
    } else {
      ++life.later;
    }
    here = !leaves(false);
    if (!here) left = time;
  }
  life.alive = left > age;
  return life;
}

inline Life bg_life(const BgNbdParameters& p, BgNbdVariant variant, double age, double further,
                    RandomStream& random) {
  const double rate = random.gamma(p.r, 1 / p.alpha);
  const double chance = random.beta(p.a, p.b);
  return live(age, further, rate, INFINITY, random, [&](bool first) {
    return (!first || variant == BgNbdVariant::mbg) && random.bernoulli(chance);
  });
}

inline Life pareto_life(const ParetoNbdParameters& p, double age, double further,
                        RandomStream& random) {
  const double rate = random.gamma(p.r, 1 / p.alpha);
  const double stay = random.exponential() / random.gamma(p.s, 1 / p.beta);
  return live(age, further, rate, stay, random, [](bool) { return false; });
}

inline constexpr BgNbdParameters cdnow_bg{0.2426, 4.4136, 0.7929, 2.4259};
inline constexpr BgNbdParameters cdnow_mbg{0.5248, 6.1831, 0.8914, 1.6140};
inline constexpr ParetoNbdParameters cdnow_pareto{0.5533, 10.5777, 0.6062, 11.6687};

inline std::vector<std::unique_ptr<PurchaseModel>> all_models() {
  std::vector<std::unique_ptr<PurchaseModel>> out;
  out.push_back(std::make_unique<BgNbdModel>(cdnow_bg));
  out.push_back(std::make_unique<BgNbdModel>(cdnow_mbg, BgNbdVariant::mbg));
  out.push_back(std::make_unique<ParetoNbdModel>(cdnow_pareto));
  return out;
}

struct Fitted {
  std::unique_ptr<PurchaseModel> model;
  ValueFitReport report;
};
using FitFunction = std::function<Fitted(const RepeatPurchases&, int, double, const Context&)>;

/// The three fits behind one face: iterations, prior, context.
inline std::vector<FitFunction> all_fits() {
  return {
      [](const RepeatPurchases& bought, int iterations, double prior, const Context& context) {
        FittedBgNbd fitted = fit_bg_nbd(bought, {iterations, prior}, context);
        return Fitted{std::make_unique<BgNbdModel>(fitted.model), fitted.report};
      },
      [](const RepeatPurchases& bought, int iterations, double prior, const Context& context) {
        FittedBgNbd fitted = fit_mbg_nbd(bought, {iterations, prior}, context);
        return Fitted{std::make_unique<BgNbdModel>(fitted.model), fitted.report};
      },
      [](const RepeatPurchases& bought, int iterations, double prior, const Context& context) {
        FittedParetoNbd fitted = fit_pareto_nbd(bought, {iterations, prior}, context);
        return Fitted{std::make_unique<ParetoNbdModel>(fitted.model), fitted.report};
      },
  };
}

inline RepeatPurchases few_customers() {
  Histories out;
  RandomStream random(3);
  for (int i = 0; i < 400; ++i) {
    out.add(bg_life(cdnow_bg, BgNbdVariant::bg, 20 + i % 20, 0, random).seen);
  }
  return out.collapsed();
}

template <class F>
ErrorCode code_of(F&& f) {
  try {
    f();
  } catch (const Exception& problem) {
    return problem.code();
  }
  throw std::runtime_error("nothing was thrown");
}

}  // namespace emptor::test
