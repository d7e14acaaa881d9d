#pragma once
// The names of the rules of survivorship. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace emptor {

enum class SurvivorRule : std::uint8_t {
  most_recent,      ///< the latest
  most_frequent,    ///< what most of the customer's records say
  source_priority,  ///< of the source that is first in the field's list
  longest,          ///< the most code points
  verified_first,   ///< the verified before the unverified
  custom,           ///< the field's `choose`
};

[[nodiscard]] constexpr std::string_view name(SurvivorRule rule) noexcept {
  constexpr std::string_view names[] = {"most_recent", "most_frequent",  "source_priority",
                                        "longest",     "verified_first", "custom"};
  return names[static_cast<std::size_t>(rule)];
}

}  // namespace emptor
