// Levels of values: symmetric, within their range, and never denied by what is seen at a glance.

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "../../../src/identity/value_traits.hpp"
#include "emptor/core/random.hpp"
#include "emptor/identity/compared_records.hpp"
#include "emptor/identity/comparison.hpp"
#include "emptor/identity/nicknames.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using emptor::test::check_property;

constexpr std::size_t kinds = static_cast<std::size_t>(ComparisonKind::list) + 1;

/// Texts over few letters, so that many are alike; of any bytes now and then.
std::string some_text(RandomStream& random, ComparisonKind kind) {
  static const std::array<std::vector<std::string>, 5> alphabets{
      {{"a", "b", "r", "o", "t", " "},
       {"1", "2", "3", "0", " ", "a"},
       {"a", "b", "@", ".", "c", "1"},
       {"é", "a", "王", "\t", "ß", " ", "b"},
       {std::string(1, '\0'), "\xff", "a", "\xc3", "-", ","}}};
  const std::vector<std::string>& letters =
      alphabets[random.below(10) < 8 ? random.below(3) : 3 + random.below(2)];
  std::string text;
  if (kind == ComparisonKind::birth_date && random.below(4) != 0) {
    for (int i = 0; i < 8; ++i) text += "0123456789abcdef"[random.below(16)];
    return text;
  }
  const std::uint32_t length = random.below(4) == 0 ? random.below(90) : random.below(12);
  for (std::uint32_t i = 0; i < length; ++i) {
    text += letters[random.below(static_cast<std::uint32_t>(letters.size()))];
  }
  if (kind == ComparisonKind::email && random.below(2) == 0) text += "@example.org";
  if (kind == ComparisonKind::address && random.below(2) == 0) text.insert(0, "12 ");
  return text;
}

/// The text with an edit, a word from another place or another ending; or another text.
std::string some_other(RandomStream& random, ComparisonKind kind, std::string text) {
  const std::string fresh = some_text(random, kind);
  if (text.empty() || fresh.empty()) return fresh;
  const std::size_t at = random.below(static_cast<std::uint32_t>(text.size()));
  switch (random.below(7)) {
    case 0:
      text[at] = fresh[0];
      return text;
    case 1:
      return text.erase(at, 1);
    case 2:
      return text.insert(at, 1, fresh[0]);
    case 3:
      if (at + 1 < text.size()) std::swap(text[at], text[at + 1]);
      return text;
    case 4:
      return text.substr(at) + " " + text.substr(0, at);
    case 5:
      return text.substr(0, at) + fresh;
    default:
      return fresh;
  }
}

}  // namespace

TEST_CASE("Levels of values: symmetric and in range") {
  check_property(
      "any two texts of any kind",
      [](std::uint32_t seed) {
        RandomStream random(seed);
        for (std::size_t k = 0; k < kinds; ++k) {
          const auto kind = static_cast<ComparisonKind>(k);
          const std::string a = some_text(random, kind), b = some_other(random, kind, a);
          const std::uint8_t level = compare_values(kind, a, b);
          // Names in scripts that have no letters in common are not compared.
          const bool name =
              kind == ComparisonKind::given_name || kind == ComparisonKind::family_name;
          RC_ASSERT(level >= (name ? missing_level : exact_level) && level <= last_level(kind));
          RC_ASSERT(level == compare_values(kind, b, a));
          RC_ASSERT(compare_values(kind, a, a) == exact_level);
          RC_ASSERT(last_level(kind) < max_levels);
        }
      },
      4000);
}

TEST_CASE("Levels of values: different at a glance is different") {
  const Nicknames nicknames = Nicknames::standard();
  check_property(
      "any two texts of any kind",
      [&](std::uint32_t seed) {
        RandomStream random(seed);
        for (std::size_t k = 0; k < kinds; ++k) {
          const auto kind = static_cast<ComparisonKind>(k);
          ValueDictionary values(kind, &nicknames);
          const std::string a = some_text(random, kind), b = some_other(random, kind, a);
          const std::uint32_t x = values.add(a), y = values.add(b);
          if (detail::surely_different(kind, values.traits(x), values.traits(y))) {
            RC_LOG() << level_names(kind).size() << " kind " << k << ": '" << a << "' '" << b
                     << "'\n";
            RC_ASSERT(compare_values(kind, a, b) == last_level(kind));
          }
        }
      },
      4000);
}

TEST_CASE("Levels of values: nicknames are not different at a glance") {
  const Nicknames nicknames = Nicknames::standard();
  const std::vector<std::string> names{"robert",    "bob",     "rob",     "bobby",    "roberta",
                                       "elizabeth", "liz",     "betty",   "beth",     "bill",
                                       "william",   "wilhelm", "peggy",   "margaret", "jack",
                                       "john",      "hans",    "johannes"};
  ValueDictionary values(ComparisonKind::given_name, &nicknames);
  std::size_t short_forms = 0;
  for (const std::string& a : names) {
    for (const std::string& b : names) {
      if (!nicknames.shares_name(a, b)) continue;
      ++short_forms;
      const std::uint32_t x = values.add(a), y = values.add(b);
      CHECK_FALSE(
          detail::surely_different(ComparisonKind::given_name, values.traits(x), values.traits(y)));
    }
  }
  CHECK(short_forms > names.size());
}
