#pragma once
// What can be seen of a normalised value at a glance, 16 bytes, so that most pairs of values that
// have nothing in common are told apart without reading them.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>

#include "emptor/identity/compared_records.hpp"
#include "emptor/identity/comparison.hpp"
#include "emptor/identity/date.hpp"

namespace emptor::detail {

/// Of a value of the kind. `nicknames` may be null.
[[nodiscard]] ValueTraits traits_of(ComparisonKind kind, std::string_view value,
                                    const Nicknames* nicknames);

/// Whether Jaro-Winkler similarity of two texts may reach `least`, from the letters that occur, the
/// lengths and the first four characters: never false where it does.
[[nodiscard]] inline bool may_be_alike(std::uint32_t letters_a, std::uint32_t length_a,
                                       std::uint32_t letters_b, std::uint32_t length_b,
                                       std::uint32_t prefix_a, std::uint32_t prefix_b,
                                       float least) noexcept {
  // A letter that the other text has not, matches nothing there.
  const auto only_a = static_cast<std::uint32_t>(std::popcount(letters_a & ~letters_b));
  const auto only_b = static_cast<std::uint32_t>(std::popcount(letters_b & ~letters_a));
  const std::uint32_t most = std::min(length_a - only_a, length_b - only_b);
  const float matches = static_cast<float>(most);
  const float jaro =
      (matches / static_cast<float>(length_a) + matches / static_cast<float>(length_b) + 1) / 3;
  const std::uint32_t differing = prefix_a ^ prefix_b;
  const float common = differing == 0 ? 4 : static_cast<float>(std::countr_zero(differing) / 8);
  return jaro + common * .1F * (1 - jaro) >= least - 1e-4F;
}

/// Whether two values can only be "different". Never true where `compare_values` says otherwise.
[[nodiscard]] inline bool surely_different(ComparisonKind kind, const ValueTraits& a,
                                           const ValueTraits& b) noexcept {
  if (a.length == 0 || b.length == 0) return false;  // not to be judged at a glance
  const auto alike = [&](float least) {
    return may_be_alike(a.letters, a.length, b.letters, b.length, a.prefix, b.prefix, least);
  };
  switch (kind) {
    case ComparisonKind::given_name:
    case ComparisonKind::family_name:
      return (a.other & b.other) == 0 && a.key != b.key && a.length > 1 && b.length > 1 &&
             !alike(.82F);
    case ComparisonKind::email:
      return a.key != b.key && !alike(.9F) &&
             !may_be_alike(a.other, a.other_length, b.other, b.other_length, a.prefix, b.prefix,
                           .88F);
    case ComparisonKind::phone:
      return a.key != b.key && std::popcount(a.letters ^ b.letters) > 2;
    case ComparisonKind::typed_id:
      return std::popcount(a.letters ^ b.letters) > 2;
    case ComparisonKind::address:
    case ComparisonKind::text:
      return (a.other & b.other) == 0 && !alike(.88F);
    case ComparisonKind::place:
      return !alike(.88F);
    default:
      return false;
  }
}

}  // namespace emptor::detail
