#pragma once
// How far a customer's need for something has ripened. Plain data; thread safety: values.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/events.hpp"

namespace emptor {

enum class NeedsStage : std::uint8_t { none, aware, considering, deciding };

[[nodiscard]] constexpr std::string_view name(NeedsStage stage) noexcept {
  constexpr std::string_view names[] = {"none", "aware", "considering", "deciding"};
  return names[static_cast<std::size_t>(stage)];
}

/// What an event of one kind says; negative takes back.
struct NeedsWeights {
  double aware = 0;
  double considering = 0;
  double deciding = 0;
  friend bool operator==(const NeedsWeights&, const NeedsWeights&) = default;
};

/// By EventKind. Seeing is awareness, looking for or weighing up is consideration, a cart is a
/// decision in the making, and advice is both of the latter.
[[nodiscard]] constexpr std::array<NeedsWeights, event_kind_count> default_needs_weights() {
  std::array<NeedsWeights, event_kind_count> w{};
  const auto of = [&](EventKind kind) -> NeedsWeights& {
    return w[static_cast<std::size_t>(kind)];
  };
  of(EventKind::impression) = {0.1, 0, 0};
  of(EventKind::visit) = {0.5, 0, 0};
  of(EventKind::view) = {1, 0, 0};
  of(EventKind::click) = {1, 0, 0};
  of(EventKind::search) = {0, 1, 0};
  of(EventKind::like) = {0, 0.5, 0};
  of(EventKind::wish) = {0, 1, 0};
  of(EventKind::consult) = {0, 1, 0.5};
  of(EventKind::cart) = {0, 0, 1};
  of(EventKind::uncart) = {0, 0.5, -1};
  return w;
}

struct NeedsOptions {
  Time as_of{};               ///< events and purchases after it do not count
  double half_life_days = 7;  ///< after which an event counts half; > 0
  std::array<NeedsWeights, event_kind_count> weights = default_needs_weights();
  /// From this view of one item on, a view counts as consideration, too; 0: never.
  int repeated_views = 3;
  double repeated_view = 0.5;  ///< what it counts
  // A stage is reached with this sum; > 0.
  double aware_at = 0.5;
  double considering_at = 0.75;
  double deciding_at = 0.5;
  /// A purchase ends the need: events up to it no longer count (by category: a purchase in it).
  bool purchase_ends = true;
  friend bool operator==(const NeedsOptions&, const NeedsOptions&) = default;
};

struct CustomerNeed {
  Customer customer{};
  std::uint32_t category = 0xffffffffU;  ///< TextCode; none: without a category, or all together
  NeedsStage stage = NeedsStage::none;
  // Decayed sums.
  double aware = 0;
  double considering = 0;
  double deciding = 0;
  std::uint32_t events = 0;  ///< that counted
  Time last{};               ///< the latest of them
};

struct NeedsReport {
  NeedsOptions options;
  std::vector<CustomerNeed> needs;  ///< by customer and category; those with an event that counts
  std::array<std::uint64_t, 4> counts{};  ///< of `needs` by stage
};

}  // namespace emptor
