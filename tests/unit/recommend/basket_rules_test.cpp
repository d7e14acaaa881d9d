// Frequent itemsets, rules and the recommender made of them, on data small enough to count by hand.

#include "emptor/recommend/basket_rules.hpp"

#include <cmath>
#include <limits>

#include "emptor/core/thread_pool.hpp"
#include "emptor/recommend/basket_rules_model.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

namespace emptor {
namespace {

using test::check_throws;

constexpr Item bread{0};
constexpr Item milk{1};
constexpr Item nappies{2};
constexpr Item beer{3};
constexpr Item eggs{4};
constexpr Item cola{5};

Baskets made(std::size_t items, const std::vector<std::vector<Item>>& lists) {
  std::vector<std::size_t> ends;
  std::vector<Item> all;
  for (const auto& list : lists) {
    all.insert(all.end(), list.begin(), list.end());
    ends.push_back(all.size());
  }
  return {items, ends, all};
}

// The five baskets of Pang-Ning Tan, Michael Steinbach, Vipin Kumar, "Introduction to Data Mining",
// table 6.1.
Baskets textbook() {
  return made(6, {{bread, milk},
                  {bread, nappies, beer, eggs},
                  {milk, nappies, beer, cola},
                  {bread, milk, nappies, beer},
                  {bread, milk, nappies, cola}});
}

TEST_CASE("itemsets of the textbook's baskets") {
  const auto sets = frequent_itemsets(textbook(), {.min_support = 0.6});
  REQUIRE(sets.size() == 8);
  CHECK(sets.baskets() == 5);
  CHECK(sets.count_of(std::vector{bread}) == 4);
  CHECK(sets.count_of(std::vector{milk}) == 4);
  CHECK(sets.count_of(std::vector{nappies}) == 4);
  CHECK(sets.count_of(std::vector{beer}) == 3);
  CHECK(sets.count_of(std::vector{bread, milk}) == 3);
  CHECK(sets.count_of(std::vector{bread, nappies}) == 3);
  CHECK(sets.count_of(std::vector{milk, nappies}) == 3);
  CHECK(sets.count_of(std::vector{nappies, beer}) == 3);
  CHECK(sets.count_of(std::vector{bread, beer}) == 0);
  CHECK(sets.count_of(std::vector<Item>{}) == 0);
  for (std::size_t s = 1; s < sets.size(); ++s) {
    CHECK(sets.itemset(s - 1).size() <= sets.itemset(s).size());
  }
  CHECK(frequent_itemsets(textbook(), {.min_support = 0.6, .max_size = 1}).size() == 4);
  CHECK(frequent_itemsets(textbook(), {.min_support = 1}).size() == 0);
  CHECK(frequent_itemsets(textbook(), {.min_support = 1e-9, .min_count = 5}).size() == 0);
}

TEST_CASE("measures of a rule") {
  const auto rules = basket_rules(frequent_itemsets(textbook(), {.min_support = 0.4}),
                                  {.min_confidence = 0.6, .max_consequent = 2});
  const auto found = std::find_if(rules.begin(), rules.end(), [](const BasketRule& rule) {
    return rule.antecedent == std::vector{milk, nappies} && rule.consequent == std::vector{beer};
  });
  REQUIRE(found != rules.end());
  CHECK(found->support() == 2.0 / 5);
  CHECK(found->confidence() == 2.0 / 3);
  CHECK(found->lift() == Approx(10.0 / 9).epsilon(1e-15));
  CHECK(found->leverage() == Approx(0.4 - 0.6 * 0.6).epsilon(1e-14));
  CHECK(found->conviction() == Approx(1.2).epsilon(1e-14));
  const auto certain = std::find_if(rules.begin(), rules.end(), [](const BasketRule& rule) {
    return rule.antecedent == std::vector{beer} && rule.consequent == std::vector{nappies};
  });
  REQUIRE(certain != rules.end());
  CHECK(certain->conviction() == std::numeric_limits<double>::infinity());
  for (const BasketRule& rule : rules) CHECK(rule.confidence() >= 0.6);
}

TEST_CASE("a share of the baskets that is a whole number asks for that number") {
  std::vector<std::vector<Item>> lists(30, {milk});
  for (int b = 0; b < 3; ++b) lists[static_cast<std::size_t>(b)].push_back(beer);
  CHECK(frequent_itemsets(made(6, lists), {.min_support = 0.1}).count_of(std::vector{beer}) == 3);
}

TEST_CASE("baskets of orders leave refunds out, and of customers all they have") {
  Customers customers;
  Items items;
  OrdersBuilder builder(customers, items, {});
  const auto line = [&](std::string_view order, std::string_view item, std::int64_t amount) {
    builder.add({.order = order, .customer = "a", .item = item, .amount = amount});
  };
  line("1", "x", 5);
  line("2", "y", 5);
  line("1", "z", 5);
  line("1", "x", 5);
  line("2", "x", -5);
  line("3", "y", -5);
  const Baskets baskets = baskets_of(std::move(builder).finish(), items.size());
  REQUIRE(baskets.size() == 3);
  CHECK(baskets.entries() == 3);
  const auto first = baskets.basket(0);
  CHECK(std::vector<Item>(first.begin(), first.end()) ==
        std::vector{*items.find("x"), *items.find("z")});
  CHECK(baskets.basket(1).size() == 1);
  CHECK(baskets.basket(2).empty());

  const Interactions data = test::taste_data(30, 20, true);
  const Baskets histories = baskets_of(data);
  REQUIRE(histories.size() == 30);
  CHECK(histories.entries() == data.entries());
}

TEST_CASE("wrong baskets and options are refused by name") {
  const std::vector<Item> items{milk, beer};
  const std::vector<std::size_t> short_end{1};
  const std::vector<std::size_t> long_end{3};
  const std::vector<std::size_t> all{2};
  check_throws(ErrorCode::invalid_shape, "1 of 2 items", [&] { Baskets(6, short_end, items); });
  check_throws(ErrorCode::invalid_shape, "ascend", [&] { Baskets(6, long_end, items); });
  check_throws(ErrorCode::out_of_range, "item 3 is unknown", [&] { Baskets(3, all, items); });

  const auto refused = [](const char* part, const ItemsetOptions& options) {
    check_throws(ErrorCode::invalid_option, part,
                 [&] { (void)frequent_itemsets(textbook(), options); });
  };
  refused("'min_support' must be in (0, 1], got 0", {.min_support = 0});
  refused("'min_support'", {.min_support = std::nan("")});
  refused("'min_count' must be >= 1, got 0", {.min_count = 0});
  refused("'max_size' must be >= 1, got 0", {.max_size = 0});
  refused("'max_itemsets' must be >= 1, got 0", {.max_itemsets = 0});
  check_throws(ErrorCode::overflow, "more than 5 itemsets are in at least 2 baskets", [&] {
    (void)frequent_itemsets(textbook(), {.min_support = 0.1, .max_itemsets = 5});
  });
  const auto sets = frequent_itemsets(textbook());
  check_throws(ErrorCode::invalid_option, "'min_confidence'",
               [&] { (void)basket_rules(sets, {.min_confidence = 1.1}); });
  check_throws(ErrorCode::invalid_option, "'min_lift'",
               [&] { (void)basket_rules(sets, {.min_lift = -1}); });
  check_throws(ErrorCode::invalid_option, "'max_consequent'",
               [&] { (void)basket_rules(sets, {.max_consequent = 0}); });
  check_throws(ErrorCode::invalid_shape, "baskets of 6 items, interactions of 0",
               [&] { (void)fit_basket_rules(textbook(), Interactions{}); });
}

TEST_CASE("nothing, and being stopped") {
  CHECK(frequent_itemsets(Baskets{}).size() == 0);
  CHECK(frequent_itemsets(made(3, {{}, {}})).size() == 0);
  CHECK(basket_rules(frequent_itemsets(Baskets{})).empty());
  std::vector<std::vector<Item>> lists(2);  // two alike: every item is in both
  for (std::size_t i = 0; i < 200; ++i) {
    for (auto& list : lists) list.push_back(id_at<Item>(i));
  }
  Context context;
  context.progress = [](const ProgressStep&) { return Go::stop; };
  const ItemsetOptions options{.max_size = 1};
  CHECK(frequent_itemsets(made(200, lists), options, context).stopped());
  CHECK(frequent_itemsets(made(200, lists), options, context).size() == 64);
  CHECK(frequent_itemsets(made(200, lists), options).size() == 200);
}

TEST_CASE("basket rules are a recommender") {
  for (const RuleStrength strength :
       {RuleStrength::confidence, RuleStrength::lift, RuleStrength::leverage}) {
    test::check_recommender(
        [&](const Interactions& data, const Context& context) {
          return fit_basket_rules(
                     baskets_of(data), data,
                     {.itemsets = {.min_support = 1e-6, .max_size = 3}, .strength = strength},
                     context)
              .model;
        },
        {.name = "basket rules", .weights_matter = false});
  }
}

TEST_CASE("a live basket gets the strongest rule, and its reason") {
  InteractionLog log;
  log.add(Customer{0}, beer);
  const Interactions data(1, 6, log);
  const auto [model, report] =
      fit_basket_rules(textbook(), data, {.itemsets = {.min_support = 0.4}, .min_lift = 0});
  CHECK(report.baskets == 5);
  CHECK(report.rules == model.rules().size());
  const std::vector<Item> in_basket{milk, nappies};
  const FoldedCustomer basket = model.fold_in(in_basket);
  const auto list = model.recommend(basket, 3);
  REQUIRE(list.size() == 3);
  // Bread comes with milk in 3 of 4, cola with both in 2 of 3, beer with nappies in 3 of 4.
  CHECK(list[0] == Recommendation{bread, 0.75F});
  CHECK(list[1] == Recommendation{beer, 0.75F});
  CHECK(list[2] == Recommendation{cola, static_cast<float>(2.0 / 3)});
  const auto rule = model.explain_rule(basket, cola);
  REQUIRE(rule.has_value());
  CHECK(rule->antecedent == std::vector{milk, nappies});
  CHECK(model.explain(basket, cola, 5).parts.size() == 2);
  CHECK_FALSE(model.explain_rule(basket, eggs).has_value());

  log.add(Customer{1}, milk);
  const Interactions grown(2, 6, log);
  const auto updated = model.update(textbook(), grown);
  CHECK(updated.save() ==
        fit_basket_rules(textbook(), grown, {.itemsets = {.min_support = 0.4}, .min_lift = 0})
            .model.save());
  check_throws(ErrorCode::invalid_shape, "not shrunk",
               [&] { (void)updated.update(textbook(), data); });
}

}  // namespace
}  // namespace emptor
