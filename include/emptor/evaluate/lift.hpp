#pragma once
// Gains and lift: what the best tenth of scores holds, the best two tenths, and so on.
//
// Groups are of equal weight exactly. Where rows of equal score lie on a border, each group takes
// its part of every one of them, so that the table does not depend on the order of rows. Errors as
// BinaryScores says. Time n log n, memory 24 bytes a row. Thread safety: pure function.

#include <cstddef>

#include "emptor/core/export.hpp"
#include "emptor/evaluate/lift_result.hpp"
#include "emptor/evaluate/roc.hpp"

namespace emptor {

/// `groups` in [1, 10,000], else `invalid_option`; 10 gives deciles. No groups without rows.
[[nodiscard]] EMPTOR_API LiftTable lift_table(const BinaryScores& rows, std::size_t groups = 10);

}  // namespace emptor
