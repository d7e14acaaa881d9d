#pragma once
// What became of a raw value when it was normalised. Thread safety: values.

#include <cstdint>
#include <string_view>

namespace emptor {

/// Only usable values are evidence for or against a match.
enum class FieldState : std::uint8_t {
  missing,      ///< nothing but blanks
  placeholder,  ///< stands for nothing: "unknown", "n/a", 00000000, test@test.com, 1970-01-01
  malformed,    ///< not what the field should hold; kept as folded text, counted
  usable,
};

[[nodiscard]] constexpr std::string_view name(FieldState state) noexcept {
  switch (state) {
    case FieldState::missing:
      return "missing";
    case FieldState::placeholder:
      return "placeholder";
    case FieldState::malformed:
      return "malformed";
    case FieldState::usable:
      return "usable";
  }
  return "unknown";
}

}  // namespace emptor
