#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/math/special_functions.hpp"
#include "emptor/score/discrete_hazard.hpp"
#include "emptor/score/survival_concordance.hpp"
#include "score/chi_square.hpp"
#include "score/hazard_newton.hpp"
#include "score/survival_design.hpp"

namespace emptor {

namespace {

using detail::HazardData;
using detail::HazardLikelihood;
using detail::HazardNewton;
using detail::SurvivalColumn;
using detail::SurvivalDesign;

constexpr std::size_t most_periods = 100'000;
constexpr double rounding = 1e-9;  // of times against the ends of periods

void require_options(const DiscreteHazardOptions& options) {
  require_option(options.link <= HazardLink::cloglog, "link", "one of the two",
                 static_cast<int>(options.link));
  require_option(options.width > 0 && std::isfinite(options.width), "width", "> 0 and finite",
                 options.width);
  double before = 0;
  for (const double end : options.ends) {
    require_option(end > before && std::isfinite(end), "ends", "> 0, ascending and finite", end);
    before = end;
  }
  require_option(options.least_events > 0, "least_events", "> 0", options.least_events);
  require_option(options.smoothing >= 0 && std::isfinite(options.smoothing), "smoothing",
                 ">= 0 and finite", options.smoothing);
  require_option(options.ridge >= 0 && std::isfinite(options.ridge), "ridge", ">= 0 and finite",
                 options.ridge);
  require_option(options.max_iterations >= 1, "max_iterations", ">= 1", options.max_iterations);
  require_option(options.tolerance > 0, "tolerance", "> 0", options.tolerance);
  require_option(options.level > 0 && options.level < 1, "level", "in (0, 1)", options.level);
}

std::vector<double> ends_of(const SurvivalTimes& times, const DiscreteHazardOptions& options) {
  if (!options.ends.empty()) {
    require_option(options.ends.size() <= most_periods, "ends", "at most 100,000",
                   options.ends.size());
    return options.ends;
  }
  double latest = 0;
  for (const double time : times.time) latest = std::max(latest, time);
  const double periods = std::max(1.0, std::ceil(latest / options.width * (1 - rounding)));
  require_option(periods <= static_cast<double>(most_periods), "width",
                 "at least a 100,000th of the longest time", options.width);
  std::vector<double> ends;
  for (double k = 1; k <= periods; ++k) ends.push_back(k * options.width);
  return ends;
}

/// The periods [first, end) in which a customer counts; none when they are equal.
struct Seen {
  std::uint32_t first = 0;
  std::uint32_t end = 0;
  bool lost = false;
};

class PeriodsSeen {
 public:
  explicit PeriodsSeen(const std::vector<double>& ends) : ends_(ends) {
    double begin = 0;
    for (const double end : ends) {
      middles_.push_back(begin + (end - begin) / 2);
      begin = end;
    }
  }
  [[nodiscard]] Seen of(double entry, double time, bool event) const {
    Seen out;
    const auto place = [](auto at, const std::vector<double>& in) {
      return static_cast<std::uint32_t>(at - in.begin());
    };
    if (entry > 0) {
      out.first = place(std::lower_bound(middles_.begin(), middles_.end(), entry * (1 - rounding)),
                        middles_);
    }
    out.end =
        place(std::upper_bound(middles_.begin(), middles_.end(), time * (1 + rounding)), middles_);
    const std::uint32_t in =
        place(std::lower_bound(ends_.begin(), ends_.end(), time * (1 - rounding)), ends_);
    if (event && in < ends_.size()) {
      out.end = in + 1;
      out.lost = true;
    }
    out.end = std::max(out.end, out.first);
    return out;
  }

