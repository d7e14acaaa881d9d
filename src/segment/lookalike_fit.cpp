// Fits of lookalikes and their check on held-out seeds (include/emptor/segment/lookalike.hpp).

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "emptor/core/random.hpp"
#include "emptor/segment/lookalike.hpp"
#include "segment/cluster_rows.hpp"
#include "segment/lookalike_logistic.hpp"

namespace emptor {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

void check(const LookalikeOptions& options) {
  const bool logistic = options.method == LookalikeMethod::logistic;
  require_option(options.held_out >= 0 && options.held_out <= 0.9, "held_out", "in [0, 0.9]",
                 options.held_out);
  require_option(!logistic || options.held_out > 0, "held_out", "> 0 for the logistic method",
                 options.held_out);
  require_option(options.ridge > 0 && std::isfinite(options.ridge), "ridge", "> 0", options.ridge);
  require_option(options.iterations >= 1, "iterations", ">= 1", options.iterations);
  require_option(options.unlabelled >= 1, "unlabelled", ">= 1", options.unlabelled);
  require_option(options.shrinkage >= 0 && options.shrinkage <= 1, "shrinkage", "in [0, 1]",
                 options.shrinkage);
  require_option(options.tables >= 1 && options.tables <= 64, "tables", "in [1, 64]",
                 options.tables);
  require_option(options.bits <= 24, "bits", "in [0, 24]", options.bits);
}

/// 1 for each row that is a seed.
std::vector<std::uint8_t> mark_seeds(std::size_t rows, std::span<const std::uint32_t> seeds) {
  std::vector<std::uint8_t> marks(rows, 0);
  for (const std::uint32_t seed : seeds) {
    if (seed >= rows) {
      throw Exception(ErrorCode::out_of_range,
                      text("the seed ", seed, " is none of the ", rows, " rows"), "fit_lookalikes");
    }
    if (marks[seed]++ != 0) {
      throw Exception(ErrorCode::duplicate, text("row ", seed, " is a seed twice"),
                      "fit_lookalikes");
    }
  }
  return marks;
}

std::vector<double> mean_of(const Matrix<double>& points, std::span<const std::uint32_t> rows) {
  std::vector<double> mean(points.columns(), 0);
  for (const std::uint32_t row : rows) {
    for (std::size_t j = 0; j < mean.size(); ++j) mean[j] += points(row, j);
  }
  for (double& value : mean) value /= static_cast<double>(rows.size());
  return mean;
}

Matrix<double> covariance_of(const Matrix<double>& points, std::span<const std::uint32_t> rows) {
  const std::size_t d = points.columns();
  const std::vector<double> mean = mean_of(points, rows);
  Matrix<double> out(d, d);
  for (const std::uint32_t row : rows) {
    for (std::size_t a = 0; a < d; ++a) {
      const double off = points(row, a) - mean[a];
      for (std::size_t b = 0; b <= a; ++b) out(a, b) += off * (points(row, b) - mean[b]);
    }
  }
  for (std::size_t a = 0; a < d; ++a) {
    for (double& value : out.row(a)) value /= static_cast<double>(rows.size());
  }
  return out;
}

/// Overwrites the lower triangle by its Cholesky factor; what is not positive gets a speck.
void factor_in_place(Matrix<double>& a) {
  double trace = 0;
  for (std::size_t j = 0; j < a.rows(); ++j) trace += a(j, j);
  const double speck = 1e-9 * trace / static_cast<double>(a.rows()) + 1e-12;
  for (std::size_t i = 0; i < a.rows(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a(i, j) + (i == j ? speck : 0);
      for (std::size_t l = 0; l < j; ++l) sum -= a(i, l) * a(j, l);
      a(i, j) = i == j ? std::sqrt(std::max(sum, speck)) : sum / a(j, j);
    }
  }
}

struct Fitted {
  LookalikeParts parts;
  detail::RidgeLogistic logistic;
};

class LookalikeFitter {
 public:
  LookalikeFitter(const Matrix<double>& points, std::span<const std::uint8_t> marks,
                  const LookalikeOptions& options, const Context& context)
      : points_(points), marks_(marks), options_(options), context_(context) {
    all_.resize(points.rows());
    std::iota(all_.begin(), all_.end(), 0U);
  }

