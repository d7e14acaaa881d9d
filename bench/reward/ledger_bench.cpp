// The ledger in memory, and durable against SQLite doing the same work: an insert and two balance
// updates a transfer, WAL, synchronous FULL, one transaction a batch of 8,192.

#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/reward/durable_ledger.hpp"

#ifdef EMPTOR_BENCH_SQLITE
#include <sqlite3.h>

#include "emptor/reward/sqlite_ledger.hpp"
#endif

namespace {

using namespace emptor;

constexpr std::size_t batch_size = 8192;

/// What is freed stays with the process: no page is new to it when the time is taken.
const bool keep_pages = mallopt(M_MMAP_MAX, 0) != 0 && mallopt(M_TRIM_THRESHOLD, 1 << 30) != 0;

/// Budgets of four programmes to so many customers at random.
struct Rewards {
  std::vector<Transfer> transfers;

  static void open_accounts(Ledger& ledger, std::uint32_t customers) {
    const LedgerUnit eur{Currency{"EUR"}};
    for (std::uint32_t p = 0; p < 4; ++p) {
      ledger.account(account_of(Programme{p}, AccountPurpose::funding, eur));
    }
    for (std::uint32_t c = 0; c < customers; ++c) {
      ledger.account(account_of(Customer{c}, AccountPurpose::available, eur));
    }
  }
  Rewards(std::size_t count, std::uint32_t customers) : transfers(count) {
    RandomStream random(1, 0);
    for (std::size_t i = 0; i < count; ++i) {
      Transfer& t = transfers[i];
      t.id = transfer_id({i, 3, 1, 0});
      t.amount = 1 + random.below(5000);
      t.time = Time{std::chrono::seconds{1'700'000'000 + static_cast<std::int64_t>(i / 100)}};
      t.reference = 1'000'000 + i / 3;
      t.code = 1;
      t.debit = Account{random.below(4)};
      t.credit = Account{4 + random.below(customers)};
    }
  }
};

void count_transfers(benchmark::State& state, std::size_t transfers) {
  state.SetItemsProcessed(static_cast<std::int64_t>(transfers));
}

/// Posts in batches of `range(1)` a million transfers to `range(0)` customers.
void in_memory(benchmark::State& state, bool again) {
  const auto customers = static_cast<std::uint32_t>(state.range(0));
  const auto size = static_cast<std::size_t>(state.range(1));
  const Rewards rewards(1'000'000, customers);
  std::vector<TransferRefusal> out(size);
  std::size_t done = 0;
  const auto post_all = [&](Ledger& ledger) {
    for (std::size_t at = 0; at + size <= rewards.transfers.size(); at += size) {
      ledger.post(std::span(rewards.transfers).subspan(at, size), out);
    }
  };
  for (auto _ : state) {
    state.PauseTiming();
    Ledger ledger;
    ledger.reserve(customers + 4, rewards.transfers.size());
    Rewards::open_accounts(ledger, customers);
    post_all(ledger);
    if (!again) {  // its memory, in which every page has been, is what the next one gets
      ledger = Ledger();
      ledger.reserve(customers + 4, rewards.transfers.size());
      Rewards::open_accounts(ledger, customers);
    }
    state.ResumeTiming();
    post_all(ledger);
    done += rewards.transfers.size() / size * size;
    benchmark::DoNotOptimize(ledger.records().data());
  }
  count_transfers(state, done);
}
void post_in_memory(benchmark::State& state) {
  in_memory(state, false);
}
void post_again_in_memory(benchmark::State& state) {
  in_memory(state, true);
}
BENCHMARK(post_in_memory)
    ->ArgNames({"customers", "batch"})
    ->Args({1'000, 8192})
    ->Args({1'000'000, 8192})
    ->Args({1'000'000, 3})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(5);
BENCHMARK(post_again_in_memory)
    ->ArgNames({"customers", "batch"})
    ->Args({1'000'000, 8192})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(3);

std::string fresh_path(const char* name) {
  const char* const folder = std::getenv("EMPTOR_BENCH_DIR");
  std::string path = std::string(folder != nullptr ? folder : "/tmp") + "/" + name;
  for (const char* tail : {"", "-wal", "-shm"}) std::remove((path + tail).c_str());
  return path;
}

constexpr std::uint32_t durable_customers = 100'000;

/// A store commits after every batch: wall time, as its user waits for the disk.
template <class Open>
void durable(benchmark::State& state, std::size_t batches, Open open) {
  const Rewards rewards(batches * batch_size, durable_customers);
  std::vector<TransferRefusal> out(batch_size);
  std::size_t done = 0;
  for (auto _ : state) {
    state.PauseTiming();
    {
      auto store = open();
      Rewards::open_accounts(store.ledger(), durable_customers);
      store.ledger().reserve(durable_customers + 4, rewards.transfers.size());
      store.commit().value();
      state.ResumeTiming();
      for (std::size_t at = 0; at < rewards.transfers.size(); at += batch_size) {
        store.ledger().post(std::span(rewards.transfers).subspan(at, batch_size), out);
        store.commit().value();
      }
      done += rewards.transfers.size();
      state.PauseTiming();
    }
    state.ResumeTiming();
  }
  count_transfers(state, done);
}

void durable_log(benchmark::State& state, LedgerSync sync, const Kernels& kernels) {
  const Context context{.kernels = &kernels};
  const std::string path = fresh_path("emptor_bench.log");
  durable(state, 122, [&] {
    std::remove(path.c_str());
    DurableLedgerOptions options;
    options.sync = sync;
    return std::move(DurableLedger::open_file(path, options, context)).value();
  });
  std::remove(path.c_str());
}
BENCHMARK_CAPTURE(durable_log, fsync, LedgerSync::every_commit, native_kernels())
    ->Unit(benchmark::kMillisecond)
    ->Iterations(3)
    ->UseRealTime();
BENCHMARK_CAPTURE(durable_log, fsync_portable, LedgerSync::every_commit, portable_kernels())
    ->Unit(benchmark::kMillisecond)
    ->Iterations(3)
    ->UseRealTime();
BENCHMARK_CAPTURE(durable_log, without_fsync, LedgerSync::never, native_kernels())
    ->Unit(benchmark::kMillisecond)
    ->Iterations(3)
    ->UseRealTime();

void recover_log(benchmark::State& state) {
  const Context context{.kernels = &native_kernels()};
  const std::string path = fresh_path("emptor_bench_recover.log");
  const Rewards rewards(122 * batch_size, durable_customers);
  {
    DurableLedger store = std::move(DurableLedger::open_file(path, {}, context)).value();
    Rewards::open_accounts(store.ledger(), durable_customers);
    std::vector<TransferRefusal> out(rewards.transfers.size());
    store.ledger().post(rewards.transfers, out);
    store.commit().value();
    state.counters["bytes_a_transfer"] =
        static_cast<double>(store.bytes()) / static_cast<double>(rewards.transfers.size());
  }
  for (auto _ : state) {
    const Result<DurableLedger> store = DurableLedger::open_file(path, {}, context);
    if (!store) state.SkipWithError("the log does not open");
  }
  count_transfers(state, static_cast<std::size_t>(state.iterations()) * rewards.transfers.size());
  std::remove(path.c_str());
}
BENCHMARK(recover_log)->Unit(benchmark::kMillisecond)->Iterations(3)->UseRealTime();

#ifdef EMPTOR_BENCH_SQLITE

void durable_sqlite_ledger(benchmark::State& state) {
  const std::string path = fresh_path("emptor_bench.sqlite");
  durable(state, 24, [&] {
    fresh_path("emptor_bench.sqlite");
    return std::move(SqliteLedger::open(path)).value();
  });
  fresh_path("emptor_bench.sqlite");
}
BENCHMARK(durable_sqlite_ledger)->Unit(benchmark::kMillisecond)->Iterations(2)->UseRealTime();

void run(sqlite3* db, const char* sql) {
  if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) std::abort();
}

/// What a host would write by hand: the id as primary key, an insert and two updates.
void plain_sqlite(benchmark::State& state) {
  constexpr std::size_t batches = 24;
  const Rewards rewards(batches * batch_size, durable_customers);
  std::size_t done = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const std::string path = fresh_path("emptor_bench_plain.sqlite");
    sqlite3* db = nullptr;
    if (sqlite3_open(path.c_str(), &db) != SQLITE_OK) std::abort();
    run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
    run(db,
        "CREATE TABLE accounts(number INTEGER PRIMARY KEY, debits INTEGER, credits INTEGER);"
        "CREATE TABLE transfers(id BLOB PRIMARY KEY, debit INTEGER, credit INTEGER, amount "
        "INTEGER, time INTEGER, reference INTEGER, code INTEGER) WITHOUT ROWID;"
        "BEGIN");
    sqlite3_stmt* account = nullptr;
    sqlite3_stmt* insert = nullptr;
    sqlite3_stmt* debit = nullptr;
    sqlite3_stmt* credit = nullptr;
    sqlite3_prepare_v2(db, "INSERT INTO accounts VALUES(?,0,0)", -1, &account, nullptr);
    sqlite3_prepare_v2(db, "INSERT INTO transfers VALUES(?,?,?,?,?,?,?)", -1, &insert, nullptr);
    sqlite3_prepare_v2(db, "UPDATE accounts SET debits=debits+? WHERE number=?", -1, &debit,
                       nullptr);
    sqlite3_prepare_v2(db, "UPDATE accounts SET credits=credits+? WHERE number=?", -1, &credit,
                       nullptr);
    const auto step = [](sqlite3_stmt* statement) {
      if (sqlite3_step(statement) != SQLITE_DONE) std::abort();
      sqlite3_reset(statement);
    };
    for (std::uint32_t a = 0; a < durable_customers + 4; ++a) {
      sqlite3_bind_int64(account, 1, a);
      step(account);
    }
    run(db, "COMMIT");
    state.ResumeTiming();
    for (std::size_t b = 0; b < batches; ++b) {
      run(db, "BEGIN IMMEDIATE");
      for (std::size_t i = b * batch_size; i < (b + 1) * batch_size; ++i) {
        const Transfer& t = rewards.transfers[i];
        sqlite3_bind_blob(insert, 1, &t.id, sizeof t.id, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 2, static_cast<std::int64_t>(t.debit));
        sqlite3_bind_int64(insert, 3, static_cast<std::int64_t>(t.credit));
        sqlite3_bind_int64(insert, 4, t.amount);
        sqlite3_bind_int64(insert, 5, t.time.time_since_epoch().count());
        sqlite3_bind_int64(insert, 6, static_cast<std::int64_t>(t.reference));
        sqlite3_bind_int64(insert, 7, t.code);
        step(insert);
        sqlite3_bind_int64(debit, 1, t.amount);
        sqlite3_bind_int64(debit, 2, static_cast<std::int64_t>(t.debit));
        step(debit);
        sqlite3_bind_int64(credit, 1, t.amount);
        sqlite3_bind_int64(credit, 2, static_cast<std::int64_t>(t.credit));
        step(credit);
      }
      run(db, "COMMIT");
    }
    done += rewards.transfers.size();
    state.PauseTiming();
    for (sqlite3_stmt* statement : {account, insert, debit, credit}) sqlite3_finalize(statement);
    sqlite3_close(db);
    fresh_path("emptor_bench_plain.sqlite");
    state.ResumeTiming();
  }
  count_transfers(state, done);
}
BENCHMARK(plain_sqlite)->Unit(benchmark::kMillisecond)->Iterations(2)->UseRealTime();

#endif

}  // namespace
