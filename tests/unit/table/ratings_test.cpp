#include "emptor/table/ratings.hpp"

#include <limits>
#include <vector>

#include "support/catch.hpp"

namespace emptor {
namespace {

template <class Call>
ErrorCode code_of(Call&& call) {
  try {
    call();
  } catch (const Exception& e) {
    return e.code();
  }
  return ErrorCode::stopped;
}

TEST_CASE("ratings keep zero and negative values and know who rated what") {
  RatingLog log;
  log.add(Customer{0}, Item{2}, -3);
  log.add(Customer{0}, Item{0}, 0);
  log.add(Customer{2}, Item{2}, 4.5F);
  const Ratings ratings(4, 3, log, {.lowest = -5, .highest = 5});
  CHECK(ratings.customers() == 4);
  CHECK(ratings.items() == 3);
  CHECK(ratings.entries() == 3);
  CHECK(ratings.mean() == 0.5);
  CHECK(ratings.scale() == RatingScale{-5, 5});
  CHECK(ratings.contains(Customer{0}, Item{0}));
  CHECK_FALSE(ratings.contains(Customer{0}, Item{1}));
  REQUIRE(ratings.by_customer().row_size(0) == 2);
  CHECK(ratings.by_customer().row_values(0)[0] == 0);
  CHECK(ratings.by_customer().row_values(0)[1] == -3);
  REQUIRE(ratings.by_item().row_size(2) == 2);
  CHECK(ratings.by_item().row_values(2)[1] == 4.5F);
  CHECK(std::isnan(Ratings().mean()));
  CHECK(Ratings().entries() == 0);

  const Interactions liked = ratings.liked(0);
  CHECK(liked.customers() == 4);
  CHECK(liked.items() == 3);
  CHECK(liked.entries() == 2);
  CHECK(liked.contains(Customer{0}, Item{0}));
  CHECK_FALSE(liked.contains(Customer{0}, Item{2}));
}

TEST_CASE("a pair rated several times becomes one rating by the policy") {
  RatingLog log;
  const auto at = [](int s) { return Time{std::chrono::seconds{s}}; };
  log.add(Customer{0}, Item{0}, 5, at(30));
  log.add(Customer{0}, Item{0}, 1, at(10));
  log.add(Customer{0}, Item{1}, 2, at(20));
  log.add(Customer{0}, Item{1}, 4, at(20));
  log.add(Customer{0}, Item{0}, 3, at(20));
  const auto values = [&](RepeatedRatings policy) {
    const Ratings ratings(1, 2, log, {}, policy);
    const auto row = ratings.by_customer().row_values(0);
    return std::vector<float>(row.begin(), row.end());
  };
  CHECK(values(RepeatedRatings::latest) == std::vector<float>{5, 4});
  CHECK(values(RepeatedRatings::mean) == std::vector<float>{3, 3});
  CHECK(code_of([&] { (void)values(RepeatedRatings::refuse); }) == ErrorCode::duplicate);
}

TEST_CASE("what cannot be a rating is refused by name") {
  const auto with = [](float rating, RatingScale scale = {}) {
    RatingLog log;
    log.add(Customer{0}, Item{0}, rating);
    return code_of([&] { (void)Ratings(1, 1, log, scale); });
  };
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  constexpr float infinity = std::numeric_limits<float>::infinity();
  CHECK(with(3) == ErrorCode::stopped);
  CHECK(with(nan) == ErrorCode::invalid_value);
  CHECK(with(infinity) == ErrorCode::invalid_value);
  CHECK(with(0.5F) == ErrorCode::invalid_value);
  CHECK(with(5.5F) == ErrorCode::invalid_value);
  CHECK(with(3, {5, 1}) == ErrorCode::invalid_option);
  CHECK(with(3, {3, 3}) == ErrorCode::invalid_option);
  CHECK(with(3, {nan, 3}) == ErrorCode::invalid_option);
  CHECK(with(3, {1, infinity}) == ErrorCode::invalid_option);

  RatingLog log;
  log.add(Customer{0}, Item{3}, 3);
  CHECK(code_of([&] { (void)Ratings(1, 3, log); }) == ErrorCode::out_of_range);
  CHECK(code_of([&] { (void)Ratings(0, 4, log); }) == ErrorCode::out_of_range);
  log.ratings.push_back(3);
  CHECK(code_of([&] { (void)Ratings(1, 4, log); }) == ErrorCode::invalid_shape);
}

}  // namespace
}  // namespace emptor
