// Points by hand: what each fact does, to the point, and what is refused.

#include "emptor/reward/points.hpp"

#include <vector>

#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr Customer anna{1};
constexpr Customer bert{2};

Time day(int number) {
  return Time{Day{std::chrono::year{2025} / 1 / 1} + std::chrono::days{number}};
}

TEST_CASE("what lapses first is spent first, then the older, then the smaller id") {
  PointsBook book;
  CHECK(book.earn(1, anna, day(0), 100, {.expires_at = day(90)}) == PointsVerdict::accepted);
  CHECK(book.earn(2, anna, day(1), 100, {.expires_at = day(30)}) == PointsVerdict::accepted);
  CHECK(book.earn(4, anna, day(2), 100, {.expires_at = day(90)}) == PointsVerdict::accepted);
  CHECK(book.earn(3, anna, day(2), 100, {.expires_at = day(90)}) == PointsVerdict::accepted);
  CHECK(book.earn(5, anna, day(0), 100) == PointsVerdict::accepted);
  CHECK(book.spend(10, anna, day(3), 310, 77) == PointsVerdict::accepted);
  std::vector<std::pair<std::uint64_t, std::int64_t>> uses;
  book.account(anna).for_each_use(
      [&](const PointUse& use) { uses.emplace_back(use.lot, use.points); });
  CHECK(uses ==
        std::vector<std::pair<std::uint64_t, std::int64_t>>{{2, 100}, {1, 100}, {3, 100}, {4, 10}});
  CHECK(book.balance(anna, day(3)).available == 190);
  CHECK(book.balance(anna, day(90)).available == 100);
  CHECK(book.balance(anna, day(90)).expired == 90);
  CHECK(book.balance(anna, day(89)).expired == 0);
  CHECK(book.balance(anna, day(1)).available == 300);
}

TEST_CASE("a refund is as if less had been spent") {
  PointsBook once;
  PointsBook twice;
  for (PointsBook* book : {&once, &twice}) {
    (void)book->earn(1, anna, day(0), 50, {.expires_at = day(90)});
    (void)book->earn(2, anna, day(0), 50, {.expires_at = day(60)});
  }
  (void)once.spend(3, anna, day(1), 20);
  (void)twice.spend(3, anna, day(1), 80);
  CHECK(twice.refund(4, 3, day(2), 35) == PointsVerdict::accepted);
  CHECK(twice.refund(5, 3, day(3), 46) == PointsVerdict::too_much);
  CHECK(twice.refund(5, 3, day(3), 25) == PointsVerdict::accepted);
  CHECK(once.account(anna).lots(day(4)) == twice.account(anna).lots(day(4)));
  CHECK(twice.refund(6, 3, day(4), 20) == PointsVerdict::accepted);
  CHECK(twice.refund(7, 3, day(4), 1) == PointsVerdict::too_much);
  CHECK(twice.balance(anna, day(5)).available == 100);
}

TEST_CASE("points whose lot lapsed before the refund are renewed or lost") {
  for (const bool renewed : {false, true}) {
    PointsBook book;
    (void)book.earn(1, anna, day(0), 50, {.source = 9, .expires_at = day(10)});
    (void)book.earn(2, anna, day(0), 50, {.expires_at = day(40)});
    (void)book.spend(3, anna, day(1), 70);
    CHECK(book.refund(4, 3, day(20), 60, renewed ? day(25) : Time::min()) ==
          PointsVerdict::accepted);
    const PointsBalance balance = book.balance(anna, day(20));
    CHECK(balance.available == (renewed ? 90 : 50));
    CHECK(balance.expired == (renewed ? 0 : 40));
    CHECK(balance.spent == 10);
    if (!renewed) continue;
    const std::vector<PointLot> lots = book.account(anna).lots(day(20));
    REQUIRE(lots.size() == 2);
    CHECK(lots[0] == PointLot{.id = 4,
                              .source = 9,
                              .record = anna,
                              .amount = 40,
                              .left = 40,
                              .earned_at = day(0),
                              .available_at = day(20),
                              .expires_at = day(25)});
    std::int64_t amounts = 0;
    book.account(anna).for_each_lot([&](const PointLot& lot) { amounts += lot.amount; });
    CHECK(amounts == 100);
    // What was renewed can be clawed back by the lot that was earned.
    CHECK(book.claw_back(5, 1, day(21), 50, PointClawback::only_left) == PointsVerdict::accepted);
    CHECK(book.balance(anna, day(21)).available == 50);
    CHECK(book.balance(anna, day(21)).uncollected == 10);
  }
}

