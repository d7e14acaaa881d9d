// Measures by hand and by published properties, AUC of models, customers who are folded in.

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/evaluate/auc.hpp"
#include "emptor/evaluate/compare.hpp"
#include "emptor/evaluate/feature_measures.hpp"
#include "emptor/evaluate/folded_ranking.hpp"
#include "emptor/evaluate/list_measures.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "support/catch.hpp"

namespace {

using emptor::Csr;
using emptor::Customer;
using emptor::InteractionLog;
using emptor::Interactions;
using emptor::Item;
using emptor::ListMeasure;
using emptor::RankingMetric;
using emptor::RankSink;

using Rows = std::vector<std::vector<unsigned>>;

Interactions matrix(std::size_t items, const Rows& rows) {
  InteractionLog log;
  for (std::size_t c = 0; c < rows.size(); ++c) {
    for (const unsigned item : rows[c]) log.add(emptor::id_at<Customer>(c), Item{item});
  }
  return {rows.size(), items, log};
}

auto lists(const Rows& rows) {
  return [rows](std::span<const Customer> batch, std::size_t k, RankSink sink) {
    for (std::size_t row = 0; row < batch.size(); ++row) {
      std::vector<Item> list;
      for (const unsigned item : rows[index(batch[row])]) {
        if (list.size() < k) list.push_back(Item{item});
      }
      sink(row, list);
    }
  };
}

/// Of one customer with the list 0, 1, 2, 3, ….
double measured(const ListMeasure& measure, const Interactions& train, std::size_t k,
                const std::vector<unsigned>& list) {
  const auto test = matrix(train.items(), {{static_cast<unsigned>(train.items() - 1)}});
  const auto rank = lists({list});
  return emptor::evaluate_ranking("", train, test, rank,
                                  {.ks = {k}, .exclude_seen = false, .measures = {measure}})
      .value(measure.metric, k);
}

Csr<float> genres(std::size_t columns, const std::vector<std::uint32_t>& genre_of) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t item = 0; item < genre_of.size(); ++item) rows.push_back(item);
  const std::vector<float> ones(genre_of.size(), 1);
  return Csr<float>::from_entries(genre_of.size(), columns, rows, genre_of, ones);
}

TEST_CASE("calibration is 0 for a list like the history, and worst for a list unlike it") {
  // The paper's motive: a customer with 7 romance and 3 action films.
  std::vector<std::uint32_t> genre_of(30);
  for (std::uint32_t item = 0; item < 30; ++item) genre_of[item] = item % 10 < 7 ? 0 : 1;
  const Csr<float> genre = genres(3, genre_of);
  const Interactions train = matrix(30, {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}});
  const auto of = [&](const std::vector<unsigned>& list, std::size_t k = 10) {
    return measured(emptor::calibration_measure(genre, train), train, k, list);
  };
  CHECK(of({10, 11, 12, 13, 14, 15, 16, 17, 18, 19}) == Approx(0).margin(1e-12));
  const double romance = of({10, 11, 12, 13, 14, 15, 16, 20, 21, 22});
  const double p = 0.7;
  const double q = 0.99 + 0.01 * p;
  CHECK(romance == Approx(p * std::log(p / q) + 0.3 * std::log(0.3 / 0.003)));
  const double action = of({17, 18, 19, 27, 28, 29});
  CHECK(action > romance);  // missing the larger genre is worse
  CHECK(of({}) == Approx(-std::log(0.01)));
  CHECK(measured(emptor::calibration_measure(genre, matrix(30, {{}})), train, 3, {1, 2}) == 0);
  CHECK_THROWS_WITH(emptor::calibration_measure(genre, train, 0), ContainsSubstring("'alpha'"));
  CHECK_THROWS_AS(emptor::calibration_measure(genre, matrix(29, {{}})), emptor::Exception);
  const Csr<float> negative = Csr<float>::from_entries(
      30, 1, std::vector<std::uint32_t>{0}, std::vector<std::uint32_t>{0}, std::vector<float>{-1});
  CHECK_THROWS_WITH(emptor::calibration_measure(negative, train), ContainsSubstring(">= 0"));
  CHECK_NOTHROW(emptor::diversity_measure(negative));
}

