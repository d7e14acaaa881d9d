#include "emptor/recommend/tifu_knn.hpp"

#include <vector>

#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"
#include "support/sequence_data.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

TEST_CASE("TIFU-KNN is a recommender") {
  test::check_recommender(
      [](const Interactions& data, const Context& context) {
        return fit_tifu_knn(test::one_session_each(data), {.neighbours = 9}, context).model;
      },
      {.name = "TIFU-KNN", .weights_matter = false, .order_matters = true}, test::one_session_each);
}

InteractionLog baskets_of(const std::vector<std::vector<std::vector<std::uint32_t>>>& customers) {
  InteractionLog log;
  for (std::size_t c = 0; c < customers.size(); ++c) {
    for (std::size_t b = 0; b < customers[c].size(); ++b) {
      for (const std::uint32_t item : customers[c][b]) {
        log.add(id_at<Customer>(c), Item{item}, 1, Time{std::chrono::days{b}});
      }
    }
  }
  return log;
}

TEST_CASE("frequencies and neighbours by hand") {
  const Sequences data(4, 5, baskets_of({{{0}, {0, 1}, {0, 1, 1}}, {{0, 2}}, {{3}}, {}}),
                       {.gap = std::chrono::seconds{0}});
  const TifuKnnOptions options{
      .neighbours = 2, .group_size = 2, .basket_decay = 0.5, .group_decay = 0.25, .personal = 0.75};
  const auto [model, report] = fit_tifu_knn(data, options);
  CHECK(report.customers == 3);
  CHECK(report.frequencies == 5);
  // Groups {day 0} and {days 1, 2}: weights .25 / 2, .5 / 4, 1 / 4.
  const auto& own = model.engine().personal_frequencies();
  CHECK(own.row_values(0)[0] == 0.5F);
  CHECK(own.row_values(0)[1] == 0.375F);
  // Distances of customer 0: to itself 0, to customer 1 .25 + .1406 + 1, to customer 2 .3906 + 1.
  // Of customer 1: itself, then customer 0.
  using List = std::vector<Recommendation>;
  CHECK(model.recommend(Customer{1}, 9, {.exclude_seen = false}) ==
        List{{Item{0}, 0.75F + 0.125F * 1.5F},
             {Item{2}, 0.75F + 0.125F},
             {Item{1}, 0.125F * 0.375F}});
  CHECK(model.recommend(Customer{1}, 9) == List{{Item{1}, 0.125F * 0.375F}});
  const Explanation why = model.explain(Customer{1}, Item{0}, 9);
  REQUIRE(why.parts.size() == 2);
  CHECK(why.parts[0].because == Item{0});
  CHECK(why.parts[0].share == Approx(0.75 + 0.125 / 2 + 0.125 / 2));
  CHECK(why.parts[1].share == Approx(0.125 / 2));
  CHECK(why.rest == 0);
  // Customer 2 shares nothing with the nearest other, customer 0: nobody's item leads to 0.
  const Explanation far = model.explain(Customer{2}, Item{0}, 9);
  CHECK(far.parts.empty());
  CHECK(far.rest == 0.125F * 0.5F);
  CHECK(far.score == far.rest);
  CHECK(model.recommend(Customer{3}, 9).empty());

  // The same baskets folded in.
  const std::vector<Item> items{Item{0}, Item{0}, Item{1}, Item{1}, Item{0}};
  const std::vector<std::size_t> sizes{1, 2, 0, 2};
  const FoldedCustomer folded = fold_in_baskets(model, items, sizes);
  CHECK(model.recommend(folded, 9, {.exclude_seen = false}) ==
        model.recommend(Customer{0}, 9, {.exclude_seen = false}));
  const std::vector<std::size_t> short_sizes{1, 2};
  check_throws(ErrorCode::invalid_shape, "add up",
               [&] { (void)fold_in_baskets(model, items, short_sizes); });
  const std::vector<std::size_t> long_sizes{5, 1};
  check_throws(ErrorCode::invalid_shape, "add up",
               [&] { (void)fold_in_baskets(model, items, long_sizes); });
  FoldedCustomer broken = folded;
  broken.factors.pop_back();
  check_throws(ErrorCode::invalid_shape, "frequencies",
               [&] { (void)model.recommend(broken, 9, {}); });
  broken = folded;
  broken.factors[0] = -1;
  check_throws(ErrorCode::invalid_value, "frequency",
               [&] { (void)model.recommend(broken, 9, {}); });
}

TEST_CASE("options of TIFU-KNN that make no sense are refused") {
  const auto refused = [](const TifuKnnOptions& options, const char* name) {
    check_throws(ErrorCode::invalid_option, name,
                 [&] { (void)fit_tifu_knn(Sequences{}, options); });
  };
  refused({.neighbours = 0}, "neighbours");
  refused({.group_size = 0}, "group_size");
  refused({.basket_decay = 0}, "basket_decay");
  refused({.group_decay = 1.1}, "group_decay");
  refused({.personal = -0.1}, "personal");
}

}  // namespace
