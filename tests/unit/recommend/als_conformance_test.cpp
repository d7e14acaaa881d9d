// Implicit ALS as a recommender like any other, by solver and by scalar.

#include <limits>

#include "emptor/recommend/als.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

namespace emptor {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
const AlsOptions options = {.factors = 6, .sweeps = 4, .lambda = 0.02};

TEST_CASE("ALS is a recommender") {
  test::check_recommender(
      [](const Interactions& data, const Context& context) {
        return fit_als(data, options, context).model;
      },
      {.name = "als", .fold_in_tolerance = 1e-5, .update_tolerance = infinity});
}

TEST_CASE("ALS with weights by conjugate gradients is a recommender") {
  AlsOptions other = options;
  other.use_weights = true;
  other.factors = 20;
  other.solver = AlsSolver::conjugate_gradient;
  other.cg_steps = 1;
  test::check_recommender(
      [&](const Interactions& data, const Context& context) {
        return fit_als(data, other, context).model;
      },
      {.name = "als, cg", .fold_in_tolerance = 1e-5, .update_tolerance = infinity});
}

TEST_CASE("ALS in double by blocks is a recommender") {
  AlsOptions other = options;
  other.factors = 40;
  other.solver = AlsSolver::block;
  other.block = 16;
  test::check_recommender(
      [&](const Interactions& data, const Context& context) {
        return fit_als<double>(data, other, context).model;
      },
      {.name = "als, block, double", .fold_in_tolerance = 1e-5, .update_tolerance = infinity});
}

TEST_CASE("ALS with factors of half the bytes is a recommender") {
  static_assert(LoadableRecommender<CompactAlsModel> && BatchRecommender<CompactAlsModel>);
  static_assert(!UpdatableRecommender<CompactAlsModel>);
  for (const bool use_weights : {false, true}) {
    AlsOptions other = options;
    other.use_weights = use_weights;
    other.factors = use_weights ? 40 : 6;
    // Factors are rounded to 2^-8 of |x||v|, which is many times the largest score of unseen items.
    test::check_recommender(
        [&](const Interactions& data, const Context& context) {
          return fit_als(data, other, context).model.compact();
        },
        {.name = "als, compact", .fold_in_tolerance = 0.05});
  }
}

}  // namespace
}  // namespace emptor
