#include "emptor/score/survey_screening.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "emptor/core/error.hpp"
#include "emptor/math/statistics.hpp"
#include "emptor/text/fold.hpp"
#include "emptor/text/utf8.hpp"
#include "score/chi_square.hpp"
#include "score/satisfaction_items.hpp"
#include "score/weighted_moments.hpp"

namespace emptor {

namespace {

using detail::ItemColumn;
using detail::WeightedMoments;

constexpr const char* where = "screen_survey";

std::uint64_t mixed(std::uint64_t x) noexcept {  // finaliser of splitmix64
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ x >> 30U) * 0xBF58476D1CE4E5B9U;
  x = (x ^ x >> 27U) * 0x94D049BB133111EBU;
  return x ^ x >> 31U;
}

void flag(SurveyCheck& check, SurveyFlag which) noexcept {
  check.flags |= 1U << static_cast<unsigned>(which);
}

/// Letters and digits, folded.
std::u32string words_of(std::string_view text) {
  std::u32string out;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Character c = utf8_character(text, at);
    at += c.bytes;
    const FoldedCharacter folded = fold_character(c.value, true);
    for (const char32_t part : {folded.first, folded.second}) {
      if (part != 0 && character_kind(part) != CharacterKind::separator) out.push_back(part);
    }
  }
  return out;
}

/// Flags later rows whose key an earlier row has; `same` settles equal hashes, `key` gives 0 for a
/// row without one.
template <class KeyOf, class Same>
void flag_copies(std::vector<SurveyCheck>& checks, SurveyFlag which, const KeyOf& key_of,
                 const Same& same) {
  std::unordered_multimap<std::uint64_t, std::uint32_t> seen;
  for (std::uint32_t row = 0; row < checks.size(); ++row) {
    const std::uint64_t key = key_of(row);
    if (key == 0) continue;
    const auto [begin, end] = seen.equal_range(key);
    const auto found =
        std::find_if(begin, end, [&](const auto& pair) { return same(pair.second, row); });
    if (found == end) {
      seen.emplace(key, row);
      continue;
    }
    flag(checks[row], which);
    if (checks[row].same_as == 0xFFFFFFFFU) checks[row].same_as = found->second;
  }
}

void check_answers(const ScoreTable& table, std::span<const ItemColumn> items,
                   std::span<const SurveyPair> pairs, const SurveyScreeningOptions& options,
                   SurveyScreening& out) {
  const std::size_t p = items.size();
  std::vector<double> shares(p);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::span<const float> values = table.row(row);
    SurveyCheck& check = out.checks[row];
    std::uint32_t run = 0;
    double last = std::numeric_limits<double>::quiet_NaN(), sum = 0, squares = 0;
    for (std::size_t j = 0; j < p; ++j) {
      const double x = static_cast<double>(values[items[j].column]);
      shares[j] = items[j].share(x);
      if (std::isnan(shares[j])) {
        check.off_scale += std::isnan(x) ? 0 : 1;
        continue;
      }
      ++check.answered;
      run = x == last ? run + 1 : 1;
      last = x;
      check.longest_run = std::max(check.longest_run, run);
      // As ticked: a straight line has no variety, whichever way its items point.
      const double ticked = items[j].reversed ? 1 - shares[j] : shares[j];
      const double off = ticked - sum / std::max(1U, check.answered - 1);
      sum += ticked;
      squares += off * (ticked - sum / check.answered);
    }
    if (check.answered > 1)
      check.variety = std::sqrt(std::max(0.0, squares) / (check.answered - 1));
    const bool line = options.longest_run > 0
                          ? check.longest_run >= options.longest_run
                          : check.longest_run >= 6 && check.longest_run == check.answered;
    if (line) flag(check, SurveyFlag::straight_line);
    if (check.answered >= options.variety_items && check.variety < options.least_variety) {
      flag(check, SurveyFlag::little_variety);
    }
    if (check.off_scale > 0) flag(check, SurveyFlag::off_scale);
    const double missing = static_cast<double>(p - check.answered - check.off_scale);
    if (p > 0 && missing > options.most_missing * static_cast<double>(p)) {
      flag(check, SurveyFlag::mostly_missing);
    }
    double gap = 0, told = 0;
    for (const SurveyPair& pair : pairs) {
      const double other = shares[pair.second];
      const double apart = std::abs(shares[pair.first] - (pair.opposed ? 1 - other : other));
      if (std::isnan(apart)) continue;
      gap += apart;
      ++told;
    }
    if (told > 0) {
      check.pair_gap = gap / told;
      if (check.pair_gap > options.pair_gap) flag(check, SurveyFlag::inconsistent);
    }
  }
}

