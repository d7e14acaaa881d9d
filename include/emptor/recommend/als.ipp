#pragma once
// Bodies of recommend/als.hpp: the fit and the update. Included by als.hpp, or compiled once as an
// instance.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include "emptor/core/random.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/recommend/als.hpp"
#include "emptor/recommend/als_rows.ipp"
#include "emptor/recommend/detail/eigenbasis.hpp"
#include "emptor/recommend/detail/ranking.hpp"
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
  require_option(options.solver <= AlsSolver::block, "solver", "a solver",
                 static_cast<int>(options.solver));
  require_option(options.cg_steps >= 1, "cg_steps", ">= 1", options.cg_steps);
  require_option(options.block >= 1, "block", ">= 1", options.block);
}

template <class T, class Stored>
struct AlsParts {
  Interactions data;
  AlsOptions options;
  Matrix<Stored> customers;
  Matrix<Stored> items;
  std::vector<T> spectrum;
  const Kernels* kernels;
};

/// One side of the matrix.
template <class T>
struct AlsSide {
  const Csr<float>& rows;
  Matrix<T> factors;
  std::vector<T> ridge;
  std::vector<T> weights;  // empty: all 1

  AlsSide(const Csr<float>& side, const AlsOptions& options)
      : rows(side), factors(side.rows(), options.factors), ridge(side.rows()) {
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      ridge[r] = static_cast<T>(als_ridge(options, rows.row_size(r), rows.columns()));
    }
    if (options.use_weights) weights.assign(rows.values().begin(), rows.values().end());
  }

  [[nodiscard]] std::size_t longest() const {
    std::size_t most = 0;
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      most = rows.row_size(r) > most ? rows.row_size(r) : most;
    }
    return most;
  }
  [[nodiscard]] AlsSystem<T> system(const AlsSide& opposite, const std::vector<T>& spectrum) {
    AlsSystem<T> out;
    out.opposite = opposite.factors.data();
    out.spectrum = spectrum.data();
    out.ridge = ridge.data();
    out.offsets = rows.offsets().data();
    out.columns = rows.indices().data();
    out.weights = weights.empty() ? nullptr : weights.data();
    out.solution = factors.data();
    out.stride = factors.stride();
    return out;
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
        workspaces(fit_context, als_rows_workspace(options, customers.factors.stride(),
                                                   std::max(customers.longest(), items.longest()))),
        spectrum(customers.factors.stride(), T{1}) {}

  /// Start values of that mean square for those of the customers who have something, but no
  /// factors. Uniform, since that takes no library function whose last bit differs between
  /// platforms.
  void start(double mean_square) {
    const double limit = std::sqrt(3 * mean_square);
    parallel_chunks(
        context, customers.factors.rows(), 1024, [&](std::size_t begin, std::size_t end) {
          for (std::size_t r = begin; r < end; ++r) {
            const auto row = customers.factors.row(r);
            const bool known = std::any_of(row.begin(), row.end(), [](T x) { return x != 0; });
            if (known || customers.rows.row_size(r) == 0) continue;
            RandomStream random(options.seed, r);
            for (T& value : row) value = static_cast<T>(random.uniform(-limit, limit));
          }
        });
  }

  /// Turns both sides into the eigenbasis of the opposite side's Gramian. `side` is left as it is
  /// when its factors are not needed.
  void to_eigenbasis(AlsSide<T>& side, AlsSide<T>& opposite, bool side_needed) {
    const auto every_row = [](std::size_t) { return true; };
    const Matrix<double> gramian = gramian_of(opposite.factors, every_row, context);
    Matrix<T>* const both[] = {&opposite.factors, &side.factors};
    eigenvalues = turn_to_eigenbasis<T>(gramian, std::span(both).first(side_needed ? 2 : 1),
                                        context, workspaces);
    for (std::size_t j = 0; j < options.factors; ++j) {
      spectrum[j] = static_cast<T>(options.unobserved_weight * eigenvalues[j]);
    }
  }

  /// Lowers the loss over those rows of `side`, to its minimum with the exact solver; the opposite
  /// side is in its eigenbasis.
  void solve_rows(AlsSide<T>& side, const AlsSide<T>& opposite, const AlsOrder& order,
                  AlsSolver solver) {
    const AlsSystem<T> system = side.system(opposite, spectrum);
    std::vector<T> mean_square(solver == AlsSolver::conjugate_gradient ? system.stride : 0);
    for (std::size_t j = 0; j < mean_square.size() && j < options.factors; ++j) {
      mean_square[j] = static_cast<T>(eigenvalues[j] / double(opposite.factors.rows()));
    }
    const AlsRowSolver<T> rows{system, algebra, solvers, options, solver, mean_square};
    parallel_chunks(context, order.ends.size() - 1, 1, [&](std::size_t begin, std::size_t end) {
      const typename Workspaces<T>::Lease work(workspaces);
      const std::size_t first = order.ends[begin];
      rows.solve({order.rows.data() + first, order.ends[end] - first}, work.data());
    });
  }

  void solve(AlsSide<T>& side, AlsSide<T>& opposite, const AlsOrder& order, AlsSolver solver) {
    to_eigenbasis(side, opposite, solver != AlsSolver::exact);
    solve_rows(side, opposite, order, solver);
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
    const AlsOrder customer_order(customers.rows, options);
    const AlsOrder item_order(items.rows, options);
    start(options.initial_deviation * options.initial_deviation / double(options.factors));
    const bool exact = options.solver == AlsSolver::exact;
    while (report.sweeps < options.sweeps && !report.stopped) {
      solve(items, customers, item_order, options.solver);
      ++report.sweeps;
      const bool last = report.sweeps == options.sweeps;
      solve(customers, items, customer_order, last ? AlsSolver::exact : options.solver);
      if (options.trace_loss) report.loss.push_back(loss());
      report.stopped = context.report({"als", report.sweeps, options.sweeps}) == Go::stop && !last;
    }
    // Customers are what fold_in makes of them.
    if (report.stopped && !exact) {
      solve_rows(customers, items, customer_order, AlsSolver::exact);
      if (options.trace_loss) report.loss.back() = loss();
    }
    return {finish("fit_als"), std::move(report)};
  }

  [[nodiscard]] BasicAlsModel<T> finish(std::string_view where) {
    if (!finite()) {
      throw Exception(ErrorCode::invalid_value,
                      "the factors left the range of the scalar: raise 'lambda' or scale the "
                      "weights down",
                      std::string(where));
    }
    AlsParts<T> parts{data,
                      options,
                      std::move(customers.factors),
                      std::move(items.factors),
                      std::move(spectrum),
                      context.kernels};
    return BasicAlsModel<T>(std::move(parts));
  }

  /// See BasicAlsModel::update.
  BasicAlsModel<T> update(const BasicAlsModel<T>& model) {
    customers.factors = grown(model.customer_factors_, data.customers());
    items.factors = grown(model.item_factors_, data.items());
    spectrum = model.spectrum_;
    const bool compare_weights = options.use_weights;
    const auto new_customers =
        changed_rows(model.data_.by_customer(), customers.rows, compare_weights);
    const auto new_items = changed_rows(model.data_.by_item(), items.rows, compare_weights);
    const bool same_shape = data.customers() == model.customers() && data.items() == model.items();
    if (same_shape && new_customers.empty()) return finish("update");

    solve_rows(customers, items, AlsOrder(customers.rows, options, new_customers),
               AlsSolver::exact);
    if (context.report({"als update", 1, 3}) == Go::on) {
      start(mean_square_of(customers));
      to_eigenbasis(items, customers, true);
      solve_rows(items, customers, AlsOrder(items.rows, options, new_items), AlsSolver::exact);
      (void)context.report({"als update", 2, 3});
    }
    solve(customers, items, AlsOrder(customers.rows, options), AlsSolver::exact);
    (void)context.report({"als update", 3, 3});
    return finish("update");
  }

  /// Of the factors of rows that are not zero; 1 / f when there are none.
  [[nodiscard]] double mean_square_of(const AlsSide<T>& side) const {
    double sum = 0;
    std::size_t rows = 0;
    for (std::size_t r = 0; r < side.factors.rows(); ++r) {
      double square = 0;
      for (const T value : side.factors.row(r)) square += double(value) * double(value);
      sum += square;
      rows += square > 0 ? 1 : 0;
    }
    return (rows > 0 ? sum / double(rows) : 1) / double(options.factors);
  }

  [[nodiscard]] static Matrix<T> grown(const Matrix<T>& factors, std::size_t rows) {
    Matrix<T> out(rows, factors.columns());
    if (factors.rows() > 0) std::memcpy(out.data(), factors.data(), factors.bytes());
    return out;
  }

  /// The rows of `now` that are not what they were in `before`.
  [[nodiscard]] static std::vector<std::uint32_t> changed_rows(const Csr<float>& before,
                                                               const Csr<float>& now,
                                                               bool compare_weights) {
    std::vector<std::uint32_t> out;
    for (std::size_t r = 0; r < now.rows(); ++r) {
      const auto items_now = now.row_indices(r);
      if (r < before.rows()) {
        const auto items_before = before.row_indices(r);
        const auto weights_before = before.row_values(r);
        if (std::equal(items_now.begin(), items_now.end(), items_before.begin(),
                       items_before.end()) &&
            (!compare_weights ||
             std::equal(weights_before.begin(), weights_before.end(), now.row_values(r).begin()))) {
          continue;
        }
      } else if (items_now.empty()) {
        continue;
      }
      out.push_back(static_cast<std::uint32_t>(r));
    }
    return out;
  }
};

}  // namespace detail

template <class T>
AlsFit<T> fit_als(const Interactions& data, const AlsOptions& options, const Context& context) {
  detail::check_als_options(options);
  return detail::AlsFitter<T>(data, options, context).fit();
}

template <class T, class Stored>
BasicAlsModel<T, Stored> BasicAlsModel<T, Stored>::update(const Interactions& data,
                                                          const Context& context) const
  requires std::same_as<T, Stored>
{
  detail::require_grown(data, customers(), items());
  Context with_kernels = context;
  if (context.kernels == nullptr) with_kernels.kernels = kernels_;
  return detail::AlsFitter<T>(data, options_, with_kernels).update(*this);
}

}  // namespace emptor

#include "emptor/recommend/als_archive.ipp"
#include "emptor/recommend/als_model.ipp"
