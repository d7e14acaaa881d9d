#include "ingest/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace emptor::detail {

namespace {

struct Lead {
  std::size_t length;        ///< 0: cannot lead
  unsigned char low = 0x80;  ///< range of the second byte
  unsigned char high = 0xbf;
};

constexpr Lead lead_of(unsigned char byte) noexcept {
  if (byte < 0x80) return {1};
  if (byte < 0xc2) return {0};
  if (byte < 0xe0) return {2};
  if (byte == 0xe0) return {3, 0xa0, 0xbf};
  if (byte == 0xed) return {3, 0x80, 0x9f};
  if (byte < 0xf0) return {3};
  if (byte == 0xf0) return {4, 0x90, 0xbf};
  if (byte < 0xf4) return {4};
  if (byte == 0xf4) return {4, 0x80, 0x8f};
  return {0};
}

/// How many bytes from `at` on begin a well-formed character, and whether it is complete.
struct Prefix {
  std::size_t bytes;
  bool complete;
};

Prefix prefix_at(std::string_view bytes, std::size_t at) noexcept {
  const Lead lead = lead_of(static_cast<unsigned char>(bytes[at]));
  if (lead.length == 0) return {1, false};
  std::size_t good = 1;
  for (; good < lead.length && at + good < bytes.size(); ++good) {
    const auto next = static_cast<unsigned char>(bytes[at + good]);
    if (good == 1 ? (next < lead.low || next > lead.high) : (next & 0xc0) != 0x80) break;
  }
  return {good, good == lead.length};
}

}  // namespace

std::size_t utf8_length(std::string_view bytes, std::size_t at) noexcept {
  const Prefix prefix = prefix_at(bytes, at);
  return prefix.complete ? prefix.bytes : 0;
}

bool is_utf8(std::string_view bytes) noexcept {
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::uint64_t word = 0;
    if (at + 8 <= bytes.size()) {
      std::memcpy(&word, bytes.data() + at, 8);
      if ((word & 0x8080808080808080U) == 0) {
        at += 8;
        continue;
      }
    }
    const std::size_t length = utf8_length(bytes, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

void append_repaired(std::string& to, std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const Prefix prefix = prefix_at(bytes, at);
    to += prefix.complete ? bytes.substr(at, prefix.bytes) : std::string_view("\xEF\xBF\xBD");
    at += prefix.bytes;
  }
}

std::string_view utf8_front(std::string_view bytes, std::size_t most) noexcept {
  if (bytes.size() <= most) return bytes;
  while (most > 0 && (static_cast<unsigned char>(bytes[most]) & 0xc0) == 0x80) --most;
  return bytes.substr(0, most);
}

}  // namespace emptor::detail
