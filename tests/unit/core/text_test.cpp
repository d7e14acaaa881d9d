#include "emptor/core/text.hpp"

#include <clocale>
#include <cstdint>
#include <limits>
#include <string>

#include "support/catch.hpp"

namespace {

using namespace emptor;

TEST_CASE("text joins strings, characters and numbers") {
  CHECK(text() == "");
  CHECK(text("'k' must be > ", 0, ", got ", -1) == "'k' must be > 0, got -1");
  CHECK(text('a', std::string("b"), std::string_view("c"), true, false) == "abctruefalse");
  CHECK(text(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(text(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
  CHECK(text(std::int8_t{65}, ' ', std::uint8_t{66}) == "65 66");
}

TEST_CASE("numbers read back as the same value") {
  CHECK(text(0.1) == "0.1");
  CHECK(text(0.1F) == "0.1");
  CHECK(text(1e300) == "1e+300");
  CHECK(text(-0.0) == "-0");
  CHECK(text(std::numeric_limits<double>::quiet_NaN()) == "nan");
  CHECK(text(-std::numeric_limits<double>::infinity()) == "-inf");
  const double third = 1.0 / 3.0;
  CHECK(std::stod(text(third)) == third);
}

TEST_CASE("fixed decimals") {
  CHECK(fixed(0.25, 2) == "0.25");
  CHECK(fixed(-3.1, 2) == "-3.10");
  CHECK(fixed(0.125, 2) == "0.12");
  CHECK(fixed(0.375, 2) == "0.38");
  CHECK(fixed(2.5, 0) == "2");
  CHECK(fixed(1.0, -3) == "1");
  CHECK(fixed(1.0, 100) == "1.00000000000000000");
  CHECK(fixed(std::numeric_limits<double>::max(), 17).size() == 309 + 1 + 17);
  CHECK(fixed(std::numeric_limits<double>::infinity(), 1) == "inf");
}

TEST_CASE("the locale does not matter") {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  if (std::setlocale(LC_ALL, "de_DE.UTF-8") == nullptr) std::setlocale(LC_ALL, "C.UTF-8");
  CHECK(text(1234.5) == "1234.5");
  CHECK(fixed(1234.5, 1) == "1234.5");
  std::setlocale(LC_ALL, before.c_str());
}

}  // namespace
