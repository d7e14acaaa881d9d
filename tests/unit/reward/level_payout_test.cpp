#include "emptor/reward/level_payout.hpp"

#include <limits>
#include <vector>

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr std::uint32_t root = no_parent_node;
using Parents = std::vector<std::uint32_t>;
using Amounts = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("level payout by hand: a path, ties to even, refunds") {
  // 0 <- 1 <- 2 <- 3; 10, 5 and 2 %.
  const Parents parent{root, 0, 1, 2};
  Amounts rewards(4, 77);
  const LevelPayoutTotals totals =
      level_payout(parent, Amounts{0, 0, 0, 1000}, Parents{1000, 500, 200}, rewards);
  CHECK(rewards == Amounts{20, 50, 100, 0});
  CHECK(totals.contributed == 1000);
  CHECK(totals.paid[0] == 100);
  CHECK(totals.paid[1] == 50);
  CHECK(totals.paid[2] == 20);
  CHECK(totals.total_paid() == 170);

  // 5 and 15 at 10 % are half a unit: 0 and 2. Each order is rounded by itself: five of 5 pay 0.
  (void)level_payout(Parents{root, 0}, Amounts{0, 5}, Parents{1000}, rewards = {0, 0});
  CHECK(rewards[0] == 0);
  (void)level_payout(Parents{root, 0}, Amounts{0, 15}, Parents{1000}, rewards);
  CHECK(rewards[0] == 2);
  (void)level_payout(Parents{root, 0}, Amounts{0, -15}, Parents{1000}, rewards);
  CHECK(rewards[0] == -2);
  (void)level_payout(Parents{root, 0, 0, 0, 0, 0}, Amounts{0, 5, 5, 5, 5, 5}, Parents{1000},
                     rewards = Amounts(6));
  CHECK(rewards[0] == 0);
}

TEST_CASE("level payout of a list of orders is that of their nodes") {
  const Parents parent{root, root, 0, 0, 2};
  Amounts rewards(5);
  const LevelPayoutTotals totals = level_payout(
      parent, Parents{4, 1, 4, 3}, Amounts{5, 900, 5, 100}, Parents{1000, 500}, rewards);
  CHECK(rewards == Amounts{10, 0, 0, 0, 0});
  CHECK(totals.contributed == 1010);
  CHECK(totals.total_paid() == 10);
}

TEST_CASE("level payout refuses what does not fit") {
  Amounts rewards(2);
  const auto pay = [&](const Parents& parent, const Amounts& amounts, const Parents& rates) {
    (void)level_payout(parent, amounts, rates, rewards);
  };
  CHECK_NOTHROW(pay({root, 0}, {1, 2}, {}));
  CHECK_THROWS_AS(pay({root, 0}, {1}, {1000}), Exception);
  CHECK_THROWS_AS(pay({root, 1}, {1, 2}, {1000}), Exception);
  CHECK_THROWS_AS(pay({1, root}, {1, 2}, {1000}), Exception);
  CHECK_THROWS_WITH(pay({root, 0}, {1, 2}, {10'001}),
                    ContainsSubstring("'basis_points' must be in [0, 10'000], got 10001"));
  CHECK_THROWS_AS(pay({root, 0}, {1, 2}, Parents(17, 1)), Exception);
  CHECK_THROWS_AS((void)level_payout(Parents{root, 0}, Parents{2}, Amounts{5}, Parents{1}, rewards),
                  Exception);
  // Amounts too large for the short way, and too large altogether.
  const std::int64_t large = std::int64_t{1} << 60;
  pay({root, 0}, {large, -large}, {1000});
  CHECK(rewards == Amounts{-(large / 10 + 1), 0});  // 2^60 / 10 ends in .6
  CHECK_THROWS_WITH(pay({root, 0}, {7 * large, large}, {1000}), ContainsSubstring("9.2e18"));
  CHECK_THROWS_AS(pay({root, 0}, {std::numeric_limits<std::int64_t>::min(), 0}, {1}), Exception);
}
