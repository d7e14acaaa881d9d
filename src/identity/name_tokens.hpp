#pragma once
// The words of a raw name, folded, with what stood around them. Internal.

#include <string_view>

#include "emptor/identity/name.hpp"

namespace emptor::detail {

enum NameMark : std::uint8_t {
  mark_comma = 1,        // a comma stands before
  mark_bracket = 2,      // in brackets or quotation marks
  mark_hyphen = 4,       // a hyphen stands before
  mark_dot = 8,          // a dot stands behind
  mark_middle_dot = 16,  // a middle dot stands before: 约翰·史密斯
  mark_han = 32,         // has Han characters
  mark_hangul = 64,      // has Hangul
  mark_syllabic = 128,   // has kana or another script without spaces
};
inline constexpr std::uint8_t mark_east = mark_han | mark_hangul | mark_syllabic;
inline constexpr std::uint16_t word_ordinal = 4096;  // beside the kinds of NameWord: "1st"

class NameSplitter {
 public:
  NameSplitter(NameTokens& tokens, bool simplify_han) noexcept
      : tokens_(tokens), simplify_han_(simplify_han) {}

  /// Appends the words of `raw`.
  void split(std::string_view raw);

  [[nodiscard]] bool saw_at_sign() const noexcept { return saw_at_sign_; }
  [[nodiscard]] bool saw_letter() const noexcept { return saw_letter_; }
  [[nodiscard]] bool saw_anything() const noexcept { return saw_anything_; }

 private:
  void end_word(const char* to);
  void sign(unsigned char code, std::string_view raw, std::size_t at, const char* to);
  char* wide(std::string_view raw, std::size_t& at, char* to);
  void close_bracket(bool whole) noexcept;

  NameTokens& tokens_;
  bool simplify_han_;
  bool saw_at_sign_ = false;
  bool saw_letter_ = false;
  bool saw_anything_ = false;
  const char* base_ = nullptr;
  const char* word_ = nullptr;  // its first byte, or null between words
  std::uint8_t before_ = 0;     // marks of the word to come
  std::uint8_t script_ = 0;     // of the word at hand
  std::size_t bracket_from_ = 0;
  char bracket_ = 0;  // the sign that closes it
};

}  // namespace emptor::detail
