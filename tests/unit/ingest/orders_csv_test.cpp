#include "emptor/ingest/orders_csv.hpp"

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
  const auto name = "emptor_orders_csv_" + std::to_string(::getpid()) + ".csv";
  return (std::filesystem::temp_directory_path() / name).string();
}

struct Read {
  Customers customers;
  Items items;
  OrdersRead got;
};

const char* const header = "order,item,name,qty,when,price,customer,country\n";

Mapping shop_mapping() {
  Mapping mapping;
  mapping.currency = "EUR";
  mapping.fields = {{.source = "order", .target = "order"},
                    {.source = "item", .target = "item"},
                    {.source = "name", .target = "item.name"},
                    {.source = "qty", .target = "quantity"},
                    {.source = "when", .target = "time"},
                    {.source = "price", .target = "unit_price"},
                    {.source = "customer", .target = "customer"},
                    {.source = "country", .target = "customer.country", .personal = false}};
  return mapping;
}

Read read(const std::string& rows, const Mapping& mapping = shop_mapping(),
          const ReadOptions& options = {}) {
  Read out;
  const std::string text = header + rows;
  MemorySource source(text);
  out.got = read_orders_csv(source, "shop.csv", mapping, out.customers, out.items, options).value();
  return out;
}

Error error_of(const std::string& text, const Mapping& mapping = shop_mapping()) {
  Customers customers;
  Items items;
  MemorySource source(text);
  return read_orders_csv(source, "shop.csv", mapping, customers, items).error();
}

/// The problem of a single row.
RowProblem problem_of(const std::string& row, const Mapping& mapping = shop_mapping()) {
  const Read got = read(row, mapping);
  const QualityReport& quality = got.got.quality;
  CHECK(quality.rows_read == 1);
  CHECK(quality.rows_kept + quality.rows_rejected() == 1);
  if (quality.quarantine.empty()) return RowProblem::none;
  CHECK(quality.rejected_by(quality.quarantine[0].problem) == 1);
  CHECK(quality.quarantine[0].line == 2);
  return quality.quarantine[0].problem;
}

}  // namespace

TEST_CASE("rows become order lines, customers and items") {
  const Read got = read(
      "A1,mug,,2,2024-05-01T10:00:00Z,3.50,c1,\n"
      "A1,cup,Cup,1,2024-05-01T10:00:00Z,1.25,c1,DE\n"
      "B2,mug,Mug,-1,2024-05-02T09:30:00+02:00,3.50,c2,FR\n"
      "B3,mug,Other name,1,2024-05-03,0,,FR\n");
  const Orders& orders = got.got.orders;
  REQUIRE(orders.lines() == 4);
  CHECK(orders.orders() == 3);
  CHECK(orders.currency() == Currency("EUR"));
  CHECK(orders.line_amounts()[0] == 700);
  CHECK(orders.line_amounts()[2] == -350);
  CHECK(orders.line_quantities()[2] == -1);
  CHECK(orders.is_refund(2));
  CHECK(orders.line_customers()[3] == no_customer);
  CHECK(orders.line_orders()[0] == orders.line_orders()[1]);
  CHECK(to_string(orders.line_times()[2]) == "2024-05-02T07:30:00Z");
  CHECK(to_string(orders.line_times()[3]) == "2024-05-03T00:00:00Z");
  CHECK(got.customers.size() == 2);
  CHECK(got.items.label(*got.items.find("mug")) == "Mug");
  CHECK(got.customers.find_column("country")->at(*got.customers.find("c1")) == "DE");

  const QualityReport& quality = got.got.quality;
  CHECK(quality.dialect == "comma, LF, header");
  CHECK(quality.rows_read == 4);
  CHECK(quality.rows_kept == 4);
  CHECK(quality.rows_rejected() == 0);
  CHECK(quality.rows_without_customer == 1);
  CHECK(quality.rows_with_zero_price == 1);
  CHECK(quality.refund_rows == 1);
  CHECK(quality.sales == 825);
  CHECK(quality.refunds == -350);
  CHECK(quality.net() == 475);
  CHECK(to_string(*quality.first_time) == "2024-05-01T10:00:00Z");
  CHECK(to_string(*quality.last_time) == "2024-05-03T00:00:00Z");
  REQUIRE(quality.columns.size() == 8);
  CHECK(quality.columns[2].missing == 1);
  CHECK(quality.columns[6].missing == 1);
  CHECK(quality.columns[4].format == "iso");
  CHECK(quality.columns[4].detected);
  CHECK(quality.columns[3].range == ColumnQuality::Range{-1, 2, 0});
  CHECK(quality.columns[5].range == ColumnQuality::Range{0, 350, 2});
}

