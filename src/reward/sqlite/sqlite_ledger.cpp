#include "emptor/reward/sqlite_ledger.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/text.hpp"
#include "emptor/reward/ledger_log.hpp"
#include "reward/sqlite/sqlite_replay.hpp"
#include "reward/sqlite/sqlite_statement.hpp"

namespace emptor {
namespace {

constexpr int format = 1;

constexpr const char* schema = R"sql(
CREATE TABLE ledger(format INTEGER NOT NULL, name TEXT NOT NULL);
CREATE TABLE accounts(
  account INTEGER PRIMARY KEY, owner INTEGER NOT NULL, owner_id INTEGER NOT NULL,
  purpose INTEGER NOT NULL, unit INTEGER NOT NULL, flags INTEGER NOT NULL,
  debits_pending INTEGER NOT NULL, debits_posted INTEGER NOT NULL,
  credits_pending INTEGER NOT NULL, credits_posted INTEGER NOT NULL,
  name TEXT NOT NULL);
CREATE TABLE transfers(
  record INTEGER PRIMARY KEY, id BLOB UNIQUE, kind INTEGER NOT NULL,
  debit INTEGER NOT NULL REFERENCES accounts, credit INTEGER NOT NULL REFERENCES accounts,
  amount INTEGER NOT NULL, time INTEGER NOT NULL, reference INTEGER NOT NULL,
  code INTEGER NOT NULL, timeout INTEGER NOT NULL, resolves INTEGER REFERENCES transfers,
  linked INTEGER NOT NULL);
CREATE TABLE clocks(now INTEGER PRIMARY KEY, record INTEGER NOT NULL);
CREATE TABLE commits(
  number INTEGER PRIMARY KEY, accounts INTEGER NOT NULL, records INTEGER NOT NULL,
  clock INTEGER NOT NULL, chain BLOB NOT NULL);
)sql";

}  // namespace

/// The connection, and how far the ledger has been written.
struct SqliteLedger::Database {
  struct Progress {
    LedgerLogEncoder encoder;
    std::size_t accounts = 0;
    std::size_t records = 0;
    std::size_t clocks = 0;
    Time clock = Time::min();
    std::uint64_t commits = 0;
    Sha256Digest chain{};
  };

  SqliteLedgerOptions options;
  const Kernels* kernels = nullptr;
  sqlite3* db = nullptr;
  Ledger ledger;
  Progress written;
  std::vector<std::byte> entries;
  std::vector<std::uint32_t> touched;
  std::optional<Error> failed;
  detail::Statement add_account, set_balance, add_transfer, add_clock, add_commit;

  Database(const SqliteLedgerOptions& wanted, const Context& context)
      : options(wanted), kernels(context.kernels), ledger(wanted.ledger) {
    written.chain = first_chain_digest(wanted.name);
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() {
    // Statements first: a connection with open ones would stay open (close_v2 waits for them).
    sqlite3_close_v2(db);
  }

  Error error(std::string_view what) const {
    const int code = sqlite3_extended_errcode(db) & 0xFF;
    const bool bad = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
    return Error{bad ? ErrorCode::corrupt : ErrorCode::io, text(what, ": ", sqlite3_errmsg(db)),
                 "sqlite ledger"};
  }
  bool execute(const char* sql) {
    return sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
  }

  Result<void> connect(const std::string& path);
  Result<void> check_or_make();
  Result<void> prepare();
  Result<void> replay();
  Result<void> compare_balances();
  /// Chains the frames of all that is new in the ledger.
  void chain_entries(Progress& progress);
  Result<void> write(Progress& next);
};

Result<void> SqliteLedger::Database::connect(const std::string& path) {
  constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &db, flags, nullptr) != SQLITE_OK) {
    return error("cannot open the database");
  }
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, 1000);
  if (!execute("PRAGMA journal_mode=WAL") || !execute("PRAGMA synchronous=FULL") ||
      !execute("PRAGMA foreign_keys=OFF")) {
    return error("cannot set up the database");
  }
  return check_or_make();
}

Result<void> SqliteLedger::Database::check_or_make() {
  detail::Statement tables;
  if (!tables.prepare(db,
                      "SELECT count(*), sum(name='ledger') FROM sqlite_master "
                      "WHERE type='table'") ||
      !tables.next()) {
    return error("cannot read the database");
  }
  if (tables.number(0) == 0) {
    detail::Statement head;
    const bool made = execute("BEGIN IMMEDIATE") && execute(schema) &&
                      head.prepare(db, "INSERT INTO ledger VALUES(?,?)") &&
                      head.bind(1, format).bind_text(2, options.name).run() && execute("COMMIT");
    if (made) return {};
    Error failure = error("cannot make the tables");
    execute("ROLLBACK");
    return failure;
  }
  const Error foreign{ErrorCode::invalid_value, "the database holds no ledger", "sqlite ledger"};
  if (tables.number(1) != 1) return foreign;
  detail::Statement head;
  if (!head.prepare(db, "SELECT format, name FROM ledger")) return error("cannot read the ledger");
  if (!head.next()) return foreign;
  if (head.number(0) > format) {
    return Error{ErrorCode::unsupported, "the ledger's format is newer than this library",
                 "sqlite ledger"};
  }
  const std::span<const std::byte> name = head.blob(1);
  if (!std::ranges::equal(name, std::as_bytes(std::span(options.name)))) {
    return Error{ErrorCode::invalid_value, "the ledger has another name", "sqlite ledger"};
  }
  return {};
}

