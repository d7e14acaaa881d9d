#include "score/cox_likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace emptor::detail {

CoxLikelihood::CoxLikelihood(const SurvivalDesign& design, std::vector<double> values,
                             std::size_t width, CoxTies ties)
    : design_(design),
      values_(std::move(values)),
      p_(width),
      ties_(ties),
      order_(survival_order(design.times())),
      linear_(design.size()),
      first_(width),
      second_(width * width),
      lost_first_(width),
      lost_second_(width * width),
      mean_(width),
      gradient_(width),
      information_(width * width) {}

void CoxLikelihood::clear_sums(double shift) {
  shift_ = shift;
  sum_ = peak_ = 0;
  std::fill(first_.begin(), first_.end(), 0.0);
  std::fill(second_.begin(), second_.end(), 0.0);
}

void CoxLikelihood::add(std::uint32_t row, double sign) {
  if (linear_[row] > shift_) {  // nothing overflows, however far apart the risks are
    const double scale = sum_ > 0 ? std::exp(shift_ - linear_[row]) : 0;
    shift_ = linear_[row];
    sum_ *= scale;
    peak_ *= scale;
    for (double& value : first_) value *= scale;
    for (double& value : second_) value *= scale;
  }
  const double weight = sign * design_.weight[row] * std::exp(linear_[row] - shift_);
  const double* x = values_.data() + row * p_;
  sum_ += weight;
  peak_ = std::max(peak_, sum_);
  for (std::size_t j = 0; j < p_; ++j) {
    const double part = weight * x[j];
    first_[j] += part;
    double* line = second_.data() + j * p_;
    for (std::size_t k = 0; k <= j; ++k) line[k] += part * x[k];
  }
}

/// The sums once more from those at risk at a time, when so much was taken away again that what is
/// left is rounding.
void CoxLikelihood::rebuild(std::size_t begin, std::size_t last, double time) {
  clear_sums(-std::numeric_limits<double>::infinity());
  for (std::size_t at = begin; at < last; ++at) {
    const std::uint32_t row = order_.by_time[at];
    if (design_.entry[row] < time) add(row, 1);
  }
  peak_ = sum_;
}

void CoxLikelihood::visit(std::size_t first, std::size_t last) {
  double events = 0;
  double count = 0;
  double lost = 0;
  std::fill(lost_first_.begin(), lost_first_.end(), 0.0);
  std::fill(lost_second_.begin(), lost_second_.end(), 0.0);
  const std::size_t residual = residuals_.size();
  for (std::size_t at = first; at < last; ++at) {
    const std::uint32_t row = order_.by_time[at];
    if (design_.event[row] == 0) continue;
    if (count == 0) residuals_.resize(residual + p_, 0.0);
    const double weight = design_.weight[row];
    const double risk = weight * std::exp(linear_[row] - shift_);
    const double* x = values_.data() + row * p_;
    events += weight;
    count += 1;
    lost += risk;
    value_ += weight * linear_[row];
    for (std::size_t j = 0; j < p_; ++j) {
      gradient_[j] += weight * x[j];
      residuals_[residual + j] += weight * x[j];
      const double part = risk * x[j];
      lost_first_[j] += part;
      double* line = lost_second_.data() + j * p_;
      for (std::size_t k = 0; k <= j; ++k) line[k] += part * x[k];
    }
  }
  if (count == 0) return;
  // Efron: the k-th of d losses at one time sees the d of them with weight 1 - k / d. All p x p
  // work is shared by the d of them: only powers of the fraction and the denominator are summed.
  const double steps = ties_ == CoxTies::efron ? count : 1;
  const double each = events / steps;
  double hazard = 0, fraction_sum = 0, square0 = 0, square1 = 0, square2 = 0;
  for (double k = 0; k < steps; ++k) {
    const double fraction = k / steps;
    const double inverse = 1 / (sum_ - fraction * lost);
    value_ -= each * (shift_ - std::log(inverse));
    hazard += each * inverse;
    fraction_sum += each * inverse * fraction;
    square0 += each * inverse * inverse;
    square1 += each * inverse * inverse * fraction;
    square2 += each * inverse * inverse * fraction * fraction;
  }
  for (std::size_t j = 0; j < p_; ++j) {
    const double mean = hazard * first_[j] - fraction_sum * lost_first_[j];
    gradient_[j] -= mean;
    residuals_[residual + j] -= mean;
    const double* second = second_.data() + j * p_;
    const double* lost_second = lost_second_.data() + j * p_;
    for (std::size_t k = 0; k <= j; ++k) {
      information_[j * p_ + k] +=
          hazard * second[k] - fraction_sum * lost_second[k] - square0 * first_[j] * first_[k] +
          square1 * (first_[j] * lost_first_[k] + lost_first_[j] * first_[k]) -
          square2 * lost_first_[j] * lost_first_[k];
    }
  }
  const std::uint32_t row = order_.by_time[first];
  losses_.push_back({.stratum = design_.stratum.empty() ? 0 : design_.stratum[row],
                     .time = design_.time[row],
                     .hazard = hazard * std::exp(-shift_),
                     .events = events});
}

double CoxLikelihood::at(std::span<const double> beta) {
  value_ = 0;
  std::fill(gradient_.begin(), gradient_.end(), 0.0);
  std::fill(information_.begin(), information_.end(), 0.0);
  losses_.clear();
  residuals_.clear();
  for (std::size_t row = 0; row < design_.size(); ++row) {
    const double* x = values_.data() + row * p_;
    double sum = 0;
    for (std::size_t j = 0; j < p_; ++j) sum += beta[j] * x[j];
    linear_[row] = sum;
  }
  const SurvivalTimes times = design_.times();
  for (std::size_t stratum = 0; stratum + 1 < order_.strata.size(); ++stratum) {
    const std::size_t begin = order_.strata[stratum];
    clear_sums(-std::numeric_limits<double>::infinity());
    walk_back(
        times, order_, begin, order_.strata[stratum + 1], [&](std::uint32_t row) { add(row, 1); },
        [&](std::uint32_t row) { add(row, -1); },
        [&](std::size_t first, std::size_t last) {
          if (!design_.entry.empty() && !(sum_ >= 1e-5 * peak_)) {
            rebuild(begin, last, times.time[order_.by_time[first]]);
          }
          visit(first, last);
        });
  }
  for (std::size_t j = 0; j < p_; ++j) {
    for (std::size_t k = 0; k < j; ++k) information_[k * p_ + j] = information_[j * p_ + k];
  }
  return value_;
}

}  // namespace emptor::detail
