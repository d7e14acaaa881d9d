#pragma once

/// @file
/// The CDNOW purchases and the numbers that go with them.

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "emptor/core/time.hpp"
#include "emptor/table/orders.hpp"
#include "support/data.hpp"

namespace emptor::test {

/// The end of the calibration period.
inline constexpr Time cdnow_as_of = Day{std::chrono::year{1997} / 9 / 30};

struct CdnowOrders {
  Customers customers;  ///< in the order of the file
  Items items;
  Orders orders;
};

/// The whole file ("master") or the tenth of it ("sample"), amounts in cents.
inline CdnowOrders read_cdnow(const std::string& which) {
  const auto path = data_dir() / "value" / "cdnow" / ("CDNOW_" + which + ".txt");
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  CdnowOrders out;
  OrdersBuilder builder(out.customers, out.items, {.currency = Currency("USD"), .price_scale = 2});
  const bool master = which == "master";
  std::string line;
  if (master) std::getline(file, line);  // its header
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string key, id, date, copies, dollars;
    if (master) {
      fields >> id >> date >> copies >> dollars;
    } else {
      fields >> key >> id >> date >> copies >> dollars;
    }
    if (dollars.empty()) continue;
    const int day = std::stoi(date);
    const Day at = Day{std::chrono::year{day / 10000} /
                       std::chrono::month{static_cast<unsigned>(day / 100 % 100)} /
                       std::chrono::day{static_cast<unsigned>(day % 100)}};
    builder.add({.order = {},
                 .customer = id,
                 .item = "cd",
                 .time = at,
                 .amount = parse_decimal(dollars, 2).value(),
                 .quantity = std::stoi(copies),
                 .channel = {}});
  }
  out.orders = std::move(builder).finish();
  return out;
}

/// A comma-separated file of numbers, with its header; text fields read as NaN.
struct NumberTable {
  std::vector<std::string> names;
  std::vector<std::vector<double>> rows;
  std::vector<std::vector<std::string>> texts;

  [[nodiscard]] std::size_t column(const std::string& name) const {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == name) return i;
    }
    throw std::runtime_error("no column " + name);
  }
  [[nodiscard]] double at(std::size_t row, const std::string& name) const {
    return rows[row][column(name)];
  }
};

inline NumberTable read_numbers(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  const auto split = [](const std::string& line) {
    std::vector<std::string> out;
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, ',');) out.push_back(field);
    return out;
  };
  NumberTable out;
  std::string line;
  std::getline(file, line);
  out.names = split(line);
  while (std::getline(file, line)) {
    out.texts.push_back(split(line));
    std::vector<double> row(out.names.size(), std::nan(""));
    for (std::size_t i = 0; i < out.texts.back().size(); ++i) {
      char* end = nullptr;
      const char* begin = out.texts.back()[i].c_str();
      const double value = std::strtod(begin, &end);
      if (end != begin && *end == '\0') row[i] = value;
    }
    out.rows.push_back(std::move(row));
  }
  return out;
}

/// What was expected of every customer of the sample, by id - 1.
inline NumberTable read_cdnow_expected() {
  return read_numbers(data_dir() / "value" / "cdnow" / "expected_sample.csv");
}

}  // namespace emptor::test
