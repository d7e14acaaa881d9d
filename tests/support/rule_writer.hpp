#pragma once

/// @file
/// Random shops and random segment rules, for the compiled rules and their twin (rule_twin.hpp).

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "emptor/core/random.hpp"
#include "support/rule_twin.hpp"

namespace emptor::test {

/// Random rules as text.
class RuleWriter {
 public:
  explicit RuleWriter(RandomStream& random) : random_(random) {}

  std::string rule(int depth, int earlier_segments) {
    const unsigned what = random_.below(depth > 0 ? 10 : 5);
    if (what == 5)
      return "(" + rule(depth - 1, earlier_segments) + " and " + rule(depth - 1, earlier_segments) +
             ")";
    if (what == 6)
      return "(" + rule(depth - 1, earlier_segments) + " or " + rule(depth - 1, earlier_segments) +
             ")";
    if (what == 7) return "not " + rule(depth - 1, earlier_segments);
    if (what == 8) {
      return pick({"at least ", "at most ", "exactly "}) + std::string(pick({"1", "2"})) + " of (" +
             rule(depth - 1, earlier_segments) + ", " + rule(depth - 1, earlier_segments) + ")";
    }
    if (what == 9 && earlier_segments > 0) {
      return text("segment \"s", random_.below(static_cast<std::uint32_t>(earlier_segments)), "\"");
    }
    return condition();
  }

 private:
  std::string pick(std::initializer_list<const char*> words) {
    return words.begin()[random_.below(static_cast<std::uint32_t>(words.size()))];
  }
  std::string number(unsigned most) { return text(random_.below(most)); }
  std::string sign() { return " " + pick({"=", "!=", "<", "<=", ">", ">="}) + " "; }
  std::string duration() {
    return pick(
        {"1 second", "2 hours", "1 day", "3 days", "10 days", "2 weeks", "40 days", "90 days"});
  }
  std::string date() {
    return pick({"2024-01-10", "2024-02-01", "2024-02-29T12:30:00", "2024-03-15"});
  }
  std::string source() {
    return pick({"orders", "sales", "refunds", "lines", "events", "view", "cart", "share"});
  }
  static bool of_lines(const std::string& source) {
    return source == "sales" || source == "refunds" || source == "lines";
  }
  std::string test(const std::string& source) {
    const bool lines = of_lines(source), orders = source == "orders";
    switch (random_.below(8)) {
      case 0:
        if (lines || orders) return "amount" + sign() + number(60) + ".5";
        return pick({"kind = view", "kind in (cart, share)", "kind != view"});
      case 1:
        if (lines || orders) return "quantity" + sign() + number(4);
        return "item is present";
      case 2:
        return orders ? "lines" + sign() + number(4)
                      : "category = " + pick({"\"a\"", "\"b\"", "\"new\""});
      case 3:
        return orders ? "channel is absent" : "category not in (\"a\", \"c\")";
      case 4:
        return "hour" + sign() + number(24);
      case 5:
        return "weekday in_range";
      case 6:
        return orders ? "channel != \"web\"" : "brand is absent";
      default:
        return "channel = " + pick({"\"web\"", "\"shop\""});
    }
  }
  std::string filter(const std::string& source) {
    std::string out = test(source);
    if (out == "weekday in_range") out = "weekday between 2 and 5";
    if (random_.below(3) == 0) {
      std::string more = test(source);
      if (more == "weekday in_range") more = "weekday > 5";
      out = random_.below(2) == 0 ? out + " and " + more : "not (" + out + " or " + more + ")";
    }
    return out;
  }
  std::string plain_stream(bool parentheses) {
    const std::string of = source();
    if (random_.below(2) == 0) return of;
    const std::string whole = of + " where " + filter(of);
    return parentheses ? "(" + whole + ")" : whole;
  }
  std::string window() {
    switch (random_.below(9)) {
      case 0:
      case 1:
        return " in last " + duration();
      case 2:
        return " from 20 days to " + pick({"0 days", "3 days", "10 days"}) + " ago";
      case 3:
        return " in " + pick({"this ", "previous "}) +
               pick({"day", "week", "month", "quarter", "year"});
      case 4:
        return pick({" since ", " before "}) + date();
      case 5:
        return " between 2024-01-20 and 2024-02-20";
      case 6:
        return pick({" since ", " after ", " before "}) + pick({"first ", "last "}) +
               plain_stream(true);
      case 7:
        return " within " + duration() + pick({" after ", " before "}) + pick({"first ", "last "}) +
               plain_stream(true);
      default:
        return "";
    }
  }
  std::string stream(const std::string& of) {
    std::string out = of + window();
    if (random_.below(2) == 0) out += " where " + filter(of);
    return out;
  }
  std::string condition() {
    const std::string of = source();
    const std::string lines = pick({"sales", "lines", "orders", "refunds"});
    switch (random_.below(12)) {
      case 0:
      case 1:
        return "count(" + stream(of) + ")" + sign() + number(5);
      case 2:
        return pick({"sum", "min", "max", "average"}) + "(amount of " + stream(lines) + ")" +
               sign() + number(90) + ".25 EUR";
      case 3:
        return pick({"sum", "min", "max", "average"}) + "(quantity of " + stream(lines) + ")" +
               sign() + number(5) + pick({"", ".5"});
      case 4:
        return "age(" + pick({"first(", "last("}) + stream(of) + "))" + sign() + duration();
      case 5:
        return pick({"first(", "last("}) + stream(of) + ")" + sign() + date();
      case 6:
        return "distinct(" + pick({"item", "day", "channel", "category", "item.brand"}) + " of " +
               stream(pick({"sales", "view", "events", "lines"})) + ")" + sign() + number(4);
      case 7: {
        std::string out = "did(" + plain_stream(false) + " then " + plain_stream(false);
        if (random_.below(2) == 0) out += " within " + duration();
        if (random_.below(3) == 0) out += " without " + plain_stream(false);
        if (random_.below(3) == 0) out += " then " + plain_stream(false) + " within " + duration();
        if (random_.below(2) == 0)
          out += " then no " + plain_stream(false) + " within " + duration();
        const std::string span = window();
        return out + (span.empty() ? "" : "," + span) + ")";
      }
      case 8:
        return pick({"last(", "min(amount of "}) + stream("sales") + ") is " +
               pick({"absent", "present"});
      case 9:
        return "count(" + stream(of) + ")" + sign() + "count(" + stream(source()) + ")";
      case 10:
        return pick({"tag \"vip\"", "tag \"staff\"", "consent(\"mail\")",
                     "consent(\"mail\", \"web\") is denied", "consent(\"mail\") is unknown"});
      default:
        return pick({"customer.country = \"FR\"", "customer.country not in (\"FR\", \"DE\")",
                     "customer.country is absent", "customer.age >= 30.5", "customer.age != 20",
                     "customer.age is present", "count(orders) < customer.age"});
    }
  }

