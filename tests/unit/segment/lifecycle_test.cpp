#include "emptor/segment/lifecycle.hpp"

#include "emptor/segment/loyalty.hpp"
#include "emptor/segment/value_tiers.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr Day day(int n) {
  return Day{std::chrono::days{n}};
}

/// One customer who bought for 1 on each of the days.
PurchaseDays one_customer(std::vector<std::int32_t> days) {
  const std::size_t n = days.size();
  return PurchaseDays({n}, std::move(days), std::vector<std::int64_t>(n, 1));
}

LifecycleStage stage_on(int as_of, std::vector<std::int32_t> days,
                        const LifecycleOptions& options = {}) {
  return lifecycle_at(one_customer(std::move(days)), day(as_of), options).stages.at(0);
}

}  // namespace

TEST_CASE("a customer's life by fixed days") {
  // 30 new, 60 at risk, 120 dormant, 365 churned: the limit itself is inside.
  CHECK(stage_on(99, {100}) == LifecycleStage::none);
  CHECK(stage_on(100, {100}) == LifecycleStage::new_comer);
  CHECK(stage_on(130, {100}) == LifecycleStage::new_comer);
  CHECK(stage_on(131, {100}) == LifecycleStage::active);
  CHECK(stage_on(160, {100}) == LifecycleStage::active);
  CHECK(stage_on(161, {100}) == LifecycleStage::at_risk);
  CHECK(stage_on(221, {100}) == LifecycleStage::dormant);
  CHECK(stage_on(465, {100}) == LifecycleStage::dormant);
  CHECK(stage_on(466, {100}) == LifecycleStage::churned);
  CHECK(stage_on(466, {100, 466}) == LifecycleStage::resurrected);
  CHECK(stage_on(300, {100, 290}) == LifecycleStage::returning);
  CHECK(stage_on(300, {100, 290, 299}) == LifecycleStage::active);
  CHECK(stage_on(300, {100, 290, 400}) == LifecycleStage::returning);  // nothing from later
}

TEST_CASE("a customer's life by its own rhythm") {
  const LifecycleOptions options{
      .clock = LifecycleClock::own_rhythm, .new_days = 0, .shop_weight = 0};
  // Every 10 days: at risk beyond 15, dormant beyond 30, churned beyond 60.
  const std::vector<std::int32_t> days = {0, 10, 20, 30, 40};
  CHECK(stage_on(55, days, options) == LifecycleStage::active);
  CHECK(stage_on(56, days, options) == LifecycleStage::at_risk);
  CHECK(stage_on(71, days, options) == LifecycleStage::dormant);
  CHECK(stage_on(101, days, options) == LifecycleStage::churned);
  const std::vector<std::int32_t> gaps = {0, 4, 8};
  CHECK(usual_gap_days(gaps, 16) == Approx((2 * 4 + 2 * 16) / 4.0));
  CHECK(usual_gap_days(std::span(gaps).first(1), 16) == Approx(16));
  CHECK(usual_gap_days({}, 0.25) == Approx(1));  // the shortest that counts
  // Nobody has a gap: fixed limits.
  const auto snapshot = lifecycle_at(one_customer({0}), day(61), options);
  CHECK_FALSE(snapshot.shop_gap_days.has_value());
  CHECK(snapshot.stages[0] == LifecycleStage::at_risk);
}

TEST_CASE("months of growth: new, lost for a month, back") {
  // January, February, April 1970; as of 10 May.
  const auto history = lifecycle_history(one_customer({0, 30, 31, 92}), day(129));
  REQUIRE(history.growth.size() == 5);
  CHECK(history.growth[0].fresh == 1);
  CHECK(history.growth[0].fresh_sales == 2);
  CHECK(history.growth[1].retained == 1);
  CHECK(history.growth[2].lost == 1);
  CHECK(history.growth[2].lost_sales == 1);
  CHECK(history.growth[2].quick_ratio().value() == 0);
  CHECK(history.growth[3].resurrected == 1);
  CHECK_FALSE(history.growth[3].quick_ratio().has_value());
  CHECK(history.growth[4].lost == 1);
  CHECK(to_string(history.ends[1]) == "1970-02-28");
  CHECK(to_string(history.ends[4]) == "1970-05-10");
  CHECK(lifecycle_history(PurchaseDays{}, day(1)).growth.empty());
  CHECK(lifecycle_history(one_customer({5}), day(4)).growth.empty());
}

