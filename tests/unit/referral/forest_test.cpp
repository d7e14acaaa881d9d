#include "emptor/referral/forest.hpp"

#include <array>
#include <chrono>
#include <cstring>
#include <set>
#include <vector>

#include "emptor/core/archive.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

constexpr Customer a{0}, b{1}, c{2}, d{3}, e{4};

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

/// a over b over c over d.
ReferralForest chain(const ReferralForestOptions& options = {}) {
  ReferralForest forest(6, options);
  CHECK(forest.attach({.child = b, .parent = a, .time = at(1)}) == AttachRefusal::none);
  CHECK(forest.attach({.child = c, .parent = b, .time = at(2)}) == AttachRefusal::none);
  CHECK(forest.attach({.child = d, .parent = c, .time = at(3)}) == AttachRefusal::none);
  return forest;
}

}  // namespace

TEST_CASE("uplines are nearest first and end at the root or with the levels asked for") {
  const ReferralForest forest = chain();
  std::array<Customer, 8> above{};
  CHECK(forest.upline(d, above) == 3);
  CHECK(above[0] == c);
  CHECK(above[1] == b);
  CHECK(above[2] == a);
  CHECK(forest.upline(d, std::span(above).first(2)) == 2);
  CHECK(forest.upline(d, std::span(above).first(0)) == 0);
  CHECK(forest.upline(a, above) == 0);
  CHECK(forest.upline(Customer{99}, above) == 0);
  CHECK(forest.upline(no_customer, above) == 0);
  CHECK(forest.depth(d) == 3);
  CHECK(forest.root(d) == a);
  CHECK(forest.root(e) == e);
  CHECK(forest.is_ancestor(a, d));
  CHECK_FALSE(forest.is_ancestor(d, a));
  CHECK_FALSE(forest.is_ancestor(d, d));
  CHECK_FALSE(forest.is_ancestor(e, d));
  CHECK_FALSE(forest.is_ancestor(Customer{99}, d));
}

TEST_CASE("every refusal has its reason, the first that applies, and changes nothing") {
  ReferralForest forest =
      chain({.grace = std::chrono::seconds{10}, .refuse_younger_parents = true});
  forest.block(e);
  const ReferralForest before = forest;
  const auto refused = [&](const ReferralAttachment& attachment) {
    return forest.attach(attachment);
  };
  CHECK(refused({.child = Customer{6}, .parent = a}) == AttachRefusal::unknown_child);
  CHECK(refused({.child = no_customer, .parent = a}) == AttachRefusal::unknown_child);
  CHECK(refused({.child = a, .parent = Customer{6}}) == AttachRefusal::unknown_parent);
  CHECK(refused({.child = a, .parent = a}) == AttachRefusal::self);
  CHECK(refused({.child = b, .parent = e}) == AttachRefusal::blocked_parent);
  CHECK(refused({.child = b, .parent = a}) == AttachRefusal::already_attached);
  CHECK(refused({.child = b, .parent = Customer{5}}) == AttachRefusal::second_parent);
  CHECK(refused({.child = a, .parent = b}) == AttachRefusal::mutual);
  CHECK(refused({.child = a, .parent = c}) == AttachRefusal::cycle);
  CHECK(refused({.child = a, .parent = d}) == AttachRefusal::cycle);
  const Customer f{5};
  CHECK(refused({.child = f, .parent = a, .time = at(100), .child_first_order = at(89)}) ==
        AttachRefusal::existing_customer);
  CHECK(refused({.child = f,
                 .parent = a,
                 .time = at(100),
                 .child_first_order = at(90),
                 .parent_first_order = at(91)}) == AttachRefusal::younger_parent);
  CHECK(forest == before);
  CHECK(forest.summary().counts.refused() == 12);
  CHECK(forest.summary().counts.attached() == 3);
  CHECK(refused({.child = f,
                 .parent = a,
                 .time = at(100),
                 .child_first_order = at(90),
                 .parent_first_order = at(90)}) == AttachRefusal::none);
}

TEST_CASE("first orders at the ends of time do not overflow") {
  ReferralForest forest(3);
  CHECK(forest.attach({.child = a, .parent = b, .time = at(0), .child_first_order = Time::min()}) ==
        AttachRefusal::existing_customer);
  CHECK(forest.attach({.child = a,
                       .parent = b,
                       .time = Time::max() - std::chrono::seconds{1},
                       .child_first_order = Time::min()}) == AttachRefusal::existing_customer);
  CHECK(forest.attach({.child = a, .parent = b, .time = Time::min(), .child_first_order = at(0)}) ==
        AttachRefusal::none);
}

