// 20,000 people: the model and the clusters of the first half of the records, the second half one
// by one; against linking all of them at once.

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/evaluate/clustering.hpp"
#include "emptor/identity/generator.hpp"
#include "emptor/identity/resolver.hpp"
#include "support/catch.hpp"

using namespace emptor;

TEST_CASE("20,000 people one by one come close to linking them at once") {
  const GeneratedIdentities made = generate_identities({.seed = 31, .persons = 20000});
  const LinkSchema schema{.fields = {{"given_name", FieldType::given_name},
                                     {"family_name", FieldType::family_name},
                                     {"full_name", FieldType::full_name},
                                     {"gender", FieldType::gender},
                                     {"birth_date", FieldType::birth_date},
                                     {"email", FieldType::email},
                                     {"phone", FieldType::phone},
                                     {"address", FieldType::address},
                                     {"city", FieldType::city},
                                     {"postcode", FieldType::postcode},
                                     {"device", FieldType::device},
                                     {"user_id", FieldType::account}}};
  const std::vector<std::string> columns(made.records.columns().begin(),
                                         made.records.columns().end());
  Records first(columns);
  std::vector<std::string_view> row(columns.size());
  const auto read = [&](std::size_t r) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      row[c] = made.records.value(id_at<Record>(r), c);
    }
  };
  for (std::size_t r = 0; r < made.records.size() / 2; ++r) {
    read(r);
    REQUIRE(first.add(row).has_value());
  }
  const Linkage batch = link(made.records, schema);
  const double best = evaluate_clustering(made.person, batch.clustering.cluster).pairs.f1;
  Resolver resolver(link(first, schema));
  for (std::size_t r = first.size(); r < made.records.size(); ++r) {
    read(r);
    REQUIRE(resolver.resolve(row, Time{}).has_value());
  }
  const double streamed = evaluate_clustering(made.person, resolver.clusters()).pairs.f1;
  INFO("pairwise F1: at once " << best << ", one by one " << streamed);
  CHECK(streamed > best - .03);
  (void)resolver.reconcile({.apply = true, .refit = true}, Time{std::chrono::days{1}});
  CHECK(resolver.clusters() == batch.clustering.cluster);
}
