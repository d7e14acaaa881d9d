#pragma once

/// @file
/// Random customers with everything that survival data can have: ties, late entries, weights,
/// strata; a number and a category.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/score_table.hpp"
#include "emptor/score/survival_times.hpp"

namespace emptor::test {

struct SurvivalRows {
  std::vector<double> time, entry, weight, x;
  std::vector<std::string> c;
  std::vector<std::uint8_t> event;
  std::vector<std::uint32_t> stratum;

  [[nodiscard]] std::size_t size() const { return time.size(); }
  [[nodiscard]] SurvivalTimes view() const {
    return {.time = time, .event = event, .entry = entry, .weight = weight, .stratum = stratum};
  }
  [[nodiscard]] ScoreTable table() const {
    return ScoreTableBuilder().number("x", x).category("c", c).finish();
  }
  void add(const SurvivalRows& from, std::size_t row, double of_weight) {
    time.push_back(from.time[row]);
    entry.push_back(from.entry[row]);
    weight.push_back(of_weight);
    x.push_back(from.x[row]);
    c.push_back(from.c[row]);
    event.push_back(from.event[row]);
    stratum.push_back(from.stratum[row]);
  }
};

/// Times are whole, 1 to about 14; weights 1 to 3. The first rows have all categories.
inline SurvivalRows survival_rows(std::uint64_t seed, std::size_t size) {
  RandomStream random(seed, 99);
  SurvivalRows out;
  const double slope = random.normal() / 2;
  for (std::size_t i = 0; i < size; ++i) {
    out.x.push_back(random.below(9) * 0.5 - 2);
    out.c.emplace_back(
        1, i < 2 ? static_cast<char>('a' + i) : static_cast<char>('a' + random.below(2)));
    const bool late = random.below(4) == 0;
    out.entry.push_back(late ? static_cast<double>(random.below(4)) : -1.0);
    const double drawn = -6 * std::log1p(-random.uniform()) * std::exp(-slope * out.x.back());
    out.time.push_back(std::max(out.entry.back(), 0.0) + 1 + std::floor(std::min(drawn, 10.0)));
    out.event.push_back(drawn < 10 && random.below(4) != 0 ? 1 : 0);
    out.weight.push_back(1 + random.below(3));
    out.stratum.push_back(random.below(2));
  }
  return out;
}

inline SurvivalRows shuffled(const SurvivalRows& rows, std::uint64_t seed) {
  RandomStream random(seed, 98);
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[random.below(static_cast<std::uint32_t>(i))]);
  }
  SurvivalRows out;
  for (const std::size_t row : order) out.add(rows, row, rows.weight[row]);
  return out;
}

/// Each row as many times as it weighs.
inline SurvivalRows repeated(const SurvivalRows& rows) {
  SurvivalRows out;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (double k = 0; k < rows.weight[row]; ++k) out.add(rows, row, 1);
  }
  return out;
}

inline bool close(double a, double b, double relative) {
  return std::abs(a - b) <= relative * (1 + std::abs(b));
}

}  // namespace emptor::test
