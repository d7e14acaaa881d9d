#pragma once

/// @file
/// The board: every model's accuracy and cost on one problem.

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "dataset.hpp"
#include "emptor/core/context.hpp"
#include "emptor/evaluate/evaluate_result.hpp"
#include "emptor/evaluate/rating_result.hpp"
#include "model_spec.hpp"
#include "problem.hpp"

namespace leaderboard {

inline constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

struct Cost {
  double fit_cpu = unknown;      ///< seconds, of all threads
  double fit_wall = unknown;     ///< seconds
  double peak_bytes = unknown;   ///< the most the fit had in memory beyond the data
  double model_bytes = unknown;  ///< of the saved model
  double single = unknown;  ///< `recommend` calls a CPU second; folded in first if not in train
  double batch = unknown;   ///< customers a second by `recommend_batch`
};

struct BoardRow {
  std::string label{};  ///< unique on the board
  std::string model{};  ///< as fitted, with all options that are not defaults
  bool tuned = false;   ///< on a validation side cut from train
  std::size_t trials = 0;
  double tuning_wall = 0;  ///< seconds
  std::string failure{};   ///< why there is nothing else; else empty
  Cost cost{};
  emptor::RankingEvaluation ranking{};  ///< of lists
  emptor::RatingEvaluation rating{};    ///< of ratings
  emptor::ModelEstimates estimates{};   ///< with intervals, of lists
  std::vector<emptor::RatingEstimate> rating_estimates{};
  /// This model minus the best; none for the best itself. Holm's method over all rows.
  std::optional<emptor::PairedComparison> against_best{};
  std::optional<emptor::RatingComparison> rating_against_best{};
};

struct Probe {
  double peak_gflops = 0;  ///< multiply-adds in registers, one thread
  double copy_gb_s = 0;    ///< copying memory, one thread
};

struct Board {
  std::string data{};
  std::size_t customers = 0;
  std::size_t items = 0;
  std::size_t train = 0;  ///< pairs of customer and item, or ratings
  std::size_t test = 0;
  std::string split{};
  std::vector<std::string> notes{};
  std::vector<std::size_t> ks{};
  std::size_t threads = 1;
  bool ratings = false;
  bool sampled = false;
  Probe probe{};
  std::vector<BoardRow> rows{};  ///< the best first, those that failed last
};

/// Told when a model is begun, and when it is done.
using Announce = std::function<void(const std::string& what)>;

/// Models that fail become rows that say why; other errors are thrown.
[[nodiscard]] Board run_board(const Dataset& data, const std::vector<ModelSpec>& models,
                              const Arguments& arguments, const emptor::Context& context,
                              const Announce& announce);

}  // namespace leaderboard
