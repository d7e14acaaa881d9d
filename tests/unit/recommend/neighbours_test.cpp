#include "emptor/recommend/neighbours.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

constexpr Item a{0};
constexpr Item b{1};
constexpr Item c{2};

/// Customer 0 has a and b, customer 1 all three, customer 2 c.
Interactions three_by_three() {
  InteractionLog log;
  for (const auto& [customer, item] :
       {std::pair{0U, a}, {0U, b}, {1U, a}, {1U, b}, {1U, c}, {2U, c}}) {
    log.add(id_at<Customer>(customer), item);
  }
  return Interactions(3, 3, log);
}

float similarity(const NeighboursModel& model, Item from, Item to) {
  for (const Recommendation& entry : model.similar_items(from, 10)) {
    if (entry.item == to) return entry.score;
  }
  return 0;
}

}  // namespace

TEST_CASE("neighbours do what every recommender does") {
  for (const auto weighting :
       {NeighbourWeighting::cosine, NeighbourWeighting::tf_idf, NeighbourWeighting::bm25}) {
    for (const bool normalise : {false, true}) {
      const NeighboursOptions options{
          .weighting = weighting, .neighbours = 6, .normalise = normalise};
      test::check_recommender(
          [&](const Interactions& data, const Context& context) {
            return fit_item_neighbours(data, options, context).model;
          },
          {.name = text("neighbours ", static_cast<unsigned>(weighting), " ", normalise)});
    }
  }
}

TEST_CASE("cosines by hand") {
  const auto [model, report] = fit_item_neighbours(
      three_by_three(), {.weighting = NeighbourWeighting::cosine, .normalise = false});
  CHECK(similarity(model, a, b) == Approx(1));
  CHECK(similarity(model, a, c) == Approx(0.5));
  CHECK(similarity(model, c, b) == Approx(0.5));
  CHECK(report.items == 3);
  CHECK(report.pairs == 6);
  CHECK(report.without == 0);
  CHECK_FALSE(report.stopped);

  const auto list = model.recommend(Customer{2}, 10);
  REQUIRE(list.size() == 2);
  CHECK(list[0].item == a);
  CHECK(list[0].score == list[1].score);
  const Explanation why = model.explain(Customer{2}, a, 3);
  REQUIRE(why.parts.size() == 1);
  CHECK(why.parts[0].because == c);
  CHECK(why.parts[0].share == list[0].score);
  CHECK(why.rest == 0);

  const auto heavy = model.fold_in(std::vector{a}, std::vector{3.0F});
  CHECK(model.recommend(heavy, 1)[0].item == b);
  CHECK(model.recommend(heavy, 1)[0].score == Approx(3));
}

TEST_CASE("shrinkage is added to the product of lengths") {
  const auto model = fit_item_neighbours(three_by_three(), {.weighting = NeighbourWeighting::cosine,
                                                            .shrinkage = 2,
                                                            .normalise = false})
                         .model;
  CHECK(similarity(model, a, b) == Approx(2.0 / (2 + 2)));
  CHECK(similarity(model, a, c) == Approx(1.0 / (2 + 2)));
}

TEST_CASE("normalised similarities of an owned item add up to its weight") {
  const auto model =
      fit_item_neighbours(three_by_three(), {.weighting = NeighbourWeighting::cosine}).model;
  const auto list = model.recommend(model.fold_in(std::vector{a}, std::vector{2.0F}), 10);
  REQUIRE(list.size() == 2);
  CHECK(list[0].score == Approx(2 * 1 / 1.5));
  CHECK(list[1].score == Approx(2 * 0.5 / 1.5));
  CHECK(similarity(model, a, b) == Approx(1));
}

TEST_CASE("tf-idf by hand") {
  const auto model =
      fit_item_neighbours(three_by_three(), {.weighting = NeighbourWeighting::tf_idf}).model;
  const double of_two = std::log(1 + 3.0 / 2);
  const double of_three = std::log(1 + 3.0 / 3);
  const double of_one = std::log(1 + 3.0 / 1);
  CHECK(similarity(model, a, b) == Approx(1));
  CHECK(
      similarity(model, a, c) ==
      Approx(of_three * of_three / (std::hypot(of_two, of_three) * std::hypot(of_three, of_one))));
}