TEST_CASE("lifecycle options and shapes out of range are refused") {
  const PurchaseDays none;
  CHECK_THROWS_AS(lifecycle_at(none, day(0), {.new_days = -1}), Exception);
  CHECK_THROWS_AS(lifecycle_at(none, day(0), {.dormant_days = 3}), Exception);
  CHECK_THROWS_AS(lifecycle_at(none, day(0), {.churned_days = 3}), Exception);
  CHECK_THROWS_AS(lifecycle_at(none, day(0), {.at_risk_gaps = 0}), Exception);
  CHECK_THROWS_AS(lifecycle_at(none, day(0), {.shortest_gap = 0}), Exception);
  CHECK_THROWS_AS(PurchaseDays({1}, {}, {}), Exception);
  CHECK_THROWS_AS(PurchaseDays({2}, {3, 3}, {1, 1}), Exception);
  const auto early = lifecycle_at(none, day(0));
  const auto late = lifecycle_at(one_customer({0}), day(1));
  CHECK_THROWS_AS(lifecycle_moves(late, early), Exception);
  CHECK(lifecycle_moves(early, late).at(LifecycleStage::none, LifecycleStage::new_comer) == 1);
}

TEST_CASE("who crosses the line is in the better tier, and so are all equals") {
  const std::vector<std::int64_t> values = {50, 30, 10, 10, -5, 0};
  const ValueTiers tiers = value_tiers_of(values);
  CHECK(tiers.of_value == std::vector<std::uint8_t>{0, 0, 1, 1, 2, 2});
  CHECK(tiers.tiers[0].value == 80);
  CHECK(tiers.tiers[0].smallest == 30);
  CHECK(tiers.tiers[1].value_share == Approx(0.2));
  CHECK(tiers.tiers[2].value == -5);
  const std::vector<std::int64_t> equal(10, 7);
  CHECK(value_tiers_of(equal).tiers[0].customers == 10);
  const ValueTiers by_place = value_tiers_of(equal, {.ties = TierTies::by_place});
  CHECK(by_place.tiers[0].customers == 8);
  CHECK(by_place.tiers[1].customers == 2);
  CHECK(value_tiers_of(std::vector<std::int64_t>{}).curve.size() == 1);
  CHECK_THROWS_AS(value_tiers_of(equal, {.shares = {}, .names = {"A"}}), Exception);
  CHECK_THROWS_AS(value_tiers_of(equal, {.shares = {0.9, 0.5}}), Exception);
  CHECK_THROWS_AS(value_tiers_of(equal, {.names = {"A"}}), Exception);
  const std::vector<std::int64_t> huge(3, std::numeric_limits<std::int64_t>::max());
  CHECK_THROWS_AS(value_tiers_of(huge), Exception);
}

TEST_CASE("loyalty without brands, and of nobody") {
  const LoyaltyReport report =
      loyalty_of(one_customer({0, 40, 100}), {.as_of = day(119), .period_days = 30});
  REQUIRE(report.customers.size() == 1);
  const CustomerLoyalty& one = report.customers[0];
  CHECK(one.periods == 4);
  CHECK(one.active_periods == 3);
  CHECK_FALSE(one.switching().has_value());
  CHECK(one.index == Approx(100 * (0.75 + 2.0 / 3) / 2));
  CHECK(report.repurchase_rate == 1);
  CHECK_FALSE(report.switching.has_value());
  CHECK(loyalty_of(PurchaseDays{}, {}).repurchase_rate == 0);
  CHECK_THROWS_AS(loyalty_of(PurchaseDays{}, {.period_days = 0}), Exception);
  CHECK_THROWS_AS(loyalty_of(PurchaseDays{}, {.activity_weight = 0, .repeat_weight = 0}),
                  Exception);
}
