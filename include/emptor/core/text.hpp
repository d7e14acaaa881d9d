#pragma once
// Short texts for errors and reports, in any locale the same.
//
// `text("'lambda' must be > 0, got ", -1)` concatenates strings, characters and numbers through
// std::to_chars: no iostreams, no locale, no allocation but the result's.
// Cost: linear in the result. Thread safety: pure functions.

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace emptor {

namespace detail {

inline void append_text(std::string& out, std::string_view part) {
  out.append(part);
}
inline void append_text(std::string& out, char part) {
  out.push_back(part);
}
template <std::same_as<bool> Bool>  // a template, so that string literals do not convert to it
void append_text(std::string& out, Bool part) {
  out.append(part ? "true" : "false");
}

template <class Number>
  requires((std::integral<Number> || std::floating_point<Number>) && !std::same_as<Number, bool> &&
           !std::same_as<Number, char>)
void append_text(std::string& out, Number part) {
  char buffer[48];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, part);
  out.append(buffer, static_cast<std::size_t>(end.ptr - buffer));
}

}  // namespace detail

/// The parts one after another; numbers in the shortest form that reads back as the same value.
template <class... Parts>
[[nodiscard]] std::string text(const Parts&... parts) {
  std::string out;
  (detail::append_text(out, parts), ...);
  return out;
}

/// `value` with `digits` decimals, rounded half to even on its binary value ("0.25", "-3.10").
/// Not-a-number and infinities read "nan", "inf", "-inf". `digits` is clamped to [0, 17].
[[nodiscard]] inline std::string fixed(double value, int digits) {
  if (digits < 0) digits = 0;
  if (digits > 17) digits = 17;
  char buffer[352];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, digits);
  return {buffer, end.ptr};
}

}  // namespace emptor
