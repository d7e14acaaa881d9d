#pragma once
// UTF-8 as a report needs it: decode with replacement, and guess how wide a text will be drawn.
// Well-formed sequences are those of The Unicode Standard 15.0, table 3-7. Widths are estimates
// from character classes (there are no font files here): good to about 10 % for proportional
// sans-serif fonts, which is what margins and shortening need. Thread safety: pure functions.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace emptor::detail {

inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

struct CodePoint {
  char32_t value = 0;
  std::size_t length = 1;  ///< bytes to step over; at least 1, also when invalid
  bool valid = false;
};

/// The character that starts at byte `at` < bytes.size().
[[nodiscard]] CodePoint decode_utf8(std::string_view bytes, std::size_t at) noexcept;

/// XML 1.0 production [2] Char, without the non-characters U+FDD0..U+FDEF and U+xFFFE/F and
/// without the C1 controls, which HTML forbids.
[[nodiscard]] bool is_xml_character(char32_t value) noexcept;

/// Estimated width of `content` in user units when drawn `size` units high.
[[nodiscard]] double text_width(std::string_view content, double size) noexcept;

/// `content`, cut with "…" at a character border when it would be wider than `width`.
[[nodiscard]] std::string shorten(std::string_view content, double width, double size);

/// At most `max_lines` (>= 1) lines broken at spaces, the last one shortened.
[[nodiscard]] std::vector<std::string> wrap(std::string_view content, double width, double size,
                                            std::size_t max_lines);

}  // namespace emptor::detail
