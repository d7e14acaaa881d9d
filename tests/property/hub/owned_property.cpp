// Every listener, after random arrivals, merges, unmerges and erasures, against a rebuild of the
// same listener from the surviving records, and against a twin that knows nothing of merging.

#include <map>
#include <optional>
#include <vector>

#include "emptor/hub/owned_consent.hpp"
#include "emptor/hub/owned_events.hpp"
#include "emptor/hub/owned_features.hpp"
#include "emptor/hub/owned_interactions.hpp"
#include "emptor/hub/owned_profile.hpp"
#include "emptor/hub/owned_rfm.hpp"
#include "support/merge_steps.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using emptor::test::Arrival;
using emptor::test::Steps;

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

/// Runs the steps over listeners that `make` makes and `arrive(listener, arrival)` feeds, compares
/// with a rebuild in another order of arrivals and with a late listener, then lets
/// `check(listener, arrivals, owners, hub)` compare with a twin.
template <class Make, class Arrive, class Check>
void check_listener(const char* name, Make make, Arrive arrive, Check check) {
  emptor::test::check_property(
      name,
      [&](const Steps& steps) {
        MergeHub hub;
        auto listener = make();
        hub.add("it", listener);
        const auto arrivals =
            emptor::test::take_steps(hub, steps, [&](const Arrival& a) { arrive(listener, a); });
        const auto owners = emptor::test::rebuilt_owners(hub.log());

        auto rebuilt = make();
        MergeHub again = emptor::test::rebuilt_hub(hub.log());
        for (std::size_t i = 0; i < arrivals.size(); i += 2) arrive(rebuilt, arrivals[i]);
        again.add("it", rebuilt);
        for (std::size_t i = 1; i < arrivals.size(); i += 2) arrive(rebuilt, arrivals[i]);
        RC_ASSERT(listener == rebuilt);

        auto late = make();
        for (auto a = arrivals.rbegin(); a != arrivals.rend(); ++a) arrive(late, *a);
        hub.add("late", late);
        RC_ASSERT(listener == late);
        check(listener, arrivals, owners, hub);
      },
      500);
}

FeatureEvent feature_event(const Arrival& arrival) {
  const int word = arrival.word;
  return {.order = id_at<Order>(static_cast<std::size_t>(word % 11)),
          .item = id_at<Item>(static_cast<std::size_t>(word % 7)),
          .category = id_at<Category>(static_cast<std::size_t>(word % 3)),
          .time = at(word * 1000),
          .amount = word % 401 - 100,
          .quantity = 1};
}

TEST_CASE("features of owners equal a rebuild") {
  check_listener(
      "features", [] { return OwnedFeatures{}; },
      [](OwnedFeatures& to, const Arrival& a) { to.add(a.customer, feature_event(a)); },
      [](const OwnedFeatures& it, const auto& arrivals, const auto& owners, const auto&) {
        for (std::size_t c = 0; c < owners.size(); ++c) {
          FeatureState twin;
          for (const Arrival& a : arrivals) {
            if (owners[index(a.customer)] == owners[c]) twin.add(feature_event(a));
          }
          RC_ASSERT(it.of(id_at<Customer>(c)) == twin);
          RC_ASSERT(it.at(id_at<Customer>(c), at(70'000'000)) == twin.at(at(70'000'000)));
        }
        if (arrivals.empty()) return;
        const Arrival& gone = arrivals.front();
        OwnedFeatures rest = it;
        rest.remove(gone.customer, feature_event(gone));
        FeatureState expected = it.of(gone.customer);
        expected.remove(feature_event(gone));
        RC_ASSERT(rest.of(gone.customer) == expected);
        rest.add(gone.customer, feature_event(gone));
        RC_ASSERT(rest == it);
      });
}

CustomerEvent customer_event(const Arrival& arrival) {
  const auto word = static_cast<std::size_t>(arrival.word);
  return {.time = at(arrival.word * 1000),
          .kind = word % 2 == 0 ? EventKind::view : EventKind::cart,
          .item = id_at<Item>(word % 7)};
}

TEST_CASE("events of owners equal a rebuild") {
  check_listener(
      "events", [] { return OwnedEvents{}; },
      [](OwnedEvents& to, const Arrival& a) { to.add(a.customer, customer_event(a)); },
      [](const OwnedEvents& it, const auto& arrivals, const auto& owners, const auto&) {
        for (std::size_t c = 0; c < owners.size(); ++c) {
          std::vector<CustomerEvent> twin;
          for (const Arrival& a : arrivals) {
            if (owners[index(a.customer)] == owners[c]) twin.push_back(customer_event(a));
          }
          std::sort(twin.begin(), twin.end());
          RC_ASSERT(std::ranges::equal(it.of(id_at<Customer>(c)).facts(), twin));
        }
        if (arrivals.empty()) return;
        const Arrival& gone = arrivals.front();
        OwnedEvents rest = it;
        rest.remove(gone.customer, customer_event(gone));
        RC_ASSERT(rest.of(gone.customer).facts().size() + 1 == it.of(gone.customer).facts().size());
        rest.add(gone.customer, customer_event(gone));
        RC_ASSERT(rest == it);
      });
}

