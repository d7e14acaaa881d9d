#include "emptor/hub/golden_profiles.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace emptor {

bool RecordRows::add(Record record) {
  const auto at = std::lower_bound(rows_.begin(), rows_.end(), record);
  if (at != rows_.end() && *at == record) return false;
  rows_.insert(at, record);
  return true;
}

void RecordRows::merge(const RecordRows& other) {
  std::vector<Record> all;
  all.reserve(rows_.size() + other.rows_.size());
  std::set_union(rows_.begin(), rows_.end(), other.rows_.begin(), other.rows_.end(),
                 std::back_inserter(all));
  rows_.swap(all);
}

GoldenProfiles::GoldenProfiles(const Records& records, SurvivorshipOptions options)
    : records_(&records),
      maker_(records.columns(), std::move(options)),
      counts_(maker_.options().fields.size()) {}

GoldenProfiles::Kept GoldenProfiles::made(Customer owner, std::span<const Record> rows) const {
  Kept kept{maker_.make(owner, *records_, origins_, rows), {}};
  kept.pairs = maker_.pairs(kept.profile);
  return kept;
}

void GoldenProfiles::drop(Customer owner) {
  const auto found = profiles_.find(owner);
  if (found == profiles_.end()) return;
  for (const InferencePair& pair : found->second.pairs) {
    counts_[pair.field].remove(pair.from, pair.key, pair.spelling);
  }
  profiles_.erase(found);
}

void GoldenProfiles::put(Kept fresh) {
  const Customer owner = fresh.profile.customer;
  drop(owner);
  if (fresh.profile.records == 0) return;
  for (const InferencePair& pair : fresh.pairs) {
    counts_[pair.field].add(pair.from, pair.key, pair.spelling);
  }
  profiles_.insert_or_assign(owner, std::move(fresh));
}

void GoldenProfiles::add(Record record, const RecordOrigin& origin) {
  const std::size_t row = index(record);
  if (origin.customer == no_customer) {
    throw Exception(ErrorCode::invalid_value, "what arrives must be somebody's", "GoldenProfiles");
  }
  if (row >= records_->size()) {
    throw Exception(ErrorCode::out_of_range,
                    text("record ", row, " is not one of ", records_->size()), "GoldenProfiles");
  }
  if (row < origins_.size() && origins_[row].customer != no_customer) {
    throw Exception(ErrorCode::duplicate, text("record ", row, " has arrived before"),
                    "GoldenProfiles");
  }
  if (row >= origins_.size()) origins_.resize(row + 1);
  origins_[row] = origin;
  try {
    const Customer owner = rows_.owner(origin.customer);
    RecordRows rows = rows_.of(owner);
    rows.add(record);
    Kept fresh = made(owner, rows.rows());
    rows_.add_by(origin.customer, [&](RecordRows& state) { state.add(record); });
    put(std::move(fresh));
  } catch (...) {
    origins_[row] = {};
    throw;
  }
}

GoldenProfile GoldenProfiles::profile(Customer customer) const {
  const Customer owner = rows_.owner(customer);
  const auto found = profiles_.find(owner);
  GoldenProfile out = found == profiles_.end() ? made(owner, rows_.of(owner).rows()).profile
                                               : found->second.profile;
  maker_.infer(out, counts_);
  return out;
}

void GoldenProfiles::follow(const MergeEvent& event, std::span<const OwnerChange> changes) {
  rows_.on_merge(event, changes);
  std::vector<Kept> fresh;
  try {
    for (const Customer owner : touched_owners(changes)) {
      // Who is owned by another now owns nothing.
      const bool owns = rows_.owner(owner) == owner;
      fresh.push_back(made(owner, owns ? rows_.of(owner).rows() : std::span<const Record>{}));
    }
  } catch (...) {
    std::vector<OwnerChange> back(changes.begin(), changes.end());
    for (OwnerChange& change : back) std::swap(change.before, change.after);
    rows_.on_unmerge(event, back);
    throw;
  }
  for (Kept& kept : fresh) put(std::move(kept));
}

void GoldenProfiles::erase(Customer customer) {
  const std::span<const Record> arrived = rows_.arrived(customer).rows();
  const std::vector<Record> gone(arrived.begin(), arrived.end());
  if (gone.empty()) return;
  const Customer owner = rows_.owner(customer);
  // First everything that holds a text, so that nothing of it stays when a rule throws.
  drop(owner);
  for (const Record record : gone) origins_[index(record)] = {};
  rows_.erase(customer);
  put(made(owner, rows_.of(owner).rows()));
}

}  // namespace emptor
