#pragma once
// The history of a customer as the integral of Pareto/NBD wants it (value/kernels.hpp).

#include <cmath>

#include "emptor/value/pareto_nbd.hpp"

namespace emptor::detail {

struct LeavingTerms {
  double until, steep, other, ratio;
  bool steep_is_alpha;
};

/// `age` > `last`.
[[nodiscard]] inline LeavingTerms leaving_terms(const ParetoNbdParameters& p, double repeats,
                                                double last, double age) noexcept {
  const double bought = p.r + repeats;
  const double alpha = p.alpha + last;
  const double beta = p.beta + last;
  const bool by_alpha = bought * beta >= (p.s + 1) * alpha;
  const double c = by_alpha ? alpha : beta;
  const double o = by_alpha ? beta : alpha;
  return {std::log1p((age - last) / c), by_alpha ? bought : p.s + 1, by_alpha ? p.s + 1 : bought,
          c / o, by_alpha};
}

}  // namespace emptor::detail
