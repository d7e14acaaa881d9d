#pragma once
// Frozen rankings: what was announced can be proven later.
//
// The hash is SHA-256 (core/sha256.hpp) of these bytes, numbers little endian, times in UTC seconds
// since 1970: "emptor contest snapshot 1" and a zero byte; u64 bytes of the name, the name; u8
// measure (0 count, 1 sum); i64 from, to, frozen; u64 participants; u64 entries; each: u64 rank,
// u32 customer, i64 score, i64 reached. Who publishes the hash when a contest ends cannot change
// the ranking afterwards without being found out.
//
// Cost: O(entries). Thread safety: pure functions.

#include <cstddef>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/sha256.hpp"
#include "emptor/referral/contest_result.hpp"

namespace emptor {

/// The hash that the snapshot's content has, whatever its own says.
[[nodiscard]] EMPTOR_API Sha256Digest contest_hash(const ContestSnapshot& snapshot);

/// Whether the hash fits, and the entries are a ranking: ranks from 1 on, in order, within the
/// window. Error: `corrupt`.
[[nodiscard]] EMPTOR_API Result<void> verify_contest(const ContestSnapshot& snapshot);

/// An archive of the kind "contest-snapshot".
[[nodiscard]] EMPTOR_API std::vector<std::byte> save_contest_snapshot(
    const ContestSnapshot& snapshot);
/// What save_contest_snapshot wrote, verified. Errors: `corrupt`, `invalid_value` (another kind),
/// `unsupported`.
[[nodiscard]] EMPTOR_API Result<ContestSnapshot> load_contest_snapshot(
    std::span<const std::byte> archive);

}  // namespace emptor
