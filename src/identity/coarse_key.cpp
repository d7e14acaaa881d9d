#include "identity/coarse_key.hpp"

#include <array>

#include "identity/value_text.hpp"

namespace emptor::detail {

namespace {

/// Robert C. Russell's soundex (US patent 1,261,167, 1918) as the census uses it; names that do
/// not begin with a Latin letter are their own key.
std::uint64_t sound_of(std::string_view name) {
  constexpr std::string_view classes = "01230120022455012623010202";  // of a to z
  std::array<char, 4> sound{};
  std::size_t length = 0;
  char last = 0;
  for (const char c : name) {
    if (c < 'a' || c > 'z') continue;
    const char kind = classes[static_cast<std::size_t>(c - 'a')];
    if (length == 0) {
      sound[length++] = c;
      last = kind;
      continue;
    }
    if (kind != '0' && kind != last) sound[length++] = kind;
    if (c != 'h' && c != 'w') last = kind;
    if (length == sound.size()) break;
  }
  return length == 0 ? key_of(name) : key_of({sound.data(), length});
}

}  // namespace

std::uint64_t coarse_key(ComparisonKind kind, std::string_view value, const Nicknames* nicknames) {
  switch (kind) {
    case ComparisonKind::given_name:
      return sound_of(nicknames == nullptr ? before_tab(value)
                                           : nicknames->nickname_group(before_tab(value)));
    case ComparisonKind::family_name:
      return sound_of(before_tab(value));
    case ComparisonKind::email:
      return key_of(value.substr(0, value.find('@')));
    case ComparisonKind::phone:
      return value.size() > 8 ? key_of(value.substr(value.size() - 8)) : key_of(value);
    case ComparisonKind::postcode:
      return key_of(postcode_district(value));
    case ComparisonKind::address: {
      const std::string_view street = after_number(value);
      const std::uint64_t first = key_of(street.substr(0, street.find(' ')));
      return multiply_mix(key_of(house_number(value)), first) | 1;
    }
    case ComparisonKind::birth_date:
      return key_of(value.substr(0, 6));
    default:
      return 0;
  }
}

}  // namespace emptor::detail
