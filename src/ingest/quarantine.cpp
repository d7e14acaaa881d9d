#include "ingest/quarantine.hpp"

#include "emptor/ingest/csv_writer.hpp"
#include "emptor/ingest/orders_csv.hpp"
#include "ingest/utf8.hpp"

namespace emptor {

namespace detail {

namespace {

constexpr std::size_t value_bytes = 64;
constexpr std::size_t row_bytes = 1024;

/// Problems of a row's text: which value belongs to which column is then not sure.
bool of_text(RowProblem problem) {
  return problem >= RowProblem::ragged_row && problem <= RowProblem::invalid_utf8;
}

}  // namespace

std::string masked(std::string_view value) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (value.find('@') != value.npos) {
    return (is_letter(value[0]) ? std::string(1, value[0]) : std::string()) + "***@***";
  }
  std::string out;
  bool in_word = false;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    const bool word = is_letter(c) || (c >= '0' && c <= '9') || byte >= 0x80;
    if (!word) {
      out += c;
    } else if ((byte & 0xc0) != 0x80) {
      out += is_letter(c) && !in_word ? c : '*';
    }
    in_word = word;
  }
  return out;
}

std::string printable(std::string_view value, std::size_t most) {
  std::string out;
  append_repaired(out, value.substr(0, most + 4));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  const std::string_view front = utf8_front(out, most);
  const bool cut = value.size() > most || front.size() < out.size();
  return cut ? std::string(front) + "…" : out;
}

std::string Quarantine::row_text(const ScannedRow& row, bool all_masked) const {
  std::string out;
  CsvWriter writer = CsvWriter::into(out);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < row.count && bytes < row_bytes; ++i) {
    const bool plain = !all_masked && i < shown_.size() && shown_[i];
    const std::string value = printable(row[i], row_bytes);
    writer.field(plain ? value : masked(value));
    bytes += value.size() + 1;
  }
  writer.end_row();
  (void)writer.close();  // into a string: cannot fail
  out.pop_back();
  return printable(out, row_bytes);
}

void Quarantine::add(const ScannedRow& row, RowProblem problem, std::size_t column,
                     std::string_view hint) {
  ++report_->rejected[static_cast<std::size_t>(problem)];
  if (report_->quarantine.size() >= most_) {
    ++report_->quarantine_left_out;
    return;
  }
  QuarantinedRow& kept = report_->quarantine.emplace_back();
  kept.line = row.line;
  kept.problem = problem;
  kept.message = std::string(describe(problem));
  if (problem == RowProblem::ragged_row || problem == RowProblem::cut_line) {
    kept.message += text(": ", row.count, " fields, the header has ", feed_->columns().size());
  } else if (problem == RowProblem::unterminated_quote) {
    kept.message += text(": everything after it up to the end of the file is not read");
  }
  if (!hint.empty()) kept.message += text(": ", hint);
  if (column < feed_->columns().size()) kept.column = feed_->columns()[column];
  if (column < row.count) {
    const bool plain = !of_text(problem) && column < shown_.size() && shown_[column];
    const std::string value = printable(row[column], value_bytes);
    kept.value = plain ? value : masked(value);
  }
  kept.row = row_text(row, of_text(problem));
}

}  // namespace detail

Result<void> write_quarantine_csv(const std::string& path, const QualityReport& quality) {
  Result<CsvWriter> writer = CsvWriter::create(path, {.guard_formulas = true});
  if (!writer) return writer.error();
  writer->row({"file", "line", "column", "value", "problem", "message", "row"});
  for (const QuarantinedRow& row : quality.quarantine) {
    writer->field(quality.file).field(static_cast<std::int64_t>(row.line)).field(row.column);
    writer->field(row.value).field(name(row.problem)).field(row.message).field(row.row).end_row();
  }
  return writer->close();
}

}  // namespace emptor
