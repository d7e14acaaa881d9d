#include "emptor/identity/blocking.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;
using Keys = std::vector<std::uint64_t>;

std::vector<RecordPair> pairs_of(const BlockingPlan& plan) {
  std::vector<RecordPair> all;
  plan.for_each_batch({}, [&](std::span<const RecordPair> pairs, std::size_t, std::size_t) {
    all.insert(all.end(), pairs.begin(), pairs.end());
  });
  std::sort(all.begin(), all.end());
  return all;
}

ErrorCode code_of(auto&& call) {
  try {
    call();
  } catch (const Exception& e) {
    return e.code();
  }
  return ErrorCode::unsupported;
}

}  // namespace

TEST_CASE("records of equal key meet, once for all rules", "[identity]") {
  const Keys mail{5, 5, 0, 9, 0}, phone{7, 7, 7, 0, 0};
  const BlockingRule rules[] = {{"mail", mail}, {"phone", phone}};
  const BlockingPlan plan = build_blocking_plan(rules);
  CHECK(pairs_of(plan) == std::vector<RecordPair>{{0, 1}, {0, 2}, {1, 2}});
  const BlockingCount count = plan.count_new_pairs({});
  CHECK(count.new_pairs == std::vector<std::uint64_t>{1, 2});
  CHECK(plan.rules_of({0, 1}) == 3);
  CHECK(plan.rules_of({0, 2}) == 2);
  CHECK(plan.rules_of({2, 4}) == 0);
  const BlockingReport& report = plan.report();
  CHECK(report.rules[0].name == "mail");
  CHECK(report.rules[0].records == 3);
  CHECK(report.rules[0].blocks == 1);
  CHECK(report.rules[1].largest_block == 3);
  CHECK(report.rules[1].pairs == 3);
  CHECK(report.rules[1].reduction_ratio == Approx(0.7));
  CHECK(report.possible_pairs == 10);
  CHECK(report.pairs == 4);
}

TEST_CASE("an over-full block leaves its pairs to a later rule", "[identity]") {
  const Keys town{1, 1, 1, 1}, phone{2, 2, 3, 3};
  const BlockingRule rules[] = {{"town", town}, {"phone", phone}};
  BlockingOptions options;
  options.max_block = 3;
  options.over_full = OverFull::skip;
  const BlockingPlan plan = build_blocking_plan(rules, options);
  CHECK(pairs_of(plan) == std::vector<RecordPair>{{0, 1}, {2, 3}});
  CHECK(plan.report().rules[0].over_full_blocks == 1);
  CHECK(plan.report().rules[0].over_full_records == 4);
  CHECK(plan.report().rules[0].pairs_dropped == 6);
  CHECK(plan.count_new_pairs({}).new_pairs == std::vector<std::uint64_t>{0, 2});
}

TEST_CASE("within an over-full block neighbours in the sort order meet", "[identity]") {
  const Keys town{1, 1, 1, 1}, name{40, 10, 30, 20};
  const BlockingRule rules[] = {{"town", town, 0, name}};
  BlockingOptions options;
  options.max_block = 3;
  options.window = 2;
  const BlockingPlan plan = build_blocking_plan(rules, options);
  CHECK(pairs_of(plan) == std::vector<RecordPair>{{0, 2}, {1, 3}, {2, 3}});
  CHECK(plan.report().rules[0].pairs == 3);
  CHECK(plan.report().rules[0].pairs_dropped == 3);
}

TEST_CASE("a sorted neighbourhood is a rule of its own", "[identity]") {
  const Keys name{40, 10, 0, 30, 20};
  const BlockingRule rules[] = {{"near", name, 3}};
  CHECK(pairs_of(build_blocking_plan(rules)) ==
        std::vector<RecordPair>{{0, 3}, {0, 4}, {1, 3}, {1, 4}, {3, 4}});
}

