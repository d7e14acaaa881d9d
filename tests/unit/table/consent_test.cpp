#include "emptor/table/consent.hpp"

#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr Purpose news{0};
constexpr Purpose profiling{1};
constexpr Channel email{0};
constexpr Channel phone{1};

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

ConsentRecord record(std::uint32_t customer, ConsentState state, std::int64_t time,
                     Channel channel = email, Purpose purpose = news) {
  return {Customer{customer}, purpose, channel, state, at(time), Source{0}};
}

using enum ConsentState;

TEST_CASE("the last word of one customer counts, from its instant on") {
  ConsentHistory history;
  CHECK(history.state(news, email, at(9)) == unknown);
  history.add(record(1, withdrawn, 5));
  history.add(record(1, granted, 2));
  history.add(record(1, granted, 8));
  CHECK(history.state(news, email, at(1)) == unknown);
  CHECK(history.may_contact(news, email, at(2)));
  CHECK(history.state(news, email, at(7)) == withdrawn);
  CHECK(history.may_contact(news, email, at(8)));
  CHECK_FALSE(history.may_contact(profiling, email, at(8)));
  CHECK_FALSE(history.may_contact(news, phone, at(8)));
  history.add(record(1, unknown, 9));
  CHECK(history.state(news, email, at(9)) == unknown);
}

TEST_CASE("at one instant the stricter word counts") {
  ConsentHistory history;
  history.add(record(1, granted, 5));
  history.add(record(1, denied, 5));
  CHECK(history.state(news, email, at(5)) == denied);
  history.add(record(1, withdrawn, 5));
  CHECK(history.state(news, email, at(5)) == withdrawn);
}

TEST_CASE("a word for all channels counts for each, until a later one") {
  ConsentHistory history;
  history.add(record(1, granted, 1, all_channels));
  history.add(record(1, denied, 2, phone));
  CHECK(history.may_contact(news, email, at(3)));
  CHECK_FALSE(history.may_contact(news, phone, at(3)));
  history.add(record(1, withdrawn, 4, all_channels));
  CHECK_FALSE(history.may_contact(news, email, at(4)));
  history.add(record(1, granted, 5, phone));
  CHECK(history.may_contact(news, phone, at(5)));
  CHECK_FALSE(history.may_contact(news, email, at(5)));
  CHECK(history.state(news, all_channels, at(5)) == withdrawn);
}

TEST_CASE(
    "of two who are one the stricter holds, and a later grant elsewhere does not outvote it") {
  ConsentHistory one, other;
  one.add(record(1, withdrawn, 3));
  other.add(record(2, granted, 8));
  one.merge(other);
  CHECK(one.state(news, email, at(9)) == withdrawn);
  CHECK(one.decision(news, email, at(9))->customer == Customer{1});
  CHECK(one.state(news, email, at(2)) == unknown);
  one.add(record(1, granted, 9));
  CHECK(one.may_contact(news, email, at(9)));
  // Never asked says nothing against a grant.
  one.add(record(3, unknown, 1));
  CHECK(one.may_contact(news, email, at(9)));
  // Each purpose by itself.
  one.add(record(3, denied, 1, email, profiling));
  CHECK(one.may_contact(news, email, at(9)));
  CHECK(one.state(profiling, email, at(9)) == denied);
  CHECK(stricter(denied, granted) == denied);
  CHECK(stricter(granted, unknown) == granted);
  CHECK(stricter(denied, withdrawn) == withdrawn);
  CHECK(name(withdrawn) == "withdrawn");
}

TEST_CASE("consent without a customer or a purpose is refused") {
  ConsentHistory history;
  CHECK_THROWS_AS(history.add({.purpose = news}), Exception);
  CHECK_THROWS_AS(history.add({.customer = Customer{1}}), Exception);
  CHECK(history.empty());
}

TEST_CASE("consent is saved and loaded, and damage is noticed") {
  ConsentHistory history;
  history.add(record(1, withdrawn, 3, all_channels));
  history.add(record(2, granted, -8));
  history.add(record(2, granted, -8));
  ArchiveWriter writer("consent", 1);
  history.save(writer.section("records"));
  const auto bytes = std::move(writer).finish();
  const auto reader = ArchiveReader::open(bytes, "consent", 1);
  auto section = reader->section("records");
  CHECK(ConsentHistory::load(*section) == history);
  CHECK(section->finish().has_value());

  ArchiveWriter bad("consent", 1);
  SectionWriter& s = bad.section("records");
  SECTION("a count without records") {
    s.put(std::uint64_t{1} << 60);
  }
  SECTION("an unknown state") {
    s.put(std::uint64_t{1});
    for (int i = 0; i < 3; ++i) s.put(std::uint32_t{1});
    s.put(std::uint8_t{4});
    s.put(std::int64_t{0});
    s.put(std::uint32_t{1});
  }
  SECTION("out of order") {
    s.put(std::uint64_t{2});
    for (const std::uint32_t customer : {2U, 1U}) {
      s.put(customer);
      s.put(std::uint32_t{0});
      s.put(std::uint32_t{0});
      s.put(std::uint8_t{2});
      s.put(std::int64_t{0});
      s.put(std::uint32_t{0});
    }
  }
  const auto damaged = std::move(bad).finish();
  const auto damaged_reader = ArchiveReader::open(damaged, "consent", 1);
  auto bad_section = damaged_reader->section("records");
  CHECK(ConsentHistory::load(*bad_section).empty());
  CHECK_FALSE(bad_section->finish().has_value());
}

}  // namespace
