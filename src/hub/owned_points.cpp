#include "emptor/hub/owned_points.hpp"

#include <algorithm>
#include <tuple>

#include "emptor/core/archive.hpp"

namespace emptor {

PointsVerdict OwnedPoints::post(PointFact fact) {
  if (!detail::complete_point_fact(fact, ids_)) return PointsVerdict::unknown;
  if (const detail::FactPlace* there = ids_.find(fact.id)) {
    const PointFact* known = arrived(there->customer).find(there->time, fact.id);
    return same_content(*known, fact) ? PointsVerdict::repeated : PointsVerdict::conflict;
  }
  if (fact.customer == no_customer) return PointsVerdict::invalid;
  const bool draws = fact.kind == PointFactKind::spend || fact.kind == PointFactKind::deduct;
  if (draws && !states_.groups().alone(fact.customer)) fact.draw = PointDraw::group;
  const PointsVerdict verdict = account(fact.customer).check(fact);
  if (verdict != PointsVerdict::accepted) return verdict;
  ids_.insert(fact.id, {fact.time, fact.customer});
  try {
    states_.add_by(fact.customer, [&](PointsAccount& own) { own.add(fact); });
  } catch (...) {
    ids_.erase(fact.id);
    throw;
  }
  return verdict;
}

std::vector<ExpiringPoints> OwnedPoints::expiring(Time after, Time until) const {
  std::vector<ExpiringPoints> out;
  std::vector<PointLot> lots;
  for (const Customer owner : owners()) {
    lots.clear();
    account(owner).lapsing(after, until, lots);
    for (const PointLot& lot : lots) out.push_back({owner, lot.id, lot.left, lot.expires_at});
  }
  std::sort(out.begin(), out.end(), [](const ExpiringPoints& a, const ExpiringPoints& b) {
    return std::tie(a.expires_at, a.customer, a.lot, a.points) <
           std::tie(b.expires_at, b.customer, b.lot, b.points);
  });
  return out;
}

std::vector<OwingPoints> OwnedPoints::owing(Time as_of) const {
  std::vector<OwingPoints> out;
  for (const Customer owner : owners()) {
    const std::int64_t owed = balance(owner, as_of).owed;
    if (owed != 0) out.push_back({owner, owed});
  }
  return out;
}

std::vector<const PointsAccount*> OwnedPoints::accounts() const {
  std::vector<const PointsAccount*> out;
  for (const Customer owner : owners()) out.push_back(&account(owner));
  return out;
}

void OwnedPoints::erase(Customer customer) {
  std::vector<std::uint64_t> ids;
  for (const PointFact& fact : arrived(customer).facts()) ids.push_back(fact.id);
  states_.erase(customer);
  for (const std::uint64_t id : ids) ids_.erase(id);
}

std::vector<std::byte> OwnedPoints::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& section = writer.section("facts");
  section.put(std::uint64_t{facts()});
  std::vector<Customer> records;
  for (const Customer owner : owners()) {
    states_.groups().for_each_member(owner, [&](Customer record) { records.push_back(record); });
  }
  std::sort(records.begin(), records.end());
  for (const Customer record : records) {
    for (const PointFact& fact : arrived(record).facts()) detail::put_point_fact(section, fact);
  }
  return std::move(writer).finish();
}

Result<OwnedPoints> OwnedPoints::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("facts");
  if (!section) return section.error();
  OwnedPoints out;
  detail::get_point_facts(*section, [&](const PointFact& fact) {
    if (out.ids_.find(fact.id) != nullptr) return false;
    out.states_.add_by(fact.customer, [&](PointsAccount& own) { own.add(fact); });
    out.ids_.insert(fact.id, {fact.time, fact.customer});
    return true;
  });
  if (const Result<void> done = section->finish(); !done) return done.error();
  return out;
}

}  // namespace emptor