RfmLine rfm_line(const Arrival& arrival, Customer customer) {
  return {.customer = customer,
          .order = id_at<Order>(arrival.word % 11U),
          .time = at(arrival.word),
          .amount = arrival.word % 401 - 100,
          .quantity = arrival.word % 13 == 0 ? -1 : 1,
          .line = arrival.word};
}

TEST_CASE("recency, frequency and money of owners equal an accumulator of the owners' lines") {
  RfmOptions options;
  SECTION("net") {}
  SECTION("refunds ignored, free lines, a window") {
    options = {.as_of = at(60000),
               .window = {at(100), at(50000)},
               .refunds = RfmRefunds::ignore,
               .free_lines = true};
  }
  check_listener(
      "rfm", [&] { return OwnedRfm{options}; },
      [](OwnedRfm& to, const Arrival& a) { to.add(rfm_line(a, a.customer)); },
      [&](const OwnedRfm& it, const auto& arrivals, const auto& owners, const auto&) {
        RfmAccumulator twin(options);
        for (const Arrival& a : arrivals) twin.add(rfm_line(a, owners[index(a.customer)]));
        for (std::size_t c = 0; c < owners.size(); ++c) {
          const std::size_t of = index(owners[c]);
          const RfmState expected = of < twin.states().size() ? twin.states()[of] : RfmState{};
          RC_ASSERT(it.values(id_at<Customer>(c)) == expected);
        }
      });
}

TEST_CASE("interactions of owners equal a log under the owners' names") {
  const auto weight = [](const Arrival& a) { return static_cast<float>(a.word % 9 + 1) * 0.25F; };
  const auto item = [](const Arrival& a) { return id_at<Item>(a.word / 9U % 6U); };
  check_listener(
      "interactions", [] { return OwnedInteractions{}; },
      [&](OwnedInteractions& to, const Arrival& a) { to.add(a.customer, item(a), weight(a)); },
      [&](const OwnedInteractions& it, const auto& arrivals, const auto& owners, const auto& hub) {
        InteractionLog relabelled;
        InteractionLog raw;
        for (const Arrival& a : arrivals) {
          relabelled.add(owners[index(a.customer)], item(a), weight(a));
          raw.add(a.customer, item(a), weight(a));
        }
        const auto same = [](const Interactions& a, const Interactions& b) {
          for (std::size_t row = 0; row < a.customers(); ++row) {
            if (!std::ranges::equal(a.by_customer().row_indices(row),
                                    b.by_customer().row_indices(row)) ||
                !std::ranges::equal(a.by_customer().row_values(row),
                                    b.by_customer().row_values(row))) {
              return false;
            }
          }
          return a.customers() == b.customers() && a.items() == b.items();
        };
        const Interactions expected(owners.size(), 6, relabelled);
        RC_ASSERT(same(it.interactions(owners.size(), 6), expected));
        RC_ASSERT(same(interactions_of_owners(Interactions(owners.size(), 6, raw),
                                              hub.log().owners(owners.size())),
                       expected));
      });
}

TEST_CASE("any weights sum to the same bits in any order") {
  emptor::test::check_property("weights", [](std::vector<std::pair<std::uint8_t, float>> events) {
    InteractionSums forwards, backwards, halves[2];
    std::erase_if(events, [](const auto& event) {
      return !(event.second > 0) || event.second > InteractionSums::most_weight;
    });
    for (std::size_t e = 0; e < events.size(); ++e) {
      const auto [item, weight] = events[e];
      forwards.add(id_at<Item>(item), weight);
      halves[e % 2].add(id_at<Item>(item), weight);
      const auto [other, other_weight] = events[events.size() - 1 - e];
      backwards.add(id_at<Item>(other), other_weight);
    }
    halves[1].merge(halves[0]);
    RC_ASSERT(forwards == backwards);
    RC_ASSERT(forwards == halves[1]);
  });
}

ConsentRecord consent_record(const Arrival& a) {
  const unsigned word = a.word;
  return {.customer = a.customer,
          .purpose = id_at<Purpose>(word % 2),
          .channel = word / 2 % 3 == 2 ? all_channels : id_at<Channel>(word / 2 % 3),
          .state = static_cast<ConsentState>(word / 6 % 4),
          .time = at(word / 24 % 12),
          .source = id_at<Source>(word % 5)};
}

/// The last word of one customer, then the strictest of all, straight from the rule.
ConsentState consent_twin(const std::vector<Arrival>& arrivals, const std::vector<Customer>& owners,
                          Customer owner, Purpose purpose, Channel channel, Time when) {
  std::map<Customer, std::pair<Time, int>> last;
  std::map<int, ConsentState> of_rank;
  for (const Arrival& a : arrivals) {
    const ConsentRecord r = consent_record(a);
    of_rank[strictness(r.state)] = r.state;
    if (owners[index(a.customer)] != owner || r.purpose != purpose || r.time > when) continue;
    if (r.channel != channel && r.channel != all_channels) continue;
    const std::pair word(r.time, strictness(r.state));
    const auto [at, fresh] = last.try_emplace(a.customer, word);
    if (!fresh) at->second = std::max(at->second, word);
  }
  int strictest = 0;
  for (const auto& [customer, word] : last) strictest = std::max(strictest, word.second);
  return strictest == 0 ? ConsentState::unknown : of_rank[strictest];
}

