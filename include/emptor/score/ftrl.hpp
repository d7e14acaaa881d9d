#pragma once
// Logistic regression that learns from one row at a time, for streams without end: FTRL-proximal.
//
// H. Brendan McMahan et al., "Ad click prediction: a view from the trenches", KDD 2013,
// doi:10.1145/2487575.2488200: a rate of its own for each coefficient, and an L1 penalty that keeps
// unneeded ones at exactly 0. A row's numbers are scaled by their running mean and deviation and
// clipped at 10 deviations; missing ones have a coefficient of their own, so has each category;
// further features come as hashes. Every row is predicted before it is learned: the losses so found
// are honest (progressive validation), over all rows and over a window of the last.
//
// d columns with c categories in all. Memory: 16 bytes a coefficient (2 d + c + 1 + 2^bits of them)
// and 16 a row of the window. Time: O(d) a row, no allocation. Thread safety: reads may be shared.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/score_table.hpp"

namespace emptor {

struct FtrlOptions {
  double rate = 0.1;              ///< alpha, > 0
  double smoothing = 1;           ///< beta, > 0
  double l1 = 0;                  ///< >= 0
  double l2 = 1;                  ///< >= 0
  std::uint32_t bits = 0;         ///< size of the table of hashed features; 0: none; at most 26
  std::uint32_t window = 10'000;  ///< rows of the recent measures, in [1, 2^24]
};

/// How well rows were predicted before they were learned.
struct FtrlProgress {
  std::uint64_t rows = 0;
  double log_loss = 0;  ///< mean; 0 without rows
  std::size_t recent_rows = 0;
  double recent_log_loss = 0;
  double recent_auc = 0;  ///< NaN when the window holds one class only
};

class FtrlModel {
 public:
  /// Knows nothing yet: every probability is 1/2. Throws `invalid_option`.
  EMPTOR_API explicit FtrlModel(ScoreSchema schema, const FtrlOptions& options = {});

  [[nodiscard]] const ScoreSchema& schema() const noexcept { return schema_; }
  /// The probability. `row` must be as long as the schema; infinite numbers and codes that are none
  /// count as missing. `hashed`: any 64-bit hashes, each worth 1; needs `bits`, else ignored.
  [[nodiscard]] EMPTOR_API double score(std::span<const float> row,
                                        std::span<const std::uint64_t> hashed = {}) const noexcept;
  /// Learns a row with its target, 0 or 1, and returns the probability it had before. Throws
  /// `invalid_shape`; `invalid_value` for another target or an infinite number: nothing is learned.
  EMPTOR_API double learn(std::span<const float> row, double target,
                          std::span<const std::uint64_t> hashed = {});
  /// O(window log window), and as much memory.
  [[nodiscard]] EMPTOR_API FtrlProgress progress() const;
  /// Coefficients that are not 0.
  [[nodiscard]] EMPTOR_API std::size_t used() const noexcept;

  /// Everything: a loaded model goes on to the same bits.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<FtrlModel> load(std::span<const std::byte> bytes);

 private:
  struct Coordinate {
    double z = 0;
    double n = 0;
  };
  struct Scale {
    double count = 0;
    double mean = 0;
    double square = 0;
  };
  [[nodiscard]] double weight(const Coordinate& at) const noexcept;
  template <class Visit>
  void each(std::span<const float> row, std::span<const std::uint64_t> hashed,
            Visit&& visit) const noexcept;

  ScoreSchema schema_;
  FtrlOptions options_;
  std::vector<std::size_t> first_;  // a column's first coordinate: missing, then number or codes
  std::vector<Scale> scales_;       // a column
  std::vector<Coordinate> coordinates_;
  std::vector<double> predicted_, targets_;  // the window, as a ring
  std::uint64_t rows_ = 0;
  double loss_ = 0;
};

}  // namespace emptor