TEST_CASE("values that cannot be used are rejections with a reason") {
  const std::string tail = ",c1,DE\n";
  CHECK(problem_of("A,m,M,1,2024-05-01,1" + tail) == RowProblem::none);
  CHECK(problem_of("A,m,M,1,9999-12-31,1" + tail) == RowProblem::none);
  CHECK(problem_of(",m,M,1,2024-05-01,1" + tail) == RowProblem::empty_field);
  CHECK(problem_of("A,,M,1,2024-05-01,1" + tail) == RowProblem::empty_field);
  CHECK(problem_of("A,m,M,1,,1" + tail) == RowProblem::empty_field);
  CHECK(problem_of("A,m,M,1,2024-05-01,-1" + tail) == RowProblem::negative_price);
  CHECK(problem_of("A,m,M,1,2024-05-01,1.005" + tail) == RowProblem::too_many_decimals);
  CHECK(problem_of("A,m,M,1,2024-05-01,1.0500" + tail) == RowProblem::none);
  CHECK(problem_of("A,m,M,1.5,2024-05-01,1" + tail) == RowProblem::too_many_decimals);
  CHECK(problem_of("A,m,M,2.0,2024-05-01,1" + tail) == RowProblem::none);
  CHECK(problem_of("A,m,M,2147483648,2024-05-01,1" + tail) == RowProblem::number_out_of_range);
  CHECK(problem_of("A,m,M,-2147483648,2024-05-01,1" + tail) == RowProblem::none);
  CHECK(problem_of("A,m,M,1,2024-05-01,92233720368547758" + tail) == RowProblem::none);
  CHECK(problem_of("A,m,M,1,2024-05-01,92233720368547759" + tail) ==
        RowProblem::number_out_of_range);
  CHECK(problem_of("A,m,M,2,2024-05-01,92233720368547758" + tail) ==
        RowProblem::number_out_of_range);
  for (const char* number :
       {"x", "1e5", "NaN", "inf", "--1", "1.2.3", "$1", "0x10", "1 000", "."}) {
    CHECK(problem_of(std::string("A,m,M,1,2024-05-01,") + number + tail) == RowProblem::bad_number);
  }
  CHECK(problem_of("A,m\n") == RowProblem::ragged_row);
  CHECK(problem_of("A,m") == RowProblem::cut_line);
}

TEST_CASE("dates that do not exist are rejections with a reason") {
  Mapping mapping = shop_mapping();
  mapping.fields[4].time.order = DateOrder::year_month_day;
  const auto problem = [&](const std::string& when) {
    return problem_of("A,m,M,1," + when + ",1,c1,DE\n", mapping);
  };
  CHECK(problem("0000-01-01") == RowProblem::time_out_of_range);
  CHECK(problem("0001-01-01") == RowProblem::none);
  CHECK(problem("0001-01-01T00:00:00+01:00") == RowProblem::time_out_of_range);
  CHECK(problem("9999-12-31T23:59:59Z") == RowProblem::none);
  CHECK(problem("9999-12-31T23:59:59-01:00") == RowProblem::time_out_of_range);
  CHECK(problem("2024-02-29 23:59") == RowProblem::none);
  CHECK(problem("20240229") == RowProblem::none);
  CHECK(problem("20240229T1:02 PM") == RowProblem::none);
  CHECK(problem("2024-02-29T10:11:12.345Z") == RowProblem::none);
  CHECK(problem("24-02-29") == RowProblem::two_digit_year);
  for (const char* when :
       {"2023-02-29", "2024-13-01", "2024-00-01", "2024-01-32", "2024-01-00", "10000-01-01",
        "-1-01-01", "2024-01-01T24:00", "2024-01-01T10:60", "2024-01-01T10:00:60", "2024-01-01T10",
        "2024-01-01X", "2024-01-01T10:00+25:00", "2024-01-01T10:00 XX", "2024/01-01", "yesterday",
        "2024-01-01T13:00PM"}) {
    INFO(when);
    CHECK(problem(when) == RowProblem::bad_time);
  }
}

