#include "emptor/segment/rfm_stream.hpp"

#include "support/catch.hpp"

namespace {

using namespace emptor;

RfmLine line_at(std::uint32_t customer, std::int64_t second, std::int64_t amount) {
  static std::uint32_t next = 0;
  return {.customer = id_at<Customer>(customer),
          .order = id_at<Order>(next++),
          .time = Time{std::chrono::seconds{second}},
          .amount = amount,
          .line = next};
}

}  // namespace

TEST_CASE("a stream without lines, and lines that are nobody's") {
  RfmStream stream;
  CHECK(stream.thresholds().recency.empty());
  CHECK_FALSE(stream.score(id_at<Customer>(3)).has_value());
  CHECK_FALSE(stream.score(no_customer).has_value());
  RfmLine line = line_at(0, 100, 5);
  line.customer = no_customer;
  CHECK_FALSE(stream.add(line).has_value());
  line = line_at(0, 100, -5);
  CHECK_FALSE(stream.add(line).has_value());
  CHECK(stream.thresholds().recency.empty());
}

TEST_CASE("a stream's options") {
  CHECK_THROWS_AS(RfmStream(RfmOptions{}), Exception);  // rank_first
  CHECK_THROWS_AS(RfmStream(RfmOptions{.as_of = Time{}, .ties = RfmTies::value}), Exception);
}

TEST_CASE("amounts and instants at the ends of what there is") {
  RfmStream stream;
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  stream.add(line_at(0, 0, most));
  stream.add(line_at(1, 86'400 * 30'000LL, 1));
  stream.add(line_at(2, 4'000'000'000'000, 1));
  stream.add(line_at(2, 5, -most));
  CHECK(stream.score(id_at<Customer>(0))->monetary == 5);
  CHECK(stream.score(id_at<Customer>(2))->recency == 5);
  CHECK(stream.score(id_at<Customer>(2))->monetary == 1);
  const RfmThresholds ends = stream.thresholds();
  CHECK(ends.monetary[0].value < -9'000'000'000'000'000'000);
  CHECK(ends.monetary[3].value == 1);
}

TEST_CASE("a day ends at the shop's midnight") {
  RfmStream stream({.ties = RfmTies::value}, UtcOffset{60});
  stream.add(line_at(0, 10, 1));
  CHECK(stream.as_of() == Time{std::chrono::seconds{86'400 - 3'600}});
  stream.add(line_at(1, 86'400 - 3'600, 1));
  CHECK(stream.as_of() == Time{std::chrono::seconds{86'400 - 3'600}});
  stream.add(line_at(1, 86'401 - 3'600, 1));
  CHECK(stream.as_of() == Time{std::chrono::seconds{2 * 86'400 - 3'600}});
}
