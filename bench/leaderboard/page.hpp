#pragma once

/// @file
/// The board as one self-contained HTML page.

#include "board.hpp"
#include "emptor/report/page.hpp"

namespace leaderboard {

[[nodiscard]] emptor::ReportPage make_page(const Board& board);

}  // namespace leaderboard
