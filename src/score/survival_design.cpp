#include "score/survival_design.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "emptor/core/error.hpp"
#include "emptor/math/normal.hpp"
#include "score/survival_order.hpp"

namespace emptor::detail {

namespace {

std::vector<SurvivalColumn> design_columns(const ScoreSchema& schema) {
  std::vector<SurvivalColumn> columns;
  for (std::size_t c = 0; c < schema.size(); ++c) {
    const auto at = static_cast<std::uint32_t>(c);
    if (schema[c].kind == ScoreColumnKind::number) {
      columns.push_back({.column = at, .name = schema[c].name});
      continue;
    }
    std::vector<std::pair<std::string, std::int64_t>> by_name;
    for (const std::string& category : schema[c].categories) {
      by_name.emplace_back(category, static_cast<std::int64_t>(by_name.size()));
    }
    std::sort(by_name.begin(), by_name.end());
    for (std::size_t i = 1; i < by_name.size(); ++i) {
      columns.push_back({.column = at,
                         .code = by_name[i].second,
                         .name = schema[c].name + "=" + by_name[i].first});
    }
  }
  return columns;
}

void require_few(const std::vector<SurvivalColumn>& columns, const ScoreSchema& schema,
                 std::string_view where) {
  if (columns.size() <= max_survival_coefficients) return;
  std::size_t widest = 0;
  for (std::size_t c = 1; c < schema.size(); ++c) {
    if (schema[c].categories.size() > schema[widest].categories.size()) widest = c;
  }
  const std::size_t categories = schema[widest].categories.size();
  throw Exception(ErrorCode::invalid_shape,
                  text("the columns make ", columns.size(), " coefficients, at most ",
                       max_survival_coefficients, " can be fitted",
                       categories > 2 ? text(": '", schema[widest].name, "' has ", categories,
                                             " categories, join the rare ones")
                                      : std::string()),
                  std::string(where));
}

/// Of each column, whether any of the rows has a value.
std::vector<std::uint8_t> columns_with_values(const ScoreTable& table,
                                              std::span<const std::uint32_t> rows) {
  std::vector<std::uint8_t> seen(table.columns(), 0);
  std::size_t left = seen.size();
  for (std::size_t i = 0; i < rows.size() && left > 0; ++i) {
    const std::span<const float> row = table.row(rows[i]);
    for (std::size_t c = 0; c < seen.size(); ++c) {
      if (seen[c] != 0 || std::isnan(row[c])) continue;
      seen[c] = 1;
      --left;
    }
  }
  return seen;
}

double raw_value(const SurvivalColumn& column, std::span<const float> row) {
  const double value = row[column.column];
  if (std::isnan(value)) return 0;  // nobody has one
  return column.code < 0 ? value : static_cast<double>(value == static_cast<double>(column.code));
}

}  // namespace

SurvivalDesign survival_design(const ScoreTable& table, const SurvivalTimes& times,
                               std::string_view where) {
  require_survival_times(times, where);
  if (table.rows() != times.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a table of ", table.rows(), " rows for ", times.size(), " times"),
                    std::string(where));
  }
  SurvivalDesign design;
  design.columns = design_columns(table.schema());
  require_few(design.columns, table.schema(), where);
  const SurvivalOrder order = survival_order(times);
  const std::size_t p = design.columns.size();
  const std::vector<std::uint8_t> filled = columns_with_values(table, order.by_time);
  for (const std::uint32_t row : order.by_time) {
    const std::span<const float> values = table.row(row);
    bool complete = true;
    for (std::size_t c = 0; c < values.size() && complete; ++c) {
      complete = filled[c] == 0 || !std::isnan(values[c]);
    }
    if (!complete) {
      ++design.incomplete;
      continue;
    }
    design.rows.push_back(row);
    design.time.push_back(times.time[row]);
    design.event.push_back(times.event[row]);
    design.weight.push_back(times.weight_of(row));
    if (!times.entry.empty()) design.entry.push_back(times.entry[row]);
    if (!times.stratum.empty()) design.stratum.push_back(times.stratum[row]);
  }
  const std::size_t n = design.size();
  design.values.resize(n * p);
  double total = 0;
  for (const double weight : design.weight) total += weight;
  for (std::size_t j = 0; j < p && n > 0; ++j) {
    SurvivalColumn& column = design.columns[j];
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double value = raw_value(column, table.row(design.rows[i]));
      design.values[i * p + j] = value;
      sum += design.weight[i] * value;
    }
    column.mean = sum / total;
    double square = 0;
    for (std::size_t i = 0; i < n; ++i) {
      double& value = design.values[i * p + j];
      value -= column.mean;
      square += design.weight[i] * value * value;
    }
    const double deviation = std::sqrt(square / total);
    column.scale = deviation > 1e-12 * std::abs(column.mean) ? deviation : 0;
    for (std::size_t i = 0; i < n; ++i) {
      design.values[i * p + j] = column.scale > 0 ? design.values[i * p + j] / column.scale : 0;
    }
  }
  return design;
}