TEST_CASE("formats of dates are declared or found out, never guessed") {
  const auto row = [](const char* when) { return std::string("A,m,M,1,") + when + ",1,c1,DE\n"; };
  const auto first = [&](const std::string& rows, TimeFormat format = {}) {
    Mapping mapping = shop_mapping();
    mapping.fields[4].time = format;
    const Read got = read(rows, mapping);
    return to_string(got.got.orders.line_times()[0]) + " " + got.got.quality.columns[4].format;
  };
  CHECK(first(row("03/04/2024 10:05") + row("13/04/2024")) == "2024-04-03T10:05:00Z dd/mm/yyyy");
  CHECK(first(row("03/04/2024 1:05 PM") + row("04/13/2024")) == "2024-03-04T13:05:00Z mm/dd/yyyy");
  CHECK(first(row("31.12.2024")) == "2024-12-31T00:00:00Z dd/mm/yyyy");
  CHECK(first(row("1714557600")) == "2024-05-01T10:00:00Z unix_seconds");
  CHECK(first(row("1714557600999")) == "2024-05-01T10:00:00Z unix_milliseconds");
  CHECK(first(row("-1"), {DateOrder::unix_milliseconds}) ==
        "1969-12-31T23:59:59Z unix_milliseconds");
  CHECK(first(row("03/04/2024"), {DateOrder::month_day_year}) == "2024-03-04T00:00:00Z mm/dd/yyyy");
  CHECK(first(row("03/04/68"), {DateOrder::day_month_year, true}) ==
        "2068-04-03T00:00:00Z dd/mm/yy");
  CHECK(first(row("03/04/69"), {DateOrder::day_month_year, true}) ==
        "1969-04-03T00:00:00Z dd/mm/yy");

  const auto refused = [&](const std::string& rows) { return error_of(header + rows); };
  const Error either = refused(row("03/04/2024") + row("05/06/2024"));
  CHECK(either.code == ErrorCode::invalid_value);
  CHECK(either.where == "shop.csv: column 'when' (/fields/4)");
  CHECK_THAT(either.message, ContainsSubstring("dd/mm/yyyy and mm/dd/yyyy alike"));
  CHECK_THAT(refused(row("31/12/2024") + row("12/31/2024")).message,
             ContainsSubstring("mixes both"));
  CHECK_THAT(refused(row("31/12/24")).message, ContainsSubstring("two digits"));
  CHECK_THAT(refused(row("last week")).message, ContainsSubstring("no known format"));
}

TEST_CASE("times without a zone are local to the declared offset") {
  Mapping mapping = shop_mapping();
  mapping.utc_offset = UtcOffset{8 * 60};
  const Read got =
      read("A,m,M,1,2024-05-01T07:00:00,1,c1,DE\nA,m,M,1,2024-05-01T07:00:00Z,1,c1,DE\n", mapping);
  CHECK(to_string(got.got.orders.line_times()[0]) == "2024-04-30T23:00:00Z");
  CHECK(to_string(got.got.orders.line_times()[1]) == "2024-05-01T07:00:00Z");
}

TEST_CASE("decimal commas and thousands separators are declared or found out") {
  const auto row = [](const char* price) {
    return std::string("A;m;M;1;2024-05-01;") + price + ";c1;DE\n";
  };
  const std::string wide = "order;item;name;qty;when;price;customer;country\n";
  const auto amount = [&](const std::string& rows, NumberFormat format = {}) {
    Mapping mapping = shop_mapping();
    mapping.fields[5].number = format;
    Customers customers;
    Items items;
    const std::string text = wide + rows;
    MemorySource source(text);
    const OrdersRead got = read_orders_csv(source, "t", mapping, customers, items).value();
    return got.orders.lines() == 0 ? -1 : got.orders.line_amounts()[0];
  };
  CHECK(amount(row("1,5")) == 150);
  CHECK(amount(row("1.5")) == 150);
  CHECK(amount(row("+1.5")) == 150);
  CHECK(amount(row("1.234,50"), {',', '.'}) == 123450);
  CHECK(amount(row("1,234,567.50"), {'.', ','}) == 123456750);
  CHECK(amount(row("1'234.5"), {'.', '\''}) == 123450);
  CHECK(amount(row("1 234,5"), {',', ' '}) == 123450);
  CHECK(amount(row("12,34.5"), {'.', ','}) == -1);
  CHECK(amount(row("1,2345"), {'.', ','}) == -1);
  CHECK(amount(row(",123"), {'.', ','}) == -1);
  CHECK_THAT(error_of(wide + row("1,234")).message, ContainsSubstring("declare 'decimal'"));
  CHECK_THAT(error_of(wide + row("1,5") + row("1.5")).message,
             ContainsSubstring("declare 'decimal'"));
  CHECK_THAT(error_of(wide + row("1,234.50")).message, ContainsSubstring("'thousands'"));
}

