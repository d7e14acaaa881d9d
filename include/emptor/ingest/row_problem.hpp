#pragma once
// Why a row could not be used. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace emptor {

enum class RowProblem : std::uint8_t {
  none,
  // What is wrong with the text.
  ragged_row,          ///< more or fewer fields than the header
  cut_line,            ///< the last line ends early, without a line break
  unterminated_quote,  ///< a quote opens and the input ends before it closes
  text_after_quote,    ///< text between a closing quote and the next delimiter
  field_too_long,      ///< longer than CsvOptions::max_field_bytes
  row_too_long,        ///< longer than CsvOptions::max_row_bytes, or more than 65,536 fields
  nul_byte,
  invalid_utf8,
  // What is wrong with a value.
  empty_field,          ///< an empty field that is required
  bad_time,             ///< not a date or time of the column's format
  time_out_of_range,    ///< a year outside of 1 to 9999
  two_digit_year,       ///< refused unless declared
  bad_number,           ///< not a number of the column's format
  number_out_of_range,  ///< beyond the table's range, or that of the sum of all amounts
  too_many_decimals,    ///< finer than the table's price_scale, or a fraction of a piece
  negative_price,
  zero_price,      ///< only where the mapping rejects it
  other_currency,  ///< not the table's currency
  unknown_kind,    ///< an event of a kind that is not known
  duplicate_row,   ///< only where the mapping drops it
  dropped_by_rule,
};

inline constexpr std::size_t row_problem_count =
    static_cast<std::size_t>(RowProblem::dropped_by_rule) + 1;

/// The problem's name as written above, for files and programs.
[[nodiscard]] constexpr std::string_view name(RowProblem problem) noexcept {
  constexpr std::string_view names[row_problem_count] = {"none",
                                                         "ragged_row",
                                                         "cut_line",
                                                         "unterminated_quote",
                                                         "text_after_quote",
                                                         "field_too_long",
                                                         "row_too_long",
                                                         "nul_byte",
                                                         "invalid_utf8",
                                                         "empty_field",
                                                         "bad_time",
                                                         "time_out_of_range",
                                                         "two_digit_year",
                                                         "bad_number",
                                                         "number_out_of_range",
                                                         "too_many_decimals",
                                                         "negative_price",
                                                         "zero_price",
                                                         "other_currency",
                                                         "unknown_kind",
                                                         "duplicate_row",
                                                         "dropped_by_rule"};
  return names[static_cast<std::size_t>(problem)];
}

/// The problem in words, for people: "a price below zero".
[[nodiscard]] constexpr std::string_view describe(RowProblem problem) noexcept {
  constexpr std::string_view words[row_problem_count] = {
      "nothing is wrong",
      "not as many fields as the header",
      "the last line is cut off",
      "a quote that is never closed",
      "text after a closing quote",
      "a field longer than the limit",
      "a row longer than the limit",
      "a NUL byte",
      "bytes that are not UTF-8",
      "a required value is missing",
      "not a date or time in the column's format",
      "a year outside of 1 to 9999",
      "a year of two digits",
      "not a number in the column's format",
      "a number out of range",
      "more decimals than can be kept exactly",
      "a price below zero",
      "a price of zero",
      "another currency than the table's",
      "an event of an unknown kind",
      "the same row stood there before",
      "left out by a rule of the mapping"};
  return words[static_cast<std::size_t>(problem)];
}

}  // namespace emptor
