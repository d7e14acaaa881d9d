// The solvers of implicit ALS against one another: with enough steps, or with one block, each is
// the exact one; with few, the loss still falls.

#include <cmath>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/recommend/als.hpp"
#include "support/property.hpp"

namespace emptor {
namespace {

/// Rows long enough that every solver does more than its exact part.
Interactions dense_data(std::uint64_t seed) {
  const auto customers = *rc::gen::inRange<std::uint32_t>(40, 110);
  const auto items = *rc::gen::inRange<std::uint32_t>(40, 90);
  InteractionLog log;
  for (std::uint32_t c = 0; c < customers; ++c) {
    RandomStream random(seed, c);
    const double density = random.uniform(0, 1.2);
    for (std::uint32_t i = 0; i < items; ++i) {
      if (random.bernoulli(std::min(density, 1.0))) {
        log.add(Customer{c}, Item{i}, static_cast<float>(random.uniform(0.2, 4)));
      }
    }
  }
  return {customers, items, log};
}

AlsOptions any_options(std::uint64_t seed) {
  AlsOptions options;
  options.factors = *rc::gen::inRange<std::size_t>(1, 60);
  options.sweeps = *rc::gen::inRange<std::size_t>(2, 5);
  options.unobserved_weight = *rc::gen::element(0.0, 0.02, 0.5);
  options.lambda = *rc::gen::element(0.01, 0.1);
  options.nu = *rc::gen::element(0.0, 1.0);
  options.use_weights = *rc::gen::arbitrary<bool>();
  options.seed = seed;
  options.trace_loss = true;
  return options;
}

template <class T>
double distance(const BasicAlsModel<T>& a, const BasicAlsModel<T>& b) {
  double most = 0;
  for (std::size_t c = 0; c < a.customers(); ++c) {
    for (std::size_t i = 0; i < a.items(); ++i) {
      double difference = 0;
      for (std::size_t j = 0; j < a.item_factors().columns(); ++j) {
        difference += double(a.customer_factors()(c, j)) * double(a.item_factors()(i, j)) -
                      double(b.customer_factors()(c, j)) * double(b.item_factors()(i, j));
      }
      most = std::max(most, std::abs(difference));
    }
  }
  return most;
}

TEST_CASE("conjugate gradients with many steps, and blocks that hold all factors, are exact") {
  test::check_property(
      "scores and losses",
      [] {
        const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
        const Interactions data = dense_data(seed);
        AlsOptions options = any_options(seed);
        const auto exact = fit_als<double>(data, options);
        options.solver = AlsSolver::conjugate_gradient;
        options.cg_steps = 400;
        const auto gradient = fit_als<double>(data, options);
        options.solver = AlsSolver::block;
        options.block = options.factors;
        const auto block = fit_als<double>(data, options);
        RC_ASSERT(distance(exact.model, gradient.model) <= 1e-6);
        RC_ASSERT(distance(exact.model, block.model) <= 1e-7);
        for (std::size_t s = 0; s < options.sweeps; ++s) {
          const double loss = exact.report.loss[s];
          RC_ASSERT(std::abs(gradient.report.loss[s] - loss) <= 1e-7 * loss);
          RC_ASSERT(std::abs(block.report.loss[s] - loss) <= 1e-8 * loss);
        }
      },
      40);
}

TEST_CASE("with few steps and small blocks the loss never rises, on any kernels") {
  test::check_property(
      "loss by sweep",
      [] {
        const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
        const Interactions data = dense_data(seed);
        AlsOptions options = any_options(seed);
        options.sweeps = 6;
        options.cg_steps = *rc::gen::inRange<std::size_t>(1, 4);
        options.block = *rc::gen::inRange<std::size_t>(1, 40);
        for (const AlsSolver solver : {AlsSolver::conjugate_gradient, AlsSolver::block}) {
          options.solver = solver;
          for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
            const Kernels* kernels = kernels_for(isa);
            if (kernels == nullptr) continue;
            const auto fit = fit_als(data, options, {.kernels = kernels});
            for (std::size_t s = 1; s < fit.report.loss.size(); ++s) {
              RC_ASSERT(fit.report.loss[s] <= fit.report.loss[s - 1] * (1 + 1e-5));
            }
          }
        }
      },
      25);
}

TEST_CASE("threads do not change a bit of any solver, nor of an update") {
  ThreadPool two(2);
  ThreadPool three(3);
  test::check_property(
      "factors by number of threads",
      [&] {
        const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
        const Interactions data = dense_data(seed);
        AlsOptions options = any_options(seed);
        options.solver = *rc::gen::element(AlsSolver::conjugate_gradient, AlsSolver::block);
        options.block = *rc::gen::inRange<std::size_t>(1, 40);
        const Interactions grown = dense_data(seed);
        const bool larger = grown.customers() >= data.customers() && grown.items() >= data.items();
        const Context inline_context{.kernels = &native_kernels()};
        const auto alone = fit_als(data, options, inline_context).model;
        for (ThreadPool* pool : {&two, &three}) {
          const Context shared{.executor = pool, .kernels = &native_kernels()};
          const auto model = fit_als(data, options, shared).model;
          RC_ASSERT(model.save() == alone.save());
          if (!larger) continue;
          RC_ASSERT(model.update(grown, shared).save() ==
                    alone.update(grown, inline_context).save());
        }
      },
      25);
}

}  // namespace
}  // namespace emptor