TEST_CASE("mixed currencies are rejections") {
  Mapping mapping = shop_mapping();
  mapping.currency.clear();
  mapping.fields[7] = {.source = "country", .target = "currency"};
  const Read got = read(
      "A,m,M,1,2024-05-01,1,c1,USD\nB,m,M,1,2024-05-01,1,c1,EUR\n"
      "C,m,M,1,2024-05-01,1,c1,USD\nD,m,M,1,2024-05-01,1,c1,\n",
      mapping);
  CHECK(got.got.orders.currency() == Currency("USD"));
  CHECK(got.got.quality.rows_kept == 2);
  CHECK(got.got.quality.rejected_by(RowProblem::other_currency) == 1);
  CHECK(got.got.quality.rejected_by(RowProblem::empty_field) == 1);
  CHECK(got.got.quality.quarantine[0].message == "another currency than the table's: expected USD");
  CHECK(error_of(std::string(header) + "A,m,M,1,2024-05-01,1,c1,dollars\n", mapping).code ==
        ErrorCode::invalid_value);
}

TEST_CASE("duplicates are counted, dropped or not looked for") {
  const std::string rows =
      "A,m,M,1,2024-05-01,1,c1,DE\nB,m,M,1,2024-05-01,1,c1,DE\n"
      "A,m,M,1,2024-05-01,1,c1,DE\nA,m,M,1,2024-05-01,1,c1,DE\n";
  Mapping mapping = shop_mapping();
  Read got = read(rows, mapping);
  CHECK(got.got.quality.duplicate_rows == 2);
  CHECK(got.got.quality.rows_kept == 4);
  mapping.duplicates = DuplicateRows::drop;
  got = read(rows, mapping);
  CHECK(got.got.quality.duplicate_rows == 2);
  CHECK(got.got.quality.rows_kept == 2);
  CHECK(got.got.quality.rejected_by(RowProblem::duplicate_row) == 2);
  mapping.duplicates = DuplicateRows::ignore;
  got = read(rows, mapping);
  CHECK(got.got.quality.duplicate_rows == 0);
  CHECK(!got.got.quality.duplicates_counted);
}

TEST_CASE("rules: cancellations, rows to drop, zero prices, missing words, constants, defaults") {
  Mapping mapping = shop_mapping();
  mapping.cancellations = {{.target = "order", .prefix = "C"}};
  mapping.negate_cancellations = true;
  mapping.drop = {{.target = "item", .equals = "POST"}};
  mapping.reject_zero_prices = true;
  mapping.missing = {"NA"};
  mapping.fields[3].default_value = "3";
  mapping.fields.push_back({.target = "channel", .constant = "web"});
  const Read got = read(
      "A,m,M,1,2024-05-01,1,c1,DE\nC1,m,M,2,2024-05-01,1,c1,DE\n"
      "A,POST,M,1,2024-05-01,1,c1,DE\nA,m,M,1,2024-05-01,0.00,c1,DE\n"
      "A,m,M,NA,2024-05-01,1,NA,DE\n",
      mapping);
  const Orders& orders = got.got.orders;
  const QualityReport& quality = got.got.quality;
  REQUIRE(orders.lines() == 3);
  CHECK(orders.line_amounts()[1] == -200);
  CHECK(orders.line_quantities()[2] == 3);
  CHECK(orders.line_customers()[2] == no_customer);
  CHECK(orders.channels().key(orders.line_channels()[0]) == "web");
  CHECK(quality.cancellation_rows == 1);
  CHECK(quality.rejected_by(RowProblem::dropped_by_rule) == 1);
  CHECK(quality.rejected_by(RowProblem::zero_price) == 1);
  CHECK(quality.columns[3].missing == 1);
}

TEST_CASE("amounts of whole lines instead of prices") {
  Mapping mapping = shop_mapping();
  mapping.fields[5].target = "amount";
  const Read got = read("A,m,M,2,2024-05-01,7,c1,DE\nA,m,M,1,2024-05-01,-3.5,c1,DE\n", mapping);
  CHECK(got.got.orders.line_amounts()[0] == 700);
  CHECK(got.got.orders.line_amounts()[1] == -350);
  CHECK(got.got.quality.refunds == -350);
}

