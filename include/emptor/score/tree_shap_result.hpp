#pragma once
// How much the columns move the scores of a model of trees. Plain data; thread safety: values.

#include <cstddef>
#include <string>
#include <vector>

namespace emptor {

struct ShapColumn {
  std::string column;
  double importance = 0;  ///< mean of |part| over the rows, on the margin's scale; >= 0
  double mean = 0;        ///< of the parts themselves
};

struct ShapImportance {
  std::size_t rows = 0;
  double expected = 0;                ///< margin of which nothing is known; parts start from it
  std::vector<ShapColumn> columns{};  ///< most important first, then in the order of the schema
};

}  // namespace emptor
