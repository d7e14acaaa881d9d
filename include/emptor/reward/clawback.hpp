#pragma once
// Taking a reward back: which transfers, under which policy.
//
// What is still pending is freed first, then what is available is moved back, then, if the policy
// allows it, the rest becomes a receivable: the beneficiary owes it, and later rewards can settle
// it. Nothing is edited; the transfers are one linked chain with ids derived from the clawback's,
// so a retry finds it done.
//
// Cost: linear in the pending transfers named. Thread safety: readers of the ledger.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/reward/ledger.hpp"

namespace emptor {

enum class ClawbackPolicy : std::uint8_t {
  only_pending,    ///< what was not yet posted; what was stays with the beneficiary
  within_balance,  ///< and what is available, never below zero
  unlimited        ///< all: what is not there is owed
};

[[nodiscard]] EMPTOR_API std::string_view name(ClawbackPolicy policy) noexcept;

struct ClawbackRequest {
  TransferId id;            ///< of the clawback; its transfers' ids are derived from it; not zero
  std::int64_t amount = 0;  ///< to take back, > 0
  ClawbackPolicy policy = ClawbackPolicy::within_balance;
  /// The beneficiary's pending transfers that may be freed, in this order; those that are resolved
  /// already are passed over. One of which a part remains is voided and set aside anew.
  std::span<const TransferId> pending;
  Account available = no_account;   ///< the beneficiary's; no_account: nothing to take
  Account receivable = no_account;  ///< the beneficiary's; needed by `unlimited`
  Account to = no_account;          ///< where it goes back to: the budget
  Time time{};
  std::uint64_t reference = 0;
  std::uint16_t code = 0;
};

/// Where the amount came from; the four add up to it.
struct ClawbackResult {
  std::int64_t from_pending = 0;
  std::int64_t from_available = 0;
  std::int64_t owed = 0;
  std::int64_t not_taken = 0;
  bool already_there = false;  ///< it was done before: this is what it did
};

/// Appends to `out` the transfers of a clawback; post them together. Nothing is appended for one
/// that was done before, or that takes nothing. Throws `invalid_value` for an id of zero, an amount
/// that is not positive, or a receivable that is missing.
EMPTOR_API ClawbackResult plan_clawback(const Ledger& ledger, const ClawbackRequest& request,
                                        std::vector<Transfer>& out);

/// The transfer with this id that pays off what is owed from what is available; nothing when
/// nothing is owed or available.
[[nodiscard]] EMPTOR_API std::optional<Transfer> plan_settlement(const Ledger& ledger,
                                                                 TransferId id, Account available,
                                                                 Account receivable, Time time);

}  // namespace emptor
