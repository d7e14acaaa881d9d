#pragma once
// Two records. Thread safety: values.

#include <compare>
#include <cstdint>

namespace emptor {

/// Rows of two records; where the order matters, a < b.
struct RecordPair {
  std::uint32_t a = 0;
  std::uint32_t b = 0;

  friend bool operator==(const RecordPair&, const RecordPair&) = default;
  friend auto operator<=>(const RecordPair&, const RecordPair&) = default;
};

}  // namespace emptor
