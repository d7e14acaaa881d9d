#include "emptor/segment/cluster_columns.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "emptor/core/text.hpp"
#include "emptor/math/statistics.hpp"

namespace emptor {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double logarithm_of(double x) {
  return std::copysign(std::log1p(std::fabs(x)), x);
}

void require_names(std::span<const std::string> names, std::string_view where) {
  std::vector<std::string_view> sorted(names.begin(), names.end());
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) {
    throw Exception(ErrorCode::invalid_value, text("the column '", *twice, "' is there twice"),
                    std::string(where));
  }
  if (!sorted.empty() && sorted.front().empty()) {
    throw Exception(ErrorCode::invalid_value, "a column has no name", std::string(where));
  }
}

[[noreturn]] void refuse(std::size_t row, const std::string& column, double value) {
  throw Exception(ErrorCode::invalid_value,
                  text("row ", row, ", column '", column, "' is ", value,
                       std::isnan(value) ? ": not known; impute the median or leave the row out"
                                         : ": values must be finite"),
                  "ColumnScaler");
}

/// Centre and scale of values, which are reordered; scale 0: all are the same.
std::pair<double, double> measure(std::span<double> values, ColumnScaling scaling) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  if (scaling == ColumnScaling::none) return {0, 1};
  if (*least == *most) return {*least, 0};
  if (scaling == ColumnScaling::min_max) return {*least, *most - *least};
  if (scaling == ColumnScaling::z) {
    const double n = static_cast<double>(values.size());
    const std::span<const double> all = values;
    return {mean(all), std::sqrt(sample_variance(all) * (n - 1) / n)};
  }
  std::sort(values.begin(), values.end());
  const std::span<const double> sorted = values;
  return {quantile_of_sorted(sorted, 0.5),
          quantile_of_sorted(sorted, 0.75) - quantile_of_sorted(sorted, 0.25)};
}

}  // namespace

CustomerColumns customer_columns_of(const FeatureTable& features) {
  CustomerColumns out{
      .names = {"recency", "tenure", "orders", "net", "mean order", "items", "gap", "refunded"},
      .values = {},
      .customers = {}};
  for (std::size_t c = 0; c < features.customers.size(); ++c) {
    if (features.customers[c].recency_days) out.customers.push_back(id_at<Customer>(c));
  }
  out.values = Matrix<double>(out.customers.size(), out.names.size());
  const double unit = std::pow(10.0, features.price_scale);
  for (std::size_t i = 0; i < out.customers.size(); ++i) {
    const CustomerFeatures& from = features.customers[index(out.customers[i])];
    const double net = static_cast<double>(from.net()) / unit;
    const double lines = static_cast<double>(from.sale_lines) + from.refund_lines;
    const double row[] = {
        static_cast<double>(*from.recency_days), static_cast<double>(*from.tenure_days),
        static_cast<double>(from.orders),        net,
        net / static_cast<double>(from.orders),  static_cast<double>(from.distinct_items),
        from.median_gap_days.value_or(nan),      static_cast<double>(from.refund_lines) / lines};
    std::copy(std::begin(row), std::end(row), out.values.row(i).begin());
  }
  return out;
}

ColumnScaler::ColumnScaler(std::vector<Column> columns) : columns_(std::move(columns)) {
  std::vector<std::string> names;
  for (const Column& column : columns_) {
    names.push_back(column.name);
    if (!std::isfinite(column.scale) || !(column.scale > 0) || !std::isfinite(column.centre) ||
        std::isinf(column.median)) {
      throw Exception(ErrorCode::invalid_value,
                      text("the column '", column.name, "' needs a finite centre and scale > 0"),
                      "ColumnScaler");
    }
  }
  require_names(names, "ColumnScaler");
}

Matrix<double> ColumnScaler::apply(const Matrix<double>& values) const {
  if (values.columns() != columns_.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text(columns_.size(), " columns are needed, got ", values.columns()),
                    "ColumnScaler");
  }
  Matrix<double> out(values.rows(), values.columns());
  for (std::size_t i = 0; i < values.rows(); ++i) {
    for (std::size_t j = 0; j < columns_.size(); ++j) {
      const Column& column = columns_[j];
      double x = values(i, j);
      if (std::isnan(x)) x = column.median;
      if (!std::isfinite(x)) refuse(i, column.name, values(i, j));
      out(i, j) = ((column.logarithm ? logarithm_of(x) : x) - column.centre) / column.scale;
    }
  }
  return out;
}

