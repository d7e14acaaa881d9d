#pragma once
// Which items' neighbours can differ between two fits with the same options, and a matrix of some
// rows of one and the rest of another.
//
// The bits of similarity (i, j) depend on the customers of both items in their order, on what these
// interactions count, and on the lengths of i and j. So a row must be searched again when one of
// its customers changed, its own length did, or that of an item it shares a customer with.
// Time: linear in both data sets, as no customer's row is walked twice. Thread safety: functions.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "emptor/math/csr.hpp"
#include "emptor/recommend/detail/neighbours_weights.hpp"
#include "emptor/recommend/neighbours_options.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::detail {

/// 0 .. n - 1.
[[nodiscard]] inline std::vector<std::uint32_t> all_items(std::size_t n) {
  std::vector<std::uint32_t> items(n);
  std::iota(items.begin(), items.end(), 0U);
  return items;
}

/// True when row r has the same entries in both; a row beyond the end is empty.
[[nodiscard]] inline bool same_row(const Csr<float>& a, const Csr<float>& b, std::size_t r) {
  const std::size_t size = r < a.rows() ? a.row_size(r) : 0;
  if (size != (r < b.rows() ? b.row_size(r) : 0)) return false;
  return size == 0 || (std::ranges::equal(a.row_indices(r), b.row_indices(r)) &&
                       std::ranges::equal(a.row_values(r), b.row_values(r)));
}

/// The items whose rows can differ between a fit to `before` and one to `after`, ascending.
/// `weights` are those of `after`, which has no fewer customers and items.
[[nodiscard]] inline std::vector<std::uint32_t> changed_neighbour_rows(
    const Interactions& before, const Interactions& after, const NeighboursOptions& options,
    const NeighbourWeights& weights) {
  const auto all_one = [](const Interactions& data) {
    const auto values = data.by_item().values();
    return std::all_of(values.begin(), values.end(), [](float value) { return value == 1; });
  };
  const std::size_t n = after.items();
  if (weights.power != 0 && all_one(before) != all_one(after)) return all_items(n);
  const NeighbourWeights old = neighbour_weights(before, options);

  std::vector<std::uint8_t> changed(n, 0);
  const Csr<float>& rows = after.by_customer();
  std::vector<std::uint8_t> walked(rows.rows(), 0);
  const auto walk = [&](std::size_t customer) {
    if (std::exchange(walked[customer], std::uint8_t{1}) != 0) return;
    for (const std::uint32_t item : rows.row_indices(customer)) changed[item] = 1;
  };
  for (std::size_t c = 0; c < rows.rows(); ++c) {
    const bool is_old = c < before.customers();
    if (same_row(before.by_customer(), rows, c) && (!is_old || old.idf[c] == weights.idf[c])) {
      continue;
    }
    walk(c);
    if (!is_old) continue;
    for (const std::uint32_t item : before.by_customer().row_indices(c)) changed[item] = 1;
  }
  for (std::size_t i = 0; i < n; ++i) {
    const bool same =
        i < before.items() && old.right[i] == weights.right[i] &&
        (weights.length.empty() || old.length[i] == weights.length[i]) &&
        (!weights.sets || before.by_item().row_size(i) == after.by_item().row_size(i));
    if (!same) {
      for (const std::uint32_t customer : after.by_item().row_indices(i)) walk(customer);
    } else if (old.left[i] != weights.left[i]) {
      changed[i] = 1;
    }
  }

  std::vector<std::uint32_t> items;
  for (std::size_t i = 0; i < n; ++i) {
    if (changed[i] != 0) items.push_back(static_cast<std::uint32_t>(i));
  }
  return items;
}

/// The n x n matrix of `fresh` with the rows of `kept`, which may be fewer, but for the rows
/// listed.
[[nodiscard]] inline Csr<float> replace_rows(const Csr<float>& kept, const Csr<float>& fresh,
                                             std::span<const std::uint32_t> listed) {
  std::vector<std::size_t> offsets(1, 0);
  std::vector<std::uint32_t> items;
  std::vector<float> values;
  std::size_t next = 0;
  for (std::size_t i = 0; i < fresh.rows(); ++i) {
    const bool replaced = next < listed.size() && listed[next] == i;
    next += replaced ? 1 : 0;
    const Csr<float>& from = replaced ? fresh : kept;
    if (i < from.rows()) {
      const auto row = from.row_indices(i);
      const auto row_values = from.row_values(i);
      items.insert(items.end(), row.begin(), row.end());
      values.insert(values.end(), row_values.begin(), row_values.end());
    }
    offsets.push_back(items.size());
  }
  return {fresh.columns(), std::move(offsets), std::move(items), std::move(values)};
}

}  // namespace emptor::detail
