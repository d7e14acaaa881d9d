#pragma once
// Customers to call before they leave, as plain data. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace emptor {

/// What raises or lowers a customer's risk.
struct ChurnReason {
  std::string what;       ///< a column
  double effect = 0;      ///< on the score's own scale; positive: towards leaving
  std::string reading{};  ///< the column's value: "42", "monthly", "unknown"; or empty
};

struct ChurnWarning {
  std::uint32_t row = 0;
  double probability = 0;            ///< to leave, in [0, 1]
  double value = 0;                  ///< worth of the customer if kept, e.g. lifetime value
  double value_at_risk = 0;          ///< probability x value
  std::vector<ChurnReason> reasons;  ///< towards leaving, strongest first
};

struct ChurnWatch {
  std::vector<ChurnWarning> warnings;  ///< by descending value at risk, then ascending row
  std::size_t customers = 0;
  std::size_t eligible = 0;        ///< beyond both thresholds
  double value_at_risk = 0;        ///< of all customers
  double watched = 0;              ///< of the warnings
  double least_value_at_risk = 0;  ///< of a warning: the threshold that the capacity makes
};

}  // namespace emptor
