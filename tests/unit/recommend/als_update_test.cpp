// Implicit ALS that follows new interactions.

#include <algorithm>
#include <cmath>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/recommend/als.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

static_assert(UpdatableRecommender<AlsModel> && UpdatableRecommender<BasicAlsModel<double>>);

/// Five tastes; every event beyond `share` of them comes later.
InteractionLog events(std::uint32_t customers, std::uint32_t items, double share) {
  InteractionLog log;
  for (std::uint32_t c = 0; c < customers; ++c) {
    RandomStream random(3, c);
    for (std::uint32_t i = 0; i < items; ++i) {
      const bool there = random.bernoulli((c + i) % 5 == 0 ? 0.5 : 0.04);
      if (random.uniform() < share && there) log.add(Customer{c}, Item{i});
    }
  }
  return log;
}

double loss_of(const AlsModel& model) {
  const AlsOptions& options = model.options();
  const auto& x = model.customer_factors();
  const auto& v = model.item_factors();
  double loss = 0;
  for (std::uint32_t c = 0; c < model.customers(); ++c) {
    for (std::uint32_t i = 0; i < model.items(); ++i) {
      double score = 0;
      for (std::size_t j = 0; j < x.columns(); ++j) score += double(x(c, j)) * double(v(i, j));
      loss += options.unobserved_weight * score * score;
      if (model.interactions().contains(Customer{c}, Item{i})) loss += (1 - score) * (1 - score);
    }
  }
  const auto ridge = [&](const Matrix<float>& factors, const Csr<float>& rows) {
    for (std::size_t r = 0; r < factors.rows(); ++r) {
      double square = 0;
      for (const float value : factors.row(r)) square += double(value) * double(value);
      loss += square * options.lambda *
              (double(rows.row_size(r)) + options.unobserved_weight * double(rows.columns()));
    }
  };
  ridge(x, model.interactions().by_customer());
  ridge(v, model.interactions().by_item());
  return loss;
}

TEST_CASE("an updated model is nearly as good as one fitted anew, and better than before") {
  const Interactions before(200, 150, events(200, 150, 0.95));
  const Interactions now(200, 150, events(200, 150, 1));
  REQUIRE(before.entries() < now.entries());
  const AlsOptions options = {.factors = 12, .sweeps = 20, .lambda = 0.01};
  const AlsModel old_model = fit_als(before, options).model;
  const AlsModel updated = old_model.update(now);
  const AlsModel fitted = fit_als(now, options).model;
  INFO(loss_of(updated) << " updated, " << loss_of(fitted) << " fitted");
  CHECK(loss_of(updated) <= 1.02 * loss_of(fitted));
  CHECK(updated.interactions().entries() == now.entries());
}

TEST_CASE("customers of an updated model are what fold_in makes of them") {
  const Interactions before(60, 50, events(60, 50, 0.8));
  const Interactions now(70, 55, events(70, 55, 1));
  const AlsOptions options = {.factors = 9, .sweeps = 5, .lambda = 0.01};
  const auto check = [&](const AlsModel& model) {
    for (std::uint32_t c = 0; c < model.customers(); ++c) {
      std::vector<Item> basket;
      for (const auto item : now.by_customer().row_indices(c)) basket.push_back(Item{item});
      if (basket.empty()) continue;
      const auto folded = model.fold_in(basket);
      for (std::size_t j = 0; j < 9; ++j) {
        CHECK(std::abs(folded.factors[j] - model.customer_factors()(c, j)) < 2e-5F);
      }
    }
  };
  const AlsModel old_model = fit_als(before, options).model;
  check(old_model.update(now));
  // Stopped, too; new items are then not known yet.
  Context stop;
  stop.progress = [](const ProgressStep&) { return Go::stop; };
  const AlsModel stopped = old_model.update(now, stop);
  check(stopped);
  for (const auto& one : stopped.recommend(Customer{69}, 100)) CHECK(index(one.item) < 50);
}

TEST_CASE("without a change the updated model is the same, also from a file") {
  const Interactions data(60, 50, events(60, 50, 1));
  const AlsOptions options = {.factors = 9, .sweeps = 5, .seed = 7};
  const AlsModel model = fit_als(data, options).model;
  CHECK(model.update(data).save() == model.save());
  const AlsModel loaded = AlsModel::load(model.save()).value();
  CHECK(loaded.options().seed == 7);
  const Interactions grown(80, 60, events(80, 60, 1));
  CHECK(loaded.update(grown).save() == model.update(grown).save());
}

TEST_CASE(
    "new customers who know new items only are learned, and lost interactions are forgotten") {
  InteractionLog log = events(60, 50, 1);
  const AlsOptions options = {.factors = 8, .sweeps = 6, .lambda = 0.01};
  const AlsModel model = fit_als(Interactions(60, 50, log), options).model;
  for (std::uint32_t c = 60; c < 72; ++c) {
    for (std::uint32_t i = 50; i < 56; ++i) {
      if (i - 50 != c % 6) log.add(Customer{c}, Item{i});
    }
  }
  const AlsModel updated = model.update(Interactions(72, 56, log));
  std::size_t found = 0;
  for (std::uint32_t c = 60; c < 72; ++c) {
    for (const auto& one : updated.recommend(Customer{c}, 5)) {
      found += index(one.item) == 50 + c % 6 ? 1 : 0;
    }
  }
  CHECK(found >= 9);  // by chance about one
  InteractionLog less;
  for (std::size_t e = 0; e < log.size(); ++e) {
    if (index(log.customers[e]) != 3 && index(log.items[e]) != 5) {
      less.add(log.customers[e], log.items[e]);
    }
  }
  const AlsModel forgot = updated.update(Interactions(72, 56, less));
  CHECK(forgot.recommend(Customer{3}, 5).empty());
  CHECK(forgot.similar_items(Item{5}, 5).empty());
  for (const auto& one : forgot.recommend(Customer{4}, 100)) CHECK(one.item != Item{5});
}

TEST_CASE("weights count when the fit was weighted") {
  InteractionLog log = events(40, 30, 1);
  const Interactions before(40, 30, log);
  for (float& weight : log.weights) weight = 3;
  const Interactions heavier(40, 30, log);
  AlsOptions options = {.factors = 5, .sweeps = 3};
  const AlsModel plain = fit_als(before, options).model;
  CHECK(plain.update(heavier).customer_factors() == plain.customer_factors());
  options.use_weights = true;
  const AlsModel weighted = fit_als(before, options).model;
  CHECK_FALSE(weighted.update(heavier).customer_factors() == weighted.customer_factors());
}

TEST_CASE("an empty model grows up") {
  const AlsModel model = fit_als(Interactions(0, 0, InteractionLog{}), {.factors = 4}).model;
  const AlsModel grown = model.update(Interactions(60, 50, events(60, 50, 1)));
  CHECK(grown.recommend(Customer{1}, 5).size() == 5);
}

}  // namespace
}  // namespace emptor
