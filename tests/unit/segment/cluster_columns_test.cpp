#include "emptor/segment/cluster_columns.hpp"

#include <cmath>

#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

CustomerColumns columns_of(std::initializer_list<double> a, std::initializer_list<double> b) {
  CustomerColumns out{.names = {"a", "b"}, .values = Matrix<double>(a.size(), 2), .customers = {}};
  std::size_t i = 0;
  for (const double value : a) out.values(i++, 0) = value;
  i = 0;
  for (const double value : b) out.values(i++, 1) = value;
  return out;
}

}  // namespace

TEST_CASE("columns are scaled by deviation, quartiles or range, after a logarithm where asked") {
  const CustomerColumns columns = columns_of({1, 2, 3, 10}, {5, 5, 5, 5});
  const ColumnScalerFit z = fit_column_scaler(columns);
  const Matrix<double> by_z = z.model.apply(columns.values);
  CHECK(by_z(0, 0) == Approx((1 - 4) / std::sqrt(12.5)));
  CHECK(by_z(3, 1) == 0);
  CHECK(z.report.constant == std::vector<std::size_t>{1});
  const auto robust = fit_column_scaler(columns, {.scaling = ColumnScaling::robust}).model;
  CHECK(robust.apply(columns.values)(3, 0) == Approx((10 - 2.5) / (4.75 - 1.75)));
  const auto range = fit_column_scaler(columns, {.scaling = ColumnScaling::min_max}).model;
  CHECK(range.apply(columns.values)(1, 0) == Approx(1.0 / 9));
  const auto logs =
      fit_column_scaler(columns, {.scaling = ColumnScaling::none, .logarithms = {"a"}}).model;
  Matrix<double> later(1, 2);
  later(0, 0) = -3;
  later(0, 1) = 7;
  const Matrix<double> scaled = logs.apply(later);
  CHECK(scaled(0, 0) == Approx(-std::log(4)));
  CHECK(scaled(0, 1) == 7);
  CHECK(logs.invert(scaled)(0, 0) == Approx(-3));
  CHECK(z.model.invert(by_z)(3, 0) == Approx(10));
}

TEST_CASE("values that are not known are refused by name or become the median, and are counted") {
  const CustomerColumns columns = columns_of({1, unknown, 3, 100}, {1, 2, 3, 4});
  CHECK_THROWS_WITH(fit_column_scaler(columns), ContainsSubstring("row 1, column 'a' is nan"));
  const ColumnScalerFit fit = fit_column_scaler(
      columns, {.scaling = ColumnScaling::none, .missing = MissingValues::median});
  CHECK(fit.report.missing == std::vector<std::size_t>{1, 0});
  CHECK(fit.model.apply(columns.values)(1, 0) == 3);
  const ColumnScaler strict = fit_column_scaler(columns_of({1, 2}, {1, 2})).model;
  CHECK_THROWS_WITH(strict.apply(columns.values), ContainsSubstring("not known"));
  const double infinite = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH(
      fit_column_scaler(columns_of({1, infinite}, {1, 2}), {.missing = MissingValues::median}),
      ContainsSubstring("must be finite"));
  CHECK_THROWS_WITH(
      fit_column_scaler(columns_of({unknown, unknown}, {1, 2}), {.missing = MissingValues::median}),
      ContainsSubstring("no value of the column 'a' is known"));
}

TEST_CASE("columns that do not fit together are refused") {
  CustomerColumns columns = columns_of({1, 2}, {3, 4});
  CHECK_THROWS_WITH(fit_column_scaler(columns, {.logarithms = {"c"}}), ContainsSubstring("'c'"));
  columns.names = {"a", "a"};
  CHECK_THROWS_WITH(fit_column_scaler(columns), ContainsSubstring("'a' is there twice"));
  columns.names = {"a"};
  CHECK_THROWS_AS(fit_column_scaler(columns), Exception);
  columns.names = {"a", "b"};
  columns.customers = {Customer{1}};
  CHECK_THROWS_AS(fit_column_scaler(columns), Exception);
  CHECK_THROWS_AS(fit_column_scaler({}), Exception);
}

TEST_CASE("a scaler is saved and loaded") {
  const ColumnScaler model =
      fit_column_scaler(columns_of({1, unknown, 3}, {1, 2, 9}),
                        {.logarithms = {"b"}, .missing = MissingValues::median})
          .model;
  std::vector<std::byte> bytes = model.save();
  const ColumnScaler loaded = ColumnScaler::load(bytes).value();
  CHECK(loaded.save() == bytes);
  CHECK(loaded.columns()[1] == model.columns()[1]);
  CHECK(!ColumnScaler::load(std::span(bytes).first(bytes.size() - 1)).has_value());
}

TEST_CASE("the measures of a feature table") {
  FeatureTable table;
  table.customers.resize(3);
  CustomerFeatures& buyer = table.customers[1];
  buyer.orders = 4;
  buyer.sale_lines = 9;
  buyer.refund_lines = 1;
  buyer.distinct_items = 6;
  buyer.sales = 12'000;
  buyer.refunds = -2'000;
  buyer.recency_days = 3;
  buyer.tenure_days = 200;
  const CustomerColumns columns = customer_columns_of(table);
  REQUIRE(columns.customers == std::vector<Customer>{Customer{1}});
  CHECK(columns.values(0, 0) == 3);
  CHECK(columns.values(0, 3) == 100);
  CHECK(columns.values(0, 4) == 25);
  CHECK(std::isnan(columns.values(0, 6)));
  CHECK(columns.values(0, 7) == 0.1);
  CHECK(columns.names.size() == columns.values.columns());
}