TEST_CASE("the limit of depth counts the child's whole subtree") {
  ReferralForest forest(8, {.max_depth = 3});
  const Customer f{5}, g{6}, h{7};
  CHECK(forest.attach({.child = b, .parent = a}) == AttachRefusal::none);
  CHECK(forest.attach({.child = c, .parent = b}) == AttachRefusal::none);
  CHECK(forest.attach({.child = f, .parent = e}) == AttachRefusal::none);
  CHECK(forest.attach({.child = e, .parent = c}) == AttachRefusal::too_deep);
  CHECK(forest.attach({.child = e, .parent = b}) == AttachRefusal::none);
  CHECK(forest.depth(f) == 3);
  CHECK(forest.attach({.child = g, .parent = f}) == AttachRefusal::too_deep);
  CHECK(forest.attach({.child = h, .parent = c}) == AttachRefusal::none);
  CHECK(forest.detach(e));
  CHECK(forest.depth(e) == 0);
  CHECK(forest.depth(f) == 1);
  CHECK_FALSE(forest.detach(e));
  CHECK_FALSE(forest.detach(Customer{99}));
}

TEST_CASE("an edge that has ended makes room for another, and no ring of it remains") {
  ReferralForest forest(6);
  CHECK(forest.attach({.child = b, .parent = a, .time = at(10), .valid_until = at(20)}) ==
        AttachRefusal::none);
  CHECK(forest.attach({.child = b, .parent = c, .time = at(19)}) == AttachRefusal::second_parent);
  std::array<Customer, 4> above{};
  CHECK(forest.upline(b, at(19), above) == 1);
  CHECK(forest.upline(b, at(20), above) == 0);
  CHECK(forest.valid_until(b) == at(20));
  CHECK(forest.attach({.child = a, .parent = b, .time = at(19)}) == AttachRefusal::mutual);
  CHECK(forest.attach({.child = a, .parent = b, .time = at(20)}) == AttachRefusal::none);
  CHECK(forest.parent(b) == no_customer);
  CHECK(forest.attach({.child = b, .parent = c, .time = at(21)}) == AttachRefusal::none);
  CHECK(forest.upline(a, at(99), above) == 2);

  CHECK(forest.end(a, at(30)));
  CHECK_FALSE(forest.end(c, at(30)));
  CHECK(forest.drop_ended(at(29)) == 0);
  CHECK(forest.drop_ended(at(30)) == 1);
  CHECK(forest.edges() == 1);
  CHECK(forest.end(b, Time::max()));
  CHECK(forest.valid_until(b) == Time::max());
}

TEST_CASE("ended edges do not count for the limit of depth") {
  ReferralForest forest(8, {.max_depth = 2});
  CHECK(forest.attach({.child = b, .parent = a, .valid_until = at(20)}) == AttachRefusal::none);
  CHECK(forest.attach({.child = c, .parent = b}) == AttachRefusal::none);
  CHECK(forest.attach({.child = d, .parent = c, .time = at(19)}) == AttachRefusal::too_deep);
  CHECK(forest.attach({.child = d, .parent = c, .time = at(20)}) == AttachRefusal::none);
  CHECK(forest.end(d, at(30)));
  CHECK(forest.attach({.child = b, .parent = e, .time = at(29)}) == AttachRefusal::too_deep);
  CHECK(forest.attach({.child = b, .parent = e, .time = at(30)}) == AttachRefusal::none);
  CHECK(forest.parent(d) == no_customer);
}

TEST_CASE("subtrees, generations and the summary") {
  ReferralForest forest(7);
  const std::vector<ReferralAttachment> all{{.child = b, .parent = a}, {.child = c, .parent = a},
                                            {.child = d, .parent = c}, {.child = d, .parent = b},
                                            {.child = e, .parent = c}, {.child = a, .parent = a}};
  std::vector<AttachRefusal> reasons(all.size());
  const AttachCounts counts = forest.attach_all(all, reasons);
  CHECK(counts.attached() == 4);
  CHECK(counts.refused() == 2);
  CHECK(counts[AttachRefusal::self] == 1);
  CHECK(reasons[3] == AttachRefusal::second_parent);
  CHECK(forest.subtree_size(a) == 5);
  CHECK(forest.subtree_size(c) == 3);
  CHECK(forest.subtree_size(d) == 1);
  CHECK(forest.subtree_sum(c, std::vector<std::int64_t>{1, 2, 4, 8, 16, 32, 64}) == 28);
  CHECK(forest.generation_sizes(a) == std::vector<std::uint64_t>{1, 2, 2});
  CHECK(forest.generation_sizes() == std::vector<std::uint64_t>{3, 2, 2});
  CHECK(forest.children(c) == std::vector<Customer>{d, e});
  const ReferralForestResult summary = forest.summary();
  CHECK(summary.customers == 7);
  CHECK(summary.edges == 4);
  CHECK(summary.trees == 1);
  CHECK(summary.parents == 2);
  CHECK(summary.depth == 2);
  CHECK(summary.largest_tree == 5);
  CHECK(summary.most_children == 2);
  CHECK_THROWS_AS(forest.subtree_sum(a, std::vector<std::int64_t>(6)), Exception);
  CHECK_THROWS_AS(forest.attach_all(all, std::span(reasons).first(1)), Exception);
  CHECK(ReferralForest().generation_sizes().empty());
  CHECK(ReferralForest().summary() == ReferralForestResult{});
}

