#pragma once
// How much one interaction counts in the similarities of item neighbours, one form for all
// weightings: the similarity of an owned item i to j is
//     left_i right_j * sum over customers u of  tf(r_ui, i) tf(r_uj, j) idf_u^2
// but for sets of customers (Jaccard, Tversky), where the sum is the number of common customers and
// NeighbourSearch divides it. Time: linear in the interactions. Thread safety: constant once made.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/error.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/recommend/neighbours_options.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::detail {

inline void check_neighbours_options(const NeighboursOptions& options) {
  require_option(options.weighting <= NeighbourWeighting::symmetric, "weighting",
                 "one of NeighbourWeighting", static_cast<unsigned>(options.weighting));
  require_option(options.neighbours >= 1, "neighbours", ">= 1", options.neighbours);
  const auto not_negative = [](double value, std::string_view name) {
    require_option(value >= 0 && std::isfinite(value), name, "finite and >= 0", value);
  };
  not_negative(options.shrinkage, "shrinkage");
  const auto without_shrinkage = [&](NeighbourWeighting weighting, std::string_view range) {
    require_option(options.weighting != weighting || options.shrinkage == 0, "shrinkage", range,
                   options.shrinkage);
  };
  without_shrinkage(NeighbourWeighting::bm25, "0 with bm25");
  without_shrinkage(NeighbourWeighting::rp3_beta, "0 with rp3_beta");
  without_shrinkage(NeighbourWeighting::symmetric, "0 with symmetric");
  not_negative(options.k1, "k1");
  require_option(options.b >= 0 && options.b <= 1, "b", "from 0 to 1", options.b);
  not_negative(options.tversky_owned, "tversky_owned");
  not_negative(options.tversky_other, "tversky_other");
  require_option(options.rp3_alpha > 0 && std::isfinite(options.rp3_alpha), "rp3_alpha",
                 "finite and > 0", options.rp3_alpha);
  not_negative(options.rp3_beta, "rp3_beta");
}

inline void put_neighbours_options(SectionWriter& section, const NeighboursOptions& options) {
  section.put(options.weighting);
  section.put(std::uint64_t{options.neighbours});
  section.put(options.normalise);
  for (const double value : {options.shrinkage, options.k1, options.b, options.tversky_owned,
                             options.tversky_other, options.rp3_alpha, options.rp3_beta}) {
    section.put(value);
  }
}

/// What `put_neighbours_options` wrote. On damage, or values that no fit takes, the section has
/// failed.
[[nodiscard]] inline NeighboursOptions get_neighbours_options(SectionReader& section) {
  NeighboursOptions options;
  options.weighting = section.get<NeighbourWeighting>();
  options.neighbours = static_cast<std::size_t>(section.get<std::uint64_t>());
  options.normalise = section.get<bool>();
  for (double* const value : {&options.shrinkage, &options.k1, &options.b, &options.tversky_owned,
                              &options.tversky_other, &options.rp3_alpha, &options.rp3_beta}) {
    *value = section.get<double>();
  }
  if (!section.ok()) return {};
  try {
    check_neighbours_options(options);
  } catch (const Exception&) {
    section.require(false, "impossible options");
  }
  return options;
}

struct NeighbourWeights {
  std::vector<double> idf;     ///< by customer
  std::vector<double> left;    ///< by item, as the owned one
  std::vector<double> right;   ///< by item, as the other one
  std::vector<double> length;  ///< by item: BM25's k1 (1 - b + b L / mean L); empty: tf = r^power
  double k1 = 0;
  double power = 1;  ///< 0: weights do not count
  bool sets = false;

  [[nodiscard]] double tf(float weight, std::size_t item) const noexcept {
    const double r = static_cast<double>(weight);
    if (!length.empty()) return r * (k1 + 1) / (r + length[item]);
    if (power == 1) return r;
    if (power == 0) return 1;
    return power == 0.5 ? std::sqrt(r) : std::pow(r, power);
  }
};

/// The sums of the weights of each row.
[[nodiscard]] inline std::vector<double> row_sums(const Csr<float>& rows) {
  std::vector<double> sums(rows.rows(), 0.0);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    for (const float weight : rows.row_values(r)) sums[r] += static_cast<double>(weight);
  }
  return sums;
}

/// sum^power, or 0 for a row without entries.
[[nodiscard]] inline std::vector<double> powers_of(std::vector<double> sums, double power) {
  for (double& sum : sums) sum = sum > 0 ? std::pow(sum, power) : 0;
  return sums;
}

inline void weigh_by_bm25(NeighbourWeights& weights, const Interactions& data,
                          const NeighboursOptions& options) {
  weights.k1 = options.k1;
  weights.length = row_sums(data.by_item());
  double total = 0;
  std::size_t taken = 0;
  for (const double length : weights.length) {
    total += length;
    taken += length > 0 ? 1 : 0;
  }
  const double mean = taken > 0 ? total / static_cast<double>(taken) : 1;
  for (double& length : weights.length) {
    length = options.k1 * (1 - options.b + options.b * length / mean);
  }
}

inline void divide_by_lengths(NeighbourWeights& weights, const Csr<float>& by_item) {
  for (std::size_t i = 0; i < by_item.rows(); ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < by_item.row_size(i); ++k) {
      const double x =
          weights.tf(by_item.row_values(i)[k], i) * weights.idf[by_item.row_indices(i)[k]];
      sum += x * x;
    }
    weights.left[i] = sum > 0 ? 1 / std::sqrt(sum) : 0;
  }
  weights.right = weights.left;
}

/// The weights that `options` ask for, for this data.
[[nodiscard]] inline NeighbourWeights neighbour_weights(const Interactions& data,
                                                        const NeighboursOptions& options) {
  const Csr<float>& by_customer = data.by_customer();
  NeighbourWeights weights;
  weights.idf.resize(data.customers(), 1.0);
  weights.left.resize(data.items(), 1.0);
  weights.right = weights.left;
  const auto set_idf = [&](auto&& idf) {
    for (std::size_t c = 0; c < data.customers(); ++c) {
      const auto d = static_cast<double>(by_customer.row_size(c));
      if (d > 0) weights.idf[c] = idf(static_cast<double>(data.items()), d);
    }
  };
  switch (options.weighting) {
    case NeighbourWeighting::cosine:
      divide_by_lengths(weights, data.by_item());
      break;
    case NeighbourWeighting::tf_idf:
      weights.power = 0.5;
      set_idf([](double n, double d) { return std::log1p(n / d); });
      divide_by_lengths(weights, data.by_item());
      break;
    case NeighbourWeighting::bm25:
      set_idf([](double n, double d) { return std::log1p((n - d + 0.5) / (d + 0.5)); });
      weigh_by_bm25(weights, data, options);
      break;
    case NeighbourWeighting::jaccard:
    case NeighbourWeighting::tversky:
      weights.power = 0;
      weights.sets = true;
      break;
    case NeighbourWeighting::rp3_beta:
      weights.power = options.rp3_alpha;
      weights.idf = powers_of(row_sums(by_customer), -0.5 * options.rp3_alpha);
      weights.left = row_sums(data.by_item());
      weights.right = powers_of(weights.left, -options.rp3_beta);
      weights.left = powers_of(std::move(weights.left), -options.rp3_alpha);
      break;
    case NeighbourWeighting::symmetric:
      weights.idf = powers_of(row_sums(by_customer), -0.5);
      weights.left = powers_of(row_sums(data.by_item()), -0.5);
      weights.right = weights.left;
      break;
  }
  return weights;
}

}  // namespace emptor::detail
