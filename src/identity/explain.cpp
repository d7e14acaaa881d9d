#include "emptor/identity/explain.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "emptor/core/error.hpp"
#include "emptor/core/text.hpp"
#include "identity/blocking_keys.hpp"
#include "identity/explain_state.hpp"

namespace emptor {

namespace {

/// What two persons of one household take off, log2.
[[nodiscard]] double household_correction(double household, double random) {
  const double most = std::max(household, random);
  const double both = most + std::log2(1 + std::exp2(std::min(household, random) - most));
  return random - both;
}

/// Without the sign of a zero.
[[nodiscard]] std::string rounded(double weight) {
  const std::string shown = fixed(weight, 1);
  return shown == "-0.0" ? "0.0" : shown;
}

[[nodiscard]] std::string bits(double weight) {
  return text(weight >= 0 ? "+" : "", rounded(weight));
}

void describe_refusal(PairExplanation& out) {
  const RefusedMerge& refusal = *out.refusal;
  std::string why = text("A merge of the two customers was considered and refused: ",
                         detail::reason_text(refusal.reason), '.');
  if (!std::isnan(refusal.weight)) {
    why += text(" Their strongest pair has a weight of ", rounded(refusal.weight), " bits");
    why += refusal.reason == MergeRefusal::mean
               ? text(", but all their pairs have a mean of ", rounded(refusal.mean), '.')
               : std::string(".");
  }
  out.why.push_back(std::move(why));
}

}  // namespace

LinkageExplainer::LinkageExplainer(const Linkage& linkage, const ExplainOptions& options)
    : state_(std::make_unique<State>(linkage, options)) {}

LinkageExplainer::~LinkageExplainer() = default;

void LinkageExplainer::check(std::uint32_t record) const {
  const std::size_t records = state_->linkage.records.size();
  if (record < records) return;
  throw Exception(ErrorCode::out_of_range,
                  text("a record must be below ", records, ", got ", record), "explain");
}

PairExplanation LinkageExplainer::evidence(std::uint32_t a, std::uint32_t b) {
  check(a);
  check(b);
  if (a == b) {
    throw Exception(ErrorCode::invalid_value, "a pair must be two records", "explain");
  }
  State& state = *state_;
  const ComparedRecords& records = state.linkage.records;
  const auto comparisons = records.comparisons();
  static_cast<void>(state.scorer.weight(a, b));  // its levels are what is explained
  const detail::Levels levels = state.scorer.levels();
  const detail::KindWeights& prior = state.tables.prior();
  double household = prior.household, random = prior.random;
  PairExplanation out{.a = a, .b = b, .prior = double{prior.match} - prior.random};
  out.weight = out.prior;
  for (std::size_t c = 0; c < comparisons.size(); ++c) {
    const ValueDictionary& values = records.dictionary(c);
    EvidencePart& part = out.parts.emplace_back();
    part.name = comparisons[c].name;
    part.values = static_cast<std::uint32_t>(values.total());
    const auto [code_a, code_b] = state.shown_codes(c, a, b, levels[c]);
    part.a = state.shown(c, code_a);
    part.b = state.shown(c, code_b);
    if (levels[c] == missing_level) {
      const bool unread = code_a != 0 && code_b != 0;
      const bool swapped = c + 1 < comparisons.size() && levels[c + 1] == crossed_level;
      part.level = !unread   ? "missing"
                   : swapped ? "counted with the family name"  // one piece of evidence
                             : "in another script";
      part.silent = true;
      continue;
    }
    part.level = level_names(comparisons[c].kind)[levels[c] - 1U];
    part.conflict = comparisons[c].verified && levels[c] != exact_level;
    if (code_a == code_b && code_a != 0) part.frequency = values.frequency(code_a);
    const detail::KindWeights kinds = state.scorer.part(c, a, b);
    part.weight = double{kinds.match} - kinds.random;
    part.household = double{kinds.match} - kinds.household;
    household += kinds.household;
    random += kinds.random;
    out.weight += part.weight;
  }
  out.household_correction = household_correction(household, random);
  out.weight += out.household_correction;
  out.probability = 1 / (1 + std::exp2(-out.weight));
  return out;
}

PairExplanation LinkageExplainer::pair(std::uint32_t a, std::uint32_t b) {
  PairExplanation out = evidence(a, b);
  judge(out);
  return out;
}

void LinkageExplainer::judge(PairExplanation& out) const {
  const State& state = *state_;
  const Clustering& clustering = state.linkage.clustering;
  out.cluster_a = clustering.cluster[out.a];
  out.cluster_b = clustering.cluster[out.b];
  const std::vector<std::uint32_t> of_a = state.members(out.cluster_a);
  const std::vector<std::uint32_t> of_b = state.members(out.cluster_b);
  out.size_a = of_a.size();
  out.size_b = of_b.size();
  out.likely = state.find(out.a, out.b) != nullptr;
  out.in_scope = state.in_scope(out.a, out.b);
  out.blocks = state.shared_blocks(out.a, out.b);

  if (!out.in_scope) {
    out.why.push_back("Records of these sources were not to be compared with each other.");
  } else if (out.likely) {
    out.why.push_back(
        "The two records were compared, and their pair was kept "
        "as a likely one.");
  } else if (out.blocks.empty()) {
    out.why.push_back(
        "No blocking rule brings the two records together: they "
        "were not compared.");
  } else if (std::all_of(out.blocks.begin(), out.blocks.end(),
                         [](const SharedBlock& block) { return block.over_full; })) {
    out.why.push_back(
        "The two records share keys of blocking rules that have over-full "
        "blocks, and may not have "
        "been compared; their pair is not among the likely ones.");
  } else {
    out.why.push_back(
        "The two records were compared, and their weight is too "
        "low to be kept.");
  }
  if (out.cluster_a == out.cluster_b) {
    out.verdict = JoinVerdict::joined;
    out.why.push_back(
        text("They are one customer of ", out.size_a, " records",
             out.likely && out.weight >= 0 ? "." : ", joined by stronger pairs of other records."));
    return;
  }
  out.strongest = state.strongest_between(of_a, of_b);
  for (const RefusedMerge& refused : clustering.refused) {
    const std::uint32_t x = clustering.cluster[refused.a], y = clustering.cluster[refused.b];
    if ((x == out.cluster_a && y == out.cluster_b) || (x == out.cluster_b && y == out.cluster_a)) {
      out.refusal = refused;
      break;
    }
  }
  for (const EvidencePart& part : out.parts) {
    if (part.conflict) {
      out.why.push_back(text("Their values of '", part.name,
                             "' are verified and differ: they are never joined."));
    }
  }
  if (out.refusal) {
    out.verdict = JoinVerdict::refused;
    describe_refusal(out);
  } else if (out.strongest) {
    out.why.push_back(text("The strongest pair of their two customers has a weight of ",
                           rounded(out.strongest->weight), " bits: no merge was considered."));
  } else {
    out.why.push_back("No pair of their two customers is likely: no merge was considered.");
  }
}

PairExplanation explain_pair(const Linkage& linkage, std::uint32_t a, std::uint32_t b,
                             const ExplainOptions& options) {
  return LinkageExplainer(linkage, options).pair(a, b);
}

std::string evidence_line(const PairExplanation& pair, std::size_t most) {
  require_option(most >= 1, "most", ">= 1", most);
  std::vector<const EvidencePart*> parts;
  for (const EvidencePart& part : pair.parts) {
    if (!part.silent) parts.push_back(&part);
  }
  std::stable_sort(parts.begin(), parts.end(), [](const EvidencePart* x, const EvidencePart* y) {
    return std::abs(x->weight) > std::abs(y->weight);
  });
  std::string out;
  for (std::size_t i = 0; i < std::min(most, parts.size()); ++i) {
    out += text(out.empty() ? "" : ", ", parts[i]->name, ' ', parts[i]->level, ' ',
                bits(parts[i]->weight));
  }
  if (pair.household_correction < -1) {
    out += text(out.empty() ? "" : ", ", "may be one household ", bits(pair.household_correction));
  }
  return out.empty() ? "nothing to compare" : out;
}

}  // namespace emptor