TEST_CASE("a path of the greatest depth needs no recursion") {
  constexpr std::uint32_t length = 100'000;
  ReferralForest forest(length, {.max_depth = length});
  // From the bottom up, in pieces of a hundred, so that subtrees are moved too.
  for (std::uint32_t i = length - 1; i > 0; --i) {
    if (i % 100 == 0) continue;
    REQUIRE(forest.attach({.child = Customer{i}, .parent = Customer{i - 1}}) ==
            AttachRefusal::none);
  }
  for (std::uint32_t i = 100; i < length; i += 100) {
    REQUIRE(forest.attach({.child = Customer{i}, .parent = Customer{i - 1}}) ==
            AttachRefusal::none);
  }
  CHECK(forest.depth(Customer{length - 1}) == length - 1);
  CHECK(forest.attach({.child = Customer{0}, .parent = Customer{length - 1}}) ==
        AttachRefusal::cycle);
  CHECK(forest.subtree_size(Customer{0}) == length);
}

TEST_CASE("forests are saved without their way there") {
  ReferralForest forest = chain();
  CHECK(forest.attach({.child = e, .parent = c, .valid_until = at(77)}) == AttachRefusal::none);
  forest.block(b);
  const std::vector<std::byte> bytes = forest.save();
  const Result<ReferralForest> loaded = ReferralForest::load(bytes);
  REQUIRE(loaded);
  CHECK(*loaded == forest);
  CHECK(loaded->save() == bytes);
  CHECK(loaded->edges() == 4);
  CHECK(loaded->blocked(b));
  CHECK(loaded->depth(e) == 3);

  ReferralForest other(6);
  CHECK(other.attach({.child = e, .parent = c, .valid_until = at(77)}) == AttachRefusal::none);
  CHECK(other.attach({.child = d, .parent = c}) == AttachRefusal::none);
  CHECK(other.attach({.child = b, .parent = a}) == AttachRefusal::none);
  CHECK(other.attach({.child = c, .parent = a}) == AttachRefusal::none);
  CHECK(other.detach(c));
  CHECK(other.attach({.child = c, .parent = b}) == AttachRefusal::none);
  CHECK_FALSE(other == forest);
  other.block(b);
  CHECK(other.save() == bytes);

  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::vector<std::byte> wrong = bytes;
    wrong[i] ^= std::byte{1};
    CHECK_FALSE(ReferralForest::load(wrong).has_value());
    CHECK_FALSE(ReferralForest::load(std::span(bytes).first(i)).has_value());
  }
}

TEST_CASE("archives of forests with forged content are refused") {
  const auto load = [](std::uint32_t max_depth, std::vector<Customer> parents,
                       std::vector<std::uint32_t> ends, std::vector<Customer> blocked) {
    ArchiveWriter writer("referral-forest", 1);
    SectionWriter& options = writer.section("options");
    options.put(max_depth);
    options.put(std::int64_t{0});
    options.put(false);
    SectionWriter& nodes = writer.section("nodes");
    nodes.put_array(parents);
    nodes.put_array(ends);
    nodes.put_array(blocked);
    return ReferralForest::load(std::move(writer).finish()).has_value();
  };
  constexpr std::uint32_t never = 0xffffffffU;
  CHECK(load(5, {no_customer, a, b}, {never, 7, never}, {a, c}));
  CHECK_FALSE(load(0, {no_customer, a, b}, {never, 7, never}, {}));
  CHECK_FALSE(load(1, {no_customer, a, b}, {never, 7, never}, {}));
  CHECK_FALSE(load(5, {no_customer, a, b}, {never, 7}, {}));
  CHECK_FALSE(load(5, {no_customer, a, d}, {never, 7, never}, {}));
  CHECK_FALSE(load(5, {no_customer, c, b}, {never, 7, never}, {}));
  CHECK_FALSE(load(5, {a, no_customer}, {never, never}, {}));
  CHECK_FALSE(load(5, {no_customer, a}, {1, 7}, {}));
  CHECK_FALSE(load(5, {no_customer, a}, {never, 7}, {c}));
  CHECK_FALSE(load(5, {no_customer, a}, {never, 7}, {b, a}));
}

TEST_CASE("options of forests are checked, and every refusal has a name") {
  CHECK_THROWS_AS(ReferralForest(1, {.max_depth = 0}), Exception);
  CHECK_THROWS_AS(ReferralForest(1, {.max_depth = (1U << 30) + 1}), Exception);
  CHECK_THROWS_AS(ReferralForest(1, {.grace = std::chrono::seconds{-1}}), Exception);
  CHECK_THROWS_AS(ReferralForest(max_ids + 1), Exception);
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < attach_refusals; ++i) {
    names.insert(name(static_cast<AttachRefusal>(i)));
  }
  CHECK(names.size() == attach_refusals);
  CHECK(name(AttachRefusal::too_deep) == "too_deep");
  CHECK(name(static_cast<AttachRefusal>(200)) == "unknown");
  CHECK(closes_ring(AttachRefusal::mutual));
  CHECK_FALSE(closes_ring(AttachRefusal::self));
}

}  // namespace emptor
