#include "emptor/identity/compared_records.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "emptor/identity/nicknames.hpp"
#include "identity/coarse_key.hpp"
#include "identity/compared_records_reader.hpp"
#include "identity/field_reader.hpp"
#include "identity/value_text.hpp"
#include "identity/value_traits.hpp"

namespace emptor {

namespace {

using detail::no_place;

struct TypeTraits {
  FieldType type;
  std::string_view name;
  ComparisonKind kind;
  bool alternatives;  // several columns of the type are one comparison
  bool individual;
};

constexpr TypeTraits type_traits[] = {
    {FieldType::given_name, "given_name", ComparisonKind::given_name, true, true},
    {FieldType::family_name, "family_name", ComparisonKind::family_name, true, false},
    {FieldType::full_name, "full_name", ComparisonKind::given_name, true, true},
    {FieldType::organisation, "organisation", ComparisonKind::text, true, true},
    {FieldType::birth_date, "birth_date", ComparisonKind::birth_date, true, true},
    {FieldType::email, "email", ComparisonKind::email, true, false},
    {FieldType::phone, "phone", ComparisonKind::phone, true, false},
    {FieldType::address, "address", ComparisonKind::address, true, false},
    {FieldType::postcode, "postcode", ComparisonKind::postcode, true, false},
    {FieldType::city, "city", ComparisonKind::place, true, false},
    {FieldType::region, "region", ComparisonKind::category, true, false},
    {FieldType::country, "country", ComparisonKind::category, true, false},
    {FieldType::birth_place, "birth_place", ComparisonKind::place, false, false},
    {FieldType::gender, "gender", ComparisonKind::category, false, true},
    {FieldType::national_id, "national_id", ComparisonKind::typed_id, false, true},
    {FieldType::verified_id, "verified_id", ComparisonKind::key, false, true},
    {FieldType::account, "account", ComparisonKind::key, false, true},
    {FieldType::device, "device", ComparisonKind::key, true, false},
    {FieldType::category, "category", ComparisonKind::category, false, false},
    {FieldType::text, "text", ComparisonKind::text, false, false},
    {FieldType::number, "number", ComparisonKind::number, false, false},
    {FieldType::location, "location", ComparisonKind::location, false, false},
    {FieldType::list, "list", ComparisonKind::list, false, false},
};

const TypeTraits& traits_of(FieldType type) noexcept {
  return type_traits[static_cast<std::size_t>(type)];
}

/// A column's name for an error; hidden if it looks like a row of data taken for a header.
std::string_view shown(std::string_view column) noexcept {
  const auto digits =
      std::count_if(column.begin(), column.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits > 4 || column.find('@') != column.npos ? "***" : column;
}

}  // namespace

std::string_view name(FieldType type) noexcept {
  return traits_of(type).name;
}

void check_schema(const LinkSchema& schema, const Records& records) {
  const auto require_column = [&](const std::string& column, std::string_view option) {
    if (records.find_column(column)) return;
    std::string columns;
    for (const std::string& there : records.columns()) {
      columns += text(columns.empty() ? "'" : ", '", shown(there), "'");
    }
    throw Exception(
        ErrorCode::invalid_option,
        text("'", option, "' must be one of the columns ", columns, ", got '", column, "'"),
        std::string(option));
  };
  require_option(!schema.fields.empty(), "fields", "at least one field", schema.fields.size());
  require_option(schema.fields.size() <= max_fields, "fields", "at most 20 fields",
                 schema.fields.size());
  for (const LinkField& field : schema.fields) require_column(field.column, "column");
  if (!schema.source_column.empty()) require_column(schema.source_column, "source_column");
}

std::uint32_t ValueDictionary::add(std::string_view normalised) {
  const auto [value, is_new] = values_.add_new(normalised);
  if (is_new) {
    frequencies_.push_back(0);
    exact_keys_.push_back(detail::key_of(detail::before_tab(normalised)));
    coarse_keys_.push_back(detail::coarse_key(kind_, normalised, nicknames_));
    traits_.push_back(detail::traits_of(kind_, normalised, nicknames_));
  }
  ++frequencies_[index(value)];
  ++total_;
  return static_cast<std::uint32_t>(index(value)) + 1;
}

void ValueDictionary::reserve(std::size_t values) {
  frequencies_.reserve(values);
  exact_keys_.reserve(values);
  coarse_keys_.reserve(values);
  traits_.reserve(values);
}

std::uint32_t ValueDictionary::find(std::string_view normalised) const {
  const auto value = values_.find(normalised);
  return value ? static_cast<std::uint32_t>(index(*value)) + 1 : 0;
}

ComparedRecords::~ComparedRecords() = default;
ComparedRecords::ComparedRecords(ComparedRecords&&) noexcept = default;
ComparedRecords& ComparedRecords::operator=(ComparedRecords&&) noexcept = default;

ComparedRecords::ComparedRecords(const Records& records, const LinkSchema& schema)
    : nicknames_(schema.nicknames != nullptr
                     ? schema.nicknames
                     : std::make_shared<const Nicknames>(Nicknames::standard())),
      columns_(records.columns().begin(), records.columns().end()),
      reader_(std::make_unique<Reader>(schema.country, *nicknames_)) {
  check_schema(schema, records);
  Reader& reader = *reader_;
  if (!schema.source_column.empty()) reader.source = *records.find_column(schema.source_column);
  const auto has = [&](FieldType type) {
    return std::any_of(schema.fields.begin(), schema.fields.end(),
                       [&](const LinkField& field) { return field.type == type; });
  };
  const auto make = [&](std::string name, FieldType type) {
    comparisons_.push_back({.name = std::move(name),
                            .kind = traits_of(type).kind,
                            .first_slot = 0,
                            .slots = 0,
                            .parent = -1,
                            .individual = traits_of(type).individual,
                            .verified = type == FieldType::verified_id});
    return comparisons_.size() - 1;
  };
  std::array<std::size_t, std::size(type_traits)> of_type;
  of_type.fill(no_place);
  const auto comparison_of = [&](FieldType type, const std::string& column) {
    std::size_t& place = of_type[static_cast<std::size_t>(type)];
    if (!traits_of(type).alternatives) return make(column, type);
    if (place == no_place) place = make(std::string(traits_of(type).name), type);
    return place;
  };
  const bool whole = has(FieldType::full_name);
  if (whole || has(FieldType::given_name)) {
    reader.given = comparison_of(FieldType::given_name, {});
    comparisons_[reader.given].slots = 1;
  }
  if (whole || has(FieldType::family_name)) {
    reader.family = comparison_of(FieldType::family_name, {});
    comparisons_[reader.family].slots = 1;
  }
  std::array<std::size_t, std::size(type_traits)> columns_of_type{};
  for (const LinkField& field : schema.fields) {
    const std::size_t type = static_cast<std::size_t>(field.type);
    ++columns_of_type[type];
    std::size_t place = no_place;
    if (field.type != FieldType::full_name) {
      place = comparison_of(field.type, field.column);
      Comparison& comparison = comparisons_[place];
      if (traits_of(field.type).alternatives) {
        comparison.slots =
            static_cast<std::uint8_t>(std::min<std::size_t>(columns_of_type[type], 4));
      } else {
        comparison.slots = 1;
      }
    }
    reader.columns.push_back(
        {.column = *records.find_column(field.column), .type = field.type, .comparison = place});
    counts_.push_back({.column = field.column, .type = field.type});
  }
  if (has(FieldType::address) && !has(FieldType::postcode)) {
    comparisons_[comparison_of(FieldType::postcode, {})].slots =
        comparisons_[of_type[static_cast<std::size_t>(FieldType::address)]].slots;
  }
  reader.postcode = of_type[static_cast<std::size_t>(FieldType::postcode)];
  reader.city = of_type[static_cast<std::size_t>(FieldType::city)];

  const auto depends = [&](FieldType child, std::initializer_list<FieldType> parents) {
    for (std::size_t c = 0; c < comparisons_.size(); ++c) {
      const bool is_child =
          traits_of(child).alternatives
              ? of_type[static_cast<std::size_t>(child)] == c
              : child == FieldType::gender &&
                    std::any_of(reader.columns.begin(), reader.columns.end(),
                                [&](const Reader::Column& column) {
                                  return column.type == child && column.comparison == c;
                                });
      if (!is_child) continue;
      for (const FieldType parent : parents) {
        const std::size_t place = of_type[static_cast<std::size_t>(parent)];
        if (place == no_place) continue;
        comparisons_[c].parent = static_cast<std::int8_t>(place);
        break;
      }
    }
  };
  depends(FieldType::gender, {FieldType::given_name});
  depends(FieldType::email, {FieldType::family_name, FieldType::given_name});
  depends(FieldType::postcode, {FieldType::address});
  depends(FieldType::city, {FieldType::postcode, FieldType::address});
  depends(FieldType::region, {FieldType::city, FieldType::postcode, FieldType::address});
  depends(FieldType::country,
          {FieldType::region, FieldType::city, FieldType::postcode, FieldType::address});

  for (Comparison& comparison : comparisons_) {
    comparison.first_slot = static_cast<std::uint8_t>(width_);
    width_ += comparison.slots;
    dictionaries_.emplace_back(comparison.kind, nicknames_.get());
  }
  token_of_value_.resize(comparisons_.size());
}

std::uint64_t ComparedRecords::fingerprint(std::size_t record) const noexcept {
  std::uint64_t hash = 0x6a09e667f3bcc908U;
  const std::uint32_t* row = codes(record);
  for (std::size_t c = 0; c < comparisons_.size(); ++c) {
    for (std::size_t i = 0; i < comparisons_[c].slots; ++i) {
      const std::uint32_t code = row[comparisons_[c].first_slot + i];
      const std::uint64_t key = code == 0 ? 0 : dictionaries_[c].exact_key(code);
      hash = detail::multiply_mix(hash ^ key, 0x9e3779b97f4a7c15U + 2 * (c + 24 * i));
    }
  }
  std::uint64_t further = 0;  // names in any order
  for (const std::uint32_t token : names(record)) further += name_tokens_.exact_key(token);
  if (reader_->source != no_place) further ^= detail::key_of(source_name(record));
  return detail::multiply_mix(hash ^ further, 0x9e3779b97f4a7c15U);
}

std::vector<std::uint64_t> ComparedRecords::fingerprints() const {
  constexpr std::size_t ahead = 16;
  const auto ask = [&](std::size_t record) {
    const std::uint32_t* row = codes(record);
    for (std::size_t c = 0; c < comparisons_.size(); ++c) {
      for (std::size_t i = 0; i < comparisons_[c].slots; ++i) {
        const std::uint32_t code = row[comparisons_[c].first_slot + i];
        if (code != 0) dictionaries_[c].ask_exact_key(code);
      }
    }
    for (const std::uint32_t token : names(record)) name_tokens_.ask_exact_key(token);
  };
  std::vector<std::uint64_t> all(size());
  for (std::size_t record = 0; record < std::min(ahead, all.size()); ++record) ask(record);
  for (std::size_t record = 0; record < all.size(); ++record) {
    if (record + ahead < all.size()) ask(record + ahead);
    all[record] = fingerprint(record);
  }
  return all;
}

/// Room for so many rows, if the values to come are as various as those so far.
void ComparedRecords::reserve(std::size_t rows) {
  codes_.reserve(rows * width_);
  name_ends_.reserve(rows + 1);
  name_bits_.reserve(rows);
  sources_.reserve(rows);
  if (size() == 0) return;
  const std::size_t times = (rows + size() - 1) / size();
  names_.reserve(names_.size() * times);
  for (ValueDictionary& values : dictionaries_) values.reserve(values.size() * times);
}

std::size_t ComparedRecords::append(const Records& records, const Context& context) {
  const std::size_t before = size(), rows = records.size();
  constexpr std::size_t rows_a_step = 65536, rows_a_block = 32;
  if (before == 0) {
    reader_->learn_date_readings(records);
    reserve(rows);
  }
  std::vector<std::string_view> values(columns_.size());
  std::size_t row = before;
  for (; row < rows; ++row) {
    const std::size_t done = row - before;
    if (done % rows_a_block == 0) add_read();
    if (before == 0 && done == rows_a_step) reserve(rows);
    if (row % rows_a_step == 0 && context.report({"normalise records", row, rows}) == Go::stop) {
      break;
    }
    for (std::size_t c = 0; c < values.size(); ++c) {
      values[c] = records.value(id_at<Record>(row), c);
    }
    read(values);
  }
  add_read();
  return row - before;
}

void ComparedRecords::append(std::span<const std::string_view> values) {
  read(values);
  add_read();
}

void ComparedRecords::read(std::span<const std::string_view> values) {
  Reader& reader = *reader_;
  const auto stage = [&](std::size_t comparison, std::string_view value) {
    if (comparison == no_place || value.empty()) return;
    reader.stage(comparison, value, dictionaries_[comparison].ask_slot(value));
  };
  for (std::size_t f = 0; f < reader.columns.size(); ++f) {
    const auto& [column, type, comparison, reading] = reader.columns[f];
    const std::string_view raw = values[column];
    FieldState state = FieldState::missing;
    if (type == FieldType::given_name || type == FieldType::family_name ||
        type == FieldType::full_name) {
      const detail::NameTexts& name = reader.fields.name(type, raw, state);
      if (state == FieldState::usable) {
        stage(reader.given, name.given);
        stage(reader.family, name.family);
        detail::for_each_word(name.words, [&](std::string_view word) {
          if (word.size() > 1) reader.stage(no_place, word, name_tokens_.ask_slot(word));
        });
      }
    } else {
      reader.fields.set_reading(reading);
      const detail::FieldTexts& value = reader.fields.read(type, raw, state);
      stage(comparison, value.text);
      stage(reader.postcode, value.postcode);
      stage(reader.city, value.city);
    }
    FieldCounts& counts = counts_[f];
    ++(state == FieldState::usable        ? counts.usable
       : state == FieldState::missing     ? counts.missing
       : state == FieldState::placeholder ? counts.placeholders
                                          : counts.malformed);
  }
  reader.staged_ends.push_back(reader.staged.size());
  sources_.push_back(reader.source == no_place ? 0
                                               : static_cast<std::uint32_t>(index(
                                                     source_names_.add(values[reader.source]))));
}

/// All values of a block of records are asked for before the first is looked up, so that they are
/// waited for together.
void ComparedRecords::add_read() {
  Reader& reader = *reader_;
  const auto dictionary = [&](const Reader::Staged& value) -> const ValueDictionary& {
    return value.comparison == no_place ? name_tokens_ : dictionaries_[value.comparison];
  };
  for (Reader::Staged& value : reader.staged) {
    value.value = dictionary(value).ask_entry(value.hint);
  }
  for (const Reader::Staged& value : reader.staged) {
    if (value.value) dictionary(value).ask_key(*value.value);
  }
  std::size_t first = 0;
  for (const std::size_t last : reader.staged_ends) {
    add_record(first, last);
    first = last;
  }
  for (std::size_t record = name_bits_.size(); record < sources_.size(); ++record) {
    name_bits_.push_back(bits_of_names(record));
  }
  reader.staged.clear();
  reader.staged_ends.clear();
  reader.texts.clear();
}

/// Of what was staged from `first` to before `last`.
void ComparedRecords::add_record(std::size_t first, std::size_t last) {
  Reader& reader = *reader_;
  codes_.resize(codes_.size() + width_, 0);
  std::uint32_t* row = codes_.data() + codes_.size() - width_;
  reader.tokens.clear();
  for (std::size_t k = first; k < last; ++k) {
    const Reader::Staged& value = reader.staged[k];
    const std::size_t c = value.comparison;
    if (c == no_place) {
      reader.tokens.push_back(name_tokens_.add(reader.text(value)));
      continue;
    }
    if (Reader::full(comparisons_[c], row)) continue;
    const std::uint32_t code = dictionaries_[c].add(reader.text(value));
    if (!Reader::put(comparisons_[c], row, code)) dictionaries_[c].remove(code);
    const bool name = c == reader.given || c == reader.family;
    if (name && dictionaries_[c].size() > token_of_value_[c].size()) {
      token_of_value_[c].push_back(name_token_for(detail::before_tab(reader.text(value))));
    }
  }
  std::sort(reader.tokens.begin(), reader.tokens.end());
  for (std::size_t i = 1; i < reader.tokens.size(); ++i) {
    if (reader.tokens[i] == reader.tokens[i - 1]) name_tokens_.remove(reader.tokens[i]);
  }
  reader.tokens.erase(std::unique(reader.tokens.begin(), reader.tokens.end()), reader.tokens.end());
  names_.insert(names_.end(), reader.tokens.begin(), reader.tokens.end());
  name_ends_.push_back(names_.size());
}

ComparedRecords::NameBits ComparedRecords::bits_of_names(std::size_t record) const {
  const auto bit_of = [&](std::uint32_t token) {
    return token == 0 ? 0 : std::uint64_t{1} << (name_tokens_.exact_key(token) >> 58);
  };
  const auto own_bit = [&](std::size_t comparison) {
    const std::uint32_t code =
        comparison == no_place ? 0 : codes(record)[comparisons_[comparison].first_slot];
    return code == 0 ? 0 : bit_of(name_token(comparison, code));
  };
  NameBits bits;
  for (const std::uint32_t token : names(record)) bits.all |= bit_of(token);
  bits.given = own_bit(reader_->given);
  bits.family = own_bit(reader_->family);
  return bits;
}

std::uint32_t ComparedRecords::name_token_for(std::string_view name) {
  const std::size_t blank = name.rfind(' ');
  const std::string_view word = blank == std::string_view::npos ? name : name.substr(blank + 1);
  return word.size() <= 2 ? 0 : name_tokens_.add(word);
}

}  // namespace emptor
