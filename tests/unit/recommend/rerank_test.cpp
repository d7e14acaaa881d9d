#include "emptor/recommend/rerank.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "emptor/recommend/rerank_calibration.hpp"
#include "emptor/recommend/rerank_diversity.hpp"
#include "emptor/recommend/rerank_explore.hpp"
#include "emptor/recommend/rerank_price.hpp"
#include "emptor/recommend/rerank_rules.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

using Ids = std::vector<std::uint32_t>;

/// Items 0 .. n - 1, the best first, scores n - 1 .. 0 plus `offset`.
std::vector<Recommendation> ladder(std::uint32_t n, float offset = 0) {
  std::vector<Recommendation> out;
  for (std::uint32_t i = 0; i < n; ++i) {
    out.push_back({Item{i}, static_cast<float>(n - 1 - i) + offset});
  }
  return out;
}

Ids ids(const Reranked& answer) {
  Ids out;
  for (const RerankedItem& entry : answer.items) out.push_back(std::uint32_t(entry.item));
  return out;
}

Reranked run(std::uint32_t n, std::size_t k, const std::vector<Reranker>& steps,
             RerankRequest request = {}) {
  request.k = k;
  return rerank(ladder(n), request, steps);
}

std::vector<Category> categories(const std::vector<int>& of) {
  std::vector<Category> out;
  for (const int c : of) out.push_back(c < 0 ? no_id<Category> : id_at<Category>(std::size_t(c)));
  return out;
}

}  // namespace

TEST_CASE("without steps the first k candidates are the answer") {
  const Reranked answer = run(5, 3, {});
  CHECK(ids(answer) == Ids{0, 1, 2});
  CHECK(answer.items[1].original_place == 1);
  CHECK(answer.items[1].reason == RerankReason::none);
  CHECK(answer.items[1].propensity == 1.0F);
  CHECK(answer.list() == std::vector<Recommendation>{{Item{0}, 4}, {Item{1}, 3}, {Item{2}, 2}});
  CHECK(answer.candidates == 5);
  CHECK(answer.missing == 0);
  CHECK(run(5, 8, {}).missing == 3);
  CHECK(run(0, 2, {}).missing == 2);
  CHECK(run(5, 0, {}).items.empty());
}

TEST_CASE("candidates and requests that cannot be are refused by name") {
  const RerankRequest request{};
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    check_throws(ErrorCode::invalid_value, "score of candidate 1", [&] {
      (void)rerank(std::vector<Recommendation>{{Item{0}, 1}, {Item{1}, bad}}, request, {});
    });
  }
  check_throws(ErrorCode::duplicate, "item 7 is a candidate twice", [&] {
    (void)rerank(std::vector<Recommendation>{{Item{7}, 1}, {Item{7}, 1}}, request, {});
  });
  const std::vector<Item> history{Item{0}, Item{1}};
  const std::vector<float> one{1.0F};
  const std::vector<float> negative{1.0F, -1.0F};
  check_throws(ErrorCode::invalid_shape, "weights",
               [&] { (void)run(3, 2, {}, {.history = history, .weights = one}); });
  check_throws(ErrorCode::invalid_value, "> 0, got -1",
               [&] { (void)run(3, 2, {}, {.history = history, .weights = negative}); });
}

TEST_CASE("options of steps are checked when the step is made") {
  constexpr auto code = ErrorCode::invalid_option;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  check_throws(code, "'lambda'", [] { Reranker{MmrDiversity{.lambda = 1.1}}; });
  check_throws(code, "'theta'", [] { Reranker{DppDiversity{.theta = 1}}; });
  check_throws(code, "'lambda'", [&] { Reranker{Calibration{.lambda = nan}}; });
  check_throws(code, "'alpha'", [] { Reranker{Calibration{.alpha = 0}}; });
  check_throws(code, "'multiply'", [] { Reranker{BoostRules{{{.multiply = 0}}}}; });
  check_throws(code, "'add'", [&] { Reranker{BoostRules{{{.add = nan}}}}; });
  check_throws(code, "'category'",
               [] { Reranker{BoostRules{{{.meant = {.category = Category{1}}}}}}; });
  check_throws(code, "'most'", [] { Reranker{CategoryCaps{{{.most = 0}}}}; });
  check_throws(code, "'slots'", [] { Reranker{PinnedSlots{{{Item{1}, 0}, {Item{1}, 1}}}}; });
  check_throws(code, "'high'", [] { Reranker{PriceRange{.low = 2, .high = 1}}; });
  check_throws(code, "'shares'", [] { Reranker{PriceBands{.shares = {}}}; });
  check_throws(code, "'epsilon'", [] { Reranker{ExplorationSlots{.epsilon = -0.1}}; });
  check_throws(code, "'slots'", [] { Reranker{ExplorationSlots{.slots = {3, 3}}}; });
  check_throws(ErrorCode::currency_mismatch, "currency", [] {
    Reranker{PriceBands{.prices = {.currency = Currency("EUR")},
                        .edges = {Money(100, Currency("USD"))},
                        .shares = {1, 1}}};
  });
}

