#include "emptor/reward/level_payout.hpp"

#include <limits>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "emptor/reward/payout_kernels.hpp"
#include "emptor/reward/plan_share.hpp"
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
  CHECK_THROWS_WITH(pay({root, 0}, {7 * large, large}, {1000}), ContainsSubstring("4.6e18"));
  CHECK_THROWS_AS(pay({root, 0}, {std::numeric_limits<std::int64_t>::min(), 0}, {1}), Exception);
}

TEST_CASE("payout kernels round as exact division does, ties and the largest amounts too") {
  for (const Isa isa : {Isa::avx2, Isa::avx512}) {
    const Kernels* kernels = kernels_for(isa);
    if (kernels == nullptr) continue;
    REQUIRE(kernels->payouts != nullptr);
    RandomStream random(1);
    Amounts amounts;
    for (std::int64_t i = -4000; i < 4000; ++i) amounts.push_back(i);
    for (int i = 0; i < 8000; ++i) {
      const auto wide = static_cast<std::int64_t>(random.bits64() >> 26);  // below 2^38
      amounts.push_back(wide - payout_kernel_limit + (wide == 0 ? 1 : 0));
      amounts.push_back((payout_kernel_limit - 1 - random.below(100)) * (i % 2 == 0 ? 1 : -1));
    }
    Amounts out(amounts.size());
    for (const std::uint32_t rate :
         {0U, 1U, 2U, 3U, 125U, 500U, 1000U, 2500U, 5000U, 9999U, 10'000U}) {
      kernels->payouts->basis_point_shares(amounts.data(), amounts.size(), rate, out.data());
      std::size_t other = 0;
      for (std::size_t i = 0; i < amounts.size(); ++i) {
        other += out[i] != basis_point_share(amounts[i], rate) ? 1 : 0;
      }
      CAPTURE(static_cast<int>(isa), rate);
      CHECK(other == 0);
    }
  }
}
