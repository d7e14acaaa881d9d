#include "emptor/identity/explain.hpp"

#include <array>
#include <cmath>
#include <initializer_list>
#include <set>

#include "emptor/identity/generator.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

/// Made-up people, some with a verified number that keeps two of one name apart.
struct Explained {
  Explained()
      : made(generate_identities({.seed = 5, .persons = 700})),
        linkage(link(made.records, {.fields = {{"given_name", FieldType::given_name},
                                               {"family_name", FieldType::family_name},
                                               {"full_name", FieldType::full_name},
                                               {"birth_date", FieldType::birth_date},
                                               {"email", FieldType::email},
                                               {"phone", FieldType::phone},
                                               {"address", FieldType::address},
                                               {"city", FieldType::city},
                                               {"postcode", FieldType::postcode}}})) {}
  GeneratedIdentities made;
  Linkage linkage;
};

const Explained& explained() {
  static const Explained one;
  return one;
}

double sum_of(const PairExplanation& pair) {
  double sum = pair.prior;
  for (const EvidencePart& part : pair.parts) sum += part.weight;
  return sum + pair.household_correction;
}

}  // namespace

TEST_CASE("the parts of a pair add up to the weight that linking gave it") {
  const Linkage& linkage = explained().linkage;
  LinkageExplainer explainer(linkage);
  REQUIRE(linkage.pairs.size() > 500);
  for (const ScoredPair& pair : linkage.pairs) {
    const PairExplanation why = explainer.evidence(pair.a, pair.b);
    REQUIRE(sum_of(why) == why.weight);
    REQUIRE(std::abs(why.weight - pair.weight) <= 1e-4);
    REQUIRE(why.household_correction <= 0);
    REQUIRE(std::abs(why.probability - match_probability(pair.weight)) <= 1e-4);
    const PairExplanation back = explainer.evidence(pair.b, pair.a);
    REQUIRE(std::abs(back.weight - why.weight) <= 1e-9);
  }
}

TEST_CASE("a pair's explanation says what was equal and hides it") {
  const Linkage& linkage = explained().linkage;
  LinkageExplainer masked(linkage), open(linkage, {.show_values = true});
  std::size_t exact = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    const ScoredPair& pair = linkage.pairs[i];
    const PairExplanation hidden = masked.pair(pair.a, pair.b);
    const PairExplanation shown = open.pair(pair.a, pair.b);
    REQUIRE(hidden.parts.size() == linkage.records.comparisons().size());
    for (std::size_t c = 0; c < hidden.parts.size(); ++c) {
      const EvidencePart& part = hidden.parts[c];
      if (part.silent) {
        CHECK(part.weight == 0);
        CHECK((part.level == "missing") == (part.a.empty() || part.b.empty()));
        continue;
      }
      if (part.frequency > 0) {
        ++exact;
        CHECK(shown.parts[c].a == shown.parts[c].b);
        CHECK(part.frequency >= 2);
      }
      CHECK(shown.parts[c].a != part.a);
      CHECK_THAT(part.a, ContainsSubstring("**"));
    }
  }
  CHECK(exact > 200);
}

TEST_CASE("joined, refused, not considered: each says why") {
  const Linkage& linkage = explained().linkage;
  const Clustering& clustering = linkage.clustering;
  LinkageExplainer explainer(linkage);
  for (const MergeStep& step : clustering.steps) {
    const PairExplanation why = explainer.pair(step.a, step.b);
    REQUIRE(why.verdict == JoinVerdict::joined);
    REQUIRE(why.cluster_a == why.cluster_b);
    REQUIRE(why.likely);
    REQUIRE_FALSE(why.blocks.empty());
    REQUIRE(why.why.size() == 2);
  }
  REQUIRE_FALSE(clustering.refused.empty());
  for (const RefusedMerge& refused : clustering.refused) {
    const PairExplanation why = explainer.pair(refused.b, refused.a);
    REQUIRE(why.verdict == JoinVerdict::refused);
    REQUIRE(why.refusal->mean == refused.mean);
    REQUIRE(why.strongest->weight == refused.weight);
    REQUIRE(why.cluster_a != why.cluster_b);
    CHECK_THAT(why.why.back(), ContainsSubstring("considered and refused"));
  }
  // Somebody with whom the first record shares no blocking key.
  for (std::uint32_t other = 1; other < linkage.records.size(); ++other) {
    const PairExplanation why = explainer.pair(0, other);
    if (!why.blocks.empty()) continue;
    CHECK(why.verdict == JoinVerdict::not_considered);
    CHECK_FALSE(why.likely);
    CHECK_THAT(why.why.front(), ContainsSubstring("No blocking rule"));
    CHECK(why.weight < 0);
    break;
  }
}

