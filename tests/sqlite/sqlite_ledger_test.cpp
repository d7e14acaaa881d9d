#include "emptor/reward/sqlite_ledger.hpp"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "emptor/reward/durable_ledger.hpp"
#include "support/catch.hpp"
#include "support/ledger_disk.hpp"
#include "support/ledger_traffic.hpp"

namespace {

using namespace emptor;
using emptor::test::LedgerDisk;
using emptor::test::LedgerTraffic;

/// A path of a database that is removed at the end.
struct TemporaryDatabase {
  std::string path =
      (std::filesystem::temp_directory_path() /
       ("emptor_sqlite_" + std::to_string(::getpid()) + "_" + std::to_string(count()++)))
          .string();
  TemporaryDatabase() { clear(); }
  ~TemporaryDatabase() { clear(); }
  TemporaryDatabase(const TemporaryDatabase&) = delete;
  TemporaryDatabase& operator=(const TemporaryDatabase&) = delete;
  void clear() const {
    for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(path + tail);
  }
  static int& count() {
    static int value = 0;
    return value;
  }
  /// Runs SQL of somebody else; the first number of the answer.
  [[nodiscard]] std::int64_t ask(const std::string& sql) const {
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
    std::int64_t answer = 0;
    const auto take = [](void* to, int, char** values, char**) {
      *static_cast<std::int64_t*>(to) = values[0] == nullptr ? 0 : std::atoll(values[0]);
      return 0;
    };
    const int code = sqlite3_exec(db, sql.c_str(), take, &answer, nullptr);
    sqlite3_close(db);
    REQUIRE(code == SQLITE_OK);
    return answer;
  }
};

/// The same traffic into two ledgers.
void step(LedgerTraffic& traffic, Ledger& a, Ledger& b) {
  const Time now = traffic.tick();
  const std::vector<Transfer> batch = traffic.batch(8);
  std::vector<TransferRefusal> out(batch.size());
  for (Ledger* ledger : {&a, &b}) {
    ledger->advance(now);
    ledger->post(batch, out);
  }
}

TEST_CASE("A ledger in SQLite comes back as it was committed, with the log's own digest") {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const TemporaryDatabase file;
    const auto disk = std::make_shared<LedgerDisk>();
    DurableLedger log = std::move(test::open_ledger(disk)).value();
    LedgerTraffic traffic(seed);
    traffic.open_accounts(log.ledger());
    for (int life = 0; life < 3; ++life) {
      SqliteLedger sql = std::move(SqliteLedger::open(file.path)).value();
      REQUIRE(sql.chain() == log.chain());
      traffic.open_accounts(sql.ledger());
      REQUIRE(sql.ledger().save() == log.ledger().save());
      for (int i = 0; i < 12; ++i) {
        step(traffic, sql.ledger(), log.ledger());
        if (i % 3 == 0) continue;  // two batches in one commit now and then
        REQUIRE(sql.commit().has_value());
        REQUIRE(log.commit().has_value());
        REQUIRE(sql.chain() == log.chain());
      }
      const std::uint64_t commits = sql.commits();
      REQUIRE(sql.commit().has_value());
      REQUIRE(sql.commits() == commits);
    }
    REQUIRE(SqliteLedger::open(file.path)->ledger().save() == log.ledger().save());
    CHECK(file.ask("SELECT sum(credits_posted-debits_posted) FROM accounts WHERE flags<9") == 0);
    CHECK(file.ask("SELECT count(*) FROM transfers") ==
          static_cast<std::int64_t>(log.ledger().records().size()));
  }
}

TEST_CASE("A row changed by hand is found") {
  const TemporaryDatabase file;
  {
    SqliteLedger sql = std::move(SqliteLedger::open(file.path)).value();
    Ledger other;
    LedgerTraffic traffic(3, false);
    traffic.open_accounts(sql.ledger());
    traffic.open_accounts(other);
    for (int i = 0; i < 30; ++i) {
      step(traffic, sql.ledger(), other);
      REQUIRE(sql.commit().has_value());
    }
  }
  REQUIRE(file.ask("PRAGMA wal_checkpoint(TRUNCATE)") == 0);
  const std::string saved = file.path + ".saved";
  std::filesystem::copy_file(file.path, saved);
  for (const char* forgery : {
           "UPDATE accounts SET credits_posted=credits_posted+1 WHERE account=1",
           "UPDATE accounts SET purpose=99 WHERE account=1",
           "UPDATE accounts SET unit=unit+1 WHERE account=1",
           "DELETE FROM accounts WHERE account=(SELECT max(account) FROM accounts)",
           "UPDATE transfers SET amount=amount+1 WHERE record=3",
           "UPDATE transfers SET amount=-1 WHERE record=3",
           "UPDATE transfers SET time=time+1 WHERE record=(SELECT max(record) FROM transfers)",
           "UPDATE transfers SET reference=reference+1 WHERE record=5",
           "UPDATE transfers SET kind=4 WHERE record=2",
           "UPDATE transfers SET kind='x' WHERE record=2",
           "UPDATE transfers SET id=x'00' WHERE record=2",
           "UPDATE transfers SET id=NULL WHERE record=2",
           "UPDATE transfers SET debit=12345 WHERE record=2",
           "UPDATE transfers SET resolves=1 WHERE resolves IS NULL",
           "UPDATE transfers SET resolves=4000 WHERE resolves IS NOT NULL",
           "UPDATE transfers SET resolves=record-1 WHERE kind=4",
           "DELETE FROM transfers WHERE record=4",
           "DELETE FROM transfers WHERE record=(SELECT max(record) FROM transfers)",
           "DELETE FROM commits WHERE number=2",
           "DELETE FROM commits WHERE number=(SELECT max(number) FROM commits)",
           "UPDATE commits SET chain=x'00' WHERE number=2",
           "UPDATE commits SET records=records+1 WHERE number=2",
           "UPDATE commits SET clock=clock+1 WHERE number=5",
           "DELETE FROM clocks WHERE now=(SELECT max(now) FROM clocks)",
           "INSERT INTO clocks VALUES(99999999999,99999)",
           "INSERT INTO accounts SELECT account+1000,0,77,0,0,0,0,0,0,0,'' FROM accounts LIMIT 1",
           "DROP TABLE clocks",
       }) {
    CAPTURE(forgery);
    file.clear();
    std::filesystem::copy_file(saved, file.path);
    REQUIRE(SqliteLedger::open(file.path).has_value());
    (void)file.ask(forgery);
    CHECK_FALSE(SqliteLedger::open(file.path).has_value());
  }
  std::filesystem::remove(saved);
}

