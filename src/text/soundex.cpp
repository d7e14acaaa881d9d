// The code of the US National Archives; see phonetic.hpp.

#include "emptor/text/phonetic.hpp"
#include "text/phonetic_letters.hpp"

namespace emptor {

std::string soundex(std::string_view text) {
  // Codes of A to Z; vowels (and Y) part letters of one code, H and W do not.
  static constexpr std::string_view codes = "01230120022455012623010202";
  const detail::PhoneticLetters letters(text);
  std::string key;
  char last = '0';
  for (std::size_t i = 0; i < letters.size() && key.size() < 4; ++i) {
    const char c = letters[i];
    if (c == ' ') continue;
    const char code = codes[static_cast<std::size_t>(c - 'A')];
    if (key.empty()) {
      key += c;
    } else if (code != '0' && code != last) {
      key += code;
    }
    if (c != 'H' && c != 'W') last = code;
  }
  if (!key.empty()) key.resize(4, '0');
  return key;
}

}  // namespace emptor
