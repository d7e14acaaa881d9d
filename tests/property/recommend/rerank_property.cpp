// Re-rankers against twins that do the same by definition: all objectives from scratch for every
// place, determinants by elimination, divergences by sums over all categories.

#include "emptor/recommend/rerank.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/recommend/rerank_calibration.hpp"
#include "emptor/recommend/rerank_diversity.hpp"
#include "emptor/recommend/rerank_explore.hpp"
#include "emptor/recommend/rerank_price.hpp"
#include "emptor/recommend/rerank_rules.hpp"
#include "support/property.hpp"

namespace emptor {

namespace {

struct Shop {
  std::vector<Recommendation> candidates;
  Matrix<float> vectors;
  std::vector<Category> shelf;
  std::vector<Category> brand;
  std::vector<std::int64_t> prices;
  std::vector<std::int64_t> stock;
  std::vector<Item> history;
  std::size_t k = 0;
};

Shop some_shop(std::size_t d = 3) {
  Shop shop;
  const auto n = *rc::gen::inRange<std::size_t>(1, 24);
  RandomStream random(*rc::gen::inRange<std::uint64_t>(0, 1U << 30));
  shop.k = *rc::gen::inRange<std::size_t>(0, n + 3);
  shop.vectors = Matrix<float>(n, d);
  std::vector<Item> items;
  for (std::size_t i = 0; i < n; ++i) {
    items.push_back(id_at<Item>(i));
    for (std::size_t f = 0; f < d; ++f) shop.vectors(i, f) = static_cast<float>(random.normal());
    shop.shelf.push_back(random.bernoulli(0.1) ? no_id<Category>
                                               : id_at<Category>(random.below(4)));
    shop.brand.push_back(id_at<Category>(random.below(3)));
    shop.prices.push_back(random.bernoulli(0.1) ? no_price : 100 + random.below(900));
    shop.stock.push_back(random.below(4));
    if (random.bernoulli(0.3)) shop.history.push_back(id_at<Item>(i));
  }
  random.shuffle(std::span(items));
  double score = random.normal();
  for (const Item item : items) {
    shop.candidates.push_back({item, static_cast<float>(score)});
    if (random.bernoulli(0.8)) score -= random.exponential();
  }
  return shop;
}

double cosine(const Shop& shop, Item a, Item b) {
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t f = 0; f < shop.vectors.columns(); ++f) {
    const auto x = static_cast<double>(shop.vectors(index(a), f));
    const auto y = static_cast<double>(shop.vectors(index(b), f));
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return a == b ? 1 : ab / std::sqrt(aa * bb);
}

double min_max(const Shop& shop, const RerankedItem& entry) {
  const auto high = static_cast<double>(shop.candidates.front().score);
  const auto low = static_cast<double>(shop.candidates.back().score);
  return high > low ? (static_cast<double>(entry.score) - low) / (high - low) : 1;
}

/// At every place, the item chosen has the largest objective of those that were left, up to
/// rounding, where `objective(chosen, next)` is by definition.
template <class Objective>
void assert_greedy(const Reranked& answer, const Reranked& all, double tolerance,
                   Objective&& objective) {
  std::vector<RerankedItem> chosen;
  std::set<Item> taken;
  for (const RerankedItem& entry : answer.items) {
    const double own = objective(chosen, entry);
    for (const RerankedItem& other : all.items) {
      if (taken.contains(other.item)) continue;
      RC_ASSERT(objective(chosen, other) <= own + tolerance);
    }
    chosen.push_back(entry);
    taken.insert(entry.item);
  }
}

Reranked run(const Shop& shop, const std::vector<Reranker>& steps, std::size_t k) {
  return rerank(shop.candidates, {.k = k, .request = 3, .history = shop.history}, steps);
}

double determinant(std::vector<std::vector<double>> a) {
  double out = 1;
  for (std::size_t c = 0; c < a.size(); ++c) {
    std::size_t pivot = c;
    for (std::size_t r = c; r < a.size(); ++r) {
      if (std::abs(a[r][c]) > std::abs(a[pivot][c])) pivot = r;
    }
    if (a[pivot][c] == 0) return 0;
    if (pivot != c) std::swap(a[pivot], a[c]), out = -out;
    out *= a[c][c];
    for (std::size_t r = c + 1; r < a.size(); ++r) {
      const double factor = a[r][c] / a[c][c];
      for (std::size_t j = c; j < a.size(); ++j) a[r][j] -= factor * a[c][j];
    }
  }
  return out;
}

}  // namespace

TEST_CASE("each place goes to the item of maximal marginal relevance") {
  test::check_property("mmr", [] {
    const Shop shop = some_shop();
    const double lambda = *rc::gen::element(0.0, 0.3, 0.7, 1.0);
    const MmrDiversity mmr{.similarity = ItemSimilarity::cosine(shop.vectors), .lambda = lambda};
    const Reranked answer = run(shop, {mmr}, shop.k);
    RC_ASSERT(answer.items.size() == std::min(shop.k, shop.candidates.size()));
    assert_greedy(answer, run(shop, {}, 100), 1e-6,
                  [&](const std::vector<RerankedItem>& chosen, const RerankedItem& next) {
                    double nearest = chosen.empty() ? 0 : -1;
                    for (const RerankedItem& entry : chosen) {
                      nearest = std::max(nearest, cosine(shop, entry.item, next.item));
                    }
                    return lambda * min_max(shop, next) - (1 - lambda) * nearest;
                  });
  });
}

TEST_CASE("each place goes to the item that adds most to the determinant's logarithm") {
  test::check_property("dpp", [] {
    const Shop shop = some_shop(30);  // more dimensions than items: no determinant is 0
    const double theta = *rc::gen::element(0.0, 0.3, 0.7, 0.95);
    const bool shifted = *rc::gen::arbitrary<bool>();
    const DppDiversity dpp{.similarity = ItemSimilarity::cosine(shop.vectors),
                           .theta = theta,
                           .from_minus_one = shifted};
    const Reranked answer = run(shop, {dpp}, shop.k);
    RC_ASSERT(answer.items.size() == std::min(shop.k, shop.candidates.size()));
    assert_greedy(answer, run(shop, {}, 100), 1e-4,
                  [&](const std::vector<RerankedItem>& chosen, const RerankedItem& next) {
                    std::vector<RerankedItem> all = chosen;
                    all.push_back(next);
                    std::vector<std::vector<double>> s(all.size());
                    double sum = 0;
                    for (std::size_t a = 0; a < all.size(); ++a) {
                      sum += min_max(shop, all[a]);
                      for (std::size_t b = 0; b < all.size(); ++b) {
                        const double value = cosine(shop, all[a].item, all[b].item);
                        s[a].push_back(shifted ? (1 + value) / 2 : value);
                      }
                    }
                    return theta * sum + (1 - theta) * std::log(determinant(s));
                  });
  });
}

TEST_CASE("dense and sparse vectors and a function give the same lists") {
  test::check_property("similarities", [] {
    const Shop shop = some_shop();
    std::vector<std::uint32_t> rows;
    std::vector<std::uint32_t> columns;
    std::vector<float> values;
    for (std::size_t i = 0; i < shop.vectors.rows(); ++i) {
      for (std::size_t f = 0; f < 3; ++f) {
        rows.push_back(static_cast<std::uint32_t>(i));
        columns.push_back(static_cast<std::uint32_t>(f));
        values.push_back(shop.vectors(i, f));
      }
    }
    const auto csr = Csr<float>::from_entries(shop.vectors.rows(), 3, rows, columns, values);
    std::vector<Item> items;
    for (const Recommendation& entry : shop.candidates) items.push_back(entry.item);
    const auto dense = ItemSimilarity::cosine(shop.vectors);
    const auto sparse = ItemSimilarity::cosine(csr);
    const auto function = ItemSimilarity::from(
        [&](Item a, Item b) { return static_cast<float>(cosine(shop, a, b)); });
    std::vector<std::vector<float>> got;
    for (const ItemSimilarity* similarity : {&dense, &sparse, &function}) {
      SimilarityRows all(*similarity, items);
      for (std::size_t j = 0; j < items.size(); ++j) all.row(j, got.emplace_back(items.size()));
    }
    for (std::size_t j = 0; j < items.size(); ++j) {
      for (std::size_t i = 0; i < items.size(); ++i) {
        RC_ASSERT(std::abs(got[j][i] - got[items.size() + j][i]) < 1e-5F);
        RC_ASSERT(std::abs(got[j][i] - got[2 * items.size() + j][i]) < 1e-5F);
        RC_ASSERT(got[j][i] == got[i][j]);
      }
    }
  });
}

TEST_CASE("each place goes to the item that keeps relevance and mix best") {
  test::check_property("calibration", [] {
    const Shop shop = some_shop();
    const Calibration steck{.category_of = shop.shelf,
                            .lambda = *rc::gen::element(0.0, 0.4, 0.9, 1.0),
                            .alpha = *rc::gen::element(0.01, 0.2)};
    const Reranked answer = run(shop, {steck}, shop.k);
    std::vector<double> p(4, 0.0);
    double known = 0;
    for (const Item item : shop.history) {
      if (shop.shelf[index(item)] == no_id<Category>) continue;
      p[index(shop.shelf[index(item)])] += 1;
      known += 1;
    }
    RC_ASSERT(answer.steps[0].skipped == (known == 0));
    if (known == 0) return;
    assert_greedy(answer, run(shop, {}, 100), 1e-9,
                  [&](const std::vector<RerankedItem>& chosen, const RerankedItem& next) {
                    std::vector<RerankedItem> all = chosen;
                    all.push_back(next);
                    std::vector<double> q(4, 0.0);
                    double sum = 0;
                    double of = 0;
                    for (const RerankedItem& entry : all) {
                      sum += min_max(shop, entry);
                      if (shop.shelf[index(entry.item)] == no_id<Category>) continue;
                      q[index(shop.shelf[index(entry.item)])] += 1;
                      of += 1;
                    }
                    double kl = 0;
                    for (std::size_t c = 0; c < 4; ++c) {
                      const double want = p[c] / known;
                      const double mixed =
                          (1 - steck.alpha) * (of > 0 ? q[c] / of : 0) + steck.alpha * want;
                      if (want > 0) kl += want * std::log(want / mixed);
                    }
                    return (1 - steck.lambda) * sum - steck.lambda * kl;
                  });
  });
}

TEST_CASE("shares of several categories an item calibrate like one category each") {
  test::check_property("calibration by shares", [] {
    const Shop shop = some_shop();
    std::vector<std::uint32_t> rows;
    std::vector<std::uint32_t> columns;
    std::vector<float> values;
    for (std::size_t i = 0; i < shop.shelf.size(); ++i) {
      if (shop.shelf[i] == no_id<Category>) continue;
      rows.push_back(static_cast<std::uint32_t>(i));
      columns.push_back(static_cast<std::uint32_t>(shop.shelf[i]));
      values.push_back(7);  // made to add up to 1
    }
    const auto shares = Csr<float>::from_entries(shop.shelf.size(), 4, rows, columns, values);
    const Reranked one = run(shop, {Calibration{.category_of = shop.shelf}}, shop.k);
    const Reranked other = run(shop, {Calibration{.shares_of = &shares}}, shop.k);
    RC_ASSERT(one.list() == other.list());
  });
}

TEST_CASE("whatever the steps, the list is of distinct candidates, caps hold, notes tell") {
  test::check_property("chains", [] {
    const Shop shop = some_shop();
    const Currency euro("EUR");
    const auto most = *rc::gen::inRange<std::size_t>(1, 4);
    const std::vector<Reranker> known{
        BoostRules{
            {{.meant = {.category_of = shop.brand, .category = Category{1}}, .multiply = 3}}},
        StockRule{.units = shop.stock, .misfits = Misfits::remove},
        CategoryCaps{{{shop.shelf, most}, {shop.brand, 3}}},
        MmrDiversity{.similarity = ItemSimilarity::cosine(shop.vectors)},
        DppDiversity{.similarity = ItemSimilarity::cosine(shop.vectors)},
        Calibration{.category_of = shop.shelf},
        PriceRange{.prices = {.units = shop.prices}},
        PriceBands{.prices = {.units = shop.prices, .currency = euro},
                   .edges = {Money(500, euro)},
                   .shares = {0.5, 1}},
        ExplorationSlots{.slots = {0, 2}, .epsilon = 0.5}};
    std::vector<Reranker> steps;
    std::set<std::size_t> used;
    const auto length = *rc::gen::inRange(0, 6);
    for (int s = 0; s < length; ++s) {
      const auto drawn = *rc::gen::inRange<std::size_t>(0, known.size());
      if (used.insert(drawn).second) steps.push_back(known[drawn]);
    }
    const bool pins = *rc::gen::arbitrary<bool>();
    const Item pinned = shop.candidates.back().item;
    if (pins) steps.insert(steps.begin(), PinnedSlots{{{pinned, 0}}});
    const Reranked answer = run(shop, steps, shop.k);
    RC_ASSERT(answer.items.size() + answer.missing == shop.k);
    if (pins && shop.k > 0) RC_ASSERT(answer.items[0].item == pinned);

    std::set<Item> seen;
    std::map<Category, std::size_t> on_shelf;
    std::map<Category, std::size_t> of_brand;
    std::size_t cheap = 0;
    std::size_t broken = 0;
    for (const RerankStep& step : answer.steps) broken += step.broken;
    for (const RerankedItem& entry : answer.items) {
      RC_ASSERT(seen.insert(entry.item).second);
      RC_ASSERT(shop.candidates[entry.original_place].item == entry.item);
      RC_ASSERT(shop.candidates[entry.original_place].score == entry.original_score);
      RC_ASSERT(entry.propensity > 0);
      ++on_shelf[shop.shelf[index(entry.item)]];
      ++of_brand[shop.brand[index(entry.item)]];
      const std::int64_t price = shop.prices[index(entry.item)];
      cheap += price >= 0 && price < 500 ? 1 : 0;
      const auto notes = answer.notes_of(entry.item);
      RC_ASSERT((entry.reason == RerankReason::none) == notes.empty());
      if (!notes.empty()) RC_ASSERT(notes.back().reason == entry.reason);
      for (const RerankNote& note : notes) RC_ASSERT(note.to != no_place);
    }
    const bool was = std::any_of(steps.begin(), steps.end(), [](const Reranker& step) {
      return step.name() == "category caps";
    });
    if (was && broken == 0) {
      for (const auto& [shelf, count] : on_shelf) {
        RC_ASSERT((shelf == no_id<Category> || count <= most));
      }
      for (const auto& [brand, count] : of_brand) RC_ASSERT(count <= 3U);
    }
    for (const Reranker& step : steps) {
      if (step.name() == "price bands" && broken == 0) RC_ASSERT(cheap <= (shop.k + 1) / 2);
      if (step.name() == "stock" && broken == 0) {
        for (const Item item : seen) RC_ASSERT(shop.stock[index(item)] > 0);
      }
    }
    // What is neither shown nor noted as gone stands in reserve.
    std::size_t gone = 0;
    for (const RerankNote& note : answer.notes) gone += note.to == no_place ? 1 : 0;
    const std::size_t left = shop.candidates.size() - gone;
    RC_ASSERT(answer.items.size() == std::min(shop.k, left));
    RC_ASSERT((answer.steps.empty() || answer.steps.back().out == left));
  });
}

}  // namespace emptor
