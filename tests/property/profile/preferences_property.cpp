// Preferences by definition over all values, in any order, merged, taken out again, and seen before
// later things happened.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "emptor/profile/preferences.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

struct Facts {
  std::vector<FeatureEvent> lines;
  std::vector<CustomerEvent> events;
};

Time any_time() {
  return Time{std::chrono::minutes{*rc::gen::inRange(0, 60 * 24 * 60)}};
}

template <class Id>
Id any_id(std::uint32_t below) {
  const auto number = *rc::gen::inRange<std::uint32_t>(0, below + 1);
  return number == below ? no_id<Id> : Id{number};
}

Facts any_facts() {
  Facts out;
  out.lines.resize(*rc::gen::inRange<std::size_t>(0, 25));
  for (FeatureEvent& line : out.lines) {
    line = {.order = Order{*rc::gen::inRange<std::uint32_t>(0, 8)},
            .category = any_id<Category>(5),
            .brand = any_id<Brand>(30),
            .time = any_time(),
            .amount = *rc::gen::inRange(-20, 500),
            .quantity = *rc::gen::inRange(-1, 4),
            .channel = any_id<Channel>(2)};
  }
  out.events.resize(*rc::gen::inRange<std::size_t>(0, 10));
  for (CustomerEvent& event : out.events) {
    event = {.time = any_time(),
             .kind = *rc::gen::element(EventKind::view, EventKind::cart, EventKind::dislike),
             .category = any_id<Category>(6),
             .channel = any_id<Channel>(3)};
  }
  return out;
}

PreferenceOptions any_options() {
  PreferenceOptions options;
  options.weight = *rc::gen::element(PreferenceWeight::lines, PreferenceWeight::orders,
                                     PreferenceWeight::units, PreferenceWeight::amount);
  options.half_life_days =
      *rc::gen::element<std::optional<double>>(std::nullopt, 0.5, 7.0, 30.0, 400.0);
  options.strength = *rc::gen::element(0.0, 0.5, 5.0);
  options.offset = std::chrono::minutes{*rc::gen::inRange(-600, 600)};
  if (*rc::gen::arbitrary<bool>()) options.price_edges = {0, 90, 200};
  return options;
}

template <class T>
void shuffle(std::vector<T>& facts) {
  for (std::size_t i = facts.size(); i > 1; --i) {
    std::swap(facts[i - 1], facts[*rc::gen::inRange<std::size_t>(0, i)]);
  }
}

using Weights = std::map<std::uint32_t, double>;

/// Faded weights of one customer's values by definition.
Weights weights_of(PreferenceDimension dimension, const Facts& facts,
                   const PreferenceOptions& options, Time as_of) {
  const auto day = [&](Time time) { return local_day(time, options.offset); };
  const auto faded = [&](Time time) {
    const double age = static_cast<double>((day(as_of) - day(time)).count());
    if (!options.half_life_days) return 1.0;
    return std::ldexp(std::round(std::exp2(30 - age / *options.half_life_days)), -30);
  };
  const auto clock = [&](Time time) -> std::uint32_t {
    if (dimension == PreferenceDimension::weekday) {
      return std::chrono::weekday{day(time)}.iso_encoding() - 1;
    }
    return static_cast<std::uint32_t>(
        std::chrono::floor<std::chrono::hours>(time + options.offset - day(time)).count());
  };
  const auto value_of = [&](const auto& fact) {
    if (dimension == PreferenceDimension::channel) return static_cast<std::uint32_t>(fact.channel);
    if (dimension == PreferenceDimension::category) {
      return static_cast<std::uint32_t>(fact.category);
    }
    if (dimension == PreferenceDimension::brand) return static_cast<std::uint32_t>(fact.brand);
    return clock(fact.time);
  };
  Weights out;
  std::map<std::pair<std::uint32_t, Order>, Time> orders;
  for (const FeatureEvent& line : facts.lines) {
    if (line.amount < 0 || line.quantity < 0 || line.time > as_of) continue;
    std::uint32_t value = 0;
    if (dimension == PreferenceDimension::price_band) {
      if (line.quantity == 0 || options.price_edges.empty()) continue;
      const std::int64_t price = static_cast<std::int64_t>(
          std::nearbyint(static_cast<double>(line.amount) / line.quantity));
      for (const std::int64_t edge : options.price_edges) value += price >= edge ? 1 : 0;
    } else {
      value = value_of(line);
    }
    if (value == 0xffffffff) continue;
    switch (options.weight) {
      case PreferenceWeight::lines:
        out[value] += 100 * faded(line.time);
        break;
      case PreferenceWeight::units:
        out[value] += 100.0 * line.quantity * faded(line.time);
        break;
      case PreferenceWeight::amount:
        out[value] += static_cast<double>(line.amount) * faded(line.time);
        break;
      case PreferenceWeight::orders: {
        const auto [first, is_new] = orders.emplace(std::pair(value, line.order), line.time);
        first->second = std::min(first->second, line.time);
        break;
      }
    }
  }
  for (const auto& [key, time] : orders) out[key.first] += 100 * faded(time);
  if (options.weight == PreferenceWeight::amount) return out;
  for (const CustomerEvent& event : facts.events) {
    if (event.time > as_of || dimension == PreferenceDimension::price_band) continue;
    const double weight = options.event_weights[static_cast<std::size_t>(event.kind)];
    const std::uint32_t value = value_of(event);
    if (value != 0xffffffff && weight > 0) out[value] += weight * faded(event.time);
  }
  return out;
}

