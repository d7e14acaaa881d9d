#pragma once

/// @file
/// The data of a board, from files or generated, whatever their format was.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "emptor/core/context.hpp"
#include "emptor/core/id.hpp"
#include "emptor/table/feature_matrix.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/keys.hpp"
#include "emptor/table/links.hpp"
#include "emptor/table/ratings.hpp"

namespace leaderboard {

/// A test item and the negatives that it is ranked among.
struct Question {
  emptor::Customer customer;
  emptor::Item item;
  std::vector<emptor::Item> negatives;  ///< distinct, without the item itself
};

struct Dataset {
  std::string name;  ///< for people
  emptor::Keys<emptor::Customer> customers{};
  emptor::Keys<emptor::Item> items{};
  emptor::InteractionLog log{};                   ///< of train alone, if the files give a test
  std::optional<emptor::InteractionLog> test{};   ///< as given by the files
  emptor::RatingLog ratings{};                    ///< likewise, of files of ratings
  std::optional<emptor::RatingLog> rated_test{};  ///< as given by the files
  std::vector<Question> questions{};              ///< of files with sampled negatives
  bool has_times = false;
  std::vector<std::string> notes{};  ///< what a reader of the board should know of the data
  std::optional<emptor::FeatureMatrix> item_features{};
  std::optional<emptor::Links> links{};
};

/// Throws emptor::Exception: `io` for files that cannot be read, `invalid_value` for lines that
/// cannot be used (with file, line and what would be right) or data that are empty.
[[nodiscard]] Dataset load_dataset(const Arguments& arguments, const emptor::Context& context);

// The formats, each in a file of its own; `load_dataset` chooses.
void read_lightgcn(const std::filesystem::path& folder, Dataset& to);
void read_sampled(const std::filesystem::path& folder, const std::string& name, Dataset& to);
/// Adds to a log of ratings.
void read_ratings(const std::filesystem::path& file, Dataset& to, emptor::RatingLog& log);
void read_csv(const Arguments& arguments, const emptor::Context& context, Dataset& to);
void read_item_features(const std::filesystem::path& file, Dataset& to);
void read_links(const std::filesystem::path& file, Dataset& to);

}  // namespace leaderboard
