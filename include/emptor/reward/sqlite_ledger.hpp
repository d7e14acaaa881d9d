#pragma once
// A ledger that outlives crashes in an SQLite database, for hosts that want to ask their ledger in
// SQL. The optional component `sqlite` (target emptor::sqlite), on libsqlite3; nothing else in
// emptor needs it. durable_ledger.hpp is some ten times as fast.
//
// Used as `DurableLedger`: post to `ledger()`, then `commit()`. A commit is one transaction of the
// database in WAL mode with synchronous FULL: the records as rows of `transfers`, the accounts
// touched with their balances, the clock, and the digest of the chain of entries, which is that of
// a DurableLedger of the same name that committed the same. `open` replays all rows through the
// ledger's own rules and holds balances and digests against them, so a row that was changed by hand
// is found. docs/ledger.md describes the tables.
//
// Any number of programs may read the database; a second one that writes is found at its next
// commit, which fails. Cost: `commit` some 5 us a transfer. Thread safety: as `Ledger`.

#include <cstdint>
#include <memory>
#include <string>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/sha256.hpp"
#include "emptor/reward/ledger.hpp"

namespace emptor {

struct SqliteLedgerOptions {
  /// The log's name, at most 255 bytes: the start of the chain of digests. A database of another
  /// name is refused.
  std::string name = "ledger";
  LedgerOptions ledger;
};

class SqliteLedger {
 public:
  /// Opens the database at `path`, or makes one, and replays it. Of the context the kernels are
  /// kept. Errors: `corrupt` for rows that are no ledger's; `invalid_value` for a ledger of another
  /// name; `unsupported` for a newer format; `io` with SQLite's reason. Throws `invalid_option`.
  [[nodiscard]] EMPTOR_API static Result<SqliteLedger> open(const std::string& path,
                                                            const SqliteLedgerOptions& options = {},
                                                            const Context& context = {});

  EMPTOR_API SqliteLedger(SqliteLedger&& other) noexcept;
  EMPTOR_API SqliteLedger& operator=(SqliteLedger&& other) noexcept;
  EMPTOR_API ~SqliteLedger();

  /// To post to, open accounts in and move the clock of.
  [[nodiscard]] EMPTOR_API Ledger& ledger() noexcept;
  [[nodiscard]] EMPTOR_API const Ledger& ledger() const noexcept;

  /// Writes all that is new in the ledger, in one transaction. Nothing new: nothing is done. Errors
  /// (`io`): nothing was written and a later commit may be tried, unless the database says
  /// otherwise when it is opened anew: after an error at the end of the transaction every later
  /// commit gives the same error.
  [[nodiscard]] EMPTOR_API Result<void> commit();

  /// The digest of everything written so far, as of `DurableLedger`.
  [[nodiscard]] EMPTOR_API const Sha256Digest& chain() const noexcept;
  /// Transactions so far.
  [[nodiscard]] EMPTOR_API std::uint64_t commits() const noexcept;

 private:
  struct Database;
  explicit SqliteLedger(std::unique_ptr<Database> database);
  std::unique_ptr<Database> database_;
};

}  // namespace emptor
