#include "emptor/identity/identifier_graph.hpp"

#include <chrono>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

constexpr IdentifierType user{0}, email{1}, phone{2}, device{3}, cookie{4};

Time day(int number) {
  return Time{std::chrono::days{number}};
}

IdentifierGraph keyed() {
  IdentifierGraphOptions options;
  options.tombstone_key = "thirty-two random bytes, say so.";
  return IdentifierGraph(options);
}

Resolution arrive(IdentifierGraph& graph, std::initializer_list<IdentifierValue> values,
                  int on = 0) {
  return graph.resolve(std::vector<IdentifierValue>(values), day(on));
}

}  // namespace

TEST_CASE("Identifiers make, find and merge customers") {
  IdentifierGraph graph;
  CHECK(graph.type("email") == email);
  CHECK_FALSE(graph.type("shoe size").has_value());

  const Resolution made = arrive(graph, {{cookie, "c1"}});
  CHECK(made.outcome == ResolveOutcome::made);
  CHECK(made.customer == Customer{0});
  const Resolution other = arrive(graph, {{email, "a@x.org"}});
  CHECK(other.customer == Customer{1});
  const Resolution merged = arrive(graph, {{email, "a@x.org"}, {cookie, "c1"}, {phone, "+49"}}, 3);
  CHECK(merged.outcome == ResolveOutcome::merged);
  CHECK(merged.customer == Customer{0});
  CHECK(merged.dropped.empty());
  REQUIRE(merged.merges.size() == 1);
  CHECK(merged.merges[0].event.kept == Customer{0});
  CHECK(merged.merges[0].event.absorbed == Customer{1});
  CHECK(merged.merges[0].event.time == day(3));
  CHECK(merged.merges[0].event.reason == "identifiers of both in one arrival: email, anonymous_id");
  const Resolution found = arrive(graph, {{phone, "+49"}});
  CHECK(found.outcome == ResolveOutcome::found);
  CHECK(found.customer == Customer{0});
  CHECK(graph.find({email, "a@x.org"}) == Customer{0});
  CHECK(graph.find({email, "b@x.org"}) == no_customer);
  CHECK(graph.identifiers() == 3);
  const auto held = graph.identifiers_of(Customer{1});
  REQUIRE(held.size() == 3);
  CHECK(held[0].value == "c1");
  CHECK(held[1].value == "+49");
  CHECK(held[2].value == "a@x.org");
  CHECK(held[2].home == Customer{1});
}

TEST_CASE("The identifier of the lowest priority gives way: the example of Segment's page") {
  // user_id 1, email 5: a known e-mail with another user_id is dropped, a new profile is made.
  IdentifierGraph graph;
  arrive(graph, {{user, "abc123"}, {email, "jane@example1.com"}});
  const Resolution second = arrive(graph, {{email, "jane@example1.com"}, {user, "abc456"}});
  CHECK(second.outcome == ResolveOutcome::made);
  CHECK(second.customer == Customer{1});
  REQUIRE(second.dropped.size() == 1);
  CHECK(second.dropped[0] == DroppedIdentifier{0, DropReason::conflict, user});
  CHECK(graph.find({email, "jane@example1.com"}) == Customer{0});
}

TEST_CASE("What is below the first misfit goes with it, or is tried, as the option says") {
  for (const bool keep : {false, true}) {
    IdentifierGraphOptions options;
    options.keep_what_fits = keep;
    IdentifierGraph graph(options);
    arrive(graph, {{user, "u1"}, {email, "e1"}});
    const Resolution second = arrive(graph, {{user, "u2"}, {email, "e1"}, {cookie, "c2"}});
    CHECK(second.customer == Customer{1});
    CHECK(second.dropped.size() == (keep ? 1 : 2));
    CHECK((graph.find({cookie, "c2"}) == Customer{1}) == keep);
  }
}

