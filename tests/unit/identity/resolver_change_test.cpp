#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "emptor/hub/merge_hub.hpp"
#include "emptor/identity/generator.hpp"
#include "emptor/identity/resolver.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

using Row = std::vector<std::string_view>;

constexpr std::string_view secret = "a key of these tests, long enough";

Time day(int number) {
  return Time{std::chrono::days{number}};
}

const LinkSchema& schema() {
  static const LinkSchema made{.fields = {{"given_name", FieldType::given_name},
                                          {"family_name", FieldType::family_name},
                                          {"full_name", FieldType::full_name},
                                          {"birth_date", FieldType::birth_date},
                                          {"email", FieldType::email},
                                          {"phone", FieldType::phone},
                                          {"address", FieldType::address},
                                          {"device", FieldType::device},
                                          {"user_id", FieldType::account}}};
  return made;
}

const GeneratedIdentities& generated() {
  static const GeneratedIdentities made = generate_identities({.seed = 21, .persons = 400});
  return made;
}

Row row_of(std::size_t r) {
  Row row;
  const Records& records = generated().records;
  for (std::size_t c = 0; c < records.columns().size(); ++c) {
    row.push_back(records.value(id_at<Record>(r), c));
  }
  return row;
}

ResolverOptions keyed() {
  ResolverOptions options;
  options.tombstone_key = std::string(secret);
  return options;
}

Resolver linked() {
  return Resolver(link(generated().records, schema()), keyed());
}

/// The first customer with at least so many records.
std::vector<Record> large_group(const Resolver& resolver, std::size_t least) {
  for (std::size_t r = 0; r < resolver.size(); ++r) {
    std::vector<Record> group = resolver.records_of(id_at<Customer>(r));
    if (group.size() >= least) return group;
  }
  return {};
}

/// Follows owners by events alone.
struct Follower {
  MergeLog log;
  std::vector<MergeEvent> told;
  std::vector<Customer> owners = std::vector<Customer>(5000);
  Follower() {
    for (std::size_t i = 0; i < owners.size(); ++i) owners[i] = id_at<Customer>(i);
  }
  void on_merge(const MergeEvent& event, std::span<const OwnerChange> changes) {
    told.push_back(event);
    for (const OwnerChange& change : changes) owners[index(change.customer)] = change.after;
  }
  void on_unmerge(const MergeEvent& event, std::span<const OwnerChange> changes) {
    on_merge(event, changes);
  }
};

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("Merge, then unmerge: the owners of before, and never again together by weight") {
  Resolver resolver = linked();
  const std::vector<std::uint32_t> before = resolver.clusters();
  std::uint32_t other = 1;
  while (resolver.owner(Record{other}) == resolver.owner(Record{0})) ++other;
  const auto joined = resolver.join(Record{0}, Record{other}, day(1), "they called").value();
  REQUIRE(joined.size() == 1);
  CHECK(resolver.owner(Record{0}) == resolver.owner(Record{other}));
  CHECK(joined[0].event.reason == "they called");
  const auto undone = resolver.unmerge(joined[0].event.id, day(2), "a mistake").value();
  REQUIRE(undone.size() == 1);
  CHECK(resolver.clusters() == before);
  CHECK(resolver.unmerge(joined[0].event.id, day(2), "").error().code == ErrorCode::duplicate);
  REQUIRE(resolver.decisions().size() == 2);
  CHECK(resolver.decisions()[1].kind == DecisionKind::unmerge);

  // A merge of the linkage undone: reconciliation does not bring the two together again.
  const std::vector<Record> group = large_group(resolver, 2);
  MergeId merge{};
  for (const MergeEvent& event : resolver.log().events()) {
    if (event.kept == id_at<Customer>(index(group[0])) ||
        event.absorbed == id_at<Customer>(index(group[0]))) {
      merge = event.id;
      break;
    }
  }
  const MergeEvent event = resolver.log().events()[static_cast<std::size_t>(merge)];
  REQUIRE(resolver.unmerge(merge, day(3), "two persons").has_value());
  const auto apart = [&] {
    return resolver.owner(id_at<Record>(index(event.kept))) !=
           resolver.owner(id_at<Record>(index(event.absorbed)));
  };
  CHECK(apart());
  (void)resolver.reconcile({.apply = true}, day(4));
  CHECK(apart());
  // Who decides last is right.
  REQUIRE(resolver
              .join(id_at<Record>(index(event.kept)), id_at<Record>(index(event.absorbed)), day(5),
                    "one after all")
              .has_value());
  CHECK_FALSE(apart());
  (void)resolver.reconcile({.apply = true}, day(6));
  CHECK_FALSE(apart());
}

