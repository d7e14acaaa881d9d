// What linking must not depend on, and what its clusters never do.

#include "emptor/identity/link.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/identity/generator.hpp"
#include "support/link_schemas.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using emptor::test::check_property;
using Rows = std::vector<std::vector<std::string>>;

struct Table {
  std::vector<std::string> columns;
  Rows rows;
  LinkSchema schema;

  [[nodiscard]] Records records() const {
    Records records(columns);
    for (const std::vector<std::string>& row : rows) {
      RC_ASSERT(records.add(std::vector<std::string_view>(row.begin(), row.end())).has_value());
    }
    return records;
  }
};

/// Made-up people, as many tables as seeds.
Table some_people() {
  const GeneratedIdentities made = generate_identities(
      {.seed = *rc::gen::arbitrary<std::uint64_t>(), .persons = *rc::gen::inRange(2U, 150U)});
  Table table;
  table.columns.assign(made.records.columns().begin(), made.records.columns().end());
  table.schema = test::generated_schema(made.records);
  table.schema.source_column = "source";
  for (std::size_t r = 0; r < made.records.size(); ++r) {
    std::vector<std::string>& row = table.rows.emplace_back();
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      row.emplace_back(made.records.value(id_at<Record>(r), c));
    }
  }
  return table;
}

/// Few values, so that nearly everything agrees with something: ties everywhere.
Table few_values() {
  RandomStream random(*rc::gen::arbitrary<std::uint32_t>());
  Table table;
  table.columns = {"given", "family", "whole", "born", "mobile", "home", "mail", "card", "shop"};
  table.schema = {.fields = {{"given", FieldType::given_name},
                             {"family", FieldType::family_name},
                             {"whole", FieldType::full_name},
                             {"born", FieldType::birth_date},
                             {"mobile", FieldType::phone},
                             {"home", FieldType::phone},
                             {"mail", FieldType::email},
                             {"card", FieldType::verified_id}},
                  .source_column = "shop"};
  const std::array<std::vector<std::string>, 9> values{
      {{"", "robert", "bob", "roberta", "anna"},
       {"", "smith", "smyth", "jones"},
       {"", "smith, robert", "bob smith", "anna jones smith", "王伟", "wang wei"},
       {"", "1971-03-04", "1971-04-03", "1971", "1980-01-02"},
       {"", "+442071234567", "+442071234568", "+442079999999"},
       {"", "+442071234567", "+442071234568", "unknown"},
       {"", "bob@example.org", "bob@example.com", "anna@example.org"},
       {"", "", "", "A-17", "A-18"},
       {"web", "till"}}};
  const std::uint32_t rows = random.below(60);
  for (std::uint32_t r = 0; r < rows; ++r) {
    std::vector<std::string>& row = table.rows.emplace_back();
    for (const std::vector<std::string>& some : values) {
      row.push_back(some[random.below(static_cast<std::uint32_t>(some.size()))]);
    }
  }
  return table;
}

Table some_table() {
  return *rc::gen::arbitrary<bool>() ? some_people() : few_values();
}

/// By blocks as well as all with all.
LinkOptions some_options() {
  LinkOptions options;
  options.compare_all_below = *rc::gen::element<std::size_t>(0, 1500);
  options.mode =
      *rc::gen::element(LinkMode::dedupe_and_link, LinkMode::link_only, LinkMode::dedupe_only);
  options.blocking.max_block = *rc::gen::element<std::size_t>(5, 300);
  options.blocking.chunk_pairs = *rc::gen::element<std::size_t>(50, 1 << 18);
  return options;
}

/// Clusters as what their records hold: records that are equal may stand for each other.
std::multiset<std::multiset<std::uint64_t>> partition(const Linkage& linkage) {
  std::map<std::uint32_t, std::multiset<std::uint64_t>> clusters;
  for (std::size_t r = 0; r < linkage.records.size(); ++r) {
    clusters[linkage.clustering.cluster[r]].insert(linkage.records.fingerprint(r));
  }
  std::multiset<std::multiset<std::uint64_t>> out;
  for (const auto& [cluster, members] : clusters) out.insert(members);
  return out;
}

/// The weights of the pairs, by what their records hold.
std::multiset<std::tuple<std::uint64_t, std::uint64_t, float>> weights_of(const Linkage& linkage) {
  std::multiset<std::tuple<std::uint64_t, std::uint64_t, float>> out;
  for (const ScoredPair& pair : linkage.pairs) {
    const auto [low, high] =
        std::minmax({linkage.records.fingerprint(pair.a), linkage.records.fingerprint(pair.b)});
    out.insert({low, high, pair.weight});
  }
  return out;
}

std::vector<LabelledPair> some_labels(std::size_t records) {
  std::vector<LabelledPair> labels;
  if (records < 2) return labels;
  const auto count = *rc::gen::inRange<std::size_t>(0, 6);
  for (std::size_t i = 0; i < count; ++i) {
    const auto a = *rc::gen::inRange<std::size_t>(0, records);
    const auto step = *rc::gen::inRange<std::size_t>(1, records);
    labels.push_back({static_cast<std::uint32_t>(a),
                      static_cast<std::uint32_t>((a + step) % records),
                      *rc::gen::arbitrary<bool>()});
  }
  return labels;
}

bool same(const Linkage& x, const Linkage& y) {
  return x.pairs == y.pairs && x.clustering.cluster == y.clustering.cluster &&
         x.clustering.refusals == y.clustering.refusals && x.model.save() == y.model.save() &&
         x.report.expected_pairs == y.report.expected_pairs &&
         x.report.candidates == y.report.candidates;
}

}  // namespace

