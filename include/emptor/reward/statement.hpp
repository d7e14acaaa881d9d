#pragma once
// Statements of an account, trial balances, and all transfers as rows for other programs.
//
// Rows name accounts by owner, number, purpose and unit ("customer-17/available/EUR"); nothing
// personal is in a ledger, so nothing is in them.
//
// Cost: a statement is linear in the account's records and log r a line for r clock movements; the
// others are linear in the ledger. Thread safety: readers of the ledger.

#include <string_view>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/reward/ledger.hpp"
#include "emptor/reward/statement_result.hpp"

namespace emptor {

/// What happened to the account while the ledger's clock was within `window`, with the balances
/// after each record. Throws `out_of_range` for an account that is not there.
[[nodiscard]] EMPTOR_API AccountStatement account_statement(const Ledger& ledger, Account account,
                                                            const TimeWindow& window = {});

/// Sums of all accounts by unit and purpose. Throws `overflow` when a sum leaves 63 bits.
[[nodiscard]] EMPTOR_API TrialBalance trial_balance(const Ledger& ledger);

/// Takes the next part of a text.
using TextSink = FunctionRef<void(std::string_view)>;

/// All records as CSV (RFC 4180, no field needs quotes): a head, then a row each with record, id,
/// kind, debit, credit, unit, amount in minor units or points, value (the amount as a decimal
/// number), time, recorded, reference, code, deadline of a pending transfer, resolves (the pending
/// transfer's id), linked. Empty: none.
EMPTOR_API void write_transfers_csv(const Ledger& ledger, TextSink sink);
/// The same, an object a line (https://jsonlines.org); what is none is left out. Ids and
/// references are texts, for readers whose numbers are doubles.
EMPTOR_API void write_transfers_json_lines(const Ledger& ledger, TextSink sink);
/// All accounts as CSV: account, owner, owner_id, purpose, unit, debits_pending, debits_posted,
/// credits_pending, credits_posted, balance.
EMPTOR_API void write_accounts_csv(const Ledger& ledger, TextSink sink);

}  // namespace emptor
