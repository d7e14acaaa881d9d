#pragma once

/// @file
/// Telco churn (score/telco) as lifetimes: months of tenure > 0, 7,032 customers, and the columns
/// of the published Cox regression.

#include <charconv>
#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "emptor/score/score_table.hpp"
#include "emptor/score/survival_times.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"

namespace emptor::test {

/// Rows of fields; quotes around a field are taken off.
inline std::vector<std::vector<std::string>> telco_rows(const std::string& file) {
  std::ifstream in(data_dir() / "score/telco" / file);
  REQUIRE(in);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  while (std::getline(in, line)) {
    std::vector<std::string> row(1);
    for (const char c : line) {
      if (c == ',') {
        row.emplace_back();
      } else if (c != '\r' && c != '"') {
        row.back() += c;
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

inline double telco_number(const std::string& text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  REQUIRE(read.ec == std::errc{});
  return value;
}

struct TelcoLifetimes {
  std::vector<double> tenure;
  std::vector<std::uint8_t> churned;
  ScoreTable table;

  [[nodiscard]] SurvivalTimes view() const { return {.time = tenure, .event = churned}; }
};

inline TelcoLifetimes telco_lifetimes() {
  const auto rows = telco_rows("Telco-Customer-Churn.csv");
  std::map<std::string, std::size_t> at;
  for (std::size_t c = 0; c < rows[0].size(); ++c) at[rows[0][c]] = c;
  TelcoLifetimes out;
  std::map<std::string, std::vector<std::string>> columns;
  std::vector<double> senior;
  const std::vector<std::string> names{"Contract",         "InternetService", "PaymentMethod",
                                       "PaperlessBilling", "SeniorCitizen",   "Partner",
                                       "Dependents",       "OnlineSecurity",  "TechSupport"};
  for (std::size_t r = 1; r < rows.size(); ++r) {
    const double tenure = telco_number(rows[r][at["tenure"]]);
    if (tenure == 0) continue;
    out.tenure.push_back(tenure);
    out.churned.push_back(rows[r][at["Churn"]] == "Yes" ? 1 : 0);
    senior.push_back(telco_number(rows[r][at["SeniorCitizen"]]));
    for (const std::string& name : names) columns[name].push_back(rows[r][at[name]]);
  }
  ScoreTableBuilder builder;
  for (const std::string& name : names) {
    if (name == "SeniorCitizen") {
      builder.number(name, senior);
    } else {
      builder.category(name, columns[name]);
    }
  }
  out.table = builder.finish();
  return out;
}

}  // namespace emptor::test
