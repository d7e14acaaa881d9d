// Any sequence of arrivals, decisions of people, erasures, savings and reconciliations: what a
// resolver promises holds after each step.

#include "emptor/identity/resolver.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/property.hpp"

using namespace emptor;

namespace {

using Row = std::vector<std::string>;

const LinkSchema& schema() {
  static const LinkSchema made{.fields = {{"given", FieldType::given_name},
                                          {"family", FieldType::family_name},
                                          {"born", FieldType::birth_date},
                                          {"email", FieldType::email},
                                          {"device", FieldType::device},
                                          {"passport", FieldType::verified_id}}};
  return made;
}

constexpr std::uint32_t most_devices = 2;
constexpr std::size_t most_records = 6;

ResolverOptions options() {
  ResolverOptions made;
  made.tombstone_key = "a key of these tests, long enough";
  made.limits = {{"device", most_devices}};
  made.link.clustering.max_size = most_records;
  return made;
}

/// Few people who look much alike.
Row draw_row() {
  const auto pick = [](std::initializer_list<const char*> some) {
    return std::string(*rc::gen::elementOf(std::vector<const char*>(some)));
  };
  return {pick({"anna", "anne", "hanna", "peter", "petra", ""}),
          pick({"schmidt", "schmitt", "okafor", "nowak", ""}),
          pick({"1980-02-03", "1980-03-02", "1991-12-24", "", ""}),
          pick({"a.s@example.org", "anna@example.net", "p.n@example.com", "", ""}),
          pick({"d1", "d2", "d3", "d4", "", ""}),
          pick({"P100200", "P300400", "", "", "", ""})};
}

Result<Resolved> arrive(Resolver& resolver, const Row& row, Time time) {
  const std::vector<std::string_view> views(row.begin(), row.end());
  return resolver.resolve(views, time);
}

Resolver start() {
  Records raw({"given", "family", "born", "email", "device", "passport"});
  const std::size_t n = *rc::gen::inRange<std::size_t>(0, 25);
  for (std::size_t r = 0; r < n; ++r) {
    const Row row = draw_row();
    const std::vector<std::string_view> views(row.begin(), row.end());
    (void)raw.add(views).value();
  }
  return Resolver(link(raw, schema(), options().link), options());
}

/// Owners from the events alone.
std::vector<Customer> replayed(const Resolver& resolver) {
  return MergeLog::replay(resolver.log().events()).value().owners(resolver.size());
}

void check(const Resolver& resolver, bool joined_by_people, bool limits_at_first) {
  const std::vector<Customer> owners = replayed(resolver);
  std::map<Customer, std::vector<Record>> groups;
  for (std::size_t r = 0; r < resolver.size(); ++r) {
    const auto record = id_at<Record>(r);
    RC_ASSERT(resolver.owner(record) == owners[r]);
    groups[owners[r]].push_back(record);
  }
  for (const auto& [owner, group] : groups) {
    RC_ASSERT(resolver.records_of(owner) == group);
    RC_ASSERT(resolver.records_of(id_at<Customer>(index(group.back()))) == group);
    std::map<std::size_t, std::set<std::uint32_t>> values;
    for (const Record record : group) {
      for (std::size_t c = 0; c < resolver.records().comparisons().size(); ++c) {
        const Comparison& comparison = resolver.records().comparisons()[c];
        const std::uint32_t code = resolver.records().codes(index(record))[comparison.first_slot];
        if (code != 0) values[c].insert(code);
      }
    }
    for (const auto& [c, codes] : values) {
      const Comparison& comparison = resolver.records().comparisons()[c];
      if (comparison.verified) RC_ASSERT(codes.size() <= 1U);
      if (comparison.name == "device" && limits_at_first) {
        RC_ASSERT(codes.size() <= std::size_t{most_devices});
      }
    }
    if (!joined_by_people) RC_ASSERT(group.size() <= most_records);
  }
  for (const PersonDecision& decision : resolver.decisions()) {
    if (!decision.in_force || decision.kind == DecisionKind::join) continue;
    for (const Record a : decision.one) {
      for (const Record b : decision.other) {
        RC_ASSERT(a == b || resolver.owner(a) != resolver.owner(b));
      }
    }
  }
  for (std::size_t c = 0; c < resolver.records().comparisons().size(); ++c) {
    std::map<std::uint32_t, std::uint32_t> counts;
    const Comparison& comparison = resolver.records().comparisons()[c];
    for (std::size_t r = 0; r < resolver.size(); ++r) {
      const std::uint32_t code = resolver.records().codes(r)[comparison.first_slot];
      if (code != 0) ++counts[code];
    }
    const ValueDictionary& values = resolver.records().dictionary(c);
    for (std::uint32_t code = 1; code <= values.size(); ++code) {
      RC_ASSERT(values.frequency(code) == counts[code]);
      RC_ASSERT(values.forgotten(code) == (counts[code] == 0));
    }
  }
}

}  // namespace

