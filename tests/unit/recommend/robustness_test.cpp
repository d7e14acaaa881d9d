// Every recommender, through AnyRecommender, on every kind of data that a shop can have and a
// textbook leaves out: a clear answer or a clear error, never a crash, never a silent zero.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "emptor/core/thread_pool.hpp"
#include "emptor/recommend/als.hpp"
#include "emptor/recommend/any_recommender.hpp"
#include "emptor/recommend/basket_rules_model.hpp"
#include "emptor/recommend/biased_mf.hpp"
#include "emptor/recommend/biased_mf_als.hpp"
#include "emptor/recommend/blend.hpp"
#include "emptor/recommend/bpr.hpp"
#include "emptor/recommend/content.hpp"
#include "emptor/recommend/customer_neighbours.hpp"
#include "emptor/recommend/ease.hpp"
#include "emptor/recommend/feature_als.hpp"
#include "emptor/recommend/fpmc.hpp"
#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/pipeline.hpp"
#include "emptor/recommend/popularity.hpp"
#include "emptor/recommend/rating_neighbours.hpp"
#include "emptor/recommend/recommend_all.hpp"
#include "emptor/recommend/segment_popularity.hpp"
#include "emptor/recommend/session_neighbours.hpp"
#include "emptor/recommend/slim.hpp"
#include "emptor/recommend/social_als.hpp"
#include "emptor/recommend/social_blend.hpp"
#include "emptor/recommend/social_neighbours.hpp"
#include "emptor/recommend/sparse_ease.hpp"
#include "emptor/recommend/svd_pp.hpp"
#include "emptor/recommend/switching.hpp"
#include "emptor/recommend/tifu_knn.hpp"
#include "emptor/recommend/transitions.hpp"
#include "emptor/recommend/trending.hpp"
#include "emptor/recommend/warp.hpp"
#include "emptor/table/feature_builder.hpp"
#include "emptor/table/links.hpp"
#include "emptor/table/ratings.hpp"
#include "emptor/table/sequences.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

constexpr std::size_t huge = std::numeric_limits<std::size_t>::max();
constexpr Time start = std::chrono::sys_days{std::chrono::year{2026} / 3 / 14};

const std::string far_apart = "weights from a millionth to a million";

/// What a shop has written down.
struct World {
  std::string name;
  std::size_t customers = 0;
  std::size_t items = 0;
  InteractionLog log{};
  RatingScale scale{.lowest = 0.5F, .highest = 5};  // of the weights, taken for ratings

  void add(std::size_t customer, std::size_t item, float weight = 1) {
    log.add(id_at<Customer>(customer), id_at<Item>(item), weight,
            start + std::chrono::minutes{log.size()});
  }
  [[nodiscard]] Interactions interactions() const { return {customers, items, log}; }
  [[nodiscard]] Sequences sequences() const { return {customers, items, log}; }
  [[nodiscard]] Ratings ratings() const {
    RatingLog rated;
    for (std::size_t e = 0; e < log.size(); ++e) {
      rated.add(log.customers[e], log.items[e], log.weights[e], log.times[e]);
    }
    return {customers, items, rated, scale};
  }
};

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

/// Items of three kinds, without a look at what was sold.
FeatureMatrix kinds_of(std::size_t items) {
  FeatureBuilder builder(items);
  for (std::size_t i = 0; i < items; ++i) builder.add_category(i, "kind", text(i % 3));
  return builder.build();
}

ItemProfiles profiles_of(std::size_t items) {
  ContentField name{.name = "name"};
  for (std::size_t i = 0; i < items; ++i) name.texts.push_back(text("thing ", i % 4));
  return {.items = items, .features = kinds_of(items), .fields = {name}};
}

/// Each customer follows the next.
Links circle_of(std::size_t customers) {
  LinkLog log;
  for (std::size_t c = 0; c < customers && customers > 1; ++c) {
    log.add(id_at<Customer>(c), id_at<Customer>((c + 1) % customers));
  }
  return Links(customers, log);
}

struct Kind {
  std::string name;
  std::function<AnyRecommender(const World&, const Context&)> fit;
  bool knows_strangers = false;  // serves customers who have nothing: by friends, averages, sales
  bool knows_untaken = false;    // may recommend an item nobody took
  bool follows = true;           // has an update with interactions
  bool tells = true;             // calls back while fitting
  bool saves = true;
  bool throws_when_stopped = false;
};

constexpr std::size_t factors = 24;  // more than any of the small worlds can fill

