#pragma once
// Accounts of the ledger: whose, what for, and of which unit.
//
// An account belongs to a customer, a programme, a campaign or the house; it has one purpose and
// counts one unit (minor units of a currency, or points). Its key is these three, so a customer's
// account for available euros needs no look-up table of the host's; its id is dense.
//
// Two-sided counts as TigerBeetle has them (https://docs.tigerbeetle.com/reference/account): what
// was ever debited and credited, posted and pending apart; nothing is ever subtracted from posted.
// Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/money.hpp"

namespace emptor {

/// An account of a `Ledger`: 0, 1, … in the order in which they were opened.
enum class Account : std::uint32_t {};

inline constexpr Account no_account = no_id<Account>;

/// What an account counts: minor units of a currency, or points of a scheme. One word.
class LedgerUnit {
 public:
  /// Points of scheme 0.
  constexpr LedgerUnit() noexcept = default;
  /// Minor units of `currency`.
  constexpr LedgerUnit(Currency currency) noexcept  // NOLINT: converts
      : word_(money_bit | letter(currency, 0) << 10 | letter(currency, 1) << 5 |
              letter(currency, 2)) {}
  /// Points of one of several schemes; `scheme` < 2^31.
  [[nodiscard]] static constexpr LedgerUnit points(std::uint32_t scheme = 0) {
    require_option(scheme < money_bit, "scheme", "< 2^31", scheme);
    return from_word(scheme);
  }
  /// What `word` gave. Whether any currency is behind it: `is_valid`.
  [[nodiscard]] static constexpr LedgerUnit from_word(std::uint32_t word) noexcept {
    LedgerUnit unit;
    unit.word_ = word;
    return unit;
  }

  [[nodiscard]] constexpr bool is_points() const noexcept { return (word_ & money_bit) == 0; }
  /// The scheme of points; 0 for money.
  [[nodiscard]] constexpr std::uint32_t scheme() const noexcept { return is_points() ? word_ : 0; }
  /// The currency; "XXX" for points.
  [[nodiscard]] constexpr Currency currency() const {
    if (is_points() || !is_valid()) return {};
    const char code[3] = {static_cast<char>('A' + (word_ >> 10 & 31)),
                          static_cast<char>('A' + (word_ >> 5 & 31)),
                          static_cast<char>('A' + (word_ & 31))};
    return Currency{std::string_view(code, 3)};
  }
  [[nodiscard]] constexpr bool is_valid() const noexcept {
    return is_points() || (word_ >> 15 == money_bit >> 15 && (word_ >> 10 & 31) < 26 &&
                           (word_ >> 5 & 31) < 26 && (word_ & 31) < 26);
  }
  [[nodiscard]] constexpr std::uint32_t word() const noexcept { return word_; }

  friend constexpr bool operator==(LedgerUnit, LedgerUnit) noexcept = default;
  friend constexpr auto operator<=>(LedgerUnit, LedgerUnit) noexcept = default;

