#pragma once
// Bodies of recommend/als.hpp: the fit. Included by als.hpp, or compiled once as an instance.

#include <cmath>
#include <cstring>
#include <utility>

#include "emptor/core/random.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/math/symmetric_eigen.hpp"
#include "emptor/recommend/als.hpp"
#include "emptor/recommend/detail/workspaces.hpp"
#include "emptor/recommend/kernels_portable.hpp"

namespace emptor {
namespace detail {

inline void check_als_options(const AlsOptions& options) {
  require_option(options.factors >= 1 && options.factors <= 4096, "factors", "in 1 to 4096",
                 options.factors);
  require_option(options.sweeps >= 1, "sweeps", ">= 1", options.sweeps);
  require_option(options.unobserved_weight >= 0 && std::isfinite(options.unobserved_weight),
                 "unobserved_weight", "finite and >= 0", options.unobserved_weight);
  require_option(options.lambda > 0 && std::isfinite(options.lambda), "lambda", "finite and > 0",
                 options.lambda);
  require_option(options.nu >= 0 && options.nu <= 2, "nu", "in 0 to 2", options.nu);
  require_option(options.initial_deviation > 0 && std::isfinite(options.initial_deviation),
                 "initial_deviation", "finite and > 0", options.initial_deviation);
}

/// lambda (|row| + a0 n_opposite)^nu
inline double als_ridge(const AlsOptions& options, std::size_t interactions, std::size_t opposite) {
  const double frequency =
      static_cast<double>(interactions) + options.unobserved_weight * static_cast<double>(opposite);
  return options.lambda * (options.nu == 1 ? frequency : std::pow(frequency, options.nu));
}

template <class T>
struct AlsParts {
  Interactions data;
  AlsOptions options;
  Matrix<T> customers;
  Matrix<T> items;
  std::vector<T> spectrum;
  const Kernels* kernels;
};

/// One side of the matrix: the factors to solve and the order of work.
template <class T>
struct AlsSide {
  const Csr<float>& rows;
  Matrix<T> factors;
  std::vector<T> ridge;
  std::vector<T> weights;              // empty: all 1
  std::vector<std::uint32_t> order;    // long rows first, so neighbours have like lengths
  std::vector<std::size_t> chunks{0};  // places in `order` where a task ends

  AlsSide(const Csr<float>& side, const AlsOptions& options)
      : rows(side), factors(side.rows(), options.factors), ridge(side.rows()), order(side.rows()) {
    std::size_t longest = 0;
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      ridge[r] = static_cast<T>(als_ridge(options, rows.row_size(r), rows.columns()));
      longest = rows.row_size(r) > longest ? rows.row_size(r) : longest;
    }
    if (options.use_weights) {
      for (const float weight : rows.values()) weights.push_back(static_cast<T>(weight));
    }
    std::vector<std::size_t> next(longest + 2, 0);
    for (std::size_t r = 0; r < rows.rows(); ++r) ++next[longest - rows.row_size(r) + 1];
    for (std::size_t n = 0; n <= longest; ++n) next[n + 1] += next[n];
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      order[next[longest - rows.row_size(r)]++] = static_cast<std::uint32_t>(r);
    }
    cut(static_cast<double>(options.factors));
  }

  /// Tasks of about equal cost, at multiples of the widest batch.
  void cut(double f) {
    constexpr std::size_t step = 16;
    constexpr double tasks = 128;
    const auto cost = [&](std::size_t place) {
      const auto n = static_cast<double>(rows.row_size(order[place]));
      return n < 0.75 * f ? n * f * (n + 8) + 64 : n * f * f + f * f * f / 3;
    };
    double total = 0;
    for (std::size_t i = 0; i < order.size(); ++i) total += cost(i);
    double sum = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      sum += cost(i);
      if ((i + 1) % step == 0 && sum >= total / tasks) {
        chunks.push_back(i + 1);
        sum = 0;
      }
    }
    if (chunks.back() < order.size()) chunks.push_back(order.size());
  }
};

