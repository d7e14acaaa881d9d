#pragma once
// How two values of one kind may agree: the levels of a comparison, from "exact" to "different".
//
// Levels are the outcomes of Fellegi and Sunter's comparison vector (I. P. Fellegi, A. B. Sunter,
// "A theory for record linkage", JASA 64(328), 1969, doi:10.1080/01621459.1969.10501049). Which
// string measures and bounds separate them is fixed by the kind, and follows common practice:
// Jaro-Winkler for names, edit distance for what is typed digit by digit. Level 0 is "missing":
// one of the two records has no usable value, which is no evidence.
// Thread safety: pure functions.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "emptor/core/export.hpp"

namespace emptor {

enum class ComparisonKind : std::uint8_t {
  given_name,
  family_name,
  birth_date,
  email,
  phone,
  address,
  postcode,
  place,
  category,
  typed_id,  ///< numbers that people type
  key,       ///< numbers that machines copy
  text,
  number,
  location,
  list,
};

/// What the levels 1, 2, … are called; the first is "exact", the last "different".
[[nodiscard]] EMPTOR_API std::span<const std::string_view> level_names(
    ComparisonKind kind) noexcept;

/// The level that means "different", the last.
[[nodiscard]] EMPTOR_API std::uint8_t last_level(ComparisonKind kind) noexcept;

/// Of two normalised values of the kind (what `ComparedRecords` keeps): their level, >= 1, but for
/// names in two scripts of which one has no form in Latin letters, which are not to be compared and
/// say as much as a missing one. Values
/// that only look alike never are level 1, except in ways that are written differently for one
/// value (a Chinese name and its pinyin). Symmetric. O(length), without allocation up to 64
/// characters.
[[nodiscard]] EMPTOR_API std::uint8_t compare_values(ComparisonKind kind, std::string_view a,
                                                     std::string_view b);

inline constexpr std::uint8_t missing_level = 0;
inline constexpr std::uint8_t exact_level = 1;
/// Of given and family names: found among the other record's further names, or in the other field.
inline constexpr std::uint8_t crossed_level = 4;
/// Of given and family names: the same name of father and son, "Jr" and "Sr".
inline constexpr std::uint8_t generation_level = 5;
/// No kind has more levels, "missing" included.
inline constexpr std::size_t max_levels = 8;

/// One comparison of a linkage: what is compared, and on which other one it depends.
struct Comparison {
  std::string name;  ///< "given name", "birth_date"; of the column where there is one column only
  ComparisonKind kind = ComparisonKind::text;
  std::uint8_t first_slot = 0;  ///< where its codes begin in a row of codes
  std::uint8_t slots = 1;       ///< alternatives a record
  std::int8_t parent = -1;      ///< comparison whose agreement it depends on; -1: none
  bool individual = false;      ///< tells persons of one household apart
  bool verified = false;        ///< two different values are two persons, always
};

}  // namespace emptor
