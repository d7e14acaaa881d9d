#include "emptor/hub/merge_hub.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include "emptor/hub/owned_features.hpp"
#include "emptor/hub/owned_interactions.hpp"
#include "emptor/hub/owned_rfm.hpp"
#include "emptor/hub/owner_groups.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

Customer c(std::uint32_t number) {
  return Customer{number};
}
Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

/// Writes down what it is told and follows the groups; throws when asked to.
struct Witness {
  explicit Witness(std::string its_name, std::vector<std::string>& to)
      : name(std::move(its_name)), diary(&to) {}
  void on_merge(const MergeEvent& event, std::span<const OwnerChange> changes) {
    follow("+", event, changes);
  }
  void on_unmerge(const MergeEvent& event, std::span<const OwnerChange> changes) {
    follow("-", event, changes);
  }
  void erase(Customer customer) {
    if (refuses_erasure) throw std::runtime_error("no");
    diary->push_back(name + "x" + std::to_string(index(customer)));
  }
  void follow(const char* what, const MergeEvent& event, std::span<const OwnerChange> changes) {
    if (std::string(what) == refuses) throw std::runtime_error("no");
    groups.follow(changes);
    diary->push_back(name + what + std::to_string(event.sequence));
  }

  std::string name;
  std::vector<std::string>* diary;
  std::string refuses;
  bool refuses_erasure = false;
  OwnerGroups groups;
};

using Diary = std::vector<std::string>;

TEST_CASE("every listener is told in the order of being added") {
  Diary diary;
  Witness a("a", diary), b("b", diary);
  MergeHub hub;
  hub.add("b", b);
  hub.add("a", a);
  CHECK(hub.listeners() == Diary{"b", "a"});
  const auto merged = hub.merge(c(1), c(2), at(10), "same phone", {.rule = "phone", .weight = 9});
  CHECK(merged.changes == std::vector<OwnerChange>{{c(2), c(2), c(1)}});
  REQUIRE(hub.unmerge(merged.event.id, at(20), "two after all").has_value());
  hub.erase(c(2));
  CHECK(diary == Diary{"b+0", "a+0", "b-1", "a-1", "bx2", "ax2"});
  CHECK(hub.evidence(0).rule == "phone");
  CHECK(hub.evidence(1) == MergeEvidence{});
  CHECK_THROWS_AS(hub.evidence(2), Exception);
  CHECK(hub.remove("b"));
  CHECK_FALSE(hub.remove("b"));
  hub.merge(c(3), c(4), at(30), "");
  CHECK(diary.back() == "a+2");
  CHECK(diary.size() == 7);
}

TEST_CASE("a listener that throws leaves everything as it was") {
  Diary diary;
  Witness a("a", diary), b("b", diary), last("l", diary);
  MergeHub hub;
  hub.add("a", a);
  hub.add("b", b);
  hub.add("l", last);
  const auto first = hub.merge(c(1), c(2), at(1), "");
  const auto saved = hub.save();
  const OwnerGroups groups = a.groups;
  diary.clear();

  SECTION("in a merge") {
    b.refuses = "+";
    CHECK_THROWS_AS(hub.merge(c(3), c(1), at(2), ""), std::runtime_error);
    CHECK(diary == Diary{"a+1", "a-1"});
  }
  SECTION("in an unmerge") {
    last.refuses = "-";
    CHECK_THROWS_AS((void)hub.unmerge(first.event.id, at(2), ""), std::runtime_error);
    CHECK(diary == Diary{"a-1", "b-1", "b+1", "a+1"});
  }
  CHECK(hub.save() == saved);
  CHECK(hub.owner(c(2)) == c(1));
  CHECK(hub.owner(c(1)) == c(1));
  CHECK((a.groups == groups && b.groups == groups && last.groups == groups));
  CHECK(hub.stale().empty());
  CHECK(hub.history(c(1)) == std::vector<std::size_t>{0});

  b.refuses = last.refuses = "";
  CHECK(hub.merge(c(3), c(1), at(2), "").event.sequence == 1);
  CHECK(hub.owner(c(2)) == c(3));
  CHECK(last.groups.owner(c(2)) == c(3));
}

TEST_CASE("a listener that cannot take back is out of step and told nothing more") {
  Diary diary;
  Witness a("a", diary), b("b", diary);
  MergeHub hub;
  hub.add("a", a);
  hub.add("b", b);
  a.refuses = "-";
  b.refuses = "+";
  CHECK_THROWS_AS(hub.merge(c(1), c(2), at(1), ""), std::runtime_error);
  CHECK(hub.stale() == Diary{"a"});
  CHECK(hub.log().events().empty());
  a.refuses = b.refuses = "";
  diary.clear();
  hub.merge(c(1), c(2), at(1), "");
  CHECK(diary == Diary{"b+0"});
  Witness fresh("f", diary);
  CHECK(hub.remove("a"));
  hub.add("a", fresh);
  CHECK(hub.stale().empty());
  CHECK(fresh.groups == b.groups);
}

