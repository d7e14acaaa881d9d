#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/referral/forest.hpp"
#include "emptor/referral/tree_carry.hpp"
#include "emptor/referral/tree_layout.hpp"
#include "emptor/referral/tree_live_sums.hpp"
#include "emptor/referral/tree_sums.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

using Places = std::vector<std::uint32_t>;
using Amounts = std::vector<std::int64_t>;
constexpr std::uint32_t none = no_parent_place;

// 0 over 1, 2; 1 over 3, 4; 2 over 5; and 6 alone.
const Places parents{none, none, 0, 0, 2, 2, 3};  // 0, 6 | 1, 2 | 3, 4, 5
const Places by_node{none, 0, 0, 1, 1, 2, none};

}  // namespace

TEST_CASE("a layout is breadth-first, generation by generation") {
  const TreeLayout layout{std::span(by_node)};
  CHECK(std::ranges::equal(layout.nodes(), Places{0, 6, 1, 2, 3, 4, 5}));
  CHECK(std::ranges::equal(layout.parents(), parents));
  CHECK(std::ranges::equal(layout.generations(), Places{0, 2, 4, 7}));
  CHECK(layout.places() == Places{0, 2, 3, 4, 5, 6, 1});
  Amounts of_node(7), of_place(7), back(7);
  std::iota(of_node.begin(), of_node.end(), 10);
  layout.to_places<std::int64_t>(of_node, of_place);
  CHECK(of_place == Amounts{10, 16, 11, 12, 13, 14, 15});
  layout.to_nodes<std::int64_t>(of_place, back);
  CHECK(back == of_node);
  CHECK_THROWS_AS(layout.to_nodes<std::int64_t>(of_place, std::span(back).first(6)), Exception);

  ReferralForest forest(7);
  for (std::uint32_t v = 0; v < 7; ++v) {
    if (by_node[v] != none) {
      forest.attach({.child = Customer{v}, .parent = Customer{by_node[v]}});
    }
  }
  CHECK(TreeLayout(forest.parents()) == layout);
}

TEST_CASE("layouts refuse rings and parents that are not there; nothing has no generations") {
  CHECK_THROWS_AS(TreeLayout(std::span<const std::uint32_t>(Places{1, 0})), Exception);
  CHECK_THROWS_AS(TreeLayout(std::span<const std::uint32_t>(Places{0})), Exception);
  CHECK_THROWS_AS(TreeLayout(std::span<const std::uint32_t>(Places{none, 2, 1})), Exception);
  CHECK_THROWS_AS(TreeLayout(std::span<const std::uint32_t>(Places{none, 2})), Exception);
  const TreeLayout nothing{std::span<const std::uint32_t>{}};
  CHECK(nothing.size() == 0);
  CHECK(nothing.generations().size() == 1);
  CHECK(nothing == TreeLayout());
}

TEST_CASE("a path and a star of a million need no recursion") {
  constexpr std::uint32_t n = 1'000'000;
  Places path(n), star(n, 0);
  for (std::uint32_t v = 0; v < n; ++v) path[v] = v - 1;
  star[0] = none;
  CHECK(TreeLayout(std::span<const std::uint32_t>(path)).generations().size() == n + 1);
  CHECK(TreeLayout(std::span<const std::uint32_t>(star)).generations().size() == 3);
  Amounts ones(n, 1), sums(n);
  subtree_sums(path, ones, sums);
  CHECK(sums[0] == n);
  CHECK(sums[n - 1] == 1);
  subtree_sums(star, ones, sums);
  CHECK(sums[0] == n);
  CHECK(LiveSubtreeSums(TreeLayout(std::span<const std::uint32_t>(path)), ones).sum(1) == n - 1);
}

TEST_CASE("sums, counts and legs of a small forest") {
  const Amounts values{1, 2, 4, 8, 16, 32, 64};
  Amounts sums(7);
  subtree_sums(parents, values, sums);
  CHECK(sums == Amounts{1 + 4 + 8 + 16 + 32 + 64, 2, 4 + 16 + 32, 8 + 64, 16, 32, 64});
  Places counts(7);
  subtree_counts(parents, counts);
  CHECK(counts == Places{6, 1, 3, 2, 1, 1, 1});
  const Places rank{0, 9, 1, 2, 5, 3, 2};
  Places highest(7), legs(7);
  highest_of_subtree(parents, rank, highest);
  CHECK(highest == Places{5, 9, 5, 2, 5, 3, 2});
  qualified_legs(parents, highest, 3, legs);
  CHECK(legs == Places{1, 0, 2, 0, 0, 0, 0});
  using enum BinarySide;
  const std::vector<BinarySide> side{left, left, left, right, left, right, right};
  Amounts on_left(7), on_right(7);
  binary_legs(parents, side, sums, on_left, on_right);
  CHECK(on_left == Amounts{52, 0, 16, 0, 0, 0, 0});
  CHECK(on_right == Amounts{72, 0, 32, 64, 0, 0, 0});
  breakaway_sums(parents, values, Places{5, 0, 5, 3, 2, 6, 1}, sums);
  CHECK(sums == Amounts{1 + 8 + 64, 2, 4 + 16, 8 + 64, 16, 32, 64});
}

