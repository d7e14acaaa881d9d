// Cyrillic, Greek, Arabic and Khmer names in Latin letters, close to BGN/PCGN 1947 (without its
// apostrophes; final -ий and -ый as "y"), to ISO 843 type 2, and to the romanisations that the
// United Nations adopted for Arabic and Khmer (UNGEGN, 2017 and 1972). Arabic is written without
// short vowels and Khmer vowels depend on what stands before them, so those two meet a Latin
// spelling by its sound rather than letter by letter: فيصل is "fisal".

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

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

// U+0621 to U+064A.
constexpr std::string_view arabic[] = {"",  "a", "a",  "w",  "i",  "y", "a", "b", "a",  "t", "th",
                                       "j", "h", "kh", "d",  "dh", "r", "z", "s", "sh", "s", "d",
                                       "t", "z", "",   "gh", "",   "",  "",  "",  "",   "",  "f",
                                       "q", "k", "l",  "m",  "n",  "h", "w", "a", "y"};
static_assert(std::size(arabic) == 0x2A);

// Of Persian, Urdu and their neighbours.
constexpr std::pair<char32_t, std::string_view> arabic_beyond[] = {
    {0x0679, "t"},  {0x067E, "p"}, {0x0686, "ch"}, {0x0688, "d"}, {0x0691, "r"},
    {0x0698, "zh"}, {0x06A9, "k"}, {0x06AF, "g"},  {0x06BA, "n"}, {0x06BE, "h"},
    {0x06C1, "h"},  {0x06CC, "y"}, {0x06D2, "e"}};

// U+1780 to U+17C5: consonants, independent vowels, two signs without a sound, vowel signs.
constexpr std::string_view khmer[] = {
    "k",  "kh", "k",  "kh", "ng", "ch", "chh", "ch",  "chh", "nh", "d",  "th", "d",  "th",
    "n",  "t",  "th", "t",  "th", "n",  "b",   "ph",  "p",   "ph", "m",  "y",  "r",  "l",
    "v",  "sh", "ss", "s",  "h",  "l",  "",    "a",   "a",   "e",  "ei", "o",  "ok", "u",
    "au", "ry", "ry", "ly", "ly", "e",  "ai",  "ao",  "ao",  "au", "",   "",   "a",  "e",
    "ei", "oe", "eu", "o",  "u",  "ua", "aeu", "oea", "ie",  "e",  "ae", "ai", "ao", "au"};
static_assert(std::size(khmer) == 0x46);

[[nodiscard]] std::string_view arabic_letter(char32_t c) noexcept {
  if (c >= 0x0621 && c <= 0x064A) return arabic[c - 0x0621];
  for (const auto& [letter, latin] : arabic_beyond) {
    if (letter == c) return latin;
  }
  return {};  // signs without a sound of their own
}

[[nodiscard]] bool is_vowel(char c) noexcept {
  return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

/// Short vowels are not written: "a" stands for all of them. Waw and yeh are long vowels but at the
/// beginning of a word and before a vowel.
void append_arabic(char32_t c, char32_t next, std::string& out) {
  constexpr char32_t alef = 0x0627, ain = 0x0639;
  const bool begins = out.empty() || out.back() == ' ';
  std::string_view latin = arabic_letter(c);
  if (c == ain && (begins || !is_vowel(out.back()))) latin = "a";
  if (!begins && next != alef && (latin == "w" || latin == "y")) latin = latin == "w" ? "u" : "i";
  if (latin.empty()) return;
  if (!begins && !is_vowel(out.back()) && !is_vowel(latin.front())) out.push_back('a');
  out.append(latin);
}

/// Appends an Arabic or Khmer letter, `next` comes after it; false if it is none.
bool append_by_sound(char32_t c, char32_t next, std::string& out) {
  if (c >= 0x0600 && c < 0x0700) {
    append_arabic(c, next, out);
  } else if (c >= 0x1780 && c <= 0x17C5) {
    out.append(khmer[c - 0x1780]);
  } else if (c == 0x17C6) {
    out.push_back('m');
  } else {
    return c >= 0x1780 && c < 0x1800;  // other signs of Khmer have no sound of their own
  }
  return true;
}

}  // namespace

void append_latin(std::string_view folded, std::string& out) {
  if (std::none_of(folded.begin(), folded.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        // Leads of U+0380 to U+04BF, U+0600 to U+06FF and, among others, U+1780 to U+17FF.
        return (byte >= 0xCE && byte <= 0xD2) || (byte >= 0xD8 && byte <= 0xDB) || byte == 0xE1;
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
    } else if (!append_by_sound(c, word_ends ? U' ' : utf8_character(folded, at).value, out)) {
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
