// Trending items against the formula written out.

#include "emptor/recommend/trending.hpp"

#include <chrono>
#include <cmath>
#include <vector>

#include "support/property.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using namespace std::chrono_literals;

namespace {

constexpr Time noon = std::chrono::sys_days{std::chrono::year{2011} / 12 / 9} + 12h;

TEST_CASE("z-scores are those of the formula, whatever the counts") {
  test::check_property("brute force", [] {
    const std::size_t n = *rc::gen::inRange<std::size_t>(2, 8);
    const double alpha = *rc::gen::element(0.5, 20.0, 500.0);
    std::vector<double> x1(n);
    std::vector<double> x2(n);
    std::vector<Item> items;
    std::vector<Time> times;
    double n1 = 0;
    double n2 = 0;
    const auto events = *rc::gen::inRange(0, 60);
    for (int e = 0; e < events; ++e) {
      const std::size_t i = *rc::gen::inRange<std::size_t>(0, n);
      const int day = *rc::gen::inRange(-2, 40);
      items.push_back(id_at<Item>(i));
      times.push_back(noon - 24h * day);
      if (day >= 0 && day < 7) ++x1[i], ++n1;
      if (day >= 7 && day < 35) ++x2[i], ++n2;
    }
    const auto model = fit_trending(Interactions(0, n, {}), {.items = items, .times = times},
                                    {.now = noon, .prior_events = alpha})
                           .model;
    const auto list = model.most_trending(n);
    std::size_t some = 0;
    for (std::size_t i = 0; i < n; ++i) some += x1[i] + x2[i] > 0 ? 1 : 0;
    RC_ASSERT(list.size() == some);
    for (std::size_t place = 0; place < list.size(); ++place) {
      if (place > 0) RC_ASSERT(list[place - 1].score >= list[place].score);
      if (some == 1) continue;
      const std::size_t i = index(list[place].item);
      const double a = alpha * (x1[i] + x2[i]) / (n1 + n2);
      const double d = std::log((x1[i] + a) / (n1 + alpha - x1[i] - a)) -
                       std::log((x2[i] + a) / (n2 + alpha - x2[i] - a));
      const double z = d / std::sqrt(1 / (x1[i] + a) + 1 / (x2[i] + a));
      RC_ASSERT(std::abs(static_cast<double>(list[place].score) - z) <= 1e-5 * (1 + std::abs(z)));
    }
  });
}

}  // namespace
