#include "../../examples/storefront/generator.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"

using namespace storefront;

namespace {

bool same(const Shop& a, const Shop& b) {
  const auto line = [](const ShopOrderLine& x, const ShopOrderLine& y) {
    return x.order == y.order && x.record == y.record && x.item == y.item && x.time == y.time &&
           x.quantity == y.quantity && x.unit_price == y.unit_price && x.channel == y.channel;
  };
  const auto record = [](const ShopRecord& x, const ShopRecord& y) {
    return x.key == y.key && x.person == y.person && x.channel == y.channel && x.joined == y.joined;
  };
  const auto person = [](const ShopPerson& x, const ShopPerson& y) {
    return x.country == y.country && x.household == y.household && x.taste == y.taste &&
           x.friends == y.friends;
  };
  const std::size_t columns = a.details.columns().size();
  if (a.details.size() != b.details.size()) return false;
  for (std::size_t i = 0; i < columns * a.details.size(); ++i) {
    const auto row = emptor::id_at<emptor::Record>(i / columns);
    if (a.details.value(row, i % columns) != b.details.value(row, i % columns)) return false;
  }
  return std::equal(a.people.begin(), a.people.end(), b.people.begin(), b.people.end(), person) &&
         std::equal(a.lines.begin(), a.lines.end(), b.lines.begin(), b.lines.end(), line) &&
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
  const double each = static_cast<double>(shop.records.size()) / 800;
  CHECK(each > 2.2);  // 2.5 asked for
  CHECK(each < 2.8);

  for (std::size_t p = 0; p < shop.people.size(); ++p) {
    if (shop.people[p].referred_by) {
      CHECK(*shop.people[p].referred_by < p);
      CHECK(shop.people[*shop.people[p].referred_by].joined <= shop.people[p].joined);
    }
  }
  for (std::size_t p = 0; p < shop.people.size(); ++p) {
    const std::vector<std::size_t>& friends = shop.people[p].friends;
    CHECK(std::is_sorted(friends.begin(), friends.end()));
    CHECK(std::adjacent_find(friends.begin(), friends.end()) == friends.end());
    for (const std::size_t other : friends) {
      const std::vector<std::size_t>& back = shop.people[other].friends;
      CHECK(other != p);
      CHECK(std::binary_search(back.begin(), back.end(), p));
    }
    if (shop.people[p].referred_by) {
      CHECK(std::binary_search(friends.begin(), friends.end(), *shop.people[p].referred_by));
    }
  }
  for (const ShopView& view : shop.views) CHECK(view.time >= shop.records[view.record].joined);
  for (std::size_t i = 0; i < shop.lines.size(); ++i) {
    const ShopOrderLine& line = shop.lines[i];
    if (i > 0) REQUIRE(shop.lines[i - 1].time <= line.time);
    REQUIRE(line.time >= begin);
    REQUIRE(line.time < end);
    REQUIRE(line.time >= shop.items[line.item].launched);
    if (line.record) REQUIRE(line.time >= shop.people[shop.records[*line.record].person].joined);
  }
}

TEST_CASE("records hold what a person left behind, from joining on") {
  const Shop shop = generate_shop({.people = 800});
  REQUIRE(shop.details.size() == shop.records.size());
  const std::size_t key = shop.details.find_column("customer").value();
  const std::size_t source = shop.details.find_column("source").value();
  const std::size_t time = shop.details.find_column("time").value();
  std::set<std::size_t> joined;
  for (std::size_t r = 0; r < shop.records.size(); ++r) {
    const ShopRecord& record = shop.records[r];
    const auto row = emptor::id_at<emptor::Record>(r);
    CHECK(shop.details.value(row, key) == record.key);
    CHECK(shop.details.value(row, source) == shop.channels[record.channel]);
    CHECK(shop.details.value(row, time) == emptor::to_string(record.joined));
    if (r > 0) CHECK(shop.records[r - 1].joined <= record.joined);
    if (joined.insert(record.person).second) {
      CHECK(record.joined == shop.people[record.person].joined);
    }
  }
  std::map<std::size_t, std::set<std::string>> countries;
  std::size_t alone = 0;
  for (const ShopPerson& person : shop.people) {
    REQUIRE(person.household < shop.people.size());
    countries[person.household].insert(person.country);
    alone += person.country.empty() ? 1 : 0;
  }
  CHECK(alone < shop.people.size() / 10);
  CHECK(countries.size() < shop.people.size());  // some live together
  for (const auto& [household, of] : countries) CHECK(of.size() == 1);
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

TEST_CASE("friends have more in common than strangers") {
  const Shop shop = generate_shop({.people = 1500});
  std::vector<std::set<std::size_t>> has(shop.people.size());
  for (const ShopOrderLine& line : shop.lines) {
    if (line.record) has[shop.records[*line.record].person].insert(line.item);
  }
  const auto shared = [&](std::size_t a, std::size_t b) {
    std::size_t both = 0;
    for (const std::size_t item : has[a]) both += has[b].count(item);
    return static_cast<double>(both);
  };
  double of_friends = 0;
  double of_strangers = 0;
  for (std::size_t p = 0; p < shop.people.size(); ++p) {
    for (const std::size_t other : shop.people[p].friends) {
      of_friends += shared(p, other);
      of_strangers += shared((p + 751) % shop.people.size(), other);
    }
  }
  CHECK(of_friends > 2 * of_strangers);
}

TEST_CASE("what goes together, and what is used up") {
  const Shop shop = generate_shop({.people = 1500});
  std::map<std::string, std::set<std::size_t>> baskets;
  std::map<std::pair<std::size_t, std::size_t>, std::vector<emptor::Time>> bought;
  for (const ShopOrderLine& line : shop.lines) {
    if (line.quantity < 0) continue;
    baskets[line.order].insert(line.item);
    if (line.record) {
      bought[{shop.records[*line.record].person, line.item}].push_back(line.time);
    }
  }
  double with_more = 0;  // sales of an item in baskets of two or more
  double with_companion = 0;
  double with_other = 0;  // one of the same category
  const std::size_t n = shop.items.size();
  for (const auto& [order, basket] : baskets) {
    if (basket.size() < 2) continue;
    for (const std::size_t item : basket) {
      const std::size_t companion = shop.items[item].companion;
      ++with_more;
      with_companion += static_cast<double>(basket.count(companion));
      with_other += static_cast<double>(basket.count((companion + 10) % n));
    }
  }
  CHECK(with_companion > 0.15 * with_more);
  CHECK(with_companion > 5 * with_other);

  std::vector<double> days_over_interval;  // of what is used up
  double used_up[2] = {};                  // pairs of person and item, further purchases
  double lasting[2] = {};
  for (const auto& [who, times] : bought) {
    const double lasts = shop.items[who.second].lasts_days;
    double(&count)[2] = lasts > 0 ? used_up : lasting;
    count[0] += 1;
    count[1] += static_cast<double>(times.size() - 1);
    for (std::size_t t = 1; lasts > 0 && t < times.size(); ++t) {
      const auto gap =
          std::chrono::duration<double, std::chrono::days::period>(times[t] - times[t - 1]);
      days_over_interval.push_back(gap.count() / lasts);
    }
  }
  CHECK(used_up[1] / used_up[0] > 3 * lasting[1] / lasting[0]);
  const auto middle =
      days_over_interval.begin() + static_cast<std::ptrdiff_t>(days_over_interval.size() / 2);
  std::nth_element(days_over_interval.begin(), middle, days_over_interval.end());
  CHECK(*middle > 0.8);
  CHECK(*middle < 1.2);
}

TEST_CASE("options out of range are refused by name") {
  CHECK_THROWS_WITH(generate_shop({.people = 0}),
                    ContainsSubstring("'people' must be >= 1, got 0"));
  CHECK_THROWS_WITH(generate_shop({.records_per_person = 0.5}),
                    ContainsSubstring("'records_per_person' must be in [1, 50], got 0.5"));
  CHECK_THROWS_WITH(generate_shop({.friends_found = -1}),
                    ContainsSubstring("'friends_found' must be in [0, 50], got -1"));
  CHECK_THROWS_WITH(generate_shop({.word_of_mouth = 2}),
                    ContainsSubstring("'word_of_mouth' must be in [0, 1], got 2"));
}

TEST_CASE("touches tell who brought whom, in order of time") {
  const Shop shop = generate_shop({.people = 800});
  const auto end = emptor::Time{shop.options.first_day} + std::chrono::days{shop.options.days};
  std::set<std::size_t> told;
  std::map<ShopTouch::Trick, std::size_t> tricks;
  for (std::size_t i = 0; i < shop.touches.size(); ++i) {
    const ShopTouch& touch = shop.touches[i];
    if (i > 0) REQUIRE(shop.touches[i - 1].time <= touch.time);
    REQUIRE(touch.time < end);
    REQUIRE(touch.time >= shop.people[shop.records[touch.referrer].person].joined);
    REQUIRE(touch.channel < shop.touch_channels.size());
    CHECK(touch.record.has_value() == (touch.kind == ShopTouch::Kind::claim));
    if (!touch.record) continue;
    ++tricks[touch.trick];
    const std::size_t brought = shop.records[*touch.record].person;
    const std::size_t by = shop.records[touch.referrer].person;
    if (touch.trick == ShopTouch::Trick::none) {
      CHECK(shop.people[brought].referred_by == by);
      CHECK(touch.time == shop.people[brought].joined);
      told.insert(brought);
    } else {
      CHECK((brought == by) == (touch.trick == ShopTouch::Trick::self));
    }
  }
  std::size_t referred = 0;
  for (const ShopPerson& person : shop.people) referred += person.referred_by ? 1 : 0;
  CHECK(told.size() == referred);
  CHECK(tricks[ShopTouch::Trick::self] > 5);
  CHECK(tricks[ShopTouch::Trick::ring] > 8);
  CHECK(tricks[ShopTouch::Trick::burst] == 12);
}

TEST_CASE("what people say is of orders, late parcels show in all of it") {
  const Shop shop = generate_shop({.people = 1500});
  const auto begin = emptor::Time{shop.options.first_day};
  const auto end = begin + std::chrono::days{shop.options.days};
  const auto late = end - std::chrono::days{100};
  const auto in_order = [&](const auto& rows, auto time) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      REQUIRE(rows[i].*time >= begin);
      REQUIRE(rows[i].*time < end);
      if (i > 0) REQUIRE(rows[i - 1].*time <= rows[i].*time);
    }
  };
  in_order(shop.answers, &ShopAnswer::time);
  in_order(shop.reviews, &ShopReview::time);
  in_order(shop.cases, &ShopCase::opened);
  in_order(shop.lead_events, &ShopLeadEvent::time);

