#include "emptor/segment/rfm.hpp"

#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr Time day(int n) {
  return Time{std::chrono::days{n}};
}
constexpr Customer customer(std::uint32_t n) {
  return id_at<Customer>(n);
}

/// A customer per purchase: days, amounts; every line its own order.
RfmResult scored(const std::vector<int>& days, const std::vector<std::int64_t>& amounts,
                 const RfmOptions& options = {}) {
  RfmAccumulator accumulator(options);
  for (std::uint32_t i = 0; i < days.size(); ++i) {
    accumulator.add({.customer = customer(i),
                     .order = id_at<Order>(i),
                     .time = day(days[i]),
                     .amount = amounts[i],
                     .line = i});
  }
  return accumulator.score();
}

std::vector<int> monetary_scores(const RfmResult& result) {
  std::vector<int> scores;
  for (const RfmRow& row : result.rows) scores.push_back(row.score.monetary);
  return scores;
}

std::vector<int> recency_scores(const RfmResult& result) {
  std::vector<int> scores;
  for (const RfmRow& row : result.rows) scores.push_back(row.score.recency);
  return scores;
}

}  // namespace

TEST_CASE("ten different customers, five bins: upper edges at ranks 1 + q (n - 1)") {
  // Edges 2.8, 4.6, 6.4, 8.2: bins of 2, 2, 2, 2, 2.
  const RfmResult result =
      scored({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {10, 20, 30, 40, 50, 60, 70, 80, 90, 100});
  CHECK(monetary_scores(result) == std::vector<int>{1, 1, 2, 2, 3, 3, 4, 4, 5, 5});
  CHECK(recency_scores(result) == std::vector<int>{1, 1, 2, 2, 3, 3, 4, 4, 5, 5});
  CHECK(result.thresholds.monetary[0].value == 20);
  CHECK(result.thresholds.recency[0].value == 1);  // days since the last purchase
  CHECK(result.options.as_of == day(9));
}

TEST_CASE("eleven customers: the edge ranks 3, 5, 7, 9 are inclusive") {
  const RfmResult result =
      scored({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  CHECK(monetary_scores(result) == std::vector<int>{1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5});
}

TEST_CASE("tie policies on equal values") {
  const std::vector<int> days{0, 0, 0, 0, 0, 0};
  const std::vector<std::int64_t> amounts{7, 7, 7, 7, 7, 9};
  SECTION("rank_first cuts ties by the first purchase line") {
    const auto result = scored(days, amounts, {.bins = 3});
    CHECK(monetary_scores(result) == std::vector<int>{1, 1, 2, 2, 3, 3});
  }
  SECTION("value keeps them together, as qcut over values") {
    const auto result = scored(days, amounts, {.bins = 3, .ties = RfmTies::value});
    CHECK(monetary_scores(result) == std::vector<int>{1, 1, 1, 1, 1, 3});
    CHECK(recency_scores(result) == std::vector<int>{3, 3, 3, 3, 3, 3});
  }
  SECTION("ntile: sizes 2, 2, 1, 1 for four buckets") {
    const auto result = scored(days, amounts, {.bins = 4, .ties = RfmTies::ntile});
    CHECK(monetary_scores(result) == std::vector<int>{1, 1, 2, 2, 3, 4});
  }
  SECTION("fixed edges are inclusive") {
    const auto result = scored({0, 10, 20, 30}, {5, 10, 11, 20},
                               {.bins = 3,
                                .ties = RfmTies::fixed,
                                .recency_cuts = {10, 20},
                                .frequency_cuts = {1, 2},
                                .monetary_cuts = {10, 15}});
    CHECK(monetary_scores(result) == std::vector<int>{1, 1, 2, 3});
    CHECK(recency_scores(result) == std::vector<int>{1, 2, 3, 3});
    CHECK(result.rows[0].score.frequency == 1);
  }
  SECTION("one measure's own cuts under a rank policy") {
    const auto result = scored(days, amounts, {.bins = 3, .monetary_cuts = {7, 8}});
    CHECK(monetary_scores(result) == std::vector<int>{1, 1, 1, 1, 1, 3});
    CHECK(recency_scores(result) == std::vector<int>{3, 3, 2, 2, 1, 1});
  }
}

TEST_CASE("ties go by the first purchase line, whatever the customer's id") {
  RfmAccumulator accumulator({.bins = 2});
  accumulator.add({.customer = customer(0), .time = day(0), .amount = 5, .line = 9});
  accumulator.add(
      {.customer = customer(1), .order = id_at<Order>(1), .time = day(0), .amount = 5, .line = 3});
  const RfmResult result = accumulator.score();
  CHECK(monetary_scores(result) == std::vector<int>{2, 1});
}

TEST_CASE("no lines, and nobody with a purchase") {
  const RfmResult nothing = RfmAccumulator().score();
  CHECK(nothing.rows.empty());
  CHECK(nothing.thresholds.monetary.empty());
  CHECK_THROWS_AS(rfm_score(nothing.thresholds, 0, 1, 5, 0), Exception);
  RfmAccumulator refunds;
  refunds.add({.customer = customer(3), .time = day(0), .amount = -5});
  CHECK(refunds.score().rows.empty());
  CHECK(refunds.score().without_purchase == 1);
}

TEST_CASE("fewer customers than bins: the first bins are used") {
  const RfmResult one = scored({3}, {5});
  REQUIRE(one.rows.size() == 1);
  CHECK(one.rows[0].score == RfmScore{.recency = 5, .frequency = 1, .monetary = 1});
  CHECK(one.rows[0].recency_days == 0);
  const RfmResult three = scored({0, 0, 0}, {5, 6, 7});
  // Edge ranks 1.4, 1.8, 2.2, 2.6: 5 alone reaches none, 6 passes two, 7 passes all.
  CHECK(monetary_scores(three) == std::vector<int>{1, 3, 5});
  const RfmResult ntile = scored({0, 0, 0}, {5, 6, 7}, {.ties = RfmTies::ntile});
  CHECK(monetary_scores(ntile) == std::vector<int>{1, 2, 3});
}

TEST_CASE("lines after as_of and outside of the window do not count") {
  const auto result = scored({0, 5, 10, 11}, {1, 2, 3, 4},
                             {.as_of = day(10), .window = {.from = day(5), .to = day(11)}});
  REQUIRE(result.rows.size() == 2);
  CHECK(result.rows[0].customer == customer(1));
  CHECK(result.rows[0].recency_days == 5);
  CHECK(result.counts.after_as_of == 1);
  CHECK(result.counts.outside_window == 1);
  CHECK(result.counts.purchases == 2);
  CHECK(result.counts.lines == 4);
}

TEST_CASE("scoring at an instant before a counted line is refused") {
  RfmAccumulator accumulator;
  accumulator.add({.customer = customer(0), .time = day(5), .amount = 1});
  CHECK_THROWS_AS(accumulator.score_at(day(4)), Exception);
  CHECK(accumulator.score_at(day(7)).rows[0].recency_days == 2);
}

TEST_CASE("recency is in whole days of 86,400 seconds, rounded down") {
  RfmAccumulator accumulator;
  accumulator.add({.customer = customer(0), .time = day(5), .amount = 1});
  CHECK(accumulator.score_at(day(6) - std::chrono::seconds{1}).rows[0].recency_days == 0);
  CHECK(accumulator.score_at(day(6)).rows[0].recency_days == 1);
}

TEST_CASE("refunds: netted or ignored, never an order nor a sign of life") {
  for (const RfmRefunds policy : {RfmRefunds::net, RfmRefunds::ignore}) {
    RfmAccumulator accumulator({.refunds = policy});
    accumulator.add(
        {.customer = customer(0), .order = id_at<Order>(0), .time = day(1), .amount = 100});
    accumulator.add({.customer = customer(0),
                     .order = id_at<Order>(1),
                     .time = day(9),
                     .amount = -130,
                     .quantity = -1});
    const RfmResult result = accumulator.score();
    REQUIRE(result.rows.size() == 1);
    CHECK(result.rows[0].orders == 1);
    CHECK(result.rows[0].recency_days == 8);
    CHECK(result.rows[0].monetary == (policy == RfmRefunds::net ? -30 : 100));
    CHECK(result.options.refunds == policy);
    CHECK(result.counts.refunds == 1);
  }
}

TEST_CASE("free lines are purchases only on request") {
  for (const bool free_lines : {false, true}) {
    RfmAccumulator accumulator({.free_lines = free_lines});
    accumulator.add({.customer = customer(0), .time = day(1), .amount = 0});
    CHECK(accumulator.score().rows.size() == (free_lines ? 1U : 0U));
    CHECK(accumulator.counts().free_lines == (free_lines ? 0U : 1U));
  }
}

TEST_CASE("anonymous lines are counted and left out") {
  RfmAccumulator accumulator;
  accumulator.add({.time = day(1), .amount = 5});
  CHECK(accumulator.counts().anonymous == 1);
  CHECK(accumulator.score().rows.empty());
}

TEST_CASE("frequency counts distinct orders, also those of two customers who are one") {
  RfmAccumulator accumulator;
  const auto add = [&](std::uint32_t c, std::size_t order) {
    accumulator.add(
        {.customer = customer(c), .order = id_at<Order>(order), .time = day(1), .amount = 5});
  };
  add(0, 0);
  add(0, 0);
  add(1, 0);  // both stand on order 0
  add(1, 1);
  add(0, 0);
  CHECK(accumulator.score().rows[0].orders == 1);
  CHECK(accumulator.score().rows[1].orders == 2);
  const RfmResult merged = accumulator.score(std::vector{customer(0), customer(0)});
  REQUIRE(merged.rows.size() == 1);
  CHECK(merged.rows[0].orders == 2);
  CHECK(merged.rows[0].monetary == 25);
}

TEST_CASE("a merge map must name everybody and be no chain") {
  RfmAccumulator accumulator;
  accumulator.add({.customer = customer(2), .time = day(1), .amount = 5});
  CHECK_THROWS_AS(accumulator.score(std::vector{customer(0)}), Exception);
  CHECK_THROWS_AS(accumulator.score(std::vector{customer(0), customer(0), customer(1)}), Exception);
  CHECK_THROWS_AS(accumulator.score(std::vector{customer(0), customer(1), customer(9)}), Exception);
}

TEST_CASE("a million identical customers are spread by their lines, or share a bin") {
  std::vector<Customer> customers;
  for (std::uint32_t i = 0; i < 1'000'000; ++i) customers.push_back(customer(i));
  const std::vector<Time> times(customers.size(), day(1));
  const std::vector<std::int64_t> amounts(customers.size(), 100);
  for (const RfmTies ties : {RfmTies::rank_first, RfmTies::value}) {
    RfmAccumulator accumulator({.ties = ties});
    accumulator.add({.customers = customers, .times = times, .amounts = amounts});
    std::vector<int> sizes(6);
    for (const RfmRow& row : accumulator.score().rows) ++sizes[row.score.monetary];
    const bool spread = ties == RfmTies::rank_first;
    CHECK(sizes[1] == (spread ? 200'000 : 1'000'000));
    CHECK(sizes[5] == (spread ? 200'000 : 0));
  }
}

TEST_CASE("scores of a newcomer under known thresholds") {
  const RfmResult result = scored({0, 1, 2, 3, 4}, {10, 20, 30, 40, 50});
  for (std::uint32_t i = 0; i < 5; ++i) {
    const RfmRow& row = result.rows[i];
    CHECK(rfm_score(result.thresholds, row.recency_days, row.orders, row.monetary, i) == row.score);
  }
  // As recent as the last of the best fifth, but with a later first line.
  CHECK(rfm_score(result.thresholds, 0, 100, 1'000, 99) ==
        RfmScore{.recency = 4, .frequency = 5, .monetary = 5});
}

TEST_CASE("codes and weighted scores") {
  const RfmScore score{.recency = 5, .frequency = 2, .monetary = 3};
  CHECK(rfm_code(score) == 523);
  CHECK(rfm_code({.recency = 10, .frequency = 2, .monetary = 3}, 10) == 100'203);
  CHECK(rfm_weighted(score, {}) == Approx(10.0 / 3));
  CHECK(rfm_weighted(score, {.recency_weight = 2, .frequency_weight = 0}) == Approx(13.0 / 3));
}

TEST_CASE("options out of range are refused by name") {
  const auto message = [](const RfmOptions& options) {
    try {
      RfmAccumulator refused(options);
    } catch (const Exception& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK_THAT(message({.bins = 1}), ContainsSubstring("'bins' must be in [2, 20], got 1"));
  CHECK_THAT(message({.bins = 21}), ContainsSubstring("bins"));
  CHECK_THAT(message({.ties = RfmTies::fixed}), ContainsSubstring("recency_cuts"));
  CHECK_THAT(message({.bins = 3, .monetary_cuts = {5, 5}}), ContainsSubstring("monetary_cuts"));
  CHECK_THAT(message({.monetary_weight = -1}), ContainsSubstring("monetary_weight"));
  CHECK_THAT(message({.recency_weight = 0, .frequency_weight = 0, .monetary_weight = 0}),
             ContainsSubstring("weight"));
  RfmAccumulator net;
  CHECK_THROWS_AS(net.merge(RfmAccumulator({.refunds = RfmRefunds::ignore})), Exception);
  CHECK_THROWS_AS(net.merge(net), Exception);
}

TEST_CASE("columns of different length and sums beyond int64 are refused") {
  RfmAccumulator accumulator;
  const std::vector<Customer> customers(2, customer(0));
  const std::vector<Time> times(2, day(1));
  const std::vector<std::int64_t> amounts(2, std::numeric_limits<std::int64_t>::max());
  CHECK_THROWS_AS(
      accumulator.add(
          {.customers = customers, .times = times, .amounts = std::span(amounts).first(1)}),
      Exception);
  CHECK_THROWS_AS(accumulator.add({.customers = customers, .times = times, .amounts = amounts}),
                  Exception);
}
