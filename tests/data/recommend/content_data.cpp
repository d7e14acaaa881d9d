// Items that nobody has taken yet, on MovieLens 1M; and the tokeniser on real text.

#include "emptor/recommend/content.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/evaluate/compare.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/table/feature_builder.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/movielens.hpp"

namespace emptor {
namespace {

constexpr std::size_t customers = 6040;
constexpr std::size_t movies = 3952;  // ids, not all of them in use

struct Movies {
  ItemProfiles profiles;
  std::vector<std::vector<std::string>> genres;
};

/// Lines "id::Title (year)::Genre|Genre" in ISO-8859-1.
Movies read_movies() {
  std::ifstream in(test::data_dir() / "recommend/ml-1m/movies.dat", std::ios::binary);
  REQUIRE(in);
  Movies out;
  out.genres.resize(movies);
  ContentField title{.name = "title"};
  title.texts.resize(movies);
  FeatureBuilder builder(movies);
  std::string line;
  while (std::getline(in, line)) {
    std::string utf8;
    for (const char byte : line) append_utf8(utf8, static_cast<unsigned char>(byte));
    const std::size_t first = utf8.find("::"), second = utf8.rfind("::");
    REQUIRE((first != std::string::npos && second > first + 7));
    const std::size_t i = std::stoul(utf8.substr(0, first)) - 1;
    builder.add_number(i, "year", std::stod(utf8.substr(second - 5, 4)));
    title.texts[i] = utf8.substr(first + 2, second - 7 - first - 2);
    for (std::size_t at = second + 2; at < utf8.size();) {
      std::size_t end = std::min(utf8.find('|', at), utf8.find('\r', at));
      end = std::min(end, utf8.size());
      out.genres[i].push_back(utf8.substr(at, end - at));
      builder.add_tag(i, "genre", out.genres[i].back());
      at = end + 1;
    }
  }
  out.profiles = {.items = movies, .features = builder.build(), .fields = {std::move(title)}};
  return out;
}

TEST_CASE("content recommends movies that nobody has rated, MovieLens 1M") {
  const Movies content = read_movies();
  const RatingLog ratings = test::read_movielens(test::data_dir() / "recommend/ml-1m/ratings.dat");
  std::vector<bool> hidden(movies, false);
  std::vector<Item> cold;
  for (std::size_t i = 0; i < movies; ++i) {
    RandomStream random(20, i);
    hidden[i] = random.bernoulli(0.2);
    if (hidden[i] && !content.genres[i].empty()) cold.push_back(id_at<Item>(i));
  }
  InteractionLog known, held_out;  // what was rated 4 or 5
  for (std::size_t r = 0; r < ratings.size(); ++r) {
    if (ratings.ratings[r] < 4) continue;
    InteractionLog& to = hidden[index(ratings.items[r])] ? held_out : known;
    to.add(ratings.customers[r], ratings.items[r]);
  }
  const Interactions train(customers, movies, known), test(customers, movies, held_out);
  const RecommendFilter filter{.candidates = std::span<const Item>(cold)};

  // No option was chosen by looking at these numbers: random .027, popular genres .110 (the sum of
  // the mean popularity of a movie's genres), content .185.
  const auto model = fit_content(content.profiles, train).model;
  const auto listed_by = [&](std::string_view name, const std::vector<double>& scores) {
    std::vector<Item> order(cold);
    std::stable_sort(order.begin(), order.end(),
                     [&](Item a, Item b) { return scores[index(a)] > scores[index(b)]; });
    const auto rank = [&](std::span<const Customer> batch, std::size_t k, RankSink sink) {
      for (std::size_t row = 0; row < batch.size(); ++row) {
        sink(row, std::span<const Item>(order).first(k));
      }
    };
    return evaluate_ranking(name, train, test, RankFunction(rank), {.ks = {20}});
  };
  const auto any_k = [&](std::span<const Customer> batch, std::size_t k, RankSink sink) {
    for (std::size_t row = 0; row < batch.size(); ++row) {
      RandomStream random(21, index(batch[row]));
      std::vector<Item> list(cold);
      for (std::size_t i = 0; i < k; ++i) {
        std::swap(list[i], list[i + random.below(static_cast<std::uint32_t>(list.size() - i))]);
      }
      sink(row, std::span<const Item>(list).first(k));
    }
  };
  std::vector<double> by_genre(movies, 0.0);
  std::vector<std::pair<std::string, std::pair<double, double>>> genres;  // ratings, movies
  const auto genre = [&](const std::string& name) -> std::pair<double, double>& {
    for (auto& [known_name, sums] : genres) {
      if (known_name == name) return sums;
    }
    return genres.emplace_back(name, std::pair(0.0, 0.0)).second;
  };
  for (std::size_t i = 0; i < movies; ++i) {
    if (hidden[i]) continue;
    for (const std::string& name : content.genres[i]) {
      genre(name).first += static_cast<double>(train.by_item().row_size(i));
      genre(name).second += 1;
    }
  }
  for (const Item item : cold) {
    const auto& names = content.genres[index(item)];
    for (const std::string& name : names) {
      by_genre[index(item)] += genre(name).first / genre(name).second;
    }
  }
  const auto rank = [&](std::span<const Customer> batch, std::size_t k, RankSink sink) {
    std::vector<Item> list;
    for (std::size_t row = 0; row < batch.size(); ++row) {
      list.clear();
      for (const auto& [item, score] : model.recommend(batch[row], k, filter)) list.push_back(item);
      sink(row, list);
    }
  };
  const std::vector<RankingEvaluation> all{
      evaluate_ranking("random", train, test, RankFunction(any_k), {.ks = {20}}),
      listed_by("popular genres", by_genre),
      evaluate_ranking("content", train, test, RankFunction(rank), {.ks = {20}})};
  std::string summary;
  for (const auto& evaluation : all) {
    CHECK(evaluation.counts.empty_lists <= 10);
    summary += text(evaluation.model, ": Recall@20 ", evaluation.value(RankingMetric::recall, 20),
                    ", NDCG@20 ", evaluation.value(RankingMetric::ndcg, 20), "\n");
  }
  const auto pairs = compare_models(all, RankingMetric::recall, 20);
  for (const auto& pair : pairs) {
    summary += text(pair.model, " - ", pair.baseline, ": ", pair.difference, " in [", pair.low,
                    ", ", pair.high, "]\n");
  }
  INFO(summary);
  REQUIRE(pairs.size() == 3);
  CHECK(pairs[1].low > 0.1);   // content - random
  CHECK(pairs[2].low > 0.05);  // content - popular genres
}

TEST_CASE("tokens of Chinese reviews and of an English lexicon") {
  const auto read = [](const char* name) {
    std::ifstream in(test::data_dir() / "text" / name, std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(in), {}};
  };
  const std::string reviews = read("waimai_10k.csv");
  REQUIRE(reviews.size() > 500'000);
  Tokeniser tokenise;
  std::size_t characters = 0, ngrams = 0, single = 0;
  for (std::size_t at = 0; at < reviews.size();) {
    const Utf8Character c = utf8_character(reviews, at);
    at += c.bytes;
    characters +=
        character_kind(fold_character(c.value, true).first) == CharacterKind::ideographic ? 1 : 0;
  }
  const TokenCounts counts = tokenise(reviews, [&](std::string_view token, TokenKind kind) {
    if (kind != TokenKind::ngram) return;
    ++ngrams;
    single += utf8_character(token, 0).bytes == token.size() ? 1 : 0;
  });
  CHECK(counts.bad_bytes == 0);
  CHECK(single == characters);
  CHECK(ngrams > single * 3 / 2);

  const std::string lexicon = read("vader_lexicon.txt");
  REQUIRE(lexicon.size() > 100'000);
  CHECK(tokenise(lexicon, [](std::string_view, TokenKind) {}).tokens > 7000);
}

}  // namespace
}  // namespace emptor
