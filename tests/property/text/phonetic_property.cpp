// Keys by sound of any bytes: short, of their letters, blind to case and to what stands around.

#include "emptor/text/phonetic.hpp"

#include <string>
#include <vector>

#include "support/property.hpp"

using namespace emptor;

namespace {

std::string text_of(const std::vector<std::uint8_t>& codes) {
  static const std::vector<std::string> pieces{
      "s", "c", "h",  "w", "z", "g", "k",    "t",   "l",  "ll",   "cc",   "x",    "j",   "gh",
      "n", "a", "e",  "i", "o", "u", "ie",   "sch", "ow", "ski",  "wicz", "witz", "tia", "b",
      "m", "r", "ae", " ", "-", "é", "van ", "mc",  "ç",  "\xFF", "œ",    "ß"};
  std::string text;
  for (const std::uint8_t code : codes) text += pieces[code % pieces.size()];
  return text;
}

TEST_CASE("keys by sound are short words of their letters") {
  test::check_property("any texts", [](const std::vector<std::uint8_t>& codes, std::uint8_t most) {
    const std::string text = text_of(codes);
    const MetaphoneKeys keys = double_metaphone(text, most);
    for (const std::string& key : {keys.primary, keys.secondary}) {
      RC_ASSERT(key.size() <= most);
      RC_ASSERT(key.find_first_not_of("AFHJKLMNPRSTX0") == std::string::npos);
    }
    std::string upper = text;
    for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    RC_ASSERT(double_metaphone(upper, most) == keys);
    RC_ASSERT(double_metaphone(" " + text + " ", most) == keys);
    const MetaphoneKeys shorter = double_metaphone(text, most / 2);
    RC_ASSERT(keys.primary.substr(0, most / 2) == shorter.primary);
    RC_ASSERT(keys.secondary.substr(0, most / 2) == shorter.secondary);
    const std::string sound = soundex(text);
    RC_ASSERT(sound.empty() || sound.size() == 4);
    RC_ASSERT(soundex(upper) == sound);
  });
}

TEST_CASE("keys by sound take any bytes") {
  test::check_property("any bytes", [](const std::string& text) {
    RC_ASSERT(double_metaphone(text).primary.size() <= 4);
    RC_ASSERT(soundex(text).size() <= 4);
  });
}

}  // namespace
