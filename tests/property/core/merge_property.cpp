// The owners that a MergeLog derives, against a rebuild that knows nothing of groups.

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/merge_log.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

constexpr std::size_t customers = 9;
constexpr Time now{};

/// Labels every customer, then lets each merge in force, in sequence, relabel one group.
std::vector<Customer> rebuilt_owners(const MergeLog& log) {
  std::vector<Customer> owners(customers);
  for (std::size_t i = 0; i < customers; ++i) owners[i] = id_at<Customer>(i);
  for (const MergeEvent& event : log.events()) {
    if (event.kind != MergeKind::merge || !log.in_force(event.id)) continue;
    const Customer from = owners[index(event.absorbed)];
    const Customer to = owners[index(event.kept)];
    std::replace(owners.begin(), owners.end(), from, to);
  }
  return owners;
}

/// A sum per owner that follows the changes alone.
class SpendByOwner {
 public:
  SpendByOwner() : of_owner_(of_record()) {}
  [[nodiscard]] static std::vector<std::int64_t> of_record() {
    std::vector<std::int64_t> spend(customers);
    for (std::size_t i = 0; i < customers; ++i) spend[i] = std::int64_t{1} << (4 * i);
    return spend;
  }
  void on_merge(const MergeEvent&, std::span<const OwnerChange> changes) { follow(changes); }
  void on_unmerge(const MergeEvent&, std::span<const OwnerChange> changes) { follow(changes); }
  [[nodiscard]] const std::vector<std::int64_t>& of_owner() const { return of_owner_; }

 private:
  void follow(std::span<const OwnerChange> changes) {
    const auto own = of_record();
    for (const OwnerChange& change : changes) {
      of_owner_[index(change.before)] -= own[index(change.customer)];
      of_owner_[index(change.after)] += own[index(change.customer)];
    }
  }
  std::vector<std::int64_t> of_owner_;
};

std::vector<std::int64_t> rebuilt_spend(const MergeLog& log) {
  std::vector<std::int64_t> spend(customers);
  const auto own = SpendByOwner::of_record();
  const auto owners = rebuilt_owners(log);
  for (std::size_t i = 0; i < customers; ++i) spend[index(owners[i])] += own[i];
  return spend;
}

/// Each step is two numbers that choose a merge of two customers or an unmerge of an earlier merge.
using Steps = std::vector<std::pair<std::uint8_t, std::uint8_t>>;

template <class EachStep>
MergeLog run(const Steps& steps, SpendByOwner& spend, EachStep&& each_step) {
  MergeLog log;
  std::uint32_t merges = 0;
  for (const auto& [first, second] : steps) {
    const auto a = id_at<Customer>(first / 3 % customers), b = id_at<Customer>(second % customers);
    if (first % 3 != 0 && a != b) {
      const auto outcome = log.merge(a, b, now, "");
      notify(spend, outcome.event, outcome.changes);
      ++merges;
    } else if (first % 3 == 0 && merges != 0) {
      const auto outcome = log.unmerge(MergeId{second % merges}, now, "");
      if (outcome) notify(spend, outcome->event, outcome->changes);
    }
    each_step(log);
  }
  return log;
}

TEST_CASE("owners after any merges and unmerges equal a rebuild, after every step") {
  emptor::test::check_property(
      "owners equal a rebuild",
      [](const Steps& steps) {
        SpendByOwner spend;
        run(steps, spend, [&](const MergeLog& log) {
          const auto owners = rebuilt_owners(log);
          RC_ASSERT(log.owners(customers) == owners);
          for (std::size_t i = 0; i < customers; ++i) {
            const auto customer = id_at<Customer>(i);
            RC_ASSERT(log.owner(customer) == owners[i]);
            std::vector<Customer> members;
            for (std::size_t j = 0; j < customers; ++j) {
              if (owners[j] == owners[i]) members.push_back(id_at<Customer>(j));
            }
            RC_ASSERT(log.members(customer) == members);
          }
          RC_ASSERT(spend.of_owner() == rebuilt_spend(log));
        });
      },
      500);
}

TEST_CASE("the order of unmerges does not matter") {
  emptor::test::check_property(
      "unmerges commute",
      [](const Steps& steps, std::uint32_t chosen, bool backwards) {
        SpendByOwner ignored;
        MergeLog one = run(steps, ignored, [](const MergeLog&) {});
        MergeLog other = one;
        std::vector<MergeId> undone;
        for (const MergeEvent& event : one.events()) {
          const bool wanted = (chosen >> (static_cast<std::uint32_t>(event.id) % 32) & 1) != 0;
          if (event.kind == MergeKind::merge && wanted && one.in_force(event.id)) {
            undone.push_back(event.id);
          }
        }
        for (const MergeId id : undone) RC_ASSERT(one.unmerge(id, now, "").has_value());
        if (backwards) std::reverse(undone.begin(), undone.end());
        std::rotate(undone.begin(), undone.begin() + static_cast<std::ptrdiff_t>(undone.size() / 2),
                    undone.end());
        for (const MergeId id : undone) RC_ASSERT(other.unmerge(id, now, "").has_value());
        RC_ASSERT(one.owners(customers) == other.owners(customers));
      },
      500);
}

TEST_CASE("a log replays to itself") {
  emptor::test::check_property("replay", [](const Steps& steps) {
    SpendByOwner ignored;
    const MergeLog log = run(steps, ignored, [](const MergeLog&) {});
    const auto again = MergeLog::replay(log.events());
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->owners(customers) == log.owners(customers));
    RC_ASSERT(again->events().size() == log.events().size());
  });
}

}  // namespace
