// Contests against a twin that forgets everything and sorts anew.

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/referral/contest.hpp"
#include "emptor/referral/contest_snapshot.hpp"
#include "support/catch.hpp"
#include "support/property.hpp"

using namespace emptor;

namespace {

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

/// Events as a host would tell them: an id's content depends on id and revision alone.
ContestEvent event_of(std::uint64_t id, std::uint32_t revision) {
  const std::uint64_t mixed = (id * 31 + revision) * 0x9E3779B97F4A7C15U >> 20;
  ContestEvent event;
  event.id = id;
  event.revision = revision;
  event.customer = Customer{static_cast<std::uint32_t>(mixed % 9)};
  event.value = static_cast<std::int64_t>(mixed / 9 % 4);
  event.time = at(static_cast<std::int64_t>(mixed / 36 % 300'000));
  return event;
}

struct Fact {
  std::uint64_t id;
  std::uint32_t revision;
  bool is_void;
};

using Naive = std::vector<ContestEntry>;

Naive naive_ranking(const std::vector<Fact>& facts, const Contest& contest, Time time) {
  const TimeWindow window = contest.window_at(time).value();
  std::map<std::uint64_t, std::uint32_t> newest;
  std::set<std::uint64_t> voided;
  for (const Fact& fact : facts) {
    if (fact.is_void) {
      voided.insert(fact.id);
    } else {
      auto& revision = newest.try_emplace(fact.id, fact.revision).first->second;
      revision = std::max(revision, fact.revision);
    }
  }
  std::map<Customer, ContestEntry> scores;
  for (const auto& [id, revision] : newest) {
    const ContestEvent event = event_of(id, revision);
    const std::int64_t worth = contest.options().measure == ContestMeasure::count ? 1 : event.value;
    if (worth == 0 || voided.contains(id) || !window.contains(event.time)) continue;
    ContestEntry& entry = scores[event.customer];
    entry.customer = event.customer;
    entry.reached = entry.score == 0 ? event.time : std::max(entry.reached, event.time);
    entry.score += worth;
  }
  Naive out;
  for (const auto& [customer, entry] : scores) out.push_back(entry);
  std::sort(out.begin(), out.end(), [](const ContestEntry& a, const ContestEntry& b) {
    if (a.score != b.score) return a.score > b.score;
    if (a.reached != b.reached) return a.reached < b.reached;
    return a.customer < b.customer;
  });
  for (std::size_t i = 0; i < out.size(); ++i) out[i].rank = i + 1;
  return out;
}

void tell(Contest& contest, const Fact& fact) {
  if (fact.is_void) {
    contest.void_event(fact.id);
  } else {
    contest.record(event_of(fact.id, fact.revision));
  }
}

}  // namespace

TEST_CASE("contest property: every step equals the ranking sorted anew, whatever the order") {
  test::check_property(
      "contest",
      [] {
        std::vector<Fact> facts;
        const int count = *rc::gen::inRange(0, 60);
        for (int i = 0; i < count; ++i) {
          facts.push_back({static_cast<std::uint64_t>(*rc::gen::inRange(0, 25)),
                           static_cast<std::uint32_t>(*rc::gen::inRange(0, 3)),
                           *rc::gen::inRange(0, 6) == 0});
        }
        ContestOptions options;
        options.measure = *rc::gen::element(ContestMeasure::count, ContestMeasure::sum);
        options.period = *rc::gen::element(ContestPeriod::whole, ContestPeriod::day);
        options.utc_offset = UtcOffset{*rc::gen::inRange(-600, 600)};
        Contest contest(options);
        std::vector<Fact> told;
        for (const Fact& fact : facts) {
          tell(contest, fact);
          told.push_back(fact);
          for (const Time time : {event_of(fact.id, fact.revision).time, at(150'000)}) {
            const Naive expected = naive_ranking(told, contest, time);
            std::vector<ContestEntry> got(20);
            got.resize(contest.top(time, got));
            RC_ASSERT(got == expected);
            RC_ASSERT(contest.participants(time) == expected.size());
            for (const ContestEntry& entry : expected) {
              RC_ASSERT(contest.standing(time, entry.customer) == entry);
              std::vector<ContestEntry> near(3);
              near.resize(contest.around(time, entry.customer, 1, near));
              RC_ASSERT(!near.empty());
              const std::size_t first = entry.rank >= 2 ? entry.rank - 2 : 0;
              for (std::size_t i = 0; i < near.size(); ++i) {
                RC_ASSERT(near[i] == expected[first + i]);
              }
            }
            RC_ASSERT(verify_contest(contest.freeze(time, 4, at(9))).has_value());
          }
        }
        const std::vector<std::byte> bytes = contest.save();
        const Result<Contest> back = Contest::load(bytes);
        RC_ASSERT(back.has_value());
        RC_ASSERT(back->save() == bytes);

        const auto order = *rc::gen::container<std::vector<unsigned>>(
            facts.size(), rc::gen::arbitrary<unsigned>());
        std::vector<std::size_t> places(facts.size());
        for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
        std::stable_sort(places.begin(), places.end(),
                         [&](std::size_t a, std::size_t b) { return order[a] < order[b]; });
        Contest shuffled(options);
        for (const std::size_t place : places) {
          tell(shuffled, facts[place]);
          tell(shuffled, facts[place]);
        }
        RC_ASSERT(shuffled.save() == bytes);
      },
      300);
}

TEST_CASE("contest property: a board keeps its order") {
  test::check_property("board", [](std::vector<std::pair<std::uint16_t, std::uint8_t>> steps) {
    detail::ContestBoard board;
    std::map<std::uint32_t, std::pair<std::int64_t, std::int64_t>> twin;
    for (const auto& [customer, value] : steps) {
      const std::uint32_t key = customer % 97U;
      const std::int64_t score = value % 5;
      board.set(board.slot(Customer{key}), score, at(value));
      if (score == 0) {
        twin.erase(key);
      } else {
        twin[key] = {score, value};
      }
    }
    Naive expected;
    for (const auto& [key, entry] : twin) {
      expected.push_back({0, Customer{key}, entry.first, at(entry.second)});
    }
    std::stable_sort(expected.begin(), expected.end(),
                     [](const ContestEntry& a, const ContestEntry& b) {
                       if (a.score != b.score) return a.score > b.score;
                       return a.reached < b.reached;
                     });
    Naive got(100);
    got.resize(board.places(0, got));
    RC_ASSERT(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      expected[i].rank = i + 1;
      RC_ASSERT(got[i] == expected[i]);
      RC_ASSERT(board.rank(board.find(got[i].customer)) == i);
      ContestEntry one;
      RC_ASSERT(board.places(i, std::span(&one, 1)) == 1U);
      RC_ASSERT(one == expected[i]);
    }
  });
}

TEST_CASE("contest property: a large board that grows, drifts and is emptied") {
  test::check_property(
      "large board",
      [] {
        RandomStream random(*rc::gen::arbitrary<std::uint64_t>(), 0);
        const auto customers = *rc::gen::inRange<std::uint32_t>(1, 20'000);
        const auto drift = *rc::gen::inRange<std::int64_t>(0, 100);
        const auto spread = *rc::gen::inRange<std::int64_t>(1, 1'000'000);
        const auto below = [&](std::int64_t end) {
          return static_cast<std::int64_t>(random.uniform() * static_cast<double>(end));
        };
        detail::ContestBoard board;
        using Key = std::tuple<std::int64_t, std::int64_t, std::uint32_t>;  // of -score
        std::set<Key> twin;
        std::map<std::uint32_t, Key> of;
        const auto set = [&](std::uint32_t customer, std::int64_t score, std::int64_t reached) {
          board.set(board.slot(Customer{customer}), score, at(reached));
          if (const auto found = of.find(customer); found != of.end()) twin.erase(found->second);
          of.erase(customer);
          if (score == 0) return;
          const Key key{-score, reached, customer};
          twin.insert(key);
          of[customer] = key;
        };
        const auto check = [&] {
          std::vector<ContestEntry> got(board.size() + 1);
          got.resize(board.places(0, got));
          RC_ASSERT(got.size() == twin.size());
          std::size_t rank = 0;
          for (const auto& [score, reached, customer] : twin) {
            const ContestEntry expected{rank + 1, Customer{customer}, -score, at(reached)};
            if (got[rank] != expected || board.rank(board.find(Customer{customer})) != rank) {
              RC_FAIL("another ranking");
            }
            ++rank;
          }
          std::vector<ContestEntry> some(7);
          const std::size_t first = static_cast<std::size_t>(below(20'000));
          some.resize(board.places(first, some));
          for (std::size_t i = 0; i < some.size(); ++i) RC_ASSERT(some[i] == got[first + i]);
        };
        for (std::int64_t step = 0; step < 40'000; ++step) {
          set(static_cast<std::uint32_t>(below(customers)), 1 + below(spread) + step * drift, step);
        }
        check();
        for (std::uint32_t customer = 0; customer < customers; ++customer) {
          if (below(50) != 0) set(customer, 0, 0);
        }
        check();
        for (std::int64_t step = 0; step < 5'000; ++step) {
          set(static_cast<std::uint32_t>(below(customers)), below(3), step);
        }
        check();
        for (std::uint32_t customer = 0; customer < customers; ++customer) set(customer, 0, 0);
        RC_ASSERT(board.size() == 0U);
      },
      20);
}
