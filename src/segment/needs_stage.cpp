#include "emptor/segment/needs_stage.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "emptor/core/error.hpp"

namespace emptor {

namespace {

constexpr double seconds_a_day = 86'400;

void check(const NeedsOptions& options) {
  require_option(options.half_life_days > 0 && options.half_life_days < 1e9, "half_life_days",
                 "in (0, 1e9)", options.half_life_days);
  for (const NeedsWeights& w : options.weights) {
    for (const double weight : {w.aware, w.considering, w.deciding, options.repeated_view}) {
      require_option(std::abs(weight) < 1e100, "weights", "finite", weight);
    }
  }
  require_option(options.repeated_views >= 0, "repeated_views", ">= 0", options.repeated_views);
  const auto threshold = [](double value, std::string_view option) {
    require_option(value > 0, option, "> 0", value);
  };
  threshold(options.aware_at, "aware_at");
  threshold(options.considering_at, "considering_at");
  threshold(options.deciding_at, "deciding_at");
}

NeedsStage stage_of(const CustomerNeed& need, const NeedsOptions& options) {
  if (need.deciding >= options.deciding_at) return NeedsStage::deciding;
  if (need.considering >= options.considering_at) return NeedsStage::considering;
  return need.aware >= options.aware_at ? NeedsStage::aware : NeedsStage::none;
}

/// A customer's need by number: customer << 32 | category.
using Need = std::uint64_t;
constexpr std::uint32_t no_category = 0xffffffffU;

Need need_of(Customer customer, std::uint32_t category) {
  return std::uint64_t{index(customer)} << 32 | category;
}

template <class CategoryOf>
NeedsReport stages(const Events& events, const Orders& orders, const NeedsOptions& options,
                   CategoryOf category_of) {
  check(options);
  // The last purchase of each need, and of the customer in anything.
  std::unordered_map<Need, Time> ended;
  const auto note = [&](Need need, Time time) {
    const auto [at, fresh] = ended.try_emplace(need, time);
    if (!fresh) at->second = std::max(at->second, time);
  };
  for (std::size_t line = 0; options.purchase_ends && line < orders.lines(); ++line) {
    const Customer customer = orders.line_customers()[line];
    const Time time = orders.line_times()[line];
    if (customer == no_customer || orders.is_refund(line) || orders.line_amounts()[line] <= 0 ||
        time > options.as_of) {
      continue;
    }
    const std::uint32_t category = category_of(orders.line_items()[line]);
    if (category != no_category) note(need_of(customer, category), time);
    note(need_of(customer, no_category), time);
  }

  struct Entry {
    Need need;
    std::size_t event;
  };
  std::vector<Entry> entries;
  for (std::size_t e = 0; e < events.size(); ++e) {
    if (events.customers()[e] == no_customer || events.times()[e] > options.as_of) continue;
    const Item item = events.items()[e];
    const Need need =
        need_of(events.customers()[e], item == no_item ? no_category : category_of(item));
    const auto end = ended.find(need);
    if (end == ended.end() || events.times()[e] > end->second) entries.push_back({need, e});
  }
  const auto times = events.times();
  std::sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
    if (a.need != b.need) return a.need < b.need;
    return times[a.event] != times[b.event] ? times[a.event] < times[b.event] : a.event < b.event;
  });

  NeedsReport out;
  out.options = options;
  std::unordered_map<Item, int> views;
  for (std::size_t i = 0; i < entries.size();) {
    const Need need = entries[i].need;
    CustomerNeed one{.customer = id_at<Customer>(need >> 32),
                     .category = static_cast<std::uint32_t>(need)};
    views.clear();
    for (; i < entries.size() && entries[i].need == need; ++i) {
      const std::size_t e = entries[i].event;
      const EventKind kind = events.kinds()[e];
      const double age = static_cast<double>((options.as_of - times[e]).count()) / seconds_a_day;
      const double decay = std::exp2(-age / options.half_life_days);
      NeedsWeights weights = options.weights[static_cast<std::size_t>(kind)];
      if (kind == EventKind::view && events.items()[e] != no_item && options.repeated_views > 0 &&
          ++views[events.items()[e]] >= options.repeated_views) {
        weights.considering += options.repeated_view;
      }
      one.aware += decay * weights.aware;
      one.considering += decay * weights.considering;
      one.deciding += decay * weights.deciding;
      one.last = times[e];
      ++one.events;
    }
    one.stage = stage_of(one, options);
    ++out.counts[static_cast<std::size_t>(one.stage)];
    out.needs.push_back(one);
  }
  return out;
}

}  // namespace

NeedsReport needs_stages(const Events& events, const Orders& orders, const NeedsOptions& options) {
  return stages(events, orders, options, [](Item) { return no_category; });
}

NeedsReport needs_stages(const Events& events, const Orders& orders,
                         const TextColumn<Item>& categories, const NeedsOptions& options) {
  return stages(events, orders, options,
                [&](Item item) { return static_cast<std::uint32_t>(categories.code_at(item)); });
}

}  // namespace emptor
