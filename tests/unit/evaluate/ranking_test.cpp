#include "emptor/evaluate/ranking.hpp"

#include <cmath>
#include <initializer_list>
#include <limits>
#include <string_view>
#include <thread>
#include <vector>

#include "support/catch.hpp"

namespace {

using emptor::Customer;
using emptor::InteractionLog;
using emptor::Interactions;
using emptor::Item;
using emptor::RankingMetric;
using emptor::RankSink;

using Lists = std::vector<std::vector<unsigned>>;

Interactions matrix(std::size_t items, const Lists& rows) {
  InteractionLog log;
  for (unsigned customer = 0; customer < rows.size(); ++customer) {
    for (const unsigned item : rows[customer]) log.add(Customer{customer}, Item{item});
  }
  return {rows.size(), items, log};
}

/// Gives each customer the list in his place.
auto fixed_lists(Lists lists) {
  return [lists](std::span<const Customer> customers, std::size_t k, RankSink sink) {
    for (std::size_t row = 0; row < customers.size(); ++row) {
      std::vector<Item> list;
      for (const unsigned item : lists[index(customers[row])]) {
        if (list.size() < k) list.push_back(Item{item});
      }
      sink(row, list);
    }
  };
}

double log2_rank(int rank) {
  return std::log2(rank + 1.0);
}

TEST_CASE("metrics by hand") {
  // Customer 0 finds 1 of 3 at rank 1 and another at rank 3; customer 1 finds nothing; customer 2
  // has one relevant item at rank 2.
  const Interactions train = matrix(8, {{0}, {0}, {0, 1}});
  const Interactions test = matrix(8, {{1, 2, 3}, {7}, {4}});
  const auto result = emptor::evaluate_ranking(
      "by hand", train, test, fixed_lists({{1, 5, 2, 6}, {1, 2, 3, 4}, {5, 4, 3, 2}}),
      {.ks = {2, 4}});
  CHECK(result.model == "by hand");
  REQUIRE(result.customers.size() == 3);
  REQUIRE(result.means.size() == 14);
  const auto of = [&](RankingMetric metric, std::size_t k, std::size_t row) {
    return result.column(result.find(metric, k).value())[row];
  };
  CHECK(of(RankingMetric::recall, 2, 0) == Approx(1.0 / 3));
  CHECK(of(RankingMetric::recall, 4, 0) == Approx(2.0 / 3));
  CHECK(of(RankingMetric::precision, 2, 0) == Approx(0.5));
  CHECK(of(RankingMetric::precision, 4, 0) == Approx(0.5));
  CHECK(of(RankingMetric::ndcg, 2, 0) == Approx(1 / (1 + 1 / log2_rank(2))));
  CHECK(of(RankingMetric::ndcg, 4, 0) ==
        Approx((1 + 1 / log2_rank(3)) / (1 + 1 / log2_rank(2) + 1 / log2_rank(3))));
  CHECK(of(RankingMetric::map, 2, 0) == Approx(0.5));
  CHECK(of(RankingMetric::map, 4, 0) == Approx((1 + 2.0 / 3) / 3));
  CHECK(of(RankingMetric::mrr, 4, 0) == 1);
  CHECK(of(RankingMetric::hit_rate, 2, 0) == 1);
  for (const RankingMetric metric : emptor::customer_metrics) {
    if (metric != RankingMetric::novelty) CHECK(of(metric, 4, 1) == 0);
  }
  CHECK(of(RankingMetric::recall, 2, 2) == 1);
  CHECK(of(RankingMetric::ndcg, 2, 2) == Approx(1 / log2_rank(2)));
  CHECK(of(RankingMetric::map, 2, 2) == Approx(0.5));
  CHECK(of(RankingMetric::mrr, 2, 2) == Approx(0.5));
  CHECK(result.value(RankingMetric::recall, 2) == Approx((1.0 / 3 + 0 + 1) / 3));
  CHECK(result.value(RankingMetric::mrr, 4) == Approx((1 + 0 + 0.5) / 3));
  // Popularity + 1 is 4, 2, 1, 1, 1, 1, 1, 1, in all 12.
  CHECK(of(RankingMetric::novelty, 2, 0) == Approx((std::log2(12.0 / 2) + std::log2(12.0)) / 2));
  // At 2: items 1, 5, 1, 2, 5, 4 are listed: 4 of 8, counts 0 0 0 0 1 1 2 2.
  CHECK(result.value(RankingMetric::coverage, 2) == 0.5);
  CHECK(result.value(RankingMetric::gini, 2) == Approx((1 * 1 + 1 * 3 + 2 * 5 + 2 * 7) / 48.0));
  CHECK(result.value(RankingMetric::coverage, 4) == Approx(6.0 / 8));
  CHECK(std::isnan(result.value(RankingMetric::recall, 3)));
}

TEST_CASE("a perfect ranking has 1 everywhere it can") {
  const Interactions train = matrix(6, {{0}, {0}});
  const Interactions test = matrix(6, {{1, 2, 3}, {5}});
  const auto result = emptor::evaluate_ranking("", train, test, fixed_lists({{3, 1, 2}, {5, 1}}),
                                               {.ks = {1, 2, 3}});
  for (const std::size_t k : {1U, 2U, 3U}) {
    CHECK(result.value(RankingMetric::ndcg, k) == Approx(1));
    CHECK(result.value(RankingMetric::map, k) == Approx(1));
    CHECK(result.value(RankingMetric::mrr, k) == 1);
    CHECK(result.value(RankingMetric::hit_rate, k) == 1);
  }
  CHECK(result.value(RankingMetric::recall, 3) == 1);
  CHECK(result.counts.short_lists == 1);
}

TEST_CASE("what is new, known or cold is counted") {
  const Interactions train = matrix(6, {{0, 1}, {}, {2}, {0}});
  const Interactions test = matrix(6, {{1, 3}, {4}, {2}, {}});
  const auto lists = fixed_lists({{3}, {}, {3}, {3}});
  const auto result = emptor::evaluate_ranking("", train, test, lists, {.ks = {5}});
  CHECK(result.customers == std::vector{Customer{0}, Customer{1}});
  CHECK(result.counts == emptor::RankingCounts{.catalogue = 6,
                                               .test_customers = 3,
                                               .evaluated = 2,
                                               .already_known = 1,
                                               .cold_customers = 1,
                                               .relevant = 2,
                                               .seen_pairs = 2,
                                               .cold_items = 2,
                                               .cold_pairs = 2,
                                               .short_lists = 2,
                                               .empty_lists = 1});
  CHECK(result.value(RankingMetric::recall, 5) == 0.5);
  CHECK(result.column(*result.find(RankingMetric::novelty, 5))[1] == 0);

  const auto warm =
      emptor::evaluate_ranking("", train, test, lists, {.ks = {5}, .cold_customers = false});
  CHECK(warm.customers == std::vector{Customer{0}});
  CHECK(warm.counts.cold_customers == 1);

  const auto with_seen = emptor::evaluate_ranking("", train, test, fixed_lists({{1}, {}, {2}, {}}),
                                                  {.ks = {5}, .exclude_seen = false});
  CHECK(with_seen.counts.relevant == 4);
  CHECK(with_seen.value(RankingMetric::recall, 5) == Approx((0.5 + 0 + 1) / 3));
}

TEST_CASE("nothing to evaluate is a result without numbers") {
  const Interactions train = matrix(3, {{0}, {1}});
  const Interactions test = matrix(3, {{}, {}});
  const auto result = emptor::evaluate_ranking("", train, test, fixed_lists({}), {.ks = {2}});
  CHECK(result.customers.empty());
  CHECK(result.completed);
  for (const auto& mean : result.means) CHECK(std::isnan(mean.value));
  CHECK(result.value(RankingMetric::coverage, 2) == 0);
  const auto nothing =
      emptor::evaluate_ranking("", Interactions{}, Interactions{}, fixed_lists({}), {.ks = {2}});
  CHECK(nothing.counts == emptor::RankingCounts{});
}

TEST_CASE("one customer, one item, k beyond the catalogue") {
  const Interactions train = matrix(1, {{}});
  const Interactions test = matrix(1, {{0}});
  const auto result = emptor::evaluate_ranking("", train, test, fixed_lists({{0}}), {.ks = {50}});
  CHECK(result.value(RankingMetric::recall, 50) == 1);
  CHECK(result.value(RankingMetric::precision, 50) == Approx(0.02));
  CHECK(result.value(RankingMetric::ndcg, 50) == 1);
  CHECK(result.value(RankingMetric::coverage, 50) == 1);
  CHECK(result.value(RankingMetric::gini, 50) == 0);
}

TEST_CASE("a broken ranker is found out") {
  const Interactions train = matrix(5, {{0}, {1}});
  const Interactions test = matrix(5, {{1}, {2}});
  const auto lists = [&](Lists of) {
    return emptor::evaluate_ranking("", train, test, fixed_lists(std::move(of)), {.ks = {3}});
  };
  CHECK_THROWS_WITH(lists({{1, 2, 1}, {}}), ContainsSubstring("twice"));
  CHECK_THROWS_WITH(lists({{5}, {}}), ContainsSubstring("outside"));
  CHECK_THROWS_WITH(lists({{4294967295U}, {}}), ContainsSubstring("outside"));
  CHECK_THROWS_WITH(lists({{0}, {}}), ContainsSubstring("exclude_seen"));
  const std::vector<Item> long_list = {Item{1}, Item{2}, Item{3}, Item{4}};
  const auto with = [&](auto rank) {
    return emptor::evaluate_ranking("", train, test, rank, {.ks = {3}});
  };
  CHECK_THROWS_WITH(with([&](auto, auto, RankSink sink) { sink(0, long_list); }),
                    ContainsSubstring("more than k"));
  CHECK_THROWS_WITH(with([&](auto, auto, RankSink sink) { sink(0, {}); }),
                    ContainsSubstring("left a row out"));
  CHECK_THROWS_WITH(with([&](auto, auto, RankSink sink) { sink(0, {}), sink(0, {}); }),
                    ContainsSubstring("row twice"));
  CHECK_THROWS_WITH(with([&](auto, auto, RankSink sink) { sink(2, {}); }),
                    ContainsSubstring("not asked for"));
}

TEST_CASE("options and shapes are checked first") {
  const Interactions train = matrix(5, {{0}, {1}});
  const auto never = [](auto, auto, RankSink) { FAIL("the ranker was asked"); };
  const auto with = [&](std::vector<std::size_t> ks) {
    return emptor::evaluate_ranking("", train, train, never, {.ks = std::move(ks)});
  };
  CHECK_THROWS_WITH(with({}), ContainsSubstring("'ks' must be"));
  CHECK_THROWS_WITH(with({0}), ContainsSubstring("got 0"));
  CHECK_THROWS_WITH(with({5, 5}), ContainsSubstring("ascending"));
  CHECK_THROWS_WITH(with({1'000'001}), ContainsSubstring("1000000"));
  CHECK_THROWS_WITH(emptor::evaluate_ranking("", train, matrix(6, {{0}, {1}}), never),
                    ContainsSubstring("train is 2 x 5, test is 2 x 6"));
}

struct Listed {
  Item item;
  float score;
};
struct Filter {
  bool exclude_seen = true;
};
/// Recommends the items from the last to the first.
struct Backwards {
  std::size_t items;
  float first_score = 1;
  [[nodiscard]] std::string_view name() const { return "backwards"; }
  [[nodiscard]] std::vector<Listed> recommend(Customer, std::size_t k, const Filter&) const {
    std::vector<Listed> list;
    for (std::size_t i = 0; i < k && i < items; ++i) {
      list.push_back({emptor::id_at<Item>(items - 1 - i), i == 0 ? first_score : 0.0F});
    }
    return list;
  }
};

TEST_CASE("a model is evaluated by its own recommend") {
  const Interactions train = matrix(5, {{0}, {1}});
  const Interactions test = matrix(5, {{3}, {2}});
  const auto result = emptor::evaluate_ranking(Backwards{5}, train, test, {.ks = {2, 3}});
  CHECK(result.model == "backwards");
  CHECK(result.value(RankingMetric::recall, 2) == 0.5);
  CHECK(result.value(RankingMetric::recall, 3) == 1);
  const Backwards lost{5, std::numeric_limits<float>::quiet_NaN()};
  CHECK_THROWS_WITH(emptor::evaluate_ranking(lost, train, test), ContainsSubstring("not a number"));
}

/// The same with a batch path of its own.
struct BackwardsBatch : Backwards {
  bool too_long = false;
  void recommend_batch(std::span<const Customer> customers, std::size_t k, const Filter&,
                       const emptor::Context&, std::span<Listed> out,
                       std::span<std::uint32_t> counts) const {
    REQUIRE(out.size() == customers.size() * k);
    for (std::size_t row = 0; row < customers.size(); ++row) {
      for (std::size_t i = 0; i < k; ++i) {
        out[row * k + i] = {emptor::id_at<Item>(items - 1 - i), first_score};
      }
      counts[row] = static_cast<std::uint32_t>(too_long ? k + 1 : k);
    }
  }
};

TEST_CASE("a model's batch path is taken, with no list longer than the catalogue") {
  const Interactions train = matrix(5, {{}, {}});
  const Interactions test = matrix(5, {{3}, {2}});
  const auto result = emptor::evaluate_ranking(BackwardsBatch{{5}}, train, test, {.ks = {2, 30}});
  CHECK(result.value(RankingMetric::recall, 2) == 0.5);
  CHECK(result.value(RankingMetric::recall, 30) == 1);
  CHECK(result.counts.short_lists == 2);
  const auto with = [&](const BackwardsBatch& model) {
    return emptor::evaluate_ranking(model, train, test, {.ks = {2}});
  };
  CHECK_THROWS_WITH(with({{5}, true}), ContainsSubstring("more than k"));
  CHECK_THROWS_WITH(with({{5, std::numeric_limits<float>::quiet_NaN()}}),
                    ContainsSubstring("not a number"));
}

/// Runs every task on a thread of its own, the last first.
class Backward final : public emptor::Executor {
 public:
  void run(std::size_t tasks, emptor::FunctionRef<void(std::size_t)> task) override {
    std::vector<std::thread> threads;
    for (std::size_t i = tasks; i-- > 0;) threads.emplace_back([i, task] { task(i); });
    for (std::thread& thread : threads) thread.join();
  }
  [[nodiscard]] std::size_t concurrency() const noexcept override { return 2; }
};

TEST_CASE("threads and batches change no bit; progress can stop") {
  constexpr unsigned customers = 20'000;
  InteractionLog train_log;
  InteractionLog test_log;
  for (unsigned c = 0; c < customers; ++c) {
    train_log.add(Customer{c}, Item{c % 7});
    test_log.add(Customer{c}, Item{7 + c % 93});
    test_log.add(Customer{c}, Item{7 + (c * c + 5) % 93});
  }
  const Interactions train(customers, 100, train_log);
  const Interactions test(customers, 100, test_log);
  const auto rank = [](std::span<const Customer> batch, std::size_t k, RankSink sink) {
    for (std::size_t row = batch.size(); row-- > 0;) {
      std::vector<Item> list;
      for (std::size_t i = 0; i < k; ++i) {
        list.push_back(emptor::id_at<Item>(7 + (index(batch[row]) * 31 + i) % 93));
      }
      sink(row, list);
    }
  };
  const auto inline_result = emptor::evaluate_ranking("", train, test, rank, {.ks = {5, 20}});
  Backward executor;
  const auto threaded = emptor::evaluate_ranking(
      "", train, test, rank, {.ks = {5, 20}, .batch = 999}, {.executor = &executor});
  CHECK(inline_result.values == threaded.values);
  CHECK(inline_result.counts == threaded.counts);
  for (std::size_t c = 0; c < inline_result.catalogue.size(); ++c) {
    CHECK(inline_result.catalogue[c].value == threaded.catalogue[c].value);
  }
  CHECK(inline_result.catalogue_values == threaded.catalogue_values);
  std::vector<std::size_t> steps;
  const auto stopped = emptor::evaluate_ranking("", train, test, rank, {.ks = {5, 20}, .batch = 0},
                                                {.progress = [&](const emptor::ProgressStep& step) {
                                                  steps.push_back(step.done);
                                                  CHECK(step.total == customers);
                                                  return emptor::Go::stop;
                                                }});
  CHECK(steps == std::vector<std::size_t>{16384});
  CHECK_FALSE(stopped.completed);
  CHECK(stopped.customers.size() == 16384);
  CHECK(stopped.counts.evaluated == 16384);
  REQUIRE(stopped.values.size() == 16384 * stopped.means.size());
  REQUIRE(stopped.catalogue_values.size() == 16384 * stopped.catalogue.size());
  for (std::size_t c = 0; c < stopped.means.size(); ++c) {
    CHECK(stopped.column(c)[16383] == inline_result.column(c)[16383]);
  }
}

TEST_CASE("every metric says what it is") {
  for (int m = 0; m <= static_cast<int>(emptor::last_ranking_metric); ++m) {
    const auto definition = emptor::describe(static_cast<RankingMetric>(m));
    CHECK_FALSE(definition.name.empty());
    CHECK_FALSE(definition.unit.empty());
    CHECK(definition.definition.back() == '.');
  }
  CHECK(emptor::metric_label(RankingMetric::hit_rate, 10) == "Hit rate@10");
  CHECK(emptor::metric_label(RankingMetric::auc, 0) == "AUC");
}

}  // namespace
