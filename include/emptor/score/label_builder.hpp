#pragma once
// Labels to learn churn from, without a look into the future: at each of several dates, who was a
// customer by then and did not buy in the window after it.
//
// At a date t a label tells of [t + gap, t + gap + horizon) and of nothing else; features of the
// row must come from before t: ask for them as of `features_as_of` (the last second before t, since
// `as_of` of profile/features.hpp counts its own second). Customers without a purchase before t are
// no customers yet, and those who are not watched to the window's end are left out; both are
// counted. Time O(n log n + dates x customers x log n) for n purchases. Thread safety: pure.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

struct ChurnLabelOptions {
  std::chrono::seconds horizon = std::chrono::days{90};  ///< length of the window, > 0
  std::chrono::seconds gap{0};  ///< between the date and the window, >= 0: time to act
  /// Only customers with a purchase in [t - active_within, t); 0: any purchase before t.
  std::chrono::seconds active_within{0};
};

/// A customer at a date.
struct ChurnLabel {
  Customer customer{};
  std::uint32_t snapshot = 0;  ///< place of the date
  bool churned = false;        ///< no purchase in the window
  friend bool operator==(const ChurnLabel&, const ChurnLabel&) = default;
};

struct ChurnSnapshot {
  Time date{};
  Time features_as_of{};  ///< the last second before the date
  std::size_t labelled = 0;
  std::size_t churned = 0;
  std::size_t not_yet = 0;    ///< have no purchase before the date
  std::size_t inactive = 0;   ///< have one, but none in `active_within`
  std::size_t unwatched = 0;  ///< would be labelled, were they watched to the window's end
};

struct ChurnLabels {
  std::vector<ChurnLabel> labels;  ///< by date, then by customer
  std::vector<ChurnSnapshot> snapshots;
};

/// Purchases: customer and time of each, in any order (refunds left out). `dates`: in any order,
/// kept. `watched_until`: the first second of which nothing is known, for all customers.
/// Throws `invalid_option`, `invalid_shape`, and `out_of_range` for a customer >= `customers`.
[[nodiscard]] EMPTOR_API ChurnLabels churn_labels(std::span<const Customer> buyers,
                                                  std::span<const Time> times,
                                                  std::size_t customers,
                                                  std::span<const Time> dates, Time watched_until,
                                                  const ChurnLabelOptions& options = {});

}  // namespace emptor
