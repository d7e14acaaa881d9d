#pragma once
// A double-entry ledger in memory: accounts, transfers, balances.
//
//     Ledger ledger;
//     const Account budget = ledger.account(account_of(Programme{0}, AccountPurpose::budget, eur));
//     const Account anna = ledger.account(account_of(Customer{7}, AccountPurpose::available, eur));
//     const TransferRefusal refusal = ledger.post({.id = transfer_id({order, rule, 1, 7, 0}),
//                                                  .amount = 250, .time = now,
//                                                  .debit = budget, .credit = anna});
//
// Every transfer debits one account and credits another, so sums over all accounts of a unit are
// zero after every step. Nothing is ever changed or taken out. The state is a function of the
// accounts, transfers and clock movements that were taken, in their sequence: replaying them gives
// the same bytes (`save`, `digest`). The rules follow TigerBeetle's published ones
// (https://docs.tigerbeetle.com/reference). The ledger writes no file and reads no clock:
// durable_ledger.hpp keeps it on disk, `advance` moves its time.
//
// Cost: `post` some 100 ns a transfer, look-up of the id included, without allocation when
// `reserve`d; `find` and `account` O(1). Memory: 72 bytes and two words of index a transfer, 64 and
// a word an account. Thread safety: as a std::vector (any number of readers, or one writer).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/sha256.hpp"
#include "emptor/reward/transfer.hpp"

namespace emptor {

struct LedgerOptions {
  /// Whether transfers can be asked for by their reference (`posted_by_reference`): one word a
  /// transfer and some 20 ns more each.
  bool index_references = false;
};

/// No record.
inline constexpr std::uint32_t no_record = 0xFFFFFFFFU;

/// A transfer as the ledger keeps it. Amount, debit and credit are filled in; a timed-out record
/// has no id.
struct LedgerRecord {
  TransferId id;
  std::int64_t amount;  ///< of post_pending what was posted, else as sent or set aside
  Time time;
  std::uint64_t reference;
  Account debit;
  Account credit;
  std::uint32_t previous_debit;   ///< the record before this one that touched the debit account
  std::uint32_t previous_credit;  ///< the same of the credit account
  /// Of a pending transfer the record that resolved it, or no_record; of a resolving one the
  /// pending transfer's record; else no_record.
  std::uint32_t other;
  std::uint32_t timeout;
  std::uint16_t code;
  TransferKind kind;
  bool linked;
};

/// Where a pending transfer stands.
enum class PendingState : std::uint8_t { waiting, posted, voided, timed_out };

/// What became of a batch.
struct PostCounts {
  std::size_t taken = 0;
  std::size_t already_there = 0;
  std::size_t refused = 0;
};

/// From record number `records` on the clock stood at `now`.
struct LedgerClock {
  std::uint32_t records;
  Time now;
};

class Ledger {
 public:
  EMPTOR_API explicit Ledger(const LedgerOptions& options = {});

  /// Makes room for so many accounts and transfers in all.
  EMPTOR_API void reserve(std::size_t accounts, std::size_t transfers);

  // ---- accounts ----

  /// The account with this key, opened now if it is not there, with the purpose's default flags.
  /// Throws `invalid_value` for a key that is none, `overflow` beyond 2^32 - 1 accounts.
  EMPTOR_API Account account(const AccountKey& key);
  /// The same with flags of the caller's. Error: `duplicate` when it is there with other flags.
  [[nodiscard]] EMPTOR_API Result<Account> open(const AccountKey& key, AccountFlags flags);
  /// The account with this key, or no_account.
  [[nodiscard]] EMPTOR_API Account find(const AccountKey& key) const noexcept;

  [[nodiscard]] std::size_t accounts() const noexcept { return accounts_.size(); }
  [[nodiscard]] const AccountKey& key(Account account) const { return at(account).key; }
  [[nodiscard]] AccountFlags flags(Account account) const { return at(account).flags; }
  [[nodiscard]] const AccountBalance& balance(Account account) const { return at(account).balance; }
  /// The last record that touched the account, or no_record; before it: `previous_record`.
  [[nodiscard]] std::uint32_t last_record(Account account) const { return at(account).last; }
  [[nodiscard]] std::uint32_t previous_record(std::uint32_t record, Account account) const {
    const LedgerRecord& of = records_[record];
    return of.debit == account ? of.previous_debit : of.previous_credit;
  }

  // ---- transfers ----

