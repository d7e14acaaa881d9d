#include "emptor/score/log_rank.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "emptor/core/error.hpp"
#include "score/chi_square.hpp"
#include "score/survival_order.hpp"

namespace emptor {

namespace {

/// x' A^- x for a symmetric A >= 0 whose dependent columns are passed over; `degrees` counts the
/// others.
double quadratic_form(std::vector<double> a, std::vector<double> x, std::size_t& degrees) {
  const std::size_t k = x.size();
  std::vector<double> diagonal(k);
  for (std::size_t i = 0; i < k; ++i) diagonal[i] = a[i * k + i];
  double sum = 0;
  degrees = 0;
  for (std::size_t i = 0; i < k; ++i) {
    const double pivot = a[i * k + i];
    if (!(pivot > 1e-10 * diagonal[i])) continue;
    ++degrees;
    sum += x[i] * x[i] / pivot;
    for (std::size_t row = i + 1; row < k; ++row) {
      const double factor = a[row * k + i] / pivot;
      x[row] -= factor * x[i];
      for (std::size_t column = i + 1; column < k; ++column) {
        a[row * k + column] -= factor * a[i * k + column];
      }
    }
  }
  return sum;
}

}  // namespace

LogRankResult log_rank_test(const SurvivalTimes& times, std::span<const std::uint32_t> groups,
                            const LogRankOptions& options) {
  require_option(options.rho >= 0 && std::isfinite(options.rho), "rho", ">= 0 and finite",
                 options.rho);
  require_survival_times(times, "log_rank_test");
  if (groups.size() != times.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text(groups.size(), " groups for ", times.size(), " customers"),
                    "log_rank_test");
  }
  const detail::SurvivalOrder order = detail::survival_order(times);
  std::vector<std::uint32_t> codes;
  codes.reserve(order.by_time.size());
  for (const std::uint32_t row : order.by_time) codes.push_back(groups[row]);
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  const std::size_t k = codes.size();
  std::vector<std::uint32_t> group_of(times.size());
  for (const std::uint32_t row : order.by_time) {
    group_of[row] = static_cast<std::uint32_t>(
        std::lower_bound(codes.begin(), codes.end(), groups[row]) - codes.begin());
  }

  LogRankResult out;
  out.groups.resize(k);
  for (std::size_t g = 0; g < k; ++g) out.groups[g].group = codes[g];
  out.covariance.assign(k * k, 0);
  for (const std::uint32_t row : order.by_time) {
    out.groups[group_of[row]].customers += times.weight_of(row);
  }

  struct Loss {
    double at_risk, events;
  };
  std::vector<double> at_risk(k), events(k), excess(k, 0.0);
  std::vector<double> later;  // k + k numbers a time of losses: at risk and lost
  std::vector<Loss> losses;
  for (std::size_t stratum = 0; stratum + 1 < order.strata.size(); ++stratum) {
    std::fill(at_risk.begin(), at_risk.end(), 0.0);
    later.clear();
    losses.clear();
    detail::walk_back(
        times, order, order.strata[stratum], order.strata[stratum + 1],
        [&](std::uint32_t row) { at_risk[group_of[row]] += times.weight_of(row); },
        [&](std::uint32_t row) { at_risk[group_of[row]] -= times.weight_of(row); },
        [&](std::size_t first, std::size_t last) {
          std::fill(events.begin(), events.end(), 0.0);
          Loss loss{0, 0};
          for (std::size_t at = first; at < last; ++at) {
            const std::uint32_t row = order.by_time[at];
            if (times.event[row] == 0) continue;
            events[group_of[row]] += times.weight_of(row);
            loss.events += times.weight_of(row);
          }
          if (loss.events == 0) return;
          for (const double weight : at_risk) loss.at_risk += weight;
          losses.push_back(loss);
          later.insert(later.end(), at_risk.begin(), at_risk.end());
          later.insert(later.end(), events.begin(), events.end());
        });
    double survival = 1;
    for (std::size_t i = losses.size(); i-- > 0;) {
      const auto [n, d] = losses[i];
      const double* risk = later.data() + i * 2 * k;
      const double* lost = risk + k;
      const double factor = options.rho == 0 ? 1 : std::pow(survival, options.rho);
      survival *= std::max(0.0, 1 - d / n);
      const double spread = n > 1 ? factor * factor * d * std::max(0.0, n - d) / (n - 1) : 0;
      for (std::size_t g = 0; g < k; ++g) {
        const double share = risk[g] / n;
        out.groups[g].observed += factor * lost[g];
        out.groups[g].expected += factor * d * share;
        for (std::size_t other = 0; other < k; ++other) {
          out.covariance[g * k + other] += spread * share * ((g == other) - risk[other] / n);
        }
      }
    }
  }
  for (std::size_t g = 0; g < k; ++g) excess[g] = out.groups[g].observed - out.groups[g].expected;
  out.chi_square = quadratic_form(out.covariance, excess, out.degrees);
  out.p_value = detail::chi_square_tail(out.chi_square, out.degrees);
  return out;
}

}  // namespace emptor
