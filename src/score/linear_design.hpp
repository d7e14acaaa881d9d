#pragma once
// Score tables as the standardised columns that linear models weigh: numbers, indicators of missing
// ones, one-hot levels. Rows are encoded when they are needed, so no design matrix is kept.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/score/linear_predictor.hpp"
#include "emptor/score/linear_result.hpp"

namespace emptor::detail {

/// A column of the design: (x - mean) / deviation, where x is a number, or 1 or 0 of an indicator.
struct DesignColumn {
  std::size_t source = 0;
  bool indicator = false;
  std::string level;
  double mean = 0;
  double deviation = 1;
  [[nodiscard]] double at(double x) const noexcept { return (x - mean) / deviation; }
};

class LinearDesign {
 public:
  /// `reference`: the commonest level of a category has no column.
  LinearDesign(const ScoreTable& table, std::span<const double> weights, std::size_t most_levels,
               bool reference, const Context& context);

  [[nodiscard]] const std::vector<DesignColumn>& columns() const noexcept { return columns_; }

  /// out[0, columns): the row; beyond, nothing is touched.
  template <class T>
  void encode(std::span<const float> row, T* out) const noexcept {
    for (std::size_t j = 0; j < columns_.size(); ++j) out[j] = static_cast<T>(zero_[j]);
    for (std::size_t c = 0; c < sources_.size(); ++c) {
      const Source& source = sources_[c];
      const float x = row[c];
      std::int32_t set = source.missing;
      if (x == x) {
        if (source.number >= 0) {
          const auto j = static_cast<std::size_t>(source.number);
          out[j] = static_cast<T>((double{x} - source.mean) * source.inverse);
          continue;
        }
        set = source.levels.empty() ? -1 : source.levels[static_cast<std::size_t>(x)];
      }
      if (set >= 0) {
        out[static_cast<std::size_t>(set)] = static_cast<T>(one_[static_cast<std::size_t>(set)]);
      }
      if (set == unknown_level) {
        for (const std::int32_t j : source.own) out[static_cast<std::size_t>(j)] = T{0};
      }
    }
  }

  /// The scorer of standardised coefficients (a design column each).
  [[nodiscard]] LinearPredictor predictor(std::span<const double> coefficients, double base) const;
  void report(LinearReport& report) const;

 private:
  static constexpr std::int32_t unknown_level = -2;
  struct Source {
    std::int32_t number = -1;   // design column, or -1
    std::int32_t missing = -1;  // indicator of missing ones; -1: none is needed, -2: never seen
    double mean = 0;
    double inverse = 0;
    std::vector<std::int32_t> levels;  // design column by code: -1 the reference, -2 never seen
    std::vector<std::int32_t> own;     // all design columns
  };
  void add_number(const ScoreTable& table, std::size_t c, double present, double sum, double square,
                  double shift, double weight);
  void add_levels(const ScoreTable& table, std::size_t c, std::span<const double> by_level,
                  std::size_t most_levels, bool reference, double weight);
  std::int32_t add(DesignColumn column);

  ScoreSchema schema_;
  std::vector<Source> sources_;
  std::vector<DesignColumn> columns_;
  std::vector<double> zero_, one_;
  std::vector<std::string> constant_, all_missing_;
};

}  // namespace emptor::detail
