#include "emptor/score/survey_sampling.hpp"

#include <algorithm>
#include <cmath>
#include <queue>
#include <utility>

#include "emptor/core/error.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/normal.hpp"

namespace emptor {

SurveySampleSize survey_sample_size(const SurveySizeOptions& options) {
  const auto positive = [](double value, const char* name) {
    require_option(value > 0 && std::isfinite(value), name, "> 0 and finite", value);
  };
  positive(options.margin, "margin");
  positive(options.deviation, "deviation");
  positive(options.design_effect, "design_effect");
  require_option(options.confidence > 0 && options.confidence < 1, "confidence", "in (0, 1)",
                 options.confidence);
  require_option(options.population >= 0, "population", ">= 0", options.population);
  require_option(options.response_rate > 0 && options.response_rate <= 1, "response_rate",
                 "in (0, 1]", options.response_rate);
  const double z = detail::normal_quantile(0.5 + options.confidence / 2);
  const double root = z * options.deviation / options.margin;
  double answers = root * root * options.design_effect;
  const bool finite = options.population > 0 && std::isfinite(options.population);
  if (finite) {
    answers = std::isinf(answers) ? options.population
                                  : answers / (1 + (answers - 1) / options.population);
  }
  answers = std::ceil(std::max(1.0, answers) * (1 - 1e-12));
  if (finite) answers = std::min(answers, std::floor(options.population));
  const double invitations = std::ceil(answers / options.response_rate * (1 - 1e-12));
  if (!(invitations < 0x1p53)) {
    throw Exception(ErrorCode::overflow, "more than 2^53 answers are needed", "survey_sample_size");
  }
  SurveySampleSize out;
  out.answers = static_cast<std::uint64_t>(answers);
  out.invitations = static_cast<std::uint64_t>(invitations);
  if (finite && invitations > options.population) {
    out.reachable = false;
    out.invitations = static_cast<std::uint64_t>(options.population);
  }
  return out;
}

std::vector<std::uint64_t> allocate_survey(std::span<const SurveyStratum> strata,
                                           std::uint64_t answers, SurveyAllocation allocation,
                                           std::uint64_t least) {
  std::vector<std::uint64_t> out;
  std::uint64_t given = 0, population = 0;
  for (const SurveyStratum& stratum : strata) {
    if (!(stratum.deviation >= 0 && std::isfinite(stratum.deviation))) {
      throw Exception(ErrorCode::invalid_value,
                      text("deviations must be >= 0 and finite, got ", stratum.deviation),
                      "allocate_survey");
    }
    out.push_back(std::min(least, stratum.population));
    if (__builtin_add_overflow(given, out.back(), &given) ||
        __builtin_add_overflow(population, stratum.population, &population)) {
      throw Exception(ErrorCode::overflow, "more than 2^64 customers", "allocate_survey");
    }
  }
  if (answers >= population) {
    for (std::size_t s = 0; s < strata.size(); ++s) out[s] = strata[s].population;
    return out;
  }
  require_option(given <= answers, "least", "at most the answers in all", least);
  // The next answer goes where it takes most off the variance: N S / sqrt(n (n + 1)).
  struct Next {
    double gain;
    std::size_t stratum;
    bool operator<(const Next& other) const noexcept {
      return gain != other.gain ? gain < other.gain : stratum > other.stratum;
    }
  };
  const auto gain = [&](std::size_t s) {
    const double size = static_cast<double>(strata[s].population) *
                        (allocation == SurveyAllocation::neyman ? strata[s].deviation : 1);
    const double n = static_cast<double>(out[s]);
    return out[s] == 0 && size > 0 ? 1e300 * std::min(1.0, size * 1e-20)
                                   : size / std::sqrt(n * (n + 1) + (out[s] == 0 ? 1 : 0));
  };
  std::priority_queue<Next> queue;
  for (std::size_t s = 0; s < strata.size(); ++s) {
    if (out[s] < strata[s].population) queue.push({gain(s), s});
  }
  for (; given < answers && !queue.empty(); ++given) {
    const std::size_t s = queue.top().stratum;
    queue.pop();
    if (++out[s] < strata[s].population) queue.push({gain(s), s});
  }
  return out;
}

SurveySelection select_survey(std::span<const SurveyCandidate> frame,
                              std::span<const std::uint64_t> wanted, Time now,
                              const SurveySelectionOptions& options) {
  constexpr const char* where = "select_survey";
  require_option(options.quarantine.count() >= 0, "quarantine", ">= 0 days",
                 options.quarantine.count());
  if (frame.size() > 0xFFFFFFFFU) {
    throw Exception(ErrorCode::invalid_shape, "more than 2^32 rows", where);
  }
  std::size_t strata = wanted.size();
  for (const SurveyCandidate& candidate : frame) {
    if (candidate.stratum >= 1U << 24U) {
      throw Exception(ErrorCode::out_of_range,
                      text("strata must be below 2^24, got ", candidate.stratum), where);
    }
    strata = std::max<std::size_t>(strata, candidate.stratum + std::size_t{1});
  }
  const auto asked_lately = [&](Time asked) {
    if (asked == never_asked) return false;
    // now - asked < quarantine, without leaving the range of seconds.
    const detail::int128 gone = detail::int128{now.time_since_epoch().count()} -
                                detail::int128{asked.time_since_epoch().count()};
    return gone < detail::int128{options.quarantine.count()} * 86400;
  };
  struct Ticket {
    std::uint64_t number;
    std::uint32_t row;
    bool operator<(const Ticket& other) const noexcept {
      return number != other.number ? number < other.number : row < other.row;
    }
  };
  SurveySelection out;
  out.strata.resize(strata);
  std::vector<std::vector<Ticket>> eligible(strata);
  for (std::size_t row = 0; row < frame.size(); ++row) {
    const SurveyCandidate& candidate = frame[row];
    SurveyStratumCount& stratum = out.strata[candidate.stratum];
    ++stratum.population;
    if (asked_lately(candidate.last_asked)) {
      ++stratum.quarantined;
      continue;
    }
    const bool wants = candidate.stratum < wanted.size() && wanted[candidate.stratum] > 0;
    if (!wants) continue;
    const std::uint64_t number =
        options.draw == SurveyDraw::random
            ? RandomStream(options.seed, index(candidate.customer)).bits64()
            : 0;
    eligible[candidate.stratum].push_back({number, static_cast<std::uint32_t>(row)});
  }
  std::vector<std::pair<std::uint32_t, double>> chosen;
  for (std::size_t s = 0; s < strata; ++s) {
    SurveyStratumCount& stratum = out.strata[s];
    std::vector<Ticket>& tickets = eligible[s];
    stratum.stratum = static_cast<std::uint32_t>(s);
    stratum.wanted = s < wanted.size() ? wanted[s] : 0;
    stratum.chosen = std::min<std::uint64_t>(stratum.wanted, tickets.size());
    if (stratum.chosen == 0) continue;
    const std::size_t take = static_cast<std::size_t>(stratum.chosen);
    stratum.weight = static_cast<double>(stratum.population) / static_cast<double>(take);
    if (options.draw == SurveyDraw::random) {
      std::nth_element(tickets.begin(), tickets.begin() + static_cast<std::ptrdiff_t>(take - 1),
                       tickets.end());
      for (std::size_t i = 0; i < take; ++i) chosen.push_back({tickets[i].row, stratum.weight});
    } else {
      const double step = static_cast<double>(tickets.size()) / static_cast<double>(take);
      const double start = RandomStream(options.seed, s).uniform() * step;
      for (std::size_t i = 0; i < take; ++i) {
        const double place = start + step * static_cast<double>(i);
        const std::size_t at = std::min(tickets.size() - 1, static_cast<std::size_t>(place));
        chosen.push_back({tickets[at].row, stratum.weight});
      }
    }
  }
  std::sort(chosen.begin(), chosen.end());
  for (const auto& [row, weight] : chosen) {
    out.rows.push_back(row);
    out.weights.push_back(weight);
  }
  return out;
}

}  // namespace emptor