void check_times(std::span<const double> seconds, const SurveyScreeningOptions& options,
                 SurveyScreening& out) {
  std::vector<double> known;
  for (const double time : seconds) {
    if (time > 0 && std::isfinite(time)) known.push_back(time);
  }
  if (known.empty()) return;
  out.median_seconds = median(std::span<const double>(known));
  for (std::size_t row = 0; row < seconds.size(); ++row) {
    if (!(seconds[row] > 0 && std::isfinite(seconds[row]))) continue;
    SurveyCheck& check = out.checks[row];
    check.pace = seconds[row] / out.median_seconds;
    if (check.pace < options.least_pace) flag(check, SurveyFlag::speeder);
  }
}

void check_copies(const ScoreTable& table, std::span<const ItemColumn> items,
                  const SurveyPapers& papers, const SurveyScreeningOptions& options,
                  SurveyScreening& out) {
  if (!papers.respondents.empty()) {
    flag_copies(
        out.checks, SurveyFlag::same_respondent,
        [&](std::uint32_t row) { return mixed(papers.respondents[row]) | 1U; },
        [&](std::uint32_t a, std::uint32_t b) {
          return papers.respondents[a] == papers.respondents[b];
        });
  }
  if (options.copied_items > 0) {
    const auto bits = [&](std::uint32_t row, const ItemColumn& item) {
      const float x = table.row(row)[item.column];
      return std::isnan(x) ? 0x7FC00000U : std::bit_cast<std::uint32_t>(x + 0.0F);
    };
    flag_copies(
        out.checks, SurveyFlag::same_answers,
        [&](std::uint32_t row) -> std::uint64_t {
          const SurveyCheck& check = out.checks[row];
          if (check.answered < options.copied_items || check.longest_run == check.answered) {
            return 0;
          }
          std::uint64_t hash = 1;
          for (const ItemColumn& item : items) hash = mixed(hash ^ bits(row, item));
          return hash | 1U;
        },
        [&](std::uint32_t a, std::uint32_t b) {
          return std::all_of(items.begin(), items.end(), [&](const ItemColumn& item) {
            return bits(a, item) == bits(b, item);
          });
        });
  }
  if (options.copied_text > 0 && !papers.texts.empty()) {
    flag_copies(
        out.checks, SurveyFlag::same_text,
        [&](std::uint32_t row) -> std::uint64_t {
          const std::u32string words = words_of(papers.texts[row]);
          if (words.size() < options.copied_text) return 0;
          std::uint64_t hash = 2;
          for (const char32_t c : words) hash = mixed(hash ^ c);
          return hash | 1U;
        },
        [&](std::uint32_t a, std::uint32_t b) {
          return words_of(papers.texts[a]) == words_of(papers.texts[b]);
        });
  }
}

WeightedMoments moments_of(const ScoreTable& table, std::span<const ItemColumn> items,
                           const Context& context) {
  return detail::weighted_moments(
      table.rows(), items.size(),
      [&](std::size_t row, double* x) {
        double check = 0;
        for (std::size_t j = 0; j < items.size(); ++j) {
          check += x[j] = items[j].share(static_cast<double>(table.row(row)[items[j].column]));
        }
        return std::isnan(check) ? 0.0 : 1.0;
      },
      context);
}

/// Of complete rows, by Cholesky's factor of the covariances; items that others make up are left
/// out.
void check_distances(const ScoreTable& table, std::span<const ItemColumn> items,
                     const SurveyScreeningOptions& options, SurveyScreening& out,
                     const Context& context) {
  const WeightedMoments moments = moments_of(table, items, context);
  const std::size_t p = items.size();
  if (moments.rows < 2 * p + 2) return;
  const double n = static_cast<double>(moments.rows);
  std::vector<double> factor(p * p, 0.0);  // lower, of what each kept item adds
  std::vector<char> kept(p, 0);
  std::size_t rank = 0;
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = moments.at(i, j) * n / (n - 1);
      for (std::size_t k = 0; k < j; ++k) sum -= factor[i * p + k] * factor[j * p + k];
      if (j < i) {
        factor[i * p + j] = kept[j] != 0 ? sum / factor[j * p + j] : 0;
      } else if (!moments.constant(i) && sum > 1e-10 * moments.at(i, i)) {
        factor[i * p + i] = std::sqrt(sum);
        kept[i] = 1;
        ++rank;
      }
    }
  }
  if (rank == 0) return;
  out.distances = true;
  std::vector<double> z(p);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    double square = 0;
    for (std::size_t i = 0; i < p; ++i) {
      const double share = items[i].share(static_cast<double>(table.row(row)[items[i].column]));
      double x = share - moments.means[i];
      for (std::size_t k = 0; k < i; ++k) x -= factor[i * p + k] * z[k];
      z[i] = kept[i] != 0 ? x / factor[i * p + i] : 0;
      square += std::isnan(share) ? share : z[i] * z[i];
    }
    if (std::isnan(square)) continue;
    SurveyCheck& check = out.checks[row];
    check.distance_p = detail::chi_square_tail(square, rank);
    if (check.distance_p < options.distance_p) flag(check, SurveyFlag::outlier);
  }
}

