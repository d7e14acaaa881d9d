#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "emptor/core/error.hpp"
#include "emptor/math/minimise.hpp"
#include "emptor/value/demand.hpp"

namespace emptor {

namespace {

constexpr int most_season = 24;

struct Parts {
  bool trend = false;
  bool damped = false;
  bool seasonal = false;

  [[nodiscard]] std::size_t smoothing_parameters() const noexcept {
    return 1U + (trend ? 1U : 0U) + (damped ? 1U : 0U) + (seasonal ? 1U : 0U);
  }
  [[nodiscard]] std::size_t states(std::size_t m) const noexcept {
    return 1 + (trend ? 1U : 0U) + (seasonal ? m - 1 : 0);
  }
};

/// alpha, beta, phi, gamma by place; parts that a model has not stay at what makes them idle.
struct Parameters {
  double alpha = 0;
  double beta = 0;
  double phi = 1;
  double gamma = 0;
};

double logistic(double x) noexcept {
  return 1 / (1 + std::exp(-x));
}

/// From the free numbers of the search, and the derivative by each of them.
struct Mapped {
  Parameters at;
  std::array<Parameters, 4> by{};  // zero but for what depends on the number
};

Mapped mapped(const Parts& parts, std::span<const double> free) {
  Mapped out;
  std::size_t next = 0;
  const auto between = [](double low, double high, double x, double& slope) {
    const double share = logistic(x);
    slope = (high - low) * share * (1 - share);
    return low + (high - low) * share;
  };
  for (Parameters& zero : out.by) zero.phi = 0;
  constexpr double least = 1e-4;
  double slope = 0;
  out.at.alpha = between(least, 1 - least, free[next], slope);
  const std::size_t alpha = next++;
  out.by[alpha].alpha = slope;
  if (parts.trend) {
    double own = 0;
    const double share = between(least, 1 - least, free[next], own);
    out.at.beta = out.at.alpha * share;
    out.by[alpha].beta = slope * share;
    out.by[next++].beta = out.at.alpha * own;
  }
  if (parts.damped) {
    double own = 0;
    out.at.phi = between(0.8, 0.98, free[next], own);
    out.by[next++].phi = own;
  }
  if (parts.seasonal) {
    double own = 0;
    const double share = between(least, 1 - least, free[next], own);
    out.at.gamma = (1 - out.at.alpha) * share;
    out.by[alpha].gamma = -slope * share;
    out.by[next].gamma = (1 - out.at.alpha) * own;
  }
  return out;
}

/// Solves A x = b, A symmetric, positive semidefinite, k x k, row-major, overwritten; an unknown
/// that the others determine becomes 0.
void solve(std::vector<double>& a, std::vector<double>& b, std::size_t k) {
  double largest = 0;
  for (std::size_t i = 0; i < k; ++i) largest = std::max(largest, a[i * k + i]);
  std::vector<bool> kept(k, true);
  for (std::size_t j = 0; j < k; ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      if (!kept[i]) continue;
      const double factor = a[j * k + i];
      for (std::size_t r = j; r < k; ++r) a[r * k + j] -= a[r * k + i] * factor * a[i * k + i];
    }
    kept[j] = a[j * k + j] > 1e-13 * largest;
    if (!kept[j]) continue;
    for (std::size_t r = j + 1; r < k; ++r) a[r * k + j] /= a[j * k + j];
  }
  for (std::size_t j = 0; j < k; ++j) {
    for (std::size_t i = 0; i < j && kept[j]; ++i) {
      if (kept[i]) b[j] -= a[j * k + i] * b[i];
    }
  }
  for (std::size_t j = 0; j < k; ++j) b[j] = kept[j] ? b[j] / a[j * k + j] : 0;
  for (std::size_t j = k; j-- > 0;) {
    for (std::size_t r = j + 1; r < k && kept[j]; ++r) {
      if (kept[r]) b[j] -= a[r * k + j] * b[r];
    }
  }
}

/// Fits one model: squared error and its slope by the parameters, first states found on the way.
class SmoothingProblem {
 public:
  SmoothingProblem(std::span<const double> values, int season, const Parts& parts)
      : values_(values),
        m_(parts.seasonal ? static_cast<std::size_t>(season) : 1),
        parts_(parts),
        k_(parts.states(m_)) {}

