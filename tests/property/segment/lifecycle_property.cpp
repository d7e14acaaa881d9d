// Purchase days, lifecycle, growth, tiers and loyalty against the plainest code that can be.

#include <algorithm>
#include <map>
#include <set>

#include "emptor/segment/lifecycle.hpp"
#include "emptor/segment/loyalty.hpp"
#include "emptor/segment/value_tiers.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

struct Line {
  int customer = 0;  // 7: anonymous
  int hour = 0;
  int amount = 0;
  int brand = 0;  // 0: none
  int order = 0;
};

struct LifecycleShop {
  std::vector<Line> lines;
  Customers customers;
  Items items;
  Orders orders;
};

LifecycleShop any_lifecycle_shop(int most_days) {
  LifecycleShop shop;
  for (int c = 0; c < 7; ++c) shop.customers.add(std::string(1, static_cast<char>('a' + c)));
  for (int b = 0; b < 4; ++b) {
    const std::string key(1, static_cast<char>('p' + b));
    const Item item = shop.items.add(key);
    if (b > 0) shop.items.column("brand").set(item, key);
  }
  static_cast<void>(shop.items.column("brand"));
  OrdersBuilder builder(shop.customers, shop.items);
  const auto count = *rc::gen::inRange(0, 40);
  for (int i = 0; i < count; ++i) {
    const Line line{.customer = *rc::gen::inRange(0, 8),
                    .hour = *rc::gen::inRange(0, 24 * most_days),
                    .amount = *rc::gen::inRange(-2, 9),
                    .brand = *rc::gen::inRange(0, 4),
                    .order = *rc::gen::inRange(0, 25)};
    shop.lines.push_back(line);
    const std::string order = std::to_string(line.order);
    const std::string customer =
        line.customer == 7 ? "" : std::string(1, static_cast<char>('a' + line.customer));
    const std::string item(1, static_cast<char>('p' + line.brand));
    builder.add({.order = order,
                 .customer = customer,
                 .item = item,
                 .time = Time{std::chrono::hours{line.hour}},
                 .amount = line.amount});
  }
  shop.orders = std::move(builder).finish();
  return shop;
}

/// Sales by day, of one customer up to a day.
std::map<int, int> days_of(const LifecycleShop& shop, int customer, int as_of) {
  std::map<int, int> days;
  for (const Line& line : shop.lines) {
    if (line.customer == customer && line.amount > 0 && line.hour / 24 <= as_of) {
      days[line.hour / 24] += line.amount;
    }
  }
  return days;
}

double plain_median(std::vector<int> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2.0;
}

std::vector<int> gaps_of(const std::map<int, int>& days) {
  std::vector<int> gaps;
  for (auto at = days.begin(); at != days.end(); ++at) {
    if (at != days.begin()) gaps.push_back(at->first - std::prev(at)->first);
  }
  return gaps;
}

LifecycleStage plain_stage(const LifecycleShop& shop, int customer, int as_of,
                           const LifecycleOptions& o) {
  const auto days = days_of(shop, customer, as_of);
  if (days.empty()) return LifecycleStage::none;
  double risk = o.at_risk_days;
  double dormant = o.dormant_days;
  double churn = o.churned_days;
  std::vector<int> all;
  for (int c = 0; c < 7; ++c) {
    for (const int gap : gaps_of(days_of(shop, c, as_of))) all.push_back(gap);
  }
  const auto gaps = gaps_of(days);
  if (o.clock == LifecycleClock::own_rhythm && !all.empty()) {
    const double g = static_cast<double>(gaps.size());
    double usual = plain_median(all);
    if (!gaps.empty()) {
      usual = (g * plain_median(gaps) + o.shop_weight * usual) / (g + o.shop_weight);
    }
    usual = std::max(usual, o.shortest_gap);
    risk = o.at_risk_gaps * usual;
    dormant = o.dormant_gaps * usual;
    churn = o.churned_gaps * usual;
  }
  const int silence = as_of - days.rbegin()->first;
  if (silence > churn) return LifecycleStage::churned;
  if (silence > dormant) return LifecycleStage::dormant;
  if (silence > risk) return LifecycleStage::at_risk;
  if (as_of - days.begin()->first <= o.new_days) return LifecycleStage::new_comer;
  if (!gaps.empty() && gaps.back() > churn) return LifecycleStage::resurrected;
  if (!gaps.empty() && gaps.back() > risk) return LifecycleStage::returning;
  return LifecycleStage::active;
}

