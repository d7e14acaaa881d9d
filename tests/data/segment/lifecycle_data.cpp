// Lifecycle, growth, tiers, loyalty, value classes and RFM's relatives of the Online Retail orders,
// against pandas 1.5. There, with p the lines with a CustomerID, Quantity > 0 and UnitPrice > 0,
// p.amt in thousandths and p.day = InvoiceDate.dt.normalize():
//   days = p.groupby('CustomerID').day.unique().map(np.sort); gaps = days.map(np.diff); and per
//   customer the if-chain of segment/lifecycle.hpp; own rhythm: (n median + 2 shop) / (n + 2)
//   months: sets of customers by p.t.dt.to_period('M'), set differences with the month before
//   tiers: v = p.groupby('CustomerID').amt.sum().sort_values(ascending=False)
//          pd.cut((v.cumsum() - v) / v.sum(), [-1, .8, .95, 2])
//   loyalty: ((x.day - first).dt.days // 30).groupby(CustomerID).nunique() / (tenure // 30 + 1)
//   value classes: e = the expected RFM file; 4 (e.r > e.r.mean()) + 2 (e.f > …) + (e.m > …), and
//          4 (e.R < e.R.mean()) + 2 (e.F > …) + (e.M > …)

#include <fstream>

#include "emptor/segment/lifecycle.hpp"
#include "emptor/segment/loyalty.hpp"
#include "emptor/segment/ready_segments.hpp"
#include "emptor/segment/rfm_family.hpp"
#include "emptor/segment/value_model.hpp"
#include "emptor/segment/value_tiers.hpp"
#include "support/catch.hpp"
#include "support/online_retail.hpp"

namespace {

using namespace emptor;

const test::OnlineRetail& shop() {
  static const test::OnlineRetail loaded = test::read_online_retail();
  return loaded;
}

Day day_of(std::string_view date) {
  return local_day(test::utc_time(std::string(date) + "T00:00:00Z"));
}

using Counts = std::array<std::uint64_t, lifecycle_stage_count>;

Counts counts_on(std::string_view date, LifecycleClock clock) {
  const PurchaseDays days = purchase_days_of(shop().orders, shop().customers.size());
  Counts counts = lifecycle_at(days, day_of(date), {.clock = clock}).counts;
  counts[0] = 0;  // pandas does not list those without a purchase
  return counts;
}

}  // namespace

TEST_CASE("lifecycle of the shop on two days, by either clock") {
  // none, new, active, returning, resurrected, at risk, dormant, churned
  CHECK(counts_on("2011-06-30", LifecycleClock::fixed_days) ==
        Counts{0, 252, 956, 429, 0, 695, 628, 0});
  CHECK(counts_on("2011-12-09", LifecycleClock::fixed_days) ==
        Counts{0, 271, 1416, 722, 1, 713, 1151, 64});
  CHECK(counts_on("2011-06-30", LifecycleClock::own_rhythm) ==
        Counts{0, 252, 609, 515, 1, 517, 664, 402});
  CHECK(counts_on("2011-12-09", LifecycleClock::own_rhythm) ==
        Counts{0, 270, 1355, 736, 8, 687, 462, 820});
}

TEST_CASE("moves of the shop's customers from June to December") {
  const PurchaseDays days = purchase_days_of(shop().orders, shop().customers.size());
  const auto moves = lifecycle_moves(lifecycle_at(days, day_of("2011-06-30")),
                                     lifecycle_at(days, day_of("2011-12-09")));
  using enum LifecycleStage;
  CHECK(moves.at(active, active) == 481);
  CHECK(moves.at(active, dormant) == 201);
  CHECK(moves.at(at_risk, returning) == 144);
  CHECK(moves.at(dormant, churned) == 64);
  CHECK(moves.at(dormant, resurrected) == 1);
  CHECK(moves.at(none, new_comer) == 271);
  CHECK(moves.at(returning, active) == 132);
  CHECK(moves.entered(churned) == 64);
  CHECK(moves.left(new_comer) == 252);
}

