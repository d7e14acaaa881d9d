#pragma once
// A made-up linkage for the report's identity section: consistent in shape, believable in size.

#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "emptor/report/sections_identity.hpp"
#include "sample_results.hpp"

namespace emptor::test {

inline LinkageSummary sample_linkage() {
  LinkageSummary out{.records = 10000,
                     .clusters = 4312,
                     .duplicates = 5688,
                     .merges_refused = 41,
                     .all_pairs = 49995000,
                     .candidates = 88214,
                     .likely = 12911,
                     .match_share = 2e-4,
                     .household_share = 1e-4};
  out.fields = {{"first_name", "given_name", 9411, 560, 20, 9},
                {attack, "family_name", 9702, 298, 0, 0},
                {"birth_date", "birth_date", 6120, 3600, 160, 120},
                {"email", "email", 7005, 2805, 188, 2}};
  const auto add = [&](const char* name,
                       std::vector<std::pair<const char*, std::array<double, 3>>> levels) {
    for (const auto& [level, p] : levels) {
      out.levels.push_back({.comparison = name,
                            .level = level,
                            .match = p[0],
                            .household = p[1],
                            .random = p[2],
                            .weight = std::log2(p[0] / p[2])});
    }
  };
  add("first_name", {{"exact", {.78, .012, .009}},
                     {"alike", {.11, .01, .008}},
                     {"similar", {.05, .03, .02}},
                     {"in another name", {.03, .004, .001}},
                     {"different", {.03, .944, .962}}});
  add("family_name", {{"exact", {.9, .8, .0031}},
                      {"alike", {.05, .04, .002}},
                      {"similar", {.02, .02, .012}},
                      {"in another name", {.01, .01, .0004}},
                      {"different", {.02, .13, .9825}}});
  add("birth_date", {{"exact", {.88, .0003, .00004}},
                     {"slip or swapped", {.08, .001, .0006}},
                     {"same year", {.01, .03, .016}},
                     {"two slips", {.02, .02, .011}},
                     {"different", {.01, .9487, .97236}}});
  for (std::size_t s = 0; s < 3; ++s) {
    for (const auto& [level, m, u] : {std::tuple("exact", .7 - .2 * static_cast<double>(s), 2e-8),
                                      std::tuple("different", .3, 1.0)}) {
      out.levels.push_back({.comparison = "email",
                            .level = level,
                            .parent = "first_name",
                            .state = static_cast<ParentState>(s),
                            .match = m,
                            .household = .2,
                            .random = u,
                            .weight = std::log2(m / u)});
    }
  }
  out.blocking.rules = {
      {.name = "email", .records = 7005, .blocks = 2405, .largest_block = 11, .pairs = 8122},
      {.name = attack,
       .records = 9290,
       .blocks = 3104,
       .largest_block = 88,
       .pairs = 40211,
       .over_full_blocks = 2,
       .pairs_dropped = 1204}};
  for (int i = -4; i <= 20; ++i) {
    const double t = i;
    const double precision = 1 / (1 + std::exp2(-t / 2 - 3)),
                 recall = 1 / (1 + std::exp2(t / 3 - 5));
    out.curve.push_back({.threshold = static_cast<float>(i),
                         .precision = precision,
                         .recall = recall,
                         .f1 = 2 * precision * recall / (precision + recall)});
    out.weights.push_back({2.0 * i + 4, i < 0 ? 60u : 500u + 60u * static_cast<unsigned>(i),
                           i < 2 ? 600u - 100u * static_cast<unsigned>(i + 4) : 0u});
  }
  out.best = out.curve[8];
  out.bin_width = 2;
  out.sizes = {{1, 1900}, {2, 1100}, {3, 640}, {4, 330}, {5, 181}, {6, 90}, {9, 61}, {14, 10}};
  out.contested = {{.other = 8,
                    .size = 2,
                    .a = 3,
                    .b = 8,
                    .weight = 6.2,
                    .mean = -2.1,
                    .reason_text = "the mean of all their pairs is below the threshold",
                    .because = "first_name exact +6.1, birth_date different -5.9"},
                   {.other = 9,
                    .size = 1,
                    .a = 4,
                    .b = 9,
                    .weight = 3.1,
                    .mean = 3.1,
                    .reason = MergeRefusal::conflict,
                    .reason_text = attack,
                    .because = attack}};
  return out;
}

inline PairExplanation sample_pair() {
  PairExplanation out{.a = 3, .b = 8, .prior = -12.3};
  const auto add = [&](std::string name, std::string level, double weight, std::uint32_t frequency,
                       std::string a, std::string b) {
    out.parts.push_back({.name = std::move(name),
                         .level = std::move(level),
                         .silent = a.empty() || b.empty(),
                         .weight = weight,
                         .household = weight / 2,
                         .frequency = frequency,
                         .values = 9702,
                         .a = std::move(a),
                         .b = std::move(b)});
  };
  add("first_name", "alike", 4.1, 0, "r***t", "b***");
  add("family_name", "exact", 9.7, 12, "s***h", "s***h");
  add("birth_date", "slip or swapped", 7.2, 0, "1971-**-**", "1971-**-**");
  add("email", "missing", 0, 0, "r***@example.com", "");
  add("phone", "different", -2.2, 0, "***23", "***99");
  add(attack, "exact", 3.4, 31, attack, attack);
  out.household_correction = -1.6;
  out.weight = out.prior + out.household_correction;
  for (const EvidencePart& part : out.parts) out.weight += part.weight;
  out.probability = 1 / (1 + std::exp2(-out.weight));
  out.verdict = JoinVerdict::refused;
  out.why = {"The two records were compared, and their pair was kept as a likely one.",
             "A merge of the two customers was considered and refused: the mean of all their pairs "
             "is below the threshold."};
  return out;
}

inline ClusterExplanation sample_cluster() {
  ClusterExplanation out{.cluster = 3, .records = {3, 17, 21, 99, 120}};
  out.merges = {{0, 1, 3, 17, 31.2, 31.2, false, "email exact +21.9, family_name exact +9.7"},
                {3, 4, 99, 120, 24.9, 24.9, false, "phone exact +18.1"},
                {5, 2, 17, 21, 19.8, 15.3, false, attack},
                {7, 6, 21, 99, 9.9, 3.4, false, "birth_date slip or swapped +7.2"}};
  out.weakest = 3;
  out.contested = {{.other = 8,
                    .size = 2,
                    .a = 3,
                    .b = 8,
                    .weight = 6.2,
                    .mean = -2.1,
                    .reason_text = "the mean of all their pairs is below the threshold",
                    .because = "first_name exact +6.1, birth_date different -5.9"}};
  return out;
}

/// The section with everything in it.
inline void add_identity(ReportPage& page) {
  const std::vector<PairExplanation> pairs = {sample_pair()};
  ClusterExplanation by_people{.cluster = 1, .records = {1, 2}};
  by_people.merges = {{0, 1, 1, 2, std::nan(""), std::nan(""), true, "nothing to compare"}};
  const std::vector<ClusterExplanation> clusters = {sample_cluster(), by_people};
  add_identity_tiles(page, sample_linkage());
  add_identity_section(page, sample_linkage(),
                       {.pairs = pairs,
                        .clusters = clusters,
                        .judged = EstimatedQuality{.precision = {.987, .969, .995},
                                                   .recall = {.961, .94, .98},
                                                   .f1 = {.974, .96, .985},
                                                   .labelled = 195,
                                                   .unlabelled = 5}});
}

}  // namespace emptor::test
