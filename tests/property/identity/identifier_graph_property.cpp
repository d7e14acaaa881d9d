// The graph against a twin that keeps lists, replays all merges for each question and drops the
// lowest identifier until what is left fits, as the rule is told.

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "emptor/identity/identifier_graph.hpp"
#include "support/property.hpp"

namespace emptor {
namespace {

using Named = std::pair<int, std::string>;  // type, value

struct Twin {
  struct Held {
    Named name;
    int home;
    int day;
  };
  struct Merge {
    int kept, absorbed;
    bool in_force;
  };
  // verified; 2 ever; 2 weekly; unlimited
  static constexpr int limit[4] = {1, 2, 2, 99};

  std::vector<Held> held;
  std::vector<Merge> merges;
  std::set<std::pair<int, int>> parted;
  std::set<Named> erased;
  int customers = 0;

  std::vector<int> owners() const {
    std::vector<int> out;
    for (int c = 0; c < customers; ++c) out.push_back(c);
    for (const Merge& merge : merges) {
      if (!merge.in_force) continue;
      const int to = out[std::size_t(merge.kept)], from = out[std::size_t(merge.absorbed)];
      for (int& owner : out) owner = owner == from ? to : owner;
    }
    return out;
  }
  /// Whether these owners' identifiers and the new ones may be one customer's.
  bool fits(const std::set<int>& together, const std::set<Named>& fresh, int day) const {
    const std::vector<int> owner = owners();
    std::vector<std::pair<int, int>> all;  // type, day
    for (const Held& h : held) {
      if (together.contains(owner[std::size_t(h.home)])) all.emplace_back(h.name.first, h.day);
    }
    for (const Named& name : fresh) all.emplace_back(name.first, day);
    for (int type = 0; type < 4; ++type) {
      for (const auto& [of, from] : all) {
        int count = 0;
        for (const auto& [t, d] : all) {
          count += t == type && (type != 2 || (d >= from && d < from + 7)) ? 1 : 0;
        }
        if (count > limit[type]) return false;
      }
    }
    return true;
  }
  bool meet(const std::set<int>& together) const {
    const std::vector<int> owner = owners();
    return std::any_of(parted.begin(), parted.end(), [&](const auto& pair) {
      const int a = owner[std::size_t(pair.first)], b = owner[std::size_t(pair.second)];
      return a != b && together.contains(a) && together.contains(b);
    });
  }
  /// The customer, -1 for nobody; `dropped` those that were set aside or gave way.
  int resolve(std::vector<Named> arrival, int day, std::size_t& dropped) {
    const std::size_t all = arrival.size();
    std::erase_if(arrival, [&](const Named& name) { return erased.contains(name); });
    dropped = all - arrival.size();
    std::stable_sort(arrival.begin(), arrival.end(),
                     [](const Named& a, const Named& b) { return a.first < b.first; });
    while (!arrival.empty()) {
      const std::vector<int> owner = owners();
      std::set<int> together;
      std::set<Named> fresh;
      for (const Named& name : arrival) {
        const auto found =
            std::find_if(held.begin(), held.end(), [&](const Held& h) { return h.name == name; });
        if (found == held.end()) {
          fresh.insert(name);
        } else {
          together.insert(owner[std::size_t(found->home)]);
        }
      }
      if (fits(together, fresh, day) && !meet(together)) {
        const int customer = together.empty() ? customers++ : *together.begin();
        for (const int other : together) {
          if (other != customer) merges.push_back({customer, other, true});
        }
        for (const Named& name : arrival) {
          if (fresh.contains(name)) held.push_back({name, customer, day});
        }
        return customer;
      }
      arrival.pop_back();
      ++dropped;
    }
    return -1;
  }
};

IdentifierGraphOptions small_rules() {
  IdentifierGraphOptions options;
  options.rules = {{"user", {}, true, {}},
                   {"email", {2, LimitWindow::ever}, false, {}},
                   {"cookie", {2, LimitWindow::weekly}, false, {}},
                   {"tag", {0, LimitWindow::ever}, false, {}}};
  options.tombstone_key = "a key of enough bytes";
  return options;
}

}  // namespace

TEST_CASE("The identifier graph does what its twin does, after any sequence of calls") {
  test::check_property(
      "resolve, merge, unmerge, erase, lift",
      [] {
        IdentifierGraph graph(small_rules());
        Twin twin;
        const int steps = *rc::gen::inRange(1, 60);
        for (int step = 0; step < steps; ++step) {
          const int what = *rc::gen::inRange(0, 20);
          const int day = *rc::gen::inRange(-10, 20);
          const Time time{std::chrono::days{day}};
          if (what < 14) {
            std::vector<Named> names;
            const int count = *rc::gen::inRange(0, 5);
            for (int i = 0; i < count; ++i) {
              Named name{*rc::gen::inRange(0, 4), std::string(1, *rc::gen::inRange('a', 'f'))};
              if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
            }
            std::vector<IdentifierValue> values;
            for (const Named& name : names) {
              values.push_back({static_cast<IdentifierType>(name.first), name.second});
            }
            const Resolution got = graph.resolve(values, time);
            std::size_t dropped = 0;
            const std::size_t merges = twin.merges.size();
            const int want = twin.resolve(names, day, dropped);
            RC_ASSERT((got.customer == no_customer ? -1 : int(index(got.customer))) == want);
            RC_ASSERT(got.dropped.size() == dropped);
            RC_ASSERT(got.merges.size() == twin.merges.size() - merges);
          } else if (what < 16 && !twin.merges.empty()) {
            const auto id = *rc::gen::inRange(std::size_t{0}, twin.merges.size());
            Twin::Merge& merge = twin.merges[id];
            const bool done = graph.unmerge(static_cast<MergeId>(id), time, "").has_value();
            RC_ASSERT(done == merge.in_force);
            if (done) twin.parted.insert({merge.kept, merge.absorbed});
            merge.in_force = false;
          } else if (what < 18 && twin.customers > 1) {
            const int a = *rc::gen::inRange(0, twin.customers);
            const int b = *rc::gen::inRange(0, twin.customers);
            const bool done = graph
                                  .merge(id_at<Customer>(std::size_t(a)),
                                         id_at<Customer>(std::size_t(b)), time, "")
                                  .has_value();
            const std::vector<int> owner = twin.owners();
            const int x = owner[std::size_t(a)], y = owner[std::size_t(b)];
            RC_ASSERT(done == (x != y && twin.fits({x, y}, {}, 0)));
            if (done) {
              std::erase_if(twin.parted, [&](const auto& pair) {
                const int p = owner[std::size_t(pair.first)], q = owner[std::size_t(pair.second)];
                return (p == x && q == y) || (p == y && q == x);
              });
              twin.merges.push_back({a, b, true});
            }
          } else if (what == 18 && twin.customers > 0) {
            const int customer = *rc::gen::inRange(0, twin.customers);
            const std::vector<int> owner = twin.owners();
            RC_ASSERT(graph.erase(id_at<Customer>(std::size_t(customer))).has_value());
            std::erase_if(twin.held, [&](const Twin::Held& h) {
              const bool gone = owner[std::size_t(h.home)] == owner[std::size_t(customer)];
              if (gone) twin.erased.insert(h.name);
              return gone;
            });
          } else if (!twin.erased.empty()) {
            const Named name = *twin.erased.begin();
            RC_ASSERT(graph.lift({static_cast<IdentifierType>(name.first), name.second}));
            twin.erased.erase(name);
          }
          const std::vector<int> owner = twin.owners();
          RC_ASSERT(graph.customers() == std::size_t(twin.customers));
          RC_ASSERT(graph.identifiers() == twin.held.size());
          RC_ASSERT(graph.tombstones() == twin.erased.size());
          std::map<int, std::vector<Customer>> absorbed;
          for (int c = 0; c < twin.customers; ++c) {
            const int o = owner[std::size_t(c)];
            RC_ASSERT(int(index(graph.owner(id_at<Customer>(std::size_t(c))))) == o);
            if (o != c) absorbed[o].push_back(id_at<Customer>(std::size_t(c)));
          }
          for (int c = 0; c < twin.customers; ++c) {
            const auto others = graph.absorbed_by(id_at<Customer>(std::size_t(c)));
            RC_ASSERT(std::vector<Customer>(others.begin(), others.end()) == absorbed[c]);
            RC_ASSERT(twin.fits({c}, {}, 0));  // limits hold
          }
          for (const Twin::Held& h : twin.held) {
            RC_ASSERT(int(index(graph.find({static_cast<IdentifierType>(h.name.first),
                                            h.name.second}))) == owner[std::size_t(h.home)]);
          }
        }
      },
      1000);
}

TEST_CASE("Merges undone bring back the state before them") {
  test::check_property("merge then unmerge is the identity", [] {
    IdentifierGraphOptions options = small_rules();
    options.remember_unmerges = false;
    IdentifierGraph graph(options);
    const int arrivals = *rc::gen::inRange(1, 30);
    for (int i = 0; i < arrivals; ++i) {
      const std::string a(1, *rc::gen::inRange('a', 'h')), b(1, *rc::gen::inRange('a', 'h'));
      graph.resolve(std::vector<IdentifierValue>{{IdentifierType{1}, a}, {IdentifierType{3}, b}},
                    Time{});
    }
    const std::vector<Customer> before = graph.log().owners(graph.customers());
    const auto pick = [&] {
      return id_at<Customer>(*rc::gen::inRange(std::size_t{0}, graph.customers()));
    };
    const auto merged = graph.merge(pick(), pick(), Time{}, "");
    if (!merged.has_value()) return;
    RC_ASSERT(graph.unmerge(merged->event.id, Time{}, "").has_value());
    RC_ASSERT(graph.log().owners(graph.customers()) == before);
  });
}

}  // namespace emptor
