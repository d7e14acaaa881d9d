#include "emptor/identity/resolver.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "emptor/evaluate/clustering.hpp"
#include "emptor/identity/generator.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

const std::vector<std::string> people_columns{"given", "family", "born",
                                              "email", "phone",  "passport"};

LinkSchema people_schema() {
  return {.fields = {{"given", FieldType::given_name},
                     {"family", FieldType::family_name},
                     {"born", FieldType::birth_date},
                     {"email", FieldType::email},
                     {"phone", FieldType::phone},
                     {"passport", FieldType::verified_id}}};
}

using Row = std::vector<std::string_view>;

Time day(int number) {
  return Time{std::chrono::days{number}};
}

const LinkSchema& generated_schema() {
  static const LinkSchema schema{.fields = {{"given_name", FieldType::given_name},
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
  return schema;
}

Row row_of(const Records& records, std::size_t r) {
  Row row;
  for (std::size_t c = 0; c < records.columns().size(); ++c) {
    row.push_back(records.value(id_at<Record>(r), c));
  }
  return row;
}

Records first_rows(const Records& records, std::size_t begin, std::size_t end) {
  Records out(std::vector<std::string>(records.columns().begin(), records.columns().end()));
  for (std::size_t r = begin; r < end; ++r) REQUIRE(out.add(row_of(records, r)).has_value());
  return out;
}

const GeneratedIdentities& generated() {
  static const GeneratedIdentities made = generate_identities({.seed = 5, .persons = 1600});
  return made;
}

/// A resolver of half of the generated records, the others not yet arrived.
Resolver half(ResolverOptions options = {.tombstone_key = "a key of these tests, long enough"}) {
  const Records& all = generated().records;
  return Resolver(link(first_rows(all, 0, all.size() / 2), generated_schema()), std::move(options));
}

void stream(Resolver& resolver, std::size_t end) {
  for (std::size_t r = resolver.size(); r < end; ++r) {
    const Result<Resolved> got = resolver.resolve(row_of(generated().records, r), day(20000));
    REQUIRE(got.has_value());
    REQUIRE(index(got->record) == r);
  }
}

Resolver people() {
  Records none(people_columns);
  for (const Row& row : std::vector<Row>{
           {"anna", "mueller", "1980-02-03", "anna.mueller@example.org", "+49 30 901820", ""},
           {"Anna", "Müller", "03.02.1980", "anna.mueller@example.org", "", ""},
           {"peter", "schmidt", "1975-07-21", "p.schmidt@example.net", "+49 89 233555",
            "C01X00T47"},
           {"ines", "okafor", "1990-11-30", "ines@okafor.example", "+33 1 42 68 53 00", ""},
           {"li", "zhang", "1985-01-09", "zhang.li@example.cn", "+86 10 6552 9988", ""}}) {
    REQUIRE(none.add(row).has_value());
  }
  return Resolver(link(none, people_schema()), {.tombstone_key = "sixteen bytes and more"});
}

}  // namespace

TEST_CASE("One record at a time: found, made, looked up") {
  Resolver resolver = people();
  REQUIRE(resolver.size() == 5);
  CHECK(resolver.owner(Record{0}) == resolver.owner(Record{1}));
  const Row again{"anna", "mueller", "1980-02-03", "", "+4930901820", ""};
  const Resolved seen = resolver.look_up(again).value();
  CHECK(seen.outcome == RecordOutcome::found);
  CHECK(seen.customer == Customer{0});
  CHECK(resolver.size() == 5);
  const Resolved found = resolver.resolve(again, day(1)).value();
  CHECK(found.outcome == RecordOutcome::found);
  CHECK(found.customer == Customer{0});
  CHECK(found.arrived == Customer{5});
  CHECK(found.weight == seen.weight);
  CHECK(found.mean == seen.mean);
  CHECK(found.weight == Approx(resolver.weight(found.record, found.like)).margin(1e-4));
  REQUIRE(found.events.size() == 1);
  CHECK(found.events[0].event.absorbed == Customer{5});
  CHECK(found.events[0].event.time == day(1));
  INFO("like record " << index(found.like));
  CHECK(found.events[0].event.reason == "agree: given_name, family_name, birth_date, phone");
  CHECK(resolver.ground(found.events[0].event.sequence).by == DecidedBy::arrival);

  const Resolved made =
      resolver.resolve(Row{"ivo", "horvat", "1961-05-05", "ivo@horvat.example", "", ""}, day(2))
          .value();
  CHECK(made.outcome == RecordOutcome::made);
  CHECK(made.customer == made.arrived);
  CHECK(made.events.empty());
  CHECK(resolver.records_of(Customer{0}) == std::vector<Record>{Record{0}, Record{1}, Record{5}});
}

TEST_CASE("Two different verified numbers are two persons, whatever else agrees") {
  Resolver resolver = people();
  const Resolved other = resolver
                             .resolve(Row{"peter", "schmidt", "1975-07-21", "p.schmidt@example.net",
                                          "+49 89 233555", "C99Y99Y99"},
                                      day(1))
                             .value();
  CHECK(other.outcome == RecordOutcome::made);
  REQUIRE(other.refused.size() == 1);
  CHECK(other.refused[0].reason == MergeRefusal::conflict);
  CHECK(other.refused[0].customer == Customer{2});
  CHECK_FALSE(resolver.join(Record{2}, other.record, day(2), "no").has_value());
  CHECK(resolver.log().events().size() == 1);
}

TEST_CASE("Wrong input to a resolver changes nothing") {
  Resolver resolver = people();
  const std::vector<std::byte> before = resolver.save();
  CHECK(resolver.resolve(Row{"a", "b"}, day(1)).error().code == ErrorCode::invalid_shape);
  CHECK(resolver.look_up(Row{}).error().code == ErrorCode::invalid_shape);
  const std::string huge(Records::longest_value + 1, 'x');
  CHECK(resolver.resolve(Row{"a", "b", "", huge, "", ""}, day(1)).error().code ==
        ErrorCode::invalid_value);
  CHECK(resolver.unmerge(MergeId{9}, day(1), "").error().code == ErrorCode::not_found);
  CHECK(resolver.split(Record{99}, day(1), "").error().code == ErrorCode::not_found);
  CHECK(resolver.join(Record{1}, Record{1}, day(1), "").error().code == ErrorCode::invalid_value);
  CHECK(resolver.keep_apart(Record{0}, Record{77}, day(1), "").error().code ==
        ErrorCode::not_found);
  CHECK(resolver.erase(Customer{99}, day(1)).error().code == ErrorCode::not_found);
  CHECK(resolver.save() == before);

  const std::string large(std::size_t{1} << 20, 'q');
  for (const Row& row :
       {Row{"", "", "", "", "", ""}, Row{large, large, large, large, large, large},
        Row{"\xff\xfe\x80", "\xc3", "\xed\xa0\x80", "\xf8@\xff", "\x80", "\xbf"}}) {
    const Result<Resolved> first = resolver.resolve(row, day(1));
    REQUIRE(first.has_value());
    CHECK(first->outcome == RecordOutcome::made);
    CHECK(resolver.look_up(row).has_value());
  }
  CHECK(
      Resolver::load(resolver.save(), people_schema(), {.tombstone_key = "sixteen bytes and more"})
          ->save() == resolver.save());
  CHECK_THROWS_AS(
      Resolver(link(first_rows(generated().records, 0, 50), generated_schema()), {.max_block = 1}),
      Exception);
  CHECK_THROWS_AS(Resolver(link(first_rows(generated().records, 0, 50), generated_schema()),
                           {.limits = {{"shoe size", 2}}}),
                  Exception);
}

TEST_CASE("A resolver weighs pairs as linking did") {
  const Records& all = generated().records;
  const Records some = first_rows(all, 0, 3000);
  Linkage linkage = link(some, generated_schema());
  const std::vector<ScoredPair> pairs = linkage.pairs;
  const std::vector<std::uint32_t> clusters = linkage.clustering.cluster;
  const Resolver resolver{std::move(linkage)};
  REQUIRE(pairs.size() > 1000);
  float worst = 0;
  for (const ScoredPair& pair : pairs) {
    worst =
        std::max(worst, std::abs(resolver.weight(Record{pair.a}, Record{pair.b}) - pair.weight));
  }
  CHECK(worst < 2e-3F);
  CHECK(resolver.clusters() == clusters);
  // A record that is looked up weighs what it weighs when it has arrived.
  Resolver arriving = half();
  std::size_t found = 0;
  for (std::size_t r = arriving.size(); r < arriving.size() + 300; ++r) {
    const Resolved seen = arriving.look_up(row_of(all, r)).value();
    if (r % 100 != 0) continue;
    Resolver copy = half();
    const Resolved got = copy.resolve(row_of(all, r), day(1)).value();
    CHECK(got.customer == (seen.outcome == RecordOutcome::made ? got.arrived : seen.customer));
    CHECK(got.weight == seen.weight);
    if (got.outcome == RecordOutcome::made) continue;
    ++found;
    CHECK(copy.weight(got.record, got.like) == Approx(got.weight).margin(2e-3));
  }
  CHECK(found > 0);
}

TEST_CASE("Streaming is nearly batch, and reconciled it is batch") {
  const GeneratedIdentities& made = generated();
  const Linkage batch = link(made.records, generated_schema());
  const double best = evaluate_clustering(made.person, batch.clustering.cluster).pairs.f1;
  Resolver resolver = half();
  stream(resolver, made.records.size());
  const double streamed = evaluate_clustering(made.person, resolver.clusters()).pairs.f1;
  INFO("batch " << best << ", streamed " << streamed);
  CHECK(streamed > best - .03);

  const std::vector<std::byte> before = resolver.save();
  const Reconciliation seen = resolver.reconcile({.refit = true}, day(20001));
  CHECK_FALSE(seen.applied);
  CHECK(resolver.save() == before);
  const std::size_t events = resolver.log().events().size();
  const Reconciliation done = resolver.reconcile({.apply = true, .refit = true}, day(20001));
  CHECK(done.undone == seen.undone);
  CHECK(done.joined == seen.joined);
  CHECK(done.events.size() == done.undone.size() + done.joined.size());
  CHECK(resolver.log().events().size() == events + done.events.size());
  CHECK(resolver.clusters() == batch.clustering.cluster);
  CHECK(done.customers_after == batch.clustering.clusters);
  const Reconciliation none = resolver.reconcile({.refit = true}, day(20002));
  CHECK(none.undone.empty());
  CHECK(none.joined.empty());
}
