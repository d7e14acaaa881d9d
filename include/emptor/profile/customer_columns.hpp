#pragma once
// Customers as rows of numbers with named columns: what models, clusters and scores take in.
//
// `profile_columns` lays features (of one window or several) and preferences side by side. Nothing
// is scaled or filled in: what is not known is NaN. All parts must be as seen at one instant, so
// that no column knows more than another.
// Cost: O(customers x columns). Thread safety: values; pure.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/profile/features_result.hpp"
#include "emptor/profile/preferences_result.hpp"

namespace emptor {

/// Named columns of numbers, a row a customer. NaN: not known.
struct CustomerColumns {
  std::vector<std::string> names;   ///< d of them, not empty, all different
  Matrix<double> values;            ///< m x d
  std::vector<Customer> customers;  ///< m of them, or empty: row i is customer i
};

/// Features of a window under a name that is put after its columns' names: "orders 30 days".
struct NamedFeatures {
  std::string_view name{};  ///< empty: nothing is put after
  const FeatureTable* table = nullptr;
};

struct ProfileColumnOptions {
  /// Values of a dimension, the shop's most frequent ones, that have a column for their share; 0:
  /// none have.
  std::size_t values = 24;
};

/// A row for every customer, 0 to the largest table's; who is beyond a table's end did nothing in
/// it. Amounts are in major units, gaps in days.
///
/// Of each table: "orders", "refund orders", "sale lines", "refund lines", "items", "categories",
/// "brands", "channels", "purchase days", "units", "sales", "refunds", "net"; and, NaN where
/// CustomerFeatures has none: "average order", "refund rate", "discounted share", "average
/// discount", "full-price share", "discount elasticity", "recency", "tenure", "mean gap", "median
/// gap", "p75 gap", "p90 gap", "gap variation", "regularity", "overdue", "open gap score".
/// Of each dimension of the preferences in which the shop has values: "channel confidence",
/// "channel entropy", "channel evenness", "channel loyalty" (NaN without own values) and smoothed
/// shares "channel=web". `preferences` may be null.
/// Throws `invalid_value` for a table that is null, parts of different as_of, or names that repeat.
[[nodiscard]] EMPTOR_API CustomerColumns profile_columns(std::span<const NamedFeatures> features,
                                                         const PreferenceTable* preferences,
                                                         const ProfileColumnOptions& options = {});

}  // namespace emptor
