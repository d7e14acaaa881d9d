#include "emptor/recommend/ease.hpp"

#include <vector>

#include "emptor/core/kernels.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

/// Customers x items, 0 for nothing.
Interactions from_rows(const std::vector<std::vector<float>>& rows, std::size_t items) {
  InteractionLog log;
  for (std::size_t c = 0; c < rows.size(); ++c) {
    for (std::size_t i = 0; i < rows[c].size(); ++i) {
      if (rows[c][i] > 0) log.add(id_at<Customer>(c), id_at<Item>(i), rows[c][i]);
    }
  }
  return Interactions(rows.size(), items, log);
}

TEST_CASE("EASE is a recommender") {
  test::check_recommender(
      [](const Interactions& data, const Context& context) {
        return fit_ease(data, {.lambda = 2}, context).model;
      },
      {.name = "ease", .update_tolerance = 1e-5});
}

TEST_CASE("EASE with weights is a recommender") {
  test::check_recommender(
      [](const Interactions& data, const Context& context) {
        return fit_ease(data, {.lambda = 5, .use_weights = true}, context).model;
      },
      {.name = "ease, weighted", .update_tolerance = 1e-5});
}

TEST_CASE("EASE on native kernels is a recommender") {
  test::check_recommender(
      [](const Interactions& data, Context context) {
        context.kernels = &native_kernels();
        return fit_ease(data, {.lambda = 2}, context).model;
      },
      {.name = "ease, native", .update_tolerance = 1e-5});
}

TEST_CASE("two items by hand") {
  // X'X + 1 = [4 2; 2 3], its inverse [3 -2; -2 4] / 8, so B = [0 2/4; 2/3 0].
  const auto data = from_rows({{1, 1}, {1, 1}, {1, 0}}, 3);
  const auto [model, report] = fit_ease(data, {.lambda = 1});
  CHECK(model.weight(Item{0}, Item{1}) == Approx(0.5).epsilon(1e-6));
  CHECK(model.weight(Item{1}, Item{0}) == Approx(2.0 / 3).epsilon(1e-6));
  CHECK(model.weight(Item{0}, Item{0}) == 0);
  CHECK(report.items == 2);
  CHECK(report.pairs == 1);
  CHECK(report.bytes == ease_bytes(3));
  CHECK(report.residual < 1e-6);

  const auto list = model.recommend(Customer{2}, 5);
  REQUIRE(list.size() == 1);
  CHECK(list[0].item == Item{1});
  CHECK(list[0].score == model.weight(Item{0}, Item{1}));

  const auto similar = model.similar_items(Item{0}, 5);
  REQUIRE(similar.size() == 1);
  CHECK(similar[0].item == Item{1});
  CHECK(similar[0].score == Approx(std::sqrt(1.0 / 3)).epsilon(1e-6));
}

TEST_CASE("weights count only when asked to") {
  const auto ones = from_rows({{1, 1, 0}, {0, 1, 1}, {1, 0, 1}, {1, 1, 0}}, 3);
  const auto weighted = from_rows({{3, 1, 0}, {0, 2, 5}, {1, 0, 1}, {1, 4, 0}}, 3);
  const EaseModel plain = fit_ease(ones, {.lambda = 2}).model;
  const EaseModel ignoring = fit_ease(weighted, {.lambda = 2}).model;
  const EaseModel using_them = fit_ease(weighted, {.lambda = 2, .use_weights = true}).model;
  CHECK(plain.weight(Item{0}, Item{1}) == ignoring.weight(Item{0}, Item{1}));
  CHECK(plain.weight(Item{0}, Item{1}) != using_them.weight(Item{0}, Item{1}));
  CHECK_FALSE(ignoring.options().use_weights);
  CHECK(using_them.options().use_weights);

  // What the customer has counts by its weight as well: twice as much, twice the score.
  const std::vector<Item> has{Item{0}};
  const std::vector<float> once{1};
  const std::vector<float> twice{2};
  CHECK(using_them.recommend(using_them.fold_in(has, twice), 1)[0].score ==
        2 * using_them.recommend(using_them.fold_in(has, once), 1)[0].score);
  CHECK(ignoring.recommend(ignoring.fold_in(has, twice), 1) ==
        ignoring.recommend(ignoring.fold_in(has, once), 1));
}

TEST_CASE("negative scores are ranked like others") {
  // Items 0 and 1 exclude one another, given that most customers have item 2.
  const auto data = from_rows({{1, 0, 1}, {1, 0, 1}, {0, 1, 1}, {0, 1, 1}, {0, 0, 1}}, 3);
  const EaseModel model = fit_ease(data, {.lambda = 0.5}).model;
  CHECK(model.weight(Item{0}, Item{1}) < 0);
  const auto list = model.recommend(model.fold_in(std::vector{Item{0}}), 3);
  REQUIRE(list.size() == 2);
  CHECK(list[0].item == Item{2});
  CHECK(list[1].item == Item{1});
  CHECK(list[1].score < 0);
  for (const auto& near : model.similar_items(Item{0}, 3)) CHECK(near.item != Item{1});
}

