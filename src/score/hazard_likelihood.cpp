#include "score/hazard_likelihood.hpp"

#include <algorithm>
#include <cmath>

namespace emptor::detail {

namespace {

/// The log-likelihood of a period by what the link is of, with minus its second derivative.
struct PeriodTerm {
  double value = 0;
  double first = 0;
  double curve = 0;
};

template <HazardLink link>
PeriodTerm stayed(double x) noexcept {
  if constexpr (link == HazardLink::cloglog) {
    const double u = std::exp(x);
    return {-u, -u, u};
  } else {
    const double e = std::exp(-std::abs(x));
    const double inverse = 1 / (1 + e);
    return {-(x > 0 ? x : 0) - std::log1p(e), -(x > 0 ? 1 : e) * inverse, e * inverse * inverse};
  }
}

template <HazardLink link>
PeriodTerm lost(double x) noexcept {
  if constexpr (link == HazardLink::cloglog) {
    const double u = std::exp(x);
    if (u > 700) return {0, 0, 0};
    if (u < 1e-5) return {x - u / 2, 1 - u / 2, u / 2};  // the next terms are u^2 / 24 and / 12
    const double r = u / std::expm1(u);
    return {std::log(-std::expm1(-u)), r, r * (r + u - 1)};
  } else {
    const PeriodTerm other = stayed<link>(x);
    return {x + other.value, 1 + other.first, other.curve};
  }
}

}  // namespace

HazardSums::HazardSums(std::size_t groups, std::size_t width)
    : baseline(groups),
      gradient(width),
      diagonal(groups),
      cross(groups * width),
      information(width * width) {}

void HazardSums::clear() {
  value = 0;
  for (std::vector<double>* values : {&baseline, &gradient, &diagonal, &cross, &information}) {
    std::fill(values->begin(), values->end(), 0.0);
  }
}

void HazardSums::add(const HazardSums& other) {
  value += other.value;
  const auto join = [](std::vector<double>& to, const std::vector<double>& from) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += from[i];
  };
  join(baseline, other.baseline);
  join(gradient, other.gradient);
  join(diagonal, other.diagonal);
  join(cross, other.cross);
  join(information, other.information);
}

HazardLikelihood::HazardLikelihood(const HazardData& data, const Context& context)
    : data_(data), context_(context), sums_(data.groups(), data.width) {
  // At most 64 parts, of at most 10 million numbers together.
  const std::size_t numbers = (data.groups() + data.width + 1) * (data.width + 2);
  const std::size_t most = std::clamp<std::size_t>(10'000'000 / numbers, 1, 64);
  grain_ = std::max<std::size_t>(512, data.size() / most + 1);
  parts_.assign((data.size() + grain_ - 1) / grain_, sums_);
}

template <HazardLink link>
void HazardLikelihood::add(std::span<const double> baseline, std::span<const double> beta,
                           std::size_t begin, std::size_t end, HazardSums& out) const {
  const std::size_t q = data_.width;
  for (std::size_t i = begin; i < end; ++i) {
    const double* x = data_.values.data() + i * q;
    double score = 0;
    for (std::size_t j = 0; j < q; ++j) score += beta[j] * x[j];
    const double weight = data_.weight[i];
    const std::uint32_t after = data_.end[i];
    double first = 0;
    double curve = 0;
    for (std::uint32_t period = data_.first[i]; period < after;) {
      const std::uint32_t group = data_.group[period];
      const std::uint32_t next = std::min(after, data_.begins[group + 1]);
      const bool last = next == after && data_.event[i] != 0;
      const double periods = next - period - (last ? 1 : 0);
      const double at = baseline[group] + score;
      double own_first = 0;
      double own_curve = 0;
      if (periods > 0) {
        const PeriodTerm term = stayed<link>(at);
        out.value += weight * periods * term.value;
        own_first = periods * term.first;
        own_curve = periods * term.curve;
      }
      if (last) {
        const PeriodTerm term = lost<link>(at);
        out.value += weight * term.value;
        own_first += term.first;
        own_curve += term.curve;
      }
      own_first *= weight;
      own_curve *= weight;
      out.baseline[group] += own_first;
      out.diagonal[group] += own_curve;
      double* cross = out.cross.data() + group * q;
      for (std::size_t j = 0; j < q; ++j) cross[j] += own_curve * x[j];
      first += own_first;
      curve += own_curve;
      period = next;
    }
    for (std::size_t j = 0; j < q; ++j) {
      out.gradient[j] += first * x[j];
      const double part = curve * x[j];
      double* line = out.information.data() + j * q;
      for (std::size_t k = 0; k <= j; ++k) line[k] += part * x[k];
    }
  }
}

double HazardLikelihood::at(std::span<const double> baseline, std::span<const double> beta) {
  parallel_chunks(context_, data_.size(), grain_, [&](std::size_t begin, std::size_t end) {
    HazardSums& out = parts_[begin / grain_];
    out.clear();
    if (data_.link == HazardLink::cloglog) {
      add<HazardLink::cloglog>(baseline, beta, begin, end, out);
    } else {
      add<HazardLink::logit>(baseline, beta, begin, end, out);
    }
  });
  sums_.clear();
  for (const HazardSums& part : parts_) sums_.add(part);
  for (std::size_t j = 0; j < data_.width; ++j) {
    for (std::size_t k = 0; k < j; ++k) {
      sums_.information[k * data_.width + j] = sums_.information[j * data_.width + k];
    }
  }
  return sums_.value;
}

}  // namespace emptor::detail
