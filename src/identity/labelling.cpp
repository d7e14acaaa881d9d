#include "emptor/identity/labelling.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "identity/explain_state.hpp"

namespace emptor {

namespace {

constexpr float infinite = std::numeric_limits<float>::infinity();

void check(const LabellingOptions& options) {
  require_option(options.rows >= 1, "rows", ">= 1", options.rows);
  require_option(options.at_least >= 1, "at_least", ">= 1", options.at_least);
  require_option(!options.bounds.empty(), "bounds", "not empty", options.bounds.size());
  for (std::size_t i = 0; i < options.bounds.size(); ++i) {
    require_option(
        std::isfinite(options.bounds[i]) && (i == 0 || options.bounds[i - 1] < options.bounds[i]),
        "bounds", "finite and ascending", options.bounds[i]);
  }
}

/// Calls `visit(a, b, weight, linked)` for every pair of the population, in a
/// fixed order.
template <class Visit>
void for_each_pair(const Linkage& linkage, detail::PairScorer& scorer, Visit&& visit) {
  const std::vector<std::uint32_t>& label = linkage.clustering.cluster;
  for (const ScoredPair& pair : linkage.pairs) {
    visit(pair.a, pair.b, pair.weight, label[pair.a] == label[pair.b]);
  }
  // Pairs inside clusters that were joined by others.
  std::vector<std::uint32_t> order(label.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t x, std::uint32_t y) { return label[x] < label[y]; });
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && label[order[end]] == label[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t j = i + 1; j < end; ++j) {
        if (detail::find_pair(linkage.pairs, order[i], order[j]) != nullptr) continue;
        visit(order[i], order[j], scorer.weight(order[i], order[j]), true);
      }
    }
  }
}

/// Neyman's allocation: rows in proportion to pairs times the deviation of
/// their answers, at least some for each stratum and at most all of it. A
/// stratum of which the model is sure counts as if it were wrong once in fifty.
void allocate(std::vector<LabellingStratum>& strata, const LabellingOptions& options) {
  const auto need = [](const LabellingStratum& stratum) {
    constexpr double doubt = 0.02;
    const double p = std::clamp(stratum.mean_probability, doubt, 1 - doubt);
    return static_cast<double>(stratum.pairs) * std::sqrt(p * (1 - p));
  };
  const auto most = [](const LabellingStratum& stratum) {
    return static_cast<std::size_t>(stratum.pairs);
  };
  std::size_t left = options.rows;
  for (LabellingStratum& stratum : strata) {
    stratum.rows = std::min({most(stratum), options.at_least, left});
    left -= stratum.rows;
  }
  // One row after another to where it is missed most: a few hundred rows, a
  // score of strata.
  for (; left > 0; --left) {
    LabellingStratum* neediest = nullptr;
    double greatest = 0;
    for (LabellingStratum& stratum : strata) {
      if (stratum.rows == most(stratum)) continue;
      const double here = need(stratum) / static_cast<double>(stratum.rows + 1);
      if (here <= greatest) continue;
      greatest = here;
      neediest = &stratum;
    }
    if (neediest == nullptr) break;
    ++neediest->rows;
  }
}

/// Which of the stratum's pairs are drawn, ascending. Robert W. Floyd, in Jon
/// Bentley, "Programming pearls: a sample of brilliance", Communications of the
/// ACM 30(9), 1987, doi:10.1145/30401.315746.
[[nodiscard]] std::vector<std::uint64_t> drawn(const LabellingStratum& stratum, std::uint64_t seed,
                                               std::uint64_t number) {
  RandomStream random(seed, number);
  std::vector<std::uint64_t> out;
  for (std::uint64_t top = stratum.pairs - stratum.rows; top < stratum.pairs; ++top) {
    // A stratum of 2^53 pairs would not be uniform to the last bit.
    const auto at =
        std::min(top, static_cast<std::uint64_t>(random.uniform() * static_cast<double>(top + 1)));
    const auto place = std::lower_bound(out.begin(), out.end(), at);
    if (place != out.end() && *place == at) {
      out.push_back(top);  // greater than all before
    } else {
      out.insert(place, at);
    }
  }
  return out;
}

}  // namespace

LabellingFile labelling_file(const Linkage& linkage, const LabellingOptions& options) {
  check(options);
  LabellingFile out;
  const std::size_t bands = options.bounds.size() + 1;
  for (const bool linked : {false, true}) {
    for (std::size_t band = 0; band < bands; ++band) {
      out.strata.push_back({.low = band == 0 ? -infinite : options.bounds[band - 1],
                            .high = band + 1 == bands ? infinite : options.bounds[band],
                            .linked = linked});
    }
  }
  const auto stratum_of = [&](float weight, bool linked) {
    const auto band = std::upper_bound(options.bounds.begin(), options.bounds.end(), weight);
    return static_cast<std::size_t>(band - options.bounds.begin()) + (linked ? bands : 0);
  };
  const detail::ScoreTables tables(linkage.records, linkage.model);
  detail::PairScorer scorer(linkage.records, tables);
  for_each_pair(linkage, scorer, [&](std::uint32_t, std::uint32_t, float weight, bool linked) {
    LabellingStratum& stratum = out.strata[stratum_of(weight, linked)];
    ++stratum.pairs;
    stratum.mean_probability += match_probability(weight);
  });
  for (LabellingStratum& stratum : out.strata) {
    if (stratum.pairs > 0) stratum.mean_probability /= static_cast<double>(stratum.pairs);
  }
  std::erase_if(out.strata, [](const LabellingStratum& stratum) { return stratum.pairs == 0; });
  out.missed = detail::missed_matches(linkage);
  allocate(out.strata, options);

  std::vector<std::size_t> number(2 * bands, 0);  // of strata that are not empty
  for (std::size_t s = 0; s < out.strata.size(); ++s) {
    const LabellingStratum& stratum = out.strata[s];
    number[stratum_of(std::max(stratum.low, std::numeric_limits<float>::lowest()),
                      stratum.linked)] = s;
  }
  std::vector<std::vector<std::uint64_t>> wanted;
  for (std::size_t s = 0; s < out.strata.size(); ++s) {
    wanted.push_back(drawn(out.strata[s], options.seed, s));
  }
  std::vector<std::uint64_t> seen(out.strata.size(), 0);
  std::vector<std::size_t> taken(out.strata.size(), 0);
  for_each_pair(linkage, scorer, [&](std::uint32_t a, std::uint32_t b, float weight, bool linked) {
    const std::size_t s = number[stratum_of(weight, linked)];
    const std::uint64_t at = seen[s]++;
    if (taken[s] == wanted[s].size() || wanted[s][taken[s]] != at) return;
    ++taken[s];
    out.rows.push_back({.a = a,
                        .b = b,
                        .weight = weight,
                        .stratum = s,
                        .sampling_probability = static_cast<double>(out.strata[s].rows) /
                                                static_cast<double>(out.strata[s].pairs)});
  });
  std::stable_sort(out.rows.begin(), out.rows.end(),
                   [](const LabellingRow& x, const LabellingRow& y) {
                     return std::abs(x.weight) < std::abs(y.weight);
                   });
  LinkageExplainer explainer(linkage, options.explain);
  for (LabellingRow& row : out.rows) {
    row.explanation = evidence_line(explainer.evidence(row.a, row.b));
  }
  return out;
}

}  // namespace emptor
