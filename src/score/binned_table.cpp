#include "score/binned_table.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace emptor::detail {

namespace {

struct Weighed {
  float value;
  float weight;
};

float between(float a, float b) {
  const float middle = a + (b - a) / 2;
  return middle > a && middle <= b ? middle : b;
}

std::vector<float> cuts_of(std::vector<Weighed>& values, std::size_t max_bins) {
  std::sort(values.begin(), values.end(),
            [](const Weighed& a, const Weighed& b) { return a.value < b.value; });
  std::size_t distinct = 0;
  double left = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    left += static_cast<double>(values[i].weight);
    if (distinct > 0 && values[distinct - 1].value == values[i].value) {
      values[distinct - 1].weight += values[i].weight;
    } else {
      values[distinct++] = values[i];
    }
  }
  std::vector<float> cuts;
  std::size_t bins = max_bins;
  double filled = 0;
  for (std::size_t i = 0; i + 1 < distinct; ++i) {
    filled += static_cast<double>(values[i].weight);
    const double share = left / static_cast<double>(bins);
    const double with_next = filled + static_cast<double>(values[i + 1].weight);
    // A bin ends where it is full, or where the next value would overshoot by more than is missing.
    const bool full = filled >= share || with_next - share > share - filled;
    if (distinct > max_bins && (!full || bins == 1)) continue;
    cuts.push_back(between(values[i].value, values[i + 1].value));
    left -= filled;
    filled = 0;
    --bins;
  }
  return cuts;
}

BinnedColumn number_column(const ScoreTable& table, std::size_t c, std::span<const double> weights,
                           std::size_t max_bins) {
  BinnedColumn out;
  const std::size_t step = table.rows() / binning_sample + 1;
  std::vector<Weighed> values;
  values.reserve(table.rows() / step + 1);
  for (std::size_t r = 0; r < table.rows(); r += step) {
    const float value = table.values()(r, c);
    const double weight = weights.empty() ? 1 : weights[r];
    if (value == value && weight > 0) values.push_back({value, static_cast<float>(weight)});
  }
  out.cuts = cuts_of(values, max_bins);
  out.bins = static_cast<std::uint32_t>(out.cuts.size() + 1);
  return out;
}

BinnedColumn category_column(const ScoreTable& table, std::size_t c,
                             std::span<const double> weights, std::size_t max_bins) {
  BinnedColumn out;
  out.category = true;
  std::vector<double> weight(table.schema()[c].categories.size(), 0);
  for (std::size_t r = 0; r < table.rows(); ++r) {
    const float value = table.values()(r, c);
    if (value == value) weight[static_cast<std::size_t>(value)] += weights.empty() ? 1 : weights[r];
  }
  std::vector<std::uint32_t> order;
  for (std::uint32_t code = 0; code < weight.size(); ++code) {
    if (weight[code] > 0) order.push_back(code);
  }
  if (order.size() > max_bins) {
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return weight[a] > weight[b]; });
  }
  out.bins = static_cast<std::uint32_t>(std::clamp<std::size_t>(order.size(), 1, max_bins));
  out.code_bin.assign(weight.size(), static_cast<std::uint8_t>(out.bins));
  for (std::size_t i = 0; i < order.size(); ++i) {
    out.code_bin[order[i]] =
        static_cast<std::uint8_t>(std::min<std::size_t>(i, std::size_t{out.bins} - 1));
  }
  return out;
}

/// How many of the cuts are at or below x, without a branch.
std::uint8_t bin_of(const std::vector<float>& cuts, float x) noexcept {
  const float* at = cuts.data();
  std::size_t left = cuts.size();
  while (left > 0) {
    const std::size_t half = (left + 1) / 2;
    at += at[half - 1] <= x ? half : 0;
    left -= half;
  }
  return static_cast<std::uint8_t>(at - cuts.data());
}

}  // namespace

BinnedTable bin_table(const ScoreTable& table, std::span<const double> weights,
                      std::size_t max_bins, const Context& context) {
  BinnedTable out;
  const std::size_t d = table.columns();
  out.rows = table.rows();
  out.stride = (d + 7) / 8 * 8;
  out.columns.resize(d);
  out.by_row.resize(out.rows * out.stride);
  out.by_column.resize(out.rows * d);
  parallel_chunks(context, d, 1, [&](std::size_t c, std::size_t) {
    const bool number = table.schema()[c].kind == ScoreColumnKind::number;
    out.columns[c] = number ? number_column(table, c, weights, max_bins)
                            : category_column(table, c, weights, max_bins);
  });
  parallel_chunks(context, out.rows, 4096, [&](std::size_t begin, std::size_t end) {
    for (std::size_t c = 0; c < d; ++c) {
      const BinnedColumn& column = out.columns[c];
      const auto missing = static_cast<std::uint8_t>(column.bins);
      for (std::size_t r = begin; r < end; ++r) {
        const float value = table.values()(r, c);
        std::uint8_t bin = missing;
        if (value == value) {
          bin = column.category ? column.code_bin[static_cast<std::size_t>(value)]
                                : bin_of(column.cuts, value);
        }
        out.by_row[r * out.stride + c] = bin;
        out.by_column[c * out.rows + r] = bin;
      }
    }
  });
  return out;
}

}  // namespace emptor::detail
