// Survival estimators against their definitions, written out in quadratic time.

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/cox.hpp"
#include "emptor/score/kaplan_meier.hpp"
#include "emptor/score/log_rank.hpp"
#include "emptor/score/survival_concordance.hpp"
#include "support/property.hpp"
#include "support/survival_rows.hpp"

namespace {

using namespace emptor;
using test::SurvivalRows;

bool at_risk(const SurvivalRows& rows, std::size_t i, double time) {
  return rows.entry[i] < time && rows.time[i] >= time;
}

std::vector<double> times_of_losses(const SurvivalRows& rows, std::uint32_t stratum) {
  std::vector<double> out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.event[i] != 0 && rows.stratum[i] == stratum) out.push_back(rows.time[i]);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// Cox's partial likelihood by its definition: each time's losses against all at risk.
double partial_likelihood(const SurvivalRows& rows, CoxTies ties, double x, double c) {
  double sum = 0;
  const auto linear = [&](std::size_t i) { return x * rows.x[i] + c * (rows.c[i] == "b" ? 1 : 0); };
  for (std::uint32_t stratum = 0; stratum < 2; ++stratum) {
    for (const double time : times_of_losses(rows, stratum)) {
      double all = 0, lost = 0, weight = 0, count = 0;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows.stratum[i] != stratum || !at_risk(rows, i, time)) continue;
        const double risk = rows.weight[i] * std::exp(linear(i));
        all += risk;
        if (rows.event[i] == 0 || rows.time[i] != time) continue;
        lost += risk;
        weight += rows.weight[i];
        count += 1;
        sum += rows.weight[i] * linear(i);
      }
      for (double k = 0; k < count; ++k) {
        const double gone = ties == CoxTies::efron ? k / count * lost : 0;
        sum -= weight / count * std::log(all - gone);
      }
    }
  }
  return sum;
}

TEST_CASE("Cox maximises the partial likelihood by its definition") {
  test::check_property(
      "value, slopes, curvature and baseline",
      [](std::uint64_t seed) {
        const SurvivalRows rows = test::survival_rows(seed, 40);
        for (const CoxTies ties : {CoxTies::efron, CoxTies::breslow}) {
          const FittedCox fit = fit_cox(rows.table(), rows.view(), {.ties = ties});
          const auto& report = fit.report;
          if (report.no_events || report.separated || report.coefficients[0].dropped ||
              report.coefficients[1].dropped) {
            continue;
          }
          const auto at = [&](double x, double c) { return partial_likelihood(rows, ties, x, c); };
          const double x = report.coefficients[0].value;
          const double c = report.coefficients[1].value;
          const double value = at(x, c);
          RC_ASSERT(std::abs(report.log_likelihood - value) < 1e-9 * (1 + std::abs(value)));
          RC_ASSERT(std::abs(report.log_likelihood_null - at(0, 0)) < 1e-9 * (1 + std::abs(value)));
          const double h = 1e-3;
          RC_ASSERT(std::abs(at(x + h, c) - at(x - h, c)) / (2 * h) < 1e-3);
          RC_ASSERT(std::abs(at(x, c + h) - at(x, c - h)) / (2 * h) < 1e-3);
          const double xx = -(at(x + h, c) - 2 * value + at(x - h, c)) / (h * h);
          const double cc = -(at(x, c + h) - 2 * value + at(x, c - h)) / (h * h);
          const double xc =
              -(at(x + h, c + h) - at(x + h, c - h) - at(x - h, c + h) + at(x - h, c - h)) /
              (4 * h * h);
          const double determinant = xx * cc - xc * xc;
          RC_ASSERT(std::abs(report.coefficients[0].error / std::sqrt(cc / determinant) - 1) <
                    1e-3);
          RC_ASSERT(std::abs(report.coefficients[1].error / std::sqrt(xx / determinant) - 1) <
                    1e-3);
          for (std::uint32_t stratum = 0; stratum < 2; ++stratum) {
            double hazard = 0;
            for (const double time : times_of_losses(rows, stratum)) {
              double all = 0, lost = 0, weight = 0, count = 0;
              for (std::size_t i = 0; i < rows.size(); ++i) {
                if (rows.stratum[i] != stratum || !at_risk(rows, i, time)) continue;
                const double risk = rows.weight[i] * std::exp(fit.model.score(rows.table().row(i)));
                all += risk;
                if (rows.event[i] == 0 || rows.time[i] != time) continue;
                lost += risk;
                weight += rows.weight[i];
                count += 1;
              }
              for (double k = 0; k < count; ++k) {
                hazard += weight / count / (all - (ties == CoxTies::efron ? k / count * lost : 0));
              }
              RC_ASSERT(std::abs(fit.model.cumulative_hazard(time, stratum) / hazard - 1) < 1e-9);
            }
          }
        }
      },
      60);
}

