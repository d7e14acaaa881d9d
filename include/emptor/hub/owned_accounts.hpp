#pragma once
// Customers' wallets in a ledger that follow merges and unmerges by transfers.
//
// A customer has a wallet a unit: the account `available` and, for what it lacks, `receivable`.
// What is no money to spend (money off a later order) counts in a unit of its own,
// LedgerUnit::points(scheme).
//
// What is given to or taken from a customer stands for ever on the record it arrived on (its net);
// whoever owns several records has the sum of their nets in its own accounts: in the wallet what is
// above zero, in the receivable what is below. A merge or an unmerge moves, by linked transfers,
// what the accounts hold beyond or below that, so the balances after any merges, unmerges, gifts
// and takings depend on the nets and the owners alone, not on the way there. History is never
// edited.
//
// A receivable is paid off first by whatever comes in. Held amounts are pending transfers: no
// balance has them until they are posted, whoever owns the record by then.
//
// Cost: a gift or a taking the ledger's, one to three transfers; a merge or an unmerge O(accounts
// of the groups). Memory: 24 bytes an account. Thread safety: any number of readers, or
// one writer.

#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/merge.hpp"
#include "emptor/core/time.hpp"
#include "emptor/hub/owner_groups.hpp"
#include "emptor/reward/ledger.hpp"

namespace emptor {

/// Something given to or taken from a customer.
struct WalletMove {
  TransferId id;                    ///< the key of idempotency of the whole move
  Customer customer = no_customer;  ///< the record it arrives on
  LedgerUnit unit;                  ///< which wallet
  std::int64_t amount = 0;          ///< > 0
  Account other = no_account;       ///< the other side: a budget, `paid`, breakage
  Time time{};
  std::uint64_t reference = 0;  ///< the host's: the event that caused it
  std::uint16_t code = 0;
};

/// How far a taking goes.
enum class TakingLimit : std::uint8_t {
  refuse,          ///< all of it, or nothing with `exceeds_credits`
  within_balance,  ///< what the wallet has; the rest is let go
  unlimited,       ///< all of it; what the wallet lacks is owed
};

struct TakingOutcome {
  TransferRefusal refusal = TransferRefusal::none;
  std::int64_t taken = 0;  ///< of the wallet or as a debt
  std::int64_t owed = 0;   ///< of `taken`, what the wallet did not have

  friend bool operator==(const TakingOutcome&, const TakingOutcome&) = default;
};

/// A customer's wallet as its owner's.
struct WalletBalance {
  std::int64_t available = 0;
  std::int64_t owed = 0;  ///< above 0 only when `available` is 0
  std::int64_t held = 0;  ///< pending: promised to any record of the group

  friend bool operator==(const WalletBalance&, const WalletBalance&) = default;
};

/// Is a HubListener (hub/merge_hub.hpp); saved as an archive "owned-accounts".
class OwnedAccounts {
 public:
  OwnedAccounts() = default;

  /// From `move.other` to the customer. Errors: the ledger's; nothing has changed then.
  EMPTOR_API TransferRefusal give(const WalletMove& move);
  /// From the customer to `move.other`.
  EMPTOR_API TakingOutcome take(const WalletMove& move, TakingLimit limit);
  /// Sets `move.amount` aside in `move.other`, for the customer.
  EMPTOR_API TransferRefusal hold(const WalletMove& move);
  /// `amount` of what the hold `held` set aside is the customer's, the rest is free again; 0 frees
  /// all. `move.id` names the end of the hold, its customer and unit are those of the hold.
  EMPTOR_API TransferRefusal end_hold(const TransferId& held, const WalletMove& move);

  [[nodiscard]] EMPTOR_API WalletBalance balance(Customer customer, LedgerUnit unit) const;
  /// What arrived on this very record, less what was taken from it; may be below 0.
  [[nodiscard]] EMPTOR_API std::int64_t net(Customer customer, LedgerUnit unit) const;
  [[nodiscard]] Customer owner(Customer customer) const { return groups_.owner(customer); }
  [[nodiscard]] const OwnerGroups& groups() const noexcept { return groups_; }

  /// For accounts that are no customer's: budgets, `paid`, breakage, funding.
  [[nodiscard]] EMPTOR_API Account account(const AccountKey& key);
  /// The same with flags of the caller's. Error: `duplicate` when it is there with other flags.
  [[nodiscard]] EMPTOR_API Result<Account> open(const AccountKey& key, AccountFlags flags);
  /// A transfer between accounts that are no wallets. Throws `invalid_value` for a wallet: those
  /// move by the functions above.
  EMPTOR_API TransferRefusal post(const Transfer& transfer);
  EMPTOR_API void advance(Time now);
  [[nodiscard]] const Ledger& ledger() const noexcept { return ledger_; }
  EMPTOR_API void reserve(std::size_t accounts, std::size_t transfers);

  /// Whatever the event's, transfers are dated with its time.
  EMPTOR_API void on_merge(const MergeEvent& event, std::span<const OwnerChange> changes);
  EMPTOR_API void on_unmerge(const MergeEvent& event, std::span<const OwnerChange> changes);
  /// Does nothing: books hold ids and amounts alone, and have to be kept.
  void erase(Customer) noexcept {}

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<OwnedAccounts> load(std::span<const std::byte> bytes);

 private:
  struct Entry {
    std::int64_t net = 0;
    std::int64_t held = 0;
    Account wallet = no_account;
    Account receivable = no_account;
  };
  Entry& entry(LedgerUnit unit, Customer customer);
  [[nodiscard]] Entry peek(LedgerUnit unit, Customer customer) const noexcept;
  [[nodiscard]] std::int64_t available(const Entry& entry) const;
  [[nodiscard]] std::int64_t owed(const Entry& entry) const;
  /// Appends a transfer to `chain_`; the first one has the id itself.
  Transfer& append(const TransferId& id, std::int64_t amount, Account debit, Account credit,
                   Time time);
  /// Begins a chain with the move's own transfer.
  Transfer& start(const WalletMove& move, std::int64_t amount, Account debit, Account credit);
  /// Appends what brings the accounts of the customers (ascending) to their nets, `more` of which
  /// is yet to come in on the account of `receiver`.
  void settle(LedgerUnit unit, std::span<const Customer> customers, Customer receiver,
              std::int64_t more, Time time, const TransferId& id);
  TransferRefusal post_chain();
  [[nodiscard]] TransferRefusal check(const WalletMove& move) const;
  /// Whether the ledger knows the move: `none`, `already_there` or `other_content`.
  [[nodiscard]] TransferRefusal repeated(const WalletMove& move, bool giving) const;
  void follow(const MergeEvent& event, std::span<const OwnerChange> changes);

  Ledger ledger_;
  OwnerGroups groups_;
  std::vector<LedgerUnit> units_;      // that have wallets
  std::vector<Entry> entries_;         // by the wallet's account
  std::uint64_t followed_ = 0;         // events of the merge log
  MergeKind last_ = MergeKind::merge;  // of the last one followed
  std::uint64_t joins_ = 0;            // part of the ids of merges' transfers
  std::vector<Transfer> chain_;
  std::vector<TransferRefusal> refusals_;
};

}  // namespace emptor
