#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "emptor/core/error.hpp"
#include "emptor/core/text.hpp"
#include "emptor/identity/labelling.hpp"

namespace emptor {

namespace {

using PairKey = std::pair<std::uint32_t, std::uint32_t>;

[[nodiscard]] PairKey key_of(std::uint32_t a, std::uint32_t b) {
  return {std::min(a, b), std::max(a, b)};
}

[[nodiscard]] std::map<PairKey, bool> by_pair(std::span<const LabelledPair> labels) {
  std::map<PairKey, bool> out;
  for (const LabelledPair& label : labels) {
    const auto [at, fresh] = out.try_emplace(key_of(label.a, label.b), label.match);
    if (!fresh && at->second != label.match) {
      throw Exception(ErrorCode::invalid_value, "a pair is labelled as both", "estimate_quality");
    }
  }
  return out;
}

/// Where the model is sure it may still be wrong once in so many.
constexpr double doubt = 0.02;

struct Judged {
  double rows = 0, matches = 0;
};

/// Sums over strata, of estimates and of their variances.
struct Totals {
  double right = 0;   // links that are matches
  double missed = 0;  // matches that are no links
  double links = 0;
  double variance_right = 0;
  double variance_missed = 0;
};

enum Measure : std::size_t { precision, recall, f1 };

struct Ratio {
  double value = 0;
  double by_right = 0, by_missed = 0;  // derivatives
};

[[nodiscard]] Ratio ratio(const Totals& totals, Measure measure) {
  const double matches = totals.right + totals.missed;
  const double whole = measure == precision ? totals.links
                       : measure == recall  ? matches
                                            : (totals.links + matches) / 2;
  const double share = totals.right / whole;
  switch (measure) {
    case precision:
      return {share, 1 / whole, 0};
    case recall:
      return {share, (1 - share) / whole, -share / whole};
    case f1:
      break;
  }
  return {share, (1 - share / 2) / whole, -share / 2 / whole};
}

/// Of the standard normal, by bisection.
[[nodiscard]] double normal_quantile(double probability) {
  double low = -40, high = 40;
  for (int i = 0; i < 80; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(-middle / std::sqrt(2.0)) / 2 < probability ? low : high) = middle;
  }
  return high;
}

/// Wilson's interval for as many independent answers as would be as sure. `cautious`: the same
/// totals with every stratum drawn towards what the model believes.
[[nodiscard]] QualityEstimate with_interval(const Totals& totals, const Totals& cautious,
                                            Measure measure, double z) {
  const Ratio at = ratio(totals, measure), near = ratio(cautious, measure);
  QualityEstimate out{at.value, at.value, at.value};
  const double variance = near.by_right * near.by_right * cautious.variance_right +
                          near.by_missed * near.by_missed * cautious.variance_missed;
  if (std::isnan(at.value) || !(variance > 0)) return out;
  const double answers = near.value * (1 - near.value) / variance;
  const double p = at.value, square = z * z / answers;
  const double middle = (p + square / 2) / (1 + square);
  const double half = z / (1 + square) * std::sqrt((p * (1 - p) + square / 4) / answers);
  out.low = std::min(p, std::max(0.0, middle - half));
  out.high = std::max(p, std::min(1.0, middle + half));
  return out;
}

[[nodiscard]] std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\"";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// The fields of a line, at most one more than three.
[[nodiscard]] std::vector<std::string_view> fields_of(std::string_view line) {
  const char separator = line.find(',') != std::string_view::npos   ? ','
                         : line.find(';') != std::string_view::npos ? ';'
                                                                    : '\t';
  std::vector<std::string_view> out;
  while (out.size() < 4) {
    const std::size_t end = line.find(separator);
    out.push_back(trimmed(line.substr(0, end)));
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + 1);
  }
  return out;
}

enum class Answer : std::uint8_t { none, match, different, unclear };

[[nodiscard]] Answer answer_of(std::string_view text) {
  if (text.empty()) return Answer::none;
  std::string low(text);
  for (char& c : low) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const std::string_view yes : {"1", "y", "yes", "true", "match", "same"}) {
    if (low == yes) return Answer::match;
  }
  for (const std::string_view no : {"0", "n", "no", "false", "different"}) {
    if (low == no) return Answer::different;
  }
  return Answer::unclear;
}

