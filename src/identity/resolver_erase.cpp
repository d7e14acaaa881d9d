#include <limits>
#include <utility>

#include "identity/resolver_state.hpp"

namespace emptor {

void Resolver::State::require_key() const {
  if (secret) return;
  throw Exception(ErrorCode::invalid_option, "'tombstone_key' must be set to erase, got none",
                  "tombstone_key");
}

/// What names a person: e-mails, personal numbers, name with birth date.
template <class Visit>
void Resolver::State::for_each_identifier(const ComparedRecords& of, std::size_t record,
                                          Visit&& visit) const {
  std::size_t named = 0;
  std::string person;
  for (std::size_t c = 0; c < of.comparisons().size(); ++c) {
    const Comparison& comparison = of.comparisons()[c];
    const std::uint32_t* codes = of.codes(record) + comparison.first_slot;
    const bool names = comparison.kind == ComparisonKind::given_name ||
                       comparison.kind == ComparisonKind::family_name ||
                       comparison.kind == ComparisonKind::birth_date;
    if (names && codes[0] != 0) {
      ++named;
      person.append(of.dictionary(c).text(codes[0]));
      person.push_back('\0');
    }
    const bool strong = comparison.kind == ComparisonKind::email ||
                        comparison.kind == ComparisonKind::typed_id ||
                        (comparison.kind == ComparisonKind::key && comparison.individual);
    for (std::size_t i = 0; strong && i < comparison.slots && codes[i] != 0; ++i) {
      visit(StrongIdentifier{comparison.name, of.dictionary(c).text(codes[i])});
    }
  }
  if (named == 3) visit(StrongIdentifier{"name and birth date", person});
}

bool Resolver::State::is_tombstoned(const ComparedRecords& of, std::size_t record) const {
  if (tombstones.empty()) return false;
  bool found = false;
  for_each_identifier(of, record, [&](const StrongIdentifier& identifier) {
    found = found || tombstones.contains(*secret, identifier);
  });
  return found;
}

std::size_t Resolver::State::bury(std::uint32_t record, Time time) {
  std::size_t added = 0;
  for_each_identifier(records, record, [&](const StrongIdentifier& identifier) {
    if (tombstones.add(*secret, identifier, time)) ++added;
  });
  return added;
}

void Resolver::State::blank(std::uint32_t record) {
  for (std::size_t r = 0; r < rules.size(); ++r) {
    const std::uint64_t key = detail::rule_key(records, rules[r], record);
    if (key != 0) indexes[r].remove(key, record);
  }
  shares->remove(record);
  records.erase(record);
  is_erased[record] = true;
  const std::lock_guard lock(mutex_);
  idle_.clear();  // what was looked up lately
}

void Resolver::State::leave_group(std::uint32_t record, Time time, Outcomes& out) {
  std::vector<std::uint32_t> members = group(record);
  std::vector<MergeId> must;
  for (const MergeId id : standing(members)) {
    const MergeEnds ends = ends_[static_cast<std::size_t>(id)];
    if (ends.kept != record && ends.absorbed != record) {
      must.push_back(id);
      continue;
    }
    constexpr float no_weight = std::numeric_limits<float>::quiet_NaN();
    undo(id, time, "erasure", {DecidedBy::person, {ends.kept, ends.absorbed}, no_weight, no_weight},
         out);
  }
  std::erase(members, record);
  if (members.size() > 1) settle(std::move(members), must, time, "follows from an erasure", out);
}

Result<ErasedRecords> Resolver::State::erase(Customer customer, Time time) {
  require_key();
  if (index(customer) >= records.size()) {
    return Error{ErrorCode::not_found,
                 text("customer ", index(customer), " is not one of ", records.size()),
                 "Resolver::erase"};
  }
  ErasedRecords out;
  PersonDecision decision{.kind = DecisionKind::erase, .time = time, .one = {}, .other = {}};
  for (const std::uint32_t member : group(static_cast<std::uint32_t>(index(customer)))) {
    if (is_erased[member]) continue;
    out.tombstones += bury(member, time);
    blank(member);
    ++out.records;
    out.customers.push_back(id_at<Customer>(member));
    decision.one.push_back(id_at<Record>(member));
  }
  if (out.records != 0) keep_decision(std::move(decision));
  return out;
}

Result<ErasedRecords> Resolver::State::erase_record(Record record, Time time) {
  require_key();
  if (std::optional<Error> error = unknown(record)) return *std::move(error);
  const auto number = static_cast<std::uint32_t>(index(record));
  ErasedRecords out{.customers = {id_at<Customer>(number)}, .records = 1, .events = {}};
  leave_group(number, time, out.events);
  out.tombstones = bury(number, time);
  blank(number);
  keep_decision({.kind = DecisionKind::erase, .time = time, .one = {record}, .other = {}});
  tell(out.events);
  return out;
}

Result<std::size_t> Resolver::State::lift(std::span<const std::string_view> values) {
  require_key();
  if (std::optional<Error> error = wrong(values)) return *std::move(error);
  const Lease lease(*this);
  read(*lease, values);
  std::size_t lifted = 0;
  for_each_identifier((*lease).own, (*lease).row, [&](const StrongIdentifier& identifier) {
    if (tombstones.lift(*secret, identifier)) ++lifted;
  });
  return lifted;
}

Result<ErasedRecords> Resolver::State::adopt(const Tombstones& others, Time time) {
  require_key();
  if (!others.made_with(*secret)) {
    return Error{ErrorCode::invalid_value, "the tombstones were made with another key",
                 "tombstone_key"};
  }
  ErasedRecords out;
  const std::size_t before = tombstones.size();
  tombstones.merge(others).value();
  out.tombstones = tombstones.size() - before;
  for (std::uint32_t r = 0; r < records.size(); ++r) {
    if (is_erased[r] || !is_tombstoned(records, r)) continue;
    leave_group(r, time, out.events);
    blank(r);
    keep_decision(
        {.kind = DecisionKind::erase, .time = time, .one = {id_at<Record>(r)}, .other = {}});
    ++out.records;
    out.customers.push_back(id_at<Customer>(r));
  }
  tell(out.events);
  return out;
}

}  // namespace emptor
