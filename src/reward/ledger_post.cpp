// Transfers into a ledger, and its time.

#include <algorithm>

#include "emptor/core/text.hpp"
#include "emptor/reward/ledger.hpp"
#include "reward/ledger_hash.hpp"

namespace emptor {
namespace {

bool later(std::int64_t a, std::uint32_t a_record, std::int64_t b, std::uint32_t b_record) {
  return a != b ? a > b : a_record > b_record;
}

bool is_resolving(TransferKind kind) {
  return kind == TransferKind::post_pending || kind == TransferKind::void_pending;
}

/// posted + pending + amount, or no value beyond 63 bits.
bool sum_overflows(std::int64_t posted, std::int64_t pending, std::int64_t amount) {
  std::int64_t sum = 0;
  return __builtin_add_overflow(posted, pending, &sum) || __builtin_add_overflow(sum, amount, &sum);
}

}  // namespace

// ---- ids and references ----

void Ledger::grow_ids(std::size_t transfers) {
  if (transfers + transfers / 3 < ids_.size()) return;
  const std::size_t size = detail::ledger_slots(transfers + transfers / 4);
  const std::size_t mask = size - 1;
  ids_.assign(size, {});
  for (std::size_t r = 0; r < records_.size(); ++r) {
    if (records_[r].kind == TransferKind::timed_out) continue;
    const std::uint64_t hash = detail::ledger_hash(records_[r].id);
    std::size_t at = hash & mask;
    while (ids_[at].place != 0) at = (at + 1) & mask;
    ids_[at] = {detail::ledger_tag(hash), static_cast<std::uint32_t>(r + 1)};
  }
  if (!options_.index_references) return;
  references_.assign(size, {});
  for (std::size_t r = 0; r < records_.size(); ++r) {
    if (records_[r].reference != 0) {
      const std::size_t at = reference_slot(records_[r].reference);
      references_[at] = {detail::ledger_tag(detail::ledger_mix(records_[r].reference)),
                         static_cast<std::uint32_t>(r + 1)};
    }
  }
}

std::size_t Ledger::slot_of(const TransferId& id) const noexcept {
  const std::uint64_t hash = detail::ledger_hash(id);
  const std::size_t mask = ids_.size() - 1;
  std::size_t at = hash & mask;
  while (ids_[at].place != 0 &&
         (ids_[at].tag != detail::ledger_tag(hash) || records_[ids_[at].place - 1].id != id)) {
    at = (at + 1) & mask;
  }
  return at;
}

std::size_t Ledger::reference_slot(std::uint64_t reference) const noexcept {
  const std::uint64_t hash = detail::ledger_mix(reference);
  const std::size_t mask = references_.size() - 1;
  std::size_t at = hash & mask;
  while (references_[at].place != 0 &&
         (references_[at].tag != detail::ledger_tag(hash) ||
          records_[references_[at].place - 1].reference != reference)) {
    at = (at + 1) & mask;
  }
  return at;
}

std::uint32_t Ledger::find(const TransferId& id) const noexcept {
  const std::uint32_t place = ids_[slot_of(id)].place;
  return place == 0 ? no_record : place - 1;
}

// ---- transfers ----

TransferRefusal Ledger::compare(const Transfer& transfer, const LedgerRecord& record) const {
  const bool resolving = is_resolving(record.kind);
  const LedgerRecord* const pending = resolving ? &records_[record.other] : nullptr;
  const bool same_accounts =
      (transfer.debit == record.debit || (resolving && transfer.debit == no_account)) &&
      (transfer.credit == record.credit || (resolving && transfer.credit == no_account));
  const std::int64_t amount = resolving && transfer.amount == 0 ? pending->amount : transfer.amount;
  const TransferId pending_id = resolving ? pending->id : TransferId{};
  const bool same = transfer.kind == record.kind && same_accounts && amount == record.amount &&
                    transfer.pending == pending_id && transfer.time == record.time &&
                    transfer.reference == record.reference && transfer.code == record.code &&
                    transfer.timeout == record.timeout && transfer.linked == record.linked;
  return same ? TransferRefusal::already_there : TransferRefusal::other_content;
}

LedgerRecord& Ledger::append(const Transfer& transfer) {
  AccountState& debit = accounts_[index(transfer.debit)];
  AccountState& credit = accounts_[index(transfer.credit)];
  const auto number = static_cast<std::uint32_t>(records_.size());
  records_.push_back({transfer.id, transfer.amount, transfer.time, transfer.reference,
                      transfer.debit, transfer.credit, debit.last, credit.last, no_record,
                      transfer.timeout, transfer.code, transfer.kind, transfer.linked});
  debit.last = number;
  credit.last = number;
  if (options_.index_references) {
    std::uint32_t before = no_record;
    if (transfer.reference != 0) {
      Slot& slot = references_[reference_slot(transfer.reference)];
      before = slot.place - 1;
      slot = {detail::ledger_tag(detail::ledger_mix(transfer.reference)), number + 1};
    }
    previous_reference_.push_back(before);
  }
  return records_.back();
}

TransferRefusal Ledger::take_new(const Transfer& transfer) {
  if (index(transfer.debit) >= accounts_.size() || index(transfer.credit) >= accounts_.size()) {
    return TransferRefusal::unknown_account;
  }
  if (transfer.debit == transfer.credit) return TransferRefusal::same_account;
  AccountState& debit = accounts_[index(transfer.debit)];
  AccountState& credit = accounts_[index(transfer.credit)];
  if (debit.key.unit != credit.key.unit) return TransferRefusal::different_units;
  const std::int64_t amount = transfer.amount;
  if (amount <= 0) return TransferRefusal::amount_not_positive;
  const bool pending = transfer.kind == TransferKind::pending;
  if (!transfer.pending.is_none() || (!pending && transfer.timeout != 0)) {
    return TransferRefusal::not_pending;
  }
  std::int64_t deadline = 0;
  if (transfer.timeout != 0) {
    if (__builtin_add_overflow(std::int64_t{transfer.time.time_since_epoch().count()},
                               std::int64_t{transfer.timeout}, &deadline)) {
      return TransferRefusal::overflow;
    }
    if (deadline <= now_.time_since_epoch().count()) return TransferRefusal::timeout_passed;
  }
  AccountBalance& from = debit.balance;
  AccountBalance& to = credit.balance;
  if (sum_overflows(from.debits_posted, from.debits_pending, amount) ||
      sum_overflows(to.credits_posted, to.credits_pending, amount)) {
    return TransferRefusal::overflow;
  }
  if (has(debit.flags, AccountFlags::debits_must_not_exceed_credits) &&
      from.debits_posted + from.debits_pending + amount > from.credits_posted) {
    return TransferRefusal::exceeds_credits;
  }
  if (has(credit.flags, AccountFlags::credits_must_not_exceed_debits) &&
      to.credits_posted + to.credits_pending + amount > to.debits_posted) {
    return TransferRefusal::exceeds_debits;
  }
  append(transfer);
  (pending ? from.debits_pending : from.debits_posted) += amount;
  (pending ? to.credits_pending : to.credits_posted) += amount;
  if (transfer.timeout != 0) {
    deadlines_.push_back({deadline, static_cast<std::uint32_t>(records_.size() - 1)});
    std::push_heap(deadlines_.begin(), deadlines_.end(), [](const Deadline& a, const Deadline& b) {
      return later(a.at, a.record, b.at, b.record);
    });
  }
  return TransferRefusal::none;
}

TransferRefusal Ledger::resolve(const Transfer& transfer) {
  if (transfer.timeout != 0) return TransferRefusal::not_pending;
  const std::uint32_t number = transfer.pending.is_none() ? no_record : find(transfer.pending);
  if (number == no_record) return TransferRefusal::pending_not_found;
  const LedgerRecord pending = records_[number];
  if (pending.kind != TransferKind::pending) return TransferRefusal::pending_other_kind;
  if ((transfer.debit != no_account && transfer.debit != pending.debit) ||
      (transfer.credit != no_account && transfer.credit != pending.credit)) {
    return TransferRefusal::pending_other_account;
  }
  const bool posting = transfer.kind == TransferKind::post_pending;
  const std::int64_t amount = transfer.amount == 0 ? pending.amount : transfer.amount;
  if (amount < 0) return TransferRefusal::amount_not_positive;
  if (posting ? amount > pending.amount : amount != pending.amount) {
    return TransferRefusal::pending_exceeded;
  }
  if (pending.other != no_record) {
    const TransferKind how = records_[pending.other].kind;
    if (how == TransferKind::timed_out) return TransferRefusal::pending_timed_out;
    return how == TransferKind::post_pending ? TransferRefusal::pending_posted
                                             : TransferRefusal::pending_voided;
  }
  Transfer whole = transfer;
  whole.amount = amount;
  whole.debit = pending.debit;
  whole.credit = pending.credit;
  append(whole).other = number;
  records_[number].other = static_cast<std::uint32_t>(records_.size() - 1);
  AccountBalance& from = accounts_[index(pending.debit)].balance;
  AccountBalance& to = accounts_[index(pending.credit)].balance;
  from.debits_pending -= pending.amount;
  to.credits_pending -= pending.amount;
  if (posting) {
    from.debits_posted += amount;
    to.credits_posted += amount;
  }
  return TransferRefusal::none;
}

TransferRefusal Ledger::take(const Transfer& transfer) {
  if (transfer.id.is_none()) return TransferRefusal::no_id;
  const std::size_t slot = slot_of(transfer.id);
  if (ids_[slot].place != 0) return compare(transfer, records_[ids_[slot].place - 1]);
  TransferRefusal refusal = TransferRefusal::unknown_kind;
  if (transfer.kind == TransferKind::posted || transfer.kind == TransferKind::pending) {
    refusal = take_new(transfer);
  } else if (is_resolving(transfer.kind)) {
    refusal = resolve(transfer);
  }
  if (refusal == TransferRefusal::none) {
    ids_[slot] = {detail::ledger_tag(detail::ledger_hash(transfer.id)),
                  static_cast<std::uint32_t>(records_.size())};
  }
  return refusal;
}

/// Takes the last record back. Its deadline stays in the heap and is skipped
/// when due.
void Ledger::undo() {
  const LedgerRecord last = records_.back();
  AccountState& debit = accounts_[index(last.debit)];
  AccountState& credit = accounts_[index(last.credit)];
  debit.last = last.previous_debit;
  credit.last = last.previous_credit;
  if (last.kind == TransferKind::pending) {
    debit.balance.debits_pending -= last.amount;
    credit.balance.credits_pending -= last.amount;
  } else if (last.kind != TransferKind::void_pending) {
    debit.balance.debits_posted -= last.amount;
    credit.balance.credits_posted -= last.amount;
  }
  if (is_resolving(last.kind)) {
    LedgerRecord& pending = records_[last.other];
    pending.other = no_record;
    debit.balance.debits_pending += pending.amount;
    credit.balance.credits_pending += pending.amount;
  }
  // The entry put in last is the end of its run of slots: nothing was probed
  // past it.
  ids_[slot_of(last.id)] = {};
  if (options_.index_references) {
    if (last.reference != 0) {
      Slot& slot = references_[reference_slot(last.reference)];
      const std::uint32_t before = previous_reference_.back();
      slot = before == no_record ? Slot{} : Slot{slot.tag, before + 1};
    }
    previous_reference_.pop_back();
  }
  records_.pop_back();
}

void Ledger::post_chain(std::span<const Transfer> chain, std::span<TransferRefusal> out) {
  const std::size_t before = records_.size();
  std::size_t there = 0;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    out[i] = take(chain[i]);
    there += out[i] == TransferRefusal::already_there;
    if (is_there(out[i]) && there != 0 && records_.size() != before) {
      out[i] = TransferRefusal::linked_partly_there;
    }
    if (i + 1 == chain.size() && chain[i].linked && is_there(out[i])) {
      out[i] = TransferRefusal::linked_open;
    }
    if (is_there(out[i])) continue;
    while (records_.size() > before) undo();
    for (std::size_t j = 0; j < chain.size(); ++j) {
      if (j > i || (j < i && out[j] == TransferRefusal::none)) {
        out[j] = TransferRefusal::linked_failed;
      }
    }
    return;
  }
}

