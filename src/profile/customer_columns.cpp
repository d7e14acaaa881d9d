#include "emptor/profile/customer_columns.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "emptor/core/error.hpp"

namespace emptor {

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

template <class T>
double number(const std::optional<T>& value) noexcept {
  return value ? static_cast<double>(*value) : unknown;
}

struct FeatureColumn {
  std::string_view name;
  double (*value)(const CustomerFeatures&, double unit);
};

double rhythm(const CustomerFeatures& f, std::optional<double> PurchaseRhythm::*part) noexcept {
  return f.rhythm ? number((*f.rhythm).*part) : unknown;
}
double rhythm(const CustomerFeatures& f, double PurchaseRhythm::*part) noexcept {
  return f.rhythm ? (*f.rhythm).*part : unknown;
}

using F = const CustomerFeatures&;

constexpr FeatureColumn feature_list[] = {
    {"orders", [](F f, double) -> double { return f.orders; }},
    {"refund orders", [](F f, double) -> double { return f.refund_orders; }},
    {"sale lines", [](F f, double) -> double { return f.sale_lines; }},
    {"refund lines", [](F f, double) -> double { return f.refund_lines; }},
    {"items", [](F f, double) -> double { return f.distinct_items; }},
    {"categories", [](F f, double) -> double { return f.distinct_categories; }},
    {"brands", [](F f, double) -> double { return f.distinct_brands; }},
    {"channels", [](F f, double) -> double { return f.distinct_channels; }},
    {"purchase days", [](F f, double) -> double { return f.purchase_days; }},
    {"units", [](F f, double) { return static_cast<double>(f.units); }},
    {"sales", [](F f, double unit) { return static_cast<double>(f.sales) / unit; }},
    {"refunds", [](F f, double unit) { return static_cast<double>(f.refunds) / unit; }},
    {"net", [](F f, double unit) { return static_cast<double>(f.net()) / unit; }},
    {"average order", [](F f, double unit) { return number(f.average_order()) / unit; }},
    {"refund rate", [](F f, double) { return number(f.refund_rate()); }},
    {"discounted share", [](F f, double) { return number(f.discounted_share()); }},
    {"average discount", [](F f, double) { return number(f.average_discount()); }},
    {"full-price share", [](F f, double) { return number(f.full_price_share()); }},
    {"discount elasticity", [](F f, double) { return number(f.discount_elasticity()); }},
    {"recency", [](F f, double) { return number(f.recency_days); }},
    {"tenure", [](F f, double) { return number(f.tenure_days); }},
    {"mean gap", [](F f, double) { return number(f.mean_gap_days); }},
    {"median gap", [](F f, double) { return number(f.median_gap_days); }},
    {"p75 gap", [](F f, double) { return rhythm(f, &PurchaseRhythm::p75_gap_days); }},
    {"p90 gap", [](F f, double) { return rhythm(f, &PurchaseRhythm::p90_gap_days); }},
    {"gap variation", [](F f, double) { return rhythm(f, &PurchaseRhythm::gap_variation); }},
    {"regularity", [](F f, double) { return rhythm(f, &PurchaseRhythm::regularity); }},
    {"overdue", [](F f, double) { return rhythm(f, &PurchaseRhythm::overdue); }},
    {"open gap score", [](F f, double) { return rhythm(f, &PurchaseRhythm::open_gap_score); }},
};
constexpr std::size_t summary_columns = 4;

/// The values of a dimension that have a column, ascending.
std::vector<std::uint32_t> shown_values(const PreferenceAxis& axis, std::size_t most) {
  std::vector<std::uint32_t> values;
  for (std::size_t v = 0; v < axis.shares.size(); ++v) {
    if (axis.shares[v] > 0) values.push_back(static_cast<std::uint32_t>(v));
  }
  std::stable_sort(values.begin(), values.end(), [&](std::uint32_t a, std::uint32_t b) {
    return axis.shares[a] > axis.shares[b];
  });
  if (values.size() > most) values.resize(most);
  std::sort(values.begin(), values.end());
  return values;
}

void check(std::span<const NamedFeatures> features, const PreferenceTable* preferences) {
  const auto refuse = [](std::string_view what) {
    throw Exception(ErrorCode::invalid_value, std::string(what), "profile_columns");
  };
  std::optional<Time> as_of;
  if (preferences != nullptr) as_of = preferences->as_of;
  for (const NamedFeatures& part : features) {
    if (part.table == nullptr) refuse("features need a table");
    const std::optional<Time> of = part.table->options.as_of;
    if (as_of && of != as_of) refuse("features and preferences must be of one as_of");
    as_of = of;
  }
}

void put_features(const FeatureTable& table, std::size_t first, CustomerColumns& to) {
  const double unit = std::pow(10.0, table.price_scale);
  const CustomerFeatures nothing;
  for (std::size_t row = 0; row < to.values.rows(); ++row) {
    const CustomerFeatures& f = row < table.customers.size() ? table.customers[row] : nothing;
    for (std::size_t c = 0; c < std::size(feature_list); ++c) {
      to.values(row, first + c) = feature_list[c].value(f, unit);
    }
  }
}

void put_preferences(const PreferenceTable& table, const PreferenceAxis& axis,
                     std::span<const std::uint32_t> shown, std::size_t first, CustomerColumns& to) {
  const CustomerPreferences nothing;
  for (std::size_t row = 0; row < to.values.rows(); ++row) {
    const std::span<double> values = to.values.row(row).subspan(first);
    const CustomerPreferences& known =
        row < table.customers.size() ? table.customers[row] : nothing;
    const Preference& part = known.in(axis.dimension);
    const auto own = known.values_of(axis.dimension);
    const bool in_table = row < table.customers.size();
    values[0] = part.confidence;
    values[1] = in_table ? part.entropy : unknown;
    values[2] = in_table ? part.evenness : unknown;
    values[3] = own.empty() ? unknown : part.loyalty;
    for (std::size_t v = 0; v < shown.size(); ++v) {
      // What the customer has not is seen as the shop's, as far as the customer is not known.
      values[summary_columns + v] = (1 - part.confidence) * axis.shares[shown[v]];
    }
    for (const PreferredValue& value : own) {
      const auto at = std::lower_bound(shown.begin(), shown.end(), value.value);
      if (at == shown.end() || *at != value.value) continue;
      values[summary_columns + static_cast<std::size_t>(at - shown.begin())] = value.share;
    }
  }
}

}  // namespace

