#pragma once
// A ScoreTable as the numbers of a linear survival model: treatment contrasts of categories (the
// first by name is the reference), numbers as they are, all scaled to mean 0 and deviation 1.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "emptor/score/cox_result.hpp"
#include "emptor/score/score_table.hpp"
#include "emptor/score/survival_terms.hpp"
#include "emptor/score/survival_times.hpp"

namespace emptor::detail {

struct SurvivalColumn {
  std::uint32_t column;    ///< of the table
  std::int64_t code = -1;  ///< of the category, or -1 for a number
  std::string name;
  double mean = 0;
  double scale = 1;  ///< 0: constant
};

/// n complete rows with a weight > 0, p columns.
struct SurvivalDesign {
  std::vector<SurvivalColumn> columns;
  std::vector<std::uint32_t> rows;  ///< of the table
  std::size_t incomplete = 0;       ///< rows left out because a value is missing
  std::vector<double> values;       ///< n x p, scaled

  // Of the rows, in their order.
  std::vector<double> time, entry, weight;
  std::vector<std::uint8_t> event;
  std::vector<std::uint32_t> stratum;

  [[nodiscard]] std::size_t size() const noexcept { return rows.size(); }
  [[nodiscard]] std::size_t width() const noexcept { return columns.size(); }
  [[nodiscard]] const double* row(std::size_t i) const noexcept {
    return values.data() + i * columns.size();
  }
  [[nodiscard]] SurvivalTimes times() const noexcept {
    return {.time = time, .event = event, .entry = entry, .weight = weight, .stratum = stratum};
  }
};

/// Rows by stratum and descending time. Checks the times; throws `invalid_shape` for a table of
/// another length.
[[nodiscard]] SurvivalDesign survival_design(const ScoreTable& table, const SurvivalTimes& times,
                                             std::string_view where);

/// The columns of the n x p values that are kept, left to right, under an information matrix (p x
/// p): one whose part that earlier ones do not explain is below 1e-10 of it is dropped.
[[nodiscard]] std::vector<std::uint8_t> independent_columns(std::span<const double> information,
                                                            std::size_t width);
/// Only the columns `kept` of a row-major p x p matrix.
[[nodiscard]] std::vector<double> take_columns(std::span<const double> matrix,
                                               std::span<const std::size_t> kept,
                                               std::size_t width);

/// A model's terms from coefficients of the scaled columns (p of them, 0 for those dropped).
[[nodiscard]] SurvivalTerms survival_terms(const ScoreSchema& schema, const SurvivalDesign& design,
                                           std::span<const double> scaled);

/// A row of the report: value and error of the scaled column on its own scale.
[[nodiscard]] SurvivalCoefficient survival_coefficient(const SurvivalColumn& column, double scaled,
                                                       double scaled_error, double level);

}  // namespace emptor::detail
