#pragma once
// Hashes and table sizes of the ledger's own open-addressing tables.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "emptor/reward/transfer.hpp"

namespace emptor::detail {

[[nodiscard]] inline std::uint64_t ledger_mix(std::uint64_t x) {
  x = (x ^ x >> 32) * 0xD6E8FEB86659FD93U;
  return x ^ x >> 32;
}

[[nodiscard]] inline std::uint64_t ledger_hash(const TransferId& id) {
  return ledger_mix(ledger_mix(id.high * 0x9FB21C651E98DF25U + 1) ^ id.low * 0x9E3779B97F4A7C15U);
}

[[nodiscard]] inline std::uint64_t ledger_hash(const AccountKey& key) {
  const std::uint64_t whose = std::uint64_t{key.owner_id} << 16 |
                              static_cast<std::uint64_t>(key.owner) << 8 |
                              static_cast<std::uint64_t>(key.purpose);
  return ledger_mix(ledger_mix(whose + 1) ^ key.unit.word() * 0x9E3779B97F4A7C15U);
}

[[nodiscard]] inline std::uint32_t ledger_tag(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash >> 32);
}

/// Slots that leave a quarter free.
[[nodiscard]] inline std::size_t ledger_slots(std::size_t entries) {
  return std::bit_ceil(std::max<std::size_t>(16, entries + entries / 3 + 1));
}

}  // namespace emptor::detail
