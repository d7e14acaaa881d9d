#pragma once
// What speaks against a review being honest: typed signals with their evidence, and the log-odds
// they add up to. Nothing personal: reviewers are ids. Plain data; thread safety: values.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "emptor/core/export.hpp"

namespace emptor {

/// Each fires when measured >= limit.
enum class ReviewSignalKind : std::uint8_t {
  near_duplicate,    ///< Jaccard likeness to the earlier review `other`, thousandths
  burst,             ///< reviews of the item within the window around this one
  co_review,         ///< items the reviewer and reviewer `other` reviewed at about the same time
  rating_deviation,  ///< from the mean of the item's other ratings, thousandths
  one_product,       ///< reviews of this one item, the only one the reviewer has reviewed
  rhythm,            ///< reviews of the reviewer within a day
};
inline constexpr std::size_t review_signal_kinds = 6;
[[nodiscard]] EMPTOR_API std::string_view name(ReviewSignalKind kind) noexcept;

inline constexpr std::uint32_t nobody_else = 0xFFFFFFFFU;

struct ReviewSignal {
  ReviewSignalKind kind{};
  std::int32_t contribution = 0;      ///< to the score, thousandths of a log-odds unit
  std::uint32_t other = nobody_else;  ///< a review's place or a reviewer, as the kind says
  std::uint32_t group = 0;  ///< co_review: reviewers tied to one another so, this one among them
  std::int64_t measured = 0;
  std::int64_t limit = 0;

  friend bool operator==(const ReviewSignal&, const ReviewSignal&) = default;
};

struct ReviewSuspicion {
  std::int32_t prior = 0;
  std::int32_t score = 0;  ///< prior + the contributions, exactly
  std::uint32_t count = 0;
  std::array<ReviewSignal, review_signal_kinds> storage{};  ///< the first `count` hold

  /// By kind, each at most once.
  [[nodiscard]] std::span<const ReviewSignal> signals() const noexcept {
    return {storage.data(), count};
  }
  /// The score as a probability; as good as the weights are.
  [[nodiscard]] double probability() const noexcept { return 1 / (1 + std::exp(-score / 1000.0)); }

  friend bool operator==(const ReviewSuspicion&, const ReviewSuspicion&) = default;
};

}  // namespace emptor
