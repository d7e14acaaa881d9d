#include "emptor/report/table.hpp"

#include <cmath>
#include <utility>

#include "emptor/report/svg.hpp"

namespace emptor {

namespace {

std::string grouped(std::string digits) {
  const bool negative = digits.starts_with('-');
  if (negative) digits.erase(0, 1);
  std::size_t at = std::min(digits.find('.'), digits.size());
  while (at > 3) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return negative ? "-" + digits : digits;
}

std::string without_currency(const Money& money) {
  std::string out = to_string(money);
  out.resize(out.size() - 4);
  return out;
}

void append_cell(std::string& out, const ReportCell& cell, bool numeric) {
  out += "<td";
  if (cell.is_missing()) {
    out += numeric ? " class=\"num none\"" : " class=\"none\"";
  } else if (numeric) {
    out += " class=\"num\"";
  } else if (cell.is_date()) {
    out += " class=\"date\"";
  } else if (cell.shown().size() > 50) {
    out += " class=\"long\"";
  }
  if (!cell.sort_key().empty()) out += text(" data-v=\"", cell.sort_key(), '"');
  out += text('>', escape_markup(cell.shown()), "</td>");
}

void append_row(std::string& out, const std::vector<ReportCell>& row,
                const std::vector<bool>& numeric) {
  out += "<tr>";
  for (std::size_t c = 0; c < row.size(); ++c) append_cell(out, row[c], numeric[c]);
  out += "</tr>\n";
}

}  // namespace

ReportCell::ReportCell(std::string shown) : kind_(Kind::text), shown_(std::move(shown)) {}
ReportCell::ReportCell(std::string_view shown) : ReportCell(std::string(shown)) {}
ReportCell::ReportCell(const char* shown) : ReportCell(std::string(shown)) {}
ReportCell::ReportCell(double value) : ReportCell(value, ValueFormat{}) {}

ReportCell::ReportCell(double value, const ValueFormat& format) {
  if (std::isnan(value)) return;
  kind_ = Kind::number;
  shown_ = format_value(value, format);
  sort_key_ = std::isinf(value) ? (value > 0 ? "1e999" : "-1e999") : text(value);
}

ReportCell::ReportCell(Day day)
    : kind_(Kind::date), shown_(to_string(day)), sort_key_(text(day.time_since_epoch().count())) {}

ReportCell::ReportCell(const Money& money) : ReportCell(amount(money)) {
  shown_ += text(' ', money.currency().code());
}

ReportCell ReportCell::amount(const Money& money) {
  ReportCell cell;
  cell.kind_ = Kind::number;
  cell.sort_key_ = without_currency(money);
  cell.shown_ = grouped(cell.sort_key_);
  return cell;
}

ReportCell ReportCell::worded(double value, std::string shown) {
  ReportCell cell(value);
  cell.shown_ = std::move(shown);
  return cell;
}

ReportCell ReportCell::of_count(std::int64_t count) {
  ReportCell cell;
  cell.kind_ = Kind::number;
  cell.sort_key_ = text(count);
  cell.shown_ = grouped(cell.sort_key_);
  return cell;
}

std::string render_html(const ReportTable& table) {
  const std::size_t columns = table.columns.size();
  const auto check = [&](const std::vector<ReportCell>& row) {
    if (row.size() == columns) return;
    throw Exception(
        ErrorCode::invalid_shape,
        text("a row has ", row.size(), " cells where the table has ", columns, " columns"),
        "ReportTable");
  };
  std::vector<bool> numeric(columns, true);
  std::vector<bool> known(columns, false);
  for (const auto& row : table.rows) {
    check(row);
    for (std::size_t c = 0; c < columns; ++c) {
      if (row[c].is_missing()) continue;
      known[c] = true;
      if (!row[c].is_number()) numeric[c] = false;
    }
  }
  for (std::size_t c = 0; c < columns; ++c) numeric[c] = numeric[c] && known[c];
  if (!table.total.empty()) check(table.total);

  const bool sortable = table.sortable && table.rows.size() > 1;
  std::string out = text("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"",
                         escape_markup(table.caption.empty() ? "Table" : table.caption),
                         "\"><table", sortable ? " class=\"sortable\"" : "", ">\n");
  if (!table.caption.empty()) {
    out += text("<caption>", escape_markup(table.caption), "</caption>\n");
  }
  out += "<thead><tr>";
  for (std::size_t c = 0; c < columns; ++c) {
    out += text("<th scope=\"col\"", numeric[c] ? " class=\"num\"" : "", '>',
                escape_markup(table.columns[c]), "</th>");
  }
  out += "</tr></thead>\n<tbody>\n";
  const std::size_t shown = table.row_limit == 0 || table.row_limit > table.rows.size()
                                ? table.rows.size()
                                : table.row_limit;
  for (std::size_t r = 0; r < shown; ++r) append_row(out, table.rows[r], numeric);
  if (table.rows.empty() && columns > 0) {
    out += text("<tr><td class=\"none\" colspan=\"", columns, "\">No rows</td></tr>\n");
  }
  out += "</tbody>\n";
  if (!table.total.empty()) {
    out += "<tfoot>";
    append_row(out, table.total, numeric);
    out += "</tfoot>\n";
  }
  out += "</table></div>\n";
  if (shown < table.rows.size()) {
    out += text("<p class=\"more\">The first ", ReportCell(shown).shown(), " of ",
                ReportCell(table.rows.size()).shown(), " rows.</p>\n");
  }
  return out;
}

}  // namespace emptor
