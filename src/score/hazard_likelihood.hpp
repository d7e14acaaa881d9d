#pragma once
// The log-likelihood of a discrete-time hazard model and its derivatives: sums over customers and
// the groups of periods they live through.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/score/discrete_hazard.hpp"

namespace emptor::detail {

/// n customers, q columns.
struct HazardData {
  HazardLink link = HazardLink::logit;
  std::size_t width = 0;              ///< q
  std::vector<double> values;         ///< n x q
  std::vector<std::uint32_t> first;   ///< period at risk
  std::vector<std::uint32_t> end;     ///< after the last period at risk
  std::vector<std::uint8_t> event;    ///< lost in the last one
  std::vector<double> weight;         ///< > 0
  std::vector<std::uint32_t> group;   ///< of each period, ascending from 0
  std::vector<std::uint32_t> begins;  ///< first period of each group, and the end

  [[nodiscard]] std::size_t size() const noexcept { return first.size(); }
  [[nodiscard]] std::size_t groups() const noexcept { return begins.size() - 1; }
};

/// g groups' derivatives by baseline and by q columns. Minus the second ones are three blocks, the
/// baselines' a diagonal.
struct HazardSums {
  double value = 0;
  std::vector<double> baseline;     ///< g
  std::vector<double> gradient;     ///< q
  std::vector<double> diagonal;     ///< g
  std::vector<double> cross;        ///< g x q
  std::vector<double> information;  ///< q x q

  HazardSums(std::size_t groups, std::size_t width);
  void clear();
  void add(const HazardSums& other);
};

class HazardLikelihood {
 public:
  HazardLikelihood(const HazardData& data, const Context& context);

  /// Of g baselines and q coefficients.
  double at(std::span<const double> baseline, std::span<const double> beta);
  [[nodiscard]] const HazardSums& sums() const noexcept { return sums_; }

 private:
  template <HazardLink link>
  void add(std::span<const double> baseline, std::span<const double> beta, std::size_t begin,
           std::size_t end, HazardSums& out) const;

  const HazardData& data_;
  const Context& context_;
  std::size_t grain_;
  HazardSums sums_;
  std::vector<HazardSums> parts_;
};

}  // namespace emptor::detail
