// Surveys at random: raked margins hold and weights are a product of levels' factors, allocations
// keep their bounds, selections their counts, screening its sums, weights against silence their
// totals.

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

#include "emptor/score/survey_sampling.hpp"
#include "emptor/score/survey_screening.hpp"
#include "emptor/score/survey_weights.hpp"
#include "support/property.hpp"

using namespace emptor;

TEST_CASE("raking any rows", "[survey]") {
  test::check_property("margins hold, within cells weights keep their ratios", [] {
    const std::size_t rows = static_cast<std::size_t>(*rc::gen::inRange(1, 60));
    const std::size_t m = static_cast<std::size_t>(*rc::gen::inRange(1, 4));
    std::vector<std::vector<std::uint32_t>> levels(m);
    std::vector<double> old;
    for (std::size_t i = 0; i < rows; ++i) {
      for (auto& column : levels) {
        const int level = *rc::gen::inRange(-1, 3);
        column.push_back(level < 0 ? unknown_level : static_cast<std::uint32_t>(level));
      }
      old.push_back(*rc::gen::element(0.0, 0.5, 1.0, 2.0));
    }
    std::vector<SurveyMargin> margins;
    for (const auto& column : levels) {
      SurveyMargin margin{"m", column, {}};
      for (int k = 0; k < 3; ++k) margin.shares.push_back(*rc::gen::inRange(1, 6));
      margins.push_back(margin);
    }
    const SurveyWeights found = rake_survey(margins, {}, old);
    double sum = 0, before = 0;
    for (std::size_t i = 0; i < rows; ++i) {
      RC_ASSERT(std::isfinite(found.weights[i]) && found.weights[i] >= 0);
      sum += found.weights[i];
      before += old[i];
    }
    if (before > 0 && sum > 0) RC_ASSERT(std::abs(sum - before) <= 1e-9 * before);
    for (std::size_t a = 0; a < rows; ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        bool cell = true;
        for (const auto& column : levels) cell = cell && column[a] == column[b];
        if (!cell) continue;
        RC_ASSERT(std::abs(found.weights[a] * old[b] - found.weights[b] * old[a]) <= 1e-9 * sum);
      }
    }
    if (!found.report.converged) return;
    for (const SurveyMarginLevel& level : found.report.levels) {
      RC_ASSERT(std::abs(level.after - level.target) <= 1e-9);
    }
    // Once more changes nothing.
    const SurveyWeights again = rake_survey(margins, {}, found.weights);
    for (std::size_t i = 0; i < rows; ++i) {
      RC_ASSERT(std::abs(again.weights[i] - found.weights[i]) <= 1e-7 * (1 + sum));
    }
  });
}

TEST_CASE("allocation and selection of any frame", "[survey]") {
  test::check_property("counts", [] {
    std::vector<SurveyCandidate> frame;
    const Time now{std::chrono::days{1000}};
    const int n = *rc::gen::inRange(0, 80);
    std::vector<SurveyStratum> strata(4);
    for (int i = 0; i < n; ++i) {
      const auto stratum = static_cast<std::uint32_t>(*rc::gen::inRange(0, 4));
      ++strata[stratum].population;
      Time asked = never_asked;
      if (*rc::gen::arbitrary<bool>()) asked = Time{std::chrono::days{*rc::gen::inRange(0, 1001)}};
      frame.push_back({Customer{static_cast<std::uint32_t>(i)}, stratum, asked});
    }
    for (SurveyStratum& stratum : strata) stratum.deviation = *rc::gen::inRange(0, 4);
    const auto answers = static_cast<std::uint64_t>(*rc::gen::inRange(0, 90));
    const auto kind = *rc::gen::element(SurveyAllocation::proportional, SurveyAllocation::neyman);
    const std::vector<std::uint64_t> wanted = allocate_survey(strata, answers, kind, 0);
    std::uint64_t all = 0;
    for (std::size_t s = 0; s < 4; ++s) {
      RC_ASSERT(wanted[s] <= strata[s].population);
      all += wanted[s];
    }
    RC_ASSERT(all == std::min<std::uint64_t>(answers, frame.size()));
    SurveySelectionOptions options;
    options.draw = *rc::gen::element(SurveyDraw::random, SurveyDraw::systematic);
    const SurveySelection found = select_survey(frame, wanted, now, options);
    std::vector<std::uint64_t> chosen(4, 0);
    const std::set<std::uint32_t> rows(found.rows.begin(), found.rows.end());
    RC_ASSERT(rows.size() == found.rows.size());
    for (const std::uint32_t row : found.rows) {
      ++chosen[frame[row].stratum];
      if (frame[row].last_asked == never_asked) continue;
      RC_ASSERT(now - frame[row].last_asked >= options.quarantine);
    }
    for (const SurveyStratumCount& stratum : found.strata) {
      RC_ASSERT(stratum.chosen == chosen[stratum.stratum]);
      RC_ASSERT(stratum.chosen ==
                std::min(stratum.wanted, stratum.population - stratum.quarantined));
    }
  });
}

