#pragma once
// Memberships of all customers under one set of rules.
//
//     MembershipBook members(default_membership());
//     members.add({.id = 1, .customer = anna, .time = now, .counts = {.spend = 120'000, .orders =
//     1}}); members.tier(anna, now);                       // 1: silver std::vector<TierChange>
//     changes; members.advance(tomorrow, changes);            // who rose and fell since the last
//     time
//
// Nothing happens by itself: decisions at periods' ends are made by the instant that is asked for,
// and the same facts give the same tiers whether they come one by one or all at once.
// hub/owned_membership.hpp is the same for customers who may be merged.
//
// Cost and memory: reward/membership_account.hpp, 48 bytes more a fact. Thread safety: any number
// of readers, or one writer.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/reward/fact_index.hpp"
#include "emptor/reward/membership_account.hpp"

namespace emptor {

class SectionReader;  // core/archive_reader.hpp
class SectionWriter;  // core/archive_writer.hpp

/// The answer to a fact: the tier in force before and after it, at its time or at that of the last
/// fact known, whichever is later.
struct MembershipOutcome {
  MembershipVerdict verdict = MembershipVerdict::accepted;
  std::uint32_t from = 0;
  std::uint32_t to = 0;
};

class MembershipBook {
 public:
  static constexpr std::string_view archive_kind = "membership";

  /// Throws what `check_membership` throws.
  EMPTOR_API explicit MembershipBook(MembershipRules rules);

  [[nodiscard]] const MembershipRules& rules() const noexcept { return *rules_; }

  EMPTOR_API MembershipOutcome add(const MembershipFact& fact);

  /// Empty for one of whom nothing is known.
  [[nodiscard]] EMPTOR_API const MembershipAccount& account(Customer customer) const;
  [[nodiscard]] std::uint32_t tier(Customer customer, Time now) const {
    return account(customer).tier(now);
  }
  [[nodiscard]] std::vector<TierInterval> history(Customer customer, Time now) const {
    return account(customer).history(now);
  }
  [[nodiscard]] EMPTOR_API TierOutlook outlook(Customer customer, Time now) const;

  /// Appends the changes of tiers in (after, until], by (time, customer).
  EMPTOR_API void changes(Time after, Time until, std::vector<TierChange>& out) const;
  /// The changes since it was last called (or since ever), up to `now`; afterwards the book stands
  /// at `now`. A fact that arrives for a time before that changes tiers without being listed: see
  /// the outcome of `add`. Throws `invalid_value` for a `now` before the last one.
  EMPTOR_API void advance(Time now, std::vector<TierChange>& out);
  [[nodiscard]] Time advanced_to() const noexcept { return advanced_to_; }

  /// Members by tier at `now`, moves since `since`, and whose earned tier falls up to `risk_until`.
  [[nodiscard]] EMPTOR_API MembershipSummary summary(Time now, Time since, Time risk_until) const;
  /// Customers with facts, ascending. O(m log m).
  [[nodiscard]] EMPTOR_API std::vector<Customer> customers() const;
  [[nodiscard]] std::size_t facts() const noexcept { return ids_.size(); }

  /// Forgets all facts of the customer, and their ids.
  EMPTOR_API void erase(Customer customer);

  /// An archive "membership": the rules, how far it was advanced, the facts.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote. Errors: `corrupt`, `unsupported`, `invalid_value` for another kind.
  [[nodiscard]] EMPTOR_API static Result<MembershipBook> load(std::span<const std::byte> bytes);

  /// The same rules and the same facts of the same customers, advanced to the same instant.
  friend bool operator==(const MembershipBook& a, const MembershipBook& b) { return a.same(b); }

 private:
  struct Holder {
    Customer customer;
    MembershipAccount account;
  };

  EMPTOR_API bool same(const MembershipBook& other) const;
  MembershipAccount& account_of(Customer customer);

  MembershipAccount::Rules rules_;
  std::vector<Holder> accounts_;
  detail::IdTable<detail::ArrayPlace> places_;  // in accounts_, by customer
  detail::FactIndex ids_;
  Time advanced_to_ = Time::min();
};

namespace detail {

EMPTOR_API void put_membership_rules(SectionWriter& section, const MembershipRules& rules);
/// Fails the section when they are not rules that `check_membership` admits.
[[nodiscard]] EMPTOR_API MembershipRules get_membership_rules(SectionReader& section);
EMPTOR_API void put_membership_fact(SectionWriter& section, const MembershipFact& fact);
/// Reads a count and that many facts, by (customer, time, id), and gives each to `take`, which says
/// whether it can have been taken; its Exception says no, too.
EMPTOR_API void get_membership_facts(SectionReader& section,
                                     FunctionRef<bool(const MembershipFact&)> take);

}  // namespace detail

}  // namespace emptor
