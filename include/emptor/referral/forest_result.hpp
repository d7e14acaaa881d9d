#pragma once
// What a report shows of a referral forest: its size by generation, and what was refused and why.
// Thread safety: values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace emptor {

/// Why a customer was not put below another one; the first that applies, in this order.
enum class AttachRefusal : std::uint8_t {
  none,               ///< attached
  unknown_child,      ///< an id beyond the forest's customers
  unknown_parent,     ///< an id beyond the forest's customers
  self,               ///< a referral of oneself
  blocked_parent,     ///< the parent may bring nobody any more
  already_attached,   ///< below this very parent already: a repeat
  second_parent,      ///< below another parent whose edge has not ended
  existing_customer,  ///< bought before the referral, by more than the grace
  younger_parent,     ///< the parent's first order is later than the child's
  mutual,             ///< the parent is the child's own child: a ring of two
  cycle,              ///< the parent is further down in the child's subtree: a longer ring
  too_deep,           ///< somebody would stand deeper than `max_depth`
};

inline constexpr std::size_t attach_refusals = 12;

/// The refusal's name as written above.
[[nodiscard]] constexpr std::string_view name(AttachRefusal refusal) noexcept {
  constexpr std::array<std::string_view, attach_refusals> names{
      "none",           "unknown_child",    "unknown_parent", "self",
      "blocked_parent", "already_attached", "second_parent",  "existing_customer",
      "younger_parent", "mutual",           "cycle",          "too_deep"};
  const auto place = static_cast<std::size_t>(refusal);
  return place < names.size() ? names[place] : "unknown";
}

/// Whether the edge was refused because it would have closed a ring of any length.
[[nodiscard]] constexpr bool closes_ring(AttachRefusal refusal) noexcept {
  return refusal == AttachRefusal::mutual || refusal == AttachRefusal::cycle;
}

/// What came of a batch of referrals.
struct AttachCounts {
  std::array<std::size_t, attach_refusals> by_reason{};  ///< by AttachRefusal; `none` = attached

  [[nodiscard]] std::size_t operator[](AttachRefusal refusal) const noexcept {
    return by_reason[static_cast<std::size_t>(refusal)];
  }
  [[nodiscard]] std::size_t attached() const noexcept { return by_reason[0]; }
  [[nodiscard]] std::size_t refused() const noexcept {
    std::size_t sum = 0;
    for (std::size_t i = 1; i < by_reason.size(); ++i) sum += by_reason[i];
    return sum;
  }
  friend bool operator==(const AttachCounts&, const AttachCounts&) = default;
};

/// A forest in numbers.
struct ReferralForestResult {
  std::uint64_t customers = 0;
  std::uint64_t edges = 0;
  std::uint64_t trees = 0;                 ///< roots with at least one child
  std::uint64_t parents = 0;               ///< customers with at least one child
  std::uint32_t depth = 0;                 ///< of the deepest; roots have 0
  std::vector<std::uint64_t> generations;  ///< customers by depth; [0] are all roots
  std::uint64_t largest_tree = 0;          ///< customers of the largest tree
  std::uint64_t most_children = 0;         ///< of one customer
  AttachCounts counts;                     ///< of the attachments so far, in this process

  friend bool operator==(const ReferralForestResult&, const ReferralForestResult&) = default;
};

}  // namespace emptor
