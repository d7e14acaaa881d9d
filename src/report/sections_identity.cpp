#include "emptor/report/sections_identity.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/report/chart.hpp"
#include "report/identity_text.hpp"

namespace emptor {

namespace {

using detail::count_text;
using detail::counted;
using detail::percent_text;
using detail::share_of;

[[nodiscard]] double number(std::uint64_t count) {
  return static_cast<double>(count);
}

void add_before_and_after(ReportPage& page, const LinkageSummary& summary) {
  ReportTable table{
      .caption = "Before and after", .columns = {"What", "Number"}, .sortable = false};
  std::size_t several = 0, largest = 0;
  for (const ClusterSize& size : summary.sizes) {
    if (size.records > 1) several += size.clusters;
    largest = std::max(largest, size.records);
  }
  table.rows = {{"records, before", summary.records},
                {"customers, after", summary.clusters},
                {"records that repeat a customer", summary.duplicates},
                {"customers with several records", several},
                {"records of the largest customer", largest},
                {"merges considered and refused", summary.merges_refused}};
  page.add_table(table);
  if (summary.sizes.empty()) return;
  constexpr std::size_t most = 10;
  BarChart chart{.labels = {"Records of a customer", "", "How many customers have how many records",
                            "Records", "Customers"},
                 .series = {{}},
                 .format = {.decimals = 0}};
  double beyond = 0;
  for (std::size_t records = 1; records <= std::min(most, largest); ++records) {
    chart.categories.push_back(text(records));
    chart.series[0].values.push_back(0);
  }
  for (const ClusterSize& size : summary.sizes) {
    if (size.records > most) {
      beyond += number(size.clusters);
    } else {
      chart.series[0].values[size.records - 1] = number(size.clusters);
    }
  }
  if (beyond > 0) {
    chart.categories.push_back(text("over ", most));
    chart.series[0].values.push_back(beyond);
  }
  page.add_chart(chart);
}

void add_curve(ReportPage& page, const LinkageSummary& summary) {
  if (summary.curve.empty()) return;
  LineChart chart{.labels = {"Expected quality by threshold",
                             text("Greatest F1, ", percent_text(summary.best.f1), ", at ",
                                  format_value(summary.best.threshold, {.decimals = 1}), " bits"),
                             "Precision, recall and F1 that the model expects if all pairs at or "
                             "above a threshold were links.",
                             "Threshold (bits)", "Expected share"},
                  .series = {{.name = "precision"}, {.name = "recall"}, {.name = "F1"}},
                  .y_format = {.style = NumberStyle::percent, .decimals = 0}};
  for (const ExpectedQuality& at : summary.curve) {
    chart.x.push_back(at.threshold);
    chart.series[0].values.push_back(at.precision);
    chart.series[1].values.push_back(at.recall);
    chart.series[2].values.push_back(at.f1);
  }
  page.add_chart(chart,
                 "Of single pairs, before they are brought into customers, and as good as the "
                 "model's probabilities are. No labels went into it.");
}

void add_weights(ReportPage& page, const LinkageSummary& summary) {
  if (summary.weights.empty()) return;
  BarChart chart{
      .labels = {"Weights of the likely pairs", "",
                 "How many pairs have which weight, those in one customer and those "
                 "that were kept apart",
                 text("Weight (bits), ", format_value(summary.bin_width), " a bar"), "Pairs"},
      .series = {{.name = "in one customer"}, {.name = "kept apart"}},
      .format = {.style = NumberStyle::compact},
      .value_labels = false};
  for (const WeightBin& bin : summary.weights) {
    chart.categories.push_back(format_value(bin.low));
    chart.series[0].values.push_back(number(bin.joined));
    chart.series[1].values.push_back(number(bin.apart));
  }
  page.add_chart(chart,
                 text("Each bit doubles the odds; 0 is even. ",
                      counted(summary.candidates - std::min(summary.candidates, summary.likely),
                              "pair that was compared is", "pairs that were compared are"),
                      " less likely than any of these."));
}

void add_judged(ReportPage& page, const EstimatedQuality& judged) {
  page.add_chart(
      IntervalChart{
          .labels = {"Quality by labels",
                     text(counted(judged.labelled, "pair was", "pairs were"),
                          " judged by people; intervals of ", percent_text(judged.confidence)),
                     "Precision, recall and F1 of the links as estimated from labels.", "", ""},
          .rows = {{"Precision", judged.precision.estimate, judged.precision.low,
                    judged.precision.high},
                   {"Recall", judged.recall.estimate, judged.recall.low, judged.recall.high, 1},
                   {"F1", judged.f1.estimate, judged.f1.low, judged.f1.high, 2}},
          .format = {.style = NumberStyle::percent, .decimals = 1}},
      "Each stratum of pairs counts by its size. Recall is among the pairs that were compared and "
      "likely.");
  if (judged.unlabelled > 0 || judged.blind_strata > 0) {
    page.add_note(ReportNote::note,
                  text(counted(judged.unlabelled, "drawn pair has", "drawn pairs have"),
                       " no label; ", counted(judged.blind_strata, "stratum has", "strata have"),
                       " none at all and count as the model believes."));
  }
}

[[nodiscard]] std::string group_of(const LevelUse& level) {
  if (level.parent.empty()) return level.comparison;
  const std::string_view states[] = {" is missing", " agrees", " differs"};
  return text(level.comparison, ", where ", level.parent,
              states[static_cast<std::size_t>(level.state)]);
}

void add_levels(ReportPage& page, const LinkageSummary& summary) {
  if (summary.levels.empty()) return;
  page.add_heading("What the evidence is worth");
  constexpr std::size_t most_rows = 120;
  constexpr double least = 1e-6;
  DotChart chart{.labels = {"How often values agree", "",
                            "For each level of each comparison the probabilities among pairs of "
                            "one person, of one household and of any two.",
                            "Probability, logarithmic", ""},
                 .series = {"one person (m)", "any two persons (u)"},
                 .logarithmic = true,
                 .least = least,
                 .format = {.decimals = 4}};
  const bool households = summary.household_share > 0;
  if (households) chart.series.push_back("two of one household");
  ReportTable table{.caption = "Levels of agreement",
                    .columns = {"Comparison", "Level", "One person (m)", "Any two (u)", "Household",
                                "Weight (bits)"}};
  const ValueFormat share{.decimals = 4};
  for (const LevelUse& level : summary.levels) {
    table.rows.push_back({group_of(level),
                          level.level,
                          {level.match, share},
                          {level.random, share},
                          households ? ReportCell(level.household, share) : ReportCell(),
                          {level.weight, detail::bits_column}});
    const bool without_parent = !level.parent.empty() && level.state == ParentState::missing;
    if (without_parent || chart.rows.size() == most_rows) continue;
    DotRow row{group_of(level), level.level, {level.match, level.random}, {}};
    if (households) row.values.push_back(level.household);
    row.tip = text(level.level, ": ", detail::bits_text(level.weight), " bits");
    chart.rows.push_back(std::move(row));
  }
  page.add_chart(chart,
                 "The farther right one person stands of any two, the more an agreement says. "
                 "Exact agreements count by how rare the value is. Learned without labels.");
  page.begin_details("All levels in numbers");
  page.add_table(table);
  page.end_details();
}

void add_blocking(ReportPage& page, const LinkageSummary& summary) {
  page.add_heading("What was compared");
  page.add_paragraph(text("Of ", format_value(summary.all_pairs, {.style = NumberStyle::compact}),
                          " pairs ", count_text(summary.candidates), " were compared (",
                          format_value(share_of(number(summary.candidates), summary.all_pairs),
                                       {.style = NumberStyle::percent, .decimals = 4}),
                          "), of which ", count_text(summary.likely),
                          " are likely enough to be looked at again."));
  ReportTable table{.caption = "Blocking rules: records meet that are equal in",
                    .columns = {"Rule", "Records with a key", "Blocks", "Largest block", "Pairs",
                                "Over-full blocks", "Pairs left out"}};
  for (const BlockingRuleReport& rule : summary.blocking.rules) {
    table.rows.push_back({rule.name, rule.records, rule.blocks, rule.largest_block, rule.pairs,
                          rule.over_full_blocks, rule.pairs_dropped});
  }
  if (!table.rows.empty()) page.add_table(table);
}

void add_fields(ReportPage& page, const LinkageSummary& summary) {
  if (summary.fields.empty()) return;
  ReportTable table{.caption = "Fields",
                    .columns = {"Column", "Read as", "Usable", "Share usable", "Missing",
                                "Placeholders", "Malformed"}};
  for (const FieldUse& field : summary.fields) {
    std::string type = field.type;
    std::replace(type.begin(), type.end(), '_', ' ');
    table.rows.push_back(
        {field.column,
         type,
         field.usable,
         {share_of(number(field.usable), number(summary.records)), detail::percent_column},
         field.missing,
         field.placeholders,
         field.malformed});
  }
  page.add_table(table);
}

void add_contested(ReportPage& page, const LinkageSummary& summary,
                   const detail::RecordNames& name) {
  page.add_heading("What was contested");
  if (summary.contested.empty()) {
    page.add_paragraph("No merge was refused.");
    return;
  }
  page.add_paragraph(text(counted(summary.merges_refused, "merge", "merges"),
                          " of two customers with a likely pair between them ",
                          summary.merges_refused == 1 ? "was" : "were",
                          " refused. The strongest of them, for a person to look at:"));
  ReportTable table{.caption = "Refused merges",
                    .columns = {"Record", "And record", "Weight of the pair", "Mean of all pairs",
                                "Why not", "Evidence of the pair"},
                    .row_limit = 20};
  for (const ContestedMerge& one : summary.contested) {
    table.rows.push_back({name(one.a),
                          name(one.b),
                          {one.weight, detail::bits_column},
                          {one.mean, detail::bits_column},
                          one.reason_text,
                          one.because});
  }
  page.add_table(table);
}

void add_pair(ReportPage& page, const PairExplanation& pair, const detail::RecordNames& name) {
  page.add_chart(match_waterfall(
      pair,
      text("Why ", name(pair.a), " and ", name(pair.b),
           pair.verdict == JoinVerdict::joined ? " are one customer" : " are not one customer")));
  page.add_list(pair.why);
  ReportTable table{.caption = "What was compared",
                    .columns = {"Comparison", "Level", name(pair.a), name(pair.b),
                                "Against any two (bits)", "Against a household (bits)"}};
  for (const EvidencePart& part : pair.parts) {
    table.rows.push_back(
        {part.name, part.level, part.a.empty() ? ReportCell() : ReportCell(part.a),
         part.b.empty() ? ReportCell() : ReportCell(part.b),
         part.silent ? ReportCell() : ReportCell(part.weight, detail::bits_column),
         part.silent ? ReportCell() : ReportCell(part.household, detail::bits_column)});
  }
  page.begin_details("The comparisons");
  page.add_table(table);
  page.end_details();
}

void add_cluster(ReportPage& page, const ClusterExplanation& cluster,
                 const IdentitySectionOptions& options, const detail::RecordNames& name) {
  constexpr std::size_t most_leaves = 60;
  if (cluster.records.size() + cluster.contested.size() <= most_leaves) {
    page.add_chart(merge_tree(cluster, options.record_name, options.threshold),
                   cluster.contested.empty()
                       ? ""
                       : "Dashed: other customers that were considered and kept apart.");
  } else {
    page.add_paragraph(
        text("A customer of ", count_text(cluster.records.size()), " records, too many to draw."));
  }
  ReportTable table{.caption = "Merges, in the order they were made",
                    .columns = {"Decided by", "And", "Weight of the pair", "Mean of all pairs",
                                "Evidence of the pair"},
                    .row_limit = 100};
  for (const TreeMerge& merge : cluster.merges) {
    table.rows.push_back({name(merge.a),
                          name(merge.b),
                          {merge.weight, detail::bits_column},
                          {merge.mean, detail::bits_column},
                          merge.because});
  }
  if (table.rows.empty()) return;
  page.begin_details("The merges");
  page.add_table(table);
  page.end_details();
}

}  // namespace

void add_identity_tiles(ReportPage& page, const LinkageSummary& summary) {
  page.add_tile({"Records", count_text(summary.records), "before"});
  page.add_tile({"Customers", count_text(summary.clusters), "after"});
  page.add_tile({"Duplicates", count_text(summary.duplicates),
                 text(percent_text(share_of(number(summary.duplicates), number(summary.records))),
                      " of the records")});
}

void add_identity_section(ReportPage& page, const LinkageSummary& summary,
                          const IdentitySectionOptions& options) {
  const detail::RecordNames name{options.record_name};
  page.begin_section(options.title,
                     text(counted(summary.records, "record is", "records are"), ' ',
                          counted(summary.clusters, "customer", "customers"), ": ",
                          counted(summary.duplicates, "record repeats", "records repeat"),
                          " a customer that another one shows."));
  if (summary.records == 0) {
    page.add_paragraph("There are no records.");
    return;
  }
  add_before_and_after(page, summary);
  page.add_heading("How sure the links are");
  add_curve(page, summary);
  add_weights(page, summary);
  if (options.judged) add_judged(page, *options.judged);
  add_levels(page, summary);
  add_blocking(page, summary);
  add_fields(page, summary);
  add_contested(page, summary, name);
  if (!options.pairs.empty()) {
    page.add_heading("Pairs taken apart");
    for (const PairExplanation& pair : options.pairs) add_pair(page, pair, name);
  }
  if (!options.clusters.empty()) {
    page.add_heading("Customers taken apart");
    for (const ClusterExplanation& cluster : options.clusters) {
      add_cluster(page, cluster, options, name);
    }
  }
}

}  // namespace emptor