TEST_CASE("more items than a panel, the last panel not full") {
  const Interactions data = test::taste_data(120, 131, true);
  Context native;
  native.kernels = &native_kernels();
  const EaseModel model = fit_ease(data, {.lambda = 3, .use_weights = true}, native).model;
  const auto everything = test::all_items(131);
  for (const std::uint32_t c : {1U, 60U, 119U}) {
    std::vector<float> scores(131);
    model.score(Customer{c}, everything, scores);
    const auto items = data.by_customer().row_indices(c);
    const auto weights = data.by_customer().row_values(c);
    for (std::size_t j = 0; j < 131; ++j) {
      double expected = 0;
      for (std::size_t i = 0; i < items.size(); ++i) {
        expected += double(weights[i]) * double(model.weight(Item{items[i]}, id_at<Item>(j)));
      }
      CHECK(scores[j] == Approx(expected).margin(1e-6));
    }
    const std::vector<Item> last{Item{128}, Item{5}, Item{129}, Item{64}};
    for (const auto& entry : model.recommend(Customer{c}, 9, {.candidates = last})) {
      CHECK(entry.score == scores[index(entry.item)]);
    }
  }
}

TEST_CASE("wrong options, catalogues too large, weights too uneven") {
  const Interactions data = test::taste_data(20, 10, false);
  for (const double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity()}) {
    check_throws(ErrorCode::invalid_option, "'lambda' must be finite and > 0",
                 [&] { (void)fit_ease(data, {.lambda = bad}); });
  }
  CHECK(ease_bytes(10) == 3 * 10 * 16 * 4);
  CHECK(ease_bytes(40'981) == std::size_t{3} * 40'981 * 40'992 * 4);
  CHECK(ease_bytes(0xffffffffU) == std::numeric_limits<std::size_t>::max());
  CHECK_NOTHROW((void)fit_ease(data, {.max_bytes = 1920}));
  check_throws(ErrorCode::invalid_shape, "EASE of 10 items needs 1920 bytes",
               [&] { (void)fit_ease(data, {.max_bytes = 1919}); });
  // Two equal columns of weight 1e6 against a lambda of 1e-6.
  const auto singular = from_rows({{1e6F, 1e6F}, {1e6F, 1e6F}}, 2);
  check_throws(ErrorCode::invalid_value, "raise 'lambda'",
               [&] { (void)fit_ease(singular, {.lambda = 1e-6, .use_weights = true}); });
  const auto infinite = from_rows({{3e38F, 1}, {3e38F, 1}}, 2);
  check_throws(ErrorCode::invalid_value, "raise 'lambda'",
               [&] { (void)fit_ease(infinite, {.lambda = 1, .use_weights = true}); });
}

TEST_CASE("a model from given weights") {
  const Interactions data = test::taste_data(4, 2, false);
  Matrix<float> weights(2, 2);
  weights(0, 1) = 0.25F;
  CHECK(EaseModel(data, weights, {}).weight(Item{0}, Item{1}) == 0.25F);
  check_throws(ErrorCode::invalid_shape, "must be 2 x 2, got 3 x 2",
               [&] { (void)EaseModel(data, Matrix<float>(3, 2), {}); });
  check_throws(ErrorCode::invalid_shape, "diagonal of 2 items",
               [&] { (void)EaseModel(data, weights, {}, {1.0F}); });
  check_throws(ErrorCode::invalid_value, "diagonal > 0", [&] {
    (void)EaseModel(data, weights, {}, {1.0F, 0.0F});
  });
  weights(0, 0) = 1;
  check_throws(ErrorCode::invalid_value, "0 from an item to itself",
               [&] { (void)EaseModel(data, weights, {}); });
  weights(0, 0) = 0;
  weights(1, 0) = std::numeric_limits<float>::infinity();
  check_throws(ErrorCode::invalid_value, "must be finite",
               [&] { (void)EaseModel(data, weights, {}); });
}

TEST_CASE("progress is told, and stopping leaves no half model") {
  const Interactions data = test::taste_data(20, 10, false);
  std::vector<std::size_t> steps;
  Context context;
  context.progress = [&](const ProgressStep& step) {
    CHECK(step.what == "ease");
    CHECK(step.total == 2);
    steps.push_back(step.done);
    return Go::on;
  };
  (void)fit_ease(data, {}, context);
  CHECK(steps == std::vector<std::size_t>{1, 2});
  context.progress = [](const ProgressStep&) { return Go::stop; };
  check_throws(ErrorCode::stopped, "asked to stop", [&] { (void)fit_ease(data, {}, context); });
}

TEST_CASE("an update stopped, or of a model without its inverse") {
  const Interactions before = test::taste_data(20, 10, false);
  const Interactions after = test::taste_data(25, 12, false);
  const EaseModel model = fit_ease(before, {.lambda = 2}).model;
  Context stop;
  for (const std::size_t step : {0U, 1U}) {
    stop.progress = [&](const ProgressStep& at) { return at.done == step ? Go::stop : Go::on; };
    const EaseModel stopped = model.update(after, stop);
    CHECK(stopped.items() == 12);
    CHECK(stopped.weight(Item{3}, Item{0}) == model.weight(Item{3}, Item{0}));
    CHECK(stopped.weight(Item{3}, Item{11}) == 0);
    CHECK(stopped.update(after).save() == fit_ease(after, {.lambda = 2}).model.save());
  }
}

}  // namespace
