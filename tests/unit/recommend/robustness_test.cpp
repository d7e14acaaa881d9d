// Every recommender, through AnyRecommender, on every kind of data that a shop can have and a
// textbook leaves out: a clear answer or a clear error, never a crash, never a silent zero.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "emptor/core/thread_pool.hpp"
#include "emptor/recommend/any_recommender.hpp"
#include "emptor/recommend/recommend_all.hpp"
#include "robustness_kinds.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using namespace emptor::test::robustness;
using emptor::test::check_throws;

namespace {

constexpr std::size_t huge = std::numeric_limits<std::size_t>::max();

/// Tastes as in the conformance test, for `m` customers and `n` items.
World tastes(std::size_t m, std::size_t n) {
  World world{"tastes", m, n};
  const Interactions data = test::taste_data(m, n, true);
  for (std::size_t c = 0; c < m; ++c) {
    const auto items = data.by_customer().row_indices(c);
    const auto weights = data.by_customer().row_values(c);
    for (std::size_t i = 0; i < items.size(); ++i) {
      world.add(c, items[i], std::min(weights[i], 5.0F));
    }
  }
  return world;
}

std::vector<World> worlds() {
  std::vector<World> all;
  all.push_back({"nobody bought anything", 3, 4});
  all.push_back({"no customers", 0, 4});
  all.push_back({"no items", 3, 0});
  World one{"one customer, one item", 1, 1};
  one.add(0, 0);
  all.push_back(one);
  World one_customer{"one customer", 1, 7};
  for (const std::size_t item : {1U, 2U, 5U}) one_customer.add(0, item);
  all.push_back(one_customer);
  World one_item{"a catalogue of one item", 9, 1};
  for (std::size_t c = 1; c < 9; ++c) one_item.add(c, 0, static_cast<float>(1 + c % 3));
  all.push_back(one_item);
  World identical{"all customers identical", 20, 8};
  for (std::size_t c = 0; c < 20; ++c) {
    for (std::size_t item = 0; item < 5; ++item) identical.add(c, item);
  }
  all.push_back(identical);
  World everything{"one customer with everything", 10, 12};
  for (std::size_t item = 0; item < 12; ++item) everything.add(0, item);
  for (std::size_t c = 1; c < 10; ++c) everything.add(c, c), everything.add(c, (c * 5) % 12);
  all.push_back(everything);
  World strangers{"no two customers have an item in common", 8, 8};
  for (std::size_t c = 0; c < 8; ++c) strangers.add(c, 7 - c, static_cast<float>(1 + c % 2));
  all.push_back(strangers);
  World gaps{"customers with nothing, items nobody bought", 20, 30};
  for (std::size_t c = 3; c < 11; ++c) {
    for (std::size_t e = 0; e < 4; ++e) gaps.add(c, 5 + (c * 3 + e * e) % 11, 2);
  }
  all.push_back(gaps);
  World repeats{"every line three times", 12, 9};
  for (std::size_t line = 0; line < 3; ++line) {
    for (std::size_t c = 0; c < 11; ++c) {
      repeats.add(c, c % 8), repeats.add(c, (c + 1) % 8), repeats.add(c, (c * c) % 8);
    }
  }
  all.push_back(repeats);
  World moment = tastes(15, 12);
  moment.name = "all at one moment";
  moment.log.times.assign(moment.log.size(), start);
  all.push_back(moment);
  World spread = tastes(15, 12);
  spread.name = far_apart;
  for (std::size_t e = 0; e < spread.log.size(); ++e) {
    spread.log.weights[e] = e % 3 == 0 ? 1e-6F : e % 3 == 1 ? 1 : 1e6F;
  }
  spread.scale = {.lowest = 0, .highest = 1e6F};
  all.push_back(spread);
  all.push_back(tastes(15, 12));
  return all;
}

std::vector<Kind> kinds() {
  std::vector<Kind> all;
  add_interaction_kinds(all);
  add_informed_kinds(all);
  add_sequence_kinds(all);
  return all;
}

RecommenderRegistry registry() {
  RecommenderRegistry models;
  add_interaction_models(models);
  add_informed_models(models);
  add_sequence_models(models);
  return models;
}

/// Answers to one customer, of the fit or folded in, who has `has` (ascending).
template <class Who>
void check_answers(const AnyRecommender& model, const Who& who, const std::vector<Item>& has,
                   const Interactions& data, const Kind& kind) {
  const auto list = model.recommend(who, huge);
  CHECK(list.size() <= model.items());
  std::set<Item> listed;
  for (std::size_t place = 0; place < list.size(); ++place) {
    const auto& [item, score] = list[place];
    listed.insert(item);
    CHECK(std::isfinite(score));
    CHECK_FALSE(std::binary_search(has.begin(), has.end(), item));
    if (!kind.knows_untaken) CHECK(data.by_item().row_size(index(item)) > 0);
    if (place > 0) CHECK(list[place - 1].score >= score);
  }
  CHECK(listed.size() == list.size());
  const bool stranger = has.empty() && !kind.knows_strangers;
  if (stranger) CHECK(list.empty());

  CHECK(model.recommend(who, 0).empty());
  CHECK(model.recommend(who, huge, {.candidates = std::span<const Item>{}}).empty());
  const std::vector<Item> everything = test::all_items(model.items());
  CHECK(model.recommend(who, huge, {.exclude = everything}).empty());
  CHECK(model.recommend(who, huge, {.exclude_seen = false}).size() >= list.size());

  std::vector<float> scores(everything.size(), -1);
  model.score(who, everything, scores);
  for (const float score : scores) CHECK_FALSE(std::isinf(score));
  if (stranger) {
    for (const float score : scores) CHECK(std::isnan(score));
  }
  for (const auto& [item, score] : list) CHECK(scores[index(item)] == score);

  for (const Item item : everything) {
    const Explanation why = model.explain(who, item, huge);
    CHECK((why.score == scores[index(item)] ||
           (std::isnan(why.score) && std::isnan(scores[index(item)]))));
    CHECK(std::isnan(why.rest) == std::isnan(why.score));
    for (const auto& part : why.parts) CHECK(std::isfinite(part.share));
  }
}

void check_model(const AnyRecommender& model, const World& world, const Kind& kind) {
  const Interactions data = world.interactions();
  REQUIRE(model.customers() == world.customers);
  REQUIRE(model.items() == world.items);
  for (std::size_t c = 0; c < world.customers; ++c) {
    INFO("customer " << c);
    const auto customer = id_at<Customer>(c);
    check_answers(model, customer, test::items_of(data, customer), data, kind);
  }
  const auto fold = [&](const std::vector<Item>& items) {
    const std::vector<float> ones(items.size(), 1.0F);  // a rating, for models of ratings
    return model.fold_in(items, ones);
  };
  Kind folded = kind;  // without friends and segments
  folded.knows_strangers = kind.knows_strangers && kind.name.find("social") == std::string::npos;
  std::vector<std::vector<Item>> visitors{{}, test::all_items(world.items)};
  for (std::size_t i = 0; i < std::min<std::size_t>(world.items, 3); ++i) {
    visitors.push_back({id_at<Item>(world.items - 1 - i)});
  }
  for (const std::vector<Item>& visitor : visitors) {
    INFO("a visitor with " << visitor.size() << " items");
    const FoldedCustomer customer = fold(visitor);
    CHECK(customer.items == visitor);
    check_answers(model, customer, visitor, data, folded);
  }
  for (std::size_t i = 0; i < world.items; ++i) {
    for (const auto& [item, score] : model.similar_items(id_at<Item>(i), huge)) {
      CHECK(index(item) != i);
      CHECK(std::isfinite(score));
    }
  }
  const RecommendationTable table = recommend_all(model, huge);
  REQUIRE(table.size() == world.customers);
  for (std::size_t c = 0; c < world.customers; ++c) {
    const auto list = table.list(c);
    CHECK(model.recommend(id_at<Customer>(c), huge) ==
          std::vector<Recommendation>(list.begin(), list.end()));
  }
}

TEST_CASE("every recommender answers clearly on the data of every shop") {
  for (const World& world : worlds()) {
    for (const Kind& kind : kinds()) {
      INFO(kind.name << ": " << world.name);
      if (kind.name == "ease" && world.name == far_apart) {
        check_throws(ErrorCode::invalid_value, "scale the weights down",
                     [&] { (void)kind.fit(world, {}); });
      } else {
        check_model(kind.fit(world, {}), world, kind);
      }
    }
  }
}

TEST_CASE("every recommender refuses weights of 0, below 0 and not a number, by name") {
  for (const float bad : {0.0F, -1.0F, std::numeric_limits<float>::quiet_NaN(),
                          std::numeric_limits<float>::infinity()}) {
    World world = tastes(6, 8);
    world.add(2, 3, bad);
    for (const Kind& kind : kinds()) {
      INFO(kind.name << ", weight " << bad);
      try {
        (void)kind.fit(world, {});
        FAIL_CHECK("accepted");
      } catch (const Exception& e) {
        CHECK(e.code() == ErrorCode::invalid_value);
        const std::string what = e.what();
        CHECK((what.find("weight must be finite and > 0, got") != std::string::npos ||
               what.find("a rating must be on the scale") != std::string::npos));
      }
    }
  }
}

TEST_CASE("every recommender stops at the first word, and is a model then") {
  const World world = tastes(15, 12);
  for (const Kind& kind : kinds()) {
    INFO(kind.name);
    std::size_t calls = 0;
    Context context;
    context.progress = [&](const ProgressStep&) {
      ++calls;
      return Go::stop;
    };
    if (kind.throws_when_stopped) {
      check_throws(ErrorCode::stopped, "", [&] { (void)kind.fit(world, context); });
    } else {
      check_model(kind.fit(world, context), world, kind);
    }
    CHECK((calls > 0) == kind.tells);
    if (kind.follows) {
      const AnyRecommender model = kind.fit(world, {});
      check_model(model.update(world.interactions(), context), world, kind);
    }
  }
}

TEST_CASE("every recommender counts forwards, up to what it announced") {
  const World world = tastes(150, 90);
  for (const Kind& kind : kinds()) {
    INFO(kind.name);
    std::string what;
    ProgressStep last;
    Context context;
    context.progress = [&](const ProgressStep& step) {
      INFO(step.what << ": " << step.done << " of " << step.total);
      CHECK_FALSE(step.what.empty());
      CHECK(step.done <= step.total);
      if (step.what == what) {
        CHECK(step.total == last.total);
        CHECK(step.done > last.done);
      } else if (!what.empty()) {
        CHECK(last.done == last.total);
      }
      what = step.what;
      last = step;
      return Go::on;
    };
    (void)kind.fit(world, context);
    CHECK(last.done == last.total);
  }
}

TEST_CASE("every recommender has the same bits with one thread and with three") {
  const World world = tastes(400, 150);
  ThreadPool pool(3);
  Context threads;
  threads.executor = &pool;
  for (const Kind& kind : kinds()) {
    INFO(kind.name);
    const AnyRecommender one = kind.fit(world, {});
    const AnyRecommender three = kind.fit(world, threads);
    if (kind.saves) CHECK(one.save() == three.save());
    CHECK(test::conformance::same(recommend_all(one, 5), recommend_all(three, 5, {}, threads)));
    if (kind.follows) {
      const Interactions grown = tastes(410, 160).interactions();
      if (kind.name == "feature als" || kind.name == "content") continue;  // of 150 items' features
      const AnyRecommender after = one.update(grown);
      CHECK(test::conformance::same(recommend_all(after, 5),
                                    recommend_all(one.update(grown, threads), 5, {}, threads)));
    }
  }
}

TEST_CASE("every recommender comes back from its bytes, and not from damaged ones") {
  const RecommenderRegistry models = registry();
  for (const World& world : {tastes(15, 12), World{"nothing", 2, 3}}) {
    for (const Kind& kind : kinds()) {
      INFO(kind.name << ": " << world.name);
      const AnyRecommender model = kind.fit(world, {});
      if (!kind.saves) {
        check_throws(ErrorCode::unsupported, "", [&] { (void)model.save(); });
        continue;
      }
      const std::vector<std::byte> bytes = model.save();
      const auto loaded = models.load(bytes);
      REQUIRE(loaded.has_value());
      CHECK(loaded->save() == bytes);
      check_model(*loaded, world, kind);
      constexpr std::size_t places = 23;
      for (std::size_t i = 0; i < places; ++i) {
        const std::size_t at = i * bytes.size() / places;
        CHECK_FALSE(models.load(std::span(bytes).first(at)).has_value());
        std::vector<std::byte> flipped = bytes;
        flipped[at] ^= std::byte{0x20};
        CHECK_FALSE(models.load(flipped).has_value());
      }
    }
  }
}

TEST_CASE("every recommender follows interactions, or says that it does not") {
  const World before = tastes(15, 12);
  World after = tastes(15, 12);
  after.name = "with more";
  for (std::size_t item = 0; item < 12; ++item) after.add(0, item);
  for (const Kind& kind : kinds()) {
    INFO(kind.name);
    const AnyRecommender model = kind.fit(before, {});
    if (kind.follows) {
      check_model(model.update(after.interactions()), after, kind);
    } else {
      check_throws(ErrorCode::unsupported, "does not follow new interactions",
                   [&] { (void)model.update(after.interactions()); });
    }
  }
}

}  // namespace
