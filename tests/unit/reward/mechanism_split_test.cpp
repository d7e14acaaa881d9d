// Splitting oneself on all trees of up to 7 people who contribute 0, 1 or 2, in exact integers.
//
// Whoever splits becomes two or three identities who share the contribution (in halves too, so that
// TDRM sees remainders), stand below one another or side by side, and divide the people they
// brought among themselves: every such way is looked at. What they are due depends on the subtree
// of who splits alone (under Pachira also on N, the sum of all contributions, but only as beta N C,
// which is the same for one and for several), so it is enough to let the root of every tree split;
// trees are told apart up to the order of children. The library's rewards are held against these
// integers on the same trees, and so are the worst cases and the pool.

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "emptor/reward/mechanism.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr int most_people = 7;
constexpr std::int64_t half = 1;  // contributions are counted in halves
constexpr std::int64_t one = 2 * half;
constexpr std::int64_t fives = 15'258'789'062'5LL;  // 5^16; chains are at most 14 pieces long + 2
constexpr std::int64_t all_to_32 = 144'403'552'893'600LL;  // divisible by 1, …, 32

enum Kind { levels, direct, geometric, upline, cdrm, tdrm, pachira, kinds };

/// What a subtree hands to those above it.
struct Handed {
  std::int64_t sum = 0;               // S
  std::array<std::int64_t, 10> at{};  // contributions by distance, 0: the subtree's root
  std::int64_t top = 0;               // TDRM: weighted sum at the top piece, x 5^16
};

/// What somebody receives from all children.
struct Received {
  Handed total;  // `at` counts from the children
  std::int64_t squares = 0;

  void add(const Handed& child) {
    total.sum += child.sum;
    total.top += child.top;
    squares += child.sum * child.sum;
    for (std::size_t d = 0; d < child.at.size(); ++d) total.at[d] += child.at[d];
  }
};

using Rewards = std::array<std::int64_t, kinds>;

/// Adds rewards on scales on which all of them are integers, and says what is handed on; `all`: N.
Handed hand_on(std::int64_t own, const Received& below, std::int64_t all, Rewards& reward) {
  Handed out;
  out.sum = own + below.total.sum;
  out.at[0] = own;
  for (std::size_t d = 0; d + 1 < out.at.size(); ++d) out.at[d + 1] = below.total.at[d];

  const std::array<std::int64_t, 10>& at = out.at;
  reward[levels] += 10 * at[1] + 5 * at[2] + 2 * at[3];  // % of halves
  reward[direct] += 10 * at[1];
  for (std::size_t d = 0; d < at.size(); ++d) {
    reward[geometric] += at[d] << (10 - d);  // x 2^12
    if (d > 0) reward[upline] += at[d] << (11 - d);
  }
  // (1/5 - 1/10 / (1 + S)) C with S in halves: C (2 - 2 / (2 + S)) / 10.
  reward[cdrm] += own * (2 * all_to_32 - 2 * (all_to_32 / (2 + out.sum)));
  // Pieces of at most 1, the remainder on top: .45 x .2 x C(w) x sum + .05 C, x 100 x 5^16.
  std::int64_t sum = below.total.top;
  const std::int64_t rest = own % one;
  for (std::int64_t i = 0; i < own / one; ++i) {
    sum = one * fives + sum / 5 * 4;
    reward[tdrm] += 9 * one * sum;
  }
  if (rest > 0 || own == 0) {
    sum = rest * fives + sum / 5 * 4;
    reward[tdrm] += 9 * rest * sum;
  }
  reward[tdrm] += 5 * own * one * fives;
  out.top = sum;
  // (x + x^2) / 2 of N = all contributions, x 2 N^2.
  reward[pachira] += all * own + out.sum * out.sum - below.squares;
  return out;
}

struct Tree {
  int people = 1;
  std::int64_t own = 0;
  std::vector<std::uint32_t> children;  // places in the list of all trees, not increasing
  Handed handed;
  Rewards reward{};
};

