#pragma once
// Points of all customers: lots, spends, refunds, clawbacks, idempotent by id.
//
//     PointsBook book;
//     book.earn(1, anna, monday, 500, {.source = order, .expires_at = next_year});
//     if (book.spend(2, anna, tuesday, 200) != PointsVerdict::accepted) ...
//     book.balance(anna, friday).available;
//
// What a fact does stands in reward/points_account.hpp; hub/owned_points.hpp is the same for
// customers who may be merged. Nothing happens by itself: points become available and lapse by the
// instant that is asked for. Posting lapsed points to a ledger: ask `expiring(last, now)` and post
// what it lists; a later refund or clawback can change what lapsed in the past, which
// `balance().expired` then shows.
//
// Cost: an earn or spend of a customer with few lots about 0.1 us when memory is warm; memory
// 48 bytes a fact and 300 an account beside the account's own. Thread safety: any number of
// readers, or one writer.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/reward/fact_index.hpp"
#include "emptor/reward/points_account.hpp"
#include "emptor/reward/points_posting.hpp"

namespace emptor {

class SectionReader;  // core/archive_reader.hpp
class SectionWriter;  // core/archive_writer.hpp

class PointsBook : public PointsPosting<PointsBook> {
 public:
  static constexpr std::string_view archive_kind = "points";

  /// Takes the fact if it may be; `customer` and `source_time` are filled in for activate, refund
  /// and claw_back. A late fact (before the customer's last) is taken into its place.
  EMPTOR_API PointsVerdict post(PointFact fact);

  /// Empty for one of whom nothing is known.
  [[nodiscard]] EMPTOR_API const PointsAccount& account(Customer customer) const;
  [[nodiscard]] PointsBalance balance(Customer customer, Time as_of) const {
    return account(customer).balance(as_of);
  }
  /// The sums over all customers. O(lots).
  [[nodiscard]] EMPTOR_API PointsBalance total(Time as_of) const;
  /// Lots that lapse in (after, until] with points in them, by (expires_at, customer, lot).
  [[nodiscard]] EMPTOR_API std::vector<ExpiringPoints> expiring(Time after, Time until) const;
  /// Customers with facts, ascending. O(m log m).
  [[nodiscard]] EMPTOR_API std::vector<Customer> customers() const;
  /// Their accounts, in that order; for forecast_points (reward/points_forecast.hpp). Valid until
  /// the next fact.
  [[nodiscard]] EMPTOR_API std::vector<const PointsAccount*> accounts() const;
  [[nodiscard]] std::size_t facts() const noexcept { return ids_.size(); }

  /// Forgets all facts of the customer, and their ids.
  EMPTOR_API void erase(Customer customer);
  /// Makes room, so that the next facts of known customers allocate in their accounts alone.
  EMPTOR_API void reserve(std::size_t facts, std::size_t customers);
  /// Makes room in an account.
  EMPTOR_API void reserve_account(Customer customer, std::size_t facts);

  /// An archive "points": the facts.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote. Errors: `corrupt`, `unsupported`, `invalid_value` for another kind.
  [[nodiscard]] EMPTOR_API static Result<PointsBook> load(std::span<const std::byte> bytes);

  /// The same facts of the same customers.
  friend bool operator==(const PointsBook& a, const PointsBook& b) { return a.same(b); }

 private:
  struct Holder {
    Customer customer;
    PointsAccount account;
  };

  EMPTOR_API bool same(const PointsBook& other) const;
  PointsAccount& account_of(Customer customer);

  std::vector<Holder> accounts_;
  detail::IdTable<detail::ArrayPlace> places_;  // in accounts_, by customer
  detail::FactIndex ids_;
};

/// Whether both say the same, but for `draw`, which OwnedPoints decides.
[[nodiscard]] EMPTOR_API bool same_content(const PointFact& a, const PointFact& b) noexcept;

namespace detail {

EMPTOR_API void put_point_fact(SectionWriter& section, const PointFact& fact);
/// Reads a count and that many facts, by (customer, time, id), and gives each to `take`, which says
/// whether it can have been taken; its Exception says no, too.
EMPTOR_API void get_point_facts(SectionReader& section, FunctionRef<bool(const PointFact&)> take);

/// Fills in what a fact that names another takes over from it; whether there is such a fact.
[[nodiscard]] EMPTOR_API bool complete_point_fact(PointFact& fact, const FactIndex& ids) noexcept;

}  // namespace detail

}  // namespace emptor