TEST_CASE("diversity is the mean distance of pairs") {
  const Csr<float> genre = genres(2, {0, 0, 1, 1, 0});
  const Interactions train = matrix(5, {{}});
  const auto features = emptor::diversity_measure(genre);
  CHECK(measured(features, train, 4, {0, 1}) == Approx(0).margin(1e-12));
  CHECK(measured(features, train, 4, {0, 2}) == 1);
  CHECK(measured(features, train, 4, {0, 1, 2, 3}) == Approx(4.0 / 6));
  CHECK(measured(features, train, 1, {0}) == 0);
  const auto apart = emptor::diversity_measure([](Item a, Item b) {
    return std::fabs(static_cast<double>(index(a)) - static_cast<double>(index(b)));
  });
  CHECK(measured(apart, train, 3, {0, 1, 3}) == Approx(2));
  CHECK_THROWS_WITH(measured(emptor::diversity_measure(genres(2, {0, 1})), train, 3, {0, 3}),
                    ContainsSubstring("no row"));
  const auto nan = emptor::diversity_measure(
      [](Item, Item) { return std::numeric_limits<double>::quiet_NaN(); });
  CHECK_THROWS_WITH(measured(nan, train, 3, {0, 3}), ContainsSubstring("not finite"));
}

TEST_CASE("serendipity counts the hits that a primitive ranking lacks") {
  const Interactions train = matrix(6, {{}, {0}, {0, 1}, {0, 1}, {0, 1, 2}});
  const Interactions test = matrix(6, {{1, 4, 5}, {}, {}, {}, {}});
  const auto rank = lists({{4, 1, 3, 5}});
  const auto result = emptor::evaluate_ranking(
      "", train, test, rank,
      {.ks = {1, 2, 4, 6}, .measures = {emptor::serendipity_measure(train)}});
  CHECK(result.value(RankingMetric::serendipity, 1) == 1);
  CHECK(result.value(RankingMetric::serendipity, 2) == 0.5);  // 1 is popular
  CHECK(result.value(RankingMetric::serendipity, 4) == 0.5);  // 4 and 5 of 4 places
  CHECK(result.value(RankingMetric::serendipity, 6) == 0);    // the primitive lists everything
  // Against itself a ranking has none.
  const emptor::MostPopularRanker popular(train);
  const auto itself = emptor::evaluate_ranking(
      "", train, test, popular, {.ks = {3}, .measures = {emptor::serendipity_measure(popular)}});
  CHECK(itself.value(RankingMetric::serendipity, 3) == 0);
}

TEST_CASE("each measure once, and none of the fixed metrics") {
  const Interactions train = matrix(3, {{0}});
  const Interactions test = matrix(3, {{1}});
  const auto rank = lists({{1}});
  const auto with = [&](std::vector<ListMeasure> measures) {
    return emptor::evaluate_ranking("", train, test, rank, {.measures = std::move(measures)});
  };
  CHECK_THROWS_WITH(with({emptor::r_precision_measure(), emptor::r_precision_measure()}),
                    ContainsSubstring("R-precision"));
  CHECK_THROWS_WITH(with({{RankingMetric::recall, emptor::r_precision_measure().measure}}),
                    ContainsSubstring("'measures'"));
  CHECK_THROWS_AS(with({{RankingMetric::diversity, {}}}), emptor::Exception);
  CHECK_THROWS_AS(emptor::long_tail_measure(train, 1), emptor::Exception);
  CHECK_THROWS_AS(emptor::MostPopularRanker(train, matrix(4, {{0}})), emptor::Exception);
  const auto result = with({emptor::popularity_measure(train)});
  CHECK(result.means.size() == std::size(emptor::customer_metrics) + 1);
  CHECK(result.means.back().metric == RankingMetric::popularity);
  CHECK(result.means.back().value == 0);
}

/// Customers take items by a skewed law, and are listed the first `k` of another.
struct Market {
  static constexpr unsigned customers = 1500;
  static constexpr unsigned items = 300;
  Interactions train{customers, items, log(1, 6)};
  Interactions test{customers, items, log(2, 4)};

