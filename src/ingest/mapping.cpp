#include "emptor/ingest/mapping.hpp"

#include "emptor/core/money.hpp"
#include "ingest/csv_scanner.hpp"
#include "ingest/targets.hpp"

namespace emptor {

namespace detail {

std::optional<Target> target_of(MappingTable table, std::string_view name) noexcept {
  constexpr std::string_view names[single_targets] = {"order",    "customer",   "item",   "time",
                                                      "quantity", "unit_price", "amount", "channel",
                                                      "currency", "kind"};
  for (std::size_t i = 0; i < single_targets; ++i) {
    if (name != names[i]) continue;
    const auto target = static_cast<Target>(i);
    const bool of_both = target == Target::customer || target == Target::item ||
                         target == Target::time || target == Target::channel;
    const bool of_events = of_both || target == Target::kind;
    const bool of_orders = target != Target::kind;
    if (table == MappingTable::orders ? !of_orders : !of_events) return std::nullopt;
    return target;
  }
  if (name.starts_with("customer.") && name.size() > 9) return Target::customer_column;
  if (name.starts_with("item.") && name.size() > 5) return Target::item_column;
  return std::nullopt;
}

std::string_view target_names(MappingTable table) noexcept {
  return table == MappingTable::orders
             ? "order, customer, item, time, quantity, unit_price, amount, channel, currency, "
               "customer.<column>, item.<column>"
             : "customer, item, kind, time, channel, customer.<column>, item.<column>";
}

}  // namespace detail

namespace {

using detail::Target;

Error wrong(std::string pointer, std::string message) {
  return {ErrorCode::invalid_option, std::move(message), std::move(pointer)};
}

Result<void> check_field(const Mapping& mapping, std::size_t i) {
  const MappingField& field = mapping.fields[i];
  const std::string at = text("/fields/", i);
  const auto target = detail::target_of(mapping.table, field.target);
  if (!target) {
    return wrong(
        at + "/target",
        text("'", field.target, "' is none of the targets: ", detail::target_names(mapping.table)));
  }
  for (std::size_t j = 0; j < i; ++j) {
    if (mapping.fields[j].target == field.target) {
      return wrong(at + "/target",
                   text("'", field.target, "' is filled by /fields/", j, " already"));
    }
  }
  if (field.source.empty() && field.constant.empty()) {
    return wrong(at, "a field needs a 'source' column or a 'constant'");
  }
  if (!field.source.empty() && !field.constant.empty()) {
    return wrong(at + "/constant", "a field has a 'source' column or a 'constant', not both");
  }
  const NumberFormat& number = field.number;
  if (std::string_view("\0.,", 3).find(number.point) == std::string_view::npos) {
    return wrong(at + "/decimal", "the decimal point must be '.' or ','");
  }
  if (std::string_view("\0.,' ", 5).find(number.thousands) == std::string_view::npos) {
    return wrong(at + "/thousands", "the thousands separator must be one of . , ' or a blank");
  }
  if (number.thousands != '\0' && number.thousands == number.point) {
    return wrong(at + "/thousands", "the thousands separator must differ from the decimal point");
  }
  return {};
}

Result<void> check_rules(const Mapping& mapping, const std::vector<RowRule>& rules,
                         std::string_view pointer) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const std::string at = text(pointer, "/", i);
    bool mapped = false;
    for (const MappingField& field : mapping.fields)
      mapped = mapped || field.target == rules[i].target;
    if (!mapped) {
      return wrong(at + "/target", text("'", rules[i].target, "' is not a target of any field"));
    }
    if (rules[i].equals.empty() == rules[i].prefix.empty()) {
      return wrong(at, "a rule needs either 'equals' or 'prefix'");
    }
  }
  return {};
}

}  // namespace

Result<void> check_mapping(const Mapping& mapping) {
  try {
    detail::check_csv_options(mapping.csv);
  } catch (const Exception& refused) {
    return wrong("/csv/" + refused.error().where, refused.error().message);
  }
  const bool orders = mapping.table == MappingTable::orders;
  bool has[detail::single_targets] = {};
  for (std::size_t i = 0; i < mapping.fields.size(); ++i) {
    if (Result<void> good = check_field(mapping, i); !good) return good;
    const Target target = *detail::target_of(mapping.table, mapping.fields[i].target);
    if (target < Target::customer_column) has[static_cast<std::size_t>(target)] = true;
  }
  const auto mapped = [&has](Target target) { return has[static_cast<std::size_t>(target)]; };
  if (!mapped(Target::time)) return wrong("/fields", "no field has the target 'time'");
  if (orders && !mapped(Target::item)) return wrong("/fields", "no field has the target 'item'");
  if (!orders && !mapped(Target::kind)) return wrong("/fields", "no field has the target 'kind'");
  if (orders && mapped(Target::unit_price) == mapped(Target::amount)) {
    return wrong("/fields",
                 "one field must have the target 'unit_price' or 'amount', and not both");
  }
  if (orders && mapping.currency.empty() && !mapped(Target::currency)) {
    return wrong("/currency", "a currency such as \"EUR\" is needed, here or as a field's target");
  }
  if (!mapping.currency.empty()) {
    bool valid = mapping.currency.size() == 3;
    for (const char c : mapping.currency) valid = valid && c >= 'A' && c <= 'Z';
    if (!valid) return wrong("/currency", "a currency is three letters A to Z ('EUR')");
  }
  if (mapping.price_scale < 0 || mapping.price_scale > max_price_scale) {
    return wrong("/price_scale", text("must be in [0, 6], got ", mapping.price_scale));
  }
  constexpr UtcOffset most{18 * 60};
  if (mapping.utc_offset < -most || mapping.utc_offset > most) {
    return wrong("/utc_offset", "must be within 18 hours");
  }
  if (mapping.negate_cancellations && mapping.cancellations.empty()) {
    return wrong("/cancellations/rows", "at least one rule is needed to negate by");
  }
  if (Result<void> good = check_rules(mapping, mapping.cancellations, "/cancellations/rows");
      !good) {
    return good;
  }
  return check_rules(mapping, mapping.drop, "/drop");
}

}  // namespace emptor
