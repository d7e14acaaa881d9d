#include "emptor/report/sections.hpp"
#include "report/section_text.hpp"

namespace emptor {

namespace {

using detail::count_text;
using detail::counted;
using detail::percent_text;
using detail::share_of;

std::string number_text(std::int64_t units, int scale) {
  return format_value(detail::major_units(units, scale), {.decimals = scale});
}

void add_counts(ReportPage& page, const QualityReport& quality) {
  const auto of_read = [&](std::uint64_t count) {
    return ReportCell(
        share_of(static_cast<double>(count), static_cast<double>(quality.rows_read)),
        ValueFormat{.style = NumberStyle::percent, .decimals = 2, .keep_zeros = true});
  };
  ReportTable table{
      .caption = "Rows", .columns = {"What", "Rows", "Share of rows read"}, .sortable = false};
  const auto row = [&](std::string_view what, std::uint64_t count) {
    table.rows.push_back({what, count, of_read(count)});
  };
  row("read", quality.rows_read);
  row("kept", quality.rows_kept);
  row("rejected", quality.rows_rejected());
  row("kept, without a customer", quality.rows_without_customer);
  row("kept, with a price of zero", quality.rows_with_zero_price);
  row("kept, cancellations", quality.cancellation_rows);
  row("kept, refunds (a negative amount)", quality.refund_rows);
  if (quality.duplicates_counted) row("repeat an earlier row", quality.duplicate_rows);
  if (quality.invalid_utf8_rows > 0) {
    row("have bytes that are not UTF-8", quality.invalid_utf8_rows);
    row("of these, repaired", quality.repaired_utf8_rows);
  }
  page.add_table(table);

  ReportTable reasons{.caption = "Rejected rows by reason",
                      .columns = {"Reason", "Rows", "Share of rows read"}};
  for (std::size_t i = 0; i < row_problem_count; ++i) {
    if (quality.rejected[i] == 0) continue;
    reasons.rows.push_back(
        {describe(static_cast<RowProblem>(i)), quality.rejected[i], of_read(quality.rejected[i])});
  }
  if (!reasons.rows.empty()) page.add_table(reasons);
}

void add_columns(ReportPage& page, const QualityReport& quality) {
  if (quality.columns.empty()) return;
  ReportTable table{.caption = "Columns",
                    .columns = {"Column of the file", "Read as", "Format", "Missing",
                                "Share missing", "Smallest", "Largest"}};
  for (const ColumnQuality& column : quality.columns) {
    const std::string format = column.format.empty()
                                   ? std::string("text")
                                   : text(column.format, column.detected ? " (found out)" : "");
    const auto bound = [&](std::int64_t units, int scale) {
      return ReportCell(detail::major_units(units, scale), ValueFormat{.decimals = scale});
    };
    table.rows.push_back(
        {column.source.empty() ? ReportCell("(constant)") : ReportCell(column.source),
         column.target, format, column.missing,
         ReportCell(
             share_of(static_cast<double>(column.missing), static_cast<double>(quality.rows_read)),
             detail::percent_column),
         column.range ? bound(column.range->least, column.range->scale) : ReportCell(),
         column.range ? bound(column.range->most, column.range->scale) : ReportCell()});
  }
  page.add_table(table);
}

void add_quarantine(ReportPage& page, const QualityReport& quality) {
  if (quality.quarantine.empty()) return;
  page.begin_details(text("The first rejected rows (", count_text(quality.quarantine.size()), ')'));
  ReportTable table{.caption = "Rejected rows, personal values masked",
                    .columns = {"Line", "Column", "Value", "Problem"},
                    .row_limit = 50};
  for (const QuarantinedRow& row : quality.quarantine) {
    table.rows.push_back({row.line, row.column.empty() ? ReportCell() : ReportCell(row.column),
                          row.value, row.message});
  }
  page.add_table(table);
  page.end_details();
}

}  // namespace

void add_quality_section(ReportPage& page, const QualityReport& quality) {
  page.begin_section("Quality of the data", "What was read, what was kept, and what was not.");
  std::string source = quality.file.empty() ? std::string() : quality.file + ": ";
  source +=
      text(counted(quality.bytes, "byte", "bytes"), ", ", counted(quality.lines, "line", "lines"));
  if (!quality.dialect.empty()) source += text("; ", quality.dialect);
  page.add_paragraph(source + '.');
  if (quality.first_time && quality.last_time) {
    page.add_paragraph(text("Rows that were kept are from ",
                            to_string(local_day(*quality.first_time)), " to ",
                            to_string(local_day(*quality.last_time)), '.'));
  }
  if (quality.sales != 0 || quality.refunds != 0) {
    const std::string_view code =
        quality.currency == Currency() ? std::string_view() : quality.currency.code();
    page.add_paragraph(text("Sales of ", number_text(quality.sales, quality.price_scale),
                            " less refunds of ", number_text(-quality.refunds, quality.price_scale),
                            " make ", number_text(quality.net(), quality.price_scale), ' ', code,
                            '.'));
  }
  const double lost = share_of(static_cast<double>(quality.rows_rejected()),
                               static_cast<double>(quality.rows_read));
  if (quality.rows_read == 0) {
    page.add_note(ReportNote::warning, "The file has no rows.");
  } else if (lost > 0.01) {
    page.add_note(ReportNote::warning, text(percent_text(lost),
                                            " of the rows could not be used. Numbers in this "
                                            "report are without them."));
  }
  if (quality.rows_without_customer > 0) {
    page.add_note(ReportNote::note,
                  text(counted(quality.rows_without_customer, "row that was kept names",
                               "rows that were kept name"),
                       " no customer: they count in sales, and in nothing that is about "
                       "customers."));
  }
  add_counts(page, quality);
  add_columns(page, quality);
  add_quarantine(page, quality);
}

}  // namespace emptor