Day day_at(int day) {
  return Day{std::chrono::days{day}};
}

}  // namespace

TEST_CASE("stages and moves by definition, as of any day") {
  test::check_property("lifecycle twin", [] {
    const LifecycleShop shop = any_lifecycle_shop(60);
    LifecycleOptions options;
    options.clock = *rc::gen::element(LifecycleClock::fixed_days, LifecycleClock::own_rhythm);
    options.new_days = *rc::gen::inRange(0, 10);
    options.at_risk_days = *rc::gen::inRange(0, 8);
    options.dormant_days = options.at_risk_days + *rc::gen::inRange(0, 8);
    options.churned_days = options.dormant_days + *rc::gen::inRange(0, 12);
    options.shop_weight = *rc::gen::inRange(0, 3);
    const PurchaseDays purchases = purchase_days_of(shop.orders, 7);
    const int first = *rc::gen::inRange(0, 60);
    const int second = *rc::gen::inRange(first, 62);
    const auto before = lifecycle_at(purchases, day_at(first), options);
    const auto after = lifecycle_at(purchases, day_at(second), options);
    std::map<std::pair<int, int>, std::uint64_t> moved;
    for (int c = 0; c < 7; ++c) {
      const auto was = plain_stage(shop, c, first, options);
      const auto is = plain_stage(shop, c, second, options);
      RC_ASSERT(before.stages[static_cast<std::size_t>(c)] == was);
      RC_ASSERT(after.stages[static_cast<std::size_t>(c)] == is);
      ++moved[{static_cast<int>(was), static_cast<int>(is)}];
    }
    const LifecycleMoves moves = lifecycle_moves(before, after);
    for (int a = 0; a < 8; ++a) {
      const auto stage = static_cast<LifecycleStage>(a);
      for (int b = 0; b < 8; ++b) {
        RC_ASSERT(moves.at(stage, static_cast<LifecycleStage>(b)) == (moved[{a, b}]));
      }
      RC_ASSERT(before.count(stage) + moves.entered(stage) ==
                after.count(stage) + moves.left(stage));
    }
  });
}

