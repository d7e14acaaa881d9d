#include "emptor/reward/sybil_audit.hpp"

#include <algorithm>
#include <array>

#include "emptor/core/error.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/text.hpp"
#include "reward/laboratory_trees.hpp"

namespace emptor {
namespace {

/// Whom each identity stands below: -1 in the place of the one who splits. Every way in which two
/// or three may stand, up to their names.
struct Arrangement {
  std::uint32_t identities;
  std::array<int, 3> above;
};
constexpr Arrangement arrangements[] = {{2, {-1, -1, 0}}, {2, {-1, 0, 0}}, {3, {-1, -1, -1}},
                                        {3, {-1, -1, 0}}, {3, {-1, 0, 0}}, {3, {-1, 0, 1}}};

/// a / b, compared exactly; b > 0.
struct Gain {
  std::int64_t above = 0;
  std::int64_t below = 1;
  [[nodiscard]] bool less_than(std::int64_t a, std::int64_t b) const noexcept {
    return detail::int128{above} * b < detail::int128{a} * below;
  }
};

class Search {
 public:
  Search(const PayoutScheme& scheme, const SybilAuditOptions& options)
      : scheme_(scheme), options_(options) {
    out_.plan = scheme.name();
  }

  void look(const detail::SmallTree& tree) {
    detail::list_purchases(tree, options_.unit, honest_);
    rewards_.assign(tree.parent.size(), 0);
    (void)scheme_.pay(tree.parent, honest_, rewards_);
    for (std::uint32_t person = 0; person < tree.parent.size(); ++person) {
      ++out_.persons;
      split(tree, person);
    }
  }

  [[nodiscard]] SybilAudit finish() {
    out_.pays = out_.factor > 1 || out_.extra_share > 0;
    return std::move(out_);
  }

 private:
  void split(const detail::SmallTree& tree, std::uint32_t person) {
    children_.clear();
    for (std::uint32_t v = person + 1; v < tree.parent.size(); ++v) {
      if (tree.parent[v] == person) children_.push_back(v);
    }
    for (const Arrangement& way : arrangements) {
      if (way.identities > options_.identities) continue;
      holder_.assign(children_.size() + tree.units[person], 0);
      while (true) {
        attempt(tree, person, way);
        std::size_t at = 0;
        while (at < holder_.size() && ++holder_[at] == way.identities) holder_[at++] = 0;
        if (at == holder_.size()) break;
      }
    }
  }

  /// Identities take the person's number and the ones after it; those who come later move up.
  void attempt(const detail::SmallTree& tree, std::uint32_t person, const Arrangement& way) {
    const std::uint32_t more = way.identities - 1;
    const auto moved = [&](std::uint32_t v) { return v > person ? v + more : v; };
    parent_.clear();
    std::size_t child = 0;
    for (std::uint32_t v = 0; v < tree.parent.size(); ++v) {
      const std::uint32_t up = tree.parent[v];
      if (v == person) {
        for (std::uint32_t i = 0; i < way.identities; ++i) {
          parent_.push_back(way.above[i] < 0 ? up
                                             : person + static_cast<std::uint32_t>(way.above[i]));
        }
      } else if (up == person) {
        parent_.push_back(person + holder_[child++]);
      } else {
        parent_.push_back(up == no_parent_node ? up : moved(up));
      }
    }
    purchases_ = honest_;
    std::size_t own = children_.size();
    for (LaboratoryPurchase& purchase : purchases_) {
      purchase.node = purchase.node == person ? person + holder_[own++] : moved(purchase.node);
    }
    split_rewards_.assign(parent_.size(), 0);
    (void)scheme_.pay(parent_, purchases_, split_rewards_);
    ++out_.splits;
    std::int64_t after = 0;
    for (std::uint32_t i = 0; i < way.identities; ++i) after += split_rewards_[person + i];
    const std::int64_t before = rewards_[person];
    const auto slack = static_cast<std::int64_t>(2 * (purchases_.size() + way.identities));
    if (after <= before + slack) return;
    const auto bought = static_cast<std::int64_t>(tree.units[person]) * options_.unit;
    if (before > 0 && factor_.less_than(after, before)) {
      factor_ = {after, before};
      out_.factor = static_cast<double>(after) / static_cast<double>(before);
      keep(out_.best, tree, person, way.identities, before, after);
    }
    if (bought > 0 && extra_.less_than(after - before, bought)) {
      extra_ = {after - before, bought};
      out_.extra_share = static_cast<double>(after - before) / static_cast<double>(bought);
      keep(out_.best_extra, tree, person, way.identities, before, after);
    }
  }

  void keep(SybilWitness& witness, const detail::SmallTree& tree, std::uint32_t person,
            std::uint32_t identities, std::int64_t before, std::int64_t after) {
    std::vector<std::uint32_t> own;
    for (std::uint32_t i = 0; i < identities; ++i) own.push_back(person + i);
    witness.honest = detail::witness_of(tree.parent, honest_, rewards_, {person});
    witness.split = detail::witness_of(parent_, purchases_, split_rewards_, std::move(own));
    witness.before = before;
    witness.after = after;
    witness.sentence = text("As one, person ", person, " is paid ", before, "; as ", identities,
                            " identities with the same purchases, ", after, " (minor units).");
  }

  const PayoutScheme& scheme_;
  const SybilAuditOptions& options_;
  SybilAudit out_;
  Gain factor_{1, 1};
  Gain extra_{0, 1};
  std::vector<LaboratoryPurchase> honest_;
  std::vector<LaboratoryPurchase> purchases_;
  std::vector<std::int64_t> rewards_;
  std::vector<std::int64_t> split_rewards_;
  std::vector<std::uint32_t> parent_;
  std::vector<std::uint32_t> children_;
  std::vector<std::uint32_t> holder_;  // whose each child is, then whose each purchase is
};

}  // namespace

SybilAudit sybil_audit(const PayoutScheme& scheme, const SybilAuditOptions& options) {
  require_option(options.people >= 1 && options.people <= 6, "people", "in [1, 6]", options.people);
  require_option(options.identities >= 2 && options.identities <= 3, "identities", "2 or 3",
                 options.identities);
  require_option(options.purchases >= 1 && options.purchases <= 2, "purchases", "1 or 2",
                 options.purchases);
  require_option(options.unit > 0, "unit", "> 0", options.unit);
  Search search(scheme, options);
  detail::for_each_small_tree(options.people, options.purchases,
                              [&](const detail::SmallTree& tree) { search.look(tree); });
  return search.finish();
}

SybilAudit sybil_audit(const Mechanism& mechanism, const SybilAuditOptions& options) {
  return sybil_audit(MechanismScheme(mechanism), options);
}

SybilAudit sybil_audit(const RewardPlan& plan, const SybilAuditOptions& options,
                       const PlanScenario& scenario) {
  return sybil_audit(PlanScheme(plan, scenario), options);
}

}  // namespace emptor
