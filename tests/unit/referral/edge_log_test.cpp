#include "emptor/referral/edge_log.hpp"

#include <array>
#include <chrono>
#include <set>
#include <vector>

#include "emptor/core/archive.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

constexpr Customer a{0}, b{1}, c{2}, d{3};
constexpr Programme second_programme{1};

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

/// A fact whose edge has the same number.
ReferralEdge fact(std::uint64_t id, Customer child, Customer parent, std::int64_t from,
                  std::int64_t recorded) {
  return {.id = EdgeFactId{id},
          .edge = ReferralEdgeId{id},
          .child = child,
          .parent = parent,
          .valid_from = at(from),
          .recorded_at = at(recorded)};
}

ErrorCode code_of(const Result<bool>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code;
}

std::vector<Customer> upline(const ReferralEdgeLog& log, Customer customer, std::int64_t time,
                             Time known_at = Time::max()) {
  std::vector<Customer> out(50);
  out.resize(log.upline(customer, {.time = at(time), .known_at = known_at}, out));
  return out;
}

using Customers = std::vector<Customer>;

}  // namespace

TEST_CASE("the same fact again changes nothing, other content under its id is an error") {
  ReferralEdgeLog log;
  const ReferralEdge edge = fact(1, b, a, 10, 10);
  CHECK(log.add(edge).value());
  CHECK_FALSE(log.add(edge).value());
  CHECK(log.facts().size() == 1);
  ReferralEdge other = edge;
  other.parent = c;
  CHECK(code_of(log.add(other)) == ErrorCode::duplicate);
  other.id = EdgeFactId{2};
  CHECK(log.add(other).value());
  other.id = EdgeFactId{3};
  other.child = d;
  CHECK(code_of(log.add(other)) == ErrorCode::invalid_value);
  other = edge;
  other.id = EdgeFactId{3};
  other.programme = second_programme;
  CHECK(code_of(log.add(other)) == ErrorCode::invalid_value);
  CHECK(code_of(log.add(fact(4, a, a, 1, 1))) == ErrorCode::invalid_value);
  CHECK(code_of(log.add(fact(4, no_customer, a, 1, 1))) == ErrorCode::invalid_value);
  CHECK(code_of(log.add(fact(4, a, no_customer, 1, 1))) == ErrorCode::invalid_value);
  ReferralEdge backwards = fact(4, c, a, 5, 5);
  backwards.valid_to = at(4);
  CHECK(code_of(log.add(backwards)) == ErrorCode::invalid_value);
  CHECK(log.facts().size() == 2);
}

TEST_CASE("an edge holds from its beginning up to its end, in its programme") {
  ReferralEdgeLog log;
  ReferralEdge edge = fact(1, b, a, 10, 0);
  edge.valid_to = at(20);
  edge.campaign = Campaign{7};
  REQUIRE(log.add(edge));
  CHECK(log.in_force(b, {.time = at(9)}) == nullptr);
  REQUIRE(log.in_force(b, {.time = at(10)}) != nullptr);
  CHECK(log.in_force(b, {.time = at(10)})->campaign == Campaign{7});
  CHECK(log.in_force(b, {.time = at(19)}) != nullptr);
  CHECK(log.in_force(b, {.time = at(20)}) == nullptr);
  CHECK(log.in_force(b, {.programme = second_programme, .time = at(15)}) == nullptr);
  CHECK(log.in_force(a, {.time = at(15)}) == nullptr);
}

TEST_CASE("late facts change the past as it is known now, not as it was known then") {
  ReferralEdgeLog log;
  REQUIRE(log.add(fact(1, b, a, 10, 10)));
  REQUIRE(log.add(fact(2, c, b, 20, 20)));
  ReferralEdge ended = fact(1, b, a, 10, 50);  // recorded at 50: it had ended at 30
  ended.id = EdgeFactId{3};
  ended.valid_to = at(30);
  ended.cause = EdgeCause::ended;
  REQUIRE(log.add(ended));
  CHECK(upline(log, c, 25) == Customers{b, a});
  CHECK(upline(log, c, 40) == Customers{b});
  CHECK(upline(log, c, 40, at(49)) == Customers{b, a});
  CHECK(upline(log, c, 40, at(50)) == Customers{b});
  CHECK(upline(log, c, 40, at(15)).empty());  // nobody knew of c's edge
  // A correction that arrives late, but was recorded before the last word, is not the last word.
  ReferralEdge corrected = fact(1, b, d, 10, 45);
  corrected.id = EdgeFactId{4};
  corrected.cause = EdgeCause::corrected;
  REQUIRE(log.add(corrected));
  CHECK(upline(log, c, 25) == Customers{b, a});
  CHECK(upline(log, c, 25, at(46)) == Customers{b, d});
  ReferralEdge withdrawn = fact(2, c, b, 20, 60);
  withdrawn.id = EdgeFactId{5};
  withdrawn.valid_to = withdrawn.valid_from;
  withdrawn.cause = EdgeCause::withdrawn;
  REQUIRE(log.add(withdrawn));
  CHECK(upline(log, c, 25).empty());
  const auto history = log.history(b);
  REQUIRE(history.size() == 3);
  CHECK(history[0].id == EdgeFactId{1});
  CHECK(history[1].id == EdgeFactId{4});
  CHECK(history[2].id == EdgeFactId{3});
  CHECK(log.history(Customer{99}).empty());
}

