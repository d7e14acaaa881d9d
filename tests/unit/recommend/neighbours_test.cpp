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

constexpr NeighbourWeighting every_weighting[] = {
    NeighbourWeighting::cosine,    NeighbourWeighting::tf_idf,  NeighbourWeighting::bm25,
    NeighbourWeighting::jaccard,   NeighbourWeighting::tversky, NeighbourWeighting::rp3_beta,
    NeighbourWeighting::symmetric,
};

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
  for (const auto weighting : every_weighting) {
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

TEST_CASE("Jaccard and Tversky by hand, whatever the weights") {
  InteractionLog log;  // a: customers 0 1 2 3, b: 0 1, c: 1
  for (unsigned customer = 0; customer < 4; ++customer) log.add(Customer{customer}, a, 2.5F);
  log.add(Customer{0}, b, 7);
  log.add(Customer{1}, b);
  log.add(Customer{1}, c, 9);
  const Interactions data(4, 3, log);
  const auto jaccard = fit_item_neighbours(data, {.weighting = NeighbourWeighting::jaccard}).model;
  CHECK(similarity(jaccard, a, b) == Approx(2.0 / 4));
  CHECK(similarity(jaccard, b, a) == Approx(2.0 / 4));
  CHECK(similarity(jaccard, a, c) == Approx(1.0 / 4));
  CHECK(similarity(jaccard, c, b) == Approx(1.0 / 2));
  const auto shrunk =
      fit_item_neighbours(data, {.weighting = NeighbourWeighting::jaccard, .shrinkage = 3}).model;
  CHECK(similarity(shrunk, a, b) == Approx(2.0 / (4 + 3)));
  const auto dice = fit_item_neighbours(data, {.weighting = NeighbourWeighting::tversky}).model;
  CHECK(similarity(dice, a, b) == Approx(2 * 2.0 / (4 + 2)));
  const auto tversky = fit_item_neighbours(data, {.weighting = NeighbourWeighting::tversky,
                                                  .tversky_owned = 0.25,
                                                  .tversky_other = 2})
                           .model;
  CHECK(similarity(tversky, a, b) == Approx(2 / (2 + 0.25 * 2)));
  CHECK(similarity(tversky, b, a) == Approx(2 / (2 + 2.0 * 2)));
}

TEST_CASE("RP3beta by hand") {
  // a is taken by customers 0 and 1; 0 has two items, 1 has three; b has two customers, c two.
  const NeighboursOptions options{
      .weighting = NeighbourWeighting::rp3_beta, .normalise = false, .rp3_beta = 0.5};
  const auto model = fit_item_neighbours(three_by_three(), options).model;
  CHECK(similarity(model, a, b) == Approx((0.5 / 2 + 0.5 / 3) / std::sqrt(2)));
  CHECK(similarity(model, a, c) == Approx(0.5 / 3 / std::sqrt(2)));
  CHECK(similarity(model, c, a) == Approx(0.5 / 3 / std::sqrt(2)));

  InteractionLog log;  // the walk follows weights: 3 of 4 from a to customer 0, then 1 of 4 to b
  log.add(Customer{0}, a, 3);
  log.add(Customer{0}, b, 1);
  log.add(Customer{1}, a, 1);
  const auto weighted =
      fit_item_neighbours(
          Interactions(2, 2, log),
          {.weighting = NeighbourWeighting::rp3_beta, .rp3_alpha = 2, .rp3_beta = 1})
          .model;
  CHECK(similarity(weighted, a, b) == Approx(0.75 * 0.75 * 0.25 * 0.25 / 1));
  CHECK(similarity(weighted, b, a) == Approx(0.75 * 0.75 / 4));
}

TEST_CASE("symmetric normalisation by hand") {
  const auto model =
      fit_item_neighbours(three_by_three(), {.weighting = NeighbourWeighting::symmetric}).model;
  CHECK(similarity(model, a, b) == Approx((1.0 / 2 + 1.0 / 3) / 2));
  CHECK(similarity(model, a, c) == Approx(1.0 / 3 / 2));
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
  refuses("'shrinkage' must be 0 with rp3_beta, got 5",
          {.weighting = NeighbourWeighting::rp3_beta, .shrinkage = 5});
  refuses("'shrinkage' must be 0 with symmetric, got 5",
          {.weighting = NeighbourWeighting::symmetric, .shrinkage = 5});
  refuses("'tversky_owned' must be finite and >= 0, got -1", {.tversky_owned = -1});
  refuses("'tversky_other' must be finite and >= 0, got -1", {.tversky_other = -1});
  refuses("'rp3_alpha' must be finite and > 0, got 0", {.rp3_alpha = 0});
  refuses("'rp3_beta' must be finite and >= 0, got -0.5", {.rp3_beta = -0.5});
  refuses("'weighting' must be one of NeighbourWeighting, got 9",
          {.weighting = static_cast<NeighbourWeighting>(9)});
}

TEST_CASE("an update searches only the items whose neighbours can have changed") {
  InteractionLog log;  // two worlds: items 0 to 3 and items 4 to 7
  for (unsigned customer = 0; customer < 40; ++customer) {
    for (unsigned i = 0; i < 3; ++i) {
      log.add(Customer{customer}, id_at<Item>(customer % 2 * 4 + (customer + i) % 4));
    }
  }
  const Interactions before(40, 8, log);
  log.add(Customer{41}, Item{4});
  log.add(Customer{41}, Item{5});
  const Interactions after(42, 8, log);
  const auto searched = [&](const NeighboursOptions& options) {
    std::size_t total = 0;
    Context context;
    context.progress = [&](const ProgressStep& step) {
      total = step.total;
      return Go::on;
    };
    const auto model = fit_item_neighbours(before, options).model.update(after, context);
    CHECK(model.save() == fit_item_neighbours(after, options).model.save());
    return total;
  };
  CHECK(searched({.weighting = NeighbourWeighting::cosine}) == 4);
  CHECK(searched({.weighting = NeighbourWeighting::tf_idf}) == 4);
  CHECK(searched({.weighting = NeighbourWeighting::jaccard}) == 4);
  CHECK(searched({.weighting = NeighbourWeighting::rp3_beta}) == 4);
  CHECK(searched({.weighting = NeighbourWeighting::rp3_beta, .rp3_beta = 0}) == 2);
  CHECK(searched({.weighting = NeighbourWeighting::bm25}) == 8);
  CHECK(searched({.weighting = NeighbourWeighting::bm25, .b = 0}) == 2);
}

TEST_CASE("a model of a stopped fit searches everything when it is updated") {
  Context stop;
  stop.progress = [](const ProgressStep&) { return Go::stop; };
  InteractionLog log;
  for (unsigned customer = 0; customer < 700; ++customer) {
    for (unsigned item = customer % 2; item < 400; item += 2) {
      log.add(Customer{customer}, Item{item});
    }
  }
  const Interactions large(700, 400, log);
  const auto stopped = fit_item_neighbours(large, {.neighbours = 5}, stop);
  REQUIRE(stopped.report.stopped);
  const auto whole = fit_item_neighbours(large, {.neighbours = 5}).model;
  CHECK(stopped.model.update(large).save() == whole.save());
  CHECK(NeighboursModel::load(stopped.model.save())->update(large).save() == whole.save());
  const auto halfway = stopped.model.update(large, stop);
  CHECK(halfway.similar_items(Item{399}, 9).empty());
  CHECK(halfway.update(large).save() == whole.save());
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
  for (const auto weighting : every_weighting) {
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
    NeighboursModel(data, Csr<float>(2, {0, 0}, {}, {}), {});
  });
  check_throws(ErrorCode::invalid_value, "finite and > 0", [&] {
    NeighboursModel(data, Csr<float>(3, {0, 1, 1, 1}, {2}, {-1.0F}), {});
  });
}
