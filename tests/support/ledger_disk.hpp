#pragma once
// Disks for tests of durable ledgers: bytes in memory that lose what was not synchronised, sector
// by sector and in any order, write less than they were asked to, are full, or fail.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/reward/durable_ledger.hpp"
#include "emptor/reward/ledger_store.hpp"

namespace emptor::test {

/// What outlives a store; shared by the stores opened on it one after another.
struct LedgerDisk {
  std::vector<std::byte> now;     ///< what a reader sees
  std::vector<std::byte> synced;  ///< what a loss of power leaves for sure
  std::uint64_t most_bytes = ~std::uint64_t{0};
  std::size_t most_append = ~std::size_t{0};
  bool sync_fails = false;
  bool truncate_fails = false;
  std::size_t syncs = 0;

  /// A loss of power: of what is not synchronised, any sectors are there and any are not, and the
  /// end is anywhere.
  void lose_power(RandomStream& random) {
    constexpr std::size_t sector = 64;
    const auto below = [&](std::size_t n) {
      return static_cast<std::size_t>(random.below(static_cast<std::uint32_t>(n)));
    };
    const std::size_t low = std::min(now.size(), synced.size());
    const std::size_t high = std::max(now.size(), synced.size());
    std::vector<std::byte> left(low + below(high - low + 1));
    for (std::size_t at = 0; at < left.size(); at += sector) {
      const bool fresh = below(2) != 0;
      const std::vector<std::byte>& from = fresh ? now : synced;
      for (std::size_t i = at; i < std::min(at + sector, left.size()); ++i) {
        if (i < from.size()) left[i] = from[i];
      }
    }
    now = left;
    synced = left;
  }
};

class MemoryLedgerStore final : public LedgerStore {
 public:
  explicit MemoryLedgerStore(std::shared_ptr<LedgerDisk> disk) : disk_(std::move(disk)) {}

  Result<std::uint64_t> size() override { return std::uint64_t{disk_->now.size()}; }
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> out) override {
    const std::size_t from = std::min<std::size_t>(offset, disk_->now.size());
    const std::size_t count = std::min(out.size(), disk_->now.size() - from);
    std::copy_n(disk_->now.begin() + static_cast<std::ptrdiff_t>(from), count, out.begin());
    return count;
  }
  Result<std::size_t> append(std::span<const std::byte> bytes) override {
    std::size_t count = std::min(bytes.size(), disk_->most_append);
    if (disk_->now.size() + count > disk_->most_bytes) {
      count = static_cast<std::size_t>(
          disk_->most_bytes - std::min<std::uint64_t>(disk_->most_bytes, disk_->now.size()));
      if (count == 0) return Error{ErrorCode::io, "the disk is full", "test"};
    }
    disk_->now.insert(disk_->now.end(), bytes.begin(),
                      bytes.begin() + static_cast<std::ptrdiff_t>(count));
    return count;
  }
  Result<void> sync() override {
    if (disk_->sync_fails) return Error{ErrorCode::io, "the disk is ill", "test"};
    ++disk_->syncs;
    disk_->synced = disk_->now;
    return {};
  }
  Result<void> truncate(std::uint64_t size) override {
    if (disk_->truncate_fails) return Error{ErrorCode::io, "the disk is ill", "test"};
    disk_->now.resize(static_cast<std::size_t>(size));
    return {};
  }

 private:
  std::shared_ptr<LedgerDisk> disk_;
};

[[nodiscard]] inline Result<DurableLedger> open_ledger(const std::shared_ptr<LedgerDisk>& disk,
                                                       const DurableLedgerOptions& options = {}) {
  return DurableLedger::open(std::make_unique<MemoryLedgerStore>(disk), options);
}

}  // namespace emptor::test
