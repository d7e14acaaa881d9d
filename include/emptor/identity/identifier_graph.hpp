#pragma once
// Who is this, by identifiers alone: a graph of customers and their identifiers that protects
// itself against merges that should not be.
//
// An arrival (a record, an event) carries a few identifiers (type, value). `resolve` finds whose
// they are. Exactly:
//  1. Set aside: unknown types, empty and over-long values, blocked values (step by step as in
//     identity/identifier_graph_options.hpp), identifiers of erased people. Equal ones count once.
//  2. The others are taken by falling priority (the order of the rules, then the order of arrival).
//     Each is kept if all that the kept ones touch would fit in one customer: the customers who
//     have them now, joined, and the new values. The first that does not fit is dropped with all
//     of lower priority. This equals Segment's "drop the lowest, look up again, until it fits",
//     since what fits still fits with less. `keep_what_fits` tries the lower ones nevertheless.
//  3. Nobody has the kept ones: a new customer. One has: it is found. Several: they are merged, the
//     lowest id is kept, each merge an event of the log with the types that met as the reason.
//  4. New values become the customer's. A value belongs for ever to the customer it arrived on;
//     who owns it now follows from the merges in force (core/merge_log.hpp).
// It fits if, for each type, no window of the limit holds the first arrivals of more distinct
// values than the limit (a window [t, t + length) at any t, so arrivals out of order count right),
// there are not two values of a verified type, and nobody meets whom an unmerge parted from them.
//
// Limits hold after any sequence of calls: resolve and merge check, the others only take away.
// Nothing usable: no customer, and nothing is changed. Erasure overwrites the values and leaves
// tombstones of (type name, value), see identity/tombstones.hpp: such identifiers are reported and
// not used until the host lifts them.
//
// Cost: `resolve` O(identifiers) hash look-ups; where a value is new or customers meet, also
// O(identifiers of those customers); with tombstones one HMAC a new value (about 1 microsecond).
// Saved, a graph is the values themselves: encryption at rest is the host's.
// Memory: the values' bytes, 35 to 50 bytes an identifier and 30 a customer.
// Thread safety: as a std::vector (any number of readers, or one writer).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/merge_log.hpp"
#include "emptor/core/time.hpp"
#include "emptor/identity/identifier_graph_options.hpp"
#include "emptor/identity/identifier_graph_table.hpp"
#include "emptor/identity/tombstones.hpp"

namespace emptor {

struct IdentifierValue {
  IdentifierType type = no_identifier_type;
  std::string_view value;  ///< normalised; any bytes
};

enum class DropReason : std::uint8_t {
  unknown_type,  ///< there is no such rule
  empty,         ///< a value without bytes
  too_long,      ///< above `max_value_bytes`
  too_many,      ///< beyond `max_identifiers` of the arrival
  blocked,       ///< matches a blocked pattern
  erased,        ///< there is a tombstone
  limit,         ///< one customer would have too many values of `because`
  conflict,      ///< one customer would have two values of the verified type `because`
  parted,        ///< customers would meet who were parted by an unmerge
};
[[nodiscard]] EMPTOR_API std::string_view name(DropReason reason) noexcept;

struct DroppedIdentifier {
  std::size_t place = 0;  ///< in the arrival
  DropReason reason{};
  IdentifierType because = no_identifier_type;  ///< of limit and conflict: the type concerned

