#include "emptor/identity/resolver.hpp"

#include <algorithm>
#include <utility>

#include "identity/resolver_state.hpp"

namespace emptor {

namespace {

void check(const ResolverOptions& options) {
  require_option(options.max_block >= 2, "max_block", ">= 2", options.max_block);
  require_option(options.max_candidates >= 1, "max_candidates", ">= 1", options.max_candidates);
  const ClusterOptions& clustering = options.link.clustering;
  require_option(clustering.clamp > 0, "clamp", "> 0", clustering.clamp);
  require_option(clustering.cross_pairs >= 1, "cross_pairs", ">= 1", clustering.cross_pairs);
  require_option(clustering.max_size >= 1, "max_size", ">= 1", clustering.max_size);
}

}  // namespace

Resolver::State::State(ComparedRecords the_records, LinkModel the_model,
                       std::vector<detail::RuleKeys> the_rules, ResolverOptions the_options)
    : options(std::move(the_options)),
      records(std::move(the_records)),
      model(std::move(the_model)),
      rules(std::move(the_rules)) {
  check(options);
  if (!options.tombstone_key.empty()) secret.emplace(options.tombstone_key);
  const auto comparisons = records.comparisons();
  for (std::size_t c = 0; c < comparisons.size(); ++c) {
    if (comparisons[c].verified) verified_.push_back(c);
  }
  for (const FieldLimit& limit : options.limits) {
    const auto found =
        std::find_if(comparisons.begin(), comparisons.end(),
                     [&](const Comparison& one) { return one.name == limit.comparison; });
    require_option(found != comparisons.end(), "limits", "of fields that the schema has",
                   limit.comparison);
    require_option(limit.values >= 1, "values", ">= 1", limit.values);
    limited_.push_back({static_cast<std::size_t>(found - comparisons.begin()), limit.values});
  }
  const auto n = static_cast<std::uint32_t>(records.size());
  for (std::uint32_t r = 0; r < n; ++r) {
    owners.push_back(r);
    next.push_back(r);
  }
  sizes.assign(n, 1);
  is_erased.assign(n, false);
  first_end_.assign(n, none);
  if (rules.empty()) choose_rules({});
  build();
}

Resolver::State::~State() = default;

namespace {

/// Whether records that meet by the rule meet by one of the chosen ones anyway.
[[nodiscard]] bool is_covered(const detail::RuleKeys& rule,
                              std::span<const detail::RuleKeys> chosen) {
  return std::any_of(chosen.begin(), chosen.end(), [&](const detail::RuleKeys& wide) {
    if (wide.name == rule.name) return true;
    if (wide.parts.size() != 1 || wide.swapped || rule.words) return false;
    const detail::KeyPart& whole = wide.parts.front();
    return std::any_of(rule.parts.begin(), rule.parts.end(), [&](const detail::KeyPart& part) {
      return part.comparison == whole.comparison && part.slot == whole.slot &&
             (whole.coarse || !part.coarse);
    });
  });
}

/// Whether no two of a hundred thousand records meet by the rule.
[[nodiscard]] bool meets_nobody(const ComparedRecords& records, const detail::RuleKeys& rule) {
  std::vector<std::uint64_t> keys;
  for (std::size_t r = 0; r < std::min<std::size_t>(records.size(), 100000); ++r) {
    if (const std::uint64_t key = detail::rule_key(records, rule, r); key != 0) keys.push_back(key);
  }
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) == keys.end();
}

}  // namespace

/// What can be afforded, as in `link`; and rules by which no two records meet as yet. Of few
/// records all rules, since they tell nothing about what rules will cost.
void Resolver::State::choose_rules(const Context& context) {
  std::vector<detail::RuleKeys> possible = detail::possible_rules(records);
  if (records.size() <= options.link.compare_all_below) {
    rules = std::move(possible);
  } else {
    rules = detail::affordable_rules(
        records, possible, detail::candidate_budget(records.size(), options.link.pairs_a_record),
        options.link.blocking.max_block, context);
    for (detail::RuleKeys& rule : possible) {
      if (is_covered(rule, rules) || !meets_nobody(records, rule)) continue;
      rules.push_back(std::move(rule));
    }
  }
  if (rules.size() > max_blocking_rules) rules.resize(max_blocking_rules);
}

void Resolver::State::build() {
  idle_.clear();
  weights = std::make_unique<detail::ScoreTables>(records.empty_copy(), model);
  shares = std::make_unique<detail::LiveShares>(records, model);
  indexes.assign(rules.size(), {});
  for (std::size_t r = 0; r < rules.size(); ++r) {
    for (std::uint32_t record = 0; record < records.size(); ++record) {
      const std::uint64_t key = detail::rule_key(records, rules[r], record);
      if (key != 0) indexes[r].add(key, record);
    }
  }
}

