#pragma once

/// @file
/// Every recommender as a row of a table, for robustness_test.cpp; made in robustness_kinds_*.cpp.

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "emptor/recommend/any_recommender.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/ratings.hpp"
#include "emptor/table/sequences.hpp"

namespace emptor::test::robustness {

inline constexpr Time start = std::chrono::sys_days{std::chrono::year{2026} / 3 / 14};

inline const std::string far_apart = "weights from a millionth to a million";

/// What a shop has written down.
struct World {
  std::string name;
  std::size_t customers = 0;
  std::size_t items = 0;
  InteractionLog log{};
  RatingScale scale{.lowest = 0.5F, .highest = 5};  // of the weights, taken for ratings

  void add(std::size_t customer, std::size_t item, float weight = 1) {
    log.add(id_at<Customer>(customer), id_at<Item>(item), weight,
            start + std::chrono::minutes{log.size()});
  }
  [[nodiscard]] Interactions interactions() const { return {customers, items, log}; }
  [[nodiscard]] Sequences sequences() const { return {customers, items, log}; }
  [[nodiscard]] Ratings ratings() const {
    RatingLog rated;
    for (std::size_t e = 0; e < log.size(); ++e) {
      rated.add(log.customers[e], log.items[e], log.weights[e], log.times[e]);
    }
    return {customers, items, rated, scale};
  }
};

struct Kind {
  std::string name;
  std::function<AnyRecommender(const World&, const Context&)> fit;
  bool knows_strangers = false;  // serves customers who have nothing: by friends, averages, sales
  bool knows_untaken = false;    // may recommend an item nobody took
  bool follows = true;           // has an update with interactions
  bool tells = true;             // calls back while fitting
  bool saves = true;
  bool throws_when_stopped = false;
};

inline constexpr std::size_t factors = 24;  // more than any of the small worlds can fill

void add_interaction_kinds(std::vector<Kind>& kinds);  // who took what, and nothing else
void add_informed_kinds(std::vector<Kind>& kinds);     // features, friends, ratings, baskets
void add_sequence_kinds(std::vector<Kind>& kinds);
void add_interaction_models(RecommenderRegistry& models);
void add_informed_models(RecommenderRegistry& models);
void add_sequence_models(RecommenderRegistry& models);

}  // namespace emptor::test::robustness
