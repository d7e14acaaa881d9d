#include "emptor/identity/blocking_choice.hpp"

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;
using Keys = std::vector<std::uint64_t>;

/// `values` keys of `records`, a tenth missing.
Keys some_keys(std::size_t records, std::uint32_t values, std::uint64_t seed) {
  Keys keys(records);
  RandomStream random(seed);
  for (std::uint64_t& key : keys) {
    const std::uint32_t value = random.below(values) + 1;
    key = random.below(10) == 0 ? 0 : value;
  }
  return keys;
}

}  // namespace

TEST_CASE("the cheapest rules that cover every record are chosen", "[identity]") {
  constexpr std::size_t n = 20'000;
  const Keys town = some_keys(n, 200, 1), mail = some_keys(n, 15'000, 2),
             phone = some_keys(n, 10'000, 3), name = some_keys(n, 4'000, 4),
             day = some_keys(n, 8'000, 5);
  const BlockingRule rules[] = {
      {"town", town}, {"mail", mail}, {"phone", phone}, {"name", name}, {"day", day}};
  BlockingChoiceOptions options;
  options.cover = 2;
  options.max_pairs = 200'000;
  const BlockingChoice choice = choose_blocking_rules(rules, options);
  CHECK(choice.rules == std::vector<std::size_t>{1, 2, 4, 3});
  CHECK(choice.too_many == std::vector<std::size_t>{0});
  REQUIRE(choice.exact);
  std::vector<BlockingRule> chosen;
  for (const std::size_t rule : choice.rules) chosen.push_back(rules[rule]);
  CHECK(choice.pairs == double(build_blocking_plan(chosen).count_new_pairs({}).pairs));
  std::uint64_t covered = 0, uncovered = 0;
  for (std::size_t row = 0; row < n; ++row) {
    int keys = 0;
    for (const BlockingRule& rule : chosen) keys += rule.keys[row] != 0;
    covered += keys >= 2;
    uncovered += keys == 0;
  }
  CHECK(choice.covered == covered);
  CHECK(choice.uncovered == uncovered);
  CHECK(choice.coverable >= choice.covered);

  options.sample = 20'000;  // of more than a million
  const BlockingChoice sampled = choose_blocking_rules(rules, options);
  CHECK_FALSE(sampled.exact);
  CHECK(sampled.rules == choice.rules);
  CHECK(sampled.pairs == Approx(choice.pairs).epsilon(0.05));
}

TEST_CASE("a rule that repeats another costs nothing more, and helps no record that has enough",
          "[identity]") {
  const Keys mail = some_keys(1000, 500, 1);
  const BlockingRule rules[] = {{"mail", mail}, {"again", mail}};
  BlockingChoiceOptions options;
  options.cover = 1;
  CHECK(choose_blocking_rules(rules, options).rules.size() == 1);
  options.cover = 2;
  const BlockingChoice both = choose_blocking_rules(rules, options);
  CHECK(both.rules.size() == 2);
  CHECK(both.pairs == double(build_blocking_plan(rules).count_new_pairs({}).pairs));
  options.cover = 0;
  CHECK_THROWS_AS(choose_blocking_rules(rules, options), Exception);
}

TEST_CASE("matches that no rule found are estimated from those that few rules found",
          "[identity]") {
  // 100,000 matches, each met by each of four rules independently with probability 0.4.
  constexpr std::size_t matches = 100'000;
  std::vector<std::uint64_t> masks(matches);
  RandomStream random(8);
  double first = 0, second = 0, both = 0;
  for (std::uint64_t& mask : masks) {
    for (int rule = 0; rule < 4; ++rule) mask |= std::uint64_t{random.bernoulli(0.4)} << rule;
    first += double(mask & 1);
    second += double(mask >> 1 & 1);
    both += double(mask & mask >> 1 & 1);
  }
  const BlockingRecall recall = estimate_blocking_recall(masks, 4);
  CHECK(recall.recall == Approx(1 - 0.6 * 0.6 * 0.6 * 0.6).margin(0.005));
  CHECK(recall.matches == Approx(matches).epsilon(0.005));
  CHECK(matches_by_two_rules(first, second, both) == Approx(matches).epsilon(0.01));

  const std::vector<std::uint64_t> few{1, 1, 2, 3, 0};
  const BlockingRecall small = estimate_blocking_recall(few, 2);
  CHECK(small.found == 4);
  CHECK(small.once == 3);
  CHECK(small.twice == 1);
  CHECK(small.matches == Approx(4 + 0.5 * 3 * 2 / (2 * 2)));
  CHECK(estimate_blocking_recall({}, 2).recall == 1);
  CHECK_THROWS_AS(estimate_blocking_recall(few, 1), Exception);
}
