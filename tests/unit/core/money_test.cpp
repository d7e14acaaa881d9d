#include "emptor/core/money.hpp"

#include <array>

#include "support/catch.hpp"

namespace {

using namespace emptor;

const Currency eur("EUR");

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

std::vector<std::int64_t> minors(const std::vector<Money>& parts) {
  std::vector<std::int64_t> out;
  for (const Money& part : parts) out.push_back(part.minor());
  return out;
}

std::vector<std::int64_t> split(std::int64_t total, const std::vector<std::int64_t>& weights) {
  return minors(allocate({total, eur}, weights));
}

}  // namespace

TEST_CASE("currencies: ISO 4217 codes and their digits") {
  CHECK(Currency("EUR").digits() == 2);
  CHECK(Currency("JPY").digits() == 0);
  CHECK(Currency("KRW").digits() == 0);
  CHECK(Currency("KWD").digits() == 3);
  CHECK(Currency("CLF").digits() == 4);
  CHECK(Currency("CNY").digits() == 2);
  CHECK(Currency().code() == "XXX");
  CHECK_THROWS_AS(Currency("eur"), Exception);
  CHECK_THROWS_AS(Currency("EURO"), Exception);
  CHECK_THROWS_AS(Currency(""), Exception);
}

TEST_CASE("arithmetic is checked, currencies do not mix") {
  CHECK((Money(5, eur) + Money(-7, eur)).minor() == -2);
  CHECK((Money(5, eur) * -3).minor() == -15);
  CHECK((-Money(5, eur)).minor() == -5);
  CHECK(Money(1, eur) < Money(2, eur));
  CHECK_THROWS_AS(Money(largest, eur) + Money(1, eur), Exception);
  CHECK_THROWS_AS(Money(-largest, eur) - Money(1, eur), Exception);
  CHECK_THROWS_AS(Money(largest / 2 + 1, eur) * 2, Exception);
  CHECK_THROWS_AS(Money(std::numeric_limits<std::int64_t>::min(), eur), Exception);
  CHECK_THROWS_AS(Money(1, eur) + Money(1, Currency("USD")), Exception);
  Money sum(largest, eur);
  CHECK_THROWS_AS(sum += Money(1, eur), Exception);
  CHECK(sum.minor() == largest);
}

TEST_CASE("every rounding at a half, below and above it, on both sides of zero") {
  struct Row {
    Rounding rounding;
    std::array<std::int64_t, 8> quarters;  // of -7 -6 -5 -2 | 2 5 6 7 quarters
  };
  const std::array<Row, 7> rows{{{Rounding::half_even, {-2, -2, -1, 0, 0, 1, 2, 2}},
                                 {Rounding::half_up, {-2, -2, -1, -1, 1, 1, 2, 2}},
                                 {Rounding::half_down, {-2, -1, -1, 0, 0, 1, 1, 2}},
                                 {Rounding::floor, {-2, -2, -2, -1, 0, 1, 1, 1}},
                                 {Rounding::ceiling, {-1, -1, -1, 0, 1, 2, 2, 2}},
                                 {Rounding::toward_zero, {-1, -1, -1, 0, 0, 1, 1, 1}},
                                 {Rounding::away_from_zero, {-2, -2, -2, -1, 1, 2, 2, 2}}}};
  const std::array<std::int64_t, 8> amounts{-7, -6, -5, -2, 2, 5, 6, 7};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < amounts.size(); ++i) {
      INFO(static_cast<int>(row.rounding) << " of " << amounts[i] << "/4");
      CHECK(Money(amounts[i], eur).share(1, 4, row.rounding).minor() == row.quarters[i]);
    }
  }
  CHECK(Money(largest, eur).share(largest, largest).minor() == largest);
  CHECK_THROWS_AS(Money(1, eur).share(1, 0), Exception);
  CHECK_THROWS_AS(Money(largest, eur).share(2, 1), Exception);
}

TEST_CASE("units at a price scale become money once, half to even") {
  CHECK(to_money(1005, 3, eur).minor() == 100);
  CHECK(to_money(1015, 3, eur).minor() == 102);
  CHECK(to_money(-1015, 3, eur).minor() == -102);
  CHECK(to_money(7, 0, eur).minor() == 700);
  CHECK(to_money(1999, 3, Currency("JPY")).minor() == 2);
  CHECK(to_money(1, 2, Currency("KWD")).minor() == 10);
  CHECK_THROWS_AS(to_money(largest, 0, eur), Exception);
  CHECK_THROWS_AS(to_money(1, 7, eur), Exception);
}

TEST_CASE("allocate by largest remainder") {
  CHECK(split(100, {1, 1, 1}) == std::vector<std::int64_t>{34, 33, 33});
  CHECK(split(-100, {1, 1, 1}) == std::vector<std::int64_t>{-34, -33, -33});
  CHECK(split(5, {3, 0, 7}) == std::vector<std::int64_t>{2, 0, 3});  // 1.5 and 3.5: the first
  CHECK(split(0, {1, 2}) == std::vector<std::int64_t>{0, 0});
  CHECK(split(largest, {largest}) == std::vector<std::int64_t>{largest});
  CHECK_THROWS_AS(split(1, {}), Exception);
  CHECK_THROWS_AS(split(1, {0, 0}), Exception);
  CHECK_THROWS_AS(split(1, {1, -1}), Exception);
  CHECK_THROWS_AS(split(1, {largest, 1}), Exception);
}

TEST_CASE("money as text") {
  CHECK(to_string(Money(-1234, eur)) == "-12.34 EUR");
  CHECK(to_string(Money(5, eur)) == "0.05 EUR");
  CHECK(to_string(Money(1500, Currency("JPY"))) == "1500 JPY");
  CHECK(to_string(Money(-largest, Currency("KWD"))) == "-9223372036854775.807 KWD");
}

TEST_CASE("decimals are read exactly or refused") {
  CHECK(parse_decimal("2.55", 3).value() == 2550);
  CHECK(parse_decimal("-.001", 3).value() == -1);
  CHECK(parse_decimal("+7", 2).value() == 700);
  CHECK(parse_decimal("1.", 2).value() == 100);
  CHECK(parse_decimal("2.5000", 1).value() == 25);
  CHECK(parse_decimal("3,14", 2, ',').value() == 314);
  CHECK(parse_decimal("9223372036854775807", 0).value() == largest);
  for (const char* bad : {"", "-", ".", "+.", "1.2.3", "1,5", "1e3", " 1", "1 ", "--1", "0x1",
                          "2.555", "9223372036854775808", "92233720368547758.08", "NaN"}) {
    INFO(bad);
    CHECK_FALSE(parse_decimal(bad, 2).has_value());
  }
}
