#pragma once
// From decisions to money: what a RewardEngine decided becomes transfers between a programme's
// budget and customers' wallets (hub/owned_accounts.hpp).
//
// A reward stands at what its last decision granted. It waits, set aside in the budget as a pending
// transfer, as long as its plan holds it, its referral is not approved or a review is open; then it
// is posted. A correction posts the difference between what stands and what was posted, so refunds
// that end in a full one net to nothing. What has to come back after it was posted comes back as
// far as the clawback says.
//
// Self-referral: when referee and beneficiary turn out to be one customer, the reward is taken back
// (within the clawback window), and given again when the merge is undone. So, while clawbacks reach
// everything (`unlimited`, no window), what is posted is a function of the decisions, the reasons
// to wait and the owners, whatever the order of merges.
//
// Units: cash counts in its currency, discounts in LedgerUnit::points(1) (minor units off a later
// order), points in LedgerUnit::points(0), pieces of gift i in LedgerUnit::points(2^20 + i). The
// house issues the last three without limit; the budget of cash is funded, and what it cannot pay
// waits for `retry`.
//
// Cost: an order's decision one to two transfers; a merge O(rewards of the groups' referees).
// Memory: ~110 bytes a reward. Thread safety: any number of readers, or one writer.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/id_table.hpp"
#include "emptor/core/merge.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"
#include "emptor/hub/owned_accounts.hpp"
#include "emptor/reward/decision_result.hpp"

