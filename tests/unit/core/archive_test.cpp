#include "emptor/core/archive.hpp"

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "emptor/core/archive_file.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/matrix.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;
using Bytes = std::vector<std::byte>;

enum class Flavour : std::uint8_t { sweet, sour, salty };

/// The archive that tests/golden/core/format1.emptor holds: every kind of value once.
Bytes example_archive() {
  ArchiveWriter writer("example-model", 2);
  SectionWriter& numbers = writer.section("numbers", 3);
  SectionWriter& arrays = writer.section("arrays");
  numbers.put(std::uint8_t{0x12});
  numbers.put(std::int16_t{-2});
  numbers.put(std::uint32_t{0x12345678});
  numbers.put(std::int64_t{-1234567890123});
  numbers.put(1.5F);
  numbers.put(-0.1);
  numbers.put(true);
  numbers.put(Flavour::sour);
  arrays.put_text(std::string_view("gr\xc3\xbc\0n", 6));
  arrays.put_array(std::vector<float>{1.0F, -2.5F, 0.0F});
  arrays.put_array(std::vector<Customer>{Customer{7}, no_customer});
  arrays.put_array(std::vector<double>{});
  Matrix<float> matrix(2, 3);
  for (std::size_t r = 0; r < 2; ++r) {
    for (std::size_t c = 0; c < 3; ++c) matrix(r, c) = static_cast<float>(10 * r + c);
  }
  arrays.put_matrix(matrix);
  writer.section("empty", 1);
  return std::move(writer).finish();
}

void check_example(std::span<const std::byte> bytes) {
  const auto reader = ArchiveReader::open(bytes, "example-model", 2);
  REQUIRE(reader);
  CHECK(reader->version() == 2);
  CHECK(reader->sections() == 3);
  auto numbers = reader->section("numbers", 3).value();
  CHECK(numbers.version() == 3);
  CHECK(numbers.get<std::uint8_t>() == 0x12);
  CHECK(numbers.get<std::int16_t>() == -2);
  CHECK(numbers.get<std::uint32_t>() == 0x12345678);
  CHECK(numbers.get<std::int64_t>() == -1234567890123);
  CHECK(numbers.get<float>() == 1.5F);
  CHECK(numbers.get<double>() == -0.1);
  CHECK(numbers.get<bool>());
  CHECK(numbers.get_enum(Flavour::salty) == Flavour::sour);
  CHECK(numbers.finish());
  auto arrays = reader->section("arrays").value();
  CHECK(arrays.get_text() == std::string_view("gr\xc3\xbc\0n", 6));
  CHECK(arrays.get_array<float>() == std::vector<float>{1.0F, -2.5F, 0.0F});
  std::vector<Customer> customers(2);
  arrays.get_array(std::span(customers));
  CHECK(customers == std::vector<Customer>{Customer{7}, no_customer});
  CHECK(arrays.get_array<double>().empty());
  const auto matrix = arrays.get_matrix<float>();
  REQUIRE(matrix.rows() == 2);
  REQUIRE(matrix.columns() == 3);
  CHECK(matrix(1, 2) == 12.0F);
  CHECK(reinterpret_cast<std::uintptr_t>(matrix.data()) % row_alignment == 0);
  CHECK(arrays.finish());
  CHECK(reader->section("empty").value().finish());
}

SectionReader section_of(std::span<const std::byte> payload) {
  return SectionReader(payload, 1, "test/section");
}

std::filesystem::path golden(const char* name) {
  return std::filesystem::path(__FILE__).parent_path() / "../../golden/core" / name;
}

