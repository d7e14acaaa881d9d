// Random attachments, detachments, ends and blocks against a forest that is a map from child to
// parent and asks everything by walking.

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "emptor/referral/forest.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

constexpr std::uint32_t people = 12;

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

/// Only edges that hold at `now` count; the rest is forgotten when time moves on.
struct NaiveForest {
  struct Edge {
    Customer parent;
    Time ends;
  };
  std::map<Customer, Edge> edges;
  std::set<Customer> blocked;
  std::uint32_t max_depth = 0;

  void settle(Time now) {
    std::erase_if(edges, [&](const auto& edge) { return edge.second.ends <= now; });
  }
  std::vector<Customer> above(Customer customer) const {
    std::vector<Customer> out;
    for (auto e = edges.find(customer); e != edges.end(); e = edges.find(e->second.parent)) {
      out.push_back(e->second.parent);
    }
    return out;
  }
  AttachRefusal attach(const ReferralAttachment& a) {
    settle(a.time);
    if (index(a.child) >= people) return AttachRefusal::unknown_child;
    if (index(a.parent) >= people) return AttachRefusal::unknown_parent;
    if (a.child == a.parent) return AttachRefusal::self;
    if (blocked.contains(a.parent)) return AttachRefusal::blocked_parent;
    if (const auto e = edges.find(a.child); e != edges.end()) {
      return e->second.parent == a.parent ? AttachRefusal::already_attached
                                          : AttachRefusal::second_parent;
    }
    if (a.child_first_order < a.time - std::chrono::seconds{5}) {
      return AttachRefusal::existing_customer;
    }
    const std::vector<Customer> up = above(a.parent);
    const auto ring = std::find(up.begin(), up.end(), a.child);
    if (ring != up.end()) {
      return ring == up.begin() ? AttachRefusal::mutual : AttachRefusal::cycle;
    }
    edges[a.child] = {a.parent, a.valid_until};
    for (std::uint32_t c = 0; c < people; ++c) {
      if (above(Customer{c}).size() > max_depth) {
        edges.erase(a.child);
        return AttachRefusal::too_deep;
      }
    }
    return AttachRefusal::none;
  }
};

using Steps = std::vector<std::tuple<std::uint8_t, std::uint8_t, std::uint8_t, std::uint8_t>>;

void check_equal(const ReferralForest& forest, const NaiveForest& naive) {
  std::vector<std::uint64_t> sizes;
  std::vector<Customer> out(people);
  std::vector<std::int64_t> values(people);
  for (std::uint32_t c = 0; c < people; ++c) values[c] = std::int64_t{1} << (4 * c);
  for (std::uint32_t c = 0; c < people; ++c) {
    const Customer customer{c};
    const std::vector<Customer> above = naive.above(customer);
    RC_ASSERT(forest.upline(customer, out) == above.size());
    RC_ASSERT(std::equal(above.begin(), above.end(), out.begin()));
    RC_ASSERT(forest.depth(customer) == above.size());
    RC_ASSERT(forest.root(customer) == (above.empty() ? customer : above.back()));
    if (above.size() >= sizes.size()) sizes.resize(above.size() + 1);
    ++sizes[above.size()];
    std::int64_t sum = 0;
    std::size_t size = 0;
    std::vector<Customer> children;
    for (std::uint32_t o = 0; o < people; ++o) {
      const std::vector<Customer> up = naive.above(Customer{o});
      const bool below = std::find(up.begin(), up.end(), customer) != up.end();
      RC_ASSERT(forest.is_ancestor(customer, Customer{o}) == below);
      if (!up.empty() && up.front() == customer) children.push_back(Customer{o});
      if (!below && o != c) continue;
      sum += values[o];
      ++size;
    }
    RC_ASSERT(forest.children(customer) == children);
    RC_ASSERT(forest.subtree_size(customer) == size);
    RC_ASSERT(forest.subtree_sum(customer, values) == sum);
  }
  RC_ASSERT(forest.generation_sizes() == sizes);
  RC_ASSERT(forest.edges() == naive.edges.size());
}

