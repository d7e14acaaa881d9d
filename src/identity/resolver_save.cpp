#include <algorithm>
#include <chrono>
#include <utility>

#include "emptor/core/archive.hpp"
#include "identity/resolver_state.hpp"

namespace emptor {

namespace {

constexpr std::string_view kind = "resolver";

void save_rules(SectionWriter& section, std::span<const detail::RuleKeys> rules) {
  section.put(std::uint64_t{rules.size()});
  for (const detail::RuleKeys& rule : rules) {
    section.put_text(rule.name);
    section.put(rule.swapped);
    section.put(rule.words);
    section.put(std::uint64_t{rule.parts.size()});
    for (const detail::KeyPart& part : rule.parts) {
      section.put(std::uint64_t{part.comparison});
      section.put(part.coarse);
      section.put(part.slot);
    }
  }
}

std::vector<detail::RuleKeys> load_rules(SectionReader& section, std::size_t comparisons) {
  std::vector<detail::RuleKeys> rules;
  const auto count = section.get<std::uint64_t>();
  while (rules.size() < count && section.ok()) {
    detail::RuleKeys& rule = rules.emplace_back();
    rule.name = section.get_text();
    rule.swapped = section.get<bool>();
    rule.words = section.get<bool>();
    const auto parts = section.get<std::uint64_t>();
    section.require(rule.words == (parts == 0), "a blocking rule without a key");
    while (rule.parts.size() < parts && section.ok()) {
      detail::KeyPart& part = rule.parts.emplace_back();
      part.comparison = static_cast<std::size_t>(section.get<std::uint64_t>());
      part.coarse = section.get<bool>();
      part.slot = section.get<std::uint8_t>();
      section.require(part.comparison < comparisons, "a blocking rule of no field");
    }
  }
  section.require(!rules.empty(), "there are no blocking rules");
  return rules;
}

void save_decision(SectionWriter& section, const PersonDecision& decision) {
  section.put(decision.kind);
  section.put(std::int64_t{decision.time.time_since_epoch().count()});
  section.put_array(decision.one);
  section.put_array(decision.other);
  section.put(decision.in_force);
  section.put(decision.merge);
}

PersonDecision load_decision(SectionReader& section) {
  PersonDecision decision;
  decision.kind = section.get_enum(DecisionKind::erase);
  decision.time = Time{std::chrono::seconds{section.get<std::int64_t>()}};
  decision.one = section.get_array<Record>();
  decision.other = section.get_array<Record>();
  decision.in_force = section.get<bool>();
  decision.merge = section.get<MergeId>();
  return decision;
}

[[nodiscard]] bool ascends(std::span<const Record> some) {
  return std::adjacent_find(some.begin(), some.end(), std::greater_equal<>()) == some.end();
}

}  // namespace

std::vector<std::byte> Resolver::State::save() const {
  ArchiveWriter writer(kind, 1);
  records.save(writer.section("records"));
  writer.section("model").put_array(model.save());
  save_rules(writer.section("rules"), rules);
  log.save(writer.section("log"));
  SectionWriter& of_events = writer.section("grounds");
  for (const MergeGround& ground : grounds) {
    of_events.put(ground.by);
    of_events.put(ground.records.a);
    of_events.put(ground.records.b);
    of_events.put(ground.weight);
    of_events.put(ground.mean);
  }
  SectionWriter& of_people = writer.section("decisions");
  of_people.put(std::uint64_t{decisions.size()});
  for (const PersonDecision& decision : decisions) save_decision(of_people, decision);
  tombstones.save(writer.section("tombstones"));
  return std::move(writer).finish();
}

Result<std::unique_ptr<Resolver::State>> Resolver::State::load(std::span<const std::byte> bytes,
                                                               const LinkSchema& schema,
                                                               ResolverOptions options) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> of_records = reader->section("records");
  if (!of_records) return of_records.error();
  Result<ComparedRecords> records = ComparedRecords::load(*of_records, schema);
  if (!records) return records.error();
  if (const Result<void> done = of_records->finish(); !done) return done.error();