TEST_CASE("Limits count first arrivals in sliding windows, also when time goes backwards") {
  IdentifierGraphOptions options;
  options.rules = {{"user_id", {}, true, {}}, {"cookie", {2, LimitWindow::weekly}, false, {}}};
  IdentifierGraph graph(options);
  const IdentifierType c{1};
  arrive(graph, {{user, "u"}, {c, "c0"}}, 10);
  CHECK(arrive(graph, {{user, "u"}, {c, "c1"}}, 12).dropped.empty());
  const Resolution third = arrive(graph, {{user, "u"}, {c, "c2"}}, 16);
  REQUIRE(third.dropped.size() == 1);
  CHECK(third.dropped[0] == DroppedIdentifier{1, DropReason::limit, c});
  CHECK(arrive(graph, {{user, "u"}, {c, "c2"}}, 17).dropped.empty());  // 10 is a week ago
  // Day 8 stands with 10 and 12 in one week, day 5 with 10 alone.
  CHECK(arrive(graph, {{user, "u"}, {c, "c3"}}, 8).dropped.size() == 1);
  CHECK(arrive(graph, {{user, "u"}, {c, "c3"}}, 5).dropped.empty());
  CHECK(graph.resolve(std::vector<IdentifierValue>{{user, "u"}, {c, "c4"}}, Time::min())
            .dropped.empty());
  CHECK(graph.resolve(std::vector<IdentifierValue>{{user, "u"}, {c, "c5"}}, Time::max())
            .dropped.empty());
}

TEST_CASE("Merges that would break a limit do not happen") {
  IdentifierGraph graph;
  arrive(graph, {{email, "1"}, {email, "2"}, {email, "3"}, {phone, "p"}});
  arrive(graph, {{email, "4"}, {email, "5"}, {email, "6"}, {device, "d"}});
  const Resolution both = arrive(graph, {{phone, "p"}, {device, "d"}});
  CHECK(both.outcome == ResolveOutcome::found);
  CHECK(both.customer == Customer{0});
  REQUIRE(both.dropped.size() == 1);
  CHECK(both.dropped[0] == DroppedIdentifier{1, DropReason::limit, email});
  const auto refused = graph.merge(Customer{0}, Customer{1}, day(0), "by hand");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::invalid_value);
  const Resolution many = arrive(graph, {{email, "a"},
                                         {email, "b"},
                                         {email, "c"},
                                         {email, "d"},
                                         {email, "e"},
                                         {email, "f"},
                                         {email, "a"}});
  REQUIRE(many.dropped.size() == 1);
  CHECK(many.dropped[0].place == 5);
}

TEST_CASE("Blocked values, empty, long and unknown ones are set aside and reported") {
  IdentifierGraphOptions options;
  options.rules[1].blocked = {{BlockedPattern::Kind::glob, "test*@*.example"}};
  options.max_identifiers = 3;
  IdentifierGraph graph(options);
  const std::string megabyte(1 << 20, 'x');
  const Resolution none = arrive(graph, {{user, "NULL"},
                                         {phone, "000-000"},
                                         {email, "Test1@shop.EXAMPLE"},
                                         {email, ""},
                                         {cookie, megabyte},
                                         {IdentifierType{5}, "x"},
                                         {no_identifier_type, "x"}});
  CHECK(none.outcome == ResolveOutcome::nobody);
  CHECK(none.customer == no_customer);
  std::vector<DropReason> reasons;
  for (const DroppedIdentifier& dropped : none.dropped) reasons.push_back(dropped.reason);
  using enum DropReason;
  CHECK(reasons == std::vector<DropReason>{blocked, blocked, blocked, empty, too_long, unknown_type,
                                           unknown_type});
  CHECK(graph.customers() == 0);
  CHECK(graph.resolve({}, day(0)).outcome == ResolveOutcome::nobody);

  const Resolution four =
      arrive(graph, {{cookie, "c"}, {device, "d"}, {phone, "1"}, {email, "test@y.z"}});
  REQUIRE(four.dropped.size() == 1);
  CHECK(four.dropped[0] == DroppedIdentifier{0, too_many, no_identifier_type});
  CHECK(name(four.dropped[0].reason) == "too_many");
}

