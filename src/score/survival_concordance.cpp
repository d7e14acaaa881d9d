#include "emptor/score/survival_concordance.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "emptor/core/error.hpp"
#include "score/survival_order.hpp"

namespace emptor {

namespace {

/// Sums of weights by rank, any prefix in O(log n).
class PrefixSums {
 public:
  explicit PrefixSums(std::size_t size) : sums_(size + 1, 0.0) {}
  void clear() { std::fill(sums_.begin(), sums_.end(), 0.0); }
  void add(std::size_t rank, double weight) noexcept {
    for (std::size_t i = rank + 1; i < sums_.size(); i += i & (~i + 1)) sums_[i] += weight;
  }
  /// Of the ranks below this one.
  [[nodiscard]] double below(std::size_t rank) const noexcept {
    double sum = 0;
    for (std::size_t i = rank; i > 0; i &= i - 1) sum += sums_[i];
    return sum;
  }

 private:
  std::vector<double> sums_;
};

}  // namespace

SurvivalConcordance survival_concordance(const SurvivalTimes& times, std::span<const double> risk) {
  require_survival_times(times, "survival_concordance");
  if (risk.size() != times.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text(risk.size(), " risks for ", times.size(), " customers"),
                    "survival_concordance");
  }
  for (std::size_t row = 0; row < risk.size(); ++row) {
    if (std::isnan(risk[row])) {
      throw Exception(ErrorCode::invalid_value, text("row ", row, ": a risk must be a number"),
                      "survival_concordance");
    }
  }
  const detail::SurvivalOrder order = detail::survival_order(times);
  std::vector<double> values(risk.begin(), risk.end());
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  std::vector<std::uint32_t> rank(risk.size());
  for (std::size_t row = 0; row < risk.size(); ++row) {
    rank[row] = static_cast<std::uint32_t>(
        std::lower_bound(values.begin(), values.end(), risk[row]) - values.begin());
  }

  SurvivalConcordance out;
  PrefixSums sums(values.size());
  for (std::size_t stratum = 0; stratum + 1 < order.strata.size(); ++stratum) {
    sums.clear();
    double present = 0;
    // At risk when a time is visited are its own rows, too: its losses are taken out for it.
    const auto add = [&](std::uint32_t row) {
      sums.add(rank[row], times.weight_of(row));
      present += times.weight_of(row);
    };
    const auto remove = [&](std::uint32_t row) {
      sums.add(rank[row], -times.weight_of(row));
      present -= times.weight_of(row);
    };
    detail::walk_back(times, order, order.strata[stratum], order.strata[stratum + 1], add, remove,
                      [&](std::size_t first, std::size_t last) {
                        double lost = 0;
                        double squares = 0;
                        for (std::size_t at = first; at < last; ++at) {
                          const std::uint32_t row = order.by_time[at];
                          if (times.event[row] == 0) continue;
                          remove(row);
                          lost += times.weight_of(row);
                          squares += times.weight_of(row) * times.weight_of(row);
                        }
                        if (lost == 0) return;
                        out.tied_event += (lost * lost - squares) / 2;
                        for (std::size_t at = first; at < last; ++at) {
                          const std::uint32_t row = order.by_time[at];
                          if (times.event[row] == 0) continue;
                          const double weight = times.weight_of(row);
                          const double lower = sums.below(rank[row]);
                          const double equal = sums.below(rank[row] + 1u) - lower;
                          out.concordant += weight * lower;
                          out.tied_risk += weight * equal;
                          out.discordant += weight * (present - lower - equal);
                        }
                        for (std::size_t at = first; at < last; ++at) {
                          const std::uint32_t row = order.by_time[at];
                          if (times.event[row] != 0) add(row);
                        }
                      });
  }
  const double pairs = out.concordant + out.discordant + out.tied_risk;
  if (pairs > 0) out.concordance = (out.concordant + out.tied_risk / 2) / pairs;
  return out;
}

}  // namespace emptor
