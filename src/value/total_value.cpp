#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/minimise.hpp"
#include "emptor/math/statistics.hpp"
#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/customer_value.hpp"
#include "emptor/value/pareto_nbd.hpp"

namespace emptor {

namespace {

constexpr std::uint32_t usual_draws = 200;

/// Parameters as their fit knows them: their logarithms are normal.
class DrawnParameters {
 public:
  DrawnParameters(const ValueFitReport& report, std::size_t n, std::string_view of) {
    const bool fits = report.parameters.size() == n &&
                      (report.covariance.empty() || report.covariance.size() == n * n);
    if (!fits) {
      throw Exception(ErrorCode::invalid_shape, text("the report is not of a fit of ", of),
                      "total_value_interval_of");
    }
    for (const ValueParameter& parameter : report.parameters) values_.push_back(parameter.value);
    if (!report.covariance.empty()) lower_ = small_cholesky(report.covariance, n);
  }
  [[nodiscard]] bool known() const noexcept { return !lower_.empty(); }
  /// Kept within a factor of 1e100, which a fit that tells nothing would leave.
  [[nodiscard]] std::vector<double> draw(RandomStream& random) const {
    const std::size_t n = values_.size();
    std::vector<double> normal(n), out(n);
    for (double& z : normal) z = random.normal();
    for (std::size_t i = 0; i < n; ++i) {
      double shift = 0;
      for (std::size_t j = 0; j <= i; ++j) shift += lower_[i * n + j] * normal[j];
      out[i] = values_[i] * std::exp(std::clamp(shift, -230.0, 230.0));
    }
    return out;
  }

 private:
  std::vector<double> values_;
  std::vector<double> lower_;
};

std::unique_ptr<PurchaseModel> model_with(const PurchaseModel& model,
                                          std::span<const double> values) {
  if (const auto* bg = dynamic_cast<const BgNbdModel*>(&model)) {
    return std::make_unique<BgNbdModel>(
        BgNbdParameters{.r = values[0], .alpha = values[1], .a = values[2], .b = values[3]},
        bg->variant());
  }
  if (dynamic_cast<const ParetoNbdModel*>(&model) != nullptr) {
    return std::make_unique<ParetoNbdModel>(
        ParetoNbdParameters{.r = values[0], .alpha = values[1], .s = values[2], .beta = values[3]});
  }
  throw Exception(ErrorCode::unsupported,
                  text("parameters of the model '", model.name(), "' cannot be drawn"),
                  "total_value_interval_of");
}

}  // namespace

TotalValueInterval total_value_interval_of(
    const RepeatPurchases& purchases, std::span<const double> mean_spend,
    const PurchaseModel& model, const ValueFitReport& buying, const GammaGammaModel& spend,
    const ValueFitReport& spending, const CustomerValueOptions& options, const Context& context) {
  const DrawnParameters buys(buying, 4, model.name());
  const DrawnParameters spends(spending, 3, "gamma_gamma");
  CustomerValueOptions each = options;
  each.draws = 0;
  if (!buys.known() || !spends.known()) {
    static_cast<void>(customer_values_of(purchases, mean_spend, model, spend, each, context));
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    return {nan, nan, nan};
  }
  std::vector<double> totals;
  const std::uint32_t draws = options.draws > 0 ? options.draws : usual_draws;
  for (std::uint32_t draw = 0; draw < draws; ++draw) {
    RandomStream random(options.seed, draw);
    const std::unique_ptr<PurchaseModel> drawn = model_with(model, buys.draw(random));
    const std::vector<double> g = spends.draw(random);
    totals.push_back(customer_values_of(purchases, mean_spend, *drawn,
                                        GammaGammaModel({.p = g[0], .q = g[1], .v = g[2]}), each,
                                        context)
                         .total_value);
  }
  std::sort(totals.begin(), totals.end());
  const std::span<const double> sorted(totals);
  const double tail = (1 - options.interval) / 2;
  return {.low = quantile_of_sorted(sorted, tail),
          .median = quantile_of_sorted(sorted, 0.5),
          .high = quantile_of_sorted(sorted, 1 - tail)};
}

}  // namespace emptor