TEST_CASE("Harrell's concordance counts pairs") {
  test::check_property(
      "all pairs",
      [](std::uint64_t seed) {
        const SurvivalRows rows = test::survival_rows(seed, 30);
        RandomStream random(seed, 1);
        std::vector<double> risk;
        for (std::size_t i = 0; i < rows.size(); ++i) risk.push_back(random.below(6));
        SurvivalConcordance pairs;
        for (std::size_t i = 0; i < rows.size(); ++i) {
          for (std::size_t j = 0; j < rows.size(); ++j) {
            if (i == j || rows.stratum[i] != rows.stratum[j] || rows.event[i] == 0) continue;
            const double weight = rows.weight[i] * rows.weight[j];
            const double when = rows.time[i];
            if (rows.event[j] != 0 && rows.time[j] == when) {
              pairs.tied_event += weight / 2;  // seen from both sides
            } else if (at_risk(rows, j, when)) {
              (risk[i] > risk[j]   ? pairs.concordant
               : risk[i] < risk[j] ? pairs.discordant
                                   : pairs.tied_risk) += weight;
            }
          }
        }
        const SurvivalConcordance own = survival_concordance(rows.view(), risk);
        RC_ASSERT(own.concordant == pairs.concordant);
        RC_ASSERT(own.discordant == pairs.discordant);
        RC_ASSERT(own.tied_risk == pairs.tied_risk);
        RC_ASSERT(own.tied_event == pairs.tied_event);
      },
      200);
}

TEST_CASE("Kaplan-Meier is the product over times, with Greenwood's sum") {
  test::check_property(
      "any lives",
      [](std::uint64_t seed) {
        const SurvivalRows rows = test::survival_rows(seed, 30);
        const SurvivalCurve curve = kaplan_meier(rows.view());
        double survival = 1, variance = 0;
        std::vector<double> all = rows.time;
        std::sort(all.begin(), all.end());
        all.erase(std::unique(all.begin(), all.end()), all.end());
        RC_ASSERT(curve.points.size() == all.size());
        for (std::size_t k = 0; k < all.size(); ++k) {
          double present = 0, lost = 0, censored = 0;
          for (std::size_t i = 0; i < rows.size(); ++i) {
            if (!at_risk(rows, i, all[k])) continue;
            present += rows.weight[i];
            if (rows.time[i] != all[k]) continue;
            (rows.event[i] != 0 ? lost : censored) += rows.weight[i];
          }
          survival *= 1 - lost / present;
          if (lost > 0) variance += lost / (present * (present - lost));
          const SurvivalPoint& point = curve.points[k];
          RC_ASSERT(point.time == all[k]);
          RC_ASSERT(point.at_risk == present);
          RC_ASSERT(point.events == lost);
          RC_ASSERT(point.censored == censored);
          RC_ASSERT(std::abs(point.survival - survival) < 1e-12);
          RC_ASSERT(survival_at(curve, all[k]) == point.survival);
          if (lost == present) return;  // the curve stays at 0
          RC_ASSERT(std::abs(point.log_error - std::sqrt(variance)) <
                    1e-12 * (1 + point.log_error));
        }
      },
      200);
}

