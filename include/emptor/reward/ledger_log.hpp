#pragma once
// A ledger as a sequence of entries: accounts opened, clock movements,
// transfers taken.
//
// The entries are a projection of the ledger: whatever is new since the last
// ones was written can be appended, and replaying them through the ledger's own
// rules gives the same bytes again. docs/ledger.md has the grammar. Each entry
// has one form, so equal ledgers have equal logs; a transfer takes some 30
// bytes. Frames of entries are chained by SHA-256: the digest of a frame covers
// all before it.
//
// The idea of a chain of digests over records: S. Haber, W. S. Stornetta, "How
// to Time-Stamp a Digital Document", Journal of Cryptology 3, 1991,
// https://doi.org/10.1007/BF00196791. Cost: some 10 ns an entry to write, some
// 100 ns to replay. Thread safety: as a std::vector.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/sha256.hpp"
#include "emptor/reward/ledger.hpp"

namespace emptor {

struct Kernels;  // core/kernels.hpp

/// Transfers a frame holds at most, but for a chain of linked ones, which is
/// never cut.
inline constexpr std::size_t ledger_frame_transfers = 8192;

/// How far a ledger has been written.
class LedgerLogEncoder {
 public:
  /// Appends to `out` the entries of what is new in `ledger` since the last
  /// call: at most `transfers` transfers, more only to end a chain. Returns how
  /// many entries were appended; 0: nothing is new. It must be the same ledger
  /// every time.
  EMPTOR_API std::size_t encode(const Ledger& ledger, std::size_t transfers,
                                std::vector<std::byte>& out);
  /// Counts all of `ledger` as written.
  EMPTOR_API void skip_to_end(const Ledger& ledger) noexcept;
  /// Whether there is nothing new in `ledger`.
  [[nodiscard]] EMPTOR_API bool is_at_end(const Ledger& ledger) const noexcept;
  /// Transfers written so far; timeouts are not written.
  [[nodiscard]] std::uint64_t transfers() const noexcept { return transfers_; }

 private:
  std::size_t accounts_ = 0;
  std::size_t records_ = 0;
  std::size_t clocks_ = 0;
  Time clock_ = Time::min();
  std::uint64_t transfers_ = 0;
};

/// Applies entries to a ledger. Errors: `corrupt`, when they are no entries in
/// their one form or the ledger refuses one; it then holds those before.
[[nodiscard]] EMPTOR_API Result<void> replay_ledger_entries(Ledger& ledger,
                                                            std::span<const std::byte> entries);

/// SHA-256 of the digest before and `bytes`, by the kernels given (null:
/// portable).
[[nodiscard]] EMPTOR_API Sha256Digest chain_digest(const Sha256Digest& before,
                                                   std::span<const std::byte> bytes,
                                                   const Kernels* kernels = nullptr) noexcept;

/// The digest before the first frame of the log of this name.
[[nodiscard]] EMPTOR_API Sha256Digest first_chain_digest(std::string_view log_name) noexcept;

}  // namespace emptor
