#pragma once
// What the models of ratings share: rows of folded customers, ratings in archives.
// Thread safety: pure functions.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/error.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/ratings.hpp"

namespace emptor::detail {

/// Throws unless the folded customer is of a model with n items and f factors.
inline CustomerRow<Item> rated_row_of(const FoldedCustomer& folded, std::size_t n, std::size_t f,
                                      const RatingScale& scale, std::string_view where) {
  if (folded.items.size() != folded.weights.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a folded-in customer has ", folded.items.size(), " items but ",
                         folded.weights.size(), " ratings"),
                    std::string(where));
  }
  if (folded.factors.size() != (folded.items.empty() ? 0 : f + 1)) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a customer folded into this model has a bias and ", f, " factors, got ",
                         folded.factors.size(), " numbers"),
                    std::string(where));
  }
  for (std::size_t i = 0; i < folded.items.size(); ++i) {
    require_id(folded.items[i], n, "item", where);
    if (i > 0 && folded.items[i - 1] >= folded.items[i]) {
      throw Exception(ErrorCode::invalid_value, "a folded-in customer's items must ascend",
                      std::string(where));
    }
  }
  check_ratings(folded.weights, scale, where);
  return {folded.items, folded.weights};
}

/// The items ascending, each once with its last rating. Throws `invalid_shape` (not as many ratings
/// as items), `out_of_range` (an item >= n), `invalid_value` (a rating that is not on the scale).
[[nodiscard]] inline FoldedCustomer fold_ratings(std::span<const Item> items,
                                                 std::span<const float> ratings, std::size_t n,
                                                 const RatingScale& scale) {
  if (items.size() != ratings.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("as many ratings (weights) as items needed, got ", ratings.size(), " for ",
                         items.size(), " items"),
                    "fold_in");
  }
  check_ratings(ratings, scale, "fold_in");
  std::vector<std::size_t> order(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    require_id(items[i], n, "item", "fold_in");
    order[i] = i;
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return items[a] < items[b]; });
  FoldedCustomer folded;
  for (const std::size_t i : order) {
    if (!folded.items.empty() && folded.items.back() == items[i]) {
      folded.weights.back() = ratings[i];
    } else {
      folded.items.push_back(items[i]);
      folded.weights.push_back(ratings[i]);
    }
  }
  return folded;
}

template <class Rows>
std::vector<std::uint32_t> row_sizes(const Rows& rows) {
  std::vector<std::uint32_t> sizes(rows.rows());
  for (std::size_t r = 0; r < sizes.size(); ++r) {
    sizes[r] = static_cast<std::uint32_t>(rows.row_size(r));
  }
  return sizes;
}

inline void put_ratings(SectionWriter& section, const Ratings& data) {
  section.put(data.scale().lowest);
  section.put(data.scale().highest);
  section.put_array(row_sizes(data.by_item()));
  section.put_array(row_sizes(data.by_customer()));
  section.put_array(data.by_customer().indices());
  section.put_array(data.by_customer().values());
}

/// What `put_ratings` wrote. On damage the section has failed and there are no ratings.
inline Ratings get_ratings(SectionReader& section) {
  RatingScale scale;
  scale.lowest = section.get<float>();
  scale.highest = section.get<float>();
  const auto item_sizes = section.get_array<std::uint32_t>();
  const auto sizes = section.get_array<std::uint32_t>();
  auto indices = section.get_array<std::uint32_t>();
  auto values = section.get_array<float>();
  if (!section.ok()) return {};
  std::vector<std::size_t> offsets(1, 0);
  for (const std::uint32_t size : sizes) offsets.push_back(offsets.back() + size);
  bool fits = std::isfinite(scale.lowest) && std::isfinite(scale.highest) &&
              scale.lowest < scale.highest && offsets.back() == indices.size() &&
              values.size() == indices.size();
  std::vector<std::uint32_t> counted(item_sizes.size(), 0);
  for (std::size_t r = 0; fits && r < sizes.size(); ++r) {
    for (std::size_t k = offsets[r]; fits && k < offsets[r + 1]; ++k) {
      fits = indices[k] < item_sizes.size() && (k == offsets[r] || indices[k - 1] < indices[k]) &&
             scale.contains(values[k]);
      if (fits) ++counted[indices[k]];
    }
  }
  if (!section.require(fits && counted == item_sizes, "the ratings contradict themselves")) {
    return {};
  }
  return Ratings(
      Csr<float>(item_sizes.size(), std::move(offsets), std::move(indices), std::move(values)),
      scale);
}

}  // namespace emptor::detail
