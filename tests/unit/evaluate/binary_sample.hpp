#pragma once
// Forty rows with ties for comparison with scikit-learn 1.2.1, made there by
//
//     y = np.array([(i * 7 + 3) % 5 in (0, 2) and 1 or 0 for i in range(40)])
//     s = np.round([((i * 37) % 23) / 23 * .7 + .2 * y[i] for i in range(40)], 2)
//     t = np.round([((i * 11) % 17) / 17 * .8 + .15 * y[i] for i in range(40)], 2)
//     w = np.array([1 + (i % 4) * .5 for i in range(40)])

#include <cmath>
#include <vector>

#include "emptor/evaluate/roc.hpp"

namespace emptor::test {

struct BinarySample {
  std::vector<double> y, s, t, w;

  BinarySample() {
    for (int i = 0; i < 40; ++i) {
      const int rest = (i * 7 + 3) % 5;
      y.push_back(rest == 0 || rest == 2 ? 1 : 0);
      s.push_back(std::round(((i * 37) % 23 / 23.0 * 0.7 + 0.2 * y.back()) * 100) / 100);
      t.push_back(std::round(((i * 11) % 17 / 17.0 * 0.8 + 0.15 * y.back()) * 100) / 100);
      w.push_back(1 + (i % 4) * 0.5);
    }
  }
  [[nodiscard]] BinaryScores plain() const { return {y, s, {}}; }
  [[nodiscard]] BinaryScores weighted() const { return {y, s, w}; }
};

}  // namespace emptor::test
