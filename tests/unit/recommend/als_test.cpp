#include "emptor/recommend/als.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

static_assert(LoadableRecommender<AlsModel> && BatchRecommender<AlsModel>);
static_assert(LoadableRecommender<BasicAlsModel<double>>);

/// Two tastes with noise; the last customer and the last item are left alone.
Interactions shop(std::uint32_t customers = 120, std::uint32_t items = 70) {
  InteractionLog log;
  for (std::uint32_t c = 0; c + 1 < customers; ++c) {
    RandomStream random(5, c);
    for (std::uint32_t i = 0; i + 1 < items; ++i) {
      if (random.bernoulli((c + i) % 2 == 0 ? 0.4 : 0.04)) {
        log.add(Customer{c}, Item{i}, static_cast<float>(1 + random.below(4)));
      }
    }
  }
  return {customers, items, log};
}

const AlsOptions small = {.factors = 10, .sweeps = 8, .lambda = 0.01};

std::vector<Customer> everybody(const Interactions& data) {
  std::vector<Customer> out;
  for (std::size_t c = 0; c < data.customers(); ++c) out.push_back(id_at<Customer>(c));
  return out;
}

TEST_CASE("recommendations are the best scores among what the filter lets pass") {
  const Interactions data = shop();
  const AlsModel model = fit_als(data, small).model;
  std::vector<Item> all;
  for (std::uint32_t i = 0; i < data.items(); ++i) all.push_back(Item{i});
  const std::vector<Item> out_of_stock = {Item{3}, Item{8}, Item{8}};
  const std::vector<Item> shelf = {Item{9}, Item{2}, Item{5}, Item{8}, Item{69}, Item{9}};
  for (const bool exclude_seen : {true, false}) {
    for (const bool listed : {false, true}) {
      RecommendFilter filter{.exclude_seen = exclude_seen, .exclude = out_of_stock};
      if (listed) filter.candidates = shelf;
      for (const Customer customer : everybody(data)) {
        std::vector<float> scores(all.size());
        model.score(customer, all, scores);
        std::vector<Recommendation> want;
        for (const Item item : all) {
          const bool allowed =
              !(exclude_seen && data.contains(customer, item)) && item != Item{3} &&
              item != Item{8} && item != Item{69} &&  // 69: nobody took it
              (!listed || std::find(shelf.begin(), shelf.end(), item) != shelf.end());
          if (allowed && index(customer) != 119) want.push_back({item, scores[index(item)]});
        }
        std::sort(want.begin(), want.end(), [](const auto& a, const auto& b) {
          return a.score != b.score ? a.score > b.score : a.item < b.item;
        });
        for (const std::size_t k : {0U, 1U, 7U, 1000U}) {
          auto cut = want;
          if (cut.size() > k) cut.resize(k);
          REQUIRE(model.recommend(customer, k, filter) == cut);
        }
      }
    }
  }
}

TEST_CASE("a batch gives what single calls give, whatever the kernels and threads") {
  const Interactions data = shop(300, 230);
  ThreadPool pool(2);
  for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
    const Kernels* kernels = kernels_for(isa);
    if (kernels == nullptr) continue;
    const Context context{.executor = &pool, .kernels = kernels};
    const AlsModel model = fit_als(data, small, context).model;
    auto customers = everybody(data);
    std::reverse(customers.begin(), customers.end());
    const std::vector<Item> exclude = {Item{0}, Item{7}};
    for (const std::size_t k : {1U, 10U, 400U}) {
      for (const bool exclude_seen : {true, false}) {
        const RecommendFilter filter{.exclude_seen = exclude_seen, .exclude = exclude};
        std::vector<Recommendation> out(customers.size() * k);
        std::vector<std::uint32_t> counts(customers.size(), 99);
        model.recommend_batch(customers, k, filter, context, out, counts);
        for (std::size_t c = 0; c < customers.size(); ++c) {
          const auto want = model.recommend(customers[c], k, filter);
          REQUIRE(counts[c] == want.size());
          REQUIRE(std::equal(want.begin(), want.end(), out.begin() + std::ptrdiff_t(c * k)));
        }
      }
    }
  }
}