namespace emptor {

/// How far a reward that was posted comes back.
enum class RewardClawback : std::uint8_t {
  only_pending,    ///< not at all: only what still waits
  within_balance,  ///< as far as the wallet has it; the rest is let go
  unlimited,       ///< all; what the wallet lacks is owed
};
[[nodiscard]] EMPTOR_API std::string_view name(RewardClawback clawback) noexcept;

/// Why a reward waits; any of them together.
enum class RewardWait : std::uint8_t {
  none = 0,
  time = 1,      ///< the plan's hold, up to an instant
  event = 2,     ///< the plan's hold, until an event
  approval = 4,  ///< the referral is not approved yet
  review = 8,    ///< somebody has to look at it
};
[[nodiscard]] constexpr RewardWait operator|(RewardWait a, RewardWait b) noexcept {
  return static_cast<RewardWait>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
[[nodiscard]] constexpr bool has(RewardWait waits, RewardWait wait) noexcept {
  return (static_cast<std::uint8_t>(waits) & static_cast<std::uint8_t>(wait)) != 0;
}

struct RewardPayoutOptions {
  Programme programme{};
  RewardClawback clawback = RewardClawback::within_balance;
  /// Self-referrals are taken back when the event is at most this much before the merge; >= 0.
  std::chrono::seconds clawback_window = std::chrono::seconds::max();
  /// Whether the budget of cash may be paid from without having been funded.
  bool unfunded = false;
};

/// Where a reward stands.
struct RewardStanding {
  RewardKey key;
  Customer referee = no_customer;
  RewardKind kind = RewardKind::cash;
  LedgerUnit unit;
  RewardWait waits = RewardWait::none;
  bool self_referral = false;  ///< referee and beneficiary are one customer
  bool unpaid = false;         ///< the budget could not pay it yet
  std::int64_t granted = 0;    ///< by the last decision
  std::int64_t posted = 0;     ///< given and not taken back
  std::int64_t pending = 0;    ///< set aside
  std::int64_t let_go = 0;     ///< should have come back and did not; the first to be given again
  Time event_time{};
  Time held_until = Time::min();
  Time expires = Time::max();

  friend bool operator==(const RewardStanding&, const RewardStanding&) = default;
};

enum class PayoutStep : std::uint8_t { set_aside, freed, posted, taken_back };
[[nodiscard]] EMPTOR_API std::string_view name(PayoutStep step) noexcept;

/// A transfer that was made, for outboxes and statements.
struct PayoutEvent {
  RewardKey key;
  PayoutStep step{};
  std::int64_t amount = 0;  ///< > 0
  LedgerUnit unit;
  TransferId transfer;
  Time time{};

  friend bool operator==(const PayoutEvent&, const PayoutEvent&) = default;
};

/// Is a HubListener (hub/merge_hub.hpp); saved as an archive "reward-payout".
class RewardPayout {
 public:
  /// Throws `invalid_option`.
  EMPTOR_API explicit RewardPayout(const RewardPayoutOptions& options = {});

  /// The house gives the programme money to reward with. Errors: the ledger's.
  EMPTOR_API TransferRefusal fund(Money amount, Time time, const TransferId& id);
  /// Rewards that the budget could not pay are tried again, in their order; returns how many are
  /// still unpaid.
  EMPTOR_API std::size_t retry(Time time);

  /// Takes the decisions of one call of a RewardEngine over. `waits` (approval, review) adds to the
  /// plan's hold of rewards that are new; for those of the referee itself `referee_waits` does. A
  /// decision that was taken over before changes nothing. Throws `invalid_value` for a decision
  /// that skips a revision.
  EMPTOR_API void apply(std::span<const RewardDecision> decisions,
                        RewardWait waits = RewardWait::none,
                        RewardWait referee_waits = RewardWait::none);
  /// One reason to wait is over, for the event's rewards of the referee or of the others. Appends
  /// the keys of those that wait for nothing any more to `released`.
  EMPTOR_API void end_wait(std::uint64_t event, RewardWait wait, bool of_referee, Time time,
                           std::vector<RewardKey>& released);
  /// What the holds of an event's rewards waited for has happened; the time to take them begins.
  EMPTOR_API void end_event_wait(std::uint64_t event, RewardEventKind kind, Time time,
                                 std::vector<RewardKey>& released);
  /// Holds end whose time has come; `expired` gets the keys of rewards whose time to be taken has
  /// run out, for RewardEngine::close with `expired`. O(1) when nothing is due.
  EMPTOR_API void advance(Time now, std::vector<RewardKey>& released,
                          std::vector<RewardKey>& expired);

  /// What the customer withdraws or spends leaves the wallet for the house's `paid` account, all or
  /// nothing.
  EMPTOR_API TransferRefusal withdraw(Customer customer, LedgerUnit unit, std::int64_t amount,
                                      Time time, const TransferId& id);

  [[nodiscard]] std::size_t rewards() const noexcept { return entries_.size(); }
  /// In the order in which they were first decided. Throws `out_of_range`.
  [[nodiscard]] EMPTOR_API RewardStanding standing(std::size_t reward) const;
  /// Throws `not_found`.
  [[nodiscard]] EMPTOR_API RewardStanding standing(const RewardKey& key) const;
  /// All of one event, in their order.
  [[nodiscard]] EMPTOR_API std::vector<RewardStanding> of_event(std::uint64_t event) const;
  [[nodiscard]] EMPTOR_API WalletBalance balance(Customer customer, LedgerUnit unit) const;
  [[nodiscard]] const OwnedAccounts& accounts() const noexcept { return accounts_; }
  [[nodiscard]] const Ledger& ledger() const noexcept { return accounts_.ledger(); }
  [[nodiscard]] const RewardPayoutOptions& options() const noexcept { return options_; }
  /// The unit that a reward of this kind counts in.
  [[nodiscard]] EMPTOR_API static LedgerUnit unit_of(RewardKind kind, Currency currency, Item gift);
  /// The programme's account, opened when it is not there.
  [[nodiscard]] EMPTOR_API Account programme_account(AccountPurpose purpose, LedgerUnit unit);

  /// The transfers since the last `forget_events`, in their order; not saved.
  [[nodiscard]] std::span<const PayoutEvent> events() const noexcept { return events_; }
  void forget_events() noexcept { events_.clear(); }
  /// Makes room for so many rewards.
  EMPTOR_API void reserve(std::size_t rewards);

  EMPTOR_API void on_merge(const MergeEvent& event, std::span<const OwnerChange> changes);
  EMPTOR_API void on_unmerge(const MergeEvent& event, std::span<const OwnerChange> changes);
  /// Does nothing: books hold ids and amounts alone, and have to be kept.
  void erase(Customer) noexcept {}

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<RewardPayout> load(std::span<const std::byte> bytes);

 private:
  static constexpr std::uint32_t nothing = 0xffffffffU;
  struct Entry {
    RewardStanding at;
    RewardEventKind hold_event{};
    std::chrono::seconds expires_after{0};  // the end of a hold until an event; 0: never
    std::uint32_t revision = 0;             // of the last decision taken over
    std::uint32_t steps = 0;                // transfers so far: part of their ids
    TransferId pending;
    std::uint32_t next_of_event = nothing;
    std::uint32_t next_of_referee = nothing;
  };
  struct Due {
    Time time{};
    std::uint32_t entry = nothing;
    bool expires = false;
  };

  [[nodiscard]] std::uint32_t find(const RewardKey& key) const noexcept;
  void link(std::uint32_t entry, std::uint32_t first_of_event);
  [[nodiscard]] std::uint32_t first_of(std::uint64_t event) const noexcept;
  [[nodiscard]] Account budget(LedgerUnit unit);
  void add_due(const Due& due);
  void remind(std::uint32_t entry);
  /// Brings the transfers to what the standing asks for.
  void sync(Entry& entry, Time time, bool expiring = false);
  void give_back(Entry& entry, std::int64_t amount, Time time, bool expiring);
  TransferId next_id(Entry& entry);
  void note(const Entry& entry, PayoutStep step, std::int64_t amount, const TransferId& id,
            Time time);
  [[nodiscard]] WalletMove move_of(Entry& entry, std::int64_t amount, Time time);
  void follow(const MergeEvent& event, std::span<const OwnerChange> changes);

  RewardPayoutOptions options_;
  OwnedAccounts accounts_;
  std::vector<Entry> entries_;
  detail::IdTable<detail::ArrayPlace> by_event_;    // the first
  detail::IdTable<detail::ArrayPlace> by_referee_;  // the last
  std::vector<std::pair<LedgerUnit, Account>> budgets_;
  std::vector<Due> dues_;  // a heap, the earliest first
  std::vector<std::uint32_t> unpaid_;
  std::vector<PayoutEvent> events_;
};

}  // namespace emptor
