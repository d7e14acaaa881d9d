#include "emptor/hub/merge_hub.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

namespace {

constexpr std::string_view kind = "merge-hub";

/// Up while listeners are told, so that one of them cannot start the next event.
class Telling {
 public:
  explicit Telling(bool& telling) : telling_(telling) { telling_ = true; }
  ~Telling() { telling_ = false; }
  Telling(const Telling&) = delete;
  Telling& operator=(const Telling&) = delete;

 private:
  bool& telling_;
};

void save_evidence(SectionWriter& section, const MergeEvidence& evidence) {
  section.put_text(evidence.rule);
  section.put(evidence.weight);
  section.put_array(evidence.records);
  section.put(std::uint64_t{evidence.parts.size()});
  for (const MergeEvidencePart& part : evidence.parts) {
    section.put_text(part.field);
    section.put(part.weight);
  }
}

MergeEvidence load_evidence(SectionReader& section) {
  MergeEvidence evidence;
  evidence.rule = section.get_text();
  evidence.weight = section.get<double>();
  evidence.records = section.get_array<Record>();
  const auto parts = section.get<std::uint64_t>();
  while (evidence.parts.size() < parts && section.ok()) {
    MergeEvidencePart part;
    part.field = section.get_text();
    part.weight = section.get<double>();
    evidence.parts.push_back(std::move(part));
  }
  return evidence;
}

}  // namespace

void MergeHub::begin() const {
  if (telling_) {
    throw Exception(ErrorCode::invalid_value, "a listener must not change the hub that tells it",
                    "MergeHub");
  }
}

void MergeHub::add_listener(Listener listener) {
  begin();
  for (const Listener& other : listeners_) {
    if (other.name == listener.name) {
      throw Exception(ErrorCode::duplicate, text("'", other.name, "' listens already"),
                      "MergeHub::add");
    }
  }
  listeners_.reserve(listeners_.size() + 1);
  const Telling telling(telling_);
  MergeLog log;
  for (const MergeEvent& event : log_.events()) {
    const MergeLog::Outcome outcome =
        event.kind == MergeKind::merge
            ? log.merge(event.kept, event.absorbed, event.time, event.reason)
            : log.unmerge(event.id, event.time, event.reason).value();
    listener.tell(listener.object, outcome.event, outcome.changes);
  }
  for (const Customer customer : erased_) listener.erase(listener.object, customer);
  listeners_.push_back(std::move(listener));
}

bool MergeHub::remove(std::string_view listener_name) {
  begin();
  return std::erase_if(listeners_, [&](const Listener& listener) {
           return listener.name == listener_name;
         }) != 0;
}

void MergeHub::take_back(const MergeLog::Outcome& outcome, std::size_t told) noexcept {
  MergeEvent contrary = outcome.event;
  contrary.kind = contrary.kind == MergeKind::merge ? MergeKind::unmerge : MergeKind::merge;
  std::vector<OwnerChange> changes = outcome.changes;
  for (OwnerChange& change : changes) std::swap(change.before, change.after);
  while (told-- > 0) {
    Listener& listener = listeners_[told];
    if (listener.stale) continue;
    try {
      listener.tell(listener.object, contrary, changes);
    } catch (...) {
      listener.stale = true;
    }
  }
  const std::span<const MergeEvent> events = log_.events();
  log_ = MergeLog::replay(events.first(events.size() - 1)).value();
}

void MergeHub::tell(const MergeLog::Outcome& outcome) {
  const Telling telling(telling_);
  std::size_t told = 0;
  try {
    for (; told < listeners_.size(); ++told) {
      const Listener& listener = listeners_[told];
      if (!listener.stale) listener.tell(listener.object, outcome.event, outcome.changes);
    }
  } catch (...) {
    take_back(outcome, told);
    throw;
  }
}

void MergeHub::keep(const MergeEvent& event, MergeEvidence evidence) {
  evidence_.push_back(std::move(evidence));
  named_[event.kept].push_back(static_cast<std::uint32_t>(event.sequence));
  named_[event.absorbed].push_back(static_cast<std::uint32_t>(event.sequence));
}

MergeLog::Outcome MergeHub::merge(Customer kept, Customer absorbed, Time time, std::string reason,
                                  MergeEvidence evidence) {
  begin();
  for (const Customer customer : {kept, absorbed}) {
    if (std::binary_search(erased_.begin(), erased_.end(), customer)) {
      throw Exception(ErrorCode::invalid_value, "who was erased cannot be merged",
                      "MergeHub::merge");
    }
  }
  return enact_merge(kept, absorbed, time, std::move(reason), std::move(evidence));
}