template <class T>
struct AlsFitter {
  const AlsOptions& options;
  const Context& context;
  const Interactions& data;
  AlsSide<T> customers;
  AlsSide<T> items;
  const LinearAlgebraKernels<T>& algebra;
  const RecommendKernels<T>& solvers;
  Workspaces<T> workspaces;
  std::vector<double> eigenvalues;  // of the Gramian of the side that was opposite last
  std::vector<T> spectrum;

  AlsFitter(const Interactions& interactions, const AlsOptions& fit_options,
            const Context& fit_context)
      : options(fit_options),
        context(fit_context),
        data(interactions),
        customers(interactions.by_customer(), fit_options),
        items(interactions.by_item(), fit_options),
        algebra(linear_algebra_kernels<T>(fit_context.kernels)),
        solvers(recommend_kernels<T>(fit_context.kernels)),
        workspaces(fit_context, als_workspace(customers.factors.stride())),
        spectrum(customers.factors.stride(), T{1}) {}

  /// Start values for the customers who have anything; the items are solved first. Uniform, since
  /// that takes no library function whose last bit differs between platforms.
  void start() {
    const double limit =
        options.initial_deviation * std::sqrt(3 / static_cast<double>(options.factors));
    parallel_chunks(context, customers.factors.rows(), 1024,
                    [&](std::size_t begin, std::size_t end) {
                      for (std::size_t r = begin; r < end; ++r) {
                        if (customers.rows.row_size(r) == 0) continue;
                        RandomStream random(options.seed, r);
                        for (T& value : customers.factors.row(r)) {
                          value = static_cast<T>(random.uniform(-limit, limit));
                        }
                      }
                    });
  }

  /// V'V in double, its sum cut by data size.
  Matrix<double> gramian(const Matrix<T>& v) {
    const std::size_t stride = v.stride();
    const std::size_t grain = v.rows() / 16 > 4096 ? v.rows() / 16 : 4096;
    std::vector<Matrix<T>> parts(v.rows() / grain + 1);
    parallel_chunks(context, v.rows(), grain, [&](std::size_t begin, std::size_t end) {
      Matrix<T> part(v.columns(), v.columns());
      algebra.syrk_upper(v.data() + begin * stride, stride, end - begin, v.columns(), part.data(),
                         stride);
      parts[begin / grain] = std::move(part);
    });
    Matrix<double> sum(v.columns(), v.columns());
    for (const Matrix<T>& part : parts) {
      if (part.rows() == 0) continue;
      for (std::size_t i = 0; i < v.columns(); ++i) {
        for (std::size_t j = i; j < v.columns(); ++j) sum(j, i) += static_cast<double>(part(i, j));
      }
    }
    return sum;
  }

  /// V <- V Q, some rows at a time.
  void turn(Matrix<T>& v, const Matrix<double>& basis) {
    const std::size_t stride = v.stride();
    Matrix<T> q(v.columns(), v.columns());
    for (std::size_t i = 0; i < q.rows(); ++i) {
      for (std::size_t j = 0; j < q.columns(); ++j) q(i, j) = static_cast<T>(basis(i, j));
    }
    parallel_chunks(
        context, v.rows(), als_primal_block * 16, [&](std::size_t begin, std::size_t end) {
          const typename Workspaces<T>::Lease work(workspaces);
          for (std::size_t r = begin; r < end; r += als_primal_block) {
            const std::size_t rows = end - r < als_primal_block ? end - r : als_primal_block;
            std::memset(work.data(), 0, rows * stride * sizeof(T));
            algebra.gemm(rows, stride, q.rows(), T{1}, v.data() + r * stride, stride, 1, q.data(),
                         stride, work.data(), stride);
            std::memcpy(v.data() + r * stride, work.data(), rows * stride * sizeof(T));
          }
        });
  }

