#pragma once
// What a host may want to tell somebody, as typed records: ids, amounts and times, nothing personal
// and no text. reward/outbox.hpp keeps them.
//
// A record's id is derived from what happened (its kind, whom, about what, when, and what became of
// it), so that telling the same twice is one record. XXH64 under two seeds; not a secret.
// Thread safety: values.

#include <array>
#include <cstdint>
#include <string_view>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// Which fields a record uses beside id, kind, customer and time stands beside each kind.
enum class OutboxKind : std::uint8_t {
  claim_changed,       ///< subject: claim; from, to: states of the claim
  reward_granted,      ///< subject: decision; amount, currency; due: held until, or Time::max()
  reward_posted,       ///< subject: transfer; amount, currency
  reward_clawed_back,  ///< subject: transfer; amount (> 0), currency
  points_earned,       ///< subject: lot; points; due: when they expire
  points_expiring,     ///< subject: lot; points; due: when they expire
  points_expired,      ///< subject: lot; points
  tier_raised,         ///< from, to: tiers
  tier_lowered,        ///< from, to: tiers
  tier_at_risk,        ///< from, to: tier now and then; due: when it falls
  review_opened,       ///< subject: case; due: its deadline
  review_decided,      ///< subject: case; to: the decision
};
inline constexpr std::size_t outbox_kind_count = 12;

[[nodiscard]] constexpr std::string_view name(OutboxKind kind) noexcept {
  constexpr std::string_view names[] = {"claim_changed",      "reward_granted", "reward_posted",
                                        "reward_clawed_back", "points_earned",  "points_expiring",
                                        "points_expired",     "tier_raised",    "tier_lowered",
                                        "tier_at_risk",       "review_opened",  "review_decided"};
  const auto at = static_cast<std::size_t>(kind);
  return at < outbox_kind_count ? names[at] : "unknown";
}

struct OutboxId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend constexpr auto operator<=>(const OutboxId&, const OutboxId&) = default;
};

/// One thing to tell. Made by the functions below, which set exactly what its kind uses.
struct OutboxRecord {
  OutboxId id;
  OutboxKind kind = OutboxKind::claim_changed;
  Customer customer = no_customer;  ///< whom it concerns
  Time time{};                      ///< when it happened
  std::uint64_t subject = 0;        ///< claim, decision, transfer, lot or case
  std::int64_t amount = 0;          ///< minor units of `currency`, or points when that is XXX
  Currency currency{};
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  Time due = Time::max();

  friend bool operator==(const OutboxRecord&, const OutboxRecord&) = default;
};

[[nodiscard]] EMPTOR_API OutboxRecord claim_changed(Customer customer, std::uint64_t claim,
                                                    std::uint32_t from, std::uint32_t to,
                                                    Time time);
[[nodiscard]] EMPTOR_API OutboxRecord reward_granted(Customer customer, std::uint64_t decision,
                                                     Money amount, Time time,
                                                     Time held_until = Time::max());
[[nodiscard]] EMPTOR_API OutboxRecord reward_posted(Customer customer, std::uint64_t transfer,
                                                    Money amount, Time time);
/// `amount` > 0 is what was taken back.
[[nodiscard]] EMPTOR_API OutboxRecord reward_clawed_back(Customer customer, std::uint64_t transfer,
                                                         Money amount, Time time);
[[nodiscard]] EMPTOR_API OutboxRecord points_earned(Customer customer, std::uint64_t lot,
                                                    std::int64_t points, Time time,
                                                    Time expires_at = Time::max());
/// Said once a lot and time of expiry, however often it is made: the id leaves `time` out.
[[nodiscard]] EMPTOR_API OutboxRecord points_expiring(Customer customer, std::uint64_t lot,
                                                      std::int64_t points, Time time,
                                                      Time expires_at);
[[nodiscard]] EMPTOR_API OutboxRecord points_expired(Customer customer, std::uint64_t lot,
                                                     std::int64_t points, Time time);
/// Raised or lowered, by the tiers. Throws `invalid_value` when they are the same.
[[nodiscard]] EMPTOR_API OutboxRecord tier_changed(Customer customer, std::uint32_t from,
                                                   std::uint32_t to, Time time);
/// Said once a fall, however often it is made: the id leaves `time` out.
[[nodiscard]] EMPTOR_API OutboxRecord tier_at_risk(Customer customer, std::uint32_t now,
                                                   std::uint32_t then, Time time, Time falls_at);
[[nodiscard]] EMPTOR_API OutboxRecord review_opened(Customer customer, std::uint64_t review,
                                                    Time time, Time deadline);
[[nodiscard]] EMPTOR_API OutboxRecord review_decided(Customer customer, std::uint64_t review,
                                                     std::uint32_t decision, Time time);

}  // namespace emptor
