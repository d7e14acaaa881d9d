#pragma once
// A tree as an outline: one row a node, indented by its generation below the root, a dot whose area
// is a quantity, the quantity written at the end of the row. It keeps its names readable on a
// phone, where a tree that spreads out does not. See chart_common.hpp for what all charts promise.
// A NaN value is a node without a dot and a number: "and 12 more".
//
// Trees by indentation: D. E. Knuth, "The Art of Computer Programming", volume 1, Addison-Wesley,
// 1968, section 2.3.

#include <cstddef>
#include <string>
#include <vector>

#include "emptor/report/chart_common.hpp"

namespace emptor {

struct OutlineNode {
  std::string name{};
  std::size_t depth = 0;  ///< the first has 0, each other at most one more than the row before
  double value = 0;       ///< >= 0, or NaN: a quiet row without a dot
  std::string tip{};      ///< what a reader sees over it; empty: name and value
};

struct OutlineChart {
  ChartLabels labels{};              ///< x names what the numbers are; y is not drawn
  std::vector<OutlineNode> nodes{};  ///< at most 500, each before what is below it
  ValueFormat format{};
};

/// Throws as chart_common.hpp says, `invalid_shape` for depths that skip a generation or more than
/// 500 nodes, `invalid_value` for a value below 0.
[[nodiscard]] EMPTOR_API std::string render_svg(const OutlineChart& chart,
                                                const ChartSize& size = {});

}  // namespace emptor