  /// First states by least squares for these parameters: errors are linear in them.
  void find_states(const Parameters& p) {
    // Column 0 runs on the values from states of 0, column j on nothing from the j-th unit state.
    const std::size_t columns = k_ + 1;
    level_.assign(columns, 0);
    slope_.assign(columns, 0);
    season_.assign(columns * m_, 0);
    std::size_t next = 1;
    level_[next++] = 1;
    if (parts_.trend) slope_[next++] = 1;
    for (std::size_t s = 0; next < columns; ++next, ++s) {
      season_[s * columns + next] = 1;
      season_[(m_ - 1) * columns + next] = -1;
    }
    normal_.assign(k_ * k_, 0);
    states_.assign(k_, 0);
    errors_.resize(columns);
    for (std::size_t t = 0; t < values_.size(); ++t) {
      double* season = season_.data() + (t % m_) * columns;
      for (std::size_t j = 0; j < columns; ++j) {
        const double carried = p.phi * slope_[j];
        const double error = (j == 0 ? values_[t] : 0) - level_[j] - carried - season[j];
        level_[j] += carried + p.alpha * error;
        slope_[j] = carried + p.beta * error;
        season[j] += p.gamma * error;
        errors_[j] = error;
      }
      for (std::size_t i = 0; i < k_; ++i) {
        for (std::size_t j = 0; j <= i; ++j) normal_[i * k_ + j] += errors_[i + 1] * errors_[j + 1];
        states_[i] -= errors_[i + 1] * errors_[0];
      }
    }
    solve(normal_, states_, k_);
  }

  /// The squared error from the states found; adds its slope by each free number.
  double squared_error(const Mapped& p, std::span<double> slopes) {
    struct Line {
      double level = 0;
      double slope = 0;
      double error = 0;
    };
    std::array<Line, 5> lines{};  // [0] the model, then its derivatives
    const std::size_t count = slopes.size() + 1;
    season_.assign(5 * m_, 0);
    lines[0].level = states_[0];
    if (parts_.trend) lines[0].slope = states_[1];
    if (parts_.seasonal) {
      double sum = 0;
      for (std::size_t s = 0; s + 1 < m_; ++s) {
        season_[s * 5] = states_[k_ - m_ + 1 + s];
        sum += season_[s * 5];
      }
      season_[(m_ - 1) * 5] = -sum;
    }
    double total = 0;
    std::fill(slopes.begin(), slopes.end(), 0.0);
    for (std::size_t t = 0; t < values_.size(); ++t) {
      double* season = season_.data() + (t % m_) * 5;
      const double slope_before = lines[0].slope;
      for (std::size_t j = 0; j < count; ++j) {
        Line& line = lines[j];
        const double carried =
            p.at.phi * line.slope + (j == 0 ? 0 : p.by[j - 1].phi * slope_before);
        const double error = (j == 0 ? values_[t] : 0) - line.level - carried - season[j];
        line.level += carried + p.at.alpha * error;
        line.slope = carried + p.at.beta * error;
        season[j] += p.at.gamma * error;
        if (j > 0) {
          line.level += p.by[j - 1].alpha * lines[0].error;
          line.slope += p.by[j - 1].beta * lines[0].error;
          season[j] += p.by[j - 1].gamma * lines[0].error;
          slopes[j - 1] += 2 * lines[0].error * error;
        } else {
          total += error * error;
        }
        line.error = error;
      }
    }
    return total;
  }

  [[nodiscard]] SmoothingFit fit() {
    const auto n = static_cast<double>(values_.size());
    double scale = 0;
    for (const double value : values_) scale += value * value;
    // A perfect fit has no likelihood: errors below rounding count as that much.
    const double least = std::max(scale * 1e-28, 1e-300);
    const auto objective = [&](std::span<const double> free, std::span<double> gradient) {
      const Mapped p = mapped(parts_, free);
      find_states(p.at);
      const double squared = squared_error(p, gradient);
      const double floored = std::max(squared, least);
      for (double& g : gradient) g = squared > least ? n * g / squared : 0;
      return n * std::log(floored);
    };
    const std::size_t parameters = parts_.smoothing_parameters();
    std::optional<Minimum> best;
    for (const double first : {-1.0, 1.5}) {
      std::vector<double> start(parameters, -1.5);
      start[0] = first;
      if (parts_.damped) start[2] = 1;
      Minimum found =
          minimise(objective, start, {.max_iterations = 200, .gradient_tolerance = 1e-7});
      if (!best || found.value < best->value) best = std::move(found);
    }
    const Mapped p = mapped(parts_, best->at);
    find_states(p.at);
    std::vector<double> slopes(parameters);
    SmoothingFit out{.trend = parts_.trend,
                     .damped = parts_.damped,
                     .seasonal = parts_.seasonal,
                     .alpha = p.at.alpha,
                     .first_season = {}};
    if (parts_.trend) out.beta = p.at.beta;
    if (parts_.damped) out.phi = p.at.phi;
    if (parts_.seasonal) out.gamma = p.at.gamma;
    out.squared_error = squared_error(p, slopes);
    out.first_level = states_[0];
    if (parts_.trend) out.first_slope = states_[1];
    if (parts_.seasonal) {
      out.first_season.assign(states_.begin() + static_cast<std::ptrdiff_t>(k_ - m_ + 1),
                              states_.end());
      double sum = 0;
      for (const double state : out.first_season) sum += state;
      out.first_season.push_back(-sum);
    }
    out.parameters = static_cast<int>(parameters + k_);
    const double p_all = static_cast<double>(out.parameters) + 1;
    out.sigma = std::sqrt(out.squared_error / std::max(1.0, n - out.parameters));
    out.aicc = n * std::log(std::max(out.squared_error, least)) + 2 * p_all +
               2 * p_all * (p_all + 1) / (n - p_all - 1);
    out.converged = best->converged;
    return out;
  }

