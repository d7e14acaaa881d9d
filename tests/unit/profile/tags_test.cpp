#include "emptor/profile/tags.hpp"

#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr Tag vip{4};
constexpr Tag allergic{2};

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

TEST_CASE("a tag is on from its instant until it runs out or is taken off") {
  TagSet tags;
  CHECK(tags.at(at(100)).empty());
  tags.add({.tag = vip, .time = at(10), .until = at(20), .source = Source{1}});
  tags.add({.tag = allergic, .time = at(5)});
  CHECK_FALSE(tags.has(vip, at(9)));
  CHECK(tags.has(vip, at(10)));
  CHECK(tags.has(vip, at(19)));
  CHECK_FALSE(tags.has(vip, at(20)));
  CHECK(tags.has(allergic, at(1'000'000)));
  tags.add({.tag = allergic, .time = at(7), .off = true});
  CHECK(tags.has(allergic, at(6)));
  CHECK_FALSE(tags.has(allergic, at(7)));
  // A later statement with an earlier end replaces the longer one before it.
  tags.add({.tag = vip, .time = at(12), .until = at(14)});
  CHECK_FALSE(tags.has(vip, at(15)));
  const auto on = tags.at(at(6));
  REQUIRE(on.size() == 1);
  CHECK(on[0].tag == allergic);
}

TEST_CASE("at one instant taking off beats putting on") {
  TagSet tags;
  tags.add({.tag = vip, .time = at(1), .off = true});
  tags.add({.tag = vip, .time = at(1)});
  CHECK_FALSE(tags.has(vip, at(1)));
}

TEST_CASE("tags without a name or that end before they begin are refused") {
  TagSet tags;
  CHECK_THROWS_AS(tags.add({.time = at(1)}), Exception);
  CHECK_THROWS_AS(tags.add({.tag = vip, .time = at(1), .until = at(1)}), Exception);
  CHECK(tags == TagSet{});
}

TEST_CASE("merged tags know all statements, whichever way round") {
  TagSet a, b;
  a.add({.tag = vip, .time = at(1)});
  b.add({.tag = vip, .time = at(3), .off = true});
  b.add({.tag = allergic, .time = at(2)});
  TagSet ab = a, ba = b;
  ab.merge(b);
  ba.merge(a);
  CHECK(ab == ba);
  CHECK(ab.has(vip, at(2)));
  CHECK_FALSE(ab.has(vip, at(3)));
  CHECK(ab.statements().size() == 3);
}

}  // namespace
