#pragma once
// SHA-256 in base64, from its definition: an independent check of the fingerprints in the source.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace emptor::test {

// SHA-256 (FIPS 180-4) in base64, for the fingerprints of the content security policy.
inline std::string sha256_base64(std::string_view data) {
  std::array<std::uint32_t, 64> k{};
  std::array<std::uint32_t, 8> h{};
  const auto root_bits = [](long double root) {
    return static_cast<std::uint32_t>((root - static_cast<long double>(static_cast<int>(root))) *
                                      4294967296.0L);
  };
  for (int candidate = 2, found = 0; found < 64; ++candidate) {
    bool prime = true;
    for (int d = 2; d * d <= candidate; ++d) prime = prime && candidate % d != 0;
    if (!prime) continue;
    if (found < 8)
      h[static_cast<std::size_t>(found)] =
          root_bits(std::sqrt(static_cast<long double>(candidate)));
    k[static_cast<std::size_t>(found++)] =
        root_bits(std::cbrt(static_cast<long double>(candidate)));
  }
  std::string message(data);
  message += '\x80';
  while (message.size() % 64 != 56) message += '\0';
  for (int i = 7; i >= 0; --i) message += static_cast<char>(data.size() * 8 >> (8 * i) & 255);
  const auto turn = [](std::uint32_t x, int n) { return x >> n | x << (32 - n); };
  for (std::size_t at = 0; at < message.size(); at += 64) {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t i = 0; i < 64; ++i) {
      if (i < 16) {
        for (std::size_t b = 0; b < 4; ++b) {
          w[i] = w[i] << 8 | static_cast<unsigned char>(message[at + 4 * i + b]);
        }
        continue;
      }
      const std::uint32_t a = w[i - 15], b = w[i - 2];
      w[i] = w[i - 16] + (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + w[i - 7] +
             (turn(b, 17) ^ turn(b, 19) ^ b >> 10);
    }
    auto s = h;
    for (std::size_t i = 0; i < 64; ++i) {
      const std::uint32_t t1 = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) +
                               ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
      const std::uint32_t t2 = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) +
                               ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
      s = {t1 + t2, s[0], s[1], s[2], s[3] + t1, s[4], s[5], s[6]};
    }
    for (std::size_t i = 0; i < 8; ++i) h[i] += s[i];
  }
  std::string bytes;
  for (const std::uint32_t word : h) {
    for (int b = 3; b >= 0; --b) bytes += static_cast<char>(word >> (8 * b) & 255);
  }
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t b = 0; b < 3; ++b) {
      group = group << 8 | (i + b < bytes.size() ? static_cast<unsigned char>(bytes[i + b]) : 0u);
    }
    for (std::size_t b = 0; b < 4; ++b) {
      out += i + b > bytes.size() ? '=' : letters[group >> (18 - 6 * b) & 63];
    }
  }
  return out;
}

}  // namespace emptor::test
