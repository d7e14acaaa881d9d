#include "emptor/profile/sales.hpp"

#include <algorithm>
#include <utility>

#include "emptor/core/error.hpp"
#include "profile/period.hpp"

namespace emptor {

namespace {

constexpr std::size_t most_filled_periods = 10'000;

void add_amount(std::int64_t& sum, std::int64_t amount) {
  if (__builtin_add_overflow(sum, amount, &sum)) {
    throw Exception(ErrorCode::overflow, "sales add up beyond 9.2e18 units", "sales");
  }
}

bool selected(const SalesOptions& options, Time time) noexcept {
  return options.window.contains(time) && (!options.as_of || time <= *options.as_of);
}

/// Distinct (thing, group) pairs, counted by group at the end.
class DistinctPairs {
 public:
  void note(std::uint32_t thing, std::uint32_t group) {
    if (thing >= last_group_.size()) last_group_.resize(std::size_t{thing} + 1, no_group);
    if (last_group_[thing] == group) return;  // most lines repeat what the one before said
    things_ += last_group_[thing] == no_group ? 1 : 0;
    last_group_[thing] = group;
    pairs_.push_back(std::uint64_t{group} << 32 | thing);
  }
  [[nodiscard]] std::uint64_t things() const noexcept { return things_; }
  template <class Count>
  void count(Count&& count) {
    std::sort(pairs_.begin(), pairs_.end());
    pairs_.erase(std::unique(pairs_.begin(), pairs_.end()), pairs_.end());
    for (const std::uint64_t pair : pairs_) count(static_cast<std::size_t>(pair >> 32));
  }

 private:
  static constexpr std::uint32_t no_group = 0xffffffffU;
  std::vector<std::uint32_t> last_group_;
  std::vector<std::uint64_t> pairs_;
  std::uint64_t things_ = 0;
};

/// Sums of each group and of all; `group_of(line)` < 2^32 - 1, growing groups as needed.
template <class GroupOf>
std::pair<std::vector<SalesSums>, SalesSums> sums_by(const Orders& orders,
                                                     const SalesOptions& options,
                                                     GroupOf&& group_of) {
  std::vector<SalesSums> sums;
  SalesSums total;
  DistinctPairs order_pairs;
  DistinctPairs customer_pairs;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (!selected(options, orders.line_times()[line])) continue;
    const std::uint32_t group = group_of(line);
    if (group >= sums.size()) sums.resize(std::size_t{group} + 1);
    SalesSums& into = sums[group];
    const std::int64_t amount = orders.line_amounts()[line];
    if (orders.is_refund(line)) {
      ++into.refund_lines;
      add_amount(into.refunds, amount);
      continue;
    }
    ++into.sale_lines;
    add_amount(into.sales, amount);
    order_pairs.note(static_cast<std::uint32_t>(orders.line_orders()[line]), group);
    const Customer customer = orders.line_customers()[line];
    if (customer == no_customer) {
      add_amount(into.anonymous_sales, amount);
    } else {
      customer_pairs.note(static_cast<std::uint32_t>(customer), group);
    }
  }
  total.orders = order_pairs.things();
  total.customers = customer_pairs.things();
  order_pairs.count([&](std::size_t group) { ++sums[group].orders; });
  customer_pairs.count([&](std::size_t group) { ++sums[group].customers; });
  for (const SalesSums& group : sums) {
    total.sale_lines += group.sale_lines;
    total.refund_lines += group.refund_lines;
    add_amount(total.sales, group.sales);
    add_amount(total.refunds, group.refunds);
    add_amount(total.anonymous_sales, group.anonymous_sales);
  }
  return {std::move(sums), total};
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) noexcept {
  return a / b - (a % b < 0 ? 1 : 0);
}

/// Consecutive numbers of periods, and back.
class PeriodNumbers {
 public:
  explicit PeriodNumbers(const SalesOptions& options) noexcept
      : period_(options.period), offset_(options.offset), month_of_(options.offset) {}
  std::int64_t operator()(Time time) noexcept {
    if (period_ == Period::month) return month_of_(time);
    const std::int64_t day = local_day(time, offset_).time_since_epoch().count();
    return period_ == Period::day ? day : floor_divide(day + thursday, 7);  // 1970-01-01
  }
  [[nodiscard]] Day first_day(std::int64_t number) const noexcept {
    if (period_ == Period::day) return Day{std::chrono::days{number}};
    if (period_ == Period::week) return Day{std::chrono::days{number * 7 - thursday}};
    const std::int64_t year = floor_divide(number, 12);
    return Day{std::chrono::year{static_cast<int>(year)} /
               std::chrono::month{static_cast<unsigned>(number - year * 12 + 1)} /
               std::chrono::day{1}};
  }

