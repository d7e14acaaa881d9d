// Transitions against sums over all pairs of events.

#include <cmath>
#include <vector>

#include "emptor/recommend/transitions.hpp"
#include "support/property.hpp"
#include "support/sequence_data.hpp"

using namespace emptor;

namespace {

TEST_CASE("shares, scores and reasons are those of a loop over all pairs") {
  test::check_property("transitions", [](std::uint64_t seed) {
    RandomStream random(seed);
    const std::size_t m = 1 + random.below(6);
    const std::size_t n = 1 + random.below(7);
    const bool baskets = random.bernoulli(0.5);
    const TransitionsOptions options{
        .step = baskets ? SequenceStep::session : SequenceStep::event,
        .window = 1 + random.below(3),
        .step_decay = random.uniform(0.1, 1),
        .half_life_days = random.bernoulli(0.5) ? 3.0 : std::numeric_limits<double>::infinity(),
        .successors = 100,
        .shrinkage = random.uniform(0, 2),
        .context = 1 + random.below(3),
        .context_decay = random.uniform(0.1, 1)};
    const Sequences data(m, n, test::random_log(m, n, 12, baskets, seed),
                         {.gap = std::chrono::seconds{baskets ? 0 : 1800}});
    const auto model = fit_transitions(data, options).model;

    std::vector<std::vector<double>> counts(n, std::vector<double>(n, 0.0));
    const double now = static_cast<double>(data.last_time().time_since_epoch().count());
    for (std::size_t c = 0; c < m; ++c) {
      for (std::size_t s = data.first_session(c); s < data.first_session(c + 1); ++s) {
        for (std::size_t t = s; t < data.first_session(c + 1); ++t) {
          const auto from = data.session_items(s);
          const auto to = data.session_items(t);
          for (std::size_t a = 0; a < from.size(); ++a) {
            for (std::size_t b = 0; b < to.size(); ++b) {
              if (baskets ? t == s : (t != s || b <= a)) continue;
              const std::size_t steps = baskets ? t - s : b - a;
              if (steps > options.window) continue;
              const double age =
                  now - static_cast<double>(data.session_times(t)[b].time_since_epoch().count());
              counts[from[a]][to[b]] +=
                  std::pow(options.step_decay, static_cast<double>(steps - 1)) *
                  std::exp2(-age / 86400 / options.half_life_days) /
                  (baskets ? static_cast<double>(from.size()) : 1.0);
            }
          }
        }
      }
    }
    for (std::size_t c = 0; c < m; ++c) {
      const auto customer = id_at<Customer>(c);
      const auto last = data.last_session(customer);
      for (std::size_t i = 0; i < n; ++i) {
        const Item item = id_at<Item>(i);
        float score = 0;
        model.score(customer, std::span(&item, 1), std::span(&score, 1));
        if (last.empty()) {
          RC_ASSERT(std::isnan(score));
          continue;
        }
        double expected = 0;
        for (std::size_t e = 0; e < last.size(); ++e) {
          const std::size_t back = last.size() - 1 - e;
          double total = options.shrinkage;
          for (const double count : counts[last[e]]) total += count;
          if (!(counts[last[e]][i] > 0)) continue;
          if (baskets) {
            expected += counts[last[e]][i] / total / static_cast<double>(last.size());
          } else if (back < options.context) {
            expected += counts[last[e]][i] / total *
                        std::pow(options.context_decay, static_cast<double>(back));
          }
        }
        RC_ASSERT(std::abs(static_cast<double>(score) - expected) <= 1e-6 * (1 + expected));
        const Explanation why = model.explain(customer, item, n);
        double sum = 0;
        for (const auto& part : why.parts) sum += static_cast<double>(part.share);
        RC_ASSERT(why.score == score);
        RC_ASSERT(std::abs(sum - expected) <= 1e-6 * (1 + expected));
      }
    }
  });
}

}  // namespace
