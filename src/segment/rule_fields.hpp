#pragma once
// Which fields the happenings of a source have. Thread safety: pure functions.

#include <optional>
#include <string_view>
#include <vector>

#include "emptor/segment/rule.hpp"

namespace emptor::detail {

enum class RuleFieldCode : std::uint8_t {
  amount,
  quantity,
  lines,
  hour,
  weekday,
  day,
  order,
  item,
  channel,
  kind,
  column,
};

/// What a field is asked for.
enum class RuleFieldUse : std::uint8_t { filter, number, distinct };

struct RuleField {
  RuleFieldCode code = RuleFieldCode::amount;
  RuleType type = RuleType::number;
  bool column = false;
  std::size_t place = 0;  // of a column: in RuleSchema::item_columns
};

/// The field, or nothing. `column`: it was asked for as item.NAME.
[[nodiscard]] std::optional<RuleField> rule_field(RuleSource source, std::string_view field,
                                                  bool column, const RuleSchema& schema,
                                                  RuleFieldUse use);

/// All names that `rule_field` finds.
[[nodiscard]] std::vector<std::string_view> rule_fields(RuleSource source, const RuleSchema& schema,
                                                        RuleFieldUse use);

/// Whether it is a field of its own for some source, so that a column of that name needs "item.".
[[nodiscard]] bool is_own_field(std::string_view field) noexcept;

/// "orders", "view".
[[nodiscard]] std::string_view rule_source_name(const RuleNode& stream) noexcept;

/// Of a sources' plain names, without kinds of events.
inline constexpr std::string_view rule_source_names[] = {"lines", "sales", "refunds", "orders",
                                                         "events"};

}  // namespace emptor::detail