TEST_CASE("Databases of others, other names, newer formats, and two writers") {
  const TemporaryDatabase file;
  (void)file.ask("CREATE TABLE notes(x)");
  CHECK(SqliteLedger::open(file.path).error().code == ErrorCode::invalid_value);
  file.clear();
  {
    SqliteLedger first = std::move(SqliteLedger::open(file.path)).value();
    SqliteLedger second = std::move(SqliteLedger::open(file.path)).value();
    first.ledger().account(house_account(AccountPurpose::paid, {}));
    second.ledger().account(house_account(AccountPurpose::budget, {}));
    CHECK(first.commit().has_value());
    CHECK(second.commit().error().code == ErrorCode::io);
    CHECK(second.commit().error().message == "another program has written to the ledger");
    first.ledger().advance(Time::max());
    CHECK(first.commit().has_value());
  }
  SqliteLedgerOptions other;
  other.name = "other";
  CHECK(SqliteLedger::open(file.path, other).error().code == ErrorCode::invalid_value);
  other.name.assign(256, 'x');
  CHECK_THROWS_AS(SqliteLedger::open(file.path, other), Exception);
  (void)file.ask("UPDATE ledger SET format=2");
  CHECK(SqliteLedger::open(file.path).error().code == ErrorCode::unsupported);
  CHECK(SqliteLedger::open("/nowhere/at/all").error().code == ErrorCode::io);
}

TEST_CASE("A database that another locks: the commit fails, and succeeds afterwards") {
  const TemporaryDatabase file;
  SqliteLedger sql = std::move(SqliteLedger::open(file.path)).value();
  sql.ledger().account(house_account(AccountPurpose::paid, {}));
  REQUIRE(sql.commit().has_value());
  {
    // A reader does not stop the writer; another writer does, until it is done.
    sqlite3* db = nullptr;
    REQUIRE(sqlite3_open(file.path.c_str(), &db) == SQLITE_OK);
    REQUIRE(sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK);
    sql.ledger().account(house_account(AccountPurpose::budget, {}));
    CHECK(sql.commit().error().code == ErrorCode::io);
    sqlite3_close(db);
  }
  CHECK(sql.commit().has_value());
  CHECK(SqliteLedger::open(file.path)->ledger().save() == sql.ledger().save());
}

TEST_CASE("A process killed at random points loses nothing that it committed to SQLite") {
  const TemporaryDatabase file;
  RandomStream random(12, 0);
  std::uint64_t promised = 0;
  for (int round = 0; round < 15; ++round) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      Result<SqliteLedger> sql = SqliteLedger::open(file.path);
      if (!sql) ::_exit(1);
      Ledger& ledger = sql->ledger();
      const Account from = ledger.account(house_account(AccountPurpose::funding, {}));
      const Account to = ledger.account(house_account(AccountPurpose::paid, {}));
      for (std::uint64_t next = ledger.records().size();;) {
        for (int i = 0; i < 50; ++i) {
          Transfer transfer;
          transfer.id = {9, ++next};
          transfer.amount = 1;
          transfer.debit = from;
          transfer.credit = to;
          if (ledger.post(transfer) != TransferRefusal::none) ::_exit(2);
        }
        if (!sql->commit()) ::_exit(3);
        if (::write(ends[1], &next, sizeof next) != sizeof next) ::_exit(4);
      }
    }
    REQUIRE(child > 0);
    ::close(ends[1]);
    // Now and then only after a first commit, however slow the machine is.
    std::uint64_t told = 0;
    if (round % 4 == 0) REQUIRE(::read(ends[0], &told, sizeof told) == sizeof told);
    promised = std::max(promised, told);
    ::usleep(random.below(20'000));
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    while (::read(ends[0], &told, sizeof told) == sizeof told) promised = std::max(promised, told);
    ::close(ends[0]);
    const Result<SqliteLedger> sql = SqliteLedger::open(file.path);
    REQUIRE(sql.has_value());
    REQUIRE(sql->ledger().records().size() >= promised);
    REQUIRE(sql->ledger().records().size() % 50 == 0);
  }
  CHECK(promised > 0);
}

}  // namespace