TEST_CASE("a forest equals its naive twin, step by step") {
  emptor::test::check_property(
      "attachments in any order",
      [](const Steps& steps, bool shallow) {
        const std::uint32_t max_depth = shallow ? 3 : 10;
        ReferralForest forest(people, {.max_depth = max_depth, .grace = std::chrono::seconds{5}});
        NaiveForest naive;
        naive.max_depth = max_depth;
        std::int64_t now = 100;
        for (const auto& [what, who, whom, word] : steps) {
          now += word % 3;
          const Customer child{who % (people + 1U)};
          const Customer parent{whom % (people + 1U)};
          switch (what % 16) {
            case 0:
              naive.settle(at(now));
              forest.drop_ended(at(now));
              RC_ASSERT(forest.detach(child) == (naive.edges.erase(child) == 1));
              break;
            case 1:
              if (const auto e = naive.edges.find(child); e != naive.edges.end()) {
                e->second.ends = at(now + word % 8);
                RC_ASSERT(forest.end(child, at(now + word % 8)));
              }
              break;
            case 2:
              if (word % 4 == 0 && index(child) < people) {
                forest.block(child, word % 8 == 0);
                naive.blocked.erase(child);
                if (word % 8 == 0) naive.blocked.insert(child);
              }
              break;
            default: {
              const ReferralAttachment attachment{
                  .child = child,
                  .parent = parent,
                  .time = at(now),
                  .valid_until = word % 5 == 0 ? at(now + word / 5 % 12) : Time::max(),
                  .child_first_order = word % 7 == 0 ? at(now - word / 7 % 9) : Time::max()};
              RC_ASSERT(forest.attach(attachment) == naive.attach(attachment));
              forest.drop_ended(at(now));
              naive.settle(at(now));
            }
          }
        }
        naive.settle(at(now));
        forest.drop_ended(at(now));
        check_equal(forest, naive);
        const Result<ReferralForest> loaded = ReferralForest::load(forest.save());
        RC_ASSERT(loaded.has_value());
        RC_ASSERT(*loaded == forest);
        check_equal(*loaded, naive);
      },
      500);
}

TEST_CASE("ends need not be dropped for attachments to know of them") {
  emptor::test::check_property(
      "attachments with ends, never dropped by hand",
      [](const Steps& steps) {
        ReferralForest forest(people, {.max_depth = 4});
        NaiveForest naive;
        naive.max_depth = 4;
        std::int64_t now = 100;
        std::vector<Customer> out(people);
        for (const auto& [what, who, whom, word] : steps) {
          now += word % 3;
          const ReferralAttachment attachment{
              .child = Customer{who % people},
              .parent = Customer{whom % people},
              .time = at(now),
              .valid_until = what % 2 == 0 ? at(now + what % 20) : Time::max()};
          RC_ASSERT(forest.attach(attachment) == naive.attach(attachment));
          naive.settle(at(now));
          for (std::uint32_t c = 0; c < people; ++c) {
            const std::vector<Customer> above = naive.above(Customer{c});
            RC_ASSERT(forest.upline(Customer{c}, at(now), out) == above.size());
            RC_ASSERT(std::equal(above.begin(), above.end(), out.begin()));
          }
        }
      },
      500);
}

TEST_CASE("one by one and in a batch is the same") {
  emptor::test::check_property("batches", [](const Steps& steps) {
    std::vector<ReferralAttachment> all;
    for (const auto& [what, who, whom, word] : steps) {
      all.push_back(
          {.child = Customer{who % people}, .parent = Customer{whom % people}, .time = at(word)});
    }
    ReferralForest one(people, {.max_depth = 4});
    ReferralForest batch(people, {.max_depth = 4});
    std::vector<AttachRefusal> reasons(all.size());
    const AttachCounts counts = batch.attach_all(all, reasons);
    AttachCounts expected;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const AttachRefusal refusal = one.attach(all[i]);
      RC_ASSERT(refusal == reasons[i]);
      ++expected.by_reason[static_cast<std::size_t>(refusal)];
    }
    RC_ASSERT(one == batch);
    RC_ASSERT(counts == expected);
    RC_ASSERT(one.save() == batch.save());
  });
}

}  // namespace