Matrix<double> ColumnScaler::invert(const Matrix<double>& scaled) const {
  if (scaled.columns() != columns_.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text(columns_.size(), " columns are needed, got ", scaled.columns()),
                    "ColumnScaler");
  }
  Matrix<double> out(scaled.rows(), scaled.columns());
  for (std::size_t i = 0; i < scaled.rows(); ++i) {
    for (std::size_t j = 0; j < columns_.size(); ++j) {
      const double x = scaled(i, j) * columns_[j].scale + columns_[j].centre;
      out(i, j) = columns_[j].logarithm ? std::copysign(std::expm1(std::fabs(x)), x) : x;
    }
  }
  return out;
}

std::vector<std::byte> ColumnScaler::save() const {
  ArchiveWriter writer("column-scaler", 1);
  SectionWriter& section = writer.section("columns");
  section.put(std::uint64_t{columns_.size()});
  for (const Column& column : columns_) {
    section.put_text(column.name);
    section.put(column.logarithm);
    section.put(column.median);
    section.put(column.centre);
    section.put(column.scale);
  }
  return std::move(writer).finish();
}

Result<ColumnScaler> ColumnScaler::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "column-scaler", 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("columns");
  if (!section) return section.error();
  std::vector<Column> columns;
  const auto count = section->get<std::uint64_t>();
  for (std::uint64_t j = 0; j < count && section->ok(); ++j) {
    Column column;
    column.name = section->get_text();
    column.logarithm = section->get<bool>();
    column.median = section->get<double>();
    column.centre = section->get<double>();
    column.scale = section->get<double>();
    columns.push_back(std::move(column));
  }
  if (Result<void> done = section->finish(); !done) return done.error();
  try {
    return ColumnScaler(std::move(columns));
  } catch (const Exception& wrong) {
    return Error{ErrorCode::corrupt, wrong.error().message, "column-scaler/columns"};
  }
}

ColumnScalerFit fit_column_scaler(const CustomerColumns& columns,
                                  const ColumnScalerOptions& options) {
  const Matrix<double>& values = columns.values;
  if (values.rows() == 0 || values.columns() == 0 || columns.names.size() != values.columns() ||
      (!columns.customers.empty() && columns.customers.size() != values.rows())) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a name a column and a customer a row are needed, for 1 or more of each: "
                         "got ",
                         values.rows(), " x ", values.columns(), ", ", columns.names.size(),
                         " names and ", columns.customers.size(), " customers"),
                    "fit_column_scaler");
  }
  require_names(columns.names, "fit_column_scaler");
  for (const std::string& name : options.logarithms) {
    require_option(
        std::find(columns.names.begin(), columns.names.end(), name) != columns.names.end(),
        "logarithms", "names of columns", text("'", name, "'"));
  }
  ColumnScalerReport report;
  std::vector<ColumnScaler::Column> made;
  std::vector<double> known;
  for (std::size_t j = 0; j < values.columns(); ++j) {
    ColumnScaler::Column column{.name = columns.names[j]};
    column.logarithm = std::find(options.logarithms.begin(), options.logarithms.end(),
                                 column.name) != options.logarithms.end();
    known.clear();
    for (std::size_t i = 0; i < values.rows(); ++i) {
      const double x = values(i, j);
      const bool missing = std::isnan(x) && options.missing == MissingValues::median;
      if (!missing && !std::isfinite(x)) refuse(i, column.name, x);
      if (!missing) known.push_back(x);
    }
    const std::size_t missing = values.rows() - known.size();
    report.missing.push_back(missing);
    if (known.empty()) {
      throw Exception(
          ErrorCode::invalid_value,
          text("no value of the column '", column.name, "' is known: leave the column out"),
          "fit_column_scaler");
    }
    if (options.missing == MissingValues::median) {
      column.median = median(std::span<const double>(known));
      known.insert(known.end(), missing, column.median);
    }
    if (column.logarithm) {
      for (double& x : known) x = logarithm_of(x);
    }
    const auto [centre, scale] = measure(known, options.scaling);
    column.centre = centre;
    const auto [least, most] = std::minmax_element(known.begin(), known.end());
    if (*least == *most) report.constant.push_back(j);
    // Quartiles may be equal although values are not: then the scale stays.
    column.scale = scale > 0 ? scale : 1;
    made.push_back(std::move(column));
  }
  return {ColumnScaler(std::move(made)), std::move(report)};
}

}  // namespace emptor
