#include "emptor/reward/clawback.hpp"

#include <algorithm>

namespace emptor {
namespace {

TransferId part_of(const TransferId& id, std::uint64_t part) {
  return transfer_id({id.high, id.low, part});
}

/// What the clawback did when it was taken: its transfers are in the ledger in sequence.
ClawbackResult done_before(const Ledger& ledger, const ClawbackRequest& request) {
  ClawbackResult result;
  result.already_there = true;
  std::int64_t taken = 0;
  for (std::uint64_t part = 0;; ++part) {
    const std::uint32_t number = ledger.find(part_of(request.id, part));
    if (number == no_record) break;
    const LedgerRecord& record = ledger.records()[number];
    if (record.kind == TransferKind::void_pending) {
      result.from_pending += record.amount;
    } else if (record.kind == TransferKind::pending) {
      result.from_pending -= record.amount;
    } else {
      (record.debit == request.receivable ? result.owed : result.from_available) += record.amount;
    }
  }
  taken = result.from_pending + result.from_available + result.owed;
  result.not_taken = std::max<std::int64_t>(0, request.amount - taken);
  return result;
}

}  // namespace

std::string_view name(ClawbackPolicy policy) noexcept {
  switch (policy) {
    case ClawbackPolicy::only_pending:
      return "only_pending";
    case ClawbackPolicy::within_balance:
      return "within_balance";
    case ClawbackPolicy::unlimited:
      return "unlimited";
  }
  return "unknown";
}

ClawbackResult plan_clawback(const Ledger& ledger, const ClawbackRequest& request,
                             std::vector<Transfer>& out) {
  if (request.id.is_none() || request.amount <= 0) {
    throw Exception(ErrorCode::invalid_value, "a clawback has an id and an amount > 0",
                    "plan_clawback");
  }
  if (request.policy == ClawbackPolicy::unlimited && request.receivable == no_account) {
    throw Exception(ErrorCode::invalid_value, "an unlimited clawback needs a receivable",
                    "plan_clawback");
  }
  if (ledger.find(part_of(request.id, 0)) != no_record) return done_before(ledger, request);

  ClawbackResult result;
  std::int64_t left = request.amount;
  std::uint64_t part = 0;
  const std::size_t first = out.size();
  const auto add = [&](Transfer transfer) {
    transfer.id = part_of(request.id, part++);
    transfer.linked = true;
    out.push_back(transfer);
  };
  Transfer common;
  common.time = request.time;
  common.reference = request.reference;
  common.code = request.code;

  for (std::size_t i = 0; i < request.pending.size() && left > 0; ++i) {
    const TransferId& id = request.pending[i];
    const std::uint32_t number = ledger.find(id);
    if (number == no_record || ledger.records()[number].kind != TransferKind::pending ||
        ledger.records()[number].other != no_record ||
        std::find(request.pending.begin(), request.pending.begin() + static_cast<std::ptrdiff_t>(i),
                  id) != request.pending.begin() + static_cast<std::ptrdiff_t>(i)) {
      continue;
    }
    const LedgerRecord& pending = ledger.records()[number];
    Transfer free = common;
    free.kind = TransferKind::void_pending;
    free.pending = id;
    add(free);
    const std::int64_t taken = std::min(left, pending.amount);
    if (taken < pending.amount) {
      Transfer rest;
      rest.kind = TransferKind::pending;
      rest.amount = pending.amount - taken;
      rest.time = pending.time;
      rest.timeout = pending.timeout;
      rest.reference = pending.reference;
      rest.code = pending.code;
      rest.debit = pending.debit;
      rest.credit = pending.credit;
      add(rest);
    }
    result.from_pending += taken;
    left -= taken;
  }
  if (request.policy != ClawbackPolicy::only_pending && left > 0 &&
      request.available != no_account) {
    const std::int64_t there = ledger.balance(request.available).free();
    if (there > 0) {
      Transfer back = common;
      back.amount = std::min(left, there);
      back.debit = request.available;
      back.credit = request.to;
      add(back);
      result.from_available = back.amount;
      left -= back.amount;
    }
  }
  if (request.policy == ClawbackPolicy::unlimited && left > 0) {
    Transfer owe = common;
    owe.amount = left;
    owe.debit = request.receivable;
    owe.credit = request.to;
    add(owe);
    result.owed = left;
    left = 0;
  }
  result.not_taken = left;
  if (out.size() > first) out.back().linked = false;
  return result;
}

std::optional<Transfer> plan_settlement(const Ledger& ledger, TransferId id, Account available,
                                        Account receivable, Time time) {
  const AccountBalance& owes = ledger.balance(receivable);
  const std::int64_t owed = owes.debits_posted - owes.credits_posted - owes.credits_pending;
  const std::int64_t there = ledger.balance(available).free();
  if (owed <= 0 || there <= 0) return std::nullopt;
  Transfer out;
  out.id = id;
  out.amount = std::min(owed, there);
  out.time = time;
  out.debit = available;
  out.credit = receivable;
  return out;
}

}  // namespace emptor
