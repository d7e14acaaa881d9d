// Labels by hand: borders of the window, who is left out, and that neither side of a date leaks
// into the other.

#include "emptor/score/label_builder.hpp"

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

Time day(int n) {
  return Time{} + std::chrono::days{n};
}

struct Purchases {
  std::vector<Customer> buyers;
  std::vector<Time> times;
  void add(std::uint32_t customer, Time time) {
    buyers.push_back(Customer{customer});
    times.push_back(time);
  }
};

}  // namespace

TEST_CASE("churn labels: the window begins after the gap and ends before its end") {
  Purchases p;
  for (std::uint32_t c = 0; c < 6; ++c) p.add(c, day(1));
  p.add(0, day(10));                            // at the date: within the gap
  p.add(1, day(12));                            // the window's first second
  p.add(2, day(12) - std::chrono::seconds{1});  // within the gap
  p.add(3, day(22) - std::chrono::seconds{1});  // the window's last second
  p.add(4, day(22));                            // just after
  p.add(6, day(10));                            // no customer before the date
  const std::vector<Time> dates{day(10), day(20)};
  const ChurnLabels labels =
      churn_labels(p.buyers, p.times, 8, dates, day(30),
                   {.horizon = std::chrono::days{10}, .gap = std::chrono::days{2}});
  REQUIRE(labels.labels.size() == 6);
  const bool churned[] = {true, false, true, false, true, true};
  for (std::uint32_t c = 0; c < 6; ++c) {
    CHECK(labels.labels[c] == ChurnLabel{Customer{c}, 0, churned[c]});
  }
  REQUIRE(labels.snapshots.size() == 2);
  CHECK(labels.snapshots[0].features_as_of == day(10) - std::chrono::seconds{1});
  CHECK(labels.snapshots[0].labelled == 6);
  CHECK(labels.snapshots[0].churned == 4);
  CHECK(labels.snapshots[0].not_yet == 2);
  CHECK(labels.snapshots[1].labelled == 0);  // its window ends at day 32
  CHECK(labels.snapshots[1].unwatched == 7);
  CHECK(labels.snapshots[1].not_yet == 1);
}

TEST_CASE("churn labels: purchases before the date change no label, the dormant are left out") {
  Purchases p;
  p.add(0, day(3));
  p.add(1, day(5));
  p.add(1, day(11));
  const std::vector<Time> dates{day(10)};
  const ChurnLabelOptions options{.horizon = std::chrono::days{5}};
  const ChurnLabels plain = churn_labels(p.buyers, p.times, 2, dates, day(15), options);
  Purchases more = p;
  more.add(0, day(10) - std::chrono::seconds{1});
  more.add(1, day(-40));
  CHECK(churn_labels(more.buyers, more.times, 2, dates, day(15), options).labels == plain.labels);
  ChurnLabelOptions active = options;
  active.active_within = std::chrono::days{5};
  const ChurnLabels recent = churn_labels(p.buyers, p.times, 2, dates, day(15), active);
  CHECK(recent.snapshots[0].inactive == 1);
  REQUIRE(recent.labels.size() == 1);
  CHECK(recent.labels[0] == ChurnLabel{Customer{1}, 0, false});
}

TEST_CASE("churn labels: shapes, options and customers are checked") {
  const std::vector<Customer> buyers{Customer{3}};
  const std::vector<Time> times{day(1)}, dates{day(2)};
  CHECK_THROWS_AS(static_cast<void>(churn_labels(buyers, times, 3, dates, day(9))), Exception);
  CHECK_THROWS_AS(static_cast<void>(churn_labels(buyers, {}, 9, dates, day(9))), Exception);
  CHECK_THROWS_AS(static_cast<void>(churn_labels(buyers, times, 9, dates, day(9),
                                                 {.horizon = std::chrono::seconds{0}})),
                  Exception);
  CHECK(churn_labels({}, {}, 0, dates, day(999)).labels.empty());
}
