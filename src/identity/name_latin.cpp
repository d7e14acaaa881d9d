// Cyrillic and Greek names in Latin letters, close to BGN/PCGN 1947 (without its apostrophes; final
// -ий and -ый as "y") and to ISO 843 type 2.

#include <algorithm>
#include <iterator>
#include <string>

#include "emptor/text/utf8.hpp"
#include "name_parser.hpp"

namespace emptor::detail {
namespace {

// U+0430 to U+045F.
constexpr std::string_view cyrillic[] = {
    "a", "b", "v",  "g", "d",  "e",  "zh", "z",  "i",  "y",    "k",  "l", "m", "n", "o",  "p",
    "r", "s", "t",  "u", "f",  "kh", "ts", "ch", "sh", "shch", "",   "y", "",  "e", "yu", "ya",
    "e", "e", "dj", "g", "ye", "dz", "i",  "i",  "j",  "lj",   "nj", "c", "k", "i", "w",  "dz"};
static_assert(std::size(cyrillic) == 0x30);

// U+03B1 to U+03C9.
constexpr std::string_view greek[] = {"a", "v", "g", "d", "e",  "z",  "i", "th", "i",
                                      "k", "l", "m", "n", "x",  "o",  "p", "r",  "s",
                                      "s", "t", "y", "f", "ch", "ps", "o"};
static_assert(std::size(greek) == 0x19);

}  // namespace

void append_latin(std::string_view folded, std::string& out) {
  if (std::none_of(folded.begin(), folded.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte >= 0xCE && byte <= 0xD2;  // leads of U+0380 to U+04BF
      })) {
    return;
  }
  char32_t before = ' ';
  for (std::size_t at = 0; at < folded.size();) {
    const auto character = utf8_character(folded, at);
    at += character.bytes;
    const char32_t c = character.value;
    const bool word_ends = at == folded.size() || folded[at] == ' ';
    if (c == 0x0439 && word_ends && (before == 0x0438 || before == 0x044B)) {
      out.back() = 'y';
    } else if (c >= 0x0430 && c < 0x0460) {
      out.append(cyrillic[c - 0x0430]);
    } else if (c == 0x0491) {
      out.push_back('g');
    } else if (c == 0x03C5 && (before == 0x03B1 || before == 0x03B5)) {
      out.push_back('v');
    } else if (c == 0x03C5 && before == 0x03BF) {
      out.push_back('u');
    } else if (c == 0x03B3 && before == 0x03B3) {
      out.back() = 'n';
      out.push_back('g');
    } else if (c == 0x03C0 && before == 0x03BC && out.size() == 1) {
      out.back() = 'b';
    } else if (c == 0x03C4 && before == 0x03BD && out.size() == 1) {
      out.back() = 'd';
    } else if (c >= 0x03B1 && c <= 0x03C9) {
      out.append(greek[c - 0x03B1]);
    } else {
      append_utf8(out, c);
    }
    before = c;
  }
}

bool is_patronymic(std::string_view folded) noexcept {
  constexpr std::string_view endings[] = {"вич", "віч", "вна", "чна", "ўна", "льич"};
  if (folded.size() < 10 || static_cast<unsigned char>(folded[0]) < 0x80) return false;
  return std::any_of(std::begin(endings), std::end(endings),
                     [&](std::string_view ending) { return folded.ends_with(ending); });
}

}  // namespace emptor::detail