  friend bool operator==(const DroppedIdentifier&, const DroppedIdentifier&) = default;
};

enum class ResolveOutcome : std::uint8_t { nobody, made, found, merged };

struct Resolution {
  Customer customer = no_customer;  ///< the owner after the call; `no_customer` for nobody
  ResolveOutcome outcome = ResolveOutcome::nobody;
  std::vector<DroppedIdentifier> dropped;  ///< ascending by place
  std::vector<MergeLog::Outcome> merges;   ///< for `notify` (core/merge.hpp), in sequence
};

/// An identifier as the graph holds it.
struct HeldIdentifier {
  IdentifierType type{};
  std::string_view value;  ///< until the next change
  Customer home{};         ///< on whom it arrived
  Time first{};            ///< the time of its first arrival
};

struct ErasureOutcome {
  std::vector<Customer> customers;  ///< the person's ids, ascending; they remain without meaning
  std::size_t identifiers = 0;      ///< overwritten, each with a tombstone
};

class SectionReader;  // core/archive_reader.hpp
class SectionWriter;  // core/archive_writer.hpp

class IdentifierGraph {
 public:
  /// Throws `invalid_option`.
  EMPTOR_API explicit IdentifierGraph(IdentifierGraphOptions options = {});

  [[nodiscard]] const IdentifierGraphOptions& options() const noexcept { return options_; }
  /// The type with this name, or nothing.
  [[nodiscard]] EMPTOR_API std::optional<IdentifierType> type(std::string_view name) const;

  /// Whose are these? See the head of this file.
  EMPTOR_API Resolution resolve(std::span<const IdentifierValue> identifiers, Time time);
  /// The owner of one identifier, without any change; `no_customer` when it is not held.
  [[nodiscard]] EMPTOR_API Customer find(const IdentifierValue& identifier) const;

  /// Why the identifier would be set aside, alone: unknown_type to blocked, or erased. For who
  /// encodes records for a batch (identity/identifier_graph_batch.hpp).
  [[nodiscard]] EMPTOR_API std::optional<DropReason> unusable(
      const IdentifierValue& identifier) const;

  /// A new customer without identifiers.
  EMPTOR_API Customer add_customer();
  /// Merges for a reason from outside (nothing personal in it). It lets those meet who were parted.
  /// Errors: `not_found` for ids that were never made, `duplicate` when they have one owner
  /// already, `invalid_value` when the two do not fit in one customer.
  [[nodiscard]] EMPTOR_API Result<MergeLog::Outcome> merge(Customer kept, Customer absorbed,
                                                           Time time, std::string reason);
  /// Undoes a merge: identifiers are again the customer's on whom they arrived. Errors as of
  /// `MergeLog::unmerge`.
  [[nodiscard]] EMPTOR_API Result<MergeLog::Outcome> unmerge(MergeId id, Time time,
                                                             std::string reason);

  /// Forgets the person: the identifiers of the customer's whole group are overwritten, tombstones
  /// stay, with the time. Errors: `not_found`; throws `invalid_option` without a `tombstone_key`.
  [[nodiscard]] EMPTOR_API Result<ErasureOutcome> erase(Customer customer, Time time = Time::min());
  /// Lets an erased identifier be used again; whether there was a tombstone.
  EMPTOR_API bool lift(const IdentifierValue& identifier);
  [[nodiscard]] std::size_t tombstones() const noexcept { return tombstones_.size(); }
  /// With their times; the key is `tombstone_key`, types are the rules' names.
  [[nodiscard]] const Tombstones& erased() const noexcept { return tombstones_; }

  /// Ids made so far: 0 to `customers()` - 1.
  [[nodiscard]] std::size_t customers() const noexcept { return own_.size(); }
  /// Identifiers held, without the erased ones.
  [[nodiscard]] std::size_t identifiers() const noexcept { return table_.live(); }
  [[nodiscard]] Customer owner(Customer customer) const { return log_.owner(customer); }
  [[nodiscard]] const MergeLog& log() const noexcept { return log_; }
  /// All identifiers of the customer's group, by customer and arrival: what is held on a person.
  [[nodiscard]] EMPTOR_API std::vector<HeldIdentifier> identifiers_of(Customer customer) const;

