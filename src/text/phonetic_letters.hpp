#pragma once
// The Latin capitals of a text, as keys by sound read them.

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>

#include "emptor/text/fold.hpp"
#include "emptor/text/utf8.hpp"

namespace emptor::detail {

/// Capitals and single blanks, with blanks before and after.
class PhoneticLetters {
 public:
  explicit PhoneticLetters(std::string_view text) {
    letters_.fill(' ');
    for (std::size_t at = 0; at < text.size() && size_ + 1 < most;) {
      const Utf8Character c = utf8_character(text, at);
      at += c.bytes;
      const FoldedCharacter folded = fold_character(c.value, true);
      put(folded.first);
      put(folded.second);
    }
    if (size_ > 0 && (*this)[size_ - 1] == ' ') --size_;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Of any place from -margin to size() + margin.
  [[nodiscard]] char operator[](std::size_t at) const noexcept { return letters_[at + margin]; }

  /// Whether one of the words stands at a place.
  [[nodiscard]] bool at(std::size_t place, std::initializer_list<std::string_view> words) const {
    for (const std::string_view word : words) {
      if (std::string_view(letters_.data() + place + margin, word.size()) == word) return true;
    }
    return false;
  }

 private:
  static constexpr std::size_t most = 64;
  static constexpr std::size_t margin = 8;

  void put(char32_t c) noexcept {
    if (c >= 'a' && c <= 'z') {
      letters_[margin + size_++] = static_cast<char>(c - 'a' + 'A');
    } else if ((c == ' ' || c == '-' || c == '.') && size_ > 0 && (*this)[size_ - 1] != ' ') {
      ++size_;
    }
  }

  std::array<char, most + 2 * margin> letters_;
  std::size_t size_ = 0;
};

}  // namespace emptor::detail
