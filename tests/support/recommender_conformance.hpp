#pragma once

/// @file
/// What every recommender must do, as one test that each model runs on data of its own making:
///
///     emptor::test::check_recommender(
///         [](const Interactions& data, const Context& context) {
///           return fit_item_neighbours(data, {}, context).model;
///         },
///         {.name = "item neighbours"});

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/recommend/any_recommender.hpp"
#include "emptor/recommend/recommend_all.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"
#include "support/catch.hpp"

namespace emptor::test {

struct ConformanceTraits {
  std::string name;               ///< of the model, for messages
  bool personal = true;           ///< knows nothing of a customer without interactions
  bool has_similar_items = true;  ///< false: `similar_items` is always empty
  /// |parts + rest - score| is at most this times (sum of |parts| + |rest| + |score|). The default
  /// is float rounding: each part, `rest` and the score are rounded once, to 2^-24 of themselves,
  /// and the test's own sum is in double.
  double explain_tolerance = 0x1.0p-23;
  /// Largest difference, relative to the largest score of the list, between a customer of the fit
  /// and the same customer folded in; 0: the same bits.
  double fold_in_tolerance = 0;
  bool weights_matter = true;        ///< false: the model refuses or ignores weights other than 1
  bool knows_untaken_items = false;  ///< true: may recommend an item that nobody took
  /// Largest difference, relative to the largest score of a list, between the updated model and one
  /// fitted anew; 0: the same bits; infinity: both are models of the data, no more.
  double update_tolerance = 0;
  /// True: what a customer did before what matters, so that folding the same items in another order
  /// makes another customer.
  bool order_matters = false;
};

/// m customers x n items in three tastes; customer 0 has nothing, item n - 1 nobody took.
inline Interactions taste_data(std::size_t m, std::size_t n, bool weighted,
                               std::uint64_t seed = 1) {
  InteractionLog log;
  for (std::size_t c = 1; c < m; ++c) {
    RandomStream random(seed, c);
    const std::uint32_t count = 1 + random.below(8);
    for (std::uint32_t e = 0; e < count; ++e) {
      auto item = random.below(static_cast<std::uint32_t>(n - 1));
      if (random.bernoulli(0.8)) item -= item % 3;
      item = std::min(item + static_cast<std::uint32_t>(c % 3), static_cast<std::uint32_t>(n - 2));
      log.add(id_at<Customer>(c), id_at<Item>(item),
              weighted ? static_cast<float>(1 + random.below(4)) : 1.0F);
    }
  }
  return Interactions(m, n, log, weighted ? Duplicates::sum : Duplicates::largest);
}

inline std::vector<Item> all_items(std::size_t n) {
  std::vector<Item> items;
  for (std::size_t i = 0; i < n; ++i) items.push_back(id_at<Item>(i));
  return items;
}

/// What `customer` has.
inline std::vector<Item> items_of(const Interactions& data, Customer customer) {
  std::vector<Item> items;
  for (const std::uint32_t item : data.by_customer().row_indices(index(customer))) {
    items.push_back(id_at<Item>(item));
  }
  return items;
}

template <class Call>
void check_throws(ErrorCode code, const std::string& part, Call&& call) {
  try {
    call();
    FAIL_CHECK("nothing was thrown, expected " << name(code) << " with '" << part << "'");
  } catch (const Exception& e) {
    CHECK(e.code() == code);
    CHECK_THAT(std::string(e.what()), ContainsSubstring(part));
  }
}

namespace conformance {

inline bool in_order(const std::vector<Recommendation>& list) {
  for (std::size_t i = 1; i < list.size(); ++i) {
    const bool after = list[i - 1].score > list[i].score ||
                       (list[i - 1].score == list[i].score && list[i - 1].item < list[i].item);
    if (!after) return false;
  }
  return true;
}

inline std::set<Item> set_of(const std::vector<Recommendation>& list) {
  std::set<Item> items;
  for (const Recommendation& entry : list) items.insert(entry.item);
  return items;
}

/// Lists, filters and scores of one customer, of the fit or folded in.
template <class M, class Who>
void check_lists(const M& model, const Who& who, const std::vector<Item>& has,
                 const Interactions& data, const ConformanceTraits& traits = {}) {
  const std::size_t n = model.items();
  const auto full = model.recommend(who, n + 7, {.exclude_seen = false});
  CHECK(full.size() <= n);
  CHECK(in_order(full));
  CHECK(set_of(full).size() == full.size());
  for (const Recommendation& entry : full) {
    if (!traits.knows_untaken_items) CHECK(data.by_item().row_size(index(entry.item)) > 0);
    CHECK(std::isfinite(entry.score));
  }

  const auto without_seen = [&](const std::vector<Recommendation>& list) {
    std::vector<Recommendation> out;
    for (const Recommendation& entry : list) {
      if (!std::binary_search(has.begin(), has.end(), entry.item)) out.push_back(entry);
    }
    return out;
  };
  const auto unseen = model.recommend(who, n, {});
  CHECK(unseen == without_seen(full));
  for (const std::size_t k : {std::size_t{0}, std::size_t{1}, std::size_t{3}}) {
    auto expected = unseen;
    if (expected.size() > k) expected.resize(k);
    CHECK(model.recommend(who, k, {}) == expected);
  }

  // An exclude list, in any order and with repetitions.
  std::vector<Item> exclude;
  for (std::size_t i = 0; i < unseen.size(); i += 2) exclude.push_back(unseen[i].item);
  exclude.insert(exclude.end(), exclude.rbegin(), exclude.rend());
  std::vector<Recommendation> expected;
  for (std::size_t i = 1; i < unseen.size(); i += 2) expected.push_back(unseen[i]);
  CHECK(model.recommend(who, n, {.exclude = exclude}) == expected);

  // A candidate list, alone and with the others.
  std::vector<Item> candidates;
  for (std::size_t i = 0; i < n; i += 3) candidates.push_back(id_at<Item>(n - 1 - i));
  candidates.insert(candidates.end(), candidates.begin(), candidates.end());
  const std::set<Item> allowed(candidates.begin(), candidates.end());
  const auto only_allowed = [&](const std::vector<Recommendation>& list) {
    std::vector<Recommendation> out;
    for (const Recommendation& entry : list) {
      if (allowed.contains(entry.item)) out.push_back(entry);
    }
    return out;
  };
  CHECK(model.recommend(who, n, {.exclude_seen = false, .candidates = candidates}) ==
        only_allowed(full));
  CHECK(model.recommend(who, n, {.exclude = exclude, .candidates = candidates}) ==
        only_allowed(expected));
  CHECK(model.recommend(who, n, {.candidates = std::span<const Item>{}}).empty());

  // `score` gives what `recommend` gave, for few items and for many.
  const std::vector<Item> everything = all_items(n);
  std::vector<float> scores(n, -1.0F);
  model.score(who, everything, scores);
  for (const Recommendation& entry : full) {
    CHECK(scores[index(entry.item)] == entry.score);
    float one = -1;
    model.score(who, std::span(&entry.item, 1), std::span(&one, 1));
    CHECK(one == entry.score);
  }
  model.score(who, {}, {});
}

template <class M, class Who>
void check_explanations(const M& model, const Who& who, const std::vector<Item>& has,
                        const ConformanceTraits& traits) {
  const auto list = model.recommend(who, 5, {});
  for (const Recommendation& entry : list) {
    for (const std::size_t k : {std::size_t{0}, std::size_t{2}, model.items()}) {
      const Explanation why = model.explain(who, entry.item, k);
      CHECK(why.score == entry.score);
      CHECK(why.parts.size() <= k);
      double sum = static_cast<double>(why.rest);
      double size = std::abs(static_cast<double>(why.rest)) + std::abs(double{why.score});
      std::set<Item> because;
      for (std::size_t i = 0; i < why.parts.size(); ++i) {
        sum += static_cast<double>(why.parts[i].share);
        size += std::abs(static_cast<double>(why.parts[i].share));
        because.insert(why.parts[i].because);
        CHECK(std::binary_search(has.begin(), has.end(), why.parts[i].because));
        if (i > 0) CHECK(why.parts[i - 1].share >= why.parts[i].share);
      }
      CHECK(because.size() == why.parts.size());
      CHECK(std::abs(sum - static_cast<double>(why.score)) <= traits.explain_tolerance * size);
    }
  }
}

/// The same lists within the tolerance, where nearly equal scores may swap.
inline void check_alike(const std::vector<Recommendation>& a, const std::vector<Recommendation>& b,
                        double tolerance) {
  if (tolerance == 0) {
    CHECK(a == b);
    return;
  }
  REQUIRE(a.size() == b.size());
  if (a.empty()) return;
  const double bound = tolerance * std::abs(static_cast<double>(a.front().score));
  const auto score_in = [](const std::vector<Recommendation>& list, Item item) {
    for (const Recommendation& entry : list) {
      if (entry.item == item) return static_cast<double>(entry.score);
    }
    return std::numeric_limits<double>::quiet_NaN();
  };
  for (const Recommendation& entry : a) {
    CHECK(std::abs(static_cast<double>(entry.score) - score_in(b, entry.item)) <= bound);
  }
}

template <class M>
void check_fold_in(const M& model, const Interactions& data, const ConformanceTraits& traits) {
  for (std::size_t c = 0; c < data.customers(); ++c) {
    const auto customer = id_at<Customer>(c);
    std::vector<Item> has = items_of(data, customer);
    const auto row = data.by_customer().row_values(c);
    std::vector<float> weights(row.begin(), row.end());
    const FoldedCustomer folded = model.fold_in(has, weights);
    CHECK(folded.items == has);
    CHECK(folded.weights == weights);
    check_alike(model.recommend(customer, model.items(), {}),
                model.recommend(folded, model.items(), {}), traits.fold_in_tolerance);

    if (c % 7 != 0 || has.empty()) continue;
    if (traits.order_matters) {
      // Backwards and with a repetition: the same items, kept in the order given.
      std::vector<Item> sequence(has.rbegin(), has.rend());
      sequence.push_back(has.back());
      const FoldedCustomer backwards = model.fold_in(sequence, {});
      CHECK(folded.sequence == has);
      CHECK(backwards.items == has);
      CHECK(backwards.sequence == sequence);
      CHECK(backwards.weights.back() == 2);
      const auto list = model.recommend(backwards, model.items(), {});
      CHECK(model.recommend(model.fold_in(sequence, {}), model.items(), {}) == list);
      for (const Recommendation& entry : list) CHECK(std::isfinite(entry.score));
      FoldedCustomer broken = backwards;
      broken.sequence.push_back(id_at<Item>(model.items() - 1));
      check_throws(ErrorCode::invalid_value, "sequence",
                   [&] { (void)model.recommend(broken, 3, {}); });
      continue;
    }
    // In another order and cut into halves it is the same customer.
    std::vector<Item> pieces(has.rbegin(), has.rend());
    std::vector<float> halves;
    for (std::size_t i = weights.size(); i-- > 0;) halves.push_back(weights[i] / 2);
    pieces.insert(pieces.end(), pieces.begin(), pieces.end());
    halves.insert(halves.end(), halves.begin(), halves.end());
    CHECK(model.recommend(model.fold_in(pieces, halves), 9, {}) == model.recommend(folded, 9, {}));
  }
  // No weights: all 1.
  const std::vector<Item> some{id_at<Item>(2), id_at<Item>(0)};
  const std::vector<float> ones(2, 1.0F);
  CHECK(model.recommend(model.fold_in(some, {}), 9, {}) ==
        model.recommend(model.fold_in(some, ones), 9, {}));
}

template <class M>
void check_errors(const M& model) {
  const auto bad_customer = id_at<Customer>(model.customers());
  const auto bad_item = id_at<Item>(model.items());
  const auto customer = id_at<Customer>(1);
  const auto item = id_at<Item>(0);
  const std::vector<Item> bad_items{item, bad_item};
  std::vector<float> scores(2);
  constexpr auto code = ErrorCode::out_of_range;
  const std::string customers = text("customer ", model.customers(), " is unknown");
  const std::string items = text("item ", model.items(), " is unknown");
  const auto bad_folded = FoldedCustomer{.items = {bad_item}, .weights = {1.0F}};

  check_throws(code, customers, [&] { (void)model.recommend(bad_customer, 3, {}); });
  check_throws(code, customers, [&] { (void)model.explain(bad_customer, item, 3); });
  check_throws(code, customers, [&] { model.score(bad_customer, std::span(&item, 1), scores); });
  check_throws(code, items, [&] { (void)model.recommend(customer, 3, {.exclude = bad_items}); });
  check_throws(code, items, [&] { (void)model.recommend(customer, 3, {.candidates = bad_items}); });
  check_throws(code, items, [&] { (void)model.explain(customer, bad_item, 3); });
  check_throws(code, items, [&] { (void)model.similar_items(bad_item, 3); });
  check_throws(code, items, [&] { model.score(customer, bad_items, scores); });
  check_throws(code, items, [&] { (void)model.fold_in(bad_items, {}); });
  check_throws(code, items, [&] { (void)model.recommend(bad_folded, 3, {}); });
  const auto no_weights = FoldedCustomer{.items = {item}, .weights = {}};
  const auto bad_weight = FoldedCustomer{.items = {item}, .weights = {-1.0F}};
  const auto unsorted = FoldedCustomer{.items = {id_at<Item>(1), item}, .weights = {1.0F, 1.0F}};
  check_throws(ErrorCode::invalid_shape, "1 items but 0 weights",
               [&] { (void)model.recommend(no_weights, 3, {}); });
  check_throws(ErrorCode::invalid_value, "finite and > 0, got -1",
               [&] { (void)model.recommend(bad_weight, 3, {}); });
  check_throws(ErrorCode::invalid_value, "items must ascend",
               [&] { (void)model.recommend(unsorted, 3, {}); });
  check_throws(ErrorCode::invalid_shape, "scores", [&] {
    const std::vector<Item> three(3, item);
    model.score(customer, three, scores);
  });
  check_throws(ErrorCode::invalid_shape, "weights", [&] {
    const std::vector<Item> three(3, item);
    (void)model.fold_in(three, scores);
  });
  for (const float bad : {0.0F, -1.0F, std::numeric_limits<float>::quiet_NaN(),
                          std::numeric_limits<float>::infinity()}) {
    check_throws(ErrorCode::invalid_value, "weight must be finite and > 0",
                 [&] { (void)model.fold_in(std::span(&item, 1), std::span(&bad, 1)); });
  }
}

template <class M>
void check_similar(const M& model, const ConformanceTraits& traits) {
  std::size_t some = 0;
  for (std::size_t i = 0; i < model.items(); ++i) {
    const auto list = model.similar_items(id_at<Item>(i), model.items() + 2);
    some += list.empty() ? 0 : 1;
    CHECK(in_order(list));
    CHECK_FALSE(set_of(list).contains(id_at<Item>(i)));
    CHECK(model.similar_items(id_at<Item>(i), 0).empty());
    auto three = list;
    if (three.size() > 3) three.resize(3);
    CHECK(model.similar_items(id_at<Item>(i), 3) == three);
  }
  CHECK((some > 0) == traits.has_similar_items);
}

/// Customer 0 of `taste_data` has nothing, and so has one folded in without items.
template <class M>
void check_unknown(const M& model, const ConformanceTraits& traits) {
  const auto nothing = model.fold_in({}, {});
  const auto customer = id_at<Customer>(0);
  const auto item = id_at<Item>(0);
  float score = -1;
  model.score(customer, std::span(&item, 1), std::span(&score, 1));
  float folded_score = -1;
  model.score(nothing, std::span(&item, 1), std::span(&folded_score, 1));
  const Explanation why = model.explain(customer, item, 3);
  CHECK(why.parts.empty());
  if (traits.personal) {
    CHECK(model.recommend(customer, 5, {}).empty());
    CHECK(model.recommend(nothing, 5, {}).empty());
    CHECK(std::isnan(score));
    CHECK(std::isnan(folded_score));
    CHECK(std::isnan(why.score));
    CHECK(std::isnan(why.rest));
  } else {
    CHECK(model.recommend(customer, 5, {}).size() == 5);
    CHECK(model.recommend(nothing, 5, {}) == model.recommend(customer, 5, {}));
    CHECK(std::isfinite(score));
    CHECK(score == folded_score);
    CHECK(why.score == score);
  }
}

template <class M>
RecommendationTable everything(const M& model, const Context& context = {}) {
  return recommend_all(model, model.items(), {}, context);
}

inline bool same(const RecommendationTable& a, const RecommendationTable& b) {
  return a.customers == b.customers && a.offsets == b.offsets && a.entries == b.entries;
}

/// The first m customers and n items of `data`.
inline Interactions corner_of(const Interactions& data, std::size_t m, std::size_t n) {
  InteractionLog log;
  for (std::size_t c = 0; c < m; ++c) {
    const auto items = data.by_customer().row_indices(c);
    const auto weights = data.by_customer().row_values(c);
    for (std::size_t i = 0; i < items.size() && items[i] < n; ++i) {
      log.add(id_at<Customer>(c), id_at<Item>(items[i]), weights[i]);
    }
  }
  return Interactions(m, n, log);
}

/// Nothing new, new interactions of customers and items old and new, and some taken back. `make`
/// gives what `update` takes.
template <class Fit, class Make>
void check_update(Fit&& fit, const ConformanceTraits& traits, Make&& make) {
  const Interactions all = taste_data(60, 40, traits.weights_matter);
  const Interactions other = taste_data(60, 40, traits.weights_matter, 5);
  const auto check_from = [&](const Interactions& before) {
    const auto model = fit(before, Context{});
    const std::vector<std::byte> bytes = model.save();
    const auto updated = model.update(make(all), Context{});
    CHECK(model.save() == bytes);
    REQUIRE(updated.customers() == all.customers());
    REQUIRE(updated.items() == all.items());
    const auto fitted = fit(all, Context{});
    if (traits.update_tolerance == 0) CHECK(updated.save() == fitted.save());
    for (std::size_t c = 0; c < all.customers(); ++c) {
      INFO("customer " << c);
      const auto customer = id_at<Customer>(c);
      check_lists(updated, customer, items_of(all, customer), all, traits);
      const auto list = updated.recommend(customer, all.items(), {});
      const auto expected = fitted.recommend(customer, all.items(), {});
      if (std::isfinite(traits.update_tolerance)) {
        check_alike(expected, list, traits.update_tolerance);
      } else {
        CHECK(list.empty() == expected.empty());
      }
    }
    ThreadPool pool(2);
    Context threads;
    threads.executor = &pool;
    CHECK(model.update(make(all), threads).save() == updated.save());
  };
  check_from(all);
  check_from(other);
  check_from(corner_of(all, 50, 33));
  const auto model = fit(all, Context{});
  check_throws(ErrorCode::invalid_shape, "not shrunk",
               [&] { (void)model.update(make(corner_of(all, 60, 39)), Context{}); });
  check_throws(ErrorCode::invalid_shape, "not shrunk",
               [&] { (void)model.update(make(corner_of(all, 59, 40)), Context{}); });
}

/// `load(bytes)` gives a Result<M>.
template <class M, class Load>
void check_archive(const M& model, Load&& load) {
  const std::vector<std::byte> bytes = model.save();
  Result<M> loaded = load(bytes);
  REQUIRE(loaded.has_value());
  CHECK(loaded->save() == bytes);
  CHECK(loaded->customers() == model.customers());
  CHECK(same(everything(*loaded), everything(model)));
  const auto folded = model.fold_in(std::vector{id_at<Item>(0), id_at<Item>(1)}, {});
  CHECK(loaded->recommend(folded, 5, {}) == model.recommend(folded, 5, {}));
  CHECK(loaded->explain(id_at<Customer>(1), id_at<Item>(0), 3) ==
        model.explain(id_at<Customer>(1), id_at<Item>(0), 3));
  if constexpr (LoadableRecommender<M>) {
    RecommenderRegistry registry;
    CHECK_FALSE(registry.load(bytes).has_value());
    registry.add<M>();
    Result<AnyRecommender> any = registry.load(bytes);
    REQUIRE(any.has_value());
    REQUIRE(any->template get_if<M>() != nullptr);
    CHECK(any->save() == bytes);
  }

  // Cut anywhere, or with any byte changed, it is an error and never another model.
  std::vector<std::byte> damaged;
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    damaged.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(cut));
    if (load(damaged).has_value()) FAIL_CHECK("loaded after a cut at byte " << cut);
  }
  damaged = bytes;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    damaged[at] ^= std::byte{0x20};
    if (load(damaged).has_value()) FAIL_CHECK("loaded with byte " << at << " changed");
    damaged[at] = bytes[at];
  }
}

