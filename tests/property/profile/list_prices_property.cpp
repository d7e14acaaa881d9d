// Inferred discounts against a count of all prices a line, and nothing from later changes them.

#include <map>

#include "emptor/profile/list_prices.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

struct Line {
  int hour;
  int item;
  std::int64_t price;
  std::int64_t quantity;
  bool refund;
};

std::vector<Line> any_lines() {
  std::vector<Line> lines(*rc::gen::inRange<std::size_t>(0, 60));
  for (Line& line : lines) {
    line.hour = *rc::gen::inRange(0, 24 * 20);
    line.item = *rc::gen::inRange(0, 3);
    line.price = *rc::gen::element(0, 90, 95, 100, 100, 110);
    line.quantity = *rc::gen::inRange(1, 4);
    line.refund = *rc::gen::inRange(0, 10) == 0;
  }
  return lines;
}

Orders table(std::span<const Line> lines) {
  Customers customers;
  Items items;
  OrdersBuilder builder(customers, items);
  for (const Line& line : lines) {
    const std::int64_t sign = line.refund ? -1 : 1;
    builder.add({.item = std::to_string(line.item),
                 .time = Time{std::chrono::hours{line.hour}},
                 .amount = sign * line.price * line.quantity,
                 .quantity = sign * line.quantity});
  }
  return std::move(builder).finish();
}

}  // namespace

TEST_CASE("discounts by definition") {
  test::check_property("list prices twin", [] {
    const auto lines = any_lines();
    const ListPriceOptions options{.window_days = *rc::gen::inRange(1, 12),
                                   .min_lines = *rc::gen::inRange(1, 5),
                                   .min_share = 0};
    const InferredDiscounts found = inferred_discounts(table(lines), options);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const Line& line = lines[i];
      std::map<std::int64_t, int> counts;
      int all = 0;
      for (const Line& other : lines) {
        if (other.item != line.item || other.refund || other.price == 0) continue;
        if (other.hour > line.hour || other.hour <= line.hour - 24 * options.window_days) continue;
        ++counts[other.price];
        ++all;
      }
      std::int64_t expected = 0;
      if (!line.refund && line.price > 0 && all >= options.min_lines) {
        std::int64_t list = 0;
        int most = 0;
        for (const auto& [price, count] : counts) {
          if (count < most) continue;
          most = count;
          list = price;
        }
        expected = std::max<std::int64_t>(0, (list - line.price) * line.quantity);
      }
      RC_ASSERT(found.discounts[i] == expected);
    }
  });
}

TEST_CASE("later lines change no discount") {
  test::check_property("list prices leak", [] {
    auto lines = any_lines();
    std::sort(lines.begin(), lines.end(),
              [](const Line& a, const Line& b) { return a.hour < b.hour; });
    const int until = *rc::gen::inRange(0, 24 * 20);
    std::size_t seen = 0;
    while (seen < lines.size() && lines[seen].hour <= until) ++seen;
    const auto early = inferred_discounts(table(std::span<const Line>(lines).first(seen)));
    const auto all = inferred_discounts(table(lines));
    RC_ASSERT(std::equal(early.discounts.begin(), early.discounts.end(), all.discounts.begin()));
  });
}