  [[nodiscard]] Fitted fit(std::span<const std::uint32_t> seeds) const {
    Fitted out;
    out.parts.method = options_.method;
    out.parts.centre = mean_of(points_, seeds);
    if (options_.method == LookalikeMethod::mahalanobis) fit_distance(seeds, out.parts);
    if (options_.method == LookalikeMethod::logistic) fit_logistic(seeds, out);
    if (options_.method == LookalikeMethod::hashing) keep_seeds(seeds, out.parts);
    return out;
  }

 private:
  void fit_distance(std::span<const std::uint32_t> seeds, LookalikeParts& parts) const {
    parts.factor = covariance_of(points_, seeds);
    const Matrix<double> everybody = covariance_of(points_, all_);
    for (std::size_t a = 0; a < parts.factor.rows(); ++a) {
      for (std::size_t b = 0; b <= a; ++b) {
        parts.factor(a, b) =
            (1 - options_.shrinkage) * parts.factor(a, b) + options_.shrinkage * everybody(a, b);
      }
    }
    factor_in_place(parts.factor);
  }

  /// Seeds against those who are none, held-out seeds among neither.
  void fit_logistic(std::span<const std::uint32_t> seeds, Fitted& out) const {
    std::vector<std::uint32_t> others;
    for (const std::uint32_t row : all_) {
      if (marks_[row] == 0) others.push_back(row);
    }
    const double unlabelled = static_cast<double>(others.size());
    if (others.size() > options_.unlabelled) {
      RandomStream random(options_.seed, 1);
      for (std::size_t i = 0; i < options_.unlabelled; ++i) {
        std::swap(others[i],
                  others[i + random.below(static_cast<std::uint32_t>(others.size() - i))]);
      }
      others.resize(options_.unlabelled);
    }
    std::vector<std::uint32_t> rows(seeds.begin(), seeds.end());
    rows.insert(rows.end(), others.begin(), others.end());
    std::vector<std::uint8_t> labels(rows.size(), 0);
    std::fill_n(labels.begin(), seeds.size(), std::uint8_t{1});
    std::vector<double> weights(rows.size(), unlabelled / static_cast<double>(others.size()));
    std::fill_n(weights.begin(), seeds.size(), 1.0);
    out.logistic = detail::fit_ridge_logistic(points_, rows, labels, weights, options_.squares,
                                              options_.ridge, options_.iterations, context_);
    out.parts.coefficients = out.logistic.coefficients;
  }

  void keep_seeds(std::span<const std::uint32_t> seeds, LookalikeParts& parts) const {
    parts.seeds = Matrix<double>(seeds.size(), points_.columns());
    for (std::size_t i = 0; i < seeds.size(); ++i) {
      const std::span<const double> row = points_.row(seeds[i]);
      double square = 0;
      for (const double value : row) square += value * value;
      const double length = square > 0 ? std::sqrt(square) : 1;
      for (std::size_t j = 0; j < row.size(); ++j) parts.seeds(i, j) = row[j] / length;
    }
    parts.tables = static_cast<std::uint32_t>(options_.tables);
    const double usual = std::clamp(std::log2(static_cast<double>(seeds.size())), 4.0, 16.0);
    parts.bits = options_.bits > 0 ? static_cast<std::uint32_t>(options_.bits)
                                   : static_cast<std::uint32_t>(usual);
    parts.seed = options_.seed;
  }

