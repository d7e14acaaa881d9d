#pragma once
// Reward plans: what is paid to whom for which event, how much at most, when, and until when.
//
// A plan is drafted as plain data (`RewardPlanDraft`), checked once and then immutable
// (`RewardPlan`); a change is a new version. Several versions of one plan live in a RewardEngine at
// the same time: an event is judged by the one that is valid at the event's time.
//
// Units: cash and discounts are minor units of the plan's currency, points are points, gifts are
// pieces. Shares are basis points (1/100 of a percent). Nothing is a floating-point number.
//
// Two refusals stand in the way of plans that pay for heads instead of sales: no level above
// `max_paid_depth` (2 unless the draft says otherwise), and nothing to others than the customer
// itself for an event that is no sale, unless `pay_without_sale`.
// Thread safety: values; a RewardPlan is immutable.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/sha256.hpp"
#include "emptor/core/time.hpp"
#include "emptor/reward/decision_result.hpp"

namespace emptor {

/// What of an order an amount is reckoned of.
enum class RewardBase : std::uint8_t {
  gross,   ///< what the customer paid
  net,     ///< without taxes and shipping
  margin,  ///< what is left for the shop
};

/// When a rule looks at an event. Lists are any-of and match all when empty.
struct RewardTrigger {
  RewardEventKind event = RewardEventKind::order;
  std::int64_t first = 1;  ///< the n-th event of its kind of the customer at the earliest; >= 1
  std::int64_t last = 0;   ///< and at the latest; 0 = no end
  std::int64_t every = 1;  ///< of those each k-th, the first one included; >= 1
  RewardBase minimum_of = RewardBase::gross;
  std::int64_t minimum = 0;  ///< least amount in minor units; >= 0. Sales must be above 0 anyway
  std::vector<Item> items;
  std::vector<Category> categories;
  std::vector<Channel> channels;
  std::vector<Campaign> campaigns;
  std::vector<std::uint8_t> segments;          ///< the customer is in one of these; 0 to 63
  std::vector<std::uint8_t> without_segments;  ///< and in none of these; 0 to 63
  std::int64_t lowest_tier = 0;                ///< of the customer; in [0, 255]
  std::int64_t highest_tier = 255;

  friend bool operator==(const RewardTrigger&, const RewardTrigger&) = default;
};

enum class RewardParty : std::uint8_t {
  referee,  ///< the customer of the event itself
  upline,   ///< who brought it (level 1), who brought that one (level 2), …
  role,     ///< whoever has a role in the event: an advisor, a store, a creator
};

struct RewardBeneficiary {
  RewardParty party = RewardParty::upline;
  std::int64_t level = 1;        ///< of the upline; in [1, max_paid_depth]
  std::int64_t role = 0;         ///< the host's number of the role; in [0, 255]
  std::int64_t lowest_tier = 0;  ///< of the beneficiary, for `upline`; in [0, 255]

  friend bool operator==(const RewardBeneficiary&, const RewardBeneficiary&) = default;
};

enum class RewardForm : std::uint8_t {
  fixed,         ///< an amount
  basis_points,  ///< a share of `base`
  tiers,         ///< a share that depends on `base`, by `steps`
  milestone,     ///< amounts that fall due when the beneficiary's total reaches `steps`
};

/// What a milestone counts, over all events for which the rule looks at the beneficiary.
enum class MilestoneMeasure : std::uint8_t { events, gross, net, margin };

struct RewardStep {
  std::int64_t from = 0;  ///< the amount or total from which the step holds
  std::int64_t value =
      0;  ///< tiers: basis points, in [0, 10000]; milestone: what falls due, in [0, 1e15]

