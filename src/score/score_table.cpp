#include "emptor/score/score_table.hpp"

#include <cmath>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

namespace {

constexpr std::size_t most_categories = std::size_t{1} << 24U;

bool is_code(float value, const ScoreColumn& column) noexcept {
  return value >= 0 && value < static_cast<float>(column.categories.size()) &&
         std::floor(value) == value;
}

float number_or_throw(double value, std::string_view name) {
  if (std::isnan(value)) return missing_value;
  const auto narrow = static_cast<float>(value);
  if (!std::isfinite(narrow)) {
    throw Exception(
        ErrorCode::invalid_value,
        text("'", name, "' must be finite and within a float's range, or NaN for missing"),
        "ScoreTable");
  }
  return narrow;
}

}  // namespace

ScoreSchema::ScoreSchema(std::vector<ScoreColumn> columns) : columns_(std::move(columns)) {
  std::unordered_set<std::string_view> names;
  for (const ScoreColumn& column : columns_) {
    if (column.name.empty()) {
      throw Exception(ErrorCode::invalid_value, "a column needs a name", "ScoreSchema");
    }
    if (!names.insert(column.name).second) {
      throw Exception(ErrorCode::duplicate, text("'", column.name, "' is there twice"),
                      "ScoreSchema");
    }
    if (column.kind == ScoreColumnKind::number && !column.categories.empty()) {
      throw Exception(ErrorCode::invalid_value, text("'", column.name, "' is a number"),
                      "ScoreSchema");
    }
    if (column.categories.size() > most_categories) {
      throw Exception(ErrorCode::invalid_value,
                      text("'", column.name, "' has more than 2^24 categories"), "ScoreSchema");
    }
    std::unordered_set<std::string_view> categories;
    for (const std::string& category : column.categories) {
      if (!category.empty() && categories.insert(category).second) continue;
      throw Exception(ErrorCode::invalid_value,
                      text("categories of '", column.name, "' must differ and have a name"),
                      "ScoreSchema");
    }
  }
}

std::size_t ScoreSchema::find(std::string_view name) const noexcept {
  std::size_t at = 0;
  while (at < columns_.size() && columns_[at].name != name) ++at;
  return at;
}

std::int64_t ScoreSchema::code(std::size_t column, std::string_view category) const noexcept {
  if (column >= columns_.size()) return -1;
  const std::vector<std::string>& categories = columns_[column].categories;
  for (std::size_t at = 0; at < categories.size(); ++at) {
    if (categories[at] == category) return static_cast<std::int64_t>(at);
  }
  return -1;
}

namespace {

std::size_t place_or_throw(const ScoreSchema& schema, std::span<const float> row,
                           std::string_view column, ScoreColumnKind kind) {
  if (row.size() != schema.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a row of ", schema.size(), " values, got ", row.size()),
                    "ScoreSchema::set");
  }
  const std::size_t at = schema.find(column);
  if (at == schema.size()) {
    throw Exception(ErrorCode::not_found, text("there is no column '", column, "'"),
                    "ScoreSchema::set");
  }
  if (schema[at].kind != kind) {
    throw Exception(
        ErrorCode::invalid_value,
        text("'", column, "' is a ", kind == ScoreColumnKind::number ? "category" : "number"),
        "ScoreSchema::set");
  }
  return at;
}

}  // namespace

void ScoreSchema::set(std::span<float> row, std::string_view column, double number) const {
  row[place_or_throw(*this, row, column, ScoreColumnKind::number)] =
      number_or_throw(number, column);
}

void ScoreSchema::set(std::span<float> row, std::string_view column,
                      std::string_view category) const {
  const std::size_t at = place_or_throw(*this, row, column, ScoreColumnKind::category);
  const std::int64_t known = code(at, category);
  row[at] = known < 0 ? missing_value : static_cast<float>(known);
}

void ScoreSchema::save(SectionWriter& section) const {
  section.put(std::uint64_t{columns_.size()});
  for (const ScoreColumn& column : columns_) {
    section.put_text(column.name);
    section.put(static_cast<std::uint8_t>(column.kind));
    section.put(std::uint64_t{column.categories.size()});
    for (const std::string& category : column.categories) section.put_text(category);
  }
}

Result<ScoreSchema> ScoreSchema::load(SectionReader& section) {
  std::vector<ScoreColumn> columns;
  const auto count = section.get<std::uint64_t>();
  for (std::uint64_t c = 0; c < count && section.ok(); ++c) {
    ScoreColumn column;
    column.name = section.get_text();
    const auto kind = section.get<std::uint8_t>();
    section.require(kind <= 1, "a column that is neither number nor category");
    column.kind = static_cast<ScoreColumnKind>(kind);
    const auto categories = section.get<std::uint64_t>();
    for (std::uint64_t k = 0; k < categories && section.ok(); ++k) {
      column.categories.push_back(section.get_text());
    }
    columns.push_back(std::move(column));
  }
  if (!section.ok()) return section.finish().error();
  try {
    return ScoreSchema(std::move(columns));
  } catch (const Exception& refused) {
    return Error{ErrorCode::corrupt, std::string(refused.what()), "ScoreSchema"};
  }
}

