#include "emptor/score/isolation_forest.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/evaluate/reliability.hpp"
#include "emptor/math/special_functions.hpp"
#include "score/isolation_grower.hpp"

namespace emptor {

namespace {

constexpr double ln_2 = 0.69314718055994530942;
constexpr double euler_gamma = 0.57721566490153286061;
constexpr std::size_t most_sample = 65'536;
constexpr std::size_t least_held_out = 1000;
constexpr std::size_t explained_rows = 1000;

void check_options(const IsolationForestOptions& o) {
  require_option(o.trees >= 1 && o.trees <= 100'000, "trees", "in [1, 100000]", o.trees);
  require_option(o.sample >= 2 && o.sample <= most_sample, "sample", "in [2, 65536]", o.sample);
  require_option(o.max_depth <= 64, "max_depth", "in [0, 64]", o.max_depth);
  require_option(o.contamination >= 0 && o.contamination <= 1, "contamination", "in [0, 1]",
                 o.contamination);
  require_option(o.calibration_rows >= 1, "calibration_rows", ">= 1", o.calibration_rows);
}

/// `wanted` rows of those not marked, ascending; there are at least as many.
std::vector<std::uint32_t> unmarked_rows(std::vector<std::uint8_t> marked, std::size_t wanted,
                                         RandomStream random) {
  std::vector<std::uint32_t> out;
  while (out.size() < wanted) {
    const std::uint32_t row = random.below(static_cast<std::uint32_t>(marked.size()));
    if (marked[row] != 0) continue;
    marked[row] = 1;
    out.push_back(row);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

double isolation_path(std::size_t rows) noexcept {
  if (rows < 2) return 0;
  const auto n = static_cast<double>(rows);
  return 2 * (digamma(n) + euler_gamma) - 2 * (n - 1) / n;
}

IsolationForestModel::IsolationForestModel(ScoreSchema schema, FlatTrees trees, std::size_t sample)
    : schema_(std::move(schema)), trees_(std::move(trees)) {
  for (std::size_t n = 0; n <= sample; ++n) paths_.push_back(isolation_path(n));
}

void IsolationForestModel::score(const ScoreTable& table, std::span<double> out,
                                 const Context& context) const {
  if (!(table.schema() == schema_)) {
    throw Exception(ErrorCode::invalid_value,
                    "the table has other columns or categories than the model; "
                    "see map_rows",
                    "IsolationForestModel::score");
  }
  trees_.scores(table.values(), out, context);
}

IsolationForestModel IsolationForestModel::calibrated(const ScoreTable& rows, double share,
                                                      const Context& context) const {
  if (rows.rows() == 0) {
    throw Exception(ErrorCode::invalid_shape, "no rows to calibrate by",
                    "IsolationForestModel::calibrated");
  }
  require_option(share >= 0 && share <= 1, "share", "in [0, 1]", share);
  std::vector<double> scores(rows.rows());
  score(rows, scores, context);
  IsolationForestModel out = *this;
  out.calibration_ = AlarmCalibration(std::move(scores));
  out.threshold_ = std::max(0.0, out.calibration_.threshold_for(share));
  return out;
}

void IsolationForestModel::explain(std::span<const float> row,
                                   std::span<double> out) const noexcept {
  std::fill(out.begin(), out.end(), 0.0);
  const FlatTreesParts& parts = trees_.parts();
  if (!(paths_.back() > 0)) return;
  const double bits = 1 / (paths_.back() * static_cast<double>(trees_.trees()));
  for (const std::uint32_t root : parts.roots) {
    const TreeNode* node = &parts.nodes[root];
    while (node->left != 0) {
      const float x = row[node->column];
      bool left = node->missing_left;
      if (node->set != 0) {
        const CategorySet set = parts.sets[node->set - 1];
        if (x >= 0 && x < static_cast<float>(set.words) * 32) {
          const auto code = static_cast<std::uint32_t>(x);
          left = (parts.words[set.first + code / 32] >> (code % 32) & 1U) != 0;
        }
      } else if (x == x) {
        left = x < node->threshold;
      }
      const TreeNode* const child = &parts.nodes[node->left + (left ? 0U : 1U)];
      out[node->column] += bits * (paths_[static_cast<std::size_t>(node->cover)] - 1 -
                                   paths_[static_cast<std::size_t>(child->cover)]);
      node = child;
    }
  }
}

std::vector<IsolationReason> IsolationForestModel::reasons(std::span<const float> row,
                                                           std::size_t most) const {
  std::vector<double> bits(schema_.size());
  explain(row, bits);
  std::vector<IsolationReason> out;
  for (std::size_t c = 0; c < bits.size(); ++c) {
    if (bits[c] > 0) out.push_back({schema_[c].name, bits[c]});
  }
  std::stable_sort(out.begin(), out.end(), [](const IsolationReason& a, const IsolationReason& b) {
    return a.bits > b.bits;
  });
  if (out.size() > most) out.resize(most);
  return out;
}

std::vector<std::byte> IsolationForestModel::save() const {
  ArchiveWriter writer("isolation-forest", 1);
  schema_.save(writer.section("schema"));
  trees_.save(writer.section("trees"));
  SectionWriter& section = writer.section("calibration");
  section.put(std::uint64_t{sample()});
  section.put(threshold_);
  section.put_array(calibration_.scores());
  return std::move(writer).finish();
}

Result<IsolationForestModel> IsolationForestModel::load(std::span<const std::byte> bytes) {
  const auto corrupt = [](const char* why) {
    return Error{ErrorCode::corrupt, why, "isolation-forest"};
  };
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "isolation-forest", 1);
  if (!reader) return reader.error();
  Result<SectionReader> columns = reader->section("schema");
  if (!columns) return columns.error();
  Result<ScoreSchema> schema = ScoreSchema::load(*columns);
  if (!schema) return schema.error();
  if (Result<void> done = columns->finish(); !done) return done.error();
  Result<SectionReader> nodes = reader->section("trees");
  if (!nodes) return nodes.error();
  Result<FlatTrees> trees = FlatTrees::load(*nodes);
  if (!trees) return trees.error();
  if (Result<void> done = nodes->finish(); !done) return done.error();
  Result<SectionReader> section = reader->section("calibration");
  if (!section) return section.error();
  const auto sample = section->get<std::uint64_t>();
  const auto threshold = section->get<double>();
  std::vector<double> calibration = section->get_array<double>();
  if (Result<void> done = section->finish(); !done) return done.error();

  if (sample < 1 || sample > most_sample) return corrupt("a sample beyond its bounds");
  if (schema->size() != trees->columns()) return corrupt("trees of other columns");
  if (std::isnan(threshold) || calibration.empty() ||
      !std::is_sorted(calibration.begin(), calibration.end()) ||
      std::any_of(calibration.begin(), calibration.end(),
                  [](double s) { return !(s >= 0 && s <= 1); })) {
    return corrupt("scores of calibration that cannot be");
  }
  for (const TreeNode& node : trees->parts().nodes) {
    if (!(node.cover <= static_cast<float>(sample))) return corrupt("a node beyond the sample");
    if (node.left == 0) continue;
    const bool number = (*schema)[node.column].kind == ScoreColumnKind::number;
    if (number != (node.set == 0)) return corrupt("a split asks for the other kind of column");
  }
  IsolationForestModel out(*std::move(schema), *std::move(trees), static_cast<std::size_t>(sample));
  out.calibration_ = AlarmCalibration(std::move(calibration));
  out.threshold_ = threshold;
  return out;
}

struct IsolationForestFitter {
  const ScoreTable& table;
  const IsolationForestOptions& options;
  const Context& context;

  [[nodiscard]] IsolationForestFit fit() const {
    const std::size_t sample = std::min(options.sample, table.rows());
    const std::size_t depth = options.max_depth != 0
                                  ? options.max_depth
                                  : static_cast<std::size_t>(std::bit_width(sample - 1));
    std::vector<double> paths;
    for (std::size_t n = 0; n <= sample; ++n) paths.push_back(isolation_path(n));
    std::vector<detail::IsolationTree> trees(options.trees);
    parallel_chunks(context, trees.size(), 4, [&](std::size_t begin, std::size_t end) {
      for (std::size_t t = begin; t < end; ++t) {
        trees[t] =
            detail::grow_isolation_tree(table, sample, depth, paths, RandomStream(options.seed, t));
      }
    });
    IsolationForestReport report;
    report.rows = table.rows();
    report.trees = trees.size();
    report.sample = sample;
    report.usual_path = paths.back();
    report.expected_share = options.contamination;
    for (const ScoreColumn& column : table.schema().columns()) {
      report.columns.push_back({column.name, 0, 0, true});
    }
    std::vector<std::uint8_t> drawn(table.rows(), 0);
    FlatTrees flat(gather(trees, paths.back(), report, drawn));
    IsolationForestModel model(table.schema(), std::move(flat), sample);
    return calibrate(std::move(model), std::move(report), std::move(drawn));
  }

 private:
  [[nodiscard]] FlatTreesParts gather(std::span<const detail::IsolationTree> trees, double usual,
                                      IsolationForestReport& report,
                                      std::vector<std::uint8_t>& drawn) const {
    FlatTreesParts parts;
    parts.columns = table.columns();
    parts.link = TreeLink::exponential;
    parts.base = usual > 0 ? 0 : -ln_2;
    parts.scale = usual > 0 ? -ln_2 / (usual * static_cast<double>(trees.size())) : 0;
    for (const detail::IsolationTree& tree : trees) {
      const auto first = static_cast<std::uint32_t>(parts.nodes.size());
      const auto sets = static_cast<std::uint32_t>(parts.sets.size());
      const auto words = static_cast<std::uint32_t>(parts.words.size());
      parts.roots.push_back(first);
      for (TreeNode node : tree.nodes) {
        if (node.left != 0) {
          node.left += first;
          if (node.set != 0) node.set += sets;
          ++report.columns[node.column].splits;
        }
        parts.nodes.push_back(node);
      }
      for (const CategorySet& set : tree.sets) parts.sets.push_back({set.first + words, set.words});
      parts.words.insert(parts.words.end(), tree.words.begin(), tree.words.end());
      for (const std::uint32_t row : tree.rows) drawn[row] = 1;
      for (std::size_t c = 0; c < tree.varied.size(); ++c) {
        if (tree.varied[c] != 0) report.columns[c].constant = false;
      }
    }
    report.nodes = parts.nodes.size();
    return parts;
  }

  [[nodiscard]] IsolationForestFit calibrate(IsolationForestModel model,
                                             IsolationForestReport report,
                                             std::vector<std::uint8_t> drawn) const {
    const auto seen = static_cast<std::size_t>(std::count(drawn.begin(), drawn.end(), 1));
    const std::size_t fresh = drawn.size() - seen;
    report.held_out = fresh >= least_held_out;
    if (!report.held_out) std::fill(drawn.begin(), drawn.end(), std::uint8_t{0});
    const std::size_t rows =
        std::min(options.calibration_rows, report.held_out ? fresh : drawn.size());
    const ScoreTable chosen = table.take(
        unmarked_rows(std::move(drawn), rows,
                      RandomStream(options.seed, std::numeric_limits<std::uint64_t>::max())));
    model = model.calibrated(chosen, options.contamination, context);

    report.calibration_rows = rows;
    report.threshold = model.threshold_;
    const std::span<const double> scores = model.calibration_.scores();
    for (std::size_t q = 0; q <= 10; ++q) {
      report.score_deciles.push_back(scores[(scores.size() - 1) * q / 10]);
    }
    report.alarm_share = model.calibration_.share_of_alarms(model.threshold_);
    const ShareInterval interval = wilson_interval(report.alarm_share, static_cast<double>(rows));
    report.alarm_low = interval.low;
    report.alarm_high = interval.high;
    std::vector<double> bits(table.columns());
    std::size_t alarms = 0;
    for (std::size_t r = 0; r < rows && alarms < explained_rows && report.alarm_share > 0; ++r) {
      if (!model.alarm(model.score(chosen.row(r)))) continue;
      ++alarms;
      model.explain(chosen.row(r), bits);
      for (std::size_t c = 0; c < bits.size(); ++c) report.columns[c].bits += bits[c];
    }
    for (IsolationColumn& column : report.columns) {
      if (alarms > 0) column.bits /= static_cast<double>(alarms);
    }
    return {std::move(model), std::move(report)};
  }
};

IsolationForestFit fit_isolation_forest(const ScoreTable& table,
                                        const IsolationForestOptions& options,
                                        const Context& context) {
  check_options(options);
  if (table.rows() == 0 || table.rows() >= std::numeric_limits<std::uint32_t>::max()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("rows must be in [1, 2^32 - 2], got ", table.rows()),
                    "fit_isolation_forest");
  }
  if (context.report({"isolation forest", 0, options.trees}) == Go::stop) {
    throw Exception(ErrorCode::stopped, "stopped by the progress callback", "fit_isolation_forest");
  }
  return IsolationForestFitter{table, options, context}.fit();
}

}  // namespace emptor