TEST_CASE("the sum of all amounts stays exact: a row beyond 64 bits is a rejection") {
  const std::string most = "A,m,M,1,2024-05-01,92233720368547758.07,c1,DE\n";
  const Read got = read(most + "A,m,M,1,2024-05-01,0.01,c1,DE\nA,m,M,-1,2024-05-01,0.01,c1,DE\n");
  CHECK(got.got.quality.rows_kept == 1);
  CHECK(got.got.quality.rejected_by(RowProblem::number_out_of_range) == 2);
}

TEST_CASE("the quarantine is bounded, masks what is personal, and is written as CSV") {
  std::string rows;
  for (int i = 0; i < 50; ++i) rows += "A,mug 1,M,x,2024-05-01,1,Ann.Lee@mail.org 49-170,DE\n";
  rows += "A,mug,Jane Doe 1970\n=1+1,mug,M,1,2024-05-01,?,c1,DE\n";
  const Read got = read(rows, shop_mapping(), {.max_quarantined = 10});
  const QualityReport& quality = got.got.quality;
  CHECK(quality.rows_rejected() == 52);
  REQUIRE(quality.quarantine.size() == 10);
  CHECK(quality.quarantine_left_out == 42);
  const QuarantinedRow& row = quality.quarantine[0];
  CHECK(row.line == 2);
  CHECK(row.column == "qty");
  CHECK(row.value == "x");
  CHECK(row.message == "not a number in the column's format: expected digits with a decimal point");
  CHECK(row.row == "A,mug 1,M,x,2024-05-01,1,A***@***,DE");

  const Read all = read(rows);
  const QuarantinedRow& ragged = all.got.quality.quarantine[50];
  CHECK(ragged.problem == RowProblem::ragged_row);
  CHECK(ragged.message == "not as many fields as the header: 3 fields, the header has 8");
  CHECK(ragged.row == "A,m**,J*** D** ****");

  const std::string path = temporary_file();
  REQUIRE(write_quarantine_csv(path, all.got.quality));
  CsvReader back = CsvReader::open(path).value();
  std::size_t count = 0;
  bool guarded = false;
  while (back.next().value()) {
    ++count;
    CHECK(back.problem() == RowProblem::none);
    guarded = guarded || back.field(6).starts_with("'=1+1");
  }
  CHECK(count == 52);
  CHECK(guarded);
  std::remove(path.c_str());
  if (std::ofstream("/dev/full")) {
    const Result<void> full = write_quarantine_csv("/dev/full", all.got.quality);
    REQUIRE(!full);
    CHECK(full.error().code == ErrorCode::io);
  }
  CHECK(write_quarantine_csv("/no/such/folder/q.csv", all.got.quality).error().code ==
        ErrorCode::not_found);
}

TEST_CASE("personal values of customers are masked in every column that holds them") {
  Mapping mapping = shop_mapping();
  mapping.fields[6].target = "customer";
  mapping.fields[7] = {.source = "country", .target = "customer.phone"};
  const Read got =
      read("A,mug,M,x,2024-05-01,1,J\xC3\xBCrgen M\xC3\xBCller,+49 170 123\n", mapping);
  CHECK(got.got.quality.quarantine.at(0).row == "A,mug,M,x,2024-05-01,1,J***** M*****,+** *** ***");
}

TEST_CASE("files that do not fit the mapping are clear errors") {
  CHECK(error_of("").code == ErrorCode::invalid_value);
  const Error missing =
      error_of("order,item,name,quantity,when,price,customer,country\n1,2,3,4,5,6,7,8\n");
  CHECK(missing.code == ErrorCode::not_found);
  CHECK(missing.where == "shop.csv: /fields/3/source");
  CHECK_THAT(missing.message,
             ContainsSubstring("there is no column 'qty'; the file has order, item"));
  Mapping declared = shop_mapping();
  declared.csv.header = CsvHeader::present;
  const Error headless = error_of("A,mug,M,1,x,y,ann@mail.org,+49 170 1234567\n", declared);
  CHECK(headless.code == ErrorCode::not_found);
  CHECK_THAT(headless.message, ContainsSubstring("a***@***, +** *** *******"));
  CHECK(error_of("order,item,name,qty,when,price,price,customer,country\n").code ==
        ErrorCode::duplicate);
  Mapping events = shop_mapping();
  events.table = MappingTable::events;
  CHECK(error_of(header, events).where == "/table");
  Mapping nothing;
  CHECK(error_of(header, nothing).code == ErrorCode::invalid_option);

  Customers customers;
  Items items;
  CHECK(read_orders_csv("/no/such.csv", shop_mapping(), customers, items).error().code ==
        ErrorCode::not_found);
  CHECK(read_orders_csv(std::filesystem::temp_directory_path().string(), shop_mapping(), customers,
                        items)
            .error()
            .code == ErrorCode::io);
}

