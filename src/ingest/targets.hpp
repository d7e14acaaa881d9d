#pragma once
// The fields that a mapping can fill. Thread safety: pure functions.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "emptor/ingest/mapping.hpp"

namespace emptor::detail {

enum class Target : std::uint8_t {
  order,
  customer,
  item,
  time,
  quantity,
  unit_price,
  amount,
  channel,
  currency,
  kind,
  customer_column,  ///< customer.<column>
  item_column,      ///< item.<column>
};

inline constexpr std::size_t single_targets = static_cast<std::size_t>(Target::customer_column);

/// The target of this name that the table has.
[[nodiscard]] std::optional<Target> target_of(MappingTable table, std::string_view name) noexcept;

/// "order, customer, …" for messages.
[[nodiscard]] std::string_view target_names(MappingTable table) noexcept;

[[nodiscard]] constexpr bool is_number(Target target) noexcept {
  return target == Target::quantity || target == Target::unit_price || target == Target::amount;
}

/// What follows the point of "customer.<column>".
[[nodiscard]] constexpr std::string_view column_part(std::string_view name) noexcept {
  return name.substr(name.find('.') + 1);
}

[[nodiscard]] inline bool is_required(const MappingField& field, Target target) noexcept {
  const bool optional =
      target == Target::customer || target == Target::channel || target >= Target::customer_column;
  return field.required.value_or(!optional);
}

[[nodiscard]] inline bool is_personal(const MappingField& field, Target target) noexcept {
  return field.personal.value_or(target == Target::customer || target == Target::customer_column);
}

}  // namespace emptor::detail