TEST_CASE("Linked records: clusters do not depend on the order of records") {
  check_property(
      "a permutation",
      [] {
        const Table table = some_table();
        const LinkOptions options = some_options();
        RandomStream random(*rc::gen::arbitrary<std::uint32_t>());
        Table other = table;
        for (std::size_t r = other.rows.size(); r > 1; --r) {
          std::swap(other.rows[r - 1], other.rows[random.below(static_cast<std::uint32_t>(r))]);
        }
        const Linkage one = link(table.records(), table.schema, options);
        const Linkage two = link(other.records(), other.schema, options);
        RC_ASSERT(one.model.save() == two.model.save());
        RC_ASSERT(one.report.candidates == two.report.candidates);
        RC_ASSERT(weights_of(one) == weights_of(two));
        RC_ASSERT(partition(one) == partition(two));
      },
      60);
}

TEST_CASE("Linked records: the same bits for any executor, and again") {
  check_property(
      "1, 3 threads",
      [] {
        const Table table = some_table();
        const LinkOptions options = some_options();
        const Records records = table.records();
        const std::vector<LabelledPair> labels = some_labels(records.size());
        const Linkage inline_run = link(records, table.schema, options, labels);
        for (const std::size_t threads : {1U, 3U}) {
          ThreadPool pool(threads);
          const Linkage pooled = link(records, table.schema, options, labels, {.executor = &pool});
          RC_ASSERT(same(inline_run, pooled));
        }
        RC_ASSERT(same(inline_run, link(records, table.schema, options, labels)));
      },
      30);
}

TEST_CASE("Linked records: what must hold holds") {
  check_property(
      "verified ids, labels, scope, weights",
      [] {
        const Table table = some_table();
        const LinkOptions options = some_options();
        const Records records = table.records();
        const std::vector<LabelledPair> labels = some_labels(records.size());
        const Linkage linkage = link(records, table.schema, options, labels);
        const std::vector<std::uint32_t>& cluster = linkage.clustering.cluster;
        RC_ASSERT(cluster.size() == records.size());

        for (std::size_t c = 0; c < linkage.records.comparisons().size(); ++c) {
          const Comparison& comparison = linkage.records.comparisons()[c];
          if (!comparison.verified) continue;
          std::map<std::uint32_t, std::uint32_t> id_of;
          for (std::size_t r = 0; r < cluster.size(); ++r) {
            const std::uint32_t id = linkage.records.codes(r)[comparison.first_slot];
            if (id != 0) RC_ASSERT(id_of.try_emplace(cluster[r], id).first->second == id);
          }
        }
        for (const LabelledPair& label : labels) {
          // Two that people called different are never one; two that they called one are, unless
          // something hard speaks against it, and that is listed.
          if (!label.match) RC_ASSERT(cluster[label.a] != cluster[label.b]);
          if (!label.match || cluster[label.a] == cluster[label.b]) continue;
          const auto& refused = linkage.clustering.refused;
          RC_ASSERT(std::any_of(refused.begin(), refused.end(), [&](const RefusedMerge& merge) {
            return merge.reason == MergeRefusal::conflict ||
                   merge.reason == MergeRefusal::cannot_link;
          }));
        }
        for (const ScoredPair& pair : linkage.pairs) {
          RC_ASSERT(pair.a < pair.b);
          RC_ASSERT(std::isfinite(pair.weight) && pair.weight >= options.kept_weight);
          const bool one_source =
              linkage.records.sources()[pair.a] == linkage.records.sources()[pair.b];
          if (options.mode == LinkMode::link_only) RC_ASSERT(!one_source);
          if (options.mode == LinkMode::dedupe_only) RC_ASSERT(one_source);
        }
        RC_ASSERT(static_cast<double>(linkage.report.candidates) <= linkage.report.all_pairs);
        RC_ASSERT(linkage.report.likely == linkage.pairs.size());
        RC_ASSERT(linkage.report.expected_pairs >= 0);
      },
      80);
}

TEST_CASE("Linked records: appended in pieces as at once") {
  check_property(
      "two pieces",
      [] {
        const Table table = some_table();
        const Records all = table.records();
        ComparedRecords at_once(all, table.schema);
        RC_ASSERT(at_once.append(all) == all.size());
        // How dates are read is learned from the first piece, so the first piece has them all.
        ComparedRecords one_by_one = at_once.empty_copy();
        std::vector<std::string_view> values;
        for (const std::vector<std::string>& row : table.rows) {
          values.assign(row.begin(), row.end());
          one_by_one.append(values);
        }
        RC_ASSERT(one_by_one.size() == at_once.size());
        const auto texts = [](const ComparedRecords& records) {
          std::vector<std::string> out;
          for (std::size_t r = 0; r < records.size(); ++r) {
            for (std::size_t c = 0; c < records.comparisons().size(); ++c) {
              const Comparison& comparison = records.comparisons()[c];
              for (std::size_t i = 0; i < comparison.slots; ++i) {
                const std::uint32_t code = records.codes(r)[comparison.first_slot + i];
                out.emplace_back(code == 0 ? "" : records.dictionary(c).text(code));
                out.push_back(
                    std::to_string(code == 0 ? 0 : records.dictionary(c).frequency(code)));
              }
            }
            out.push_back(std::to_string(records.fingerprint(r)) + " " +
                          std::string(records.source_name(r)));
            for (const std::uint32_t token : records.names(r)) {
              out.emplace_back(records.name_tokens().text(token));
            }
          }
          for (const FieldCounts& counts : records.field_counts()) {
            out.push_back(counts.column + std::to_string(counts.usable) + " " +
                          std::to_string(counts.missing) + " " +
                          std::to_string(counts.placeholders) + " " +
                          std::to_string(counts.malformed));
          }
          return out;
        };
        RC_ASSERT(texts(one_by_one) == texts(at_once));
      },
      60);
}
