#include "emptor/identity/labelling.hpp"

#include <cmath>
#include <map>
#include <set>

#include "emptor/identity/generator.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

struct Judgeable {
  Judgeable()
      : made(generate_identities({.seed = 11, .persons = 1500})),
        linkage(link(made.records, {.fields = {{"given_name", FieldType::given_name},
                                               {"family_name", FieldType::family_name},
                                               {"full_name", FieldType::full_name},
                                               {"birth_date", FieldType::birth_date},
                                               {"email", FieldType::email},
                                               {"phone", FieldType::phone},
                                               {"city", FieldType::city}}})) {}

  [[nodiscard]] bool match(std::uint32_t a, std::uint32_t b) const {
    return made.person[a] == made.person[b];
  }
  [[nodiscard]] std::vector<LabelledPair> answers(const LabellingFile& file) const {
    std::vector<LabelledPair> out;
    for (const LabellingRow& row : file.rows) out.push_back({row.b, row.a, match(row.a, row.b)});
    return out;
  }

  GeneratedIdentities made;
  Linkage linkage;
};

const Judgeable& judgeable() {
  static const Judgeable one;
  return one;
}

/// Precision, recall and F1 over all pairs of the population.
std::array<double, 3> true_quality(const Judgeable& data) {
  const std::vector<std::uint32_t>& cluster = data.linkage.clustering.cluster;
  std::set<std::pair<std::uint32_t, std::uint32_t>> population;
  for (const ScoredPair& pair : data.linkage.pairs) population.emplace(pair.a, pair.b);
  for (std::uint32_t a = 0; a < cluster.size(); ++a) {
    for (std::uint32_t b = a + 1; b < cluster.size(); ++b) {
      if (cluster[a] == cluster[b]) population.emplace(a, b);
    }
  }
  double links = 0, right = 0, matches = 0;
  for (const auto& [a, b] : population) {
    const bool linked = cluster[a] == cluster[b], match = data.match(a, b);
    links += linked ? 1 : 0;
    matches += match ? 1 : 0;
    right += linked && match ? 1 : 0;
  }
  return {right / links, right / matches, 2 * right / (links + matches)};
}

}  // namespace

TEST_CASE("the labelling file is a stratified sample, the same for a seed") {
  const Judgeable& data = judgeable();
  const LabellingFile file = labelling_file(data.linkage, {.rows = 150});
  CHECK(file.rows.size() == 150);
  std::uint64_t population = 0, linked = 0;
  std::size_t rows = 0;
  for (const LabellingStratum& stratum : file.strata) {
    population += stratum.pairs;
    linked += stratum.linked ? stratum.pairs : 0;
    rows += stratum.rows;
    CHECK(stratum.rows >= std::min<std::uint64_t>(4, stratum.pairs));
    CHECK(stratum.rows <= stratum.pairs);
  }
  CHECK(rows == 150);
  CHECK(population >= data.linkage.pairs.size());
  std::map<std::uint32_t, std::uint64_t> sizes;
  for (const std::uint32_t label : data.linkage.clustering.cluster) ++sizes[label];
  std::uint64_t inside = 0;
  for (const auto& [label, size] : sizes) inside += size * (size - 1) / 2;
  CHECK(linked == inside);
  std::set<std::pair<std::uint32_t, std::uint32_t>> distinct;
  std::size_t unsure = 0;
  for (const LabellingRow& row : file.rows) {
    const LabellingStratum& stratum = file.strata[row.stratum];
    CHECK(row.a < row.b);
    CHECK(row.weight >= stratum.low);
    CHECK(row.weight < stratum.high);
    CHECK(row.sampling_probability ==
          static_cast<double>(stratum.rows) / static_cast<double>(stratum.pairs));
    CHECK_FALSE(row.explanation.empty());
    CHECK(distinct.emplace(row.a, row.b).second);
    unsure += std::abs(row.weight) < 4 ? 1 : 0;
  }
  CHECK(unsure > 40);  // where the model is least sure
  const LabellingFile again = labelling_file(data.linkage, {.rows = 150});
  const LabellingFile other = labelling_file(data.linkage, {.rows = 150, .seed = 2});
  std::size_t shared = 0;
  for (std::size_t i = 0; i < file.rows.size(); ++i) {
    CHECK(file.rows[i].a == again.rows[i].a);
    CHECK(file.rows[i].b == again.rows[i].b);
    shared += distinct.contains({other.rows[i].a, other.rows[i].b}) ? 1 : 0;
  }
  CHECK(shared < 100);
}

TEST_CASE("all pairs judged give the exact quality") {
  const Judgeable& data = judgeable();
  const LabellingFile file = labelling_file(data.linkage, {.rows = 1'000'000});
  const EstimatedQuality all = estimate_quality(file, data.answers(file));
  const std::array<double, 3> truth = true_quality(data);
  CHECK(all.precision.estimate == Approx(truth[0]).epsilon(1e-12));
  CHECK(all.recall.estimate == Approx(truth[1]).epsilon(1e-12));
  CHECK(all.f1.estimate == Approx(truth[2]).epsilon(1e-12));
  CHECK(all.f1.high - all.f1.low < 1e-9);
  CHECK(all.unlabelled == 0);
  CHECK(all.unknown == 0);
  const EstimatedQuality more = estimate_quality(file, data.answers(file), {.count_missed = true});
  CHECK(more.recall.estimate < all.recall.estimate);
}

