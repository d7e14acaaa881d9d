#pragma once
// Alarms for models in use: has what they see, or how well they do, changed?
// The population stability index of two samples stands in evaluate/stability.hpp.
//
// Page-Hinkley: E. S. Page, "Continuous inspection
// schemes", Biometrika 41, 1954, doi:10.1093/biomet/41.1-2.100: a sum of deviations from the
// running mean that rises too far above its least value. ADWIN: Albert Bifet, Ricard Gavaldà,
// "Learning from time-changing data with adaptive windowing", SDM 2007,
// doi:10.1137/1.9781611972771.42: a window that drops its older part when its mean differs from the
// newer one's.
//
// Time: Page-Hinkley O(1) a value; ADWIN O(log W) amortised, and O(log W) memory for a window of W.
// Thread safety: an alarm is for one thread.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"

namespace emptor {

struct PageHinkleyOptions {
  double tolerance = 0.005;       ///< a drift of the mean that is no matter, >= 0
  double threshold = 50;          ///< of the sum that alarms, > 0
  std::size_t least_values = 30;  ///< before any alarm
};

/// Warns when the mean of a stream (of losses, say) has risen. Starts anew after an alarm.
class PageHinkley {
 public:
  /// Throws `invalid_option`.
  EMPTOR_API explicit PageHinkley(const PageHinkleyOptions& options = {});
  /// True: an alarm. A value that is not finite is left out.
  EMPTOR_API bool add(double value) noexcept;
  [[nodiscard]] std::size_t values() const noexcept { return count_; }
  [[nodiscard]] double mean() const noexcept { return mean_; }

 private:
  PageHinkleyOptions options_;
  std::size_t count_ = 0;
  double mean_ = 0, sum_ = 0, least_ = 0;
};

struct AdwinOptions {
  double confidence = 0.002;     ///< chance of a false alarm at a check, in (0, 1)
  std::size_t check_every = 32;  ///< values between checks, >= 1
  std::size_t least_part = 5;    ///< values either part must have, >= 1
};

/// The mean of the recent values of a stream, over as long a window as shows no change.
class AdaptiveWindow {
 public:
  /// Throws `invalid_option`.
  EMPTOR_API explicit AdaptiveWindow(const AdwinOptions& options = {});
  /// True: the window was cut, for the mean has changed. A value that is not finite is left out.
  EMPTOR_API bool add(double value);
  [[nodiscard]] std::uint64_t size() const noexcept { return count_; }
  [[nodiscard]] double mean() const noexcept {
    return count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
  }

 private:
  struct Bucket {
    std::uint64_t count;
    double sum;
    double square;  // sum of squared deviations from its own mean
  };
  static Bucket joined(const Bucket& a, const Bucket& b) noexcept;
  void compress();
  [[nodiscard]] bool differs(const Bucket& older, const Bucket& newer, double variance) const;
  bool cut();

  AdwinOptions options_;
  std::vector<Bucket> buckets_;  // oldest first; counts are powers of 2, descending
  std::uint64_t count_ = 0;
  std::uint64_t seen_ = 0;
  double sum_ = 0;
};

}  // namespace emptor
