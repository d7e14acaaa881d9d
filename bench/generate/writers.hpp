#pragma once

/// @file
/// Generated interactions as files in formats that are read elsewhere, and by `leaderboard`.
///
///     lightgcn   train.txt, test.txt: a line is a customer and the items; test has each customer's
///                latest `test_share`
///     csv        orders.csv with mapping.json, which says what its columns are
///     movielens  ratings.dat: customer::item::rating::time, both ids from 1 on
///
/// Streaming: customer by customer through a buffer of 1 MB a file. The same bytes for the same
/// options. Throws emptor::Exception, `io`, when a file cannot be written.

#include <cstddef>
#include <filesystem>

#include "generator.hpp"

namespace generate {

enum class FileFormat : unsigned char { lightgcn, csv, movielens };

struct WriteOptions {
  FileFormat format = FileFormat::lightgcn;
  double test_share = 0.2;  ///< lightgcn: of each customer's events, 0 to 0.9
  bool features = false;    ///< also item_features.txt: a line is an item and its features
  std::size_t friends = 0;  ///< also friends.txt: a line is a customer and up to so many friends
};

/// Writes into `folder`, which is made if need be. Returns the number of interactions.
std::size_t write_files(Generator& generator, const WriteOptions& options,
                        const std::filesystem::path& folder);

}  // namespace generate
