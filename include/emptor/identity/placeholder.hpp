#pragma once
// Values that stand for nothing: what people and forms write where they have no answer. They are
// no evidence: two customers "unknown" are not one.
//
// Texts are compared as they are folded (lower case, ASCII for full-width, single blanks). Cost: a
// table look-up and one pass over short texts; no allocation. Thread safety: pure functions;
// Placeholders may be read by any number of threads.

#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"

namespace emptor {

/// "unknown", "n/a", "none", "null", "test", "-1", "xxx", "无", "未知", punctuation alone; numbers
/// such as 0000, 99999, 123456789 (see is_placeholder_number); dates such as 1900-01-01. Nothing
/// (an empty text) is missing and no placeholder.
[[nodiscard]] EMPTOR_API bool is_placeholder(std::string_view folded) noexcept;

/// As is_placeholder, without words that are names of people, too: "na", "nan", "null", "test".
[[nodiscard]] EMPTOR_API bool is_placeholder_name(std::string_view folded) noexcept;

/// Digits, perhaps with blanks and -./()+ between them, that nobody was given: zeros only, one
/// digit five times or more, or a run up or down of six or more (123456, 9876543210).
[[nodiscard]] EMPTOR_API bool is_placeholder_number(std::string_view digits) noexcept;

/// 0000-00-00, 0001-01-01, 1111-11-11, 1899-12-30, 1899-12-31, 1900-01-00, 1900-01-01, 1970-01-01,
/// 2099-12-31, 9999-12-31 and all else of the year 9999.
[[nodiscard]] EMPTOR_API bool is_placeholder_date(int year, int month, int day) noexcept;

/// The placeholders above and a host's own.
class EMPTOR_API Placeholders {
 public:
  /// Folds the text and takes it as a placeholder from now on, in every kind of field.
  void add(std::string_view raw);

  [[nodiscard]] bool contains(std::string_view folded) const noexcept;
  [[nodiscard]] bool contains_name(std::string_view folded) const noexcept;
  /// Those of the host only.
  [[nodiscard]] bool added(std::string_view folded) const noexcept;

 private:
  std::vector<std::string> added_;  // ascending
};

}  // namespace emptor