  friend bool operator==(const RewardStep&, const RewardStep&) = default;
};

/// How much. A `base` of 0 and below earns nothing.
struct RewardAmount {
  RewardForm form = RewardForm::basis_points;
  std::int64_t fixed = 0;         ///< in [1, 1e15] for `fixed`
  std::int64_t basis_points = 0;  ///< in [0, 10000]
  RewardBase base = RewardBase::net;
  bool marginal = true;  ///< tiers: each part at its own rate; otherwise the whole at the last one
  MilestoneMeasure measure = MilestoneMeasure::events;
  std::vector<RewardStep> steps;  ///< 1 to 64, `from` ascending; tiers begin at 0, milestones above
  std::int64_t times = 0;         ///< pays so many events a customer and beneficiary; 0 = all

  friend bool operator==(const RewardAmount&, const RewardAmount&) = default;
};

/// `amount` units.
[[nodiscard]] inline RewardAmount fixed_reward(std::int64_t amount) {
  RewardAmount out;
  out.form = RewardForm::fixed;
  out.fixed = amount;
  return out;
}
/// `basis_points` of `base`.
[[nodiscard]] inline RewardAmount share_reward(std::int64_t basis_points,
                                               RewardBase base = RewardBase::net) {
  RewardAmount out;
  out.basis_points = basis_points;
  out.base = base;
  return out;
}

/// A reward may have to wait: for some time after the event, or for an event that the host names.
struct RewardHold {
  std::chrono::seconds duration{0};      ///< in [0, 10 years]
  std::optional<RewardEventKind> until;  ///< not together with a duration

  friend bool operator==(const RewardHold&, const RewardHold&) = default;
};

/// What a cap adds up: everything with the same values of these dimensions. None: the programme.
enum class RewardCapPer : std::uint8_t { event, referee, beneficiary, level, campaign, rule };

enum class RewardCapMeasure : std::uint8_t {
  value,  ///< units granted
  count,  ///< decisions with something granted
};

enum class RewardCapWindow : std::uint8_t {
  lifetime,
  day,      ///< a calendar day at the cap's offset
  week,     ///< from Monday
  month,    ///< calendar month
  quarter,  ///< from January, April, July, October
  year,     ///< from January
  rolling,  ///< any `rolling_days` calendar days in a row
};

/// At most `limit` in every window, by the event's time. A cap of a rule counts this rule; a cap of
/// the plan counts all rules of its `kind`. Usage belongs to the cap's id and goes on in the next
/// version of the plan; with another limit if that has another.
struct RewardCap {
  std::string id;                 ///< 1 to 64 of A-Z a-z 0-9 - _ . ; unique within plan or rule
  std::vector<RewardCapPer> per;  ///< no dimension twice
  RewardCapMeasure measure = RewardCapMeasure::value;
  RewardCapWindow window = RewardCapWindow::lifetime;  ///< lifetime if `per` has the event
  std::int64_t rolling_days = 0;                       ///< for `rolling`; in [1, 3660]
  UtcOffset offset{0};                                 ///< of the calendar; within 18 hours
  std::int64_t limit = 0;                              ///< >= 0
  RewardKind kind = RewardKind::cash;                  ///< of a plan's cap: what it counts
  std::int64_t level = 0;  ///< only decisions of this level; 0 = any; in [0, 255]

  friend bool operator==(const RewardCap&, const RewardCap&) = default;
};

/// Which rules of a group pay, for one event and beneficiary.
enum class RewardStacking : std::uint8_t {
  all,    ///< every one
  best,   ///< the one with the highest desired amount; of equals the first
  first,  ///< the first by priority that has something to pay
};

struct RewardGroup {
  std::string id;
  RewardStacking stacking = RewardStacking::best;

  friend bool operator==(const RewardGroup&, const RewardGroup&) = default;
};

struct RewardRule {
  std::string id;  ///< 1 to 64 of A-Z a-z 0-9 - _ . ; unique within the plan
  RewardTrigger trigger;
  RewardBeneficiary beneficiary;
  RewardAmount amount;
  RewardKind kind = RewardKind::cash;
  Item gift = no_item;  ///< what is given, for `gift`
  Rounding rounding = Rounding::half_even;
  RewardHold hold;
  std::chrono::seconds expires_after{0};  ///< after it is available; 0 = never; at most 50 years
  std::string group;                      ///< of the plan's groups; empty = pays in any case
  std::int64_t priority = 0;              ///< higher first; equals in the plan's order; in ±1e6
  std::vector<RewardCap> caps;            ///< counting this rule alone