TEST_CASE("a batch checks its shapes and ids") {
  const Interactions data = shop(10, 10);
  const AlsModel model = fit_als(data, small).model;
  const std::vector<Customer> customers = {Customer{0}, Customer{10}};
  std::vector<Recommendation> out(4);
  std::vector<std::uint32_t> counts(2);
  CHECK_THROWS_AS(model.recommend_batch(customers, 2, {}, {}, out, counts), Exception);
  CHECK_THROWS_AS(model.recommend_batch({customers.data(), 1}, 2, {}, {}, out, {counts.data(), 1}),
                  Exception);
  model.recommend_batch({}, 2, {}, {}, {}, {});
}

TEST_CASE("tastes are told apart and items of one taste are similar") {
  const Interactions data = shop();
  const AlsModel model = fit_als(data, small).model;
  std::size_t right = 0;
  std::size_t all = 0;
  for (std::size_t c = 0; c + 1 < data.customers(); ++c) {
    for (const auto& one : model.recommend(id_at<Customer>(c), 5)) {
      right += (index(one.item) + c) % 2 == 0 ? 1 : 0;
      ++all;
    }
  }
  CHECK(double(right) > 0.9 * double(all));  // by chance it would be half
  const auto similar = model.similar_items(Item{4}, 10);
  REQUIRE(similar.size() == 10);
  double even = 0;
  for (std::size_t i = 0; i < similar.size(); ++i) {
    CHECK(similar[i].item != Item{4});
    CHECK(similar[i].score <= 1.0001F);
    if (i > 0) CHECK(similar[i - 1].score >= similar[i].score);
    even += index(similar[i].item) % 2 == 0 ? 1 : 0;
  }
  CHECK(even >= 8);
  CHECK(model.similar_items(Item{69}, 10).empty());
}

template <class T>
void check_explanations(double tolerance) {
  const Interactions data = shop();
  for (const bool use_weights : {false, true}) {
    AlsOptions options = small;
    options.use_weights = use_weights;
    const BasicAlsModel<T> model = fit_als<T>(data, options).model;
    for (const std::uint32_t c : {0U, 17U, 118U}) {
      const auto items = data.by_customer().row_indices(c);
      const auto weights = data.by_customer().row_values(c);
      std::vector<Item> basket;
      for (const std::uint32_t item : items) basket.push_back(Item{item});
      const FoldedCustomer folded = model.fold_in(basket, weights);
      for (std::size_t j = 0; j < model.customer_factors().columns(); ++j) {
        CHECK(std::abs(double(folded.factors[j]) - double(model.customer_factors()(c, j))) <
              tolerance);
      }
      for (const std::uint32_t i : {0U, 1U, 33U}) {
        const Explanation why = model.explain(Customer{c}, Item{i}, 1000);
        REQUIRE(why.parts.size() == items.size());
        double sum = 0;
        for (const auto& part : why.parts) {
          sum += double(part.share);
          CHECK(data.contains(Customer{c}, part.because));
        }
        CHECK(std::abs(double(why.rest)) < tolerance);
        CHECK(std::abs(sum + double(why.rest) - double(why.score)) < 1e-6);
        float score = 0;
        const Item item{i};
        model.score(Customer{c}, {&item, 1}, {&score, 1});
        CHECK(score == why.score);

        const Explanation brief = model.explain(folded, Item{i}, 2);
        REQUIRE(brief.parts.size() == std::min<std::size_t>(2, items.size()));
        CHECK(std::abs(brief.score - why.score) < tolerance);
        double brief_sum = double(brief.rest);
        for (const auto& part : brief.parts) brief_sum += double(part.share);
        CHECK(std::abs(brief_sum - double(brief.score)) < 1e-6);
      }
    }
  }
}

TEST_CASE("explanations add up to the score, and fold-in repeats the fit") {
  check_explanations<float>(2e-5);
  check_explanations<double>(2e-7);  // folded factors are float
}

