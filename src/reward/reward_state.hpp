#pragma once
// The inside of a RewardEngine: plans made ready, and the records of what happened.
//
// An event has a run of rows, one for each reward that its facts make possible; a row has a chain
// of changes, one for each decision. Usage of caps and budgets is the sum over the rows.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "emptor/core/id_table.hpp"
#include "emptor/reward/reward_engine.hpp"
#include "reward/reward_usage.hpp"

namespace emptor {

class SectionReader;  // core/archive_reader.hpp

namespace detail {

inline constexpr std::int64_t most_amount = reward_amount_range;
inline constexpr std::int64_t most_time = reward_time_range.count();

/// What is counted under one cap id; the same in all versions of the plan.
struct CapShape {
  std::string name;
  std::uint32_t per = 0;  // bit p: RewardCapPer(p)
  RewardCapMeasure measure = RewardCapMeasure::value;
  RewardCapWindow window = RewardCapWindow::lifetime;
  std::int32_t rolling_days = 0;
  UtcOffset offset{0};
  RewardKind kind = RewardKind::cash;
  std::uint8_t level = 0;
  bool of_rule = false;
  bool times = false;  // the `times` of a rule

  [[nodiscard]] bool is_per(RewardCapPer dimension) const noexcept {
    return (per >> static_cast<unsigned>(dimension) & 1U) != 0;
  }
  friend bool operator==(const CapShape&, const CapShape&) = default;
};

/// A cap as a rule has it, with what deciding needs of its shape.
struct CapLimit {
  std::int64_t limit = 0;
  std::uint32_t referee = 0;  // masks of the key's dimensions: all ones or 0
  std::uint32_t beneficiary = 0;
  std::uint32_t campaign = 0;
  std::uint16_t level = 0;
  std::uint16_t rule = 0;
  std::uint16_t cap = 0;
  bool value = true;  // otherwise it counts
  bool times = false;
  bool per_event = false;
  bool rolling = false;
};

/// A rule with its look-ups done.
struct ReadyRule {
  std::uint16_t place = 0;   // in the plan
  std::uint16_t number = 0;  // of its id, the same in all versions
  std::uint16_t group = 0;   // + 1; 0 = none
  RewardStacking stacking = RewardStacking::all;
  std::uint8_t level = 0;
  bool held = false;
  bool milestone = false;
  bool filtered = false;   // looks at more than the kind of the event
  RewardDecision pattern;  // with everything that is the same in all decisions
  RewardTrigger trigger;   // lists sorted
  std::uint64_t segments = 0;
  std::uint64_t without_segments = 0;
  std::uint32_t total = 0;  // usage number of a milestone's T
  std::uint32_t due = 0;    // and of its P
  std::vector<CapLimit> caps;
  const RewardRule* rule = nullptr;
};

struct ReadyPlan {
  std::vector<ReadyRule> rules;      // as in the plan
  std::vector<std::uint16_t> order;  // by priority
};

struct EventRecord {
  std::uint64_t id = 0;
  std::int64_t time = 0;  // UTC seconds
  std::int64_t gross = 0, net = 0, margin = 0;
  Customer customer = no_customer;
  Item item = no_item;
  Category category = no_id<Category>;
  Channel channel = no_id<Channel>;
  Campaign campaign = no_id<Campaign>;
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;
  std::uint32_t corrections = no_place;  // the last that arrived
  std::uint32_t in_force = no_place;     // the correction with the highest revision
  RewardEventKind kind{};
  std::uint16_t plan = 0;
  bool known = false;  // otherwise only corrections of it have come
  bool voided = false;
};

struct CorrectionRecord {
  std::uint32_t previous = no_place;
  std::uint32_t revision = 0;
  std::int64_t gross = 0, net = 0, margin = 0;
  std::int64_t time = 0;
};

struct RewardRow {
  std::uint32_t event = 0;
  std::uint32_t last_change = no_place;
  Customer beneficiary = no_customer;
  std::uint16_t rule = 0;
  bool released = false;
  RewardBound closed = RewardBound::none;  // voided or expired
  std::int64_t counted = 0;                // by a milestone's total
  std::int64_t desired = 0;                // by the rule
  std::int64_t wanted = 0;                 // 0 if another rule of the group pays
  std::int64_t granted = 0;
};

struct ChangeRecord {
  std::uint32_t previous = no_place;
  std::uint32_t correction = no_place;  // whose amounts were judged
  std::uint32_t revision = 0;
  std::uint16_t cap = 0;
  RewardBound bound = RewardBound::none;
  std::int64_t desired = 0;
  std::int64_t granted = 0;
  std::int64_t used = 0;
  std::int64_t time = 0;
};

struct BudgetState {
  std::int64_t reserved = 0;
  std::int64_t spent = 0;
};

struct BaseAmounts {
  std::int64_t gross, net, margin;

