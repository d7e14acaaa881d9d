#pragma once
// UTF-8 as the readers need it (well-formed sequences: The Unicode Standard 15.0, table 3-7).
// Thread safety: pure functions.

#include <cstddef>
#include <string>
#include <string_view>

namespace emptor::detail {

/// Bytes of the well-formed character at `at` < bytes.size(), or 0.
[[nodiscard]] std::size_t utf8_length(std::string_view bytes, std::size_t at) noexcept;

[[nodiscard]] bool is_utf8(std::string_view bytes) noexcept;

/// Appends `bytes` with U+FFFD for each maximal invalid part (Unicode 15.0, section 3.9, U+FFFD
/// substitution of maximal subparts).
void append_repaired(std::string& to, std::string_view bytes);

/// The longest front of at most `most` bytes that does not cut a character.
[[nodiscard]] std::string_view utf8_front(std::string_view bytes, std::size_t most) noexcept;

}  // namespace emptor::detail