TEST_CASE("boost raises and bury lowers, also negative scores") {
  const auto shelf = categories({0, 0, 1, 1, -1});
  const BoostRules rules{{{.meant = {.items = {Item{4}}}, .add = 10},
                          {.meant = {.category_of = shelf, .category = Category{1}}, .multiply = 2},
                          {.meant = {.items = {Item{0}}}, .multiply = 0.5}}};
  const Reranked answer = rerank(ladder(5, -2), {.k = 5}, std::vector<Reranker>{rules});
  // 2, 1, 0, -1, -2 become 1, 1, 0, -.5, 8.
  CHECK(ids(answer) == Ids{4, 0, 1, 2, 3});
  CHECK(answer.items[0].score == 8.0F);
  CHECK(answer.items[0].original_score == -2.0F);
  CHECK(answer.items[4].score == -0.5F);
  CHECK(answer.items[4].reason == RerankReason::boosted);
  CHECK(answer.notes_of(Item{4}) ==
        std::vector<RerankNote>{{Item{4}, 0, RerankReason::boosted, 0, 4, 0}});
  CHECK(answer.notes_of(Item{0}) ==
        std::vector<RerankNote>{{Item{0}, 0, RerankReason::buried, 2, 0, 1}});
  CHECK(answer.notes_of(Item{2}).empty());  // twice 0 is 0
  check_throws(ErrorCode::invalid_value, "rule 0 gives item 1 the score", [] {
    (void)run(3, 2, {BoostRules{{{.meant = {.items = {Item{1}}}, .add = 1e300}}}});
  });
}

TEST_CASE("what is out of stock leaves or goes to the end") {
  const std::vector<std::int64_t> units{0, 5, 0, 2, -1};
  const Reranked removed = run(5, 4, {StockRule{.units = units}});
  CHECK(ids(removed) == Ids{1, 3});
  CHECK(removed.missing == 2);
  CHECK(removed.notes.size() == 3);
  CHECK(removed.notes[1] ==
        RerankNote{Item{2}, 0, RerankReason::out_of_stock, no_place, 2, no_place});
  CHECK(removed.steps[0].out == 2);
  const Reranked demoted =
      run(5, 4, {StockRule{.units = units, .least = 3, .misfits = Misfits::demote}});
  CHECK(ids(demoted) == Ids{1, 0, 2, 3});
  CHECK(demoted.items[3].reason == RerankReason::out_of_stock);
  CHECK(demoted.steps[0].moved == 2);
  const std::vector<std::int64_t> few{1};
  check_throws(ErrorCode::out_of_range, "item 1 has no stock",
               [&] { (void)run(5, 4, {StockRule{.units = few}}); });
}

TEST_CASE("caps of several taxonomies hold, and what is missing is told") {
  const auto shelf = categories({0, 0, 0, 1, 1, 2, -1});
  const auto brand = categories({0, 1, 1, 1, 0, 0, -1});
  const CategoryCaps caps{{{.category_of = shelf, .most = 2}, {.category_of = brand, .most = 1}}};
  const Reranked answer = run(7, 5, {caps});
  CHECK(ids(answer) == Ids{0, 1, 6});
  CHECK(answer.missing == 2);
  CHECK(answer.steps[0].unknown == 1);
  CHECK(answer.notes_of(Item{2}).front().rule == 0);
  CHECK(answer.notes_of(Item{3}).front().rule == 1);
  CHECK(answer.notes_of(Item{3}).front().to == no_place);

  // A pinned item counts; two pinned of one brand are too many, stay, and are told of.
  const Reranked pinned = run(7, 5, {PinnedSlots{{{Item{4}, 1}, {Item{5}, 3}}}, caps});
  CHECK(ids(pinned) == Ids{1, 4, 6, 5});
  CHECK(pinned.steps[1].broken == 1);
}

