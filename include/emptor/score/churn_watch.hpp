#pragma once
// Early warning: whom to call first, by P(churn) x value, with the reasons, as many as there is
// time for. Any model: probabilities, values and parts of scores come in as plain numbers.
//
// Time O(m log capacity + capacity x columns). Thread safety: pure but for `parts`.

#include <cstddef>
#include <span>
#include <string>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/churn_result.hpp"
#include "emptor/score/score_table.hpp"

namespace emptor {

struct ChurnWatchOptions {
  std::size_t capacity = 100;      ///< warnings at most
  double least_probability = 0;    ///< in [0, 1]
  double least_value_at_risk = 0;  ///< >= 0, e.g. what a call costs over the share it saves
  std::size_t reasons = 3;         ///< a warning at most
};

/// `probability` and `value` of m customers; a value that is NaN or below 0 counts as 0; an
/// infinite one comes first and makes the sums infinite. `columns`
/// names the d parts that `parts(row, out)` fills for the customers of the list (towards leaving:
/// positive), e.g. CoxModel::parts; without columns it is not called.
/// Throws `invalid_shape`, `invalid_option`, `invalid_value` for a probability outside [0, 1].
[[nodiscard]] EMPTOR_API ChurnWatch
churn_watch(std::span<const double> probability, std::span<const double> value,
            std::span<const std::string> columns,
            FunctionRef<void(std::size_t row, std::span<double> out)> parts,
            const ChurnWatchOptions& options = {});

/// The same for the rows of a table, with what its columns read beside the reasons:
///
///     churn_watch(table, probability, value, [&](std::size_t row, std::span<double> out) {
///       model.predictor().explain(table.row(row), out);
///     });
[[nodiscard]] EMPTOR_API ChurnWatch churn_watch(
    const ScoreTable& table, std::span<const double> probability, std::span<const double> value,
    FunctionRef<void(std::size_t row, std::span<double> out)> parts,
    const ChurnWatchOptions& options = {});

}  // namespace emptor