  double delivery[2] = {};
  double answers[2] = {};
  std::size_t alike = 0;
  std::size_t off_scale = 0;
  for (const ShopAnswer& one : shop.answers) {
    off_scale += one.recommend > 10 ? 1 : 0;
    alike += one.product == one.price && one.price == one.website && one.website == one.service &&
                     one.seconds < 20
                 ? 1
                 : 0;
    if (one.delivery == ShopAnswer::not_given) continue;
    const bool lately = one.time > late + std::chrono::days{20};
    delivery[lately] += one.delivery;
    ++answers[lately];
  }
  CHECK(delivery[0] / answers[0] > delivery[1] / answers[1] + 0.4);
  CHECK(alike > 5);
  CHECK(off_scale > 0);

  std::size_t bought = 0;
  std::size_t chinese = 0;
  for (const ShopReview& one : shop.reviews) {
    CHECK((one.rating >= 1 && one.rating <= 5));
    CHECK(!one.text.empty());
    bought += one.bought ? 1 : 0;
    chinese += static_cast<unsigned char>(one.text[0]) >= 0xE4 ? 1 : 0;
  }
  CHECK(bought == 30);
  CHECK(chinese > 20);

  double cases[2] = {};
  for (const ShopCase& one : shop.cases) {
    REQUIRE(one.category < shop.case_categories.size());
    if (one.closed) CHECK(*one.closed >= one.opened);
    if (one.category == 0) ++cases[one.opened > late + std::chrono::days{14}];
  }
  CHECK(cases[1] > cases[0]);

  std::set<std::size_t> ordered;
  for (const ShopLeadEvent& one : shop.lead_events) {
    REQUIRE(one.lead < shop.leads.size());
    REQUIRE(one.time >= shop.leads[one.lead].joined);
    if (one.kind == "order") ordered.insert(one.lead);
  }
  double need[2] = {};
  double leads[2] = {};
  for (std::size_t l = 0; l < shop.leads.size(); ++l) {
    if (!shop.leads[l].need) continue;
    need[ordered.count(l)] += *shop.leads[l].need;
    ++leads[ordered.count(l)];
  }
  CHECK(need[1] / leads[1] > need[0] / leads[0] + 5);
}

TEST_CASE("a small shop has voices, too") {
  for (const std::size_t people : {1, 2, 30}) {
    const Shop shop = generate_shop({.people = people, .items = people});
    CHECK(shop.leads.size() >= 20);
  }
}
