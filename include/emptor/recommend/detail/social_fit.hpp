#pragma once
// The fit of recommend/social_als.hpp: items by the row solver of ALS, customers colour by colour.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/recommend/detail/eigenbasis.hpp"
#include "emptor/recommend/detail/pulled_row.hpp"
#include "emptor/recommend/detail/social_graph.hpp"
#include "emptor/recommend/detail/workspaces.hpp"
#include "emptor/recommend/kernels_portable.hpp"
#include "emptor/recommend/social_options.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::detail {

/// Throws `invalid_option`.
inline void check_social_options(const SocialAlsOptions& options) {
  require_option(options.factors >= 1 && options.factors <= 4096, "factors", "in 1 to 4096",
                 options.factors);
  require_option(options.sweeps >= 1, "sweeps", ">= 1", options.sweeps);
  require_option(options.update_sweeps >= 1, "update_sweeps", ">= 1", options.update_sweeps);
  require_option(options.unobserved_weight >= 0 && std::isfinite(options.unobserved_weight),
                 "unobserved_weight", "finite and >= 0", options.unobserved_weight);
  require_option(options.beta >= 0 && std::isfinite(options.beta), "beta", "finite and >= 0",
                 options.beta);
  require_option(options.lambda > 0 && std::isfinite(options.lambda), "lambda", "finite and > 0",
                 options.lambda);
  require_option(options.nu >= 0 && options.nu <= 2, "nu", "in 0 to 2", options.nu);
  require_option(options.initial_deviation > 0 && std::isfinite(options.initial_deviation),
                 "initial_deviation", "finite and > 0", options.initial_deviation);
}
[[nodiscard]] inline bool valid_social_options(const SocialAlsOptions& options) {
  try {
    check_social_options(options);
  } catch (const Exception&) {
    return false;
  }
  return true;
}

/// lambda (|row| + a0 n_opposite)^nu
template <class T>
[[nodiscard]] T social_ridge(const SocialAlsOptions& options, std::size_t interactions,
                             std::size_t opposite) {
  const double frequency =
      static_cast<double>(interactions) + options.unobserved_weight * static_cast<double>(opposite);
  return static_cast<T>(options.lambda * std::pow(frequency, options.nu));
}

