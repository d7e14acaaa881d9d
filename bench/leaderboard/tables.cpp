#include "tables.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/core/text.hpp"
#include "emptor/report/format.hpp"

namespace leaderboard {
namespace {

using namespace emptor;

const ValueFormat four{.decimals = 4, .keep_zeros = true};

/// Three digits that count: 0.0123, 1.23, 123, 12,345.
ReportCell figure(double value) {
  if (std::isnan(value)) return {};
  const int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 4;
  return {value, {.decimals = decimals, .keep_zeros = true}};
}

ReportCell megabytes(double bytes) {
  return figure(bytes < 0 ? 0 : bytes / 1e6);
}

ReportCell p_value(double p) {
  return p < 0.0001 ? ReportCell::worded(p, "< 0.0001") : ReportCell(p, four);
}

/// With a space that does not break lines.
std::string interval(double low, double high) {
  return text('[', fixed(low, 4), ",\u00A0", fixed(high, 4), ']');
}

/// The value with its interval; the difference to the best with its own, its p, and what both say;
/// less is better for ratings.
template <class Comparison>
std::vector<ReportCell> compared(const BoardRow& row, double value, double low, double high,
                                 const std::optional<Comparison>& one, bool less_is_better) {
  std::vector<ReportCell> cells = {row.label, {value, four}, interval(low, high)};
  if (!one) {
    cells.insert(cells.end(), {ReportCell(), ReportCell(), ReportCell(), "the best"});
    return cells;
  }
  const bool worse = (one->difference > 0) == less_is_better;
  const bool clear = one->p_adjusted < 0.05;
  cells.emplace_back(one->difference, four);
  cells.emplace_back(interval(one->low, one->high));
  cells.push_back(p_value(one->p_adjusted));
  cells.emplace_back(clear ? (worse ? "worse" : "better") : "no clear difference");
  return cells;
}

/// Characters, not bytes.
std::size_t width_of(std::string_view shown) {
  return static_cast<std::size_t>(std::count_if(shown.begin(), shown.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  }));
}

}  // namespace

ReportTable accuracy_table(const Board& board, std::size_t k) {
  const std::vector<RankingMetric> metrics =
      board.sampled
          ? std::vector{RankingMetric::hit_rate, RankingMetric::ndcg}
          : std::vector{RankingMetric::recall, RankingMetric::ndcg, RankingMetric::hit_rate,
                        RankingMetric::map,    RankingMetric::mrr,  RankingMetric::coverage,
                        RankingMetric::novelty};
  ReportTable table{.caption = text("Lists of ", k), .columns = {"Model"}};
  for (const RankingMetric metric : metrics) table.columns.emplace_back(describe(metric).name);
  for (const BoardRow& row : board.rows) {
    if (!row.failure.empty()) continue;
    std::vector<ReportCell> cells = {row.label};
    for (const RankingMetric metric : metrics) {
      const int decimals = metric == RankingMetric::novelty ? 2 : 4;
      cells.emplace_back(row.ranking.value(metric, k),
                         ValueFormat{.decimals = decimals, .keep_zeros = true});
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

ReportTable comparison_table(const Board& board) {
  const std::string metric =
      board.ratings ? "RMSE" : metric_label(RankingMetric::ndcg, board.ks.back());
  ReportTable table{.caption = metric + ", and how sure it is",
                    .columns = {"Model", metric, "95 % interval", "Against best", "95 % interval",
                                "p (Holm)", "Verdict"}};
  for (const BoardRow& row : board.rows) {
    if (!row.failure.empty()) continue;
    if (board.ratings) {
      const RatingEstimate& rmse = row.rating_estimates.front();
      table.rows.push_back(
          compared(row, rmse.value, rmse.low, rmse.high, row.rating_against_best, true));
      continue;
    }
    for (const MetricEstimate& one : row.estimates.metrics) {
      if (one.metric != RankingMetric::ndcg || one.k != board.ks.back()) continue;
      table.rows.push_back(compared(row, one.value, one.low, one.high, row.against_best, false));
    }
  }
  return table;
}

ReportTable cost_table(const Board& board) {
  ReportTable table{.caption = "Cost",
                    .columns = {"Model", "Fit, CPU s", "Fit, s", "Fit's peak, MB", "Saved, MB",
                                "Lists a CPU s", "in batches, a s"}};
  for (const BoardRow& row : board.rows) {
    if (!row.failure.empty()) continue;
    table.rows.push_back({row.label, figure(row.cost.fit_cpu), figure(row.cost.fit_wall),
                          megabytes(row.cost.peak_bytes), megabytes(row.cost.model_bytes),
                          figure(row.cost.single), figure(row.cost.batch)});
  }
  return table;
}

ReportTable options_table(const Board& board) {
  ReportTable table{.caption = "Options that are not defaults",
                    .columns = {"Model", "Fitted", "Options by"}};
  for (const BoardRow& row : board.rows) {
    std::string by = row.model.find(':') == std::string::npos ? "defaults" : "given";
    if (row.tuned) {
      by = text("tuned, ", row.trials, " trials in ", fixed(row.tuning_wall, 1), " s");
    }
    if (!row.failure.empty()) by = "failed: " + row.failure;
    table.rows.push_back({row.label, row.model, std::move(by)});
  }
  return table;
}

std::string probe_text(const Board& board) {
  return text("This machine in the same minutes, one thread: ", fixed(board.probe.peak_gflops, 0),
              " GFLOP/s multiply-adds in registers, ", fixed(board.probe.copy_gb_s, 1),
              " GB/s copied; models used ", board.threads,
              board.threads == 1 ? " thread." : " threads.");
}

std::string plain_text(const ReportTable& table) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::size_t width = width_of(table.columns[c]);
    for (const auto& row : table.rows) width = std::max(width, width_of(row[c].shown()));
    widths.push_back(width);
  }
  std::string out = table.caption + "\n";
  const auto put = [&](std::size_t column, const std::string& shown, bool right) {
    const std::string blank(widths[column] - width_of(shown), ' ');
    out += "  ";
    out += right ? blank + shown : shown + (column + 1 == widths.size() ? "" : blank);
  };
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    put(c, table.columns[c], !table.rows.empty() && table.rows.back()[c].is_number());
  }
  out += "\n";
  for (const auto& row : table.rows) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      put(c, row[c].shown(), row[c].is_number() || row[c].is_missing());
    }
    out += "\n";
  }
  return out;
}

}  // namespace leaderboard
