#include "emptor/hub/owned_forest.hpp"

#include <array>
#include <set>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/hub/merge_hub.hpp"
#include "emptor/referral/tree_layout.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

constexpr Customer a{0}, b{1}, c{2}, d{3}, x{7};

OwnedReferral edge(std::uint64_t number, Customer child, Customer parent, std::int64_t since) {
  return {ReferralEdgeId{number}, child, parent, Time{std::chrono::seconds{since}}};
}

std::vector<Customer> upline(const OwnedForest& forest, Customer customer) {
  std::array<Customer, 9> out{};
  return {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(forest.upline(customer, out))};
}

using Customers = std::vector<Customer>;

}  // namespace

TEST_CASE("the same referral again changes nothing, other content is an error") {
  OwnedForest forest;
  CHECK(forest.add(edge(1, b, a, 5)).value());
  CHECK_FALSE(forest.add(edge(1, b, a, 5)).value());
  CHECK(forest.add(edge(1, b, a, 6)).error().code == ErrorCode::duplicate);
  CHECK(forest.add(edge(2, b, b, 6)).error().code == ErrorCode::invalid_value);
  CHECK(forest.add(edge(2, no_customer, b, 6)).error().code == ErrorCode::invalid_value);
  CHECK(forest.size() == 1);
  CHECK(forest.remove(ReferralEdgeId{1}));
  CHECK_FALSE(forest.remove(ReferralEdgeId{1}));
  CHECK(forest == OwnedForest());
  CHECK(forest.parent(b) == no_customer);
  CHECK_FALSE(forest.standing(ReferralEdgeId{1}));
}

TEST_CASE("two who are one keep the earlier referral, and both come back") {
  OwnedForest forest;
  MergeHub hub;
  hub.add("forest", forest);
  CHECK(forest.add(edge(1, c, a, 20)).value());
  CHECK(forest.add(edge(2, d, b, 10)).value());
  CHECK(forest.add(edge(3, x, d, 30)).value());
  const OwnedForest before = forest;
  const MergeId merge = hub.merge(c, d, Time{}, "").event.id;
  CHECK(upline(forest, x) == Customers{c, b});
  CHECK(upline(forest, d) == Customers{b});
  CHECK(forest.children(d) == Customers{x});
  CHECK(forest.children(a).empty());
  CHECK(forest.standing(ReferralEdgeId{1}) == EdgeStanding::outranked);
  CHECK(forest.edge_above(c)->edge == ReferralEdgeId{2});
  CHECK(TreeLayout(forest.parents(8)).generations().size() == 4);
  CHECK_THROWS_AS(forest.parents(7), Exception);
  REQUIRE(hub.unmerge(merge, Time{}, ""));
  CHECK(forest == before);
  CHECK(upline(forest, x) == Customers{d, b});
}

TEST_CASE("a referral between two who are one is a self-referral, and the next counts") {
  OwnedForest forest;
  MergeHub hub;
  hub.add("forest", forest);
  CHECK(forest.add(edge(1, b, a, 10)).value());
  CHECK(forest.add(edge(2, b, c, 20)).value());
  CHECK(forest.self_referrals(b).empty());
  hub.merge(a, b, Time{}, "");
  CHECK(forest.self_referrals(b) == std::vector{edge(1, b, a, 10)});
  CHECK(forest.standing(ReferralEdgeId{1}) == EdgeStanding::self_referral);
  CHECK(forest.parent(a) == c);
  CHECK_FALSE(forest.edge_above(c));
  // Another that arrives later, on either of them.
  CHECK(forest.add(edge(3, a, b, 1)).value());
  CHECK(forest.self_referrals(a).size() == 2);
  CHECK(forest.parent(b) == c);
}

TEST_CASE("a parent in the merged one's own subtree is dropped and the next tried") {
  // a brought x, x brought b, who is a: b's referral counts for nothing.
  OwnedForest forest;
  MergeHub hub;
  hub.add("forest", forest);
  CHECK(forest.add(edge(1, x, a, 10)).value());
  CHECK(forest.add(edge(2, b, x, 20)).value());
  const MergeId merge = hub.merge(a, b, Time{}, "").event.id;
  CHECK(forest.standing(ReferralEdgeId{2}) == EdgeStanding::dropped);
  CHECK(forest.parent(a) == no_customer);
  CHECK(upline(forest, x) == Customers{a});
  CHECK(forest.add(edge(3, a, d, 30)).value());
  CHECK(upline(forest, x) == Customers{a, d});
  CHECK(hub.unmerge(merge, Time{}, "").has_value());
  CHECK(upline(forest, b) == Customers{x, a, d});
  hub.merge(b, a, Time{}, "");
  CHECK(upline(forest, x) == Customers{b, d});
  CHECK(forest.remove(ReferralEdgeId{1}));
  CHECK(upline(forest, b) == Customers{x});
  hub.erase(b);
  CHECK(upline(forest, a) == Customers{d});
  hub.erase(b);
  CHECK(forest.size() == 1);
}

TEST_CASE("owned forests are saved as the edges that arrived, and a hub tells them the owners") {
  OwnedForest forest;
  MergeHub hub;
  hub.add("forest", forest);
  for (std::uint32_t i = 1; i < 30; ++i) {
    (void)forest.add(edge(i * 37 % 64, Customer{i % 11}, Customer{i * i % 13}, i * 7 % 10));
  }
  hub.merge(a, d, Time{}, "");
  hub.merge(x, a, Time{}, "");
  const std::vector<std::byte> bytes = forest.save();
  Result<OwnedForest> loaded = OwnedForest::load(bytes);
  REQUIRE(loaded);
  CHECK(loaded->save() == bytes);
  CHECK_FALSE(*loaded == forest);
  hub.add("again", *loaded);
  CHECK(*loaded == forest);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto wrong = bytes;
    wrong[i] ^= std::byte{1};
    CHECK_FALSE(OwnedForest::load(wrong).has_value());
  }
}

TEST_CASE("archives of owned forests with forged content are refused") {
  const auto load = [](std::uint64_t count, std::vector<OwnedReferral> edges) {
    ArchiveWriter writer("owned-forest", 1);
    SectionWriter& section = writer.section("edges");
    section.put(count);
    for (const OwnedReferral& e : edges) {
      section.put(e.edge);
      section.put(e.child);
      section.put(e.parent);
      section.put(std::int64_t{e.since.time_since_epoch().count()});
    }
    return OwnedForest::load(std::move(writer).finish()).has_value();
  };
  CHECK(load(2, {edge(1, a, b, 1), edge(2, b, a, 1)}));
  CHECK_FALSE(load(3, {edge(1, a, b, 1), edge(2, b, a, 1)}));
  CHECK_FALSE(load(2, {edge(2, a, b, 1), edge(1, b, a, 1)}));
  CHECK_FALSE(load(2, {edge(1, a, b, 1), edge(1, a, b, 1)}));
  CHECK_FALSE(load(1, {edge(1, a, a, 1)}));
  CHECK_FALSE(load(1, {edge(1, no_customer, a, 1)}));
}

TEST_CASE("every standing of an edge has a name") {
  std::set<std::string_view> names;
  for (int i = 0; i < 4; ++i) names.insert(name(static_cast<EdgeStanding>(i)));
  CHECK(names.size() == 4);
  CHECK(name(static_cast<EdgeStanding>(9)) == "unknown");
}

}  // namespace emptor