template <class T>
class SocialFitter {
 public:
  SocialFitter(const Interactions& data, const SocialGraph& graph, const SocialAlsOptions& options,
               const Context& context)
      : data_(data),
        graph_(graph),
        options_(options),
        context_(context),
        algebra_(linear_algebra_kernels<T>(context.kernels)),
        customers(data.customers(), options.factors),
        items(data.items(), options.factors),
        spectrum(customers.stride(), T{1}),
        work_(context, workspace_size()) {
    item_ridge_.resize(data.items());
    for (std::size_t i = 0; i < item_ridge_.size(); ++i) {
      item_ridge_[i] = social_ridge<T>(options, data.by_item().row_size(i), data.customers());
    }
    if (options.use_weights) {
      item_weights_.assign(data.by_item().values().begin(), data.by_item().values().end());
      customer_weights_.assign(data.by_customer().values().begin(),
                               data.by_customer().values().end());
    }
    // The row solver is fast when neighbours have like numbers of interactions.
    item_order_.resize(data.items());
    std::iota(item_order_.begin(), item_order_.end(), std::uint32_t{0});
    std::stable_sort(item_order_.begin(), item_order_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return data.by_item().row_size(a) > data.by_item().row_size(b);
    });
  }

  /// Start values for the customers who have anything; the items are solved first.
  void start() {
    const double limit =
        options_.initial_deviation * std::sqrt(3 / static_cast<double>(options_.factors));
    for (std::size_t r = 0; r < customers.rows(); ++r) {
      if (!has_items(r)) continue;
      RandomStream random(options_.seed, r);
      for (T& value : customers.row(r)) value = static_cast<T>(random.uniform(-limit, limit));
    }
  }

  /// From the factors of an earlier model; rows beyond its own begin at 0.
  void start_from(const Matrix<T>& old_customers, const Matrix<T>& old_items) {
    const auto copy = [](const Matrix<T>& from, Matrix<T>& to) {
      for (std::size_t r = 0; r < from.rows(); ++r) {
        std::copy(from.row(r).begin(), from.row(r).end(), to.row(r).begin());
      }
    };
    copy(old_customers, customers);
    copy(old_items, items);
    solve_customers();
  }

  void sweep() {
    solve_items();
    solve_customers();
  }

  /// What the fit minimises; the factors in the eigenbasis of the items' Gramian, as after a sweep.
  [[nodiscard]] double loss() const {
    double sum = 0;
    for (std::size_t u = 0; u < customers.rows(); ++u) {
      const auto x = customers.row(u);
      const auto has = data_.by_customer().row_indices(u);
      const auto weights = data_.by_customer().row_values(u);
      for (std::size_t k = 0; k < has.size(); ++k) {
        const double miss = 1 - dot(x, items.row(has[k]));
        sum += (options_.use_weights ? double(weights[k]) : 1.0) * miss * miss;
      }
      const double square = dot(x, x);
      if (!has.empty()) {
        for (std::size_t j = 0; j < x.size(); ++j) {
          sum += double(spectrum[j]) * double(x[j]) * double(x[j]);
        }
        sum += double(social_ridge<T>(options_, has.size(), items.rows())) * square;
      }
      double pull = double(graph_.own[u]) * square;
      const auto with = graph_.others.row_indices(u);
      for (std::size_t k = 0; k < with.size(); ++k) {
        pull += double(graph_.others.row_values(u)[k]) * dot(x, customers.row(with[k]));
      }
      sum += options_.beta * pull;
    }
    for (std::size_t i = 0; i < items.rows(); ++i) {
      sum += double(item_ridge_[i]) * dot(items.row(i), items.row(i));
    }
    return sum;
  }

  [[nodiscard]] bool finite() const {
    for (const Matrix<T>* matrix : {&customers, &items}) {
      for (std::size_t r = 0; r < matrix->rows(); ++r) {
        for (const T value : matrix->row(r)) {
          if (!std::isfinite(value)) return false;
        }
      }
    }
    return true;
  }

 private:
  const Interactions& data_;
  const SocialGraph& graph_;
  const SocialAlsOptions& options_;
  const Context& context_;
  const LinearAlgebraKernels<T>& algebra_;

 public:
  Matrix<T> customers;      ///< m x f
  Matrix<T> items;          ///< n x f
  std::vector<T> spectrum;  ///< `stride` values: a0 times the eigenvalues of the items' Gramian

 private:
  [[nodiscard]] static double dot(std::span<const T> a, std::span<const T> b) {
    double sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j) sum += double(a[j]) * double(b[j]);
    return sum;
  }
  [[nodiscard]] std::size_t workspace_size() const {
    const std::size_t stride = Matrix<T>::padded(options_.factors);
    return std::max({als_workspace(stride), pulled_row_workspace<T>(stride, stride),
                     eigenbasis_workspace(stride)});
  }
  [[nodiscard]] bool has_items(std::size_t u) const { return data_.by_customer().row_size(u) > 0; }

  void turn(const Matrix<double>& gramian) {
    Matrix<T>* const matrices[] = {&customers, &items};
    const auto values =
        turn_to_eigenbasis<T>(gramian, std::span<Matrix<T>* const>(matrices), context_, work_);
    for (std::size_t j = 0; j < values.size(); ++j) {
      spectrum[j] = static_cast<T>(options_.unobserved_weight * values[j]);
    }
  }

  void solve_items() {
    // Customers without interactions are no evidence against any item.
    turn(gramian_of(
        customers, [&](std::size_t u) { return has_items(u); }, context_));
    AlsSystem<T> system;
    system.opposite = customers.data();
    system.spectrum = spectrum.data();
    system.ridge = item_ridge_.data();
    system.offsets = data_.by_item().offsets().data();
    system.columns = data_.by_item().indices().data();
    system.weights = options_.use_weights ? item_weights_.data() : nullptr;
    system.solution = items.data();
    system.stride = items.stride();
    const auto& solvers = recommend_kernels<T>(context_.kernels);
    parallel_chunks(context_, items.rows(), 128, [&](std::size_t begin, std::size_t end) {
      const typename Workspaces<T>::Lease work(work_);
      solvers.solve_als_rows(system, item_order_.data() + begin, end - begin, work.data());
    });
  }

  void solve_customers() {
    turn(gramian_of(
        items, [](std::size_t) { return true; }, context_));
    const PulledSystem<T> system{items.data(), spectrum.data(), options_.factors, items.stride()};
    for (std::size_t c = 0; c + 1 < graph_.colours.size(); ++c) {
      const std::size_t first = graph_.colours[c];
      parallel_chunks(context_, graph_.colours[c + 1] - first, 16,
                      [&](std::size_t begin, std::size_t end) {
                        const typename Workspaces<T>::Lease work(work_);
                        std::vector<T> x(items.stride());
                        for (std::size_t k = first + begin; k < first + end; ++k) {
                          solve_customer(system, graph_.order[k], x, work.data());
                        }
                      });
    }
  }

  void solve_customer(const PulledSystem<T>& system, std::size_t u, std::vector<T>& x, T* work) {
    const auto beta = static_cast<T>(options_.beta);
    const auto with = graph_.others.row_indices(u);
    const auto values = graph_.others.row_values(u);
    std::fill(x.begin(), x.end(), T{0});
    for (std::size_t k = 0; k < with.size(); ++k) {
      const T factor = -beta * static_cast<T>(values[k]);
      const auto other = customers.row(with[k]);
      for (std::size_t j = 0; j < other.size(); ++j) x[j] += factor * other[j];
    }
    const T pull = beta * static_cast<T>(graph_.own[u]);
    const auto has = data_.by_customer().row_indices(u);
    if (has.empty()) {
      for (T& value : x) value = pull > 0 ? value / pull : 0;
    } else {
      const T* const weights = options_.use_weights
                                   ? customer_weights_.data() + data_.by_customer().offsets()[u]
                                   : nullptr;
      const T own = social_ridge<T>(options_, has.size(), items.rows()) + pull;
      solve_pulled_row(system, algebra_, has, weights, own, x.data(), work);
    }
    std::copy_n(x.begin(), customers.columns(), customers.row(u).begin());
  }

  std::vector<T> item_ridge_;
  std::vector<T> item_weights_;  // both empty unless weights count
  std::vector<T> customer_weights_;
  std::vector<std::uint32_t> item_order_;
  mutable Workspaces<T> work_;
};

}  // namespace emptor::detail
