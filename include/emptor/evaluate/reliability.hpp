#pragma once
// Whether probabilities come true: the reliability curve with intervals, the expected calibration
// error and the parts of the Brier score.
//
// Parts: Allan H. Murphy, "A new vector partition of the probability score", Journal of Applied
// Meteorology 12(4), 1973, doi:10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2; with bins that hold
// several probabilities, what varies within them is a part of its own: D. B. Stephenson, C. A. S.
// Coelho, I. T. Jolliffe, "Two extra components in the Brier score decomposition", Weather and
// Forecasting 23(4), 2008, doi:10.1175/2007WAF2006116.1. Expected calibration error: Mahdi Pakdaman
// Naeini, Gregory F. Cooper, Milos Hauskrecht, "Obtaining well calibrated probabilities using
// Bayesian binning", AAAI 2015, doi:10.1609/aaai.v29i1.9602. Interval: Edwin B. Wilson, "Probable
// inference, the law of succession, and statistical inference", JASA 22(158), 1927,
// doi:10.1080/01621459.1927.10502953, with weights on Kish's effective number of rows,
// (sum w)^2 / sum w^2.
//
// Errors as BinaryScores says, and `invalid_value` for a score outside [0, 1]. Time n log n, memory
// 24 bytes a row. Thread safety: pure functions.

#include <cstddef>
#include <cstdint>

#include "emptor/core/export.hpp"
#include "emptor/evaluate/reliability_result.hpp"
#include "emptor/evaluate/roc.hpp"

namespace emptor {

enum class ReliabilityBinning : std::uint8_t {
  equal_mass,   ///< about as much weight in each bin; equal probabilities are never parted
  equal_width,  ///< bin i of b: (i / b, (i + 1) / b], the first with 0
  distinct,     ///< a bin for each distinct probability: Murphy's own
};

struct ReliabilityOptions {
  std::size_t bins = 10;  ///< in [1, 100,000]; not for `distinct`
  ReliabilityBinning binning = ReliabilityBinning::equal_mass;
  double confidence = 0.95;  ///< in (0, 1)
};

/// Without rows of weight > 0: no bins, NaN.
[[nodiscard]] EMPTOR_API ReliabilityCurve reliability_curve(const BinaryScores& rows,
                                                            const ReliabilityOptions& options = {});

struct ShareInterval {
  double low = 0;
  double high = 1;
};
/// Wilson's interval of a share seen in `count` draws (need not be whole); [0, 1] of none. Throws
/// `invalid_option` for a share outside [0, 1], a count below 0 or a confidence outside (0, 1).
[[nodiscard]] EMPTOR_API ShareInterval wilson_interval(double share, double count,
                                                       double confidence = 0.95);

}  // namespace emptor
