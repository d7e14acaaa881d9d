#include <filesystem>
#include <string>

#include "emptor/ingest/orders_csv.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"

using namespace emptor;

// The counts were taken with pandas 1.5.3:
//   d = pandas.read_csv('online_retail.csv', dtype=str, keep_default_na=False)
//   len(d); (d == '').sum(); d.nunique(); d.duplicated().sum()
//   k = d[~d.UnitPrice.str.startswith('-')]; k.InvoiceNo.nunique(); k.StockCode.nunique()
//   (k.UnitPrice.astype(float) == 0).sum(); k.InvoiceNo.str.startswith('C').sum()
//   from decimal import Decimal
//   a = [int(q) * Decimal(p) for q, p in zip(k.Quantity, k.UnitPrice)]
//   sum(x for x in a if x > 0); sum(x for x in a if x < 0); sum(int(q) < 0 for q in k.Quantity)
//   k.drop_duplicates('CustomerID').Country, k.Quantity.astype(int).agg(['min', 'max'])
TEST_CASE("Online Retail is read to the last row and penny") {
  const std::string file = (test::data_dir() / "shop/online_retail.csv").string();
  const auto root = std::filesystem::path(__FILE__).parent_path() / "../../..";
  const Mapping mapping =
      load_mapping((root / "examples/storefront/online_retail.json").string()).value();
  Customers customers;
  Items items;
  const OrdersRead read = read_orders_csv(file, mapping, customers, items).value();
  const QualityReport& quality = read.quality;

  CHECK(quality.dialect == "comma, LF, header");
  CHECK(quality.bytes == 47'642'420);
  CHECK(quality.rows_read == 541'909);
  CHECK(quality.rows_kept == 541'907);
  CHECK(quality.rejected_by(RowProblem::negative_price) == 2);
  CHECK(quality.rows_rejected() == 2);
  CHECK(quality.duplicate_rows == 5'268);
  CHECK(quality.rows_without_customer == 135'078);
  CHECK(quality.rows_with_zero_price == 2'515);
  CHECK(quality.cancellation_rows == 9'288);
  CHECK(quality.refund_rows == 10'624);
  CHECK(quality.blank_lines == 0);
  CHECK(quality.invalid_utf8_rows == 0);
  CHECK(to_string(*quality.first_time) == "2010-12-01T08:26:00Z");
  CHECK(to_string(*quality.last_time) == "2011-12-09T12:50:00Z");
  CHECK(quality.sales == 10'666'684'544);
  CHECK(quality.refunds == -896'812'490);
  CHECK(to_string(read.orders.money(quality.net())) == "9769872.05 GBP");

  CHECK(customers.size() == 4'372);
  CHECK(items.size() == 4'070);
  CHECK(read.orders.orders() == 25'898);
  CHECK(read.orders.lines() == 541'907);
  CHECK(quality.columns[2].missing == 1'454);
  CHECK(quality.columns[6].missing == 135'080);
  CHECK(quality.columns[3].range == ColumnQuality::Range{-80'995, 80'995, 0});
  CHECK(quality.columns[5].range == ColumnQuality::Range{0, 38'970'000, 3});
  CHECK(customers.find_column("country")->texts().size() == 37);
  CHECK(items.label(*items.find("85123A")) == "WHITE HANGING HEART T-LIGHT HOLDER");

  REQUIRE(quality.quarantine.size() == 2);
  CHECK(quality.quarantine[0].line == 299'985);
  CHECK(quality.quarantine[0].column == "UnitPrice");
  CHECK(quality.quarantine[0].value == "-11062.06");
  CHECK(quality.quarantine[1].line == 299'986);
}
