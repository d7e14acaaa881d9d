#include "emptor/table/interactions.hpp"

#include <cmath>
#include <limits>

#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr Customer customer(std::uint32_t n) {
  return Customer{n};
}
constexpr Item item(std::uint32_t n) {
  return Item{n};
}

}  // namespace

TEST_CASE("both sides of the matrix agree, weights of a pair are summed") {
  InteractionLog log;
  log.add(customer(1), item(2), 1.5F);
  log.add(customer(0), item(0));
  log.add(customer(1), item(2), 2.0F);
  log.add(customer(1), item(0));
  CHECK(log.size() == 4);
  const Interactions matrix(3, 4, log);
  CHECK(matrix.customers() == 3);
  CHECK(matrix.items() == 4);
  CHECK(matrix.entries() == 3);
  CHECK(matrix.contains(customer(1), item(2)));
  CHECK_FALSE(matrix.contains(customer(2), item(2)));
  CHECK(matrix.by_customer().row_values(1)[1] == 3.5F);
  CHECK(matrix.by_item() == matrix.by_customer().transposed());
  const Interactions largest(3, 4, log, Duplicates::largest);
  CHECK(largest.by_customer().row_values(1)[1] == 2.0F);
  const Interactions copy = matrix;
  CHECK(&copy.by_item() == &matrix.by_item());
}

TEST_CASE("no interactions") {
  CHECK(Interactions().entries() == 0);
  CHECK(Interactions().customers() == 0);
  const Interactions empty(2, 3, InteractionLog{});
  CHECK(empty.by_customer().rows() == 2);
  CHECK(empty.by_item().rows() == 3);
}

TEST_CASE("weights that are no weights, ids outside and torn logs are refused") {
  for (const float weight : {0.0F, -1.0F, std::nanf(""), std::numeric_limits<float>::infinity()}) {
    InteractionLog log;
    log.add(customer(0), item(0), weight);
    CHECK_THROWS_AS(Interactions(1, 1, log), Exception);
  }
  InteractionLog outside;
  outside.add(customer(1), item(0));
  CHECK_THROWS_AS(Interactions(1, 1, outside), Exception);
  InteractionLog torn;
  torn.add(customer(0), item(0));
  torn.weights.pop_back();
  CHECK_THROWS_AS(Interactions(1, 1, torn), Exception);
}
