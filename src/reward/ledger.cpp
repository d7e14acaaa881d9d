// Accounts, and what can be asked of a ledger.

#include "emptor/reward/ledger.hpp"

#include <algorithm>

#include "reward/ledger_hash.hpp"

namespace emptor {

Ledger::Ledger(const LedgerOptions& options) : options_(options) {
  keys_.resize(detail::ledger_slots(0));
  ids_.resize(detail::ledger_slots(0));
  if (options_.index_references) references_.resize(detail::ledger_slots(0));
}

void Ledger::no_such_account() {
  throw Exception(ErrorCode::out_of_range, "the ledger has no such account", "Ledger");
}

void Ledger::reserve(std::size_t accounts, std::size_t transfers) {
  accounts_.reserve(accounts);
  records_.reserve(transfers);
  if (options_.index_references) previous_reference_.reserve(transfers);
  grow_keys(accounts);
  grow_ids(transfers);
}

// ---- accounts ----

void Ledger::grow_keys(std::size_t accounts) {
  if (accounts + accounts / 3 < keys_.size()) return;
  std::vector<Slot> slots(detail::ledger_slots(accounts + accounts / 2));
  const std::size_t mask = slots.size() - 1;
  for (std::size_t a = 0; a < accounts_.size(); ++a) {
    const std::uint64_t hash = detail::ledger_hash(accounts_[a].key);
    std::size_t at = hash & mask;
    while (slots[at].place != 0) at = (at + 1) & mask;
    slots[at] = {detail::ledger_tag(hash), static_cast<std::uint32_t>(a + 1)};
  }
  keys_ = std::move(slots);
}

Account Ledger::find(const AccountKey& key) const noexcept {
  const std::uint64_t hash = detail::ledger_hash(key);
  const std::size_t mask = keys_.size() - 1;
  for (std::size_t at = hash & mask; keys_[at].place != 0; at = (at + 1) & mask) {
    const std::uint32_t place = keys_[at].place - 1;
    if (keys_[at].tag == detail::ledger_tag(hash) && accounts_[place].key == key) {
      return id_at<Account>(place);
    }
  }
  return no_account;
}

Account Ledger::account(const AccountKey& key) {
  const Account found = find(key);
  return found != no_account ? found : *open(key, default_flags(key.purpose));
}

Result<Account> Ledger::open(const AccountKey& key, AccountFlags flags) {
  if (key.owner > AccountOwner::customer ||
      static_cast<std::size_t>(key.purpose) >= account_purposes || !key.unit.is_valid() ||
      static_cast<std::uint8_t>(flags) > 3) {
    throw Exception(ErrorCode::invalid_value, "owner, purpose, unit or flags are none of the known",
                    "Ledger::open");
  }
  if (const Account found = find(key); found != no_account) {
    if (accounts_[index(found)].flags == flags) return found;
    return Error{ErrorCode::duplicate, "the account is there with other flags", to_string(key)};
  }
  if (accounts_.size() >= max_ids) {
    throw Exception(ErrorCode::overflow, "a ledger has at most 2^32 - 1 accounts", "Ledger::open");
  }
  grow_keys(accounts_.size() + 1);
  const std::uint64_t hash = detail::ledger_hash(key);
  const std::size_t mask = keys_.size() - 1;
  std::size_t at = hash & mask;
  while (keys_[at].place != 0) at = (at + 1) & mask;
  accounts_.push_back({{}, key, flags, no_record});
  keys_[at] = {detail::ledger_tag(hash), static_cast<std::uint32_t>(accounts_.size())};
  return id_at<Account>(accounts_.size() - 1);
}

// ---- questions ----

Time Ledger::recorded_at(std::uint32_t record) const {
  const auto after =
      std::upper_bound(clocks_.begin(), clocks_.end(), record,
                       [](std::uint32_t r, const LedgerClock& clock) { return r < clock.records; });
  return after == clocks_.begin() ? Time::min() : std::prev(after)->now;
}

PendingState Ledger::pending_state(std::uint32_t record) const {
  if (record >= records_.size() || records_[record].kind != TransferKind::pending) {
    throw Exception(ErrorCode::invalid_value, "not the record of a pending transfer",
                    "Ledger::pending_state");
  }
  if (records_[record].other == no_record) return PendingState::waiting;
  switch (records_[records_[record].other].kind) {
    case TransferKind::post_pending:
      return PendingState::posted;
    case TransferKind::void_pending:
      return PendingState::voided;
    default:
      return PendingState::timed_out;
  }
}

std::int64_t Ledger::posted(const TransferId& id) const noexcept {
  std::uint32_t record = find(id);
  if (record == no_record) return 0;
  if (records_[record].kind == TransferKind::pending) record = records_[record].other;
  if (record == no_record) return 0;
  const TransferKind kind = records_[record].kind;
  const bool moved = kind == TransferKind::posted || kind == TransferKind::post_pending;
  return moved ? records_[record].amount : 0;
}

std::int64_t Ledger::posted_by_reference(std::uint64_t reference, Account account) const {
  if (!options_.index_references) {
    throw Exception(ErrorCode::unsupported, "the ledger was made without 'index_references'",
                    "Ledger::posted_by_reference");
  }
  detail::int128 sum = 0;
  std::uint32_t record = references_[reference_slot(reference)].place - 1;
  for (; record != no_record; record = previous_reference_[record]) {
    const LedgerRecord& of = records_[record];
    if (of.kind != TransferKind::posted && of.kind != TransferKind::post_pending) continue;
    if (of.credit == account) sum += of.amount;
    if (of.debit == account) sum -= of.amount;
  }
  return static_cast<std::int64_t>(sum);  // within the account's own sums
}

}  // namespace emptor
