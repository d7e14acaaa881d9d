#pragma once
// Baselines and similarities of neighbours of explicit ratings; see rating_neighbours.hpp.
// Time: a baseline sweep is linear in the ratings; similarities are the sum over customers of their
// squared number of ratings. Memory: 8 K n bytes and 32 n a thread. Thread safety: pure.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/recommend/rating_neighbours_options.hpp"
#include "emptor/table/ratings.hpp"

namespace emptor::detail {

/// What is expected of a pair before neighbours: mean + b_u + b_i.
struct RatingBaseline {
  double mean = 0;
  std::vector<float> customers;
  std::vector<float> items;

  [[nodiscard]] double of(float customer_bias, std::size_t item) const noexcept {
    return mean + static_cast<double>(customer_bias) + static_cast<double>(items[item]);
  }
};

/// The ridge solution of one row's bias: sum (r - mean - other bias) / (lambda + n).
[[nodiscard]] inline float bias_of(std::span<const std::uint32_t> others,
                                   std::span<const float> ratings, double mean,
                                   const std::vector<float>& other_biases, double lambda) {
  if (others.empty()) return 0;
  double sum = 0;
  for (std::size_t k = 0; k < others.size(); ++k) {
    sum += static_cast<double>(ratings[k]) - mean - static_cast<double>(other_biases[others[k]]);
  }
  return static_cast<float>(sum / (lambda + static_cast<double>(others.size())));
}

/// Items first and customers last in each sweep, so that a customer folded in gets the very bias.
[[nodiscard]] inline RatingBaseline rating_baseline(const Ratings& data,
                                                    const RatingNeighboursOptions& options) {
  RatingBaseline out;
  const RatingScale& scale = data.scale();
  out.mean = data.entries() > 0
                 ? data.mean()
                 : (static_cast<double>(scale.lowest) + static_cast<double>(scale.highest)) / 2;
  out.customers.assign(data.customers(), 0.0F);
  out.items.assign(data.items(), 0.0F);
  const auto solve = [&](const Csr<float>& rows, const std::vector<float>& others, double lambda,
                         std::vector<float>& biases) {
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      biases[r] = bias_of(rows.row_indices(r), rows.row_values(r), out.mean, others, lambda);
    }
  };
  for (std::size_t sweep = 0; sweep < options.sweeps; ++sweep) {
    solve(data.by_item(), out.customers, options.item_lambda, out.items);
    solve(data.by_customer(), out.items, options.customer_lambda, out.customers);
  }
  return out;
}

inline void check_rating_neighbours(const RatingNeighboursOptions& options) {
  const auto not_negative = [](double value, std::string_view name) {
    require_option(value >= 0 && std::isfinite(value), name, "finite and >= 0", value);
  };
  require_option(options.similarity <= RatingSimilarity::adjusted_cosine, "similarity",
                 "one of RatingSimilarity", static_cast<unsigned>(options.similarity));
  require_option(options.neighbours >= 1, "neighbours", ">= 1", options.neighbours);
  require_option(options.kept >= options.neighbours, "kept", ">= 'neighbours'", options.kept);
  not_negative(options.shrinkage, "shrinkage");
  not_negative(options.damping, "damping");
  not_negative(options.item_lambda, "item_lambda");
  not_negative(options.customer_lambda, "customer_lambda");
  require_option(options.sweeps >= 1, "sweeps", ">= 1", options.sweeps);
}

/// The deviations that similarities are made of, in the order of data.by_customer().
[[nodiscard]] inline std::vector<float> deviations_of(const Ratings& data,
                                                      const RatingBaseline& baseline,
                                                      RatingSimilarity similarity) {
  const Csr<float>& rows = data.by_customer();
  std::vector<float> out;
  out.reserve(rows.nonzeros());
  for (std::size_t c = 0; c < rows.rows(); ++c) {
    double sum = 0;
    for (const float rating : rows.row_values(c)) sum += static_cast<double>(rating);
    const double mean = sum / static_cast<double>(std::max<std::size_t>(1, rows.row_size(c)));
    for (std::size_t k = 0; k < rows.row_size(c); ++k) {
      const auto rating = static_cast<double>(rows.row_values(c)[k]);
      const bool cosine = similarity == RatingSimilarity::adjusted_cosine;
      out.push_back(static_cast<float>(
          rating - (cosine ? mean : baseline.of(baseline.customers[c], rows.row_indices(c)[k]))));
    }
  }
  return out;
}

/// Rows [begin, end) of the similarities: (item, value > 0) of the K largest, by ascending item.
inline void search_rating_neighbours(const Ratings& data, std::span<const float> deviations,
                                     const RatingNeighboursOptions& options, std::size_t begin,
                                     std::size_t end,
                                     std::vector<std::vector<ScoredIndex<float>>>& lists) {
  struct Sums {
    double product = 0;
    double own = 0;
    double other = 0;
    double count = 0;
  };
  const Csr<float>& rows = data.by_customer();
  const Csr<float>& columns = data.by_item();
  std::vector<Sums> sums(data.items());
  std::vector<std::uint32_t> touched;
  for (std::size_t i = begin; i < end; ++i) {
    touched.clear();
    for (const std::uint32_t c : columns.row_indices(i)) {
      const auto items = rows.row_indices(c);
      const float* const of = deviations.data() + rows.offsets()[c];
      const auto place = std::ranges::lower_bound(items, static_cast<std::uint32_t>(i));
      const auto own = static_cast<double>(of[place - items.begin()]);
      for (std::size_t k = 0; k < items.size(); ++k) {
        Sums& sum = sums[items[k]];
        if (sum.count == 0) touched.push_back(items[k]);
        const auto other = static_cast<double>(of[k]);
        sum.product += own * other;
        sum.own += own * own;
        sum.other += other * other;
        ++sum.count;
      }
    }
    TopK<float> best(std::min(options.kept, data.items()));
    for (const std::uint32_t j : touched) {
      const Sums sum = std::exchange(sums[j], {});
      const double below = std::sqrt(sum.own * sum.other) * (sum.count - 1 + options.shrinkage);
      if (j == i || !(sum.product > 0) || !(below > 0)) continue;
      const auto value = static_cast<float>(sum.product * (sum.count - 1) / below);
      if (value > 0) best.push(j, value);
    }
    lists[i] = best.take();
    std::ranges::sort(lists[i], {}, &ScoredIndex<float>::index);
  }
}

}  // namespace emptor::detail
