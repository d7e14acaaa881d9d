#include "emptor/hub/owner_groups.hpp"

#include <algorithm>

namespace emptor {

std::vector<Customer> touched_owners(std::span<const OwnerChange> changes) {
  std::vector<Customer> out;
  out.reserve(2 * changes.size());
  for (const OwnerChange& change : changes) {
    out.push_back(change.before);
    out.push_back(change.after);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void OwnerGroups::follow(std::span<const OwnerChange> changes) {
  const std::vector<Customer> touched = touched_owners(changes);
  for (const OwnerChange& change : changes) {
    if (change.after == change.customer) {
      owners_.erase(change.customer);
    } else {
      owners_[change.customer] = change.after;
    }
    auto& members = members_[change.after];
    if (members.empty()) members.push_back(change.after);
    members.push_back(change.customer);
  }
  for (const Customer group : touched) {
    const auto found = members_.find(group);
    if (found == members_.end()) continue;
    auto& members = found->second;
    std::sort(members.begin(), members.end());
    members.erase(std::unique(members.begin(), members.end()), members.end());
    std::erase_if(members, [&](Customer member) { return owner(member) != group; });
    if (members.size() < 2) members_.erase(found);
  }
}

std::vector<std::pair<Customer, Customer>> OwnerGroups::moved() const {
  std::vector<std::pair<Customer, Customer>> out(owners_.begin(), owners_.end());
  std::sort(out.begin(), out.end());
  return out;
}

void OwnerGroups::revert(std::span<const OwnerChange> changes) {
  std::vector<OwnerChange> back(changes.begin(), changes.end());
  for (OwnerChange& change : back) std::swap(change.before, change.after);
  follow(back);
}

}  // namespace emptor