TEST_CASE("two sources are linked, or each is searched for duplicates", "[identity]") {
  const Keys key{1, 1, 1, 1};
  const std::vector<std::uint32_t> sources{8, 3, 8, 3};
  const BlockingRule rules[] = {{"key", key}};
  BlockingOptions options;
  options.scope = PairScope::across_sources;
  const BlockingPlan link = build_blocking_plan(rules, options, sources);
  CHECK(pairs_of(link) == std::vector<RecordPair>{{0, 1}, {0, 3}, {1, 2}, {2, 3}});
  CHECK(link.report().possible_pairs == 4);
  options.scope = PairScope::within_sources;
  const BlockingPlan dedupe = build_blocking_plan(rules, options, sources);
  CHECK(pairs_of(dedupe) == std::vector<RecordPair>{{0, 2}, {1, 3}});
  CHECK(dedupe.report().possible_pairs == 2);
}

TEST_CASE("keys whose sorted bits collide are still told apart", "[identity]") {
  // 200,000 keys: 32 bits of their hashes coincide about five times.
  constexpr std::size_t values = 200'000;
  Keys keys(2 * values);
  RandomStream random(3);
  for (std::size_t i = 0; i < values; ++i) keys[i] = keys[values + i] = random.bits64() | 1;
  const std::set<std::uint64_t> distinct(keys.begin(), keys.end());
  REQUIRE(distinct.size() == values);
  const BlockingRule rules[] = {{"key", keys}};
  const BlockingPlan plan = build_blocking_plan(rules);
  CHECK(plan.report().pairs == values);
  std::size_t wrong = 0;
  for (const RecordPair& pair : pairs_of(plan)) wrong += pair.b != pair.a + values;
  CHECK(wrong == 0);
  const std::vector<BlockingCost> costs = blocking_costs(rules);
  CHECK(costs[0].blocks == values);
  CHECK(costs[0].largest_block == 2);
  CHECK(costs[0].pairs == values);
}

TEST_CASE("one value everywhere, no value anywhere, no records", "[identity]") {
  const Keys same(5000, 9), none(5000, 0);
  const BlockingRule rules[] = {{"same", same}, {"none", none}};
  const BlockingPlan plan = build_blocking_plan(rules);
  CHECK(plan.report().rules[0].pairs == 4981U * 19 + 19 * 18 / 2);
  CHECK(plan.count_new_pairs({}).pairs == plan.report().pairs);
  CHECK(plan.report().rules[1].records == 0);
  BlockingOptions wide;
  wide.max_block = 5000;
  wide.chunk_pairs = 10'000;
  const BlockingPlan whole = build_blocking_plan(rules, wide);
  CHECK(whole.count_new_pairs({}).pairs == 5000U * 4999 / 2);
  CHECK(whole.chunks() > 500);
  const BlockingRule empty[] = {{"empty", {}}};
  CHECK(build_blocking_plan(empty).count_new_pairs({}).pairs == 0);
}

TEST_CASE("a block of thousands leaves out what earlier rules have", "[identity]") {
  constexpr std::uint32_t n = 1500;
  Keys third(n), order(n), same(n, 1);
  for (std::uint32_t row = 0; row < n; ++row) {
    third[row] = row % 3 + 1;
    order[row] = row + 1;
  }
  const BlockingRule rules[] = {{"third", third}, {"near", order, 11}, {"same", same}};
  BlockingOptions options;
  options.max_block = n;
  const BlockingPlan plan = build_blocking_plan(rules, options);
  std::vector<RecordPair> expected;
  for (std::uint32_t a = 0; a < n; ++a) {
    for (std::uint32_t b = a + 1; b < n; ++b) {
      if (a % 3 != b % 3 && b - a > 10) expected.push_back({a, b});
    }
  }
  std::vector<RecordPair> last;
  plan.for_each_batch({}, [&](std::span<const RecordPair> pairs, std::size_t rule, std::size_t) {
    if (rule == 2) last.insert(last.end(), pairs.begin(), pairs.end());
  });
  std::sort(last.begin(), last.end());
  CHECK(last == expected);
  CHECK(pairs_of(plan).size() == n * (n - 1) / 2);
}

