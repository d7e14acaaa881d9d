#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "emptor/core/error.hpp"
#include "emptor/score/survey_weights.hpp"
#include "score/satisfaction_sums.hpp"

namespace emptor {

namespace {

constexpr const char* where = "rake_survey";

/// Rows with the same levels of all margins.
struct Cells {
  std::vector<std::uint32_t> of_row;
  std::vector<std::uint32_t> levels;  // margins a cell
  std::vector<double> weight;         // old ones
  std::vector<std::uint64_t> rows;    // of weight > 0
};

Cells cells_of(std::span<const SurveyMargin> margins, std::size_t rows,
               std::span<const double> weights) {
  // A margin's unknown level comes after its last.
  std::vector<std::uint64_t> code(rows, 0);
  std::uint64_t codes = 1;
  for (const SurveyMargin& margin : margins) {
    const std::uint64_t count = margin.shares.size() + std::uint64_t{1};
    if (__builtin_mul_overflow(codes, count, &codes)) {
      throw Exception(ErrorCode::invalid_shape, "margins have more than 2^64 cells", where);
    }
    for (std::size_t row = 0; row < rows; ++row) {
      const std::uint32_t level = margin.levels[row];
      code[row] = code[row] * count + (level == unknown_level ? count - 1 : level);
    }
  }
  Cells out;
  out.of_row.resize(rows);
  std::vector<std::uint64_t> distinct;
  if (codes <= std::uint64_t{1} << 22U) {
    constexpr std::uint32_t none = 0xFFFFFFFFU;
    std::vector<std::uint32_t> cell(static_cast<std::size_t>(codes), none);
    for (const std::uint64_t c : code) cell[c] = 0;
    for (std::size_t c = 0; c < cell.size(); ++c) {
      if (cell[c] == none) continue;
      cell[c] = static_cast<std::uint32_t>(distinct.size());
      distinct.push_back(c);
    }
    for (std::size_t row = 0; row < rows; ++row) out.of_row[row] = cell[code[row]];
  } else {
    distinct = code;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    for (std::size_t row = 0; row < rows; ++row) {
      out.of_row[row] = static_cast<std::uint32_t>(
          std::lower_bound(distinct.begin(), distinct.end(), code[row]) - distinct.begin());
    }
  }
  const std::size_t m = margins.size();
  out.levels.resize(distinct.size() * m);
  for (std::size_t c = 0; c < distinct.size(); ++c) {
    std::uint64_t rest = distinct[c];
    for (std::size_t i = m; i-- > 0;) {
      const std::uint64_t count = margins[i].shares.size() + std::uint64_t{1};
      out.levels[c * m + i] = static_cast<std::uint32_t>(rest % count);
      rest /= count;
    }
  }
  out.weight.assign(distinct.size(), 0.0);
  out.rows.assign(distinct.size(), 0);
  for (std::size_t row = 0; row < rows; ++row) {
    const double weight = weights.empty() ? 1 : weights[row];
    out.weight[out.of_row[row]] += weight;
    out.rows[out.of_row[row]] += weight > 0 ? 1 : 0;
  }
  return out;
}

void require(std::span<const SurveyMargin> margins, const SurveyRakingOptions& options,
             std::span<const double> weights, std::size_t rows) {
  require_option(options.iterations >= 1, "iterations", ">= 1", options.iterations);
  require_option(options.tolerance > 0, "tolerance", "> 0", options.tolerance);
  require_option(options.least_factor >= 0 && options.least_factor <= 1, "least_factor",
                 "in [0, 1]", options.least_factor);
  require_option(
      options.most_factor == 0 || (options.most_factor >= 1 && std::isfinite(options.most_factor)),
      "most_factor", "0 or >= 1", options.most_factor);
  if (rows > 0xFFFFFFFEU) throw Exception(ErrorCode::invalid_shape, "more than 2^32 rows", where);
  for (const SurveyMargin& margin : margins) {
    if (margin.levels.size() != rows) {
      throw Exception(ErrorCode::invalid_shape, "margins must be of one length", where);
    }
    double sum = 0;
    for (const double share : margin.shares) {
      if (!(share >= 0)) sum = std::numeric_limits<double>::quiet_NaN();
      sum += share;
    }
    if (!(sum > 0 && std::isfinite(sum))) {
      throw Exception(ErrorCode::invalid_value,
                      text("shares of margin '", margin.name, "' must be >= 0 and not all 0"),
                      where);
    }
    for (const std::uint32_t level : margin.levels) {
      if (level != unknown_level && level >= margin.shares.size()) {
        throw Exception(ErrorCode::out_of_range,
                        text("margin '", margin.name, "' has no level ", level), where);
      }
    }
  }
  detail::require_survey_weights(weights, rows, where);
}

/// Wanted shares by margin, levels and the unknown one after them, of what can be reached.
std::vector<std::vector<double>> targets(std::span<const SurveyMargin> margins, const Cells& cells,
                                         double all, double& unreachable) {
  const std::size_t m = margins.size();
  std::vector<std::vector<double>> out;
  for (std::size_t i = 0; i < m; ++i) {
    const std::vector<double>& shares = margins[i].shares;
    std::vector<double> seen(shares.size() + 1, 0.0);
    for (std::size_t c = 0; c < cells.weight.size(); ++c) {
      seen[cells.levels[c * m + i]] += cells.weight[c] / all;
    }
    const double wanted = std::accumulate(shares.begin(), shares.end(), 0.0);
    std::vector<double> target = shares;
    double reached = 0;
    for (std::size_t level = 0; level < shares.size(); ++level) {
      target[level] /= wanted;
      if (seen[level] > 0) {
        reached += target[level];
      } else {
        unreachable += target[level];
        target[level] = 0;
      }
    }
    const double known = 1 - seen.back();
    for (double& share : target) share = reached > 0 ? share / reached * known : 0;
    target.push_back(seen.back());
    out.push_back(std::move(target));
  }
  return out;
}

}  // namespace

SurveyWeights rake_survey(std::span<const SurveyMargin> margins, const SurveyRakingOptions& options,
                          std::span<const double> weights) {
  const std::size_t rows = margins.empty() ? weights.size() : margins.front().levels.size();
  require(margins, options, weights, rows);
  SurveyWeights out;
  out.weights.assign(rows, 0.0);
  SurveyWeightReport& report = out.report;
  report.rows = rows;
  const Cells cells = cells_of(margins, rows, weights);
  const std::size_t m = margins.size(), count = cells.weight.size();
  const double all = std::accumulate(cells.weight.begin(), cells.weight.end(), 0.0);
  report.without_weight = rows;
  report.converged = all > 0;
  if (!(all > 0)) return out;
  const std::vector<std::vector<double>> wanted = targets(margins, cells, all, report.unreachable);
  std::vector<double> factor(count, 1.0);
  std::vector<std::vector<double>> sums(m);
  const auto sum_margin = [&](std::size_t i) {
    sums[i].assign(margins[i].shares.size() + 1, 0.0);
    for (std::size_t c = 0; c < count; ++c) {
      sums[i][cells.levels[c * m + i]] += factor[c] * cells.weight[c] / all;
    }
  };
  const auto largest_error = [&] {
    double error = 0;
    for (std::size_t i = 0; i < m; ++i) {
      sum_margin(i);
      for (std::size_t level = 0; level < sums[i].size(); ++level) {
        error = std::max(error, std::abs(sums[i][level] - wanted[i][level]));
      }
    }
    return error;
  };
  const bool bounded = options.least_factor > 0 || options.most_factor > 0;
  const double most =
      options.most_factor > 0 ? options.most_factor : std::numeric_limits<double>::infinity();
  std::vector<double> before;
  for (std::size_t i = 0; i < m; ++i) {
    sum_margin(i);
    before.insert(before.end(), sums[i].begin(), sums[i].end());
  }
  report.largest_error = largest_error();
  while (report.largest_error > options.tolerance && report.iterations < options.iterations) {
    ++report.iterations;
    for (std::size_t i = 0; i < m; ++i) {
      sum_margin(i);
      for (std::size_t level = 0; level < sums[i].size(); ++level) {
        double& step = sums[i][level];
        step = step > 0 ? wanted[i][level] / step : 0;
      }
      for (std::size_t c = 0; c < count; ++c) factor[c] *= sums[i][cells.levels[c * m + i]];
    }
    double mean = 0;
    for (std::size_t c = 0; c < count; ++c) mean += factor[c] * cells.weight[c] / all;
    if (!(mean > 0)) break;
    for (double& f : factor) {
      f /= mean;
      if (bounded && f > 0) f = std::clamp(f, options.least_factor, most);
    }
    report.largest_error = largest_error();
  }
  report.converged = report.largest_error <= options.tolerance;

  double mean = 0;
  for (std::size_t c = 0; c < count; ++c) mean += factor[c] * cells.weight[c] / all;
  if (!(mean > 0)) return out;
  report.without_weight = 0;
  report.least_factor = std::numeric_limits<double>::infinity();
  report.largest_factor = 0;
  for (std::size_t c = 0; c < count; ++c) {
    if (cells.rows[c] == 0) continue;
    const bool low = options.least_factor > 0 && factor[c] <= options.least_factor;
    if (bounded && factor[c] > 0 && (low || factor[c] >= most)) report.trimmed += cells.rows[c];
    factor[c] /= mean;
    report.least_factor = std::min(report.least_factor, factor[c]);
    report.largest_factor = std::max(report.largest_factor, factor[c]);
  }
  double sum = 0, squares = 0;
  std::uint64_t weighted = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const double weight = (weights.empty() ? 1 : weights[row]) * factor[cells.of_row[row]];
    out.weights[row] = weight;
    sum += weight;
    squares += weight * weight;
    weighted += weight > 0 ? 1 : 0;
  }
  report.without_weight = rows - weighted;
  report.effective = sum * sum / squares;
  report.design_effect = static_cast<double>(weighted) / report.effective;
  report.largest_error = largest_error();
  std::size_t at = 0;
  for (std::size_t i = 0; i < m; ++i) {
    std::vector<std::uint64_t> members(margins[i].shares.size() + 1, 0);
    for (std::size_t c = 0; c < count; ++c) members[cells.levels[c * m + i]] += cells.rows[c];
    for (std::size_t level = 0; level < members.size(); ++level, ++at) {
      const bool last = level + 1 == members.size();
      if (last && members[level] == 0) continue;
      report.levels.push_back({margins[i].name,
                               last ? unknown_level : static_cast<std::uint32_t>(level),
                               members[level], wanted[i][level], before[at], sums[i][level]});
    }
  }
  return out;
}

}  // namespace emptor
