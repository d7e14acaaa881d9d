#pragma once
// What the writer and the reader of archives share: the layout's constants and how a number becomes
// bytes. docs/archive-format.md has the grammar. Thread safety: pure functions.

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "emptor/core/checksum.hpp"
#include "emptor/core/error.hpp"

namespace emptor {

template <class T>
class Matrix;  // core/matrix.hpp; needed only by who calls put_matrix or get_matrix

/// What an archive stores as it is: numbers, and enumerations as their underlying number. Write
/// fixed widths (`std::uint64_t{n}`, not `long`), and read the very type that was written.
template <class T>
concept ArchiveValue =
    (std::is_arithmetic_v<T> && !std::is_same_v<T, long double>) || std::is_enum_v<T>;

/// The newest file format that this library reads, and the one that it writes.
inline constexpr std::uint32_t archive_format = 1;

/// Most sections of one archive.
inline constexpr std::size_t max_archive_sections = 1024;

namespace detail {

inline constexpr std::string_view archive_magic{"EMPTOR\0\x1a", 8};
inline constexpr std::size_t archive_trailer_bytes = 8;

/// The unsigned number with T's bits.
template <std::size_t bytes>
using UnsignedOf = std::conditional_t<
    bytes == 1, std::uint8_t,
    std::conditional_t<bytes == 2, std::uint16_t,
                       std::conditional_t<bytes == 4, std::uint32_t, std::uint64_t>>>;

template <ArchiveValue T>
void store_little(std::byte* to, T value) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(to, &value, sizeof value);
  } else {
    const auto bits = std::bit_cast<UnsignedOf<sizeof(T)>>(value);
    for (std::size_t i = 0; i < sizeof value; ++i) to[i] = static_cast<std::byte>(bits >> (8 * i));
  }
}

/// Names of kinds and tags: 1 to 255 of a-z 0-9 - _ .
[[nodiscard]] constexpr bool is_archive_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > 255) return false;
  for (const char c : name) {
    const bool good =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (!good) return false;
  }
  return true;
}

inline void require_archive_name(std::string_view name, std::uint32_t version) {
  if (!is_archive_name(name)) {
    throw Exception(ErrorCode::invalid_value,
                    "an archive's kind or tag must be 1 to 255 of a-z 0-9 - _ .", "ArchiveWriter");
  }
  if (version == 0) {
    throw Exception(ErrorCode::invalid_value, "versions count from 1", "ArchiveWriter");
  }
}

[[nodiscard]] inline Error corrupt_archive(std::string message, std::string where = "archive") {
  return Error{ErrorCode::corrupt, std::move(message), std::move(where)};
}

}  // namespace detail

}  // namespace emptor