 private:
  std::span<const double> values_;
  std::size_t m_;
  Parts parts_;
  std::size_t k_;  // first states
  std::vector<double> level_, slope_, season_, normal_, states_, errors_;
};

void check(std::span<const double> values, int season) {
  require_option(season >= 1 && season <= most_season, "season", "in [1, 24]", season);
  if (values.size() < 3) {
    throw Exception(ErrorCode::invalid_value,
                    text("smoothing needs at least 3 values, got ", values.size()),
                    "fit_smoothing");
  }
  for (std::size_t t = 0; t < values.size(); ++t) {
    if (!(std::abs(values[t]) <= largest_demand)) {
      throw Exception(ErrorCode::invalid_value, text("value ", t, " is no number up to 1e100"),
                      "fit_smoothing");
    }
  }
}

bool can_fit(std::size_t values, int season, const Parts& parts) noexcept {
  const auto m = static_cast<std::size_t>(season);
  if (parts.seasonal && (m < 2 || values < 2 * m + 1)) return false;
  return values > parts.smoothing_parameters() + parts.states(m) + 2;
}

}  // namespace

SmoothingFit fit_smoothing(std::span<const double> values, int season, bool trend, bool damped,
                           bool seasonal) {
  check(values, season);
  require_option(trend || !damped, "damped", "false without a trend", damped);
  require_option(!seasonal || season >= 2, "season", ">= 2 for a seasonal model", season);
  return SmoothingProblem(values, season, {trend, damped, seasonal}).fit();
}

SmoothingFit fit_smoothing(std::span<const double> values, int season) {
  check(values, season);
  constexpr Parts models[] = {{false, false, false}, {true, false, false}, {true, true, false},
                              {false, false, true},  {true, false, true},  {true, true, true}};
  std::optional<SmoothingFit> best;
  for (const Parts& parts : models) {
    if (best && !can_fit(values.size(), season, parts)) continue;
    SmoothingFit fit = SmoothingProblem(values, season, parts).fit();
    if (!best || fit.aicc < best->aicc) best = std::move(fit);
  }
  return *best;
}

std::vector<SmoothingStep> smoothing_forecast(const SmoothingFit& fit,
                                              std::span<const double> values, std::size_t h) {
  if (fit.seasonal && fit.first_season.empty()) {
    throw Exception(ErrorCode::invalid_shape, "a seasonal fit needs first_season",
                    "smoothing_forecast");
  }
  double level = fit.first_level;
  double slope = fit.first_slope;
  std::vector<double> season = fit.seasonal ? fit.first_season : std::vector<double>(1, 0.0);
  const std::size_t m = season.size();
  const double phi = fit.damped ? fit.phi : 1;
  for (std::size_t t = 0; t < values.size(); ++t) {
    const double carried = phi * slope;
    const double error = values[t] - level - carried - season[t % m];
    level += carried + fit.alpha * error;
    slope = carried + (fit.trend ? fit.beta * error : 0);
    season[t % m] += fit.seasonal ? fit.gamma * error : 0;
  }
  std::vector<SmoothingStep> out;
  out.reserve(h);
  double trend = 0;    // phi + ... + phi^j
  double power = 1;    // phi^j
  double squares = 1;  // 1 + c_1^2 + ... + c_(j-1)^2
  for (std::size_t j = 1; j <= h; ++j) {
    power *= phi;
    trend += power;
    out.push_back({level + trend * slope + season[(values.size() + j - 1) % m],
                   fit.sigma * fit.sigma * squares});
    double c = fit.alpha;
    if (fit.trend) c += fit.beta * trend;
    if (fit.seasonal && j % m == 0) c += fit.gamma;
    squares += c * c;
  }
  return out;
}

}  // namespace emptor
