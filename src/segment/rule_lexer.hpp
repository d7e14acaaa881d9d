#pragma once
// Words of a rule's text: names, numbers, dates, texts and signs, each with its place.
// Thread safety: values; the text is borrowed.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"

namespace emptor::detail {

enum class RuleTokenKind : std::uint8_t { name, number, date, text, sign, end };

struct RuleToken {
  RuleTokenKind kind = RuleTokenKind::end;
  std::size_t place = 0;    // byte in the text
  std::string_view word{};  // as it stands there
  std::string content{};    // of a text, without quotes and escapes
};

/// "column 12", "line 2, column 5": columns count code points from 1.
[[nodiscard]] std::string rule_place(std::string_view text, std::size_t place);

/// Throws what is wrong at a place of the text.
[[noreturn]] void fail_rule(std::string_view text, std::size_t place, ErrorCode code,
                            std::string message);

/// All words, and an end. Throws through `fail_rule`.
[[nodiscard]] std::vector<RuleToken> rule_tokens(std::string_view text);

/// Whether the word is a plain name: a letter or _, then letters, digits and _.
[[nodiscard]] bool is_rule_name(std::string_view word) noexcept;

/// "; did you mean 'a' or 'b'?", of those that are near, or "".
[[nodiscard]] std::string near_names(std::string_view wrong,
                                     const std::vector<std::string_view>& known);

}  // namespace emptor::detail