TEST_CASE("log-rank: observed, expected and covariance by definition, whatever the codes") {
  test::check_property(
      "any groups",
      [](std::uint64_t seed) {
        const SurvivalRows rows = test::survival_rows(seed, 40);
        RandomStream random(seed, 1);
        std::vector<std::uint32_t> groups;
        for (std::size_t i = 0; i < rows.size(); ++i) groups.push_back(random.below(3));
        const LogRankResult own = log_rank_test(rows.view(), groups);
        std::vector<double> observed(3, 0.0), expected(3, 0.0), variance(3, 0.0);
        for (std::uint32_t stratum = 0; stratum < 2; ++stratum) {
          for (const double time : times_of_losses(rows, stratum)) {
            std::vector<double> present(3, 0.0);
            double all = 0, lost = 0;
            for (std::size_t i = 0; i < rows.size(); ++i) {
              if (rows.stratum[i] != stratum || !at_risk(rows, i, time)) continue;
              present[groups[i]] += rows.weight[i];
              all += rows.weight[i];
              if (rows.event[i] == 0 || rows.time[i] != time) continue;
              lost += rows.weight[i];
              observed[groups[i]] += rows.weight[i];
            }
            for (std::size_t g = 0; g < 3; ++g) {
              expected[g] += lost * present[g] / all;
              if (all > 1) {
                variance[g] +=
                    lost * (all - lost) / (all - 1) * present[g] / all * (1 - present[g] / all);
              }
            }
          }
        }
        for (std::size_t g = 0; g < own.groups.size(); ++g) {
          const std::uint32_t code = own.groups[g].group;
          RC_ASSERT(std::abs(own.groups[g].observed - observed[code]) < 1e-9);
          RC_ASSERT(std::abs(own.groups[g].expected - expected[code]) < 1e-9);
          RC_ASSERT(std::abs(own.covariance[g * own.groups.size() + g] - variance[code]) < 1e-9);
        }
        std::vector<std::uint32_t> renamed;
        for (const std::uint32_t group : groups) renamed.push_back(90 - 40 * group);
        const LogRankResult other = log_rank_test(rows.view(), renamed);
        RC_ASSERT(other.degrees == own.degrees);
        RC_ASSERT(std::abs(other.chi_square - own.chi_square) < 1e-8 * (1 + own.chi_square));
      },
      100);
}

TEST_CASE("survival: the order of rows does not matter, a weight of 2 is a customer twice") {
  test::check_property(
      "any lives",
      [](std::uint64_t seed) {
        const SurvivalRows rows = test::survival_rows(seed, 40);
        const SurvivalRows mixed = test::shuffled(rows, seed);
        const SurvivalRows repeated = test::repeated(rows);
        const FittedCox cox = fit_cox(rows.table(), rows.view(), {.ties = CoxTies::breslow});
        for (const SurvivalRows& other : {mixed, repeated}) {
          const FittedCox same = fit_cox(other.table(), other.view(), {.ties = CoxTies::breslow});
          RC_ASSERT(same.report.events == cox.report.events);
          RC_ASSERT(same.report.separated == cox.report.separated);
          if (cox.report.separated) continue;
          RC_ASSERT(test::close(same.report.log_likelihood, cox.report.log_likelihood, 1e-9));
          for (std::size_t j = 0; j < 2; ++j) {
            RC_ASSERT(std::abs(same.report.coefficients[j].value -
                               cox.report.coefficients[j].value) < 1e-5);
            RC_ASSERT(std::abs(same.report.coefficients[j].error -
                               cox.report.coefficients[j].error) < 1e-5);
          }
        }
        const SurvivalCurve curve = kaplan_meier(rows.view());
        const SurvivalCurve again = kaplan_meier(mixed.view());
        const SurvivalCurve twice = kaplan_meier(repeated.view());
        for (const SurvivalCurve& other : {again, twice}) {
          RC_ASSERT(curve.points.size() == other.points.size());
          for (std::size_t k = 0; k < curve.points.size(); ++k) {
            RC_ASSERT(curve.points[k].time == other.points[k].time);
            RC_ASSERT(curve.points[k].at_risk == other.points[k].at_risk);  // whole: exact
            RC_ASSERT(curve.points[k].survival == other.points[k].survival);
            RC_ASSERT(curve.points[k].log_error == other.points[k].log_error);
          }
        }
      },
      60);
}

}  // namespace