TEST_CASE("who has nothing gets nothing, and says so") {
  const Interactions data = shop();
  const AlsModel model = fit_als(data, small).model;
  const Customer cold{119};
  const std::vector<Item> items = {Item{0}, Item{69}};
  std::vector<float> scores(2, 0.0F);
  CHECK(model.recommend(cold, 5).empty());
  model.score(cold, items, scores);
  CHECK((std::isnan(scores[0]) && std::isnan(scores[1])));
  const Explanation why = model.explain(cold, Item{0}, 5);
  CHECK((std::isnan(why.score) && std::isnan(why.rest) && why.parts.empty()));
  const FoldedCustomer nobody = model.fold_in({});
  CHECK(nobody.factors.empty());
  CHECK(model.recommend(nobody, 5).empty());
  model.score(nobody, items, scores);
  CHECK(std::isnan(scores[0]));
  model.score(Customer{0}, items, scores);
  CHECK((std::isfinite(scores[0]) && scores[1] == 0));
}

TEST_CASE("fold-in serves someone new") {
  const Interactions data = shop();
  const AlsModel model = fit_als(data, small).model;
  const std::vector<Item> basket = {Item{2}, Item{4}, Item{6}, Item{4}};
  const FoldedCustomer folded = model.fold_in(basket);
  CHECK(folded.items == std::vector<Item>{Item{2}, Item{4}, Item{6}});
  CHECK(folded.weights == std::vector<float>{1, 2, 1});
  const auto list = model.recommend(folded, 6);
  REQUIRE(list.size() == 6);
  for (const auto& one : list) {
    CHECK(index(one.item) % 2 == 0);
    CHECK(std::find(basket.begin(), basket.end(), one.item) == basket.end());
  }
  FoldedCustomer foreign = folded;
  foreign.factors.pop_back();
  CHECK_THROWS_AS(model.recommend(foreign, 3), Exception);
  CHECK_THROWS_AS(model.fold_in(std::vector<Item>{Item{70}}), Exception);
}

TEST_CASE("ids outside of the model are refused") {
  const AlsModel model = fit_als(shop(5, 6), small).model;
  const Item good{0};
  const Item bad{6};
  float score = 0;
  CHECK_THROWS_AS(model.recommend(Customer{5}, 3), Exception);
  CHECK_THROWS_AS(model.score(Customer{5}, {&good, 1}, {&score, 1}), Exception);
  CHECK_THROWS_AS(model.score(Customer{0}, {&bad, 1}, {&score, 1}), Exception);
  CHECK_THROWS_AS(model.score(Customer{0}, {&good, 1}, {}), Exception);
  CHECK_THROWS_AS(model.similar_items(bad, 3), Exception);
  CHECK_THROWS_AS(model.explain(Customer{0}, bad, 3), Exception);
  CHECK_THROWS_AS(model.explain(Customer{5}, good, 3), Exception);
  CHECK_THROWS_AS(model.recommend(Customer{0}, 3, {.exclude = {&bad, 1}}), Exception);
}

TEST_CASE("options are checked by name") {
  const Interactions data = shop(5, 5);
  const auto refused = [&](const AlsOptions& options, const char* name) {
    try {
      (void)fit_als(data, options);
      FAIL("accepted a bad " << name);
    } catch (const Exception& error) {
      CHECK(error.code() == ErrorCode::invalid_option);
      CHECK(error.error().where == name);
    }
  };
  const double nan = std::nan("");
  refused({.factors = 0}, "factors");
  refused({.factors = 5000}, "factors");
  refused({.sweeps = 0}, "sweeps");
  refused({.unobserved_weight = -0.1}, "unobserved_weight");
  refused({.unobserved_weight = nan}, "unobserved_weight");
  refused({.lambda = 0}, "lambda");
  refused({.lambda = nan}, "lambda");
  refused({.nu = 2.5}, "nu");
  refused({.initial_deviation = 0}, "initial_deviation");
  refused({.solver = static_cast<AlsSolver>(3)}, "solver");
  refused({.cg_steps = 0}, "cg_steps");
  refused({.block = 0}, "block");
  CHECK_THROWS_WITH(fit_als(data, {.lambda = -1}),
                    ContainsSubstring("'lambda' must be finite and > 0, got -1"));
}