  /// Takes or refuses each of `transfers`, in sequence; `out[i]` says what became of the i-th. A
  /// chain of linked ones is taken as a whole or not at all; one that was taken as a whole before
  /// is already there. Refusals change nothing. Throws `invalid_shape` when `out` is shorter.
  EMPTOR_API PostCounts post(std::span<const Transfer> transfers, std::span<TransferRefusal> out);
  /// The same of one.
  EMPTOR_API TransferRefusal post(const Transfer& transfer);

  /// Moves the clock forward to `now` and lets the pending transfers time out that are due at or
  /// before it, earliest first. An earlier `now` does nothing.
  EMPTOR_API void advance(Time now);
  /// Where the clock stands; Time::min() before the first `advance`.
  [[nodiscard]] Time now() const noexcept { return now_; }

  /// The number of the record with this id, or no_record.
  [[nodiscard]] EMPTOR_API std::uint32_t find(const TransferId& id) const noexcept;
  /// All that happened, in sequence, timeouts among it.
  [[nodiscard]] std::span<const LedgerRecord> records() const noexcept { return records_; }
  [[nodiscard]] std::span<const LedgerClock> clocks() const noexcept { return clocks_; }
  /// When a record was taken, by the ledger's clock.
  [[nodiscard]] EMPTOR_API Time recorded_at(std::uint32_t record) const;
  /// Of a pending transfer's record. Throws `invalid_value` for a record of another kind.
  [[nodiscard]] EMPTOR_API PendingState pending_state(std::uint32_t record) const;

  /// What the transfer with this id has moved so far: its amount when posted, the posted part of a
  /// pending one, 0 for one that waits, was voided or is unknown. With `new - posted` of a refund
  /// in mind.
  [[nodiscard]] EMPTOR_API std::int64_t posted(const TransferId& id) const noexcept;
  /// What all transfers with this reference moved to `account`, less what they took from it. Throws
  /// `unsupported` unless references are indexed. Time: linear in the transfers with the reference.
  [[nodiscard]] EMPTOR_API std::int64_t posted_by_reference(std::uint64_t reference,
                                                            Account account) const;

  // ---- the whole ----

  /// All of the state. Two ledgers that took the same in the same sequence give the same bytes.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` gave, replayed and held against the saved balances.
  [[nodiscard]] EMPTOR_API static Result<Ledger> load(std::span<const std::byte> bytes,
                                                      const LedgerOptions& options = {});
  /// SHA-256 of `save()`.
  [[nodiscard]] EMPTOR_API Sha256Digest digest() const;

 private:
  struct alignas(64) AccountState {  // one cache line
    AccountBalance balance;
    AccountKey key;
    AccountFlags flags;
    std::uint32_t last;
  };
  struct Deadline {
    std::int64_t at;
    std::uint32_t record;
  };
  /// Open addressing with linear probing: tag of the hash and place + 1; 0 is free.
  struct Slot {
    std::uint32_t tag;
    std::uint32_t place;
  };

  const AccountState& at(Account account) const {
    if (index(account) >= accounts_.size()) no_such_account();
    return accounts_[index(account)];
  }
  [[noreturn]] EMPTOR_API static void no_such_account();
  std::size_t slot_of(const TransferId& id) const noexcept;
  std::size_t reference_slot(std::uint64_t reference) const noexcept;
  void grow_ids(std::size_t transfers);
  void grow_keys(std::size_t accounts);
  TransferRefusal take(const Transfer& transfer);
  TransferRefusal take_new(const Transfer& transfer);
  TransferRefusal resolve(const Transfer& transfer);
  TransferRefusal compare(const Transfer& transfer, const LedgerRecord& record) const;
  LedgerRecord& append(const Transfer& transfer);
  void undo();
  void post_chain(std::span<const Transfer> chain, std::span<TransferRefusal> out);
  void time_out(std::uint32_t record, std::int64_t deadline);

  LedgerOptions options_;
  std::vector<AccountState> accounts_;
  std::vector<Slot> keys_;
  std::vector<LedgerRecord> records_;
  std::vector<Slot> ids_;
  std::vector<std::uint32_t> previous_reference_;  // by record; empty unless indexed
  std::vector<Slot> references_;                   // to the last record with the reference
  std::vector<Deadline> deadlines_;                // a heap, earliest first; may hold stale ones
  std::vector<LedgerClock> clocks_;
  Time now_ = Time::min();
};

}  // namespace emptor