void require(const ScoreTable& table, std::size_t items, const SurveyPapers& papers,
             std::span<const SurveyPair> pairs, const SurveyScreeningOptions& options) {
  const auto not_negative = [](double value, const char* name) {
    require_option(value >= 0 && std::isfinite(value), name, ">= 0 and finite", value);
  };
  not_negative(options.least_variety, "least_variety");
  not_negative(options.least_pace, "least_pace");
  not_negative(options.pair_gap, "pair_gap");
  not_negative(options.distance_p, "distance_p");
  not_negative(options.most_missing, "most_missing");
  require_option(options.variety_items >= 2, "variety_items", ">= 2", options.variety_items);
  require_option(options.failed_checks >= 1, "failed_checks", ">= 1", options.failed_checks);
  const std::size_t rows = table.rows();
  const auto fits = [&](std::size_t size) { return size == 0 || size == rows; };
  if (!fits(papers.seconds.size()) || !fits(papers.respondents.size()) ||
      !fits(papers.texts.size()) || rows >= 0xFFFFFFFFU) {
    throw Exception(ErrorCode::invalid_shape, text("papers must be empty or of ", rows, " rows"),
                    where);
  }
  for (const SurveyPair& pair : pairs) {
    if (pair.first >= items || pair.second >= items) {
      throw Exception(ErrorCode::out_of_range, "a pair's item is not there", where);
    }
  }
}

}  // namespace

SurveyScreening screen_survey(const ScoreTable& table, std::span<const SatisfactionItem> items,
                              const SurveyPapers& papers, std::span<const SurveyPair> pairs,
                              std::span<const SurveyAttention> attention,
                              const SurveyScreeningOptions& options, const Context& context) {
  require(table, items.size(), papers, pairs, options);
  const std::vector<ItemColumn> columns = detail::item_columns(table, items, where);
  SurveyScreening out;
  out.checks.resize(table.rows());
  for (const SurveyAttention& check : attention) {
    const std::size_t column = table.schema().find(check.column);
    if (column == table.columns()) {
      throw Exception(ErrorCode::not_found, text("no column '", check.column, "'"), where);
    }
    require_option(std::isfinite(check.expected), "expected", "finite", check.expected);
    for (std::size_t row = 0; row < table.rows(); ++row) {
      const float x = table.row(row)[column];
      out.checks[row].failed_checks +=
          !std::isnan(x) && x != static_cast<float>(check.expected) ? 1 : 0;
    }
  }
  for (SurveyCheck& check : out.checks) {
    if (check.failed_checks >= options.failed_checks) flag(check, SurveyFlag::attention);
  }
  check_answers(table, columns, pairs, options, out);
  check_times(papers.seconds, options, out);
  check_copies(table, columns, papers, options, out);
  if (options.distance_p > 0) check_distances(table, columns, options, out, context);
  for (const SurveyCheck& check : out.checks) {
    out.flagged += check.flags != 0 ? 1 : 0;
    ++out.by_number[static_cast<std::size_t>(std::popcount(check.flags))];
    for (std::size_t f = 0; f < survey_flags; ++f) out.by_flag[f] += check.flags >> f & 1U;
  }
  return out;
}

std::vector<SurveyPair> related_items(const ScoreTable& table,
                                      std::span<const SatisfactionItem> items, double least,
                                      const Context& context) {
  require_option(least > 0 && least <= 1, "least", "in (0, 1]", least);
  const std::vector<ItemColumn> columns = detail::item_columns(table, items, "related_items");
  const WeightedMoments moments = moments_of(table, columns, context);
  std::vector<std::pair<double, SurveyPair>> found;
  for (std::uint32_t i = 0; i < columns.size() && moments.rows > 1; ++i) {
    for (std::uint32_t j = i + 1; j < columns.size(); ++j) {
      if (moments.constant(i) || moments.constant(j)) continue;
      const double r = moments.at(i, j) / std::sqrt(moments.at(i, i) * moments.at(j, j));
      if (std::abs(r) >= least * (1 - 1e-12)) found.push_back({std::abs(r), {i, j, r < 0}});
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<SurveyPair> out;
  for (const auto& [r, pair] : found) out.push_back(pair);
  return out;
}

}  // namespace emptor