TEST_CASE("A record is split off and stays apart; two are kept apart") {
  Resolver resolver = linked();
  const std::vector<Record> group = large_group(resolver, 4);
  REQUIRE(group.size() >= 4);
  const std::size_t events = resolver.log().events().size();
  const auto told = resolver.split(group[1], day(1), "somebody else").value();
  CHECK_FALSE(told.empty());
  CHECK(resolver.log().events().size() == events + told.size());
  CHECK(resolver.records_of(id_at<Customer>(index(group[1]))) == std::vector<Record>{group[1]});
  CHECK(resolver.split(group[1], day(1), "again").value().empty());
  (void)resolver.reconcile({.apply = true}, day(2));
  CHECK(resolver.records_of(id_at<Customer>(index(group[1]))).size() == 1);
  // What looks like them all may join one side only.
  const Resolved again = resolver.resolve(row_of(index(group[1])), day(3)).value();
  CHECK(resolver.owner(group[0]) != resolver.owner(group[1]));
  CHECK(again.outcome != RecordOutcome::made);

  Resolver second = linked();
  REQUIRE(second.keep_apart(group[0], group[3], day(1), "seen both").has_value());
  CHECK(second.owner(group[0]) != second.owner(group[3]));
  CHECK(second.decisions().back().kind == DecisionKind::keep_apart);
}

TEST_CASE("Listeners hear every event in sequence, also those of before") {
  Resolver resolver = linked();
  Follower early, late;
  resolver.add_listener(early);
  const std::size_t linkage = early.told.size();
  CHECK(linkage == resolver.log().events().size());
  const std::vector<Record> group = large_group(resolver, 3);
  REQUIRE(resolver.split(group[0], day(1), "").has_value());
  for (std::size_t r = 0; r < 50; ++r) REQUIRE(resolver.resolve(row_of(r), day(2)).has_value());
  (void)resolver.reconcile({.apply = true}, day(3));
  resolver.add_listener(late);
  CHECK(early.told.size() > linkage);
  CHECK(early.told == late.told);
  CHECK(early.told ==
        std::vector<MergeEvent>(resolver.log().events().begin(), resolver.log().events().end()));
  for (std::size_t r = 0; r < resolver.size(); ++r) {
    REQUIRE(early.owners[r] == resolver.owner(id_at<Record>(r)));
    REQUIRE(late.owners[r] == resolver.owner(id_at<Record>(r)));
  }
  CHECK(resolver.remove_listener(early));
  CHECK_FALSE(resolver.remove_listener(early));
}

TEST_CASE("Who is erased leaves no value, is reported, and does not come back") {
  Resolver resolver = linked();
  std::size_t r = 0;
  while (row_of(r)[*generated().records.find_column("email")].size() < 8) ++r;
  const std::vector<Record> group = resolver.records_of(resolver.owner(id_at<Record>(r)));
  std::vector<std::string> emails;
  for (const ComparedRecords& records = resolver.records(); const Record record : group) {
    for (std::size_t c = 0; c < records.comparisons().size(); ++c) {
      if (records.comparisons()[c].kind != ComparisonKind::email) continue;
      const std::uint32_t code = records.codes(index(record))[records.comparisons()[c].first_slot];
      if (code != 0 && records.dictionary(c).frequency(code) <= group.size()) {
        emails.emplace_back(records.dictionary(c).text(code));
      }
    }
  }
  REQUIRE_FALSE(emails.empty());
  CHECK(text_of(resolver.save()).find(emails[0]) != std::string::npos);
  const ErasedRecords erased = resolver.erase(resolver.owner(id_at<Record>(r)), day(1)).value();
  CHECK(erased.records == group.size());
  CHECK(erased.tombstones >= 1);
  CHECK(resolver.tombstones().size() == erased.tombstones);
  CHECK(text_of(resolver.save()).find(emails[0]) == std::string::npos);
  for (const Record record : group) {
    CHECK(resolver.erased(record));
    CHECK(resolver.records().names(index(record)).empty());
    for (std::size_t s = 0; s < resolver.records().width(); ++s) {
      CHECK(resolver.records().codes(index(record))[s] == 0);
    }
  }
  const std::size_t size = resolver.size();
  CHECK(resolver.look_up(row_of(r)).value().outcome == RecordOutcome::tombstoned);
  const Resolved back = resolver.resolve(row_of(r), day(2)).value();
  CHECK(back.outcome == RecordOutcome::tombstoned);
  CHECK(back.record == no_id<Record>);
  CHECK(resolver.size() == size);
  CHECK(resolver.erase(resolver.owner(id_at<Record>(r)), day(3)).value().records == 0);
  CHECK(resolver.split(id_at<Record>(r), day(3), "").error().code == ErrorCode::not_found);

  // Saved and loaded.
  Resolver loaded = Resolver::load(resolver.save(), schema(), keyed()).value();
  CHECK(loaded.look_up(row_of(r)).value().outcome == RecordOutcome::tombstoned);
  CHECK(loaded.erased(id_at<Record>(r)));
  ResolverOptions other = keyed();
  other.tombstone_key = "another key, long enough, too";
  CHECK(Resolver::load(resolver.save(), schema(), other).error().code == ErrorCode::invalid_value);

  // Linked anew from the raw records, which the host still had.
  Resolver anew = linked();
  const ErasedRecords again = anew.adopt_tombstones(resolver.tombstones(), day(4)).value();
  CHECK(again.records >= 1);
  CHECK(anew.erased(id_at<Record>(r)));
  CHECK(anew.look_up(row_of(r)).value().outcome == RecordOutcome::tombstoned);
  (void)anew.reconcile({.apply = true, .refit = true}, day(5));
  CHECK(text_of(anew.save()).find(emails[0]) == std::string::npos);

  CHECK(resolver.lift(row_of(r)).value() >= 1);
  CHECK(resolver.resolve(row_of(r), day(6)).value().outcome == RecordOutcome::made);
  Resolver keyless(link(generated().records, schema()));
  CHECK_THROWS_AS(keyless.erase(Customer{0}, day(1)), Exception);
}

