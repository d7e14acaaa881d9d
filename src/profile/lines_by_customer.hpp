#pragma once
// Order lines of known customers as feature events, customer by customer: a counting sort.

#include <cstddef>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/profile/features.hpp"

namespace emptor::detail {

/// Throws `invalid_shape` unless there are as many discounts as lines, or none.
inline void require_columns(const Orders& orders, const FeatureColumns& columns) {
  if (!columns.discounts.empty() && columns.discounts.size() != orders.lines()) {
    throw Exception(ErrorCode::invalid_shape,
                    text(orders.lines(), " lines need as many discounts or none, got ",
                         columns.discounts.size()),
                    "features");
  }
}

[[nodiscard]] inline std::uint32_t code_in(const TextColumn<Item>* column, Item item) noexcept {
  return static_cast<std::uint32_t>(column ? column->code_at(item) : no_id<TextCode>);
}

[[nodiscard]] inline FeatureEvent feature_event(const Orders& orders, std::size_t line,
                                                const FeatureColumns& columns) noexcept {
  const Item item = orders.line_items()[line];
  return {.order = orders.line_orders()[line],
          .item = item,
          .category = Category{code_in(columns.categories, item)},
          .brand = Brand{code_in(columns.brands, item)},
          .time = orders.line_times()[line],
          .amount = orders.line_amounts()[line],
          .quantity = orders.line_quantities()[line],
          .channel = orders.line_channels()[line],
          .discount = columns.discounts.empty() ? 0 : columns.discounts[line]};
}

/// Facts by the customer they are of; `begins` has one more than customers.
template <class Fact>
struct FactsByCustomer {
  std::vector<std::size_t> begins;
  std::vector<Fact> facts;

  [[nodiscard]] std::size_t customers() const noexcept { return begins.size() - 1; }
  /// Of a customer beyond the last: none.
  [[nodiscard]] std::span<Fact> of(std::size_t customer) noexcept {
    if (customer >= customers()) return {};
    return std::span(facts).subspan(begins[customer], begins[customer + 1] - begins[customer]);
  }
};

/// Rows of a table of which `counts(row)`, as `fact_of(row)`; at least `customers` customers.
template <class Fact, class Counts, class FactOf>
[[nodiscard]] FactsByCustomer<Fact> facts_by_customer(std::span<const Customer> customer_of,
                                                      std::size_t customers, Counts&& counts,
                                                      FactOf&& fact_of) {
  FactsByCustomer<Fact> out;
  std::vector<std::size_t>& begins = out.begins;
  begins.resize(customers + 1, 0);
  for (std::size_t row = 0; row < customer_of.size(); ++row) {
    const Customer customer = customer_of[row];
    if (customer == no_customer || !counts(row)) continue;
    if (index(customer) + 1 >= begins.size()) begins.resize(index(customer) + 2, 0);
    ++begins[index(customer) + 1];
  }
  for (std::size_t c = 1; c < begins.size(); ++c) begins[c] += begins[c - 1];
  std::vector<std::size_t> next(begins.begin(), begins.end() - 1);
  out.facts.resize(begins.back());
  for (std::size_t row = 0; row < customer_of.size(); ++row) {
    const Customer customer = customer_of[row];
    if (customer != no_customer && counts(row)) out.facts[next[index(customer)]++] = fact_of(row);
  }
  return out;
}

}  // namespace emptor::detail