PostCounts Ledger::post(std::span<const Transfer> transfers, std::span<TransferRefusal> out) {
  if (out.size() < transfers.size()) {
    throw Exception(
        ErrorCode::invalid_shape,
        text("a place is needed for each of ", transfers.size(), " answers, got ", out.size()),
        "Ledger::post");
  }
  if (transfers.size() >= no_record - records_.size()) {
    throw Exception(ErrorCode::overflow, "a ledger has at most 2^32 - 2 records", "Ledger::post");
  }
  grow_ids(records_.size() + transfers.size());
  // Slots and accounts lie anywhere in memory: they are asked for some transfers ahead.
  constexpr std::size_t ahead = 12;
  const auto fetch = [&](const Transfer& next) {
    __builtin_prefetch(&ids_[detail::ledger_hash(next.id) & (ids_.size() - 1)], 1);
    for (const Account account : {next.debit, next.credit}) {
      if (index(account) < accounts_.size()) __builtin_prefetch(&accounts_[index(account)], 1);
    }
  };
  for (std::size_t i = 0; i < std::min(ahead, transfers.size()); ++i) fetch(transfers[i]);
  PostCounts counts;
  for (std::size_t i = 0; i < transfers.size();) {
    if (i + ahead < transfers.size()) fetch(transfers[i + ahead]);
    std::size_t end = i + 1;
    if (!transfers[i].linked) {
      out[i] = take(transfers[i]);
    } else {
      while (end < transfers.size() && transfers[end - 1].linked) ++end;
      post_chain(transfers.subspan(i, end - i), out.subspan(i, end - i));
    }
    for (; i < end; ++i) {
      counts.taken += out[i] == TransferRefusal::none;
      counts.already_there += out[i] == TransferRefusal::already_there;
    }
  }
  counts.refused = transfers.size() - counts.taken - counts.already_there;
  return counts;
}

