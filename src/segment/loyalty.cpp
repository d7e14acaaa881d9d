#include "emptor/segment/loyalty.hpp"

#include <algorithm>
#include <map>

#include "emptor/core/error.hpp"
#include "segment/segment_summary.hpp"

namespace emptor {

namespace {

constexpr std::size_t most_brands = 2'000;

void check(const LoyaltyOptions& options) {
  require_option(options.period_days >= 1, "period_days", ">= 1", options.period_days);
  for (const double weight :
       {options.activity_weight, options.repeat_weight, options.brand_weight}) {
    require_option(weight >= 0 && weight < 1e100, "weights", ">= 0 and finite", weight);
  }
  require_option(options.activity_weight + options.repeat_weight > 0, "activity_weight",
                 "> 0 unless repeat_weight is", options.activity_weight);
}

void count_days(const PurchaseDays& purchases, LoyaltyReport& out) {
  const auto as_of = static_cast<std::int32_t>(out.options.as_of.time_since_epoch().count());
  const std::int64_t length = out.options.period_days;
  for (std::size_t c = 0; c < purchases.customers(); ++c) {
    const auto customer = id_at<Customer>(c);
    CustomerLoyalty one{.customer = customer};
    std::int64_t last_period = -1;
    const auto days = purchases.days(customer);
    for (const std::int32_t day : days) {
      if (day > as_of) break;
      ++one.purchase_days;
      const std::int64_t period = (std::int64_t{day} - days.front()) / length;
      one.active_periods += period != last_period ? 1 : 0;
      last_period = period;
    }
    if (one.purchase_days == 0) continue;
    one.periods = static_cast<std::uint32_t>((std::int64_t{as_of} - days.front()) / length + 1);
    out.customers.push_back(one);
  }
}

/// What one order of one customer says of brands.
struct BrandOrder {
  Customer customer;
  Time time;
  Order order;
  TextCode brand;
};

/// The main brand of each order and customer, by customer and time.
std::vector<BrandOrder> main_brands(const Orders& orders, const TextColumn<Item>& brands, Day as_of,
                                    UtcOffset offset) {
  struct Part {
    Customer customer;
    Order order;
    TextCode brand;
    std::size_t line;
  };
  std::vector<Part> parts;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    const Customer customer = orders.line_customers()[line];
    if (customer == no_customer || orders.is_refund(line) || orders.line_amounts()[line] <= 0 ||
        local_day(orders.line_times()[line], offset) > as_of) {
      continue;
    }
    const TextCode brand = brands.code_at(orders.line_items()[line]);
    if (brand == no_id<TextCode>) continue;
    parts.push_back({customer, orders.line_orders()[line], brand, line});
  }
  std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
    if (a.customer != b.customer) return a.customer < b.customer;
    if (a.order != b.order) return a.order < b.order;
    return a.brand != b.brand ? a.brand < b.brand : a.line < b.line;
  });
  std::vector<BrandOrder> out;
  for (std::size_t i = 0; i < parts.size();) {
    BrandOrder main{parts[i].customer, Time::max(), parts[i].order, parts[i].brand};
    std::int64_t best = 0;
    std::size_t best_line = 0;
    while (i < parts.size() && parts[i].customer == main.customer && parts[i].order == main.order) {
      const TextCode brand = parts[i].brand;
      const std::size_t first_line = parts[i].line;
      std::int64_t sales = 0;
      for (; i < parts.size() && parts[i].customer == main.customer &&
             parts[i].order == main.order && parts[i].brand == brand;
           ++i) {
        detail::add_amount(sales, orders.line_amounts()[parts[i].line], "loyalty_of");
        main.time = std::min(main.time, orders.line_times()[parts[i].line]);
      }
      if (sales > best || (sales == best && first_line < best_line)) {
        best = sales;
        best_line = first_line;
        main.brand = brand;
      }
    }
    out.push_back(main);
  }
  std::sort(out.begin(), out.end(), [](const BrandOrder& a, const BrandOrder& b) {
    if (a.customer != b.customer) return a.customer < b.customer;
    return a.time != b.time ? a.time < b.time : a.order < b.order;
  });
  return out;
}

void count_brands(std::span<const BrandOrder> orders, const TextColumn<Item>& brands,
                  LoyaltyReport& out) {
  std::map<TextCode, std::size_t> place;
  for (const BrandOrder& order : orders) place.emplace(order.brand, 0);
  const bool drawn = place.size() <= most_brands;
  for (auto& [code, at] : place) {
    at = out.moves.brands.size();
    if (drawn) out.moves.brands.emplace_back(brands.texts().key(code));
  }
  const std::size_t width = out.moves.brands.size();
  out.moves.counts.resize(width * width);
  std::size_t i = 0;
  for (CustomerLoyalty& one : out.customers) {
    while (i < orders.size() && orders[i].customer < one.customer) ++i;
    std::map<TextCode, std::uint32_t> counts;
    for (std::size_t first = i; i < orders.size() && orders[i].customer == one.customer; ++i) {
      ++one.brand_orders;
      ++counts[orders[i].brand];
      if (i == first) continue;
      one.switches += orders[i].brand != orders[i - 1].brand ? 1 : 0;
      if (drawn) {
        ++out.moves.counts[place[orders[i - 1].brand] * width + place[orders[i].brand]];
      }
    }
    one.brands = static_cast<std::uint32_t>(counts.size());
    for (const auto& [brand, count] : counts) {
      if (count <= one.top_brand_orders) continue;
      one.top_brand = static_cast<std::uint32_t>(brand);
      one.top_brand_orders = count;
    }
  }
}

void summarise(LoyaltyReport& out) {
  const LoyaltyOptions& options = out.options;
  std::uint64_t switches = 0;
  std::uint64_t chances = 0;
  for (CustomerLoyalty& one : out.customers) {
    double sum =
        options.activity_weight * one.activity() + options.repeat_weight * one.repeat_share();
    double weights = options.activity_weight + options.repeat_weight;
    if (const auto switching = one.switching()) {
      sum += options.brand_weight * (1 - *switching);
      weights += options.brand_weight;
      switches += one.switches;
      chances += one.brand_orders - 1;
    }
    one.index = 100 * sum / weights;
    out.repeaters += one.purchase_days >= 2 ? 1 : 0;
    out.mean_activity += one.activity();
    out.mean_index += one.index;
  }
  if (chances > 0) {
    out.switching = static_cast<double>(switches) / static_cast<double>(chances);
  }
  if (out.customers.empty()) return;
  const double n = static_cast<double>(out.customers.size());
  out.repurchase_rate = static_cast<double>(out.repeaters) / n;
  out.mean_activity /= n;
  out.mean_index /= n;
}

}  // namespace

LoyaltyReport loyalty_of(const PurchaseDays& purchases, const LoyaltyOptions& options) {
  check(options);
  LoyaltyReport out;
  out.options = options;
  count_days(purchases, out);
  summarise(out);
  return out;
}

LoyaltyReport loyalty_of(const PurchaseDays& purchases, const Orders& orders,
                         const TextColumn<Item>& brands, const LoyaltyOptions& options,
                         UtcOffset offset) {
  check(options);
  LoyaltyReport out;
  out.options = options;
  count_days(purchases, out);
  const auto by_customer = main_brands(orders, brands, options.as_of, offset);
  count_brands(by_customer, brands, out);
  summarise(out);
  return out;
}

}  // namespace emptor
