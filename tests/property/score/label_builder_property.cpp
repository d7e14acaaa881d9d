// No leak: whatever is changed at or after a date changes nothing in its rows, whatever is changed
// outside a window nothing in its labels; and labels and standings against a twin by definition.

#include "emptor/score/label_builder.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "support/property.hpp"

namespace {

using namespace emptor;

constexpr std::size_t customer_count = 5;

Time hour(std::int64_t h) {
  return Time{Day{std::chrono::year{2026} / 1 / 1}} + std::chrono::hours{h};
}

struct Line {
  unsigned customer;
  std::int64_t time;
  std::int64_t recorded;
  std::int64_t amount;
  unsigned order;
  unsigned item;
};
struct Event {
  unsigned customer;
  std::int64_t time;
  std::int64_t recorded;
};
/// Everything in hours; below 0: never.
struct Cover {
  unsigned customer;
  std::int64_t start;
  std::int64_t end;
  std::int64_t notice;
  std::int64_t stop;
  std::int64_t recorded;
};
struct World {
  std::vector<Line> lines;
  std::vector<Event> events;
  std::vector<Cover> covers;
};

int below(int count) {
  return *rc::gen::inRange(0, count);
}

Line any_line(std::int64_t from, std::int64_t to) {
  const std::int64_t time = from + below(static_cast<int>(to - from));
  return {static_cast<unsigned>(below(customer_count)),
          time,
          below(4) == 0 ? time + below(60) : time,
          below(4) == 0 ? -below(300) - 1 : below(300),
          static_cast<unsigned>(below(12)),
          static_cast<unsigned>(below(3))};
}
Event any_event(std::int64_t from, std::int64_t to) {
  const std::int64_t time = from + below(static_cast<int>(to - from));
  return {static_cast<unsigned>(below(customer_count)), time,
          below(4) == 0 ? time + below(60) : time};
}
Cover any_cover(std::int64_t from, std::int64_t to) {
  const std::int64_t start = from + below(static_cast<int>(to - from));
  Cover out{static_cast<unsigned>(below(customer_count)), start, -1, -1, -1, start};
  if (below(3) != 0) out.end = start + 1 + below(80);
  if (below(3) == 0) {
    out.notice = start + below(60);
    out.stop = out.notice + below(20);
  }
  if (below(4) == 0) out.recorded = std::max<std::int64_t>(from, start - below(20));
  return out;
}
template <class Make>
auto some(Make make, int most, std::int64_t from, std::int64_t to) {
  std::vector<decltype(make(from, to))> out;
  for (int n = below(most); n > 0; --n) out.push_back(make(from, to));
  return out;
}
World any_world() {
  return {some(any_line, 40, 0, 300), some(any_event, 15, 0, 300), some(any_cover, 12, 0, 300)};
}

/// The world as tables, in the order given.
class Tables {
 public:
  explicit Tables(const World& world) {
    Customers customers;
    Items items;
    for (const char* item : {"x", "y", "z"}) items.add(item);
    OrdersBuilder builder(customers, items);
    for (const Line& l : world.lines) {
      builder.add({.order = text(l.order), .item = "", .time = hour(l.time), .amount = l.amount},
                  Customer{l.customer}, Item{l.item});
      line_recorded.push_back(hour(l.recorded));
    }
    orders = std::move(builder).finish();
    for (const Event& e : world.events) {
      events.add(Customer{e.customer}, Item{1}, EventKind::visit, hour(e.time));
      event_recorded.push_back(hour(e.recorded));
    }
    for (const Cover& c : world.covers) {
      Contract& one = contracts.emplace_back();
      one.customer = Customer{c.customer};
      one.start = hour(c.start);
      if (c.end >= 0) one.end = hour(c.end);
      if (c.notice >= 0) one.notice = hour(c.notice);
      if (c.stop >= 0) one.stop = hour(c.stop);
      one.recorded = hour(c.recorded);
    }
  }
  [[nodiscard]] CustomerFacts facts() const {
    return {.customers = customer_count,
            .orders = &orders,
            .line_recorded = line_recorded,
            .events = &events,
            .event_recorded = event_recorded,
            .contracts = contracts};
  }

