#include "emptor/ingest/mapping.hpp"

#include <fstream>
#include <string>

#include "support/catch.hpp"

using namespace emptor;

namespace {

const std::string good_fields =
    R"("fields": [{"source": "When", "target": "time", "format": "dd/mm/yyyy"},
                  {"source": "What", "target": "item"},
                  {"source": "Paid", "target": "amount", "decimal": ",", "thousands": "."}])";

std::string wrong_at(const std::string& json) {
  const Result<Mapping> mapping = read_mapping(json);
  REQUIRE(!mapping);
  return mapping.error().where;
}

std::string with_fields(const std::string& fields) {
  return R"({"currency": "EUR", "fields": [{"source": "t", "target": "time"}, {"source": "i", "target": "item"}, )" +
         fields + "]}";
}

}  // namespace

TEST_CASE("a mapping is read from JSON with all it can say") {
  const Mapping mapping = read_mapping(R"({
    "comment": "free", "table": "orders", "currency": "EUR", "price_scale": 4,
    "utc_offset": "-03:30", "missing": ["NA"], "duplicates": "drop", "zero_prices": "reject",
    "csv": {"delimiter": ";", "quote": "'", "header": false, "invalid_utf8": "repair",
            "max_field_bytes": 1000, "max_row_bytes": 5000},
    "cancellations": {"rows": [{"target": "item", "prefix": "C"}], "negate": true},
    "drop": [{"target": "item", "equals": "POST"}],
    )" + good_fields + "}")
                              .value();
  CHECK(mapping.table == MappingTable::orders);
  CHECK(mapping.price_scale == 4);
  CHECK(mapping.utc_offset == UtcOffset{-210});
  CHECK(mapping.missing == std::vector<std::string>{"NA"});
  CHECK(mapping.duplicates == DuplicateRows::drop);
  CHECK(mapping.reject_zero_prices);
  CHECK(mapping.csv.delimiter == ';');
  CHECK(mapping.csv.quote == '\'');
  CHECK(mapping.csv.header == CsvHeader::absent);
  CHECK(mapping.csv.invalid_utf8 == InvalidUtf8::repair);
  CHECK(mapping.csv.max_field_bytes == 1000);
  CHECK(mapping.csv.max_row_bytes == 5000);
  CHECK(mapping.negate_cancellations);
  REQUIRE(mapping.fields.size() == 3);
  CHECK(mapping.fields[0].time.order == DateOrder::day_month_year);
  CHECK(mapping.fields[2].number.point == ',');
  CHECK(mapping.fields[2].number.thousands == '.');
  REQUIRE(mapping.drop.size() == 1);
  CHECK(mapping.drop[0].equals == "POST");
}

TEST_CASE("every mistake in a mapping is named by its JSON pointer") {
  CHECK(wrong_at("[1]") == "/");
  CHECK(wrong_at(R"({"currency": "EUR", "feilds": []})") == "/feilds");
  CHECK(wrong_at(R"({"currency": "EUR", "a/b~c": 1})") == "/a~1b~0c");
  CHECK(wrong_at(R"({"currency": 3, )" + good_fields + "}") == "/currency");
  CHECK(wrong_at(R"({"currency": "euro", )" + good_fields + "}") == "/currency");
  CHECK(wrong_at("{" + good_fields + "}") == "/currency");
  CHECK(wrong_at(R"({"currency": "EUR", "price_scale": 7, )" + good_fields + "}") ==
        "/price_scale");
  CHECK(wrong_at(R"({"currency": "EUR", "price_scale": -1, )" + good_fields + "}") ==
        "/price_scale");
  CHECK(wrong_at(R"({"currency": "EUR", "utc_offset": "8", )" + good_fields + "}") ==
        "/utc_offset");
  CHECK(wrong_at(R"({"currency": "EUR", "utc_offset": "+19:00", )" + good_fields + "}") ==
        "/utc_offset");
  CHECK(wrong_at(R"({"currency": "EUR", "table": "people", )" + good_fields + "}") == "/table");
  CHECK(wrong_at(R"({"currency": "EUR", "csv": {"header": 1}, )" + good_fields + "}") ==
        "/csv/header");
  CHECK(wrong_at(R"({"currency": "EUR", "csv": {"max_field_bytes": 1}, )" + good_fields + "}") ==
        "/csv/max_field_bytes");
  CHECK(wrong_at(R"({"currency": "EUR", "drop": [{"target": "order", "equals": "1"}], )" +
                 good_fields + "}") == "/drop/0/target");
  CHECK(wrong_at(R"({"currency": "EUR", "drop": [{"target": "item"}], )" + good_fields + "}") ==
        "/drop/0");
  CHECK(wrong_at(R"({"currency": "EUR", "cancellations": {"negate": true}, )" + good_fields +
                 "}") == "/cancellations/rows");
  CHECK(wrong_at(R"({"currency": "EUR"})") == "/fields");

  CHECK(wrong_at(with_fields(R"({"source": 7, "target": "amount"})")) == "/fields/2/source");
  CHECK(wrong_at(with_fields(R"({"source": "x", "target": "prize"})")) == "/fields/2/target");
  CHECK(wrong_at(with_fields(R"({"source": "x", "target": "kind"})")) == "/fields/2/target");
  CHECK(wrong_at(with_fields(R"({"source": "x", "target": "item"})")) == "/fields/2/target");
  CHECK(wrong_at(with_fields(R"({"target": "amount"})")) == "/fields/2");
  CHECK(wrong_at(with_fields(R"({"source": "x", "constant": "1", "target": "amount"})")) ==
        "/fields/2/constant");
  CHECK(wrong_at(with_fields(R"({"source": "x", "target": "amount", "decimal": "::"})")) ==
        "/fields/2/decimal");
  CHECK(wrong_at(with_fields(R"({"source": "x", "target": "amount", "decimal": ";"})")) ==
        "/fields/2/decimal");
  CHECK(wrong_at(with_fields(
            R"({"source": "x", "target": "amount", "decimal": ",", "thousands": ","})")) ==
        "/fields/2/thousands");
  CHECK(wrong_at(with_fields(R"({"source": "x", "target": "amount", "format": "iso"})")) ==
        "/fields/2/format");
  CHECK(wrong_at(with_fields(R"({"source": "x", "target": "amount"},
                                {"source": "y", "target": "unit_price"})")) == "/fields");
  CHECK(
      wrong_at(
          R"({"currency": "EUR", "fields": [{"source": "t", "target": "time", "format": "d/m/y"}]})") ==
      "/fields/0/format");
}

TEST_CASE("text that is not JSON names the line") {
  const Error error = read_mapping("{\n  \"table\": \"orders\",\n  oops\n}").error();
  CHECK(error.code == ErrorCode::corrupt);
  CHECK_THAT(error.message, ContainsSubstring("line 3"));
  CHECK(read_mapping("").error().code == ErrorCode::corrupt);
  CHECK(read_mapping(std::string(400, '9')).error().code == ErrorCode::corrupt);
  CHECK(read_mapping("1e999").error().code == ErrorCode::corrupt);
  CHECK(read_mapping(std::string(100'000, '[')).error().code == ErrorCode::corrupt);
}

TEST_CASE("a mapping file that is not there is an error") {
  CHECK(load_mapping("/no/such/mapping.json").error().code == ErrorCode::not_found);
}
