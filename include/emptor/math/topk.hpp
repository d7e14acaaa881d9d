#pragma once
// The k best of a stream of (index, score): a bounded heap whose worst element is on top.
// Order: higher score first, equal scores by smaller index, so the result does not depend on the
// order of arrival. A NaN score never enters. Cost: O(log k) for an element that enters, one
// comparison for the others. Thread safety: one thread an object.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace emptor {

template <class Score>
struct ScoredIndex {
  std::uint32_t index;
  Score score;
  friend bool operator==(const ScoredIndex&, const ScoredIndex&) = default;
};

/// True when `a` stands before `b` in a ranking.
template <class Score>
[[nodiscard]] constexpr bool ranks_before(const ScoredIndex<Score>& a,
                                          const ScoredIndex<Score>& b) noexcept {
  return a.score != b.score ? a.score > b.score : a.index < b.index;
}

template <class Score>
class TopK {
 public:
  explicit TopK(std::size_t k) : k_(k) {}

  /// True when an element of this score and index would enter now.
  [[nodiscard]] bool enters(std::uint32_t index, Score score) const noexcept {
    if (score != score || k_ == 0) return false;  // NOLINT(misc-redundant-expression): NaN
    return heap_.size() < k_ || ranks_before(ScoredIndex<Score>{index, score}, heap_.front());
  }

  void push(std::uint32_t index, Score score) {
    if (!enters(index, score)) return;
    if (heap_.size() == k_) {
      std::pop_heap(heap_.begin(), heap_.end(), ranks_before<Score>);
      heap_.back() = {index, score};
    } else {
      heap_.push_back({index, score});
    }
    std::push_heap(heap_.begin(), heap_.end(), ranks_before<Score>);
  }

  [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }
  [[nodiscard]] bool full() const noexcept { return heap_.size() == k_; }
  /// The k-th best score so far; only when full() and k > 0.
  [[nodiscard]] Score worst() const noexcept { return heap_.front().score; }

  /// The elements, best first; leaves the object empty for the next stream.
  [[nodiscard]] std::vector<ScoredIndex<Score>> take() {
    std::sort_heap(heap_.begin(), heap_.end(), ranks_before<Score>);
    return std::exchange(heap_, {});
  }

 private:
  std::size_t k_;
  std::vector<ScoredIndex<Score>> heap_;
};

}  // namespace emptor
