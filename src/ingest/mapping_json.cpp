#include "core/json_parts.hpp"
#include "emptor/core/archive_file.hpp"
#include "emptor/ingest/mapping.hpp"

namespace emptor {

namespace {

using Json = nlohmann::json;

/// Walks JSON with the pointer of where it is; the first thing that is wrong ends the walk.
class Node {
 public:
  Node(const Json& json, std::string pointer) : json_(&json), pointer_(std::move(pointer)) {}

  void only(std::initializer_list<std::string_view> names) const {
    if (!json_->is_object()) detail::json_fail(pointer_, "must be an object: {…}");
    for (const auto& [key, value] : json_->items()) {
      bool known = key == "comment";
      for (const std::string_view name : names) known = known || key == name;
      if (known) continue;
      std::string message = "is not known; known are";
      for (const std::string_view name : names) message += text(" '", name, "'");
      detail::json_fail(pointer_ + "/" + detail::json_escaped(key), std::move(message));
    }
  }
  /// Calls `use(node)` if there is such a member.
  template <class Use>
  void member(const char* name, Use&& use) const {
    if (const auto found = json_->find(name); found != json_->end()) {
      use(Node(*found, pointer_ + "/" + name));
    }
  }
  template <class Use>
  void each(Use&& use) const {
    if (!json_->is_array()) detail::json_fail(pointer_, "must be a list: […]");
    std::size_t i = 0;
    for (const Json& element : *json_) use(Node(element, text(pointer_, "/", i++)));
  }
  void read(const char* name, std::string& to) const {
    member(name, [&](const Node& node) { to = node.string(); });
  }
  void read(const char* name, bool& to) const {
    member(name, [&](const Node& node) { to = node.boolean(); });
  }
  void read(const char* name, std::optional<bool>& to) const {
    member(name, [&](const Node& node) { to = node.boolean(); });
  }
  void read(const char* name, char& to) const {
    member(name, [&](const Node& node) {
      const std::string value = node.string();
      if (value.size() != 1) detail::json_fail(node.pointer_, "must be one ASCII character");
      to = value[0];
    });
  }
  void read(const char* name, std::size_t& to) const {
    member(name, [&](const Node& node) {
      if (!node.json_->is_number_unsigned())
        detail::json_fail(node.pointer_, "must be a number >= 0");
      to = node.json_->get<std::size_t>();
    });
  }
  /// A word out of a list: its place.
  [[nodiscard]] std::size_t word(std::initializer_list<std::string_view> words) const {
    const std::string got = string();
    std::size_t at = 0;
    std::string list;
    for (const std::string_view word : words) {
      if (got == word) return at;
      list += text(at++ == 0 ? "" : ", ", word);
    }
    detail::json_fail(pointer_, text("must be one of ", list, ", got '", got, "'"));
  }
  [[nodiscard]] std::string string() const {
    if (!json_->is_string()) detail::json_fail(pointer_, "must be a text in quotes");
    return json_->get<std::string>();
  }
  [[nodiscard]] bool boolean() const {
    if (!json_->is_boolean()) detail::json_fail(pointer_, "must be true or false");
    return json_->get<bool>();
  }
  [[nodiscard]] const Json& json() const { return *json_; }
  [[nodiscard]] const std::string& pointer() const { return pointer_; }