/// All trees of up to `most` people, the smaller ones first.
std::vector<Tree> all_trees(int most) {
  std::vector<Tree> trees;
  for (int people = 1; people <= most; ++people) {
    const auto known = static_cast<std::uint32_t>(trees.size());
    std::vector<std::uint32_t> children;
    const auto choose = [&](const auto& self, int left, std::uint32_t limit) -> void {
      if (left == 0) {
        for (std::int64_t own = 0; own <= 2; ++own) {
          Tree tree{
              .people = people, .own = own * one, .children = children, .handed = {}, .reward = {}};
          Received below;
          for (const std::uint32_t child : children) below.add(trees[child].handed);
          tree.handed = hand_on(tree.own, below, tree.own + below.total.sum, tree.reward);
          trees.push_back(std::move(tree));
        }
        return;
      }
      for (std::uint32_t child = 0; child < limit; ++child) {
        if (trees[child].people > left) break;
        children.push_back(child);
        self(self, left - trees[child].people, child + 1);
        children.pop_back();
      }
    };
    choose(choose, people - 1, known);
  }
  return trees;
}

/// Ways in which two or three identities stand: the place of the identity above, -1 for none.
struct Arrangement {
  int identities;
  std::array<int, 3> above;
};
constexpr Arrangement arrangements[] = {{2, {-1, -1, 0}}, {2, {-1, 0, 0}}, {3, {-1, -1, -1}},
                                        {3, {-1, -1, 0}}, {3, {-1, 0, 0}}, {3, {-1, 0, 1}}};

/// Calls `look(rewards of all identities together)` for every split of the root of `tree`, who
/// contributes `extra` more than as one.
template <class Look>
void for_each_split(const std::vector<Tree>& trees, const Tree& tree, std::int64_t extra,
                    const Look& look) {
  const std::int64_t own_total = tree.own + extra;
  std::array<int, 6> holder{};
  for (const Arrangement& way : arrangements) {
    const auto m = static_cast<std::size_t>(way.identities);
    holder.fill(0);
    while (true) {
      std::array<Received, 3> from_others{};
      for (std::size_t c = 0; c < tree.children.size(); ++c) {
        from_others[static_cast<std::size_t>(holder[c])].add(trees[tree.children[c]].handed);
      }
      for (std::int64_t first = 0; first <= own_total; ++first) {
        for (std::int64_t second = 0; first + second <= own_total; ++second) {
          const std::int64_t third = own_total - first - second;
          if (m == 2 && third != 0) continue;
          const std::array<std::int64_t, 3> own{first, second, third};
          std::array<Received, 3> below = from_others;
          Rewards together{};
          for (std::size_t i = m; i-- > 0;) {
            const Handed handed = hand_on(own[i], below[i], tree.handed.sum + extra, together);
            if (way.above[i] >= 0) below[static_cast<std::size_t>(way.above[i])].add(handed);
          }
          look(together);
        }
      }
      std::size_t c = 0;
      while (c < tree.children.size() && ++holder[c] == way.identities) holder[c++] = 0;
      if (c == tree.children.size()) break;
    }
  }
}

/// The tree's people one by one, parents first; contributions in millions of minor units.
void write_out(const std::vector<Tree>& trees, const Tree& tree, std::uint32_t parent,
               std::vector<std::uint32_t>& parents, std::vector<std::int64_t>& amounts) {
  const auto place = static_cast<std::uint32_t>(parents.size());
  parents.push_back(parent);
  amounts.push_back(tree.own / one * 1'000'000);
  for (const std::uint32_t child : tree.children) {
    write_out(trees, trees[child], place, parents, amounts);
  }
}

}  // namespace

