#pragma once
// Percent-encoding of parts of URLs: T. Berners-Lee, R. Fielding, L. Masinter, "Uniform Resource
// Identifier (URI): Generic Syntax", RFC 3986, 2005, section 2, https://doi.org/10.17487/RFC3986.
// Letters, digits and - . _ ~ stand for themselves, every other byte is %XX in upper case. A plus
// is a plus: nothing here is form encoding. Cost: O(bytes). Thread safety: pure functions.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace emptor {

/// Adds the encoded bytes to `out`.
inline void append_percent_encoded(std::string& out, std::string_view bytes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : bytes) {
    const bool unreserved = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                            (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (unreserved) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(digits[byte >> 4]);
      out.push_back(digits[byte & 15]);
    }
  }
}

[[nodiscard]] inline std::string percent_encoded(std::string_view bytes) {
  std::string out;
  append_percent_encoded(out, bytes);
  return out;
}

/// Gives the decoded bytes one by one to `sink`; false, having stopped, at a % without two
/// hexadecimal digits.
template <class Sink>
[[nodiscard]] constexpr bool percent_decode(std::string_view encoded, Sink&& sink) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  };
  for (std::size_t at = 0; at < encoded.size(); ++at) {
    char byte = encoded[at];
    if (byte == '%') {
      if (encoded.size() - at < 3) return false;
      const int high = digit(encoded[at + 1]), low = digit(encoded[at + 2]);
      if (high < 0 || low < 0) return false;
      byte = static_cast<char>(high << 4 | low);
      at += 2;
    }
    sink(byte);
  }
  return true;
}

/// The decoded bytes; nothing where a % is not followed by two hexadecimal digits.
[[nodiscard]] inline std::optional<std::string> percent_decoded(std::string_view encoded) {
  std::string out;
  if (!percent_decode(encoded, [&out](char c) { out.push_back(c); })) return std::nullopt;
  return out;
}

}  // namespace emptor
