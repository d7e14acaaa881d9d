#include "emptor/segment/rfm_segments.hpp"

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

/// One row for every (r, f, m), worth 1 each.
RfmResult every_cell(int bins) {
  RfmResult result;
  result.options.bins = bins;
  for (int r = 1; r <= bins; ++r) {
    for (int f = 1; f <= bins; ++f) {
      for (int m = 1; m <= bins; ++m) {
        result.rows.push_back({.customer = id_at<Customer>(result.rows.size()),
                               .orders = 1,
                               .recency_days = r,
                               .monetary = 1,
                               .score = {.recency = static_cast<std::uint8_t>(r),
                                         .frequency = static_cast<std::uint8_t>(f),
                                         .monetary = static_cast<std::uint8_t>(m)}});
      }
    }
  }
  return result;
}

std::string name_of(int r, int f, int m) {
  RfmResult one;
  one.rows.push_back({.score = {.recency = static_cast<std::uint8_t>(r),
                                .frequency = static_cast<std::uint8_t>(f),
                                .monetary = static_cast<std::uint8_t>(m)}});
  const RfmSegments segments = rfm_segments_of(one);
  return segments.segments[segments.of_row[0]].name;
}

const RfmSegmentTable two_halves{
    .bins = 2, .rules = {{"late", {1, 1}, {1, 2}, {1, 2}}, {"now", {1, 2}, {1, 2}, {1, 2}}}};

}  // namespace

TEST_CASE("the default table gives each of the 125 scores one of eleven segments") {
  const RfmSegments segments = rfm_segments_of(every_cell(5));
  REQUIRE(segments.segments.size() == 11);
  std::uint64_t customers = 0;
  for (const RfmSegmentSummary& segment : segments.segments) {
    INFO(segment.name);
    CHECK(segment.customers > 0);
    CHECK(segment.monetary == static_cast<std::int64_t>(segment.customers));
    CHECK(segment.monetary_share == Approx(segment.customer_share));
    customers += segment.customers;
  }
  CHECK(customers == 125);
  CHECK(segments.of_row.size() == 125);
}

TEST_CASE("who is what by the default table") {
  CHECK(name_of(5, 5, 5) == "champions");
  CHECK(name_of(5, 4, 4) == "champions");
  CHECK(name_of(5, 5, 3) == "loyal");
  CHECK(name_of(3, 4, 1) == "loyal");
  CHECK(name_of(5, 1, 5) == "new");
  CHECK(name_of(4, 1, 1) == "promising");
  CHECK(name_of(4, 2, 4) == "potential loyalists");
  CHECK(name_of(5, 3, 3) == "potential loyalists");
  CHECK(name_of(3, 3, 3) == "need attention");
  CHECK(name_of(3, 1, 5) == "need attention");
  CHECK(name_of(3, 2, 2) == "about to sleep");
  CHECK(name_of(2, 4, 4) == "at risk");
  CHECK(name_of(1, 3, 1) == "at risk");
  CHECK(name_of(1, 5, 5) == "cannot lose them");
  CHECK(name_of(1, 5, 3) == "at risk");
  CHECK(name_of(2, 2, 2) == "hibernating");
  CHECK(name_of(1, 1, 3) == "hibernating");
  CHECK(name_of(1, 1, 1) == "lost");
}

TEST_CASE("the default table covers every number of bins") {
  for (int bins = 2; bins <= 20; ++bins) {
    INFO(bins);
    const RfmSegmentTable table = default_rfm_segments(bins);
    CHECK_NOTHROW(check_rfm_segments(table));
    CHECK(rfm_segments_of(every_cell(bins)).of_row.size() ==
          static_cast<std::size_t>(bins * bins * bins));
  }
  CHECK(default_rfm_segments(10).rules.size() == 12);
  CHECK_THROWS_AS(default_rfm_segments(1), Exception);
}

TEST_CASE("a host's table: the first rule that holds decides") {
  const RfmSegments segments = rfm_segments_of(every_cell(2), two_halves);
  REQUIRE(segments.segments.size() == 2);
  CHECK(segments.segments[0].name == "late");
  CHECK(segments.segments[0].customers == 4);
  CHECK(segments.segments[1].customers == 4);
  CHECK(segments.segments[0].mean_recency_days == 1);
  CHECK(segments.segments[1].mean_recency_days == 2);
  CHECK(segments.find("now") == 1);
  CHECK(segments.find("never") == 2);
}

TEST_CASE("tables that leave a gap or make no sense are refused with the place") {
  const auto message = [](const RfmSegmentTable& table) {
    try {
      check_rfm_segments(table);
    } catch (const Exception& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  RfmSegmentTable table = two_halves;
  table.rules.pop_back();
  CHECK_THAT(message(table), ContainsSubstring("none for r 2 f 1 m 1"));
  table = two_halves;
  table.rules[1].frequency = {2, 1};
  CHECK_THAT(message(table), ContainsSubstring("2..1 at rule 1"));
  table.rules[1].frequency = {1, 3};
  CHECK_THAT(message(table), ContainsSubstring("ranges within 1..2"));
  table = two_halves;
  table.rules[0].segment.clear();
  CHECK_THAT(message(table), ContainsSubstring("no name at rule 0"));
  CHECK_THAT(message({.bins = 5, .rules = {}}), ContainsSubstring("none for r 1 f 1 m 1"));
  CHECK_THROWS_AS(rfm_segments_of(every_cell(5), two_halves), Exception);
}

TEST_CASE("nobody, and nobody with positive money") {
  const RfmSegments none = rfm_segments_of(RfmResult{});
  CHECK(none.segments.size() == 11);
  CHECK(none.segments[0].customer_share == 0);
  RfmResult owed = every_cell(5);
  for (RfmRow& row : owed.rows) row.monetary = -3;
  const RfmSegments segments = rfm_segments_of(owed);
  CHECK(segments.segments[0].monetary < 0);
  CHECK(segments.segments[0].monetary_share == 0);
}

TEST_CASE("the grid holds everybody by recency and frequency") {
  const RfmGrid grid = rfm_grid_of(every_cell(5));
  CHECK(grid.cells.size() == 25);
  CHECK(grid.at(1, 5).customers == 5);
  CHECK(grid.at(5, 1).monetary == 5);
}