TEST_CASE("a clawback of a lot that was partly spent follows its policy") {
  for (const PointClawback policy :
       {PointClawback::only_left, PointClawback::within_balance, PointClawback::unlimited}) {
    PointsBook book;
    (void)book.earn(1, anna, day(0), 100, {.expires_at = day(90)});
    (void)book.earn(2, anna, day(0), 30);
    (void)book.spend(3, anna, day(1), 80);
    CHECK(book.claw_back(4, 1, day(2), 101, policy) == PointsVerdict::too_much);
    CHECK(book.claw_back(4, 1, day(2), 100, policy) == PointsVerdict::accepted);
    CHECK(book.claw_back(5, 1, day(2), 1, policy) == PointsVerdict::too_much);
    const PointsBalance balance = book.balance(anna, day(2));
    const bool only_left = policy == PointClawback::only_left;
    CHECK(balance.available == (only_left ? 30 : 0));
    CHECK(balance.clawed_back == (only_left ? 20 : 50));
    CHECK(balance.owed == (policy == PointClawback::unlimited ? 50 : 0));
    CHECK(balance.uncollected == (only_left                                 ? 80
                                  : policy == PointClawback::within_balance ? 50
                                                                            : 0));
    if (policy != PointClawback::unlimited) continue;
    CHECK(balance.net() == -50);
    CHECK(book.spend(6, anna, day(3), 1) == PointsVerdict::insufficient);
    // The next points to become available pay the debt, when they do.
    (void)book.earn(7, anna, day(4), 80, {.available_at = day(6), .expires_at = day(20)});
    CHECK(book.balance(anna, day(5)).owed == 50);
    CHECK(book.balance(anna, day(6)).owed == 0);
    CHECK(book.balance(anna, day(6)).available == 30);
    CHECK(book.balance(anna, day(20)).expired == 30);
    CHECK(book.expiring(day(5), day(30)) == std::vector<ExpiringPoints>{{anna, 7, 30, day(20)}});
    CHECK(book.spend(8, anna, day(6), 31) == PointsVerdict::insufficient);
    CHECK(book.spend(8, anna, day(6), 30) == PointsVerdict::accepted);
  }
}

TEST_CASE("points wait for a time or an event") {
  PointsBook book;
  (void)book.earn(1, anna, day(0), 10, {.available_at = day(14)});
  (void)book.earn(2, anna, day(0), 20, {.available_at = Time::max(), .expires_at = day(60)});
  CHECK(book.balance(anna, day(13)).pending == 30);
  CHECK(book.balance(anna, day(14)).available == 10);
  CHECK(book.spend(3, anna, day(13), 1) == PointsVerdict::insufficient);
  CHECK(book.activate(4, 2, day(13)) == PointsVerdict::accepted);
  CHECK(book.activate(4, 2, day(13)) == PointsVerdict::repeated);
  CHECK(book.spend(5, anna, day(13), 20) == PointsVerdict::accepted);
  CHECK(book.activate(6, 2, day(60)) == PointsVerdict::expired);
  CHECK(book.balance(anna, day(14)).available == 10);
}

TEST_CASE("refusals of points have their reasons and change nothing") {
  PointsBook book;
  (void)book.earn(1, anna, day(5), 10, {.expires_at = day(50)});
  (void)book.spend(2, anna, day(6), 4);
  const PointsBook before = book;
  CHECK(book.earn(1, anna, day(5), 10, {.expires_at = day(50)}) == PointsVerdict::repeated);
  CHECK(book.earn(1, anna, day(5), 11, {.expires_at = day(50)}) == PointsVerdict::conflict);
  CHECK(book.earn(1, bert, day(5), 10, {.expires_at = day(50)}) == PointsVerdict::conflict);
  CHECK(book.earn(1, anna, day(7), 10, {.expires_at = day(50)}) == PointsVerdict::conflict);
  CHECK(book.earn(3, anna, day(5), 10, {.expires_at = day(5)}) == PointsVerdict::expired);
  CHECK(book.earn(3, anna, day(5), 10, {.available_at = day(8), .expires_at = day(8)}) ==
        PointsVerdict::expired);
  CHECK(book.earn(3, anna, day(5), 0) == PointsVerdict::invalid);
  CHECK(book.earn(3, anna, day(5), max_points + 1) == PointsVerdict::invalid);
  CHECK(book.earn(3, no_customer, day(5), 1) == PointsVerdict::invalid);
  CHECK(book.earn(3, anna, Time::min(), 1) == PointsVerdict::invalid);
  CHECK(book.spend(3, anna, day(7), 7) == PointsVerdict::insufficient);
  CHECK(book.spend(3, anna, day(50), 1) == PointsVerdict::insufficient);
  CHECK(book.spend(3, bert, day(7), 1) == PointsVerdict::insufficient);
  CHECK(book.refund(3, 1, day(7), 1) == PointsVerdict::unknown);
  CHECK(book.refund(3, 99, day(7), 1) == PointsVerdict::unknown);
  CHECK(book.refund(3, 2, day(5), 1) == PointsVerdict::too_early);
  CHECK(book.claw_back(3, 2, day(7), 1) == PointsVerdict::unknown);
  CHECK(book == before);
  // A late spend may not leave a later one short.
  CHECK(book.spend(3, anna, day(5), 7) == PointsVerdict::insufficient);
  CHECK(book.spend(3, anna, day(5), 6) == PointsVerdict::accepted);
  CHECK(name(PointsVerdict::too_early) == "too_early");
}

TEST_CASE("a late clawback makes a later spend owe, and a later earn pays") {
  PointsBook book;
  (void)book.earn(1, anna, day(0), 10);
  (void)book.earn(2, anna, day(0), 10);
  (void)book.spend(3, anna, day(9), 20);
  CHECK(book.claw_back(4, 1, day(5), 10) == PointsVerdict::accepted);
  CHECK(book.balance(anna, day(8)).available == 10);
  CHECK(book.balance(anna, day(9)).owed == 10);
  CHECK(book.balance(anna, day(9)).spent == 10);
  (void)book.earn(5, anna, day(10), 15);
  CHECK(book.balance(anna, day(10)).available == 5);
  // The debt is refunded before points are.
  CHECK(book.refund(6, 3, day(11), 20) == PointsVerdict::accepted);
  CHECK(book.balance(anna, day(11)).available == 25);
  CHECK(book.total(day(11)).earned == 35);
}

}  // namespace
