#pragma once
// Where the log of a ledger lies: bytes that grow at their end.
//
// `LedgerStore` is what `DurableLedger` asks of a disk; `FileLedgerStore` is the one for files of a
// POSIX system. A host may bring another (a replicated log, a device), tests bring disks that fail.
//
// Thread safety: one store is for one thread at a time.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"

namespace emptor {

class LedgerStore {
 public:
  LedgerStore() = default;
  LedgerStore(const LedgerStore&) = delete;
  LedgerStore& operator=(const LedgerStore&) = delete;
  virtual ~LedgerStore() = default;

  /// How many bytes there are.
  [[nodiscard]] virtual Result<std::uint64_t> size() = 0;
  /// Reads from `offset` on up to `out.size()` bytes; fewer, but at least one, unless there are
  /// none left. Returns how many.
  [[nodiscard]] virtual Result<std::size_t> read(std::uint64_t offset,
                                                 std::span<std::byte> out) = 0;
  /// Writes at the end, all of `bytes` or a part of them, at least one. Returns how many. After an
  /// error the end may be anywhere between before and behind `bytes`.
  [[nodiscard]] virtual Result<std::size_t> append(std::span<const std::byte> bytes) = 0;
  /// Returns when all that was written and truncated outlives a loss of power. After an error
  /// nobody knows what does.
  [[nodiscard]] virtual Result<void> sync() = 0;
  /// Gives up all bytes behind `size`.
  [[nodiscard]] virtual Result<void> truncate(std::uint64_t size) = 0;
};

/// A file. It is locked as long as the store lives: a second writer is refused.
class FileLedgerStore final : public LedgerStore {
 public:
  /// Opens `path`, or makes an empty file there whose name is on disk when this returns. Errors
  /// (`io`, with the system's reason): a directory or device, no right to write, in use by another
  /// store, …
  [[nodiscard]] EMPTOR_API static Result<std::unique_ptr<LedgerStore>> open(
      const std::string& path);

  EMPTOR_API ~FileLedgerStore() override;
  [[nodiscard]] EMPTOR_API Result<std::uint64_t> size() override;
  [[nodiscard]] EMPTOR_API Result<std::size_t> read(std::uint64_t offset,
                                                    std::span<std::byte> out) override;
  [[nodiscard]] EMPTOR_API Result<std::size_t> append(std::span<const std::byte> bytes) override;
  [[nodiscard]] EMPTOR_API Result<void> sync() override;
  [[nodiscard]] EMPTOR_API Result<void> truncate(std::uint64_t size) override;

 private:
  FileLedgerStore(int descriptor, std::string path)
      : descriptor_(descriptor), path_(std::move(path)) {}
  int descriptor_;
  std::string path_;
};

}  // namespace emptor
