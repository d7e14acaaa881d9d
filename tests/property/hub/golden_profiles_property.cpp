// Golden profiles after random arrivals, merges, unmerges and erasures, against profiles that are
// made at once from the surviving records.

#include <algorithm>
#include <string>
#include <vector>

#include "emptor/hub/golden_profiles.hpp"
#include "support/merge_steps.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using emptor::test::Arrival;
using emptor::test::Steps;

SurvivorshipOptions options() {
  SurvivorshipOptions out;
  out.fields = {
      {.column = "name", .rule = SurvivorRule::most_frequent},
      {.column = "postcode", .rule = SurvivorRule::source_priority, .priority = {Source{1}}},
      {.column = "city",
       .normalise =
           [](std::string_view value, std::string& key) {
             key = value;
             for (char& c : key) c = static_cast<char>(c | 0x20);
             return value == "?" ? FieldState::malformed : FieldState::usable;
           },
       .infer_from = "postcode",
       .min_support = 1,
       .min_confidence = 0.6}};
  return out;
}

std::vector<std::string> texts_of(unsigned word) {
  const std::vector<std::string> names = {"", "Ann", "Anna", "ann", " "};
  const std::vector<std::string> postcodes = {"", "1010", "2020"};
  const std::vector<std::string> cities = {"", "Wien", "WIEN", "Graz", "?"};
  return {names[word % 5], postcodes[word / 5 % 3], cities[word / 15 % 5]};
}

RecordOrigin origin_of(const Arrival& a) {
  return {a.customer, Source{a.word % 3U}, Time{std::chrono::seconds{a.word / 75 % 9}},
          a.word / 675 % 8U};
}

TEST_CASE("golden profiles of owners equal those made at once from the surviving records") {
  emptor::test::check_property(
      "golden profiles",
      [](const Steps& steps) {
        Records records({"name", "postcode", "city"});
        GoldenProfiles listener(records, options());
        MergeHub hub;
        hub.add("golden", listener);
        const auto arrivals = emptor::test::take_steps(hub, steps, [&](const Arrival& a) {
          const auto texts = texts_of(a.word);
          (void)records.add(std::vector<std::string_view>(texts.begin(), texts.end())).value();
          listener.add(id_at<Record>(a.number), origin_of(a));
        });

        std::vector<RecordOrigin> origins(records.size());
        std::vector<Customer> owners(records.size(), no_customer);
        const auto owner_of = emptor::test::rebuilt_owners(hub.log());
        for (const Arrival& a : arrivals) {
          origins[a.number] = origin_of(a);
          owners[a.number] = owner_of[index(a.customer)];
        }
        const auto at_once = golden_profiles(records, origins, owners, options());
        std::vector<Customer> with_records;
        for (const GoldenProfile& profile : at_once) {
          RC_ASSERT(listener.profile(profile.customer) == profile);
          with_records.push_back(profile.customer);
        }
        RC_ASSERT(listener.owners() == with_records);
        for (std::size_t c = 0; c < owner_of.size(); ++c) {
          RC_ASSERT(listener.profile(id_at<Customer>(c)) == listener.profile(owner_of[c]));
        }

        GoldenProfiles rebuilt(records, options());
        MergeHub again = emptor::test::rebuilt_hub(hub.log());
        for (auto a = arrivals.rbegin(); a != arrivals.rend(); ++a) {
          rebuilt.add(id_at<Record>(a->number), origin_of(*a));
        }
        again.add("golden", rebuilt);
        RC_ASSERT(listener == rebuilt);
      },
      500);
}

}  // namespace
