// Points that two records earned and spent, before, during and after they were one customer.

#include "emptor/hub/owned_points.hpp"

#include "emptor/hub/merge_hub.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr Customer anna{1};
constexpr Customer ann{2};

Time day(int number) {
  return Time{Day{std::chrono::year{2025} / 1 / 1} + std::chrono::days{number}};
}

TEST_CASE("a spend of the time together is owed after the parting as far as own lots lack") {
  MergeHub hub;
  OwnedPoints points;
  hub.add("points", points);
  (void)points.earn(1, anna, day(0), 100, {.expires_at = day(90)});
  (void)points.earn(2, ann, day(0), 60, {.expires_at = day(30)});
  CHECK(points.spend(3, ann, day(1), 20) == PointsVerdict::accepted);
  CHECK(points.spend(4, ann, day(2), 50) == PointsVerdict::insufficient);
  const OwnedPoints before = points;

  const MergeId merge = hub.merge(anna, ann, day(3), "same telephone").event.id;
  CHECK(points.balance(ann, day(3)).available == 140);
  // First-expiring first over both: 40 of ann's lot, 30 of anna's.
  CHECK(points.spend(4, anna, day(4), 70) == PointsVerdict::accepted);
  CHECK(points.balance(anna, day(4)).available == 70);
  CHECK(points.balance(anna, day(40)).expired == 0);
  CHECK(points.spend(5, ann, day(5), 30) == PointsVerdict::accepted);
  CHECK(points.spend(5, ann, day(5), 30) == PointsVerdict::repeated);

  REQUIRE(hub.unmerge(merge, day(6), "not the same").has_value());
  CHECK(points.balance(anna, day(6)).available == 30);
  CHECK(points.balance(ann, day(6)).available == 10);
  CHECK(points.owing(day(6)).empty());

  const MergeId again = hub.merge(ann, anna, day(7), "the same after all").event.id;
  CHECK(points.owner(anna) == ann);
  CHECK(points.spend(6, anna, day(8), 40) == PointsVerdict::accepted);
  REQUIRE(hub.unmerge(again, day(9), "no").has_value());
  CHECK(points.owing(day(9)) == std::vector<OwingPoints>{{anna, 10}});
  CHECK(points.spend(7, anna, day(9), 1) == PointsVerdict::insufficient);
  // What is earned next pays.
  (void)points.earn(8, anna, day(10), 25);
  CHECK(points.balance(anna, day(10)).available == 15);
  CHECK(points.owing(day(10)).empty());

  hub.erase(anna);
  CHECK(points.account(anna).empty());
  CHECK(points.balance(ann, day(10)).available == 10);
  CHECK(before.balance(ann, day(10)).available == 40);
}

TEST_CASE("a refund goes to the record of its spend, whoever asks") {
  MergeHub hub;
  OwnedPoints points;
  hub.add("points", points);
  (void)points.earn(1, anna, day(0), 100);
  (void)points.spend(2, anna, day(1), 100);
  const MergeId merge = hub.merge(ann, anna, day(2), "").event.id;
  CHECK(points.refund(3, 2, day(3), 60) == PointsVerdict::accepted);
  REQUIRE(hub.unmerge(merge, day(4), "").has_value());
  CHECK(points.balance(anna, day(4)).available == 60);
  CHECK(points.account(ann).empty());
  CHECK(points.expiring(day(0), day(400)).empty());
}

}  // namespace
