#include "emptor/score/survival_terms.hpp"

#include <cmath>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

SurvivalTerms::SurvivalTerms(ScoreSchema schema, std::vector<double> slopes,
                             std::vector<double> means, std::vector<double> effects)
    : schema_(std::move(schema)),
      slopes_(std::move(slopes)),
      means_(std::move(means)),
      effects_(std::move(effects)) {
  std::size_t categories = 0;
  for (const ScoreColumn& column : schema_.columns()) {
    first_.push_back(static_cast<std::uint32_t>(categories));
    categories += column.categories.size();
  }
  first_.push_back(static_cast<std::uint32_t>(categories));
  if (slopes_.size() != schema_.size() || means_.size() != schema_.size() ||
      effects_.size() != categories) {
    throw Exception(ErrorCode::invalid_shape, "terms that do not fit the columns", "SurvivalTerms");
  }
  for (const std::vector<double>* values : {&slopes_, &means_, &effects_}) {
    for (const double value : *values) {
      if (!std::isfinite(value)) {
        throw Exception(ErrorCode::invalid_value, "a term must be finite", "SurvivalTerms");
      }
    }
  }
}

double SurvivalTerms::part(std::size_t column, float value) const noexcept {
  if (std::isnan(value)) return 0;
  const std::uint32_t begin = first_[column];
  const std::uint32_t end = first_[column + 1];
  if (schema_[column].kind == ScoreColumnKind::number) {
    // A slope of 0 with an infinite value must not make a NaN.
    return slopes_[column] == 0 ? 0 : slopes_[column] * (value - means_[column]);
  }
  if (!(value >= 0) || value >= static_cast<float>(end - begin)) return 0;
  return effects_[begin + static_cast<std::uint32_t>(value)];
}

double SurvivalTerms::value(std::span<const float> row) const noexcept {
  double sum = 0;
  for (std::size_t column = 0; column < slopes_.size(); ++column) sum += part(column, row[column]);
  return std::isnan(sum) ? 0 : sum;
}

void SurvivalTerms::parts(std::span<const float> row, std::span<double> out) const noexcept {
  for (std::size_t column = 0; column < slopes_.size(); ++column) {
    out[column] = part(column, row[column]);
  }
}

void SurvivalTerms::save(SectionWriter& section) const {
  schema_.save(section);
  section.put_array(std::span<const double>(slopes_));
  section.put_array(std::span<const double>(means_));
  section.put_array(std::span<const double>(effects_));
}

Result<SurvivalTerms> SurvivalTerms::load(SectionReader& section) {
  Result<ScoreSchema> schema = ScoreSchema::load(section);
  if (!schema) return schema.error();
  std::vector<double> slopes = section.get_array<double>();
  std::vector<double> means = section.get_array<double>();
  std::vector<double> effects = section.get_array<double>();
  if (!section.ok()) return section.finish().error();
  try {
    return SurvivalTerms(std::move(*schema), std::move(slopes), std::move(means),
                         std::move(effects));
  } catch (const Exception& e) {
    return Error{ErrorCode::corrupt, e.error().message, "survival terms"};
  }
}

}  // namespace emptor
