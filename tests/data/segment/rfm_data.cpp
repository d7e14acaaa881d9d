// RFM of the Online Retail orders against values and quintiles computed with pandas.

#include <fstream>
#include <map>

#include "emptor/segment/rfm.hpp"
#include "emptor/segment/rfm_segments.hpp"
#include "support/catch.hpp"
#include "support/online_retail.hpp"

namespace {

using namespace emptor;

const test::OnlineRetail& shop() {
  static const test::OnlineRetail loaded = test::read_online_retail();
  return loaded;
}

RfmOptions expected_options() {
  return {.as_of = test::utc_time("2011-12-10T00:00:00Z"), .refunds = RfmRefunds::ignore};
}

}  // namespace

TEST_CASE("every row of the expected RFM file, values, quintiles and score") {
  const RfmResult rfm = rfm_of(shop().orders, expected_options());
  std::ifstream file(test::data_dir() / "shop" / "expected_rfm_online_retail.csv");
  std::string line;
  std::getline(file, line);
  REQUIRE(line == "CustomerID,R,F,M,r,f,m,score");
  std::size_t rows = 0;
  std::size_t wrong = 0;
  while (std::getline(file, line)) {
    const auto f = test::csv_fields(line);
    ++rows;
    const RfmRow* row = rfm.find(shop().customers.find(f[0]).value());
    REQUIRE(row != nullptr);
    wrong += row->recency_days != test::number<std::int64_t>(f[1]) ||
             row->orders != test::number<std::uint32_t>(f[2]) ||
             row->monetary != parse_decimal(f[3], 3).value() ||
             row->score.recency != test::number<std::uint8_t>(f[4]) ||
             row->score.frequency != test::number<std::uint8_t>(f[5]) ||
             row->score.monetary != test::number<std::uint8_t>(f[6]) ||
             rfm_code(row->score) != test::number<int>(f[7]);
  }
  CHECK(rows == 4338);
  CHECK(rfm.rows.size() == rows);
  CHECK(wrong == 0);
  CHECK(rfm.options.refunds == RfmRefunds::ignore);
  CHECK(rfm.counts.lines == 541'909);
  CHECK(rfm.counts.purchases == 397'884);
  CHECK(rfm.counts.anonymous == 135'080);
}

TEST_CASE("the best and the worst of the expected file, and its thresholds") {
  const RfmResult rfm = rfm_of(shop().orders, expected_options());
  std::map<int, int> sizes;
  for (const RfmRow& row : rfm.rows) ++sizes[rfm_code(row.score)];
  CHECK(sizes[555] == 348);
  CHECK(sizes[111] == 334);
  REQUIRE(rfm.thresholds.recency.size() == 4);
  for (std::size_t i = 1; i < 4; ++i) {
    CHECK(rfm.thresholds.recency[i - 1].value <= rfm.thresholds.recency[i].value);
    CHECK(rfm.thresholds.monetary[i - 1].value <= rfm.thresholds.monetary[i].value);
  }
}

TEST_CASE("netting lowers money alone") {
  const RfmResult ignored = rfm_of(shop().orders, expected_options());
  RfmOptions options = expected_options();
  options.refunds = RfmRefunds::net;
  const RfmResult netted = rfm_of(shop().orders, options);
  REQUIRE(netted.rows.size() == ignored.rows.size());
  CHECK(netted.without_purchase == 4372 - 4338 - 1);  // one of them has a free line alone
  std::int64_t refunded = 0;
  for (std::size_t i = 0; i < netted.rows.size(); ++i) {
    CHECK(netted.rows[i].orders == ignored.rows[i].orders);
    CHECK(netted.rows[i].recency_days == ignored.rows[i].recency_days);
    CHECK(netted.rows[i].monetary <= ignored.rows[i].monetary);
    refunded += ignored.rows[i].monetary - netted.rows[i].monetary;
  }
  CHECK(refunded > 0);
}

TEST_CASE("segments of the shop: everybody once, shares add up") {
  const RfmResult rfm = rfm_of(shop().orders);
  const RfmSegments segments = rfm_segments_of(rfm);
  CHECK(segments.segments.size() == 11);
  std::uint64_t customers = 0;
  std::int64_t monetary = 0;
  double share = 0;
  for (const RfmSegmentSummary& segment : segments.segments) {
    INFO(segment.name);
    CHECK(segment.customers > 0);
    customers += segment.customers;
    monetary += segment.monetary;
    share += segment.customer_share;
  }
  std::int64_t total = 0;
  for (const RfmRow& row : rfm.rows) total += row.monetary;
  CHECK(customers == rfm.rows.size());
  CHECK(monetary == total);
  CHECK(share == Approx(1));
  CHECK(segments.segments[segments.find("champions")].monetary_share > 0.3);
}