TEST_CASE("all trees up to 7: splitting never pays under CDRM, TDRM and Sharing-Pachira") {
  const std::vector<Tree> trees = all_trees(most_people);
  CHECK(trees.size() == 3 + 9 + 45 + 246 + 1485 + 9432 + 62'625);  // OEIS A006964
  std::array<std::uint64_t, kinds> pays{};
  std::uint64_t splits = 0;
  for (const Tree& tree : trees) {
    for_each_split(trees, tree, 0, [&](const Rewards& split) {
      ++splits;
      for (std::size_t k = 0; k < kinds; ++k) pays[k] += split[k] > tree.reward[k] ? 1 : 0;
    });
  }
  CHECK(splits == 30'945'418);
  CHECK(pays[cdrm] == 0);
  CHECK(pays[tdrm] == 0);
  CHECK(pays[pachira] == 0);
  CHECK(pays[levels] > splits / 2);
  CHECK(pays[direct] > splits / 2);
  CHECK(pays[geometric] > splits / 2);
  CHECK(pays[upline] > splits / 2);
}

TEST_CASE("all trees up to 6: nor does splitting with more purchases pay under CDRM") {
  const std::vector<Tree> trees = all_trees(most_people - 1);
  constexpr std::int64_t scale = 10 * all_to_32;  // of CDRM's integers
  std::uint64_t pays = 0;
  for (const Tree& tree : trees) {
    for (const std::int64_t extra : {half, one}) {
      for_each_split(trees, tree, extra, [&](const Rewards& split) {
        pays += split[cdrm] - scale * extra > tree.reward[cdrm] ? 1 : 0;
      });
    }
  }
  CHECK(pays == 0);
}

TEST_CASE("all trees up to 7: the library pays what the integers say, within its worst case") {
  const std::vector<Tree> trees = all_trees(most_people);
  constexpr std::int64_t million = 1'000'000;
  struct Held {
    Mechanism mechanism;
    Kind kind;
    std::int64_t scale;  // of the integers, for contributions in halves
  };
  const ExactShare quarter{1, 4};
  const Held held[] = {
      {Mechanism({.spec = LevelMechanism{.rates = {{1, 10}, {1, 20}, {1, 50}}}}), levels, 200},
      {Mechanism({.spec = DirectMechanism{}}), direct, 200},
      {Mechanism({.spec = GeometricMechanism{.first = quarter}}), geometric, 1 << 13},
      {Mechanism({.spec = GeometricMechanism{.first = quarter, .self = false}}), upline, 1 << 13},
      {Mechanism({.spec = CdrmMechanism{.unit = million}}), cdrm, 20 * all_to_32},
      {Mechanism({.spec = TdrmMechanism{.piece = million}}), tdrm, 400 * fives},
  };
  const Mechanism pool({.spec = PachiraPool{.pool = million}});
  std::vector<std::uint32_t> parents;
  std::vector<std::int64_t> amounts;
  std::vector<std::int64_t> rewards;
  std::uint64_t other = 0;
  std::uint64_t beyond = 0;
  std::uint64_t not_the_pool = 0;
  for (const Tree& tree : trees) {
    parents.clear();
    amounts.clear();
    write_out(trees, tree, no_parent_node, parents, amounts);
    rewards.resize(parents.size());
    for (const Held& one_of : held) {
      const MechanismTotals totals = one_of.mechanism.rewards(parents, amounts, rewards);
      const auto exact = static_cast<std::int64_t>(detail::int128{tree.reward[one_of.kind]} *
                                                   million / one_of.scale);
      other += rewards[0] != exact ? 1 : 0;
      const MechanismBound bound = one_of.mechanism.bound();
      beyond += totals.paid * bound.denominator > totals.contributed * bound.numerator ? 1 : 0;
    }
    const MechanismTotals totals = pool.rewards(parents, amounts, rewards);
    const std::int64_t paid = totals.contributed > 0 ? million : 0;
    not_the_pool += totals.paid != paid || totals.retained != million - paid ? 1 : 0;
    if (paid == 0) continue;
    const std::int64_t all = tree.handed.sum;
    const std::int64_t exact = tree.reward[pachira] * million / (2 * all * all);
    other += rewards[0] != exact && rewards[0] != exact + 1 ? 1 : 0;
  }
  CHECK(other == 0);
  CHECK(beyond == 0);
  CHECK(not_the_pool == 0);
}