TEST_CASE("consent of owners is the strictest of their records' last words") {
  check_listener(
      "consent", [] { return OwnedConsent{}; },
      [](OwnedConsent& to, const Arrival& a) { to.add(consent_record(a)); },
      [](const OwnedConsent& it, const auto& arrivals, const auto& owners, const auto&) {
        for (std::size_t c = 0; c < owners.size(); ++c) {
          for (const Purpose purpose : {Purpose{0}, Purpose{1}}) {
            for (const Channel channel : {Channel{0}, Channel{1}, Channel{7}, all_channels}) {
              for (const Time when : {at(-1), at(5), at(20)}) {
                const ConsentState twin =
                    consent_twin(arrivals, owners, owners[c], purpose, channel, when);
                const auto customer = id_at<Customer>(c);
                RC_ASSERT(it.state(customer, purpose, channel, when) == twin);
                RC_ASSERT(it.may_contact(customer, purpose, channel, when) ==
                          (twin == ConsentState::granted));
              }
            }
          }
        }
      });
}

TagStatement tag_statement(const Arrival& a) {
  const unsigned word = a.word;
  const Time from = at(word / 16 % 10);
  return {.tag = id_at<Tag>(word % 3),
          .time = from,
          .until = word / 3 % 2 == 0 ? Time::max() : from + std::chrono::seconds{1 + word % 5},
          .off = word / 6 % 3 == 0,
          .source = id_at<Source>(word % 4)};
}

TEST_CASE("tags of owners are what the last statements of all their records say") {
  check_listener(
      "tags", [] { return OwnedTags{}; },
      [](OwnedTags& to, const Arrival& a) { to.add(a.customer, tag_statement(a)); },
      [](const OwnedTags& it, const auto& arrivals, const auto& owners, const auto&) {
        for (std::size_t c = 0; c < owners.size(); ++c) {
          for (unsigned tag = 0; tag < 3; ++tag) {
            for (const Time when : {at(3), at(8), at(30)}) {
              std::optional<std::tuple<Time, bool, Time>> last;
              for (const Arrival& a : arrivals) {
                const TagStatement s = tag_statement(a);
                if (owners[index(a.customer)] != owners[c] || s.tag != id_at<Tag>(tag)) continue;
                if (s.time <= when)
                  last = std::max(last, std::optional(std::tuple(s.time, s.off, s.until)));
              }
              const bool on = last && !std::get<1>(*last) && when < std::get<2>(*last);
              RC_ASSERT(it.has(id_at<Customer>(c), id_at<Tag>(tag), when) == on);
            }
          }
        }
      });
}

TimelineEntry timeline_entry_of(const Arrival& a) {
  return {.time = at(a.word % 30),
          .kind = static_cast<TimelineKind>(a.word / 30 % 7),
          .customer = a.customer,
          .subject = a.word % 5U,
          .amount = a.word};
}

TEST_CASE("timelines of owners hold all their records' entries and merges in the order of time") {
  check_listener(
      "timelines", [] { return OwnedTimelines{}; },
      [](OwnedTimelines& to, const Arrival& a) { to.add(timeline_entry_of(a)); },
      [](const OwnedTimelines& it, const auto& arrivals, const auto& owners, const MergeHub& hub) {
        for (std::size_t c = 0; c < owners.size(); ++c) {
          std::vector<TimelineEntry> twin;
          for (const Arrival& a : arrivals) {
            if (owners[index(a.customer)] == owners[c]) twin.push_back(timeline_entry_of(a));
          }
          std::sort(twin.begin(), twin.end());
          RC_ASSERT(std::ranges::equal(it.of(id_at<Customer>(c)).entries(), twin));
          for (const MergeEvent& event : hub.log().events()) {
            if (owners[index(event.kept)] != owners[c] &&
                owners[index(event.absorbed)] != owners[c])
              continue;
            twin.push_back({.time = event.time,
                            .kind = event.kind == MergeKind::merge ? TimelineKind::merge
                                                                   : TimelineKind::unmerge,
                            .customer = event.kept,
                            .other = event.absorbed,
                            .reference = event.sequence});
          }
          std::sort(twin.begin(), twin.end());
          RC_ASSERT(std::ranges::equal(timeline_of(hub, it, id_at<Customer>(c)).entries(), twin));
        }
        OwnedTimelines batch;
        std::vector<TimelineEntry> all;
        for (const Arrival& a : arrivals) all.push_back(timeline_entry_of(a));
        batch.add(all);
        for (std::size_t c = 0; c < owners.size(); ++c) {
          RC_ASSERT(batch.arrived(id_at<Customer>(c)) == it.arrived(id_at<Customer>(c)));
        }
      });
}

}  // namespace
