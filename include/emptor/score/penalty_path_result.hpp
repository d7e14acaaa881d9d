#pragma once
// A path of penalties and what each of them is worth. Plain data; thread safety: values.

#include <cstddef>
#include <string>
#include <vector>

namespace emptor {

struct PenaltyPathPoint {
  double l1 = 0;  ///< as in LogisticOptions and LinearOptions
  double l2 = 0;
  double explained = 0;                ///< share of the constant's loss that the fit takes away
  std::size_t nonzero = 0;             ///< coefficients other than 0
  std::vector<double> standardised{};  ///< coefficients of standardised columns
  double held_out = 0;                 ///< mean loss of rows held out; NaN without folds
  double held_out_error = 0;           ///< its standard error over the folds
};

struct PenaltyPath {
  /// Columns and, behind a colon, levels that `standardised` tells of: as LinearReport's.
  std::vector<std::string> columns{};
  std::vector<PenaltyPathPoint> points{};  ///< from the largest penalty to the smallest
  std::size_t folds = 0;                   ///< that judged them; 0: none could or should
  std::size_t best = 0;                    ///< point of the least held-out loss
  /// The largest penalty whose held-out loss is within one standard error of the least.
  std::size_t one_standard_error = 0;
};

}  // namespace emptor
