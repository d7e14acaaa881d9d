#pragma once
// What a ledger says of one account and of all: plain data for reports. reward/statement.hpp makes
// it. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/core/time.hpp"
#include "emptor/reward/account.hpp"
#include "emptor/reward/transfer.hpp"

namespace emptor {

/// One record as an account sees it. Amounts in the account's unit; credits are positive.
struct StatementLine {
  std::uint32_t record = 0;  ///< its number in the ledger
  TransferId id;             ///< none of a timeout
  TransferKind kind = TransferKind::posted;
  Time time{};             ///< when it happened
  Time recorded{};         ///< when the ledger took it, by its clock
  AccountKey other;        ///< the account on the other side
  std::uint16_t code = 0;  ///< the host's: why
  std::uint64_t reference = 0;
  std::int64_t posted = 0;        ///< by how much the posted balance changed
  std::int64_t held = 0;          ///< by how much the held balance changed
  std::int64_t balance = 0;       ///< posted balance after it
  std::int64_t held_balance = 0;  ///< pending credits less pending debits after it
};

struct AccountStatement {
  AccountKey account;
  TimeWindow window;  ///< of `recorded`
  std::int64_t opening = 0;
  std::int64_t opening_held = 0;
  std::int64_t closing = 0;
  std::int64_t closing_held = 0;
  std::vector<StatementLine> lines;  ///< in the ledger's sequence
};

/// Accounts of one unit and purpose together.
struct TrialBalanceRow {
  LedgerUnit unit;
  AccountPurpose purpose = AccountPurpose::other;
  std::size_t accounts = 0;
  AccountBalance sums;
};

struct TrialBalance {
  std::vector<TrialBalanceRow> rows;  ///< by unit, then purpose; those that have accounts
  /// Whether debits equal credits in every unit, posted and pending. Always true of a ledger.
  bool balanced = true;
};

}  // namespace emptor
