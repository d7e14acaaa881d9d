#include "../../examples/storefront/generator.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "support/catch.hpp"

using namespace storefront;

namespace {

bool same(const Shop& a, const Shop& b) {
  const auto line = [](const ShopOrderLine& x, const ShopOrderLine& y) {
    return x.order == y.order && x.record == y.record && x.item == y.item && x.time == y.time &&
           x.quantity == y.quantity && x.unit_price == y.unit_price && x.channel == y.channel;
  };
  const auto record = [](const ShopRecord& x, const ShopRecord& y) {
    return x.key == y.key && x.person == y.person && x.name == y.name && x.email == y.email;
  };
  return std::equal(a.lines.begin(), a.lines.end(), b.lines.begin(), b.lines.end(), line) &&
         std::equal(a.records.begin(), a.records.end(), b.records.begin(), b.records.end(), record);
}

}  // namespace

TEST_CASE("a seed names a shop") {
  const ShopOptions options{.people = 200};
  CHECK(same(generate_shop(options), generate_shop(options)));
  CHECK_FALSE(same(generate_shop(options), generate_shop({.seed = 2, .people = 200})));
}

TEST_CASE("the truth holds together") {
  const Shop shop = generate_shop({.people = 800});
  const auto begin = emptor::Time{shop.options.first_day};
  const auto end = begin + std::chrono::days{shop.options.days};

  std::set<std::string> keys;
  std::map<std::size_t, std::size_t> records_of;
  for (const ShopRecord& record : shop.records) {
    keys.insert(record.key);
    ++records_of[record.person];
    CHECK(record.joined >= shop.people[record.person].joined);
  }
  CHECK(keys.size() == shop.records.size());
  CHECK(records_of.size() == shop.people.size());
  const double twice = static_cast<double>(shop.records.size()) / 800 - 1;
  CHECK(twice > 0.15);  // a quarter signs up again, a quarter of those once more, less the latest
  CHECK(twice < 0.32);

  for (std::size_t p = 0; p < shop.people.size(); ++p) {
    if (shop.people[p].referred_by) {
      CHECK(*shop.people[p].referred_by < p);
      CHECK(shop.people[*shop.people[p].referred_by].joined <= shop.people[p].joined);
    }
  }
  for (const ShopView& view : shop.views) CHECK(view.time >= shop.records[view.record].joined);
  for (std::size_t i = 0; i < shop.lines.size(); ++i) {
    const ShopOrderLine& line = shop.lines[i];
    if (i > 0) REQUIRE(shop.lines[i - 1].time <= line.time);
    REQUIRE(line.time >= begin);
    REQUIRE(line.time < end);
    if (line.record) REQUIRE(line.time >= shop.people[shop.records[*line.record].person].joined);
  }
}

TEST_CASE("what is sent back was bought before, by the same record, and not more of it") {
  const Shop shop = generate_shop({.people = 800, .return_share = 0.3});
  std::map<std::pair<std::string, std::size_t>, const ShopOrderLine*> bought;
  std::size_t returns = 0;
  for (const ShopOrderLine& line : shop.lines) {
    if (line.quantity > 0) {
      CHECK(bought.emplace(std::pair(line.order, line.item), &line).second);
      continue;
    }
    ++returns;
    REQUIRE(line.order.substr(0, 1) == "R");
    const auto sale = bought.find({line.order.substr(1), line.item});
    REQUIRE(sale != bought.end());
    CHECK(sale->second->record == line.record);
    CHECK(sale->second->quantity >= -line.quantity);
    CHECK(sale->second->unit_price == line.unit_price);
    CHECK(sale->second->time < line.time);
  }
  CHECK(returns > 200);
}

TEST_CASE("tastes and seasons show in what is bought") {
  const Shop shop = generate_shop({.people = 1500});
  std::size_t favourite = 0;
  std::size_t known = 0;
  std::map<std::pair<std::string, unsigned>, double> by_month;
  std::map<unsigned, double> months;
  for (const ShopOrderLine& line : shop.lines) {
    const std::size_t category = shop.items[line.item].category;
    const std::chrono::year_month_day date{emptor::local_day(line.time)};
    const auto month = static_cast<unsigned>(date.month());
    by_month[{shop.categories[category], month}] += 1;
    months[month] += 1;
    if (!line.record) continue;
    const auto& taste = shop.people[shop.records[*line.record].person].taste;
    const auto best = std::max_element(taste.begin(), taste.end()) - taste.begin();
    ++known;
    favourite += static_cast<std::size_t>(best) == category ? 1 : 0;
  }
  CHECK(favourite * 4 > known);  // one category of ten by chance
  const auto share = [&](const std::string& category, unsigned month) {
    return by_month[{category, month}] / months[month];
  };
  CHECK(share("Seasonal", 12) > 3 * share("Seasonal", 6));
  CHECK(share("Garden", 5) > 3 * share("Garden", 12));
}

TEST_CASE("options out of range are refused by name") {
  CHECK_THROWS_WITH(generate_shop({.people = 0}),
                    ContainsSubstring("'people' must be >= 1, got 0"));
  CHECK_THROWS_WITH(generate_shop({.duplicate_share = 1.5}),
                    ContainsSubstring("'duplicate_share' must be in [0, 1], got 1.5"));
}