bool near(double a, double b) {
  return std::abs(a - b) <= 1e-12 * (1 + std::abs(a));
}

}  // namespace

TEST_CASE("preferences by definition") {
  test::check_property("preferences twin", [] {
    const PreferenceOptions options = any_options();
    const Time as_of = any_time();
    const std::vector<Facts> shop{any_facts(), any_facts(), any_facts()};
    PreferenceTotals totals(options, as_of);
    double line_weight = 0;
    int lines = 0;
    for (const Facts& facts : shop) {
      totals.add(facts.lines, facts.events);
      for (const FeatureEvent& line : facts.lines) {
        if (line.amount < 0 || line.quantity < 0 || line.time > as_of) continue;
        ++lines;
        line_weight += options.weight == PreferenceWeight::units ? 100.0 * line.quantity
                       : options.weight == PreferenceWeight::amount
                           ? static_cast<double>(line.amount)
                           : 100.0;
      }
    }
    const double strength = options.strength * (lines == 0 ? 100 : line_weight / lines);
    const PreferencePrior prior = totals.prior();
    const Facts outsider = any_facts();
    for (const Facts* facts : {&shop[0], &outsider}) {
      const CustomerPreferences seen = prior.of(facts->lines, facts->events);
      for (std::size_t d = 0; d < preference_dimensions; ++d) {
        const auto dimension = static_cast<PreferenceDimension>(d);
        Weights all;
        double total = 0;
        for (const Facts& of : shop) {
          for (const auto& [value, weight] : weights_of(dimension, of, options, as_of)) {
            all[value] += weight;
            total += weight;
          }
        }
        Weights own = weights_of(dimension, *facts, options, as_of);
        std::erase_if(all, [](const auto& entry) { return entry.second == 0; });
        std::erase_if(own, [](const auto& entry) { return entry.second == 0; });
        double weight = 0;
        for (const auto& [value, w] : own) weight += w;
        const Preference& got = seen.in(dimension);
        RC_ASSERT(near(got.weight, weight));
        const double mass = total > 0 ? strength : 0;
        RC_ASSERT(near(got.confidence, weight + mass > 0 ? weight / (weight + mass) : 0));
        std::set<std::uint32_t> values;
        for (const auto& [value, w] : all) values.insert(value);
        for (const auto& [value, w] : own) values.insert(value);
        double entropy = 0;
        double top_share = 0;
        for (const std::uint32_t value : values) {
          const double s = total > 0 && all.contains(value) ? all[value] / total : 0;
          const double w = own.contains(value) ? own[value] : 0;
          const double p = weight + mass > 0 ? (w + mass * s) / (weight + mass) : s;
          if (p > 0) entropy -= p * std::log(p);
          top_share = std::max(top_share, p);
          for (const PreferredValue& known : seen.values_of(dimension)) {
            if (known.value == value) RC_ASSERT(near(known.share, p));
          }
        }
        RC_ASSERT(near(got.entropy, entropy));
        RC_ASSERT(near(got.top_share, top_share));
        RC_ASSERT(got.top.has_value() == (top_share > 0));
        if (values.size() > 1) {
          RC_ASSERT(std::abs(got.evenness - entropy / std::log(values.size())) < 1e-11);
        }
      }
    }
  });
}

TEST_CASE("totals do not depend on any order, merge and can be taken back") {
  test::check_property("preferences merge", [] {
    const PreferenceOptions options = any_options();
    const Time as_of = any_time();
    const Facts a = any_facts();
    const Facts b = any_facts();
    Facts c = any_facts();
    PreferenceTotals all(options, as_of);
    all.add(a.lines, a.events);
    all.add(b.lines, b.events);
    all.add(c.lines, c.events);
    shuffle(c.lines);
    shuffle(c.events);
    PreferenceTotals other(options, as_of);
    other.add(c.lines, c.events);
    PreferenceTotals parts(options, as_of);
    parts.add(b.lines, b.events);
    parts.add(a.lines, a.events);
    other.merge(parts);
    RC_ASSERT(other == all);
    other.remove(c.lines, c.events);
    RC_ASSERT(other == parts);
    const PreferencePrior prior = all.prior();
    Facts shuffled = a;
    shuffle(shuffled.lines);
    shuffle(shuffled.events);
    RC_ASSERT(prior.of(a.lines, a.events) == prior.of(shuffled.lines, shuffled.events));
  });
}

TEST_CASE("nothing from after as_of changes a preference") {
  test::check_property("preferences leak", [] {
    const PreferenceOptions options = any_options();
    const Time as_of = any_time();
    const Facts all = any_facts();
    Facts before = all;
    std::erase_if(before.lines, [&](const FeatureEvent& line) { return line.time > as_of; });
    std::erase_if(before.events, [&](const CustomerEvent& event) { return event.time > as_of; });
    PreferenceTotals with(options, as_of);
    PreferenceTotals without(options, as_of);
    with.add(all.lines, all.events);
    without.add(before.lines, before.events);
    RC_ASSERT(with == without);
    RC_ASSERT(with.prior().of(all.lines, all.events) ==
              with.prior().of(before.lines, before.events));
  });
}
