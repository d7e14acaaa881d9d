#include "emptor/identity/date.hpp"

#include <string>

#include "support/catch.hpp"

using namespace emptor;

namespace {

PackedDate packed(std::string_view raw, const DateOptions& options = {}) {
  PartialDate date;
  normalise_date(raw, date, options);
  return pack_date(date);
}

struct Case {
  const char* raw;
  PackedDate date;
  FieldState state = FieldState::usable;
};

TEST_CASE("dates as people write them") {
  const Case cases[] = {
      {"1971-06-24", 0x19710624},
      {" 1971-06-24 ", 0x19710624},
      {"1971-06-24T12:30:00Z", 0x19710624},
      {"1971-06-24 12:30:00+08:00", 0x19710624},
      {"12:30 24.06.1971", 0x19710624},
      {"1971/6/24", 0x19710624},
      {"19710624", 0x19710624},
      {"24061971", 0x19710624},
      {"19710624123000", 0x19710624},
      {"24/06/1971", 0x19710624},
      {"06/24/1971", 0x19710624},
      {"24.6.71", 0x19710624},
      {"24-JUN-71", 0x19710624},
      {"71/06/24", 0x19710624},
      {"710624", 0x19710624},
      {"240671", 0x19710624},
      {"24 June 1971", 0x19710624},
      {"24th of June, 1971", 0x19710624},
      {"Jun 24, 1971", 0x19710624},
      {"Thu, 24 Jun 1971", 0x19710624},
      {"1971 juin 24", 0x19710624},
      {"24. März 1971", 0x19710324},
      {"1er août 1971", 0x19710801},
      {"3 de octubre de 1971", 0x19711003},
      {"1971年6月24日", 0x19710624},
      {"１９７１年０６月２４日", 0x19710624},
      {"１９７１－０６－２４", 0x19710624},
      {"71年6月", 0x19710600},
      {"1971", 0x19710000},
      {"1971-06", 0x19710600},
      {"06/1971", 0x19710600},
      {"197106", 0x19710600},
      {"June 1971", 0x19710600},
      {"June '71", 0x19710600},
      {"c. 1850", 0x18500000},
      {"1971-06-00", 0x19710600},
      {"1971-00-00", 0x19710000},
      {"24 June", 0x00000624},
      {"1630-08-01", 0x16300801},
      {"2000-02-29", 0x20000229},
      {"5.6.1971", 0x19710605},
      {"05/05/1971", 0x19710505},
      {"05/06/1971", 0x1971A605},
      {"1971-02-30", 0x19710230, FieldState::malformed},
      {"1814-81-01", 0x18148101, FieldState::malformed},
      {"19711324", 0x19711324, FieldState::malformed},
      {"-0050-01-0", 0x00500100, FieldState::malformed},
      {"31/31/1971", 0x19713131, FieldState::malformed},
      {"hello", 0, FieldState::malformed},
      {"12", 0, FieldState::malformed},
      {"12345", 0, FieldState::malformed},
      {"59999999999999999999992", 0, FieldState::malformed},
      {"1900-01-01", 0x19000101, FieldState::placeholder},
      {"01/01/1970", 0x19700101, FieldState::placeholder},
      {"9999-12-31", 0x99991231, FieldState::placeholder},
      {"0000-00-00", 0, FieldState::placeholder},
      {"00000000", 0, FieldState::placeholder},
      {"000000", 0, FieldState::placeholder},
      {"unknown", 0, FieldState::placeholder},
      {"无", 0, FieldState::placeholder},
      {"-", 0, FieldState::placeholder},
      {" 　", 0, FieldState::missing},
      {"", 0, FieldState::missing},
  };
  PartialDate date;
  for (const Case& c : cases) {
    CAPTURE(c.raw);
    CHECK(normalise_date(c.raw, date) == c.state);
    CHECK(pack_date(date) == c.date);
  }
}

TEST_CASE("ambiguity of day and month is kept") {
  PartialDate date;
  REQUIRE(normalise_date("03/04/1971", date) == FieldState::usable);
  CHECK(date == PartialDate{1971, 4, 3, true});
  CHECK(unpack_date(pack_date(date)) == date);
  CHECK(settled(date, DateReading::month_first) == PartialDate{1971, 3, 4});
  CHECK(settled(date, DateReading::day_first) == PartialDate{1971, 4, 3});
  CHECK(settled(date, DateReading::automatic) == date);
  normalise_date("12/11/1971", date);
  CHECK(unpack_date(pack_date(date)) == date);
  CHECK(packed("03/04/1971", {.reading = DateReading::month_first}) == 0x19710304);
  CHECK(packed("03/04/1971", {.reading = DateReading::day_first}) == 0x19710403);
  CHECK(packed("3.4.1971") == 0x19710403);
  CHECK(packed("13/04/1971", {.reading = DateReading::month_first}) == 0x19710413);
}

TEST_CASE("the dates of a column show their reading") {
  DateReadingVote vote;
  PartialDate date;
  for (const auto* raw : {"12/11/1978", "3/31/1954", "1/3/1917", "5/4/2020"}) {
    normalise_date(raw, date);
    vote.add(date);
  }
  CHECK(vote.result() == DateReading::month_first);
  normalise_date("31/3/1954", date);
  vote.add(date);
  CHECK(vote.result() == DateReading::automatic);
}

TEST_CASE("two digits of a year") {
  CHECK(packed("1/1/30") == 0x20300101);
  CHECK(packed("1/1/31") == 0x19310101);
  CHECK(packed("1/1/00") == 0x20000101);
  CHECK(packed("1/1/24", {.two_digit_until = 1999}) == 0x19240101);
}

TEST_CASE("years out of the range of the options") {
  PartialDate date;
  CHECK(normalise_date("1630-08-01", date, {.earliest_year = 1800}) == FieldState::malformed);
  CHECK(normalise_date("2300-08-01", date) == FieldState::malformed);
  Placeholders mine;
  mine.add("1980-01-01");
  CHECK(normalise_date("1980-01-01", date, {.placeholders = &mine}) == FieldState::placeholder);
}

TEST_CASE("agreement of dates") {
  struct Pair {
    const char* a;
    const char* b;
    DateAgreement agreement;
  };
  const Pair pairs[] = {
      {"1971-06-24", "", DateAgreement::missing},
      {"1971-06-24", "24 June 1971", DateAgreement::same},
      {"12/11/1978", "1978-12-11", DateAgreement::same},
      {"12/11/1978", "11/12/1978", DateAgreement::same},
      {"1971-06-24", "1971-06", DateAgreement::compatible},
      {"1971-06-24", "1971", DateAgreement::compatible},
      {"1971-06-24", "24 June", DateAgreement::compatible},
      {"1971-06-24", "25 June", DateAgreement::different},
      {"1971-06-24", "1971-05", DateAgreement::same_year},
      {"1971", "1972", DateAgreement::slip},
      {"1971", "1717", DateAgreement::different},
      {"1971-06-24", "1972", DateAgreement::slip},
      {"1971-06-24", "1971-05-24", DateAgreement::slip},
      {"1971-06-24", "1971-06-42", DateAgreement::slip},
      {"1971-06-24", "1917-06-24", DateAgreement::slip},
      {"1814-81-01", "1814-01-01", DateAgreement::slip},
      {"1971-06-11", "1971-11-06", DateAgreement::swapped},
      {"1971-06-29", "1971-07-03", DateAgreement::near},
      {"1971-12-30", "1972-01-02", DateAgreement::near},
      {"1971-06-24", "1971-01-01", DateAgreement::year_only},
      {"1979-06-24", "1980-06-24", DateAgreement::anniversary},
      {"1971-06-08", "1971-06-24", DateAgreement::same_month},
      {"1971-06-24", "1971-03-21", DateAgreement::two_digits},
      {"1978-06-13", "1978-12-06", DateAgreement::two_digits},
      {"1971-06-24", "1971-12-13", DateAgreement::same_year},
      {"1971-06-24", "1983-12-13", DateAgreement::different},
  };
  for (const Pair& pair : pairs) {
    CAPTURE(pair.a, pair.b);
    CHECK(name(compare_dates(packed(pair.a), packed(pair.b))) == name(pair.agreement));
    CHECK(name(compare_dates(packed(pair.b), packed(pair.a))) == name(pair.agreement));
  }
  CHECK(compare_dates(0x19710630, 0x19710712, 30) == DateAgreement::near);
}

}  // namespace
