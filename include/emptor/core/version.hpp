#pragma once

/// @file
/// The version of these headers, and of the library that was linked. CMakeLists.txt reads the three
/// numbers from here, so this is the one place that holds them.

#include <string_view>

#include "emptor/core/export.hpp"

namespace emptor {

inline constexpr int version_major = 0;
inline constexpr int version_minor = 1;
inline constexpr int version_patch = 0;

/// Version of the compiled library, as "major.minor.patch". A host that loads emptor as a shared
/// library can compare it with the constants above, which are those of the headers it was compiled
/// with.
[[nodiscard]] EMPTOR_API std::string_view library_version() noexcept;

}  // namespace emptor
