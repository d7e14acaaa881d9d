#pragma once
// Referral codes that people can read aloud and nobody can guess: "7K2M-9QXA".
//
// A code is a serial number, 0, 1, 2, …, in a secret order (referral/keyed_permutation.hpp),
// written with n characters of Crockford's base 32 (0-9 and A-Z without I, L, O, U;
// https://www.crockford.com/base32.html) and one check character more. It leads back to its serial
// number with the key alone: no table of codes in use, no two alike.
//
// The check character makes a weighted sum over GF(32) zero, the weights of the characters from the
// last to the first being 1, x, x², … for a root x of x⁵ + x² + 1. That is a generalised
// Reed-Solomon code with one check symbol (I. S. Reed, G. Solomon, "Polynomial codes over certain
// finite fields", SIAM Journal 8(2), 1960, https://doi.org/10.1137/0108018). x has the order 31, so
// all weights of at most 31 characters are different and none is 0. Therefore every change of one
// character is found (the sum changes by w d, with w and d not 0), and so is every exchange of two
// characters a and b, next to each other, with one between them or anywhere (by (v + w)(a + b)),
// and every twin error aa to bb, next to each other or not (by the same); which is more than
// classical systems do in other alphabets (H. P. Gumm, "A new class of check-digit methods for
// arbitrary number systems", IEEE Transactions on Information Theory 31(1), 1985,
// https://doi.org/10.1109/TIT.1985.1056991). Of other errors 31 in 32 are found. The check
// character keeps no secret: a shop window may verify it without the key.
//
// Reading is kind: case does not matter, O is 0, I and L are 1, hyphens and blanks are passed over.
//
// Serial numbers whose code spells a blocked word are to be skipped (`next_clean`), so that the map
// stays a bijection. With n characters and N codes issued a stranger's guess hits one of them with
// the chance N / 32^n. Key, length and prefix are for ever; words may be added at any time.
//
// Cost: a fraction of a µs either way, no allocation. Memory: 5 KB. Thread safety: immutable.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/secret_key.hpp"
#include "emptor/referral/blocked_words.hpp"
#include "emptor/referral/keyed_permutation.hpp"

namespace emptor {

/// Why a text is no code that can be used now.
enum class CodeProblem : std::uint8_t {
  none,
  length,         ///< too few or too many characters, hyphens and blanks not counted
  alphabet,       ///< a character that no code has
  prefix,         ///< it does not begin as all codes of the programme do
  checksum,       ///< the check character does not fit: mistyped
  bad_word,       ///< it spells a blocked word, so it was never issued
  not_issued,     ///< well-formed, but nobody's
  not_yet_valid,  ///< of a code book: before its window
  expired,        ///< after its window
  deactivated,
  used_up,         ///< as often used as it may be
  request_reused,  ///< the id of a use was given to a use with other content
};

/// The problem's name as written above.
[[nodiscard]] EMPTOR_API std::string_view name(CodeProblem problem) noexcept;

/// The text of a code, without an allocation.
class ReferralCodeText {
 public:
  static constexpr std::size_t longest = 48;

  [[nodiscard]] std::string_view view() const noexcept { return {characters_.data(), size_}; }
  [[nodiscard]] std::string str() const { return std::string(view()); }
  /// Adds a character; `longest` at most.
  void push_back(char c) noexcept { characters_[size_++] = c; }

 private:
  std::array<char, longest> characters_{};
  std::size_t size_ = 0;
};

struct ReferralCodeOptions {
  /// Characters of a code, check character included, prefix not: 5 to 13 (32^(length - 1) codes).
  std::size_t length = 8;
  /// Before every code, at most 8 letters A-Z and digits; it tells codes from vanity names.
  std::string prefix = {};
  /// A hyphen after so many characters and after the prefix; 0: never.
  std::size_t group = 4;
  /// The host's own blocked words, see BlockedWords.
  std::vector<std::string> blocked_words = {};
  /// Whether the built-in words are blocked too.
  bool block_built_in_words = true;
};

class ReferralCodec {
 public:
  struct Decoded {
    CodeProblem problem = CodeProblem::length;
    std::uint64_t serial = 0;  ///< right unless the problem is one of form or the check character
    explicit operator bool() const noexcept { return problem == CodeProblem::none; }
  };

