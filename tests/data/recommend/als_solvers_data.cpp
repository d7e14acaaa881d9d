// Implicit ALS on MovieLens 1M: conjugate gradients and blocks against the exact solver, and an
// update against fitting anew.

#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/recommend/als.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/ncf.hpp"

namespace emptor {
namespace {

const AlsOptions options = {
    .factors = 64, .sweeps = 10, .unobserved_weight = 0.2, .lambda = 0.0075, .trace_loss = true};

/// The loss of a fit of weights 1 and nu = 1, pairs summed by the sides' Gramians.
double loss_of(const AlsModel& model) {
  const auto& x = model.customer_factors();
  const auto& v = model.item_factors();
  const Interactions& data = model.interactions();
  const AlsOptions& with = model.options();
  const std::size_t f = x.columns();
  double loss = 0;
  const auto add_side = [&](const Matrix<float>& factors, const Csr<float>& rows) {
    Matrix<double> gramian(f, f);
    for (std::size_t r = 0; r < factors.rows(); ++r) {
      const auto row = factors.row(r);
      for (std::size_t i = 0; i < f; ++i) {
        loss += with.lambda * double(row[i]) * double(row[i]) *
                (double(rows.row_size(r)) + with.unobserved_weight * double(rows.columns()));
        for (std::size_t j = 0; j < f; ++j) gramian(i, j) += double(row[i]) * double(row[j]);
      }
    }
    return gramian;
  };
  const auto a = add_side(x, data.by_customer());
  const auto b = add_side(v, data.by_item());
  for (std::size_t i = 0; i < f; ++i) {
    for (std::size_t j = 0; j < f; ++j) loss += with.unobserved_weight * a(i, j) * b(i, j);
  }
  for (std::size_t c = 0; c < data.customers(); ++c) {
    for (const auto item : data.by_customer().row_indices(c)) {
      double score = 0;
      for (std::size_t j = 0; j < f; ++j) score += double(x(c, j)) * double(v(item, j));
      loss += (1 - score) * (1 - score);
    }
  }
  return loss;
}

TEST_CASE("three steps of conjugate gradients, and blocks of 16, are as good as exact solves") {
  const auto data = test::read_ncf(test::data_dir() / "recommend/ncf-ml-1m", "ml-1m");
  const Interactions train(data.customers, data.items, data.train, Duplicates::refuse);
  ThreadPool pool(2);
  const Context two{.executor = &pool, .kernels = &native_kernels()};
  const auto exact = fit_als(train, options, two);
  CHECK(std::abs(loss_of(exact.model) / exact.report.loss.back() - 1) < 1e-4);
  const double hit_rate = test::evaluate_ncf(exact.model, data.questions, 10).hit_rate;
  for (const AlsSolver solver : {AlsSolver::conjugate_gradient, AlsSolver::block}) {
    AlsOptions other = options;
    other.solver = solver;
    other.block = 16;
    const auto fit = fit_als(train, other, two);
    const auto result = test::evaluate_ncf(fit.model, data.questions, 10);
    INFO("loss " << fit.report.loss.back() << " against " << exact.report.loss.back() << ", HR@10 "
                 << result.hit_rate << " against " << hit_rate);
    CHECK(fit.report.loss.back() <= 1.002 * exact.report.loss.back());
    CHECK(result.hit_rate >= hit_rate - 0.004);
  }
}

TEST_CASE("an update with a twentieth more interactions is within 1 % of a fit's loss") {
  const auto data = test::read_ncf(test::data_dir() / "recommend/ncf-ml-1m", "ml-1m");
  InteractionLog some;
  for (std::size_t e = 0; e < data.train.size(); ++e) {
    if (RandomStream(1, e).uniform() >= 0.05) {
      some.add(data.train.customers[e], data.train.items[e]);
    }
  }
  const Interactions before(data.customers, data.items, some, Duplicates::refuse);
  const Interactions now(data.customers, data.items, data.train, Duplicates::refuse);
  ThreadPool pool(2);
  const Context two{.executor = &pool, .kernels = &native_kernels()};
  const AlsModel updated = fit_als(before, options, two).model.update(now, two);
  const AlsModel fitted = fit_als(now, options, two).model;
  const double loss = loss_of(updated);
  const double best = loss_of(fitted);
  const auto after = test::evaluate_ncf(updated, data.questions, 10);
  const auto anew = test::evaluate_ncf(fitted, data.questions, 10);
  INFO("loss " << loss << " against " << best << ", HR@10 " << after.hit_rate << " against "
               << anew.hit_rate);
  CHECK(loss <= 1.01 * best);
  CHECK(after.hit_rate >= anew.hit_rate - 0.004);
}

}  // namespace
}  // namespace emptor