TEST_CASE("a cluster's tree has every record once and its weakest link") {
  const Linkage& linkage = explained().linkage;
  const Clustering& clustering = linkage.clustering;
  LinkageExplainer explainer(linkage);
  std::size_t large = 0, contested = 0;
  for (std::uint32_t record = 0; record < linkage.records.size(); ++record) {
    if (clustering.cluster[record] != record) continue;
    const ClusterExplanation why = explainer.cluster(record);
    const std::size_t n = why.records.size();
    REQUIRE(std::set(why.records.begin(), why.records.end()).size() == n);
    REQUIRE(why.merges.size() == n - 1);
    REQUIRE(why.weakest.has_value() == (n > 1));
    contested += why.contested.size();
    for (const ContestedMerge& other : why.contested) {
      CHECK(clustering.cluster[other.a] == record);
      CHECK(clustering.cluster[other.b] == other.other);
      CHECK(other.other != record);
      CHECK_FALSE(other.reason_text.empty());
    }
    if (n < 3) continue;
    ++large;
    std::set<std::size_t> children;
    // Each node spans neighbouring leaves: the tree can be drawn without crossings.
    std::vector<std::pair<std::size_t, std::size_t>> span;
    for (std::size_t i = 0; i < n; ++i) span.emplace_back(i, i);
    for (std::size_t m = 0; m < why.merges.size(); ++m) {
      const TreeMerge& merge = why.merges[m];
      REQUIRE(std::max(merge.left, merge.right) < n + m);
      REQUIRE(children.insert(merge.left).second);
      REQUIRE(children.insert(merge.right).second);
      const auto [first, last] = std::minmax(span[merge.left], span[merge.right]);
      REQUIRE(first.second + 1 == last.first);
      span.emplace_back(first.first, last.second);
      REQUIRE(merge.mean >= why.merges[*why.weakest].mean);
      REQUIRE_FALSE(merge.because.empty());
      for (const std::uint32_t end : {merge.a, merge.b}) {
        REQUIRE(clustering.cluster[end] == record);
      }
    }
    REQUIRE(span.back() == std::pair<std::size_t, std::size_t>(0, n - 1));
  }
  CHECK(large > 100);
  CHECK(contested == 2 * clustering.refused.size());
}

TEST_CASE("labels join and part, and the tree says that people said so") {
  Records records({"name", "passport"});
  const auto add = [&](std::initializer_list<std::string_view> row) {
    REQUIRE(records.add(std::vector<std::string_view>(row)));
  };
  for (int i = 0; i < 30; ++i)
    add({text("person ", std::string(3, static_cast<char>('a' + i % 26)), i),
         text("P00", 1000 + i)});
  add({"mary jones", "P777001"});
  add({"maria klein", ""});
  add({"john smith", "P777002"});
  add({"john smith", "P777003"});
  const LinkSchema schema{
      .fields = {{"name", FieldType::full_name}, {"passport", FieldType::verified_id}}};
  const std::vector<LabelledPair> labels = {{30, 31, true}};
  const Linkage linkage = link(records, schema, {}, labels);
  const ClusterExplanation why = explain_cluster(linkage, 31);
  REQUIRE(why.records.size() == 2);
  REQUIRE(why.merges.size() == 1);
  CHECK(why.merges[0].by_label);
  CHECK(std::isnan(why.merges[0].mean));
  CHECK_FALSE(why.weakest);
  const PairExplanation johns = explain_pair(linkage, 32, 33);
  CHECK(johns.verdict != JoinVerdict::joined);
  bool said = false;
  for (const std::string& line : johns.why) said = said || line.find("verified") != line.npos;
  CHECK(said);
}

TEST_CASE("pairs outside the mode's scope are said to be so") {
  Records records({"name", "from"});
  for (int i = 0; i < 40; ++i) {
    const std::string name = text("person ", std::string(4, static_cast<char>('a' + i % 20)));
    const std::vector<std::string_view> row{name, i < 20 ? "shop" : "web"};
    REQUIRE(records.add(row));
  }
  const LinkSchema schema{.fields = {{"name", FieldType::full_name}}, .source_column = "from"};
  const Linkage linkage = link(records, schema, {.mode = LinkMode::link_only});
  REQUIRE_FALSE(linkage.pairs.empty());
  CHECK(explain_pair(linkage, 0, 20).in_scope);
  const PairExplanation same = explain_pair(linkage, 0, 1);
  CHECK_FALSE(same.in_scope);
  CHECK_THAT(same.why.front(), ContainsSubstring("not to be compared"));
}

TEST_CASE("what cannot be explained is refused") {
  const Linkage& linkage = explained().linkage;
  const auto end = static_cast<std::uint32_t>(linkage.records.size());
  CHECK_THROWS_AS(explain_pair(linkage, 3, 3), Exception);
  CHECK_THROWS_AS(explain_pair(linkage, end, 3), Exception);
  CHECK_THROWS_AS(explain_pair(linkage, 3, end), Exception);
  CHECK_THROWS_AS(explain_cluster(linkage, end), Exception);
  CHECK_THROWS_AS(evidence_line(explain_pair(linkage, 1, 2), 0), Exception);
  CHECK_THROWS_AS(summarise_linkage(linkage, {.thresholds = 1}), Exception);
  CHECK_THROWS_AS(summarise_linkage(linkage, {.bins = 0}), Exception);
}

