#pragma once
// What the models share: checks of ids, filters made ready for many questions, rows of known and
// of folded-in customers under one type, and lists from scores.
// Thread safety: pure functions; an ItemFilter may be read from any thread.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::detail {

template <DenseId Id>
void require_id(Id id, std::size_t count, std::string_view what, std::string_view where) {
  if (index(id) >= count) {
    throw Exception(ErrorCode::out_of_range,
                    text(what, " ", index(id), " is unknown, the model has ", count),
                    std::string(where));
  }
}

/// What one customer has: items ascending, weights of the same length. `ItemId` is Item or
/// std::uint32_t, so that rows of a matrix and folded-in customers need no copy.
template <class ItemId>
struct CustomerRow {
  std::span<const ItemId> items;
  std::span<const float> weights;

  [[nodiscard]] std::size_t size() const noexcept { return items.size(); }
  [[nodiscard]] std::uint32_t item(std::size_t i) const noexcept {
    return static_cast<std::uint32_t>(items[i]);
  }
};

[[nodiscard]] inline CustomerRow<std::uint32_t> row_of(const Interactions& data, Customer customer,
                                                       std::string_view where) {
  require_id(customer, data.customers(), "customer", where);
  return {data.by_customer().row_indices(index(customer)),
          data.by_customer().row_values(index(customer))};
}

/// Throws `invalid_shape`, `out_of_range` or `invalid_value` when the customer cannot be of a model
/// with n items; `fold_in` makes none such.
[[nodiscard]] inline CustomerRow<Item> row_of(const FoldedCustomer& folded, std::size_t n,
                                              std::string_view where) {
  if (folded.items.size() != folded.weights.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("a folded-in customer has ", folded.items.size(), " items but ",
                         folded.weights.size(), " weights"),
                    std::string(where));
  }
  for (std::size_t i = 0; i < folded.items.size(); ++i) {
    require_id(folded.items[i], n, "item", where);
    if (i > 0 && folded.items[i - 1] >= folded.items[i]) {
      throw Exception(ErrorCode::invalid_value, "a folded-in customer's items must ascend",
                      std::string(where));
    }
    if (!(folded.weights[i] > 0) || !std::isfinite(folded.weights[i])) {
      throw Exception(ErrorCode::invalid_value,
                      text("a weight must be finite and > 0, got ", folded.weights[i]),
                      std::string(where));
    }
  }
  return {folded.items, folded.weights};
}

/// The items ascending, each once with its weights added up. Weights empty: all 1.
/// Throws `invalid_shape` (lengths differ), `out_of_range` (item >= n), `invalid_value` (a weight
/// that is not finite and > 0, or a sum that is not finite).
[[nodiscard]] inline FoldedCustomer fold_items(std::span<const Item> items,
                                               std::span<const float> weights, std::size_t n) {
  constexpr std::string_view where = "fold_in";
  if (!weights.empty() && weights.size() != items.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("as many weights as items, or none: got ", weights.size(), " for ",
                         items.size(), " items"),
                    std::string(where));
  }
  std::vector<std::size_t> order(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    require_id(items[i], n, "item", where);
    if (!weights.empty() && (!(weights[i] > 0) || !std::isfinite(weights[i]))) {
      throw Exception(ErrorCode::invalid_value,
                      text("a weight must be finite and > 0, got ", weights[i]),
                      std::string(where));
    }
    order[i] = i;
  }
  if (!std::is_sorted(items.begin(), items.end())) {
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return items[a] != items[b] ? items[a] < items[b] : a < b;
    });
  }
  FoldedCustomer folded;
  folded.items.reserve(items.size());
  folded.weights.reserve(items.size());
  for (const std::size_t i : order) {
    const float weight = weights.empty() ? 1.0F : weights[i];
    if (!folded.items.empty() && folded.items.back() == items[i]) {
      folded.weights.back() += weight;
      if (!std::isfinite(folded.weights.back())) {
        throw Exception(ErrorCode::invalid_value, "the weights of one item add up to infinity",
                        std::string(where));
      }
    } else {
      folded.items.push_back(items[i]);
      folded.weights.push_back(weight);
    }
  }
  return folded;
}

template <class ItemId>
[[nodiscard]] bool holds(std::span<const ItemId> ascending, std::uint32_t item) noexcept {
  return std::binary_search(ascending.begin(), ascending.end(), static_cast<ItemId>(item));
}

/// A RecommendFilter with its lists sorted once, for any number of customers.
/// Memory: the lists. Cost of `allows`: logarithmic; ask it of items that would enter a list only.
class ItemFilter {
 public:
  /// Throws `out_of_range` when a listed item is >= n.
  ItemFilter(const RecommendFilter& filter, std::size_t n)
      : exclude_(sorted(filter.exclude, n)),
        exclude_seen_(filter.exclude_seen),
        listed_(filter.candidates.has_value()) {
    if (listed_) candidates_ = sorted(*filter.candidates, n);
  }