std::vector<std::uint8_t> independent_columns(std::span<const double> information,
                                              std::size_t width) {
  std::vector<double> a(information.begin(), information.end());
  std::vector<std::uint8_t> kept(width, 0);
  for (std::size_t i = 0; i < width; ++i) {
    const double own = information[i * width + i];
    const double pivot = a[i * width + i];
    if (!(own > 0) || !(pivot > 1e-10 * own)) continue;
    kept[i] = 1;
    for (std::size_t row = i + 1; row < width; ++row) {
      const double factor = a[row * width + i] / pivot;
      for (std::size_t column = i; column < width; ++column) {
        a[row * width + column] -= factor * a[i * width + column];
      }
    }
  }
  return kept;
}

std::vector<double> take_columns(std::span<const double> matrix, std::span<const std::size_t> kept,
                                 std::size_t width) {
  std::vector<double> out;
  out.reserve(kept.size() * kept.size());
  for (const std::size_t row : kept) {
    for (const std::size_t column : kept) out.push_back(matrix[row * width + column]);
  }
  return out;
}

SurvivalTerms survival_terms(const ScoreSchema& schema, const SurvivalDesign& design,
                             std::span<const double> scaled) {
  std::vector<double> slopes(schema.size(), 0.0), means(schema.size(), 0.0), effects;
  std::vector<std::size_t> first;
  for (const ScoreColumn& column : schema.columns()) {
    first.push_back(effects.size());
    effects.resize(effects.size() + column.categories.size(), 0.0);
  }
  for (std::size_t j = 0; j < design.width(); ++j) {
    const SurvivalColumn& column = design.columns[j];
    const double slope = column.scale > 0 ? scaled[j] / column.scale : 0;
    if (column.code < 0) {
      slopes[column.column] = slope;
      means[column.column] = column.mean;
      continue;
    }
    const std::size_t begin = first[column.column];
    for (std::size_t c = 0; c < schema[column.column].categories.size(); ++c) {
      effects[begin + c] -= slope * column.mean;
    }
    effects[begin + static_cast<std::size_t>(column.code)] += slope;
  }
  return SurvivalTerms(schema, std::move(slopes), std::move(means), std::move(effects));
}

SurvivalCoefficient survival_coefficient(const SurvivalColumn& column, double scaled,
                                         double scaled_error, double level) {
  SurvivalCoefficient out{.name = column.name};
  if (!(column.scale > 0)) return out;
  out.value = scaled / column.scale;
  out.error = scaled_error / column.scale;
  if (out.error > 0) {
    out.z = out.value / out.error;
    out.p_value = std::erfc(std::abs(out.z) / std::sqrt(2.0));
  }
  const double width = normal_quantile(0.5 + level / 2) * out.error;
  out.lower = out.value - width;
  out.upper = out.value + width;
  return out;
}

}  // namespace emptor::detail