  /// Minimises the loss over `side`, given the opposite side, which is turned into its eigenbasis.
  void solve(AlsSide<T>& side, AlsSide<T>& opposite) {
    SymmetricEigen<double> eigen = symmetric_eigen(gramian(opposite.factors));
    turn(opposite.factors, eigen.vectors);
    for (std::size_t j = 0; j < options.factors; ++j) {
      // The Gramian has no negative eigenvalue but by rounding.
      if (eigen.values[j] < 0) eigen.values[j] = 0;
      spectrum[j] = static_cast<T>(options.unobserved_weight * eigen.values[j]);
    }
    eigenvalues = std::move(eigen.values);
    AlsSystem<T> system;
    system.opposite = opposite.factors.data();
    system.spectrum = spectrum.data();
    system.ridge = side.ridge.data();
    system.offsets = side.rows.offsets().data();
    system.columns = side.rows.indices().data();
    system.weights = side.weights.empty() ? nullptr : side.weights.data();
    system.solution = side.factors.data();
    system.stride = side.factors.stride();
    parallel_chunks(context, side.chunks.size() - 1, 1, [&](std::size_t begin, std::size_t end) {
      const typename Workspaces<T>::Lease work(workspaces);
      const std::size_t first = side.chunks[begin];
      solvers.solve_als_rows(system, side.order.data() + first, side.chunks[end] - first,
                             work.data());
    });
  }

  /// The loss after the customers were solved, with tr(X'X V'V) for the sum over all pairs.
  double loss() {
    const std::size_t stride = customers.factors.stride();
    constexpr std::size_t grain = 1024;
    std::vector<double> parts(data.customers() / grain + 1, 0.0);
    parallel_chunks(context, data.customers(), grain, [&](std::size_t begin, std::size_t end) {
      std::vector<T> scores;
      double sum = 0;
      for (std::size_t r = begin; r < end; ++r) {
        const std::size_t n = customers.rows.row_size(r);
        const std::size_t first = customers.rows.offsets()[r];
        const T* const x = customers.factors.data() + r * stride;
        scores.resize(n);
        algebra.dot_gathered(x, items.factors.data(), stride,
                             customers.rows.indices().data() + first, n, stride, scores.data());
        for (std::size_t k = 0; k < n; ++k) {
          const double miss = 1 - static_cast<double>(scores[k]);
          sum += (customers.weights.empty() ? 1.0 : double(customers.weights[first + k])) * miss *
                 miss;
        }
        for (std::size_t j = 0; j < options.factors; ++j) {
          sum += (options.unobserved_weight * eigenvalues[j] + double(customers.ridge[r])) *
                 double(x[j]) * double(x[j]);
        }
      }
      parts[begin / grain] = sum;
    });
    double sum = 0;
    for (const double part : parts) sum += part;
    for (std::size_t r = 0; r < data.items(); ++r) {
      double square = 0;
      for (const T value : items.factors.row(r)) square += double(value) * double(value);
      sum += double(items.ridge[r]) * square;
    }
    return sum;
  }

  [[nodiscard]] bool finite() const {
    for (const AlsSide<T>* side : {&customers, &items}) {
      const std::size_t size = side->factors.rows() * side->factors.stride();
      for (std::size_t i = 0; i < size; ++i) {
        if (!std::isfinite(side->factors.data()[i])) return false;
      }
    }
    return true;
  }

  AlsFit<T> fit() {
    AlsReport report;
    start();
    while (report.sweeps < options.sweeps && !report.stopped) {
      solve(items, customers);
      solve(customers, items);
      ++report.sweeps;
      if (options.trace_loss) report.loss.push_back(loss());
      const bool last = report.sweeps == options.sweeps;
      report.stopped = context.report({"als", report.sweeps, options.sweeps}) == Go::stop && !last;
    }
    if (!finite()) {
      throw Exception(ErrorCode::invalid_value,
                      "the factors left the range of the scalar: raise 'lambda' or scale the "
                      "weights down",
                      "fit_als");
    }
    AlsParts<T> parts{data,
                      options,
                      std::move(customers.factors),
                      std::move(items.factors),
                      std::move(spectrum),
                      context.kernels};
    return {BasicAlsModel<T>(std::move(parts)), std::move(report)};
  }
};

}  // namespace detail

template <class T>
AlsFit<T> fit_als(const Interactions& data, const AlsOptions& options, const Context& context) {
  detail::check_als_options(options);
  return detail::AlsFitter<T>(data, options, context).fit();
}

}  // namespace emptor

#include "emptor/recommend/als_archive.ipp"
#include "emptor/recommend/als_model.ipp"
