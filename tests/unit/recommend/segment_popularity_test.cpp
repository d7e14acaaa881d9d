#include "emptor/recommend/segment_popularity.hpp"

#include <vector>

#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

std::vector<std::uint32_t> thirds(std::size_t m) {
  std::vector<std::uint32_t> segments;
  for (std::size_t c = 0; c < m; ++c) {
    segments.push_back(c % 7 == 0 ? no_group : static_cast<std::uint32_t>(c % 3));
  }
  return segments;
}

TEST_CASE("popularity by segment is a recommender") {
  test::check_recommender(
      [](const Interactions& data, const Context&) {
        const std::vector<std::uint32_t> nobody(data.customers(), no_group);
        return fit_segment_popularity(data, nobody).model;
      },
      {.name = "no segments", .personal = false, .has_similar_items = false});
}

TEST_CASE("shares by hand, shrunk to those of all") {
  InteractionLog log;  // segment 0: items 0, 0, 1; segment 1: item 1; nobody's: item 2
  log.add(Customer{0}, Item{0}, 2);
  log.add(Customer{0}, Item{1});
  log.add(Customer{1}, Item{1});
  log.add(Customer{2}, Item{2});
  const std::vector<std::uint32_t> segments{0, 1, no_group};
  const Interactions data(3, 4, log);
  const auto [model, report] = fit_segment_popularity(data, segments, {.shrinkage = 5});
  CHECK(report.groups == 2);
  CHECK(report.events == 4);
  CHECK(report.unknown == 1);
  const auto in_first = model.most_popular_in(0, 9);
  REQUIRE(in_first.size() == 3);
  CHECK(in_first[0].item == Item{0});
  CHECK(in_first[0].score == Approx((2 + 5 * 2.0 / 5) / (3 + 5)));
  CHECK(in_first[1].score == Approx((1 + 5 * 2.0 / 5) / (3 + 5)));
  CHECK(in_first[2].score == Approx((0 + 5 * 1.0 / 5) / (3 + 5)));
  CHECK(model.most_popular_in(1, 1)[0].item == Item{1});
  CHECK(model.recommend(Customer{1}, 9) == model.recommend_in(1, Customer{1}, 9));
  CHECK(model.recommend_in(0, Customer{1}, 1)[0].item == Item{0});
  CHECK(model.most_popular_in(no_group, 9)[0].score == Approx(2.0 / 5));
  CHECK(model.most_popular_in(77, 9) == model.most_popular_in(no_group, 9));
  const auto folded = model.fold_in(std::vector{Item{2}}, {}, 1);
  CHECK(model.recommend(folded, 1)[0] == model.most_popular_in(1, 1)[0]);
  CHECK(model.recommend(model.fold_in(std::vector{Item{2}}, {}, no_group), 3) ==
        model.recommend(model.fold_in(std::vector{Item{2}}), 3));
  const Explanation why = model.explain(Customer{1}, Item{1}, 5);
  CHECK(why.events == 2);
  CHECK(why.rest == why.score);
}

TEST_CASE("popularity by context, asked for at the moment") {
  const Interactions data = test::taste_data(5, 4, false);
  const std::vector<Item> items{Item{0}, Item{0}, Item{1}, Item{2}, Item{2}, Item{2}};
  const std::vector<std::uint32_t> weekend{1, 1, 1, 0, 0, 0};
  const auto model = fit_context_popularity(data, items, weekend, {}, {.shrinkage = 1}).model;
  CHECK(model.most_popular_in(1, 1)[0].item == Item{0});
  CHECK(model.most_popular_in(0, 1)[0].item == Item{2});
  CHECK(model.segment(Customer{1}) == no_group);
  CHECK(SegmentPopularityModel::load(model.save())->most_popular_in(1, 4) ==
        model.most_popular_in(1, 4));
  check_throws(ErrorCode::invalid_option, "has no contexts", [&] { (void)model.update(data); });
  check_throws(ErrorCode::invalid_shape, "a context for each of 6 events",
               [&] { (void)fit_context_popularity(data, items, std::vector<std::uint32_t>{1}); });
  check_throws(ErrorCode::out_of_range, "item 4 is unknown", [&] {
    (void)fit_context_popularity(data, std::vector{Item{4}}, std::vector<std::uint32_t>{1});
  });
}

TEST_CASE("wrong options and segments") {
  const Interactions data = test::taste_data(5, 4, false);
  check_throws(ErrorCode::invalid_option, "'shrinkage' must be finite and > 0",
               [&] { (void)fit_segment_popularity(data, thirds(5), {.shrinkage = 0}); });
  check_throws(ErrorCode::invalid_shape, "each of 5 customers",
               [&] { (void)fit_segment_popularity(data, thirds(4)); });
}

}  // namespace
