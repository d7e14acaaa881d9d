#include "emptor/core/id.hpp"

#include <type_traits>

#include "support/catch.hpp"

namespace {

using namespace emptor;

static_assert(DenseId<Customer> && DenseId<Item> && !DenseId<std::uint32_t>);
static_assert(!std::is_convertible_v<Customer, Item>);
static_assert(!std::is_convertible_v<int, Customer>);
static_assert(!std::is_convertible_v<Customer, std::size_t>);
static_assert(sizeof(Customer) == 4);

TEST_CASE("an id and its place are one number") {
  CHECK(index(Customer{7}) == 7);
  CHECK(id_at<Item>(7) == Item{7});
  CHECK(index(no_customer) == max_ids);
  CHECK(id_at<Customer>(max_ids - 1) != no_customer);
  CHECK(index(id_at<Item>(max_ids - 1)) == max_ids - 1);
}

}  // namespace
