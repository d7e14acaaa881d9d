#pragma once
// Golden profiles that follow records, merges, unmerges and erasures: only the owners that are
// touched are made anew. What stands here equals `golden_profiles` of the records that arrived and
// were not erased, under the owners of the merges in force.
//
// Inferred values are read off the counts when a profile is asked for, since the values of
// one customer change what is inferred for others.
// The texts stay in the host's Records; erasing a customer here drops every copy and count made of
// them, and the table's own rows are the host's to delete.
// Cost: one profile an arrival, two a merge or an unmerge. Memory: the profiles, 40 bytes a record.
// Thread safety: any number of readers, or one writer.

#include <span>
#include <unordered_map>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/hub/owned_states.hpp"
#include "emptor/identity/golden_profile.hpp"

namespace emptor {

/// The rows that arrived on one customer or on several who are one, ascending, each once.
class RecordRows {
 public:
  /// Whether the row was not there yet.
  EMPTOR_API bool add(Record record);
  EMPTOR_API void merge(const RecordRows& other);
  [[nodiscard]] std::span<const Record> rows() const noexcept { return rows_; }
  friend bool operator==(const RecordRows&, const RecordRows&) = default;

 private:
  std::vector<Record> rows_;
};

/// Is a HubListener.
class GoldenProfiles {
 public:
  /// `records` must outlive it; it may grow. Throws `invalid_option` as GoldenProfileMaker.
  EMPTOR_API GoldenProfiles(const Records& records, SurvivorshipOptions options);

  /// A row of the table arrives on `origin.customer`. Throws `invalid_value` without a customer,
  /// `out_of_range` for a row that is not there, `duplicate` for one that arrived before, and what
  /// the options' functions throw; then nothing has changed.
  EMPTOR_API void add(Record record, const RecordOrigin& origin);

  /// The profile of the customer's owner; with no records when nothing is known.
  [[nodiscard]] EMPTOR_API GoldenProfile profile(Customer customer) const;
  /// All owners with a record, ascending.
  [[nodiscard]] std::vector<Customer> owners() const { return rows_.owners(); }
  [[nodiscard]] const SurvivorshipOptions& options() const noexcept { return maker_.options(); }

  void on_merge(const MergeEvent& event, std::span<const OwnerChange> changes) {
    follow(event, changes);
  }
  void on_unmerge(const MergeEvent& event, std::span<const OwnerChange> changes) {
    follow(event, changes);
  }
  EMPTOR_API void erase(Customer customer);

  /// Whether both hold the same rows, groups, profiles and counts.
  friend bool operator==(const GoldenProfiles& a, const GoldenProfiles& b) {
    return a.rows_ == b.rows_ && a.profiles_ == b.profiles_ && a.counts_ == b.counts_;
  }

 private:
  EMPTOR_API void follow(const MergeEvent& event, std::span<const OwnerChange> changes);
  /// A profile without inferred values, and what it teaches about others.
  struct Kept {
    GoldenProfile profile;
    std::vector<InferencePair> pairs;
    friend bool operator==(const Kept&, const Kept&) = default;
  };
  [[nodiscard]] Kept made(Customer owner, std::span<const Record> rows) const;
  void put(Kept fresh);
  void drop(Customer owner);

  const Records* records_;
  GoldenProfileMaker maker_;
  OwnedStates<RecordRows> rows_;
  std::vector<RecordOrigin> origins_;            // by row; customer none: did not arrive
  std::unordered_map<Customer, Kept> profiles_;  // by owner
  std::vector<InferenceCounts> counts_;          // by field
};

}  // namespace emptor
