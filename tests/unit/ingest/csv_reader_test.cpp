#include "emptor/ingest/csv_reader.hpp"

#include <sys/resource.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace emptor;

namespace {

struct Row {
  std::vector<std::string> fields;
  std::uint64_t line = 0;
  RowProblem problem = RowProblem::none;
  std::size_t problem_field = 0;
};

std::vector<Row> rows_of(std::string_view text, const CsvOptions& options = {}) {
  MemorySource source(text);
  CsvReader reader = CsvReader::open(source, "test.csv", options).value();
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

Error error_of(std::string_view text, const CsvOptions& options = {}) {
  MemorySource source(text);
  return CsvReader::open(source, "test.csv", options).error();
}

using Fields = std::vector<std::string>;

}  // namespace

TEST_CASE("plain rows, with and without a last line break") {
  for (const char* text : {"a,b\n1,2\n3,4\n", "a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4\r\n",
                           "a,b\r\n1,2\r\n3,4", "a,b\r1,2\r3,4\r",
                           "\xEF\xBB\xBF"
                           "a,b\n1,2\n3,4"}) {
    const auto rows = rows_of(text);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].fields == Fields{"1", "2"});
    CHECK(rows[0].line == 2);
    CHECK(rows[1].fields == Fields{"3", "4"});
    CHECK(rows[1].line == 3);
    CHECK(rows[1].problem == RowProblem::none);
  }
}

TEST_CASE("quotes hold delimiters, line breaks and doubled quotes") {
  const auto rows =
      rows_of("a,b,c\n\"x,y\",\"line 1\r\nline 2\",\"say \"\"hi\"\"\"\n\"\",\"\"\"\",z\n");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].fields == Fields{"x,y", "line 1\r\nline 2", "say \"hi\""});
  CHECK(rows[1].fields == Fields{"", "\"", "z"});
  CHECK(rows[1].line == 4);
}

TEST_CASE("a quote inside of a field is only a quote") {
  const auto rows = rows_of("a,b\n5\" pipe,it's 6\"\n\"7\"\" pipe\",x\n");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].fields == Fields{"5\" pipe", "it's 6\""});
  CHECK(rows[1].fields == Fields{"7\" pipe", "x"});
}

TEST_CASE("the delimiter is found out") {
  const auto delimiter_of = [](std::string_view text) {
    MemorySource source(text);
    return CsvReader::open(source, "t").value().dialect().delimiter;
  };
  CHECK(delimiter_of("a,b\n1,2\n") == ',');
  CHECK(delimiter_of("a;b;c\n1,5;2,5;3\n2,25;1;4,5\n") == ';');
  CHECK(delimiter_of("a\tb\nx, y\tz\n") == '\t');
  CHECK(delimiter_of("a|b\n1|2\n") == '|');
  CHECK(delimiter_of("a,\"b;c;d\"\n1,\";;;\"\n") == ',');
  CHECK(delimiter_of("alone\n1\n2\n") == ',');
}

TEST_CASE("a header is found out, or declared") {
  const auto columns_of = [](std::string_view text, CsvHeader header) {
    MemorySource source(text);
    const CsvReader reader = CsvReader::open(source, "t", {.header = header}).value();
    return Fields(reader.columns().begin(), reader.columns().end());
  };
  CHECK(columns_of("name,when\nx,2010-12-01\n", CsvHeader::detect) == Fields{"name", "when"});
  CHECK(columns_of(" name ,when\nx,y\n", CsvHeader::detect) == Fields{"name", "when"});
  CHECK(columns_of("x,2010-12-01\ny,2010-12-02\n", CsvHeader::detect) == Fields{"1", "2"});
  CHECK(columns_of("7,8\n1,2\n", CsvHeader::present) == Fields{"7", "8"});
  CHECK(columns_of("a,b\n1,2\n", CsvHeader::absent) == Fields{"1", "2"});
  CHECK(rows_of("a,b\n1,2\n", {.header = CsvHeader::absent}).size() == 2);
}