TEST_CASE("XXH64 gives the values of the reference library") {
  struct Row {
    std::size_t length;
    std::uint64_t seed0, seed1;
  };
  // libxxhash 0.8.1, XXH64(bytes, length, seed) with byte i = 7 i + 3 and seeds 0 and 2654435761.
  const Row rows[] = {{0, 0xef46db3751d8e999U, 0xac75fda2929b17efU},
                      {1, 0x1f25c8d0bc1f4bb6U, 0x79cf94f5ace37fe1U},
                      {3, 0x31d2363f52e564c9U, 0x96d2a5e583ddd738U},
                      {4, 0x9bb64b7d66ee9fdaU, 0x4a862fbb4b73776eU},
                      {7, 0x9a7b149959ce60d8U, 0xddc5cf71d37a6368U},
                      {8, 0xdab99d95c6f90092U, 0xc6e75e2cbd8e07eeU},
                      {14, 0xc7f1d4d0acfa5a14U, 0x51341a138b098941U},
                      {31, 0xa2aa5f33cc4a6119U, 0x381822f33376d6b6U},
                      {32, 0x23c3c17ef790fd97U, 0x9abd315470ac276aU},
                      {33, 0x50a7cfc7ba588784U, 0x72cdd3262f467933U},
                      {63, 0x5e3e54b431c7493cU, 0x634da7d265979e61U},
                      {101, 0xbad4d3bf033bda4cU, 0x6c892ceebbc660aaU},
                      {222, 0x8488aa61fc67f7ebU, 0xa0e106fbd1fdfc38U}};
  for (const Row& row : rows) {
    Bytes bytes;
    for (std::size_t i = 0; i < row.length; ++i) bytes.push_back(static_cast<std::byte>(7 * i + 3));
    CHECK(xxh64(bytes) == row.seed0);
    CHECK(xxh64(bytes, 2654435761U) == row.seed1);
  }
}

TEST_CASE("an archive gives back what was put in") {
  check_example(example_archive());
}

TEST_CASE("the first file format is written and read for ever") {
  const auto bytes = read_file(golden("format1.emptor").string());
  REQUIRE(bytes);
  CHECK(*bytes == example_archive());
  check_example(*bytes);
}

TEST_CASE("the layout is the documented one") {
  ArchiveWriter writer("k", 5);
  writer.section("t", 2).put(std::uint16_t{0x0102});
  const Bytes bytes = std::move(writer).finish();
  const auto byte = [&](std::size_t i) { return std::to_integer<int>(bytes.at(i)); };
  REQUIRE(bytes.size() == 30 + 22 + 2 + 8);
  CHECK(std::string(reinterpret_cast<const char*>(bytes.data()), 6) == "EMPTOR");
  CHECK(byte(6) == 0);
  CHECK(byte(7) == 0x1a);
  CHECK(byte(8) == 1);
  CHECK(byte(12) == 5);
  CHECK(byte(16) == 62);
  CHECK(byte(24) == 1);
  CHECK(byte(28) == 1);
  CHECK(byte(29) == 'k');
  CHECK(byte(30) == 2);
  CHECK(byte(34) == 2);
  CHECK(byte(50) == 1);
  CHECK(byte(51) == 't');
  CHECK(byte(52) == 2);
  CHECK(byte(53) == 1);
}

TEST_CASE("an archive cut at any byte is refused") {
  const Bytes bytes = example_archive();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto reader = ArchiveReader::open(std::span(bytes).first(length), "example-model", 2);
    REQUIRE_FALSE(reader);
    REQUIRE(reader.error().code == ErrorCode::corrupt);
    REQUIRE_FALSE(reader.error().message.empty());
  }
  Bytes longer = bytes;
  longer.push_back(std::byte{0});
  CHECK(ArchiveReader::open(longer, "example-model", 2).error().message ==
        "1 bytes too many at the end");
}

TEST_CASE("an archive with any byte changed in any way is refused") {
  Bytes bytes = example_archive();
  for (std::size_t place = 0; place < bytes.size(); ++place) {
    for (int flip = 1; flip < 256; ++flip) {
      bytes[place] ^= static_cast<std::byte>(flip);
      const auto reader = ArchiveReader::open(bytes, "example-model", 2);
      if (reader) FAIL("byte " << place << " changed by " << flip);
      bytes[place] ^= static_cast<std::byte>(flip);
    }
  }
  check_example(bytes);
}

