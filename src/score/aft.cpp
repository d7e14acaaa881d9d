#include "emptor/score/aft.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/math/special_functions.hpp"
#include "score/aft_shape.hpp"

namespace emptor {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// (log time - location) / scale; -infinity at 0.
double standardised(double time, double location, double scale) noexcept {
  const double z = time > 0 ? (std::log(time) - location) / scale : -infinity;
  return std::isnan(z) ? -infinity : z;
}

/// The z at which log survival is `level` < 0.
double inverse_log_survival(AftDistribution kind, double level) noexcept {
  switch (kind) {
    case AftDistribution::weibull:
    case AftDistribution::exponential:
      return std::log(-level);
    case AftDistribution::log_logistic:
      return -level + log1m_exp(-level);
    case AftDistribution::log_normal:
      break;
  }
  double low = -40;
  double high = std::sqrt(-2 * level) + 1;
  for (int i = 0; i < 80; ++i) {
    const double middle = (low + high) / 2;
    (detail::log_normal_survival(middle) > level ? low : high) = middle;
  }
  return (low + high) / 2;
}

/// Mean remaining time of a Weibull variable over `age`, where u = (age / e^location)^(1 / scale)
/// is the cumulative hazard: scale e^u u^-scale gamma(scale, u).
double weibull_remaining(double scale, double u) noexcept {
  const double whole = std::ceil(scale) - 1;
  const double rest = scale - whole;  // in (0, 1]
  double share = scaled_exponential_integral(1 - rest, u);
  for (double s = rest; s < scale - 0.5; s += 1) share = (s * share + 1) / u;
  return scale * share;
}

}  // namespace

AftModel::AftModel(SurvivalTerms terms, AftDistribution distribution, double intercept,
                   double scale)
    : terms_(std::move(terms)), distribution_(distribution), intercept_(intercept), scale_(scale) {
  const bool fits = distribution != AftDistribution::exponential || scale == 1;
  if (!std::isfinite(intercept) || !(scale > 0 && std::isfinite(scale)) || !fits ||
      distribution > AftDistribution::log_logistic) {
    throw Exception(ErrorCode::invalid_value, "no such distribution of lifetimes", "AftModel");
  }
}

void AftModel::score(const ScoreTable& table, std::span<double> out, const Context& context) const {
  if (out.size() != table.rows() || table.schema() != schema()) {
    throw Exception(ErrorCode::invalid_shape,
                    "a table of the model's schema and room for each of its rows (see map_rows)",
                    "AftModel::score");
  }
  parallel_chunks(context, table.rows(), 4096, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) out[row] = score(table.row(row));
  });
}

double AftModel::survival(std::span<const float> row, double time) const noexcept {
  return std::exp(detail::log_survival(distribution_, standardised(time, location(row), scale_)));
}

double AftModel::loss_within(std::span<const float> row, double age,
                             double horizon) const noexcept {
  if (!(horizon > 0)) return 0;
  const double from = std::max(0.0, age);
  const double where = location(row);
  const double before = detail::log_survival(distribution_, standardised(from, where, scale_));
  const double after =
      detail::log_survival(distribution_, standardised(from + horizon, where, scale_));
  if (!std::isfinite(before)) return 1;
  return std::clamp(-std::expm1(after - before), 0.0, 1.0);
}

double AftModel::hazard(std::span<const float> row, double time) const noexcept {
  const double at = std::min(std::max(1e-250, time), 1e300);
  const double z = standardised(at, location(row), scale_);
  switch (distribution_) {
    case AftDistribution::weibull:
    case AftDistribution::exponential:
      return std::exp(z - std::log(scale_) - std::log(at));
    case AftDistribution::log_normal:
      return detail::normal_hazard(z) / (scale_ * at);
    case AftDistribution::log_logistic:
      return std::exp(-detail::log1p_exp(-z) - std::log(scale_) - std::log(at));
  }
  return 0;
}

double AftModel::remaining_quantile(std::span<const float> row, double age,
                                    double p) const noexcept {
  if (!(p > 0)) return 0;
  if (p >= 1) return infinity;
  const double from = std::max(0.0, age);
  const double where = location(row);
  const double before = detail::log_survival(distribution_, standardised(from, where, scale_));
  if (!std::isfinite(before)) return 0;
  const double z = inverse_log_survival(distribution_, before + std::log1p(-p));
  return std::max(0.0, std::exp(where + scale_ * z) - from);
}

double AftModel::expected_remaining(std::span<const float> row, double age) const noexcept {
  const double from = std::min(std::max(0.0, age), 1e300);
  const double where = location(row);
  const double z = standardised(from, where, scale_);
  switch (distribution_) {
    case AftDistribution::weibull:
    case AftDistribution::exponential: {
      const double mean = std::exp(where + log_gamma(1 + scale_));
      const double u = std::exp(z);
      if (!std::isfinite(u)) return 0;
      if (u < 1e-16 || scale_ > 170) return std::max(0.0, mean - from);
      return from * weibull_remaining(scale_, u);
    }
    case AftDistribution::log_normal: {
      if (z >= 0) {
        if (!std::isfinite(z)) return 0;
        return from * (detail::normal_hazard(z) / detail::normal_hazard(z - scale_) - 1);
      }
      const double mean = std::exp(where + scale_ * scale_ / 2);
      return mean * std::exp(detail::log_normal_survival(z - scale_) -
                             detail::log_normal_survival(z)) -
             from;
    }
    case AftDistribution::log_logistic: {
      if (scale_ >= 1) return infinity;
      if (z > 36) return from * scale_ / (1 - scale_);
      const double mean = std::exp(where + log_gamma(1 + scale_) + log_gamma(1 - scale_));
      const double odds = std::exp(-std::abs(z));
      const double larger = 1 / (1 + odds);
      if (z > 0) {
        const double left = odds * larger;
        return mean * incomplete_beta(1 - scale_, scale_, left) / left;
      }
      return mean * (1 - incomplete_beta(scale_, 1 - scale_, odds * larger)) / larger;
    }
  }
  return 0;
}

std::vector<std::byte> AftModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  terms_.save(writer.section("terms"));
  SectionWriter& section = writer.section("baseline");
  section.put(static_cast<std::uint8_t>(distribution_));
  section.put(intercept_);
  section.put(scale_);
  return std::move(writer).finish();
}

Result<AftModel> AftModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> terms_section = reader->section("terms");
  if (!terms_section) return terms_section.error();
  Result<SurvivalTerms> terms = SurvivalTerms::load(*terms_section);
  if (!terms) return terms.error();
  if (const Result<void> read = terms_section->finish(); !read) return read.error();
  Result<SectionReader> section = reader->section("baseline");
  if (!section) return section.error();
  const auto kind = section->get<std::uint8_t>();
  const auto intercept = section->get<double>();
  const auto scale = section->get<double>();
  if (const Result<void> read = section->finish(); !read) return read.error();
  try {
    return AftModel(std::move(*terms), static_cast<AftDistribution>(kind), intercept, scale);
  } catch (const Exception& e) {
    return Error{ErrorCode::corrupt, e.error().message, "aft"};
  }
}

}  // namespace emptor