TEST_CASE("growth by month by definition; the accounts balance") {
  test::check_property("growth twin", [] {
    const LifecycleShop shop = any_lifecycle_shop(250);
    const int as_of = *rc::gen::inRange(0, 260);
    const LifecycleHistory history =
        lifecycle_history(purchase_days_of(shop.orders, 7), day_at(as_of));
    std::map<int, std::map<int, std::int64_t>> sales;  // by month and customer
    std::map<int, int> first;
    for (int c = 0; c < 7; ++c) {
      for (const auto& [day, amount] : days_of(shop, c, as_of)) {
        const int month = month_number(day_at(day));
        sales[month][c] += amount;
        first.emplace(c, month);
      }
    }
    if (sales.empty()) {
      RC_ASSERT(history.growth.empty());
      return;
    }
    RC_ASSERT(history.growth.front().month == sales.begin()->first);
    RC_ASSERT(history.growth.back().month == month_number(day_at(as_of)));
    std::uint64_t active = 0;
    for (const GrowthMonth& month : history.growth) {
      GrowthMonth expected{.month = month.month};
      for (const auto& [c, amount] : sales[month.month]) {
        ++expected.active;
        const bool fresh = first[c] == month.month;
        const bool kept = sales[month.month - 1].contains(c);
        ++(fresh ? expected.fresh : kept ? expected.retained : expected.resurrected);
        (fresh  ? expected.fresh_sales
         : kept ? expected.retained_sales
                : expected.resurrected_sales) += amount;
      }
      for (const auto& [c, amount] : sales[month.month - 1]) {
        if (sales[month.month].contains(c)) continue;
        ++expected.lost;
        expected.lost_sales += amount;
      }
      RC_ASSERT(month.active == expected.active);
      RC_ASSERT(month.fresh == expected.fresh);
      RC_ASSERT(month.retained == expected.retained);
      RC_ASSERT(month.resurrected == expected.resurrected);
      RC_ASSERT(month.lost == expected.lost);
      RC_ASSERT(month.fresh_sales == expected.fresh_sales);
      RC_ASSERT(month.retained_sales == expected.retained_sales);
      RC_ASSERT(month.resurrected_sales == expected.resurrected_sales);
      RC_ASSERT(month.lost_sales == expected.lost_sales);
      RC_ASSERT(month.active + month.lost == active + month.fresh + month.resurrected);
      active = month.active;
    }
    RC_ASSERT(history.ends.back() == day_at(as_of));
    RC_ASSERT(history.moves.size() + 1 == history.ends.size());
    RC_ASSERT(history.counts.back() ==
              lifecycle_at(purchase_days_of(shop.orders, 7), day_at(as_of)).counts);
  });
}

TEST_CASE("customers who are one have their days together") {
  test::check_property("purchase days merged", [] {
    LifecycleShop shop = any_lifecycle_shop(30);
    std::vector<Customer> into;
    for (std::uint32_t c = 0; c < 7; ++c) into.push_back(id_at<Customer>(c / 3 * 3));
    const PurchaseDays merged = purchase_days_of(shop.orders, 7, {}, into);
    for (Line& line : shop.lines) {
      if (line.customer < 7) line.customer = line.customer / 3 * 3;
    }
    for (int c = 0; c < 7; ++c) {
      const auto expected = days_of(shop, c, 1000);
      const auto days = merged.days(id_at<Customer>(static_cast<std::size_t>(c)));
      const auto amounts = merged.amounts(id_at<Customer>(static_cast<std::size_t>(c)));
      RC_ASSERT(days.size() == expected.size());
      std::size_t i = 0;
      for (const auto& [day, amount] : expected) {
        RC_ASSERT(days[i] == day);
        RC_ASSERT(amounts[i] == amount);
        ++i;
      }
    }
  });
}

TEST_CASE("tiers by definition") {
  test::check_property("tiers twin", [] {
    const auto values =
        *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(-3, 12));
    ValueTierOptions options;
    options.shares = {*rc::gen::element(0.2, 0.5, 0.8), *rc::gen::element(0.81, 0.95)};
    options.ties = *rc::gen::element(TierTies::together, TierTies::by_place);
    const ValueTiers tiers = value_tiers_of(values, options);
    std::int64_t total = 0;
    for (const auto value : values) total += std::max<std::int64_t>(value, 0);
    for (std::size_t i = 0; i < values.size(); ++i) {
      std::int64_t before = 0;  // what those ahead of i bring
      for (std::size_t j = 0; j < values.size(); ++j) {
        const bool ahead = values[j] > values[i] ||
                           (options.ties == TierTies::by_place && values[j] == values[i] && j < i);
        if (ahead) before += std::max<std::int64_t>(values[j], 0);
      }
      int tier = 0;
      for (const double share : options.shares) {
        tier += static_cast<double>(before) >= share * static_cast<double>(total) ? 1 : 0;
      }
      RC_ASSERT(int{tiers.of_value[i]} == (values[i] > 0 ? tier : 2));
    }
    std::uint64_t customers = 0;
    for (const ValueTier& tier : tiers.tiers) customers += tier.customers;
    RC_ASSERT(customers == values.size());
    if (total > 0) RC_ASSERT(std::abs(tiers.curve.back().value_share - 1) < 1e-12);
  });
}