TEST_CASE("Patterns of blocked values") {
  using enum BlockedPattern::Kind;
  CHECK(matches({glob, "*"}, ""));
  CHECK(matches({glob, "a*b*c"}, "aXbbYc"));
  CHECK(matches({glob, "a*b?c"}, "abbbxc"));
  CHECK_FALSE(matches({glob, "a*b*c"}, "aXbbYcd"));
  CHECK(matches({glob, "m?ller"}, "M\xC3\xBCller"));
  CHECK_FALSE(matches({glob, "?"}, "ab"));
  CHECK(matches({only, "0-"}, "0000-00"));
  CHECK_FALSE(matches({only, "0-"}, "0000-01"));
  CHECK(matches({exact, "Void"}, "vOID"));
  CHECK_FALSE(matches({exact, "void"}, "voids"));
  CHECK_FALSE(matches({glob, "*a*a*a*a*a*a*b"}, std::string(1 << 16, 'a')));
}

TEST_CASE("Undoing a merge gives each its identifiers, and the two do not meet again") {
  IdentifierGraph graph;
  arrive(graph, {{email, "e"}});
  arrive(graph, {{device, "d"}});
  const Resolution merged = arrive(graph, {{email, "e"}, {device, "d"}, {cookie, "c"}});
  REQUIRE(merged.merges.size() == 1);
  const auto undone = graph.unmerge(merged.merges[0].event.id, day(1), "two sisters");
  REQUIRE(undone.has_value());
  CHECK(graph.find({email, "e"}) == Customer{0});
  CHECK(graph.find({cookie, "c"}) == Customer{0});
  CHECK(graph.find({device, "d"}) == Customer{1});
  CHECK(graph.absorbed_by(Customer{0}).empty());
  const Resolution again = arrive(graph, {{email, "e"}, {device, "d"}});
  CHECK(again.customer == Customer{0});
  REQUIRE(again.dropped.size() == 1);
  CHECK(again.dropped[0].reason == DropReason::parted);

  REQUIRE(graph.merge(Customer{0}, Customer{1}, day(2), "it was one after all").has_value());
  CHECK(arrive(graph, {{email, "e"}, {device, "d"}}).dropped.empty());
  CHECK(graph.merge(Customer{0}, Customer{1}, day(2), "").error().code == ErrorCode::duplicate);
  CHECK(graph.merge(Customer{0}, Customer{9}, day(2), "").error().code == ErrorCode::not_found);
  CHECK(graph.unmerge(MergeId{0}, day(3), "").error().code == ErrorCode::duplicate);
  CHECK(graph.unmerge(MergeId{7}, day(3), "").error().code == ErrorCode::not_found);
}

TEST_CASE("Two who were parted meet again where unmerges are not remembered") {
  IdentifierGraphOptions options;
  options.remember_unmerges = false;
  IdentifierGraph graph(options);
  arrive(graph, {{email, "e"}});
  arrive(graph, {{device, "d"}});
  REQUIRE(arrive(graph, {{email, "e"}, {device, "d"}}).merges.size() == 1);
  REQUIRE(graph.unmerge(MergeId{0}, day(1), "").has_value());
  CHECK(arrive(graph, {{email, "e"}, {device, "d"}}).outcome == ResolveOutcome::merged);
}

