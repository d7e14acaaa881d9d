#include "emptor/score/drift.hpp"

#include <algorithm>
#include <cmath>

namespace emptor {

PageHinkley::PageHinkley(const PageHinkleyOptions& options) : options_(options) {
  require_option(options.tolerance >= 0, "tolerance", ">= 0", options.tolerance);
  require_option(options.threshold > 0, "threshold", "> 0", options.threshold);
}

bool PageHinkley::add(double value) noexcept {
  if (!std::isfinite(value)) return false;
  ++count_;
  mean_ += (value - mean_) / static_cast<double>(count_);
  sum_ += value - mean_ - options_.tolerance;
  least_ = std::min(least_, sum_);
  if (count_ < options_.least_values || sum_ - least_ <= options_.threshold) return false;
  count_ = 0;
  mean_ = sum_ = least_ = 0;
  return true;
}

AdaptiveWindow::AdaptiveWindow(const AdwinOptions& options) : options_(options) {
  require_option(options.confidence > 0 && options.confidence < 1, "confidence", "in (0, 1)",
                 options.confidence);
  require_option(options.check_every >= 1, "check_every", ">= 1", options.check_every);
  require_option(options.least_part >= 1, "least_part", ">= 1", options.least_part);
}

AdaptiveWindow::Bucket AdaptiveWindow::joined(const Bucket& a, const Bucket& b) noexcept {
  if (a.count == 0) return b;
  if (b.count == 0) return a;
  const auto m = static_cast<double>(a.count), n = static_cast<double>(b.count);
  const double gap = a.sum / m - b.sum / n;
  return {a.count + b.count, a.sum + b.sum, a.square + b.square + gap * gap * m * n / (m + n)};
}

/// At most five buckets of a size: the two oldest become one of the next.
void AdaptiveWindow::compress() {
  constexpr std::size_t most = 5;
  std::size_t end = buckets_.size();  // one past the newest of the size looked at
  while (end > 0) {
    std::size_t begin = end;
    while (begin > 0 && buckets_[begin - 1].count == buckets_[end - 1].count) --begin;
    if (end - begin <= most) return;
    buckets_[begin] = joined(buckets_[begin], buckets_[begin + 1]);
    buckets_.erase(buckets_.begin() + static_cast<std::ptrdiff_t>(begin) + 1);
    end = begin + 1;
  }
}

bool AdaptiveWindow::differs(const Bucket& older, const Bucket& newer, double variance) const {
  if (older.count < options_.least_part || newer.count < options_.least_part) return false;
  const auto n0 = static_cast<double>(older.count), n1 = static_cast<double>(newer.count);
  const double harmonic = 1 / (1 / n0 + 1 / n1);
  const double chance = std::log(2 * std::log(std::max(n0 + n1, 3.0)) / options_.confidence);
  const double bound = std::sqrt(2 / harmonic * variance * chance) + 2 / (3 * harmonic) * chance;
  return std::fabs(older.sum / n0 - newer.sum / n1) > bound;
}

bool AdaptiveWindow::cut() {
  bool any = false;
  for (bool again = true; again && buckets_.size() > 1;) {
    again = false;
    Bucket all{0, 0, 0};
    for (const Bucket& bucket : buckets_) all = joined(all, bucket);
    const double variance = all.square / static_cast<double>(all.count);
    // From the newest backwards the rest is found by joining, from the oldest by sums.
    std::vector<Bucket> newer(buckets_.size() + 1, Bucket{0, 0, 0});
    for (std::size_t i = buckets_.size(); i-- > 0;) newer[i] = joined(buckets_[i], newer[i + 1]);
    Bucket older{0, 0, 0};
    for (std::size_t i = 0; i + 1 < buckets_.size() && !again; ++i) {
      older = joined(older, buckets_[i]);
      again = differs(older, newer[i + 1], variance);
    }
    if (again) {
      count_ -= buckets_.front().count;
      sum_ -= buckets_.front().sum;
      buckets_.erase(buckets_.begin());
      any = true;
    }
  }
  return any;
}

bool AdaptiveWindow::add(double value) {
  if (!std::isfinite(value)) return false;
  buckets_.push_back({1, value, 0});
  ++count_;
  ++seen_;
  sum_ += value;
  compress();
  return seen_ % options_.check_every == 0 && cut();
}

}  // namespace emptor