TEST_CASE("BM25 by hand") {
  InteractionLog log;
  log.add(Customer{0}, a, 3);
  log.add(Customer{0}, b, 1);
  log.add(Customer{1}, b, 2);
  log.add(Customer{1}, c, 1);
  const auto model =
      fit_item_neighbours(Interactions(2, 3, log),
                          {.weighting = NeighbourWeighting::bm25, .k1 = 1.5, .b = 0.5})
          .model;
  const double idf = std::log(1 + (3 - 2 + 0.5) / (2 + 0.5));
  const auto tf = [](double r, double length) {
    const double mean = (3.0 + 3.0 + 1.0) / 3;
    return r * 2.5 / (r + 1.5 * (1 - 0.5 + 0.5 * length / mean));
  };
  CHECK(similarity(model, a, b) == Approx(idf * idf * tf(3, 3) * tf(1, 3)));
  CHECK(similarity(model, c, b) == Approx(idf * idf * tf(1, 1) * tf(2, 3)));
  CHECK(similarity(model, a, c) == 0);
}

TEST_CASE("only the K most similar items are kept, ties by the smaller id") {
  InteractionLog log;
  for (unsigned i = 0; i < 6; ++i) log.add(Customer{0}, id_at<Item>(i));
  const auto [model, report] = fit_item_neighbours(Interactions(1, 6, log), {.neighbours = 2});
  CHECK(report.pairs == 12);
  const auto list = model.similar_items(Item{1}, 6);
  REQUIRE(list.size() == 2);
  CHECK(list[0].item == Item{0});
  CHECK(list[1].item == Item{2});
}

TEST_CASE("wrong options of neighbours are refused by name") {
  const Interactions data = three_by_three();
  const auto refuses = [&](const std::string& message, const NeighboursOptions& options) {
    check_throws(ErrorCode::invalid_option, message,
                 [&] { (void)fit_item_neighbours(data, options); });
  };
  refuses("'neighbours' must be >= 1, got 0", {.neighbours = 0});
  refuses("'shrinkage' must be finite and >= 0, got -1", {.shrinkage = -1});
  refuses("'shrinkage' must be 0 with bm25, got 5",
          {.weighting = NeighbourWeighting::bm25, .shrinkage = 5});
  refuses("'k1' must be finite and >= 0, got nan",
          {.k1 = std::numeric_limits<double>::quiet_NaN()});
  refuses("'b' must be from 0 to 1, got 1.5", {.b = 1.5});
  refuses("'weighting' must be cosine, tf_idf or bm25, got 9",
          {.weighting = static_cast<NeighbourWeighting>(9)});
}

TEST_CASE("a stopped fit says so and keeps what was found") {
  InteractionLog log;
  for (unsigned customer = 0; customer < 700; ++customer) {
    for (unsigned item = customer % 2; item < 400; item += 2)
      log.add(Customer{customer}, Item{item});
  }
  const Interactions data(700, 400, log);
  Context context;
  std::size_t calls = 0;
  context.progress = [&](const ProgressStep& step) {
    ++calls;
    CHECK(step.what == "item neighbours");
    CHECK(step.total == 400);
    return Go::stop;
  };
  const auto [model, report] = fit_item_neighbours(data, {.neighbours = 5}, context);
  CHECK(calls == 1);
  CHECK(report.stopped);
  CHECK(report.items < 400);
  CHECK(report.without == 0);
  CHECK(report.pairs == report.items * 5);
  CHECK(model.similar_items(Item{0}, 9).size() == 5);
  CHECK(model.similar_items(Item{399}, 9).empty());

  context.progress = [](const ProgressStep&) { return Go::on; };
  CHECK_FALSE(fit_item_neighbours(data, {.neighbours = 5}, context).report.stopped);
}

TEST_CASE("tiny and huge weights stay numbers") {
  InteractionLog log;
  log.add(Customer{0}, a, 1e-38F);
  log.add(Customer{0}, b, 1e38F);
  log.add(Customer{1}, a, 2e-38F);
  log.add(Customer{1}, c, 3e38F);
  for (const auto weighting :
       {NeighbourWeighting::cosine, NeighbourWeighting::tf_idf, NeighbourWeighting::bm25}) {
    const auto model = fit_item_neighbours(Interactions(2, 3, log), {.weighting = weighting}).model;
    for (const Recommendation& entry : model.similar_items(a, 3)) {
      CHECK(std::isfinite(entry.score));
      CHECK(entry.score > 0);
    }
    CHECK(model.similar_items(a, 3).size() == 2);
  }
}

TEST_CASE("a model made of similarities checks them") {
  const Interactions data = three_by_three();
  check_throws(ErrorCode::invalid_shape, "3 x 3", [&] {
    NeighboursModel(data, Csr<float>(2, {0, 0}, {}, {}), true);
  });
  check_throws(ErrorCode::invalid_value, "finite and > 0", [&] {
    NeighboursModel(data, Csr<float>(3, {0, 1, 1, 1}, {2}, {-1.0F}), true);
  });
}
