#pragma once
// How much of what is sought the best scores hold. Plain data; thread safety: values.

#include <vector>

namespace emptor {

/// Rows of like rank; group 0 has the highest scores.
struct LiftGroup {
  double least_score = 0;  ///< of its rows
  double weight = 0;      ///< sum of the rows' weights; rows on a border are in both groups in part
  double positives = 0;   ///< sum of the weights of ones
  double rate = 0;        ///< positives / weight
  double lift = 0;        ///< rate / the rate of all rows; NaN when there are no ones
  double share = 0;       ///< of all weight, in this and the groups above
  double gain = 0;        ///< share of all ones in this and the groups above; NaN without ones
  double total_lift = 0;  ///< gain / share
};

struct LiftTable {
  std::vector<LiftGroup> groups{};
  double rate = 0;  ///< of all rows
};

}  // namespace emptor
