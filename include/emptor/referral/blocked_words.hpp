#pragma once
// Words that no code may spell, nor what reads like them: F-V-C-K, 4-5-5, letters that a digit
// stands for.
//
// Words and texts are compared after each character is replaced by what it is read as: 0 O; 1 I L;
// 2 Z; 3 E; 4 A; 5 S; 6 9 G; 7 T; 8 B; U V. The built-in list holds coarse and hateful words of
// English, German, French, Spanish, Italian and pinyin; a host adds its own.
//
// Cost: O(characters) a text (one bit looked up for each three characters in a row) as long as
// nothing is found. Memory: 4 KB and the words. Thread safety: immutable.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"

namespace emptor {

class BlockedWords {
 public:
  static constexpr std::size_t shortest = 3;  ///< characters of a word
  static constexpr std::size_t longest = 32;

  /// `words`: the host's own, 3 to 32 letters A-Z or digits, in either case; beside the built-in
  /// ones unless those are not wanted. Throws `invalid_option`.
  EMPTOR_API explicit BlockedWords(std::span<const std::string> words = {},
                                   bool with_built_in = true);

  /// Whether a word stands anywhere in `text` (letters A-Z in either case and digits; of other
  /// characters none is part of a word). For codes made of random characters.
  [[nodiscard]] EMPTOR_API bool found_in(std::string_view text) const noexcept;

  /// For texts that people chose: words of three letters count only when they are all there is but
  /// digits before and after, so that Cassandra and Titus may have their names.
  [[nodiscard]] EMPTOR_API bool found_in_name(std::string_view text) const noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return words_.size(); }

 private:
  [[nodiscard]] bool found(std::string_view text, std::size_t shortest_word) const noexcept;

  std::vector<std::string> words_;               // as they are read, ascending, each once
  std::array<std::uint64_t, 512> beginnings_{};  // a bit for each three first characters
};

namespace detail {

/// What a character is read as: 'A' to 'Z' without L and V; 0 for what is no letter or digit.
[[nodiscard]] constexpr char read_as(char c) noexcept {
  constexpr std::string_view digits = "OIZEASGTBG";
  if (c >= '0' && c <= '9') return digits[static_cast<std::size_t>(c - '0')];
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c < 'A' || c > 'Z') return 0;
  return c == 'L' ? 'I' : c == 'V' ? 'U' : c;
}

}  // namespace detail

}  // namespace emptor
