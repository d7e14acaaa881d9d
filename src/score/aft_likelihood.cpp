#include "score/aft_likelihood.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "score/aft_shape.hpp"

namespace emptor::detail {

void AftLikelihood::Sums::clear() {
  value = 0;
  std::fill(gradient.begin(), gradient.end(), 0.0);
  std::fill(information.begin(), information.end(), 0.0);
}

AftLikelihood::AftLikelihood(const AftData& data, const Context& context)
    : data_(data), context_(context) {
  const std::size_t n = data.log_time.size();
  const std::size_t size = data.width + 1;
  grain_ = std::max<std::size_t>(1024, n / 64 + 1);
  sums_.gradient.resize(size);
  sums_.information.resize(size * size);
  parts_.assign((n + grain_ - 1) / grain_, sums_);
}

template <AftDistribution kind>
void AftLikelihood::add(std::span<const double> theta, std::size_t begin, std::size_t end,
                        Sums& out) const {
  const std::size_t q = data_.width;
  const double log_scale = theta[q];
  const double inverse = std::exp(-log_scale);
  double* gradient = out.gradient.data();
  double* last = out.information.data() + q * (q + 1);
  for (std::size_t i = begin; i < end; ++i) {
    const double* x = data_.values.data() + i * q;
    double location = 0;
    for (std::size_t j = 0; j < q; ++j) location += theta[j] * x[j];
    const double z = (data_.log_time[i] - location) * inverse;
    const bool lost = data_.event[i] != 0;
    const Jet own = lost ? density_jet<kind>(z) : survival_jet<kind>(z);
    double value = own.value;
    double first = own.first;
    double second = own.second;
    double first_z = own.first * z;  // terms of d/d log scale: dz = -z
    double second_z = own.second * z;
    double second_zz = own.second * z * z;
    if (lost) value -= log_scale + data_.log_time[i];
    if (!data_.log_entry.empty() && data_.log_entry[i] > -std::numeric_limits<double>::infinity()) {
      const double z0 = (data_.log_entry[i] - location) * inverse;
      const Jet before = survival_jet<kind>(z0);
      value -= before.value;
      first -= before.first;
      second -= before.second;
      first_z -= before.first * z0;
      second_z -= before.second * z0;
      second_zz -= before.second * z0 * z0;
    }
    const double weight = data_.weight[i];
    out.value += weight * value;
    const double slope = -weight * first * inverse;
    const double curve = -weight * second * inverse * inverse;
    const double cross = -weight * (first + second_z) * inverse;
    for (std::size_t j = 0; j < q; ++j) {
      gradient[j] += slope * x[j];
      last[j] += cross * x[j];
      const double part = curve * x[j];
      double* line = out.information.data() + j * (q + 1);
      for (std::size_t k = 0; k <= j; ++k) line[k] += part * x[k];
    }
    gradient[q] -= weight * (first_z + (lost ? 1 : 0));
    last[q] -= weight * (first_z + second_zz);
  }
}

double AftLikelihood::at(std::span<const double> theta) {
  const std::size_t n = data_.log_time.size();
  parallel_chunks(context_, n, grain_, [&](std::size_t begin, std::size_t end) {
    Sums& out = parts_[begin / grain_];
    out.clear();
    switch (data_.distribution) {
      case AftDistribution::weibull:
      case AftDistribution::exponential:
        return add<AftDistribution::weibull>(theta, begin, end, out);
      case AftDistribution::log_normal:
        return add<AftDistribution::log_normal>(theta, begin, end, out);
      case AftDistribution::log_logistic:
        return add<AftDistribution::log_logistic>(theta, begin, end, out);
    }
  });
  sums_.clear();
  const std::size_t size = data_.width + 1;
  for (const Sums& part : parts_) {
    sums_.value += part.value;
    for (std::size_t j = 0; j < size; ++j) sums_.gradient[j] += part.gradient[j];
    for (std::size_t j = 0; j < size * size; ++j) sums_.information[j] += part.information[j];
  }
  for (std::size_t j = 0; j < size; ++j) {
    for (std::size_t k = 0; k < j; ++k) {
      sums_.information[k * size + j] = sums_.information[j * size + k];
    }
  }
  return sums_.value;
}

}  // namespace emptor::detail