TEST_CASE("estimates are unbiased and their intervals hold the truth for nine of ten seeds") {
  const Judgeable& data = judgeable();
  const std::array<double, 3> truth = true_quality(data);
  constexpr std::uint64_t seeds = 100;
  std::array<std::size_t, 3> held{};
  std::array<double, 3> sum{};
  double width = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const LabellingFile file = labelling_file(data.linkage, {.rows = 200, .seed = seed});
    const EstimatedQuality got = estimate_quality(file, data.answers(file));
    const QualityEstimate* each[] = {&got.precision, &got.recall, &got.f1};
    for (std::size_t m = 0; m < 3; ++m) {
      held[m] += each[m]->low <= truth[m] && truth[m] <= each[m]->high ? 1 : 0;
      sum[m] += each[m]->estimate;
      CHECK(each[m]->low <= each[m]->estimate);
      CHECK(each[m]->estimate <= each[m]->high);
    }
    width += got.f1.high - got.f1.low;
  }
  for (std::size_t m = 0; m < 3; ++m) {
    CAPTURE(m, truth[m], sum[m] / seeds, held[m]);
    CHECK(held[m] >= seeds * 9 / 10);
    CHECK(std::abs(sum[m] / seeds - truth[m]) < 0.004);
  }
  CAPTURE(width / seeds);
  CHECK(width / seeds < 0.06);  // 200 answers say something
}

TEST_CASE("missing answers, strange answers and answers that contradict") {
  const Judgeable& data = judgeable();
  const LabellingFile file = labelling_file(data.linkage, {.rows = 100});
  std::vector<LabelledPair> answers = data.answers(file);
  answers.resize(60);
  answers.push_back({0, 1, false});
  answers.push_back(answers[0]);  // said twice
  const EstimatedQuality some = estimate_quality(file, answers);
  CHECK(some.labelled == 60);
  CHECK(some.unlabelled == 40);
  CHECK(some.unknown == 1);
  const EstimatedQuality none = estimate_quality(file, {});
  CHECK(none.blind_strata == file.strata.size());
  CHECK(none.precision.estimate > 0.5);  // what the model believes
  CHECK(none.precision.low < none.precision.high);
  answers.push_back({answers[0].b, answers[0].a, !answers[0].match});
  CHECK_THROWS_AS(estimate_quality(file, answers), Exception);
  const EstimatedQuality nothing = estimate_quality({}, {});
  CHECK(std::isnan(nothing.precision.estimate));
  LabellingFile broken = file;
  broken.rows[3].stratum = 99;
  CHECK_THROWS_AS(estimate_quality(broken, {}), Exception);
  CHECK_THROWS_AS(estimate_quality(file, {}, {.confidence = 1}), Exception);
  CHECK_THROWS_AS(labelling_file(data.linkage, {.rows = 0}), Exception);
  CHECK_THROWS_AS(labelling_file(data.linkage, {.bounds = {}}), Exception);
  CHECK_THROWS_AS(labelling_file(data.linkage, {.bounds = {2, 2}}), Exception);
}

TEST_CASE("labels are read back line by line, and linking takes them") {
  const LabelsRead read = read_labels(
      "a,b,label\r\n"
      "1, 2, Match\r\n"
      "\n"
      "3;4;0\n"
      "5\t6\tno\n"
      "\"7\",\"8\",\n"
      "9,9,1\n"
      "10,2000,1\n"
      "x,3,1\n"
      "1,2\n"
      "1,2,3,4,5\n"
      "4,3,perhaps\n"
      "-1,3,1\n"
      "99999999999,3,1\n"
      "11,12,TRUE",
      1000);
  REQUIRE(read.labels.size() == 4);
  CHECK(read.labels[0].a == 1);
  CHECK(read.labels[0].match);
  CHECK(read.labels[1].b == 4);
  CHECK_FALSE(read.labels[1].match);
  CHECK_FALSE(read.labels[2].match);
  CHECK(read.labels[3].b == 12);
  CHECK(read.blank == 1);
  std::vector<std::size_t> wrong;
  for (const LabelError& error : read.errors) {
    wrong.push_back(error.line);
    CHECK(error.message.find("perhaps") == error.message.npos);
  }
  CHECK(wrong == std::vector<std::size_t>{7, 8, 9, 10, 11, 12, 13, 14});
  CHECK(read_labels("", 5).labels.empty());
  CHECK(read_labels("a;b;label\n0;1;1", 5).labels.size() == 1);

  const Judgeable& data = judgeable();
  const LabellingFile file = labelling_file(data.linkage, {.rows = 40});
  std::string lines = "a,b,label\n";
  for (const LabellingRow& row : file.rows) {
    lines += text(row.a, ',', row.b, ',', data.match(row.a, row.b) ? 1 : 0, '\n');
  }
  const LabelsRead back = read_labels(lines, data.linkage.records.size());
  CHECK(back.errors.empty());
  CHECK(back.labels.size() == file.rows.size());
}
