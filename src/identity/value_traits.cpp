#include "identity/value_traits.hpp"

#include <limits>

#include "emptor/identity/nicknames.hpp"
#include "emptor/text/phonetic.hpp"
#include "identity/coarse_key.hpp"
#include "identity/value_text.hpp"

namespace emptor::detail {

namespace {

/// Bits of the characters: letters and digits one each as far as 32 bits go, which only makes fewer
/// texts look different. No bits for texts of other characters than ASCII: `ascii` is false.
std::uint32_t letters_of(std::string_view text, bool& ascii) {
  std::uint32_t letters = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    ascii = ascii && byte < 0x80;
    letters |= std::uint32_t{1} << (byte & 31U);
  }
  return letters;
}

std::uint32_t digits_of(std::string_view text) {
  std::uint32_t digits = 0;
  for (const char c : text) digits |= std::uint32_t{1} << (static_cast<unsigned char>(c) & 31U);
  return digits;
}

std::uint32_t prefix_of(std::string_view text) {
  std::uint32_t prefix = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    // What is past the end differs from everything, also from another end.
    const auto byte = i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    prefix |= static_cast<std::uint32_t>(byte) << 8 * i;
  }
  return prefix;
}

std::uint32_t bit_of(std::uint64_t hash) {
  return std::uint32_t{1} << (hash >> 59);
}

}  // namespace

ValueTraits traits_of(ComparisonKind kind, std::string_view value, const Nicknames* nicknames) {
  ValueTraits traits;
  if (kind == ComparisonKind::birth_date) {
    traits.other = packed_date(value);
    return traits;
  }
  const std::string_view text =
      kind == ComparisonKind::given_name || kind == ComparisonKind::family_name ? before_tab(value)
      : kind == ComparisonKind::address ? after_number(value)
                                        : value;
  bool ascii = true;
  traits.letters = letters_of(text, ascii);
  traits.prefix = prefix_of(text);
  constexpr std::size_t longest = std::numeric_limits<std::uint16_t>::max();
  if (ascii && text.size() <= longest) traits.length = static_cast<std::uint16_t>(text.size());
  traits.key = static_cast<std::uint32_t>(coarse_key(kind, value, nicknames) >> 32);
  if (kind == ComparisonKind::given_name || kind == ComparisonKind::family_name) {
    traits.key = static_cast<std::uint32_t>(key_of(double_metaphone(text).primary) >> 32);
  }
  switch (kind) {
    case ComparisonKind::given_name:
      if (nicknames != nullptr) {
        for (const std::uint32_t name : nicknames->full_names(text)) {
          traits.other |= bit_of(name * 0x9e3779b97f4a7c15U);
        }
      }
      break;
    case ComparisonKind::email: {
      const std::string_view local = value.substr(0, value.find('@'));
      traits.other = digits_of(local);
      traits.other_length = static_cast<std::uint16_t>(std::min(local.size(), longest));
      break;
    }
    case ComparisonKind::address:
    case ComparisonKind::text:
      for_each_word(text, [&](std::string_view word) { traits.other |= bit_of(key_of(word)); });
      break;
    default:
      break;
  }
  return traits;
}

}  // namespace emptor::detail
