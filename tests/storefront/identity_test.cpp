#include "../../examples/storefront/identity.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "../../examples/storefront/generator.hpp"
#include "../../examples/storefront/golden_rules.hpp"
#include "../../examples/storefront/identity_samples.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/profile/features.hpp"
#include "emptor/segment/rfm.hpp"
#include "emptor/segment/rfm_segments.hpp"
#include "emptor/table/order_interactions.hpp"
#include "support/catch.hpp"

using namespace storefront;
using emptor::Customer;

namespace {

namespace fs = std::filesystem;

/// A file of this text in a folder that is gone with it.
class TextFile {
 public:
  explicit TextFile(const std::string& content) : folder_(fs::temp_directory_path()) {
    static int count = 0;
    folder_ /= emptor::text("storefront_identity_test_", getpid(), '_', ++count);
    fs::create_directories(folder_);
    std::ofstream(path()) << content;
  }
  ~TextFile() { fs::remove_all(folder_); }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  [[nodiscard]] std::string path() const { return (folder_ / "people.csv").string(); }

 private:
  fs::path folder_;
};

PeopleFile people_of(const std::string& content) {
  const TextFile file(content);
  return read_people(file.path(), {}).value();
}

/// The shop's details as if they had been read from its customers.csv.
PeopleFile people_of(const Shop& shop) {
  std::string content;
  for (std::size_t c = 0; c < shop.details.columns().size(); ++c) {
    content += emptor::text(c == 0 ? "" : ",", shop.details.columns()[c]);
  }
  for (std::size_t r = 0; r < shop.details.size(); ++r) {
    for (std::size_t c = 0; c < shop.details.columns().size(); ++c) {
      content += emptor::text(c == 0 ? "\n\"" : ",\"",
                              shop.details.value(emptor::id_at<emptor::Record>(r), c), '"');
    }
  }
  return people_of(content + '\n');
}

ShopTables tables_of(const Shop& shop) {
  ShopTables out;
  emptor::OrdersBuilder builder(out.customers, out.items);
  for (const ShopOrderLine& line : shop.lines) {
    builder.add({.order = line.order,
                 .customer = line.record ? std::string_view(shop.records[*line.record].key)
                                         : std::string_view{},
                 .item = shop.items[line.item].key,
                 .time = line.time,
                 .amount = line.quantity * line.unit_price,
                 .quantity = line.quantity,
                 .channel = shop.channels[line.channel]});
  }
  for (const ShopItem& item : shop.items) {
    if (const auto id = out.items.find(item.key)) {
      out.items.column("category").set(*id, shop.categories[item.category]);
    }
  }
  out.orders = std::move(builder).finish();
  return out;
}

IdentityTruth truth_of(const Shop& shop) {
  IdentityTruth out;
  for (const ShopRecord& record : shop.records) {
    out.person.push_back(static_cast<std::uint32_t>(record.person));
    out.household.push_back(static_cast<std::uint32_t>(shop.people[record.person].household));
  }
  return out;
}

struct Linked {
  explicit Linked(std::size_t people)
      : shop(generate_shop({.people = people})),
        tables(tables_of(shop)),
        identity(people_of(shop), tables, {}) {}
  Shop shop;
  ShopTables tables;
  Identity identity;
};

const Linked& linked() {
  static const Linked once(800);
  return once;
}

}  // namespace

TEST_CASE("the shop's people are found without looking at the truth") {
  const IdentityScore score = score_identity(linked().identity, truth_of(linked().shop));
  CHECK(score.found.pairs.f1 > 0.95);
  CHECK(score.found.b_cubed.f1 > 0.95);
  const std::uint64_t wrong = score.found.found_pairs - score.found.correct_pairs;
  CHECK(score.wrong_in_household <= wrong);
}

TEST_CASE("what follows the merges equals what the merged shop says") {
  const Identity& identity = linked().identity;
  const ShopTables merged = merged_shop(linked().tables, identity);
  REQUIRE(merged.orders.lines() == linked().tables.orders.lines());
  CHECK(merged.orders.orders() == linked().tables.orders.orders());
  CHECK(merged.customers.size() < linked().tables.customers.size());

  const emptor::FeatureTable features =
      emptor::features_of(merged.orders, merged.customers, merged.items);
  const emptor::Time as_of = *features.options.as_of;
  const emptor::RfmResult rfm = emptor::rfm_of(merged.orders, {.as_of = as_of});
  const auto log =
      emptor::interactions_of(merged.orders, {.weight = emptor::InteractionWeight::quantity});
  const emptor::Interactions bought(merged.customers.size(), merged.items.size(), log);
  for (std::size_t c = 0; c < merged.customers.size(); ++c) {
    const auto customer = emptor::id_at<Customer>(c);
    const Customer owner = identity.customers.find(merged.customers.key(customer)).value();
    CHECK(identity.owner(owner) == owner);
    CHECK(identity.features.at(owner, as_of) == features.customers[c]);
    if (const emptor::RfmRow* row = rfm.find(customer)) {
      CHECK(identity.rfm.score(owner, rfm.thresholds, as_of) == row->score);
    }
    // Returns are netted in each history by itself; of a whole one no more is left.
    CHECK(identity.bought.of(owner).sums().size() >= bought.by_customer().row_size(c));
  }

  std::vector<emptor::RecordOrigin> origins;
  std::vector<Customer> owners;
  for (std::size_t r = 0; r < identity.customer_of.size(); ++r) {
    const std::string_view source =
        identity.file.records.value(emptor::id_at<emptor::Record>(r), *identity.file.source);
    origins.push_back({.customer = identity.customer_of[r],
                       .source = identity.sources.find(source).value(),
                       .time = identity.times[r]});
    owners.push_back(identity.owner(identity.customer_of[r]));
  }
  const auto profiles =
      emptor::golden_profiles(identity.file.records, origins, owners, golden_rules(identity.file));
  REQUIRE(profiles.size() == identity.profiles.owners().size());
  for (const emptor::GoldenProfile& profile : profiles) {
    CHECK(identity.profiles.profile(profile.customer) == profile);
  }
}