  // The graph itself: customers are nodes, identifier codes are nodes, 0 to `codes()` - 1 by first
  // arrival. A code's one neighbour is its home; a customer's are its own codes and its owner, and
  // an owner's those it absorbed.
  [[nodiscard]] std::size_t codes() const noexcept { return table_.size(); }
  /// `no_customer` for an erased identifier.
  [[nodiscard]] Customer home(std::uint32_t code) const { return table_[code].home; }
  [[nodiscard]] std::span<const std::uint32_t> codes_of(Customer customer) const {
    return own_[index(customer)];
  }
  /// The others of the owner's group, ascending; empty for customers who are no owners.
  [[nodiscard]] std::span<const Customer> absorbed_by(Customer owner) const {
    const auto group = groups_.find(owner);
    return group == groups_.end() ? std::span<const Customer>{} : group->second;
  }

  /// Into one section: identifiers, merges, who was parted, tombstones. The same calls give the
  /// same bytes; options are the host's to keep.
  EMPTOR_API void save(SectionWriter& section) const;
  /// What `save` wrote. Rules must have the names and the order that they had then; limits that are
  /// stricter now hold for what arrives. Errors: `corrupt`; throws `invalid_option`, also when
  /// there are tombstones of another key than `tombstone_key`.
  [[nodiscard]] EMPTOR_API static Result<IdentifierGraph> load(SectionReader& section,
                                                               IdentifierGraphOptions options = {});

 private:
  struct Arrived {  // an identifier of the arrival that may be used
    IdentifierType type;
    std::uint32_t place;
    std::uint32_t code;  // or `none`
    bool kept;
  };
  struct Sighting {  // a value of a limited type, with its first arrival
    IdentifierType type;
    Time first;
  };
  struct Misfit {
    DropReason reason;
    IdentifierType because;
  };
  static constexpr std::uint32_t none = detail::IdentifierTable::none;

  [[nodiscard]] std::optional<DropReason> unusable(const IdentifierValue& identifier,
                                                   std::uint32_t code) const;
  [[nodiscard]] bool is_blocked(const IdentifierValue& identifier) const;
  [[nodiscard]] StrongIdentifier strong(const IdentifierValue& identifier) const {
    return {options_.rules[static_cast<std::size_t>(identifier.type)].name, identifier.value};
  }
  /// Fills `arrived_` by falling priority.
  void set_aside(std::span<const IdentifierValue> identifiers,
                 std::vector<DroppedIdentifier>& dropped);
  [[nodiscard]] std::optional<Misfit> try_keep(const Arrived& arrived, Time time);
  void add_sightings(Customer owner);
  [[nodiscard]] std::optional<Misfit> misfit(std::size_t added_from);
  [[nodiscard]] bool parted_from_kept(Customer owner) const;
  MergeLog::Outcome join(Customer kept, Customer absorbed, Time time, std::string reason);
  template <class F>
  void for_each_member(Customer owner, F visit) const {
    visit(owner);
    for (const Customer member : absorbed_by(owner)) visit(member);
  }

  IdentifierGraphOptions options_;
  std::vector<IdentifierLimit> limits_;               // by type; verified: 1 ever
  std::vector<std::vector<std::string>> exact_;       // by type: blocked, folded, sorted
  std::vector<std::vector<BlockedPattern>> pattern_;  // by type: the other blocked ones

  detail::IdentifierTable table_;
  std::vector<std::vector<std::uint32_t>> own_;                 // by customer: codes at home there
  std::unordered_map<Customer, std::vector<Customer>> groups_;  // by owner, where there are others
  std::unordered_map<Customer, std::vector<Customer>> parted_;  // both ways
  std::optional<SecretKey> tombstone_key_;
  Tombstones tombstones_;
  MergeLog log_;

  // Of the arrival at hand; kept for their capacity.
  std::vector<Arrived> arrived_;
  std::vector<Customer> touched_;  // owners of kept identifiers
  std::vector<Sighting> sightings_;
  bool loaded_ = false;  // `sightings_` has those of `touched_`
  std::vector<Time> times_;
};

}  // namespace emptor