TEST_CASE("loyalty by definition") {
  test::check_property("loyalty twin", [] {
    const LifecycleShop shop = any_lifecycle_shop(90);
    const int as_of = *rc::gen::inRange(0, 95);
    const LoyaltyOptions options{.as_of = day_at(as_of), .period_days = *rc::gen::inRange(1, 20)};
    const PurchaseDays purchases = purchase_days_of(shop.orders, 7);
    const LoyaltyReport report =
        loyalty_of(purchases, shop.orders, *shop.items.find_column("brand"), options);
    std::size_t at = 0;
    for (int c = 0; c < 7; ++c) {
      const auto days = days_of(shop, c, as_of);
      if (days.empty()) continue;
      const CustomerLoyalty& one = report.customers.at(at++);
      RC_ASSERT(one.customer == id_at<Customer>(static_cast<std::size_t>(c)));
      std::set<int> periods;
      for (const auto& [day, amount] : days) {
        periods.insert((day - days.begin()->first) / options.period_days);
      }
      RC_ASSERT(one.purchase_days == days.size());
      RC_ASSERT(one.active_periods == periods.size());
      RC_ASSERT(int(one.periods) == (as_of - days.begin()->first) / options.period_days + 1);
      // Orders by time, each with its brands' sales.
      std::map<int, std::map<int, int>> brands;
      std::map<int, std::map<int, int>> first_line;
      std::map<int, int> hour;
      std::map<int, int> order_id;
      for (int i = 0; i < int(shop.lines.size()); ++i) {
        const Line& line = shop.lines[static_cast<std::size_t>(i)];
        order_id.emplace(line.order, static_cast<int>(order_id.size()));
        if (line.customer != c || line.amount <= 0 || line.hour / 24 > as_of || line.brand == 0) {
          continue;
        }
        brands[line.order][line.brand] += line.amount;
        first_line[line.order].emplace(line.brand, i);
        const auto [found, fresh] = hour.emplace(line.order, line.hour);
        if (!fresh) found->second = std::min(found->second, line.hour);
      }
      std::vector<std::array<int, 3>> sequence;  // time, order id, main brand
      for (const auto& [order, sales] : brands) {
        int main = 0;
        for (const auto& [brand, amount] : sales) {
          if (main == 0 || amount > sales.at(main) ||
              (amount == sales.at(main) && first_line[order][brand] < first_line[order][main])) {
            main = brand;
          }
        }
        sequence.push_back({hour[order], order_id[order], main});
      }
      std::sort(sequence.begin(), sequence.end());
      std::uint32_t switches = 0;
      std::set<int> distinct;
      for (std::size_t i = 0; i < sequence.size(); ++i) {
        distinct.insert(sequence[i][2]);
        switches += i > 0 && sequence[i][2] != sequence[i - 1][2] ? 1 : 0;
      }
      RC_ASSERT(one.brand_orders == sequence.size());
      RC_ASSERT(one.switches == switches);
      RC_ASSERT(one.brands == distinct.size());
      double sum = one.activity() + one.repeat_share();
      double parts = 2;
      if (sequence.size() > 1) {
        sum += 1 - double(switches) / double(sequence.size() - 1);
        ++parts;
      }
      RC_ASSERT(std::abs(one.index - 100 * sum / parts) < 1e-9);
    }
    RC_ASSERT(report.customers.size() == at);
    std::uint64_t moves = 0;
    for (const std::uint64_t count : report.moves.counts) moves += count;
    std::uint64_t chances = 0;
    for (const auto& one : report.customers) {
      chances += one.brand_orders > 0 ? one.brand_orders - 1 : 0;
    }
    RC_ASSERT(moves == chances);
  });
}
