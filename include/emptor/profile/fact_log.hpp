#pragma once
// What happened to one customer, as a sorted multiset of facts: the one state that is the same to
// the byte whatever the order of arrival, and from which a fact can be taken out again.
//
// Cost for n facts: `add` amortised O(1) for facts in ascending order, else O(log n) search and
// O(n) move; `remove` the same; `merge` and `subtract` linear. Memory: the facts. Thread safety: as
// a std::vector.

#include <algorithm>
#include <compare>
#include <concepts>
#include <iterator>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// Facts are ordered by time first, then by the rest of what they say.
template <class F>
concept TimedFact = std::regular<F> && std::three_way_comparable<F, std::strong_ordering> &&
                    requires(const F& fact) {
                      { fact.time } -> std::convertible_to<Time>;
                    };

template <TimedFact Fact>
class FactLog {
 public:
  void add(const Fact& fact) {
    if (facts_.empty() || !(fact < facts_.back())) {
      facts_.push_back(fact);
    } else {
      facts_.insert(std::upper_bound(facts_.begin(), facts_.end(), fact), fact);
    }
  }
  /// The same as adding them one by one, quicker.
  void add(std::span<const Fact> facts) {
    const auto known = static_cast<std::ptrdiff_t>(facts_.size());
    facts_.insert(facts_.end(), facts.begin(), facts.end());
    if (!std::is_sorted(facts_.begin() + known, facts_.end())) {
      std::sort(facts_.begin() + known, facts_.end());
    }
    std::inplace_merge(facts_.begin(), facts_.begin() + known, facts_.end());
  }
  /// Adds what the other has. Throws `invalid_value` for itself.
  void merge(const FactLog& other) {
    if (&other == this) {
      throw Exception(ErrorCode::invalid_value, "cannot merge a state with itself", "FactLog");
    }
    std::vector<Fact> all;
    all.reserve(facts_.size() + other.facts_.size());
    std::merge(facts_.begin(), facts_.end(), other.facts_.begin(), other.facts_.end(),
               std::back_inserter(all));
    facts_.swap(all);
  }
  /// Takes out a fact that was added. Throws `not_found` when there is none like it.
  void remove(const Fact& fact) {
    const auto at = std::lower_bound(facts_.begin(), facts_.end(), fact);
    if (at == facts_.end() || *at != fact) {
      throw Exception(ErrorCode::not_found, "nothing like this has been added", "FactLog");
    }
    facts_.erase(at);
  }
  /// Takes out all of the other's, each as often as it is there. Throws `not_found` when one of
  /// them is not here, before anything has changed.
  void subtract(const FactLog& other) {
    if (!std::includes(facts_.begin(), facts_.end(), other.facts_.begin(), other.facts_.end())) {
      throw Exception(ErrorCode::not_found, "not all of these have been added", "FactLog");
    }
    std::vector<Fact> rest;
    rest.reserve(facts_.size() - other.facts_.size());
    std::set_difference(facts_.begin(), facts_.end(), other.facts_.begin(), other.facts_.end(),
                        std::back_inserter(rest));
    facts_.swap(rest);
  }
  /// Back to empty; keeps its memory.
  void clear() noexcept { facts_.clear(); }

  /// All facts, ascending.
  [[nodiscard]] std::span<const Fact> facts() const noexcept { return facts_; }
  /// Those of the window that are not after `as_of`. O(log n).
  [[nodiscard]] std::span<const Fact> facts(Time as_of,
                                            const TimeWindow& window = {}) const noexcept {
    const auto begin = std::partition_point(
        facts_.begin(), facts_.end(), [&](const Fact& fact) { return fact.time < window.from; });
    const auto end = std::partition_point(begin, facts_.end(), [&](const Fact& fact) {
      return fact.time < window.to && fact.time <= as_of;
    });
    return {begin, end};
  }

  friend bool operator==(const FactLog&, const FactLog&) = default;

 private:
  std::vector<Fact> facts_;
};

}  // namespace emptor
