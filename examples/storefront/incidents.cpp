#include "incidents.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <utility>

#include "emptor/core/time.hpp"
#include "emptor/score/anomaly.hpp"
#include "emptor/score/complaint.hpp"

namespace storefront {
namespace {

using emptor::Time;
using Counts = std::map<std::string, emptor::ComplaintCount>;  // by the group's name

/// One a paid order, or what came back of one, of somebody known.
std::vector<emptor::OrderFacts> order_facts(const emptor::Orders& orders) {
  std::vector<emptor::OrderFacts> out(orders.orders());
  std::vector<std::int64_t> sums(out.size());
  for (std::size_t o = 0; o < out.size(); ++o) {
    out[o].customer = emptor::no_customer;
    out[o].order = emptor::id_at<emptor::Order>(o);
  }
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (orders.line_customers()[line] == emptor::no_customer) continue;
    const std::size_t o = emptor::index(orders.line_orders()[line]);
    emptor::OrderFacts& order = out[o];
    const Time time = orders.line_times()[line];
    order.time = order.customer == emptor::no_customer ? time : std::min(order.time, time);
    order.customer = orders.line_customers()[line];
    sums[o] += orders.line_amounts()[line];
    const auto pieces = std::max<std::int64_t>(orders.line_quantities()[line], 0);
    order.items += static_cast<std::uint32_t>(std::min<std::int64_t>(pieces, 1'000'000));
  }
  for (std::size_t o = 0; o < out.size(); ++o) out[o].amount = orders.money(sums[o]).minor();
  std::erase_if(out, [](const emptor::OrderFacts& one) {
    return one.customer == emptor::no_customer || one.amount == 0;
  });
  return out;
}

void find_unusual(const ShopTables& shop, Time first, Time as_of, Incidents& out,
                  const emptor::Context& context) {
  constexpr std::size_t fewest = 200;
  constexpr std::size_t most = 100;
  out.cut = first + (as_of - first) * 3 / 4;
  const std::vector<emptor::OrderFacts> all = order_facts(shop.orders);
  std::vector<emptor::OrderFacts> before;
  for (const emptor::OrderFacts& order : all) {
    if (order.time < out.cut) before.push_back(order);
  }
  if (before.size() < fewest) return;
  const emptor::OrderBaseline usual = emptor::fit_order_baseline(before, {}, context).model;
  const std::vector<emptor::OrderAnomaly> scored = emptor::score_orders(usual, all, context);
  std::vector<emptor::OrderFacts> later;
  std::vector<emptor::OrderAnomaly> answers;
  for (std::size_t o = 0; o < all.size(); ++o) {
    if (all[o].time < out.cut) continue;
    later.push_back(all[o]);
    answers.push_back(scored[o]);
    out.orders.emplace_back(shop.orders.order_keys().key(all[o].order));
  }
  out.unusual = emptor::summarise_order_alarms(usual, later, answers, most);
}

std::vector<emptor::ComplaintCount> list_of(Counts& counts) {
  std::vector<emptor::ComplaintCount> out;
  for (auto& [name, count] : counts) {
    if (!(count.exposure > 0)) continue;
    count.name = name;
    out.push_back(std::move(count));
  }
  return out;
}

/// Lines sold and sent back, by the goods' category, else the customer's country, else the channel.
void find_returns(const ShopTables& shop, Incidents& out) {
  const emptor::Orders& orders = shop.orders;
  const auto* category = shop.items.find_column("category");
  const auto* country = shop.customers.find_column("country");
  out.grouped_by = category != nullptr ? "category" : country != nullptr ? "country" : "channel";
  const auto known = [](auto id) {
    return id == emptor::no_id<decltype(id)> ? std::size_t{0} : emptor::index(id) + 1;
  };
  std::vector<emptor::ComplaintCount> counts(1);
  counts[0].name = "not known";
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    std::size_t group = 0;
    if (category != nullptr) {
      group = known(category->code_at(orders.line_items()[line]));
    } else if (country != nullptr) {
      const emptor::Customer customer = orders.line_customers()[line];
      if (customer != emptor::no_customer) group = known(country->code_at(customer));
    } else {
      group = known(orders.line_channels()[line]);
    }
    while (counts.size() <= group) {
      const std::size_t next = counts.size() - 1;
      const std::string_view name =
          category != nullptr  ? category->texts().key(emptor::id_at<emptor::TextCode>(next))
          : country != nullptr ? country->texts().key(emptor::id_at<emptor::TextCode>(next))
                               : orders.channels().key(emptor::id_at<emptor::Channel>(next));
      counts.emplace_back().name = name;
    }
    ++(orders.is_refund(line) ? counts[group].cases : counts[group].exposure);
  }
  std::erase_if(counts, [](const emptor::ComplaintCount& one) { return !(one.exposure > 0); });
  out.returns = emptor::complaint_rates(counts, {.funnel_points = 20});
}

void find_cases(const ShopTables& shop, const CaseFile& file, Time first, Time as_of,
                Incidents& out) {
  Incidents::Cases& found = out.cases.emplace();
  found.quality = file.quality;
  const emptor::Orders& orders = shop.orders;
  std::vector<Time> began(orders.orders(), Time::max());
  std::vector<emptor::Channel> ways(orders.orders(), emptor::no_id<emptor::Channel>);
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (orders.is_refund(line)) continue;
    const std::size_t o = emptor::index(orders.line_orders()[line]);
    began[o] = std::min(began[o], orders.line_times()[line]);
    ways[o] = orders.line_channels()[line];
  }
  const std::int32_t first_month = emptor::month_number(emptor::local_day(first));
  const std::int32_t last_month = emptor::month_number(emptor::local_day(as_of));
  std::vector<double> exposure(static_cast<std::size_t>(last_month - first_month) + 1);
  Counts counts;
  for (std::size_t o = 0; o < began.size(); ++o) {
    if (began[o] == Time::max()) continue;
    ++exposure[static_cast<std::size_t>(emptor::month_number(emptor::local_day(began[o])) -
                                        first_month)];
    const bool known = ways[o] != emptor::no_id<emptor::Channel>;
    ++counts[known ? std::string(orders.channels().key(ways[o])) : "not known"].exposure;
  }
  std::vector<emptor::CaseRecord> records;
  for (std::size_t c = 0; c < file.opened.size(); ++c) {
    records.push_back({file.categories[c], file.opened[c], file.closed[c]});
    const auto at = counts.find(file.channels[c].empty() ? "not known" : file.channels[c]);
    if (at != counts.end()) ++at->second.cases;
  }
  const auto groups = list_of(counts);
  found.by_channel = emptor::complaint_rates(groups, {.funnel_points = 20});
  if (file.category_names.empty() || exposure.size() < 2 || exposure.size() > 1200) return;
  found.trends =
      emptor::case_trends(records, file.category_names, exposure,
                          {.first_month = first_month,
                           .months = exposure.size(),
                           .recent_months = std::min<std::size_t>(3, exposure.size() - 1)});
  found.times =
      emptor::case_times(records, file.category_names, {.as_of = as_of, .target_days = 5});
}

}  // namespace

Incidents incidents_of(const ShopTables& shop, const CaseFile* cases, Time as_of,
                       const emptor::Context& context) {
  Incidents out;
  const auto times = shop.orders.line_times();
  const Time first = *std::min_element(times.begin(), times.end());
  find_unusual(shop, first, as_of, out, context);
  find_returns(shop, out);
  if (cases != nullptr) find_cases(shop, *cases, first, as_of, out);
  return out;
}

}  // namespace storefront
