#include "emptor/table/sequences.hpp"

#include <string>
#include <vector>

#include "emptor/table/sequences_archive.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

InteractionLog small_log(float weight = 1) {
  InteractionLog log;
  log.add(Customer{2}, Item{1}, 1, at(5000));
  log.add(Customer{0}, Item{3}, 1, at(100));
  log.add(Customer{2}, Item{0}, weight, at(10));
  log.add(Customer{2}, Item{2}, 1, at(10));
  log.add(Customer{2}, Item{0}, 2 * weight, at(20));
  return log;
}

std::vector<std::uint32_t> items_of(const Sequences& data, std::size_t session) {
  const auto items = data.session_items(session);
  return {items.begin(), items.end()};
}

template <class Call>
ErrorCode code_of(Call&& call) {
  try {
    call();
  } catch (const Exception& e) {
    return e.code();
  }
  FAIL("nothing was thrown");
  return {};
}

Result<Sequences> back(const Sequences& data) {
  ArchiveWriter writer("test", 1);
  put_sequences(writer.section("sequences", 1), data);
  const auto bytes = std::move(writer).finish();
  const auto reader = ArchiveReader::open(bytes, "test", 1);
  REQUIRE(reader.has_value());
  auto section = reader->section("sequences");
  REQUIRE(section.has_value());
  Sequences out = get_sequences(*section);
  if (auto done = section->finish(); !done) return done.error();
  return out;
}

}  // namespace

TEST_CASE("events of a customer by time, cut where nothing happened") {
  const Sequences data(3, 4, small_log(), {.gap = std::chrono::seconds{10}});
  CHECK(data.customers() == 3);
  CHECK(data.items() == 4);
  CHECK(data.events() == 5);
  REQUIRE(data.sessions() == 3);
  CHECK(data.session_count(Customer{0}) == 1);
  CHECK(data.session_count(Customer{1}) == 0);
  CHECK(data.session_count(Customer{2}) == 2);
  CHECK(items_of(data, 0) == std::vector<std::uint32_t>{3});
  CHECK(items_of(data, 1) == std::vector<std::uint32_t>{0, 2, 0});
  CHECK(items_of(data, 2) == std::vector<std::uint32_t>{1});
  CHECK(data.session_times(1)[2] == at(20));
  CHECK(data.session_end(2) == at(5000));
  CHECK(data.session_weights(1)[2] == 2);
  CHECK(data.last_time() == at(5000));
  CHECK(data.last_session(Customer{1}).empty());
  CHECK(data.last_session(Customer{2})[0] == 1);
  CHECK(data.interactions().by_customer().row_size(2) == 3);
  CHECK(data.interactions().by_customer().row_values(2)[0] == 3);

  CHECK(Sequences(3, 4, small_log(), {.gap = std::chrono::seconds{9}}).sessions() == 4);
  const Sequences baskets(3, 4, small_log(), {.gap = std::chrono::seconds{0}});
  CHECK(items_of(baskets, 1) == std::vector<std::uint32_t>{0, 2});
  CHECK(Sequences(3, 4, small_log(), {.gap = whole_history}).sessions() == 2);
}

TEST_CASE("times at the ends of the calendar do not overflow") {
  InteractionLog log;
  log.add(Customer{0}, Item{0}, 1, Time::max());
  log.add(Customer{0}, Item{1}, 1, Time::min());
  const Sequences data(1, 2, log);
  CHECK(data.sessions() == 2);
  CHECK(items_of(data, 0) == std::vector<std::uint32_t>{1});
}

TEST_CASE("nothing at all") {
  const Sequences none;
  CHECK(none.customers() == 0);
  CHECK(none.sessions() == 0);
  CHECK(none.last_time() == at(0));
  CHECK(Sequences(2, 3, InteractionLog{}).last_session(Customer{1}).empty());
}

