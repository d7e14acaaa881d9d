// The outbox: each happening once, cursors that only go on, archives.

#include "emptor/reward/outbox.hpp"

#include "emptor/core/archive.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr Customer anna{1};
constexpr Customer bert{2};
const Currency eur("EUR");

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

std::vector<OutboxRecord> one_of_each() {
  return {claim_changed(anna, 1, 2, 3, at(10)),
          reward_granted(anna, 1, Money(500, eur), at(10), at(99)),
          reward_posted(anna, 1, Money(500, eur), at(10)),
          reward_clawed_back(anna, 1, Money(500, eur), at(10)),
          points_earned(anna, 1, 500, at(10), at(50)),
          points_expiring(anna, 1, 500, at(10), at(50)),
          points_expired(anna, 1, 500, at(50)),
          tier_changed(anna, 0, 1, at(10)),
          tier_changed(anna, 1, 0, at(10)),
          tier_at_risk(anna, 1, 0, at(10), at(60)),
          review_opened(anna, 1, at(10), at(60)),
          review_decided(anna, 1, 2, at(10))};
}

TEST_CASE("every happening is kept once") {
  Outbox outbox;
  const auto records = one_of_each();
  REQUIRE(records.size() == outbox_kind_count);
  for (std::size_t i = 0; i < records.size(); ++i) {
    CHECK(records[i].kind == static_cast<OutboxKind>(i));
    CHECK(outbox.append(records[i]) == OutboxVerdict::appended);
  }
  for (const OutboxRecord& record : one_of_each()) {
    CHECK(outbox.append(record) == OutboxVerdict::repeated);
  }
  CHECK(outbox.append(reward_posted(anna, 1, Money(501, eur), at(10))) == OutboxVerdict::conflict);
  CHECK(outbox.append(reward_posted(bert, 1, Money(501, eur), at(10))) == OutboxVerdict::appended);
  // A warning is said once; what has expired of a lot can grow.
  CHECK(outbox.append(points_expiring(anna, 1, 400, at(11), at(50))) == OutboxVerdict::repeated);
  CHECK(outbox.append(points_expiring(anna, 1, 400, at(11), at(51))) == OutboxVerdict::appended);
  CHECK(outbox.append(points_expired(anna, 1, 510, at(50))) == OutboxVerdict::appended);
  OutboxRecord forged = reward_posted(anna, 2, Money(1, eur), at(10));
  forged.subject = 3;
  CHECK(outbox.append(forged) == OutboxVerdict::invalid);
  CHECK_THROWS_AS(tier_changed(anna, 1, 1, at(10)), Exception);
  CHECK_THROWS_AS(points_earned(no_customer, 1, 1, at(10)), Exception);
  CHECK_THROWS_AS(points_earned(anna, 1, -1, at(10)), Exception);
  CHECK(outbox.records().size() == records.size() + 3);
  CHECK(name(OutboxKind::review_decided) == "review_decided");
}

TEST_CASE("consumers of the outbox go on from what they acknowledged") {
  Outbox outbox;
  for (const OutboxRecord& record : one_of_each()) (void)outbox.append(record);
  CHECK(outbox.unread("mail", 5).size() == 5);
  CHECK(outbox.unread("mail", 5).front().kind == OutboxKind::claim_changed);
  CHECK(outbox.acknowledge("mail", 5).has_value());
  CHECK(outbox.acknowledge("mail", 3).has_value());
  CHECK(outbox.acknowledged("mail") == 5);
  CHECK(outbox.unread("mail", 100).size() == 7);
  CHECK(outbox.unread("mail", 1).front().kind == OutboxKind::points_expiring);
  CHECK(outbox.unread("app", 100).size() == 12);
  CHECK(outbox.acknowledge("app", 13).error().code == ErrorCode::out_of_range);
  CHECK(outbox.acknowledge("app", 12).has_value());
  CHECK(outbox.unread("app", 100).empty());
  CHECK(outbox.consumers() == std::vector<std::string>{"app", "mail"});

  const auto bytes = outbox.save();
  Result<Outbox> loaded = Outbox::load(bytes);
  REQUIRE(loaded.has_value());
  CHECK(*loaded == outbox);
  CHECK(loaded->save() == bytes);
  CHECK(loaded->append(one_of_each()[3]) == OutboxVerdict::repeated);
}

TEST_CASE("archives of an outbox with forged content are refused") {
  const auto archive = [](std::uint64_t count, const OutboxRecord& record, std::uint64_t cursor) {
    ArchiveWriter writer("outbox", 1);
    SectionWriter& section = writer.section("records");
    section.put(count);
    section.put(record.id.high);
    section.put(record.id.low);
    section.put(record.kind);
    section.put(record.customer);
    section.put(std::int64_t{record.time.time_since_epoch().count()});
    section.put(record.subject);
    section.put(record.amount);
    for (const char c : {'E', 'U', 'R'}) section.put(static_cast<std::uint8_t>(c));
    section.put(record.from);
    section.put(record.to);
    section.put(std::int64_t{record.due.time_since_epoch().count()});
    SectionWriter& cursors = writer.section("cursors");
    cursors.put(std::uint64_t{1});
    cursors.put_text("mail");
    cursors.put(cursor);
    return std::move(writer).finish();
  };
  const OutboxRecord good = reward_posted(anna, 1, Money(500, eur), at(10));
  CHECK(Outbox::load(archive(1, good, 1)).has_value());
  CHECK_FALSE(Outbox::load(archive(2, good, 1)).has_value());
  CHECK_FALSE(Outbox::load(archive(1, good, 2)).has_value());
  CHECK_FALSE(Outbox::load(archive(std::uint64_t{1} << 60U, good, 1)).has_value());
  OutboxRecord bad = good;
  bad.to = 7;
  CHECK_FALSE(Outbox::load(archive(1, bad, 1)).has_value());
  bad = good;
  bad.kind = static_cast<OutboxKind>(200);
  CHECK_FALSE(Outbox::load(archive(1, bad, 1)).has_value());
}

}  // namespace
