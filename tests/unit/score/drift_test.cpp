#include "emptor/score/drift.hpp"

#include <cmath>
#include <limits>

#include "emptor/core/random.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

TEST_CASE("Page-Hinkley finds a rise and is silent without one") {
  std::size_t found = 0, false_alarms = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    RandomStream random(22, seed);
    PageHinkley alarm;
    for (int i = 0; i < 2000; ++i) false_alarms += alarm.add(random.bernoulli(0.2)) ? 1 : 0;
    bool hit = false;
    for (int i = 0; i < 400; ++i) hit = alarm.add(random.bernoulli(0.5)) || hit;
    found += hit ? 1 : 0;
  }
  CHECK(found == 50);
  CHECK(false_alarms <= 2);
  PageHinkley alarm;
  CHECK_FALSE(alarm.add(std::nan("")));
  CHECK(alarm.values() == 0);
  PageHinkleyOptions options;
  options.threshold = 0;
  CHECK_THROWS_AS(PageHinkley(options), Exception);
}

TEST_CASE("ADWIN finds changes either way, forgets what was before, and is seldom wrong") {
  std::size_t found = 0, false_alarms = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    RandomStream random(23, seed);
    AdaptiveWindow window;
    for (int i = 0; i < 3000; ++i) false_alarms += window.add(random.bernoulli(0.4)) ? 1 : 0;
    CHECK(window.mean() == Approx(0.4).margin(0.1));
    const double then = seed % 2 == 0 ? 0.7 : 0.1;
    bool hit = false;
    for (int i = 0; i < 1000; ++i) hit = window.add(random.bernoulli(then)) || hit;
    found += hit ? 1 : 0;
    CHECK(window.mean() == Approx(then).margin(0.1));
    CHECK(window.size() < 1500);
  }
  CHECK(found == 50);
  CHECK(false_alarms <= 2);
  AdaptiveWindow window;
  double sum = 0;
  for (int i = 0; i < 1000; ++i) {
    window.add(5 + i % 2);
    sum += 5 + i % 2;
  }
  CHECK(window.size() == 1000);
  CHECK(window.mean() == Approx(sum / 1000).epsilon(1e-12));
  CHECK_FALSE(window.add(std::numeric_limits<double>::infinity()));
  AdwinOptions options;
  options.confidence = 1;
  CHECK_THROWS_AS(AdaptiveWindow(options), Exception);
}

}  // namespace
