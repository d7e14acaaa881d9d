#pragma once
// Do groups of customers stay equally long? The log-rank test for any number of groups and its
// weighted relatives.
//
// Nathan Mantel, "Evaluation of survival data and two new rank order statistics arising in its
// consideration", Cancer Chemotherapy Reports 50(3), 1966; David P. Harrington, Thomas R. Fleming,
// "A class of rank test procedures for censored survival data", Biometrika 69(3), 1982,
// doi:10.1093/biomet/69.3.553. Groups are compared within each stratum of the times; sums are taken
// over strata. Time O(m log m + times k^2), memory O(m + times k). Thread safety: pure.

#include <cstdint>
#include <span>

#include "emptor/core/export.hpp"
#include "emptor/score/survival_result.hpp"
#include "emptor/score/survival_times.hpp"

namespace emptor {

struct LogRankOptions {
  /// Losses at t count S(t-)^rho, S over all groups of a stratum: 0 is the log-rank test, 1 the
  /// Peto-Peto test, which minds early losses more; >= 0.
  double rho = 0;
};

/// `groups` holds a code for each customer. With one group, or without losses, nothing can be told:
/// 0 degrees, p 1. Throws `invalid_shape`, `invalid_option`, and as require_survival_times.
[[nodiscard]] EMPTOR_API LogRankResult log_rank_test(const SurvivalTimes& times,
                                                     std::span<const std::uint32_t> groups,
                                                     const LogRankOptions& options = {});

}  // namespace emptor
