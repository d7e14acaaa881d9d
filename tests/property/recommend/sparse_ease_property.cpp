// Sparse EASE against its definition, densely in double: each item's weights are its ridge
// regression on the items most correlated with it, and on all others when none is left out.

#include "emptor/recommend/sparse_ease.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/recommend/ease.hpp"
#include "support/property.hpp"

namespace emptor {
namespace {

struct Case {
  Interactions data;
  SparseEaseOptions options;
};

Case make_case() {
  const std::size_t m = *rc::gen::inRange<std::size_t>(0, 20);
  const std::size_t n = *rc::gen::inRange<std::size_t>(1, 14);
  InteractionLog log;
  for (std::size_t c = 0; c < m; ++c) {
    for (std::size_t i = 0; i < n; ++i) {
      if (*rc::gen::inRange(0, 3) != 0) continue;
      log.add(id_at<Customer>(c), id_at<Item>(i), static_cast<float>(*rc::gen::inRange(1, 24)) / 8);
    }
  }
  return {Interactions(m, n, log),
          {.lambda = *rc::gen::element(1.0, 3.0, 200.0),
           .neighbours = *rc::gen::inRange<std::size_t>(1, n + 2),
           .dropout = *rc::gen::element(0.0, 0.5),
           .use_weights = *rc::gen::arbitrary<bool>()}};
}

using Dense = std::vector<std::vector<double>>;

Dense gram_of(const Case& c) {
  const std::size_t n = c.data.items();
  Dense gram(n, std::vector<double>(n, 0));
  for (std::size_t u = 0; u < c.data.customers(); ++u) {
    const auto items = c.data.by_customer().row_indices(u);
    const auto weights = c.data.by_customer().row_values(u);
    const auto x = [&](std::size_t k) {
      return c.options.use_weights ? static_cast<double>(weights[k]) : 1.0;
    };
    for (std::size_t a = 0; a < items.size(); ++a) {
      for (std::size_t b = 0; b < items.size(); ++b) gram[items[a]][items[b]] += x(a) * x(b);
    }
  }
  return gram;
}

std::vector<double> solve(Dense a, std::vector<double> y) {
  const std::size_t n = y.size();
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
      y[i] -= factor * y[k];
    }
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = i + 1; j < n; ++j) y[i] -= a[i][j] * y[j];
    y[i] /= a[i][i];
  }
  return y;
}

}  // namespace

TEST_CASE("each item's weights are its ridge regression on the items most correlated with it") {
  const auto check = [](const Context& context) {
    const Case c = make_case();
    const std::size_t n = c.data.items();
    const auto [model, report] = fit_sparse_ease(c.data, c.options, context);
    RC_ASSERT(report.items == n);
    RC_ASSERT(report.weights == model.similarities().nonzeros());
    const Csr<float> to = model.similarities().transposed();
    const Dense gram = gram_of(c);
    double trace = c.options.lambda;
    for (std::size_t i = 0; i < n; ++i) trace += gram[i][i];
    const double bound =
        4 * double{std::numeric_limits<float>::epsilon()} * trace / c.options.lambda;
    for (std::size_t j = 0; j < n; ++j) {
      // The chosen, ties by item; weights of 0 are not kept.
      std::vector<std::size_t> order;
      for (std::size_t i = 0; i < n; ++i) {
        const bool all = c.options.neighbours + 1 >= n;
        if (i != j && (all ? gram[i][i] > 0 && gram[j][j] > 0 : gram[i][j] > 0)) {
          order.push_back(i);
        }
      }
      const auto correlation = [&](std::size_t i) {
        return gram[i][j] /
               std::sqrt((gram[i][i] + c.options.lambda) * (gram[j][j] + c.options.lambda));
      };
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return correlation(a) > correlation(b);
      });
      if (order.size() > c.options.neighbours) {
        const double last = correlation(order[c.options.neighbours - 1]);
        // Nearly equal ones may stand in another order in single precision.
        if (correlation(order[c.options.neighbours]) > last * (1 - 1e-5)) continue;
        order.resize(c.options.neighbours);
      }
      std::sort(order.begin(), order.end());
      Dense a;
      std::vector<double> y;
      for (const std::size_t i : order) {
        a.emplace_back();
        for (const std::size_t k : order) {
          a.back().push_back(i == k ? gram[i][i] / (1 - c.options.dropout) + c.options.lambda
                                    : gram[i][k]);
        }
        y.push_back(gram[i][j]);
      }
      const auto expected = solve(a, y);
      std::vector<double> got(n, 0);
      for (std::size_t t = 0; t < to.row_size(j); ++t) {
        got[to.row_indices(j)[t]] = static_cast<double>(to.row_values(j)[t]);
      }
      for (std::size_t k = 0; k < order.size(); ++k) {
        RC_ASSERT(std::abs(got[order[k]] - expected[k]) <= bound);
        got[order[k]] = 0;
      }
      for (const double other : got) RC_ASSERT(other == 0);
    }
  };
  test::check_property(
      "portable", [&] { check({}); }, 200);
  test::check_property(
      "native", [&] { check({.kernels = &native_kernels()}); }, 200);
}