TEST_CASE("screening and weights against silence of any rows", "[survey]") {
  test::check_property("sums", [] {
    const std::size_t rows = static_cast<std::size_t>(*rc::gen::inRange(0, 40));
    std::vector<std::vector<double>> columns(8);
    std::vector<double> seconds, answered, weights;
    std::vector<std::uint64_t> who;
    std::vector<std::uint32_t> cells;
    for (std::size_t i = 0; i < rows; ++i) {
      for (auto& column : columns) {
        const int x = *rc::gen::inRange(0, 7);
        column.push_back(x == 0 ? std::nan("") : x);  // 6 is off the scale
      }
      seconds.push_back(*rc::gen::inRange(-1, 100));
      who.push_back(static_cast<std::uint64_t>(*rc::gen::inRange(0, 30)));
      answered.push_back(*rc::gen::inRange(0, 2));
      weights.push_back(*rc::gen::element(0.0, 1.0, 2.5));
      cells.push_back(static_cast<std::uint32_t>(*rc::gen::inRange(0, 5)));
    }
    ScoreTableBuilder builder;
    std::vector<SatisfactionItem> items;
    for (std::size_t j = 0; j < 8; ++j) {
      builder.number(text("q", j), columns[j]);
      items.push_back({text("q", j)});
    }
    const ScoreTable table = builder.finish();
    const SurveyScreening found = screen_survey(table, items, {seconds, who, {}});
    std::uint64_t flagged = 0, flags = 0, numbers = 0;
    for (const SurveyCheck& check : found.checks) {
      flagged += check.flags != 0 ? 1 : 0;
      RC_ASSERT(check.longest_run <= check.answered);
      RC_ASSERT(check.has(SurveyFlag::off_scale) == (check.off_scale > 0));
      RC_ASSERT(std::isnan(check.variety) || (check.variety >= 0 && check.variety <= 0.75));
    }
    for (const std::uint64_t count : found.by_flag) flags += count;
    for (std::size_t k = 0; k < found.by_number.size(); ++k) numbers += k * found.by_number[k];
    RC_ASSERT(flagged == found.flagged);
    RC_ASSERT(flags == numbers);
    const std::set<std::uint64_t> people(who.begin(), who.end());
    RC_ASSERT(found.by_flag[static_cast<std::size_t>(SurveyFlag::same_respondent)] ==
              rows - people.size());

    const double all = std::accumulate(weights.begin(), weights.end(), 0.0);
    double told = 0;
    for (std::size_t i = 0; i < rows; ++i) told += answered[i] * weights[i];
    for (const SurveySilenceWeights& by : {weigh_silence_by_cell(cells, answered, {}, weights),
                                           weigh_silence(table, answered, {}, weights)}) {
      double sum = 0;
      for (std::size_t i = 0; i < rows; ++i) {
        RC_ASSERT(std::isfinite(by.weights[i]) && by.weights[i] >= 0);
        RC_ASSERT(by.weights[i] == 0 || answered[i] == 1);
        sum += by.weights[i];
      }
      RC_ASSERT(std::abs(sum - (told > 0 ? all : 0)) <= 1e-9 * (1 + all));
    }
  });
}