TEST_CASE("rows that are not sound come with their problem") {
  SECTION("ragged") {
    const auto rows = rows_of("a,b,c\n1,2\n1,2,3,4\n1,2,3\n");
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].problem == RowProblem::ragged_row);
    CHECK(rows[1].problem == RowProblem::ragged_row);
    CHECK(rows[2].problem == RowProblem::none);
  }
  SECTION("a cut last line") {
    const auto rows = rows_of("a,b,c\n1,2,3\n4,5");
    REQUIRE(rows.size() == 2);
    CHECK(rows[1].problem == RowProblem::cut_line);
    CHECK(rows[1].line == 3);
  }
  SECTION("a quote that is never closed") {
    const auto rows = rows_of("a,b\n1,2\n3,\"never\n5,6\n");
    REQUIRE(rows.size() == 2);
    CHECK(rows[1].problem == RowProblem::unterminated_quote);
    CHECK(rows[1].line == 3);
    CHECK(rows[1].problem_field == 1);
  }
  SECTION("text after a closing quote") {
    const auto rows = rows_of("a,b\n\"x\"y,1\n\"x\",2\n\"x\" ,3\n");
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].problem == RowProblem::text_after_quote);
    CHECK(rows[1].problem == RowProblem::none);
    CHECK(rows[2].problem == RowProblem::text_after_quote);
  }
  SECTION("NUL bytes") {
    const auto rows = rows_of(std::string_view("a,b\n1,x\0y\n3,4\n", 14));
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].problem == RowProblem::nul_byte);
    CHECK(rows[0].problem_field == 1);
    CHECK(rows[1].problem == RowProblem::none);
  }
  SECTION("bytes that are not UTF-8") {
    const std::string text = "a,b\n1,caf\xE9\n2,caf\xC3\xA9\n";
    const auto rows = rows_of(text);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].problem == RowProblem::invalid_utf8);
    CHECK(rows[0].problem_field == 1);
    CHECK(rows[1].fields[1] == "caf\xC3\xA9");
    const auto repaired = rows_of(text, {.invalid_utf8 = InvalidUtf8::repair});
    CHECK(repaired[0].problem == RowProblem::none);
    CHECK(repaired[0].fields[1] == "caf\xEF\xBF\xBD");
  }
}

TEST_CASE("invalid UTF-8 of every kind is one U+FFFD for each maximal part") {
  const auto repaired = [](const std::string& bytes) {
    return rows_of("a\n" + bytes + "\n", {.delimiter = ',', .invalid_utf8 = InvalidUtf8::repair})
        .at(0)
        .fields.at(0);
  };
  const std::string bad = "\xEF\xBF\xBD";
  CHECK(repaired("x\xC0\xAFy") == "x" + bad + bad + "y");                      // overlong
  CHECK(repaired("x\xED\xA0\x80y") == "x" + bad + bad + bad + "y");            // a surrogate
  CHECK(repaired("x\xF4\x90\x80\x80y") == "x" + bad + bad + bad + bad + "y");  // beyond U+10FFFF
  CHECK(repaired("x\xE2\x82y") == "x" + bad + "y");                            // cut off
  CHECK(repaired("x\xF0\x9F\x98\x80y") == "x\xF0\x9F\x98\x80y");
}

TEST_CASE("a field of 10 MB is a rejection with its place, not growing memory") {
  std::string text = "a,b,c\n1,2,3\n4,";
  text.append(10 << 20, 'x');
  text += ",6\n7,8,9\n";
  for (const bool quoted : {false, true}) {
    if (quoted) {
      text.insert(text.find("4,") + 2, 1, '"');
      text.insert(text.find(",6\n"), 1, '"');
    }
    const auto rows = rows_of(text);
    REQUIRE(rows.size() == 3);
    CHECK(rows[1].problem == RowProblem::field_too_long);
    CHECK(rows[1].line == 3);
    CHECK(rows[1].problem_field == 1);
    CHECK(rows[1].fields.at(1).size() == 256);
    CHECK(rows[2].fields == Fields{"7", "8", "9"});
    CHECK(rows[2].line == 4);
  }
}