Result<void> SqliteLedger::Database::prepare() {
  const bool done =
      add_account.prepare(db, "INSERT INTO accounts VALUES(?,?,?,?,?,?,?,?,?,?,?)") &&
      set_balance.prepare(db,
                          "UPDATE accounts SET debits_pending=?, debits_posted=?, "
                          "credits_pending=?, credits_posted=? WHERE account=?") &&
      add_transfer.prepare(db, "INSERT INTO transfers VALUES(?,?,?,?,?,?,?,?,?,?,?,?)") &&
      add_clock.prepare(db, "INSERT INTO clocks VALUES(?,?)") &&
      add_commit.prepare(db, "INSERT INTO commits VALUES(?,?,?,?,?)");
  return done ? Result<void>{} : error("the tables are not a ledger's");
}

// ---- reading ----------------------------------------------------------------------------------

Result<void> SqliteLedger::Database::replay() {
  detail::RowReplay rows(db, ledger);
  detail::Statement commits;
  if (!rows.prepare() ||
      !commits.prepare(db,
                       "SELECT number, accounts, records, clock, chain FROM commits "
                       "ORDER BY number")) {
    return error("the tables are not a ledger's");
  }
  while (commits.next()) {
    const auto number = commits.count(0, ~std::uint64_t{0});
    const auto accounts = commits.count(1, max_ids);
    const auto records = commits.count(2, no_record);
    if (!number || *number != written.commits || !accounts || !records) {
      return detail::corrupt_rows("a commit is missing or none");
    }
    const Time clock{std::chrono::seconds{commits.number(3)}};
    if (Result<void> done = rows.until(static_cast<std::size_t>(*accounts),
                                       static_cast<std::size_t>(*records), clock);
        !done) {
      return done;
    }
    chain_entries(written);
    if (!std::ranges::equal(commits.blob(4), written.chain)) {
      return detail::corrupt_rows(
          text("commit ", *number, " is not what was written: its digest is another"));
    }
    ++written.commits;
  }
  if (commits.failed()) return detail::unreadable_rows(db);
  if (Result<void> done = rows.finish(); !done) return done;
  written.accounts = ledger.accounts();
  written.records = ledger.records().size();
  written.clocks = ledger.clocks().size();
  written.clock = ledger.now();
  return compare_balances();
}

Result<void> SqliteLedger::Database::compare_balances() {
  detail::Statement rows;
  if (!rows.prepare(db,
                    "SELECT debits_pending, debits_posted, credits_pending, credits_posted "
                    "FROM accounts ORDER BY account")) {
    return error("the tables are not a ledger's");
  }
  for (std::size_t a = 0; a < ledger.accounts(); ++a) {
    if (!rows.next()) return detail::unreadable_rows(db);
    const AccountBalance saved{rows.number(0), rows.number(1), rows.number(2), rows.number(3)};
    if (saved != ledger.balance(id_at<Account>(a))) {
      return detail::corrupt_rows(
          text("the balance of account ", a, " is not that of its transfers"));
    }
  }
  return {};
}

// ---- writing ----------------------------------------------------------------------------------

void SqliteLedger::Database::chain_entries(Progress& progress) {
  while (entries.clear(), progress.encoder.encode(ledger, ledger_frame_transfers, entries) != 0) {
    progress.chain = chain_digest(progress.chain, entries, kernels);
  }
}

