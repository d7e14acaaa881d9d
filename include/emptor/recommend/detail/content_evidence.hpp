#pragma once
// What a content recommender knows of customers besides their interactions, as two sparse matrices:
// weights of items, and weights of features from queries. Thread safety: pure functions.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/time.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/recommend/content_options.hpp"
#include "emptor/recommend/content_space.hpp"
#include "emptor/recommend/recommend_result.hpp"

namespace emptor::detail {

struct EvidenceRows {
  Csr<float> items;     ///< m x n
  Csr<float> features;  ///< m x features
};

/// The matrix with more rows, which are empty, and more columns.
[[nodiscard]] inline Csr<float> grown(const Csr<float>& rows, std::size_t m, std::size_t n) {
  std::vector<std::size_t> offsets(rows.offsets().begin(), rows.offsets().end());
  offsets.resize(m + 1, rows.nonzeros());
  if (rows.rows() == 0) offsets.front() = 0;
  return {n,
          std::move(offsets),
          {rows.indices().begin(), rows.indices().end()},
          {rows.values().begin(), rows.values().end()}};
}

/// Events of all sources, weighted and decayed. Adds to the report.
[[nodiscard]] inline EvidenceRows evidence_rows(std::span<const ContentEvidence> evidence,
                                                std::size_t m, std::size_t n,
                                                const std::optional<Time>& now,
                                                const ContentSpace& space, ContentReport& report) {
  constexpr std::string_view where = "ContentEvidence";
  std::vector<std::uint32_t> customers, query_customers, items, features;
  std::vector<float> weights, query_weights;
  for (const ContentEvidence& source : evidence) {
    require_option(source.weight > 0 && std::isfinite(source.weight), "weight", "finite and > 0",
                   source.weight);
    if (source.half_life_days) {
      const double days = *source.half_life_days;
      require_option(days > 0 && std::isfinite(days), "half_life_days", "finite and > 0", days);
      if (!now) {
        throw Exception(ErrorCode::invalid_option,
                        text("'now' must be given: '", source.name, "' has a half-life"), "now");
      }
    }
    /// The event's weight, or nothing when it has none yet, or none that single precision holds.
    const auto weight_of = [&](Customer customer, float weight, Time time) -> std::optional<float> {
      if (index(customer) >= m) {
        throw Exception(
            ErrorCode::out_of_range,
            text("'", source.name, "': customer ", index(customer), " is not one of ", m),
            std::string(where));
      }
      if (!(weight > 0) || !std::isfinite(weight)) {
        throw Exception(ErrorCode::invalid_value,
                        text("'", source.name, "': a weight must be finite and > 0, got ", weight),
                        std::string(where));
      }
      if (now && time > *now) {
        ++report.after_now;
        return std::nullopt;
      }
      double value = source.weight * static_cast<double>(weight);
      if (source.half_life_days) {
        const double age = static_cast<double>(now->time_since_epoch().count()) -
                           static_cast<double>(time.time_since_epoch().count());
        value *= std::exp2(-age / (86400 * *source.half_life_days));
      }
      if (value > static_cast<double>(std::numeric_limits<float>::max())) {
        throw Exception(ErrorCode::invalid_value,
                        text("'", source.name, "': weights are too large: scale them down"),
                        std::string(where));
      }
      const auto rounded = static_cast<float>(value);
      return rounded > 0 ? std::optional(rounded) : std::nullopt;
    };
    const InteractionLog& log = source.log;
    if (log.items.size() != log.size() || log.weights.size() != log.size() ||
        log.times.size() != log.size()) {
      throw Exception(ErrorCode::invalid_shape,
                      text("'", source.name, "': the log's columns differ in length"),
                      std::string(where));
    }
    for (std::size_t e = 0; e < log.size(); ++e) {
      if (index(log.items[e]) >= n) {
        throw Exception(
            ErrorCode::out_of_range,
            text("'", source.name, "': item ", index(log.items[e]), " is not one of ", n),
            std::string(where));
      }
      const auto weight = weight_of(log.customers[e], log.weights[e], log.times[e]);
      if (!weight) continue;
      customers.push_back(static_cast<std::uint32_t>(log.customers[e]));
      items.push_back(static_cast<std::uint32_t>(log.items[e]));
      weights.push_back(*weight);
    }
    for (const ContentQuery& query : source.queries) {
      const auto weight = weight_of(query.customer, query.weight, query.time);
      if (!weight) continue;
      for (const auto& [feature, value] : space.encode_query(query.text, false, report.unknown)) {
        const float weighted = *weight * value;
        if (!(weighted > 0)) continue;
        query_customers.push_back(static_cast<std::uint32_t>(query.customer));
        features.push_back(feature);
        query_weights.push_back(weighted);
      }
    }
  }
  EvidenceRows rows{
      Csr<float>::from_entries(m, n, customers, items, std::span<const float>(weights)),
      Csr<float>::from_entries(m, space.names().size(), query_customers, features,
                               std::span<const float>(query_weights))};
  for (const Csr<float>* sums : {&rows.items, &rows.features}) {
    for (const float sum : sums->values()) {
      if (std::isfinite(sum)) continue;
      throw Exception(ErrorCode::invalid_value, "weights add up to infinity: scale them down",
                      std::string(where));
    }
  }
  return rows;
}

/// Throws `invalid_value` unless `pairs` are known features, ascending, each with a finite weight.
inline void check_pairs(std::span<const float> pairs, std::size_t features,
                        std::string_view where) {
  bool fits = pairs.size() % 2 == 0;
  for (std::size_t e = 0; fits && e < pairs.size(); e += 2) {
    fits = pairs[e] >= 0 && static_cast<double>(pairs[e]) < static_cast<double>(features) &&
           std::floor(pairs[e]) == pairs[e] && (e == 0 || pairs[e - 2] < pairs[e]) &&
           std::isfinite(pairs[e + 1]);
  }
  if (!fits) {
    throw Exception(ErrorCode::invalid_value,
                    "a folded-in customer's factors are not of this content model",
                    std::string(where));
  }
}

/// As `keep_largest_parts`, of features.
inline void keep_largest_features(FeatureExplanation& explanation, std::size_t k) {
  auto& parts = explanation.parts;
  using Part = FeatureExplanation::Part;
  std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
    return a.share != b.share ? a.share > b.share : a.because < b.because;
  });
  if (parts.size() <= k) return;
  double rest = static_cast<double>(explanation.rest);
  for (std::size_t i = k; i < parts.size(); ++i) rest += static_cast<double>(parts[i].share);
  explanation.rest = static_cast<float>(rest);
  parts.resize(k);
}

}  // namespace emptor::detail
