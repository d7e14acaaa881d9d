#include <cmath>
#include <vector>

#include "emptor/identity/explain.hpp"
#include "emptor/identity/labelling.hpp"
#include "support/catch.hpp"
#include "support/identity_data.hpp"

using namespace emptor;

TEST_CASE("explanations of fake1000 add up, and labels tell its quality") {
  const test::IdentitySet set = test::load_fake1000();
  const Linkage linkage = link(set.records, {.fields = {{"first_name", FieldType::given_name},
                                                        {"surname", FieldType::family_name},
                                                        {"dob", FieldType::birth_date},
                                                        {"city", FieldType::city},
                                                        {"email", FieldType::email}}});
  LinkageExplainer explainer(linkage);
  REQUIRE(linkage.pairs.size() > 1000);
  for (const ScoredPair& pair : linkage.pairs) {
    const PairExplanation why = explainer.evidence(pair.a, pair.b);
    double sum = why.prior;
    for (const EvidencePart& part : why.parts) sum += part.weight;
    REQUIRE(sum + why.household_correction == why.weight);
    REQUIRE(std::abs(why.weight - pair.weight) <= 1e-4);
  }
  // Records of one person that were not joined: each has a reason.
  std::size_t missed = 0;
  for (std::uint32_t a = 0; a < set.truth.size() && missed < 50; ++a) {
    for (std::uint32_t b = a + 1; b < set.truth.size(); ++b) {
      const auto& cluster = linkage.clustering.cluster;
      if (set.truth[a] != set.truth[b] || cluster[a] == cluster[b]) continue;
      ++missed;
      const PairExplanation why = explainer.pair(a, b);
      CHECK(why.verdict != JoinVerdict::joined);
      CHECK(why.why.size() >= 2);
    }
  }
  CHECK(missed > 0);

  std::uint64_t links = 0, right = 0;
  for (std::uint32_t a = 0; a < set.truth.size(); ++a) {
    for (std::uint32_t b = a + 1; b < set.truth.size(); ++b) {
      if (linkage.clustering.cluster[a] != linkage.clustering.cluster[b]) continue;
      ++links;
      right += set.truth[a] == set.truth[b] ? 1 : 0;
    }
  }
  const double precision = static_cast<double>(right) / static_cast<double>(links);
  std::size_t held = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const LabellingFile file = labelling_file(linkage, {.rows = 150, .seed = seed});
    std::vector<LabelledPair> labels;
    for (const LabellingRow& row : file.rows) {
      labels.push_back({row.a, row.b, set.truth[row.a] == set.truth[row.b]});
    }
    const EstimatedQuality quality = estimate_quality(file, labels);
    held += quality.precision.low <= precision && precision <= quality.precision.high ? 1 : 0;
  }
  CAPTURE(precision, held);
  CHECK(held >= 45);
}
