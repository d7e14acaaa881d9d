#include "emptor/value/repeat_purchases.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace {

using namespace emptor;
using std::chrono::hours;

constexpr Time noon(int day) {
  return Time{std::chrono::days{20'000 + day}} + hours{12};
}

struct Shop {
  Customers customers;
  Items items;
  OrdersBuilder builder{customers, items, {.currency = Currency("EUR"), .price_scale = 2}};
  void buy(std::string_view who, Time when, std::int64_t cents, std::int64_t quantity = 1) {
    builder.add({.order = {},
                 .customer = who,
                 .item = "thing",
                 .time = when,
                 .amount = cents,
                 .quantity = quantity,
                 .channel = {}});
  }
  RepeatPurchases finish(const RepeatPurchasesOptions& options) {
    return RepeatPurchases::from_orders(std::move(builder).finish(), customers.size(), options);
  }
};

const PurchasePattern& pattern(const RepeatPurchases& bought, std::size_t customer) {
  return bought.patterns()[bought.pattern_of()[customer]];
}

template <class F>
ErrorCode code_of(F&& f) {
  try {
    f();
  } catch (const Exception& problem) {
    return problem.code();
  }
  throw std::runtime_error("nothing was thrown");
}

}  // namespace

TEST_CASE("orders of one day are one purchase, money given back is none") {
  Shop shop;
  shop.buy("a", noon(0), 100);
  shop.buy("a", noon(0) + hours(3), 900);  // the first day once more: no repeat purchase
  shop.buy("a", noon(10), 250);
  shop.buy("a", noon(10) + hours(1), 250);
  shop.buy("a", noon(14), 1000);
  shop.buy("a", noon(15), -1000);   // given back
  shop.buy("a", noon(16), 10, -1);  // given back
  shop.buy("b", noon(3), 700);
  shop.buy("c", noon(15), -5);  // nothing but a refund
  shop.buy("", noon(4), 5);     // nobody
  shop.buy("b", noon(30), 5);   // later than as_of
  const RepeatPurchases bought = shop.finish({.as_of = noon(21), .days_per_unit = 7});
  REQUIRE(bought.customers() == 3);
  CHECK(pattern(bought, 0) == PurchasePattern{2, 2, 3});
  CHECK(pattern(bought, 1) == PurchasePattern{0, 0, 18.0 / 7});
  CHECK(bought.pattern_of()[2] == no_pattern);
  CHECK(bought.repeat_spend()[0] == 1500);
  CHECK(bought.mean_spend() == std::vector<double>{7.5, 0, 0});
  CHECK(bought.counts() == RepeatPurchaseCounts{6, 3, 1, 1});
  const std::vector<double> values = bought.by_customer(std::vector<double>{5, 6});
  CHECK(values[0] == 6);
  CHECK(values[1] == 5);
  CHECK(std::isnan(values[2]));
  CHECK(code_of([&] { (void)bought.by_customer(std::vector<double>{5}); }) ==
        ErrorCode::invalid_shape);
}

TEST_CASE("days are those of the shop's clock") {
  for (const int offset : {0, 8}) {
    Shop shop;
    shop.buy("a", noon(0) + hours(3), 100);
    shop.buy("a", noon(0) + hours(9), 100);  // at +8 h: the next day
    const RepeatPurchases bought =
        shop.finish({.as_of = noon(2), .offset = hours(offset), .days_per_unit = 1});
    CHECK(pattern(bought, 0).repeats == (offset == 0 ? 0 : 1));
    CHECK(pattern(bought, 0).age == 2);
  }
}

TEST_CASE("without as_of the latest line is now, and a shop may be empty") {
  Shop shop;
  shop.buy("a", noon(0), 100);
  shop.buy("a", noon(0), 100);
  const RepeatPurchases bought = shop.finish({.days_per_unit = 1});
  CHECK(*bought.options().as_of == noon(0));
  CHECK(pattern(bought, 0) == PurchasePattern{0, 0, 0});
  CHECK(Shop{}.finish({}).patterns().empty());
  CHECK(code_of([] { (void)Shop{}.finish({.days_per_unit = 0}); }) == ErrorCode::invalid_option);
  CHECK(code_of([] {
          Shop rich;
          rich.buy("a", noon(0), 1);
          rich.buy("a", noon(1), std::numeric_limits<std::int64_t>::max());
          rich.buy("a", noon(2), 1);
          (void)rich.finish({});
        }) == ErrorCode::overflow);
}

TEST_CASE("customers alike are one pattern with their weights' sum") {
  const RepeatPurchases bought = RepeatPurchases::from_histories(
      std::vector<std::uint32_t>{1, 0, 1, 0, 1}, std::vector<double>{2, 0, 2, 0, 3},
      std::vector<double>{9, 9, 9, 4, 9}, std::vector<double>{1, 2, 0.5, 4, 8});
  REQUIRE(bought.patterns().size() == 4);
  CHECK(bought.patterns()[0] == PurchasePattern{0, 0, 4});
  CHECK(bought.patterns()[2] == PurchasePattern{1, 2, 9});
  CHECK(std::vector<double>(bought.weights().begin(), bought.weights().end()) ==
        std::vector<double>{4, 2, 1.5, 8});
  CHECK(std::vector<std::uint32_t>(bought.pattern_of().begin(), bought.pattern_of().end()) ==
        std::vector<std::uint32_t>{2, 1, 2, 0, 3});
  CHECK(bought.mean_spend().empty());
}

TEST_CASE("histories that cannot be are refused") {
  const auto of_one = [](std::uint32_t x, double last, double age, double weight = 1) {
    return code_of([&] {
      (void)RepeatPurchases::from_histories(std::vector<std::uint32_t>{x},
                                            std::vector<double>{last}, std::vector<double>{age},
                                            std::vector<double>{weight});
    });
  };
  const double nan = std::nan("");
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(of_one(1, 5, 4) == ErrorCode::invalid_value);
  CHECK(of_one(1, -1, 4) == ErrorCode::invalid_value);
  CHECK(of_one(0, 0, -4) == ErrorCode::invalid_value);
  CHECK(of_one(0, 0, nan) == ErrorCode::invalid_value);
  CHECK(of_one(0, 0, infinity) == ErrorCode::invalid_value);
  CHECK(of_one(1, nan, 2) == ErrorCode::invalid_value);
  CHECK(of_one(1, 0, 2) == ErrorCode::invalid_value);
  CHECK(of_one(0, 1, 2) == ErrorCode::invalid_value);
  CHECK(of_one(0, 0, 2, 0) == ErrorCode::invalid_value);
  CHECK(of_one(0, 0, 2, nan) == ErrorCode::invalid_value);
  CHECK(code_of([] {
          (void)RepeatPurchases::from_histories(std::vector<std::uint32_t>{1, 2},
                                                std::vector<double>{1}, std::vector<double>{1});
        }) == ErrorCode::invalid_shape);
}
