#pragma once
// Replays the rows of a ledger's database through the ledger's own rules.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/reward/ledger.hpp"
#include "emptor/reward/ledger_log.hpp"
#include "reward/sqlite/sqlite_statement.hpp"

namespace emptor::detail {

/// The rows of a ledger, taken in one after another.
class RowReplay {
 public:
  RowReplay(sqlite3* db, Ledger& ledger) : db_(db), ledger_(ledger) {}

  bool prepare() {
    return accounts_.prepare(db_,
                             "SELECT account, owner, owner_id, purpose, unit, flags "
                             "FROM accounts ORDER BY account") &&
           transfers_.prepare(db_,
                              "SELECT record, id, kind, debit, credit, amount, time, "
                              "reference, code, timeout, resolves, linked FROM transfers "
                              "ORDER BY record") &&
           clocks_.prepare(db_, "SELECT now, record FROM clocks ORDER BY now");
  }
  /// To where the ledger stood when a commit was written.
  Result<void> until(std::size_t accounts, std::size_t records, Time clock) {
    while (ledger_.accounts() < accounts) {
      if (Result<void> done = account(); !done) return done;
    }
    for (;;) {
      if (Result<void> done = move_clock(clock); !done) return done;
      if (rows_ >= records) break;
      if (Result<void> done = transfer(); !done) return done;
      if (batch_.size() >= ledger_frame_transfers && !batch_.back().linked) {
        if (Result<void> done = flush(); !done) return done;
      }
    }
    if (Result<void> done = flush(); !done) return done;
    if (ledger_.records().size() != records || ledger_.now() != clock) {
      return corrupt_rows("a commit has other records than it says");
    }
    return {};
  }
  /// Whether no row is left.
  Result<void> finish() {
    if (!clock_asked_) read_clock();
    if (accounts_.next() || transfers_.next() || has_clock_) {
      return corrupt_rows("there are rows that no commit wrote");
    }
    return {};
  }

 private:
  [[nodiscard]] std::size_t place() const { return ledger_.records().size() + batch_.size(); }

  bool read_clock() {
    has_clock_ = clocks_.next();
    if (has_clock_) {
      next_now_ = Time{std::chrono::seconds{clocks_.number(0)}};
      next_record_ = clocks_.count(1, no_record).value_or(no_record);
    }
    return has_clock_;
  }

  Result<void> account() {
    if (!accounts_.next()) {
      return accounts_.failed() ? unreadable_rows(db_) : corrupt_rows("an account is missing");
    }
    const auto number = accounts_.count(0, max_ids);
    const auto owner = accounts_.count(1, static_cast<std::uint64_t>(AccountOwner::customer));
    const auto owner_id = accounts_.count(2, 0xFFFFFFFFU);
    const auto purpose = accounts_.count(3, account_purposes - 1);
    const auto unit = accounts_.count(4, 0xFFFFFFFFU);
    const auto flags = accounts_.count(5, 3);
    if (!number || *number != ledger_.accounts() || !owner || !owner_id || !purpose || !unit ||
        !flags) {
      return corrupt_rows(text("account ", ledger_.accounts(), " is none"));
    }
    AccountKey key;
    key.owner = static_cast<AccountOwner>(*owner);
    key.owner_id = static_cast<std::uint32_t>(*owner_id);
    key.purpose = static_cast<AccountPurpose>(*purpose);
    key.unit = LedgerUnit::from_word(static_cast<std::uint32_t>(*unit));
    if (!key.unit.is_valid() || ledger_.find(key) != no_account) {
      return corrupt_rows(text("account ", *number, " is none, or there twice"));
    }
    const Result<Account> opened = ledger_.open(key, static_cast<AccountFlags>(*flags));
    return opened ? Result<void>{} : opened.error();
  }

  Result<void> move_clock(Time clock) {
    if (!clock_asked_) read_clock();
    clock_asked_ = true;
    while (has_clock_ && next_record_ <= place() && next_now_ <= clock) {
      if (Result<void> done = flush(); !done) return done;
      if (next_now_ <= ledger_.now()) return corrupt_rows("the clock does not move forward");
      ledger_.advance(next_now_);
      read_clock();
    }
    return {};
  }

