// V-SKNN and STAN against a loop over all sessions.

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <vector>

#include "emptor/recommend/session_neighbours.hpp"
#include "support/property.hpp"
#include "support/sequence_data.hpp"

using namespace emptor;

namespace {

/// Item -> place from 1 on, each item at its last place among the distinct ones.
std::map<std::uint32_t, double> places(std::span<const std::uint32_t> items, std::size_t keep) {
  std::vector<std::uint32_t> order;
  for (const std::uint32_t item : items) {
    order.erase(std::remove(order.begin(), order.end(), item), order.end());
    order.push_back(item);
  }
  if (order.size() > keep) order.erase(order.begin(), order.end() - std::ptrdiff_t(keep));
  std::map<std::uint32_t, double> out;
  for (const std::uint32_t item : order) out.emplace(item, static_cast<double>(out.size() + 1));
  return out;
}

std::vector<double> expected_scores(const Sequences& data, std::span<const std::uint32_t> session,
                                    const SessionNeighboursOptions& options) {
  const bool stan = options.similarity == SessionSimilarity::stan;
  const auto live = places(session, options.context);
  const auto length = static_cast<double>(live.size());
  std::vector<std::size_t> by_age;
  for (std::size_t s = 0; s < data.sessions(); ++s) {
    const auto items = data.session_items(s);
    if (std::any_of(items.begin(), items.end(), [&](auto item) { return live.contains(item); })) {
      by_age.push_back(s);
    }
  }
  std::stable_sort(by_age.begin(), by_age.end(), [&](std::size_t a, std::size_t b) {
    return data.session_end(a) > data.session_end(b);
  });
  if (by_age.size() > options.sample) by_age.resize(options.sample);
  std::vector<std::tuple<double, std::size_t, std::size_t>> ranked;  // -similarity, age, session
  for (std::size_t a = 0; a < by_age.size(); ++a) {
    const auto past = places(data.session_items(by_age[a]), 1000);
    double similarity = 0;
    for (const auto& [item, place] : live) {
      if (!past.contains(item)) continue;
      similarity += stan ? std::exp((place - length) / options.position_scale) : place / length;
    }
    if (stan) {
      const std::chrono::seconds age = data.last_time() - data.session_end(by_age[a]);
      similarity *= std::exp(-static_cast<double>(age.count()) / 86400 / options.age_scale_days) /
                    std::sqrt(length * static_cast<double>(past.size()));
    } else {
      similarity /= length;
    }
    ranked.emplace_back(-similarity, a, by_age[a]);
  }
  // Sums of different order may differ in the last bits: neighbours as good as equal keep their
  // age.
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return std::get<0>(a) < std::get<0>(b) - 1e-12;
  });
  if (ranked.size() > options.neighbours) ranked.resize(options.neighbours);
  std::vector<double> scores(data.items(), 0.0);
  for (const auto& [negative, age, s] : ranked) {
    const auto past = places(data.session_items(s), 1000);
    double latest = 0;
    double at = 0;
    for (const auto& [item, place] : live) {
      if (past.contains(item) && place > latest) {
        latest = place;
        at = past.at(item);
      }
    }
    for (const auto& [item, place] : past) {
      std::size_t with = 0;
      for (std::size_t t = 0; t < data.sessions(); ++t) {
        const auto items = data.session_items(t);
        with += std::find(items.begin(), items.end(), item) != items.end() ? 1 : 0;
      }
      const double vote = stan ? std::exp(-std::abs(place - at) / options.distance_scale)
                               : 1 / (length - latest + 1);
      scores[item] += -negative * vote *
                      (1 + options.idf * std::log(static_cast<double>(data.sessions()) /
                                                  static_cast<double>(with)));
    }
  }
  return scores;
}

TEST_CASE("session neighbours are those of a loop over all sessions") {
  test::check_property("session neighbours", [](std::uint64_t seed) {
    RandomStream random(seed);
    const std::size_t m = 1 + random.below(8);
    const std::size_t n = 1 + random.below(9);
    const SessionNeighboursOptions options{
        .similarity = random.bernoulli(0.5) ? SessionSimilarity::stan : SessionSimilarity::v_sknn,
        .neighbours = 1 + random.below(6),
        .sample = 1 + random.below(12),
        .context = 1 + random.below(6),
        .idf = random.bernoulli(0.5) ? 0 : random.uniform(0, 3),
        .position_scale = random.uniform(0.3, 5),
        .age_scale_days = random.uniform(1, 30),
        .distance_scale = random.uniform(0.3, 5)};
    const Sequences data(m, n, test::random_log(m, n, 15, false, seed));
    const auto model = fit_session_neighbours(data, options).model;
    std::vector<Item> all;
    for (std::size_t i = 0; i < n; ++i) all.push_back(id_at<Item>(i));
    std::vector<float> scores(n);
    for (std::size_t c = 0; c < m; ++c) {
      const auto session = data.last_session(id_at<Customer>(c));
      model.score(id_at<Customer>(c), all, scores);
      if (session.empty()) {
        RC_ASSERT(std::isnan(scores[0]));
        continue;
      }
      const auto expected = expected_scores(data, session, options);
      for (std::size_t i = 0; i < n; ++i) {
        RC_ASSERT(std::abs(static_cast<double>(scores[i]) - expected[i]) <=
                  1e-6 * (1 + expected[i]));
        const Explanation why = model.explain(id_at<Customer>(c), all[i], n);
        double sum = 0;
        for (const auto& part : why.parts) sum += static_cast<double>(part.share);
        RC_ASSERT(std::abs(sum - expected[i]) <= 1e-6 * (1 + expected[i]));
      }
    }
  });
}

}  // namespace
