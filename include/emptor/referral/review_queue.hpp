#pragma once
// Referrals that a person should look at: a queue by what is at stake, with a deadline that decides
// when nobody does, and feedback for the weights of signals.
//
//     ReviewQueue queue;
//     queue.open({.subject = claim, .referrer = ann, .referee = bob, .opened = now,
//                 .amount_at_risk = 1500}, verdict);
//     for (const ReviewItem* item : queue.first(10)) …                 // most urgent first
//     queue.decide(claim, ReviewAnswer::reject, reviewer, now);
//     queue.resolve_due(now, resolved);                                 // nobody answered in time
//     Result<FittedFraudPolicy> better = reweight_fraud(queue.labels(), policy);
//
// The priority is the expected loss: amount at risk x probability by the score; ties by the earlier
// deadline, then the subject. Every call is idempotent, and what was decided stays decided. An
// answer at or after the deadline is too late, whether or not `resolve_due` was called; what the
// deadline decides is logged with the deadline's own time, so that no clock leaves a trace. Signals
// with their evidence are kept: the queue explains itself when the monitor has moved on.
//
// Cost: O(log waiting) a call and one hash look-up, `first` O(k). Memory: about 250 bytes an item
// and 48 a signal, 24 a line of the log. Thread safety: any number of readers, or one writer.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/fraud_weights.hpp"
#include "emptor/referral/review_result.hpp"

namespace emptor {

struct ReviewRequest {
  std::uint64_t subject = 0;  ///< the host's id of the claim or reward: one item each
  Customer referrer{};
  Customer referee{};
  Time opened{};                                           ///< within 2^40 seconds of 1970
  std::chrono::seconds patience = std::chrono::hours{72};  ///< to the deadline; > 0, <= 2^40
  ReviewAnswer at_deadline = ReviewAnswer::reject;
  std::int64_t amount_at_risk = 0;  ///< minor units, >= 0
};

/// What became of a call.
enum class ReviewOutcome : std::uint8_t {
  done,
  known,     ///< was so already: changes nothing
  conflict,  ///< the subject was opened with another content
  unknown,   ///< there is no such subject
  decided,   ///< another answer was given, or the deadline decided
  too_late,  ///< at or after the deadline
  invalid,   ///< a time before the opening, a value out of range, no reviewer
};
[[nodiscard]] EMPTOR_API std::string_view name(ReviewOutcome outcome) noexcept;

/// Is saved as an archive "review-queue".
class ReviewQueue {
 public:
  /// Takes the subject in with the reasons of the verdict.
  EMPTOR_API ReviewOutcome open(const ReviewRequest& request, const FraudVerdict& verdict);
  /// Gives the item to a reviewer, also away from another one.
  EMPTOR_API ReviewOutcome assign(std::uint64_t subject, ReviewerId reviewer, Time time);
  /// A reviewer's answer, whoever it was assigned to.
  EMPTOR_API ReviewOutcome decide(std::uint64_t subject, ReviewAnswer answer, ReviewerId reviewer,
                                  Time time);
  /// What turned out, at any time after the opening; the last word of `tell` holds.
  EMPTOR_API ReviewOutcome tell(std::uint64_t subject, bool fraud, Time time);
  /// Decides what waits at its deadline <= now, in order of deadlines and subjects; appends what
  /// was decided to `resolved` and returns how many.
  EMPTOR_API std::size_t resolve_due(Time now, std::vector<ReviewLogEntry>& resolved);

  /// The item, until the next change; null without one.
  [[nodiscard]] EMPTOR_API const ReviewItem* find(std::uint64_t subject) const noexcept;
  /// At most k that wait, most urgent first, until the next change.
  [[nodiscard]] EMPTOR_API std::vector<const ReviewItem*> first(std::size_t k) const;
  /// By order of opening.
  [[nodiscard]] std::span<const ReviewItem> items() const noexcept { return items_; }
  [[nodiscard]] std::span<const ReviewLogEntry> log() const noexcept { return log_; }
  [[nodiscard]] std::size_t waiting() const noexcept { return urgent_.size(); }

  /// What is known of the truth, by order of opening: what was told, else what a reviewer answered;
  /// what the deadline decided says nothing.
  [[nodiscard]] EMPTOR_API std::vector<FraudLabel> labels() const;
  /// In numbers, with the first `list` that wait.
  [[nodiscard]] EMPTOR_API ReviewSummary summary(std::size_t list = 20) const;

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote, replayed. O(log).
  [[nodiscard]] EMPTOR_API static Result<ReviewQueue> load(std::span<const std::byte> bytes);

 private:
  using Urgency = std::tuple<std::int64_t, Time, std::uint64_t>;  // minus loss, deadline, subject

  ReviewOutcome take(ReviewItem item);
  void settle(ReviewItem& item, ReviewAnswer answer, ReviewerId by, Time time);
  [[nodiscard]] ReviewItem* look_up(std::uint64_t subject) noexcept;

  std::vector<ReviewItem> items_;
  std::unordered_map<std::uint64_t, std::size_t> places_;
  std::set<Urgency> urgent_;
  std::set<std::pair<Time, std::uint64_t>> due_;
  std::vector<ReviewLogEntry> log_;
};

}  // namespace emptor