TEST_CASE("One record of a customer is erased; the others stay together") {
  Resolver resolver = linked();
  const std::vector<Record> group = large_group(resolver, 4);
  const ErasedRecords erased = resolver.erase_record(group[0], day(1)).value();
  CHECK(erased.records == 1);
  CHECK(resolver.records_of(id_at<Customer>(index(group[0]))) == std::vector<Record>{group[0]});
  CHECK_FALSE(resolver.erased(group[1]));
  CHECK(Resolver::load(resolver.save(), schema(), keyed())->save() == resolver.save());
}

TEST_CASE("A saved resolver goes on as if nothing had happened; damage is found") {
  Resolver resolver = linked();
  const std::vector<Record> group = large_group(resolver, 3);
  REQUIRE(resolver.split(group[0], day(1), "").has_value());
  REQUIRE(resolver.erase(resolver.owner(Record{7}), day(1)).has_value());
  const std::vector<std::byte> bytes = resolver.save();
  Resolver loaded = Resolver::load(bytes, schema(), keyed()).value();
  CHECK(loaded.save() == bytes);
  CHECK(loaded.clusters() == resolver.clusters());
  CHECK(loaded.rules() == resolver.rules());
  const GeneratedIdentities later = generate_identities({.seed = 22, .persons = 100});
  for (std::size_t r = 0; r < later.records.size(); ++r) {
    Row row;
    for (std::size_t c = 0; c < later.records.columns().size(); ++c) {
      row.push_back(later.records.value(id_at<Record>(r), c));
    }
    const Resolved a = resolver.resolve(row, day(2)).value(),
                   b = loaded.resolve(row, day(2)).value();
    REQUIRE(a.customer == b.customer);
    REQUIRE(a.weight == b.weight);
    REQUIRE(a.candidates == b.candidates);
  }
  CHECK(loaded.save() == resolver.save());
  CHECK(Resolver::load({}, schema(), keyed()).error().code == ErrorCode::corrupt);
  LinkSchema wrong = schema();
  wrong.fields.pop_back();
  CHECK(Resolver::load(bytes, wrong, keyed()).error().code == ErrorCode::invalid_value);
  for (std::size_t at = 0; at < bytes.size(); at += bytes.size() / 97) {
    std::vector<std::byte> damaged = bytes;
    damaged[at] ^= std::byte{0x10};
    CHECK_FALSE(Resolver::load(damaged, schema(), keyed()).has_value());
  }
}

TEST_CASE("A hub follows a resolver and its listeners with it") {
  struct ToHub {
    MergeHub& hub;
    std::vector<MergeId> merges;  // of the hub, by the resolver's
    void on_merge(const MergeEvent& event, std::span<const OwnerChange>) {
      merges.push_back(hub.merge(event.kept, event.absorbed, event.time, event.reason).event.id);
    }
    void on_unmerge(const MergeEvent& event, std::span<const OwnerChange>) {
      (void)hub.unmerge(merges[static_cast<std::size_t>(event.id)], event.time, event.reason)
          .value();
    }
  };
  Resolver resolver = linked();
  MergeHub hub;
  ToHub to_hub{hub, {}};
  resolver.add_listener(to_hub);
  REQUIRE(resolver.split(large_group(resolver, 3)[0], day(1), "").has_value());
  for (std::size_t r = 0; r < 30; ++r) REQUIRE(resolver.resolve(row_of(r), day(2)).has_value());
  for (std::size_t r = 0; r < resolver.size(); ++r) {
    REQUIRE(hub.owner(id_at<Customer>(r)) == resolver.owner(id_at<Record>(r)));
  }
}
