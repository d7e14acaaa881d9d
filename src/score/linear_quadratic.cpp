#include "score/linear_quadratic.hpp"

#include <algorithm>
#include <utility>

namespace emptor::detail {

void LinearQuadratic::set(std::vector<double> curvature) {
  h_ = std::move(curvature);
  for (std::size_t i = 0; i < p1_; ++i) {
    for (std::size_t j = 0; j < i; ++j) h_[i * p1_ + j] = h_[j * p1_ + i];
  }
}

std::vector<double> LinearQuadratic::pivots(bool drop) {
  std::vector<std::size_t> order(p1_);
  for (std::size_t i = 0; i < p1_; ++i) order[i] = i == 0 ? p1_ - 1 : i - 1;
  std::vector<double> u(p1_ * p1_, 0), out(p1_, 0);
  for (std::size_t a = 0; a < p1_; ++a) {
    const std::size_t i = order[a];
    if (dropped_[i] != 0) continue;
    double pivot = h_[i * p1_ + i];
    for (std::size_t k = 0; k < a; ++k) pivot -= u[k * p1_ + a] * u[k * p1_ + a];
    if (drop && i != p1_ - 1 && !(pivot > 1e-9 * h_[i * p1_ + i])) {
      dropped_[i] = 1;
      continue;
    }
    out[i] = pivot;
    if (!(pivot > 0)) continue;
    const double root = std::sqrt(pivot);
    for (std::size_t c = a + 1; c < p1_; ++c) {
      double sum = h_[i * p1_ + order[c]];
      for (std::size_t k = 0; k < a; ++k) sum -= u[k * p1_ + a] * u[k * p1_ + c];
      u[a * p1_ + c] = sum / root;
    }
    u[a * p1_ + a] = root;
  }
  return out;
}

bool LinearQuadratic::factor() {
  l_.assign(p1_ * p1_, 0);
  for (std::size_t i = 0; i < p1_; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = at(i, j);
      for (std::size_t k = 0; k < j; ++k) sum -= l_[i * p1_ + k] * l_[j * p1_ + k];
      if (i == j) {
        if (!(sum > 0)) return false;
        l_[i * p1_ + i] = std::sqrt(sum);
      } else {
        l_[i * p1_ + j] = sum / l_[j * p1_ + j];
      }
    }
  }
  return true;
}

void LinearQuadratic::solve(std::vector<double>& y) const {
  for (std::size_t i = 0; i < p1_; ++i) {
    for (std::size_t k = 0; k < i; ++k) y[i] -= l_[i * p1_ + k] * y[k];
    y[i] /= l_[i * p1_ + i];
  }
  for (std::size_t i = p1_; i-- > 0;) {
    for (std::size_t k = i + 1; k < p1_; ++k) y[i] -= l_[k * p1_ + i] * y[k];
    y[i] /= l_[i * p1_ + i];
  }
}

double LinearQuadratic::step(std::span<const double> gradient, std::span<const double> b,
                             std::vector<double>& d) {
  d.assign(p1_, 0);
  if (l1_ == 0) {
    std::vector<double> slope(p1_);
    for (std::size_t j = 0; j < p1_; ++j) {
      slope[j] = dropped_[j] != 0 ? 0 : gradient[j] + (j + 1 < p1_ ? l2_ * b[j] : 0);
      d[j] = -slope[j];
    }
    solve(d);
    double gain = 0;
    for (std::size_t j = 0; j < p1_; ++j) gain -= slope[j] * d[j] / 2;
    return gain;
  }
  std::vector<double> q(gradient.begin(), gradient.end());  // gradient + H d
  for (int sweep = 0; sweep < 20'000; ++sweep) {
    double worst = 0;
    for (std::size_t i = 0; i < p1_; ++i) {
      const std::size_t j = i == 0 ? p1_ - 1 : i - 1;
      const double hjj = h_[j * p1_ + j];
      if (!(hjj > 0)) continue;
      const double now = b[j] + d[j];
      double next = now - q[j] / hjj;
      if (j + 1 < p1_) {
        const double pull = hjj * now - q[j];
        const double rest = std::max(std::fabs(pull) - l1_, 0.0);
        next = std::copysign(rest, pull) / (hjj + l2_);
        if (rest == 0) next = 0;
      }
      const double change = next - now;
      if (change == 0) continue;
      worst = std::max(worst, change * change * hjj);
      d[j] = next - b[j];
      const double* row = h_.data() + j * p1_;
      for (std::size_t k = 0; k < p1_; ++k) q[k] += row[k] * change;
    }
    if (worst < 1e-18 * (1 + h_[p1_ * p1_ - 1])) break;
  }
  double gain = 0;
  for (std::size_t j = 0; j < p1_; ++j) {
    gain -= d[j] * (gradient[j] + q[j]) / 2;
    if (j + 1 < p1_) gain -= penalty(b[j] + d[j]) - penalty(b[j]);
  }
  return gain;
}

std::vector<double> LinearQuadratic::covariance(double& parameters) {
  std::vector<double> out(p1_ * p1_, 0);
  parameters = 0;
  for (std::size_t j = 0; j < p1_; ++j) {
    if (dropped_[j] != 0) continue;
    std::vector<double> unit(p1_, 0);
    unit[j] = 1;
    solve(unit);
    for (std::size_t k = 0; k < p1_; ++k) {
      if (dropped_[k] != 0) continue;
      out[j * p1_ + k] = unit[k];
      parameters += unit[k] * h_[j * p1_ + k];
    }
  }
  return out;
}

}  // namespace emptor::detail
