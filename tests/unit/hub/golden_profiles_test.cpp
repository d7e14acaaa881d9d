#include "emptor/hub/golden_profiles.hpp"

#include <stdexcept>
#include <vector>

#include "emptor/hub/merge_hub.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

Customer c(std::uint32_t number) {
  return Customer{number};
}

Records two_names() {
  Records records({"name"});
  for (const std::string_view text : {"Ann", "Bob", "Bob"}) {
    (void)records.add(std::vector{text}).value();
  }
  return records;
}

TEST_CASE("golden profiles refuse rows that are not there, nobody's, or there already") {
  const Records records = two_names();
  SurvivorshipOptions options;
  options.fields = {{.column = "name"}};
  GoldenProfiles golden(records, options);
  const GoldenProfiles before = golden;
  CHECK_THROWS_AS(golden.add(Record{0}, {}), Exception);
  CHECK_THROWS_AS(golden.add(Record{3}, {.customer = c(1)}), Exception);
  CHECK(golden == before);
  golden.add(Record{0}, {.customer = c(1)});
  CHECK_THROWS_AS(golden.add(Record{0}, {.customer = c(2)}), Exception);
  CHECK(golden.profile(c(1)).fields[0].value == "Ann");
  CHECK(golden.profile(c(2)).records == 0);
  CHECK(golden.profile(c(2)).fields.size() == 1);
  CHECK(golden.owners() == std::vector{c(1)});
  golden.erase(c(1));
  CHECK(golden == before);
}

TEST_CASE("a rule that throws leaves the profiles as they were") {
  const Records records = two_names();
  bool angry = false;
  SurvivorshipOptions options;
  options.fields = {{.column = "name",
                     .rule = SurvivorRule::custom,
                     .choose = [&](std::span<const SurvivorCandidate>) -> std::size_t {
                       if (angry) throw std::runtime_error("no");
                       return 0;
                     }}};
  GoldenProfiles golden(records, options);
  MergeHub hub;
  hub.add("golden", golden);
  golden.add(Record{0}, {.customer = c(1)});
  golden.add(Record{1}, {.customer = c(2)});
  const GoldenProfiles before = golden;
  angry = true;
  CHECK_THROWS_AS(hub.merge(c(1), c(2), {}, ""), std::runtime_error);
  CHECK_THROWS_AS(golden.add(Record{2}, {.customer = c(2)}), std::runtime_error);
  CHECK(golden == before);
  CHECK(hub.log().events().empty());
  angry = false;
  golden.add(Record{2}, {.customer = c(2)});
  hub.merge(c(1), c(2), {}, "");
  CHECK(golden.profile(c(2)).records == 3);

  // An erasure that a rule interrupts has dropped the texts, and is finished by the next.
  angry = true;
  CHECK_THROWS_AS(hub.erase(c(2)), std::runtime_error);
  angry = false;
  hub.erase(c(2));
  CHECK(golden.profile(c(1)).records == 1);
  CHECK(golden.profile(c(1)).fields[0].losing.empty());
}

}  // namespace
