#pragma once
// From a list of candidates to the list that is shown: re-rankers, one after another.
//
//     const std::vector<Reranker> steps{StockRule{.units = stock},
//                                       MmrDiversity{.similarity = alike, .lambda = 0.7},
//                                       CategoryCaps{.caps = {{.category_of = shelves, .most =
//                                       3}}}};
//     const Reranked answer = rerank(model.recommend(customer, 200), {.k = 10}, steps);
//
// Candidates come best first. Each step puts them in another order or takes some out; those behind
// the first k are its reserve, and the last step's first k are the answer. Places count from 0.
// - Steps that look at scores (boosts, diversity, calibration) work on those the list came with,
//   after boosts; the scale is theirs to choose.
// - A cap takes out what is too much, wherever it stands, so that no later step can break it. It
//   keeps what stands first: put caps after the steps that order.
// - Pinned items stay in their places; later steps go around them and count them against caps.
// - Exploration comes last.
// When candidates run out the list is shorter than k: `Reranked::missing` says by how many.
//
// Spans and pointers of steps are borrowed: what they look at must outlive them.
// Thread safety: steps are constant and may be used from any thread; a RerankList belongs to one.

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/recommend/recommend_result.hpp"
#include "emptor/recommend/rerank_result.hpp"

namespace emptor {

/// Who asks for what.
struct RerankRequest {
  std::size_t k = 10;                ///< length of the list wanted
  std::uint64_t request = 0;         ///< number of this request; exploration draws by it
  std::span<const Item> history{};   ///< what the customer has
  std::span<const float> weights{};  ///< of the same length, finite and > 0; empty: all 1
};

/// The candidates while they are being re-ranked. A step reads `items`, says what it does to which
/// of them by `note`, and then calls `rearrange` once.
class RerankList {
 public:
  struct Pin {
    std::size_t slot;
    RerankedItem entry;
  };

  /// Throws `invalid_value` for a score that is not finite, `duplicate` for an item listed twice.
  RerankList(std::span<const Recommendation> candidates, std::size_t k) : k_(k) {
    std::vector<Item> seen;
    seen.reserve(candidates.size());
    items_.reserve(candidates.size());
    for (const Recommendation& candidate : candidates) {
      if (!std::isfinite(candidate.score)) {
        throw Exception(ErrorCode::invalid_value,
                        text("the score of candidate ", items_.size(), " is ", candidate.score),
                        "rerank");
      }
      items_.push_back({candidate.item, candidate.score, candidate.score,
                        static_cast<std::uint32_t>(items_.size())});
      seen.push_back(candidate.item);
    }
    std::sort(seen.begin(), seen.end());
    const auto twice = std::adjacent_find(seen.begin(), seen.end());
    if (twice != seen.end()) {
      throw Exception(ErrorCode::duplicate, text("item ", index(*twice), " is a candidate twice"),
                      "rerank");
    }
  }

  /// The candidates that are not pinned, best first.
  [[nodiscard]] std::span<const RerankedItem> items() const noexcept { return items_; }
  /// The pinned ones, by slot.
  [[nodiscard]] std::span<const Pin> pins() const noexcept { return pins_; }
  /// How many of `items` will be shown: the k places without the pinned ones.
  [[nodiscard]] std::size_t open() const noexcept {
    std::size_t taken = 0;
    for (const Pin& pin : pins_) taken += pin.slot < k_ ? 1 : 0;
    return std::min(items_.size(), k_ - taken);
  }
  [[nodiscard]] std::size_t k() const noexcept { return k_; }

