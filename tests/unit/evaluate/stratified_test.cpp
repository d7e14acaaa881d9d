// Folds of rows: evenly by class, by customer, along time.

#include "emptor/evaluate/stratified.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

}  // namespace

TEST_CASE("folds are the same for the same seed and others for another", "[evaluate][folds]") {
  std::vector<double> target;
  for (int i = 0; i < 103; ++i) target.push_back(i % 4 == 0 ? 1 : 0);
  const RowFolds folds = stratified_folds(target, {.folds = 5, .seed = 7});
  CHECK(folds.fold == stratified_folds(target, {.folds = 5, .seed = 7}).fold);
  CHECK(folds.fold != stratified_folds(target, {.folds = 5, .seed = 8}).fold);
  CHECK(folds.fold != stratified_folds(target, {.folds = 5, .seed = 7, .repeat = 1}).fold);
  std::size_t rows = 0;
  for (std::size_t f = 0; f < folds.count; ++f) {
    const auto test = folds.test(f);
    const auto train = folds.train(f);
    rows += test.size();
    CHECK(test.size() + train.size() == target.size());
    CHECK((test.size() == 20 || test.size() == 21));
    CHECK(std::is_sorted(train.begin(), train.end()));
  }
  CHECK(rows == target.size());
  CHECK_THROWS_AS(folds.test(5), Exception);
  // Pinned: these folds are part of every number that was measured with them.
  const std::vector<double> few{0, 1, 0, 1, 0, 1, 0, 1};
  CHECK(stratified_folds(few, {.folds = 2, .seed = 1}).fold ==
        std::vector<std::uint32_t>{0, 0, 1, 1, 0, 1, 1, 0});
}

TEST_CASE("folds of nothing, of one class, of fewer rows than folds", "[evaluate][folds]") {
  CHECK(stratified_folds({}).fold.empty());
  const std::vector<double> two{1, 1};
  const RowFolds folds = stratified_folds(two, {.folds = 4});
  CHECK(folds.test(0).size() == 1);
  CHECK(folds.test(3).empty());
  const std::vector<double> gap{1, std::numeric_limits<double>::quiet_NaN()};
  CHECK_THROWS_AS(stratified_folds(gap), Exception);
  CHECK_THROWS_AS(stratified_folds(two, {.folds = 1}), Exception);
}

TEST_CASE("a customer's rows stay together", "[evaluate][folds]") {
  std::vector<Customer> customers;
  std::vector<double> target;
  for (unsigned i = 0; i < 600; ++i) {
    customers.push_back(Customer{(i * 31) % 97});
    target.push_back((i * 31) % 97 % 5 == 0 ? 1 : 0);
  }
  const RowFolds folds = grouped_folds(customers, target, {.folds = 5});
  std::map<std::uint32_t, std::set<std::uint32_t>> seen;
  std::vector<double> positives(5), rows(5);
  for (std::size_t i = 0; i < customers.size(); ++i) {
    seen[static_cast<std::uint32_t>(customers[i])].insert(folds.fold[i]);
    positives[folds.fold[i]] += target[i];
    rows[folds.fold[i]] += 1;
  }
  for (const auto& [customer, in] : seen) CHECK(in.size() == 1);
  for (std::size_t f = 0; f < 5; ++f) {
    CHECK(positives[f] / rows[f] == Approx(20.0 / 97).margin(0.04));
    CHECK(rows[f] == Approx(120).margin(14));
  }
  // One with nearly all rows, and two others.
  const std::vector<Customer> few{Customer{1}, Customer{1}, Customer{1}, Customer{2}, Customer{3}};
  const RowFolds uneven = grouped_folds(few, {}, {.folds = 2});
  CHECK(uneven.fold[3] == uneven.fold[4]);
  CHECK(uneven.fold[0] != uneven.fold[3]);
  CHECK(grouped_folds({}).fold.empty());
  CHECK_THROWS_AS(grouped_folds(few, target), Exception);
}

TEST_CASE("folds along time, expanding and rolling, with a gap", "[evaluate][folds]") {
  std::vector<Time> times;
  for (int day = 0; day < 10; ++day) times.push_back(at(day * 10));
  using std::chrono::seconds;
  const auto expanding = time_folds(
      times, {.first_test = at(50), .test_length = seconds{20}, .folds = 2, .gap = seconds{10}});
  REQUIRE(expanding.size() == 2);
  CHECK(expanding[0].train == std::vector<std::uint32_t>{0, 1, 2, 3});
  CHECK(expanding[0].test == std::vector<std::uint32_t>{5, 6});
  CHECK(expanding[1].train == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5});
  CHECK(expanding[1].test == std::vector<std::uint32_t>{7, 8});
  const auto rolling = time_folds(times, {.first_test = at(50),
                                          .test_length = seconds{20},
                                          .folds = 3,
                                          .gap = seconds{10},
                                          .train_length = seconds{20}});
  CHECK(rolling[1].train == std::vector<std::uint32_t>{4, 5});
  CHECK(rolling[1].train_to == at(60));
  CHECK(rolling[2].test == std::vector<std::uint32_t>{9});
  CHECK(time_folds({}, {.test_length = seconds{1}}).size() == 5);
  CHECK_THROWS_AS(time_folds(times, {}), Exception);
  CHECK_THROWS_AS(time_folds(times, {.test_length = seconds{1}, .gap = seconds{-1}}), Exception);
  CHECK_THROWS_AS(time_folds(times, {.test_length = seconds::max()}), Exception);
  CHECK_THROWS_AS(time_folds(times, {.first_test = Time::max(), .test_length = seconds{1}}),
                  Exception);
}
