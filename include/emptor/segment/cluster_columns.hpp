#pragma once
// Customers as rows of numbers, brought to comparable scales: what clusters and lookalikes are
// fitted on.
//
// Distances add up over columns, so each must be measured in units that compare: deviations,
// ranges, logarithms. A `ColumnScaler` is fitted once, kept with the model and applied to whoever
// comes later, so that new customers are scored as the old ones were.
// m rows, d columns. Time m d, and a selection a column where medians are needed. Thread safety:
// scalers are immutable.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/profile/customer_columns.hpp"
#include "emptor/profile/features_result.hpp"

namespace emptor {

/// The column's measures from a feature table, one row for each customer with a sale:
/// "recency" and "tenure" (days), "orders", "net" (major units of the currency), "mean order"
/// (net over orders), "items" (distinct), "gap" (median days between purchases; NaN with fewer
/// than two purchase days) and "refunded" (refund lines as a share of all lines).
[[nodiscard]] EMPTOR_API CustomerColumns customer_columns_of(const FeatureTable& features);

/// What becomes of a column's values.
enum class ColumnScaling : std::uint8_t {
  none,
  z,        ///< (x - mean) / standard deviation (divisor m)
  robust,   ///< (x - median) / (third - first quartile): few large values do not set the scale
  min_max,  ///< (x - least) / (greatest - least)
};

/// What becomes of NaN.
enum class MissingValues : std::uint8_t {
  refuse,  ///< an error that names row and column
  median,  ///< the column's median, over the values that are known
};

struct ColumnScalerOptions {
  ColumnScaling scaling = ColumnScaling::z;
  /// Columns of these names are first put through sign(x) log(1 + |x|): money and counts.
  std::vector<std::string> logarithms{};
  MissingValues missing = MissingValues::refuse;
};

struct ColumnScalerReport {
  std::vector<std::size_t> missing;   ///< values imputed, by column
  std::vector<std::size_t> constant;  ///< columns of one value: they become 0 and tell nothing
};

class ColumnScaler {
 public:
  /// What is done to one column: y = (g(x) - centre) / scale, g the identity or the logarithm.
  struct Column {
    std::string name{};
    bool logarithm = false;
    double median = std::numeric_limits<double>::quiet_NaN();  ///< for NaN; NaN: refused
    double centre = 0;
    double scale = 1;  ///< finite and > 0
    friend bool operator==(const Column&, const Column&) = default;
  };
  /// Throws `invalid_value` for scales that are not finite and > 0, or names that repeat.
  EMPTOR_API explicit ColumnScaler(std::vector<Column> columns);

  [[nodiscard]] std::span<const Column> columns() const noexcept { return columns_; }

  /// The rows of `values` (any number x d), scaled. Throws `invalid_shape` for another number of
  /// columns; `invalid_value`, with row and column, for infinities, and for NaN where the fit did
  /// not impute.
  [[nodiscard]] EMPTOR_API Matrix<double> apply(const Matrix<double>& values) const;
  /// Back to the units of the host: of a centre, say. Throws `invalid_shape`.
  [[nodiscard]] EMPTOR_API Matrix<double> invert(const Matrix<double>& scaled) const;

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<ColumnScaler> load(std::span<const std::byte> bytes);

 private:
  std::vector<Column> columns_;
};

struct ColumnScalerFit {
  ColumnScaler model;
  ColumnScalerReport report;
};

/// Finds centres and scales. Throws `invalid_shape` for no rows or columns or lengths that do not
/// fit; `invalid_value` for values that are not finite (named by row and column; NaN only under
/// `refuse`), columns without any known value, and names that repeat; `invalid_option` for a
/// logarithm of a column that is not there.
[[nodiscard]] EMPTOR_API ColumnScalerFit fit_column_scaler(const CustomerColumns& columns,
                                                           const ColumnScalerOptions& options = {});

}  // namespace emptor
