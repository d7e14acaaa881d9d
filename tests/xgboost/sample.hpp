#pragma once

/// @file
/// Rows made from a seed: ten numbers, two categories, ties, gaps, and a signal in them.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/score_table.hpp"

namespace emptor::test {

struct XgboostSample {
  ScoreTable table;
  std::vector<double> signal;  // a column is missing one time in five, two are categories
};

inline XgboostSample make_sample(std::uint64_t seed, std::size_t rows) {
  std::vector<ScoreColumn> columns;
  for (int c = 0; c < 10; ++c) {
    columns.push_back({text("x", c), ScoreColumnKind::number, {}});
  }
  for (const std::size_t size : {5U, 40U}) {
    std::vector<std::string> names;
    for (std::size_t k = 0; k < size; ++k) names.push_back(text(k));
    columns.push_back({text("c", size), ScoreColumnKind::category, std::move(names)});
  }
  Matrix<float> values(rows, columns.size());
  XgboostSample out;
  out.signal.reserve(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    RandomStream random(seed, i);
    const std::span<float> row = values.row(i);
    for (std::size_t c = 0; c < 10; ++c) row[c] = static_cast<float>(random.normal());
    row[8] = std::floor(row[8] * 2);  // ties
    const std::uint32_t five = random.below(5);
    const std::uint32_t forty = random.below(40);
    row[10] = static_cast<float>(five);
    row[11] = static_cast<float>(forty);
    out.signal.push_back(double{row[0]} - 0.7 * double{row[1]} * double{row[2]} +
                         (row[8] > 1 ? 0.5 : 0) + (five == 2 ? 0.8 : 0) +
                         0.1 * static_cast<double>(forty * 7 % 11) - 0.5 + 0.5 * random.normal());
    for (const std::size_t c : {0U, 3U, 10U}) {
      if (random.bernoulli(0.2)) row[c] = missing_value;
    }
  }
  out.table = ScoreTable(ScoreSchema(std::move(columns)), std::move(values));
  return out;
}

}  // namespace emptor::test