TEST_CASE("pinned items keep their slots whatever comes after") {
  const Reranked answer = run(6, 4,
                              {PinnedSlots{{{Item{5}, 0}, {Item{99}, 2}, {Item{4}, 7}}},
                               BoostRules{{{.meant = {.items = {Item{1}}}, .add = 50}}}});
  CHECK(ids(answer) == Ids{5, 1, 99, 0});
  CHECK(answer.items[0].reason == RerankReason::pinned);
  CHECK(answer.items[0].original_place == 5);
  CHECK(std::isnan(answer.items[2].score));
  CHECK(answer.items[2].original_place == no_place);
  CHECK(answer.notes_of(Item{1}).front().from == 3);
  CHECK(answer.notes_of(Item{1}).front().to == 1);
  CHECK(answer.notes_of(Item{99}).front() ==
        RerankNote{Item{99}, 0, RerankReason::pinned, 1, no_place, 2});

  CHECK(ids(run(3, 4, {PinnedSlots{{{Item{9}, 2}}, true}})) == Ids{0, 1, 2});
  // Too few others: pinned items move up behind them. A slot beyond the list is not shown.
  CHECK(ids(run(1, 6, {PinnedSlots{{{Item{9}, 3}, {Item{8}, 5}}}})) == Ids{0, 9, 8});
  CHECK(ids(run(3, 2, {PinnedSlots{{{Item{0}, 2}}}})) == Ids{1, 2});
  check_throws(ErrorCode::duplicate, "pinned already", [] {
    (void)run(3, 2, {PinnedSlots{{{Item{0}, 1}}}, PinnedSlots{{{Item{1}, 1}}}});
  });
  const std::vector<std::int64_t> units{1, 0, 1};
  CHECK(run(3, 2, {PinnedSlots{{{Item{1}, 0}}}, StockRule{.units = units}}).steps[1].broken == 1);
}

TEST_CASE("a price range is about what the customer usually pays") {
  const std::vector<std::int64_t> units{1000, 450, no_price, 2001, 500, 2000};
  const PriceRange range{.prices = {.units = units}, .low = 0.5, .high = 2};
  const std::vector<Item> history{Item{0}, Item{2}, Item{0}, Item{3}, Item{1}};
  const Reranked answer = run(6, 6, {range}, {.history = history});
  CHECK(range.usual_price({.history = history}) == 1000);
  CHECK(ids(answer) == Ids{0, 2, 4, 5, 1, 3});
  CHECK(answer.steps[0].unknown == 1);
  const std::vector<float> weights{1, 1, 1, 1, 9};
  CHECK(range.usual_price({.history = history, .weights = weights}) == 450);
  CHECK(run(6, 6, {range}).steps[0].skipped);
  CHECK(ids(run(6, 6, {range})) == Ids{0, 1, 2, 3, 4, 5});
}

TEST_CASE("price bands take their share of the list, compared exactly with money") {
  const Currency euro("EUR");
  const std::vector<std::int64_t> units{9999, 10000, 50, 10001, 49999, 50000, no_price, 1};
  const PriceBands bands{.prices = {.units = units, .scale = 3, .currency = euro},
                         .edges = {Money(1000, euro), Money(5000, euro)},
                         .shares = {0.5, 0.3, 0}};
  CHECK(bands.band_of(9999) == 0);
  CHECK(bands.band_of(10000) == 1);
  CHECK(bands.band_of(49999) == 1);
  CHECK(bands.band_of(50000) == 2);
  const Reranked answer = run(8, 4, {bands});  // 2, ceil(1.2) = 2 and 0 places
  CHECK(ids(answer) == Ids{0, 1, 2, 3});
  const Reranked six = run(8, 6, {bands});  // 3, 2 and 0
  CHECK(ids(six) == Ids{0, 1, 2, 3, 6, 7});
  CHECK(six.notes_of(Item{4}).front().rule == 1);
  CHECK(six.notes_of(Item{5}).front().rule == 2);
  const Reranked ten =
      run(8, 10, {PriceBands{.prices = {.units = units, .currency = euro}, .shares = {0.3}}});
  CHECK(ten.items.size() == 4);  // 3 of the band and the one without a price
  CHECK(ten.missing == 6);
}

TEST_CASE("a list may be asked for longer than memory") {
  const std::size_t endless = std::numeric_limits<std::size_t>::max();
  const std::vector<std::int64_t> units(5, 100);
  const auto shelf = categories({0, 0, 1, 1, -1});
  const std::vector<Item> history{Item{0}};
  const Reranked answer =
      run(5, endless,
          {PinnedSlots{{{Item{4}, 0}}}, PriceBands{.prices = {.units = units}, .shares = {1}},
           MmrDiversity{}, DppDiversity{}, Calibration{.category_of = shelf},
           ExplorationSlots{.slots = {1}, .epsilon = 1}},
          {.history = history});
  CHECK(answer.items.size() == 5);
  CHECK(answer.missing == endless - 5);
}

