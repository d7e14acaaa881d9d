#pragma once

/// @file
/// The IBM telco churn table: 7,043 customers, 19 columns of numbers and categories, who left.

#include <fstream>
#include <string>
#include <vector>

#include "emptor/score/score_table.hpp"
#include "support/data.hpp"

namespace emptor::test {

struct Telco {
  ScoreTable table;            ///< without customerID and Churn
  std::vector<double> churn;   ///< 1: left
  std::vector<double> tenure;  ///< months, as in the table
};

/// All rows; a blank TotalCharges (tenure 0) is missing. Fields hold no quotes or commas.
inline Telco load_telco() {
  std::ifstream in(data_dir() / "score" / "telco" / "Telco-Customer-Churn.csv");
  const auto fields_of = [](std::string line) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string> fields(1);
    for (const char c : line) {
      if (c == ',') {
        fields.emplace_back();
      } else {
        fields.back() += c;
      }
    }
    return fields;
  };
  std::string line;
  std::getline(in, line);
  const std::vector<std::string> names = fields_of(line);
  std::vector<std::vector<std::string>> columns(names.size());
  while (std::getline(in, line)) {
    const std::vector<std::string> fields = fields_of(line);
    for (std::size_t c = 0; c < names.size(); ++c) columns[c].push_back(fields.at(c));
  }
  Telco out;
  ScoreTableBuilder builder;
  for (std::size_t c = 0; c < names.size(); ++c) {
    const std::string& name = names[c];
    if (name == "customerID") continue;
    if (name == "Churn") {
      for (const std::string& value : columns[c]) out.churn.push_back(value == "Yes" ? 1 : 0);
      continue;
    }
    if (name != "tenure" && name != "MonthlyCharges" && name != "TotalCharges" &&
        name != "SeniorCitizen") {
      builder.category(name, columns[c]);
      continue;
    }
    std::vector<double> numbers;
    for (const std::string& value : columns[c]) {
      const bool blank = value.find_first_not_of(' ') == std::string::npos;
      numbers.push_back(blank ? static_cast<double>(missing_value) : std::stod(value));
    }
    if (name == "tenure") out.tenure = numbers;
    builder.number(name, numbers);
  }
  out.table = builder.finish();
  return out;
}

}  // namespace emptor::test