ScoreTable::ScoreTable(ScoreSchema schema, Matrix<float> values)
    : schema_(std::move(schema)), values_(std::move(values)) {
  if (values_.columns() != schema_.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("values of ", schema_.size(), " columns, got ", values_.columns()),
                    "ScoreTable");
  }
  for (std::size_t r = 0; r < values_.rows(); ++r) {
    const std::span<const float> row = std::as_const(values_).row(r);
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (std::isnan(row[c])) continue;
      const bool number = schema_[c].kind == ScoreColumnKind::number;
      if (number ? std::isfinite(row[c]) : is_code(row[c], schema_[c])) continue;
      throw Exception(ErrorCode::invalid_value,
                      text("row ", r, ", '", schema_[c].name, "': ",
                           number ? "a number must be finite, or NaN for missing"
                                  : "a code must be that of a category, or NaN for missing"),
                      "ScoreTable");
    }
  }
}

ScoreTable ScoreTable::take(std::span<const std::uint32_t> rows) const {
  ScoreTable out;
  out.schema_ = schema_;
  out.values_ = Matrix<float>(rows.size(), columns());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (rows[r] >= this->rows()) {
      throw Exception(ErrorCode::out_of_range, text("row ", rows[r], " of ", this->rows()),
                      "ScoreTable::take");
    }
    const std::span<const float> from = row(rows[r]);
    std::copy(from.begin(), from.end(), out.values_.row(r).begin());
  }
  return out;
}

void ScoreTableBuilder::begin(std::size_t rows, const std::string& name) {
  if (!values_.empty() && values_.front().size() != rows) {
    throw Exception(ErrorCode::invalid_shape,
                    text("'", name, "' must have ", values_.front().size(), " values, got ", rows),
                    "ScoreTableBuilder");
  }
}

ScoreTableBuilder& ScoreTableBuilder::number(std::string name, std::span<const double> values) {
  begin(values.size(), name);
  std::vector<float> column;
  column.reserve(values.size());
  for (const double value : values) column.push_back(number_or_throw(value, name));
  ScoreColumn described;
  described.name = std::move(name);
  columns_.push_back(std::move(described));
  values_.push_back(std::move(column));
  return *this;
}

ScoreTableBuilder& ScoreTableBuilder::category(std::string name,
                                               std::span<const std::string> values) {
  begin(values.size(), name);
  ScoreColumn described;
  described.name = std::move(name);
  described.kind = ScoreColumnKind::category;
  std::unordered_map<std::string_view, std::size_t> codes;
  std::vector<float> column;
  column.reserve(values.size());
  for (const std::string& value : values) {
    if (value.empty()) {
      column.push_back(missing_value);
      continue;
    }
    const auto [at, fresh] = codes.try_emplace(value, codes.size());
    if (fresh) described.categories.push_back(value);
    column.push_back(static_cast<float>(at->second));
  }
  columns_.push_back(std::move(described));
  values_.push_back(std::move(column));
  return *this;
}

ScoreTable ScoreTableBuilder::finish() {
  ScoreSchema schema(columns_);
  const std::size_t rows = values_.empty() ? 0 : values_.front().size();
  Matrix<float> values(rows, columns_.size());
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    for (std::size_t r = 0; r < rows; ++r) values.row(r)[c] = values_[c][r];
  }
  ScoreTable out(std::move(schema), std::move(values));
  columns_.clear();
  values_.clear();
  return out;
}

ScoreTable score_table(const CustomerColumns& columns) {
  std::vector<ScoreColumn> described;
  for (const std::string& name : columns.names) {
    ScoreColumn& column = described.emplace_back();
    column.name = name;
  }
  Matrix<float> values(columns.values.rows(), columns.names.size());
  if (columns.values.columns() != columns.names.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text(columns.names.size(), " names of ", columns.values.columns(), " columns"),
                    "score_table");
  }
  for (std::size_t r = 0; r < values.rows(); ++r) {
    for (std::size_t c = 0; c < columns.names.size(); ++c) {
      values.row(r)[c] = number_or_throw(columns.values.row(r)[c], columns.names[c]);
    }
  }
  return {ScoreSchema(std::move(described)), std::move(values)};
}

MappedRows map_rows(const ScoreTable& from, const ScoreSchema& to) {
  MappedRows out;
  out.unknown.assign(to.size(), 0);
  Matrix<float> values(from.rows(), to.size());
  for (std::size_t c = 0; c < to.size(); ++c) {
    const std::size_t source = from.schema().find(to[c].name);
    if (source == from.columns()) {
      out.missing_columns.push_back(to[c].name);
      for (std::size_t r = 0; r < from.rows(); ++r) values.row(r)[c] = missing_value;
      continue;
    }
    const ScoreColumn& column = from.schema()[source];
    if (column.kind != to[c].kind) {
      throw Exception(
          ErrorCode::invalid_value,
          text("'", column.name, "' is a number in one table and a category in the other"),
          "map_rows");
    }
    std::vector<float> codes;
    std::unordered_map<std::string_view, std::size_t> known;
    for (std::size_t k = 0; k < to[c].categories.size(); ++k) known[to[c].categories[k]] = k;
    for (const std::string& category : column.categories) {
      const auto found = known.find(category);
      codes.push_back(found == known.end() ? missing_value : static_cast<float>(found->second));
    }
    for (std::size_t r = 0; r < from.rows(); ++r) {
      float value = from.row(r)[source];
      if (column.kind == ScoreColumnKind::category && !std::isnan(value)) {
        value = codes[static_cast<std::size_t>(value)];
        if (std::isnan(value)) ++out.unknown[c];
      }
      values.row(r)[c] = value;
    }
  }
  out.table = ScoreTable(to, std::move(values));
  return out;
}

}  // namespace emptor