TEST_CASE("shapes at the edge fit and serve") {
  InteractionLog one;
  one.add(Customer{0}, Item{0});
  for (const std::size_t factors : {1U, 16U, 50U}) {
    const AlsOptions options = {.factors = factors, .sweeps = 3};
    const AlsModel single = fit_als(Interactions(1, 1, one), options).model;
    CHECK(single.recommend(Customer{0}, 5).empty());
    const auto seen = single.recommend(Customer{0}, 5, {.exclude_seen = false});
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].score > 0.5F);
    CHECK(seen[0].score < 1);

    const AlsModel lonely = fit_als(Interactions(3, 4, one), options).model;
    CHECK(lonely.recommend(Customer{0}, 5).empty());
    CHECK(lonely.recommend(Customer{1}, 5).empty());

    const AlsModel nothing = fit_als(Interactions(3, 4, InteractionLog{}), options).model;
    CHECK(nothing.recommend(Customer{2}, 5).empty());
    const AlsModel void_model = fit_als(Interactions(), options).model;
    CHECK(void_model.customers() == 0);
    CHECK(AlsModel::load(void_model.save()).has_value());
  }
  const AlsModel no_negatives =
      fit_als(shop(), {.factors = 8, .sweeps = 3, .unobserved_weight = 0}).model;
  CHECK(no_negatives.recommend(Customer{0}, 3).size() == 3);
}

TEST_CASE("weights that leave the range of the scalar are an error, not a silent NaN") {
  InteractionLog log;
  for (std::uint32_t c = 0; c < 40; ++c) log.add(Customer{c}, Item{c % 3}, 3e38F);
  const Interactions data(40, 3, log);
  AlsOptions options = {.factors = 4, .sweeps = 2, .lambda = 1e-40, .use_weights = true};
  options.unobserved_weight = 0;
  CHECK_THROWS_AS(fit_als(data, options), Exception);
}

TEST_CASE("a saved model is the same model") {
  const Interactions data = shop();
  for (const bool use_weights : {false, true}) {
    AlsOptions options = small;
    options.use_weights = use_weights;
    options.nu = 0.7;
    const AlsModel model = fit_als(data, options).model;
    const auto bytes = model.save();
    const Result<AlsModel> loaded = AlsModel::load(bytes);
    REQUIRE(loaded.has_value());
    CHECK(loaded->save() == bytes);
    CHECK(loaded->customer_factors() == model.customer_factors());
    CHECK(loaded->recommend(Customer{3}, 10) == model.recommend(Customer{3}, 10));
    CHECK(loaded->similar_items(Item{3}, 10) == model.similar_items(Item{3}, 10));
    CHECK(loaded->explain(Customer{3}, Item{9}, 4) == model.explain(Customer{3}, Item{9}, 4));
    const std::vector<Item> basket = {Item{1}, Item{5}};
    CHECK(loaded->fold_in(basket).factors == model.fold_in(basket).factors);
    CHECK_FALSE(BasicAlsModel<double>::load(bytes).has_value());
  }
}

TEST_CASE("a damaged model is refused at every byte") {
  const auto bytes = fit_als(shop(12, 9), {.factors = 3, .sweeps = 2}).model.save();
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    REQUIRE_FALSE(AlsModel::load(std::span(bytes).first(cut)).has_value());
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto damaged = bytes;
    damaged[at] ^= std::byte{0x10};
    REQUIRE_FALSE(AlsModel::load(damaged).has_value());
  }
}

TEST_CASE("progress is asked after each sweep and can stop the fit") {
  const Interactions data = shop();
  std::vector<std::size_t> told;
  Context context;
  context.progress = [&](const ProgressStep& step) {
    CHECK(step.what == "als");
    CHECK(step.total == 8);
    told.push_back(step.done);
    return step.done == 3 ? Go::stop : Go::on;
  };
  const auto stopped = fit_als(data, small, context);
  CHECK(told == std::vector<std::size_t>{1, 2, 3});
  CHECK(stopped.report.stopped);
  CHECK(stopped.report.sweeps == 3);
  AlsOptions three = small;
  three.sweeps = 3;
  const auto whole = fit_als(data, three);
  CHECK_FALSE(whole.report.stopped);
  CHECK(whole.model.customer_factors() == stopped.model.customer_factors());
}

}  // namespace
}  // namespace emptor
