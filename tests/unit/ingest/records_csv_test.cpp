#include "emptor/ingest/records_csv.hpp"

#include <string>

#include "support/catch.hpp"

using namespace emptor;

namespace {

RecordsRead read(const std::string& text, const RecordsReadOptions& options = {}) {
  MemorySource source(text);
  return read_records(source, "people.csv", options).value();
}

Error error_of(const std::string& text, const RecordsReadOptions& options = {}) {
  MemorySource source(text);
  return read_records(source, "people.csv", options).error();
}

}  // namespace

TEST_CASE("all columns become texts, blanks around them taken off") {
  const RecordsRead got = read(
      "rec_id, given_name, born\r\n"
      "r1,  ann , 19081209\r\n"
      "r2, ,\"a \"\"b\"\",\n c\"\r\n"
      "\r\n"
      "r3,\t王芳\t,\r\n");
  REQUIRE(got.records.size() == 3);
  REQUIRE(got.records.columns().size() == 3);
  CHECK(got.records.columns()[1] == "given_name");
  CHECK(got.records.value(Record{0}, 1) == "ann");
  CHECK(got.records.value(Record{0}, 2) == "19081209");
  CHECK(got.records.value(Record{1}, 1).empty());
  CHECK(got.records.value(Record{1}, 2) == "a \"b\",\n c");
  CHECK(got.records.value(Record{2}, 1) == "王芳");
  const QualityReport& quality = got.quality;
  CHECK(quality.file == "people.csv");
  CHECK(quality.dialect == "comma, CR LF, header");
  CHECK(quality.rows_read == 3);
  CHECK(quality.rows_kept == 3);
  CHECK(quality.blank_lines == 1);
  CHECK_FALSE(quality.duplicates_counted);
  REQUIRE(quality.columns.size() == 3);
  CHECK(quality.columns[0].missing == 0);
  CHECK(quality.columns[1].missing == 1);
  CHECK(quality.columns[2].missing == 1);
}

TEST_CASE("chosen columns come in the order asked for") {
  const RecordsRead got = read("a;b;c\n1;2;3\n", {.columns = {"c", "a"}});
  REQUIRE(got.records.columns().size() == 2);
  CHECK(got.records.columns()[0] == "c");
  CHECK(got.records.value(Record{0}, 0) == "3");
  CHECK(got.records.value(Record{0}, 1) == "1");
  CHECK(error_of("a,b\n1,2\n", {.columns = {"A"}}).code == ErrorCode::not_found);
  CHECK(error_of("a,b\n1,2\n", {.columns = {"a", "a"}}).code == ErrorCode::duplicate);
}

TEST_CASE("rows that are not sound are counted and kept, masked") {
  std::string text =
      "name,phone\n"
      "ann,1\n"
      "bob\n"
      "carol,2,3\n"
      "d\xff,4\n"
      "eve,5\n";
  text += std::string("f\0g,6\n", 6);
  text += "last";
  const RecordsRead got = read(text);
  const QualityReport& quality = got.quality;
  CHECK(quality.rows_read == 7);
  CHECK(quality.rows_kept == 2);
  CHECK(got.records.size() == 2);
  CHECK(got.records.value(Record{1}, 0) == "eve");
  CHECK(quality.rows_rejected() == 5);
  CHECK(quality.rejected_by(RowProblem::ragged_row) == 2);
  CHECK(quality.rejected_by(RowProblem::invalid_utf8) == 1);
  CHECK(quality.rejected_by(RowProblem::nul_byte) == 1);
  CHECK(quality.rejected_by(RowProblem::cut_line) == 1);
  CHECK(quality.invalid_utf8_rows == 1);
  REQUIRE(quality.quarantine.size() == 5);
  CHECK(quality.quarantine[0].line == 3);
  CHECK(quality.quarantine[0].row == "b**");
  CHECK(quality.quarantine[1].row == "c****,*,*");

  const RecordsRead few = read(text, {.max_quarantined = 1});
  CHECK(few.quality.quarantine.size() == 1);
  CHECK(few.quality.quarantine_left_out == 4);
  CHECK(few.quality.rows_rejected() == 5);

  RecordsReadOptions repairing;
  repairing.csv.invalid_utf8 = InvalidUtf8::repair;
  const RecordsRead repaired = read(text, repairing);
  CHECK(repaired.records.size() == 3);
  CHECK(repaired.records.value(Record{1}, 0) == "d\xef\xbf\xbd");
  CHECK(repaired.quality.repaired_utf8_rows == 1);
  CHECK(repaired.quality.invalid_utf8_rows == 1);
}

TEST_CASE("headers of every kind") {
  CHECK(read("name,phone\n").records.size() == 0);
  CHECK(read("name,phone\n").records.columns().size() == 2);
  CHECK(error_of("").code == ErrorCode::invalid_value);
  CHECK(error_of("a,b,a\n1,2,3\n").code == ErrorCode::duplicate);
  // A row of data that is taken for a header is shown masked.
  RecordsReadOptions headed;
  headed.csv.header = CsvHeader::present;
  MemorySource people("jane.doe@mail.net,jane.doe@mail.net\n");
  const Error twice = read_records(people, "people.csv", headed).error();
  CHECK(twice.code == ErrorCode::duplicate);
  CHECK(twice.message.find("doe") == std::string::npos);
  // An index column without a name, as data frames are written.
  const RecordsRead unnamed = read(",name,\n0,ann,x\n");
  CHECK(unnamed.records.columns()[0] == "1");
  CHECK(unnamed.records.columns()[2] == "3");
  CHECK(unnamed.records.value(Record{0}, 2) == "x");
  CHECK(error_of(",1\n0,ann\n").code == ErrorCode::duplicate);
  RecordsReadOptions bare;
  bare.csv.header = CsvHeader::absent;
  const RecordsRead numbered = read(
      "\xef\xbb\xbf"
      "ann,1\nbob,2\n",
      bare);
  CHECK(numbered.records.size() == 2);
  CHECK(numbered.records.columns()[1] == "2");
  CHECK(numbered.records.value(Record{0}, 0) == "ann");
}

TEST_CASE("reading records can be stopped, and says what is wrong with a file") {
  Context context;
  context.progress = [](const ProgressStep& step) {
    CHECK(step.what == "read csv");
    return Go::stop;
  };
  MemorySource source("a\n1\n");
  CHECK(read_records(source, "people.csv", {}, context).error().code == ErrorCode::stopped);
  CHECK(read_records("/nowhere/people.csv").error().code == ErrorCode::not_found);
  RecordsReadOptions wide;
  wide.csv.max_field_bytes = std::size_t{1} << 24;
  const std::string big(Records::longest_value + 1, 'x');
  const RecordsRead got = read("a,b\n1,2\n" + big + ",3\n4,5\n", wide);
  CHECK(got.records.size() == 2);
  CHECK(got.quality.rejected_by(RowProblem::field_too_long) == 1);
}
