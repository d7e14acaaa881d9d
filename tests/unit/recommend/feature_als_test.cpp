// Feature-aware ALS.

#include "emptor/recommend/feature_als.hpp"

#include <cmath>
#include <limits>

#include "emptor/table/feature_builder.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

namespace emptor {
namespace {

using test::check_throws;

/// Row i is of kind i % 3, as the tastes of taste_data are.
FeatureMatrix kinds(std::size_t rows) {
  FeatureBuilder builder(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    builder.add_category(i, "kind", text(i % 3));
    builder.add_tag(i, "colour", text(i % 5), 0.5F);
  }
  return builder.build();
}

constexpr double anything = std::numeric_limits<double>::infinity();

TEST_CASE("feature als is a recommender, with features of items and without") {
  for (const bool with_features : {false, true}) {
    test::check_recommender(
        [&](const Interactions& data, const Context& context) {
          return fit_feature_als(data,
                                 {.customers = {},
                                  .items = with_features ? kinds(data.items()) : FeatureMatrix()},
                                 {.factors = 6, .sweeps = 5, .use_weights = true}, context)
              .model;
        },
        {.name = "feature als",
         .knows_untaken_items = with_features,
         .update_tolerance = anything});
  }
}

TEST_CASE("feature als: the loss never rises") {
  const Interactions data = test::taste_data(200, 60, true);
  const auto report =
      fit_feature_als(data, {.customers = kinds(200), .items = kinds(60)},
                      {.factors = 8, .sweeps = 12, .use_weights = true, .trace_loss = true})
          .report;
  REQUIRE(report.loss.size() == 12);
  for (std::size_t s = 1; s < report.loss.size(); ++s) {
    CHECK(report.loss[s] <= report.loss[s - 1] * (1 + 1e-5));
  }
  CHECK(report.loss.back() < 0.95 * report.loss.front());
}

TEST_CASE("an item nobody took goes to those who like its kind, a customer without items too") {
  const std::size_t m = 300;
  const std::size_t n = 60;
  const Interactions data = test::taste_data(m, n, false);  // customer 0 and item 59 have nothing
  FeatureBuilder items(n);
  for (std::size_t i = 0; i < n; ++i) items.add_category(i, "kind", text(i % 3));
  FeatureBuilder customers(m);
  for (std::size_t c = 0; c < m; ++c) {
    // Customers of taste c % 3 mostly take items of kind c % 3. Customer 0 says it is of taste 2.
    customers.add_category(c, "taste", text(c == 0 ? 2 : c % 3));
  }
  const auto [model, report] = fit_feature_als(
      data, {.customers = customers.build(), .items = items.build()}, {.factors = 8, .sweeps = 10});
  const auto first_kinds = [&](const auto& who) {
    std::size_t right = 0;
    for (const Recommendation& entry : model.recommend(who, 10))
      right += index(entry.item) % 3 == 2;
    return right;
  };
  CHECK(first_kinds(Customer{0}) >= 8);
  const FeatureValue says{*model.features().customers.find("taste=2"), 1};
  CHECK(first_kinds(model.fold_in({}, {}, std::span(&says, 1))) >= 8);

  // Item 59 is of kind 2.
  double of_taste[3] = {};
  const Item cold{59};
  for (std::size_t c = 1; c < m; ++c) {
    float score = 0;
    model.score(id_at<Customer>(c), std::span(&cold, 1), std::span(&score, 1));
    of_taste[c % 3] += double{score};
  }
  CHECK(of_taste[2] > 1.5 * of_taste[0]);
  CHECK(of_taste[2] > 1.5 * of_taste[1]);

  // The whole of its score is its feature's.
  const FeatureExplanation why = model.explain_features(Customer{2}, cold, 5);
  REQUIRE(why.parts.size() == 1);
  CHECK(model.features().items.name(why.parts[0].because) == "kind=2");
  CHECK(why.parts[0].share == Approx(double{why.score}).epsilon(1e-4));
  const FeatureExplanation other = model.explain_features(Customer{2}, Item{5}, 5);
  CHECK(double{other.parts[0].share} + double{other.rest} ==
        Approx(double{other.score}).epsilon(1e-6));

  // Folded in with items and features: as a customer of the fit.
  const auto row = data.by_customer().row_indices(5);
  std::vector<Item> has;
  for (const std::uint32_t item : row) has.push_back(static_cast<Item>(item));
  const FoldedCustomer visitor = model.fold_in(has, {}, std::span(&says, 1));
  CHECK(model.recommend(visitor, 10) == model.recommend(Customer{5}, 10));
  CHECK(model.explain_features(visitor, cold, 5) == model.explain_features(Customer{5}, cold, 5));
  CHECK(std::isnan(model.explain_features(FoldedCustomer{}, cold, 5).score));
}

TEST_CASE("an update knows new features, and that old ones keep their numbers") {
  const Interactions before = test::conformance::corner_of(test::taste_data(60, 40, false), 50, 30);
  const Interactions after = test::taste_data(60, 40, false);
  const SideFeatures old{.customers = kinds(50), .items = kinds(30)};
  const FeatureAlsModel model = fit_feature_als(before, old, {.factors = 4}).model;
  FeatureBuilder more(40, old.items);
  for (std::size_t i = 0; i < 40; ++i) more.add_category(i, "kind", text(i % 4));
  const FeatureAlsModel updated =
      model.update(after, {.customers = kinds(60), .items = more.build()});
  CHECK(updated.features().items.features() == old.items.features() + 1);
  CHECK_FALSE(updated.recommend(Customer{55}, 5).empty());
  check_throws(ErrorCode::invalid_value, "feature 0 must still be 'kind=0'",
               [&] { (void)model.update(after, SideFeatures{}); });
}

TEST_CASE("wrong features and options are refused by name") {
  const Interactions data = test::taste_data(9, 7, false);
  check_throws(ErrorCode::invalid_shape, "features of items need 7 rows, or none at all; got 8",
               [&] { (void)fit_feature_als(data, {.customers = {}, .items = kinds(8)}); });
  check_throws(ErrorCode::invalid_shape, "features of customers need 9 rows",
               [&] { (void)fit_feature_als(data, {.customers = kinds(7), .items = {}}); });
  const auto refused = [&](const char* part, const FeatureAlsOptions& options) {
    check_throws(ErrorCode::invalid_option, part,
                 [&] { (void)fit_feature_als(data, {}, options); });
  };
  refused("'factors'", {.factors = 0});
  refused("'sweeps'", {.sweeps = 0});
  refused("'update_sweeps'", {.update_sweeps = 0});
  refused("'unobserved_weight'", {.unobserved_weight = -1});
  refused("'lambda'", {.lambda = 0});
  refused("'nu'", {.nu = std::nan("")});
  refused("'feature_lambda'", {.feature_lambda = 0});
  refused("'regression_steps'", {.regression_steps = 0});
  refused("'initial_deviation'", {.initial_deviation = 0});
  const auto model = fit_feature_als(data, {.customers = kinds(9), .items = {}}).model;
  const FeatureValue unknown{Feature{99}, 1};
  const FeatureValue wrong{Feature{0}, std::nanf("")};
  check_throws(ErrorCode::out_of_range, "feature 99 is unknown",
               [&] { (void)model.fold_in({}, {}, std::span(&unknown, 1)); });
  check_throws(ErrorCode::invalid_value, "must be finite",
               [&] { (void)model.fold_in({}, {}, std::span(&wrong, 1)); });
}

}  // namespace
}  // namespace emptor
