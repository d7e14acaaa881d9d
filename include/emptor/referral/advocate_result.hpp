#pragma once
// Who will refer next, and when to ask: scores with the reasons that add up to them. Plain data;
// thread safety: values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// A moment after which people recommend.
enum class AdvocateTrigger : std::uint8_t {
  good_review,       ///< a review of the best grades
  promoter,          ///< nine or ten of ten in a promoter survey
  repeat_order,      ///< the second or a later order
  delivered_intact,  ///< delivered in time, nothing sent back
  tier_up,           ///< a better tier of membership
  past_referral,     ///< brought somebody who bought
  shared,            ///< sent a link or code around
};
inline constexpr std::size_t advocate_triggers = 7;
[[nodiscard]] EMPTOR_API std::string_view name(AdvocateTrigger trigger) noexcept;

/// Whether to ask now.
enum class AskAdvice : std::uint8_t {
  ask,           ///< now
  too_cold,      ///< allowed, but the score is below the threshold
  asked_lately,  ///< wait for the frequency cap
  complained,    ///< wait until the quiet after a complaint ends
};
[[nodiscard]] EMPTOR_API std::string_view name(AskAdvice advice) noexcept;

/// One reason: weight x freshness, in log-odds units.
struct AdvocateReason {
  AdvocateTrigger trigger{};
  Time time{};           ///< the latest such moment
  double freshness = 0;  ///< 1 then, halved each half-life, in (0, 1]
  double contribution = 0;

  friend bool operator==(const AdvocateReason&, const AdvocateReason&) = default;
};

struct AdvocateScore {
  Customer customer{};
  AskAdvice advice{};
  double score = 0;       ///< in [0, 1]: 1 / (1 + exp(-log_odds))
  double log_odds = 0;    ///< base + contributions, added in the order of the reasons
  double base = 0;        ///< log-odds without any reason
  Time ask_at{};          ///< the first moment at which it is allowed; now when it is already
  double score_then = 0;  ///< the score at `ask_at` if nothing else happens
  std::vector<AdvocateReason> reasons{};  ///< by trigger

  friend bool operator==(const AdvocateScore&, const AdvocateScore&) = default;
};

struct AdvocateWeight {
  std::string name{};  ///< "base" or the trigger's
  double before = 0;   ///< log-odds units
  double after = 0;
  double standard_error = 0;
};

struct AdvocateFitReport {
  std::uint64_t asks = 0;
  std::uint64_t referred = 0;  ///< of them, who brought somebody
  std::vector<AdvocateWeight> weights{};
  double log_loss_before = 0;  ///< mean over the asks, in nats
  double log_loss_after = 0;   ///< in-sample
  int iterations = 0;
  bool converged = false;
};

}  // namespace emptor
