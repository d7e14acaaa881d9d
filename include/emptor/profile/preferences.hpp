#pragma once
// What customers prefer: by channel, category, brand, price band, hour and weekday, from what they
// bought and did, as shares that fade with time and lean on the whole shop's where little is known.
//
// A share is the mean of a Dirichlet posterior whose prior is `strength` typical lines at the
// shop's shares: (w_v + M s_v) / (W + M), w_v the customer's faded weight of value v, W of all, s_v
// the shop's share, M = strength x what a line weighs on average (Andrew Gelman et al., Bayesian
// Data Analysis, 3rd ed., 2013, 3.4). Entropy: Claude E. Shannon, "A mathematical theory of
// communication", Bell System Technical Journal 27, 1948, doi:10.1002/j.1538-7305.1948.tb01338.x;
// evenness: Evelyn C. Pielou, "The measurement of diversity in different types of biological
// collections", Journal of Theoretical Biology 13, 1966, doi:10.1016/0022-5193(66)90013-0.
//
// Weights are whole numbers and fade by whole numbers: what is d local days old counts
// round(2^30 2^(-d/h)) times, so sums are exact, do not depend on any order, and what was added can
// be taken out again. Refunds do not count; neither do values that are not known. Nothing from
// after `as_of` counts, nor is anything of it in the shop's shares.
//
// Cost: O(f log f) for a customer with f lines and events, O(values) for `prior`. Memory: 16 bytes
// a value of the shop. Thread safety: totals as a std::vector; a prior may be read from any thread.

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"
#include "emptor/profile/fact_log.hpp"
#include "emptor/profile/features.hpp"
#include "emptor/profile/preferences_result.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/events.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

/// One event of one customer, in the same ids as the order lines. Ordered by time, then the rest.
struct CustomerEvent {
  Time time{};
  EventKind kind = EventKind::view;
  Item item = no_item;
  Category category = no_id<Category>;
  Brand brand = no_id<Brand>;
  Channel channel = no_id<Channel>;
  friend bool operator==(const CustomerEvent&, const CustomerEvent&) = default;
  friend std::strong_ordering operator<=>(const CustomerEvent& a, const CustomerEvent& b) noexcept {
    if (a.time != b.time)
      return a.time < b.time ? std::strong_ordering::less : std::strong_ordering::greater;
    return std::tie(a.kind, a.item, a.category, a.brand, a.channel) <=>
           std::tie(b.kind, b.item, b.category, b.brand, b.channel);
  }
};

/// One customer's events: what FeatureState::lines is to order lines. Mergeable, subtractable.
using EventState = FactLog<CustomerEvent>;

/// The shop's shares, against which customers are seen. Immutable.
class PreferencePrior {
 public:
  /// The preferences of the customer of whom these are all lines and events, in any order; those
  /// after the prior's as_of do not count. A customer need not be one of those in the prior.
  [[nodiscard]] EMPTOR_API CustomerPreferences of(std::span<const FeatureEvent> lines,
                                                  std::span<const CustomerEvent> events = {}) const;
  /// The shop's share of each value; values beyond the end have none.
  [[nodiscard]] std::span<const double> shares(PreferenceDimension dimension) const noexcept {
    return axes_[static_cast<std::size_t>(dimension)].shares;
  }
  [[nodiscard]] const PreferenceOptions& options() const noexcept { return options_; }
  [[nodiscard]] Time as_of() const noexcept { return as_of_; }

 private:
  friend class PreferenceTotals;
  struct Axis {
    std::vector<double> shares;         // by value
    std::vector<std::uint32_t> ranked;  // values with a share, the largest first
    double logs = 0;                    // sum of s ln s
  };
  PreferenceOptions options_;
  Time as_of_{};
  double mass_ = 0;  // M
  std::array<Axis, preference_dimensions> axes_;
};

/// What all customers together bought and did, as seen at one instant: exact, mergeable, and what
/// was added can be taken out again.
class PreferenceTotals {
 public:
  /// Throws `invalid_option`.
  EMPTOR_API PreferenceTotals(PreferenceOptions options, Time as_of);

  /// All lines and events of one customer, or of all who are not known; in any order. With
  /// PreferenceWeight::orders an order counts once for each of its values and call.
  EMPTOR_API void add(std::span<const FeatureEvent> lines,
                      std::span<const CustomerEvent> events = {});
  /// Takes out exactly what `add` of the same lines and events added.
  EMPTOR_API void remove(std::span<const FeatureEvent> lines,
                         std::span<const CustomerEvent> events = {});
  /// Throws `invalid_value` unless the other has the same options and instant.
  EMPTOR_API void merge(const PreferenceTotals& other);

  [[nodiscard]] EMPTOR_API PreferencePrior prior() const;

  friend bool operator==(const PreferenceTotals&, const PreferenceTotals&) = default;

 private:
  void change(std::span<const FeatureEvent> lines, std::span<const CustomerEvent> events, int sign);

  PreferenceOptions options_;
  Time as_of_{};
  std::uint64_t lines_ = 0;                                                 // sales up to as_of
  detail::int128 line_weight_ = 0;                                          // of those, not faded
  std::array<std::vector<detail::int128>, preference_dimensions> weights_;  // faded, by value
};

/// Edges of at most `bands` price bands with about as many sale lines each: quantiles of what a
/// unit cost in sales up to `as_of`. O(lines log lines). Throws `invalid_option` unless `bands`
/// >= 1.
[[nodiscard]] EMPTOR_API std::vector<std::int64_t> price_band_edges(const Orders& orders,
                                                                    std::size_t bands, Time as_of);

/// The preferences of customers 0 to `customers` - 1 (more, if the tables name more), against the
/// shop's, in which anonymous lines and events count, too. `events` may be null. Channels of the
/// events that the orders do not name come after those of the orders. Throws as PreferenceTotals.
[[nodiscard]] EMPTOR_API PreferenceTable preferences_of(const Orders& orders, const Events* events,
                                                        std::size_t customers,
                                                        const FeatureColumns& columns, Time as_of,
                                                        const PreferenceOptions& options = {});

/// For all of `customers`, with the `feature_columns` of the items.
[[nodiscard]] EMPTOR_API PreferenceTable preferences_of(const Orders& orders,
                                                        const Customers& customers,
                                                        const Items& items, Time as_of,
                                                        const PreferenceOptions& options = {});

}  // namespace emptor
