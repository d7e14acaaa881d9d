#pragma once
// Tables of a report: cells that know their type, so that numbers stand right and sort as numbers.
// Cost: linear. Thread safety: values.

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"
#include "emptor/report/format.hpp"

namespace emptor {

/// What a cell shows and what it sorts by. Texts may be any bytes: they are escaped when written.
class EMPTOR_API ReportCell {
 public:
  /// Nothing known; shown as an em dash, sorted last.
  ReportCell() = default;
  ReportCell(std::string shown);       // NOLINT: converts, so that rows read as lists
  ReportCell(std::string_view shown);  // NOLINT
  ReportCell(const char* shown);       // NOLINT
  ReportCell(double value);            // NOLINT: two decimals; NaN is nothing known
  ReportCell(double value, const ValueFormat& format);
  ReportCell(Day day);             // NOLINT: 2011-12-09
  ReportCell(const Money& money);  // NOLINT: 1,234.50 GBP
  template <std::integral Integer>
    requires(!std::same_as<Integer, bool>)
  ReportCell(Integer count)  // NOLINT: 1,234
      : ReportCell(of_count(static_cast<std::int64_t>(count))) {}

  /// 1,234.50: for a column that names the currency.
  [[nodiscard]] static ReportCell amount(const Money& money);

  /// A number shown in words of its own: "< 0.0001". `value` is what it sorts by; not NaN.
  [[nodiscard]] static ReportCell worded(double value, std::string shown);

  [[nodiscard]] const std::string& shown() const noexcept { return shown_; }
  /// A number to sort by; empty for text and for nothing known.
  [[nodiscard]] const std::string& sort_key() const noexcept { return sort_key_; }
  [[nodiscard]] bool is_number() const noexcept { return kind_ == Kind::number; }
  [[nodiscard]] bool is_date() const noexcept { return kind_ == Kind::date; }
  [[nodiscard]] bool is_missing() const noexcept { return kind_ == Kind::missing; }

 private:
  enum class Kind : unsigned char { missing, text, number, date };
  static ReportCell of_count(std::int64_t count);

  Kind kind_ = Kind::missing;
  std::string shown_ = "\xE2\x80\x94";
  std::string sort_key_;
};

struct ReportTable {
  std::string caption{};
  std::vector<std::string> columns{};
  std::vector<std::vector<ReportCell>> rows{};  ///< each as long as `columns`
  std::vector<ReportCell> total{};              ///< a last row that stays last, or empty
  std::size_t row_limit = 0;  ///< 0: all; else the first so many, and the page says of how many
  bool sortable = true;       ///< by a click on a column's head, where scripts run
};

/// The table as HTML that is well-formed XML. Throws `invalid_shape` when a row does not fit.
[[nodiscard]] EMPTOR_API std::string render_html(const ReportTable& table);

}  // namespace emptor
