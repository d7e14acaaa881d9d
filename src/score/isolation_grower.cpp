#include "score/isolation_grower.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_set>
#include <utility>

namespace emptor::detail {

namespace {

/// Robert W. Floyd's sample without replacement (Jon Bentley, "Programming
/// pearls: a sample of brilliance", CACM 30(9), 1987,
/// doi:10.1145/30401.315746).
std::vector<std::uint32_t> draw(std::size_t count, std::size_t of, RandomStream& random) {
  std::vector<std::uint32_t> out;
  std::unordered_set<std::uint32_t> taken;
  for (std::size_t i = of - count; i < of; ++i) {
    const std::uint32_t at = random.below(static_cast<std::uint32_t>(i + 1));
    const std::uint32_t row = taken.insert(at).second ? at : static_cast<std::uint32_t>(i);
    if (row != at) taken.insert(row);
    out.push_back(row);
  }
  return out;
}

class Grower {
 public:
  Grower(const ScoreTable& table, std::size_t sample, std::size_t max_depth,
         std::span<const double> paths, RandomStream random)
      : table_(table), max_depth_(max_depth), paths_(paths), random_(random), rows_(sample) {
    out_.rows = draw(sample, table.rows(), random_);
    const std::size_t d = table.columns();
    values_.resize(sample * d);
    for (std::size_t i = 0; i < sample; ++i) {
      const std::span<const float> row = table.row(out_.rows[i]);
      for (std::size_t c = 0; c < d; ++c) values_[c * sample + i] = row[c];
    }
    std::iota(rows_.begin(), rows_.end(), 0U);
    left_.resize(sample);
    for (std::size_t c = 0; c < d; ++c) out_.varied.push_back(range(c, rows_).varies() ? 1 : 0);
  }

  IsolationTree grow() && {
    struct Part {
      std::uint32_t node;
      std::size_t begin, end, depth;
    };
    out_.nodes.emplace_back();
    std::vector<Part> parts{{0, 0, rows_.size(), 0}};
    while (!parts.empty()) {
      const Part part = parts.back();
      parts.pop_back();
      const std::span<std::uint32_t> rows(rows_.data() + part.begin, part.end - part.begin);
      out_.nodes[part.node].cover = static_cast<float>(rows.size());
      const std::size_t lefts =
          rows.size() > 1 && part.depth < max_depth_ ? split(out_.nodes[part.node], rows) : 0;
      if (lefts == 0) {
        out_.nodes[part.node].value =
            static_cast<float>(static_cast<double>(part.depth) + paths_[rows.size()]);
        continue;
      }
      const auto child = static_cast<std::uint32_t>(out_.nodes.size());
      out_.nodes[part.node].left = child;
      out_.nodes.resize(child + std::size_t{2});
      parts.push_back({child + 1, part.begin + lefts, part.end, part.depth + 1});
      parts.push_back({child, part.begin, part.begin + lefts, part.depth + 1});
    }
    return std::move(out_);
  }

 private:
  struct Range {
    float low = std::numeric_limits<float>::infinity();
    float high = -std::numeric_limits<float>::infinity();
    [[nodiscard]] bool varies() const noexcept { return low < high; }
  };

  [[nodiscard]] float value(std::size_t column, std::uint32_t row) const noexcept {
    return values_[column * rows_.size() + row];
  }
  [[nodiscard]] Range range(std::size_t column, std::span<const std::uint32_t> rows) const {
    Range out;
    for (const std::uint32_t row : rows) {
      const float x = value(column, row);
      if (x < out.low) out.low = x;
      if (x > out.high) out.high = x;
    }
    return out;
  }

  /// Orders the rows: those that go left first; how many, or 0 when they are
  /// all alike.
  std::size_t split(TreeNode& node, std::span<std::uint32_t> rows) {
    candidates_.clear();
    for (std::uint32_t c = 0; c < out_.varied.size(); ++c) {
      if (out_.varied[c] != 0) candidates_.push_back(c);
    }
    while (!candidates_.empty()) {
      const std::uint32_t at = random_.below(static_cast<std::uint32_t>(candidates_.size()));
      const std::uint32_t column = candidates_[at];
      const Range found = range(column, rows);
      if (found.varies()) {
        node.column = column;
        if (table_.schema()[column].kind == ScoreColumnKind::number) {
          ask_number(node, found, rows);
        } else {
          ask_category(node, rows);
        }
        return part(node, rows);
      }
      candidates_[at] = candidates_.back();
      candidates_.pop_back();
    }
    return 0;
  }

  void ask_number(TreeNode& node, const Range& found, std::span<const std::uint32_t> rows) {
    const double low = found.low;
    const auto drawn = static_cast<float>(low + random_.uniform() * (double{found.high} - low));
    const float above = std::nextafter(found.low, found.high);
    node.threshold = std::clamp(drawn, above, found.high);  // x < threshold goes left
    for (const std::uint32_t row : rows) {
      const float x = value(node.column, row);
      left_[row] = x < node.threshold ? 1 : std::isnan(x) ? 2 : 0;
    }
  }

  void ask_category(TreeNode& node, std::span<const std::uint32_t> rows) {
    const std::size_t categories = table_.schema()[node.column].categories.size();
    const auto words = static_cast<std::uint32_t>((categories + 31) / 32);
    const auto first = static_cast<std::uint32_t>(out_.words.size());
    out_.words.resize(first + std::size_t{words});
    for (bool both = false; !both;) {
      for (std::uint32_t w = 0; w < words; ++w) out_.words[first + w] = random_();
      bool some[2] = {false, false};
      for (const std::uint32_t row : rows) {
        const float x = value(node.column, row);
        if (std::isnan(x)) {
          left_[row] = 2;
          continue;
        }
        const auto code = static_cast<std::uint32_t>(x);
        left_[row] = static_cast<std::uint8_t>(out_.words[first + code / 32] >> (code % 32) & 1U);
        some[left_[row]] = true;
      }
      both = some[0] && some[1];
    }
    // nothing asked.
    out_.sets.push_back({first, words});
    node.set = static_cast<std::uint32_t>(out_.sets.size());
  }

  std::size_t part(TreeNode& node, std::span<std::uint32_t> rows) {
    std::uint32_t sides[3] = {};
    for (const std::uint32_t row : rows) ++sides[left_[row]];
    node.missing_left = random_.below(sides[0] + sides[1]) < sides[1];
    for (const std::uint32_t row : rows) {
      if (left_[row] == 2) left_[row] = node.missing_left ? 1 : 0;
    }
    const auto middle = std::partition(rows.begin(), rows.end(),
                                       [&](std::uint32_t row) { return left_[row] != 0; });
    return static_cast<std::size_t>(middle - rows.begin());
  }

  const ScoreTable& table_;
  std::size_t max_depth_;
  std::span<const double> paths_;
  RandomStream random_;
  IsolationTree out_;
  std::vector<float> values_;  // by column
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint8_t> left_;  // by row: 1 left, 0 right, 2 not known
  std::vector<std::uint32_t> candidates_;
};

}  // namespace

IsolationTree grow_isolation_tree(const ScoreTable& table, std::size_t sample,
                                  std::size_t max_depth, std::span<const double> paths,
                                  RandomStream random) {
  return Grower(table, sample, max_depth, paths, random).grow();
}

}  // namespace emptor::detail
