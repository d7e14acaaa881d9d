// What is done with rows that are more than plain fields: quotes are taken off, UTF-8 is checked,
// and overlong rows are cut down to their front. The scan itself stands in csv_scanner.cpp.

#include "ingest/csv_scanner.hpp"
#include "ingest/utf8.hpp"

namespace emptor::detail {

namespace {

constexpr std::size_t kept_field_bytes = 256;  ///< of each field of an overlong row
constexpr std::size_t kept_row_fields = 256;

}  // namespace

CsvScanner::Violation CsvScanner::violation(std::int64_t end) const noexcept {
  const auto field_limit = static_cast<std::int64_t>(options_.max_field_bytes);
  const std::int64_t row_end = row_begin_ + static_cast<std::int64_t>(options_.max_row_bytes);
  const std::size_t known = field_count_ - row_first_;
  for (std::size_t i = 0; i <= known; ++i) {
    const std::int64_t from =
        i < known ? std::int64_t{fields_[row_first_ + i].begin} : field_begin_;
    const std::int64_t to = i < known ? std::int64_t{fields_[row_first_ + i].end} : end;
    if (i == known && from > end) break;
    if (i == max_fields) return {i, RowProblem::row_too_long, from};
    if (to > from + field_limit && from + field_limit <= row_end) {
      return {i, RowProblem::field_too_long, from + field_limit};
    }
    if (to > row_end) return {i, RowProblem::row_too_long, from < row_end ? row_end : from};
  }
  return {0, RowProblem::none, 0};
}

void CsvScanner::skip_row(const Violation& broken) {
  skipping_ = true;
  skipped_ = broken;
  skipped_fields_.clear();
  for (std::size_t i = 0; i <= broken.field && i < kept_row_fields; ++i) {
    const bool ended = row_first_ + i < field_count_;
    const auto from =
        ended ? fields_[row_first_ + i].begin : static_cast<std::size_t>(field_begin_);
    const auto to =
        i < broken.field ? fields_[row_first_ + i].end : static_cast<std::size_t>(broken.at);
    skipped_fields_.emplace_back(buffer_.data() + from,
                                 to - from < kept_field_bytes ? to - from : kept_field_bytes);
  }
  field_count_ = row_first_;
}

void CsvScanner::end_skipped_row() {
  RawRow row{row_first_, 0, row_line_, 0, 0, 0, RowProblem::none, false, false};
  emit_skipped(row);
  rows_.push_back(row);
}

void CsvScanner::emit_skipped(RawRow& row) {
  skipping_ = false;
  field_count_ = row.first_field;
  for (const std::string& field : skipped_fields_) {
    const auto begin = static_cast<std::uint32_t>(side_.size());
    side_ += field;
    fields_[field_count_++] = {begin, static_cast<std::uint32_t>(side_.size())};
  }
  skipped_fields_.clear();
  row.fields = field_count_ - row.first_field;
  row.begin = row.end = 0;
  row.side = true;
  row.problem_field = static_cast<std::uint32_t>(skipped_.field);
  row.problem = in_quotes_ ? RowProblem::unterminated_quote : skipped_.problem;
}

void CsvScanner::tidy_row(RawRow& row) {
  if (const Violation broken = violation(row.end); broken.problem != RowProblem::none) {
    skip_row(broken);
    return emit_skipped(row);
  }
  const auto fail = [&row](RowProblem problem, std::size_t field) {
    row.problem = problem;
    row.problem_field = static_cast<std::uint32_t>(field);
  };
  const std::string_view bytes(buffer_.data(), filled_);
  const std::string_view raw = bytes.substr(row.begin, row.end - row.begin);
  bool doubled = false;
  for (std::size_t i = 0; has_quotes_ && i < row.fields; ++i) {
    RawField& field = fields_[row.first_field + i];
    const std::string_view text = bytes.substr(field.begin, field.end - field.begin);
    if (text.empty() || text[0] != dialect_.quote) continue;
    std::size_t close = text.find(dialect_.quote, 1);
    while (close != text.npos && close + 1 < text.size() && text[close + 1] == dialect_.quote) {
      doubled = true;
      close = text.find(dialect_.quote, close + 2);
    }
    if (close == text.npos) return fail(RowProblem::unterminated_quote, i);
    if (close + 1 != text.size()) return fail(RowProblem::text_after_quote, i);
    ++field.begin;
    --field.end;
  }
  bool repair = false;
  if (has_odd_) {
    const bool nul = raw.find('\0') != raw.npos;
    const bool valid = is_utf8(raw);
    for (std::size_t i = 0; (nul || !valid) && i < row.fields; ++i) {
      const RawField& field = fields_[row.first_field + i];
      const std::string_view text = bytes.substr(field.begin, field.end - field.begin);
      if (text.find('\0') != text.npos) return fail(RowProblem::nul_byte, i);
      if (!is_utf8(text)) {
        repair = true;
        if (options_.invalid_utf8 == InvalidUtf8::reject) fail(RowProblem::invalid_utf8, i);
        if (row.problem != RowProblem::none && !nul) return;
      }
    }
    if (row.problem != RowProblem::none) return;
    repaired_rows_ += repair ? 1 : 0;
  }
  if (!doubled && !repair) return;
  const char two[2] = {dialect_.quote, dialect_.quote};
  std::string single;
  for (std::size_t i = 0; i < row.fields; ++i) {
    RawField& field = fields_[row.first_field + i];
    std::string_view text = bytes.substr(field.begin, field.end - field.begin);
    const bool quoted = field.begin > row.begin && bytes[field.begin - 1] == dialect_.quote;
    if (doubled && quoted) {
      single.clear();
      for (std::size_t at = 0; (at = text.find({two, 2})) != text.npos;
           text.remove_prefix(at + 2)) {
        single += text.substr(0, at + 1);
      }
      text = single += text;
    }
    field.begin = static_cast<std::uint32_t>(side_.size());
    if (repair) {
      append_repaired(side_, text);
    } else {
      side_ += text;
    }
    field.end = static_cast<std::uint32_t>(side_.size());
  }
  row.side = true;
}

}  // namespace emptor::detail
