#pragma once
// What resolving one record at a time came to; see identity/resolver.hpp. Nothing personal: ids,
// weights, names of fields. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/core/merge_log.hpp"
#include "emptor/core/time.hpp"
#include "emptor/identity/cluster.hpp"
#include "emptor/identity/link.hpp"
#include "emptor/identity/record_pair.hpp"
#include "emptor/table/records.hpp"

namespace emptor {

/// What became of a record.
enum class RecordOutcome : std::uint8_t {
  made,        ///< nobody like it: a new customer
  found,       ///< a customer was found
  merged,      ///< it showed that customers are one; they were merged
  tombstoned,  ///< it is of a person who was erased: nothing of it is kept
};

/// A customer who has a record that looks like the one at hand, and was not joined with it.
struct RefusedCustomer {
  Customer customer = no_customer;
  Record record{};   ///< of the strongest pair
  float weight = 0;  ///< of that pair
  float mean = 0;    ///< over the customer's records
  MergeRefusal reason = MergeRefusal::none;

  friend bool operator==(const RefusedCustomer&, const RefusedCustomer&) = default;
};

struct Resolved {
  RecordOutcome outcome = RecordOutcome::made;
  Record record = no_id<Record>;            ///< its number; `no_id` if it was not kept
  Customer arrived = no_customer;           ///< the customer that it arrived on, for ever
  Customer customer = no_customer;          ///< who owns it after the call
  Record like = no_id<Record>;              ///< the record most like it, of that customer
  float weight = 0;                         ///< of that pair, bits; 0 for `made`
  float mean = 0;                           ///< over the customer's records; 0 for `made`
  std::size_t candidates = 0;               ///< records it was compared with
  std::vector<MergeLog::Outcome> events{};  ///< in sequence
  std::vector<RefusedCustomer> refused{};   ///< the most alike first
};

/// By whom an event of the log was decided.
enum class DecidedBy : std::uint8_t { linkage, arrival, person, consequence, reconciliation };

/// Why an event of the log was decided: the two records most alike, by what they weigh, and the
/// mean of the two sides. NaN: not by weight.
struct MergeGround {
  DecidedBy by = DecidedBy::linkage;
  RecordPair records{};
  float weight = 0;
  float mean = 0;
};

/// What people decided, and what follows from it for ever.
enum class DecisionKind : std::uint8_t { join, keep_apart, split, unmerge, erase };

struct PersonDecision {
  DecisionKind kind{};
  Time time{};
  std::vector<Record> one{};    ///< these …
  std::vector<Record> other{};  ///< … with or apart from those; empty for `erase`
  bool in_force = true;         ///< a later `join` lifts what keeps its two apart
  MergeId merge{};              ///< of join and unmerge

  friend bool operator==(const PersonDecision&, const PersonDecision&) = default;
};

/// What clustering everything at once says, other than what is in force.
struct Reconciliation {
  LinkReport report;
  std::size_t customers_before = 0;  ///< who own at least one record that was not erased
  std::size_t customers_after = 0;
  std::vector<MergeId> undone;     ///< merges whose two records are of two customers
  std::vector<RecordPair> joined;  ///< pairs that join customers, in the order of being made
  bool applied = false;
  std::vector<MergeLog::Outcome> events;  ///< if it was applied
};

struct ErasedRecords {
  std::vector<Customer> customers;  ///< whose records they were, ascending; the ids remain
  std::size_t records = 0;
  std::size_t tombstones = 0;             ///< new ones
  std::vector<MergeLog::Outcome> events;  ///< of the records' customer, where others remain
};

}  // namespace emptor
