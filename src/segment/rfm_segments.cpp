#include "emptor/segment/rfm_segments.hpp"

#include <string_view>

#include "emptor/core/error.hpp"
#include "segment/segment_summary.hpp"

namespace emptor {

namespace {

struct DefaultRule {
  std::string_view segment;
  ScoreRange recency, frequency, monetary;
};

constexpr DefaultRule default_rules[] = {
    {"champions", {5, 5}, {4, 5}, {4, 5}},
    {"cannot lose them", {1, 2}, {5, 5}, {4, 5}},
    {"at risk", {1, 2}, {3, 5}, {1, 5}},
    {"loyal", {3, 5}, {4, 5}, {1, 5}},
    {"new", {5, 5}, {1, 2}, {1, 5}},
    {"promising", {4, 4}, {1, 2}, {1, 3}},
    {"potential loyalists", {4, 5}, {1, 3}, {1, 5}},
    {"need attention", {3, 3}, {3, 3}, {1, 5}},
    {"need attention", {3, 3}, {1, 2}, {4, 5}},
    {"about to sleep", {3, 3}, {1, 2}, {1, 5}},
    {"lost", {1, 1}, {1, 2}, {1, 2}},
    {"hibernating", {1, 2}, {1, 2}, {1, 5}},
};

void check_bins(int bins) {
  require_option(bins >= 2 && bins <= 20, "bins", "in [2, 20]", bins);
}

/// The scores in 1..bins that read as a score of five in `fifths`; empty: low > high.
ScoreRange scaled(const ScoreRange& fifths, int bins) {
  ScoreRange range{.low = 1, .high = 0};
  for (int score = 1; score <= bins; ++score) {
    const int fifth = 1 + (8 * (score - 1) + bins - 1) / (2 * (bins - 1));
    if (fifth < fifths.low) range.low = static_cast<std::uint8_t>(score + 1);
    if (fifth <= fifths.high) range.high = static_cast<std::uint8_t>(score);
  }
  return range;
}

bool holds(const ScoreRange& range, std::size_t score) noexcept {
  return range.low <= score && score <= range.high;
}

constexpr std::uint8_t nothing = 255;

/// The segments' names in order, and the segment of each (r, f, m), `nothing` where no rule holds.
struct CompiledTable {
  explicit CompiledTable(const RfmSegmentTable& table)
      : bins(static_cast<std::size_t>(table.bins)) {
    cells.assign(bins * bins * bins, nothing);
    for (const RfmRule& rule : table.rules) {
      const std::uint8_t segment = place_of(rule.segment);
      for (std::size_t r = 1; r <= bins; ++r) {
        for (std::size_t f = 1; f <= bins; ++f) {
          for (std::size_t m = 1; m <= bins; ++m) {
            std::uint8_t& cell = cells[cell_of(r, f, m)];
            if (cell == nothing && holds(rule.recency, r) && holds(rule.frequency, f) &&
                holds(rule.monetary, m)) {
              cell = segment;
            }
          }
        }
      }
    }
  }
  [[nodiscard]] std::size_t cell_of(std::size_t r, std::size_t f, std::size_t m) const noexcept {
    return ((r - 1) * bins + f - 1) * bins + m - 1;
  }
  std::uint8_t place_of(const std::string& name) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == name) return static_cast<std::uint8_t>(i);
    }
    require_option(names.size() < nothing, "rules", "at most 255 segments", names.size() + 1);
    names.push_back(name);
    return static_cast<std::uint8_t>(names.size() - 1);
  }

  std::size_t bins;
  std::vector<std::string> names;
  std::vector<std::uint8_t> cells;
};

CompiledTable compile(const RfmSegmentTable& table) {
  check_bins(table.bins);
  for (std::size_t i = 0; i < table.rules.size(); ++i) {
    const RfmRule& rule = table.rules[i];
    require_option(!rule.segment.empty(), "rules", "named", text("no name at rule ", i));
    for (const ScoreRange& range : {rule.recency, rule.frequency, rule.monetary}) {
      require_option(range.low >= 1 && range.low <= range.high && range.high <= table.bins, "rules",
                     text("ranges within 1..", table.bins),
                     text(int{range.low}, "..", int{range.high}, " at rule ", i));
    }
  }
  CompiledTable compiled(table);
  for (std::size_t i = 0; i < compiled.cells.size(); ++i) {
    const std::size_t bins = compiled.bins;
    require_option(
        compiled.cells[i] != nothing, "rules", "such that every score has a segment",
        text("none for r ", i / bins / bins + 1, " f ", i / bins % bins + 1, " m ", i % bins + 1));
  }
  return compiled;
}

}  // namespace

RfmSegmentTable default_rfm_segments(int bins) {
  check_bins(bins);
  RfmSegmentTable table{.bins = bins, .rules = {}};
  for (const DefaultRule& rule : default_rules) {
    RfmRule made{.segment = std::string(rule.segment),
                 .recency = scaled(rule.recency, bins),
                 .frequency = scaled(rule.frequency, bins),
                 .monetary = scaled(rule.monetary, bins)};
    const auto reachable = [](const ScoreRange& range) { return range.low <= range.high; };
    if (reachable(made.recency) && reachable(made.frequency) && reachable(made.monetary)) {
      table.rules.push_back(std::move(made));
    }
  }
  return table;
}

void check_rfm_segments(const RfmSegmentTable& table) {
  static_cast<void>(compile(table));
}

RfmSegments rfm_segments_of(const RfmResult& result, const RfmSegmentTable& table) {
  const CompiledTable compiled = compile(table);
  require_option(table.bins == result.options.bins, "bins",
                 text("those of the scores, ", result.options.bins), table.bins);
  RfmSegments out{.table = table, .segments = {}, .of_row = {}};
  for (const std::string& name : compiled.names) out.segments.emplace_back().name = name;
  out.of_row.reserve(result.rows.size());
  for (const RfmRow& row : result.rows) {
    out.of_row.push_back(compiled.cells[compiled.cell_of(row.score.recency, row.score.frequency,
                                                         row.score.monetary)]);
  }
  detail::summarise_segments(result.rows, out.of_row, out.segments, "rfm_segments_of");
  return out;
}

RfmSegments rfm_segments_of(const RfmResult& result) {
  return rfm_segments_of(result, default_rfm_segments(result.options.bins));
}

RfmGrid rfm_grid_of(const RfmResult& result) {
  const int bins = result.options.bins;
  RfmGrid grid{.bins = bins, .cells = std::vector<RfmCell>(static_cast<std::size_t>(bins * bins))};
  for (const RfmRow& row : result.rows) {
    RfmCell& cell = grid.cells[static_cast<std::size_t>((row.score.recency - 1) * bins +
                                                        row.score.frequency - 1)];
    ++cell.customers;
    detail::add_amount(cell.monetary, row.monetary, "rfm_grid_of");
  }
  return grid;
}

}  // namespace emptor
