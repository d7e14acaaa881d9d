#pragma once
// Incentive tree mechanisms behind one interface: what each person in a referral tree is paid,
// given who brought whom and what everybody contributed (net purchases, in minor units of one
// currency).
//
// Letters: C(u) the contribution of u, T(u) its subtree, S(u) the contributions in T(u), R(u) the
// reward, d(u, v) how far v is below u.
// - Levels: R(u) = sum over k of r_k x contributions at distance k. Direct: of oneself and
// children.
// - Geometric, Yuval Emek, Ron Karidi, Moshe Tennenholtz, Aviv Zohar, "Mechanisms for multi-level
//   marketing", EC 2011, doi:10.1145/1993574.1993606: R(u) = b x sum over T(u) of a^d C(v). The
//   winning "red balloon" scheme of Galen Pickard et al., "Time-critical social mobilization",
//   Science 334 (2011), doi:10.1126/science.1205869, is the one with a = b = 1/2.
// - CDRM-1 and TDRM, Yuezhou Lv, Thomas Moscibroda, "Fair and resilient incentive tree mechanisms",
//   Distributed Computing 29 (2016), doi:10.1007/s00446-015-0250-y (PODC 2013): being several
//   people never pays. CDRM: R(u) = (phi - theta / (1 + S(u))) C(u). TDRM: everybody becomes a
//   chain of pieces of at most mu, the remainder on top, and R(u) = sum over own pieces w of lambda
//   / mu x C(w) x b x sum over x below w of a^d C(x), + phi C(u).
// - Pachira, John R. Douceur, Thomas Moscibroda, "Lottery trees: motivational deployment of
//   networked systems", SIGCOMM 2007, doi:10.1145/1282427.1282395, shared out instead of drawn
//   (Sharing-Pachira: Dong Zhao, Huadong Ma, Xinna Ji, "Generalized lottery trees", 2018,
//   doi:10.48550/arXiv.1812.09433): of a pool P, R(u) = P x (pi(S(u)/N) - sum over children c of
//   pi(S(c)/N)), pi(x) = beta x + (1 - beta) x^(1 + delta), N all contributions.
// - Pools shared among the k best or in proportion; binary legs (the weaker of two is paid).
// Which of them has which property, and how that was checked: docs/mechanisms.md.
//
// Arithmetic is exact: rewards are rational numbers rounded once, toward zero by default, so that
// neither a split gains nor a budget is exceeded by rounding; pools are rounded by largest
// remainder and pay the pool exactly. TDRM's endless sums are kept to 2^-32 and its rewards to
// 2^-16 of a unit before they are rounded. The same rewards come event by event and in batch, to
// the unit. Trees: parent[v] < v, `no_parent_node` for a root. Thread safety: Mechanism is
// immutable; MechanismState belongs to one thread, concurrent const calls are safe.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/money.hpp"
#include "emptor/reward/laboratory_result.hpp"