  /// `seen`: what the customer has, ascending.
  template <class ItemId>
  [[nodiscard]] bool allows(std::uint32_t item, std::span<const ItemId> seen) const noexcept {
    if (listed_ && !holds(std::span<const std::uint32_t>(candidates_), item)) return false;
    return allows_candidate(item, seen);
  }
  /// The same for an item that came from `candidates()`.
  template <class ItemId>
  [[nodiscard]] bool allows_candidate(std::uint32_t item,
                                      std::span<const ItemId> seen) const noexcept {
    return !(exclude_seen_ && holds(seen, item)) &&
           !holds(std::span<const std::uint32_t>(exclude_), item);
  }
  /// Makes the scores, of items 0, 1, ..., -infinity where the filter leaves items out by what the
  /// customer has or by name; for filters that are not `listed`.
  template <class ItemId>
  void leave_out(std::span<const ItemId> seen, float* scores) const noexcept {
    constexpr float none = -std::numeric_limits<float>::infinity();
    for (const std::uint32_t item : exclude_) scores[item] = none;
    if (!exclude_seen_) return;
    for (const ItemId item : seen) scores[static_cast<std::uint32_t>(item)] = none;
  }
  /// True when only `candidates()` may be recommended.
  [[nodiscard]] bool listed() const noexcept { return listed_; }
  /// Ascending, each once.
  [[nodiscard]] std::span<const std::uint32_t> candidates() const noexcept { return candidates_; }

 private:
  static std::vector<std::uint32_t> sorted(std::span<const Item> items, std::size_t n) {
    std::vector<std::uint32_t> out;
    out.reserve(items.size());
    for (const Item item : items) {
      require_id(item, n, "item", "RecommendFilter");
      out.push_back(static_cast<std::uint32_t>(item));
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

  std::vector<std::uint32_t> exclude_;
  std::vector<std::uint32_t> candidates_;
  bool exclude_seen_;
  bool listed_;
};

/// Throws unless `data` has at least the model's m customers and n items.
template <class Data>
void require_grown(const Data& data, std::size_t m, std::size_t n) {
  if (data.customers() < m || data.items() < n) {
    throw Exception(ErrorCode::invalid_shape,
                    text("data may have grown but not shrunk: the model has ", m, " customers and ",
                         n, " items, the data ", data.customers(), " and ", data.items()),
                    "update");
  }
}

/// The collected items as a list, best first.
[[nodiscard]] inline std::vector<Recommendation> to_list(TopK<float>& best) {
  std::vector<Recommendation> list;
  list.reserve(best.size());
  for (const auto& [item, score] : best.take()) list.push_back({id_at<Item>(item), score});
  return list;
}

/// Throws unless the spans of a `score` call fit one another and the model's n items.
inline void require_score_spans(std::span<const Item> items, std::span<const float> scores,
                                std::size_t n) {
  if (items.size() != scores.size()) {
    throw Exception(
        ErrorCode::invalid_shape,
        text("as many scores as items: got ", scores.size(), " for ", items.size(), " items"),
        "score");
  }
  for (const Item item : items) require_id(item, n, "item", "score");
}

/// Throws unless the spans of a `recommend_batch` call fit one another.
inline void require_batch_spans(std::span<const Customer> customers, std::size_t k,
                                std::span<const Recommendation> out,
                                std::span<const std::uint32_t> counts) {
  if (counts.size() != customers.size() ||
      (k > 0 ? out.size() / k != customers.size() || out.size() % k != 0 : !out.empty())) {
    throw Exception(ErrorCode::invalid_shape,
                    text("room for ", customers.size(), " lists of ", k, " expected, got ",
                         out.size(), " entries and ", counts.size(), " counts"),
                    "recommend_batch");
  }
}

/// What a personal model says of a customer without interactions.
inline void fill_unknown(std::span<float> scores) {
  for (float& score : scores) score = std::numeric_limits<float>::quiet_NaN();
}
[[nodiscard]] inline Explanation unknown_explanation() {
  constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
  return {.score = unknown, .parts = {}, .rest = unknown, .events = 0};
}

/// Orders the parts, the largest share first and equal ones by what they are because of, and moves
/// all but the first k into `rest`, so that parts and `rest` add up to the score as before.
/// `Reasons` is an Explanation or one like it, by friends for example.
template <class Reasons>
void keep_largest_parts(Reasons& explanation, std::size_t k) {
  auto& parts = explanation.parts;
  using Part = typename Reasons::Part;
  std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
    return a.share != b.share ? a.share > b.share : a.because < b.because;
  });
  if (parts.size() <= k) return;
  double rest = static_cast<double>(explanation.rest);
  for (std::size_t i = k; i < parts.size(); ++i) rest += static_cast<double>(parts[i].share);
  explanation.rest = static_cast<float>(rest);
  parts.resize(k);
}

}  // namespace emptor::detail
