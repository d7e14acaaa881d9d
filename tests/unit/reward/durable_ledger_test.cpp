#include "emptor/reward/durable_ledger.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "emptor/core/kernels.hpp"
#include "support/catch.hpp"
#include "support/ledger_disk.hpp"
#include "support/ledger_traffic.hpp"

namespace {

using namespace emptor;
using emptor::test::LedgerDisk;
using emptor::test::LedgerTraffic;
using emptor::test::open_ledger;

/// A path that is removed at the end.
struct TemporaryFile {
  std::string path =
      (std::filesystem::temp_directory_path() /
       ("emptor_ledger_" + std::to_string(::getpid()) + "_" + std::to_string(count()++)))
          .string();
  TemporaryFile() { std::filesystem::remove(path); }
  ~TemporaryFile() { std::filesystem::remove(path); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  static int& count() {
    static int value = 0;
    return value;
  }
};

/// Posts a batch and commits it.
void step(DurableLedger& durable, LedgerTraffic& traffic, std::size_t most = 6) {
  durable.ledger().advance(traffic.tick());
  const std::vector<Transfer> batch = traffic.batch(most);
  std::vector<TransferRefusal> out(batch.size());
  durable.ledger().post(batch, out);
  REQUIRE(durable.commit().has_value());
}

/// What a recorded run wrote: after each commit the log's length and the ledger's bytes.
struct RecordedRun {
  std::shared_ptr<LedgerDisk> disk = std::make_shared<LedgerDisk>();
  std::map<std::uint64_t, std::vector<std::byte>> states;

