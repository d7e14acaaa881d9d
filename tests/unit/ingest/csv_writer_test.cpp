#include "emptor/ingest/csv_writer.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "support/catch.hpp"

using namespace emptor;

namespace {

std::string temporary_file() {
  const auto name = "emptor_csv_writer_" + std::to_string(::getpid()) + ".csv";
  return (std::filesystem::temp_directory_path() / name).string();
}

template <class Write>
std::string written(const CsvWriteOptions& options, Write&& write) {
  std::string text;
  CsvWriter writer = CsvWriter::into(text, options);
  write(writer);
  REQUIRE(writer.close());
  return text;
}

}  // namespace

TEST_CASE("fields are quoted where they must be") {
  CHECK(written({}, [](CsvWriter& to) {
          to.row({"plain", "a,b", "say \"hi\"", "two\nlines", " blank ", ""});
          to.row({""});
          to.field(std::int64_t{-5}).field(2.5, 2).end_row();
        }) == "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\" blank \",\n\"\"\n-5,2.50\n");
  CHECK(written({.delimiter = ';', .crlf = true}, [](CsvWriter& to) {
          to.row({"a;b", "a,b"});
        }) == "\"a;b\";a,b\r\n");
}

TEST_CASE("formulas are guarded on request, numbers are not formulas") {
  const auto field = [](std::string_view value) {
    std::string text = written({.guard_formulas = true}, [&](CsvWriter& to) { to.row({value}); });
    text.pop_back();
    return text;
  };
  CHECK(field("=1+1") == "'=1+1");
  CHECK(field("@SUM(A1)") == "'@SUM(A1)");
  CHECK(field("+cmd|'/c calc'!A0") == "'+cmd|'/c calc'!A0");
  CHECK(field("-2+3") == "'-2+3");
  CHECK(field("\t=1") == "\"'\t=1\"");
  CHECK(field("-3.10") == "-3.10");
  CHECK(field("+49") == "+49");
  CHECK(field("a=1") == "a=1");
}

TEST_CASE("a full disk is an error that names the file") {
  std::ofstream probe("/dev/full");
  if (!probe) return;  // not this kind of system
  CsvWriter writer = CsvWriter::create("/dev/full").value();
  for (int i = 0; i < 10000; ++i) writer.row({"some", "text", "again"});
  const Result<void> closed = writer.close();
  REQUIRE(!closed);
  CHECK(closed.error().code == ErrorCode::io);
  CHECK_THAT(closed.error().to_string(),
             ContainsSubstring("/dev/full: cannot write the file: No space"));
}

TEST_CASE("a file that cannot be made is an error") {
  CHECK(CsvWriter::create("/no/such/folder/x.csv").error().code == ErrorCode::not_found);
  CHECK(CsvWriter::create(std::filesystem::temp_directory_path().string()).error().code ==
        ErrorCode::io);
  CHECK_THROWS_AS(CsvWriter::create("/dev/null", {.delimiter = '"'}), Exception);
}

TEST_CASE("a file holds what was written") {
  const std::string path = temporary_file();
  CsvWriter writer = CsvWriter::create(path).value();
  std::string expected;
  for (int i = 0; i < 20000; ++i) {
    writer.field(std::int64_t{i}).field("x").end_row();
    expected += std::to_string(i) + ",x\n";
  }
  REQUIRE(writer.close());
  std::ifstream in(path);
  std::stringstream content;
  content << in.rdbuf();
  CHECK(content.str() == expected);
  std::remove(path.c_str());
}
