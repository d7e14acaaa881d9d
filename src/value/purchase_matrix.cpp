#include "emptor/value/purchase_matrix.hpp"

#include <cmath>

#include "emptor/core/error.hpp"

namespace emptor {

PurchaseMatrix purchase_matrix_of(const PurchaseModel& model, const PurchaseMatrixOptions& options,
                                  const Context& context) {
  require_option(options.age > 0 && std::isfinite(options.age), "age", "> 0", options.age);
  require_option(options.horizon > 0 && std::isfinite(options.horizon), "horizon", "> 0",
                 options.horizon);
  require_option(options.most_repeats <= 499, "most_repeats", "<= 499", options.most_repeats);
  require_option(options.steps >= 1 && options.steps <= 499, "steps", "in [1, 499]", options.steps);
  PurchaseMatrix out;
  out.options = options;
  out.model = model.name();
  for (std::uint32_t j = 1; j <= options.steps; ++j) {
    out.last.push_back(j == options.steps ? options.age : options.age * j / options.steps);
  }
  std::vector<PurchasePattern> patterns;
  patterns.reserve(out.rows() * out.columns());
  for (std::uint32_t x = 0; x <= options.most_repeats; ++x) {
    for (const double last : out.last) {
      patterns.push_back({.repeats = x, .last = x > 0 ? last : 0, .age = options.age});
    }
  }
  out.alive = model.probability_alive(patterns, 0, context);
  out.expected_purchases = model.expected_purchases(patterns, options.horizon, context);
  return out;
}

}  // namespace emptor
