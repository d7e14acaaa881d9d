#pragma once
// The style sheet and the script of a report page, and their fingerprints for its content security
// policy. Internal to the room.

#include <string>
#include <string_view>

namespace emptor::detail {

/// Style of the page, charts included.
[[nodiscard]] const std::string& page_style();

/// Sorts tables and switches light and dark; the page reads the same without it. Holds no '<' and
/// no '&', so that the page is well-formed XML as well.
[[nodiscard]] std::string_view page_script();

/// Base64 of the SHA-256 of `page_style()` and of `page_script()`. A browser refuses both when they
/// do not fit, and the unit tests say what they must be.
inline constexpr std::string_view page_style_sha256 = "YM08Qnxw/ls3t9vNGixoElrPe7WE6rSHSHIo03xF+iA=";
inline constexpr std::string_view page_script_sha256 = "B1q8EAAzza+YtYTPVqv36LAhSg/imjS+hmw0r8U4EcE=";

}  // namespace emptor::detail