  /// Says why items()[i] is about to move or to leave; `rule` is a number of the step's own.
  void note(std::size_t i, RerankReason reason, std::size_t rule = no_place) {
    items_[i].reason = reason;
    pending_.push_back(i);
    notes_.push_back(
        {items_[i].item, step(), reason, static_cast<std::uint32_t>(rule), place_of(i), no_place});
  }
  void set_score(std::size_t i, float score) noexcept { items_[i].score = score; }
  void set_propensity(std::size_t i, float propensity) noexcept {
    items_[i].propensity = propensity;
  }
  /// The items stay that `order` holds, each a place of items() at most once, in that order.
  void rearrange(std::span<const std::uint32_t> order) {
    std::vector<std::uint32_t> to(items_.size(), no_place);
    std::vector<RerankedItem> next;
    next.reserve(order.size());
    for (std::size_t place = 0; place < order.size(); ++place) {
      to[order[place]] = place_of(place);
      next.push_back(items_[order[place]]);
    }
    items_ = std::move(next);
    for (std::size_t p = 0; p < open(); ++p) steps_.back().moved += order[p] != p ? 1 : 0;
    settle(to);
  }
  /// Puts an item, a candidate or not, into a slot. Throws `duplicate` for a slot or an item that
  /// is pinned already.
  void pin(Item item, std::size_t slot, std::size_t rule) {
    for (const Pin& pin : pins_) {
      if (pin.slot == slot || pin.entry.item == item) {
        throw Exception(ErrorCode::duplicate,
                        text("slot ", slot, " or item ", index(item), " is pinned already"),
                        "rerank");
      }
    }
    constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
    RerankedItem entry{item, unknown, unknown, no_place};
    std::uint32_t from = no_place;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      if (items_[i].item != item) continue;
      entry = items_[i];
      from = place_of(i);
      items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(i));
      break;
    }
    entry.reason = RerankReason::pinned;
    const auto after =
        std::find_if(pins_.begin(), pins_.end(), [&](const Pin& pin) { return pin.slot > slot; });
    pins_.insert(after, {slot, entry});
    steps_.back().moved += from != slot && slot < k_ ? 1 : 0;
    notes_.push_back({item, step(), RerankReason::pinned, static_cast<std::uint32_t>(rule), from,
                      static_cast<std::uint32_t>(slot)});
  }
  /// The report of the step that is at work.
  [[nodiscard]] RerankStep& report() noexcept { return steps_.back(); }

  void begin_step(std::string name) {
    steps_.push_back({.name = std::move(name), .in = items_.size() + pins_.size()});
  }
  void end_step() {
    if (!pending_.empty()) {
      std::vector<std::uint32_t> same(items_.size());
      for (std::size_t i = 0; i < same.size(); ++i) same[i] = place_of(i);
      settle(same);
    }
    steps_.back().out = items_.size() + pins_.size();
  }
  /// The first k, pinned ones in their slots or, when there are too few others, right behind them.
  [[nodiscard]] Reranked finish(std::size_t candidates) && {
    Reranked out;
    out.candidates = candidates;
    std::size_t pin = 0;
    std::size_t free = 0;
    while (out.items.size() < k_ && (free < items_.size() || pin < pins_.size())) {
      const bool pinned =
          pin < pins_.size() && (pins_[pin].slot <= out.items.size() || free == items_.size());
      if (pinned && pins_[pin].slot >= k_) break;
      out.items.push_back(pinned ? pins_[pin++].entry : items_[free++]);
    }
    out.missing = k_ - out.items.size();
    out.notes = std::move(notes_);
    out.steps = std::move(steps_);
    return out;
  }

 private:
  [[nodiscard]] std::uint32_t step() const noexcept {
    return static_cast<std::uint32_t>(steps_.size() - 1);
  }
  /// Where items()[i] stands among all.
  [[nodiscard]] std::uint32_t place_of(std::size_t i) const noexcept {
    for (const Pin& pin : pins_) i += pin.slot <= i ? 1 : 0;
    return static_cast<std::uint32_t>(i);
  }
  /// The notes since the step began learn where their items went; `to` is by former place.
  void settle(std::span<const std::uint32_t> to) {
    const std::size_t first = notes_.size() - pending_.size();
    for (std::size_t n = 0; n < pending_.size(); ++n) notes_[first + n].to = to[pending_[n]];
    pending_.clear();
  }

  std::size_t k_;
  std::vector<RerankedItem> items_;
  std::vector<Pin> pins_;
  std::vector<std::size_t> pending_;  // of the last notes, the places in items_ they speak of
  std::vector<RerankNote> notes_;
  std::vector<RerankStep> steps_;
};