  [[nodiscard]] std::int64_t of(RewardBase base) const noexcept {
    return base == RewardBase::gross ? gross : base == RewardBase::net ? net : margin;
  }
};

/// What a milestone with these steps has earned at a total.
[[nodiscard]] std::int64_t milestone_earned(const RewardAmount& amount, std::int64_t total);
/// What a rule that is no milestone desires of amounts that qualify.
[[nodiscard]] std::int64_t desired_amount(const RewardRule& rule, const BaseAmounts& amounts);
/// A window of a cap: its number, and the times in it. For rolling caps it is a day.
struct CapSpan {
  std::int64_t from = 0;  // UTC seconds; [from, to)
  std::int64_t to = 0;
  std::int32_t number = 0;
};
[[nodiscard]] CapSpan window_of(const CapShape& cap, std::int64_t time);

}  // namespace detail

struct RewardEngine::State {
  std::vector<RewardPlan> plans;  // in the order of activation
  std::vector<detail::ReadyPlan> ready;
  std::vector<detail::CapShape> caps;
  std::vector<detail::CapSpan> spans;  // of each cap the window asked for last: most come again
  std::vector<std::string> rule_names;
  detail::HashedPlaces index;
  detail::UsageTable usage;
  detail::BudgetState budgets[2];  // cash and discounts; points
  std::vector<detail::EventRecord> events;
  std::vector<detail::RewardRow> rows;
  std::vector<detail::ChangeRecord> changes;
  std::vector<detail::CorrectionRecord> corrections;
  struct Before {
    std::int64_t desired, wanted, granted;
    std::size_t first_key;
  };
  std::vector<Before> before;           // of the event that is settled; kept to spare its memory
  std::vector<detail::HashedKey> keys;  // of its rows' caps, one after another

  State() = default;
  State(const State& other);

  Result<void> activate(RewardPlan plan);
  [[nodiscard]] Result<detail::ReadyPlan> make_ready(const RewardPlan& plan);
  [[nodiscard]] Result<std::uint16_t> cap_number(detail::CapShape shape);
  [[nodiscard]] std::uint32_t plan_place(Time time) const noexcept;
  [[nodiscard]] std::uint32_t find(std::uint64_t event) const noexcept;
  /// The event's place; a new one is there, but not known.
  std::uint32_t find_or_add(std::uint64_t event);

  [[nodiscard]] const detail::ReadyRule& rule_of(const detail::RewardRow& row) const noexcept {
    return ready[events[row.event].plan].rules[row.rule];
  }
  [[nodiscard]] detail::BaseAmounts amounts_of(const detail::EventRecord& event) const noexcept;
  [[nodiscard]] bool qualifies(const detail::ReadyRule& rule, const detail::EventRecord& event,
                               const detail::BaseAmounts& amounts) const noexcept;
  void add_rows(std::uint32_t event, const RewardOccasion& occasion,
                std::span<const UplineMember> upline, const OwnerView* owners);
  /// Judges the event's rows by what is left of it and appends what changes.
  void settle(std::uint32_t event, Time time, bool first, const OwnerView* owners,
              std::vector<RewardDecision>& out);

  /// Appends the keys of the row's caps to `keys`.
  void append_keys(const detail::RewardRow& row, const detail::ReadyRule& rule,
                   const detail::EventRecord& event);
  [[nodiscard]] std::int32_t window(std::uint16_t cap, std::int64_t time) {
    detail::CapSpan& span = spans[cap];
    if (time < span.from || time >= span.to) span = detail::window_of(caps[cap], time);
    return span.number;
  }
  [[nodiscard]] std::int64_t used_in_event(const detail::CapLimit& cap,
                                           const detail::RewardRow& row,
                                           const detail::ReadyRule& rule,
                                           const OwnerView* owners) const;
  [[nodiscard]] std::int64_t used_by_group(const detail::CapLimit& cap, detail::UsageKey key,
                                           std::int32_t day, const OwnerView* owners) const;
  /// The most that is used in a window of the cap that the event's time is in.
  [[nodiscard]] std::int64_t used(const detail::CapLimit& cap, const detail::HashedKey& key,
                                  const detail::RewardRow& row, const detail::ReadyRule& rule,
                                  const OwnerView* owners);
  [[nodiscard]] std::int64_t total_of(std::uint32_t number, Customer beneficiary,
                                      const OwnerView* owners) const;
  /// What the row desires now; keeps a milestone's totals.
  void desire(detail::RewardRow& row, const detail::ReadyRule& rule,
              const detail::EventRecord& event, const detail::BaseAmounts& amounts, bool first,
              const OwnerView* owners);
  /// Books `granted` for the row instead of what stands; `of_caps` are the keys of its caps.
  void grant(detail::RewardRow& row, const detail::ReadyRule& rule, std::int64_t granted,
             const detail::HashedKey* of_caps);
  /// Adds to the usage of its caps and to the budget that the row's grant changes.
  void use(const detail::RewardRow& row, const detail::ReadyRule& rule, std::int64_t value,
           std::int64_t count, const detail::HashedKey* of_caps);
  void use_budget(const detail::RewardRow& row, const detail::ReadyRule& rule,
                  std::int64_t value) noexcept;
  /// The most that the row may have, and what says so.
  struct Room {
    std::int64_t most;
    RewardBound bound;
    std::uint16_t cap;
    std::int64_t used;
  };
  [[nodiscard]] Room room_for(const detail::RewardRow& row, const detail::ReadyRule& rule,
                              const detail::HashedKey* of_caps, const OwnerView* owners);
  void record(std::uint32_t row, const detail::ChangeRecord& change,
              std::vector<RewardDecision>& out);
  void append_decision(const detail::RewardRow& row, const detail::ChangeRecord& change,
                       std::int64_t stood, std::vector<RewardDecision>& out) const;
  /// Reads an event and its rewards; false after a failure.
  bool load_event(SectionReader& in);
  [[nodiscard]] std::uint32_t row_of(const RewardKey& key) const noexcept;
  [[nodiscard]] static int budget_of(RewardKind kind) noexcept {
    return kind == RewardKind::gift ? -1 : kind == RewardKind::points ? 1 : 0;
  }
};

}  // namespace emptor