TEST_CASE("memory does not grow with the input") {
  class Endless final : public ByteSource {  // one field without an end, 200 MB of it
   public:
    Result<std::size_t> read(std::span<char> into) override {
      if (given_ > 200'000'000) return std::size_t{0};
      for (char& c : into) c = 'x';
      if (given_ == 0) into[1] = '\n';
      given_ += into.size();
      return into.size();
    }

   private:
    std::size_t given_ = 0;
  };
  const auto peak_kib = [] {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  const auto before = peak_kib();
  Endless source;
  CsvReader reader = CsvReader::open(source, "endless").value();
  REQUIRE(reader.next().value());
  CHECK(reader.problem() == RowProblem::field_too_long);
  CHECK(!reader.next().value());
  CHECK(peak_kib() - before < 16 * 1024);
}

TEST_CASE("the limits of fields and rows are exact") {
  const CsvOptions options{.max_field_bytes = 100, .max_row_bytes = 150, .block_bytes = 64};
  const auto problem = [&](std::size_t first, std::size_t second) {
    return rows_of(
               "a,b\n" + std::string(first, 'x') + "," + std::string(second, 'y') + "\r\n1,2\r\n",
               options)
        .at(0)
        .problem;
  };
  CHECK(problem(100, 10) == RowProblem::none);
  CHECK(problem(10, 100) == RowProblem::none);
  CHECK(problem(101, 10) == RowProblem::field_too_long);
  CHECK(problem(10, 101) == RowProblem::field_too_long);
  CHECK(problem(75, 74) == RowProblem::none);
  CHECK(problem(75, 75) == RowProblem::row_too_long);
  CHECK(rows_of("a\n" + std::string(70000, ',') + "\nb\n").at(0).problem ==
        RowProblem::row_too_long);
  CHECK(rows_of("a\n" + std::string(70000, ',') + "\nb\n").at(1).problem == RowProblem::none);
}

TEST_CASE("blank lines are no rows, and are counted") {
  MemorySource source("a,b\n\n1,2\n\r\n\n3,4\n\n");
  CsvReader reader = CsvReader::open(source, "t").value();
  std::size_t rows = 0;
  while (reader.next().value()) ++rows;
  CHECK(rows == 2);
  CHECK(reader.blank_lines() == 4);
}

TEST_CASE("inputs that are no CSV file are clear errors") {
  CHECK(error_of("").code == ErrorCode::invalid_value);
  CHECK_THAT(error_of("").to_string(), ContainsSubstring("test.csv: the file is empty"));
  CHECK(error_of("\n\n\n").code == ErrorCode::invalid_value);
  CHECK(error_of("\xEF\xBB\xBF").code == ErrorCode::invalid_value);
  for (const std::string_view mark : {std::string_view("\xFF\xFE"
                                                       "a\0,\0",
                                                       6),
                                      std::string_view("\xFE\xFF\0a\0,", 6)}) {
    CHECK(error_of(mark).code == ErrorCode::unsupported);
    CHECK_THAT(error_of(mark).message, ContainsSubstring("UTF-16"));
  }
  CHECK(error_of("a,b\xFF\n1,2\n").code == ErrorCode::corrupt);
  CHECK(error_of("\"a,b\n1,2\n").code == ErrorCode::corrupt);

  const Error folder = CsvReader::open(std::filesystem::temp_directory_path().string()).error();
  CHECK(folder.code == ErrorCode::io);
  CHECK_THAT(folder.to_string(), ContainsSubstring(": is a directory"));
  const Error nowhere = CsvReader::open("/no/such/file.csv").error();
  CHECK(nowhere.code == ErrorCode::not_found);
  CHECK_THAT(nowhere.to_string(), ContainsSubstring("/no/such/file.csv"));
}

TEST_CASE("a header alone is no rows") {
  CHECK(rows_of("a,b\n").empty());
  CHECK(rows_of("a,b").empty());
}

TEST_CASE("columns are found by name, with help for what is not there") {
  MemorySource source("InvoiceNo,Stock Code,Qty,Qty\n1,2,3,4\n");
  const CsvReader reader = CsvReader::open(source, "shop.csv").value();
  CHECK(reader.column("Stock Code").value() == 1);
  const Error missing = reader.column("StockCode").error();
  CHECK(missing.code == ErrorCode::not_found);
  CHECK(missing.to_string() ==
        "shop.csv: there is no column 'StockCode'; the file has InvoiceNo, Stock Code, Qty, Qty "
        "(did you mean 'Stock Code'?)");
  const Error twice = reader.column("Qty").error();
  CHECK(twice.code == ErrorCode::duplicate);
  CHECK_THAT(twice.message, ContainsSubstring("columns 3 and 4"));
}

TEST_CASE("options out of range throw before anything is read") {
  MemorySource source("a\n");
  const auto open = [&](const CsvOptions& options) { (void)CsvReader::open(source, "t", options); };
  CHECK_THROWS_AS(open({.quote = '\n'}), Exception);
  CHECK_THROWS_AS(open({.delimiter = '"'}), Exception);
  CHECK_THROWS_AS(open({.max_field_bytes = 1}), Exception);
  CHECK_THROWS_AS(open({.max_field_bytes = 1000, .max_row_bytes = 999}), Exception);
  CHECK_THROWS_AS(open({.block_bytes = 0}), Exception);
}

TEST_CASE("errors of the source come through, wherever they happen") {
  class Broken final : public ByteSource {
   public:
    Result<std::size_t> read(std::span<char> into) override {
      if (++calls_ > 5) return Error{ErrorCode::io, "cannot read the file: it is gone", "x.csv"};
      for (char& c : into) c = '\n';
      into[0] = 'a';
      return into.size();
    }

   private:
    int calls_ = 0;
  };
  Broken source;
  CsvReader reader = CsvReader::open(source, "x.csv").value();
  Result<bool> more = reader.next();
  while (more && *more) more = reader.next();
  REQUIRE(!more);
  CHECK(more.error().code == ErrorCode::io);
}
