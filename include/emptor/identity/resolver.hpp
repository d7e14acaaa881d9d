#pragma once
// Who is this? One record at a time, with ids that never change their meaning.
//
//     Resolver resolver(link(records, schema), {.tombstone_key = secret});
//     const Result<Resolved> who = resolver.resolve(values, now);
//
// Each record arrives on a customer of its own, whose number is the record's, for ever. Who OWNS it
// is derived from the merges in force (core/merge_log.hpp): a cluster of records is a group of the
// log. So whatever hangs on a record's customer (orders, consent) follows every merge, unmerge and
// split without being moved, through listeners (core/merge.hpp).
//
// `resolve` normalises and encodes the record, looks up its blocking keys in inverted indexes,
// compares it with the records found (smallest blocks first, at most `max_candidates`), and decides
// as `link` does: a customer passes who has a record whose weight reaches the threshold and whose
// records' mean (identity/cluster.hpp: clamped, over at most `cross_pairs` of them) reaches it,
// without two verified values, more values of a field than its limit, more records than `max_size`.
// The record joins the one with the greatest mean. Each other one that passes is merged with it if
// their own cross mean passes, too, and nobody kept them apart. Nobody passes: a new customer.
//
// What is guaranteed after any sequence of calls:
//  - ids and the log only grow; a record's customer never changes, `owner` is what the log says;
//  - no customer has two values of a verified field, nor passes a limit but by people's `join` (of
//    size alone), nor holds records that people keep apart;
//  - everything but log, decisions and tombstones follows from the records and from these:
//    `load(save())` makes the same state, which answers and decides alike.
// What depends on the order of arrivals: who was merged with whom, since a decision is taken with
// the records and frequencies of its moment, and is not taken back by later arrivals. `reconcile`
// clusters all records at once, as `link` would, reports what differs, and applies it through
// logged events if told to.
//
// People's decisions stand above weights, the later one above the earlier. Each looks anew at the
// component it concerns and at nothing else:
//  - `unmerge` undoes one merge and keeps its two sides, as they were then, apart. What joined
//    either side later is decided again. Nothing joined later: exactly the state before the merge.
//  - `split` takes a record from its customer; `keep_apart` parts two records, the rest of their
//    customer is clustered again. `join` merges two customers, and lifts what kept them apart.
//
// Erasure overwrites a record's values in dictionaries and indexes, takes back their counts, and
// leaves tombstones (identity/tombstones.hpp) of its e-mails, personal numbers, and name with birth
// date, under a key that is not saved. A record with one of them is reported and nothing of it is
// kept, also when everything is linked anew (`adopt_tombstones`), until the host lifts them. Phones
// and devices are shared and given to others, so they leave none.
//
// Cost: of one record against a million about 10 microseconds and 1 a candidate, most of it waiting
// for memory. Memory beside the records: about 30 bytes a blocking rule and record, and about 300 a
// merge. Saved, a resolver is the values themselves: encryption at rest is the host's.
// Thread safety: as a std::vector (any number of readers, or one writer); `look_up` is a reader.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/merge.hpp"
#include "emptor/identity/resolver_result.hpp"
#include "emptor/identity/tombstones.hpp"

namespace emptor {

/// Most distinct values of a field that one customer may have.
struct FieldLimit {
  std::string comparison;  ///< as `Comparison::name`: "device"
  std::uint32_t values = 5;
};

struct ResolverOptions {
  LinkOptions link{};                ///< as they were for `link`
  std::size_t max_block = 200;       ///< larger blocks are not searched; >= 2
  std::size_t max_candidates = 64;   ///< of one record; >= 1
  std::vector<FieldLimit> limits{};  ///< of fields that the schema has
  std::string tombstone_key{};       ///< secret, >= 16 bytes; empty: no erasure
  Time linked{};                     ///< the time of the events of the linkage
};

struct ReconcileOptions {
  bool apply = false;  ///< else it is reported only
  bool refit = false;  ///< fits the model anew; it and its blocking rules are
                       ///< kept if applied
};

class Resolver {
 public:
  /// Takes over what `link` made. The clusters become merges of the log. Throws `invalid_option`.
  EMPTOR_API explicit Resolver(Linkage linkage, ResolverOptions options = {});
  EMPTOR_API ~Resolver();
  EMPTOR_API Resolver(Resolver&&) noexcept;
  EMPTOR_API Resolver& operator=(Resolver&&) noexcept;

  /// Takes one record in: a text a column, as the raw records have them. Errors, and nothing
  /// changes: `invalid_shape` for another number of values, `invalid_value` for one of more than
  /// Records::longest_value bytes.
  EMPTOR_API Result<Resolved> resolve(std::span<const std::string_view> values, Time time);
  /// What `resolve` would answer. Changes nothing.
  EMPTOR_API Result<Resolved> look_up(std::span<const std::string_view> values) const;

