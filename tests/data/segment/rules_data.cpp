// Rule segments of the Online Retail orders. The sizes were computed with pandas 1.5.3, apart from
// emptor, from online_retail.csv; d: its lines with a CustomerID, t: InvoiceDate, q: Quantity,
// a: q x UnitPrice in thousandths, now: 2011-12-10.
//
//     s = d[(d.q >= 0) & (d.a >= 0)]; r = d[(d.q < 0) | (d.a < 0)]
//     o = s.groupby(['CustomerID', 'InvoiceNo']).agg(t=('t', 'min'), a=('a', 'sum')).reset_index()
//     win = lambda x, days: x[(x.t > now - pd.Timedelta(days=days)) & (x.t <= now)]
//  1  (win(o, 90).groupby('CustomerID').size() >= 3).sum()
//  2  (s[s.t >= '2011-01-01'].groupby('CustomerID').a.sum() > 1000000).sum()
//  3  (now - o.groupby('CustomerID').t.max() >= pd.Timedelta(days=180)).sum()
//  4  len(set(d.CustomerID) - set(s.CustomerID))
//  5  m = o.groupby('CustomerID').a.agg(['sum', 'size']); (m['sum'] > 500000 * m['size']).sum()
//  6  (s[(s.t >= '2011-11-01') & (s.t < '2011-12-01')]
//       .groupby('CustomerID').StockCode.nunique() >= 10).sum()
//  7  customers with i, j of win(o, 90): i.t < j.t <= i.t + 7 days, no r with i.t < r.t < j.t
//  8  win(o, 30) of a customer more than the o from 60 to 30 days before now
//  9  (s[s.StockCode == '85123A'].groupby('CustomerID').q.sum() >= 50).sum()
// 10  f = o.groupby('CustomerID').t.min(); customers with an r in (f, f + 14 days]

#include "emptor/segment/rule_batch.hpp"
#include "emptor/segment/rule_stream.hpp"
#include "support/catch.hpp"
#include "support/online_retail.hpp"

namespace {

using namespace emptor;

const test::OnlineRetail& shop() {
  static const test::OnlineRetail loaded = test::read_online_retail();
  return loaded;
}

const RuleSegments& segments() {
  static const RuleSegments compiled = [] {
    RuleSchema schema{.currency = Currency("GBP"), .price_scale = 3};
    const SegmentDefinition definitions[] = {
        {"1", "count(orders in last 90 days) >= 3"},
        {"2", "sum(amount of sales in this year) > 1000 GBP"},
        {"3", "age(last(orders)) >= 180 days"},
        {"4", "first(sales) is absent"},
        {"5", "average(amount of orders) > 500"},
        {"6", "distinct(item of sales in previous month) >= 10"},
        {"7", "did(orders then orders within 7 days without refunds, in last 90 days)"},
        {"8", "count(orders in last 30 days) > count(orders from 60 days to 30 days ago)"},
        {"9", "sum(quantity of sales where item = \"85123A\") >= 50"},
        {"10", "count(refunds within 14 days after first orders) >= 1"},
    };
    return RuleSegments::compile(definitions, schema).value();
  }();
  return compiled;
}

RuleTables tables() {
  return {.customers = &shop().customers, .items = &shop().items, .orders = &shop().orders};
}

}  // namespace

TEST_CASE("ten rule segments have the sizes that pandas finds") {
  const SegmentSets sets =
      segments_of(segments(), tables(), test::utc_time("2011-12-10T00:00:00Z"));
  const std::size_t sizes[] = {751, 1594, 861, 33, 787, 1324, 506, 1160, 107, 585};
  for (std::size_t s = 0; s < sets.sets.size(); ++s) {
    INFO(segments().definitions()[s].rule);
    CHECK(sets.sets[s].size() == sizes[s]);
  }
}

TEST_CASE("the size of a rule segment over a year") {
  const std::vector<Time> times{
      test::utc_time("2011-03-01T00:00:00Z"), test::utc_time("2011-06-01T00:00:00Z"),
      test::utc_time("2011-09-01T00:00:00Z"), test::utc_time("2011-12-01T00:00:00Z")};
  const SegmentSizes sizes = RuleBatch(segments(), tables()).sizes(times);
  const std::uint64_t expected[] = {361, 376, 406, 695};
  for (std::size_t i = 0; i < times.size(); ++i) CHECK(sizes.customers[i][0] == expected[i]);
}

TEST_CASE("a year of order lines as a stream ends in the same segments") {
  const Orders& orders = shop().orders;
  SegmentStream stream(segments(), orders.line_times()[0], &shop().customers, &shop().items);
  std::size_t entered = 0;
  const auto count = [&](std::span<const SegmentChange> changes) {
    for (const SegmentChange& one : changes) entered += one.entered ? 1 : 0;
  };
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (orders.line_customers()[line] == no_customer) continue;
    const Time time = orders.line_times()[line];
    if (time > stream.now() + std::chrono::hours{24}) count(stream.advance(time));
    count(stream.add(SegmentOrderLine{.customer = orders.line_customers()[line],
                                      .order = orders.line_orders()[line],
                                      .item = orders.line_items()[line],
                                      .time = time,
                                      .amount = orders.line_amounts()[line],
                                      .quantity = orders.line_quantities()[line]}));
  }
  const Time end = test::utc_time("2011-12-10T00:00:00Z");
  count(stream.advance(end));
  const SegmentSets sets = segments_of(segments(), tables(), end);
  for (std::size_t s = 0; s < sets.sets.size(); ++s) CHECK(stream.set(s) == sets.sets[s]);
  CHECK(entered > 10'000);
}