 private:
  static constexpr std::int64_t thursday = 3;  // days since Monday
  Period period_;
  UtcOffset offset_;
  detail::MonthOf month_of_;
};

SalesByGroup grouped(const Orders& orders, const SalesOptions& options, const Keys<TextCode>* texts,
                     auto code_of) {
  // Group 0 is what is not known, group g + 1 the text of code g.
  auto [sums, total] = sums_by(orders, options, [&](std::size_t line) {
    return static_cast<std::uint32_t>(code_of(line)) + 1;  // no_id wraps to 0
  });
  SalesByGroup out{.currency = orders.currency(),
                   .price_scale = orders.price_scale(),
                   .groups = {},
                   .total = total};
  for (std::size_t g = 0; g < sums.size(); ++g) {
    if (sums[g].sale_lines + sums[g].refund_lines == 0) continue;
    SalesGroup group{.label = {}, .known = g > 0, .sums = sums[g]};
    if (texts != nullptr && g > 0) group.label = texts->key(id_at<TextCode>(g - 1));
    out.groups.push_back(std::move(group));
  }
  std::sort(out.groups.begin(), out.groups.end(), [](const SalesGroup& a, const SalesGroup& b) {
    if (a.sums.net() != b.sums.net()) return a.sums.net() > b.sums.net();
    return a.label < b.label;
  });
  return out;
}

}  // namespace

SalesOverTime sales_over_time(const Orders& orders, const SalesOptions& options) {
  SalesOverTime out;
  out.options = options;
  out.currency = orders.currency();
  out.price_scale = orders.price_scale();
  // Groups are the distinct periods, ascending.
  PeriodNumbers number_of(options);
  std::vector<std::int64_t> numbers;
  std::vector<std::int64_t> seen;
  for (const Time time : orders.line_times()) {
    numbers.push_back(selected(options, time) ? number_of(time) : 0);
    if (selected(options, time) && (seen.empty() || seen.back() != numbers.back())) {
      seen.push_back(numbers.back());
    }
  }
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  if (seen.empty()) return out;
  const std::uint64_t span = static_cast<std::uint64_t>(seen.back() - seen.front());
  out.gaps = span >= most_filled_periods && seen.size() <= span;
  if (!out.gaps) {
    const std::int64_t first = seen.front();
    seen.resize(static_cast<std::size_t>(span) + 1);
    for (std::size_t i = 0; i < seen.size(); ++i) seen[i] = first + static_cast<std::int64_t>(i);
  }
  auto [sums, total] = sums_by(orders, options, [&](std::size_t line) {
    const std::int64_t number = numbers[line];
    if (!out.gaps) return static_cast<std::uint32_t>(number - seen.front());
    return static_cast<std::uint32_t>(std::lower_bound(seen.begin(), seen.end(), number) -
                                      seen.begin());
  });
  out.total = total;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    out.periods.push_back({number_of.first_day(seen[i]), sums[i]});
  }
  return out;
}

SalesByGroup sales_by_channel(const Orders& orders, const SalesOptions& options) {
  Keys<TextCode> names;
  for (std::size_t i = 0; i < orders.channels().size(); ++i) {
    names.add(orders.channels().key(id_at<Channel>(i)));
  }
  return grouped(orders, options, &names,
                 [&](std::size_t line) { return orders.line_channels()[line]; });
}

SalesByGroup sales_by_customer(const Orders& orders, const Customers& customers,
                               std::string_view column, const SalesOptions& options) {
  const TextColumn<Customer>* texts = customers.find_column(column);
  return grouped(
      orders, options, texts != nullptr ? &texts->texts() : nullptr, [&](std::size_t line) {
        return texts != nullptr ? texts->code_at(orders.line_customers()[line]) : no_id<TextCode>;
      });
}

SalesByGroup sales_by_item(const Orders& orders, const Items& items, std::string_view column,
                           const SalesOptions& options) {
  const TextColumn<Item>* texts = items.find_column(column);
  return grouped(
      orders, options, texts != nullptr ? &texts->texts() : nullptr, [&](std::size_t line) {
        return texts != nullptr ? texts->code_at(orders.line_items()[line]) : no_id<TextCode>;
      });
}

Concentration concentration_of(const Orders& orders, const SalesOptions& options) {
  std::vector<std::int64_t> net;
  std::vector<bool> seen;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    const Customer customer = orders.line_customers()[line];
    if (customer == no_customer || !selected(options, orders.line_times()[line])) continue;
    if (index(customer) >= net.size()) {
      net.resize(index(customer) + 1, 0);
      seen.resize(index(customer) + 1, false);
    }
    seen[index(customer)] = true;
    add_amount(net[index(customer)], orders.line_amounts()[line]);
  }
  Concentration out;
  std::vector<std::int64_t> spent;
  for (std::size_t c = 0; c < net.size(); ++c) {
    if (!seen[c]) continue;
    out.negative_customers += net[c] < 0 ? 1 : 0;
    spent.push_back(std::max<std::int64_t>(net[c], 0));
    add_amount(out.net, spent.back());
  }
  out.customers = spent.size();
  const LorenzCurve<std::int64_t> curve(spent);
  out.gini = curve.gini();
  out.top_1_percent = curve.top_share(0.01);
  out.top_5_percent = curve.top_share(0.05);
  out.top_10_percent = curve.top_share(0.10);
  out.top_20_percent = curve.top_share(0.20);
  out.lorenz = curve.points(200);
  return out;
}

}  // namespace emptor
