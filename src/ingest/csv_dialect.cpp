#include "ingest/csv_scanner.hpp"

namespace emptor::detail {

namespace {

constexpr std::size_t most_rows = 200;  ///< that vote on the delimiter

struct Shape {
  std::size_t rows = 0;
  std::size_t usual_fields = 1;
  std::size_t rows_alike = 0;  ///< with `usual_fields`
  CsvLineEnd line_end = CsvLineEnd::lf;
};

/// Fields a row for the first rows of the sample, quotes respected, any line end.
Shape shape_of(std::string_view sample, char delimiter, char quote) {
  Shape shape;
  std::size_t counts[most_rows];
  std::size_t fields = 1;
  bool in_quotes = false, at_begin = true, line_end_known = false;
  for (std::size_t i = 0; i < sample.size() && shape.rows < most_rows; ++i) {
    const char c = sample[i];
    if (c == quote && (in_quotes || at_begin)) {
      const bool doubled = in_quotes && i + 1 < sample.size() && sample[i + 1] == quote;
      if (doubled) {
        ++i;
      } else {
        in_quotes = !in_quotes;
      }
      at_begin = false;
    } else if (in_quotes) {
      continue;
    } else if (c == delimiter) {
      ++fields;
      at_begin = true;
    } else if (c == '\n' || c == '\r') {
      const bool pair = c == '\r' && i + 1 < sample.size() && sample[i + 1] == '\n';
      const bool unsure = c == '\r' && i + 1 == sample.size();
      if (!line_end_known && !unsure) {
        line_end_known = true;
        shape.line_end = pair ? CsvLineEnd::crlf : c == '\r' ? CsvLineEnd::cr : CsvLineEnd::lf;
      }
      i += pair ? 1 : 0;
      if (fields > 1 || !at_begin) counts[shape.rows++] = fields;
      fields = 1;
      at_begin = true;
    } else {
      at_begin = false;
    }
  }
  if (in_quotes && shape.rows < most_rows) {
    counts[shape.rows++] = 0;  // the row is like no other
  } else if (shape.rows == 0) {
    counts[shape.rows++] = fields;
  }
  for (std::size_t i = 0; i < shape.rows; ++i) {
    std::size_t alike = 0;
    for (std::size_t j = 0; j < shape.rows; ++j) alike += counts[j] == counts[i] ? 1 : 0;
    if (counts[i] > 1 && (alike > shape.rows_alike ||
                          (alike == shape.rows_alike && counts[i] > shape.usual_fields))) {
      shape.usual_fields = counts[i];
      shape.rows_alike = alike;
    }
  }
  return shape;
}

bool looks_like_value(std::string_view text) {
  bool digit = false;
  for (const char c : text) {
    digit = digit || (c >= '0' && c <= '9');
    if (std::string_view("0123456789+-.,:/TZ ").find(c) == std::string_view::npos) return false;
  }
  return digit;
}

}  // namespace

CsvDialect detect_dialect(std::string_view sample, const CsvOptions& options) {
  CsvDialect dialect;
  dialect.quote = options.quote;
  if (options.delimiter != '\0') {
    dialect.delimiter = options.delimiter;
    dialect.line_end = shape_of(sample, options.delimiter, options.quote).line_end;
    return dialect;
  }
  Shape best = shape_of(sample, dialect.delimiter, options.quote);
  for (const char delimiter : {';', '\t', '|'}) {
    if (delimiter == options.quote) continue;
    const Shape shape = shape_of(sample, delimiter, options.quote);
    // Rows alike as shares of rows: a/b > c/d without division.
    const std::size_t share = shape.rows_alike * best.rows,
                      best_share = best.rows_alike * shape.rows;
    if (share > best_share || (share == best_share && shape.usual_fields > best.usual_fields)) {
      best = shape;
      dialect.delimiter = delimiter;
    }
  }
  dialect.line_end = best.line_end;
  return dialect;
}

bool looks_like_header(const ScannedRow& row) {
  bool any = false;
  for (std::size_t i = 0; i < row.count; ++i) {
    if (looks_like_value(row[i])) return false;
    any = any || !row[i].empty();
  }
  return any;
}

}  // namespace emptor::detail