MergeLog::Outcome MergeHub::enact_merge(Customer kept, Customer absorbed, Time time,
                                        std::string reason, MergeEvidence evidence) {
  MergeLog::Outcome outcome = log_.merge(kept, absorbed, time, std::move(reason));
  tell(outcome);
  keep(outcome.event, std::move(evidence));
  return outcome;
}

std::size_t MergeHub::follow(const MergeLog& log) {
  begin();
  const std::span<const MergeEvent> events = log.events();
  const std::size_t before = log_.events().size();
  // The last event in common stands for those before it, so that following often costs little.
  if (events.size() < before || (before != 0 && events[before - 1] != log_.events().back())) {
    throw Exception(ErrorCode::invalid_value, "the hub's log is not the beginning of this one",
                    "MergeHub::follow");
  }
  for (const MergeEvent& event : events.subspan(before)) {
    if (event.kind == MergeKind::merge) {
      enact_merge(event.kept, event.absorbed, event.time, event.reason, {});
    } else {
      (void)unmerge(event.id, event.time, event.reason).value();
    }
  }
  return events.size() - before;
}

Result<MergeLog::Outcome> MergeHub::unmerge(MergeId id, Time time, std::string reason,
                                            MergeEvidence evidence) {
  begin();
  Result<MergeLog::Outcome> outcome = log_.unmerge(id, time, std::move(reason));
  if (!outcome) return outcome;
  tell(*outcome);
  keep(outcome->event, std::move(evidence));
  return outcome;
}

void MergeHub::erase(Customer customer) {
  begin();
  const auto at = std::lower_bound(erased_.begin(), erased_.end(), customer);
  if (at == erased_.end() || *at != customer) erased_.insert(at, customer);
  const Telling telling(telling_);
  std::exception_ptr first;
  for (const Listener& listener : listeners_) {
    try {
      listener.erase(listener.object, customer);
    } catch (...) {
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
}

const MergeEvidence& MergeHub::evidence(std::size_t sequence) const {
  if (sequence >= evidence_.size()) {
    throw Exception(ErrorCode::out_of_range,
                    text("event ", sequence, " is not one of ", evidence_.size()),
                    "MergeHub::evidence");
  }
  return evidence_[sequence];
}

std::vector<std::size_t> MergeHub::history(Customer customer) const {
  std::vector<std::size_t> out;
  for (const Customer member : log_.members(customer)) {
    const auto found = named_.find(member);
    if (found != named_.end()) out.insert(out.end(), found->second.begin(), found->second.end());
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::vector<std::string> MergeHub::listeners() const {
  std::vector<std::string> out;
  for (const Listener& listener : listeners_) out.push_back(listener.name);
  return out;
}

std::vector<std::string> MergeHub::stale() const {
  std::vector<std::string> out;
  for (const Listener& listener : listeners_) {
    if (listener.stale) out.push_back(listener.name);
  }
  return out;
}

std::vector<std::byte> MergeHub::save() const {
  ArchiveWriter writer(kind, 1);
  log_.save(writer.section("log"));
  SectionWriter& section = writer.section("evidence");
  for (const MergeEvidence& evidence : evidence_) save_evidence(section, evidence);
  writer.section("erased").put_array(erased_);
  return std::move(writer).finish();
}

Result<MergeHub> MergeHub::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, kind, 1);
  if (!reader) return reader.error();
  MergeHub hub;
  Result<SectionReader> log = reader->section("log");
  if (!log) return log.error();
  Result<MergeLog> loaded = MergeLog::load(*log);
  if (!loaded) return loaded.error();
  if (const Result<void> done = log->finish(); !done) return done.error();
  hub.log_ = std::move(*loaded);
  Result<SectionReader> section = reader->section("evidence");
  if (!section) return section.error();
  for (const MergeEvent& event : hub.log_.events()) {
    if (section->ok()) hub.keep(event, load_evidence(*section));
  }
  if (const Result<void> done = section->finish(); !done) return done.error();
  Result<SectionReader> erased = reader->section("erased");
  if (!erased) return erased.error();
  hub.erased_ = erased->get_array<Customer>();
  erased->require(
      std::adjacent_find(hub.erased_.begin(), hub.erased_.end(),
                         [](Customer a, Customer b) { return a >= b; }) == hub.erased_.end(),
      "who was erased does not ascend");
  if (const Result<void> done = erased->finish(); !done) return done.error();
  return hub;
}

}  // namespace emptor
