#pragma once
// What a linear survival model adds up for a customer: a slope for each number, an effect for each
// category, zero on average over the customers it was fitted to.
//
// Scoring allocates nothing and never fails on a row of the schema's length (others: undefined):
// what is missing, and a code beyond the categories, counts like the average customer.
// Cost: about 2 ns a column. Thread safety: immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/score_table.hpp"

namespace emptor {

class EMPTOR_API SurvivalTerms {
 public:
  SurvivalTerms() = default;
  /// `slopes` has an element a column, 0 for categories; `means` likewise; `effects` are those of
  /// all categories of all columns one after another, centred. Throws `invalid_shape`,
  /// `invalid_value` unless all are finite.
  SurvivalTerms(ScoreSchema schema, std::vector<double> slopes, std::vector<double> means,
                std::vector<double> effects);

  [[nodiscard]] const ScoreSchema& schema() const noexcept { return schema_; }
  /// The sum of the parts.
  [[nodiscard]] double value(std::span<const float> row) const noexcept;
  /// What each column adds; `out` has an element a column.
  void parts(std::span<const float> row, std::span<double> out) const noexcept;

  void save(SectionWriter& section) const;
  [[nodiscard]] static Result<SurvivalTerms> load(SectionReader& section);

  friend bool operator==(const SurvivalTerms&, const SurvivalTerms&) = default;

 private:
  [[nodiscard]] double part(std::size_t column, float value) const noexcept;

  ScoreSchema schema_;
  std::vector<double> slopes_;
  std::vector<double> means_;
  std::vector<double> effects_;
  std::vector<std::uint32_t> first_;  // of each column's effects, and the end
};

}  // namespace emptor
