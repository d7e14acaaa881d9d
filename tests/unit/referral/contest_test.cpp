#include "emptor/referral/contest.hpp"

#include <array>
#include <limits>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/merge_log.hpp"
#include "emptor/referral/contest_snapshot.hpp"
#include "support/catch.hpp"

using namespace emptor;
using namespace std::chrono_literals;

namespace {

constexpr Customer anna{1}, bob{2}, carol{3}, dave{4'000'000'000};

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

Time utc(int year, unsigned month, unsigned day, std::chrono::seconds clock = 0s) {
  return Day{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)} + clock;
}

std::vector<Customer> ranking(const Contest& contest, Time time) {
  std::vector<ContestEntry> entries(contest.participants(time));
  CHECK(contest.top(time, entries) == entries.size());
  std::vector<Customer> out;
  for (const ContestEntry& entry : entries) {
    out.push_back(entry.customer);
    CHECK(entry.rank == out.size());
    CHECK(contest.standing(time, entry.customer) == entry);
  }
  return out;
}

}  // namespace

TEST_CASE("contest: ties go to who got there first, however late it is told") {
  Contest contest({});
  CHECK(contest.record({.id = 1, .customer = anna, .time = at(100)}) == ContestOutcome::counted);
  CHECK(contest.record({.id = 2, .customer = bob, .time = at(90)}) == ContestOutcome::counted);
  CHECK(ranking(contest, at(0)) == std::vector{bob, anna});
  contest.record({.id = 3, .customer = bob, .time = at(300)});
  contest.record({.id = 4, .customer = anna, .time = at(200)});
  CHECK(ranking(contest, at(0)) == std::vector{anna, bob});
  contest.record({.id = 5, .customer = dave, .time = at(80)});
  contest.record({.id = 6, .customer = dave, .time = at(10)});  // told last, happened first
  CHECK(ranking(contest, at(0)) == std::vector{dave, anna, bob});
  CHECK(contest.standing(at(0), dave)->reached == at(80));
  CHECK_FALSE(contest.standing(at(0), carol));
  contest.record({.id = 7, .customer = carol, .time = at(80)});
  contest.record({.id = 8, .customer = carol, .time = at(80)});
  CHECK(ranking(contest, at(0)) == std::vector{carol, dave, anna, bob});  // equal: lower number
}

TEST_CASE("contest: retries, revisions and voids, in any order") {
  ContestOptions options;
  options.measure = ContestMeasure::sum;
  Contest contest(options);
  const ContestEvent order{.id = 9, .customer = anna, .value = 500, .time = at(50)};
  CHECK(contest.record(order) == ContestOutcome::counted);
  CHECK(contest.record(order) == ContestOutcome::repeated);
  ContestEvent other = order;
  other.value = 400;
  CHECK(contest.record(other) == ContestOutcome::event_reused);
  other.revision = 2;
  CHECK(contest.record(other) == ContestOutcome::counted);
  CHECK(contest.record(order) == ContestOutcome::superseded);
  CHECK(contest.standing(at(0), anna)->score == 400);
  contest.record({.id = 10, .customer = anna, .value = 1, .time = at(70)});
  CHECK(contest.standing(at(0), anna)->reached == at(70));
  CHECK(contest.void_event(10));
  CHECK_FALSE(contest.void_event(10));
  CHECK(contest.standing(at(0), anna)->reached == at(50));
  CHECK_FALSE(contest.void_event(11));
  CHECK(contest.record({.id = 11, .customer = anna, .value = 7, .time = at(60)}) ==
        ContestOutcome::voided);
  CHECK(contest.standing(at(0), anna)->score == 400);
  other.revision = 3, other.value = 0;
  CHECK(contest.record(other) == ContestOutcome::counted);
  CHECK_FALSE(contest.standing(at(0), anna));
  CHECK(contest.participants(at(0)) == 0);

  CHECK(contest.record({.id = 12, .time = at(1)}) == ContestOutcome::nobody);
  CHECK(contest.record({.id = 12, .customer = bob, .value = -1}) == ContestOutcome::negative);
  CHECK(contest.record({.id = 12, .customer = bob, .time = Time::max()}) ==
        ContestOutcome::outside);
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  contest.record({.id = 12, .customer = bob, .value = most, .time = at(1)});
  CHECK(contest.record({.id = 13, .customer = bob, .value = 1, .time = at(2)}) ==
        ContestOutcome::overflow);
  ContestEvent back{.id = 14, .customer = carol, .value = 5, .time = at(3)};
  contest.record(back);
  back.revision = 1, back.customer = bob;
  CHECK(contest.record(back) == ContestOutcome::overflow);
  CHECK(contest.standing(at(0), carol)->score == 5);
  CHECK(contest.standing(at(0), bob)->score == most);
  for (int o = 0; o <= static_cast<int>(ContestOutcome::overflow); ++o) {
    CHECK(name(static_cast<ContestOutcome>(o)) != "unknown");
  }
}

