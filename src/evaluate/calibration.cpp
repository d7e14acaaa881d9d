#include "emptor/evaluate/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "emptor/core/archive.hpp"
#include "emptor/math/special_functions.hpp"
#include "evaluate/binary_rows.hpp"
#include "evaluate/calibration_newton.hpp"

namespace emptor {

namespace {

double kept_inside(double probability) {
  return std::clamp(probability, 0x1.0p-52, 1 - 0x1.0p-52);
}

double log_odds_of(double probability) {
  const double kept = kept_inside(probability);
  return std::log(kept) - std::log1p(-kept);
}

void check_scores(const BinaryScores& rows, const CalibrationOptions& options) {
  const bool probabilities = options.method == CalibrationMethod::beta ||
                             (options.method == CalibrationMethod::platt && options.log_odds);
  detail::check_binary(rows, "fit_calibrator", probabilities);
  if (options.method != CalibrationMethod::platt) return;
  for (std::size_t row = 0; row < rows.score.size(); ++row) {
    if (!std::isfinite(rows.score[row])) {
      throw Exception(ErrorCode::invalid_value, text("a score must be finite, in row ", row),
                      "fit_calibrator");
    }
  }
}

/// Rows of weight > 0 as the Newton fits want them: weights of mean 1.
detail::SigmoidRows sigmoid_rows(const BinaryScores& rows, const detail::ClassTotals& totals) {
  detail::SigmoidRows out;
  const double scale = static_cast<double>(totals.positives + totals.negatives) / totals.all();
  for (std::size_t row = 0; row < rows.target.size(); ++row) {
    const double weight = detail::weight_of(rows, row);
    if (weight == 0) continue;
    out.target.push_back(rows.target[row]);
    out.weight.push_back(weight * scale);
    out.source.push_back(static_cast<std::uint32_t>(row));
  }
  return out;
}

}  // namespace

double ProbabilityCalibrator::probability(double score) const noexcept {
  if (score != score) return score;
  switch (method_) {
    case CalibrationMethod::platt:
      if (parameters_[0] == 0) return logistic(parameters_[1]);
      return logistic(parameters_[0] * (log_odds_ ? log_odds_of(score) : score) + parameters_[1]);
    case CalibrationMethod::beta: {
      const double kept = kept_inside(score);
      return logistic(parameters_[0] * std::log(kept) - parameters_[1] * std::log1p(-kept) +
                      parameters_[2]);
    }
    case CalibrationMethod::isotonic:
      break;
  }
  const auto above = std::upper_bound(scores_.begin(), scores_.end(), score);
  if (above == scores_.begin()) return probabilities_.front();
  const auto at = static_cast<std::size_t>(above - scores_.begin());
  if (at == scores_.size() || scores_[at - 1] == score) return probabilities_[at - 1];
  const double low = probabilities_[at - 1];
  const double high = probabilities_[at];
  const bool open_below = std::isinf(scores_[at - 1]);
  const bool open_above = std::isinf(scores_[at]);
  if (open_below || open_above) {
    return open_below && open_above ? low + (high - low) / 2 : open_below ? high : low;
  }
  const double share = (score / 2 - scores_[at - 1] / 2) / (scores_[at] / 2 - scores_[at - 1] / 2);
  return std::clamp(low + share * (high - low), low, high);
}

void ProbabilityCalibrator::calibrate(std::span<const double> scores, std::span<double> out) const {
  if (scores.size() != out.size()) {
    throw Exception(
        ErrorCode::invalid_shape,
        text("there must be room for ", scores.size(), " probabilities, got ", out.size()),
        "calibrate");
  }
  for (std::size_t row = 0; row < scores.size(); ++row) out[row] = probability(scores[row]);
}

CalibrationFit fit_calibrator(const BinaryScores& rows, const CalibrationOptions& options) {
  check_scores(rows, options);
  const detail::ClassTotals totals = detail::class_totals(rows);
  if (!(totals.all() > 0)) {
    throw Exception(ErrorCode::invalid_shape, "there must be a row of weight > 0",
                    "fit_calibrator");
  }
  CalibrationFit out{ProbabilityCalibrator(), {}};
  ProbabilityCalibrator& model = out.model;
  CalibrationReport& report = out.report;
  model.method_ = report.method = options.method;
  model.log_odds_ = options.method == CalibrationMethod::platt && options.log_odds;
  report.positives = totals.positives;
  report.negatives = totals.negatives;
  if (!totals.both()) {
    report.one_class = report.constant = true;
    const auto seen = static_cast<double>(totals.positives + totals.negatives);
    const double chance = (static_cast<double>(totals.positives) + 1) / (seen + 2);
    if (options.method == CalibrationMethod::isotonic) {
      model.scores_ = {0};
      model.probabilities_ = {chance};
    } else {
      model.parameters_.assign(options.method == CalibrationMethod::beta ? 3 : 2, 0.0);
      model.parameters_.back() = log_odds_of(chance);
    }
    return out;
  }
  if (options.method == CalibrationMethod::isotonic) {
    detail::pool_adjacent_violators(rows, model.scores_, model.probabilities_);
    report.constant = model.probabilities_.front() == model.probabilities_.back();
    return out;
  }
  detail::SigmoidRows fitted = sigmoid_rows(rows, totals);
  detail::SigmoidFit fit;
  if (options.method == CalibrationMethod::platt) {
    for (const std::uint32_t row : fitted.source) {
      fitted.first.push_back(model.log_odds_ ? log_odds_of(rows.score[row]) : rows.score[row]);
    }
    fit = detail::fit_platt(fitted);
    model.parameters_ = {fit.slope[0], fit.intercept};
  } else {
    for (const std::uint32_t row : fitted.source) {
      const double kept = kept_inside(rows.score[row]);
      fitted.first.push_back(std::log(kept));
      fitted.second.push_back(-std::log1p(-kept));
    }
    fit = detail::fit_beta(fitted);
    model.parameters_ = {fit.slope[0], fit.slope[1], fit.intercept};
  }
  report.iterations = fit.iterations;
  report.converged = fit.converged;
  report.constant = fit.slope[0] == 0 && fit.slope[1] == 0;
  return out;
}

CrossFittedCalibration cross_fit_calibration(const BinaryScores& rows, const RowFolds& folds,
                                             const CalibrationOptions& options) {
  CalibrationFit whole = fit_calibrator(rows, options);
  if (folds.fold.size() != rows.target.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("there must be a fold for each of ", rows.target.size(), " rows, got ",
                         folds.fold.size()),
                    "cross_fit_calibration");
  }
  CrossFittedCalibration out{std::move(whole.model), whole.report,
                             std::vector<double>(rows.target.size())};
  for (std::size_t f = 0; f < folds.count; ++f) {
    const std::vector<std::uint32_t> test = folds.test(f);
    if (test.empty()) continue;
    std::vector<double> target;
    std::vector<double> score;
    std::vector<double> weight;
    for (const std::uint32_t row : folds.train(f)) {
      target.push_back(rows.target[row]);
      score.push_back(rows.score[row]);
      if (!rows.weight.empty()) weight.push_back(rows.weight[row]);
    }
    const CalibrationFit fit = fit_calibrator({target, score, weight}, options);
    for (const std::uint32_t row : test) {
      out.probability[row] = fit.model.probability(rows.score[row]);
    }
  }
  return out;
}

