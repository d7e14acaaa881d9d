// Popularity against a sum written down event by event.

#include "emptor/recommend/popularity.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <vector>

#include "support/property.hpp"

namespace emptor {

TEST_CASE("popularity is the decayed sum of the events that count, ranked") {
  test::check_property("popularity", [] {
    const std::size_t n = *rc::gen::inRange<std::size_t>(1, 8);
    const auto events = *rc::gen::inRange<std::size_t>(0, 40);
    PopularityOptions options;
    const Time start{std::chrono::hours{24 * 15000}};
    const auto day = [&](int number) { return start + std::chrono::hours{24 * number}; };
    options.now = day(60);
    options.half_life_days = *rc::gen::element(1.0, 7.5, 1000.0);
    options.window.from = day(*rc::gen::inRange(0, 50));

    InteractionLog log;
    std::vector<double> expected(n, 0);
    std::vector<bool> any(n, false);
    for (std::size_t e = 0; e < events; ++e) {
      const auto item = *rc::gen::inRange<std::size_t>(0, n);
      const int on = *rc::gen::inRange(0, 70);
      const auto weight = static_cast<float>(*rc::gen::inRange(1, 5));
      const bool named = *rc::gen::arbitrary<bool>();
      log.add(named ? Customer{0} : no_customer, id_at<Item>(item), weight, day(on));
      if (day(on) > *options.now || day(on) < options.window.from) continue;
      expected[item] +=
          static_cast<double>(weight) * std::pow(0.5, (60 - on) / options.half_life_days);
      any[item] = true;
    }
    const auto [model, report] = fit_popularity(1, n, log, options);
    RC_ASSERT(report.counted + report.after_now + report.outside_window == events);
    const auto list = model.most_popular(n);
    RC_ASSERT(list.size() == static_cast<std::size_t>(std::count(any.begin(), any.end(), true)));
    for (std::size_t i = 0; i < list.size(); ++i) {
      const double score = static_cast<double>(list[i].score);
      RC_ASSERT(std::abs(score - expected[index(list[i].item)]) <= 1e-6 * score);
      if (i > 0) RC_ASSERT(list[i - 1].score >= list[i].score);
    }
  });
}

}  // namespace emptor
