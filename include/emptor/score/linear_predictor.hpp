#pragma once
// The runtime of linear models: a sum of one part a column, each 0 at the column's mean.
//
// A number's part is slope x (value - centre) + offset, a category's stands in a table, a missing
// value's is fixed, so the parts of a row add up to value - base, to the bit in the order of the
// columns. d columns: O(d) a row, no allocation. Thread safety: immutable.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/score_table.hpp"

namespace emptor {

/// One column's part of the sum.
struct LinearTerm {
  double slope = 0;    ///< of a number
  double centre = 0;   ///< of a number
  double offset = 0;   ///< of a number that is there
  double missing = 0;  ///< instead, when it is not
  /// Of a category: the part of code c is parts[first + c], for c < count.
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

class LinearPredictor {
 public:
  LinearPredictor() = default;
  /// Throws `invalid_shape` or `invalid_value` when the parts contradict each other or are not
  /// finite.
  EMPTOR_API LinearPredictor(ScoreSchema schema, double base, std::vector<LinearTerm> terms,
                             std::vector<double> parts);

  [[nodiscard]] const ScoreSchema& schema() const noexcept { return schema_; }
  /// The sum of a row whose every part is 0: the mean one.
  [[nodiscard]] double base() const noexcept { return base_; }

  /// Column c's part for a value or code; infinite ones and a code that is none count as missing.
  [[nodiscard]] double part(std::size_t c, float value) const noexcept {
    const LinearTerm& term = terms_[c];
    if (!std::isfinite(value)) return term.missing;
    if (term.count == 0) return term.slope * (double{value} - term.centre) + term.offset;
    if (!(value >= 0 && value < static_cast<float>(term.count))) return term.missing;
    return parts_[static_cast<std::size_t>(term.first) + static_cast<std::size_t>(value)];
  }
  /// The sum. The row must be as long as the schema.
  [[nodiscard]] double value(std::span<const float> row) const noexcept {
    double sum = base_;
    for (std::size_t c = 0; c < terms_.size(); ++c) sum += part(c, row[c]);
    return sum;
  }
  /// The parts of all columns; base and they, added in order, are the value. Lengths as the schema.
  void explain(std::span<const float> row, std::span<double> out) const noexcept {
    for (std::size_t c = 0; c < terms_.size(); ++c) out[c] = part(c, row[c]);
  }
  /// The sums of all rows. Throws `invalid_shape` for another length or another schema.
  EMPTOR_API void values(const ScoreTable& table, std::span<double> out,
                         const Context& context = {}) const;

  EMPTOR_API void save(SectionWriter& section) const;
  [[nodiscard]] EMPTOR_API static Result<LinearPredictor> load(SectionReader& section);

 private:
  ScoreSchema schema_;
  double base_ = 0;
  std::vector<LinearTerm> terms_;
  std::vector<double> parts_;
};

}  // namespace emptor