TEST_CASE("what cannot be a sequence is refused") {
  CHECK(code_of([] { Sequences(2, 4, small_log()); }) == ErrorCode::out_of_range);
  CHECK(code_of([] { Sequences(3, 3, small_log()); }) == ErrorCode::out_of_range);
  CHECK(code_of([] { Sequences(3, 4, small_log(-1)); }) == ErrorCode::invalid_value);
  CHECK(code_of([] { Sequences(3, 4, small_log(), {.gap = std::chrono::seconds{-1}}); }) ==
        ErrorCode::invalid_option);
  InteractionLog uneven = small_log();
  uneven.times.pop_back();
  CHECK(code_of([&] { Sequences(3, 4, uneven); }) == ErrorCode::invalid_shape);

  const SequenceParts good = Sequences(3, 4, small_log()).parts();
  const auto refused = [&](auto&& spoil) {
    SequenceParts parts = good;
    spoil(parts);
    return code_of([&] { Sequences{parts}; }) == ErrorCode::invalid_shape;
  };
  CHECK(refused([](SequenceParts& p) { p.event_times.pop_back(); }));
  CHECK(refused([](SequenceParts& p) { p.event_items[0] = 4; }));
  CHECK(refused([](SequenceParts& p) { p.session_starts[1] = 0; }));
  CHECK(refused([](SequenceParts& p) { p.customer_starts.back() = 7; }));
  CHECK(refused([](SequenceParts& p) { std::swap(p.customer_starts[1], p.customer_starts[3]); }));
  CHECK(refused([](SequenceParts& p) { p.customer_starts.clear(); }));
  CHECK(refused([](SequenceParts& p) { std::swap(p.event_times[1], p.event_times[4]); }));
  CHECK(refused([](SequenceParts& p) { p.gap = std::chrono::seconds{-1}; }));
}

TEST_CASE("sequences come back as they were saved") {
  for (const float weight : {1.0F, 2.5F}) {
    const Sequences data(3, 4, small_log(weight));
    const auto read = back(data);
    REQUIRE(read.has_value());
    CHECK(read->gap() == data.gap());
    CHECK(read->parts().customer_starts == data.parts().customer_starts);
    CHECK(read->parts().session_starts == data.parts().session_starts);
    CHECK(read->parts().event_items == data.parts().event_items);
    CHECK(read->parts().event_weights == data.parts().event_weights);
    CHECK(read->parts().event_times == data.parts().event_times);
    CHECK(read->interactions().by_customer() == data.interactions().by_customer());
  }
  CHECK(back(Sequences(2, 3, InteractionLog{}))->items() == 3);
}

TEST_CASE("sequences that contradict themselves are refused") {
  using Counts = std::vector<std::uint32_t>;
  const auto refused = [](const Counts& items, const Counts& customers, const Counts& sessions,
                          const Counts& events, const std::vector<float>& weights) {
    ArchiveWriter writer("test", 1);
    SectionWriter& to = writer.section("sequences", 1);
    to.put(std::int64_t{0});
    to.put_array(items);
    to.put_array(customers);
    to.put_array(sessions);
    to.put_array(events);
    to.put_array(std::vector<std::int64_t>(events.size(), 7));
    to.put(weights.empty());
    if (!weights.empty()) to.put_array(weights);
    const auto bytes = std::move(writer).finish();
    const auto reader = ArchiveReader::open(bytes, "test", 1);
    auto section = reader->section("sequences");
    (void)get_sequences(*section);
    return !section->finish().has_value();
  };
  CHECK_FALSE(refused({1, 1}, {1, 0}, {2}, {0, 1}, {}));
  CHECK(refused({2, 0}, {1, 0}, {2}, {0, 1}, {}));
  CHECK(refused({1, 1}, {1, 1}, {2}, {0, 1}, {}));
  CHECK(refused({1, 1}, {2, 0}, {2, 0}, {0, 1}, {}));
  CHECK(refused({1, 1}, {1, 0}, {3}, {0, 1}, {}));
  CHECK(refused({1, 1}, {1, 0}, {2}, {0, 2}, {}));
  CHECK(refused({1, 1}, {1, 0}, {2}, {0, 1}, {1, 0}));
  CHECK(refused({2}, {1, 0}, {2}, {0, 0}, {3e38F, 3e38F}));
}