/// All rows that are new, within the transaction under way.
Result<void> SqliteLedger::Database::write(Progress& next) {
  const auto bind_balance = [&](detail::Statement& to, int first, Account account) {
    const AccountBalance& of = ledger.balance(account);
    to.bind(first, of.debits_pending).bind(first + 1, of.debits_posted);
    to.bind(first + 2, of.credits_pending).bind(first + 3, of.credits_posted);
  };
  const Error refused = {ErrorCode::io, "cannot write the ledger", "sqlite ledger"};
  // The number of the commit first: another program that wrote has taken it.
  chain_entries(next);
  add_commit.bind(1, static_cast<std::int64_t>(next.commits));
  add_commit.bind(2, static_cast<std::int64_t>(ledger.accounts()));
  add_commit.bind(3, static_cast<std::int64_t>(ledger.records().size()));
  add_commit.bind(4, ledger.now().time_since_epoch().count()).bind(5, next.chain);
  if (!add_commit.run()) {
    const bool taken = (sqlite3_extended_errcode(db) & 0xFF) == SQLITE_CONSTRAINT;
    return taken
               ? Error{ErrorCode::io, "another program has written to the ledger", "sqlite ledger"}
               : error("cannot write the ledger");
  }
  const std::size_t old_accounts = next.accounts;
  for (; next.accounts < ledger.accounts(); ++next.accounts) {
    const Account account = id_at<Account>(next.accounts);
    const AccountKey& key = ledger.key(account);
    add_account.bind(1, static_cast<std::int64_t>(next.accounts));
    add_account.bind(2, static_cast<std::int64_t>(key.owner)).bind(3, key.owner_id);
    add_account.bind(4, static_cast<std::int64_t>(key.purpose)).bind(5, key.unit.word());
    add_account.bind(6, static_cast<std::int64_t>(ledger.flags(account)));
    bind_balance(add_account, 7, account);
    if (!add_account.bind_text(11, to_string(key)).run()) return error(refused.message);
  }
  touched.clear();
  for (; next.records < ledger.records().size(); ++next.records) {
    const LedgerRecord& of = ledger.records()[next.records];
    const detail::IdBytes id = detail::bytes_of(of.id);
    add_transfer.bind(1, static_cast<std::int64_t>(next.records));
    of.id.is_none() ? add_transfer.bind_null(2) : add_transfer.bind(2, id);
    add_transfer.bind(3, static_cast<std::int64_t>(of.kind));
    add_transfer.bind(4, static_cast<std::int64_t>(of.debit));
    add_transfer.bind(5, static_cast<std::int64_t>(of.credit));
    add_transfer.bind(6, of.amount).bind(7, of.time.time_since_epoch().count());
    add_transfer.bind(8, static_cast<std::int64_t>(of.reference)).bind(9, of.code);
    add_transfer.bind(10, of.timeout);
    const bool resolves = of.kind != TransferKind::pending && of.other != no_record;
    resolves ? add_transfer.bind(11, of.other) : add_transfer.bind_null(11);
    if (!add_transfer.bind(12, of.linked).run()) return error(refused.message);
    for (const Account account : {of.debit, of.credit}) {
      if (index(account) < old_accounts) touched.push_back(static_cast<std::uint32_t>(account));
    }
  }
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  for (const std::uint32_t account : touched) {
    bind_balance(set_balance, 1, static_cast<Account>(account));
    if (!set_balance.bind(5, account).run()) return error(refused.message);
  }
  const std::span<const LedgerClock> clocks = ledger.clocks();
  // The last movement written may have gone on since.
  if (next.clocks != 0 && clocks[next.clocks - 1].now != next.clock) --next.clocks;
  for (; next.clocks < clocks.size(); ++next.clocks) {
    const LedgerClock& of = clocks[next.clocks];
    if (!add_clock.bind(1, of.now.time_since_epoch().count()).bind(2, of.records).run()) {
      return error(refused.message);
    }
  }
  next.clock = ledger.now();
  ++next.commits;
  return {};
}

SqliteLedger::SqliteLedger(std::unique_ptr<Database> database) : database_(std::move(database)) {}
SqliteLedger::SqliteLedger(SqliteLedger&& other) noexcept = default;
SqliteLedger& SqliteLedger::operator=(SqliteLedger&& other) noexcept = default;
SqliteLedger::~SqliteLedger() = default;

Result<SqliteLedger> SqliteLedger::open(const std::string& path, const SqliteLedgerOptions& options,
                                        const Context& context) {
  require_option(options.name.size() <= 255, "name", "at most 255 bytes long", options.name.size());
  auto database = std::make_unique<Database>(options, context);
  if (Result<void> done = database->connect(path); !done) return done.error();
  if (Result<void> done = database->prepare(); !done) return done.error();
  if (Result<void> done = database->replay(); !done) return done.error();
  return SqliteLedger(std::move(database));
}

Ledger& SqliteLedger::ledger() noexcept {
  return database_->ledger;
}
const Ledger& SqliteLedger::ledger() const noexcept {
  return database_->ledger;
}
const Sha256Digest& SqliteLedger::chain() const noexcept {
  return database_->written.chain;
}
std::uint64_t SqliteLedger::commits() const noexcept {
  return database_->written.commits;
}

Result<void> SqliteLedger::commit() {
  Database& of = *database_;
  if (of.failed) return *of.failed;
  if (of.written.encoder.is_at_end(of.ledger)) return {};
  Database::Progress next = of.written;
  if (!of.execute("BEGIN IMMEDIATE")) return of.error("cannot write the ledger");
  Result<void> done = of.write(next);
  if (done && !of.execute("COMMIT")) {
    done = of.error("cannot write the ledger");
    // No transaction is left: nobody knows whether this one is on disk.
    if (sqlite3_get_autocommit(of.db) != 0) of.failed = done.error();
  }
  if (!done) {
    if (sqlite3_get_autocommit(of.db) == 0) of.execute("ROLLBACK");
    return done;
  }
  of.written = next;
  return {};
}

}  // namespace emptor
