// Item neighbours against a dense twin that follows the formulas word for word, in double.

#include "emptor/recommend/neighbours.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "support/property.hpp"

namespace emptor {
namespace {

struct Case {
  Interactions data;
  NeighboursOptions options;
};

struct Dense {
  std::size_t n;
  std::vector<double> at;
  double& operator()(std::size_t i, std::size_t j) { return at[i * n + j]; }
};

Case make_case() {
  const std::size_t m = *rc::gen::inRange<std::size_t>(0, 15);
  const std::size_t n = *rc::gen::inRange<std::size_t>(1, 15);
  const bool all_one = *rc::gen::arbitrary<bool>();
  InteractionLog log;
  for (std::size_t c = 0; c < m; ++c) {
    for (std::size_t i = 0; i < n; ++i) {
      if (*rc::gen::inRange(0, 3) != 0) continue;
      log.add(id_at<Customer>(c), id_at<Item>(i),
              all_one ? 1.0F : static_cast<float>(*rc::gen::inRange(1, 40)) / 8);
    }
  }
  NeighboursOptions options;
  options.weighting = *rc::gen::element(NeighbourWeighting::cosine, NeighbourWeighting::tf_idf,
                                        NeighbourWeighting::bm25, NeighbourWeighting::jaccard,
                                        NeighbourWeighting::tversky, NeighbourWeighting::rp3_beta,
                                        NeighbourWeighting::symmetric);
  options.neighbours = *rc::gen::inRange<std::size_t>(1, n + 3);
  options.normalise = *rc::gen::arbitrary<bool>();
  options.k1 = *rc::gen::element(0.0, 1.2, 3.0);
  options.b = *rc::gen::element(0.0, 0.3, 1.0);
  options.tversky_owned = *rc::gen::element(0.0, 0.5, 1.0, 3.0);
  options.tversky_other = *rc::gen::element(0.0, 0.7, 1.0);
  options.rp3_alpha = *rc::gen::element(0.6, 1.0, 1.5);
  options.rp3_beta = *rc::gen::element(0.0, 0.4, 1.0);
  if (options.weighting != NeighbourWeighting::bm25 &&
      options.weighting != NeighbourWeighting::rp3_beta &&
      options.weighting != NeighbourWeighting::symmetric) {
    options.shrinkage = *rc::gen::element(0.0, 2.5);
  }
  return {Interactions(m, n, log), options};
}

/// All similarities, the diagonal 0.
Dense similarities_of(const Case& c) {
  const std::size_t m = c.data.customers();
  const std::size_t n = c.data.items();
  std::vector<double> r(m * n, 0);
  std::vector<double> taken_by(m, 0);
  std::vector<double> length(n, 0);
  std::vector<double> customer_length(m, 0);
  std::vector<double> takers(n, 0);
  for (std::size_t u = 0; u < m; ++u) {
    const auto items = c.data.by_customer().row_indices(u);
    for (std::size_t k = 0; k < items.size(); ++k) {
      r[u * n + items[k]] = static_cast<double>(c.data.by_customer().row_values(u)[k]);
      taken_by[u] += 1;
      length[items[k]] += r[u * n + items[k]];
      customer_length[u] += r[u * n + items[k]];
      takers[items[k]] += 1;
    }
  }
  double mean = 0;
  double some = 0;
  for (const double l : length) {
    mean += l;
    some += l > 0 ? 1 : 0;
  }
  mean = some > 0 ? mean / some : 1;
  std::vector<double> x(m * n, 0);
  const auto dn = static_cast<double>(n);
  for (std::size_t u = 0; u < m; ++u) {
    for (std::size_t i = 0; i < n; ++i) {
      const double w = r[u * n + i];
      if (w == 0) continue;
      const double d = taken_by[u];
      switch (c.options.weighting) {
        case NeighbourWeighting::cosine:
          x[u * n + i] = w;
          break;
        case NeighbourWeighting::tf_idf:
          x[u * n + i] = std::sqrt(w) * std::log(1 + dn / d);
          break;
        case NeighbourWeighting::bm25:
          x[u * n + i] = w * (c.options.k1 + 1) /
                         (w + c.options.k1 * (1 - c.options.b + c.options.b * length[i] / mean)) *
                         std::log(1 + (dn - d + 0.5) / (d + 0.5));
          break;
        case NeighbourWeighting::jaccard:
        case NeighbourWeighting::tversky:
          x[u * n + i] = 1;
          break;
        case NeighbourWeighting::symmetric:
          x[u * n + i] = w / std::sqrt(customer_length[u] * length[i]);
          break;
        case NeighbourWeighting::rp3_beta:
          break;
      }
    }
  }
  const auto dot = [&](std::size_t i, std::size_t j) {
    double sum = 0;
    for (std::size_t u = 0; u < m; ++u) sum += x[u * n + i] * x[u * n + j];
    return sum;
  };
  Dense s{n, std::vector<double>(n * n, 0)};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      if (i == j) continue;
      const double product = dot(i, j);
      const auto set = [&](double owned, double other) {
        return product / (product + owned * (takers[i] - product) + other * (takers[j] - product) +
                          c.options.shrinkage);
      };
      switch (c.options.weighting) {
        case NeighbourWeighting::cosine:
        case NeighbourWeighting::tf_idf:
          s(i, j) = product / (std::sqrt(dot(i, i) * dot(j, j)) + c.options.shrinkage);
          break;
        case NeighbourWeighting::bm25:
        case NeighbourWeighting::symmetric:
          s(i, j) = product;
          break;
        case NeighbourWeighting::jaccard:
          s(i, j) = set(1, 1);
          break;
        case NeighbourWeighting::tversky:
          s(i, j) = set(c.options.tversky_owned, c.options.tversky_other);
          break;
        case NeighbourWeighting::rp3_beta:
          for (std::size_t u = 0; u < m; ++u) {
            if (r[u * n + i] == 0 || r[u * n + j] == 0) continue;
            s(i, j) += std::pow(r[u * n + i] / length[i] * r[u * n + j] / customer_length[u],
                                c.options.rp3_alpha) /
                       std::pow(length[j], c.options.rp3_beta);
          }
          break;
      }
      if (product == 0 && c.options.weighting != NeighbourWeighting::rp3_beta) s(i, j) = 0;
    }
  }
  return s;
}

