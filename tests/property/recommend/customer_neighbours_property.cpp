// Customer neighbours against a dense brute force, and updates against fits.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/recommend/customer_neighbours.hpp"
#include "support/property.hpp"

namespace emptor {
namespace {

struct Made {
  std::size_t m;
  std::size_t n;
  std::vector<std::vector<double>> r;
};

Made make(bool weighted) {
  Made made{static_cast<std::size_t>(*rc::gen::inRange(1, 26)),
            static_cast<std::size_t>(*rc::gen::inRange(1, 12)),
            {}};
  RandomStream random(static_cast<std::uint64_t>(*rc::gen::inRange(0, 1 << 20)));
  made.r.assign(made.m, std::vector<double>(made.n, 0.0));
  for (auto& row : made.r) {
    for (double& value : row) {
      if (random.bernoulli(0.35)) value = weighted ? 1 + random.below(3) : 1;
    }
  }
  return made;
}
Interactions matrix_of(const Made& made) {
  InteractionLog log;
  for (std::size_t c = 0; c < made.m; ++c) {
    for (std::size_t i = 0; i < made.n; ++i) {
      if (made.r[c][i] > 0) {
        log.add(id_at<Customer>(c), id_at<Item>(i), static_cast<float>(made.r[c][i]));
      }
    }
  }
  return Interactions(made.m, made.n, log);
}

CustomerNeighboursOptions any_options() {
  CustomerNeighboursOptions options;
  options.weighting = *rc::gen::element(CustomerWeighting::cosine, CustomerWeighting::tf_idf,
                                        CustomerWeighting::bm25, CustomerWeighting::jaccard,
                                        CustomerWeighting::tversky);
  options.neighbours = static_cast<std::size_t>(*rc::gen::inRange(1, 9));
  if (options.weighting != CustomerWeighting::bm25) {
    options.shrinkage = *rc::gen::element(0.0, 2.5);
  }
  options.normalise = *rc::gen::arbitrary<bool>();
  options.tversky_own = *rc::gen::element(0.5, 0.0, 2.0);
  return options;
}

/// m x m, straight from the formulas of CustomerWeighting.
std::vector<std::vector<double>> dense_similarities(const Made& made,
                                                    const CustomerNeighboursOptions& options) {
  const auto m = static_cast<double>(made.m);
  std::vector<std::vector<double>> x = made.r;
  std::vector<double> length(made.m, 0.0);
  for (std::size_t c = 0; c < made.m; ++c) {
    length[c] = std::accumulate(made.r[c].begin(), made.r[c].end(), 0.0);
  }
  const auto active = static_cast<double>(
      std::count_if(length.begin(), length.end(), [](double l) { return l > 0; }));
  const double mean = active > 0 ? std::accumulate(length.begin(), length.end(), 0.0) / active : 1;
  for (std::size_t i = 0; i < made.n; ++i) {
    double d = 0;
    for (std::size_t c = 0; c < made.m; ++c) d += made.r[c][i] > 0 ? 1 : 0;
    for (std::size_t c = 0; c < made.m; ++c) {
      const double r = made.r[c][i];
      if (r == 0) continue;
      switch (options.weighting) {
        case CustomerWeighting::cosine:
          break;
        case CustomerWeighting::tf_idf:
          x[c][i] = std::sqrt(r) * std::log(1 + m / d);
          break;
        case CustomerWeighting::bm25:
          x[c][i] = r * (options.k1 + 1) /
                    (r + options.k1 * (1 - options.b + options.b * length[c] / mean)) *
                    std::log(1 + (m - d + 0.5) / (d + 0.5));
          break;
        case CustomerWeighting::jaccard:
        case CustomerWeighting::tversky:
          x[c][i] = 1;
      }
    }
  }
  std::vector<std::vector<double>> out(made.m, std::vector<double>(made.m, 0.0));
  for (std::size_t u = 0; u < made.m; ++u) {
    for (std::size_t v = 0; v < made.m; ++v) {
      double dot = 0;
      double uu = 0;
      double vv = 0;
      for (std::size_t i = 0; i < made.n; ++i) {
        dot += x[u][i] * x[v][i];
        uu += x[u][i] * x[u][i];
        vv += x[v][i] * x[v][i];
      }
      if (u == v || dot == 0) continue;
      double below = 1;
      switch (options.weighting) {
        case CustomerWeighting::cosine:
        case CustomerWeighting::tf_idf:
          below = std::sqrt(uu) * std::sqrt(vv) + options.shrinkage;
          break;
        case CustomerWeighting::bm25:
          break;
        case CustomerWeighting::jaccard:
          below = uu + vv - dot + options.shrinkage;
          break;
        case CustomerWeighting::tversky:
          below = dot + options.tversky_own * (uu - dot) + options.tversky_other * (vv - dot) +
                  options.shrinkage;
      }
      out[u][v] = dot / below;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("customer neighbours are those of a dense brute force, and so are scores") {
  test::check_property("twin", [] {
    const Made made = make(*rc::gen::arbitrary<bool>());
    const CustomerNeighboursOptions options = any_options();
    const auto model = fit_customer_neighbours(matrix_of(made), options).model;
    const auto similarity = dense_similarities(made, options);
    for (std::size_t u = 0; u < made.m; ++u) {
      // Which of equals is kept may hang on the last bit: values are compared, not ids.
      std::vector<double> best = similarity[u];
      std::sort(best.rbegin(), best.rend());
      const auto kept = model.similar_customers(id_at<Customer>(u), made.m);
      std::size_t positive = 0;
      for (const double value : best) positive += value > 0 ? 1U : 0U;
      RC_ASSERT(kept.size() == std::min(positive, options.neighbours));
      double sum = 0;
      for (std::size_t k = 0; k < kept.size(); ++k) {
        const double exact = similarity[u][index(kept[k].customer)];
        RC_ASSERT(std::abs(static_cast<double>(kept[k].similarity) - exact) <= 1e-6 * exact);
        RC_ASSERT(std::abs(best[k] - exact) <= 1e-6 * exact);
        sum += exact;
      }
      const bool active = model.interactions().by_customer().row_size(u) > 0;
      for (std::size_t i = 0; active && i < made.n; ++i) {
        double expected = 0;
        for (const auto& one : kept) {
          expected += similarity[u][index(one.customer)] * made.r[index(one.customer)][i];
        }
        if (options.normalise && sum > 0) expected /= sum;
        const auto item = id_at<Item>(i);
        float score = -1;
        model.score(id_at<Customer>(u), {&item, 1}, {&score, 1});
        RC_ASSERT(std::abs(static_cast<double>(score) - expected) <= 1e-5 * (expected + 1e-9));
        double parts = 0;
        for (const auto& part : model.explain(id_at<Customer>(u), item, made.n).parts) {
          RC_ASSERT(made.r[u][index(part.because)] > 0);
          parts += static_cast<double>(part.share);
        }
        RC_ASSERT(std::abs(parts - expected) <= 1e-5 * (expected + 1e-9));
      }
    }
  });
}

TEST_CASE("an update of customer neighbours with few changes is a fit, bit for bit") {
  test::check_property("update", [] {
    const bool weighted = *rc::gen::arbitrary<bool>();
    Made made = make(weighted);
    const CustomerNeighboursOptions options = any_options();
    const auto before = fit_customer_neighbours(matrix_of(made), options).model;
    RandomStream random(static_cast<std::uint64_t>(*rc::gen::inRange(0, 1 << 20)));
    const bool grows = *rc::gen::arbitrary<bool>();
    if (grows) {
      made.r.emplace_back(made.n, 0.0);
      made.r.back()[random.below(static_cast<std::uint32_t>(made.n))] = 1;
      ++made.m;
      for (auto& row : made.r) row.push_back(0);
      made.r.back().back() = 1;
      ++made.n;
    }
    const auto changes = random.below(static_cast<std::uint32_t>(made.m / 4 + 1));
    for (std::uint32_t t = 0; t < changes; ++t) {
      double& r = made.r[random.below(static_cast<std::uint32_t>(made.m))]
                        [random.below(static_cast<std::uint32_t>(made.n))];
      r = r > 0 ? (weighted && r < 3 ? r + 1 : 0) : 1;
    }
    const Interactions after = matrix_of(made);
    RC_ASSERT(before.update(after).save() == fit_customer_neighbours(after, options).model.save());
  });
}

}  // namespace emptor
