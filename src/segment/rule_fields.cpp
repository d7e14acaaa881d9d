#include "segment/rule_fields.hpp"

#include <algorithm>

namespace emptor::detail {

namespace {

constexpr unsigned of_lines = 1, of_orders = 2, of_events = 4;
constexpr unsigned for_filter = 1, for_number = 2, for_distinct = 4;

struct KnownField {
  std::string_view name;
  RuleFieldCode code;
  RuleType type;
  unsigned sources;
  unsigned uses;
};

constexpr KnownField known_fields[] = {
    {"amount", RuleFieldCode::amount, RuleType::money, of_lines | of_orders,
     for_filter | for_number},
    {"quantity", RuleFieldCode::quantity, RuleType::number, of_lines | of_orders,
     for_filter | for_number},
    {"lines", RuleFieldCode::lines, RuleType::number, of_orders, for_filter | for_number},
    {"hour", RuleFieldCode::hour, RuleType::number, of_lines | of_orders | of_events, for_filter},
    {"weekday", RuleFieldCode::weekday, RuleType::number, of_lines | of_orders | of_events,
     for_filter},
    {"day", RuleFieldCode::day, RuleType::number, of_lines | of_orders | of_events, for_distinct},
    {"order", RuleFieldCode::order, RuleType::text, of_lines, for_distinct},
    {"item", RuleFieldCode::item, RuleType::text, of_lines | of_events, for_filter | for_distinct},
    {"channel", RuleFieldCode::channel, RuleType::text, of_lines | of_orders | of_events,
     for_filter | for_distinct},
    {"kind", RuleFieldCode::kind, RuleType::text, of_events, for_filter | for_distinct},
};

unsigned group_of(RuleSource source) noexcept {
  if (source == RuleSource::orders) return of_orders;
  return source == RuleSource::events || source == RuleSource::event ? of_events : of_lines;
}

unsigned use_bit(RuleFieldUse use) noexcept {
  return 1U << static_cast<unsigned>(use);
}

bool fits(const KnownField& field, RuleSource source, RuleFieldUse use) noexcept {
  return (field.sources & group_of(source)) != 0 && (field.uses & use_bit(use)) != 0;
}

}  // namespace

std::optional<RuleField> rule_field(RuleSource source, std::string_view field, bool column,
                                    const RuleSchema& schema, RuleFieldUse use) {
  if (!column) {
    for (const KnownField& known : known_fields) {
      if (known.name == field && fits(known, source, use)) {
        return RuleField{.code = known.code, .type = known.type};
      }
    }
    if (is_own_field(field)) return std::nullopt;
  }
  if (source == RuleSource::orders || use == RuleFieldUse::number) return std::nullopt;
  const auto found = std::find(schema.item_columns.begin(), schema.item_columns.end(), field);
  if (found == schema.item_columns.end()) return std::nullopt;
  return RuleField{.code = RuleFieldCode::column,
                   .type = RuleType::text,
                   .column = true,
                   .place = static_cast<std::size_t>(found - schema.item_columns.begin())};
}

std::vector<std::string_view> rule_fields(RuleSource source, const RuleSchema& schema,
                                          RuleFieldUse use) {
  std::vector<std::string_view> out;
  for (const KnownField& known : known_fields) {
    if (fits(known, source, use)) out.push_back(known.name);
  }
  if (source != RuleSource::orders && use != RuleFieldUse::number) {
    out.insert(out.end(), schema.item_columns.begin(), schema.item_columns.end());
  }
  return out;
}

bool is_own_field(std::string_view field) noexcept {
  return std::any_of(std::begin(known_fields), std::end(known_fields),
                     [&](const KnownField& known) { return known.name == field; });
}

std::string_view rule_source_name(const RuleNode& stream) noexcept {
  return stream.source == RuleSource::event
             ? name(stream.event)
             : rule_source_names[static_cast<std::size_t>(stream.source)];
}

}  // namespace emptor::detail
