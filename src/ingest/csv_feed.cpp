#include "ingest/csv_feed.hpp"

#include "ingest/quarantine.hpp"

namespace emptor::detail {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Edits (insert, delete, replace) that turn one name into the other, letters of any case, blanks
/// and underscores apart. Names are cut at 64 bytes.
std::size_t distance(std::string_view a, std::string_view b) {
  constexpr std::size_t most = 64;
  const auto plain = [](std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (c != ' ' && c != '_' && c != '-' && out.size() < most) out += lower(c);
    }
    return out;
  };
  const std::string from = plain(a), to = plain(b);
  std::size_t row[most + 1] = {};
  for (std::size_t j = 0; j <= to.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      const std::size_t moved = (row[j] < row[j + 1] ? row[j] : row[j + 1]) + 1;
      row[j + 1] = replaced < moved ? replaced : moved;
    }
  }
  return row[to.size()];
}

/// A column's name for an error; masked if it looks like a row of data taken for a header.
std::string shown(const std::string& name) {
  std::size_t digits = 0;
  for (const char c : name) digits += c >= '0' && c <= '9' ? 1 : 0;
  constexpr std::size_t most_digits = 4, most_bytes = 64;
  const std::string text = printable(name, most_bytes);
  return digits > most_digits || name.find('@') != name.npos ? masked(text) : text;
}

}  // namespace

std::string dialect_text(const CsvDialect& dialect) {
  std::string out;
  switch (dialect.delimiter) {
    case ',':
      out = "comma";
      break;
    case ';':
      out = "semicolon";
      break;
    case '\t':
      out = "tab";
      break;
    default:
      out = text("'", dialect.delimiter, "'");
  }
  constexpr std::string_view ends[] = {", LF", ", CR LF", ", CR"};
  out += ends[static_cast<std::size_t>(dialect.line_end)];
  out += dialect.header ? ", header" : ", no header";
  if (dialect.byte_order_mark) out += ", byte order mark";
  return out;
}

Result<void> CsvFeed::start(std::span<const std::string_view> known_columns) {
  const auto at_file = [this](Error error) {
    if (error.where.empty()) error.where = name_;
    return error;
  };
  if (const Result<void> begun = scanner_.start(); !begun) return at_file(begun.error());
  while (scanner_.rows() == 0) {  // blank lines, or a first row longer than the sample
    const Result<bool> more = scanner_.next_batch();
    if (!more) return at_file(more.error());
    if (!*more) {
      return Error{ErrorCode::invalid_value, "the file is empty: not even a header", name_};
    }
  }
  dialect_ = scanner_.dialect();
  const ScannedRow first = scanner_.row(0);
  if (header_ == CsvHeader::detect) {
    bool known = false;
    for (std::size_t i = 0; i < first.count; ++i) {
      for (const std::string_view column : known_columns) {
        known = known || trimmed(first[i]) == column;
      }
    }
    dialect_.header = known || looks_like_header(first);
  } else {
    dialect_.header = header_ == CsvHeader::present;
  }
  if (dialect_.header && first.problem != RowProblem::none) {
    return Error{ErrorCode::corrupt,
                 text("the header cannot be read: ", describe(first.problem), " in column ",
                      first.problem_field + 1),
                 text(name_, ":", first.line)};
  }
  for (std::size_t i = 0; i < first.count; ++i) {
    columns_.push_back(dialect_.header ? std::string(trimmed(first[i])) : text(i + 1));
  }
  return {};
}

Result<std::size_t> CsvFeed::column(std::string_view name) const {
  std::size_t found = columns_.size();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i] != name) continue;
    if (found != columns_.size()) {
      return Error{ErrorCode::duplicate,
                   text("the header has '", shown(columns_[i]), "' twice, as columns ", found + 1,
                        " and ", i + 1, ": rename one of them"),
                   name_};
    }
    found = i;
  }
  if (found != columns_.size()) return found;
  constexpr std::size_t most_named = 30;
  std::string names;
  std::size_t nearest = 0, edits = ~std::size_t{0};
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i < most_named) names += text(i == 0 ? "" : ", ", shown(columns_[i]));
    if (i == most_named) names += ", …";
    if (const std::size_t far = distance(name, columns_[i]); far < edits) {
      edits = far;
      nearest = i;
    }
  }
  std::string message = text("there is no column '", name, "'; the file has ", names);
  if (2 * edits <= name.size() + 1) {
    message += text(" (did you mean '", shown(columns_[nearest]), "'?)");
  }
  if (!dialect_.header) message += " (no header was found, so columns are numbered)";
  return Error{ErrorCode::not_found, std::move(message), name_};
}

}  // namespace emptor::detail
