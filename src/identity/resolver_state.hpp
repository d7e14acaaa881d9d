#pragma once
// What a Resolver holds: records, the indexes of their keys, their groups, and how it all changes.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "emptor/identity/resolver.hpp"
#include "identity/blocking_keys.hpp"
#include "identity/resolver_index.hpp"
#include "identity/resolver_scorer.hpp"

namespace emptor {

class Resolver::State {
 public:
  using Outcomes = std::vector<MergeLog::Outcome>;

  /// Records as they are, each a customer of its own; keys are indexed.
  State(ComparedRecords the_records, LinkModel the_model, std::vector<detail::RuleKeys> the_rules,
        ResolverOptions the_options);
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State();

  // resolver_decide.cpp
  [[nodiscard]] Result<Resolved> resolve(std::span<const std::string_view> values, Time time);
  [[nodiscard]] Result<Resolved> look_up(std::span<const std::string_view> values) const;

  // resolver_change.cpp
  void take_clusters(const Clustering& clustering);
  [[nodiscard]] Result<Outcomes> unmerge(MergeId id, Time time, std::string reason);
  [[nodiscard]] Result<Outcomes> split(Record record, Time time, const std::string& reason);
  [[nodiscard]] Result<Outcomes> keep_apart(Record a, Record b, Time time,
                                            const std::string& reason);
  [[nodiscard]] Result<Outcomes> join(Record a, Record b, Time time, std::string reason);

  // resolver_reconcile.cpp
  [[nodiscard]] Reconciliation reconcile(const ReconcileOptions& how, Time time,
                                         const Context& context);

  // resolver_erase.cpp
  [[nodiscard]] Result<ErasedRecords> erase(Customer customer, Time time);
  [[nodiscard]] Result<ErasedRecords> erase_record(Record record, Time time);
  [[nodiscard]] Result<std::size_t> lift(std::span<const std::string_view> values);
  [[nodiscard]] Result<ErasedRecords> adopt(const Tombstones& others, Time time);

  // resolver_save.cpp
  [[nodiscard]] std::vector<std::byte> save() const;
  [[nodiscard]] static Result<std::unique_ptr<State>> load(std::span<const std::byte> bytes,
                                                           const LinkSchema& schema,
                                                           ResolverOptions options);

  [[nodiscard]] std::vector<std::uint32_t> group(std::uint32_t record) const;
  void tell(std::span<const MergeLog::Outcome> outcomes) const;
  void add_listener(void* object, Tell tell);
  bool remove(void* object);

  ResolverOptions options;
  ComparedRecords records;
  LinkModel model;
  std::vector<detail::RuleKeys> rules;
  std::unique_ptr<detail::ScoreTables> weights;  // of the model; without shares
  std::unique_ptr<detail::LiveShares> shares;
  std::vector<detail::BlockIndex> indexes;  // by rule
  std::vector<std::uint32_t> owners, next,
      sizes;  // a record each: a ring a group
  std::vector<bool> is_erased;
  MergeLog log;
  std::vector<MergeGround> grounds;  // by place in the log
  std::vector<PersonDecision> decisions;
  std::optional<SecretKey> secret;  // of tombstones
  Tombstones tombstones;

 private:
  struct Listener {
    void* object;
    Tell tell;
  };
  struct LimitedField {
    std::size_t comparison = 0;
    std::uint32_t values = 0;
  };
  struct MergeEnds {
    std::uint32_t kept = 0, absorbed = 0;
    std::uint32_t next_of_kept = none,
                  next_of_absorbed = none;  // more merges that name them
    std::uint32_t sequence = 0;
  };
  /// A customer that the record at hand may be of.
  struct Found {
    std::uint32_t owner = 0, like = 0;
    float weight = 0, mean = 0;
    MergeRefusal reason = MergeRefusal::none;
  };
  /// A record at hand and the room to decide about it.
  struct Probe {
    explicit Probe(const State& state);
    ComparedRecords own;
    detail::RecordScorer scorer;
    std::size_t row = 0;
    std::vector<std::uint64_t> keys;                              // by rule
    std::vector<std::pair<std::uint32_t, std::uint32_t>> blocks;  // size, rule
    std::vector<std::uint32_t> candidates, seen, group, others, some;
    std::vector<Found> found;  // the joined one first, then those to merge with it
    std::vector<Found> refused;
    std::vector<std::uint64_t> identifiers;
  };
  class Lease;

