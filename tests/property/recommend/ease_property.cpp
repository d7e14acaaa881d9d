// EASE against its definition: each column of the weights is the ridge regression of one item on
// all others, solved in double by elimination.

#include "emptor/recommend/ease.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "support/property.hpp"

namespace emptor {
namespace {

struct Case {
  Interactions data;
  EaseOptions options;
};

Case make_case() {
  const std::size_t m = *rc::gen::inRange<std::size_t>(0, 20);
  // Some catalogues are larger than a block of the inverse and a panel of the model.
  const bool large = *rc::gen::inRange(0, 8) == 0;
  const std::size_t n = *rc::gen::inRange<std::size_t>(large ? 62 : 1, large ? 70 : 12);
  InteractionLog log;
  for (std::size_t c = 0; c < m; ++c) {
    for (std::size_t i = 0; i < n; ++i) {
      if (*rc::gen::inRange(0, 3) != 0) continue;
      log.add(id_at<Customer>(c), id_at<Item>(i), static_cast<float>(*rc::gen::inRange(1, 24)) / 8);
    }
  }
  return {
      Interactions(m, n, log),
      {.lambda = *rc::gen::element(0.5, 3.0, 200.0), .use_weights = *rc::gen::arbitrary<bool>()}};
}

float weight_of(const Interactions& data, std::size_t customer, std::size_t item) {
  const auto items = data.by_customer().row_indices(customer);
  const auto at = std::lower_bound(items.begin(), items.end(), item) - items.begin();
  return data.by_customer().row_values(customer)[static_cast<std::size_t>(at)];
}

using Dense = std::vector<std::vector<double>>;

Dense rows_of(const Case& c) {
  Dense x(c.data.customers(), std::vector<double>(c.data.items(), 0));
  for (std::size_t u = 0; u < x.size(); ++u) {
    const auto items = c.data.by_customer().row_indices(u);
    const auto weights = c.data.by_customer().row_values(u);
    for (std::size_t k = 0; k < items.size(); ++k) {
      x[u][items[k]] = c.options.use_weights ? static_cast<double>(weights[k]) : 1;
    }
  }
  return x;
}

/// Solves a x = y by elimination with pivots from the diagonal, which suffices for a positive
/// definite matrix.
std::vector<double> solve(Dense a, std::vector<double> y) {
  const std::size_t n = y.size();
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = a[i][k] / a[k][k];
      if (factor == 0) continue;
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

struct Twin {
  Dense weights;     // n x n
  double condition;  // of X'X + lambda I, at most
};

Twin twin_of(const Case& c) {
  const Dense x = rows_of(c);
  const std::size_t n = c.data.items();
  Dense gram(n, std::vector<double>(n, 0));
  double trace = c.options.lambda;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (const auto& row : x) gram[i][j] += row[i] * row[j];
    }
    trace += gram[i][i];
  }
  Twin twin{Dense(n, std::vector<double>(n, 0)), trace / c.options.lambda};
  for (std::size_t target = 0; target < n; ++target) {
    Dense a;
    std::vector<double> y;
    for (std::size_t i = 0; i < n; ++i) {
      if (i == target) continue;
      a.emplace_back();
      for (std::size_t j = 0; j < n; ++j) {
        if (j != target) a.back().push_back(gram[i][j] + (i == j ? c.options.lambda : 0));
      }
      y.push_back(gram[i][target]);
    }
    const auto column = solve(std::move(a), std::move(y));
    for (std::size_t i = 0, k = 0; i < n; ++i) {
      if (i != target) twin.weights[i][target] = column[k++];
    }
  }
  return twin;
}

void check_weights(const Case& c, const Context& context) {
  const auto [model, report] = fit_ease(c.data, c.options, context);
  const Twin twin = twin_of(c);
  const std::size_t n = c.data.items();
  const double bound = double{std::numeric_limits<float>::epsilon()} * twin.condition;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const auto got = static_cast<double>(model.weight(id_at<Item>(i), id_at<Item>(j)));
      RC_ASSERT(std::abs(got - twin.weights[i][j]) <= bound);
    }
    RC_ASSERT(model.weight(id_at<Item>(i), id_at<Item>(i)) == 0);
  }
  // Each element of A P - I is a sum of n products, rounded.
  RC_ASSERT(report.residual <= bound * static_cast<double>(n));
}

}  // namespace

TEST_CASE("each item's weights are its ridge regression on the others") {
  test::check_property("portable", [] { check_weights(make_case(), {}); });
  test::check_property("native",
                       [] { check_weights(make_case(), {.kernels = &native_kernels()}); });
}

