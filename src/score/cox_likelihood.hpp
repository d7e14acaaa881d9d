#pragma once
// The partial likelihood of a Cox regression with its derivatives, and what else is summed over the
// customers at risk at each loss.

#include <cstddef>
#include <span>
#include <vector>

#include "emptor/score/cox.hpp"
#include "score/survival_design.hpp"
#include "score/survival_order.hpp"

namespace emptor::detail {

/// A time at which customers were lost.
struct CoxLoss {
  std::uint32_t stratum = 0;
  double time = 0;
  double hazard = 0;  ///< step of the baseline's cumulative hazard, at all scaled columns 0
  double events = 0;  ///< sum of weights
};

class CoxLikelihood {
 public:
  /// `values`: n x p, the design's kept columns.
  CoxLikelihood(const SurvivalDesign& design, std::vector<double> values, std::size_t width,
                CoxTies ties);

  /// The logarithm at `beta` (p), and its gradient and information (p x p).
  double at(std::span<const double> beta);
  [[nodiscard]] const std::vector<double>& gradient() const noexcept { return gradient_; }
  [[nodiscard]] const std::vector<double>& information() const noexcept { return information_; }

  /// After `at`: baseline steps by stratum, latest first; and for each the sum over its losses of
  /// columns minus their mean among those at risk (Schoenfeld), p numbers a step.
  [[nodiscard]] const std::vector<CoxLoss>& losses() const noexcept { return losses_; }
  [[nodiscard]] const std::vector<double>& residuals() const noexcept { return residuals_; }
  [[nodiscard]] std::span<const double> linear() const noexcept { return linear_; }

 private:
  void clear_sums(double shift);
  void add(std::uint32_t row, double sign);
  void rebuild(std::size_t begin, std::size_t last, double time);
  void visit(std::size_t first, std::size_t last);

  const SurvivalDesign& design_;
  std::vector<double> values_;
  std::size_t p_;
  CoxTies ties_;
  SurvivalOrder order_;
  std::vector<double> linear_;

  // Over those at risk, of weight exp(linear - shift): itself, times columns, times their squares
  // (lower triangle).
  double shift_ = 0, sum_ = 0, peak_ = 0;
  std::vector<double> first_, second_;
  // The same over the losses of one time.
  std::vector<double> lost_first_, lost_second_, mean_;

  double value_ = 0;
  std::vector<double> gradient_, information_, residuals_;
  std::vector<CoxLoss> losses_;
};

}  // namespace emptor::detail
