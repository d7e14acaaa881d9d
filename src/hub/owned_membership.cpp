#include "emptor/hub/owned_membership.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

OwnedMembership::OwnedMembership(MembershipRules rules) {
  check_membership(rules);
  rules_ = std::make_shared<const MembershipRules>(std::move(rules));
}

MembershipOutcome OwnedMembership::add(const MembershipFact& fact) {
  if (const detail::FactPlace* there = ids_.find(fact.id)) {
    const MembershipFact* known = arrived(there->customer).find(there->time, fact.id);
    return {*known == fact ? MembershipVerdict::repeated : MembershipVerdict::conflict, 0, 0};
  }
  const MembershipAccount& before = account(fact.customer);
  const MembershipVerdict verdict = before.check(fact, *rules_);
  if (verdict != MembershipVerdict::accepted) return {verdict, 0, 0};
  const Time now = before.empty() ? fact.time : std::max(fact.time, before.facts().back().time);
  MembershipOutcome out{verdict, before.tier(now), 0};
  ids_.insert(fact.id, {fact.time, fact.customer});
  try {
    states_.add_by(fact.customer, [&](MembershipAccount& own) { own.add(fact, rules_); });
  } catch (...) {
    ids_.erase(fact.id);
    throw;
  }
  out.to = tier(fact.customer, now);
  return out;
}

TierOutlook OwnedMembership::outlook(Customer customer, Time now) const {
  TierOutlook out = account(customer).outlook(now);
  out.customer = owner(customer);
  return out;
}

std::vector<TierChange> OwnedMembership::changes(Time after, Time until) const {
  std::vector<TierChange> out;
  for (const Customer owner : owners()) account(owner).changes(after, until, owner, out);
  std::sort(out.begin(), out.end(), [](const TierChange& a, const TierChange& b) {
    return std::tie(a.time, a.customer) < std::tie(b.time, b.customer);
  });
  return out;
}

void OwnedMembership::erase(Customer customer) {
  std::vector<std::uint64_t> ids;
  for (const MembershipFact& fact : arrived(customer).facts()) ids.push_back(fact.id);
  states_.erase(customer);
  for (const std::uint64_t id : ids) ids_.erase(id);
}

std::vector<std::byte> OwnedMembership::save() const {
  ArchiveWriter writer(archive_kind, 1);
  detail::put_membership_rules(writer.section("rules"), *rules_);
  SectionWriter& section = writer.section("facts");
  section.put(std::uint64_t{facts()});
  std::vector<Customer> records;
  for (const Customer owner : owners()) {
    states_.groups().for_each_member(owner, [&](Customer record) { records.push_back(record); });
  }
  std::sort(records.begin(), records.end());
  for (const Customer record : records) {
    for (const MembershipFact& fact : arrived(record).facts()) {
      detail::put_membership_fact(section, fact);
    }
  }
  return std::move(writer).finish();
}

Result<OwnedMembership> OwnedMembership::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> rules = reader->section("rules");
  if (!rules) return rules.error();
  MembershipRules read = detail::get_membership_rules(*rules);
  if (const Result<void> done = rules->finish(); !done) return done.error();
  OwnedMembership out(std::move(read));
  Result<SectionReader> section = reader->section("facts");
  if (!section) return section.error();
  detail::get_membership_facts(*section, [&](const MembershipFact& fact) {
    if (out.ids_.find(fact.id) != nullptr) return false;
    out.states_.add_by(fact.customer, [&](MembershipAccount& own) { own.add(fact, out.rules_); });
    out.ids_.insert(fact.id, {fact.time, fact.customer});
    return true;
  });
  if (const Result<void> done = section->finish(); !done) return done.error();
  return out;
}

}  // namespace emptor
