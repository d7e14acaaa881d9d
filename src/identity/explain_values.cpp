#include <cstddef>
#include <string>
#include <string_view>

#include "emptor/core/text.hpp"
#include "emptor/identity/explain.hpp"
#include "emptor/identity/identifier.hpp"
#include "emptor/text/utf8.hpp"
#include "identity/value_text.hpp"

namespace emptor {

namespace {

constexpr std::string_view hidden = "***";

/// What a name was written like, without what says that it is the son's.
[[nodiscard]] std::string_view shown_name(std::string_view normalised) noexcept {
  const std::string_view written = detail::written_name(normalised);
  return written.empty() ? detail::before_tab(normalised) : written;
}

[[nodiscard]] bool is_name(ComparisonKind kind) noexcept {
  return kind == ComparisonKind::given_name || kind == ComparisonKind::family_name;
}

/// The first character of each word, and the last one of words of more than three.
[[nodiscard]] std::string mask_words(std::string_view words) {
  std::string out;
  detail::for_each_word(words, [&](std::string_view word) {
    if (!out.empty()) out += ' ';
    std::size_t characters = 0, last = 0;
    for (std::size_t at = 0; at < word.size(); ++characters) {
      last = at;
      at += utf8_character(word, at).bytes;
    }
    if (characters > 1) out += word.substr(0, utf8_character(word, 0).bytes);
    out += hidden;
    if (characters > 3) out += word.substr(last);
  });
  return out;
}

/// Nothing but the last two characters, of six and more.
[[nodiscard]] std::string mask_number(std::string_view number) {
  std::string out(hidden);
  if (number.size() >= 6) {
    for (const char c : number.substr(number.size() - 2)) {
      out += static_cast<unsigned char>(c) < 0x80 ? c : '*';
    }
  }
  return out;
}

[[nodiscard]] std::string date_text(std::string_view digits) {
  if (digits.size() != 8) return std::string(digits);
  std::string month(digits.substr(4, 2));
  const bool ambiguous = month[0] >= 'a';  // 10 added to its first digit
  if (ambiguous) month[0] = static_cast<char>(month[0] - 'a' + '0');
  return text(digits.substr(0, 4), '-', month, '-', digits.substr(6, 2),
              ambiguous ? " (or day first)" : "");
}

}  // namespace

std::string mask_value(ComparisonKind kind, std::string_view normalised) {
  if (normalised.empty()) return {};
  switch (kind) {
    case ComparisonKind::birth_date:
      return text(normalised.size() == 8 ? normalised.substr(0, 4) : hidden, "-**-**");
    case ComparisonKind::email: {
      const std::size_t at = normalised.rfind('@');
      if (at == std::string_view::npos || at == 0) return mask_number(normalised);
      return mask_email(normalised);
    }
    case ComparisonKind::phone:
    case ComparisonKind::typed_id:
    case ComparisonKind::key:
      return mask_number(normalised);
    case ComparisonKind::number:
    case ComparisonKind::location:
      return std::string(hidden);
    default:
      return mask_words(is_name(kind) ? shown_name(normalised) : normalised);
  }
}

std::string plain_value(ComparisonKind kind, std::string_view normalised) {
  if (kind == ComparisonKind::birth_date) return date_text(normalised);
  return std::string(is_name(kind) ? shown_name(normalised) : normalised);
}

}  // namespace emptor