TEST_CASE("merging makes histories whole and loses none") {
  const Identity& identity = linked().identity;
  const ShopTables merged = merged_shop(linked().tables, identity);
  Analysis after;
  after.features = emptor::features_of(merged.orders, merged.customers, merged.items);
  after.as_of = *after.features.options.as_of;
  after.rfm = emptor::rfm_of(merged.orders, {.as_of = after.as_of});
  after.segments = emptor::rfm_segments_of(after.rfm);
  const MergeEffect effect = effect_of(linked().tables, after, identity);
  CHECK(effect.before.customers == linked().tables.customers.size());
  CHECK(effect.after.customers == merged.customers.size());
  CHECK(effect.before.orders == effect.after.orders);
  CHECK(effect.before.items > effect.after.items);  // the same item, bought under two keys
  const auto share = [](const MergeEffect::Side& side) {
    return static_cast<double>(side.repeat) / static_cast<double>(side.customers);
  };
  CHECK(share(effect.after) > share(effect.before) + 0.05);
  CHECK(effect.merged > 0);
  CHECK(effect.changed > 0);
  std::size_t came = 0, left = 0;
  for (std::size_t s = 0; s < effect.came.size(); ++s) {
    came += effect.came[s];
    left += effect.left[s];
  }
  CHECK(came == effect.changed);
  CHECK(left == effect.changed);
}

TEST_CASE("every merge can be taken back") {
  Linked own(150);
  Identity& identity = own.identity;
  REQUIRE(identity.hub.log().events().size() > 100);
  const std::vector<emptor::MergeEvent> merges(identity.hub.log().events().begin(),
                                               identity.hub.log().events().end());
  for (const emptor::MergeEvent& merge : merges) {
    REQUIRE(identity.hub.unmerge(merge.id, merge.time, "taken back"));
  }
  for (std::size_t c = 0; c < identity.customers.size(); ++c) {
    const auto customer = emptor::id_at<Customer>(c);
    CHECK(identity.owner(customer) == customer);
    CHECK(identity.features.of(customer) == identity.features.arrived(customer));
  }
  CHECK(identity.profiles.owners().size() == identity.file.records.size());
}

TEST_CASE("persons do not depend on threads") {
  emptor::ThreadPool pool(2);
  const Identity two(people_of(linked().shop), linked().tables, {.executor = &pool});
  CHECK(persons_of(two) == persons_of(linked().identity));
}

TEST_CASE("records of one customer are one person, and records without a key stand alone") {
  const Identity identity(people_of("customer,full_name,email\n"
                                    "a,Ann Smith,ann@mail.com\n"
                                    "a,Robert Miller,rob@mail.org\n"
                                    ",Wei Zhang,wz@mail.net\n"),
                          {}, {});
  const std::vector<std::uint32_t> person = persons_of(identity);
  CHECK(person[0] == person[1]);
  CHECK(person[2] != person[0]);
  CHECK(identity.customers.key(identity.customer_of[2]) == "#3");
  CHECK(identity.records_of_buyers == 0);
}

TEST_CASE("columns are known by name, times in several forms") {
  const PeopleFile file = people_of(
      "record_key,time,phone,shoe size,source\n"
      "1,2024-05-01T10:20:30Z,+442079460000,41,web\n"
      "2,2024-05-01 10:20,,42,shop\n"
      "3,1 May 2024,,43,\n"
      "4,soon,,44,web\n");
  REQUIRE(file.ignored == std::vector<std::string>{"shoe size"});
  REQUIRE(file.schema.fields.size() == 1);
  CHECK(file.schema.source_column == "source");
  CHECK(file.key == file.records.find_column("record_key"));
  const auto time = [&](std::size_t r) { return time_of(file, emptor::id_at<emptor::Record>(r)); };
  CHECK(emptor::to_string(time(0)) == "2024-05-01T10:20:30Z");
  CHECK(emptor::to_string(time(1)) == "2024-05-01T10:20:00Z");
  CHECK(emptor::to_string(time(2)) == "2024-05-01T00:00:00Z");
  CHECK(time(3) == emptor::Time::min());
}

TEST_CASE("what a report looks at closely is what it says") {
  const IdentitySamples samples = samples_of(linked().identity, true);
  REQUIRE(samples.person);
  CHECK(records_of(linked().identity, *samples.person).size() >= 2);
  REQUIRE(samples.linked);
  CHECK(samples.linked->verdict == emptor::JoinVerdict::joined);
  REQUIRE(samples.refused);
  CHECK(samples.refused->verdict != emptor::JoinVerdict::joined);
  REQUIRE(samples.contested);
  CHECK_FALSE(samples.contested->contested.empty());
}