  Result<SectionReader> of_model = reader->section("model");
  if (!of_model) return of_model.error();
  Result<LinkModel> model = LinkModel::load(of_model->get_view());
  if (const Result<void> done = of_model->finish(); !done) return done.error();
  if (!model) return model.error();
  bool fits = model->comparisons().size() == records->comparisons().size();
  for (std::size_t c = 0; fits && c < model->comparisons().size(); ++c) {
    const Comparison &a = model->comparisons()[c].comparison, &b = records->comparisons()[c];
    fits = a.kind == b.kind && a.first_slot == b.first_slot && a.slots == b.slots &&
           a.parent == b.parent;
  }

  Result<SectionReader> of_rules = reader->section("rules");
  if (!of_rules) return of_rules.error();
  of_rules->require(fits, "the model is not one of these records");
  std::vector<detail::RuleKeys> rules = load_rules(*of_rules, records->comparisons().size());
  if (const Result<void> done = of_rules->finish(); !done) return done.error();

  auto state = std::make_unique<State>(std::move(*records), std::move(*model), std::move(rules),
                                       std::move(options));
  const std::size_t n = state->records.size();

  Result<SectionReader> of_log = reader->section("log");
  if (!of_log) return of_log.error();
  Result<MergeLog> log = MergeLog::load(*of_log);
  if (!log) return log.error();
  for (const MergeEvent& event : log->events()) {
    of_log->require(index(event.kept) < n && index(event.absorbed) < n,
                    "a merged customer was never made");
  }
  if (const Result<void> done = of_log->finish(); !done) return done.error();
  state->log = std::move(*log);

  Result<SectionReader> of_events = reader->section("grounds");
  if (!of_events) return of_events.error();
  for (const MergeEvent& event : state->log.events()) {
    MergeGround ground;
    ground.by = of_events->get_enum(DecidedBy::reconciliation);
    ground.records.a = of_events->get<std::uint32_t>();
    ground.records.b = of_events->get<std::uint32_t>();
    ground.weight = of_events->get<float>();
    ground.mean = of_events->get<float>();
    if (!of_events->require(ground.records.a < n && ground.records.b < n,
                            "a record that does not exist")) {
      break;
    }
    state->grounds.push_back(ground);
    if (event.kind != MergeKind::merge) continue;
    state->ends_.push_back({.kept = static_cast<std::uint32_t>(index(event.kept)),
                            .absorbed = static_cast<std::uint32_t>(index(event.absorbed)),
                            .sequence = static_cast<std::uint32_t>(event.sequence)});
    state->note_merge(event.id);
  }
  if (const Result<void> done = of_events->finish(); !done) return done.error();

  Result<SectionReader> of_people = reader->section("decisions");
  if (!of_people) return of_people.error();
  const auto count = of_people->get<std::uint64_t>();
  while (state->decisions.size() < count && of_people->ok()) {
    PersonDecision decision = load_decision(*of_people);
    for (const auto* some : {&decision.one, &decision.other}) {
      of_people->require(ascends(*some) && (some->empty() || index(some->back()) < n),
                         "a decision about a record that does not exist");
    }
    if (!of_people->ok()) break;
    const bool join = decision.kind == DecisionKind::join;
    if (join &&
        !of_people->require(decision.one.size() == 1 && decision.other.size() == 1 &&
                                static_cast<std::size_t>(decision.merge) < state->ends_.size(),
                            "people joined no two records")) {
      break;
    }
    if (decision.kind == DecisionKind::erase) {
      for (const Record record : decision.one) state->is_erased[index(record)] = true;
    }
    state->keep_decision(std::move(decision));
  }
  if (const Result<void> done = of_people->finish(); !done) return done.error();

  Result<SectionReader> of_erased = reader->section("tombstones");
  if (!of_erased) return of_erased.error();
  state->tombstones = Tombstones::load(*of_erased);
  if (const Result<void> done = of_erased->finish(); !done) return done.error();
  const bool readable = state->secret && state->tombstones.made_with(*state->secret);
  if (!state->tombstones.empty() && !readable) {
    return Error{ErrorCode::invalid_value, "the tombstones were made with another key",
                 "tombstone_key"};
  }
  std::vector<std::uint32_t> all(n);
  for (std::uint32_t r = 0; r < n; ++r) all[r] = r;
  state->refresh(all);
  return state;
}

}  // namespace emptor
