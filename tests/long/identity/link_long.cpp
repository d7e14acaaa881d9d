// Linking of a million generated records: households, shared phones and devices, recycled numbers.
// Rival on such records: Splink falls to .42 pairwise F1, because it joins households.

#include "emptor/identity/link.hpp"

#include "emptor/core/kernels.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/evaluate/clustering.hpp"
#include "emptor/identity/generator.hpp"
#include "support/catch.hpp"
#include "support/link_schemas.hpp"

using namespace emptor;

TEST_CASE("generated records of 400,000 persons are linked without labels") {
  const GeneratedIdentities made = generate_identities({.persons = 400'000});
  ThreadPool pool(2);
  const Context two{.executor = &pool, .kernels = &native_kernels()};
  const Linkage linkage = link(made.records, test::generated_schema(made.records), {}, {}, two);
  const auto quality = evaluate_clustering(made.person, linkage.clustering.cluster);
  CHECK(quality.pairs.f1 >= .93);
  CHECK(quality.b_cubed.f1 >= .95);
  CHECK(quality.pairs.precision >= .95);
  WARN("pairs F1 " << quality.pairs.f1 << ", B-cubed F1 " << quality.b_cubed.f1);
}
