#pragma once
// The log-likelihood of an accelerated failure time model and its derivatives.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/score/aft_result.hpp"

namespace emptor::detail {

/// n customers; q columns, the last of them 1 (the intercept).
struct AftData {
  AftDistribution distribution = AftDistribution::weibull;
  std::size_t width = 1;          ///< q
  std::vector<double> values;     ///< n x q
  std::vector<double> log_time;   ///< less a constant
  std::vector<double> log_entry;  ///< likewise, -infinity: from the beginning; or empty
  std::vector<double> weight;
  std::vector<std::uint8_t> event;
};

class AftLikelihood {
 public:
  /// Derivatives are by the q coefficients and then the logarithm of the scale.
  AftLikelihood(const AftData& data, const Context& context);

  /// Of q coefficients and a log scale.
  double at(std::span<const double> theta);
  [[nodiscard]] const std::vector<double>& gradient() const noexcept { return sums_.gradient; }
  /// Minus the second derivatives, (q + 1) x (q + 1).
  [[nodiscard]] const std::vector<double>& information() const noexcept {
    return sums_.information;
  }

 private:
  struct Sums {
    double value = 0;
    std::vector<double> gradient, information;
    void clear();
  };
  template <AftDistribution kind>
  void add(std::span<const double> theta, std::size_t begin, std::size_t end, Sums& out) const;

  const AftData& data_;
  const Context& context_;
  std::size_t grain_;
  Sums sums_;
  std::vector<Sums> parts_;
};

}  // namespace emptor::detail
