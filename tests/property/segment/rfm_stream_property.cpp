// The stream's ends and scores after every line against sorting everybody, and against the batch.

#include <algorithm>

#include "emptor/segment/rfm_stream.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

std::vector<RfmLine> any_stream_lines(std::int64_t unit) {
  const auto count = *rc::gen::inRange<std::size_t>(1, 50);
  std::vector<RfmLine> lines;
  for (std::size_t i = 0; i < count; ++i) {
    const auto customer = *rc::gen::inRange<std::uint32_t>(0, 12);
    const auto amount = unit * *rc::gen::inRange(-4, 9);
    lines.push_back({.customer = customer == 11 ? no_customer : id_at<Customer>(customer),
                     .order = id_at<Order>(*rc::gen::inRange<std::size_t>(0, 40)),
                     .time = Time{std::chrono::hours{*rc::gen::inRange(-60, 24 * 9)}},
                     .amount = amount,
                     .quantity = amount < 0 ? -1 : 1,
                     .line = i});
  }
  return lines;
}

RfmOptions any_stream_options() {
  RfmOptions options;
  options.bins = *rc::gen::inRange(2, 8);
  options.ties = RfmTies::value;
  options.refunds = *rc::gen::element(RfmRefunds::net, RfmRefunds::ignore);
  if (*rc::gen::inRange(0, 4) == 0) {
    options.bins = 3;
    options.recency_cuts = {2, 5};
    options.monetary_cuts = {3, 7};
  }
  return options;
}

}  // namespace

TEST_CASE("after every line: ends and scores are those of the batch") {
  test::check_property("rfm stream is batch", [] {
    const RfmOptions options = any_stream_options();
    const UtcOffset offset{*rc::gen::inRange(-18 * 60, 18 * 60)};
    RfmStream stream(options, offset);
    RfmAccumulator batch(options);
    for (const RfmLine& line : any_stream_lines(1)) {
      const auto given = stream.add(line);
      batch.add(line);
      const RfmResult expected = batch.score_at(stream.as_of());
      RC_ASSERT(stream.thresholds() == expected.thresholds);
      for (const RfmRow& row : expected.rows) {
        RC_ASSERT(stream.score(row.customer) == std::optional(row.score));
      }
      RC_ASSERT(given.has_value() == (expected.find(line.customer) != nullptr));
      if (given) RC_ASSERT(*given == expected.find(line.customer)->score);
    }
    const RfmStream taken_over(batch, offset);
    RC_ASSERT(taken_over.thresholds() == stream.thresholds());
    RC_ASSERT(taken_over.as_of() == stream.as_of());
  });
}

TEST_CASE("money in large amounts: ends at edges of cells, at most 1/1024 above the value") {
  test::check_property("rfm stream money", [] {
    const auto unit = *rc::gen::element<std::int64_t>(409, 65'537, 1'000'003, 12'345'678'901'234);
    RfmOptions options;
    options.ties = RfmTies::value;
    RfmStream stream(options);
    auto lines = any_stream_lines(unit);
    for (const RfmLine& line : lines) stream.add(line);
    const RfmResult exact = stream.accumulator().score_at(stream.as_of());
    const RfmThresholds ends = stream.thresholds();
    for (std::size_t j = 0; j < exact.thresholds.monetary.size(); ++j) {
      const std::int64_t value = exact.thresholds.monetary[j].value;
      const std::int64_t end = ends.monetary[j].value;
      RC_ASSERT(end >= value);
      RC_ASSERT(end - value <= std::abs(value) / 1024);
    }
    for (const RfmRow& row : exact.rows) {
      const RfmScore by_ends = rfm_score(ends, row.recency_days, row.orders, row.monetary, 0);
      RC_ASSERT(*stream.score(row.customer) == by_ends);
    }
    std::reverse(lines.begin(), lines.end());
    RfmStream backwards(options);
    for (const RfmLine& line : lines) backwards.add(line);
    RC_ASSERT(backwards.thresholds() == ends);
  });
}
