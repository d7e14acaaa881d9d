#include "score/linear_passes.hpp"

#include <utility>

#include "emptor/core/matrix.hpp"
#include "emptor/math/kernels_portable.hpp"

namespace emptor::detail {

namespace {

constexpr std::size_t step_rows = 256;

}  // namespace

template <class T>
LinearSums LinearPasses::run(std::span<const double> b, bool curvature, std::size_t every) const {
  const std::size_t n = problem_.table.rows();
  const std::size_t steps = (n + step_rows - 1) / step_rows;
  const std::size_t bytes = curvature ? p1_ * p1_ * sizeof(double) : p1_ * sizeof(double);
  const std::size_t most = std::clamp<std::size_t>((std::size_t{1} << 26U) / bytes, 1, 64);
  const std::size_t grain = std::max<std::size_t>(16, (steps + most - 1) / most);
  std::vector<LinearSums> parts((steps + grain - 1) / grain);
  parallel_chunks(context_, steps, grain, [&](std::size_t begin, std::size_t end) {
    parts[begin / grain] = part<T>(b, curvature, every, begin, end);
  });
  LinearSums out = std::move(parts.front());
  for (std::size_t i = 1; i < parts.size(); ++i) {
    out.loss += parts[i].loss;
    out.least_one = std::min(out.least_one, parts[i].least_one);
    out.most_zero = std::max(out.most_zero, parts[i].most_zero);
    for (std::size_t j = 0; j < p1_; ++j) out.gradient[j] += parts[i].gradient[j];
    for (std::size_t j = 0; j < out.curvature.size(); ++j) {
      out.curvature[j] += parts[i].curvature[j];
    }
  }
  return out;
}

template <class T>
LinearSums LinearPasses::part(std::span<const double> b, bool curvature, std::size_t every,
                              std::size_t begin, std::size_t end) const {
  const auto& kernels = linear_algebra_kernels<T>(context_.kernels);
  LinearSums out;
  out.gradient.assign(p1_, 0);
  if (curvature) out.curvature.assign(p1_ * p1_, 0);
  Matrix<T> rows(step_rows, p1_);
  Matrix<T> sums(curvature ? p1_ : 0, p1_);
  std::vector<double> weights(b.begin(), b.end());
  std::size_t waiting = 0;
  const auto flush = [&] {
    for (std::size_t i = 0; i < sums.rows(); ++i) {
      for (std::size_t j = i; j < p1_; ++j) {
        out.curvature[i * p1_ + j] += double{sums(i, j)};
        sums(i, j) = T{0};
      }
    }
    waiting = 0;
  };
  for (std::size_t step = begin; step < end; ++step) {
    if (step % every != 0) continue;
    const std::size_t first = step * step_rows;
    const std::size_t last = std::min(first + step_rows, problem_.table.rows());
    for (std::size_t r = first; r < last; ++r) {
      T* x = rows.row(r - first).data();
      design_.encode(problem_.table.row(r), x);
      x[p1_ - 1] = T{1};
      const double h = row(x, weights.data(), r, out);
      if (!curvature) continue;
      const T root = static_cast<T>(std::sqrt(h));
      for (std::size_t j = 0; j < p1_; ++j) x[j] *= root;
    }
    if (!curvature) continue;
    kernels.syrk_upper(rows.data(), rows.stride(), last - first, p1_, sums.data(), sums.stride());
    if (++waiting == 16) flush();
  }
  if (curvature) flush();
  return out;
}

/// Adds one row's loss and gradient; its curvature.
template <class T>
double LinearPasses::row(const T* x, const double* b, std::size_t r, LinearSums& out) const {
  double dots[4] = {};
  std::size_t j = 0;
  for (; j + 4 <= p1_; j += 4) {
    for (std::size_t t = 0; t < 4; ++t) dots[t] += b[j + t] * double{x[j + t]};
  }
  for (; j < p1_; ++j) dots[0] += b[j] * double{x[j]};
  const double eta = (dots[0] + dots[1]) + (dots[2] + dots[3]);
  const double w = problem_.weights.empty() ? 1 : problem_.weights[r];
  const double y = problem_.target[r];
  double residual = 0, h = w;
  if (problem_.loss == LinearLoss::squared) {
    residual = eta - y;
    out.loss += w * residual * residual / 2;
  } else {
    const double small = std::exp(-std::fabs(eta));
    const double rest = 1 / (1 + small);
    const double p = eta >= 0 ? rest : small * rest;
    const double towards = y > 0 ? -eta : eta;  // the loss is log(1 + e^towards)
    out.loss += w * (std::max(towards, 0.0) + std::log1p(small));
    residual = y > 0 ? -(eta >= 0 ? small * rest : rest) : p;
    h = w * small * rest * rest;
    if (w > 0 && y > 0) out.least_one = std::min(out.least_one, eta);
    if (w > 0 && !(y > 0)) out.most_zero = std::max(out.most_zero, eta);
  }
  const double factor = w * residual;
  double* gradient = out.gradient.data();
  for (std::size_t k = 0; k < p1_; ++k) gradient[k] += factor * double{x[k]};
  return h;
}

template LinearSums LinearPasses::run<float>(std::span<const double>, bool, std::size_t) const;
template LinearSums LinearPasses::run<double>(std::span<const double>, bool, std::size_t) const;

}  // namespace emptor::detail