/// Empty if the number is read.
[[nodiscard]] std::string read_record(std::string_view text, std::size_t records,
                                      std::uint32_t& out) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (code != std::errc{} || end != text.data() + text.size() || text.empty()) {
    return "a record must be a whole number";
  }
  if (out >= records) return emptor::text("a record must be below ", records, ", got ", out);
  return {};
}

}  // namespace

EstimatedQuality estimate_quality(const LabellingFile& file, std::span<const LabelledPair> labels,
                                  const EstimateOptions& options) {
  require_option(options.confidence > 0 && options.confidence < 1, "confidence", "in (0, 1)",
                 options.confidence);
  std::map<PairKey, bool> answers = by_pair(labels);
  EstimatedQuality out{.confidence = options.confidence};
  std::vector<Judged> judged(file.strata.size());
  for (const LabellingRow& row : file.rows) {
    if (row.stratum >= file.strata.size()) {
      throw Exception(ErrorCode::invalid_shape, "a row's stratum does not exist",
                      "estimate_quality");
    }
    const auto answer = answers.find(key_of(row.a, row.b));
    if (answer == answers.end()) {
      ++out.unlabelled;
      continue;
    }
    judged[row.stratum].rows += 1;
    judged[row.stratum].matches += answer->second ? 1 : 0;
    ++out.labelled;
    answers.erase(answer);
  }
  out.unknown = answers.size();

  Totals totals{.missed = options.count_missed ? file.missed : 0}, cautious = totals;
  for (std::size_t s = 0; s < judged.size(); ++s) {
    const LabellingStratum& stratum = file.strata[s];
    const Judged& one = judged[s];
    const auto pairs = static_cast<double>(stratum.pairs);
    const double belief = std::clamp(stratum.mean_probability, doubt, 1 - doubt);
    const double near = (one.matches + belief) / (one.rows + 1);
    const double share = one.rows > 0 ? one.matches / one.rows : stratum.mean_probability;
    const double rest = std::max(0.0, pairs - one.rows);
    const double variance = pairs * rest * near * (1 - near) / std::max(one.rows, 1.0);
    for (Totals* sums : {&totals, &cautious}) {
      const double matches = sums == &totals ? pairs * share : one.matches + rest * near;
      (stratum.linked ? sums->right : sums->missed) += matches;
      (stratum.linked ? sums->variance_right : sums->variance_missed) += variance;
      if (stratum.linked) sums->links += pairs;
    }
    out.blind_strata += one.rows == 0 ? 1 : 0;
  }
  out.links = totals.links;
  out.matches = totals.right + totals.missed;
  const double z = normal_quantile((1 + options.confidence) / 2);
  out.precision = with_interval(totals, cautious, precision, z);
  out.recall = with_interval(totals, cautious, recall, z);
  out.f1 = with_interval(totals, cautious, f1, z);
  return out;
}

LabelsRead read_labels(std::string_view lines, std::size_t records) {
  LabelsRead out;
  for (std::size_t number = 1; !lines.empty(); ++number) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (trimmed(line).empty()) continue;
    const std::vector<std::string_view> fields = fields_of(line);
    if (number == 1 && fields.size() == 3 && fields[0] == "a" && fields[1] == "b") continue;
    const auto fail = [&](std::string message) {
      out.errors.push_back({number, std::move(message)});
    };
    LabelledPair label;
    if (fields.size() != 3) {
      fail("a line must have three fields: a, b, label");
      continue;
    }
    std::string wrong = read_record(fields[0], records, label.a);
    if (wrong.empty()) wrong = read_record(fields[1], records, label.b);
    if (wrong.empty() && label.a == label.b) wrong = "a pair must be two records";
    const Answer answer = answer_of(fields[2]);
    if (wrong.empty() && answer == Answer::unclear) wrong = "a label must be 1 or 0, or empty";
    if (!wrong.empty()) {
      fail(std::move(wrong));
    } else if (answer == Answer::none) {
      ++out.blank;
    } else {
      label.match = answer == Answer::match;
      out.labels.push_back(label);
    }
  }
  return out;
}

}  // namespace emptor