 private:
  const Json* json_;
  std::string pointer_;
};

UtcOffset read_offset(const Node& node) {
  const std::string value = node.string();
  const auto digit = [&](std::size_t i) { return value[i] >= '0' && value[i] <= '9'; };
  if (value.size() != 6 || (value[0] != '+' && value[0] != '-') || value[3] != ':' || !digit(1) ||
      !digit(2) || !digit(4) || !digit(5)) {
    detail::json_fail(node.pointer(), "must be like \"+08:00\"");
  }
  const int minutes =
      60 * (10 * (value[1] - '0') + value[2] - '0') + 10 * (value[4] - '0') + value[5] - '0';
  return UtcOffset{value[0] == '-' ? -minutes : minutes};
}

TimeFormat read_format(const Node& node) {
  switch (node.word({"detect", "iso", "dd/mm/yyyy", "mm/dd/yyyy", "dd/mm/yy", "mm/dd/yy",
                     "unix_seconds", "unix_milliseconds"})) {
    case 1:
      return {DateOrder::year_month_day, false};
    case 2:
      return {DateOrder::day_month_year, false};
    case 3:
      return {DateOrder::month_day_year, false};
    case 4:
      return {DateOrder::day_month_year, true};
    case 5:
      return {DateOrder::month_day_year, true};
    case 6:
      return {DateOrder::unix_seconds, false};
    case 7:
      return {DateOrder::unix_milliseconds, false};
    default:
      return {};
  }
}

MappingField read_field(const Node& node) {
  node.only({"source", "target", "required", "constant", "default", "personal", "format", "decimal",
             "thousands"});
  MappingField field;
  node.read("source", field.source);
  node.read("target", field.target);
  node.read("required", field.required);
  node.read("constant", field.constant);
  node.read("default", field.default_value);
  node.read("personal", field.personal);
  node.member("format", [&](const Node& at) {
    if (field.target != "time")
      detail::json_fail(at.pointer(), "only a field with the target 'time' has one");
    field.time = read_format(at);
  });
  const bool number =
      field.target == "quantity" || field.target == "unit_price" || field.target == "amount";
  for (const char* name : {"decimal", "thousands"}) {
    node.member(name, [&](const Node& at) {
      if (!number) detail::json_fail(at.pointer(), "only quantity, unit_price and amount have one");
    });
  }
  node.read("decimal", field.number.point);
  node.read("thousands", field.number.thousands);
  return field;
}

std::vector<RowRule> read_rules(const Node& node) {
  std::vector<RowRule> rules;
  node.each([&](const Node& at) {
    at.only({"target", "equals", "prefix"});
    RowRule& rule = rules.emplace_back();
    at.read("target", rule.target);
    at.read("equals", rule.equals);
    at.read("prefix", rule.prefix);
  });
  return rules;
}

void read_csv(const Node& node, CsvOptions& csv) {
  node.only({"delimiter", "quote", "header", "invalid_utf8", "max_field_bytes", "max_row_bytes"});
  node.read("delimiter", csv.delimiter);
  node.read("quote", csv.quote);
  node.member("header", [&](const Node& at) {
    csv.header = at.boolean() ? CsvHeader::present : CsvHeader::absent;
  });
  node.member("invalid_utf8", [&](const Node& at) {
    csv.invalid_utf8 =
        at.word({"reject", "repair"}) == 0 ? InvalidUtf8::reject : InvalidUtf8::repair;
  });
  node.read("max_field_bytes", csv.max_field_bytes);
  node.read("max_row_bytes", csv.max_row_bytes);
}

Mapping read_root(const Node& node) {
  node.only({"table", "currency", "price_scale", "utc_offset", "csv", "missing", "duplicates",
             "zero_prices", "fields", "cancellations", "drop"});
  Mapping mapping;
  node.member("table", [&](const Node& at) {
    mapping.table =
        at.word({"orders", "events"}) == 0 ? MappingTable::orders : MappingTable::events;
  });
  node.read("currency", mapping.currency);
  node.member("price_scale", [&](const Node& at) {
    if (!at.json().is_number_unsigned() || at.json().get<std::uint64_t>() > 6) {
      detail::json_fail(at.pointer(), "must be a whole number in [0, 6]");
    }
    mapping.price_scale = at.json().get<int>();
  });
  node.member("utc_offset", [&](const Node& at) { mapping.utc_offset = read_offset(at); });
  node.member("csv", [&](const Node& at) { read_csv(at, mapping.csv); });
  node.member("missing", [&](const Node& at) {
    at.each([&](const Node& element) { mapping.missing.push_back(element.string()); });
  });
  node.member("duplicates", [&](const Node& at) {
    mapping.duplicates = static_cast<DuplicateRows>(at.word({"keep", "drop", "ignore"}));
  });
  node.member("zero_prices", [&](const Node& at) {
    mapping.reject_zero_prices = at.word({"keep", "reject"}) == 1;
  });
  node.member("fields", [&](const Node& at) {
    at.each([&](const Node& element) { mapping.fields.push_back(read_field(element)); });
  });
  node.member("cancellations", [&](const Node& at) {
    at.only({"rows", "negate"});
    at.member("rows", [&](const Node& rows) { mapping.cancellations = read_rules(rows); });
    at.read("negate", mapping.negate_cancellations);
  });
  node.member("drop", [&](const Node& at) { mapping.drop = read_rules(at); });
  return mapping;
}

}  // namespace

Result<Mapping> read_mapping(std::string_view json) {
  Json parsed;
  try {
    parsed = Json::parse(json.begin(), json.end());
  } catch (const Json::parse_error& error) {
    std::size_t line = 1;
    const std::size_t at = error.byte < json.size() ? error.byte : json.size();
    for (std::size_t i = 0; i + 1 < at; ++i) line += json[i] == '\n' ? 1 : 0;
    return Error{ErrorCode::corrupt, text("not JSON: a mistake in line ", line), "mapping"};
  } catch (const Json::exception&) {  // thrown by the parser for numbers beyond a double
    return Error{ErrorCode::corrupt, "not JSON: a number is too large", "mapping"};
  }
  try {
    Mapping mapping = read_root(Node(parsed, ""));
    if (const Result<void> good = check_mapping(mapping); !good) return good.error();
    return mapping;
  } catch (const detail::JsonWrong& wrong) {
    return wrong.error;
  }
}

Result<Mapping> load_mapping(const std::string& path) {
  constexpr std::uint64_t most = 1 << 24;
  const Result<std::vector<std::byte>> bytes = read_file(path, most);
  if (!bytes) return bytes.error();
  Result<Mapping> mapping =
      read_mapping({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  if (mapping) return mapping;
  Error error = mapping.error();
  error.where = text(path, ": ", error.where);
  return error;
}

}  // namespace emptor
