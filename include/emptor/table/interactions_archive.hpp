#pragma once
// Interactions in archives: the part of a saved model that says what each customer has.
// Size: 4 (m + n + nnz) bytes, and 4 nnz more unless all weights are 1. Thread safety: functions.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

/// Appends the matrix to a section.
inline void put_interactions(SectionWriter& section, const Interactions& data) {
  const Csr<float>& rows = data.by_customer();
  const auto sizes = [](const Csr<float>& side) {
    std::vector<std::uint32_t> out(side.rows());
    for (std::size_t r = 0; r < out.size(); ++r) {
      out[r] = static_cast<std::uint32_t>(side.row_size(r));
    }
    return out;
  };
  bool all_one = true;
  for (const float weight : rows.values()) all_one = all_one && weight == 1.0F;
  section.put_array(sizes(rows));
  section.put_array(sizes(data.by_item()));
  section.put_array(rows.indices());
  section.put(all_one);
  if (!all_one) section.put_array(rows.values());
}

/// What `put_interactions` wrote. On damage the section has failed and the matrix is empty.
/// Allocates in proportion to the section's bytes.
[[nodiscard]] inline Interactions get_interactions(SectionReader& section) {
  const auto row_sizes = section.get_array<std::uint32_t>();
  const auto column_sizes = section.get_array<std::uint32_t>();
  auto indices = section.get_array<std::uint32_t>();
  const bool all_one = section.get<bool>();
  std::vector<float> weights;
  if (section.ok() && !all_one) weights = section.get_array<float>();
  if (!section.ok()) return {};
  if (all_one) weights.assign(indices.size(), 1.0F);

  std::vector<std::size_t> offsets(1, 0);
  offsets.reserve(row_sizes.size() + 1);
  for (const std::uint32_t size : row_sizes) offsets.push_back(offsets.back() + size);
  bool fits = offsets.back() == indices.size() && weights.size() == indices.size();
  for (std::size_t r = 0; fits && r < row_sizes.size(); ++r) {
    for (std::size_t k = offsets[r]; fits && k < offsets[r + 1]; ++k) {
      fits = indices[k] < column_sizes.size() && (k == offsets[r] || indices[k - 1] < indices[k]);
    }
  }
  for (std::size_t k = 0; fits && k < weights.size(); ++k) {
    fits = weights[k] > 0 && weights[k] <= std::numeric_limits<float>::max();
  }
  if (!section.require(fits, "the interactions contradict themselves")) return {};
  Interactions data(
      Csr<float>(column_sizes.size(), std::move(offsets), std::move(indices), std::move(weights)));
  for (std::size_t item = 0; fits && item < column_sizes.size(); ++item) {
    fits = data.by_item().row_size(item) == column_sizes[item];
  }
  if (!section.require(fits, "the items' counts do not fit the interactions")) return {};
  return data;
}

}  // namespace emptor