  static InteractionLog log(std::uint64_t seed, unsigned each) {
    InteractionLog out;
    for (unsigned c = 0; c < customers; ++c) {
      emptor::RandomStream random(seed, c);
      for (unsigned i = 0; i < each; ++i) {
        const double u = random.uniform();
        out.add(Customer{c}, Item{static_cast<unsigned>(u * u * u * items)});
      }
    }
    return out;
  }
  [[nodiscard]] emptor::RankingEvaluation evaluate(std::uint64_t seed, double skew,
                                                   const emptor::Context& context = {}) const {
    const auto rank = [&](std::span<const Customer> batch, std::size_t k, RankSink sink) {
      for (std::size_t row = 0; row < batch.size(); ++row) {
        emptor::RandomStream random(seed, index(batch[row]));
        std::vector<Item> list;
        while (list.size() < k) {
          const Item item{static_cast<unsigned>(std::pow(random.uniform(), skew) * items)};
          if (train.contains(batch[row], item) ||
              std::find(list.begin(), list.end(), item) != list.end()) {
            continue;
          }
          list.push_back(item);
        }
        sink(row, list);
      }
    };
    return emptor::evaluate_ranking(
        "market", train, test, rank,
        {.ks = {1, 5},
         .batch = 100,
         .measures = {emptor::capped_recall_measure(), emptor::serendipity_measure(train),
                      emptor::diversity_measure([](Item a, Item b) { return a == b ? 0.0 : 1.0; }),
                      emptor::long_tail_measure(train)}},
        context);
  }
};

class EachOnAThread final : public emptor::Executor {
 public:
  void run(std::size_t tasks, emptor::FunctionRef<void(std::size_t)> task) override {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < tasks; ++i) threads.emplace_back([i, task] { task(i); });
    for (std::thread& thread : threads) thread.join();
  }
  [[nodiscard]] std::size_t concurrency() const noexcept override { return 2; }
};

TEST_CASE("threads change no bit of a measure") {
  const Market market;
  EachOnAThread executor;
  const auto alone = market.evaluate(3, 2);
  const auto threaded = market.evaluate(3, 2, {.executor = &executor});
  CHECK(alone.values == threaded.values);
  CHECK(alone.catalogue_values == threaded.catalogue_values);
}

TEST_CASE("intervals of coverage and Gini cover what other lists give") {
  const Market market;
  constexpr int trials = 60;
  double coverage = 0;
  double gini = 0;
  std::vector<emptor::ModelEstimates> estimates;
  for (int trial = 0; trial < trials; ++trial) {
    const auto result = market.evaluate(static_cast<std::uint64_t>(100 + trial), 4);
    coverage += result.value(RankingMetric::coverage, 1) / trials;
    gini += result.value(RankingMetric::gini, 1) / trials;
    estimates.push_back(emptor::estimate_metrics(result, {.replicates = 200}));
  }
  int covers_coverage = 0;
  int covers_gini = 0;
  for (const auto& estimate : estimates) {
    for (const auto& one : estimate.metrics) {
      if (one.k != 1) continue;
      const bool is_coverage = one.metric == RankingMetric::coverage;
      if (!is_coverage && one.metric != RankingMetric::gini) continue;
      const double truth = is_coverage ? coverage : gini;
      const bool covers = one.low <= truth && truth <= one.high;
      (is_coverage ? covers_coverage : covers_gini) += covers ? 1 : 0;
      CHECK(one.low < one.value);
      CHECK(one.value < one.high);
    }
  }
  // 95 % or more of 60: fewer than 52 has a chance below 1 in 1,000.
  CHECK(covers_coverage >= 52);
  CHECK(covers_gini >= 52);
}

TEST_CASE("models are compared in coverage and Gini, too") {
  const Market market;
  const std::vector<emptor::RankingEvaluation> models = {
      market.evaluate(11, 4), market.evaluate(12, 4), market.evaluate(13, 1.5)};
  for (const RankingMetric metric : {RankingMetric::coverage, RankingMetric::gini}) {
    const auto pairs = emptor::compare_models(models, metric, 1);
    REQUIRE(pairs.size() == 3);
    CHECK(pairs[0].p_adjusted > 0.05);  // the same law, other draws
    CHECK(pairs[1].p_adjusted < 0.01);
    CHECK(pairs[1].difference == Approx(models[2].value(metric, 1) - models[0].value(metric, 1)));
  }
}

/// Scores by item, NaN for customer 1.
struct ByNumber {
  [[nodiscard]] std::string_view name() const { return "by number"; }
  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    for (std::size_t i = 0; i < items.size(); ++i) {
      scores[i] = customer == Customer{1} ? std::numeric_limits<float>::quiet_NaN()
                                          : static_cast<float>(index(items[i]));
    }
  }
};