TEST_CASE("erasure reaches every listener even when one throws") {
  Diary diary;
  Witness a("a", diary), b("b", diary);
  MergeHub hub;
  hub.add("a", a);
  hub.add("b", b);
  hub.merge(c(1), c(2), at(1), "");
  diary.clear();
  a.refuses_erasure = true;
  CHECK_THROWS_AS(hub.erase(c(2)), std::runtime_error);
  CHECK(diary == Diary{"bx2"});
  a.refuses_erasure = false;
  hub.erase(c(2));
  CHECK(std::vector(hub.erased().begin(), hub.erased().end()) == std::vector{c(2)});
  CHECK_THROWS_AS(hub.merge(c(3), c(2), at(2), ""), Exception);
  CHECK(hub.owner(c(2)) == c(1));
  Witness late("l", diary);
  diary.clear();
  hub.add("l", late);
  CHECK(diary == Diary{"l+0", "lx2"});
}

struct Meddler {
  MergeHub* hub;
  void on_merge(const MergeEvent&, std::span<const OwnerChange>) {
    hub->merge(c(8), c(9), at(0), "");
  }
  void on_unmerge(const MergeEvent&, std::span<const OwnerChange>) {}
  void erase(Customer) {}
};

TEST_CASE("what a hub refuses") {
  Diary diary;
  Witness a("a", diary);
  MergeHub hub;
  hub.add("a", a);
  CHECK_THROWS_AS(hub.add("a", a), Exception);
  CHECK_THROWS_AS(hub.merge(c(1), c(1), at(0), ""), Exception);
  CHECK_THROWS_AS(hub.merge(c(1), no_customer, at(0), ""), Exception);
  CHECK(hub.unmerge(MergeId{0}, at(0), "").error().code == ErrorCode::not_found);
  hub.merge(c(1), c(2), at(0), "");
  REQUIRE(hub.unmerge(MergeId{0}, at(0), "").has_value());
  CHECK(hub.unmerge(MergeId{0}, at(0), "").error().code == ErrorCode::duplicate);
  CHECK(hub.log().events().size() == 2);
  Meddler meddler{&hub};
  hub.merge(c(5), c(6), at(0), "");
  CHECK_THROWS_AS(hub.add("meddler", meddler), Exception);
  MergeHub other;
  Meddler own{&other};
  other.add("meddler", own);
  CHECK_THROWS_AS(other.merge(c(1), c(2), at(0), ""), Exception);
  CHECK(other.log().events().empty());
}

TEST_CASE("a hub is saved and loaded, and damage is noticed") {
  MergeHub hub;
  hub.merge(c(1), c(2), at(5), "same card",
            {.rule = "model",
             .weight = 12.5,
             .records = {Record{7}, Record{9}},
             .parts = {{"email", 8.25}, {"name", -1}}});
  (void)hub.unmerge(MergeId{0}, at(6), "complaint");
  hub.merge(c(3), c(1), at(7), "");
  hub.erase(c(9));
  const auto bytes = hub.save();
  auto loaded = MergeHub::load(bytes);
  REQUIRE(loaded.has_value());
  CHECK(loaded->save() == bytes);
  CHECK(loaded->owner(c(1)) == c(3));
  CHECK(loaded->evidence(0) == hub.evidence(0));
  CHECK(loaded->history(c(2)) == std::vector<std::size_t>{0, 1});
  CHECK(loaded->history(c(3)) == std::vector<std::size_t>{0, 1, 2});
  CHECK(loaded->history(c(4)).empty());
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    CHECK_FALSE(MergeHub::load(std::span(bytes).first(cut)).has_value());
  }
  for (std::size_t b = 0; b < bytes.size(); ++b) {
    auto damaged = bytes;
    damaged[b] ^= std::byte{16};
    CHECK_FALSE(MergeHub::load(damaged).has_value());
  }
}

TEST_CASE("a hub follows a log that another decides") {
  Diary diary;
  Witness a("a", diary);
  MergeHub hub;
  hub.add("a", a);
  MergeLog log;
  log.merge(c(1), c(2), at(1), "same device");
  log.merge(c(3), c(1), at(2), "");
  CHECK(hub.follow(log) == 2);
  CHECK(hub.follow(log) == 0);
  hub.erase(c(5));
  (void)log.unmerge(MergeId{0}, at(3), "");
  log.merge(c(4), c(5), at(4), "decided before the erasure");
  a.refuses = "+";
  CHECK_THROWS_AS(hub.follow(log), std::runtime_error);
  a.refuses = "";
  CHECK(hub.follow(log) == 1);
  CHECK(diary == Diary{"a+0", "a+1", "ax5", "a-2", "a+3"});
  CHECK(std::equal(hub.log().events().begin(), hub.log().events().end(), log.events().begin(),
                   log.events().end()));
  CHECK(hub.owner(c(1)) == c(3));
  CHECK(hub.owner(c(2)) == c(2));
  hub.merge(c(8), c(9), at(5), "decided here");
  CHECK_THROWS_AS(hub.follow(log), Exception);
}