TEST_CASE("sparse EASE that leaves out nothing is EASE") {
  test::check_property("twin", [] {
    Case c = make_case();
    const std::size_t n = c.data.items();
    c.options.neighbours = std::max<std::size_t>(n, 2) - 1;
    c.options.dropout = 0;
    const SparseEaseModel sparse = fit_sparse_ease(c.data, c.options).model;
    const EaseModel dense =
        fit_ease(c.data, {.lambda = c.options.lambda, .use_weights = c.options.use_weights}).model;
    std::vector<Item> items;
    for (std::size_t i = 0; i < n; ++i) items.push_back(id_at<Item>(i));
    std::vector<float> a(n);
    std::vector<float> b(n);
    for (std::size_t u = 0; u < c.data.customers(); ++u) {
      sparse.score(id_at<Customer>(u), items, a);
      dense.score(id_at<Customer>(u), items, b);
      for (std::size_t i = 0; i < n; ++i) {
        RC_ASSERT(std::isnan(a[i]) == std::isnan(b[i]));
        if (!std::isnan(a[i])) RC_ASSERT(std::abs(a[i] - b[i]) <= 1e-4F * (1 + std::abs(b[i])));
      }
    }
  });
}

TEST_CASE("updated sparse EASE is that of a fit to the bit") {
  test::check_property(
      "update",
      [] {
        const Case before = make_case();
        const std::size_t m = before.data.customers() + *rc::gen::inRange<std::size_t>(0, 3);
        const std::size_t n = before.data.items() + *rc::gen::element<std::size_t>(0, 0, 2);
        InteractionLog log;
        for (std::size_t c = 0; c < m; ++c) {
          const bool changes = *rc::gen::inRange(0, 6) == 0;
          for (std::size_t i = 0; i < n; ++i) {
            const bool old = c < before.data.customers() && i < before.data.items();
            const auto items =
                old ? before.data.by_customer().row_indices(c) : std::span<const std::uint32_t>{};
            const auto at = std::lower_bound(items.begin(), items.end(), i);
            const bool had = at != items.end() && *at == i;
            if (had == (changes && *rc::gen::inRange(0, 4) == 0)) continue;
            log.add(id_at<Customer>(c), id_at<Item>(i),
                    had ? before.data.by_customer().row_values(
                              c)[static_cast<std::size_t>(at - items.begin())]
                        : static_cast<float>(*rc::gen::inRange(1, 24)) / 8);
          }
        }
        const Interactions after(m, n, log);
        const auto updated = fit_sparse_ease(before.data, before.options).model.update(after);
        RC_ASSERT(updated.save() == fit_sparse_ease(after, before.options).model.save());
      },
      300);
}

}  // namespace emptor
