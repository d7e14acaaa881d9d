#include "emptor/score/survey_response.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/evaluate/reliability.hpp"
#include "emptor/math/normal.hpp"
#include "score/student_t.hpp"

namespace emptor {

namespace {

struct Side {
  double n = 0, mean = 0, squares = 0;  // of deviations
  void add(double x) noexcept {
    ++n;
    const double off = x - mean;
    mean += off / n;
    squares += off * (x - mean);
  }
};

void add_line(NonResponseReport& out, std::string column, std::string level, const Side& yes,
              const Side& no, bool share, double noteworthy) {
  NonResponseColumn line;
  line.column = std::move(column);
  line.level = std::move(level);
  if (yes.n > 0) line.answered = yes.mean;
  if (no.n > 0) line.silent = no.mean;
  if (yes.n > 0 && no.n > 0) {
    const double apart = yes.mean - no.mean;
    const double vy = share ? yes.mean * (1 - yes.mean) : yes.n > 1 ? yes.squares / (yes.n - 1) : 0;
    const double vn = share ? no.mean * (1 - no.mean) : no.n > 1 ? no.squares / (no.n - 1) : 0;
    const double pooled = std::sqrt((vy + vn) / 2);
    if (apart != 0) line.difference = apart / pooled;  // infinite without spread
    const double ey = vy / yes.n, en = vn / no.n;
    if (share) {
      const double both = (yes.n * yes.mean + no.n * no.mean) / (yes.n + no.n);
      const double error = std::sqrt(both * (1 - both) * (1 / yes.n + 1 / no.n));
      if (error > 0) line.p_value = 2 * detail::normal_cdf(-std::abs(apart) / error);
    } else if (yes.n > 1 && no.n > 1 && ey + en > 0) {
      const double degrees = (ey + en) * (ey + en) / (ey * ey / (yes.n - 1) + en * en / (no.n - 1));
      line.p_value = detail::student_tails(apart / std::sqrt(ey + en), degrees);
    } else if (apart != 0) {
      line.p_value = std::numeric_limits<double>::quiet_NaN();
    }
    line.noteworthy = std::abs(line.difference) > noteworthy;
    out.largest = std::max(out.largest, std::abs(line.difference));
  }
  out.columns.push_back(std::move(line));
}

}  // namespace

SurveyResponseRates response_rates(const SurveyDispositions& counts, double confidence) {
  require_option(confidence > 0 && confidence < 1, "confidence", "in (0, 1)", confidence);
  std::uint64_t sum = 0;
  for (const std::uint64_t count :
       {counts.complete, counts.partial, counts.refused, counts.not_reached, counts.other,
        counts.unknown, counts.not_eligible}) {
    if (__builtin_add_overflow(sum, count, &sum) || sum > std::uint64_t{1} << 53U) {
      throw Exception(ErrorCode::overflow, "more than 2^53 cases", "response_rates");
    }
  }
  const double complete = static_cast<double>(counts.complete);
  const double some = complete + static_cast<double>(counts.partial);
  const double refused = static_cast<double>(counts.refused);
  const double other = static_cast<double>(counts.other);
  const double reached = some + refused + other;
  const double eligible = reached + static_cast<double>(counts.not_reached);
  const double unknown = static_cast<double>(counts.unknown);
  const double known = eligible + static_cast<double>(counts.not_eligible);
  const double likely = known > 0 ? eligible / known * unknown : unknown;
  SurveyResponseRates out;
  const double all = eligible + unknown;
  if (all > 0) {
    out.rr1 = complete / all;
    out.rr2 = some / all;
    out.refusal = refused / all;
    out.contact = reached / all;
    const ShareInterval ends = wilson_interval(out.rr1, all, confidence);
    out.rr1_low = ends.low;
    out.rr1_high = ends.high;
  }
  if (eligible + likely > 0) {
    out.rr3 = complete / (eligible + likely);
    out.rr4 = some / (eligible + likely);
  }
  if (reached > 0) out.cooperation = complete / reached;
  return out;
}

NonResponseReport compare_respondents(const ScoreTable& known, std::span<const double> answered,
                                      double noteworthy) {
  constexpr const char* where = "compare_respondents";
  require_option(noteworthy >= 0, "noteworthy", ">= 0", noteworthy);
  if (answered.size() != known.rows()) {
    throw Exception(ErrorCode::invalid_shape,
                    text(answered.size(), " answers for ", known.rows(), " rows"), where);
  }
  NonResponseReport out;
  for (const double value : answered) {
    if (value != 0 && value != 1) {
      throw Exception(ErrorCode::invalid_value, text("answered must be 0 or 1, got ", value),
                      where);
    }
    ++(value == 1 ? out.answered : out.silent);
  }
  const double all[2] = {static_cast<double>(out.silent), static_cast<double>(out.answered)};
  const auto share = [&](std::size_t side, double count) {
    Side to;
    to.n = all[side];
    to.mean = all[side] > 0 ? count / all[side] : 0;
    return to;
  };
  for (std::size_t c = 0; c < known.columns(); ++c) {
    const ScoreColumn& column = known.schema()[c];
    const bool number = column.kind == ScoreColumnKind::number;
    Side sides[2];
    double missing[2] = {0, 0};
    std::vector<double> levels[2];
    for (std::vector<double>& side : levels) side.assign(column.categories.size(), 0.0);
    for (std::size_t row = 0; row < known.rows(); ++row) {
      const float x = known.row(row)[c];
      const std::size_t side = answered[row] == 1 ? 1 : 0;
      if (std::isnan(x)) {
        ++missing[side];
      } else if (number) {
        sides[side].add(static_cast<double>(x));
      } else {
        ++levels[side][static_cast<std::size_t>(x)];
      }
    }
    if (number) add_line(out, column.name, "", sides[1], sides[0], false, noteworthy);
    for (std::size_t level = 0; level < column.categories.size(); ++level) {
      if (levels[0][level] + levels[1][level] == 0) continue;
      add_line(out, column.name, column.categories[level], share(1, levels[1][level]),
               share(0, levels[0][level]), true, noteworthy);
    }
    if (missing[0] + missing[1] > 0) {
      add_line(out, column.name, "(missing)", share(1, missing[1]), share(0, missing[0]), true,
               noteworthy);
    }
  }
  return out;
}

}  // namespace emptor
