#pragma once

/// @file
/// The board's tables, each made once, for the terminal and for the page.

#include <string>

#include "board.hpp"
#include "emptor/report/table.hpp"

namespace leaderboard {

/// Accuracy of the lists at k.
[[nodiscard]] emptor::ReportTable accuracy_table(const Board& board, std::size_t k);

/// What models are ranked by, NDCG at the last k or RMSE: intervals, differences to the best.
[[nodiscard]] emptor::ReportTable comparison_table(const Board& board);

/// Time and memory of the fits, speed of serving.
[[nodiscard]] emptor::ReportTable cost_table(const Board& board);

/// What each model was fitted with, and why some could not be.
[[nodiscard]] emptor::ReportTable options_table(const Board& board);

/// "130 GFLOP/s …": what the machine could do beside the figures.
[[nodiscard]] std::string probe_text(const Board& board);

/// In columns of one width, numbers to the right.
[[nodiscard]] std::string plain_text(const emptor::ReportTable& table);

}  // namespace leaderboard
