#include <algorithm>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/identity/compared_records.hpp"
#include "identity/coarse_key.hpp"
#include "identity/compared_records_reader.hpp"
#include "identity/value_traits.hpp"

namespace emptor {

void ValueDictionary::forget(std::uint32_t code) {
  values_.blank(id_at<Value>(code - 1));
  exact_keys_[code - 1] = 0;
  coarse_keys_[code - 1] = 0;
  traits_[code - 1] = {};
}

void ValueDictionary::save(SectionWriter& section) const {
  std::vector<std::uint32_t> lengths;
  std::string bytes;
  for (std::uint32_t code = 1; code <= size(); ++code) {
    const std::string_view value = forgotten(code) ? std::string_view{} : text(code);
    lengths.push_back(static_cast<std::uint32_t>(value.size()));
    bytes += value;
  }
  section.put_array(lengths);
  section.put_text(bytes);
}

void ValueDictionary::load(SectionReader& section) {
  const auto lengths = section.get_array<std::uint32_t>();
  const std::span<const std::byte> bytes = section.get_view();
  std::uint64_t total = 0;
  for (const std::uint32_t length : lengths) total += length;
  if (!section.require(total == bytes.size(), "the values' lengths do not fit their bytes")) return;
  values_.reserve(lengths.size());
  const char* at = reinterpret_cast<const char*>(bytes.data());
  for (const std::uint32_t length : lengths) {
    if (length == 0) {
      values_.add_blank();
      frequencies_.push_back(0);
      exact_keys_.push_back(0);
      coarse_keys_.push_back(0);
      traits_.emplace_back();
      continue;
    }
    const std::size_t before = size();
    const std::uint32_t code = add({at, length});
    if (!section.require(code == before + 1, "a value stands there twice")) return;
    remove(code);
    at += length;
  }
}

void ComparedRecords::take_back_token(std::uint32_t token) {
  name_tokens_.remove(token);
  if (name_tokens_.frequency(token) == 0) name_tokens_.forget(token);
}

void ComparedRecords::take_back(std::size_t comparison, std::uint32_t code) {
  ValueDictionary& values = dictionaries_[comparison];
  values.remove(code);
  if (values.frequency(code) != 0) return;
  values.forget(code);
  std::vector<std::uint32_t>& tokens = token_of_value_[comparison];
  if (tokens.size() < code || tokens[code - 1] == 0) return;
  take_back_token(std::exchange(tokens[code - 1], 0));
}

void ComparedRecords::erase(std::size_t record) {
  std::uint32_t* row = codes_.data() + record * width_;
  for (std::size_t c = 0; c < comparisons_.size(); ++c) {
    for (std::size_t i = 0; i < comparisons_[c].slots; ++i) {
      std::uint32_t& code = row[comparisons_[c].first_slot + i];
      if (code != 0) take_back(c, std::exchange(code, 0));
    }
  }
  const std::size_t begin = name_ends_[record], end = name_ends_[record + 1];
  for (std::size_t i = begin; i < end; ++i) take_back_token(names_[i]);
  names_.erase(names_.begin() + static_cast<std::ptrdiff_t>(begin),
               names_.begin() + static_cast<std::ptrdiff_t>(end));
  for (std::size_t r = record + 1; r < name_ends_.size(); ++r) name_ends_[r] -= end - begin;
  name_bits_[record] = {};
}

ComparedRecords ComparedRecords::empty_copy() const {
  LinkSchema schema{
      .fields = {}, .source_column = {}, .nicknames = nicknames_, .country = reader_->country};
  for (const FieldCounts& counts : counts_) schema.fields.push_back({counts.column, counts.type});
  if (reader_->source != detail::no_place) schema.source_column = columns_[reader_->source];
  ComparedRecords copy(Records(columns_), schema);
  for (std::size_t c = 0; c < reader_->columns.size(); ++c) {
    copy.reader_->columns[c].reading = reader_->columns[c].reading;
  }
  return copy;
}

void ComparedRecords::save(SectionWriter& section) const {
  section.put(std::uint64_t{columns_.size()});
  for (const std::string& column : columns_) section.put_text(column);
  section.put(std::uint64_t{counts_.size()});
  for (std::size_t f = 0; f < counts_.size(); ++f) {
    const FieldCounts& counts = counts_[f];
    section.put_text(counts.column);
    section.put(counts.type);
    section.put(reader_->columns[f].reading);
    for (const std::size_t n :
         {counts.usable, counts.missing, counts.placeholders, counts.malformed}) {
      section.put(std::uint64_t{n});
    }
  }
  section.put_text(reader_->source == detail::no_place ? "" : columns_[reader_->source]);
  section.put_text(reader_->country);
  for (const ValueDictionary& values : dictionaries_) values.save(section);
  name_tokens_.save(section);
  for (const auto& tokens : token_of_value_) section.put_array(tokens);
  section.put_array(names_);
  std::vector<std::uint32_t> counts;
  for (std::size_t r = 0; r < size(); ++r) {
    counts.push_back(static_cast<std::uint32_t>(names(r).size()));
  }
  section.put_array(counts);
  section.put_array(codes_);
  source_names_.save(section);
  section.put_array(sources_);
}

void ComparedRecords::load_names(SectionReader& section) {
  const auto use = [&](std::uint32_t token) {
    const bool sound = token >= 1 && token <= name_tokens_.size() && !name_tokens_.forgotten(token);
    if (section.require(sound, "a name is none of those that are known")) name_tokens_.count(token);
  };
  for (std::size_t c = 0; c < comparisons_.size(); ++c) {
    token_of_value_[c] = section.get_array<std::uint32_t>();
    const ComparisonKind kind = comparisons_[c].kind;
    const bool name = kind == ComparisonKind::given_name || kind == ComparisonKind::family_name;
    section.require(token_of_value_[c].size() == (name ? dictionaries_[c].size() : 0),
                    "names that do not fit their values");
    for (const std::uint32_t token : token_of_value_[c]) {
      if (token != 0) use(token);
    }
  }
  names_ = section.get_array<std::uint32_t>();
  for (const std::uint32_t token : names_) use(token);
  std::uint64_t end = 0;
  for (const std::uint32_t count : section.get_array<std::uint32_t>()) {
    end += count;
    if (!section.require(end <= names_.size(), "names that are nobody's")) return;
    for (std::size_t i = name_ends_.back() + 1; i < end; ++i) {
      section.require(names_[i - 1] < names_[i], "a record's names must ascend");
    }
    name_ends_.push_back(static_cast<std::size_t>(end));
  }
  section.require(end == names_.size(), "names that are nobody's");
}

void ComparedRecords::load_codes(SectionReader& section) {
  const std::size_t records = name_ends_.size() - 1;
  codes_ = section.get_array<std::uint32_t>();
  if (!section.require(codes_.size() == records * width_, "a value is missing or too many")) return;
  for (std::size_t r = 0; r < records; ++r) {
    for (std::size_t c = 0; c < comparisons_.size(); ++c) {
      for (std::size_t i = 0; i < comparisons_[c].slots; ++i) {
        const std::uint32_t code = codes_[r * width_ + comparisons_[c].first_slot + i];
        if (code == 0) continue;
        if (!section.require(code <= dictionaries_[c].size() && !dictionaries_[c].forgotten(code),
                             "a value is none of those that are known")) {
          return;
        }
        dictionaries_[c].count(code);
      }
    }
  }
}

Result<ComparedRecords> ComparedRecords::load(SectionReader& section, const LinkSchema& schema) {
  const auto count = section.get<std::uint64_t>();
  std::vector<std::string> columns;
  while (columns.size() < count && section.ok()) columns.push_back(section.get_text());
  const auto fields = section.get<std::uint64_t>();
  bool same = fields == schema.fields.size();
  std::vector<FieldCounts> counts;
  std::vector<DateReading> readings;
  for (std::size_t f = 0; f < fields && section.ok() && same; ++f) {
    FieldCounts& field = counts.emplace_back();
    field.column = section.get_text();
    field.type = section.get_enum(FieldType::list);
    readings.push_back(section.get_enum(DateReading::month_first));
    for (std::size_t* n : {&field.usable, &field.missing, &field.placeholders, &field.malformed}) {
      *n = static_cast<std::size_t>(section.get<std::uint64_t>());
    }
    same = field.column == schema.fields[f].column && field.type == schema.fields[f].type;
  }
  same = same && section.get_text() == schema.source_column && section.get_text() == schema.country;
  if (section.ok() && !same) {
    return Error{ErrorCode::invalid_value, "the records were saved with another schema",
                 "ComparedRecords::load"};
  }
  for (std::size_t c = 0; c < columns.size(); ++c) {
    section.require(
        !columns[c].empty() && std::find(columns.begin(), columns.begin() + static_cast<long>(c),
                                         columns[c]) == columns.begin() + static_cast<long>(c),
        "columns without a name of their own");
  }
  for (const LinkField& field : schema.fields) {
    section.require(std::find(columns.begin(), columns.end(), field.column) != columns.end(),
                    "a field without a column");
  }
  section.require(schema.source_column.empty() || std::find(columns.begin(), columns.end(),
                                                            schema.source_column) != columns.end(),
                  "a source without a column");
  if (!section.ok()) return section.finish().error();
  ComparedRecords records(Records(std::move(columns)), schema);
  records.counts_ = std::move(counts);
  for (std::size_t f = 0; f < readings.size(); ++f) {
    records.reader_->columns[f].reading = readings[f];
  }
  for (ValueDictionary& values : records.dictionaries_) values.load(section);
  records.name_tokens_.load(section);
  if (section.ok()) records.load_names(section);
  if (section.ok()) records.load_codes(section);
  if (!section.ok()) return section.finish().error();
  Result<Keys<Value>> sources = Keys<Value>::load(section);
  if (!sources) return sources.error();
  records.source_names_ = std::move(*sources);
  records.sources_ = section.get_array<std::uint32_t>();
  section.require(records.sources_.size() == records.name_ends_.size() - 1,
                  "a record's source is missing or too many");
  const std::size_t named =
      records.reader_->source == detail::no_place ? std::size_t{1} : records.source_names_.size();
  for (const std::uint32_t source : records.sources_) {
    section.require(source < named, "a source that does not exist");
  }
  if (!section.ok()) return section.finish().error();
  for (std::size_t r = 0; r < records.size(); ++r) {
    records.name_bits_.push_back(records.bits_of_names(r));
  }
  return records;
}

}  // namespace emptor