TEST_CASE("a budget lowers the cap, then drops windows", "[identity]") {
  Keys keys;  // blocks of 2, 3, ... 40 records
  for (std::uint64_t size = 2; size <= 40; ++size) keys.insert(keys.end(), size, size);
  const BlockingRule rules[] = {{"key", keys}};
  BlockingOptions options;
  options.window = 5;
  options.max_pairs = 4000;
  const BlockingPlan plan = build_blocking_plan(rules, options);
  CHECK(plan.report().cap_lowered);
  CHECK_FALSE(plan.report().windows_dropped);
  CHECK(plan.report().pairs <= 4000);
  CHECK(plan.report().pairs > 3000);
  options.max_pairs = 500;
  const BlockingPlan narrow = build_blocking_plan(rules, options);
  CHECK(narrow.report().windows_dropped);
  CHECK(narrow.report().max_block_pairs < 136);
  CHECK(narrow.report().pairs == 455);  // blocks of 2 to 14 records: sum of m (m - 1) / 2
  const BlockingRule near[] = {{"near", keys, 5}};
  CHECK_FALSE(build_blocking_plan(near, options).report().within_budget);
}

TEST_CASE("blocking can be stopped", "[identity]") {
  const Keys keys(3000, 1);
  const BlockingRule rules[] = {{"key", keys}};
  BlockingOptions options;
  options.max_block = 3000;
  options.chunk_pairs = 1000;
  const BlockingPlan plan = build_blocking_plan(rules, options);
  Context context;
  context.progress = [](const ProgressStep& step) { return step.done > 0 ? Go::stop : Go::on; };
  const BlockingCount count = plan.count_new_pairs(context);
  CHECK(count.stopped);
  CHECK(count.pairs > 0);
  CHECK(count.pairs < plan.report().pairs);
  CHECK(code_of([&] { (void)build_blocking_plan(rules, options, {}, context); }) ==
        ErrorCode::stopped);
}

TEST_CASE("blocking refuses rules and options that do not fit", "[identity]") {
  const Keys three(3, 1), two(2, 1);
  const std::vector<std::uint32_t> sources{1, 2};
  const BlockingRule good[] = {{"a", three}};
  const auto with = [&](auto&& change) {
    BlockingOptions options;
    change(options);
    return code_of([&] { (void)build_blocking_plan(good, options); });
  };
  CHECK(with([](BlockingOptions& o) { o.max_block = 1; }) == ErrorCode::invalid_option);
  CHECK(with([](BlockingOptions& o) { o.window = 1; }) == ErrorCode::invalid_option);
  CHECK(with([](BlockingOptions& o) { o.window = 65537; }) == ErrorCode::invalid_option);
  CHECK(with([](BlockingOptions& o) { o.max_pairs = 0; }) == ErrorCode::invalid_option);
  CHECK(with([](BlockingOptions& o) { o.max_pairs = std::nan(""); }) == ErrorCode::invalid_option);
  CHECK(with([](BlockingOptions& o) { o.chunk_pairs = 0; }) == ErrorCode::invalid_option);
  CHECK(with([](BlockingOptions& o) { o.scope = PairScope::across_sources; }) ==
        ErrorCode::invalid_shape);
  CHECK(code_of([&] { (void)build_blocking_plan(good, {}, sources); }) == ErrorCode::invalid_shape);
  const BlockingRule uneven[] = {{"a", three}, {"b", two}};
  CHECK(code_of([&] { (void)build_blocking_plan(uneven); }) == ErrorCode::invalid_shape);
  const BlockingRule sorted[] = {{"a", three, 0, two}};
  CHECK(code_of([&] { (void)blocking_costs(sorted); }) == ErrorCode::invalid_shape);
  const BlockingRule narrow[] = {{"a", three, 1}};
  CHECK(code_of([&] { (void)build_blocking_plan(narrow); }) == ErrorCode::invalid_option);
  CHECK(code_of([&] { (void)build_blocking_plan({}); }) == ErrorCode::invalid_option);
  const std::vector<BlockingRule> many(65, good[0]);
  CHECK(code_of([&] { (void)build_blocking_plan(many); }) == ErrorCode::invalid_option);
}
