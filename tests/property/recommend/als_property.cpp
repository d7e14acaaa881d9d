// Implicit ALS against its twin: plain alternating normal equations in double, in the original
// basis, with no trick at all.

#include <cmath>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/recommend/als.hpp"
#include "support/property.hpp"

namespace emptor {
namespace {

struct Case {
  Interactions data;
  AlsOptions options;
};

Case any_case() {
  const auto customers = *rc::gen::inRange<std::uint32_t>(1, 40);
  const auto items = *rc::gen::inRange<std::uint32_t>(1, 30);
  const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
  InteractionLog log;
  for (std::uint32_t c = 0; c < customers; ++c) {
    RandomStream random(seed, c);
    const double density = random.uniform(0, 0.9);
    for (std::uint32_t i = 0; i < items; ++i) {
      if (random.bernoulli(density)) {
        log.add(Customer{c}, Item{i}, static_cast<float>(random.uniform(0.2, 4)));
      }
    }
  }
  AlsOptions options;
  options.factors = *rc::gen::inRange<std::size_t>(1, 24);
  options.sweeps = *rc::gen::inRange<std::size_t>(1, 5);
  options.unobserved_weight = *rc::gen::element(0.0, 0.02, 0.5);
  options.lambda = *rc::gen::element(0.01, 0.1, 1.0);
  options.nu = *rc::gen::element(0.0, 0.5, 1.0);
  options.use_weights = *rc::gen::arbitrary<bool>();
  options.seed = seed;
  options.trace_loss = true;
  return {Interactions(customers, items, log), options};
}

using Dense = Matrix<double>;

double ridge_of(const AlsOptions& options, const Csr<float>& rows, std::size_t row) {
  return options.lambda *
         std::pow(double(rows.row_size(row)) + options.unobserved_weight * double(rows.columns()),
                  options.nu);
}

/// Every row's normal equations, given the opposite side.
void solve_rows(const Csr<float>& rows, const AlsOptions& options, const Dense& opposite,
                Dense& out) {
  const std::size_t f = options.factors;
  Dense all(f, f);
  for (std::size_t r = 0; r < opposite.rows(); ++r) {
    for (std::size_t i = 0; i < f; ++i) {
      for (std::size_t j = 0; j < f; ++j) all(i, j) += opposite(r, i) * opposite(r, j);
    }
  }
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    const auto columns = rows.row_indices(r);
    for (std::size_t j = 0; j < f; ++j) out(r, j) = 0;
    if (columns.empty()) continue;
    Dense a(f, f);
    Dense x(1, f);
    for (std::size_t i = 0; i < f; ++i) {
      for (std::size_t j = 0; j < f; ++j) {
        a(i, j) = options.unobserved_weight * all(i, j);
        if (i == j) a(i, j) += ridge_of(options, rows, r);
      }
    }
    for (std::size_t k = 0; k < columns.size(); ++k) {
      const double weight = options.use_weights ? double(rows.row_values(r)[k]) : 1;
      const auto v = opposite.row(columns[k]);
      for (std::size_t i = 0; i < f; ++i) {
        x(0, i) += weight * v[i];
        for (std::size_t j = 0; j < f; ++j) a(i, j) += weight * v[i] * v[j];
      }
    }
    RC_ASSERT(detail::portable_cholesky_solve(a.data(), f, a.stride(), x.data()));
    for (std::size_t j = 0; j < f; ++j) out(r, j) = x(0, j);
  }
}

/// The loss, pair by pair.
double loss_of(const Case& one, const Dense& customers, const Dense& items) {
  const AlsOptions& options = one.options;
  const Csr<float>& rows = one.data.by_customer();
  double loss = 0;
  for (std::size_t c = 0; c < customers.rows(); ++c) {
    std::size_t k = 0;  // next of the customer's items
    for (std::size_t i = 0; i < items.rows(); ++i) {
      double score = 0;
      for (std::size_t j = 0; j < options.factors; ++j) score += customers(c, j) * items(i, j);
      loss += options.unobserved_weight * score * score;
      if (k == rows.row_size(c) || rows.row_indices(c)[k] != i) continue;
      const double weight = options.use_weights ? double(rows.row_values(c)[k]) : 1;
      loss += weight * (1 - score) * (1 - score);
      ++k;
    }
  }
  const auto add_ridge = [&](const Csr<float>& side, const Dense& factors) {
    for (std::size_t r = 0; r < side.rows(); ++r) {
      double square = 0;
      for (const double value : factors.row(r)) square += value * value;
      if (square > 0) loss += square * ridge_of(options, side, r);
    }
  };
  add_ridge(rows, customers);
  add_ridge(one.data.by_item(), items);
  return loss;
}

TEST_CASE("ALS is plain alternating least squares") {
  test::check_property("scores and loss of the twin", [] {
    const Case one = any_case();
    const AlsOptions& options = one.options;
    Dense customers(one.data.customers(), options.factors);
    Dense items(one.data.items(), options.factors);
    const double limit = options.initial_deviation * std::sqrt(3 / double(options.factors));
    for (std::size_t c = 0; c < customers.rows(); ++c) {
      if (one.data.by_customer().row_size(c) == 0) continue;
      RandomStream random(options.seed, c);
      for (double& value : customers.row(c)) value = random.uniform(-limit, limit);
    }
    std::vector<double> losses;
    for (std::size_t sweep = 0; sweep < options.sweeps; ++sweep) {
      solve_rows(one.data.by_item(), options, customers, items);
      solve_rows(one.data.by_customer(), options, items, customers);
      losses.push_back(loss_of(one, customers, items));
    }

    const auto fit = fit_als<double>(one.data, options);
    RC_ASSERT(fit.report.loss.size() == losses.size());
    for (std::size_t sweep = 0; sweep < losses.size(); ++sweep) {
      RC_ASSERT(std::abs(fit.report.loss[sweep] - losses[sweep]) <= 1e-8 * losses[sweep]);
    }
    const auto& x = fit.model.customer_factors();
    const auto& v = fit.model.item_factors();
    for (std::size_t c = 0; c < customers.rows(); ++c) {
      for (std::size_t i = 0; i < items.rows(); ++i) {
        double twin = 0;
        double score = 0;
        for (std::size_t j = 0; j < options.factors; ++j) {
          twin += customers(c, j) * items(i, j);
          score += x(c, j) * v(i, j);
        }
        RC_ASSERT(std::abs(score - twin) <= 1e-7);
      }
    }
  });
}

TEST_CASE("the loss never rises") {
  test::check_property("loss by sweep, float, best kernels", [] {
    Case one = any_case();
    one.options.sweeps = 6;
    const auto fit = fit_als(one.data, one.options, {.kernels = &native_kernels()});
    for (std::size_t sweep = 1; sweep < fit.report.loss.size(); ++sweep) {
      RC_ASSERT(fit.report.loss[sweep] <= fit.report.loss[sweep - 1] * (1 + 1e-5));
    }
  });
}

TEST_CASE("threads do not change a bit") {
  ThreadPool two(2);
  ThreadPool three(3);
  const auto check = [&] {
    const Case one = any_case();
    for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
      const Kernels* kernels = kernels_for(isa);
      if (kernels == nullptr) continue;
      const auto alone = fit_als(one.data, one.options, {.kernels = kernels});
      for (ThreadPool* pool : {&two, &three}) {
        const auto shared = fit_als(one.data, one.options, {.executor = pool, .kernels = kernels});
        RC_ASSERT(shared.model.save() == alone.model.save());
        RC_ASSERT(shared.report.loss == alone.report.loss);
      }
    }
  };
  test::check_property("factors by number of threads", check, 30);
}

}  // namespace
}  // namespace emptor
