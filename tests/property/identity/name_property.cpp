#include <algorithm>
#include <string>
#include <vector>

#include "emptor/identity/name.hpp"
#include "emptor/identity/nicknames.hpp"
#include "emptor/text/utf8.hpp"
#include "support/property.hpp"

using namespace emptor;

namespace {

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto character = utf8_character(text, at);
    if (!character.valid) return false;
    at += character.bytes;
  }
  return true;
}

std::string some_name() {
  static const std::vector<std::string> pieces = {
      "john", "Smith", "sir",  "van",      "der",    "1st",    "baron",  "of",        "the",
      "jr",   "王",    "伟",   "欧阳",     "先生",   "김철수", "たろう", "Александр", "ий",
      "Παπα", "é",     "ß",    ",",        " ",      " ",      " ",      ".",         "-",
      "'",    "\"",    "(",    ")",        "·",      "@",      "3",      "y",         "mc",
      "ph",   "d",     "\xFF", "\xE7\x8E", "unknown"};
  std::string name;
  const auto count = *rc::gen::inRange<std::size_t>(0, 30);
  for (std::size_t i = 0; i < count; ++i)
    name += pieces[*rc::gen::inRange<std::size_t>(0, pieces.size())];
  return name;
}

}  // namespace

TEST_CASE("Every word of a name has one place, in any text") {
  const Nicknames table = Nicknames::standard();
  PersonName reused;
  test::check_property("roles and strings say the same; a second use gives the same", [&] {
    const std::string raw =
        *rc::gen::arbitrary<bool>() ? some_name() : *rc::gen::arbitrary<std::string>();
    NameOptions options;
    options.part = *rc::gen::element(NamePart::full, NamePart::given, NamePart::family);
    options.family_first = *rc::gen::arbitrary<bool>();
    if (*rc::gen::arbitrary<bool>()) options.nicknames = &table;
    PersonName name;
    const FieldState state = normalise_name(raw, name, options);
    RC_ASSERT(normalise_name(raw, reused, options) == state);

    std::vector<std::string> by_role(7);
    for (const auto& [text, role] : name.tokens) {
      RC_ASSERT(!text.empty());
      RC_ASSERT(is_utf8(text));
      by_role[static_cast<std::size_t>(role)] += text;
    }
    const auto without_blanks = [](std::string text) {
      std::erase(text, ' ');
      std::sort(text.begin(), text.end());
      return text;
    };
    const auto sorted = [](std::string text) {
      std::sort(text.begin(), text.end());
      return text;
    };
    if (name.tokens.size() <= 24) {
      const std::string* parts[] = {&name.given, &name.middle, &name.family,
                                    &name.extra, &name.title,  &name.suffix};
      for (std::size_t i = 0; i < 6; ++i) {
        RC_ASSERT(without_blanks(*parts[i]) == sorted(by_role[i]));
      }
    }
    RC_ASSERT(reused.given == name.given);
    RC_ASSERT(reused.family == name.family);
    RC_ASSERT(reused.initials == name.initials);
    RC_ASSERT(reused.latin_given == name.latin_given);
    RC_ASSERT(is_utf8(name.latin_given));
    RC_ASSERT(is_utf8(name.initials));
    if (state == FieldState::missing) RC_ASSERT(name.tokens.empty());
  });

  test::check_property("a given name and a family name in any order of writing", [] {
    const std::string given =
        *rc::gen::element<std::string>("Thomas", "Ursula", "Jos\u00e9", "Zo\u00eb");
    const std::string family =
        *rc::gen::element<std::string>("Clifford", "O'Brien", "van der Berg", "Smith-Jones");
    PersonName plain, comma, columns;
    normalise_name(given + " " + family, plain);
    normalise_name(family + ", " + given, comma);
    normalise_name(given, family, columns);
    RC_ASSERT(plain.given == comma.given);
    RC_ASSERT(plain.family == comma.family);
    RC_ASSERT(plain.given == columns.given);
    RC_ASSERT(plain.family == columns.family);
  });
}

TEST_CASE("Nicknames as a brute-force twin knows them") {
  test::check_property("shares_name", [] {
    Nicknames table;
    std::vector<std::pair<std::string, std::string>> pairs;
    const auto word = [] {
      return std::string(1, static_cast<char>('a' + *rc::gen::inRange(0, 12)));
    };
    for (int i = *rc::gen::inRange(0, 30); i > 0; --i) {
      pairs.emplace_back(word(), word());
      table.add(pairs.back().first, pairs.back().second);
    }
    std::erase_if(pairs, [](const auto& pair) { return pair.first == pair.second; });
    const auto stands_for = [&](const std::string& name, const std::string& full) {
      return std::any_of(pairs.begin(), pairs.end(), [&](const auto& pair) {
        return pair.first == full && (pair.second == name || full == name);
      });
    };
    for (char a = 'a'; a < 'm'; ++a) {
      for (char b = 'a'; b < 'm'; ++b) {
        bool expected = a == b;
        for (char full = 'a'; full < 'm'; ++full) {
          expected = expected || (stands_for({a}, {full}) && stands_for({b}, {full}));
        }
        RC_ASSERT(table.shares_name({&a, 1}, {&b, 1}) == expected);
      }
    }
  });
}
