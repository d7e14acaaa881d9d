#pragma once
// The one place where customers are merged, parted and erased: a MergeLog and everybody who
// follows.
//
//     MergeHub hub;
//     hub.add("features", features);
//     hub.add("consent", consent);
//     hub.merge(kept, absorbed, now, "same verified e-mail", {.rule = "email"});
//
// Every listener is told every event, in the order in which the listeners were added. The strong
// guarantee holds over all of them: when one throws, those before it are told the contrary in the
// opposite order (the same event with its kind turned and the changes' before and after exchanged),
// the log is as it was, and the exception goes on to the caller. It rests on two promises of each
// listener: when it throws it is as it was, and what it has just followed it can take back. A
// listener that breaks the second is out of step: `stale()` names it and it is told nothing more.
// (Memory that runs out in the middle of this is not survived by the guarantee.)
//
// Evidence says why in data, beside the log's reason in words: numbers of records, names of fields,
// weights; nothing personal. Both only grow. An erasure keeps the log: it holds ids alone.
// Cost: the log's, and the listeners'. Memory: the log, the evidence, 4 bytes an event and
// customer. Thread safety: any number of readers, or one writer.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/merge.hpp"
#include "emptor/core/merge_log.hpp"
#include "emptor/table/records.hpp"

namespace emptor {

/// Follows merges, and forgets: `erase` removes exactly what arrived on that customer's records.
template <class L>
concept HubListener =
    MergeListener<L> && requires(L& listener, Customer customer) { listener.erase(customer); };

/// What one field said for (> 0) or against (< 0) a match.
struct MergeEvidencePart {
  std::string field;
  double weight = 0;  ///< bits: log2 of the likelihood ratio
  friend bool operator==(const MergeEvidencePart&, const MergeEvidencePart&) = default;
};

/// Why a merge or an unmerge was decided; every part may be empty.
struct MergeEvidence {
  std::string rule{};             ///< who or what decided: "email", "model", "advisor"
  double weight = 0;              ///< of all fields together, bits
  std::vector<Record> records{};  ///< that were compared
  std::vector<MergeEvidencePart> parts{};
  friend bool operator==(const MergeEvidence&, const MergeEvidence&) = default;
};

class MergeHub {
 public:
  MergeHub() = default;
  MergeHub(const MergeHub&) = delete;
  MergeHub& operator=(const MergeHub&) = delete;
  MergeHub(MergeHub&&) = default;
  MergeHub& operator=(MergeHub&&) = default;

  /// From now on the listener is told; it must outlive the hub or be removed before. It must know
  /// of no merge yet: everything that happened so far is told to it first, and who was erased. What
  /// it throws then goes on to the caller and it is not added. Throws `duplicate` for a name twice.
  template <HubListener L>
  void add(std::string listener_name, L& listener) {
    add_listener({std::move(listener_name), &listener,
                  [](void* to, const MergeEvent& event, std::span<const OwnerChange> changes) {
                    notify(*static_cast<L*>(to), event, changes);
                  },
                  [](void* to, Customer customer) { static_cast<L*>(to)->erase(customer); }});
  }
  /// Whether there was such a listener.
  EMPTOR_API bool remove(std::string_view listener_name);

  /// The two are one customer from now on. Throws `invalid_value` for the same customer twice,
  /// `no_customer` or one that was erased, and what listeners throw.
  EMPTOR_API MergeLog::Outcome merge(Customer kept, Customer absorbed, Time time,
                                     std::string reason, MergeEvidence evidence = {});
  /// Undoes one merge. Errors: `not_found`, `duplicate` when it is undone already. Throws what
  /// listeners throw.
  [[nodiscard]] EMPTOR_API Result<MergeLog::Outcome> unmerge(MergeId id, Time time,
                                                             std::string reason,
                                                             MergeEvidence evidence = {});
  /// Takes over what another log (an IdentifierGraph's) has decided since the last time, and
  /// returns how many events that was. The hub then keeps the same log with the same ids; merges
  /// are decided in one of the two places only. Throws `invalid_value` when the hub's last event
  /// is not in its place there, and what listeners throw; the events before that one are taken
  /// over.
  EMPTOR_API std::size_t follow(const MergeLog& log);
  /// Every listener forgets what arrived on the customer. All are told, also when one throws; the
  /// first exception goes on to the caller, and erasing again is safe.
  EMPTOR_API void erase(Customer customer);

  [[nodiscard]] const MergeLog& log() const noexcept { return log_; }
  [[nodiscard]] Customer owner(Customer customer) const { return log_.owner(customer); }
  /// Of the event at this place of the log. Throws `out_of_range`.
  [[nodiscard]] EMPTOR_API const MergeEvidence& evidence(std::size_t sequence) const;
  /// The places in the log of all events that named anyone of the customer's group, ascending.
  [[nodiscard]] EMPTOR_API std::vector<std::size_t> history(Customer customer) const;
  /// Whom `erase` was called for, ascending.
  [[nodiscard]] std::span<const Customer> erased() const noexcept { return erased_; }
  /// Names of listeners in the order of being told.
  [[nodiscard]] EMPTOR_API std::vector<std::string> listeners() const;
  /// Names of those that are out of step and must be removed, rebuilt and added anew.
  [[nodiscard]] EMPTOR_API std::vector<std::string> stale() const;

  /// The log, the evidence and who was erased, as an archive "merge-hub". Listeners save
  /// themselves.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote, without listeners.
  [[nodiscard]] EMPTOR_API static Result<MergeHub> load(std::span<const std::byte> bytes);

 private:
  struct Listener {
    std::string name;
    void* object;
    void (*tell)(void*, const MergeEvent&, std::span<const OwnerChange>);
    void (*erase)(void*, Customer);
    bool stale = false;
  };

  EMPTOR_API void add_listener(Listener listener);
  void begin() const;
  void tell(const MergeLog::Outcome& outcome);
  void take_back(const MergeLog::Outcome& outcome, std::size_t told) noexcept;
  void keep(const MergeEvent& event, MergeEvidence evidence);
  MergeLog::Outcome enact_merge(Customer kept, Customer absorbed, Time time, std::string reason,
                                MergeEvidence evidence);

  MergeLog log_;
  std::vector<MergeEvidence> evidence_;                             // by place in the log
  std::unordered_map<Customer, std::vector<std::uint32_t>> named_;  // places that name a customer
  std::vector<Customer> erased_;
  std::vector<Listener> listeners_;
  bool telling_ = false;
};

}  // namespace emptor