TEST_CASE("growth of the shop by month") {
  const auto history = lifecycle_history(purchase_days_of(shop().orders, shop().customers.size()),
                                         day_of("2011-12-09"));
  REQUIRE(history.growth.size() == 13);
  struct Expected {
    std::uint64_t active, fresh, retained, resurrected, lost;
    std::int64_t sales;
  };
  const Expected expected[] = {
      {885, 885, 0, 0, 0, 572713890},         {741, 417, 324, 0, 561, 569445040},
      {758, 380, 262, 116, 479, 447137350},   {974, 452, 290, 232, 468, 595500760},
      {856, 300, 304, 252, 670, 469200361},   {1056, 284, 368, 404, 488, 678594560},
      {991, 242, 410, 339, 646, 661213690},   {949, 188, 365, 396, 626, 600091011},
      {935, 169, 388, 378, 561, 645343900},   {1266, 299, 425, 542, 510, 952838382},
      {1364, 358, 489, 517, 777, 1039318790}, {1664, 323, 622, 719, 742, 1161817380},
      {615, 41, 371, 203, 1293, 518192790}};
  for (std::size_t m = 0; m < 13; ++m) {
    const GrowthMonth& month = history.growth[m];
    INFO(month_label(month.month));
    CHECK(month.active == expected[m].active);
    CHECK(month.fresh == expected[m].fresh);
    CHECK(month.retained == expected[m].retained);
    CHECK(month.resurrected == expected[m].resurrected);
    CHECK(month.lost == expected[m].lost);
    CHECK(month.fresh_sales + month.retained_sales + month.resurrected_sales == expected[m].sales);
  }
  CHECK(history.growth[9].quick_ratio().value() == Approx(1.64902).epsilon(1e-6));
}

TEST_CASE("ABC tiers of the shop") {
  const RfmResult rfm = rfm_of(shop().orders, {.refunds = RfmRefunds::ignore});
  const ValueTiers tiers = value_tiers_of(rfm);
  CHECK(tiers.tiers[0].customers == 1133);
  CHECK(tiers.tiers[0].value == 7'129'600'041);
  CHECK(tiers.tiers[0].smallest == 1'592'120);
  CHECK(tiers.tiers[1].customers == 1469);
  CHECK(tiers.tiers[1].value == 1'336'252'182);
  CHECK(tiers.tiers[2].customers == 1736);
  CHECK(tiers.tiers[2].value == 445'555'681);
}

TEST_CASE("loyalty in the shop") {
  const PurchaseDays days = purchase_days_of(shop().orders, shop().customers.size());
  const LoyaltyReport report = loyalty_of(days, {.as_of = day_of("2011-12-09")});
  CHECK(report.customers.size() == 4338);
  CHECK(report.repeaters == 2790);
  CHECK(report.repurchase_rate == Approx(0.6431535269709544).epsilon(1e-12));
  CHECK(report.mean_activity == Approx(0.4164567874111443).epsilon(1e-12));
  CHECK(report.mean_index == Approx(43.331856896499595).epsilon(1e-12));
}

TEST_CASE("eight classes of the shop by mean scores and by mean values") {
  const RfmResult rfm = rfm_of(shop().orders, {.as_of = test::utc_time("2011-12-10T00:00:00Z"),
                                               .refunds = RfmRefunds::ignore});
  const auto sizes = [&](ValueLevels levels) {
    std::array<int, value_class_count> out{};
    for (const std::uint8_t place :
         value_classes_of(rfm, {.levels = levels, .names = {}}).place_of) {
      ++out[place];
    }
    return out;
  };
  using Sizes = std::array<int, value_class_count>;
  CHECK(sizes(ValueLevels::mean_of_scores) == Sizes{1766, 260, 165, 412, 484, 93, 188, 970});
  CHECK(sizes(ValueLevels::mean_of_values) == Sizes{1319, 38, 40, 27, 1750, 117, 358, 689});
}

TEST_CASE("tenure, length and order value in the shop") {
  RfmFamilyOptions options;
  options.rfm.as_of = test::utc_time("2011-12-10T00:00:00Z");
  options.rfm.refunds = RfmRefunds::ignore;
  const RfmFamilyResult family = rfm_family_of(shop().orders, options);
  std::int64_t tenure = 0;
  std::int64_t length = 0;
  std::int64_t order_value = 0;
  for (const RfmFamilyRow& row : family.rows) {
    tenure += row.value(RfmMeasure::tenure);
    length += row.value(RfmMeasure::length);
    order_value += row.value(RfmMeasure::average_order);
  }
  CHECK(family.rows.size() == 4338);
  CHECK(tenure == 966'641);
  CHECK(length == 565'886);
  CHECK(order_value == 1'818'343'360);
  CHECK(family.without_list_price == 4338);
}

TEST_CASE("the shop's countries as segments") {
  const auto countries = segments_by_column(shop().customers, "country");
  CHECK(countries[0].name == "United Kingdom");
  CHECK(countries[0].customers.size() == 3950);
  CHECK(countries[1].customers.size() == 95);
  CHECK(countries[2].name == "France");
}