TEST_CASE("diversity takes unlike items first and says which it put back") {
  // 0, 1, 2 are the same thing; 3 is something else; 4 lies between.
  Matrix<float> vectors(5, 2);
  const float rows[5][2] = {{1, 0}, {2, 0}, {3, 0}, {0, 1}, {1, 1}};
  for (std::size_t i = 0; i < 5; ++i) {
    vectors(i, 0) = rows[i][0];
    vectors(i, 1) = rows[i][1];
  }
  const auto alike = ItemSimilarity::cosine(vectors);
  const Reranked mmr = run(5, 3, {MmrDiversity{.similarity = alike, .lambda = 0.5}});
  // After 0: 1 has .75 - 1, 3 has .25 - 0, 4 has 0 - .71; then 1: -.25, 2: -.5, 4: -.71.
  CHECK(ids(mmr) == Ids{0, 3, 1});
  CHECK(mmr.items[1].reason == RerankReason::diverse);
  CHECK(mmr.items[2].reason == RerankReason::similar);
  CHECK(ids(run(5, 3, {MmrDiversity{.similarity = alike, .lambda = 1}})) == Ids{0, 1, 2});
  CHECK(ids(run(5, 5, {MmrDiversity{}})) == Ids{0, 1, 2, 3, 4});

  // The vectors span two dimensions: after two items all else has the determinant 0.
  const Reranked dpp =
      run(5, 4, {DppDiversity{.similarity = alike, .theta = 0.5, .from_minus_one = false}});
  CHECK(ids(dpp) == Ids{0, 3, 1, 2});
  const Reranked sure = run(5, 4, {DppDiversity{.similarity = alike, .theta = 0.9999}});
  CHECK(sure.items[0].item == Item{0});
  check_throws(ErrorCode::out_of_range, "item 5 is unknown, there are 5 vectors",
               [&] { (void)run(6, 2, {MmrDiversity{.similarity = alike}}); });
  const auto bad = ItemSimilarity::from([](Item, Item) { return std::nanf(""); });
  check_throws(ErrorCode::invalid_value, "similarity of items 0 and 1",
               [&] { (void)run(3, 2, {MmrDiversity{.similarity = bad}}); });
  vectors(1, 1) = std::numeric_limits<float>::infinity();
  check_throws(ErrorCode::invalid_value, "vector of item 1 is not finite",
               [&] { (void)run(3, 2, {DppDiversity{.similarity = alike}}); });
}

TEST_CASE("calibration brings the list to the customer's mix") {
  const auto shelf = categories({0, 0, 0, 0, 0, 0, 1, 1, 2, -1});
  std::vector<Item> history;
  for (const std::uint32_t item : {0U, 1U, 2U, 6U, 9U}) history.push_back(Item{item});
  const Calibration steck{.category_of = shelf, .lambda = 0.9};
  const Reranked answer = run(10, 4, {steck}, {.history = history});
  CHECK(ids(answer) == Ids{0, 6, 1, 2});  // three of shelf 0 and one of shelf 1
  CHECK(answer.items[1].reason == RerankReason::calibrated);
  CHECK(answer.steps[0].unknown == 1);
  CHECK(run(10, 4, {steck}).steps[0].skipped);
  const std::vector<double> mix{0, 0, 3};
  const Reranked wanted =
      run(10, 4, {Calibration{.category_of = shelf, .target = mix, .lambda = 1}});
  CHECK(wanted.items[0].item == Item{8});
  CHECK(ids(run(10, 4, {Calibration{.category_of = shelf, .target = mix, .lambda = 0}})) ==
        Ids{0, 1, 2, 3});
}