TEST_CASE("contest: windows of the calendar at an offset, and of a length") {
  ContestOptions options;
  options.utc_offset = 8h;
  options.span = {utc(2023, 12, 20), utc(2024, 12, 31)};
  const auto window = [&](ContestPeriod period, Time time) {
    options.period = period;
    return Contest(options).window_at(time).value();
  };
  const Time time = utc(2024, 2, 29, 20h);  // March in China, a Friday
  CHECK(window(ContestPeriod::whole, time) == options.span);
  CHECK(window(ContestPeriod::day, time) ==
        TimeWindow{utc(2024, 2, 29, 16h), utc(2024, 3, 1, 16h)});
  CHECK(window(ContestPeriod::week, time) ==
        TimeWindow{utc(2024, 2, 25, 16h), utc(2024, 3, 3, 16h)});
  CHECK(window(ContestPeriod::month, time) ==
        TimeWindow{utc(2024, 2, 29, 16h), utc(2024, 3, 31, 16h)});
  CHECK(window(ContestPeriod::quarter, time) ==
        TimeWindow{utc(2023, 12, 31, 16h), utc(2024, 3, 31, 16h)});
  CHECK(window(ContestPeriod::year, time) == TimeWindow{utc(2023, 12, 31, 16h), utc(2024, 12, 31)});
  CHECK(window(ContestPeriod::year, utc(2023, 12, 25)) ==
        TimeWindow{utc(2023, 12, 20), utc(2023, 12, 31, 16h)});
  options.length = 10 * 24h;
  CHECK(window(ContestPeriod::fixed, utc(2023, 12, 30)) ==
        TimeWindow{utc(2023, 12, 30), utc(2024, 1, 9)});
  CHECK(window(ContestPeriod::fixed, utc(2024, 12, 30)).to == utc(2024, 12, 31));
  CHECK_FALSE(Contest(options).window_at(utc(2024, 12, 31)));
  CHECK_FALSE(Contest(options).window_at(utc(2023, 12, 19)));
  ContestOptions ever;
  CHECK(Contest(ever).window_at(utc(9999, 12, 31)));
  CHECK_FALSE(Contest(ever).window_at(Time::min()));

  options.period = ContestPeriod::month;
  Contest contest(options);
  contest.record({.id = 1, .customer = anna, .time = utc(2024, 1, 5)});
  contest.record({.id = 2, .customer = bob, .time = utc(2024, 3, 5)});
  contest.record({.id = 3, .customer = anna, .time = utc(2024, 3, 6)});
  CHECK(contest.windows().size() == 2);
  CHECK(ranking(contest, utc(2024, 1, 20)) == std::vector{anna});
  CHECK(ranking(contest, utc(2024, 3, 20)) == std::vector{bob, anna});
  CHECK(ranking(contest, utc(2024, 2, 20)).empty());
  CHECK(ranking(contest, utc(2023, 2, 20)).empty());
  contest.void_event(1);
  CHECK(contest.windows().size() == 1);
}

