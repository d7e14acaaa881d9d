#pragma once
// Things that were joined two by two, as a tree lying on its side (a dendrogram): leaves on the
// left, each join a bracket at the strength it was made with, the strongest next to the leaves.
// What was considered and kept apart is a dashed bracket. See chart_common.hpp for what all charts
// promise. A NaN strength is a join without one; it stands before all others, and where no strength
// is known there is no axis.
//
// Source: P. H. A. Sneath, R. R. Sokal, "Numerical Taxonomy", W. H. Freeman, 1973, section 5.10.

#include <optional>
#include <string>
#include <vector>

#include "emptor/report/chart_common.hpp"

namespace emptor {

enum class JoinLook : unsigned char {
  plain,
  weak,    ///< stands out: the weakest link
  apart,   ///< dashed: considered, not made
  forced,  ///< dotted: made by other rules than strength
};

struct TreeJoin {
  std::size_t left = 0;   ///< nodes: 0 to n - 1 are the leaves, n + i is join i
  std::size_t right = 0;  ///< not used before, nor made later
  double strength = 0;
  JoinLook look = JoinLook::plain;
  std::string tip{};  ///< what a reader sees over it; may be empty
};

struct TreeChart {
  ChartLabels labels{};               ///< x names what strength is; y is not drawn
  std::vector<std::string> leaves{};  ///< at most 200, top to bottom
  std::vector<TreeJoin> joins{};      ///< neighbours, or brackets cross
  std::optional<double> threshold{};  ///< a dashed line across: joins to its right are too weak
  ValueFormat format{.decimals = 1};
};

[[nodiscard]] EMPTOR_API std::string render_svg(const TreeChart& chart, const ChartSize& size = {});

}  // namespace emptor