TEST_CASE("an overflow in the middle of a merge is refused as a whole") {
  OwnedInteractions interactions;
  OwnedFeatures features;
  MergeHub hub;
  hub.add("interactions", interactions);
  hub.add("features", features);
  const FeatureEvent huge{.time = at(1), .amount = std::int64_t{1} << 62};
  interactions.add(c(1), Item{0}, 2);
  interactions.add(c(2), Item{0}, 3);
  features.add(c(1), huge);
  features.add(c(2), huge);
  const auto before = interactions;
  CHECK_THROWS_AS(hub.merge(c(1), c(2), at(2), ""), Exception);
  CHECK(interactions == before);
  CHECK(features.of(c(1)) == features.arrived(c(1)));
  CHECK(hub.log().events().empty());

  hub.merge(c(1), c(3), at(2), "");
  CHECK_THROWS_AS(features.add(c(3), FeatureEvent{.amount = std::int64_t{1} << 62}), Exception);
  CHECK(features.of(c(3)) == features.arrived(c(1)));
  CHECK_THROWS_AS(features.add(c(4), std::vector<FeatureEvent>(2, huge)), Exception);
  CHECK(features.of(c(4)) == FeatureState{});
  CHECK(features.owners() == std::vector{c(1), c(2)});
  CHECK_THROWS_AS(features.add(no_customer, huge), Exception);
}

TEST_CASE("interactions refuse weights and places that do not exist") {
  OwnedInteractions it;
  for (const float bad : {0.0F, -1.0F, 1e10F, std::numeric_limits<float>::quiet_NaN(),
                          std::numeric_limits<float>::infinity()}) {
    CHECK_THROWS_AS(it.add(c(1), Item{0}, bad), Exception);
  }
  CHECK(it == OwnedInteractions{});
  it.add(c(1), Item{3}, 1e-30F);
  CHECK(it.of(c(1)).sums()[0].units == 1);
  CHECK_THROWS_AS(it.interactions(1, 4), Exception);
  CHECK_THROWS_AS(it.interactions(2, 3), Exception);
  CHECK(it.interactions(2, 4).entries() == 1);
  CHECK(OwnedInteractions{}.interactions(3, 2).customers() == 3);
  const Interactions matrix = it.interactions(2, 4);
  CHECK_THROWS_AS(interactions_of_owners(matrix, std::vector{c(0)}), Exception);
  CHECK_THROWS_AS(interactions_of_owners(matrix, std::vector{c(0), c(2)}), Exception);
}

TEST_CASE("two customers who shared an order have it once when they are one") {
  OwnedRfm rfm;
  MergeHub hub;
  hub.add("rfm", rfm);
  CHECK(rfm.add({.customer = c(1), .order = Order{7}, .time = at(86400), .amount = 500}));
  CHECK(rfm.add({.customer = c(2), .order = Order{7}, .time = at(2 * 86400), .amount = 300}));
  CHECK_FALSE(rfm.add({.customer = c(2), .order = Order{8}, .time = at(0), .amount = 0}));
  hub.merge(c(1), c(2), at(0), "");
  CHECK(rfm.values(c(2)).orders == 1);
  CHECK(rfm.values(c(2)).monetary == 800);
  CHECK(rfm.values(c(1)).last_purchase == 2 * 86400);
  CHECK_THROWS_AS(rfm.score(c(3), {}, at(0)), Exception);
  CHECK_THROWS_AS(rfm.score(c(1), {}, at(0)), Exception);
}

TEST_CASE("thresholds of an accumulator score owners alike") {
  OwnedRfm rfm;
  RfmAccumulator all;
  for (std::uint32_t i = 0; i < 20; ++i) {
    const RfmLine line{.customer = c(i),
                       .order = Order{i},
                       .time = at(i * 86400),
                       .amount = 100 + i * i % 17,
                       .line = i};
    rfm.add(line);
    all.add(line);
  }
  const RfmResult result = all.score_at(at(30 * 86400));
  REQUIRE(result.rows.size() == 20);
  for (const auto& row : result.rows) {
    CHECK(rfm.score(row.customer, result.thresholds, at(30 * 86400)) == row.score);
  }
}

}  // namespace