std::vector<Kind> kinds() {
  std::vector<Kind> all;
  const auto add = [&](Kind kind) { all.push_back(std::move(kind)); };
  add({.name = "popularity",
       .fit = [](const World& w,
                 const Context&) { return fit_popularity(w.customers, w.items, w.log).model; },
       .knows_strangers = true,
       .tells = false});
  add({.name = "trending",
       .fit =
           [](const World& w, const Context&) {
             return fit_trending(w.customers, w.items, w.log,
                                 {.now = start + std::chrono::days{1}, .prior_events = 5})
                 .model;
           },
       .knows_strangers = true,
       .follows = false,
       .tells = false});
  add({.name = "popularity by segment",
       .fit =
           [](const World& w, const Context&) {
             std::vector<std::uint32_t> segments(w.customers);
             for (std::size_t c = 0; c < w.customers; ++c) {
               segments[c] = c % 4 == 3 ? no_group : static_cast<std::uint32_t>(c % 4);
             }
             return fit_segment_popularity(w.interactions(), segments).model;
           },
       .knows_strangers = true,
       .tells = false});
  for (const auto weighting :
       {NeighbourWeighting::cosine, NeighbourWeighting::bm25, NeighbourWeighting::rp3_beta}) {
    add({.name = text("item neighbours ", static_cast<unsigned>(weighting)),
         .fit = [weighting](const World& w, const Context& context) {
           return fit_item_neighbours(w.interactions(), {.weighting = weighting}, context).model;
         }});
  }
  for (const auto weighting : {CustomerWeighting::tf_idf, CustomerWeighting::tversky}) {
    add({.name = text("customer neighbours ", static_cast<unsigned>(weighting)),
         .fit = [weighting](const World& w, const Context& context) {
           return fit_customer_neighbours(w.interactions(), {.weighting = weighting}, context)
               .model;
         }});
  }
  for (const auto solver : {AlsSolver::exact, AlsSolver::conjugate_gradient, AlsSolver::block}) {
    add({.name = text("als ", static_cast<unsigned>(solver)),
         .fit = [solver](const World& w, const Context& context) {
           return fit_als(w.interactions(),
                          {.factors = factors, .sweeps = 3, .use_weights = true, .solver = solver},
                          context)
               .model;
         }});
  }
  add({.name = "als in half the bytes",
       .fit =
           [](const World& w, const Context& context) {
             return fit_als(w.interactions(), {.factors = factors, .sweeps = 3}, context)
                 .model.compact();
           },
       .follows = false});
  add({.name = "als in double", .fit = [](const World& w, const Context& context) {
         return fit_als<double>(w.interactions(), {.factors = factors, .sweeps = 3}, context).model;
       }});
  for (const bool known : {false, true}) {
    add({.name = known ? "feature als" : "feature als without features",
         .fit =
             [known](const World& w, const Context& context) {
               return fit_feature_als(
                          w.interactions(), {.items = known ? kinds_of(w.items) : FeatureMatrix()},
                          {.factors = factors, .sweeps = 3, .use_weights = true}, context)
                   .model;
             },
         .knows_untaken = known});
  }
  add({.name = "social als",
       .fit =
           [](const World& w, const Context& context) {
             return fit_social_als(w.interactions(), circle_of(w.customers),
                                   {.factors = factors, .sweeps = 3}, context)
                 .model;
           },
       .knows_strangers = true});
  add({.name = "social neighbours",
       .fit =
           [](const World& w, const Context& context) {
             return fit_social_neighbours(w.interactions(), circle_of(w.customers), {}, {}, context)
                 .model;
           },
       .knows_strangers = true});
  add({.name = "social blend",
       .fit =
           [](const World& w, const Context& context) {
             return fit_social_blend(w.interactions(), circle_of(w.customers),
                                     {.factors = factors, .sweeps = 3}, {}, context)
                 .model;
           },
       .knows_strangers = true});
  add({.name = "ease",
       .fit =
           [](const World& w, const Context& context) {
             return fit_ease(w.interactions(), {.lambda = 1, .use_weights = true}, context).model;
           },
       .throws_when_stopped = true});  // half an inverse is no model
  add({.name = "sparse ease", .fit = [](const World& w, const Context& context) {
         return fit_sparse_ease(w.interactions(), {.lambda = 1, .neighbours = 4}, context).model;
       }});
  add({.name = "slim", .fit = [](const World& w, const Context& context) {
         return fit_slim(w.interactions(), {.l1 = 0.1, .l2 = 1}, context).model;
       }});
  add({.name = "bpr", .fit = [](const World& w, const Context& context) {
         return fit_bpr(w.interactions(), {.factors = factors, .epochs = 5}, context).model;
       }});
  add({.name = "warp", .fit = [](const World& w, const Context& context) {
         return fit_warp(w.interactions(), {.factors = factors, .epochs = 5}, context).model;
       }});
  add({.name = "biased mf",
       .fit =
           [](const World& w, const Context& context) {
             return fit_biased_mf(w.ratings(), {.factors = factors, .sweeps = 5}, context).model;
           },
       .knows_strangers = true,
       .follows = false});
  add({.name = "biased mf (als)",
       .fit =
           [](const World& w, const Context& context) {
             return fit_biased_mf_als(w.ratings(), {.factors = factors, .sweeps = 5}, context)
                 .model;
           },
       .knows_strangers = true,
       .follows = false});
  add({.name = "svd++",
       .fit =
           [](const World& w, const Context& context) {
             return fit_svd_pp(w.ratings(), {.factors = factors, .sweeps = 5}, context).model;
           },
       .knows_strangers = true,
       .follows = false});
  add({.name = "rating neighbours",
       .fit =
           [](const World& w, const Context& context) {
             return fit_rating_neighbours(w.ratings(), {.shrinkage = 1}, context).model;
           },
       .knows_strangers = true,
       .follows = false});
  add({.name = "transitions",
       .fit =
           [](const World& w, const Context& context) {
             return fit_transitions(w.sequences(), {}, context).model;
           },
       .follows = false,
       .tells = false});
  add({.name = "session neighbours",
       .fit =
           [](const World& w, const Context& context) {
             return fit_session_neighbours(w.sequences(), {}, context).model;
           },
       .follows = false,
       .tells = false});
  add({.name = "tifu-knn",
       .fit =
           [](const World& w, const Context& context) {
             return fit_tifu_knn(w.sequences(), {.neighbours = 5}, context).model;
           },
       .follows = false,
       .tells = false});
  add({.name = "fpmc",
       .fit =
           [](const World& w, const Context& context) {
             return fit_fpmc(w.sequences(), {.factors = factors, .epochs = 3}, context).model;
           },
       .follows = false});
  add({.name = "content",
       .fit =
           [](const World& w, const Context& context) {
             return fit_content(profiles_of(w.items), w.interactions(), {}, {}, context).model;
           },
       .knows_untaken = true,
       .tells = false});
  add({.name = "basket rules",
       .fit =
           [](const World& w, const Context& context) {
             const Interactions data = w.interactions();
             return fit_basket_rules(baskets_of(data), data,
                                     {.itemsets = {.min_support = 0.01, .max_size = 3}}, context)
                 .model;
           },
       .follows = false});
  add({.name = "blend", .fit = [](const World& w, const Context& context) {
         const Interactions data = w.interactions();
         return BlendModel(data, {{fit_item_neighbours(data, {}, context).model, 1},
                                  {fit_slim(data, {.l1 = 0.1, .l2 = 1}, context).model, 2}});
       }});
  add({.name = "switching",
       .fit =
           [](const World& w, const Context& context) {
             const Interactions data = w.interactions();
             return SwitchingModel(data, {{0, fit_popularity(data).model},
                                          {2, fit_item_neighbours(data, {}, context).model}});
           },
       .knows_strangers = true});
  add({.name = "pipeline",
       .fit =
           [](const World& w, const Context& context) {
             const Interactions data = w.interactions();
             return RecommendPipeline({fit_item_neighbours(data, {}, context).model,
                                       fit_slim(data, {.l1 = 0.1, .l2 = 1}, context).model},
                                      {.rankers = {{.model = 1}}, .history = data});
           },
       .saves = false});
  return all;
}

RecommenderRegistry registry() {
  RecommenderRegistry models;
  models.add<PopularityModel>();
  models.add<TrendingModel>();
  models.add<SegmentPopularityModel>();
  models.add<NeighboursModel>();
  models.add<CustomerNeighboursModel>();
  models.add<BasicAlsModel<float>>();
  models.add<BasicAlsModel<double>>();
  models.add<CompactAlsModel>();
  models.add<FeatureAlsModel>();
  models.add<BasicSocialAlsModel<float>>();
  models.add<SocialNeighboursModel>();
  models.add<SocialBlendModel>();
  models.add<EaseModel>();
  models.add<SparseEaseModel>();
  models.add<SlimModel>();
  models.add<PairwiseModel>();
  models.add<RatingFactorsModel>();
  models.add<RatingNeighboursModel>();
  models.add<TransitionsModel>();
  models.add<SessionNeighboursModel>();
  models.add<TifuKnnModel>();
  models.add<FpmcModel>();
  models.add<ContentModel>();
  models.add<BasketRulesModel>();
  models.add<BlendModel>();
  models.add<SwitchingModel>();
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
