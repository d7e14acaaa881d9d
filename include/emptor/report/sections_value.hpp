#pragma once
// The sections of a report page about what customers are worth: how the models were fitted, how
// they did on what they had not seen, what they make of frequency and recency, and how value is
// spread over customers and moves with time.
//
// Cost: linear in the results, n log n in customers. Thread safety: one page a thread.

#include <span>
#include <string>

#include "emptor/core/export.hpp"
#include "emptor/core/money.hpp"
#include "emptor/report/page.hpp"
#include "emptor/value/customer_value_result.hpp"
#include "emptor/value/holdout_result.hpp"
#include "emptor/value/purchase_matrix_result.hpp"
#include "emptor/value/value_fit_result.hpp"

namespace emptor {

/// Parameters with their standard errors and likelihoods, a table each, and what the fits say.
EMPTOR_API void add_value_fit_section(ReportPage& page, std::span<const ValueFitReport> fits);

/// At most 5 models over the same time: tracking, expectations by past purchases, calibration of
/// P(alive), errors. Throws `invalid_shape` for more, or when they differ in customers or points.
EMPTOR_API void add_holdout_section(ReportPage& page, std::span<const HoldoutResult> models);

/// `unit`: of the model's time, e.g. "weeks". Throws `invalid_shape` for a matrix that is none.
EMPTOR_API void add_purchase_matrix_section(ReportPage& page, const PurchaseMatrix& matrix,
                                            std::string_view unit = "weeks");

/// Tiles on top of the page: customers still there, their value.
EMPTOR_API void add_value_tiles(ReportPage& page, const CustomerValues& values, Currency currency);

/// How value is spread over customers, and what a new one is worth.
EMPTOR_API void add_customer_value_section(ReportPage& page, const CustomerValues& values,
                                           Currency currency);

/// The base and its value at each instant.
EMPTOR_API void add_value_trajectory_section(ReportPage& page, const ValueTrajectory& trajectory,
                                             Currency currency);

}  // namespace emptor