 private:
  const std::vector<double>& ends_;
  std::vector<double> middles_;
};

/// Everything but the columns.
struct Lives {
  HazardData data;
  std::vector<double> at_risk, events;  ///< by period
  double total_events = 0;
  double person_periods = 0;
};

Lives lives_of(const SurvivalDesign& design, const PeriodsSeen& periods,
               const DiscreteHazardOptions& options) {
  Lives out;
  HazardData& data = out.data;
  data.link = options.link;
  data.weight = design.weight;
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < design.size(); ++i) {
    const Seen seen = periods.of(design.entry.empty() ? 0 : design.entry[i], design.time[i],
                                 design.event[i] != 0);
    data.first.push_back(seen.first);
    data.end.push_back(seen.end);
    data.event.push_back(seen.lost ? 1 : 0);
    count = std::max(count, seen.end);
  }
  std::vector<double> change(count + 1, 0.0);
  std::vector<std::int64_t> rows(count + 1, 0);  // exact, so that nobody weighs nothing
  out.events.assign(count, 0.0);
  for (std::size_t i = 0; i < data.size(); ++i) {
    change[data.first[i]] += data.weight[i];
    change[data.end[i]] -= data.weight[i];
    ++rows[data.first[i]];
    --rows[data.end[i]];
    out.person_periods += data.weight[i] * (data.end[i] - data.first[i]);
    if (data.event[i] == 0) continue;
    out.events[data.end[i] - 1] += data.weight[i];
    out.total_events += data.weight[i];
  }
  double weight = 0;
  std::int64_t present = 0;
  for (std::size_t k = 0; k < count; ++k) {
    weight += change[k];
    present += rows[k];
    out.at_risk.push_back(present > 0 ? std::max(weight, out.events[k]) : 0);
  }
  // Groups: each as long as it has too few losses, the rest to the last.
  double events = 0;
  data.begins.push_back(0);
  for (std::uint32_t k = 0; k < count; ++k) {
    events += out.events[k];
    if (events >= options.least_events * (1 - rounding) && k + 1 < count) {
      data.begins.push_back(k + 1);
      events = 0;
    }
  }
  if (events < options.least_events * (1 - rounding) && data.begins.size() > 1) {
    data.begins.pop_back();
  }
  data.begins.push_back(count);
  for (std::uint32_t group = 0; group + 1 < data.begins.size(); ++group) {
    data.group.resize(data.begins[group + 1], group);
  }
  return out;
}

double link_of(HazardLink link, double hazard) {
  return link == HazardLink::cloglog ? std::log(-std::log1p(-hazard))
                                     : std::log(hazard) - std::log1p(-hazard);
}

/// What the hazards of groups are without columns; below 1.
std::vector<double> start_of(const Lives& lives, std::vector<std::uint8_t>& all_lost) {
  std::vector<double> out;
  for (std::size_t group = 0; group < lives.data.groups(); ++group) {
    double at_risk = 0;
    double events = 0;
    for (std::uint32_t k = lives.data.begins[group]; k < lives.data.begins[group + 1]; ++k) {
      at_risk += lives.at_risk[k];
      events += lives.events[k];
    }
    all_lost.push_back(events >= at_risk * (1 - 1e-12) ? 1 : 0);
    out.push_back(
        link_of(lives.data.link, std::min(events / at_risk, (at_risk + 0.5) / (at_risk + 1))));
  }
  return out;
}

std::vector<double> columns_of(const SurvivalDesign& design, std::span<const std::size_t> kept) {
  std::vector<double> out;
  out.reserve(design.size() * kept.size());
  for (std::size_t i = 0; i < design.size(); ++i) {
    for (const std::size_t j : kept) out.push_back(design.row(i)[j]);
  }
  return out;
}

void describe_periods(const Lives& lives, const std::vector<double>& ends,
                      const std::vector<double>& baseline, DiscreteHazardReport& report) {
  double survival = 1;
  for (std::size_t k = 0; k < baseline.size(); ++k) {
    HazardPeriod out{.begin = k == 0 ? 0 : ends[k - 1], .end = ends[k]};
    if (k < lives.at_risk.size()) {
      out.at_risk = lives.at_risk[k];
      out.events = lives.events[k];
      out.group = lives.data.group[k];
    }
    out.baseline = baseline[k];
    out.hazard = lives.data.link == HazardLink::cloglog ? -std::expm1(-std::exp(out.baseline))
                                                        : logistic(out.baseline);
    survival *= 1 - out.hazard;
    out.survival = survival;
    report.periods.push_back(out);
  }
}

}  // namespace