Resolver::Resolver(Linkage linkage, ResolverOptions options)
    : state_(std::make_unique<State>(std::move(linkage.records), std::move(linkage.model),
                                     std::vector<detail::RuleKeys>{}, std::move(options))) {
  state_->take_clusters(linkage.clustering);
}
Resolver::Resolver(std::unique_ptr<State> state) : state_(std::move(state)) {}
Resolver::~Resolver() = default;
Resolver::Resolver(Resolver&&) noexcept = default;
Resolver& Resolver::operator=(Resolver&&) noexcept = default;

Result<Resolved> Resolver::resolve(std::span<const std::string_view> values, Time time) {
  return state_->resolve(values, time);
}
Result<Resolved> Resolver::look_up(std::span<const std::string_view> values) const {
  return state_->look_up(values);
}

Result<std::vector<MergeLog::Outcome>> Resolver::unmerge(MergeId id, Time time,
                                                         std::string reason) {
  return state_->unmerge(id, time, std::move(reason));
}
Result<std::vector<MergeLog::Outcome>> Resolver::split(Record record, Time time,
                                                       std::string reason) {
  return state_->split(record, time, reason);
}
Result<std::vector<MergeLog::Outcome>> Resolver::keep_apart(Record a, Record b, Time time,
                                                            std::string reason) {
  return state_->keep_apart(a, b, time, reason);
}
Result<std::vector<MergeLog::Outcome>> Resolver::join(Record a, Record b, Time time,
                                                      std::string reason) {
  return state_->join(a, b, time, std::move(reason));
}

Reconciliation Resolver::reconcile(const ReconcileOptions& options, Time time,
                                   const Context& context) {
  return state_->reconcile(options, time, context);
}

Result<ErasedRecords> Resolver::erase(Customer customer, Time time) {
  return state_->erase(customer, time);
}
Result<ErasedRecords> Resolver::erase_record(Record record, Time time) {
  return state_->erase_record(record, time);
}
Result<std::size_t> Resolver::lift(std::span<const std::string_view> values) {
  return state_->lift(values);
}
const Tombstones& Resolver::tombstones() const noexcept {
  return state_->tombstones;
}
Result<ErasedRecords> Resolver::adopt_tombstones(const Tombstones& tombstones, Time time) {
  return state_->adopt(tombstones, time);
}

std::size_t Resolver::size() const noexcept {
  return state_->records.size();
}
const ComparedRecords& Resolver::records() const noexcept {
  return state_->records;
}
const LinkModel& Resolver::model() const noexcept {
  return state_->model;
}
std::vector<std::string> Resolver::rules() const {
  std::vector<std::string> out;
  for (const detail::RuleKeys& rule : state_->rules) out.push_back(rule.name);
  return out;
}
Customer Resolver::owner(Record record) const {
  return id_at<Customer>(state_->owners.at(index(record)));
}
std::vector<Record> Resolver::records_of(Customer customer) const {
  std::vector<Record> out;
  if (index(customer) >= size()) return out;
  for (const std::uint32_t r : state_->group(static_cast<std::uint32_t>(index(customer)))) {
    out.push_back(id_at<Record>(r));
  }
  return out;
}
std::vector<std::uint32_t> Resolver::clusters() const {
  std::vector<std::uint32_t> least(size(), 0xFFFFFFFF), out(size());
  for (std::uint32_t r = 0; r < out.size(); ++r) {
    std::uint32_t& smallest = least[state_->owners[r]];
    smallest = std::min(smallest, r);
    out[r] = smallest;
  }
  return out;
}
bool Resolver::erased(Record record) const {
  return state_->is_erased.at(index(record));
}
const MergeLog& Resolver::log() const noexcept {
  return state_->log;
}
const MergeGround& Resolver::ground(std::size_t sequence) const {
  if (sequence >= state_->grounds.size()) {
    throw Exception(ErrorCode::out_of_range,
                    text("event ", sequence, " is not one of ", state_->grounds.size()),
                    "Resolver::ground");
  }
  return state_->grounds[sequence];
}
std::span<const PersonDecision> Resolver::decisions() const noexcept {
  return state_->decisions;
}
float Resolver::weight(Record a, Record b) const {
  for (const Record record : {a, b}) {
    if (index(record) < size()) continue;
    throw Exception(ErrorCode::out_of_range,
                    text("record ", index(record), " is not one of ", size()), "Resolver::weight");
  }
  detail::RecordScorer scorer(state_->records, *state_->weights, *state_->shares);
  scorer.begin(static_cast<std::uint32_t>(index(a)));
  return scorer.weight(static_cast<std::uint32_t>(index(b)));
}

void Resolver::add_listener(void* object, Tell tell) {
  state_->add_listener(object, tell);
}
bool Resolver::remove(void* object) {
  return state_->remove(object);
}

std::vector<std::byte> Resolver::save() const {
  return state_->save();
}
Result<Resolver> Resolver::load(std::span<const std::byte> bytes, const LinkSchema& schema,
                                ResolverOptions options) {
  Result<std::unique_ptr<State>> state = State::load(bytes, schema, std::move(options));
  if (!state) return state.error();
  return Resolver(std::move(*state));
}

}  // namespace emptor