  /// Undoes a merge; see the head of this file. Errors: `not_found`, `duplicate` when it is undone
  /// already. All answers are the events, in sequence.
  EMPTOR_API Result<std::vector<MergeLog::Outcome>> unmerge(MergeId id, Time time,
                                                            std::string reason);
  /// Makes the record a customer of its own. Errors: `not_found`.
  EMPTOR_API Result<std::vector<MergeLog::Outcome>> split(Record record, Time time,
                                                          std::string reason);
  /// The two are of different persons. Errors: `not_found`, `invalid_value` for one record twice.
  EMPTOR_API Result<std::vector<MergeLog::Outcome>> keep_apart(Record a, Record b, Time time,
                                                               std::string reason);
  /// The two are of one person. Errors: `not_found`, `invalid_value` for one record twice, or if
  /// their customers have two values of a verified field, or beyond a field's limit.
  EMPTOR_API Result<std::vector<MergeLog::Outcome>> join(Record a, Record b, Time time,
                                                         std::string reason);

  /// What clustering all records at once would change, and the change if it is to be applied.
  /// Throws `stopped`, and nothing has changed.
  EMPTOR_API Reconciliation reconcile(const ReconcileOptions& options, Time time,
                                      const Context& context = {});

  /// Forgets all records of the customer's owner, or one record. Errors: `not_found`. Throws
  /// `invalid_option` without a `tombstone_key`.
  EMPTOR_API Result<ErasedRecords> erase(Customer customer, Time time);
  EMPTOR_API Result<ErasedRecords> erase_record(Record record, Time time);
  /// Lets the person of these values come again; how many tombstones there were.
  EMPTOR_API Result<std::size_t> lift(std::span<const std::string_view> values);
  [[nodiscard]] EMPTOR_API const Tombstones& tombstones() const noexcept;
  /// Those of another resolver, or of an import. Records that have one are erased. Errors:
  /// `invalid_value` for those of another key. Throws as `erase`.
  EMPTOR_API Result<ErasedRecords> adopt_tombstones(const Tombstones& tombstones, Time time);

  [[nodiscard]] EMPTOR_API std::size_t size() const noexcept;  ///< records, erased ones too
  [[nodiscard]] EMPTOR_API const ComparedRecords& records() const noexcept;
  [[nodiscard]] EMPTOR_API const LinkModel& model() const noexcept;
  [[nodiscard]] EMPTOR_API std::vector<std::string> rules() const;  ///< blocking rules, by name
  [[nodiscard]] EMPTOR_API Customer owner(Record record) const;     ///< `record` < size()
  /// The records of the customer's owner, ascending, erased ones too.
  [[nodiscard]] EMPTOR_API std::vector<Record> records_of(Customer customer) const;
  /// A record each: the smallest record of its customer.
  [[nodiscard]] EMPTOR_API std::vector<std::uint32_t> clusters() const;
  [[nodiscard]] EMPTOR_API bool erased(Record record) const;
  [[nodiscard]] EMPTOR_API const MergeLog& log() const noexcept;
  /// Of the event at this place of the log. Throws `out_of_range`.
  [[nodiscard]] EMPTOR_API const MergeGround& ground(std::size_t sequence) const;
  [[nodiscard]] EMPTOR_API std::span<const PersonDecision> decisions() const noexcept;
  /// The weight of two records now, bits. Throws `out_of_range`.
  [[nodiscard]] EMPTOR_API float weight(Record a, Record b) const;

  /// From now on the listener is told every event, in sequence and after the state has changed; the
  /// events so far at once. It must outlive the resolver or be removed, and not change it. What it
  /// throws goes on to the caller, after the other listeners were told everything.
  template <MergeListener L>
  void add_listener(L& listener) {
    add_listener(&listener,
                 [](void* to, const MergeEvent& event, std::span<const OwnerChange> changes) {
                   notify(*static_cast<L*>(to), event, changes);
                 });
  }
  template <MergeListener L>
  bool remove_listener(L& listener) {
    return remove(&listener);
  }

  /// An archive "resolver": without options, tombstone key and listeners.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote. Schema and options are as they were; limits that are stricter now hold for
  /// what arrives. Errors: `corrupt`, `unsupported`, `invalid_value` for another schema or another
  /// tombstone key. Throws `invalid_option`.
  [[nodiscard]] EMPTOR_API static Result<Resolver> load(std::span<const std::byte> bytes,
                                                        const LinkSchema& schema,
                                                        ResolverOptions options = {});

 private:
  class State;
  using Tell = void (*)(void*, const MergeEvent&, std::span<const OwnerChange>);
  explicit Resolver(std::unique_ptr<State> state);
  EMPTOR_API void add_listener(void* object, Tell tell);
  EMPTOR_API bool remove(void* object);

  std::unique_ptr<State> state_;
};

}  // namespace emptor
