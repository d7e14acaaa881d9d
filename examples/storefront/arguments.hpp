#pragma once
// The command line of the storefront.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "emptor/core/error.hpp"

namespace storefront {

struct Arguments {
  std::filesystem::path orders;   ///< empty: a generated shop, unless there are `records`
  std::filesystem::path mapping;  ///< required with `orders`
  std::filesystem::path links;    ///< with `orders`; empty: nobody said who knows whom
  std::filesystem::path touches;  ///< with `orders`; empty: nobody says who brought whom
  std::filesystem::path surveys, reviews, cases, leads;  ///< with `orders`; empty: none
  std::filesystem::path lead_events;                     ///< with `leads`
  std::filesystem::path records;  ///< with `orders` or alone; empty: nobody says who is who
  std::filesystem::path out = "storefront-out";
  std::uint64_t seed = 1;       ///< of the generated shop and of every random choice
  std::uint64_t people = 3000;  ///< of the generated shop
  std::uint64_t threads = 0;    ///< 0: one a core
  bool help = false;
};

inline constexpr int exit_ok = 0;
inline constexpr int exit_failed = 1;  ///< the data, the disk or the machine
inline constexpr int exit_usage = 2;   ///< the command line

[[nodiscard]] std::string_view usage() noexcept;

/// The arguments without the program's name; the error's message is for the person who typed them.
[[nodiscard]] emptor::Result<Arguments> parse_arguments(std::span<const char* const> words);

}  // namespace storefront