bool close(double a, double b) {
  return std::abs(a - b) <= 1e-5 * std::max(std::abs(a), std::abs(b));
}

}  // namespace

TEST_CASE("similarities are those of the dense twin, the largest of each row kept") {
  test::check_property("similarities", [] {
    const Case c = make_case();
    const NeighboursModel model = fit_item_neighbours(c.data, c.options).model;
    Dense expected = similarities_of(c);
    const std::size_t n = c.data.items();
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<double> sizes;
      for (std::size_t j = 0; j < n; ++j) {
        if (expected(i, j) > 0) sizes.push_back(expected(i, j));
      }
      std::sort(sizes.rbegin(), sizes.rend());
      const std::size_t kept = std::min(sizes.size(), c.options.neighbours);
      RC_ASSERT(model.similarities().row_size(i) == kept);
      std::vector<double> values;
      for (std::size_t k = 0; k < kept; ++k) {
        const double value = static_cast<double>(model.similarities().row_values(i)[k]);
        RC_ASSERT(close(value, expected(i, model.similarities().row_indices(i)[k])));
        values.push_back(value);
      }
      std::sort(values.rbegin(), values.rend());
      for (std::size_t k = 0; k < kept; ++k) RC_ASSERT(close(values[k], sizes[k]));
    }
  });
}

TEST_CASE("scores are weighted sums over what the customer has") {
  test::check_property("scores", [] {
    const Case c = make_case();
    const NeighboursModel model = fit_item_neighbours(c.data, c.options).model;
    const std::size_t n = c.data.items();
    std::vector<Item> items;
    for (std::size_t i = 0; i < n; ++i) items.push_back(id_at<Item>(i));
    for (std::size_t u = 0; u < c.data.customers(); ++u) {
      std::vector<double> expected(n, 0);
      const auto row = c.data.by_customer().row_indices(u);
      for (std::size_t k = 0; k < row.size(); ++k) {
        const auto near = model.similarities().row_indices(row[k]);
        const auto values = model.similarities().row_values(row[k]);
        double sum = 0;
        for (const float value : values) sum += static_cast<double>(value);
        const double scale = c.options.normalise && sum > 0 ? 1 / sum : 1;
        for (std::size_t j = 0; j < near.size(); ++j) {
          expected[near[j]] += static_cast<double>(c.data.by_customer().row_values(u)[k]) * scale *
                               static_cast<double>(values[j]);
        }
      }
      std::vector<float> scores(n);
      model.score(id_at<Customer>(u), items, scores);
      std::size_t positive = 0;
      for (std::size_t i = 0; i < n; ++i) {
        if (row.empty()) {
          RC_ASSERT(std::isnan(scores[i]));
        } else {
          RC_ASSERT(close(static_cast<double>(scores[i]), expected[i]));
          positive += expected[i] > 0 ? 1 : 0;
        }
      }
      const auto list = model.recommend(id_at<Customer>(u), n, {.exclude_seen = false});
      RC_ASSERT(list.size() == positive);
      for (const Recommendation& entry : list) RC_ASSERT(entry.score == scores[index(entry.item)]);
    }
  });
}

TEST_CASE("updated neighbours are those of a fit to the bit, found by searching what changed") {
  test::check_property(
      "update",
      [] {
        const Case before = make_case();
        // Some customers gain or lose an item or come anew, and sometimes the catalogue grows.
        const std::size_t m = before.data.customers() + *rc::gen::inRange<std::size_t>(0, 3);
        const std::size_t n = before.data.items() + *rc::gen::element<std::size_t>(0, 0, 2);
        const bool all_one = *rc::gen::arbitrary<bool>();
        InteractionLog log;
        for (std::size_t c = 0; c < m; ++c) {
          const bool changes = *rc::gen::inRange(0, 6) == 0;
          for (std::size_t i = 0; i < n; ++i) {
            const bool had = c < before.data.customers() && i < before.data.items() &&
                             before.data.contains(id_at<Customer>(c), id_at<Item>(i));
            if (changes && *rc::gen::inRange(0, 4) == 0) {
              if (had) continue;
              log.add(id_at<Customer>(c), id_at<Item>(i),
                      all_one ? 1.0F : static_cast<float>(*rc::gen::inRange(1, 40)) / 8);
            } else if (had) {
              const auto items = before.data.by_customer().row_indices(c);
              const auto at = std::lower_bound(items.begin(), items.end(), i) - items.begin();
              log.add(id_at<Customer>(c), id_at<Item>(i),
                      before.data.by_customer().row_values(c)[static_cast<std::size_t>(at)]);
            }
          }
        }
        const Interactions after(m, n, log);
        const NeighboursModel updated =
            fit_item_neighbours(before.data, before.options).model.update(after);
        const NeighboursModel fitted = fit_item_neighbours(after, before.options).model;
        RC_ASSERT(updated.save() == fitted.save());
      },
      400);
}

}  // namespace emptor
