#include <optional>
#include <string>
#include <vector>

#include "emptor/ingest/csv_reader.hpp"
#include "emptor/ingest/csv_writer.hpp"
#include "support/property.hpp"

using namespace emptor;

namespace {

struct Row {
  std::vector<std::string> fields;
  std::uint64_t line = 0;
  RowProblem problem = RowProblem::none;
  std::size_t problem_field = 0;
  friend bool operator==(const Row&, const Row&) = default;
};

std::ostream& operator<<(std::ostream& out, const Row& row) {
  out << "line " << row.line << " " << name(row.problem) << " " << row.problem_field << ":";
  for (const std::string& field : row.fields) out << " [" << field << "]";
  return out;
}

std::vector<Row> rows_of(CsvReader& reader) {
  std::vector<Row> rows;
  while (reader.next().value()) {
    Row& row = rows.emplace_back();
    for (std::size_t i = 0; i < reader.fields(); ++i) row.fields.emplace_back(reader.field(i));
    row.line = reader.line();
    row.problem = reader.problem();
    row.problem_field = reader.problem_field();
  }
  return rows;
}

/// Nothing at all for an input without a row.
std::vector<Row> rows_of(const std::string& text, const CsvOptions& options,
                         std::optional<CsvLineEnd>* line_end = nullptr) {
  MemorySource source(text);
  Result<CsvReader> reader = CsvReader::open(source, "t", options);
  if (!reader) return {};
  if (line_end != nullptr) *line_end = reader->dialect().line_end;
  return rows_of(*reader);
}

rc::Gen<std::string> texts_of(const std::vector<std::string>& parts) {
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(parts)),
                      [](const std::vector<std::string>& chosen) {
                        std::string text;
                        for (const std::string& part : chosen) text += part;
                        return text;
                      });
}

const std::vector<std::string> rough = {"a",
                                        "b",
                                        "1",
                                        " ",
                                        ",",
                                        ",",
                                        "\"",
                                        "\"",
                                        "\n",
                                        "\n",
                                        "\r\n",
                                        "\r",
                                        ";",
                                        "\xC3\xA9",
                                        "\xFF",
                                        std::string(1, '\0'),
                                        "\"\"",
                                        "long text without anything in it",
                                        std::string(70, 'x'),
                                        "\"quoted, with\na line break\"",
                                        "\n1,2,3\n"};

/// RFC 4180 the slow way: one character after another.
class Twin {
 public:
  Twin(std::string_view text, char newline) : text_(text), newline_(newline) {}

  std::vector<Row> rows() {
    std::vector<Row> rows;
    std::optional<std::size_t> width;
    while (at_ < text_.size()) {
      Row row = next_row();
      if (row.fields.size() == 1 && row.fields[0].empty() && !quoted_) continue;
      if (!width) width = row.fields.size();
      if (row.problem == RowProblem::none && row.fields.size() != *width) {
        const bool fewer = row.fields.size() < *width;
        row.problem = fewer && !ended_ ? RowProblem::cut_line : RowProblem::ragged_row;
        row.problem_field = fewer ? row.fields.size() : *width;
      }
      rows.push_back(row);
    }
    return rows;
  }

 private:
  Row next_row() {
    Row row;
    row.line = line_;
    for (;;) {
      std::string raw;  // with its quotes
      quoted_ = at_ < text_.size() && text_[at_] == '"';
      bool open = false;
      std::size_t closed = 0;
      for (; at_ < text_.size(); ++at_) {
        const char c = text_[at_];
        if (!open && (c == ',' || c == newline_)) break;
        if (c == newline_) ++line_;
        if (c == '"' && quoted_) {
          if (raw.empty() || (!open && closed + 1 == raw.size())) {
            open = true;
          } else if (open) {
            open = false;
            closed = raw.size();
          }
        }
        raw += c;
      }
      ended_ = at_ < text_.size() && text_[at_] == newline_;
      const bool last = ended_ || at_ == text_.size();
      if (last && newline_ == '\n' && !raw.empty() && raw.back() == '\r') raw.pop_back();
      add(row, raw);
      if (!last) ++at_;
      if (ended_) {
        ++at_;
        ++line_;
      }
      if (last) return row;
    }
  }