  friend bool operator==(const RewardRule&, const RewardRule&) = default;
};

/// A plan to be checked.
struct RewardPlanDraft {
  std::string id;                      ///< 1 to 64 of A-Z a-z 0-9 - _ .
  std::int64_t version = 1;            ///< in [1, 1e9]
  Currency currency;                   ///< of cash, discounts and the amounts of events
  TimeWindow valid;                    ///< by the event's time
  std::int64_t max_paid_depth = 2;     ///< the deepest level that may be paid; in [0, 255]
  bool pay_without_sale = false;       ///< others than the customer may be paid for what is no sale
  std::optional<std::int64_t> budget;  ///< cash and discounts of all versions; >= 0
  std::optional<std::int64_t> points_budget;  ///< points of all versions; >= 0
  std::vector<RewardGroup> groups;            ///< at most 256
  std::vector<RewardRule> rules;              ///< 1 to 1024
  std::vector<RewardCap> caps;                ///< across rules; at most 1024

  friend bool operator==(const RewardPlanDraft&, const RewardPlanDraft&) = default;
};

/// Everything that is wrong with a draft, in its order; empty for a sound one. `where` is the path
/// ("rules[2].amount.basis_points"), `message` says what would be right.
[[nodiscard]] EMPTOR_API std::vector<Error> reward_plan_problems(const RewardPlanDraft& draft);

/// A checked, immutable plan.
class RewardPlan {
 public:
  /// Throws `invalid_option` with the first problem: "'rules[2].amount.basis_points' must be in
  /// [0, 10000], got 12000".
  EMPTOR_API explicit RewardPlan(RewardPlanDraft draft);

  [[nodiscard]] const RewardPlanDraft& content() const noexcept { return content_; }
  [[nodiscard]] const std::string& id() const noexcept { return content_.id; }
  [[nodiscard]] std::uint32_t version() const noexcept {
    return static_cast<std::uint32_t>(content_.version);
  }
  [[nodiscard]] Currency currency() const noexcept { return content_.currency; }
  [[nodiscard]] const TimeWindow& valid() const noexcept { return content_.valid; }
  [[nodiscard]] const std::vector<RewardRule>& rules() const noexcept { return content_.rules; }
  /// The deepest level of the upline that a rule pays: as much of it as the engine looks at.
  [[nodiscard]] std::size_t paid_depth() const noexcept { return paid_depth_; }
  /// SHA-256 of the canonical JSON (reward/plan_json.hpp): equal content, equal hash.
  [[nodiscard]] const Sha256Digest& hash() const noexcept { return hash_; }

  friend bool operator==(const RewardPlan& a, const RewardPlan& b) {
    return a.content_ == b.content_;
  }

 private:
  RewardPlanDraft content_;
  std::size_t paid_depth_ = 0;
  Sha256Digest hash_{};
};

[[nodiscard]] EMPTOR_API std::string_view name(RewardBase base) noexcept;
[[nodiscard]] EMPTOR_API std::string_view name(RewardParty party) noexcept;
[[nodiscard]] EMPTOR_API std::string_view name(RewardForm form) noexcept;
[[nodiscard]] EMPTOR_API std::string_view name(MilestoneMeasure measure) noexcept;
[[nodiscard]] EMPTOR_API std::string_view name(RewardCapPer per) noexcept;
[[nodiscard]] EMPTOR_API std::string_view name(RewardCapMeasure measure) noexcept;
[[nodiscard]] EMPTOR_API std::string_view name(RewardCapWindow window) noexcept;
[[nodiscard]] EMPTOR_API std::string_view name(RewardStacking stacking) noexcept;

}  // namespace emptor
