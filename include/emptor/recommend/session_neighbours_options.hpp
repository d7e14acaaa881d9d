#pragma once
// Options of session neighbours, see session_neighbours.hpp. Thread safety: values.

#include <cstddef>
#include <cstdint>

namespace emptor {

enum class SessionSimilarity : std::uint8_t { v_sknn, stan };

struct SessionNeighboursOptions {
  SessionSimilarity similarity = SessionSimilarity::v_sknn;
  std::size_t neighbours = 100;  ///< k, the most similar sessions that vote, >= 1
  std::size_t sample = 1000;     ///< the most recent sessions to choose them from, >= 1
  std::size_t context = 50;      ///< the last distinct items of the live session that count, >= 1
  double idf = 0;                ///< a vote for an item counts 1 + idf ln(sessions / those with it)
                                 ///< times; >= 0
  double position_scale = 3.5;   ///< STAN, lambda 1: in items, > 0; infinity: places do not matter
  double age_scale_days = 20;    ///< STAN, lambda 2: in days, > 0; infinity: age does not matter
  double distance_scale = 3.5;   ///< STAN, lambda 3: in items, > 0; infinity: no matter
};

}  // namespace emptor