TEST_CASE("damage in a section is told by its name") {
  Bytes bytes = example_archive();
  bytes[bytes.size() - 9 - 30] ^= std::byte{1};
  const auto reader = ArchiveReader::open(bytes, "example-model", 2);
  REQUIRE_FALSE(reader);
  CHECK(reader.error().where == "example-model/arrays");
}

TEST_CASE("another kind, a newer version and a newer format are told apart") {
  Bytes bytes = example_archive();
  const auto other = ArchiveReader::open(bytes, "als-model", 2);
  REQUIRE_FALSE(other);
  CHECK(other.error().code == ErrorCode::invalid_value);
  CHECK(other.error().message == "the archive holds a 'example-model', not a 'als-model'");
  CHECK(ArchiveReader::kind_of(bytes).value() == "example-model");
  CHECK(ArchiveReader::open(bytes, "example-model", 7));
  CHECK(ArchiveReader::open(bytes, "example-model", 1).error().code == ErrorCode::unsupported);
  const auto reader = ArchiveReader::open(bytes, "example-model", 2);
  CHECK(reader->section("numbers", 2).error().code == ErrorCode::unsupported);
  CHECK(reader->section("numbers", 2).error().where == "example-model/numbers");
  bytes[8] = std::byte{2};
  CHECK(ArchiveReader::open(bytes, "example-model", 2).error().code == ErrorCode::unsupported);
  CHECK(ArchiveReader::kind_of(bytes).error().code == ErrorCode::unsupported);
}

TEST_CASE("sections are found by tag, unknown ones skipped, missing ones told") {
  const Bytes bytes = example_archive();
  const auto reader = ArchiveReader::open(bytes, "example-model", 2);
  CHECK(reader->has("arrays"));
  CHECK_FALSE(reader->has("array"));
  const auto missing = reader->section("biases");
  REQUIRE_FALSE(missing);
  CHECK(missing.error() ==
        Error{ErrorCode::corrupt, "the section is missing", "example-model/biases"});
}

TEST_CASE("a section reader remembers its first failure") {
  const Bytes payload(10);
  auto section = section_of(payload);
  CHECK(section.get<std::uint64_t>() == 0);
  CHECK(section.ok());
  CHECK(section.get<std::uint32_t>() == 0);
  CHECK_FALSE(section.ok());
  CHECK(section.remaining() == 0);
  CHECK(section.get<std::uint8_t>() == 0);
  CHECK(section.get_text().empty());
  CHECK(section.get_array<double>().empty());
  CHECK(section.get_matrix<float>().rows() == 0);
  CHECK_FALSE(section.require(false, "a later failure"));
  const auto end = section.finish();
  REQUIRE_FALSE(end);
  CHECK(end.error() == Error{ErrorCode::corrupt, "the section ends too early", "test/section"});
}

TEST_CASE("unread bytes are a failure") {
  const Bytes payload(3);
  auto section = section_of(payload);
  CHECK(section.get<std::uint8_t>() == 0);
  CHECK(section.finish().error().message == "2 bytes are left over");
}

TEST_CASE("lengths are checked before anything is allocated") {
  Bytes payload(24, std::byte{0xff});
  CHECK(section_of(payload).get_array<double>().empty());
  CHECK(section_of(payload).get_text().empty());
  CHECK(section_of(payload).get_matrix<float>().rows() == 0);
  // 2^61 + 1 elements of 8 bytes are 8 bytes modulo 2^64.
  std::fill(payload.begin(), payload.end(), std::byte{0});
  payload[0] = std::byte{1};
  payload[7] = std::byte{0x20};
  auto wrapped = section_of(payload);
  CHECK(wrapped.get_array<double>().empty());
  CHECK_FALSE(wrapped.ok());
  // 2^32 rows of 2^32 columns.
  std::fill(payload.begin(), payload.end(), std::byte{0});
  payload[4] = payload[12] = std::byte{1};
  auto square = section_of(payload);
  CHECK(square.get_matrix<float>().rows() == 0);
  CHECK_FALSE(square.ok());
  // Rows without columns would be a size that nothing backs.
  std::fill(payload.begin(), payload.end(), std::byte{0});
  payload[4] = std::byte{1};
  auto thin = section_of(payload);
  CHECK(thin.get_matrix<float>().rows() == 0);
  CHECK_FALSE(thin.ok());
}

