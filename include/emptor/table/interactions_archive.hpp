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

namespace detail {

/// Row sizes, columns and values (none of them when all are 1) of a matrix.
inline void put_rows(SectionWriter& section, const Csr<float>& rows) {
  std::vector<std::uint32_t> sizes(rows.rows());
  for (std::size_t r = 0; r < sizes.size(); ++r) {
    sizes[r] = static_cast<std::uint32_t>(rows.row_size(r));
  }
  bool all_one = true;
  for (const float value : rows.values()) all_one = all_one && value == 1.0F;
  section.put_array(sizes);
  section.put_array(rows.indices());
  section.put(all_one);
  if (!all_one) section.put_array(rows.values());
}

/// What `put_rows` wrote, a matrix of finite values > 0 with `columns` columns. On damage the
/// section has failed and the matrix is empty.
[[nodiscard]] inline Csr<float> get_rows(SectionReader& section, std::size_t columns) {
  const auto sizes = section.get_array<std::uint32_t>();
  auto indices = section.get_array<std::uint32_t>();
  const bool all_one = section.get<bool>();
  std::vector<float> values;
  if (section.ok() && !all_one) values = section.get_array<float>();
  if (!section.ok()) return {};
  if (all_one) values.assign(indices.size(), 1.0F);

  std::vector<std::size_t> offsets(1, 0);
  offsets.reserve(sizes.size() + 1);
  for (const std::uint32_t size : sizes) offsets.push_back(offsets.back() + size);
  bool fits = offsets.back() == indices.size() && values.size() == indices.size();
  for (std::size_t r = 0; fits && r < sizes.size(); ++r) {
    for (std::size_t k = offsets[r]; fits && k < offsets[r + 1]; ++k) {
      fits = indices[k] < columns && (k == offsets[r] || indices[k - 1] < indices[k]) &&
             values[k] > 0 && values[k] <= std::numeric_limits<float>::max();
    }
  }
  if (!section.require(fits, "a sparse matrix contradicts itself")) return {};
  return {columns, std::move(offsets), std::move(indices), std::move(values)};
}

}  // namespace detail

/// Appends the matrix to a section.
inline void put_interactions(SectionWriter& section, const Interactions& data) {
  // The counts by item also keep a forged number of items from costing memory.
  std::vector<std::uint32_t> item_sizes(data.items());
  for (std::size_t item = 0; item < item_sizes.size(); ++item) {
    item_sizes[item] = static_cast<std::uint32_t>(data.by_item().row_size(item));
  }
  section.put_array(item_sizes);
  detail::put_rows(section, data.by_customer());
}

/// What `put_interactions` wrote. On damage the section has failed and the matrix is empty.
/// Allocates in proportion to the section's bytes.
[[nodiscard]] inline Interactions get_interactions(SectionReader& section) {
  const auto item_sizes = section.get_array<std::uint32_t>();
  Csr<float> rows = detail::get_rows(section, item_sizes.size());
  if (!section.ok()) return {};
  Interactions data(std::move(rows));
  bool fits = true;
  for (std::size_t item = 0; fits && item < item_sizes.size(); ++item) {
    fits = data.by_item().row_size(item) == item_sizes[item];
  }
  if (!section.require(fits, "the items' counts do not fit the interactions")) return {};
  return data;
}

}  // namespace emptor
