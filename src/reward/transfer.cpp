#include "emptor/reward/transfer.hpp"

#include <array>

namespace emptor {

std::string_view name(AccountOwner owner) noexcept {
  constexpr std::array<std::string_view, 4> names{"house", "programme", "campaign", "customer"};
  const auto place = static_cast<std::size_t>(owner);
  return place < names.size() ? names[place] : "unknown";
}

std::string_view name(AccountPurpose purpose) noexcept {
  constexpr std::array<std::string_view, account_purposes> names{
      "funding", "budget",   "pending",    "available",   "reserved",
      "paid",    "breakage", "receivable", "written_off", "other"};
  const auto place = static_cast<std::size_t>(purpose);
  return place < names.size() ? names[place] : "unknown";
}

std::string to_string(const AccountKey& key) {
  return text(name(key.owner), '-', key.owner_id, '/', name(key.purpose), '/', to_string(key.unit));
}

std::string to_string(const TransferId& id) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const std::uint64_t half : {id.high, id.low}) {
    for (int shift = 60; shift >= 0; shift -= 4) out += digits[half >> shift & 15];
  }
  return out;
}

std::string_view name(TransferKind kind) noexcept {
  constexpr std::array<std::string_view, 5> names{"posted", "pending", "post_pending",
                                                  "void_pending", "timed_out"};
  const auto place = static_cast<std::size_t>(kind);
  return place < names.size() ? names[place] : "unknown";
}

std::string_view name(TransferRefusal refusal) noexcept {
  constexpr std::array<std::string_view, 24> names{"none",
                                                   "already_there",
                                                   "other_content",
                                                   "no_id",
                                                   "unknown_kind",
                                                   "unknown_account",
                                                   "same_account",
                                                   "different_units",
                                                   "amount_not_positive",
                                                   "exceeds_credits",
                                                   "exceeds_debits",
                                                   "overflow",
                                                   "timeout_passed",
                                                   "not_pending",
                                                   "pending_not_found",
                                                   "pending_other_kind",
                                                   "pending_other_account",
                                                   "pending_exceeded",
                                                   "pending_posted",
                                                   "pending_voided",
                                                   "pending_timed_out",
                                                   "linked_failed",
                                                   "linked_partly_there",
                                                   "linked_open"};
  static_assert(names.size() == static_cast<std::size_t>(TransferRefusal::linked_open) + 1);
  const auto place = static_cast<std::size_t>(refusal);
  return place < names.size() ? names[place] : "unknown";
}

}  // namespace emptor