TEST_CASE("a file without a header is mapped by the numbers of its columns") {
  Mapping mapping;
  mapping.currency = "EUR";
  mapping.fields = {{.source = "1", .target = "item"},
                    {.source = "2", .target = "quantity"},
                    {.source = "3", .target = "time"},
                    {.source = "4", .target = "amount"}};
  Customers customers;
  Items items;
  MemorySource source("mug,1,2024-05-01,3.50\ncup,2,2024-05-02,4\n");
  const OrdersRead got = read_orders_csv(source, "t", mapping, customers, items).value();
  CHECK(got.orders.lines() == 2);
  CHECK(got.quality.dialect == "comma, LF, no header");
  CHECK(got.quality.sales == 750);
}

TEST_CASE("a header alone, and one customer alone, are tables") {
  const Read none = read("");
  CHECK(none.got.orders.lines() == 0);
  CHECK(none.got.quality.rows_read == 0);
  CHECK(!none.got.quality.first_time);
  const Read one = read("A,m,M,1,2024-05-01,1,c1,DE\n");
  CHECK(one.got.orders.lines() == 1);
  CHECK(one.customers.size() == 1);
}

TEST_CASE("text that is not sound is counted, and repaired on request") {
  const std::string rows = "A,m,caf\xE9,1,2024-05-01,1,c1,DE\nB,n,N,1,2024-05-01,1,c\xFF,DE\n";
  Mapping mapping = shop_mapping();
  const Read rejected = read(rows, mapping);
  CHECK(rejected.got.quality.rejected_by(RowProblem::invalid_utf8) == 2);
  CHECK(rejected.got.quality.invalid_utf8_rows == 2);
  CHECK(rejected.got.quality.repaired_utf8_rows == 0);
  CHECK(rejected.got.quality.quarantine[0].value == "c***");
  mapping.csv.invalid_utf8 = InvalidUtf8::repair;
  const Read repaired = read(rows, mapping);
  CHECK(repaired.got.quality.rows_kept == 2);
  CHECK(repaired.got.quality.invalid_utf8_rows == 2);
  CHECK(repaired.got.quality.repaired_utf8_rows == 2);
  CHECK(repaired.items.label(*repaired.items.find("m")) == "caf\xEF\xBF\xBD");
}

TEST_CASE("reading can be watched and stopped") {
  std::string text = header;
  for (int i = 0; i < 100000; ++i) text += "A,m,M,1,2024-05-01,1,c1,DE\n";
  Customers customers;
  Items items;
  MemorySource source(text);
  int calls = 0;
  std::size_t last = 0;
  Context context;
  context.progress = [&](const ProgressStep& step) {
    CHECK(step.what == "read csv");
    CHECK(step.total == text.size());
    CHECK(step.done > last);
    last = step.done;
    return ++calls == 3 ? Go::stop : Go::on;
  };
  const auto got = read_orders_csv(source, "t", shop_mapping(), customers, items, {}, context);
  CHECK(got.error().code == ErrorCode::stopped);
  CHECK(calls == 3);
}

TEST_CASE("events are read the same way") {
  Mapping mapping;
  mapping.table = MappingTable::events;
  mapping.fields = {{.source = "who", .target = "customer"},
                    {.source = "what", .target = "kind"},
                    {.source = "item", .target = "item", .required = false},
                    {.source = "at", .target = "time"},
                    {.source = "via", .target = "channel"}};
  Customers customers;
  Items items;
  MemorySource source(
      "who,what,item,at,via\nc1,view,mug,2024-05-01,app\nc1,search,,2024-05-02,\n"
      "c1,stare,mug,2024-05-02,\n,share,cup,2024-05-03,web\n");
  const EventsRead got = read_events_csv(source, "e.csv", mapping, customers, items).value();
  REQUIRE(got.events.size() == 3);
  CHECK(got.events.kinds()[0] == EventKind::view);
  CHECK(got.events.items()[1] == no_item);
  CHECK(got.events.customers()[2] == no_customer);
  CHECK(got.events.channels().key(got.events.event_channels()[2]) == "web");
  CHECK(got.quality.rejected_by(RowProblem::unknown_kind) == 1);
  CHECK(got.quality.rows_without_customer == 1);
  CHECK(event_kind("impression") == EventKind::impression);
  CHECK(!event_kind("Impression"));
}