std::vector<std::byte> ProbabilityCalibrator::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& section = writer.section("calibrator", 1);
  section.put(method_);
  section.put(log_odds_);
  section.put_array(parameters_);
  section.put_array(scores_);
  section.put_array(probabilities_);
  return std::move(writer).finish();
}

Result<ProbabilityCalibrator> ProbabilityCalibrator::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("calibrator");
  if (!section) return section.error();
  ProbabilityCalibrator out;
  out.method_ = section->get_enum(CalibrationMethod::isotonic);
  out.log_odds_ = section->get<bool>();
  out.parameters_ = section->get_array<double>();
  out.scores_ = section->get_array<double>();
  out.probabilities_ = section->get_array<double>();
  const bool isotonic = out.method_ == CalibrationMethod::isotonic;
  const std::size_t wanted = isotonic ? 0 : out.method_ == CalibrationMethod::beta ? 3 : 2;
  section->require(out.parameters_.size() == wanted, "the parameters are of another method");
  section->require(!out.log_odds_ || out.method_ == CalibrationMethod::platt,
                   "only a sigmoid takes log odds");
  for (std::size_t i = 0; i < out.parameters_.size(); ++i) {
    const double one = out.parameters_[i];
    section->require(std::isfinite(one) && (i + 1 == wanted || one >= 0),
                     "a parameter is none of a rising function");
  }
  section->require(out.scores_.size() == out.probabilities_.size() &&
                       (isotonic ? !out.scores_.empty() : out.scores_.empty()),
                   "the knots do not fit the method");
  for (std::size_t i = 0; section->ok() && i < out.scores_.size(); ++i) {
    const double score = out.scores_[i];
    const double chance = out.probabilities_[i];
    section->require(
        score == score && chance >= 0 && chance <= 1 &&
            (i == 0 || (score > out.scores_[i - 1] && chance >= out.probabilities_[i - 1])),
        "the knots do not rise");
  }
  if (Result<void> end = section->finish(); !end) return end.error();
  return out;
}

}  // namespace emptor