  const Matrix<double>& points_;
  std::span<const std::uint8_t> marks_;
  const LookalikeOptions& options_;
  const Context& context_;
  std::vector<std::uint32_t> all_;
};

double cosine_to(std::span<const double> row, std::span<const double> centre) {
  double product = 0;
  double row_square = 0;
  double centre_square = 0;
  for (std::size_t j = 0; j < row.size(); ++j) {
    product += row[j] * centre[j];
    row_square += row[j] * row[j];
    centre_square += centre[j] * centre[j];
  }
  const double lengths = std::sqrt(row_square) * std::sqrt(centre_square);
  return lengths > 0 ? product / lengths : 0;
}

/// Ranks held-out seeds among those who are no seeds.
void judge(const Matrix<double>& points, std::span<const double> scores,
           std::span<const double> centre, std::span<const std::uint8_t> marks,
           std::span<const std::uint32_t> held_out, LookalikeReport& report) {
  std::vector<std::uint8_t> hidden(scores.size(), 0);
  for (const std::uint32_t row : held_out) hidden[row] = 1;
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < scores.size(); ++i) {
    if (marks[i] == 0 || hidden[i] != 0) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
  });
  const double seeds = static_cast<double>(held_out.size());
  const double others = static_cast<double>(order.size()) - seeds;
  // Each seed wins over those after it and half of those with the same score.
  double wins = 0;
  double others_before = 0;
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    double tied_seeds = 0;
    while (end < order.size() && !(scores[order[end]] < scores[order[begin]])) {
      tied_seeds += hidden[order[end++]];
    }
    const double tied_others = static_cast<double>(end - begin) - tied_seeds;
    wins += tied_seeds * (others - others_before - tied_others / 2);
    others_before += tied_others;
  }
  report.auc = seeds > 0 && others > 0 ? wins / seeds / others : nan;
  constexpr double shares[] = {0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1};
  double similarity = 0;
  double found = 0;
  std::size_t at = 0;
  for (const double share : shares) {
    const auto end = std::max<std::size_t>(
        1, static_cast<std::size_t>(share * static_cast<double>(order.size())));
    if (end == at) continue;
    for (; at < end; ++at) {
      similarity += cosine_to(points.row(order[at]), centre);
      found += hidden[order[at]];
    }
    const double size = static_cast<double>(at);
    LookalikeReach reach{.customers = at, .share = size / static_cast<double>(order.size())};
    reach.least_score = scores[order[at - 1]];
    reach.similarity = similarity / size;
    reach.found = found / seeds;
    reach.lift = reach.found / reach.share;
    report.curve.push_back(reach);
  }
}

}  // namespace

LookalikeFit fit_lookalikes(const Matrix<double>& points, std::span<const std::uint32_t> seeds,
                            const LookalikeOptions& options, const Context& context) {
  check(options);
  detail::require_cluster_shape(points, {}, "fit_lookalikes");
  detail::require_finite_rows(points, "fit_lookalikes", context);
  const std::vector<std::uint8_t> marks = mark_seeds(points.rows(), seeds);
  if (seeds.size() < 2 || seeds.size() == points.rows()) {
    throw Exception(ErrorCode::invalid_value,
                    text("2 or more seeds, and customers who are none, are needed; got ",
                         seeds.size(), " seeds of ", points.rows()),
                    "fit_lookalikes");
  }
  LookalikeReport report{
      .method = options.method, .customers = points.rows(), .seeds = seeds.size(), .auc = nan};
  std::vector<std::uint32_t> shuffled(seeds.begin(), seeds.end());
  RandomStream(options.seed, 0).shuffle(std::span(shuffled));
  const bool hold = options.held_out > 0;
  const double wanted = options.held_out * static_cast<double>(seeds.size());
  report.held_out =
      hold ? std::clamp<std::size_t>(static_cast<std::size_t>(wanted), 1, seeds.size() - 1) : 0;
  const auto held_out = std::span<const std::uint32_t>(shuffled).first(report.held_out);
  const LookalikeFitter fitter(points, marks, options, context);
  if (hold) {
    Fitted trial = fitter.fit(std::span<const std::uint32_t>(shuffled).subspan(report.held_out));
    const std::vector<double> centre = trial.parts.centre;
    const std::vector<double> scores =
        LookalikeModel(std::move(trial.parts)).scores(points, context);
    judge(points, scores, centre, marks, held_out, report);
    if (options.method == LookalikeMethod::logistic) {
      double sum = 0;
      for (const std::uint32_t row : held_out) sum += scores[row];
      const double share = std::clamp(sum / static_cast<double>(held_out.size()), 1e-12, 1.0);
      for (LookalikeReach& reach : report.curve) {
        reach.least_score = std::min(1.0, reach.least_score / share);
      }
      // With the held-out seeds back among the seeds the odds rise in proportion.
      const double rise =
          static_cast<double>(seeds.size()) / static_cast<double>(seeds.size() - held_out.size());
      report.label_share = share * rise / (1 - share + share * rise);
    }
  }
  Fitted fitted = fitter.fit(seeds);
  fitted.parts.label_share = report.label_share;
  if (options.method == LookalikeMethod::logistic) {
    report.iterations = fitted.logistic.iterations;
    report.converged = fitted.logistic.converged;
  }
  return {LookalikeModel(std::move(fitted.parts)), std::move(report)};
}

}  // namespace emptor
