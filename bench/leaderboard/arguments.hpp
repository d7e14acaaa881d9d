#pragma once

/// @file
/// The command line of the leaderboard.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leaderboard {

/// How a log is cut into what models learn from and what they are tested on.
enum class SplitKind : unsigned char { automatic, given, time, last_n, holdout, user_disjoint };

struct SplitPlan {
  SplitKind kind = SplitKind::automatic;
  double test_share = 0.2;  ///< time: of the events; holdout, user_disjoint: of a customer's items
  std::size_t last = 1;     ///< last_n: events a customer
  std::size_t folds = 5;    ///< user_disjoint: parts of the customers; ratings: of the ratings
  std::size_t fold = 0;     ///< the part to test on
  std::uint64_t seed = 1;
};

struct Arguments {
  std::filesystem::path data{};     ///< empty: generated data
  std::filesystem::path mapping{};  ///< of a CSV file
  std::filesystem::path item_features{};
  std::filesystem::path links{};
  std::filesystem::path html{};  ///< empty: none
  std::vector<std::string> models{};
  SplitPlan split{};
  double threshold = 0;  ///< ratings below it are no interactions
  bool ratings = false;  ///< predict ratings instead of ranking items
  std::vector<std::size_t> ks{10, 20};
  std::size_t tune = 0;  ///< trials a model; 0: options as given
  std::size_t threads = 1;
  std::size_t replicates = 1000;  ///< of the bootstrap and the tests
  double seconds = 0.3;           ///< that serving is measured for
  // The generated data.
  std::size_t customers = 2000;
  std::size_t items = 1000;
  std::size_t interactions = 60000;
  bool help = false;
};

[[nodiscard]] std::string usage();

/// `words` without the program's name. Throws emptor::Exception, `invalid_option`, with a message
/// for the person who typed them.
[[nodiscard]] Arguments parse_arguments(const std::vector<std::string_view>& words);

}  // namespace leaderboard
