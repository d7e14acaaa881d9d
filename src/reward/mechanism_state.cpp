// A tree that grows: each contribution changes the columns of those above it, as far as the
// mechanism looks. The same columns come from passes over the whole tree, children before parents.

#include "emptor/core/error.hpp"
#include "emptor/core/text.hpp"
#include "emptor/reward/mechanism.hpp"
#include "reward/mechanism_terms.hpp"

namespace emptor {
namespace {

using detail::int128;
using detail::uint128;

/// What a pool adds up for others than the contributor: nobody, the parent or all above.
PoolMeasure measure_of(const MechanismSpec& spec) noexcept {
  if (const auto* best = std::get_if<TopKPool>(&spec)) return best->measure;
  if (const auto* pro_rata = std::get_if<ProRataPool>(&spec)) return pro_rata->measure;
  return PoolMeasure::own;
}

void add_power(int128& sum, uint128 less, uint128 more) noexcept {
  sum = static_cast<int128>(static_cast<uint128>(sum) + more - less);
}

}  // namespace

MechanismState::MechanismState(Mechanism mechanism) : mechanism_(std::move(mechanism)) {}

MechanismState::MechanismState(Mechanism mechanism, std::span<const std::uint32_t> parent,
                               std::span<const std::int64_t> contribution)
    : mechanism_(std::move(mechanism)) {
  if (contribution.size() != parent.size() || parent.size() >= no_parent_node) {
    throw Exception(ErrorCode::invalid_shape, "one contribution a node is right", "Mechanism");
  }
  int128 total = 0;
  for (std::size_t v = 0; v < parent.size(); ++v) {
    if (parent[v] >= v && parent[v] != no_parent_node) {
      throw Exception(ErrorCode::invalid_shape, "a parent must come before its children",
                      "Mechanism");
    }
    if (contribution[v] < 0) {
      throw Exception(ErrorCode::invalid_value,
                      text("contributions must be >= 0, got ", contribution[v]), "Mechanism");
    }
    total += contribution[v];
  }
  if (total > max_contributions) {
    throw Exception(ErrorCode::overflow, "contributions add up beyond 2^61", "Mechanism");
  }
  check_total(static_cast<std::int64_t>(total));
  total_ = static_cast<std::int64_t>(total);
  parent_.assign(parent.begin(), parent.end());
  own_.assign(contribution.begin(), contribution.end());
  build();
}

void MechanismState::check(std::uint32_t node) const {
  if (node < parent_.size()) return;
  throw Exception(ErrorCode::out_of_range,
                  text("there are ", parent_.size(), " nodes, got node ", node), "MechanismState");
}

void MechanismState::check_total(std::int64_t total) const {
  if (total > max_contributions) {
    throw Exception(ErrorCode::overflow, "contributions add up beyond 2^61", "Mechanism");
  }
  if (const auto* of = std::get_if<PachiraPool>(&mechanism_.options().spec)) {
    if (!detail::pachira_fits(*of, total)) detail::refuse_size();
  }
}

void MechanismState::build() {
  const std::size_t n = parent_.size();
  const MechanismSpec& spec = mechanism_.options().spec;
  if (const std::span<const std::int64_t> weights = mechanism_.weights(); !weights.empty()) {
    sum_.assign(n, 0);
    for (std::size_t v = 0; v < n; ++v) {
      std::size_t up = v;
      for (std::size_t d = 0; d < weights.size(); ++d) {
        sum_[up] += int128{weights[d]} * own_[v];
        if (parent_[up] == no_parent_node) break;
        up = parent_[up];
      }
    }
  } else if (const auto* tdrm = std::get_if<TdrmMechanism>(&spec)) {
    sum_.assign(n, 0);
    top_.assign(n, 0);
    for (std::size_t v = n; v-- > 0;) {
      top_[v] = detail::tdrm_chain(*tdrm, own_[v], sum_[v]).top;
      if (parent_[v] != no_parent_node) sum_[parent_[v]] += top_[v];
    }
  } else if (std::holds_alternative<BinaryMechanism>(spec)) {
    subtree_.assign(n, 0);
    other_.assign(n, 0);
    leg_.assign(n, 0);
    children_.assign(n, 0);
    for (std::size_t v = 0; v < n; ++v) {
      if (parent_[v] != no_parent_node) leg_[v] = children_[parent_[v]]++ & 1;
    }
    for (std::size_t v = n; v-- > 0;) {
      if (parent_[v] == no_parent_node) continue;
      (leg_[v] != 0 ? other_ : subtree_)[parent_[v]] += own_[v] + subtree_[v] + other_[v];
    }
  } else if (mechanism_.is_pool() && !std::holds_alternative<PachiraPool>(spec)) {
    const PoolMeasure measure = measure_of(spec);
    if (measure == PoolMeasure::own) return;
    subtree_.assign(n, 0);
    for (std::size_t v = n; v-- > 0;) {
      if (parent_[v] == no_parent_node) continue;
      subtree_[parent_[v]] += own_[v] + (measure == PoolMeasure::downline ? subtree_[v] : 0);
    }
  } else {
    subtree_ = own_;
    const auto* pachira = std::get_if<PachiraPool>(&spec);
    if (pachira != nullptr) sum_.assign(n, 0);
    for (std::size_t v = n; v-- > 0;) {
      if (parent_[v] == no_parent_node) continue;
      subtree_[parent_[v]] += subtree_[v];
      if (pachira != nullptr) {
        add_power(sum_[parent_[v]], 0, detail::pachira_power(subtree_[v], pachira->delta));
      }
    }
  }
}

std::uint32_t MechanismState::join(std::uint32_t parent) {
  if (parent != no_parent_node) check(parent);
  if (parent_.size() + 1 >= no_parent_node) {
    throw Exception(ErrorCode::overflow, "a tree has at most 2^32 - 2 nodes", "MechanismState");
  }
  const auto node = static_cast<std::uint32_t>(parent_.size());
  const MechanismSpec& spec = mechanism_.options().spec;
  const bool weighted = !mechanism_.weights().empty();
  const bool tdrm = std::holds_alternative<TdrmMechanism>(spec);
  const bool pachira = std::holds_alternative<PachiraPool>(spec);
  const bool binary = std::holds_alternative<BinaryMechanism>(spec);
  const bool measured = mechanism_.is_pool() && !pachira;
  if (weighted || tdrm || pachira) sum_.push_back(0);
  if (tdrm) top_.push_back(0);
  if (binary) {
    other_.push_back(0);
    leg_.push_back(parent == no_parent_node ? 0 : children_[parent]++ & 1);
    children_.push_back(0);
  }
  if (!weighted && !tdrm && !(measured && measure_of(spec) == PoolMeasure::own)) {
    subtree_.push_back(0);
  }
  own_.push_back(0);
  parent_.push_back(parent);
  return node;
}

void MechanismState::contribute(std::uint32_t node, std::int64_t amount) {
  check(node);
  if (int128{own_[node]} + amount < 0) {
    throw Exception(ErrorCode::invalid_value, "a contribution must not fall below 0",
                    "MechanismState");
  }
  if (int128{total_} + amount > max_contributions) {
    throw Exception(ErrorCode::overflow, "contributions add up beyond 2^61", "Mechanism");
  }
  check_total(total_ + amount);
  own_[node] += amount;
  total_ += amount;
  const MechanismSpec& spec = mechanism_.options().spec;
  if (const std::span<const std::int64_t> weights = mechanism_.weights(); !weights.empty()) {
    std::uint32_t up = node;
    for (std::size_t d = 0; d < weights.size(); ++d) {
      sum_[up] += int128{weights[d]} * amount;
      if (parent_[up] == no_parent_node) return;
      up = parent_[up];
    }
    return;
  }
  if (const auto* tdrm = std::get_if<TdrmMechanism>(&spec)) {
    for (std::uint32_t v = node;;) {
      const int128 top = detail::tdrm_chain(*tdrm, own_[v], sum_[v]).top;
      const int128 change = top - top_[v];
      top_[v] = top;
      v = parent_[v];
      if (change == 0 || v == no_parent_node) return;
      sum_[v] += change;
    }
  }
  if (std::holds_alternative<BinaryMechanism>(spec)) {
    for (std::uint32_t v = node; parent_[v] != no_parent_node; v = parent_[v]) {
      (leg_[v] != 0 ? other_ : subtree_)[parent_[v]] += amount;
    }
    return;
  }
  if (mechanism_.is_pool() && !std::holds_alternative<PachiraPool>(spec)) {
    const PoolMeasure measure = measure_of(spec);
    if (measure == PoolMeasure::own) return;
    for (std::uint32_t v = parent_[node]; v != no_parent_node; v = parent_[v]) {
      subtree_[v] += amount;
      if (measure == PoolMeasure::direct) return;
    }
    return;
  }
  const auto* pachira = std::get_if<PachiraPool>(&spec);
  for (std::uint32_t v = node; v != no_parent_node; v = parent_[v]) {
    const std::int64_t before = subtree_[v];
    subtree_[v] += amount;
    if (pachira != nullptr && parent_[v] != no_parent_node) {
      add_power(sum_[parent_[v]], detail::pachira_power(before, pachira->delta),
                detail::pachira_power(subtree_[v], pachira->delta));
    }
  }
}

}  // namespace emptor
