// Assignments against every permutation.

#include "emptor/math/assignment.hpp"

#include <algorithm>
#include <numeric>

#include "support/property.hpp"

namespace {

using namespace emptor;

/// The least cost over all ways to give the shorter side's lines different partners.
double least_cost(const Matrix<double>& costs) {
  const bool wide = costs.rows() <= costs.columns();
  const std::size_t few = std::min(costs.rows(), costs.columns());
  std::vector<std::size_t> order(std::max(costs.rows(), costs.columns()));
  std::iota(order.begin(), order.end(), std::size_t{0});
  double best = std::numeric_limits<double>::infinity();
  do {
    double cost = 0;
    for (std::size_t i = 0; i < few; ++i) cost += wide ? costs(i, order[i]) : costs(order[i], i);
    best = std::min(best, cost);
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

}  // namespace

TEST_CASE("an assignment costs as little as the best of all permutations") {
  test::check_property("least cost, each column once, as many pairs as there can be", [] {
    const auto rows = *rc::gen::inRange<std::size_t>(0, 7);
    const auto columns = *rc::gen::inRange<std::size_t>(1, 7);
    // Few different costs, so that ties are common.
    const int span = *rc::gen::element(2, 5, 1000);
    Matrix<double> costs(rows, columns);
    for (std::size_t r = 0; r < rows; ++r) {
      for (double& cost : costs.row(r)) cost = *rc::gen::inRange(-span, span);
    }
    const Assignment found = cheapest_assignment(costs);
    RC_ASSERT(found.column_of_row.size() == rows);
    std::vector<int> used(columns, 0);
    std::size_t pairs = 0;
    double cost = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      const std::uint32_t c = found.column_of_row[r];
      if (c == unassigned) continue;
      ++pairs;
      RC_ASSERT(c < columns);
      RC_ASSERT(used[c]++ == 0);
      cost += costs(r, c);
    }
    RC_ASSERT(pairs == std::min(rows, columns));
    RC_ASSERT(cost == found.cost);
    RC_ASSERT(cost == (rows == 0 ? 0.0 : least_cost(costs)));
  });
}