TEST_CASE("Erased identifiers are not used until the host lifts them") {
  IdentifierGraph graph = keyed();
  arrive(graph, {{email, "e"}, {cookie, "c"}});
  arrive(graph, {{device, "d"}});
  arrive(graph, {{email, "e"}, {device, "d"}});
  const auto erased = graph.erase(Customer{1});
  REQUIRE(erased.has_value());
  CHECK(erased->customers == std::vector<Customer>{Customer{0}, Customer{1}});
  CHECK(erased->identifiers == 3);
  CHECK(graph.tombstones() == 3);
  CHECK(graph.identifiers() == 0);
  CHECK(graph.home(0) == no_customer);
  CHECK(graph.find({email, "e"}) == no_customer);
  CHECK(graph.identifiers_of(Customer{0}).empty());

  const Resolution back = arrive(graph, {{email, "e"}, {device, "d"}, {phone, "p"}});
  CHECK(back.customer == Customer{2});  // the phone is new, and the only evidence
  REQUIRE(back.dropped.size() == 2);
  CHECK(back.dropped[0].reason == DropReason::erased);
  CHECK(graph.find({email, "e"}) == no_customer);
  CHECK(arrive(graph, {{email, "e"}}).outcome == ResolveOutcome::nobody);

  CHECK(graph.lift({email, "e"}));
  CHECK_FALSE(graph.lift({email, "e"}));
  CHECK_FALSE(graph.lift({no_identifier_type, "e"}));
  CHECK(arrive(graph, {{email, "e"}}).customer == Customer{3});
  CHECK(graph.erase(Customer{77}).error().code == ErrorCode::not_found);
  IdentifierGraph keyless;
  CHECK_THROWS_AS(keyless.erase(Customer{0}), Exception);
}

TEST_CASE("A saved graph goes on where it was, and no erased value is in its bytes") {
  const auto bytes_of = [](const IdentifierGraph& graph) {
    ArchiveWriter writer("test", 1);
    graph.save(writer.section("graph"));
    return std::move(writer).finish();
  };
  IdentifierGraph graph = keyed();
  arrive(graph, {{email, "e"}});
  arrive(graph, {{device, "d"}});
  arrive(graph, {{email, "e"}, {device, "d"}});
  REQUIRE(graph.unmerge(MergeId{0}, day(1), "two").has_value());
  arrive(graph, {{email, "secret@x.org"}}, 4);
  arrive(graph, {{phone, "p"}});
  arrive(graph, {{phone, "p"}, {device, "d"}}, 5);
  REQUIRE(graph.erase(Customer{2}).has_value());
  graph.add_customer();
  const std::vector<std::byte> bytes = bytes_of(graph);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  CHECK(text.find("secret") == std::string_view::npos);

  const auto reader = ArchiveReader::open(bytes, "test", 1);
  const auto load = [&reader](IdentifierGraphOptions options) {
    auto section = reader->section("graph").value();
    return IdentifierGraph::load(section, std::move(options));
  };
  auto loaded = load(graph.options());
  REQUIRE(loaded.has_value());
  CHECK(bytes_of(*loaded) == bytes);
  CHECK(loaded->customers() == 5);
  CHECK(loaded->owner(Customer{3}) == Customer{1});
  CHECK(arrive(*loaded, {{email, "e"}, {device, "d"}}).dropped[0].reason == DropReason::parted);
  CHECK(arrive(*loaded, {{email, "secret@x.org"}}).dropped[0].reason == DropReason::erased);
  CHECK(loaded->unusable({email, "secret@x.org"}) == DropReason::erased);
  CHECK(loaded->unusable({email, "null"}) == DropReason::blocked);
  CHECK_FALSE(loaded->unusable({email, "e"}).has_value());
  CHECK(loaded->identifiers_of(Customer{1})[1].value == "p");

  IdentifierGraphOptions other = graph.options();
  other.rules[0].name = "login";
  CHECK(load(other).error().code == ErrorCode::corrupt);
}

TEST_CASE("Wrong rules are refused") {
  const auto refused = [](auto change) {
    IdentifierGraphOptions options;
    change(options);
    CHECK_THROWS_AS(IdentifierGraph(options), Exception);
  };
  refused([](auto& o) { o.rules.clear(); });
  refused([](auto& o) { o.rules.resize(256); });
  refused([](auto& o) { o.rules[1].name = "user_id"; });
  refused([](auto& o) { o.rules[1].name = ""; });
  refused([](auto& o) { o.rules[1].blocked = {{BlockedPattern::Kind::exact, ""}}; });
  refused([](auto& o) { o.blocked = {{BlockedPattern::Kind::only, "\xC3\xBC"}}; });
  refused([](auto& o) { o.max_value_bytes = 0; });
  refused([](auto& o) { o.max_identifiers = 0; });
}

}  // namespace emptor
