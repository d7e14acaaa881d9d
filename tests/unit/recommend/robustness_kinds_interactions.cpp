#include <utility>
#include <vector>

#include "emptor/recommend/als.hpp"
#include "emptor/recommend/blend.hpp"
#include "emptor/recommend/bpr.hpp"
#include "emptor/recommend/customer_neighbours.hpp"
#include "emptor/recommend/ease.hpp"
#include "emptor/recommend/neighbours.hpp"
#include "emptor/recommend/pipeline.hpp"
#include "emptor/recommend/popularity.hpp"
#include "emptor/recommend/segment_popularity.hpp"
#include "emptor/recommend/slim.hpp"
#include "emptor/recommend/sparse_ease.hpp"
#include "emptor/recommend/switching.hpp"
#include "emptor/recommend/trending.hpp"
#include "emptor/recommend/warp.hpp"
#include "robustness_kinds.hpp"

namespace emptor::test::robustness {

void add_interaction_kinds(std::vector<Kind>& kinds) {
  const auto add = [&](Kind kind) { kinds.push_back(std::move(kind)); };
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
}

void add_interaction_models(RecommenderRegistry& models) {
  models.add<PopularityModel>();
  models.add<TrendingModel>();
  models.add<SegmentPopularityModel>();
  models.add<NeighboursModel>();
  models.add<CustomerNeighboursModel>();
  models.add<BasicAlsModel<float>>();
  models.add<BasicAlsModel<double>>();
  models.add<CompactAlsModel>();
  models.add<EaseModel>();
  models.add<SparseEaseModel>();
  models.add<SlimModel>();
  models.add<PairwiseModel>();
  models.add<BlendModel>();
  models.add<SwitchingModel>();
}

}  // namespace emptor::test::robustness
