#pragma once
// Ready-made segments and what they were made of. Plain data; thread safety: values.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/id.hpp"

namespace emptor {

struct ReadySegment {
  std::string name;
  std::string definition;           ///< in a sentence, with the numbers that were used
  std::vector<Customer> customers;  ///< ascending, each once
  friend bool operator==(const ReadySegment&, const ReadySegment&) = default;
};

/// Where a channel stands. A host says it of each of its channels.
enum class ChannelSide : std::uint8_t { unknown, online, offline };

/// Why people buy things of a kind: for use, for feeling, or out of responsibility for others.
enum class NeedKind : std::uint8_t { functional, emotional, responsibility };
inline constexpr std::size_t need_kind_count = 3;

[[nodiscard]] constexpr std::string_view name(NeedKind kind) noexcept {
  constexpr std::string_view names[need_kind_count] = {"functional", "emotional", "responsibility"};
  return names[static_cast<std::size_t>(kind)];
}

/// How far things of a category meet each need; >= 0, not all 0.
struct CategoryNeeds {
  std::string category;
  double functional = 0;
  double emotional = 0;
  double responsibility = 0;
};

struct CustomerNeedKinds {
  Customer customer{};
  std::array<double, need_kind_count> shares{};  ///< by NeedKind; they add up to 1
  std::uint32_t orders = 0;                      ///< with a mapped category
};

struct NeedKindReport {
  std::vector<CustomerNeedKinds> customers;  ///< in the order of their ids
  std::vector<ReadySegment> segments;        ///< functional, emotional, responsibility
  std::uint64_t unmapped_lines = 0;          ///< purchases of categories the host did not map
};

}  // namespace emptor