  explicit RecordedRun(std::uint64_t bytes) {
    Result<DurableLedger> durable = open_ledger(disk);
    REQUIRE(durable.has_value());
    states[durable->bytes()] = durable->ledger().save();
    LedgerTraffic traffic(bytes);
    traffic.open_accounts(durable->ledger());
    while (durable->bytes() < bytes) {
      step(*durable, traffic);
      states[durable->bytes()] = durable->ledger().save();
    }
  }
};

TEST_CASE("A durable ledger comes back as it was committed") {
  const auto disk = std::make_shared<LedgerDisk>();
  std::vector<std::byte> before;
  Sha256Digest chain{};
  {
    Result<DurableLedger> durable = open_ledger(disk);
    REQUIRE(durable.has_value());
    CHECK(durable->recovery().created);
    LedgerTraffic traffic(1);
    traffic.open_accounts(durable->ledger());
    for (int i = 0; i < 50; ++i) step(*durable, traffic);
    const std::size_t syncs = disk->syncs;
    CHECK(durable->commit().has_value());  // nothing new: nothing is written
    CHECK(disk->syncs == syncs);
    before = durable->ledger().save();
    chain = durable->chain();
  }
  Result<DurableLedger> again = open_ledger(disk);
  REQUIRE(again.has_value());
  CHECK(again->ledger().save() == before);
  CHECK(again->chain() == chain);
  CHECK(again->recovery().torn_bytes == 0);
  CHECK(again->recovery().frames == again->frames());
  CHECK(again->recovery().frames > 30);
  CHECK_FALSE(again->recovery().closed);
  CHECK(again->close().has_value());
  CHECK(again->close().has_value());
  const std::uint64_t bytes = again->bytes();
  const Result<DurableLedger> closed = open_ledger(disk);
  CHECK(closed->recovery().closed);
  CHECK(closed->bytes() == bytes);
  CHECK(closed->ledger().save() == before);
}

TEST_CASE("What was not committed is gone after a crash, and a retry puts it there") {
  const auto disk = std::make_shared<LedgerDisk>();
  Transfer transfer;
  transfer.id = {1, 2};
  transfer.amount = 5;
  std::vector<std::byte> whole;
  {
    Result<DurableLedger> durable = open_ledger(disk);
    LedgerTraffic(1).open_accounts(durable->ledger());
    REQUIRE(durable->commit().has_value());
    transfer.debit = Account{0};
    transfer.credit = Account{1};
    REQUIRE(durable->ledger().post(transfer) == TransferRefusal::none);
    whole = durable->ledger().save();
  }
  Result<DurableLedger> again = open_ledger(disk);
  CHECK(again->ledger().records().empty());
  CHECK(again->ledger().post(transfer) == TransferRefusal::none);
  CHECK(again->ledger().save() == whole);
}

TEST_CASE("A big commit is cut into frames, never within a chain") {
  const auto disk = std::make_shared<LedgerDisk>();
  Result<DurableLedger> durable = open_ledger(disk);
  const Account from = durable->ledger().account(house_account(AccountPurpose::funding, {}));
  const Account to = durable->ledger().account(house_account(AccountPurpose::paid, {}));
  std::vector<Transfer> transfers(20'000);
  for (std::size_t i = 0; i < transfers.size(); ++i) {
    transfers[i].id = {7, i + 1};
    transfers[i].amount = 1;
    transfers[i].debit = from;
    transfers[i].credit = to;
    transfers[i].linked = i >= 8000 && i < 9000;
  }
  std::vector<TransferRefusal> out(transfers.size());
  REQUIRE(durable->ledger().post(transfers, out).taken == transfers.size());
  REQUIRE(durable->commit().has_value());
  CHECK(durable->frames() == 3);  // 9,001, 8,192 and the rest
  const Result<DurableLedger> again = open_ledger(disk);
  CHECK(again->recovery().transfers == 20'000);
  CHECK(again->ledger().save() == durable->ledger().save());
  CHECK(again->ledger().balance(to).posted() == 20'000);
}

TEST_CASE("The log cut at every byte: what was committed by then is there, and no more") {
  const RecordedRun run(12'000);
  const std::vector<std::byte> log = run.disk->now;
  REQUIRE(log.size() >= 10'000);
  for (std::size_t cut = 0; cut <= log.size(); ++cut) {
    const auto disk = std::make_shared<LedgerDisk>();
    disk->now.assign(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(cut));
    Result<DurableLedger> durable = open_ledger(disk);
    REQUIRE(durable.has_value());
    const auto after = run.states.upper_bound(cut);
    if (after == run.states.begin()) {
      REQUIRE(durable->recovery().created);
      continue;
    }
    const auto& [bytes, state] = *std::prev(after);
    REQUIRE(durable->recovery().bytes == bytes);
    REQUIRE(durable->recovery().torn_bytes == cut - bytes);
    REQUIRE(durable->ledger().save() == state);
    REQUIRE(disk->now.size() == bytes);
    if (cut % 100 == 0) {  // it goes on as if nothing had been
      LedgerTraffic traffic(cut);
      traffic.open_accounts(durable->ledger());
      step(*durable, traffic);
      REQUIRE(open_ledger(disk)->ledger().save() == durable->ledger().save());
    }
  }
}

TEST_CASE("A flipped bit in a closed log is found, wherever it is") {
  const RecordedRun run(4'000);
  const std::uint64_t data = run.disk->now.size();
  REQUIRE(open_ledger(run.disk)->close().has_value());
  const std::vector<std::byte> log = run.disk->now;
  const std::vector<std::byte>& state = std::prev(run.states.end())->second;
  for (std::size_t at = 0; at < log.size(); ++at) {
    for (int bit = at % 7 == 0 ? 0 : 7; bit < 8; ++bit) {
      const auto disk = std::make_shared<LedgerDisk>();
      disk->now = log;
      disk->now[at] ^= static_cast<std::byte>(1 << (bit + static_cast<int>(at)) % 8);
      const Result<DurableLedger> durable = open_ledger(disk);
      if (at < data) {
        REQUIRE_FALSE(durable.has_value());
        if (at > 60) REQUIRE(durable.error().code == ErrorCode::corrupt);
        REQUIRE(disk->now.size() == log.size());  // nothing is cut off
      } else {                                    // the closing frame: nothing is lost with it
        REQUIRE(durable.has_value());
        REQUIRE(durable->ledger().save() == state);
        REQUIRE_FALSE(durable->recovery().closed);
      }
      DurableLedgerOptions strict;
      strict.accept_torn_tail = false;
      disk->now = log;
      disk->now[at] ^= std::byte{1};
      REQUIRE_FALSE(open_ledger(disk, strict).has_value());
    }
  }
}

TEST_CASE("After a loss of power nothing committed is missing and nothing is half there") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    const auto disk = std::make_shared<LedgerDisk>();
    RandomStream power(seed, 1);
    LedgerTraffic traffic(seed);
    disk->most_append = 1 + traffic.below(200);
    std::vector<std::byte> promised = Ledger().save();
    for (int life = 0; life < 6; ++life) {
      Result<DurableLedger> durable = open_ledger(disk);
      REQUIRE(durable.has_value());
      // All that was promised is a prefix of what is there.
      const Result<Ledger> least = Ledger::load(promised);
      const auto records = durable->ledger().records();
      REQUIRE(records.size() >= least->records().size());
      for (std::size_t r = 0; r < least->records().size(); ++r) {
        REQUIRE(records[r].id == least->records()[r].id);
        REQUIRE(records[r].amount == least->records()[r].amount);
      }
      if (!records.empty()) REQUIRE_FALSE(records.back().linked);
      traffic.open_accounts(durable->ledger());
      const std::size_t steps = traffic.below(12);
      for (std::size_t s = 0; s < steps; ++s) {
        step(*durable, traffic);
        promised = durable->ledger().save();
      }
      // A commit under way when the power goes: written, not synchronised.
      disk->sync_fails = true;
      durable->ledger().advance(traffic.tick());
      const std::vector<Transfer> batch = traffic.batch(30);
      std::vector<TransferRefusal> out(batch.size());
      durable->ledger().post(batch, out);
      (void)durable->commit();
      disk->sync_fails = false;
      disk->lose_power(power);
    }
  }
}

TEST_CASE("A full disk: the commit fails, and succeeds once there is room") {
  const auto disk = std::make_shared<LedgerDisk>();
  Result<DurableLedger> durable = open_ledger(disk);
  LedgerTraffic traffic(3);
  traffic.open_accounts(durable->ledger());
  for (int i = 0; i < 5; ++i) step(*durable, traffic);
  const std::uint64_t bytes = durable->bytes();
  disk->most_bytes = bytes + 50;
  const std::vector<Transfer> batch = traffic.batch(20);
  std::vector<TransferRefusal> out(batch.size());
  durable->ledger().post(batch, out);
  const Result<void> full = durable->commit();
  REQUIRE_FALSE(full.has_value());
  CHECK(full.error().code == ErrorCode::io);
  CHECK(disk->now.size() == bytes);
  disk->most_bytes = ~std::uint64_t{0};
  CHECK(durable->commit().has_value());
  CHECK(open_ledger(disk)->ledger().save() == durable->ledger().save());

  disk->most_bytes = disk->now.size() + 1;
  disk->truncate_fails = true;
  durable->ledger().advance(Time::max());
  CHECK_FALSE(durable->commit().has_value());
  disk->most_bytes = ~std::uint64_t{0};
  disk->truncate_fails = false;
  CHECK_FALSE(durable->commit().has_value());  // nobody knows what is behind the end
}

TEST_CASE("A synchronisation that failed is never tried again") {
  const auto disk = std::make_shared<LedgerDisk>();
  Result<DurableLedger> durable = open_ledger(disk);
  LedgerTraffic(4).open_accounts(durable->ledger());
  disk->sync_fails = true;
  CHECK_FALSE(durable->commit().has_value());
  disk->sync_fails = false;
  CHECK(durable->commit().error().message == "the disk is ill");
  CHECK(durable->close().error().code == ErrorCode::io);
}

TEST_CASE("Logs of another name, of a newer format, and files that are no logs") {
  const RecordedRun run(500);
  DurableLedgerOptions other;
  other.name = "other";
  CHECK(open_ledger(run.disk, other).error().code == ErrorCode::invalid_value);
  other.name = std::string(256, 'x');
  CHECK_THROWS_AS(open_ledger(run.disk, other), Exception);
  CHECK_THROWS_AS(DurableLedger::open(nullptr), Exception);
  run.disk->now[8] = std::byte{2};
  CHECK(open_ledger(run.disk).error().code == ErrorCode::unsupported);
  const auto disk = std::make_shared<LedgerDisk>();
  for (const std::string content : {"x", "somebody's precious notes, which nobody may overwrite"}) {
    const auto bytes = std::as_bytes(std::span(content));
    disk->now.assign(bytes.begin(), bytes.end());
    CHECK(open_ledger(disk).error().code == ErrorCode::invalid_value);
    CHECK(disk->now.size() == content.size());
  }
}

TEST_CASE("A frame that is whole but not the next one is damage, not a torn tail") {
  const RecordedRun run(2'000);
  const std::vector<std::byte> log = run.disk->now;
  std::vector<std::uint64_t> ends;
  for (const auto& [bytes, state] : run.states) ends.push_back(bytes);
  REQUIRE(ends.size() > 6);
  const auto part = [&](std::size_t frame) {
    return std::span(log).subspan(ends[frame], ends[frame + 1] - ends[frame]);
  };
  // One frame left out, one twice, two in the other order.
  for (const std::vector<std::size_t>& order :
       {std::vector<std::size_t>{0, 1, 3, 4}, {0, 1, 1, 2}, {1, 0, 2, 3}}) {
    const auto disk = std::make_shared<LedgerDisk>();
    disk->now.assign(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(ends[0]));
    for (const std::size_t frame : order) {
      disk->now.insert(disk->now.end(), part(frame).begin(), part(frame).end());
    }
    CHECK(open_ledger(disk).error().code == ErrorCode::corrupt);
  }
}

TEST_CASE("Durable ledgers on files") {
  TemporaryFile file;
  std::vector<std::byte> state;
  const Context native{.kernels = &native_kernels()};
  {
    Result<DurableLedger> durable = DurableLedger::open_file(file.path, {}, native);
    REQUIRE(durable.has_value());
    CHECK(DurableLedger::open_file(file.path).error().code == ErrorCode::io);  // locked
    LedgerTraffic traffic(5);
    traffic.open_accounts(durable->ledger());
    for (int i = 0; i < 20; ++i) step(*durable, traffic, 300);
    state = durable->ledger().save();
  }
  {
    std::ofstream(file.path, std::ios::app | std::ios::binary) << "torn";
    Result<DurableLedger> durable = DurableLedger::open_file(file.path);
    REQUIRE(durable.has_value());
    CHECK(durable->recovery().torn_bytes == 4);
    CHECK(durable->ledger().save() == state);
    CHECK(std::filesystem::file_size(file.path) == durable->bytes());
  }
  {
    DurableLedgerOptions options;
    options.sync = LedgerSync::never;
    Result<DurableLedger> durable = DurableLedger::open_file(file.path, options);
    durable->ledger().advance(Time::max());
    CHECK(durable->close().has_value());
  }
  CHECK(DurableLedger::open_file(file.path)->recovery().closed);
  CHECK(DurableLedger::open_file(std::filesystem::temp_directory_path().string()).error().code ==
        ErrorCode::io);
  CHECK(DurableLedger::open_file("/nowhere/at/all").error().code == ErrorCode::io);
  CHECK(DurableLedger::open_file("/dev/null").error().code == ErrorCode::io);
}

/// A process that posts and commits until it is killed, and tells each commit through a pipe.
[[noreturn]] void post_until_killed(const std::string& path, int pipe, std::uint64_t seed) {
  Result<DurableLedger> durable = DurableLedger::open_file(path);
  if (!durable) ::_exit(1);
  Ledger& ledger = durable->ledger();
  const Account from = ledger.account(house_account(AccountPurpose::funding, {}));
  const Account to = ledger.account(house_account(AccountPurpose::paid, {}));
  std::uint64_t next = ledger.records().size();
  RandomStream random(seed, next);
  for (;;) {
    std::vector<Transfer> batch(1 + random.below(200));
    for (Transfer& transfer : batch) {
      transfer.id = {9, ++next};
      transfer.amount = static_cast<std::int64_t>(next);
      transfer.debit = from;
      transfer.credit = to;
    }
    std::vector<TransferRefusal> out(batch.size());
    if (ledger.post(batch, out).taken != batch.size() || !durable->commit()) ::_exit(2);
    if (::write(pipe, &next, sizeof next) != sizeof next) ::_exit(3);
  }
}

TEST_CASE("A process killed at random points loses nothing that it committed") {
  TemporaryFile file;
  RandomStream random(11, 0);
  std::uint64_t promised = 0;
  std::uint64_t frames = 0;
  for (int round = 0; round < 40; ++round) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      post_until_killed(file.path, ends[1], static_cast<std::uint64_t>(round));
    }
    REQUIRE(child > 0);
    ::close(ends[1]);
    // Now and then only after a first commit, however slow the machine is.
    std::uint64_t told = 0;
    if (round % 4 == 0) REQUIRE(::read(ends[0], &told, sizeof told) == sizeof told);
    promised = std::max(promised, told);
    ::usleep(random.below(12'000));
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    while (::read(ends[0], &told, sizeof told) == sizeof told) promised = std::max(promised, told);
    ::close(ends[0]);

    const Result<DurableLedger> durable = DurableLedger::open_file(file.path);
    REQUIRE(durable.has_value());
    const std::uint64_t have = durable->ledger().records().size();
    REQUIRE(have >= promised);
    REQUIRE(durable->frames() >= frames);
    frames = durable->frames();
    bool in_sequence = true;
    for (std::uint64_t r = 0; r < have; ++r) {
      in_sequence = in_sequence && durable->ledger().records()[r].id.low == r + 1;
    }
    REQUIRE(in_sequence);
    promised = have;
  }
  CHECK(frames >= 10);
}

}  // namespace
