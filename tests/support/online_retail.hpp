#pragma once

/// @file
/// The Online Retail orders as tables, read by the shortest code that can: tests of what comes
/// after reading do not depend on the CSV room.

#include <charconv>
#include <chrono>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/table/orders.hpp"
#include "support/data.hpp"

namespace emptor::test {

struct OnlineRetail {
  Customers customers;
  Items items;
  Orders orders;  ///< GBP in thousandths; every line of the file, in file order
};

/// The fields of one line; a field may stand in quotes, with quotes doubled, without line breaks.
inline std::vector<std::string> csv_fields(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += line[i++];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      fields.emplace_back();
    } else if (line[i] != '\r') {
      fields.back() += line[i];
    }
  }
  if (quoted) throw std::runtime_error("a quoted field runs over the line's end");
  return fields;
}

template <class Number>
Number number(std::string_view digits) {
  Number value{};
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end.ec != std::errc{} || end.ptr != digits.data() + digits.size()) {
    throw std::runtime_error("not a number: " + std::string(digits));
  }
  return value;
}

/// "2010-12-01T08:26:00Z".
inline Time utc_time(std::string_view t) {
  const auto part = [&](std::size_t from, std::size_t size) {
    return number<unsigned>(t.substr(from, size));
  };
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(part(0, 4))),
                                         std::chrono::month(part(5, 2)),
                                         std::chrono::day(part(8, 2))};
  return std::chrono::sys_days(date) + std::chrono::hours(part(11, 2)) +
         std::chrono::minutes(part(14, 2)) + std::chrono::seconds(part(17, 2));
}

inline OnlineRetail read_online_retail() {
  OnlineRetail shop;
  OrdersBuilder builder(shop.customers, shop.items,
                        {.currency = Currency("GBP"), .price_scale = 3});
  std::ifstream file(data_dir() / "shop" / "online_retail.csv", std::ios::binary);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const auto f = csv_fields(line);
    if (f.size() != 8) throw std::runtime_error("8 fields expected: " + line);
    const auto quantity = number<std::int64_t>(f[3]);
    builder.add({.order = f[0],
                 .customer = f[6],
                 .item = f[1],
                 .time = utc_time(f[4]),
                 .amount = quantity * parse_decimal(f[5], 3).value(),
                 .quantity = quantity});
    if (!f[6].empty()) shop.customers.column("country").set(*shop.customers.find(f[6]), f[7]);
  }
  shop.orders = std::move(builder).finish();
  return shop;
}

}  // namespace emptor::test