TEST_CASE("contest: one's own place with the neighbours") {
  Contest contest({});
  for (std::uint32_t c = 0; c < 100; ++c) {
    contest.record({.id = c, .customer = Customer{c}, .time = at(1'000 - c)});
  }
  std::array<ContestEntry, 5> out;
  REQUIRE(contest.around(at(0), Customer{50}, 2, out) == 5);
  CHECK(out[0].rank == 48);
  CHECK(out[2].customer == Customer{50});
  CHECK(out[2].rank == 50);
  REQUIRE(contest.around(at(0), Customer{99}, 2, out) == 5);
  CHECK(out[0].customer == Customer{99});
  REQUIRE(contest.around(at(0), Customer{0}, 2, out) == 3);
  CHECK(out[2].rank == 100);
  CHECK(contest.around(at(0), Customer{200}, 2, out) == 0);
  CHECK(contest.around(at(0), Customer{3}, 0, std::span<ContestEntry>()) == 0);
  CHECK(contest.top(at(0), out) == 5);
}

TEST_CASE("contest: a frozen ranking proves itself") {
  Contest contest({.name = "Autumn"});
  contest.record({.id = 1, .customer = anna, .time = at(100)});
  contest.record({.id = 2, .customer = bob, .time = at(90)});
  contest.record({.id = 3, .customer = bob, .time = at(95)});
  const ContestSnapshot frozen = contest.freeze(at(0), 10, at(1'000));
  CHECK(frozen.participants == 2);
  CHECK(verify_contest(frozen).has_value());
  // The bytes of contest_snapshot.hpp hashed by Python's hashlib, the span's ends being
  // -62167219200 and 253402300800.
  CHECK(to_hex(frozen.hash) == "62deb640c149e5f885254fb3619870ec79e807903e04a583ba1e2ff9f3057b70");
  const auto refused = [&](auto change) {
    ContestSnapshot other = frozen;
    change(other);
    return !verify_contest(other).has_value();
  };
  CHECK(refused([](auto& s) { s.name = "Winter"; }));
  CHECK(refused([](auto& s) { s.measure = ContestMeasure::sum; }));
  CHECK(refused([](auto& s) { s.participants = 3; }));
  CHECK(refused([](auto& s) { s.entries[0].score = 3; }));
  CHECK(refused([](auto& s) { s.entries.pop_back(); }));
  CHECK(refused([](auto& s) { s.frozen += 1s; }));
  CHECK(refused([](auto& s) {
    std::swap(s.entries[0], s.entries[1]);
    s.hash = contest_hash(s);
  }));
  CHECK(contest.freeze(at(0), 1, at(1'000)).entries.size() == 1);
  CHECK_THROWS_AS(contest.freeze(Time::max(), 1, at(1'000)), Exception);

  const std::vector<std::byte> bytes = save_contest_snapshot(frozen);
  CHECK(load_contest_snapshot(bytes).value() == frozen);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CHECK_FALSE(load_contest_snapshot(std::span(bytes).first(length)));
  }
  ContestSnapshot forged = frozen;
  forged.entries[1].score = 2;
  CHECK_FALSE(load_contest_snapshot(save_contest_snapshot(forged)));
}

TEST_CASE("contest: for owners, and back after the merge is undone") {
  Contest contest({});
  contest.record({.id = 1, .customer = anna, .time = at(100)});
  contest.record({.id = 2, .customer = bob, .time = at(90)});
  contest.record({.id = 3, .customer = carol, .time = at(95)});
  contest.void_event(4);
  contest.record({.id = 4, .customer = carol, .time = at(95)});
  contest.void_event(5);
  MergeLog log;
  const MergeId merge = log.merge(carol, anna, at(500), "same").event.id;
  const Contest joined = contest.for_owners(log);
  CHECK(ranking(joined, at(0)) == std::vector{carol, bob});
  CHECK(joined.standing(at(0), carol)->reached == at(100));
  REQUIRE(log.unmerge(merge, at(600), "no").has_value());
  CHECK(contest.for_owners(log).save() == contest.save());
}

TEST_CASE("contest: options out of range, archives cut or forged") {
  const auto with = [](auto change) {
    ContestOptions options;
    change(options);
    return Contest(options);
  };
  CHECK_THROWS_AS(with([](auto& o) { o.span = {at(5), at(5)}; }), Exception);
  CHECK_THROWS_AS(with([](auto& o) { o.span.to = Time::min() + 5s; }), Exception);
  CHECK_THROWS_AS(with([](auto& o) { o.length = 0s; }), Exception);
  CHECK_THROWS_AS(with([](auto& o) { o.utc_offset = 19h; }), Exception);

  Contest contest({.name = "n", .measure = ContestMeasure::sum, .period = ContestPeriod::week});
  contest.record({.id = 3, .customer = anna, .value = 9, .time = at(100)});
  contest.record({.id = 3, .revision = 2, .customer = bob, .value = 8, .time = at(100)});
  contest.record({.id = 1, .customer = dave, .value = 8, .time = at(100)});
  contest.void_event(2);
  const std::vector<std::byte> bytes = contest.save();
  const Result<Contest> back = Contest::load(bytes);
  REQUIRE(back.has_value());
  CHECK(back->save() == bytes);
  CHECK(ranking(*back, at(0)) == ranking(contest, at(0)));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CHECK_FALSE(Contest::load(std::span(bytes).first(length)));
  }
  for (std::size_t byte = 0; byte < 200; ++byte) {  // one byte of the content another, sums fit
    Result<ArchiveReader> reader = ArchiveReader::open(bytes, "contest", 1);
    ArchiveWriter writer("contest", 1);
    std::size_t place = 0;
    for (const char* tag : {"options", "events"}) {
      Result<SectionReader> section = reader->section(tag);
      SectionWriter& out = writer.section(tag);
      while (section->remaining() != 0) {
        const auto value = section->get<std::uint8_t>();
        out.put(static_cast<std::uint8_t>(place++ == byte ? value ^ 0x81 : value));
      }
    }
    const std::vector<std::byte> forged = std::move(writer).finish();
    if (const Result<Contest> other = Contest::load(forged)) CHECK(other->save() == forged);
  }
}
