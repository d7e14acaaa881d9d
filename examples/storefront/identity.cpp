#include "identity.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "emptor/evaluate/clustering.hpp"
#include "emptor/identity/explain.hpp"
#include "emptor/segment/rfm_segments.hpp"
#include "emptor/table/order_interactions.hpp"
#include "golden_rules.hpp"

namespace storefront {
namespace {

using emptor::Customer;
using emptor::Record;
using emptor::Time;

Customer customer_at(std::size_t c) {
  return emptor::id_at<Customer>(c);
}

emptor::Customers copy_keys(const emptor::Customers& from) {
  emptor::Customers out;
  for (std::size_t c = 0; c < from.size(); ++c) out.add(from.key(customer_at(c)));
  return out;
}

/// The customer of each record; those that are new get the next ids.
std::vector<Customer> customers_of(const PeopleFile& file, emptor::Customers& customers) {
  std::vector<Customer> out;
  for (std::size_t r = 0; r < file.records.size(); ++r) {
    std::string key;
    if (file.key) key = file.records.value(emptor::id_at<Record>(r), *file.key);
    if (key.empty()) {
      key = emptor::text('#', r + 1);
      while (customers.find(key)) key += '\'';
    }
    out.push_back(customers.add(key));
  }
  return out;
}

/// Records of one customer are one person, whatever else they say.
std::vector<emptor::LabelledPair> same_customers(const std::vector<Customer>& customer_of,
                                                 std::size_t customers) {
  std::vector<emptor::LabelledPair> out;
  std::vector<std::optional<std::uint32_t>> first(customers);
  for (std::size_t r = 0; r < customer_of.size(); ++r) {
    auto& known = first[emptor::index(customer_of[r])];
    const auto record = static_cast<std::uint32_t>(r);
    if (known) {
      out.push_back({.a = *known, .b = record, .match = true});
    } else {
      known = record;
    }
  }
  return out;
}

/// Everything that arrived, on the customers it arrived on.
void fill(const ShopTables& shop, Identity& out) {
  const emptor::Orders& orders = shop.orders;
  const auto* categories = shop.items.find_column("category");
  std::vector<std::vector<emptor::FeatureEvent>> events(shop.customers.size());
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    const Customer customer = orders.line_customers()[line];
    if (customer == emptor::no_customer) continue;
    const emptor::Item item = orders.line_items()[line];
    const auto category = categories ? categories->code_at(item) : emptor::no_id<emptor::TextCode>;
    events[emptor::index(customer)].push_back(
        {.order = orders.line_orders()[line],
         .item = item,
         .category = emptor::id_at<emptor::Category>(emptor::index(category)),
         .time = orders.line_times()[line],
         .amount = orders.line_amounts()[line],
         .quantity = orders.line_quantities()[line],
         .channel = orders.line_channels()[line]});
    out.rfm.add({.customer = customer,
                 .order = orders.line_orders()[line],
                 .time = orders.line_times()[line],
                 .amount = orders.line_amounts()[line],
                 .quantity = orders.line_quantities()[line],
                 .line = line});
  }
  for (std::size_t c = 0; c < events.size(); ++c) out.features.add(customer_at(c), events[c]);
  out.bought.add(emptor::interactions_of(orders, {.weight = emptor::InteractionWeight::quantity}));
  for (std::size_t r = 0; r < out.file.records.size(); ++r) {
    const auto record = emptor::id_at<Record>(r);
    emptor::RecordOrigin origin{.customer = out.customer_of[r], .time = out.times[r]};
    if (out.file.source) {
      const std::string_view source = out.file.records.value(record, *out.file.source);
      if (!source.empty()) origin.source = out.sources.add(source);
    }
    out.profiles.add(record, origin);
  }
}

/// Tells the hub what linking found, merge by merge, with the evidence of the pair that decided.
void merge(Time now, Identity& out) {
  emptor::LinkageExplainer explainer(out.linkage);
  for (const emptor::MergeStep& step : out.linkage.clustering.steps) {
    const Customer kept = out.customer_of[step.kept];
    const Customer absorbed = out.customer_of[step.absorbed];
    if (kept == absorbed) continue;
    const emptor::PairExplanation pair = explainer.evidence(step.a, step.b);
    emptor::MergeEvidence evidence{
        .rule = step.forced ? "key" : "model",
        .weight = pair.weight,
        .records = {emptor::id_at<Record>(step.a), emptor::id_at<Record>(step.b)}};
    for (const auto& part : pair.parts) {
      if (part.weight != 0) evidence.parts.push_back({part.name, part.weight});
    }
    out.hub.merge(kept, absorbed, now,
                  step.forced ? "one customer key" : emptor::evidence_line(pair, 3),
                  std::move(evidence));
  }
}

Time latest_of(const ShopTables& shop, const std::vector<Time>& times) {
  Time latest = Time::min();
  for (const Time time : shop.orders.line_times()) latest = std::max(latest, time);
  for (const Time time : times) latest = std::max(latest, time);
  return latest == Time::min() ? Time{} : latest;
}

std::vector<Time> times_of(const PeopleFile& file) {
  std::vector<Time> out;
  for (std::size_t r = 0; r < file.records.size(); ++r) {
    out.push_back(time_of(file, emptor::id_at<Record>(r)));
  }
  return out;
}

}  // namespace

