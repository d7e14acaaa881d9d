#include "emptor/identity/name.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "emptor/identity/nicknames.hpp"
#include "support/catch.hpp"
#include "support/identity_data.hpp"

using namespace emptor;

namespace {

bool has_word(std::string_view words, std::string_view word) {
  for (std::size_t at = words.find(word); at != std::string_view::npos;
       at = words.find(word, at + 1)) {
    const bool starts = at == 0 || words[at - 1] == ' ';
    const std::size_t end = at + word.size();
    if (starts && (end == words.size() || words[end] == ' ')) return true;
  }
  return false;
}

}  // namespace

// The columns first_name and surname are the publishers' first and last word of the full name
// before titles are understood: "chudleigh" of "1st baron clifford of chudleigh".
TEST_CASE("Full names of historical50k: titles are no names, and what is a name stays") {
  const test::IdentitySet set = test::load_historical50k();
  const Nicknames nicknames = Nicknames::standard();
  constexpr std::string_view titles[] = {"sir",     "lady",     "1st",      "2nd",     "3rd",
                                         "baronet", "viscount", "countess", "marquess"};
  PersonName name, given, family;
  std::size_t rows = 0, titled = 0, first_found = 0, first = 0, last_found = 0, last = 0;
  for (std::uint32_t row = 0; row < set.records.size(); ++row) {
    const auto raw = test::text_of(set.records, row, "full_name");
    if (normalise_name(raw, name, {.nicknames = &nicknames}) != FieldState::usable) continue;
    ++rows;
    for (const auto title : titles) {
      titled += has_word(name.family, title) || name.given == title ? 1U : 0U;
    }
    const std::string all = name.given + ' ' + name.middle + ' ' + name.family + ' ' + name.extra;
    const auto column = [&](std::string_view which, NamePart part, PersonName& to) {
      return normalise_name(test::text_of(set.records, row, which), to, {.part = part}) ==
             FieldState::usable;
    };
    if (column("first_name", NamePart::given, given) && !given.given.empty()) {
      ++first;
      first_found += has_word(all, given.given) ? 1U : 0U;
    }
    if (column("surname", NamePart::family, family) && !family.family.empty()) {
      ++last;
      last_found += has_word(name.family, family.family) || has_word(name.extra, family.family);
    }
  }
  INFO(first_found << " of " << first << " first names, " << last_found << " of " << last);
  CHECK(titled == 0);
  // The rest: a first name of "of" or "the", a surname of "junior", or a comma before a place.
  CHECK(static_cast<double>(first_found) > .997 * static_cast<double>(first));
  CHECK(static_cast<double>(last_found) > .990 * static_cast<double>(last));
  CHECK(rows > 50'000);
}