TEST_CASE("AUC of a model joins its other metrics") {
  const Interactions train = matrix(6, {{5}, {0}, {}});
  const Interactions test = matrix(6, {{3, 5}, {2}, {5}});
  auto auc = emptor::evaluate_auc(ByNumber{}, train, test);
  CHECK(auc.model == "by number");
  CHECK(auc.values == std::vector<double>{0.75, 0.5, 1});
  CHECK(auc.value(RankingMetric::auc, 0) == Approx(0.75));
  CHECK(auc.counts.seen_pairs == 1);
  const auto seen = emptor::evaluate_auc(ByNumber{}, train, test, {.exclude_seen = false});
  CHECK(seen.values[0] == Approx(7.0 / 8));
  const auto warm = emptor::evaluate_auc(ByNumber{}, train, test, {.cold_customers = false});
  CHECK(warm.customers.size() == 2);

  const auto rank = lists({{3}, {2}, {5}});
  auto ranking = emptor::evaluate_ranking("", train, test, rank, {.ks = {2}});
  emptor::add_metrics(ranking, auc);
  CHECK(ranking.value(RankingMetric::auc, 0) == Approx(0.75));
  CHECK(ranking.column_of(RankingMetric::auc, 0).value()[1] == 0.5);
  CHECK(ranking.value(RankingMetric::recall, 2) == 1);
  CHECK(emptor::estimate_metrics(ranking).metrics.size() ==
        std::size(emptor::customer_metrics) + 3);
  CHECK_THROWS_WITH(emptor::add_metrics(ranking, auc), ContainsSubstring("AUC"));
  CHECK_THROWS_AS(emptor::add_metrics(ranking, warm), emptor::Exception);
  CHECK_THROWS_AS(emptor::evaluate_auc(ByNumber{}, train, matrix(6, {{1}})), emptor::Exception);
  // Everything is relevant: nothing to be told from.
  CHECK(emptor::evaluate_auc(ByNumber{}, matrix(2, {{}}), matrix(2, {{0, 1}})).values[0] == 0.5);
  const emptor::Context stopping{
      .progress = [](const emptor::ProgressStep&) { return emptor::Go::stop; }};
  CHECK(emptor::evaluate_auc(ByNumber{}, train, test, {}, stopping).completed);
}

struct Listed {
  Item item;
  float score;
};
struct Filter {
  bool exclude_seen = true;
};
/// Recommends what stands beside the items it was told.
struct Beside {
  struct Folded {
    std::vector<Item> items;
  };
  std::size_t items;
  [[nodiscard]] std::string_view name() const { return "beside"; }
  [[nodiscard]] Folded fold_in(std::span<const Item> told, std::span<const float>) const {
    return {{told.begin(), told.end()}};
  }
  [[nodiscard]] std::vector<Listed> recommend(const Folded& customer, std::size_t k,
                                              const Filter& filter) const {
    CHECK(filter.exclude_seen);
    std::vector<Listed> list;
    for (const Item item : customer.items) {
      const Item next = emptor::id_at<Item>((index(item) + 1) % items);
      if (list.size() < k &&
          std::find(customer.items.begin(), customer.items.end(), next) == customer.items.end()) {
        list.push_back({next, 1});
      }
    }
    return list;
  }
};

TEST_CASE("customers are folded in and judged by their hidden part") {
  const Interactions train = matrix(6, {{0, 1, 2}, {0, 1}, {}, {}, {}});
  const Interactions known = matrix(6, {{}, {}, {0, 2}, {4}, {}});
  const Interactions hidden = matrix(6, {{}, {}, {1, 2}, {0}, {3}});
  const auto result = emptor::evaluate_folded_ranking(Beside{6}, train, known, hidden, {.ks = {2}});
  CHECK(result.model == "beside");
  CHECK(result.customers == std::vector<Customer>{Customer{2}, Customer{3}, Customer{4}});
  CHECK(result.column_of(RankingMetric::recall, 2).value()[0] == 1);
  CHECK(result.column_of(RankingMetric::recall, 2).value()[1] == 0);
  CHECK(result.counts.seen_pairs == 1);
  CHECK(result.counts.cold_customers == 1);
  CHECK(result.counts.cold_items == 1);  // 3: nobody of train has it
  CHECK(result.counts.empty_lists == 1);
  // Popularity is that of train: the list 1, 3 of customer 2.
  const double total = 5 + 6;
  CHECK(result.column_of(RankingMetric::novelty, 2).value()[0] ==
        Approx((std::log2(total / 3) + std::log2(total / 1)) / 2));
  CHECK_THROWS_WITH(emptor::evaluate_folded_ranking(Beside{6}, train, known, train),
                    ContainsSubstring("folded in is in train"));
  CHECK_THROWS_WITH(emptor::evaluate_folded_ranking(Beside{6}, train, matrix(6, {{}}), hidden),
                    ContainsSubstring("known is 1 x 6"));
}

}  // namespace
