#pragma once
// What was taken together: a list of baskets, each a set of items.
//
// Immutable; a copy costs a pointer. Memory: 4 bytes an item in a basket, 8 a basket.
// Thread safety: may be read from any thread.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

class Baskets {
 public:
  Baskets() : Baskets(0, {}, {}) {}

  /// Basket b holds items[ends[b - 1] .. ends[b]), in any order; what is in it twice counts once.
  /// O(entries log of the largest basket). Throws `invalid_shape` unless the ends ascend up to the
  /// number of items given, `out_of_range` for an item >= `item_count`.
  Baskets(std::size_t item_count, std::span<const std::size_t> ends, std::span<const Item> items) {
    auto rows = std::make_shared<Rows>();
    rows->item_count = item_count;
    rows->items.reserve(items.size());
    rows->offsets.reserve(ends.size() + 1);
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
      if (end < begin || end > items.size()) {
        throw Exception(ErrorCode::invalid_shape, "ends must ascend up to the number of items",
                        "Baskets");
      }
      const std::size_t first = rows->items.size();
      for (const Item item : items.subspan(begin, end - begin)) {
        if (index(item) >= item_count) {
          throw Exception(ErrorCode::out_of_range,
                          text("item ", index(item), " is unknown, there are ", item_count),
                          "Baskets");
        }
        rows->items.push_back(item);
      }
      const auto from = rows->items.begin() + static_cast<std::ptrdiff_t>(first);
      std::sort(from, rows->items.end());
      rows->items.erase(std::unique(from, rows->items.end()), rows->items.end());
      rows->offsets.push_back(rows->items.size());
      begin = end;
    }
    if (begin != items.size()) {
      throw Exception(ErrorCode::invalid_shape,
                      text("the baskets end at ", begin, " of ", items.size(), " items"),
                      "Baskets");
    }
    rows_ = std::move(rows);
  }

  [[nodiscard]] std::size_t size() const noexcept { return rows_->offsets.size() - 1; }
  [[nodiscard]] std::size_t items() const noexcept { return rows_->item_count; }
  /// Items of all baskets together.
  [[nodiscard]] std::size_t entries() const noexcept { return rows_->items.size(); }
  /// What is in basket b, ascending, each once; `b` < size().
  [[nodiscard]] std::span<const Item> basket(std::size_t b) const noexcept {
    return {rows_->items.data() + rows_->offsets[b], rows_->offsets[b + 1] - rows_->offsets[b]};
  }

 private:
  struct Rows {
    std::size_t item_count = 0;
    std::vector<std::size_t> offsets{0};
    std::vector<Item> items;
  };
  std::shared_ptr<const Rows> rows_;
};

/// What was sold together: a basket an order, in the order of `Order` ids, of the items on its
/// lines that are no refunds; orders of refunds alone give empty baskets. O(lines log of the
/// largest order). Throws `out_of_range` for an item >= `item_count`.
[[nodiscard]] inline Baskets baskets_of(const Orders& orders, std::size_t item_count) {
  std::vector<std::size_t> ends(orders.orders(), 0);
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (!orders.is_refund(line)) ++ends[index(orders.line_orders()[line])];
  }
  std::size_t total = 0;
  for (std::size_t& end : ends) total += std::exchange(end, total);
  std::vector<Item> items(total);
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (orders.is_refund(line)) continue;
    items[ends[index(orders.line_orders()[line])]++] = orders.line_items()[line];
  }
  return {item_count, ends, items};
}

/// All that a customer has as one basket; the customers' weights do not count.
[[nodiscard]] inline Baskets baskets_of(const Interactions& data) {
  const Csr<float>& rows = data.by_customer();
  std::vector<std::size_t> ends;
  std::vector<Item> items;
  ends.reserve(rows.rows());
  items.reserve(rows.nonzeros());
  for (std::size_t c = 0; c < rows.rows(); ++c) {
    for (const std::uint32_t item : rows.row_indices(c)) items.push_back(id_at<Item>(item));
    ends.push_back(items.size());
  }
  return {data.items(), ends, items};
}

}  // namespace emptor