TEST_CASE("After any sequence of calls a resolver keeps its promises") {
  emptor::test::check_property("calls in any order", [] {
    Resolver resolver = start();
    std::vector<MergeEvent> log(resolver.log().events().begin(), resolver.log().events().end());
    bool joined = false;
    check(resolver, joined, false);
    (void)resolver.reconcile({.apply = true}, Time{});  // the limit on devices is the resolver's
    const auto record = [&] {
      return id_at<Record>(*rc::gen::inRange<std::size_t>(0, resolver.size() + 1));
    };
    const int steps = *rc::gen::inRange(1, 25);
    for (int step = 0; step < steps; ++step) {
      const Time now{std::chrono::days{step}};
      switch (*rc::gen::inRange(0, 13)) {
        case 0:
          joined = resolver.join(record(), record(), now, "").has_value() || joined;
          break;
        case 1:
          (void)resolver.keep_apart(record(), record(), now, "").has_value();
          break;
        case 2:
          (void)resolver.split(record(), now, "").has_value();
          break;
        case 3:
        case 4: {
          const auto merges = static_cast<std::uint32_t>(resolver.log().events().size());
          (void)resolver.unmerge(MergeId{*rc::gen::inRange(0U, merges + 1)}, now, "").has_value();
          break;
        }
        case 5:
          (void)resolver.erase_record(record(), now).has_value();
          break;
        case 6:
          (void)resolver.erase(id_at<Customer>(index(record())), now).has_value();
          break;
        case 7: {
          const std::vector<std::byte> bytes = resolver.save();
          resolver = Resolver::load(bytes, schema(), options()).value();
          RC_ASSERT(resolver.save() == bytes);
          break;
        }
        case 8:
          (void)resolver.reconcile({.apply = *rc::gen::arbitrary<bool>()}, now);
          break;
        default: {
          const Row row = draw_row();
          const std::vector<std::string_view> views(row.begin(), row.end());
          const Resolved seen = resolver.look_up(views).value();
          const Resolved got = arrive(resolver, row, now).value();
          RC_ASSERT(got.outcome == seen.outcome);
          RC_ASSERT(got.weight == seen.weight);
          RC_ASSERT(got.refused == seen.refused);
          if (got.outcome == RecordOutcome::tombstoned) break;
          RC_ASSERT(index(got.record) + 1 == resolver.size());
          RC_ASSERT(got.customer == resolver.owner(got.record));
          if (got.outcome != RecordOutcome::made) RC_ASSERT(got.customer == seen.customer);
          break;
        }
      }
      check(resolver, joined, true);
      const auto events = resolver.log().events();
      RC_ASSERT(events.size() >= log.size());
      RC_ASSERT(std::equal(log.begin(), log.end(), events.begin()));
      log.assign(events.begin(), events.end());
    }
  });
}

TEST_CASE("A merge by people, undone at once, leaves the owners of before") {
  emptor::test::check_property("two records", [] {
    Resolver resolver = start();
    for (int r = 0; r < 5; ++r) (void)arrive(resolver, draw_row(), Time{});
    const std::vector<std::uint32_t> before = resolver.clusters();
    const auto place = rc::gen::inRange<std::size_t>(0, resolver.size());
    const auto joined = resolver.join(id_at<Record>(*place), id_at<Record>(*place), Time{}, "");
    if (!joined) return;
    (void)resolver.unmerge(joined->back().event.id, Time{}, "").value();
    RC_ASSERT(resolver.clusters() == before);
  });
}