CustomerColumns profile_columns(std::span<const NamedFeatures> features,
                                const PreferenceTable* preferences,
                                const ProfileColumnOptions& options) {
  check(features, preferences);
  CustomerColumns out;
  std::size_t rows = preferences == nullptr ? 0 : preferences->customers.size();
  for (const NamedFeatures& part : features) {
    rows = std::max(rows, part.table->customers.size());
    for (const FeatureColumn& column : feature_list) {
      out.names.push_back(part.name.empty() ? std::string(column.name)
                                            : text(column.name, " ", part.name));
    }
  }
  std::vector<std::vector<std::uint32_t>> shown(preference_dimensions);
  for (std::size_t d = 0; preferences != nullptr && d < preference_dimensions; ++d) {
    const PreferenceAxis& axis = preferences->axes[d];
    shown[d] = shown_values(axis, options.values);
    if (shown_values(axis, 1).empty()) continue;
    for (const char* what : {"confidence", "entropy", "evenness", "loyalty"}) {
      out.names.push_back(text(name(axis.dimension), " ", what));
    }
    for (const std::uint32_t value : shown[d]) {
      out.names.push_back(text(name(axis.dimension), "=", axis.labels[value]));
    }
  }
  std::vector<std::string> sorted(out.names);
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    throw Exception(ErrorCode::invalid_value, "names of features must differ", "profile_columns");
  }
  out.values = Matrix<double>(rows, out.names.size());
  std::size_t first = 0;
  for (const NamedFeatures& part : features) {
    put_features(*part.table, first, out);
    first += std::size(feature_list);
  }
  for (std::size_t d = 0; preferences != nullptr && d < preference_dimensions; ++d) {
    const PreferenceAxis& axis = preferences->axes[d];
    if (shown_values(axis, 1).empty()) continue;
    put_preferences(*preferences, axis, shown[d], first, out);
    first += summary_columns + shown[d].size();
  }
  return out;
}

}  // namespace emptor
