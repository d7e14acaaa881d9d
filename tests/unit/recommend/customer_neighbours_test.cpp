#include "emptor/recommend/customer_neighbours.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

constexpr CustomerWeighting every_weighting[] = {
    CustomerWeighting::cosine,  CustomerWeighting::tf_idf,  CustomerWeighting::bm25,
    CustomerWeighting::jaccard, CustomerWeighting::tversky,
};

/// Customer 0 has items 0 and 1, customer 1 items 0, 1, 2, customer 2 items 2 and 3, customer 3
/// nothing.
Interactions four_customers() {
  InteractionLog log;
  for (const auto& [customer, item] :
       {std::pair{0U, 0U}, {0U, 1U}, {1U, 0U}, {1U, 1U}, {1U, 2U}, {2U, 2U}, {2U, 3U}}) {
    log.add(Customer{customer}, Item{item});
  }
  return Interactions(4, 4, log);
}

}  // namespace

TEST_CASE("customer neighbours do what every recommender does") {
  for (const auto weighting : every_weighting) {
    for (const bool normalise : {false, true}) {
      const CustomerNeighboursOptions options{.weighting = weighting, .normalise = normalise};
      test::check_recommender(
          [&](const Interactions& data, const Context& context) {
            return fit_customer_neighbours(data, options, context).model;
          },
          // A folded customer has the customer of the fit as another neighbour, who has nothing
          // new: the same items with other scores.
          {.name = text("customer neighbours ", static_cast<unsigned>(weighting), " ", normalise),
           .has_similar_items = false,
           .fold_in_tolerance = std::numeric_limits<double>::infinity()});
    }
  }
}

TEST_CASE("customer neighbours by hand: lists, reasons, who is alike") {
  const auto [model, report] = fit_customer_neighbours(
      four_customers(), {.weighting = CustomerWeighting::cosine, .normalise = false});
  CHECK(report.customers == 4);
  CHECK(report.pairs == 4);
  CHECK(report.without == 1);
  const float close = static_cast<float>(2 / std::sqrt(6.0));
  const float far = static_cast<float>(1 / std::sqrt(6.0));
  CHECK(model.similar_customers(Customer{1}, 5) ==
        std::vector<SimilarCustomer>{{Customer{0}, close}, {Customer{2}, far}});
  CHECK(model.similar_customers(Customer{1}, 1).size() == 1);
  CHECK(model.similar_customers(Customer{3}, 5).empty());
  CHECK(model.recommend(Customer{0}, 9) == std::vector<Recommendation>{{Item{2}, close}});
  CHECK(model.recommend(Customer{1}, 9) == std::vector<Recommendation>{{Item{3}, far}});

  const Explanation why = model.explain(Customer{0}, Item{2}, 9);
  REQUIRE(why.parts.size() == 2);
  CHECK(why.parts[0].because == Item{0});
  CHECK(why.parts[0].share == Approx(close / 2));
  CHECK(why.parts[1].share == Approx(close / 2));
  const NeighbourExplanation who = model.explain_neighbours(Customer{1}, Item{2}, 9);
  CHECK(who.score == far);
  CHECK(who.parts == std::vector<NeighbourExplanation::Part>{{Customer{2}, far}});
  const NeighbourExplanation cut = model.explain_neighbours(Customer{1}, Item{2}, 0);
  CHECK(cut.rest == far);
  CHECK(std::isnan(model.explain_neighbours(Customer{3}, Item{2}, 3).score));

  // Normalised, the score is the weighted share of the neighbours who have it.
  const auto mean =
      fit_customer_neighbours(four_customers(), {.weighting = CustomerWeighting::cosine}).model;
  CHECK(mean.recommend(Customer{1}, 9).front().score == Approx(1.0 / 3));
  CHECK(mean.recommend(Customer{0}, 9).front().score == Approx(1.0));

  // Folded in, everybody of the fit may be a neighbour.
  const auto folded = model.fold_in(std::vector{Item{0}, Item{1}});
  CHECK(model.similar_customers(folded, 5) ==
        std::vector<SimilarCustomer>{{Customer{0}, 1}, {Customer{1}, close}});
  CHECK(model.explain_neighbours(folded, Item{2}, 3).parts.front().because == Customer{1});
}

TEST_CASE("set similarities of customers by hand") {
  const auto similarity = [](const CustomerNeighboursOptions& options, Customer from, Customer to) {
    const auto model = fit_customer_neighbours(four_customers(), options).model;
    for (const auto& one : model.similar_customers(from, 9)) {
      if (one.customer == to) return static_cast<double>(one.similarity);
    }
    return 0.0;
  };
  CHECK(similarity({.weighting = CustomerWeighting::jaccard}, Customer{0}, Customer{1}) ==
        Approx(2.0 / 3));
  CHECK(similarity({.weighting = CustomerWeighting::jaccard, .shrinkage = 1}, Customer{0},
                   Customer{1}) == Approx(2.0 / 4));
  const CustomerNeighboursOptions tversky{
      .weighting = CustomerWeighting::tversky, .tversky_own = 1, .tversky_other = 0.25};
  CHECK(similarity(tversky, Customer{0}, Customer{1}) == Approx(2 / 2.25));
  CHECK(similarity(tversky, Customer{1}, Customer{0}) == Approx(2.0 / 3));
}

TEST_CASE("a stopped fit of customer neighbours says so") {
  const Interactions data = test::taste_data(5000, 40, false);
  Context context;
  context.progress = [](const ProgressStep& step) {
    CHECK(step.what == "customer neighbours");
    CHECK(step.total == 5000);
    return Go::stop;
  };
  const auto [model, report] = fit_customer_neighbours(data, {.neighbours = 5}, context);
  CHECK(report.stopped);
  CHECK(report.customers == 2048);
  CHECK(model.similar_customers(Customer{7}, 3).size() == 3);
  CHECK(model.similar_customers(Customer{4000}, 3).empty());
}

TEST_CASE("wrong options of customer neighbours are refused by name") {
  const auto refuses = [&](const std::string& message, const CustomerNeighboursOptions& options) {
    check_throws(ErrorCode::invalid_option, message,
                 [&] { (void)fit_customer_neighbours(four_customers(), options); });
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  refuses("'weighting'", {.weighting = static_cast<CustomerWeighting>(9)});
  refuses("'neighbours' must be >= 1, got 0", {.neighbours = 0});
  refuses("'shrinkage'", {.shrinkage = -1});
  refuses("'shrinkage' must be 0 with bm25",
          {.weighting = CustomerWeighting::bm25, .shrinkage = 1});
  refuses("'k1'", {.k1 = nan});
  refuses("'b' must be from 0 to 1", {.b = 1.5});
  refuses("'tversky_own'", {.tversky_own = -1});
  refuses("'tversky_other'", {.tversky_other = nan});
  const auto matrix = [](std::uint32_t column, float value) {
    return Csr<float>(4, {0, 1, 1, 1, 1}, {column}, {value});
  };
  check_throws(ErrorCode::invalid_shape, "4 x 4",
               [&] { (void)CustomerNeighboursModel(four_customers(), Csr<float>{}, {}); });
  check_throws(ErrorCode::invalid_value, "finite and > 0",
               [&] { (void)CustomerNeighboursModel(four_customers(), matrix(1, -1), {}); });
  check_throws(ErrorCode::invalid_value, "own neighbour",
               [&] { (void)CustomerNeighboursModel(four_customers(), matrix(0, 1), {}); });
}