/// A step: says its name, checks its options and works on a list.
template <class Step>
concept RerankStepType =
    requires(const Step& step, RerankList& list, const RerankRequest& request) {
      { step.name() } -> std::convertible_to<std::string_view>;
      { step.check() } -> std::same_as<void>;
      { step(list, request) } -> std::same_as<void>;
    };

/// Any step as a value. Its options are checked here: throws `invalid_option`.
class Reranker {
 public:
  template <RerankStepType Step>
  Reranker(Step step) : name_(step.name()) {  // NOLINT: converts
    step.check();
    run_ = std::move(step);
  }
  /// A step of the host's own.
  Reranker(std::string name, std::function<void(RerankList&, const RerankRequest&)> step)
      : name_(std::move(name)), run_(std::move(step)) {}

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  void operator()(RerankList& list, const RerankRequest& request) const {
    list.begin_step(name_);
    run_(list, request);
    list.end_step();
  }

 private:
  std::string name_;
  std::function<void(RerankList&, const RerankRequest&)> run_;
};

/// The candidates, best first, through all steps in order. Throws as RerankList and the steps do;
/// `invalid_shape` when history and weights differ in length, `invalid_value` for a bad weight.
[[nodiscard]] inline Reranked rerank(std::span<const Recommendation> candidates,
                                     const RerankRequest& request,
                                     std::span<const Reranker> steps) {
  if (!request.weights.empty() && request.weights.size() != request.history.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("as many weights as items, or none: got ", request.weights.size(), " for ",
                         request.history.size()),
                    "rerank");
  }
  for (const float weight : request.weights) {
    if (!(weight > 0) || !std::isfinite(weight)) {
      throw Exception(ErrorCode::invalid_value,
                      text("a weight must be finite and > 0, got ", weight), "rerank");
    }
  }
  RerankList list(candidates, request.k);
  for (const Reranker& step : steps) step(list, request);
  return std::move(list).finish(candidates.size());
}

/// What steps make of scores before they weigh them against something else.
enum class RelevanceScale : std::uint8_t {
  min_max,  ///< (score - lowest) / (highest - lowest) of the candidates; all 1 when they are equal
  rank,     ///< 1 for the first candidate, 1/n for the n-th: scores do not matter
  raw,      ///< as it is
};

namespace detail {

/// The relevance of list.items(), in their order.
[[nodiscard]] inline std::vector<double> relevance_of(const RerankList& list,
                                                      RelevanceScale scale) {
  const auto items = list.items();
  std::vector<double> out(items.size());
  float low = std::numeric_limits<float>::infinity();
  float high = -low;
  for (const RerankedItem& entry : items) {
    low = std::min(low, entry.score);
    high = std::max(high, entry.score);
  }
  const double range = static_cast<double>(high) - static_cast<double>(low);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const double score = static_cast<double>(items[i].score);
    switch (scale) {
      case RelevanceScale::min_max:
        out[i] = range > 0 ? (score - static_cast<double>(low)) / range : 1;
        break;
      case RelevanceScale::rank:
        out[i] = static_cast<double>(items.size() - i) / static_cast<double>(items.size());
        break;
      case RelevanceScale::raw:
        out[i] = score;
        break;
    }
  }
  return out;
}

/// The chosen places first, then the others in their order; notes who moved up and who fell back.
inline void choose_first(RerankList& list, std::vector<std::uint32_t> chosen, RerankReason up,
                         RerankReason down) {
  std::vector<bool> taken(list.items().size(), false);
  for (const std::uint32_t i : chosen) taken[i] = true;
  const std::size_t shown = chosen.size();
  for (std::uint32_t i = 0; i < taken.size(); ++i) {
    if (!taken[i]) chosen.push_back(i);
  }
  for (std::uint32_t place = 0; place < chosen.size(); ++place) {
    const std::uint32_t i = chosen[place];
    if (place < shown && i > place) list.note(i, up);
    if (i < shown && i < place) list.note(i, down);
  }
  list.rearrange(chosen);
}

}  // namespace detail

}  // namespace emptor