TEST_CASE("scores are sums of weights, similarities partial correlations") {
  test::check_property("scores", [] {
    const Case c = make_case();
    const EaseModel model = fit_ease(c.data, c.options).model;
    const std::size_t n = c.data.items();
    const auto at = [&](std::size_t i, std::size_t j) {
      return static_cast<double>(model.weight(id_at<Item>(i), id_at<Item>(j)));
    };
    std::vector<Item> items;
    for (std::size_t i = 0; i < n; ++i) items.push_back(id_at<Item>(i));
    const Dense x = rows_of(c);
    std::vector<float> scores(n);
    for (std::size_t u = 0; u < x.size(); ++u) {
      const std::size_t has = c.data.by_customer().row_size(u);
      model.score(id_at<Customer>(u), items, scores);
      for (std::size_t j = 0; j < n; ++j) {
        double expected = 0;
        double size = 0;
        for (std::size_t i = 0; i < n; ++i) {
          expected += x[u][i] * at(i, j);
          size += std::abs(x[u][i] * at(i, j));
        }
        const auto score = static_cast<double>(scores[j]);
        if (has == 0) {
          RC_ASSERT(std::isnan(score));
        } else {
          RC_ASSERT(std::abs(score - expected) <= 1e-5 * size);
        }
      }
      std::size_t known = 0;
      for (std::size_t i = 0; i < n; ++i) known += c.data.by_item().row_size(i) > 0 ? 1 : 0;
      const auto list = model.recommend(id_at<Customer>(u), n, {.exclude_seen = false});
      RC_ASSERT(list.size() == (has > 0 ? known : 0));
      for (const Recommendation& entry : list) RC_ASSERT(entry.score == scores[index(entry.item)]);
    }
    for (std::size_t i = 0; i < n; ++i) {
      std::size_t positive = 0;
      for (std::size_t j = 0; j < n; ++j) positive += at(i, j) > 0 && at(j, i) > 0 ? 1 : 0;
      const auto similar = model.similar_items(id_at<Item>(i), n);
      RC_ASSERT(similar.size() == positive);
      for (const Recommendation& entry : similar) {
        const std::size_t j = index(entry.item);
        RC_ASSERT(std::abs(static_cast<double>(entry.score) - std::sqrt(at(i, j) * at(j, i))) <=
                  1e-6);
      }
    }
  });
}

TEST_CASE("updated weights are those of the regressions on the new data") {
  const auto check = [](const Context& context) {
    Case c = make_case();
    c.options.lambda = *rc::gen::element(3.0, 200.0);
    const EaseModel model = fit_ease(c.data, c.options, context).model;
    const double old_condition = twin_of(c).condition;
    const std::size_t m = c.data.customers() + *rc::gen::inRange<std::size_t>(0, 4);
    const std::size_t n = c.data.items() + *rc::gen::inRange<std::size_t>(0, 3);
    InteractionLog log;
    for (std::size_t u = 0; u < m; ++u) {
      const bool changes = u >= c.data.customers() || *rc::gen::inRange(0, 8) == 0;
      for (std::size_t i = 0; i < n; ++i) {
        const bool had = u < c.data.customers() && i < c.data.items() &&
                         c.data.contains(id_at<Customer>(u), id_at<Item>(i));
        if (had != (changes && *rc::gen::inRange(0, 3) == 0)) {
          log.add(id_at<Customer>(u), id_at<Item>(i),
                  had ? weight_of(c.data, u, i) : static_cast<float>(*rc::gen::inRange(1, 24)) / 8);
        }
      }
    }
    c.data = Interactions(m, n, log);
    const EaseModel updated = model.update(c.data, context);
    const Twin twin = twin_of(c);
    // The update begins with the inverse of the old data, whose error stays in it though what made
    // that matrix ill-conditioned may have gone; between the two, nothing has more than both.
    const double condition = old_condition + twin.condition;
    const double bound = 4 * double{std::numeric_limits<float>::epsilon()} * condition;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        const auto got = static_cast<double>(updated.weight(id_at<Item>(i), id_at<Item>(j)));
        RC_ASSERT(std::abs(got - twin.weights[i][j]) <= bound);
      }
    }
    RC_ASSERT(EaseModel::load(model.save())->update(c.data, context).save() == updated.save());
  };
  test::check_property("portable", [&] { check({}); });
  test::check_property("native", [&] { check({.kernels = &native_kernels()}); });
}

}  // namespace emptor