TEST_CASE("what nodes learn from above") {
  Places depths(7), next(7), above(7), highest(7);
  tree_depths(parents, depths);
  CHECK(depths == Places{0, 0, 1, 1, 2, 2, 2});
  const std::vector<std::uint8_t> qualified{1, 0, 0, 2, 1, 1, 1};
  next_qualified(parents, qualified, next);
  CHECK(next == Places{none, none, 0, 0, 0, 0, 3});
  counted_above(parents, qualified, above);
  CHECK(above == Places{0, 0, 1, 1, 1, 1, 2});
  const Places rate{5, 1, 7, 5, 6, 9, 5};
  highest_above(parents, rate, highest);
  CHECK(highest == Places{0, 0, 5, 5, 7, 7, 5});
  next_higher_rate(parents, rate, next);
  CHECK(next == Places{none, none, none, none, 2, none, none});
}

TEST_CASE("sums of long forests, in pieces, equal sums along each path") {
  RandomStream random(7);
  for (const std::uint32_t n : {255U, 256U, 257U, 512U, 3000U, 20'000U}) {
    for (const std::uint32_t shape : {0U, 1U, 2U, 3U}) {
      Places any(n, none);
      Amounts values(n), sums(n);
      for (std::uint32_t v = 0; v < n; ++v) {
        values[v] = static_cast<std::int64_t>(random.bits64());
        if (v == 0 || (shape != 0 && random.below(shape == 1 ? 2 : 50) == 0)) continue;
        any[v] = shape == 3 ? v - std::min(v, 1 + random.below(300)) : random.below(v);
      }
      const TreeLayout layout{std::span<const std::uint32_t>(any)};
      for (const bool breadth_first : {true, false}) {
        const std::span<const std::uint32_t> parent =
            breadth_first ? layout.parents() : std::span<const std::uint32_t>(any);
        std::vector<std::uint64_t> expected(values.begin(), values.end());
        for (std::uint32_t v = n; v-- != 0;) {
          if (parent[v] != none) expected[parent[v]] += expected[v];
        }
        subtree_sums(parent, values, sums);
        CHECK(std::ranges::equal(sums, expected, [](std::int64_t a, std::uint64_t b) {
          return a == static_cast<std::int64_t>(b);
        }));
      }
      Places wrong(layout.parents().begin(), layout.parents().end());
      const std::uint32_t at = random.below(n);
      wrong[at] = at + random.below(2) * (n - at);
      CHECK_THROWS_AS(subtree_sums(wrong, values, sums), Exception);
    }
  }
}

TEST_CASE("sums are right whenever they fit, whatever happens on the way") {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const Places star{none, 0, 0, 0};
  const Amounts values{0, most, most, -most};
  Amounts sums(4);
  subtree_sums(star, values, sums);
  CHECK(sums[0] == most);
  CHECK_FALSE(sums_fit(values));
  CHECK(sums_fit(Amounts{most - 3, -2, 1}));
  CHECK_FALSE(sums_fit(Amounts{most - 3, -2, 2}));
  CHECK_FALSE(sums_fit(Amounts{std::numeric_limits<std::int64_t>::min()}));
  CHECK(sums_fit({}));
}

TEST_CASE("parents that do not come first and spans of other lengths are refused") {
  const Places wrong{none, 1, 0};
  const Places beyond{none, 7};
  Amounts a(3), b(3), two(2);
  Places p(3);
  CHECK_THROWS_AS(subtree_sums(wrong, a, b), Exception);
  CHECK_THROWS_AS(subtree_sums(beyond, two, two), Exception);
  CHECK_THROWS_AS(tree_depths(wrong, p), Exception);
  CHECK_THROWS_AS(subtree_sums(wrong, a, two), Exception);
  CHECK_THROWS_AS(subtree_counts(wrong, std::span(p).first(1)), Exception);
  CHECK_THROWS_AS(highest_above(wrong, p, std::span(p).first(1)), Exception);
}

TEST_CASE("live sums follow changes and joining nodes") {
  const TreeLayout layout{std::span(by_node)};
  LiveSubtreeSums live(layout, Amounts{1, 2, 4, 8, 16, 32, 64});
  CHECK(live.sum(0) == 63);
  CHECK(live.sum(1) == 26);
  live.add(3, 100);
  CHECK(live.sum(1) == 126);
  CHECK(live.sum(2) == 36);
  const std::uint32_t a = live.join(4, 1000);
  const std::uint32_t b = live.join(a, 5000);
  const std::uint32_t root = live.join(none, 7);
  CHECK(a == 7);
  CHECK(live.sum(1) == 6126);
  CHECK(live.sum(a) == 6000);
  live.add(b, -5000);
  CHECK(live.sum(a) == 1000);
  CHECK(live.sum(0) == 1163);
  CHECK(live.sum(root) == 7);
  CHECK(live.covers(0, b));
  CHECK(live.covers(a, b));
  CHECK(live.covers(1, 3));
  CHECK(live.covers(3, 3));
  CHECK_FALSE(live.covers(2, 3));
  CHECK_FALSE(live.covers(3, 1));
  CHECK_FALSE(live.covers(2, b));
  CHECK_FALSE(live.covers(b, a));
  CHECK_FALSE(live.covers(0, root));
  CHECK_FALSE(live.covers(root, 0));
  CHECK_THROWS_AS(live.sum(10), Exception);
  CHECK_THROWS_AS(live.join(10, 1), Exception);
  CHECK_THROWS_AS(live.add(none, 1), Exception);
  CHECK_THROWS_AS(LiveSubtreeSums(layout, Amounts(3)), Exception);
  CHECK_FALSE(live.wants_rebuild());
  for (int i = 0; i < 1024; ++i) live.join(a, 1);
  CHECK(live.wants_rebuild());
  CHECK(live.sum(a) == 2024);
}

}  // namespace emptor
