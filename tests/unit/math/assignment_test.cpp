#include "emptor/math/assignment.hpp"

#include <limits>

#include "emptor/core/random.hpp"
#include "support/catch.hpp"

using namespace emptor;

TEST_CASE("workers and jobs") {
  // Harold W. Kuhn, "The Hungarian method for the assignment problem", Naval Research Logistics
  // Quarterly 2, 1955: ratings 8 7 9 9; 5 2 7 8; 6 1 4 9; 2 3 2 6 are worth at most 27.
  Matrix<double> costs(4, 4);
  const double ratings[4][4] = {{8, 7, 9, 9}, {5, 2, 7, 8}, {6, 1, 4, 9}, {2, 3, 2, 6}};
  for (std::size_t r = 0; r < 4; ++r) {
    for (std::size_t c = 0; c < 4; ++c) costs(r, c) = -ratings[r][c];
  }
  CHECK(cheapest_assignment(costs).cost == -27);
}

TEST_CASE("more rows than columns leave rows without a column") {
  Matrix<float> costs(3, 1);
  costs(0, 0) = 3;
  costs(1, 0) = 1;
  costs(2, 0) = 2;
  const Assignment found = cheapest_assignment(costs);
  CHECK(found.column_of_row == std::vector<std::uint32_t>{unassigned, 0, unassigned});
  CHECK(found.cost == 1);
  CHECK(cheapest_assignment(Matrix<double>()).column_of_row.empty());
}

TEST_CASE("costs that are no numbers are refused") {
  Matrix<double> costs(1, 2);
  costs(0, 1) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(cheapest_assignment(costs), Exception);
  costs(0, 1) = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(cheapest_assignment(costs), Exception);
}

TEST_CASE("a planted assignment of 200 is found") {
  constexpr std::size_t n = 200;
  Matrix<double> costs(n, n);
  for (std::size_t r = 0; r < n; ++r) {
    RandomStream random(5, r);
    for (std::size_t c = 0; c < n; ++c) costs(r, c) = 1 + random.uniform();
    costs(r, r * 7 % n) = 0.5;
  }
  CHECK(cheapest_assignment(costs).cost == n * 0.5);
}