  Orders orders;
  Events events;
  std::vector<Time> line_recorded;
  std::vector<Time> event_recorded;
  std::vector<Contract> contracts;
};

OutcomeOptions any_outcome() {
  OutcomeOptions out;
  out.kind = static_cast<OutcomeKind>(below(4));
  out.horizon = std::chrono::hours{1 + below(80)};
  out.gap = std::chrono::hours{below(20)};
  out.active_within = std::chrono::hours{below(3) == 0 ? 20 + below(60) : 0};
  out.min_tenure = std::chrono::hours{below(3) == 0 ? below(40) : 0};
  out.grace = std::chrono::hours{below(10)};
  out.once = below(3) == 0;
  out.refunds = below(2) == 0;
  if (below(2) == 0) out.line = [](const FeatureEvent& line) { return line.item != Item{2}; };
  if (below(2) == 0) out.event = [](const CustomerEvent&) { return true; };
  return out;
}

const LearningFeatures& columns() {
  static const LearningFeatures features{
      .windows = {0, 1, 4},
      .events = {EventKind::visit},
      .contracts = true,
      .own_names = {"contracts seen", "latest line"},
      .own = [](const CustomerPast& past, std::span<double> out) {
        for (const Contract& c : past.contracts) {
          RC_ASSERT(c.notice < past.date || c.notice == Time::max());
        }
        out[0] = static_cast<double>(past.contracts.size());
        if (past.lines.empty()) return;
        out[1] = static_cast<double>((past.date - past.lines.back().time).count());
        RC_ASSERT(out[1] > 0);
      }};
  return features;
}

using Row = std::pair<std::vector<std::uint32_t>, std::optional<double>>;
std::map<Customer, Row> rows_of(const LearningSet& set) {
  std::map<Customer, Row> out;
  for (std::size_t r = 0; r < set.customers.size(); ++r) {
    Row& row = out[set.customers[r]];
    for (const float value : set.table.row(r)) {
      row.first.push_back(std::bit_cast<std::uint32_t>(value));
    }
    if (!set.target.empty()) row.second = set.target[r];
  }
  return out;
}

/// Changes what was not known before the date, in all the ways there are.
World with_another_future(World world, std::int64_t date) {
  const auto change = [&](auto& facts, auto make) {
    using Fact = typename std::remove_reference_t<decltype(facts)>::value_type;
    std::erase_if(facts, [&](const Fact& fact) {
      return std::max(fact.time, fact.recorded) >= date && below(2) == 0;
    });
    for (Fact& fact : facts) {
      if (std::max(fact.time, fact.recorded) >= date && below(2) == 0) fact = make(date, 400);
    }
    for (const Fact& fact : some(make, 10, date, 400)) facts.push_back(fact);
    // Happened before, recorded after.
    for (Fact fact : some(make, 5, 0, 300)) {
      fact.recorded = std::max(fact.recorded, date + below(30));
      facts.push_back(fact);
    }
  };
  change(world.lines, any_line);
  change(world.events, any_event);
  std::erase_if(world.covers, [&](const Cover& c) { return c.recorded >= date && below(2) == 0; });
  for (Cover& c : world.covers) {
    if (c.recorded < date && (c.notice < 0 || c.notice >= date) && below(2) == 0) {
      c.notice = below(2) == 0 ? -1 : date + below(50);
      c.stop = c.notice < 0 ? -1 : c.notice + below(30);
    }
  }
  for (Cover c : some(any_cover, 6, date, 400)) {
    c.recorded = std::max(c.recorded, date);
    world.covers.push_back(c);
  }
  for (std::size_t i = world.lines.size(); i > 1; --i) {
    std::swap(world.lines[i - 1],
              world.lines[static_cast<std::size_t>(below(static_cast<int>(i)))]);
  }
  return world;
}

/// Whether a line that counts is kept in the window, or its money.
double lines_twin(const World& world, unsigned customer, std::int64_t from, std::int64_t to,
                  const OutcomeOptions& o) {
  std::map<unsigned, std::tuple<std::int64_t, bool, bool>> orders;
  std::int64_t total = 0;
  if (o.kind == OutcomeKind::happens && o.event && !o.line) return 0;
  for (const Line& l : world.lines) {
    if (l.customer != customer || l.time < from || l.time >= to) continue;
    if (o.line && l.item == 2) continue;
    if (l.amount < 0 && !o.refunds) continue;
    auto& [amount, sale, refund] = orders[l.order];
    amount += l.amount;
    (l.amount < 0 ? refund : sale) = true;
    total += l.amount;
  }
  if (o.kind == OutcomeKind::value) return static_cast<double>(total) / 100;
  for (const auto& [order, sum] : orders) {
    const auto& [amount, sale, refund] = sum;
    if (sale && (!refund || amount > 0)) return 1;
  }
  return 0;
}

/// The hour after `at` from which on there is no cover for longer than the grace, hour by hour.
std::int64_t cover_end_twin(const World& world, unsigned customer, std::int64_t at,
                            std::int64_t grace) {
  std::vector<bool> covered(1200, false);
  for (const Cover& c : world.covers) {
    if (c.customer != customer) continue;
    std::int64_t last = c.end < 0 ? 1200 : c.end;
    if (c.notice >= 0) last = std::min(last, c.stop);
    for (std::int64_t h = c.start; h < last; ++h) covered[static_cast<std::size_t>(h)] = true;
  }
  const auto is = [&](std::int64_t h) { return covered[static_cast<std::size_t>(h)]; };
  // At the date itself a break within the grace is none either.
  std::int64_t behind = at;
  while (behind >= 0 && !is(behind)) --behind;
  std::int64_t end = behind + 1;
  if (behind < 0) return -1;
  for (std::int64_t h = end; h < 1200; ++h) {
    if (is(h)) {
      end = h + 1;
    } else if (h - end >= grace) {
      break;
    }
  }
  return end > at ? end : -1;
}

}  // namespace