template <LoadableRecommender M>
void check_archive(const M& model) {
  check_archive(model, [](std::span<const std::byte> bytes) { return M::load(bytes); });
}

}  // namespace conformance

/// Runs all of it. `fit(data, context)` gives the model of `data`; `make(data)` is what its
/// `update` takes, for models that follow something else than interactions.
template <class Fit, class Make = std::identity>
void check_recommender(Fit&& fit, const ConformanceTraits& traits, Make&& make = {}) {
  using namespace conformance;
  for (const bool weighted : {false, true}) {
    if (weighted && !traits.weights_matter) continue;
    INFO(traits.name << (weighted ? ", weighted" : ", all weights 1"));
    const Interactions data = taste_data(60, 40, weighted);
    const auto model = fit(data, Context{});
    REQUIRE(model.customers() == 60);
    REQUIRE(model.items() == 40);
    CHECK_FALSE(std::string_view(model.name()).empty());
    for (std::size_t c = 0; c < data.customers(); ++c) {
      INFO("customer " << c);
      const auto customer = id_at<Customer>(c);
      const std::vector<Item> has = items_of(data, customer);
      const auto folded = model.fold_in(has, data.by_customer().row_values(c));
      check_lists(model, customer, has, data, traits);
      check_lists(model, folded, has, data, traits);
      check_explanations(model, customer, has, traits);
      check_explanations(model, folded, has, traits);
    }
    check_fold_in(model, data, traits);
    check_errors(model);
    check_similar(model, traits);
    check_unknown(model, traits);
  }

  SECTION("updated with new interactions") {
    using Model = decltype(fit(Interactions{}, Context{}));
    if constexpr (UpdatableRecommender<Model, std::decay_t<decltype(make(Interactions{}))>>) {
      check_update(fit, traits, make);
    }
  }

  SECTION("saved and loaded") {
    using M = decltype(fit(Interactions{}, Context{}));
    if constexpr (LoadableRecommender<M>) {
      check_archive(fit(taste_data(9, 7, true), Context{}));
    }
  }

  SECTION("the same bits for any executor, alone and in a batch") {
    const Interactions data = taste_data(700, 300, false, 2);
    const auto model = fit(data, Context{});
    ThreadPool pool(2);
    Context threads;
    threads.executor = &pool;
    const auto again = fit(data, threads);
    CHECK(again.save() == model.save());
    const RecommendationTable table = everything(model);
    CHECK(same(everything(again, threads), table));
    CHECK(same(everything(AnyRecommender(model), threads), table));
    for (std::size_t c = 0; c < data.customers(); c += 13) {
      const auto list = table.list(c);
      CHECK(model.recommend(table.customers[c], model.items(), {}) ==
            std::vector<Recommendation>(list.begin(), list.end()));
    }
    const std::vector<Item> exclude{id_at<Item>(3), id_at<Item>(0)};
    const RecommendFilter filter{.exclude_seen = false, .exclude = exclude};
    const RecommendationTable filtered = recommend_all(model, 4, filter);
    for (std::size_t c = 0; c < data.customers(); c += 13) {
      const auto list = filtered.list(c);
      CHECK(model.recommend(filtered.customers[c], 4, filter) ==
            std::vector<Recommendation>(list.begin(), list.end()));
    }
  }

  SECTION("one customer, one item, nothing at all") {
    InteractionLog log;
    log.add(id_at<Customer>(0), id_at<Item>(0));
    const auto one = fit(Interactions(1, 1, log), Context{});
    CHECK(one.recommend(id_at<Customer>(0), 5, {}).empty());
    CHECK(one.recommend(id_at<Customer>(0), 5, {.exclude_seen = false}).size() <= 1);
    CHECK(one.similar_items(id_at<Item>(0), 5).empty());
    log.add(id_at<Customer>(0), id_at<Item>(2));
    const auto one_customer = fit(Interactions(1, 4, log), Context{});
    for (const auto& entry : one_customer.recommend(id_at<Customer>(0), 5, {})) {
      CHECK(index(entry.item) % 2 == 1);
    }
    const auto untouched = fit(Interactions(2, 3, InteractionLog{}), Context{});
    CHECK(untouched.recommend(id_at<Customer>(1), 5, {}).empty());
    const auto nothing = fit(Interactions(0, 0, InteractionLog{}), Context{});
    CHECK(nothing.customers() == 0);
    CHECK(nothing.items() == 0);
    CHECK(recommend_all(nothing, 5).size() == 0);
  }
}

}  // namespace emptor::test
