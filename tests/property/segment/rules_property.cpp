// Segment rules against their slow twin: in batch, as a stream in any order, under merges.

#include "emptor/core/merge_log.hpp"
#include "emptor/segment/rule_batch.hpp"
#include "emptor/segment/rule_stream.hpp"
#include "support/property.hpp"
#include "support/rule_twin.hpp"
#include "support/rule_writer.hpp"

using namespace emptor;

namespace {

using test::TwinHappening;
using test::TwinShop;

constexpr std::int64_t first_second = 1'704'067'200;

Time instant(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

struct Tables {
  Orders orders;
  Events events;
};

Tables tables_of(TwinShop& shop) {
  OrdersBuilder builder(shop.customers, shop.items, {.currency = Currency("EUR")});
  Tables out;
  for (const TwinHappening& one : shop.happenings) {
    if (one.line) {
      const std::string number = text(one.order);
      builder.add({.order = number,
                   .time = instant(one.time),
                   .amount = one.amount,
                   .quantity = one.quantity,
                   .channel = one.channel},
                  one.customer, one.item);
    } else {
      out.events.add(one.customer, one.item, one.kind, instant(one.time), one.channel);
    }
  }
  out.orders = std::move(builder).finish();
  return out;
}

RuleSegments compiled(const std::vector<SegmentDefinition>& rules, const RuleSchema& schema) {
  return RuleSegments::compile(rules, schema).value();
}

/// What the twin says of everybody.
std::vector<std::vector<Customer>> by_twin(const TwinShop& shop, const RuleSegments& segments,
                                           std::int64_t now) {
  std::vector<std::vector<Customer>> out(segments.size());
  for (std::uint32_t c = 0; c < shop.owners.size(); ++c) {
    if (shop.owners[c] != Customer{c}) continue;
    const test::RuleTwin twin(shop, segments, Customer{c}, now);
    for (std::size_t s = 0; s < segments.size(); ++s) {
      if (twin.holds(segments.tree(s))) out[s].push_back(Customer{c});
    }
  }
  return out;
}

void same(const std::vector<std::vector<Customer>>& expected, std::span<const CustomerSet> sets,
          const RuleSegments& segments, const char* what) {
  for (std::size_t s = 0; s < expected.size(); ++s) {
    if (sets[s].customers() == expected[s]) continue;
    const std::vector<Customer> got = sets[s].customers();
    std::string told = text(what, ": ", segments.definitions()[s].rule, "\nexpected");
    for (const Customer c : expected[s]) told += text(' ', index(c));
    told += ", got";
    for (const Customer c : got) told += text(' ', index(c));
    RC_FAIL(told);
  }
}

std::vector<CustomerSet> sets_of(const SegmentStream& stream) {
  std::vector<CustomerSet> out;
  for (std::size_t s = 0; s < stream.segments().size(); ++s) out.push_back(stream.set(s));
  return out;
}

void arrive(SegmentStream& stream, const TwinHappening& one) {
  const Channel channel = one.channel.empty() ? no_id<Channel> : stream.channel(one.channel);
  if (one.line) {
    stream.add(SegmentOrderLine{.customer = one.customer,
                                .order = Order{one.order},
                                .item = one.item,
                                .time = instant(one.time),
                                .amount = one.amount,
                                .quantity = one.quantity,
                                .channel = channel});
  } else {
    stream.add(SegmentEvent{.customer = one.customer,
                            .kind = one.kind,
                            .item = one.item,
                            .time = instant(one.time),
                            .channel = channel});
  }
}

void say_facts(SegmentStream& stream, const TwinShop& shop) {
  for (std::uint32_t c = 0; c < shop.owners.size(); ++c) {
    for (const TagStatement& one : shop.tags[c].statements()) stream.add_tag(Customer{c}, one);
    for (const ConsentRecord& one : shop.consents[c].records()) stream.add_consent(one);
  }
}

std::uint32_t seed() {
  return *rc::gen::noShrink(rc::gen::arbitrary<std::uint32_t>());
}

}  // namespace

TEST_CASE("rules as text and back") {
  test::check_property("the same text, the same tree", [] {
    RandomStream random(seed());
    const TwinShop shop = test::random_shop(random, 1, 0);
    for (const SegmentDefinition& one : test::random_rules(random, 20)) {
      const Result<RuleNode> tree = parse_rule(one.rule, shop.schema);
      if (!tree) RC_FAIL(one.rule + "\n" + tree.error().to_string());
      const std::string canonical = to_text(*tree);
      const Result<RuleNode> again = parse_rule(canonical, shop.schema);
      if (!again) RC_FAIL(canonical + "\n" + again.error().to_string());
      RC_ASSERT(to_text(*again) == canonical);
    }
  });
}

TEST_CASE("a batch of rules by definition") {
  test::check_property(
      "batch",
      [] {
        RandomStream random(seed());
        TwinShop shop = test::random_shop(random, 5, 60);
        const RuleSegments segments = compiled(test::random_rules(random, 30), shop.schema);
        if (random.below(2) == 0) {
          shop.owners = {Customer{0}, Customer{3}, Customer{2}, Customer{3}, Customer{3}};
        }
        const Tables tables = tables_of(shop);
        const RuleBatch batch(segments, {.customers = &shop.customers,
                                         .items = &shop.items,
                                         .orders = &tables.orders,
                                         .events = &tables.events,
                                         .tags = shop.tags,
                                         .consents = shop.consents,
                                         .merged_into = shop.owners});
        for (int i = 0; i < 4; ++i) {
          const std::int64_t now = first_second + random.below(100) * 86'400 + random.below(2);
          const SegmentSets sets = batch.at(instant(now));
          same(by_twin(shop, segments, now), sets.sets, segments, "batch");
          const std::size_t s = random.below(30);
          const Customer who{random.below(5)};
          const RuleExplanation why = batch.explain(s, who, instant(now));
          RC_ASSERT(why.holds == sets.sets[s].contains(shop.owners[index(who)]));
          RC_ASSERT(why.clauses.front().holds == why.holds);
        }
      },
      60);
}

TEST_CASE("a stream of happenings in order equals the batch at every instant") {
  test::check_property(
      "in order",
      [] {
        RandomStream random(seed());
        TwinShop shop = test::random_shop(random, 4, 60);
        const RuleSegments segments = compiled(test::random_rules(random, 30), shop.schema);
        std::stable_sort(shop.happenings.begin(), shop.happenings.end(),
                         [](const auto& a, const auto& b) { return a.time < b.time; });
        SegmentStream stream(segments, instant(first_second - 100), &shop.customers, &shop.items);
        stream.add_customers(shop.owners.size());
        say_facts(stream, shop);
        std::vector<TwinHappening> all;
        all.swap(shop.happenings);
        for (const TwinHappening& one : all) {
          arrive(stream, one);
          shop.happenings.push_back(one);
          if (random.below(4) != 0) continue;
          stream.advance(instant(one.time));
          same(by_twin(shop, segments, one.time), sets_of(stream), segments, "stream");
        }
        std::int64_t now = all.back().time;
        for (int i = 0; i < 6; ++i) {
          now += random.below(20) * 40'000;
          stream.advance(instant(now));
          same(by_twin(shop, segments, now), sets_of(stream), segments, "stream, later");
        }
      },
      60);
}

TEST_CASE("a stream in any order, merged, parted and erased equals the batch") {
  test::check_property(
      "any order",
      [] {
        RandomStream random(seed());
        TwinShop shop = test::random_shop(random, 5, 50);
        const RuleSegments segments = compiled(test::random_rules(random, 20), shop.schema);
        SegmentStream stream(segments, instant(first_second), &shop.customers, &shop.items);
        stream.add_customers(shop.owners.size());
        say_facts(stream, shop);
        MergeLog log;
        std::vector<TwinHappening> all;
        all.swap(shop.happenings);
        std::int64_t now = first_second;
        for (const TwinHappening& one : all) {
          arrive(stream, one);
          shop.happenings.push_back(one);
          now = std::max(now, one.time);
          const unsigned what = random.below(12);
          if (what == 0) {
            const Customer a{random.below(5)}, b{random.below(5)};
            if (a == b) continue;
            const MergeLog::Outcome done = log.merge(a, b, {}, "test");
            stream.on_merge(done.event, done.changes);
          } else if (what == 1) {
            const MergeId id{random.below(6)};
            if (!log.in_force(id)) continue;
            const auto done = log.unmerge(id, {}, "test");
            stream.on_unmerge(done->event, done->changes);
          } else if (what == 2 && random.below(4) == 0) {
            const Customer gone{random.below(5)};
            stream.erase(gone);
            std::erase_if(shop.happenings, [&](const auto& h) { return h.customer == gone; });
            shop.tags[index(gone)] = {};
            shop.consents[index(gone)] = {};
          } else if (what < 6) {
            stream.advance(instant(now));
            shop.owners = log.owners(5);
            same(by_twin(shop, segments, now), sets_of(stream), segments, "stream");
          }
        }
        now += random.below(90) * 43'200;
        stream.advance(instant(now));
        shop.owners = log.owners(5);
        same(by_twin(shop, segments, now), sets_of(stream), segments, "stream, at the end");
      },
      60);
}

TEST_CASE("changes add up to the sets, whatever the steps of time") {
  test::check_property(
      "changes",
      [] {
        RandomStream random(seed());
        TwinShop shop = test::random_shop(random, 4, 50);
        const RuleSegments segments = compiled(test::random_rules(random, 20), shop.schema);
        std::stable_sort(shop.happenings.begin(), shop.happenings.end(),
                         [](const auto& a, const auto& b) { return a.time < b.time; });
        const auto run = [&](bool steps) {
          SegmentStream stream(segments, instant(first_second), &shop.customers, &shop.items);
          std::vector<SegmentChange> changes;
          const auto take = [&](std::span<const SegmentChange> more) {
            changes.insert(changes.end(), more.begin(), more.end());
          };
          take(stream.add_customers(4));
          const std::int64_t end = first_second + 120 * 86'400;
          std::int64_t now = first_second;
          for (const TwinHappening& one : shop.happenings) {
            for (; steps && now < one.time; now = std::min(one.time, now + 50'000)) {
              take(stream.advance(instant(now)));
            }
            take(stream.advance(instant(one.time)));
            arrive(stream, one);
            take(stream.changes());
          }
          for (now = shop.happenings.back().time; steps && now < end; now += 33'333) {
            take(stream.advance(instant(now)));
          }
          take(stream.advance(instant(std::max(now, end))));
          std::vector<CustomerSet> sets(segments.size());
          for (const SegmentChange& one : changes) {
            CustomerSet& set = sets[one.segment];
            const bool turned = one.entered ? set.add(one.customer) : set.remove(one.customer);
            RC_ASSERT(turned);
          }
          for (std::size_t s = 0; s < sets.size(); ++s) RC_ASSERT(sets[s] == stream.set(s));
          return changes;
        };
        const auto coarse = run(false), fine = run(true);
        RC_ASSERT(
            std::vector(coarse.begin(), coarse.end()) ==
            std::vector(fine.begin(), fine.begin() + static_cast<std::ptrdiff_t>(coarse.size())));
      },
      40);
}
