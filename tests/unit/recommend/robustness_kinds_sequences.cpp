#include <utility>
#include <vector>

#include "emptor/recommend/fpmc.hpp"
#include "emptor/recommend/session_neighbours.hpp"
#include "emptor/recommend/tifu_knn.hpp"
#include "emptor/recommend/transitions.hpp"
#include "robustness_kinds.hpp"

namespace emptor::test::robustness {

void add_sequence_kinds(std::vector<Kind>& kinds) {
  const auto add = [&](Kind kind) { kinds.push_back(std::move(kind)); };
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
}

void add_sequence_models(RecommenderRegistry& models) {
  models.add<TransitionsModel>();
  models.add<SessionNeighboursModel>();
  models.add<TifuKnnModel>();
  models.add<FpmcModel>();
}

}  // namespace emptor::test::robustness
