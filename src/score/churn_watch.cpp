#include "emptor/score/churn_watch.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "emptor/core/error.hpp"

namespace emptor {

namespace {

std::string reading_of(const ScoreColumn& column, float value) {
  if (std::isnan(value)) return "unknown";
  if (column.kind == ScoreColumnKind::category) {
    return column.categories[static_cast<std::size_t>(value)];
  }
  const double number = value;
  const bool whole = number == std::trunc(number);
  return fixed(number, whole ? 0 : std::abs(number) < 1 ? 3 : 2);
}

}  // namespace

ChurnWatch churn_watch(std::span<const double> probability, std::span<const double> value,
                       std::span<const std::string> columns,
                       FunctionRef<void(std::size_t row, std::span<double> out)> parts,
                       const ChurnWatchOptions& options) {
  require_option(options.least_probability >= 0 && options.least_probability <= 1,
                 "least_probability", "in [0, 1]", options.least_probability);
  require_option(options.least_value_at_risk >= 0, "least_value_at_risk", ">= 0",
                 options.least_value_at_risk);
  if (probability.size() != value.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text(probability.size(), " probabilities for ", value.size(), " values"),
                    "churn_watch");
  }
  ChurnWatch out;
  out.customers = probability.size();
  for (std::size_t row = 0; row < probability.size(); ++row) {
    const double p = probability[row];
    if (!(p >= 0 && p <= 1)) {
      throw Exception(ErrorCode::invalid_value,
                      text("row ", row, ": a probability must be in [0, 1]"), "churn_watch");
    }
    const double worth = value[row] > 0 ? value[row] : 0;
    const double risk = p > 0 ? p * worth : 0;
    out.value_at_risk += risk;
    if (p < options.least_probability || risk < options.least_value_at_risk) continue;
    out.warnings.push_back({static_cast<std::uint32_t>(row), p, worth, risk, {}});
  }
  out.eligible = out.warnings.size();
  const std::size_t shown = std::min(options.capacity, out.eligible);
  std::partial_sort(out.warnings.begin(), out.warnings.begin() + static_cast<std::ptrdiff_t>(shown),
                    out.warnings.end(), [](const ChurnWarning& a, const ChurnWarning& b) {
                      return a.value_at_risk != b.value_at_risk ? a.value_at_risk > b.value_at_risk
                                                                : a.row < b.row;
                    });
  out.warnings.resize(shown);
  std::vector<double> effects(columns.size());
  for (ChurnWarning& warning : out.warnings) {
    out.watched += warning.value_at_risk;
    out.least_value_at_risk = warning.value_at_risk;
    if (columns.empty()) continue;
    parts(warning.row, effects);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (effects[c] > 0) warning.reasons.push_back({columns[c], effects[c]});
    }
    std::stable_sort(
        warning.reasons.begin(), warning.reasons.end(),
        [](const ChurnReason& a, const ChurnReason& b) { return a.effect > b.effect; });
    warning.reasons.resize(std::min(warning.reasons.size(), options.reasons));
  }
  return out;
}

ChurnWatch churn_watch(const ScoreTable& table, std::span<const double> probability,
                       std::span<const double> value,
                       FunctionRef<void(std::size_t row, std::span<double> out)> parts,
                       const ChurnWatchOptions& options) {
  if (table.rows() != probability.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text(probability.size(), " probabilities for ", table.rows(), " rows"),
                    "churn_watch");
  }
  std::vector<std::string> names;
  for (const ScoreColumn& column : table.schema().columns()) names.push_back(column.name);
  ChurnWatch out = churn_watch(probability, value, names, parts, options);
  for (ChurnWarning& warning : out.warnings) {
    for (ChurnReason& reason : warning.reasons) {
      const std::size_t column = table.schema().find(reason.what);
      reason.reading = reading_of(table.schema()[column], table.row(warning.row)[column]);
    }
  }
  return out;
}

}  // namespace emptor