 private:
  static constexpr std::uint32_t money_bit = 0x80000000U;
  static constexpr std::uint32_t letter(Currency currency, std::size_t i) noexcept {
    return static_cast<std::uint32_t>(currency.code()[i] - 'A');
  }
  std::uint32_t word_ = 0;
};

/// "EUR", "points", "points-3".
[[nodiscard]] inline std::string to_string(LedgerUnit unit) {
  if (!unit.is_points()) return std::string(unit.currency().code());
  return unit.scheme() == 0 ? std::string("points") : text("points-", unit.scheme());
}

enum class AccountOwner : std::uint8_t { house, programme, campaign, customer };

/// What an account is for. Credits are what the owner has, debits what it gave, but for `funding`
/// and `receivable`, whose balance is a debit.
enum class AccountPurpose : std::uint8_t {
  funding,      ///< where budgets come from: the house's side, without a limit
  budget,       ///< granted by the house and not yet promised to anybody
  pending,      ///< promised to the owner and held, for hosts that hold by posting
  available,    ///< the owner may spend or withdraw it
  reserved,     ///< set aside for a withdrawal or an order under way
  paid,         ///< has left: paid out, spent
  breakage,     ///< expired or given up
  receivable,   ///< the owner owes it: was clawed back beyond the balance
  written_off,  ///< receivables given up
  other         ///< the host's own
};

inline constexpr std::size_t account_purposes = 10;

[[nodiscard]] EMPTOR_API std::string_view name(AccountOwner owner) noexcept;
[[nodiscard]] EMPTOR_API std::string_view name(AccountPurpose purpose) noexcept;

/// Limits of an account, any of them together.
enum class AccountFlags : std::uint8_t {
  none = 0,
  debits_must_not_exceed_credits = 1,  ///< posted and pending debits <= posted credits
  credits_must_not_exceed_debits = 2,  ///< posted and pending credits <= posted debits
};

[[nodiscard]] constexpr AccountFlags operator|(AccountFlags a, AccountFlags b) noexcept {
  return static_cast<AccountFlags>(static_cast<std::uint8_t>(a) | static_cast<std::uint8_t>(b));
}
[[nodiscard]] constexpr bool has(AccountFlags flags, AccountFlags flag) noexcept {
  return (static_cast<std::uint8_t>(flags) & static_cast<std::uint8_t>(flag)) != 0;
}

/// Nobody spends what is not there: budget, pending, available and reserved accounts must not be
/// debited beyond their credits, receivables not be credited beyond their debits; the others have
/// no limit.
[[nodiscard]] constexpr AccountFlags default_flags(AccountPurpose purpose) noexcept {
  switch (purpose) {
    case AccountPurpose::budget:
    case AccountPurpose::pending:
    case AccountPurpose::available:
    case AccountPurpose::reserved:
      return AccountFlags::debits_must_not_exceed_credits;
    case AccountPurpose::receivable:
      return AccountFlags::credits_must_not_exceed_debits;
    default:
      return AccountFlags::none;
  }
}

/// Whose, what for, which unit. Equal keys are one account.
struct AccountKey {
  AccountOwner owner = AccountOwner::house;
  AccountPurpose purpose = AccountPurpose::other;
  std::uint32_t owner_id = 0;  ///< the customer's, programme's or campaign's; of the house any
  LedgerUnit unit;

  friend constexpr bool operator==(const AccountKey&, const AccountKey&) noexcept = default;
};

[[nodiscard]] constexpr AccountKey account_of(Customer customer, AccountPurpose purpose,
                                              LedgerUnit unit) noexcept {
  return {AccountOwner::customer, purpose, static_cast<std::uint32_t>(customer), unit};
}
[[nodiscard]] constexpr AccountKey account_of(Programme programme, AccountPurpose purpose,
                                              LedgerUnit unit) noexcept {
  return {AccountOwner::programme, purpose, static_cast<std::uint32_t>(programme), unit};
}
[[nodiscard]] constexpr AccountKey account_of(Campaign campaign, AccountPurpose purpose,
                                              LedgerUnit unit) noexcept {
  return {AccountOwner::campaign, purpose, static_cast<std::uint32_t>(campaign), unit};
}
[[nodiscard]] constexpr AccountKey house_account(AccountPurpose purpose, LedgerUnit unit,
                                                 std::uint32_t number = 0) noexcept {
  return {AccountOwner::house, purpose, number, unit};
}

/// "customer-17/available/EUR".
[[nodiscard]] EMPTOR_API std::string to_string(const AccountKey& key);

/// What an account was debited and credited, in its unit; each >= 0.
struct AccountBalance {
  std::int64_t debits_pending = 0;
  std::int64_t debits_posted = 0;
  std::int64_t credits_pending = 0;
  std::int64_t credits_posted = 0;

  /// Credits less debits, both posted.
  [[nodiscard]] constexpr std::int64_t posted() const noexcept {
    return credits_posted - debits_posted;
  }
  /// What could be debited at once from an account that must not go below zero: posted credits less
  /// posted and pending debits.
  [[nodiscard]] constexpr std::int64_t free() const noexcept {
    return credits_posted - debits_posted - debits_pending;
  }
  friend constexpr bool operator==(const AccountBalance&, const AccountBalance&) noexcept = default;
};

}  // namespace emptor
