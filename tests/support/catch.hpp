#pragma once

/// @file
/// Catch2, version 2.13 (one header) or 3 (a library), under one name.

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>

using Catch::Approx;
using Catch::Matchers::ContainsSubstring;
#else
#include <catch2/catch.hpp>

/// Catch2 3 calls the substring matcher this; 2.13 calls it Contains.
inline auto ContainsSubstring(const std::string& part) {
  return Catch::Matchers::Contains(part);
}
#endif