namespace emptor {

/// A rate as a fraction: 10 % is {1, 10} or {1000, 10'000}. 0 <= numerator <= denominator,
/// 1 <= denominator <= `max_share_denominator`.
struct ExactShare {
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
  [[nodiscard]] constexpr double value() const noexcept {
    return static_cast<double>(numerator) / static_cast<double>(denominator);
  }
  friend bool operator==(const ExactShare&, const ExactShare&) = default;
};

inline constexpr std::int64_t max_share_denominator = 10'000;
/// All contributions of a tree together are at most this.
inline constexpr std::int64_t max_contributions = std::int64_t{1} << 61;

/// Worst case: the sum of the rates.
struct LevelMechanism {
  std::vector<ExactShare> rates{{1, 10}, {1, 20}};  ///< r_1, r_2, …; at most 16
};

/// Pays the buyer and who brought the buyer. Worst case: self + parent.
struct DirectMechanism {
  ExactShare self{0, 1};
  ExactShare parent{1, 10};
};

/// Worst case: b / (1 - a).
struct GeometricMechanism {
  ExactShare decay{1, 2};  ///< a in (0, 1)
  ExactShare first{1, 4};  ///< b > 0, of the nearest that is paid
  bool self = true;        ///< the nearest is the buyer; false: the buyer's parent
  /// Distances paid, at least 1; 0: as many as stay exact, that is while b's denominator x (a's
  /// denominator)^(levels - 1) <= 2^61 (1/2 and 1/4: 60; what is beyond would be 2^-61 of a
  /// purchase).
  std::uint32_t levels = 0;
};

/// Finder half of the prize, inviter a quarter, and so on: less than the prize in total.
[[nodiscard]] inline GeometricMechanism red_balloon() {
  return {.decay = {1, 2}, .first = {1, 2}, .self = true};
}

/// Worst case: phi.
struct CdrmMechanism {
  ExactShare phi{1, 5};
  ExactShare theta{1, 10};  ///< in (0, phi)
  std::int64_t unit = 100;  ///< the 1 of 1 + S(u) in minor units, in [1, 2^40]
};

/// Worst case: lambda b / (1 - a) + phi.
struct TdrmMechanism {
  std::int64_t piece = 10'000;  ///< mu, minor units, in [1, 2^40]
  ExactShare lambda{9, 20};     ///< > 0
  ExactShare phi{1, 20};
  ExactShare decay{4, 5};  ///< a in (0, 1)
  ExactShare first{1, 5};  ///< b > 0
};

/// Pays the pool but for what the house keeps when there are several trees: with one root, all.
struct PachiraPool {
  std::int64_t pool = 0;  ///< P >= 0, minor units
  ExactShare beta{1, 2};
  std::uint32_t delta = 1;  ///< in [1, 3]
};

/// What pools reward.
enum class PoolMeasure : std::uint8_t {
  own,       ///< one's own contribution
  direct,    ///< of those one brought oneself
  downline,  ///< of all below
};

/// The best by the measure share the pool by the weights of their places; who joined earlier is
/// first among equals, a measure of 0 wins nothing, and with fewer winners they share it all.
struct TopKPool {
  std::int64_t pool = 0;
  std::vector<std::int64_t> weights{50, 30, 20};  ///< one a place, > 0, sum below 2^61
  PoolMeasure measure = PoolMeasure::direct;
};

/// Everybody's share is in proportion to the measure.
struct ProRataPool {
  std::int64_t pool = 0;
  PoolMeasure measure = PoolMeasure::direct;
};

/// Children stand left and right in turn, as they join; each pays by the volume of its weaker leg.
/// There is no worst case as a share of contributions: every level of a tree pays again.
struct BinaryMechanism {
  ExactShare rate{1, 10};
  std::int64_t cap = 0;  ///< most that one person is paid, minor units; 0: no cap
};

using MechanismSpec =
    std::variant<LevelMechanism, DirectMechanism, GeometricMechanism, CdrmMechanism, TdrmMechanism,
                 PachiraPool, TopKPool, ProRataPool, BinaryMechanism>;

struct MechanismOptions {
  MechanismSpec spec = LevelMechanism{};
  /// Phi: the share of contributions that may be paid at worst; a mechanism whose worst case is
  /// above it is refused. Pools and binary legs have no such share.
  ExactShare budget{1, 1};
  Rounding rounding = Rounding::toward_zero;  ///< of each reward; pools: largest remainder
};

/// What a mechanism pays at worst.
struct MechanismBound {
  bool is_share = false;  ///< at most numerator / denominator of the contributions
  std::int64_t numerator = 0;
  std::int64_t denominator = 1;
  bool is_pool = false;  ///< at most `pool`, whatever is contributed
  std::int64_t pool = 0;
  /// As a share: infinite when there is none, NaN for pools.
  [[nodiscard]] EMPTOR_API double share() const noexcept;
};

/// Properties of a mechanism, in the words of Lv and Moscibroda; checked as docs/mechanisms.md
/// says.
struct MechanismProperties {
  bool budget = false;         ///< BC: never more than a share of contributions, or than the pool
  bool contribution = false;   ///< CCI: contributing more pays more
  bool solicitation = false;   ///< CSI: a contributor more whom one brought pays more
  bool split_proof = false;    ///< USA: being several people with the same purchases never pays
  bool strong_split = false;   ///< UGSA: nor with more purchases, net of their price
  bool subtree_local = false;  ///< SL: depends on one's own subtree alone
  bool opportunity = false;    ///< PO: some tree pays someone more than they contribute
};

struct MechanismTotals {
  std::int64_t contributed = 0;
  std::int64_t paid = 0;
  std::int64_t retained = 0;  ///< of a pool: what nobody was due; paid + retained is the pool
};

/// A mechanism with checked options.
class EMPTOR_API Mechanism {
 public:
  /// Throws `invalid_option` for fractions out of range and a worst case above the budget.
  explicit Mechanism(MechanismOptions options);

