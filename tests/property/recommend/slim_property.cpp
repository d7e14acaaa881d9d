// SLIM against the conditions that single out the minimum of its convex objective (Karush, Kuhn,
// Tucker), computed densely in double.

#include "emptor/recommend/slim.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "support/property.hpp"

namespace emptor {

TEST_CASE("no weight of SLIM can be changed for the better") {
  test::check_property("minimum", [] {
    const std::size_t m = *rc::gen::inRange<std::size_t>(0, 15);
    const std::size_t n = *rc::gen::inRange<std::size_t>(1, 15);
    const bool all_one = *rc::gen::arbitrary<bool>();
    InteractionLog log;
    for (std::size_t c = 0; c < m; ++c) {
      for (std::size_t i = 0; i < n; ++i) {
        if (*rc::gen::inRange(0, 3) != 0) continue;
        log.add(id_at<Customer>(c), id_at<Item>(i),
                all_one ? 1.0F : static_cast<float>(*rc::gen::inRange(1, 24)) / 8);
      }
    }
    const Interactions data(m, n, log);
    const SlimOptions options{.l1 = *rc::gen::element(0.0, 0.3, 2.0),
                              .l2 = *rc::gen::element(0.1, 1.0, 50.0),
                              .tolerance = 1e-7,
                              .sweeps = 100'000};
    const auto [model, report] = fit_slim(data, options);
    RC_ASSERT(report.unsettled == 0U);
    RC_ASSERT(report.weights == model.similarities().nonzeros());

    std::vector<std::vector<double>> w(n, std::vector<double>(n, 0));
    double largest = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const auto to = model.similarities().row_indices(i);
      for (std::size_t k = 0; k < to.size(); ++k) {
        w[i][to[k]] = static_cast<double>(model.similarities().row_values(i)[k]);
        largest = std::max(largest, w[i][to[k]]);
      }
      RC_ASSERT(w[i][i] == 0);
    }
    std::vector<std::vector<double>> a(m, std::vector<double>(n, 0));
    for (std::size_t u = 0; u < m; ++u) {
      const auto items = data.by_customer().row_indices(u);
      for (std::size_t k = 0; k < items.size(); ++k) {
        a[u][items[k]] = static_cast<double>(data.by_customer().row_values(u)[k]);
      }
    }
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t i = 0; i < n; ++i) {
        if (i == j) continue;
        // The derivative by w_ij, and by how much rounding of the weights and their last changes
        // may move it.
        double slope = options.l2 * w[i][j] + options.l1;
        double wobble = options.l2;
        for (std::size_t u = 0; u < m; ++u) {
          double left = a[u][j];
          double sum = 0;
          for (std::size_t k = 0; k < n; ++k) {
            left -= a[u][k] * w[k][j];
            sum += a[u][k];
          }
          slope -= a[u][i] * left;
          wobble += a[u][i] * sum;
        }
        const double slack = wobble * (2 * options.tolerance +
                                       largest * double{std::numeric_limits<float>::epsilon()});
        if (w[i][j] > 0) {
          RC_ASSERT(std::abs(slope) <= slack);
        } else {
          RC_ASSERT(slope >= -slack);
        }
      }
    }
  });
}

TEST_CASE("SLIM updated reaches the minimum of a fit") {
  test::check_property("update", [] {
    const std::size_t m = *rc::gen::inRange<std::size_t>(1, 15);
    const std::size_t n = *rc::gen::inRange<std::size_t>(1, 12);
    InteractionLog old_log;
    InteractionLog new_log;
    for (std::size_t c = 0; c < m; ++c) {
      for (std::size_t i = 0; i < n + 2; ++i) {
        const auto weight = static_cast<float>(*rc::gen::inRange(1, 24)) / 8;
        const bool in_old = i < n && *rc::gen::inRange(0, 2) == 0;
        if (in_old) old_log.add(id_at<Customer>(c), id_at<Item>(i), weight);
        if (in_old != (*rc::gen::inRange(0, 8) == 0)) {
          new_log.add(id_at<Customer>(c), id_at<Item>(i), weight);
        }
      }
    }
    const SlimOptions options{.l1 = *rc::gen::element(0.0, 0.3, 2.0),
                              .l2 = *rc::gen::element(0.5, 5.0),
                              .tolerance = 1e-9,
                              .sweeps = 100'000};
    const Interactions after(m, n + 2, new_log);
    const SlimModel updated = fit_slim(Interactions(m, n, old_log), options).model.update(after);
    const SlimModel fitted = fit_slim(after, options).model;
    for (std::size_t i = 0; i < n + 2; ++i) {
      std::vector<float> a(n + 2, 0);
      std::vector<float> b(n + 2, 0);
      const auto fill = [&](const SlimModel& model, std::vector<float>& row) {
        const auto items = model.similarities().row_indices(i);
        for (std::size_t k = 0; k < items.size(); ++k) {
          row[items[k]] = model.similarities().row_values(i)[k];
        }
      };
      fill(updated, a);
      fill(fitted, b);
      for (std::size_t j = 0; j < n + 2; ++j) RC_ASSERT(std::abs(a[j] - b[j]) <= 1e-5F);
    }
  });
}

}  // namespace emptor
