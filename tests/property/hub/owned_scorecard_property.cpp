// Scorecard events of owners, and rows to learn from, after random arrivals, merges, unmerges and
// erasures: equal to those of the union of the surviving records.

#include <algorithm>
#include <bit>
#include <vector>

#include "emptor/hub/owned_scorecard_events.hpp"
#include "emptor/score/label_builder.hpp"
#include "emptor/score/scorecard.hpp"
#include "support/merge_steps.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using emptor::test::Arrival;
using emptor::test::Steps;

Time at(std::int64_t seconds) {
  return Time{} + std::chrono::seconds{seconds};
}

ScorecardEvent event_of(const Arrival& arrival) {
  const unsigned word = arrival.word;
  return {.time = at(word % 97 * 3600),
          .id = word % 5,
          .kind = word % 3,
          .channel = no_id<Channel>,
          .count = 1 + word % 2};
}

Scorecard card() {
  ScorecardDraft draft;
  draft.id = "owners";
  draft.events = {{"a", 0}, {"b", 1}, {"c", 2}};
  draft.axes = {{"all", -10'000, 10'000}};
  ScorecardRule fading;
  fading.id = "fading";
  fading.axis = "all";
  fading.points = 7;
  fading.events = {"a", "b"};
  fading.half_life = std::chrono::hours{20};
  fading.maximum = 60;
  ScorecardRule recent;
  recent.id = "recent";
  recent.axis = "all";
  recent.points = -3;
  recent.events = {"c"};
  recent.window = std::chrono::hours{48};
  draft.rules = {fading, recent};
  return Scorecard(draft);
}

TEST_CASE("a scorecard of owners is that of the union of their records' events") {
  const Scorecard scorecard = card();
  const std::vector<float> row = scorecard.schema().row();
  emptor::test::check_property(
      "scorecard events",
      [&](const Steps& steps) {
        MergeHub hub;
        OwnedScorecardEvents owned;
        hub.add("events", owned);
        const auto arrivals = emptor::test::take_steps(
            hub, steps, [&](const Arrival& a) { owned.add(a.customer, event_of(a)); });
        const auto owners = emptor::test::rebuilt_owners(hub.log());
        for (std::size_t c = 0; c < owners.size(); ++c) {
          ScorecardEvents all;
          ScorecardEvents own;
          for (const Arrival& a : arrivals) {
            if (owners[index(a.customer)] == owners[c]) all.add(event_of(a));
            if (index(a.customer) == c) own.add(event_of(a));
          }
          RC_ASSERT(owned.of(id_at<Customer>(c)) == all);
          RC_ASSERT(owned.arrived(id_at<Customer>(c)) == own);
          RC_ASSERT(scorecard.score(row, owned.of(id_at<Customer>(c)), at(400'000)) ==
                    scorecard.score(row, all, at(400'000)));
        }
        // One more merge, undone: everything is as it was.
        const OwnedScorecardEvents before = owned;
        const auto erased = [&](Customer c) { return std::ranges::count(hub.erased(), c) > 0; };
        if (erased(Customer{0}) || erased(Customer{1})) return;
        const auto outcome = hub.merge(Customer{0}, Customer{1}, at(1'000'000), "");
        RC_ASSERT(owned.of(Customer{0}) == owned.of(Customer{1}));
        RC_ASSERT(hub.unmerge(outcome.event.id, at(1'000'001), "").has_value());
        RC_ASSERT(owned == before);
        // Arrivals in another order, a listener that comes late.
        OwnedScorecardEvents late;
        for (auto a = arrivals.rbegin(); a != arrivals.rend(); ++a) {
          late.add(a->customer, event_of(*a));
        }
        hub.add("late", late);
        RC_ASSERT(late == owned);
      },
      300);
}

/// The bits of a table, in which missing values equal each other.
std::vector<std::uint32_t> bits_of(const LearningSet& set) {
  std::vector<std::uint32_t> out;
  for (std::size_t r = 0; r < set.table.rows(); ++r) {
    for (const float value : set.table.row(r)) out.push_back(std::bit_cast<std::uint32_t>(value));
  }
  return out;
}

TEST_CASE("rows of owners are those of lines under the owners' names") {
  emptor::test::check_property(
      "rows of owners",
      [](const Steps& steps) {
        MergeHub hub;
        const auto arrivals = emptor::test::take_steps(hub, steps, [](const Arrival&) {});
        const auto owners = hub.log().owners(emptor::test::step_customers);
        Customers customers;
        Items items;
        items.add("thing");
        OrdersBuilder builders[2] = {{customers, items}, {customers, items}};
        for (const Arrival& a : arrivals) {
          for (int named = 0; named < 2; ++named) {
            builders[named].add({.order = text(a.word % 13),
                                 .item = "thing",
                                 .time = at(a.word % 101 * 86'400),
                                 .amount = a.word % 200 - 50},
                                named == 1 ? owners[index(a.customer)] : a.customer, Item{0});
          }
        }
        const Orders raw = std::move(builders[0]).finish();
        const Orders relabelled = std::move(builders[1]).finish();
        const std::vector<Time> dates{at(20 * 86'400), at(60 * 86'400)};
        const OutcomeOptions outcome{.horizon = std::chrono::days{30}};
        CustomerFacts facts{.customers = owners.size(), .orders = &raw};
        const LearningSet parted = learning_set(facts, dates, at(101 * 86'400), {}, outcome);
        facts.owners = owners;
        const LearningSet joined = learning_set(facts, dates, at(101 * 86'400), {}, outcome);
        facts.orders = &relabelled;
        facts.owners = {};
        const LearningSet twin = learning_set(facts, dates, at(101 * 86'400), {}, outcome);
        RC_ASSERT(joined.customers == twin.customers);
        RC_ASSERT(joined.target == twin.target);
        RC_ASSERT(bits_of(joined) == bits_of(twin));
        for (std::size_t s = 0; s < dates.size(); ++s) {
          RC_ASSERT(joined.snapshots[s].not_yet + joined.joined == twin.snapshots[s].not_yet);
        }
        // All merges undone: the rows of before.
        for (std::size_t m = hub.log().events().size(); m-- > 0;) {
          const MergeEvent event = hub.log().events()[m];
          if (event.kind == MergeKind::merge && hub.log().in_force(event.id)) {
            RC_ASSERT(hub.unmerge(event.id, at(0), "").has_value());
          }
        }
        const auto alone = hub.log().owners(owners.size());
        facts.orders = &raw;
        facts.owners = alone;
        const LearningSet again = learning_set(facts, dates, at(101 * 86'400), {}, outcome);
        RC_ASSERT(again.customers == parted.customers);
        RC_ASSERT(again.target == parted.target);
        RC_ASSERT(bits_of(again) == bits_of(parted));
      },
      200);
}

}  // namespace