TEST_CASE("of two edges that hold the one that began first is in force") {
  ReferralEdgeLog log;
  REQUIRE(log.add(fact(1, b, a, 10, 10)));
  REQUIRE(log.add(fact(2, b, c, 5, 99)));  // came to light late
  CHECK(upline(log, b, 50, at(98)) == Customers{a});
  CHECK(upline(log, b, 50) == Customers{c});
  REQUIRE(log.add(fact(3, b, d, 5, 99)));  // began in the same second: the smaller number
  CHECK(upline(log, b, 50) == Customers{c});
}

TEST_CASE("of a ring the edge that began last does not hold, and the next is tried") {
  ReferralEdgeLog log;
  REQUIRE(log.add(fact(1, b, a, 10, 10)));
  REQUIRE(log.add(fact(2, c, b, 20, 20)));
  REQUIRE(log.add(fact(3, a, c, 30, 30)));
  CHECK(upline(log, c, 40) == Customers{b, a});
  CHECK(upline(log, a, 40).empty());
  CHECK(log.in_force(a, {.time = at(40)}) == nullptr);
  REQUIRE(log.add(fact(4, a, d, 35, 35)));
  CHECK(upline(log, c, 40) == Customers{b, a, d});
  REQUIRE(log.add(fact(5, d, c, 1, 60)));  // earlier than all others, so a's next is the last now
  CHECK(upline(log, a, 40).empty());
  CHECK(upline(log, d, 40) == Customers{c, b, a});
  const ReferralForest forest = log.forest(4, {.time = at(40)});
  CHECK(forest.depth(d) == 3);
  CHECK(forest.edges() == 3);
  std::array<const ReferralEdge*, 2> above{};
  CHECK(log.edges_above(d, {.time = at(40)}, above) == 2);
  CHECK(above[1]->id == EdgeFactId{2});
}

TEST_CASE("long uplines come in pieces without losing any") {
  ReferralEdgeLog log;
  for (std::uint32_t i = 1; i <= 100; ++i) {
    REQUIRE(log.add(fact(i, Customer{i}, Customer{i - 1}, 1, 1)));
  }
  std::vector<Customer> out(99);
  CHECK(log.upline(Customer{100}, {.time = at(2)}, out) == 99);
  for (std::uint32_t i = 0; i < 99; ++i) CHECK(out[i] == Customer{99 - i});
  CHECK(log.upline(Customer{100}, {.time = at(2)}, {}) == 0);
  out.resize(200);
  CHECK(log.upline(Customer{100}, {.time = at(2)}, out) == 100);
  const ReferralForest forest = log.forest(50, {.time = at(2)});
  CHECK(forest.edges() == 49);
}

TEST_CASE("the edge log is saved, loaded and replayed to the same bytes") {
  ReferralEdgeLog log;
  for (std::uint32_t i = 1; i < 20; ++i) {
    ReferralEdge edge = fact(i, Customer{i}, Customer{i * 7 % 20}, i * 3, i * 5);
    edge.method = static_cast<ReferralMethod>(i % 7);
    edge.channel = Channel{i};
    edge.cause = i % 2 == 0 ? EdgeCause::imported : EdgeCause::attributed;
    if (edge.child != edge.parent) REQUIRE(log.add(edge));
  }
  const auto bytes = log.save();
  const auto loaded = ReferralEdgeLog::load(bytes);
  REQUIRE(loaded);
  CHECK(*loaded == log);
  ReferralEdgeLog replayed;
  for (const ReferralEdge& edge : log.facts()) {
    CHECK(replayed.add(edge).value());
    CHECK_FALSE(replayed.add(edge).value());
  }
  CHECK(replayed.save() == bytes);
  CHECK(upline(*loaded, Customer{5}, 100) == upline(log, Customer{5}, 100));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto wrong = bytes;
    wrong[i] ^= std::byte{4};
    CHECK_FALSE(ReferralEdgeLog::load(wrong).has_value());
  }
}

TEST_CASE("archives of edge logs with forged content are refused") {
  const auto load = [](std::uint64_t count, Customer child, std::uint8_t cause, int copies) {
    ArchiveWriter writer("referral-edge-log", 1);
    SectionWriter& section = writer.section("facts");
    section.put(count);
    for (int i = 0; i < copies; ++i) {
      section.put(EdgeFactId{1});
      section.put(ReferralEdgeId{1});
      section.put(child);
      section.put(Customer{3});
      section.put(Programme{0});
      section.put(Campaign{0});
      section.put(Channel{0});
      section.put(ReferralMethod::qr);
      section.put(cause);
      for (int t = 0; t < 3; ++t) section.put(std::int64_t{5});
    }
    return ReferralEdgeLog::load(std::move(writer).finish()).has_value();
  };
  CHECK(load(1, Customer{2}, 5, 1));
  CHECK_FALSE(load(1, Customer{2}, 6, 1));
  CHECK_FALSE(load(1, Customer{3}, 0, 1));
  CHECK_FALSE(load(2, Customer{2}, 0, 2));
  CHECK_FALSE(load(std::uint64_t{1} << 62, Customer{2}, 0, 1));
  CHECK_FALSE(load(0, Customer{2}, 0, 1));
}

TEST_CASE("every cause of an edge's fact has a name") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(EdgeCause::withdrawn); ++i) {
    names.insert(name(static_cast<EdgeCause>(i)));
  }
  CHECK(names.size() == 6);
  CHECK(name(static_cast<EdgeCause>(77)) == "unknown");
}

}  // namespace emptor
