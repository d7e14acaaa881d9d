#pragma once
// Coordinate descent along a path of penalties, and how well each of them foretells rows held out.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "score/linear_design.hpp"
#include "score/linear_solver.hpp"

namespace emptor::detail {

struct Penalty {
  double l1 = 0;
  double l2 = 0;
};

/// A design kept column by column: numbers as values, indicators as the rows where they are 1.
class StoredDesign {
 public:
  StoredDesign(const ScoreTable& table, const LinearDesign& design);
  struct Column {
    std::vector<float> values{};        // of a number, by row; zeros to a multiple of 16
    std::vector<std::uint32_t> rows{};  // of an indicator
    float one = 1;                      // what stands in them, 0 elsewhere
  };
  [[nodiscard]] std::size_t size() const noexcept { return columns_.size(); }
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] const Column& operator[](std::size_t j) const noexcept { return columns_[j]; }

 private:
  std::size_t rows_;
  std::vector<Column> columns_;
};

struct PathFit {
  std::vector<double> b;  // of the standardised columns; the intercept is not told
  double loss = 0;        // a unit of weight, without the penalty
  double held_out = 0;    // the same of the rows held out; NaN without any
};

/// Fits for all penalties, in their order (falling ones are quick). `weights` of each row; 0: not
/// fitted. `held_out`: weights of rows that are only judged, or empty.
class PathSolver {
 public:
  PathSolver(const StoredDesign& design, std::span<const double> target, LinearLoss loss,
             const Context& context)
      : design_(design), target_(target), loss_(loss), context_(context) {}
  [[nodiscard]] std::vector<PathFit> run(std::span<const double> weights,
                                         std::span<const double> held_out,
                                         std::span<const Penalty> penalties,
                                         double tolerance) const;
  /// The largest absolute gradient of a coefficient where all are 0.
  [[nodiscard]] double steepest(std::span<const double> weights) const;

 private:
  const StoredDesign& design_;
  std::span<const double> target_;
  LinearLoss loss_;
  const Context& context_;
};

struct HeldOutLoss {
  double mean = 0;        // over folds
  double error = 0;       // its standard error
  std::size_t folds = 0;  // that there were
};

struct FoldRuns {
  std::size_t folds;
  std::uint64_t seed;
  double tolerance;
};

/// Mean held-out loss of each penalty over folds of like classes. Empty when the rows are too few
/// to be parted.
[[nodiscard]] std::vector<HeldOutLoss> cross_validate_penalties(
    const StoredDesign& design, std::span<const double> target, std::span<const double> weights,
    LinearLoss loss, std::span<const Penalty> penalties, const FoldRuns& runs,
    const Context& context);

}  // namespace emptor::detail