TEST_CASE("values that cannot be are refused") {
  const Bytes payload(1, std::byte{3});
  auto yes_or_no = section_of(payload);
  CHECK_FALSE(yes_or_no.get<bool>());
  CHECK_FALSE(yes_or_no.ok());
  auto choice = section_of(payload);
  CHECK(choice.get_enum(Flavour::salty) == Flavour::sweet);
  CHECK_FALSE(choice.ok());
  ArchiveWriter writer("k", 1);
  writer.section("s").put_array(std::vector<int>{1, 2, 3});
  const Bytes bytes = std::move(writer).finish();
  const auto reader = ArchiveReader::open(bytes, "k", 1);
  auto section = reader->section("s").value();
  std::vector<int> two(2);
  section.get_array(std::span(two));
  CHECK(section.finish().error().message == "an array has another length than expected");
}

TEST_CASE("matrices without rows keep their columns") {
  ArchiveWriter writer("k", 1);
  writer.section("s").put_matrix(Matrix<double>(0, 5));
  CHECK_THROWS_AS(writer.section("t").put_matrix(Matrix<double>(5, 0)), Exception);
  const Bytes bytes = std::move(writer).finish();
  const auto reader = ArchiveReader::open(bytes, "k", 1);
  auto section = reader->section("s").value();
  const auto matrix = section.get_matrix<double>();
  CHECK(matrix.rows() == 0);
  CHECK(matrix.columns() == 5);
  CHECK(section.finish());
  Bytes payload(16, std::byte{0xff});
  std::fill(payload.begin(), payload.begin() + 8, std::byte{0});
  auto endless = section_of(payload);
  CHECK(endless.get_matrix<double>().columns() == 0);
  CHECK_FALSE(endless.ok());
}

TEST_CASE("floating-point numbers keep their bits") {
  ArchiveWriter writer("k", 1);
  SectionWriter& s = writer.section("s");
  s.put(std::numeric_limits<double>::denorm_min());
  s.put(-std::numeric_limits<float>::infinity());
  s.put(std::numeric_limits<double>::quiet_NaN());
  s.put(-0.0);
  const Bytes bytes = std::move(writer).finish();
  const auto reader = ArchiveReader::open(bytes, "k", 1);
  auto section = reader->section("s").value();
  CHECK(section.get<double>() == std::numeric_limits<double>::denorm_min());
  CHECK(section.get<float>() == -std::numeric_limits<float>::infinity());
  CHECK(std::isnan(section.get<double>()));
  CHECK(std::signbit(section.get<double>()));
}

TEST_CASE("the writer refuses what the reader would") {
  CHECK_THROWS_AS(ArchiveWriter("", 1), Exception);
  CHECK_THROWS_AS(ArchiveWriter("Upper", 1), Exception);
  CHECK_THROWS_AS(ArchiveWriter(std::string(256, 'a'), 1), Exception);
  CHECK_THROWS_AS(ArchiveWriter("k", 0), Exception);
  ArchiveWriter writer("k", 1);
  writer.section("s");
  CHECK_THROWS_AS(writer.section("s"), Exception);
  CHECK_THROWS_AS(writer.section("a b"), Exception);
  for (std::size_t i = 1; i < max_archive_sections; ++i) writer.section(text("s", i));
  CHECK_THROWS_AS(writer.section("one-more"), Exception);
  const Bytes bytes = std::move(writer).finish();
  CHECK(ArchiveReader::open(bytes, "k", 1)->sections() == max_archive_sections);
}

TEST_CASE("an archive without sections is an archive") {
  const Bytes bytes = ArchiveWriter("nothing", 1).finish();
  CHECK(ArchiveReader::open(bytes, "nothing", 1));
}

}  // namespace