DiscreteHazardFit fit_discrete_hazard(const ScoreTable& table, const SurvivalTimes& times,
                                      const DiscreteHazardOptions& options,
                                      const Context& context) {
  require_options(options);
  require_survival_times(times, "fit_discrete_hazard");
  std::vector<double> ends = ends_of(times, options);
  const PeriodsSeen periods(ends);
  DiscreteHazardReport report;
  SurvivalTimes seen = times;
  std::vector<double> weight;
  for (std::size_t row = 0; row < times.size(); ++row) {
    const Seen own = periods.of(times.entry.empty() ? 0 : times.entry[row], times.time[row],
                                times.event[row] != 0);
    const bool unseen = own.first == own.end;
    weight.push_back(unseen ? 0 : times.weight_of(row));
    if (unseen && times.weight_of(row) > 0) ++report.unseen;
  }
  seen.weight = weight;
  seen.stratum = {};
  const SurvivalDesign design = detail::survival_design(table, seen, "fit_discrete_hazard");
  Lives lives = lives_of(design, periods, options);
  HazardData& data = lives.data;
  report.customers = design.size();
  report.incomplete = design.incomplete;
  report.events = lives.total_events;
  report.person_periods = lives.person_periods;
  report.no_events = !(lives.total_events > 0);
  for (const SurvivalColumn& column : design.columns) {
    report.coefficients.push_back({.name = column.name, .dropped = true});
  }
  std::vector<double> scaled(design.width(), 0.0);
  ends.resize(std::max<std::size_t>(1, lives.at_risk.size()));

  if (report.no_events) {
    const double hazard = 0.5 / (lives.person_periods + 1);
    std::vector<double> baseline(ends.size(), link_of(options.link, hazard));
    report.groups = 1;
    report.converged = true;
    describe_periods(lives, ends, baseline, report);
    if (design.size() > 0) {
      report.concordance =
          survival_concordance(design.times(), std::vector<double>(design.size(), 0.0));
    }
    return {DiscreteHazardModel(detail::survival_terms(table.schema(), design, scaled),
                                options.link, std::move(ends), std::move(baseline)),
            std::move(report)};
  }

  std::vector<std::uint8_t> all_lost;
  std::vector<double> start = start_of(lives, all_lost);
  HazardLikelihood null_likelihood(data, context);
  const HazardNewton null =
      detail::maximise_hazard(null_likelihood, std::move(start), {}, options, context);

  // Which columns tell anything beyond the periods.
  std::vector<std::size_t> kept;
  if (design.width() > 0) {
    data.width = design.width();
    data.values = design.values;
    HazardLikelihood all(data, context);
    const std::vector<std::uint8_t> independent = detail::independent_columns(
        detail::hazard_curvature(all, null.baseline, options.smoothing), design.width());
    for (std::size_t j = 0; j < design.width(); ++j) {
      if (independent[j] != 0) kept.push_back(j);
    }
  }
  const std::size_t p = kept.size();
  HazardNewton fit = null;
  if (p > 0) {
    data.width = p;
    if (p < design.width()) data.values = columns_of(design, kept);
    HazardLikelihood likelihood(data, context);
    fit = detail::maximise_hazard(likelihood, null.baseline, std::vector<double>(p, 0.0), options,
                                  context);
  }

  for (std::size_t j = 0; j < p; ++j) {
    scaled[kept[j]] = fit.beta[j];
    SurvivalCoefficient& out = report.coefficients[kept[j]];
    out = detail::survival_coefficient(design.columns[kept[j]], fit.beta[j],
                                       std::sqrt(fit.covariance[j * p + j]), options.level);
    // Near a maximum the last step is tiny; on a slope without end it stays about as long.
    out.unbounded = fit.promise < 1e-4 && std::abs(fit.step[j]) > 1e-2;
    report.separated = report.separated || out.unbounded;
  }
  std::vector<double> baseline;
  for (std::size_t k = 0; k < ends.size(); ++k) baseline.push_back(fit.baseline[data.group[k]]);
  describe_periods(lives, ends, baseline, report);
  for (HazardPeriod& period : report.periods) {
    period.error = fit.baseline_error[period.group];
    period.unbounded = all_lost[period.group] != 0;
    report.separated = report.separated || period.unbounded;
  }
  report.groups = data.groups();
  report.iterations = fit.iterations;
  report.converged = fit.converged;
  report.log_likelihood_null = null.value;
  report.log_likelihood = fit.value;
  report.aic = 2 * static_cast<double>(p + data.groups()) - 2 * fit.value;
  const double ratio = std::max(0.0, 2 * (fit.value - null.value));
  report.likelihood_ratio = {ratio, p, detail::chi_square_tail(ratio, p)};
  std::vector<double> risk(design.size(), 0.0);
  for (std::size_t i = 0; i < design.size(); ++i) {
    for (std::size_t j = 0; j < design.width(); ++j) risk[i] += scaled[j] * design.row(i)[j];
  }
  report.concordance = survival_concordance(design.times(), risk);
  return {DiscreteHazardModel(detail::survival_terms(table.schema(), design, scaled), options.link,
                              std::move(ends), std::move(baseline)),
          std::move(report)};
}

}  // namespace emptor
