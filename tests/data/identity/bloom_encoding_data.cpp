// Two parties link people by encodings alone, with default options and no threshold given.

#include "emptor/identity/bloom_encoding.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/identity/bloom_linkage.hpp"
#include "emptor/identity/generator.hpp"
#include "support/catch.hpp"
#include "support/identity_data.hpp"

using namespace emptor;

namespace {

struct Party {
  Records records;
  std::vector<std::uint32_t> truth;

  explicit Party(const Records& like)
      : records(std::vector<std::string>(like.columns().begin(), like.columns().end())) {}
  void add(const Records& from, std::size_t row, std::uint32_t person) {
    std::vector<std::string_view> values;
    for (std::size_t c = 0; c < from.columns().size(); ++c) {
      values.push_back(from.value(id_at<Record>(row), c));
    }
    (void)records.add(values).value();
    truth.push_back(person);
  }
};

struct Score {
  double precision = 0, f1 = 0, expected_precision = 0;
};

Score score(const Party& ours, const Party& theirs, const LinkSchema& schema,
            const BloomOptions& options = {}, const EncodingLinkOptions& linking = {}) {
  const SecretKey key("thirty-two random bytes, say so.");
  const EncodingLinkage linkage =
      link_encodings(encode_records(ours.records, schema, key, options).encodings,
                     encode_records(theirs.records, schema, key, options).encodings, linking);
  std::unordered_map<std::uint32_t, std::size_t> mine;
  for (const std::uint32_t person : ours.truth) ++mine[person];
  double truth = 0, right = 0;
  for (const std::uint32_t person : theirs.truth) truth += static_cast<double>(mine[person]);
  for (const EncodedPair& pair : linkage.pairs) {
    right += ours.truth[pair.ours] == theirs.truth[pair.theirs] ? 1 : 0;
  }
  const auto links = static_cast<double>(linkage.pairs.size());
  return {right / links, 2 * right / (links + truth), linkage.report.expected_precision};
}

const LinkSchema febrl_schema{.fields = {{"given_name", FieldType::given_name},
                                         {"surname", FieldType::family_name},
                                         {"date_of_birth", FieldType::birth_date},
                                         {"address_1", FieldType::address},
                                         {"postcode", FieldType::postcode}}};

TEST_CASE("Febrl 4 by encodings") {
  const test::IdentitySet set = test::load_febrl(4);
  Party ours(set.records), theirs(set.records);
  for (std::size_t r = 0; r < set.records.size(); ++r) {
    (set.source[r] == 0 ? ours : theirs).add(set.records, r, set.truth[r]);
  }
  const Score plain = score(ours, theirs, febrl_schema);
  CHECK(plain.f1 > 0.98);
  CHECK(plain.expected_precision == Approx(plain.precision).margin(0.01));
  CHECK(score(ours, theirs, febrl_schema, {}, {.compare_all_below = 0}).f1 > 0.97);
  CHECK(score(ours, theirs, febrl_schema, {.layout = BloomLayout::by_field}).f1 > 0.985);
  CHECK(score(ours, theirs, febrl_schema, {.balance = true}).f1 > 0.98);
  CHECK(score(ours, theirs, febrl_schema, {.xor_fold = true}).f1 > 0.95);
  CHECK(score(ours, theirs, febrl_schema, {.diffusion = 5}).f1 > 0.87);
}

TEST_CASE("Febrl 4 by encodings where few people are shared") {
  const test::IdentitySet set = test::load_febrl(4);
  Party ours(set.records), theirs(set.records);
  for (std::size_t r = 0; r < set.records.size(); ++r) {
    const std::uint32_t part = set.truth[r] % 20;  // one in twenty is in both
    if (set.source[r] == 0 && part < 11) ours.add(set.records, r, set.truth[r]);
    if (set.source[r] == 1 && part > 9) theirs.add(set.records, r, set.truth[r]);
  }
  const Score few = score(ours, theirs, febrl_schema);
  CHECK(few.f1 > 0.89);
  CHECK(few.precision > 0.94);
}

TEST_CASE("Historical people by encodings") {
  const test::IdentitySet set = test::load_historical50k();
  std::vector<std::vector<std::size_t>> members(set.clusters());
  for (std::size_t r = 0; r < set.records.size(); ++r) members[set.truth[r]].push_back(r);
  Party ours(set.records), theirs(set.records);
  RandomStream random(5);
  for (std::uint32_t person = 0; person < members.size(); ++person) {
    const auto& rows = members[person];
    if (rows.size() < 2) continue;
    const std::uint32_t a = random.below(static_cast<std::uint32_t>(rows.size()));
    std::uint32_t b = random.below(static_cast<std::uint32_t>(rows.size() - 1));
    if (b >= a) ++b;
    ours.add(set.records, rows[a], person);
    theirs.add(set.records, rows[b], person);
  }
  const LinkSchema schema{.fields = {{"full_name", FieldType::full_name},
                                     {"dob", FieldType::birth_date},
                                     {"birth_place", FieldType::birth_place},
                                     {"postcode_fake", FieldType::postcode},
                                     {"occupation", FieldType::text}}};
  const Score plain = score(ours, theirs, schema);
  CHECK(plain.f1 > 0.80);
  CHECK(plain.expected_precision == Approx(plain.precision).margin(0.03));
}

TEST_CASE("Made-up people by encodings") {
  const GeneratedIdentities made = generate_identities({.persons = 5000});
  Party ours(made.records), theirs(made.records);
  std::vector<int> seen(5000);
  for (std::size_t r = 0; r < made.records.size(); ++r) {  // the first two records of each
    const int before = seen[made.person[r]]++;
    if (before < 2) (before == 0 ? ours : theirs).add(made.records, r, made.person[r]);
  }
  const LinkSchema schema{.fields = {{"given_name", FieldType::given_name},
                                     {"family_name", FieldType::family_name},
                                     {"full_name", FieldType::full_name},
                                     {"birth_date", FieldType::birth_date},
                                     {"email", FieldType::email},
                                     {"phone", FieldType::phone},
                                     {"address", FieldType::address},
                                     {"postcode", FieldType::postcode}}};
  CHECK(score(ours, theirs, schema).f1 > 0.79);
}

}  // namespace
