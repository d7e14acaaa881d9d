// Golden profiles on public sets: how often the surviving value is the true one, how often an
// inferred one is, and 45,000 merges with everything undone again.

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "emptor/hub/golden_profiles.hpp"
#include "emptor/hub/merge_hub.hpp"
#include "emptor/hub/owned_profile.hpp"
#include "support/catch.hpp"
#include "support/identity_data.hpp"

namespace {

using namespace emptor;

constexpr Time now{};

/// The person of each record: the first record of its cluster.
std::vector<Customer> first_records(const test::IdentitySet& set) {
  std::vector<Customer> first(set.clusters(), no_customer);
  std::vector<Customer> out;
  for (std::size_t row = 0; row < set.truth.size(); ++row) {
    if (first[set.truth[row]] == no_customer) first[set.truth[row]] = id_at<Customer>(row);
    out.push_back(first[set.truth[row]]);
  }
  return out;
}

TEST_CASE(
    "most frequent values of Febrl's duplicates are the originals' more often than a record's") {
  // Set 3 has for each person an original and up to five duplicates with up to two errors a field:
  // the profile is made of the duplicates alone, the original is the truth.
  const test::IdentitySet set = test::load_febrl(3);
  const std::vector<std::string> columns = {"given_name", "surname",  "address_1",
                                            "suburb",     "postcode", "date_of_birth"};
  SurvivorshipOptions options;
  for (const std::string& column : columns) {
    options.fields.push_back({.column = column, .rule = SurvivorRule::most_frequent});
  }
  std::vector<std::size_t> original(set.clusters());
  std::vector<std::size_t> duplicates(set.clusters(), 0);
  std::vector<Customer> owners;
  for (std::size_t row = 0; row < set.truth.size(); ++row) {
    const bool is_original = set.keys[row].ends_with("-org");
    if (is_original) original[set.truth[row]] = row;
    duplicates[set.truth[row]] += is_original ? 0 : 1;
    owners.push_back(is_original ? no_customer : Customer{set.truth[row]});
  }
  for (Customer& owner : owners) {
    if (owner != no_customer && duplicates[index(owner)] < 3) owner = no_customer;
  }
  const std::vector<RecordOrigin> origins(set.records.size());
  const auto profiles = golden_profiles(set.records, origins, owners, options);
  REQUIRE(profiles.size() > 400);

  for (std::size_t f = 0; f < columns.size(); ++f) {
    const std::size_t column = *set.records.find_column(columns[f]);
    std::size_t profile_right = 0, profile_all = 0, record_right = 0, record_all = 0;
    for (const GoldenProfile& profile : profiles) {
      const auto truth =
          set.records.value(id_at<Record>(original[index(profile.customer)]), column);
      if (truth.empty()) continue;
      ++profile_all;
      profile_right += profile.fields[f].value == truth ? 1 : 0;
    }
    for (std::size_t row = 0; row < owners.size(); ++row) {
      if (owners[row] == no_customer) continue;
      const auto truth = set.records.value(id_at<Record>(original[set.truth[row]]), column);
      if (truth.empty()) continue;
      ++record_all;
      record_right += set.records.value(id_at<Record>(row), column) == truth ? 1 : 0;
    }
    const double of_profiles =
        static_cast<double>(profile_right) / static_cast<double>(profile_all);
    const double of_records = static_cast<double>(record_right) / static_cast<double>(record_all);
    INFO(columns[f] << ": profiles " << of_profiles << ", records " << of_records);
    CHECK(1 - of_profiles < 0.5 * (1 - of_records));
  }
}

TEST_CASE("birth places of historical50k that are withheld are inferred from the postcode area") {
  const test::IdentitySet set = test::load_historical50k();
  const std::size_t place = *set.records.find_column("birth_place");
  Records records({"postcode_fake", "birth_place"});
  std::vector<Customer> owners;
  const auto withheld = [](std::size_t cluster) { return cluster % 10 == 0; };
  std::vector<std::map<std::string, int>> truth(set.clusters());
  for (std::size_t row = 0; row < set.truth.size(); ++row) {
    const std::size_t cluster = set.truth[row];
    const std::string birth_place(set.records.value(id_at<Record>(row), place));
    if (!birth_place.empty()) ++truth[cluster][birth_place];
    (void)records
        .add(std::vector<std::string_view>{test::text_of(set.records, row, "postcode_fake"),
                                           withheld(cluster) ? "" : birth_place})
        .value();
    owners.push_back(Customer{set.truth[row]});
  }
  SurvivorshipOptions options;
  const auto area = [](std::string_view value, std::string& key) {
    key = value.substr(0, value.find(' '));
    return FieldState::usable;
  };
  options.fields = {
      {.column = "postcode_fake", .rule = SurvivorRule::most_frequent, .normalise = area},
      {.column = "birth_place",
       .rule = SurvivorRule::most_frequent,
       .infer_from = "postcode_fake"}};
  const auto profiles =
      golden_profiles(records, std::vector<RecordOrigin>(records.size()), owners, options);
  std::size_t asked = 0, inferred = 0, right = 0;
  double promised = 0;
  for (const GoldenProfile& profile : profiles) {
    const auto& places = truth[index(profile.customer)];
    if (!withheld(index(profile.customer)) || places.empty()) continue;
    ++asked;
    const GoldenField& field = profile.fields[1];
    if (!field.inferred) continue;
    ++inferred;
    promised += field.confidence;
    const auto most =
        std::max_element(places.begin(), places.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    right += most->first == field.value ? 1 : 0;
  }
  const auto share = [](std::size_t part, std::size_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  INFO(asked << " asked, " << inferred << " inferred, " << right << " right, promised "
             << promised / static_cast<double>(inferred));
  // The rest is largely another word for the place: "westminster" for "london", a town for its
  // county.
  CHECK(share(inferred, asked) > 0.15);
  CHECK(share(right, inferred) > 0.7);
  CHECK(asked > 400);
}

TEST_CASE("45,000 merges of historical50k and their undoing equal profiles made at once") {
  const test::IdentitySet set = test::load_historical50k();
  SurvivorshipOptions options;
  for (const std::string& column : set.records.columns()) {
    options.fields.push_back({.column = column, .rule = SurvivorRule::most_frequent});
  }
  options.fields[5].infer_from = "postcode_fake";
  const std::vector<Customer> owners = first_records(set);
  GoldenProfiles golden(set.records, options);
  OwnedTimelines timelines;
  MergeHub hub;
  hub.add("golden", golden);
  hub.add("timelines", timelines);
  std::vector<RecordOrigin> origins;
  for (std::size_t row = 0; row < owners.size(); ++row) {
    origins.push_back({.customer = id_at<Customer>(row)});
    golden.add(id_at<Record>(row), origins.back());
    timelines.add({.customer = id_at<Customer>(row)});
  }
  const auto hold = [&](const std::vector<Customer>& owned) {
    const auto at_once = golden_profiles(set.records, origins, owned, options);
    REQUIRE(golden.owners().size() == at_once.size());
    bool equal = true;
    for (const GoldenProfile& profile : at_once) {
      equal = equal && golden.profile(profile.customer) == profile;
    }
    CHECK(equal);
  };
  for (std::size_t row = 0; row < owners.size(); ++row) {
    if (owners[row] != id_at<Customer>(row)) hub.merge(owners[row], id_at<Customer>(row), now, "");
  }
  CHECK(hub.log().events().size() == 50'578 - 5'156);
  hold(owners);
  CHECK(timeline_of(hub, timelines, owners[1]).size() ==
        timelines.of(owners[1]).size() + hub.history(owners[1]).size());
  std::vector<Customer> alone;
  for (std::size_t row = 0; row < owners.size(); ++row) alone.push_back(id_at<Customer>(row));
  for (std::uint32_t id = 0; id < 50'578 - 5'156; ++id) {
    REQUIRE(hub.unmerge(MergeId{id}, now, "").has_value());
  }
  hold(alone);
}

}  // namespace