TEST_CASE("exploration fills its slots by the request's number and tells the odds") {
  const ExplorationSlots even{.slots = {1, 3}, .epsilon = 0.5, .seed = 3, .pool = 4};
  const std::vector<Reranker> steps{even};
  std::map<std::uint32_t, int> at_slot;
  double weight = 0;
  constexpr int requests = 4000;
  for (std::uint64_t request = 0; request < requests; ++request) {
    const Reranked answer = rerank(ladder(20), {.k = 5, .request = request}, steps);
    const Reranked again = rerank(ladder(20), {.k = 5, .request = request}, steps);
    REQUIRE(answer.list() == again.list());
    CHECK(answer.items[0].item == Item{0});
    CHECK(answer.items[2].propensity == 1.0F);
    const RerankedItem& second = answer.items[1];
    ++at_slot[std::uint32_t(second.item)];
    CHECK(second.propensity == (second.item == Item{1} ? 0.5F : 0.125F));
    const RerankedItem& fourth = answer.items[3];
    if (fourth.item != Item{3}) {
      CHECK(fourth.reason == RerankReason::explored);
      CHECK(fourth.propensity == (second.item == Item{1} ? 0.125F : static_cast<float>(0.5 / 3)));
    }
    if (second.item == Item{5}) weight += 1 / static_cast<double>(second.propensity);
  }
  CHECK(at_slot.size() == 5);  // its own and the pool of 5 .. 8
  CHECK(std::abs(at_slot[1] - requests / 2) < 5 * std::sqrt(requests * 0.25));
  CHECK(std::abs(weight / requests - 1) < 5 * std::sqrt(7.0 / requests));
  CHECK(ids(run(4, 5, {ExplorationSlots{.slots = {0}, .epsilon = 1}})) == Ids{0, 1, 2, 3});
}

TEST_CASE("exploration by score and by uncertainty has the odds it says") {
  const std::vector<std::uint32_t> trials{0, 0, 1000, 1000, 10, 0};
  const std::vector<std::uint32_t> successes{0, 0, 100, 500, 5, 0};
  for (const ExploreBy by : {ExploreBy::softmax, ExploreBy::thompson}) {
    const std::vector<Reranker> steps{ExplorationSlots{
        .slots = {0}, .epsilon = 1, .by = by, .successes = successes, .trials = trials}};
    std::map<std::uint32_t, std::pair<int, double>> seen;
    constexpr int requests = 5000;
    for (std::uint64_t request = 0; request < requests; ++request) {
      const Reranked answer = rerank(ladder(6), {.k = 2, .request = request}, steps);
      auto& [count, propensity] = seen[std::uint32_t(answer.items[0].item)];
      ++count;
      propensity = static_cast<double>(answer.items[0].propensity);
    }
    double sum = 0;
    for (const auto& [item, both] : seen) {
      const auto& [count, propensity] = both;
      sum += propensity;
      CHECK(std::abs(count - requests * propensity) <
            5 * std::sqrt(requests * propensity * (1 - propensity)) + 1);
    }
    CHECK(sum <= 1 + 1e-6);
    if (by == ExploreBy::softmax) {
      CHECK(std::abs(seen[2].second -
                     std::exp(3.0) / (std::exp(3.0) + std::exp(2.0) + std::exp(1.0) + 1)) < 1e-6);
    } else {
      // Against draws of the Beta distributions themselves; normal ones are only like them.
      RandomStream random(1);
      std::vector<double> wins(4, 0.0);
      for (int draw = 0; draw < 20000; ++draw) {
        std::size_t best = 0;
        double most = 0;
        for (std::size_t i = 0; i < 4; ++i) {
          const double a = successes[i + 2] + 1.0;
          const double b = trials[i + 2] - successes[i + 2] + 1.0;
          const double rate = random.beta(a, b);
          if (rate > most) best = i, most = rate;
        }
        wins[best] += 1.0 / 20000;
      }
      for (const std::uint32_t i : {3U, 4U, 5U}) {
        INFO(i << ": " << seen[i].second << " against " << wins[i - 2]);
        CHECK(std::abs(seen[i].second - wins[i - 2]) < 0.06);
      }
      CHECK(seen[2].first == 0);
    }
  }
}

TEST_CASE("a step of the host's own works like the others") {
  const Reranker reverse("reverse", [](RerankList& list, const RerankRequest&) {
    std::vector<std::uint32_t> order;
    for (std::size_t i = list.items().size(); i-- > 0;) order.push_back(std::uint32_t(i));
    list.note(0, RerankReason::buried, 1);
    list.rearrange(order);
  });
  const Reranked answer = run(4, 2, {reverse});
  CHECK(ids(answer) == Ids{3, 2});
  CHECK(answer.steps[0].name == "reverse");
  CHECK(answer.notes == std::vector<RerankNote>{{Item{0}, 0, RerankReason::buried, 1, 0, 3}});
  CHECK(name(RerankReason::out_of_stock) == "out_of_stock");
  CHECK(name(RerankReason::no_score) == "no_score");
}
