#pragma once
// What became of a list of candidates: the list, why each item stands where it stands, and what
// left the list. No model, no Eigen: this is all that reports need. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/recommend/recommend_result.hpp"

namespace emptor {

/// Why an item moved, left or came.
enum class RerankReason : std::uint8_t {
  none,          ///< nothing was done to it; it may have moved since others did
  boosted,       ///< a rule raised its score
  buried,        ///< a rule lowered its score
  diverse,       ///< chosen as it is unlike the items above it
  similar,       ///< put back since it is like items above it
  calibrated,    ///< moved to bring the list nearer to the customer's mix of categories
  category_cap,  ///< enough of its category are in the list
  price_range,   ///< too far from what the customer usually pays
  price_band,    ///< enough of its price band are in the list
  out_of_stock,
  pinned,     ///< put into its place by hand
  explored,   ///< put into its place to learn about it
  displaced,  ///< made room for an explored item
  no_score,   ///< the ranker has no score for it
};

/// The reason's name as written above.
[[nodiscard]] constexpr std::string_view name(RerankReason reason) noexcept {
  constexpr std::string_view names[] = {"none",       "boosted",      "buried",       "diverse",
                                        "similar",    "calibrated",   "category_cap", "price_range",
                                        "price_band", "out_of_stock", "pinned",       "explored",
                                        "displaced",  "no_score"};
  const auto at = static_cast<std::size_t>(reason);
  return at < std::size(names) ? names[at] : "unknown";
}

/// No place in a list, no rule.
inline constexpr std::uint32_t no_place = std::numeric_limits<std::uint32_t>::max();

struct RerankedItem {
  Item item;
  float score;                               ///< after boosts; NaN for an item that was not there
  float original_score;                      ///< as it came; likewise
  std::uint32_t original_place;              ///< 0 is the best; `no_place`: was not there
  RerankReason reason = RerankReason::none;  ///< of the last step that did something to it
  float propensity = 1;  ///< with what probability this item stands here, given all above it;
                         ///< below 1 in exploration slots only
};

/// One thing that one step did to one item.
struct RerankNote {
  Item item;
  std::uint32_t step;  ///< of Reranked::steps
  RerankReason reason;
  std::uint32_t rule;  ///< which of the step's rules, caps, bands or slots; `no_place` without
  std::uint32_t from;  ///< place before the step; `no_place`: was not there
  std::uint32_t to;    ///< place after the step; `no_place`: it left the list
  friend bool operator==(const RerankNote&, const RerankNote&) = default;
};

/// What one step did to the whole list.
struct RerankStep {
  std::string name;
  std::size_t in = 0;       ///< candidates before
  std::size_t out = 0;      ///< candidates after, those in reserve behind the first k included
  std::size_t moved = 0;    ///< of the first k places after, those with another item than before
  std::size_t unknown = 0;  ///< items of which the step knew nothing (no category, price, …)
  std::size_t broken = 0;   ///< pinned items in excess of a cap or band: they stay
  bool skipped = false;     ///< there was nothing to go by, e.g. no history to calibrate to
  friend bool operator==(const RerankStep&, const RerankStep&) = default;
};

struct Reranked {
  std::vector<RerankedItem> items;  ///< best first, at most k
  std::vector<RerankNote> notes;    ///< in the order in which things were done
  std::vector<RerankStep> steps;
  std::size_t candidates = 0;  ///< that came in
  std::size_t missing = 0;     ///< places of the k asked for that could not be filled

  /// Items and scores alone.
  [[nodiscard]] std::vector<Recommendation> list() const {
    std::vector<Recommendation> out;
    out.reserve(items.size());
    for (const RerankedItem& entry : items) out.push_back({entry.item, entry.score});
    return out;
  }
  /// All that was done to one item, in order.
  [[nodiscard]] std::vector<RerankNote> notes_of(Item item) const {
    std::vector<RerankNote> out;
    for (const RerankNote& note : notes) {
      if (note.item == item) out.push_back(note);
    }
    return out;
  }
};

}  // namespace emptor