Identity::Identity(PeopleFile read, const ShopTables& shop, const emptor::Context& context)
    : file(std::move(read)),
      customers(copy_keys(shop.customers)),
      customers_with_orders(shop.customers.size()),
      customer_of(customers_of(file, customers)),
      times(times_of(file)),
      linkage(emptor::link(file.records, file.schema, {},
                           same_customers(customer_of, customers.size()), context)),
      profiles(file.records, golden_rules(file)) {
  for (const Customer customer : customer_of) records_of_buyers += has_orders(customer) ? 1 : 0;
  fill(shop, *this);
  hub.add("features", features);
  hub.add("rfm", rfm);
  hub.add("bought", bought);
  hub.add("profiles", profiles);
  merge(latest_of(shop, times), *this);
}

ShopTables merged_shop(const ShopTables& shop, const Identity& identity) {
  ShopTables out;
  out.items = shop.items;
  const emptor::Orders& orders = shop.orders;
  emptor::OrdersBuilder builder(
      out.customers, out.items,
      {.currency = orders.currency(), .price_scale = orders.price_scale()});
  builder.reserve(orders.lines());
  const auto* countries = shop.customers.find_column("country");
  auto* merged_countries = countries ? &out.customers.column("country") : nullptr;
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    const Customer customer = orders.line_customers()[line];
    Customer owner = emptor::no_customer;
    if (customer != emptor::no_customer) {
      owner = out.customers.add(identity.customers.key(identity.owner(customer)));
      if (countries && !merged_countries->at(owner)) {
        if (const auto country = countries->at(customer)) merged_countries->set(owner, *country);
      }
    }
    const emptor::Channel channel = orders.line_channels()[line];
    builder.add(
        {.order = orders.order_keys().key(orders.line_orders()[line]),
         .time = orders.line_times()[line],
         .amount = orders.line_amounts()[line],
         .quantity = orders.line_quantities()[line],
         .channel = channel == emptor::no_id<emptor::Channel> ? std::string_view{}
                                                              : orders.channels().key(channel)},
        owner, orders.line_items()[line]);
  }
  out.orders = std::move(builder).finish();
  return out;
}

MergeEffect effect_of(const ShopTables& before, const Analysis& after, const Identity& identity) {
  MergeEffect out;
  const emptor::RfmResult rfm = emptor::rfm_of(before.orders, {.as_of = after.as_of});
  out.before.segments = emptor::rfm_segments_of(rfm);
  out.after.segments = after.segments;
  out.came.resize(after.segments.segments.size());
  out.left.resize(after.segments.segments.size());
  const auto count = [&](MergeEffect::Side& side, const emptor::FeatureState& features,
                         const emptor::InteractionSums& bought) {
    const std::uint32_t orders = features.at(after.as_of).orders;
    ++side.customers;
    side.orders += orders;
    side.repeat += orders >= 2 ? 1 : 0;
    side.items += bought.sums().size();
  };
  std::vector<std::size_t> share(identity.customers.size());  // customers of before, by owner
  for (std::size_t c = 0; c < before.customers.size(); ++c) {
    ++share[emptor::index(identity.owner(customer_at(c)))];
    count(out.before, identity.features.arrived(customer_at(c)),
          identity.bought.arrived(customer_at(c)));
  }
  std::vector<std::size_t> segment_of(identity.customers.size(), out.came.size());
  for (std::size_t c = 0; c < share.size(); ++c) {
    if (share[c] == 0) continue;
    out.merged += share[c] > 1 ? share[c] : 0;
    count(out.after, identity.features.of(customer_at(c)), identity.bought.of(customer_at(c)));
    const emptor::RfmState values = identity.rfm.values(customer_at(c));
    if (values.orders == 0) continue;
    const emptor::RfmScore score =
        identity.rfm.score(customer_at(c), after.rfm.thresholds, after.as_of);
    const auto& rules = after.segments.table.rules;
    const auto in = [](std::uint8_t value, const emptor::ScoreRange& range) {
      return range.low <= value && value <= range.high;
    };
    const auto rule = std::find_if(rules.begin(), rules.end(), [&](const emptor::RfmRule& one) {
      return in(score.recency, one.recency) && in(score.frequency, one.frequency) &&
             in(score.monetary, one.monetary);
    });
    segment_of[c] = after.segments.find(rule->segment);
  }
  for (std::size_t row = 0; row < rfm.rows.size(); ++row) {
    const std::size_t was = out.before.segments.of_row[row];
    const std::size_t is = segment_of[emptor::index(identity.owner(rfm.rows[row].customer))];
    if (is == was || is == out.came.size()) continue;
    ++out.changed;
    ++out.left[was];
    ++out.came[is];
  }
  return out;
}

std::vector<std::uint32_t> persons_of(const Identity& identity) {
  std::vector<std::uint32_t> out;
  for (const Customer customer : identity.customer_of) {
    out.push_back(static_cast<std::uint32_t>(identity.owner(customer)));
  }
  return out;
}

IdentityScore score_identity(const Identity& identity, const IdentityTruth& truth) {
  const std::vector<std::uint32_t> found = persons_of(identity);
  const auto with_household =
      emptor::evaluate_clustering(truth.household, found).correct_pairs;  // found and of one home
  IdentityScore out{.found = emptor::evaluate_clustering(truth.person, found)};
  out.wrong_in_household = with_household - out.found.correct_pairs;
  return out;
}

}  // namespace storefront
