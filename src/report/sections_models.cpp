#include <limits>

#include "emptor/report/chart.hpp"
#include "emptor/report/sections.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::count_text;
using detail::counted;

const MetricEstimate* find(const ModelEstimates& model, RankingMetric metric, std::size_t k) {
  for (const MetricEstimate& one : model.metrics) {
    if (one.metric == metric && one.k == k) return &one;
  }
  return nullptr;
}

ReportTable metric_table(std::span<const ModelEstimates> models) {
  ReportTable table{.caption = "All metrics", .columns = {"Metric"}};
  for (const ModelEstimates& model : models) table.columns.push_back(model.model);
  std::vector<std::pair<RankingMetric, std::size_t>> seen;
  for (const ModelEstimates& model : models) {
    for (const MetricEstimate& one : model.metrics) {
      const std::pair key(one.metric, one.k);
      bool known = false;
      for (const auto& other : seen) known = known || other == key;
      if (!known) seen.push_back(key);
    }
  }
  const ValueFormat four{.decimals = 4, .keep_zeros = true};
  for (const auto& [metric, k] : seen) {
    std::vector<ReportCell> row = {metric_label(metric, k)};
    for (const ModelEstimates& model : models) {
      const MetricEstimate* one = find(model, metric, k);
      row.push_back(one ? ReportCell(one->value, four) : ReportCell());
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

void add_comparisons(ReportPage& page, std::span<const PairedComparison> comparisons) {
  if (comparisons.empty()) return;
  ReportTable table{.caption = "Differences on the same customers",
                    .columns = {"Model", "Against", "Metric", "Difference", "Low", "High",
                                "p (adjusted)", "Verdict"}};
  const ValueFormat four{.decimals = 4, .keep_zeros = true};
  for (const PairedComparison& one : comparisons) {
    const bool better = (one.difference > 0) == describe(one.metric).more_is_better;
    const std::string verdict =
        one.p_adjusted < 0.05 ? (better ? "better" : "worse") : "no clear difference";
    table.rows.push_back({one.model,
                          one.baseline,
                          metric_label(one.metric, one.k),
                          {one.difference, four},
                          {one.low, four},
                          {one.high, four},
                          one.p_adjusted < 0.0001 ? ReportCell::worded(one.p_adjusted, "< 0.0001")
                                                  : ReportCell(one.p_adjusted, four),
                          verdict});
  }
  page.add_table(table);
  page.add_paragraph(
      "Low and high bound the difference by a bootstrap over customers. p is of a "
      "randomisation test that flips the sign of each customer's difference, "
      "adjusted by Holm's method for the number of comparisons; below 0.05 it is "
      "called better or worse.");
}

// One metric against another, a point a model; the model that the comparisons speak for stands out.
void add_tradeoff(ReportPage& page, std::span<const ModelEstimates> models, RankingMetric across,
                  RankingMetric up, std::size_t k, const std::string& speaker) {
  const MetricDefinition x = describe(across);
  const MetricDefinition y = describe(up);
  ScatterChart chart{.labels = {text(metric_label(up, k), " against ", metric_label(across, k)),
                                x.more_is_better
                                    ? "The best models stand at the top and to the right"
                                    : "The best models stand at the top and to the left",
                                text("Each model's ", y.name, " and ", x.name, "."),
                                text(metric_label(across, k), " (", x.unit,
                                     x.more_is_better ? ", more is better)" : ", less is better)"),
                                text(metric_label(up, k), " (", y.unit, ")")}};
  for (std::size_t m = 0; m < models.size(); ++m) {
    const MetricEstimate* right = find(models[m], across, k);
    const MetricEstimate* high = find(models[m], up, k);
    if (right == nullptr || high == nullptr) continue;
    chart.points.push_back({models[m].model, right->value, high->value, high->low, high->high, m,
                            models[m].model == speaker});
  }
  if (!chart.points.empty()) page.add_chart(chart, x.definition);
}

void add_counts(ReportPage& page, const RankingCounts& counts) {
  if (counts.test_customers == 0) return;
  std::vector<std::string> lines = {
      text(counted(counts.evaluated, "customer is", "customers are"), " evaluated, of ",
           count_text(counts.test_customers), " with test items; ",
           counted(counts.catalogue, "item", "items"), " could be recommended."),
      text(counted(counts.relevant, "pair", "pairs"), " of customer and item were to be found.")};
  const auto add = [&](std::size_t count, std::string_view one, std::string_view many) {
    if (count > 0) lines.push_back(counted(count, one, many));
  };
  add(counts.already_known, "test customer has all test items in train already.",
      "test customers have all their test items in train already.");
  add(counts.cold_customers, "test customer has nothing in train.",
      "test customers have nothing in train.");
  add(counts.cold_pairs, "pair to be found is on an item that nobody has in train.",
      "pairs to be found are on items that nobody has in train.");
  add(counts.empty_lists, "customer got an empty list, which counts as 0.",
      "customers got an empty list, which counts as 0.");
  page.add_list(lines);
}

// "because of A (62%), B (20%)", the largest three shares of the score.
std::string reason_text(const Explanation& why, const std::function<std::string(Item)>& item_name) {
  std::string out;
  int shown = 0;
  for (const Explanation::Part& part : why.parts) {
    if (shown == 3 || part.share <= 0) break;
    out += text(out.empty() ? "" : ", ", item_name(part.because));
    if (why.score > 0) {
      out += text(" (",
                  format_value(static_cast<double>(part.share) / static_cast<double>(why.score),
                               {.style = NumberStyle::percent, .decimals = 0}),
                  ')');
    }
    ++shown;
  }
  if (!out.empty()) return "because of " + out;
  if (why.events > 0) return text("popular: ", counted(why.events, "purchase", "purchases"));
  return {};
}

}  // namespace

void add_models_section(ReportPage& page, std::span<const ModelEstimates> models,
                        std::span<const PairedComparison> comparisons,
                        const ModelSectionOptions& options) {
  page.begin_section("Recommenders compared",
                     text("How well each model's first ", options.k,
                          " recommendations meet what customers did afterwards. ", options.split));
  if (models.empty()) {
    page.add_paragraph("No model was evaluated.");
    return;
  }
  for (const RankingMetric metric : options.charts) {
    const MetricDefinition definition = describe(metric);
    IntervalChart chart{
        .labels = {metric_label(metric, options.k),
                   text(format_value(models.front().confidence, {.style = NumberStyle::percent}),
                        " bootstrap intervals over customers"),
                   std::string(definition.definition),
                   text(metric_label(metric, options.k), " (", definition.unit,
                        definition.more_is_better ? ", more is better)" : ", less is better)"),
                   ""},
        .from_zero = true};
    bool any = false;
    for (std::size_t m = 0; m < models.size(); ++m) {
      const MetricEstimate* one = find(models[m], metric, options.k);
      constexpr double missing = std::numeric_limits<double>::quiet_NaN();
      any = any || one != nullptr;
      chart.rows.push_back({models[m].model, one ? one->value : missing, one ? one->low : missing,
                            one ? one->high : missing, m});
    }
    if (any) {
      page.add_chart(chart, text(definition.definition, " T are the customer's test items."));
    }
  }
  for (const RankingMetric across : options.against) {
    if (options.charts.empty()) break;
    add_tradeoff(page, models, across, options.charts.back(), options.k,
                 comparisons.empty() ? std::string() : comparisons.front().model);
  }
  page.add_table(metric_table(models));
  add_comparisons(page, comparisons);
  page.begin_details("Who took part, and what the metrics mean");
  add_counts(page, options.counts);
  std::vector<std::string> definitions;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(last_ranking_metric); ++i) {
    const auto metric = static_cast<RankingMetric>(i);
    bool shown = false;
    for (const ModelEstimates& model : models) {
      for (const MetricEstimate& one : model.metrics) shown = shown || one.metric == metric;
    }
    if (!shown) continue;
    const MetricDefinition definition = describe(metric);
    definitions.push_back(
        text(definition.name, " (", definition.unit, "): ", definition.definition));
  }
  page.add_list(definitions);
  page.end_details();
}

void add_recommendations_section(ReportPage& page, std::span<const SampleRecommendations> samples,
                                 const std::function<std::string(Item)>& item_name,
                                 const std::string& model) {
  page.begin_section("Sample recommendations",
                     model.empty() ? "What some customers would be shown, and why."
                                   : text("What ", model, " would show some customers, and why."));
  if (samples.empty()) page.add_paragraph("There are no samples.");
  for (const SampleRecommendations& sample : samples) {
    const std::size_t size = sample.list.size();
    const auto fits = [&](std::size_t given) { return given == 0 || given == size; };
    if (!fits(sample.reasons.size()) || !fits(sample.why.size()) || !fits(sample.models.size())) {
      throw Exception(ErrorCode::invalid_shape, "a sample needs one reason for each recommendation",
                      "add_recommendations_section");
    }
    page.add_heading(sample.customer);
    if (!sample.history.empty()) {
      constexpr std::size_t most = 6;
      std::string bought;
      for (std::size_t i = 0; i < sample.history.size() && i < most; ++i) {
        bought += text(i > 0 ? ", " : "", item_name(sample.history[i]));
      }
      if (sample.history.size() > most) {
        bought += text(" and ", sample.history.size() - most, " more");
      }
      page.add_paragraph("Bought: " + bought + '.');
    }
    if (sample.list.empty()) {
      page.add_paragraph("Nothing to recommend.");
      continue;
    }
    const bool worded = !sample.why.empty();
    ReportTable table{.columns = {"Rank", "Item", "Score"}, .sortable = false};
    if (!sample.models.empty()) table.columns.emplace_back("Model");
    if (worded || !sample.reasons.empty()) table.columns.emplace_back("Why");
    for (std::size_t i = 0; i < size; ++i) {
      std::vector<ReportCell>& row = table.rows.emplace_back();
      row = {i + 1,
             item_name(sample.list[i].item),
             {static_cast<double>(sample.list[i].score), {.decimals = 3, .keep_zeros = true}}};
      if (!sample.models.empty()) row.emplace_back(sample.models[i]);
      if (!worded && sample.reasons.empty()) continue;
      std::string why = worded ? sample.why[i] : reason_text(sample.reasons[i], item_name);
      row.push_back(why.empty() ? ReportCell() : ReportCell(std::move(why)));
    }
    page.add_table(table);
  }
}

}  // namespace emptor