TEST_CASE("a line of evidence has the strongest parts, and none that is silent") {
  PairExplanation pair;
  pair.parts = {{.name = "given name", .level = "exact", .weight = 7.04},
                {.name = "family name", .level = "counted with the given name", .silent = true},
                {.name = "town", .level = "different", .weight = -2.5},
                {.name = "phone", .level = "exact", .weight = 14},
                {.name = "gender", .level = "exact", .weight = -0.01}};
  CHECK(evidence_line(pair, 3) == "phone exact +14.0, given name exact +7.0, town different -2.5");
  pair.household_correction = -3;
  CHECK(evidence_line(pair, 9) ==
        "phone exact +14.0, given name exact +7.0, town different -2.5, gender exact 0.0, may be "
        "one household -3.0");
  CHECK(evidence_line({}) == "nothing to compare");
}

TEST_CASE("values are masked by what they are") {
  CHECK(mask_value(ComparisonKind::given_name, "robert") == "r***t");
  CHECK(mask_value(ComparisonKind::given_name, "bo") == "b***");
  CHECK(mask_value(ComparisonKind::given_name, "j") == "***");
  CHECK(mask_value(ComparisonKind::family_name, "zhang\t张") == "***");
  CHECK(mask_value(ComparisonKind::family_name, "smith\t\t2") == "s***h");
  CHECK(mask_value(ComparisonKind::address, "12 high road") == "1*** h***h r***d");
  CHECK(mask_value(ComparisonKind::email, "jane.doe@example.com") == "j***@example.com");
  CHECK(mask_value(ComparisonKind::email, "nothing") == "***ng");
  CHECK(mask_value(ComparisonKind::birth_date, "19710624") == "1971-**-**");
  CHECK(mask_value(ComparisonKind::phone, "447700900123") == "***23");
  CHECK(mask_value(ComparisonKind::key, "ab1") == "***");
  CHECK(mask_value(ComparisonKind::location, "51.5,-0.1") == "***");
  CHECK(mask_value(ComparisonKind::text, "").empty());
  CHECK(plain_value(ComparisonKind::birth_date, "19710624") == "1971-06-24");
  CHECK(plain_value(ComparisonKind::birth_date, "1971a604") == "1971-06-04 (or day first)");
  CHECK(plain_value(ComparisonKind::family_name, "zhang\t张") == "张");
}

TEST_CASE("a linkage in numbers adds up") {
  const Linkage& linkage = explained().linkage;
  const LinkageSummary sum = summarise_linkage(linkage, {.contested = 3, .bins = 20});
  CHECK(sum.records == linkage.records.size());
  CHECK(sum.clusters + sum.duplicates == sum.records);
  std::size_t clusters = 0, records = 0;
  for (const ClusterSize& size : sum.sizes) {
    clusters += size.clusters;
    records += size.records * size.clusters;
  }
  CHECK(clusters == sum.clusters);
  CHECK(records == sum.records);
  std::uint64_t pairs = 0;
  for (const WeightBin& bin : sum.weights) pairs += bin.joined + bin.apart;
  CHECK(pairs == sum.likely);
  CHECK(sum.weights.size() <= 20);
  for (const FieldUse& field : sum.fields) {
    CHECK(field.usable + field.missing + field.placeholders + field.malformed == sum.records);
  }
  CHECK(sum.contested.size() == std::min<std::size_t>(3, linkage.clustering.refused.size()));
  CHECK(sum.curve.size() == 61);
  for (std::size_t i = 1; i < sum.curve.size(); ++i) {
    CHECK(sum.curve[i].threshold > sum.curve[i - 1].threshold);
    CHECK(sum.curve[i].recall <= sum.curve[i - 1].recall);
  }
  CHECK(sum.best.f1 >= sum.curve[30].f1);
  double match = 0;
  for (const LevelUse& level : sum.levels) {
    if (level.comparison == sum.levels[0].comparison) match += level.match;
  }
  CHECK(std::abs(match - 1) <= 1e-9);
}

TEST_CASE("a linkage of nothing, and of one record, is explained too") {
  Records records({"name"});
  const LinkSchema schema{.fields = {{"name", FieldType::full_name}}};
  const LinkageSummary none = summarise_linkage(link(records, schema));
  CHECK(none.clusters == 0);
  CHECK(none.curve.empty());
  const std::vector<std::string_view> row{"jane doe"};
  REQUIRE(records.add(row));
  const Linkage linkage = link(records, schema);
  CHECK(summarise_linkage(linkage).clusters == 1);
  const ClusterExplanation alone = explain_cluster(linkage, 0);
  CHECK(alone.records == std::vector<std::uint32_t>{0});
  CHECK(alone.merges.empty());
}