TransferRefusal Ledger::post(const Transfer& transfer) {
  TransferRefusal out = TransferRefusal::none;
  post(std::span(&transfer, 1), std::span(&out, 1));
  return out;
}

// ---- time ----

void Ledger::time_out(std::uint32_t number, std::int64_t deadline) {
  const LedgerRecord pending = records_[number];
  if (records_.size() + 1 >= no_record) {
    throw Exception(ErrorCode::overflow, "a ledger has at most 2^32 - 2 records", "Ledger");
  }
  Transfer out;
  out.amount = pending.amount;
  out.time = Time{std::chrono::seconds{deadline}};
  out.reference = pending.reference;
  out.debit = pending.debit;
  out.credit = pending.credit;
  out.code = pending.code;
  out.kind = TransferKind::timed_out;
  append(out).other = number;
  records_[number].other = static_cast<std::uint32_t>(records_.size() - 1);
  accounts_[index(pending.debit)].balance.debits_pending -= pending.amount;
  accounts_[index(pending.credit)].balance.credits_pending -= pending.amount;
}

void Ledger::advance(Time now) {
  if (now <= now_) return;
  now_ = now;
  if (!clocks_.empty() && clocks_.back().records == records_.size()) {
    clocks_.back().now = now;
  } else {
    clocks_.push_back({static_cast<std::uint32_t>(records_.size()), now});
  }
  const std::int64_t clock = now.time_since_epoch().count();
  while (!deadlines_.empty() && deadlines_.front().at <= clock) {
    const auto [at, record] = deadlines_.front();
    std::pop_heap(deadlines_.begin(), deadlines_.end(), [](const Deadline& a, const Deadline& b) {
      return later(a.at, a.record, b.at, b.record);
    });
    deadlines_.pop_back();
    // What was taken back with its chain, or resolved, is due no longer.
    if (record >= records_.size()) continue;
    const LedgerRecord& pending = records_[record];
    if (pending.kind == TransferKind::pending && pending.other == no_record &&
        pending.timeout != 0 && pending.time.time_since_epoch().count() + pending.timeout == at) {
      time_out(record, at);
    }
  }
}

}  // namespace emptor
