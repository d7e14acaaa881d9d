#include "page.hpp"

#include "emptor/report/chart.hpp"
#include "emptor/report/format.hpp"
#include "tables.hpp"

namespace leaderboard {
namespace {

using namespace emptor;

/// Rows that have figures.
std::vector<const BoardRow*> fitted(const Board& board) {
  std::vector<const BoardRow*> out;
  for (const BoardRow& row : board.rows) {
    if (row.failure.empty()) out.push_back(&row);
  }
  return out;
}

void add_tiles(ReportPage& page, const Board& board) {
  const char* const of = board.ratings ? "ratings" : "pairs of customer and item";
  page.add_tile({"Customers", format_value(double(board.customers)), ""});
  page.add_tile({"Items", format_value(double(board.items)), ""});
  page.add_tile({"To learn from", format_value(double(board.train)), of});
  page.add_tile({"To be tested on", format_value(double(board.test)), of});
  const BoardRow& best = board.rows.front();
  if (!best.failure.empty()) return;
  const double value =
      board.ratings ? best.rating.rmse : best.ranking.value(RankingMetric::ndcg, board.ks.back());
  page.add_tile({board.ratings ? "Least RMSE" : text("Best NDCG@", board.ks.back()),
                 format_value(value, {.decimals = 4}), best.label});
}

/// A dot and its interval a model, best first.
IntervalChart chart_of(const std::string& metric, const char* better) {
  return {.labels = {.title = metric,
                     .subtitle = "95% bootstrap intervals over customers",
                     .x = text(metric, " (", better, " is better)")}};
}

void add_list_chart(ReportPage& page, const Board& board, RankingMetric metric) {
  const std::size_t k = board.ks.back();
  IntervalChart chart = chart_of(metric_label(metric, k), "more");
  chart.from_zero = true;
  for (const BoardRow* row : fitted(board)) {
    for (const MetricEstimate& one : row->estimates.metrics) {
      if (one.metric != metric || one.k != k) continue;
      chart.rows.push_back({row->label, one.value, one.low, one.high, 0});
    }
  }
  page.add_chart(chart, describe(metric).definition);
}

void add_rating_chart(ReportPage& page, const Board& board) {
  IntervalChart chart = chart_of("RMSE", "less");
  for (const BoardRow* row : fitted(board)) {
    const RatingEstimate& rmse = row->rating_estimates.front();
    chart.rows.push_back({row->label, rmse.value, rmse.low, rmse.high, 0});
  }
  page.add_chart(chart, "The scale does not begin at zero: no length is compared.");
}

/// Who took part, and what the columns mean.
void add_definitions(ReportPage& page, const Board& board) {
  const RankingCounts& counts = fitted(board).front()->ranking.counts;
  page.begin_details("Who took part, and what the metrics mean");
  std::vector<std::string> lines = {
      text(counts.evaluated,
           " customers with a test item that was new to them, T being those "
           "items; the lists leave out what a customer has.")};
  if (counts.cold_customers != 0 && !board.sampled) {
    lines.push_back(text(counts.cold_customers,
                         " of them have nothing in train; a model that has "
                         "nothing to say counts 0."));
  }
  if (counts.cold_pairs != 0) {
    lines.push_back(text(counts.cold_pairs, " of ", counts.relevant,
                         " pairs to be found are on items that nobody has in train."));
  }
  for (const RankingMetric metric :
       {RankingMetric::recall, RankingMetric::ndcg, RankingMetric::hit_rate, RankingMetric::map,
        RankingMetric::mrr, RankingMetric::coverage, RankingMetric::novelty}) {
    if (board.sampled && metric != RankingMetric::ndcg && metric != RankingMetric::hit_rate) {
      continue;
    }
    const MetricDefinition definition = describe(metric);
    lines.push_back(text(definition.name, " (", definition.unit, "): ", definition.definition));
  }
  page.add_list(lines);
  page.end_details();
}

void add_board(ReportPage& page, const Board& board) {
  page.begin_section("Leaderboard", board.split);
  for (const std::string& note : board.notes) page.add_note(ReportNote::note, note);
  if (fitted(board).empty()) {
    page.add_paragraph("No model could be fitted: see the options below.");
    return;
  }
  if (board.ratings) {
    add_rating_chart(page, board);
  } else {
    page.add_table(accuracy_table(board, board.ks.back()));
    for (std::size_t i = 0; i + 1 < board.ks.size(); ++i) {
      page.begin_details(text("The same for lists of ", board.ks[i]));
      page.add_table(accuracy_table(board, board.ks[i]));
      page.end_details();
    }
    add_list_chart(page, board, RankingMetric::ndcg);
    add_list_chart(page, board, board.sampled ? RankingMetric::hit_rate : RankingMetric::recall);
  }
  page.add_table(comparison_table(board));
  page.add_paragraph(
      "Intervals are of a bootstrap over customers. Differences are to the best model on the same "
      "customers, p is of a sign-flip test, adjusted by Holm's method for the number of models; "
      "below 0.05 the difference is called clear.");
  if (!board.ratings) add_definitions(page, board);
}

/// One figure of the cost as bars in the order of the board.
void add_bars(ReportPage& page, const Board& board, const std::string& title,
              const std::string& unit, const ValueFormat& format, double Cost::*what) {
  BarChart chart{
      .labels = {.title = title, .subtitle = "Models in the order of the board", .y = unit},
      .series = {{.name = title}},
      .format = format,
      .horizontal = true};
  for (const BoardRow* row : fitted(board)) {
    chart.categories.push_back(row->label);
    chart.series.front().values.push_back(row->cost.*what);
  }
  page.add_chart(chart);
}

void add_cost(ReportPage& page, const Board& board) {
  page.begin_section("Cost", "What a fit takes, and how fast the model answers then.");
  add_bars(page, board, "Fitting", "CPU seconds", {.decimals = 3}, &Cost::fit_cpu);
  add_bars(page, board, text("Serving lists of ", board.ks.back(), ", one by one"),
           "lists a CPU second", {.style = NumberStyle::compact}, &Cost::single);
  page.add_table(cost_table(board));
  page.add_list(
      {"CPU seconds count all threads. Models of sequences sort the log as part of their fit.",
       "Peak: the most memory the process had during the fit, above what it had before. Saved: the "
       "bytes of the model's archive.",
       "Lists one by one are made on one thread; batches on all, by wall time if there are "
       "several. "
       "Customers who are not in train are folded in before each list, and have no batches.",
       probe_text(board)});
}

void add_options(ReportPage& page, const Board& board) {
  page.begin_section("Options", "Asking for a model by what stands here fits the same again.");
  page.add_table(options_table(board));
  page.add_paragraph(
      "Tuned: searched for on a validation side that was cut from train; the test side was asked "
      "once, of the model with the options found. Given: by whoever ran the board.");
}

}  // namespace

ReportPage make_page(const Board& board) {
  ReportPage page({.title = "Recommenders on " + board.data,
                   .subtitle = text(fitted(board).size(), " models, one test"),
                   .footer = "Made by emptor's leaderboard."});
  add_tiles(page, board);
  add_board(page, board);
  if (!fitted(board).empty()) add_cost(page, board);
  add_options(page, board);
  return page;
}

}  // namespace leaderboard
