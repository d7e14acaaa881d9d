#include "emptor/hub/owned_interactions.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace emptor {

namespace {

std::int64_t added(std::int64_t a, std::int64_t b) {
  if (__builtin_add_overflow(a, b, &a)) {
    throw Exception(ErrorCode::overflow, "a customer's weights add up beyond 2^43",
                    "InteractionSums");
  }
  return a;
}

std::int64_t units_of(float weight) {
  if (!(weight > 0) || !(weight <= InteractionSums::most_weight)) {
    throw Exception(ErrorCode::invalid_value,
                    text("an interaction's weight must be in (0, 2^32], got ", weight),
                    "InteractionSums");
  }
  const double units = std::nearbyint(static_cast<double>(weight) * 0x1p20);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(units));
}

bool by_item(const InteractionSums::Sum& sum, std::uint32_t item) noexcept {
  return sum.item < item;
}

}  // namespace

void InteractionSums::add(Item item, float weight) {
  const std::int64_t units = units_of(weight);
  const auto number = static_cast<std::uint32_t>(item);
  const auto at = std::lower_bound(sums_.begin(), sums_.end(), number, by_item);
  if (at != sums_.end() && at->item == number) {
    at->units = added(at->units, units);
  } else {
    sums_.insert(at, {number, units});
  }
}

void InteractionSums::merge(const InteractionSums& other) {
  std::vector<Sum> all;
  all.reserve(sums_.size() + other.sums_.size());
  auto a = sums_.begin();
  auto b = other.sums_.begin();
  while (a != sums_.end() || b != other.sums_.end()) {
    if (b == other.sums_.end() || (a != sums_.end() && a->item < b->item)) {
      all.push_back(*a++);
    } else if (a == sums_.end() || b->item < a->item) {
      all.push_back(*b++);
    } else {
      all.push_back({a->item, added(a->units, b->units)});
      ++a;
      ++b;
    }
  }
  sums_.swap(all);
}

void OwnedInteractions::add(const InteractionLog& log) {
  for (std::size_t e = 0; e < log.size(); ++e) add(log.customers[e], log.items[e], log.weights[e]);
}

Interactions OwnedInteractions::interactions(std::size_t customers, std::size_t items) const {
  std::vector<std::size_t> offsets(1, 0);
  std::vector<std::uint32_t> columns;
  std::vector<float> values;
  for (const Customer of_row : owners()) {
    const auto sums = of(of_row).sums();
    if (index(of_row) >= customers || sums.back().item >= items) {
      throw Exception(ErrorCode::out_of_range,
                      text("customer ", index(of_row), " has an interaction outside of ", customers,
                           " x ", items),
                      "OwnedInteractions");
    }
    offsets.resize(index(of_row) + 1, columns.size());
    for (const InteractionSums::Sum& sum : sums) {
      columns.push_back(sum.item);
      values.push_back(sum.weight());
    }
    offsets.push_back(columns.size());
  }
  offsets.resize(customers + 1, columns.size());
  return Interactions(Csr<float>(items, std::move(offsets), std::move(columns), std::move(values)));
}

Interactions interactions_of_owners(const Interactions& interactions,
                                    std::span<const Customer> owners) {
  const Csr<float>& from = interactions.by_customer();
  if (owners.size() != from.rows()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("owners must name all ", from.rows(), " customers, got ", owners.size()),
                    "interactions_of_owners");
  }
  std::vector<std::vector<std::uint32_t>> rows_of(from.rows());
  for (std::size_t row = 0; row < from.rows(); ++row) {
    if (index(owners[row]) >= from.rows()) {
      throw Exception(ErrorCode::out_of_range,
                      text("owner ", index(owners[row]), " is not one of ", from.rows()),
                      "interactions_of_owners");
    }
    rows_of[index(owners[row])].push_back(static_cast<std::uint32_t>(row));
  }
  std::vector<std::size_t> offsets(1, 0);
  std::vector<std::uint32_t> columns;
  std::vector<float> values;
  for (const auto& rows : rows_of) {
    InteractionSums all;
    for (const std::uint32_t row : rows) {
      InteractionSums one;
      const auto items = from.row_indices(row);
      for (std::size_t k = 0; k < items.size(); ++k) {
        one.add(static_cast<Item>(items[k]), from.row_values(row)[k]);
      }
      all.merge(one);
    }
    for (const InteractionSums::Sum& sum : all.sums()) {
      columns.push_back(sum.item);
      values.push_back(sum.weight());
    }
    offsets.push_back(columns.size());
  }
  return Interactions(
      Csr<float>(from.columns(), std::move(offsets), std::move(columns), std::move(values)));
}

}  // namespace emptor
