#pragma once

/// @file
/// Reads the rating files of MovieLens (F. Maxwell Harper, Joseph A. Konstan, "The MovieLens
/// datasets: history and context", ACM TiiS 5(4), 2015, doi:10.1145/2827872).

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "emptor/table/ratings.hpp"

namespace emptor::test {

/// Lines of customer, item, rating, time: tabs between them in ml-100k, "::" in ml-1m. Ids count
/// from 1 in the files, from 0 here.
inline RatingLog read_movielens(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) throw Exception(ErrorCode::io, "cannot read the MovieLens file", file.string());
  RatingLog log;
  std::string line;
  while (std::getline(in, line)) {
    long long numbers[4] = {};
    std::size_t at = 0;
    for (long long& number : numbers) {
      while (at < line.size() && (line[at] < '0' || line[at] > '9')) ++at;
      while (at < line.size() && line[at] >= '0' && line[at] <= '9') {
        number = number * 10 + (line[at++] - '0');
      }
    }
    log.add(Customer{static_cast<std::uint32_t>(numbers[0] - 1)},
            Item{static_cast<std::uint32_t>(numbers[1] - 1)}, static_cast<float>(numbers[2]),
            Time{std::chrono::seconds{numbers[3]}});
  }
  return log;
}

}  // namespace emptor::test