  /// Throws `invalid_option`, for a prefix that spells a blocked word too.
  EMPTOR_API explicit ReferralCodec(const SecretKey& key, ReferralCodeOptions options = {});

  /// How many serial numbers there are: 32^(length - 1).
  [[nodiscard]] std::uint64_t capacity() const noexcept { return permutation_.domain(); }

  /// The code of a serial number, whatever it spells. Throws `out_of_range` from capacity() on.
  [[nodiscard]] EMPTOR_API ReferralCodeText encode(std::uint64_t serial) const;

  /// Whether the code spells no blocked word, serial < capacity().
  [[nodiscard]] EMPTOR_API bool is_clean(std::uint64_t serial) const;

  /// The first serial number from `serial` on whose code spells none; nothing when none is left.
  [[nodiscard]] EMPTOR_API std::optional<std::uint64_t> next_clean(std::uint64_t serial) const;

  /// The serial number of a code as people write it. `issued`: serial numbers from there on are
  /// nobody's. Problems: length, alphabet, prefix, checksum, bad_word, not_issued, in this order
  /// but that the first character outside the alphabet comes before the length.
  [[nodiscard]] EMPTOR_API Decoded
  decode(std::string_view text, std::uint64_t issued = KeyedPermutation::most) const noexcept;

  /// Whether a text has as many characters as a code and at most two of them where no code has
  /// them: so all texts that one wrong character, one exchange or one twin error makes of any code.
  [[nodiscard]] EMPTOR_API bool looks_like_a_code(std::string_view text) const noexcept;

  [[nodiscard]] const ReferralCodeOptions& options() const noexcept { return options_; }
  [[nodiscard]] const BlockedWords& words() const noexcept { return words_; }
  /// 64 bits that tell codecs apart whose codes differ: of key, length and prefix.
  [[nodiscard]] std::uint64_t fingerprint() const noexcept { return fingerprint_; }
  /// A keyed hash of the book's own, of names that shall not be told by who has no key.
  [[nodiscard]] const KeyedHash& name_hash() const noexcept { return name_hash_; }

 private:
  static constexpr std::size_t longest_code = 13;
  using Symbols = std::array<std::uint8_t, longest_code>;

  [[nodiscard]] Symbols symbols(std::uint64_t serial) const noexcept;
  [[nodiscard]] bool spells_word(const Symbols& symbols) const noexcept;
  /// Takes the characters apart; `none` when all are there.
  [[nodiscard]] CodeProblem read(std::string_view text, Symbols& out) const noexcept;

  ReferralCodeOptions options_;
  std::string prefix_;  // upper case, O as 0, I and L as 1
  BlockedWords words_;
  KeyedPermutation permutation_;
  KeyedHash name_hash_;
  std::uint64_t fingerprint_;
};

namespace detail {

/// The check character of payload characters 0 to 31.
[[nodiscard]] constexpr std::uint8_t code_check(std::span<const std::uint8_t> payload) noexcept {
  unsigned sum = 0;
  for (const std::uint8_t value : payload) {
    sum ^= value;
    sum = sum << 1 ^ (sum >> 4) * 0x25;  // times x, modulo x^5 + x^2 + 1
  }
  return static_cast<std::uint8_t>(sum);
}

/// Upper case, O as 0, I and L as 1; 0 for what is no letter A-Z or digit.
[[nodiscard]] constexpr char code_character(char c) noexcept {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') return '0';
  if (c == 'I' || c == 'L') return '1';
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ? c : '\0';
}

/// Hyphens and blanks, which codes are written with and mean nothing.
[[nodiscard]] constexpr bool is_code_separator(char c) noexcept {
  return c == '-' || c == ' ';
}

}  // namespace detail

}  // namespace emptor