  /// The next row of transfers: the ledger's own record of a timeout, or one to post.
  Result<void> transfer() {
    if (!transfers_.next()) {
      return transfers_.failed() ? unreadable_rows(db_) : corrupt_rows("a transfer is missing");
    }
    const std::uint64_t number = rows_++;
    const auto record = transfers_.count(0, no_record);
    const auto kind = transfers_.count(2, static_cast<std::uint64_t>(TransferKind::timed_out));
    const auto code = transfers_.count(8, 0xFFFFU);
    const auto timeout = transfers_.count(9, 0xFFFFFFFFU);
    const auto linked = transfers_.count(11, 1);
    const bool is_none = transfers_.is_null(1);
    Transfer out;
    if (!record || *record != number || !kind || !account_in(3, out.debit) ||
        !account_in(4, out.credit) || !code || !timeout || !linked) {
      return corrupt_rows(text("transfer ", number, " is none"));
    }
    out.kind = static_cast<TransferKind>(*kind);
    const bool timed_out = out.kind == TransferKind::timed_out;
    const bool resolves = timed_out || out.kind == TransferKind::post_pending ||
                          out.kind == TransferKind::void_pending;
    const auto pending = transfers_.count(10, no_record);
    if (is_none != timed_out || resolves != pending.has_value() ||
        (!resolves && !transfers_.is_null(10)) || (!is_none && transfers_.blob(1).size() != 16)) {
      return corrupt_rows(text("transfer ", number, " is none"));
    }
    out.amount = transfers_.number(5);
    out.time = Time{std::chrono::seconds{transfers_.number(6)}};
    out.reference = static_cast<std::uint64_t>(transfers_.number(7));
    out.code = static_cast<std::uint16_t>(*code);
    out.timeout = static_cast<std::uint32_t>(*timeout);
    out.linked = *linked != 0;
    if (number < ledger_.records().size()) {
      const LedgerRecord& have = ledger_.records()[number];
      const bool same = timed_out && have.kind == out.kind && have.other == *pending &&
                        have.amount == out.amount && have.time == out.time &&
                        have.debit == out.debit && have.credit == out.credit &&
                        have.reference == out.reference && have.code == out.code;
      return same ? Result<void>{}
                  : corrupt_rows(text("transfer ", number, " is not the timeout due"));
    }
    if (timed_out) return corrupt_rows(text("transfer ", number, " timed out before its time"));
    out.id = id_of(transfers_.blob(1));
    if (resolves) {
      const std::size_t have = ledger_.records().size();
      if (*pending >= number)
        return corrupt_rows(text("transfer ", number, " resolves a later one"));
      out.pending = *pending < have ? ledger_.records()[static_cast<std::size_t>(*pending)].id
                                    : batch_[static_cast<std::size_t>(*pending) - have].id;
    }
    batch_.push_back(out);
    return {};
  }

  bool account_in(int column, Account& out) {
    const auto number = transfers_.count(column, 0xFFFFFFFFU);
    if (number) out = static_cast<Account>(*number);
    return number.has_value();
  }

  Result<void> flush() {
    refusals_.resize(batch_.size());
    if (ledger_.post(batch_, refusals_).taken != batch_.size()) {
      for (const TransferRefusal refusal : refusals_) {
        if (refusal != TransferRefusal::none) {
          return corrupt_rows(text("the ledger refuses a transfer: ", name(refusal)));
        }
      }
    }
    batch_.clear();
    return {};
  }

  sqlite3* db_;
  Ledger& ledger_;
  Statement accounts_, transfers_, clocks_;
  std::uint64_t rows_ = 0;  // of transfers, read
  bool clock_asked_ = false;
  bool has_clock_ = false;
  Time next_now_{};
  std::uint64_t next_record_ = 0;
  std::vector<Transfer> batch_;
  std::vector<TransferRefusal> refusals_;
};

}  // namespace emptor::detail
