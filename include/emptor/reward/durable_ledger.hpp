#pragma once
// A ledger that outlives crashes: an append-only log of frames beside the ledger in memory.
//
//     Result<DurableLedger> durable = DurableLedger::open_file("rewards.log");
//     if (!durable) return durable.error();
//     durable->ledger().post(transfers, answers);
//     if (Result<void> done = durable->commit(); !done) return done.error();
//     // From here on the transfers outlive a loss of power; answer those who sent them.
//
// Post as many transfers as are there, from any number of senders, then commit once (group commit:
// D. J. DeWitt et al., "Implementation Techniques for Main Memory Database Systems", SIGMOD 1984,
// https://doi.org/10.1145/602259.602261): one write and one synchronisation. Every frame carries a
// checksum, the chain of SHA-256 over all before it, and how many frames were known to be on disk
// when it was written. So recovery tells a torn tail, which no commit ever promised and which is
// cut off, from damage in what was committed, which is an error with its place. docs/ledger.md has
// the grammar.
//
// What was posted and not committed is in the ledger in memory, and gone after a crash: the
// sender's retry, with the same ids, puts it there.
//
// Cost: `commit` some 30 bytes and 50 ns a transfer, and one synchronisation; `open` replays all,
// some 200 ns a transfer. Thread safety: as `Ledger`; commit is a writer.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/sha256.hpp"
#include "emptor/reward/ledger.hpp"
#include "emptor/reward/ledger_log.hpp"
#include "emptor/reward/ledger_store.hpp"

namespace emptor {

enum class LedgerSync : std::uint8_t {
  every_commit,  ///< a commit returns when its transfers outlive a loss of power
  /// … when the operating system has them: they outlive the process alone. Damage in what was
  /// written since the log was opened or closed last is then taken for a torn tail.
  never
};

struct DurableLedgerOptions {
  /// The log's name, at most 255 bytes: the start of the chain of digests. A log of another name is
  /// refused.
  std::string name = "ledger";
  LedgerSync sync = LedgerSync::every_commit;
  /// Whether to cut off a torn tail. When not, it is an error (`corrupt`), for hosts that closed
  /// the log and so know that nothing can be torn.
  bool accept_torn_tail = true;
  LedgerOptions ledger;
};

/// What `open` found.
struct LedgerRecovery {
  bool created = false;          ///< there was no log
  bool closed = false;           ///< the last to write closed it: nothing can be missing
  std::uint64_t frames = 0;      ///< replayed, closing ones among them
  std::uint64_t transfers = 0;   ///< replayed
  std::uint64_t bytes = 0;       ///< the log's length now
  std::uint64_t torn_bytes = 0;  ///< cut off
};

class DurableLedger {
 public:
  /// Opens the log in `store`, or starts one if it is empty, and replays it. Of the context the
  /// kernels are kept. Errors: `corrupt` for damage before the tail, with the frame's number and
  /// place; `invalid_value` for a log of another name or no log; `unsupported` for one of a newer
  /// format; `io`. Throws `invalid_option`.
  [[nodiscard]] EMPTOR_API static Result<DurableLedger> open(
      std::unique_ptr<LedgerStore> store, const DurableLedgerOptions& options = {},
      const Context& context = {});
  /// The same of a file.
  [[nodiscard]] EMPTOR_API static Result<DurableLedger> open_file(
      const std::string& path, const DurableLedgerOptions& options = {},
      const Context& context = {});

  /// To post to, open accounts in and move the clock of.
  [[nodiscard]] Ledger& ledger() noexcept { return *ledger_; }
  [[nodiscard]] const Ledger& ledger() const noexcept { return *ledger_; }

  /// Writes all that is new in the ledger, in frames of at most `ledger_frame_transfers`, and
  /// synchronises as the options say. Nothing new: nothing is done. Errors (`io`): when the write
  /// failed (a full disk), a later commit may be tried and writes what is missing; when that could
  /// not be undone, or the synchronisation failed, every later commit gives the same error: open
  /// the log anew and retry what was not answered.
  [[nodiscard]] EMPTOR_API Result<void> commit();
  /// Commits, and writes an empty frame that says so. The ledger may go on; destruction alone
  /// commits nothing.
  [[nodiscard]] EMPTOR_API Result<void> close();

  [[nodiscard]] const LedgerRecovery& recovery() const noexcept { return recovery_; }
  /// The digest of everything written so far, in its sequence: publish it, and nobody can rewrite
  /// the past without another one coming out.
  [[nodiscard]] const Sha256Digest& chain() const noexcept { return chain_; }
  [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }
  /// The log's length.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return end_; }

 private:
  struct Replay;

  DurableLedger(std::unique_ptr<LedgerStore> store, const DurableLedgerOptions& options,
                const Context& context);
  Result<void> start();
  Result<void> recover();
  /// Writes the frame whose payload stands in `frame_` behind its head.
  Result<void> write_frame(std::uint32_t entries, std::uint32_t transfers);
  Result<void> write_all();
  Result<void> synchronise();

  DurableLedgerOptions options_;
  const Kernels* kernels_;
  std::unique_ptr<LedgerStore> store_;
  std::unique_ptr<Ledger> ledger_;
  LedgerLogEncoder encoder_;
  LedgerRecovery recovery_;
  std::vector<std::byte> frame_;
  Sha256Digest chain_{};
  std::uint64_t frames_ = 0;   // written
  std::uint64_t durable_ = 0;  // known to be on disk
  std::uint64_t end_ = 0;      // of the last whole frame
  bool closed_ = false;        // the last frame is a closing one
  std::optional<Error> failed_;
};

}  // namespace emptor
