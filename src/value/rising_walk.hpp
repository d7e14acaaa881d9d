#pragma once
// ln of the rising factorial z (z + 1) … (z + n - 1) and its derivative by z, for n that grow from
// call to call: near ones by their factors, far ones by gamma functions.
// Thread safety: a walk is for one thread.

#include <cmath>

#include "emptor/math/special_functions.hpp"

namespace emptor::detail {

class RisingWalk {
 public:
  explicit RisingWalk(double z) noexcept : z_(z) {}

  /// To n, whole and not below the n of the call before.
  void advance(double n) noexcept {
    if (n - n_ > 32) {
      log_ = log_rising(z_, n);
      slope_ = digamma(z_ + n) - digamma(z_);
      n_ = n;
      return;
    }
    double product = 1;
    for (; n_ < n; ++n_) {
      const double factor = z_ + n_;
      product *= factor;
      slope_ += 1 / factor;
      if (product > 1e250 || product < 1e-250) {
        log_ += std::log(product);
        product = 1;
      }
    }
    log_ += std::log(product);
  }
  [[nodiscard]] double log() const noexcept { return log_; }
  [[nodiscard]] double slope() const noexcept { return slope_; }

 private:
  double z_;
  double n_ = 0;
  double log_ = 0;
  double slope_ = 0;
};

}  // namespace emptor::detail