  [[nodiscard]] const MechanismOptions& options() const noexcept { return options_; }
  [[nodiscard]] std::string_view name() const noexcept;
  [[nodiscard]] MechanismBound bound() const;
  [[nodiscard]] MechanismProperties properties() const noexcept;
  [[nodiscard]] bool is_pool() const noexcept;

  /// Levels, direct and geometric: weight of each distance over one denominator; else empty.
  [[nodiscard]] std::span<const std::int64_t> weights() const noexcept { return weights_; }
  [[nodiscard]] std::int64_t denominator() const noexcept { return denominator_; }

  /// Rewards of all n nodes into `out` (n). `contribution` (n) >= 0, at most `max_contributions` in
  /// total; else `invalid_value` or `overflow`; `invalid_shape` for lengths or parents that do not
  /// fit; `overflow` also where exact numbers would leave 128 bits (a pool with N^(1 + delta)
  /// beyond 2^112, TDRM with a very large piece). Time: O(n x levels paid), CDRM, Pachira, pools
  /// and legs O(n), TDRM O(n + pieces until its sums stand still, some hundred a person). Memory:
  /// O(n).
  MechanismTotals rewards(std::span<const std::uint32_t> parent,
                          std::span<const std::int64_t> contribution,
                          std::span<std::int64_t> out) const;

 private:
  MechanismOptions options_;
  std::vector<std::int64_t> weights_;
  std::int64_t denominator_ = 1;
};

/// A tree that grows, and what everybody in it is due at any moment. It is a function of the tree
/// and of the contributions alone, so that the order of events does not matter and the constructor
/// from both restores a state.
class EMPTOR_API MechanismState {
 public:
  explicit MechanismState(Mechanism mechanism);
  /// As if everybody had joined and contributed; shapes and errors as in Mechanism::rewards.
  MechanismState(Mechanism mechanism, std::span<const std::uint32_t> parent,
                 std::span<const std::int64_t> contribution);

  /// A new node below `parent` (`out_of_range` if that does not exist), or a root; its number.
  std::uint32_t join(std::uint32_t parent = no_parent_node);

  /// `amount` may be negative (a refund) but no contribution below 0 (`invalid_value`); throws
  /// before anything changes. Time: O(levels paid), or O(depth) where whole subtrees count.
  void contribute(std::uint32_t node, std::int64_t amount);

  /// What a node is due. O(1), TDRM some hundred steps; for pools O(n).
  [[nodiscard]] std::int64_t reward(std::uint32_t node) const;
  /// What all are due, into `out` (n).
  MechanismTotals rewards(std::span<std::int64_t> out) const;

  [[nodiscard]] const Mechanism& mechanism() const noexcept { return mechanism_; }
  [[nodiscard]] std::size_t size() const noexcept { return parent_.size(); }
  [[nodiscard]] std::int64_t contributed() const noexcept { return total_; }
  [[nodiscard]] std::span<const std::uint32_t> parents() const noexcept { return parent_; }
  [[nodiscard]] std::span<const std::int64_t> contributions() const noexcept { return own_; }

 private:
  void check(std::uint32_t node) const;
  void check_total(std::int64_t total) const;
  void build();
  [[nodiscard]] std::int64_t settle(std::size_t node) const;
  MechanismTotals settle_pool(std::span<std::int64_t> out) const;

  Mechanism mechanism_;
  std::vector<std::uint32_t> parent_;
  std::vector<std::int64_t> own_;
  std::int64_t total_ = 0;
  // What stands in a column depends on the mechanism; those that it does not need are empty.
  std::vector<std::int64_t> subtree_;   // S(u); pools: the measure; binary: the left leg
  std::vector<std::int64_t> other_;     // binary: the right leg
  std::vector<std::uint8_t> leg_;       // binary: 1 stands right of its parent
  std::vector<std::uint8_t> children_;  // binary: how many joined below, modulo 256
  std::vector<detail::int128> sum_;     // weighted sums; Pachira: powers of children; TDRM: below
  std::vector<detail::int128> top_;     // TDRM: what the node's top piece hands up
};

}  // namespace emptor
