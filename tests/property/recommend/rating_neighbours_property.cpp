// Rating neighbours against a dense brute force.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/recommend/rating_neighbours.hpp"
#include "support/property.hpp"

namespace emptor {

TEST_CASE("rating neighbours predict what a dense brute force does") {
  test::check_property("twin", [] {
    const auto m = static_cast<std::size_t>(*rc::gen::inRange(1, 20));
    const auto n = static_cast<std::size_t>(*rc::gen::inRange(1, 14));
    RandomStream random(static_cast<std::uint64_t>(*rc::gen::inRange(0, 1 << 20)));
    std::vector<std::vector<std::optional<double>>> r(m, std::vector<std::optional<double>>(n));
    RatingLog log;
    double mean = 0;
    for (std::size_t c = 0; c < m; ++c) {
      for (std::size_t i = 0; i < n; ++i) {
        if (!random.bernoulli(0.5)) continue;
        r[c][i] = 0.5 * (1 + random.below(10));
        mean += *r[c][i];
        log.add(id_at<Customer>(c), id_at<Item>(i), static_cast<float>(*r[c][i]));
      }
    }
    if (log.size() == 0) return;
    mean /= static_cast<double>(log.size());
    RatingNeighboursOptions options;
    options.similarity =
        *rc::gen::element(RatingSimilarity::pearson_baseline, RatingSimilarity::adjusted_cosine);
    options.neighbours = static_cast<std::size_t>(*rc::gen::inRange(1, 6));
    options.shrinkage = *rc::gen::element(0.5, 3.0, 50.0);
    options.damping = *rc::gen::element(0.0, 0.4);
    options.sweeps = 4;
    options.clip = false;
    const auto model = fit_rating_neighbours(Ratings(m, n, log, {0.5, 5}), options).model;

    std::vector<double> b_u(m, 0.0);
    std::vector<double> b_i(n, 0.0);
    for (int sweep = 0; sweep < 4; ++sweep) {
      for (std::size_t i = 0; i < n; ++i) {
        double sum = 0;
        double count = options.item_lambda;
        for (std::size_t c = 0; c < m; ++c) {
          if (r[c][i]) sum += *r[c][i] - mean - b_u[c];
          count += r[c][i] ? 1 : 0;
        }
        b_i[i] = count > 0 ? sum / count : 0;
      }
      for (std::size_t c = 0; c < m; ++c) {
        double sum = 0;
        double count = options.customer_lambda;
        for (std::size_t i = 0; i < n; ++i) {
          if (r[c][i]) sum += *r[c][i] - mean - b_i[i];
          count += r[c][i] ? 1 : 0;
        }
        b_u[c] = count > 0 ? sum / count : 0;
      }
    }
    const auto deviation = [&](std::size_t c, std::size_t i) {
      if (options.similarity == RatingSimilarity::pearson_baseline) {
        return *r[c][i] - mean - b_u[c] - b_i[i];
      }
      double sum = 0;
      double count = 0;
      for (const auto& one : r[c]) {
        sum += one.value_or(0);
        count += one ? 1 : 0;
      }
      return *r[c][i] - sum / count;
    };
    std::vector<std::vector<double>> s(n, std::vector<double>(n, 0.0));
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        double ij = 0;
        double ii = 0;
        double jj = 0;
        double count = 0;
        for (std::size_t c = 0; c < m; ++c) {
          if (i == j || !r[c][i] || !r[c][j]) continue;
          ij += deviation(c, i) * deviation(c, j);
          ii += deviation(c, i) * deviation(c, i);
          jj += deviation(c, j) * deviation(c, j);
          ++count;
        }
        if (ij > 1e-7 && count > 1) {
          s[i][j] = ij / std::sqrt(ii * jj) * (count - 1) / (count - 1 + options.shrinkage);
        }
      }
    }
    for (std::size_t c = 0; c < m; ++c) {
      for (std::size_t i = 0; i < n; ++i) {
        std::vector<std::pair<double, double>> near;
        for (std::size_t j = 0; j < n; ++j) {
          if (r[c][j] && s[i][j] > 0) near.emplace_back(s[i][j], *r[c][j] - mean - b_u[c] - b_i[j]);
        }
        std::sort(near.rbegin(), near.rend());
        // Two that are as good as equal may change places at the end of the list.
        const std::size_t k = std::min(near.size(), options.neighbours);
        if (k < near.size() && near[k - 1].first - near[k].first < 1e-5) continue;
        double above = 0;
        double below = options.damping;
        for (std::size_t t = 0; t < k; ++t) {
          above += near[t].first * near[t].second;
          below += near[t].first;
        }
        const double expected = mean + b_u[c] + b_i[i] + (k > 0 ? above / below : 0);
        const double got = model.predict(id_at<Customer>(c), id_at<Item>(i));
        RC_ASSERT(std::abs(got - expected) < 1e-3);
      }
    }
  });
}

}  // namespace emptor