  RandomStream& random_;
};

/// A few customers in the first months of 2024.
inline TwinShop random_shop(RandomStream& random, std::uint32_t people, int happenings) {
  TwinShop shop;
  shop.schema.attributes = {{"country", RuleType::text}, {"age", RuleType::number}};
  shop.schema.item_columns = {"category", "brand"};
  shop.schema.tags = {"vip", "staff"};
  shop.schema.purposes = {"mail"};
  shop.schema.channels = {"web"};
  shop.schema.offset = UtcOffset{random.below(3) == 0 ? 480 : random.below(2) == 0 ? -300 : 0};
  constexpr std::int64_t start = 1'704'067'200;  // 2024-01-01
  const auto when = [&] {
    const std::int64_t days = random.below(80);
    // Coarse times meet each other, and the edges of windows.
    return start + days * 86'400 + random.below(3) * 28'800 +
           (random.below(4) == 0 ? random.below(3) : 0);
  };
  (void)shop.customers.column("country");
  (void)shop.customers.column("age");
  (void)shop.items.column("category");
  (void)shop.items.column("brand");
  for (std::uint32_t c = 0; c < people; ++c) {
    const Customer customer = shop.customers.add(text("c", c));
    const char* countries[] = {"FR", "DE", "IT"};
    if (random.below(3) != 0)
      shop.customers.column("country").set(customer, countries[random.below(3)]);
    const char* ages[] = {"20", "30.5", "3", "unknown"};
    if (random.below(3) != 0) shop.customers.column("age").set(customer, ages[random.below(4)]);
    shop.owners.push_back(customer);
    shop.tags.emplace_back();
    shop.consents.emplace_back();
    for (unsigned i = random.below(4); i > 0; --i) {
      const Time from{std::chrono::seconds{when()}};
      shop.tags.back().add({.tag = Tag{random.below(2)},
                            .time = from,
                            .until = random.below(2) == 0
                                         ? Time::max()
                                         : from + std::chrono::days{1 + random.below(20)},
                            .off = random.below(3) == 0});
      shop.consents.back().add({.customer = customer,
                                .purpose = Purpose{0},
                                .channel = random.below(2) == 0 ? all_channels : Channel{0},
                                .state = ConsentState(random.below(4)),
                                .time = Time{std::chrono::seconds{when()}}});
    }
  }
  for (std::uint32_t i = 0; i < 6; ++i) {
    const Item item = shop.items.add(text("i", i));
    const char* categories[] = {"a", "b", "c"};
    if (i > 0) shop.items.column("category").set(item, categories[i % 3]);
    if (i % 2 == 0) shop.items.column("brand").set(item, i == 0 ? "x" : "y");
  }
  const char* channels[] = {"", "web", "shop"};
  for (int i = 0; i < happenings; ++i) {
    TwinHappening one{.line = random.below(2) == 0, .customer = Customer{random.below(people)}};
    one.order = random.below(static_cast<std::uint32_t>(happenings) / 3 + 1);
    one.item = one.line || random.below(4) != 0 ? Item{random.below(6)} : no_item;
    one.time = when();
    one.amount = static_cast<std::int64_t>(random.below(6000)) - (random.below(5) == 0 ? 4000 : 0);
    one.quantity = static_cast<std::int32_t>(random.below(4)) + (random.below(8) == 0 ? -4 : 1);
    one.channel = channels[random.below(3)];
    const EventKind kinds[] = {EventKind::view, EventKind::cart, EventKind::share};
    one.kind = kinds[random.below(3)];
    if (!one.line) one.amount = 0;
    shop.happenings.push_back(one);
  }
  return shop;
}

inline std::vector<SegmentDefinition> random_rules(RandomStream& random, int count) {
  std::vector<SegmentDefinition> out;
  RuleWriter writer(random);
  for (int s = 0; s < count; ++s) {
    std::string rule = writer.rule(static_cast<int>(random.below(3)), s);
    while (rule.empty()) rule = writer.rule(1, s);
    out.push_back({text("s", s), std::move(rule)});
  }
  return out;
}

}  // namespace emptor::test
