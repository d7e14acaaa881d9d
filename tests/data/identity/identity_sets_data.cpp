#include "support/catch.hpp"
#include "support/identity_data.hpp"

using namespace emptor;

// Records, clusters and pairs as their publishers and pandas count them:
//   d = pandas.read_csv(file, dtype=str); len(d); s = d.cluster.value_counts(); len(s)
//   (s * (s - 1) // 2).sum()
TEST_CASE("historical50k is read with its truth") {
  const test::IdentitySet set = test::load_historical50k();
  CHECK(set.records.size() == 50'578);
  CHECK(set.clusters() == 5'156);
  CHECK(set.pairs() == 303'961);
  CHECK(set.keys[0] == "Q2296770-1");
  CHECK(test::text_of(set.records, 0, "full_name") ==
        "thomas clifford, 1st baron clifford of chudleigh");
  CHECK_FALSE(set.records.find_column("cluster"));
  CHECK_FALSE(set.records.find_column("unique_id"));
}

TEST_CASE("fake1000 is read with its truth") {
  const test::IdentitySet set = test::load_fake1000();
  CHECK(set.records.size() == 1'000);
  CHECK(set.clusters() == 251);
  CHECK(set.pairs() == 2'031);
  CHECK(test::text_of(set.records, 2, "email") == "roberta25@smith.net");
}

TEST_CASE("Febrl's sets are read with their truth") {
  constexpr std::size_t records[] = {1'000, 5'000, 5'000, 10'000};
  constexpr std::uint64_t pairs[] = {500, 1'934, 6'538, 5'000};
  constexpr std::size_t originals[] = {500, 4'000, 2'000, 5'000};
  for (int number = 1; number <= 4; ++number) {
    const auto at = static_cast<std::size_t>(number - 1);
    const test::IdentitySet set = test::load_febrl(number);
    CHECK(set.records.size() == records[at]);
    CHECK(set.pairs() == pairs[at]);
    CHECK(set.clusters() == originals[at]);
    CHECK(set.source.back() == (number == 4 ? 1 : 0));
  }
  const test::IdentitySet set = test::load_febrl(1);
  CHECK(set.keys[0] == "rec-223-org");
  CHECK(test::text_of(set.records, 0, "given_name").empty());
  CHECK(test::text_of(set.records, 0, "surname") == "waller");
  CHECK(test::text_of(set.records, 0, "soc_sec_id") == "6988048");
}

TEST_CASE("the Senzing truth set is read with its truth") {
  const test::IdentitySet set = test::load_senzing();
  CHECK(set.records.size() == 159);
  CHECK(set.pairs() == 108);
  CHECK(set.clusters() == 85);
  CHECK(set.file_names.size() == 3);
  CHECK(set.records.find_column("LEI_NUMBER"));
  CHECK(test::text_of(set.records, 0, "DATA_SOURCE") == "CUSTOMERS");
  CHECK(test::text_of(set.records, 158, "DATA_SOURCE") == "WATCHLIST");
  CHECK(test::text_of(set.records, 0, "LEI_NUMBER").empty());
}