TEST_CASE("rows of a date do not change with anything that was not known before it") {
  test::check_property(
      "no leak into rows",
      [] {
        const World world = any_world();
        const std::int64_t date = 100 + below(100);
        const OutcomeOptions outcome = any_outcome();
        const Tables now(world);
        const Tables then(with_another_future(world, date));
        const LearningSet a = prospect_rows(now.facts(), hour(date), columns(), outcome);
        const LearningSet b = prospect_rows(then.facts(), hour(date), columns(), outcome);
        RC_ASSERT(rows_of(a) == rows_of(b));
        RC_ASSERT(a.snapshots == b.snapshots);
        // The rows to learn from are these very rows, less those whose contract ended in the gap.
        const LearningSet learnt =
            learning_set(now.facts(), std::vector{hour(date)}, hour(1000), columns(), outcome);
        const auto all = rows_of(a);
        RC_ASSERT(learnt.snapshots[0].labelled + learnt.snapshots[0].gone == all.size());
        for (const auto& [customer, row] : rows_of(learnt)) {
          RC_ASSERT(all.at(customer).first == row.first);
        }
      },
      300);
}

TEST_CASE("labels are what happens in the window and nothing else") {
  test::check_property(
      "labels twin",
      [] {
        World world = any_world();
        const std::int64_t date = 100 + below(100);
        const OutcomeOptions o = any_outcome();
        const auto hours = [](std::chrono::seconds s) {
          return std::chrono::duration_cast<std::chrono::hours>(s).count();
        };
        const std::int64_t from = date + hours(o.gap);
        const std::int64_t to = from + hours(o.horizon);
        const Tables tables(world);
        const LearningSet set =
            learning_set(tables.facts(), std::vector{hour(date)}, hour(1000), columns(), o);
        for (std::size_t r = 0; r < set.target.size(); ++r) {
          const auto customer = static_cast<unsigned>(set.customers[r]);
          double expected = 0;
          if (o.kind == OutcomeKind::contract_end) {
            const std::int64_t end = cover_end_twin(world, customer, date, hours(o.grace));
            RC_ASSERT(end >= from);
            expected = end < to ? 1 : 0;
          } else {
            expected = lines_twin(world, customer, from, to, o);
            if (o.kind == OutcomeKind::no_purchase) expected = 1 - expected;
            for (const Event& e : world.events) {
              const bool counts = e.customer == customer && e.time >= from && e.time < to;
              if (o.kind == OutcomeKind::happens && o.event && counts) expected = 1;
            }
          }
          RC_ASSERT(set.target[r] == expected);
        }
        if (o.kind == OutcomeKind::contract_end) {
          // What begins after the grace does not matter.
          std::erase_if(world.covers,
                        [&](const Cover& c) { return c.start >= to + hours(o.grace); });
          for (Cover c : some(any_cover, 6, to + hours(o.grace), 600)) {
            c.recorded = c.start;
            world.covers.push_back(c);
          }
        } else {
          // Neither does what lies between the date and the window, or after it.
          const auto outside = [&](const auto& fact) {
            return fact.time >= date && (fact.time < from || fact.time >= to);
          };
          std::erase_if(world.lines, outside);
          std::erase_if(world.events, outside);
          for (const Line& l : some(any_line, 10, to, 600)) world.lines.push_back(l);
          for (const Event& e : some(any_event, 10, to, 600)) world.events.push_back(e);
        }
        const Tables changed(world);
        RC_ASSERT(rows_of(learning_set(changed.facts(), std::vector{hour(date)}, hour(1000),
                                       columns(), o)) == rows_of(set));
      },
      300);
}

TEST_CASE("who has a row, by definition") {
  test::check_property("standing twin", [] {
    World world = any_world();
    const std::int64_t date = 100 + below(100);
    OutcomeOptions o = any_outcome();
    if (o.kind == OutcomeKind::contract_end) o.kind = OutcomeKind::happens;
    const Tables tables(world);
    const LearningSet set = prospect_rows(tables.facts(), hour(date), columns(), o);
    LearningSnapshot twin{.date = hour(date)};
    std::vector<Customer> rows;
    for (unsigned c = 0; c < customer_count; ++c) {
      std::optional<std::int64_t> first, last;
      bool happened = false;
      for (const Line& l : world.lines) {
        if (l.customer != c || std::max(l.time, l.recorded) >= date || l.amount < 0) continue;
        first = std::min(first.value_or(l.time), l.time);
        last = std::max(last.value_or(l.time), l.time);
        happened |= (o.line || !o.event) && !(o.line && l.item == 2);
      }
      for (const Event& e : world.events) {
        happened |= o.event && e.customer == c && std::max(e.time, e.recorded) < date;
      }
      if (!first) {
        ++twin.not_yet;
      } else if (std::chrono::hours{date - *first} < o.min_tenure) {
        ++twin.too_young;
      } else if (o.active_within.count() > 0 &&
                 std::chrono::hours{date - *last} > o.active_within) {
        ++twin.inactive;
      } else if (o.kind == OutcomeKind::happens && o.once && happened) {
        ++twin.already;
      } else {
        ++twin.labelled;
        rows.push_back(Customer{c});
      }
    }
    RC_ASSERT(set.customers == rows);
    RC_ASSERT(set.snapshots[0] == twin);
  });
}
