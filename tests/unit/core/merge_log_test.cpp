#include "emptor/core/merge_log.hpp"
#include "emptor/core/archive.hpp"

#include <map>
#include <vector>

#include "support/catch.hpp"

namespace {

using namespace emptor;
using Customers = std::vector<Customer>;

constexpr Customer a{0}, b{1}, c{2}, d{3};
constexpr Time noon{std::chrono::hours{12}};

TEST_CASE("a merge gives the absorbed group to the owner of the kept one") {
  MergeLog log;
  CHECK(log.owner(a) == a);
  CHECK(log.members(a) == Customers{a});
  const auto first = log.merge(a, b, noon, "same e-mail");
  CHECK(first.event == MergeEvent{MergeId{0}, MergeKind::merge, a, b, noon, "same e-mail", 0});
  CHECK(first.changes == std::vector<OwnerChange>{{b, b, a}});
  const auto second = log.merge(d, b, noon, "same phone");
  CHECK(second.changes == std::vector<OwnerChange>{{a, a, d}, {b, a, d}});
  CHECK(log.owner(b) == d);
  CHECK(log.members(b) == Customers{a, b, d});
  CHECK(log.owners(5) == Customers{d, d, c, d, Customer{4}});
  CHECK(log.owners(2) == Customers{d, d});
}

TEST_CASE("an undone merge leaves what a rebuild without it gives") {
  MergeLog log;
  log.merge(a, b, noon, "");
  log.merge(c, a, noon, "");
  const auto undone = log.unmerge(MergeId{0}, noon, "two people after all");
  REQUIRE(undone);
  CHECK(undone->event ==
        MergeEvent{MergeId{0}, MergeKind::unmerge, a, b, noon, "two people after all", 2});
  CHECK(undone->changes == std::vector<OwnerChange>{{b, c, b}});
  CHECK(log.owner(a) == c);
  CHECK_FALSE(log.in_force(MergeId{0}));
  CHECK(log.in_force(MergeId{1}));
  REQUIRE(log.unmerge(MergeId{1}, noon, ""));
  CHECK(log.owners(4) == Customers{a, b, c, d});
  CHECK(log.events().size() == 4);
}

TEST_CASE("a second reason keeps two customers together") {
  MergeLog log;
  log.merge(a, b, noon, "same phone");
  CHECK(log.merge(b, a, noon, "same card").changes.empty());
  const auto undone = log.unmerge(MergeId{0}, noon, "phone was shared");
  CHECK(undone->changes == std::vector<OwnerChange>{{a, a, b}, {b, a, b}});
  CHECK(log.unmerge(MergeId{1}, noon, "")->changes == std::vector<OwnerChange>{{a, b, a}});
}

TEST_CASE("impossible merges and unmerges are refused") {
  MergeLog log;
  CHECK_THROWS_AS(log.merge(a, a, noon, ""), Exception);
  CHECK_THROWS_AS(log.merge(no_customer, a, noon, ""), Exception);
  CHECK_THROWS_AS(log.merge(a, no_customer, noon, ""), Exception);
  CHECK(log.unmerge(MergeId{0}, noon, "").error().code == ErrorCode::not_found);
  log.merge(a, b, noon, "");
  REQUIRE(log.unmerge(MergeId{0}, noon, ""));
  CHECK(log.unmerge(MergeId{0}, noon, "").error().code == ErrorCode::duplicate);
  CHECK(log.events().size() == 2);
}

/// A count per owner that follows the log by its changes alone.
struct CountListener {
  std::map<Customer, int> counts;
  int merges = 0;
  int unmerges = 0;

  void move(std::span<const OwnerChange> changes) {
    for (const OwnerChange& change : changes) {
      --counts[change.before];
      ++counts[change.after];
    }
  }
  void on_merge(const MergeEvent&, std::span<const OwnerChange> changes) {
    ++merges;
    move(changes);
  }
  void on_unmerge(const MergeEvent&, std::span<const OwnerChange> changes) {
    ++unmerges;
    move(changes);
  }
};
static_assert(MergeListener<CountListener>);
static_assert(!MergeListener<int>);

TEST_CASE("a listener can follow by the changes alone") {
  MergeLog log;
  CountListener listener;
  for (const Customer customer : {a, b, c, d}) listener.counts[customer] = 1;
  const auto tell = [&](const MergeLog::Outcome& outcome) {
    notify(listener, outcome.event, outcome.changes);
  };
  tell(log.merge(a, b, noon, ""));
  tell(log.merge(c, d, noon, ""));
  tell(log.merge(d, b, noon, ""));
  CHECK(listener.counts == std::map<Customer, int>{{a, 0}, {b, 0}, {c, 4}, {d, 0}});
  tell(log.unmerge(MergeId{1}, noon, "").value());
  CHECK(listener.counts == std::map<Customer, int>{{a, 0}, {b, 0}, {c, 1}, {d, 3}});
  CHECK(listener.merges == 3);
  CHECK(listener.unmerges == 1);
}

std::vector<std::byte> saved(const MergeLog& log) {
  ArchiveWriter writer("test", 1);
  log.save(writer.section("merges"));
  return std::move(writer).finish();
}

TEST_CASE("a log is saved, loaded and replayed") {
  MergeLog log;
  log.merge(a, b, noon, "same e-mail");
  log.merge(c, Customer{4000000000U}, noon, "");
  REQUIRE(log.unmerge(MergeId{0}, noon, "no"));
  const auto bytes = saved(log);
  const auto reader = ArchiveReader::open(bytes, "test", 1);
  auto section = reader->section("merges").value();
  const auto loaded = MergeLog::load(section);
  REQUIRE(loaded);
  CHECK(section.finish());
  CHECK(std::vector(loaded->events().begin(), loaded->events().end()) ==
        std::vector(log.events().begin(), log.events().end()));
  CHECK(loaded->owners(5) == log.owners(5));
  CHECK(saved(*loaded) == bytes);
}

TEST_CASE("events that are not a log are refused") {
  const MergeEvent merge{MergeId{0}, MergeKind::merge, a, b, noon, "", 0};
  const MergeEvent unmerge{MergeId{0}, MergeKind::unmerge, a, b, noon, "", 1};
  CHECK(MergeLog::replay(std::vector{merge, unmerge}));
  const auto refused = [](std::vector<MergeEvent> events) {
    const auto log = MergeLog::replay(events);
    return !log && log.error().code == ErrorCode::corrupt;
  };
  CHECK(refused({unmerge}));
  CHECK(refused({merge, merge}));
  CHECK(refused({merge, unmerge, unmerge}));
  MergeEvent self = merge;
  self.absorbed = a;
  CHECK(refused({self}));
  MergeEvent other = unmerge;
  other.kept = c;
  CHECK(refused({merge, other}));
}

}  // namespace
