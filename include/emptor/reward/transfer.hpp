#pragma once
// Transfers: the one way in which a ledger changes.
//
// A transfer moves an amount from the debit account to the credit account, both of one unit. It is
// immutable; what was wrong is put right by another. Its id is the idempotency key: sending the
// same transfer again is harmless, another one under the same id is an error. A pending transfer
// sets the amount aside until it is posted (all or a part), voided, or times out at `time` +
// `timeout`, whichever comes first, once. Transfers linked to the one after them happen all or not
// at all. As TigerBeetle has them: https://docs.tigerbeetle.com/reference/transfer
// Thread safety: values.

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "emptor/core/export.hpp"
#include "emptor/core/time.hpp"
#include "emptor/reward/account.hpp"

namespace emptor {

/// 128 bits that name one transfer for ever; all zero names none.
struct TransferId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  [[nodiscard]] constexpr bool is_none() const noexcept { return (high | low) == 0; }
  friend constexpr bool operator==(const TransferId&, const TransferId&) noexcept = default;
  friend constexpr auto operator<=>(const TransferId&, const TransferId&) noexcept = default;
};

/// An id that depends on all of `parts` and their order: (event, rule, level, beneficiary,
/// revision). Chance collisions need some 2^64 ids; whoever may choose `parts` freely could make
/// one, which the ledger then refuses as other content. A few nanoseconds a part.
[[nodiscard]] constexpr TransferId transfer_id(std::span<const std::uint64_t> parts) noexcept {
  // Two chains of multiply-xorshift (the finaliser of MurmurHash3, A. Appleby, public domain).
  const auto mix = [](std::uint64_t x) {
    x = (x ^ x >> 33) * 0xff51afd7ed558ccdU;
    x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53U;
    return x ^ x >> 33;
  };
  TransferId id{mix(parts.size() + 0x9E3779B185EBCA87U), mix(parts.size() + 0xC2B2AE3D27D4EB4FU)};
  for (const std::uint64_t part : parts) {
    id.high = mix(id.high * 0x9FB21C651E98DF25U + part);
    id.low = mix((id.low ^ part) * 0xD6E8FEB86659FD93U + id.high);
  }
  if (id.is_none()) id.low = 1;
  return id;
}
[[nodiscard]] constexpr TransferId transfer_id(
    std::initializer_list<std::uint64_t> parts) noexcept {
  return transfer_id(std::span(parts.begin(), parts.size()));
}

/// 32 digits 0-9 a-f.
[[nodiscard]] EMPTOR_API std::string to_string(const TransferId& id);

enum class TransferKind : std::uint8_t {
  posted,        ///< moves `amount` at once
  pending,       ///< sets `amount` aside
  post_pending,  ///< moves all or a part of what `pending` set aside and frees the rest
  void_pending,  ///< frees what `pending` set aside
  timed_out      ///< the ledger's own record that a pending transfer's time ran out
};

[[nodiscard]] EMPTOR_API std::string_view name(TransferKind kind) noexcept;

/// What to move. 72 bytes.
struct Transfer {
  TransferId id;                ///< the idempotency key; not zero
  TransferId pending;           ///< of post_pending and void_pending: what they resolve
  std::int64_t amount = 0;      ///< > 0; of post_pending and void_pending 0 stands for all
  Time time{};                  ///< when it happened, for statements and the timeout
  std::uint64_t reference = 0;  ///< the host's: the event or order that caused it; 0: none
  Account debit = no_account;   ///< gives; of post_pending and void_pending may be left out
  Account credit = no_account;  ///< receives; the same
  std::uint32_t timeout = 0;    ///< of pending, in seconds after `time`; 0: waits for ever
  std::uint16_t code = 0;       ///< the host's: why (reward, refund, withdrawal, …)
  TransferKind kind = TransferKind::posted;
  bool linked = false;  ///< with the next one: all or none

  friend constexpr bool operator==(const Transfer&, const Transfer&) noexcept = default;
};

/// What became of a transfer.
enum class TransferRefusal : std::uint8_t {
  none,             ///< taken
  already_there,    ///< the same was taken before: nothing to do, not an error
  other_content,    ///< the id was taken with other content
  no_id,            ///< the id is zero
  unknown_kind,     ///< `timed_out`, or no kind at all
  unknown_account,  ///< of the debit or the credit
  same_account,     ///< debit and credit are one
  different_units,  ///< of debit and credit
  amount_not_positive,
  exceeds_credits,        ///< the debit account would give more than it has
  exceeds_debits,         ///< the credit account would receive more than it may
  overflow,               ///< a sum would leave 63 bits
  timeout_passed,         ///< `time` + `timeout` is not after the ledger's clock
  not_pending,            ///< timeout or `pending` on a transfer that may not have it
  pending_not_found,      ///< no transfer has the id in `pending`
  pending_other_kind,     ///< what `pending` names is not a pending transfer
  pending_other_account,  ///< debit or credit differ from those of the pending transfer
  pending_exceeded,       ///< more than (of a void: other than) was set aside
  pending_posted,         ///< resolved already: posted
  pending_voided,         ///< resolved already: voided
  pending_timed_out,      ///< resolved already: its time ran out
  linked_failed,          ///< another one of its chain was refused
  linked_partly_there,    ///< some of its chain were taken before, not all
  linked_open,            ///< the last of the batch is linked to nothing
};

[[nodiscard]] EMPTOR_API std::string_view name(TransferRefusal refusal) noexcept;

/// Whether the transfer is in the ledger: taken now or before.
[[nodiscard]] constexpr bool is_there(TransferRefusal refusal) noexcept {
  return refusal == TransferRefusal::none || refusal == TransferRefusal::already_there;
}

}  // namespace emptor