  void add(Row& row, const std::string& raw) {
    const auto fail = [&](RowProblem problem) {
      if (row.problem != RowProblem::none) return;
      row.problem = problem;
      row.problem_field = row.fields.size();
    };
    std::string value = raw;
    if (quoted_) {
      value.clear();
      std::size_t i = 1;
      bool closed = false;
      for (; i < raw.size() && !closed; ++i) {
        if (raw[i] != '"') {
          value += raw[i];
        } else if (i + 1 < raw.size() && raw[i + 1] == '"') {
          value += '"';
          ++i;
        } else {
          closed = true;
        }
      }
      if (!closed) fail(RowProblem::unterminated_quote);
      if (closed && i != raw.size()) fail(RowProblem::text_after_quote);
    }
    row.fields.push_back(value);
  }

  std::string_view text_;
  char newline_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 1;
  bool quoted_ = false, ended_ = false;
};

}  // namespace

TEST_CASE("what CsvWriter writes, CsvReader reads") {
  test::check_property(
      "round trip",
      [] {
        const std::vector<std::string> parts = {"a",
                                                "1",
                                                " ",
                                                "\t",
                                                ",",
                                                ";",
                                                "|",
                                                "\"",
                                                "\"\"",
                                                "\n",
                                                "\r",
                                                "\r\n",
                                                "'",
                                                "=",
                                                "-",
                                                "\xC3\xA9",
                                                "\xE4\xBD\xA0",
                                                "\xF0\x9F\x98\x80",
                                                "\xEF\xBB\xBF",
                                                std::string(100, 'x')};
        const auto columns = *rc::gen::inRange<std::size_t>(1, 6);
        const auto table = *rc::gen::container<std::vector<std::vector<std::string>>>(
            rc::gen::container<std::vector<std::string>>(columns, texts_of(parts)));
        const CsvWriteOptions to{.delimiter = *rc::gen::elementOf(std::string(",;\t|")),
                                 .crlf = *rc::gen::arbitrary<bool>()};
        std::string text;
        CsvWriter writer = CsvWriter::into(text, to);
        for (const auto& fields : table) {
          for (const std::string& field : fields) writer.field(field);
          writer.end_row();
        }
        RC_ASSERT(writer.close().has_value());
        CsvOptions from{.delimiter = to.delimiter, .header = CsvHeader::absent};
        from.block_bytes = *rc::gen::inRange<std::size_t>(64, 300);
        from.sample_bytes = *rc::gen::inRange<std::size_t>(64, 300);
        const std::vector<Row> rows = rows_of(text, from);
        RC_ASSERT(rows.size() == table.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
          RC_ASSERT(rows[i].problem == RowProblem::none);
          RC_ASSERT(rows[i].fields == table[i]);
        }
      },
      300);
}

TEST_CASE("blocks of any size give the same rows") {
  test::check_property(
      "blocks",
      [] {
        const std::string text = *texts_of(rough);
        CsvOptions options{.max_field_bytes = 64, .max_row_bytes = 200, .sample_bytes = 64};
        options.header = *rc::gen::element(CsvHeader::absent, CsvHeader::detect);
        options.invalid_utf8 = *rc::gen::element(InvalidUtf8::reject, InvalidUtf8::repair);
        options.block_bytes = std::size_t{1} << 20;
        const std::vector<Row> whole = rows_of(text, options);
        options.block_bytes = *rc::gen::inRange<std::size_t>(64, 400);
        RC_ASSERT(rows_of(text, options) == whole);
      },
      2000);
}

TEST_CASE("rows equal those of a reader that goes character by character") {
  test::check_property(
      "twin",
      [] {
        std::vector<std::string> parts;
        for (const std::string& part : rough) {
          if (part != "\xFF" && part != std::string(1, '\0') && part != ";") parts.push_back(part);
        }
        const std::string text = *texts_of(parts);
        const CsvOptions options{.delimiter = ',', .header = CsvHeader::absent};
        std::optional<CsvLineEnd> line_end;
        const std::vector<Row> got = rows_of(text, options, &line_end);
        if (!line_end) {  // no row, so it is not said how lines would end
          RC_ASSERT(Twin(text, '\n').rows().empty() || Twin(text, '\r').rows().empty());
          return;
        }
        const std::vector<Row> expected =
            Twin(text, line_end == CsvLineEnd::cr ? '\r' : '\n').rows();
        RC_ASSERT(got.size() == expected.size());
        for (std::size_t i = 0; i < got.size(); ++i) {
          RC_ASSERT(got[i].line == expected[i].line);
          RC_ASSERT(got[i].problem == expected[i].problem);
          RC_ASSERT(got[i].problem_field == expected[i].problem_field);
          RC_ASSERT(got[i].fields.size() == expected[i].fields.size());
          if (got[i].problem == RowProblem::none) RC_ASSERT(got[i].fields == expected[i].fields);
        }
      },
      3000);
}
