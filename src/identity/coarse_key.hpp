#pragma once
// Keys by which records meet although their values are spelt differently.

#include <cstdint>
#include <string_view>

#include "emptor/identity/comparison.hpp"
#include "emptor/identity/nicknames.hpp"
#include "emptor/table/keys.hpp"

namespace emptor::detail {

/// Never 0.
[[nodiscard]] inline std::uint64_t key_of(std::string_view text) noexcept {
  return hash_key(text, 0x51ed270b8f0d8f4dU) | 1;
}

/// Names by their sound (given names by that of the name that they may be short for), e-mails by
/// their local part, phones by their last digits, postcodes by their district, addresses by number
/// and street, dates by year and month; 0: none.
[[nodiscard]] std::uint64_t coarse_key(ComparisonKind kind, std::string_view value,
                                       const Nicknames* nicknames);

}  // namespace emptor::detail
