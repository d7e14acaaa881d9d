#pragma once
// A queue of referrals that a person should look at: what waits, and what became of it. Plain data;
// thread safety: values.

#include <cstdint>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/fraud_result.hpp"

namespace emptor {

enum class ReviewState : std::uint8_t { open, assigned, approved, rejected };
[[nodiscard]] EMPTOR_API std::string_view name(ReviewState state) noexcept;

enum class ReviewAnswer : std::uint8_t { approve, reject };
[[nodiscard]] EMPTOR_API std::string_view name(ReviewAnswer answer) noexcept;

/// What turned out later, e.g. by a chargeback; it has the last word in feedback.
enum class ReviewTruth : std::uint8_t { unknown, fraud, honest };
[[nodiscard]] EMPTOR_API std::string_view name(ReviewTruth truth) noexcept;

/// A member of staff; 0 is nobody. `review_deadline` is what decides at the deadline.
using ReviewerId = std::uint32_t;
inline constexpr ReviewerId no_reviewer = 0;
inline constexpr ReviewerId review_deadline = 0xffffffffU;

/// Something to look at. Its subject is the host's id of the claim or reward.
struct ReviewItem {
  std::uint64_t subject = 0;
  Customer referrer{};
  Customer referee{};
  Time opened{};
  Time deadline{};                                  ///< above `opened`
  ReviewAnswer at_deadline = ReviewAnswer::reject;  ///< what happens when nobody answers
  std::int64_t amount_at_risk = 0;                  ///< minor units, >= 0
  std::int32_t score = 0;                           ///< thousandths of a log-odds unit
  std::int64_t expected_loss = 0;                   ///< amount x probability: the priority
  std::vector<FraudSignal> signals{};               ///< the reasons
  ReviewState state = ReviewState::open;
  ReviewerId reviewer = no_reviewer;  ///< who has it, or who decided
  ReviewTruth truth = ReviewTruth::unknown;
  Time decided{};  ///< the epoch while open or assigned

  friend bool operator==(const ReviewItem&, const ReviewItem&) = default;
};

enum class ReviewStep : std::uint8_t { opened, assigned, approved, rejected, fraud, honest };
[[nodiscard]] EMPTOR_API std::string_view name(ReviewStep step) noexcept;

/// One line of the log.
struct ReviewLogEntry {
  std::uint64_t subject = 0;
  ReviewStep step{};
  ReviewerId reviewer = no_reviewer;  ///< `review_deadline` when nobody answered in time
  Time time{};

  friend bool operator==(const ReviewLogEntry&, const ReviewLogEntry&) = default;
};

struct ReviewSummary {
  std::uint64_t waiting = 0;  ///< open and assigned
  std::uint64_t assigned = 0;
  std::uint64_t approved = 0;
  std::uint64_t rejected = 0;
  std::uint64_t by_deadline = 0;  ///< of the decided: nobody answered in time
  std::int64_t amount_waiting = 0;
  std::int64_t expected_loss = 0;   ///< of what waits
  std::vector<ReviewItem> first{};  ///< what waits, most urgent first; as many as were asked for
};

}  // namespace emptor
