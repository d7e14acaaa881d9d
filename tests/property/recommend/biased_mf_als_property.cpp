// The loss of alternating least squares, computed from the model's parts, never rises.

#include "emptor/recommend/biased_mf_als.hpp"

#include <cmath>
#include <cstddef>

#include "emptor/core/random.hpp"
#include "support/property.hpp"

namespace emptor {
namespace {

double loss_of(const RatingFactorsModel& model) {
  const RatingFactorsParts& parts = model.parts();
  const Csr<float>& rows = parts.data.by_customer();
  double loss = 0;
  const auto penalty = [&](const Matrix<float>& factors, float bias, std::size_t r,
                           std::size_t count) {
    double square = 0;
    for (const float value : factors.row(r)) square += double{value} * double{value};
    return static_cast<double>(count) *
           (parts.lambda * square + parts.bias_lambda * double{bias} * double{bias});
  };
  for (std::size_t c = 0; c < rows.rows(); ++c) {
    loss += penalty(parts.customers, parts.customer_biases[c], c, rows.row_size(c));
    for (std::size_t k = 0; k < rows.row_size(c); ++k) {
      const std::uint32_t i = rows.row_indices(c)[k];
      double error = (double{rows.row_values(c)[k]} - parts.mean) / parts.spread -
                     double{parts.customer_biases[c]} - double{parts.item_biases[i]};
      for (std::size_t j = 0; j < model.factors(); ++j) {
        error -= double{parts.customers(c, j)} * double{parts.items(i, j)};
      }
      loss += error * error;
    }
  }
  for (std::size_t i = 0; i < parts.data.items(); ++i) {
    loss += penalty(parts.items, parts.item_biases[i], i, parts.data.by_item().row_size(i));
  }
  return loss;
}

TEST_CASE("the loss never rises from sweep to sweep") {
  test::check_property(
      "ALS goes down",
      [](std::uint64_t seed) {
        RandomStream random(seed);
        const std::size_t m = 1 + random.below(30);
        const std::size_t n = 1 + random.below(20);
        const double density = random.uniform();
        RatingLog log;
        for (std::size_t c = 0; c < m; ++c) {
          for (std::size_t i = 0; i < n; ++i) {
            if (random.bernoulli(density)) {
              log.add(id_at<Customer>(c), id_at<Item>(i), static_cast<float>(random.below(11)) - 5);
            }
          }
        }
        const Ratings data(m, n, log, {-5, 5});
        BiasedMfAlsOptions options = {.factors = 1 + random.below(12), .seed = seed};
        double before = 0;
        for (options.sweeps = 1; options.sweeps <= 6; ++options.sweeps) {
          const auto fit = fit_biased_mf_als(data, options);
          const double loss = loss_of(fit.model);
          RC_ASSERT(options.sweeps == 1 || loss <= before * (1 + 1e-4) + 1e-6);
          before = loss;
        }
      },
      50);
}

}  // namespace
}  // namespace emptor
