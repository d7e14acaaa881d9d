// Feature-aware ALS on MovieLens 100k: movies nobody has rated yet, by their genres and years.

#include "emptor/recommend/feature_als.hpp"

#include <cstddef>
#include <fstream>
#include <string>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/table/feature_builder.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/movielens.hpp"

namespace emptor {
namespace {

constexpr std::size_t people = 943;
constexpr std::size_t movies = 1682;

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == '|') {
      fields.emplace_back();
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

FeatureMatrix genres_and_years() {
  std::ifstream file(test::data_dir() / "recommend/ml-100k/u.item");
  FeatureBuilder builder(movies);
  std::size_t row = 0;
  for (std::string line; std::getline(file, line); ++row) {
    const auto fields = fields_of(line);
    for (std::size_t genre = 5; genre < 24; ++genre) {
      if (fields[genre] == "1") builder.add_tag(row, "genre", text(genre - 5));
    }
    // 01-Jan-1995; one movie has none.
    if (fields[2].size() == 11) builder.add_number(row, "year", std::stod(fields[2].substr(7)));
  }
  REQUIRE(row == movies);
  return builder.build();
}

/// A model that is asked about some items only.
struct Among {
  const FeatureAlsModel& model;
  const std::vector<Item>& candidates;

  [[nodiscard]] std::string_view name() const { return model.name(); }
  [[nodiscard]] std::size_t customers() const { return model.customers(); }
  [[nodiscard]] std::size_t items() const { return model.items(); }
  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      RecommendFilter filter) const {
    filter.candidates = candidates;
    return model.recommend(customer, k, filter);
  }
};

TEST_CASE("movies without any rating go to those who like their kind") {
  const RatingLog log = test::read_movielens(test::data_dir() / "recommend/ml-100k/u.data");
  InteractionLog train;
  InteractionLog held_out;
  std::vector<Item> cold;
  std::vector<bool> is_cold(movies);
  for (std::size_t i = 0; i < movies; ++i) {
    is_cold[i] = RandomStream(7, i).bernoulli(0.2);
    if (is_cold[i]) cold.push_back(id_at<Item>(i));
  }
  for (std::size_t e = 0; e < log.size(); ++e) {
    (is_cold[index(log.items[e])] ? held_out : train).add(log.customers[e], log.items[e]);
  }
  const Interactions before(people, movies, train);
  const Interactions after(people, movies, held_out);
  REQUIRE(cold.size() > 280);

  ThreadPool pool(2);
  const Context two{.executor = &pool, .kernels = &native_kernels()};
  const FeatureAlsOptions options{
      .factors = 32, .sweeps = 8, .unobserved_weight = 0.1, .lambda = 0.01};
  const auto fit =
      fit_feature_als(before, {.customers = {}, .items = genres_and_years()}, options, two);
  const auto result = evaluate_ranking(Among{fit.model, cold}, before, after, {.ks = {20}}, two);
  // By chance 20 of some 330 movies: .06; measured here: .347.
  CHECK(result.value(RankingMetric::recall, 20) > 0.33);
  const auto blind = fit_feature_als(before, {}, options, two);
  CHECK(blind.model.recommend(Customer{5}, 5, {.candidates = cold}).empty());
}

}  // namespace
}  // namespace emptor