  static constexpr std::uint32_t none = 0xFFFFFFFF;

  void choose_rules(const Context& context);
  /// Tables and indexes, of the model, the rules and the records.
  void build();
  [[nodiscard]] std::optional<Error> wrong(std::span<const std::string_view> values) const;

  void read(Probe& probe, std::span<const std::string_view> values) const;
  void find_candidates(Probe& probe) const;
  void find_customers(Probe& probe) const;
  void judge(Probe& probe) const;
  [[nodiscard]] MergeRefusal refusal(Probe& probe, std::span<const std::uint32_t> members) const;
  [[nodiscard]] MergeRefusal refusal(Probe& probe, std::span<const std::uint32_t> one,
                                     std::span<const std::uint32_t> other, bool with_probe,
                                     bool by_person) const;
  [[nodiscard]] bool parted(std::span<const std::uint32_t> one,
                            std::span<const std::uint32_t> other) const;
  [[nodiscard]] float mean(Probe& probe, std::span<const std::uint32_t> members) const;
  [[nodiscard]] float mutual_mean(Probe& probe, std::span<const std::uint32_t> one,
                                  std::span<const std::uint32_t> other) const;
  void gather(std::uint32_t owner, std::vector<std::uint32_t>& out) const;
  [[nodiscard]] std::string agreement(const detail::RecordScorer& scorer) const;
  void answer(const Probe& probe, Resolved& resolved) const;

  void merge(std::uint32_t kept, std::uint32_t absorbed, Time time, std::string reason,
             const MergeGround& ground, Outcomes* out);
  /// The merge must be in force.
  void undo(MergeId id, Time time, std::string reason, const MergeGround& ground, Outcomes& out);
  void note_merge(MergeId id);
  void refresh(std::span<const std::uint32_t> members);
  /// Merges in force within the group, ascending.
  [[nodiscard]] std::vector<MergeId> standing(std::span<const std::uint32_t> members) const;
  [[nodiscard]] bool by_person(MergeId id) const;
  [[nodiscard]] std::vector<RecordPair> cannot_links(std::span<const std::uint32_t> members) const;
  void keep_decision(PersonDecision decision);
  void note_decision(std::size_t place);
  /// Clusters the records again; merges of `must` stand.
  void settle(std::vector<std::uint32_t> members, std::span<const MergeId> must, Time time,
              const std::string& reason, Outcomes& out);
  [[nodiscard]] Clustering cluster(std::span<const std::uint32_t> members,
                                   std::span<const RecordPair> must,
                                   std::span<const RecordPair> cannot) const;
  [[nodiscard]] std::optional<Error> unknown(Record record) const;

  void require_key() const;
  template <class Visit>
  void for_each_identifier(const ComparedRecords& of, std::size_t record, Visit&& visit) const;
  [[nodiscard]] bool is_tombstoned(const ComparedRecords& of, std::size_t record) const;
  std::size_t bury(std::uint32_t record, Time time);
  void blank(std::uint32_t record);
  void leave_group(std::uint32_t record, Time time, Outcomes& out);

  std::vector<std::size_t> verified_;  // comparisons
  std::vector<LimitedField> limited_;
  std::vector<MergeEnds> ends_;           // by merge
  std::vector<std::uint32_t> first_end_;  // a record each
  std::unordered_map<std::uint32_t, std::vector<std::pair<std::uint32_t, bool>>> parted_;
  std::vector<Listener> listeners_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Probe>> idle_;
};

/// A probe until this ends.
class Resolver::State::Lease {
 public:
  explicit Lease(const State& state) : state_(state) {
    {
      const std::lock_guard lock(state.mutex_);
      if (!state.idle_.empty()) {
        probe_ = std::move(state.idle_.back());
        state.idle_.pop_back();
      }
    }
    if (!probe_) probe_ = std::make_unique<Probe>(state);
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    const std::lock_guard lock(state_.mutex_);
    state_.idle_.push_back(std::move(probe_));
  }
  [[nodiscard]] Probe& operator*() const noexcept { return *probe_; }

 private:
  const State& state_;
  std::unique_ptr<Probe> probe_;
};

}  // namespace emptor
