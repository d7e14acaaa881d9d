// Segments by rules in a small language: who is in them, why, and who enters or leaves as customers
// do things and time goes by.

#include <iostream>

#include "emptor/segment/rule_batch.hpp"
#include "emptor/segment/rule_stream.hpp"

namespace {

emptor::Time day(unsigned month, unsigned number, int hour = 12) {
  const emptor::Day date{std::chrono::year{2025} / std::chrono::month{month} /
                         std::chrono::day{number}};
  return date + std::chrono::hours{hour};
}

void print(std::span<const emptor::SegmentChange> changes, const emptor::RuleSegments& segments,
           const emptor::Customers& customers) {
  for (const emptor::SegmentChange& one : changes) {
    std::cout << "  " << emptor::to_string(one.time) << "  " << customers.key(one.customer)
              << (one.entered ? " enters " : " leaves ") << segments.definitions()[one.segment].name
              << ": " << segments.clause(one.clause) << "\n";
  }
}

}  // namespace

int main() {
  emptor::Customers customers;
  emptor::Items items;
  emptor::OrdersBuilder builder(customers, items, {.currency = emptor::Currency("EUR")});
  const auto buy = [&](const char* who, emptor::Time when, std::int64_t cents, const char* what) {
    builder.add(who, when, emptor::Money(cents, emptor::Currency("EUR")), what);
  };
  buy("Ada", day(1, 5), 4000, "boots");
  buy("Bob", day(1, 7), 9900, "coat");
  buy("Ada", day(2, 20), 8000, "sandals");
  buy("Ada", day(3, 1), 1500, "socks");
  buy("Cyd", day(3, 2), 2500, "boots");
  buy("Cyd", day(3, 9), 2500, "boots");
  items.column("category").set(*items.find("boots"), "shoes");
  items.column("category").set(*items.find("sandals"), "shoes");
  customers.column("country").set(*customers.find("Bob"), "FR");
  const emptor::Orders orders = std::move(builder).finish();

  // What rules may speak of, and the rules.
  emptor::RuleSchema schema;
  schema.attributes = {{"country", emptor::RuleType::text}};
  schema.item_columns = {"category"};
  const emptor::SegmentDefinition definitions[] = {
      {"active", "count(orders in last 30 days) >= 2"},
      {"shoe lovers", "sum(amount of sales where category = \"shoes\") >= 100 EUR"},
      {"sleeping", "age(last(orders)) >= 60 days"},
      {"win back", "segment \"sleeping\" and customer.country = \"FR\""},
      {"left a cart", "did(cart then no orders within 1 day, in last 7 days)"},
  };
  const emptor::RuleSegments segments = emptor::RuleSegments::compile(definitions, schema).value();

  // Everybody as of one instant.
  const emptor::RuleBatch batch(segments,
                                {.customers = &customers, .items = &items, .orders = &orders});
  const emptor::SegmentSets march = batch.at(day(3, 15));
  for (std::size_t s = 0; s < segments.size(); ++s) {
    std::cout << segments.definitions()[s].name << ":";
    march.sets[s].for_each([&](emptor::Customer c) { std::cout << ' ' << customers.key(c); });
    std::cout << "\n";
  }

  std::cout << "\nWhy is Bob there?\n";
  for (const emptor::RuleClause& clause :
       batch.explain(*segments.find("win back"), *customers.find("Bob"), day(3, 15)).clauses) {
    std::cout << "  " << std::string(2 * static_cast<std::size_t>(clause.depth), ' ')
              << (clause.holds ? "yes  " : "no   ") << clause.text
              << (clause.value.empty() ? "" : " [" + clause.value + "]") << "\n";
  }

  // The same as things happen.
  std::cout << "\nAs it happens\n";
  emptor::SegmentStream stream(segments, day(1, 1), &customers, &items);
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    const emptor::Time time = orders.line_times()[line];
    if (time > stream.now()) print(stream.advance(time), segments, customers);
    print(stream.add(emptor::SegmentOrderLine{.customer = orders.line_customers()[line],
                                              .order = orders.line_orders()[line],
                                              .item = orders.line_items()[line],
                                              .time = time,
                                              .amount = orders.line_amounts()[line]}),
          segments, customers);
  }
  print(stream.add(emptor::SegmentEvent{.customer = *customers.find("Cyd"),
                                        .kind = emptor::EventKind::cart,
                                        .item = *items.find("coat"),
                                        .time = day(3, 14)}),
        segments, customers);
  print(stream.advance(day(6, 1)), segments, customers);

  // Mistakes are found before anything runs, and where they are.
  std::cout << "\n"
            << emptor::parse_rule("sum(amount of sales) > 30 days", schema).error().to_string()
            << "\n"
            << emptor::parse_rule("customer.contry = \"FR\"", schema).error().to_string() << "\n";
}
