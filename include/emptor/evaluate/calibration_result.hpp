#pragma once
// How a calibrator was fitted. Plain data; thread safety: values.

#include <cstdint>

namespace emptor {

enum class CalibrationMethod : std::uint8_t {
  platt,     ///< a sigmoid: two parameters, for few rows and scores of any kind
  beta,      ///< the ratio of two beta densities: three parameters, for scores that are
             ///< probabilities; holds the identity
  isotonic,  ///< any rising function: for thousands of rows
};

struct CalibrationReport {
  CalibrationMethod method = CalibrationMethod::platt;
  std::uint64_t positives = 0;  ///< rows of weight > 0
  std::uint64_t negatives = 0;
  int iterations = 0;
  bool converged = true;
  /// Only one outcome was seen: every score gets one probability, Laplace's (n + 1) / (n + 2) of
  /// it.
  bool one_class = false;
  /// Higher scores went with fewer ones: a rising function can do no better than a constant.
  bool constant = false;
};

}  // namespace emptor
