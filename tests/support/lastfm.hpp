#pragma once

/// @file
/// Reads the Last.FM set of HetRec 2011: `user_artists.dat` (user, artist, plays) and
/// `user_friends.dat` (user, friend), tab-separated with a line of names first. Users and artists
/// are renumbered in the order of their ids. Also the test protocol of the social recommenders.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/random.hpp"
#include "emptor/evaluate/ranking.hpp"
#include "emptor/recommend/als.hpp"
#include "emptor/recommend/neighbours_options.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/recommend/social_friends.hpp"
#include "emptor/recommend/social_options.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/links.hpp"

namespace emptor::test {

/// Chosen on the validation users of `lastfm_users`, with four draws of hidden artists.
inline const AlsOptions lastfm_als{
    .factors = 128, .sweeps = 12, .unobserved_weight = 0.1, .lambda = 0.002};
inline const SocialAlsOptions lastfm_social{.factors = 128,
                                            .sweeps = 12,
                                            .unobserved_weight = 0.1,
                                            .lambda = 0.002,
                                            .beta = 0.3,
                                            .pull = SocialPull::pairs,
                                            .similarity = SocialSimilarity::jaccard};
inline const FriendsOptions lastfm_friends{
    .weight = 0.18, .similarity = SocialSimilarity::links, .discount = 0.75};
inline const NeighboursOptions lastfm_neighbours{
    .weighting = NeighbourWeighting::bm25, .neighbours = 200, .b = 0.1};
inline const FriendsOptions lastfm_neighbours_friends{.weight = 0.3, .discount = 0.25};

struct LastFmData {
  std::size_t customers = 0;
  std::size_t items = 0;
  std::vector<std::vector<Item>> artists;      ///< of each customer, ascending
  std::vector<std::vector<Customer>> friends;  ///< of each customer, ascending
};

/// The rows of a file of `columns` numbers. Throws std::runtime_error on anything unexpected.
inline std::vector<std::vector<std::uint32_t>> read_numbers(const std::filesystem::path& file,
                                                            std::size_t columns) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in || text.empty()) throw std::runtime_error("cannot read " + file.string());
  std::vector<std::vector<std::uint32_t>> rows;
  const char* at = std::find(text.data(), text.data() + text.size(), '\n');
  const char* const end = text.data() + text.size();
  while (at != end) {
    while (at != end && (*at == '\n' || *at == '\r')) ++at;
    if (at == end) break;
    auto& row = rows.emplace_back();
    for (std::size_t c = 0; c < columns; ++c) {
      while (at != end && (*at == '\t' || *at == ' ')) ++at;
      std::uint32_t number = 0;
      const auto parsed = std::from_chars(at, end, number);
      if (parsed.ec != std::errc{}) throw std::runtime_error("not a number in " + file.string());
      row.push_back(number);
      at = parsed.ptr;
    }
  }
  return rows;
}

inline LastFmData read_lastfm(const std::filesystem::path& folder) {
  const auto plays = read_numbers(folder / "user_artists.dat", 3);
  const auto links = read_numbers(folder / "user_friends.dat", 2);
  std::map<std::uint32_t, std::size_t> users;
  std::map<std::uint32_t, std::size_t> artists;
  for (const auto& row : plays) {
    users.emplace(row[0], 0);
    artists.emplace(row[1], 0);
  }
  LastFmData data;
  for (auto& [key, id] : users) id = data.customers++;
  for (auto& [key, id] : artists) id = data.items++;
  data.artists.resize(data.customers);
  data.friends.resize(data.customers);
  for (const auto& row : plays) {
    data.artists[users.at(row[0])].push_back(id_at<Item>(artists.at(row[1])));
  }
  for (const auto& row : links) {
    if (!users.contains(row[0]) || !users.contains(row[1])) continue;
    data.friends[users.at(row[0])].push_back(id_at<Customer>(users.at(row[1])));
  }
  for (auto& row : data.artists) std::sort(row.begin(), row.end());
  for (auto& row : data.friends) std::sort(row.begin(), row.end());
  return data;
}

/// Users cut into disjoint sides, strong generalisation: everything of the users outside `tested`
/// and the links among them are there to fit on; of a tested user a fifth of the artists is hidden,
/// the rest and the links to users outside are given when the user is folded in.
struct LastFmFold {
  Interactions train;                          ///< tested users have nothing here
  Links links;                                 ///< and no links
  std::vector<std::uint32_t> tested;           ///< users with hidden artists
  std::vector<std::vector<Item>> given;        ///< of each tested user
  std::vector<std::vector<Customer>> friends;  ///< of each tested user, outside `tested`
  std::vector<std::vector<Item>> hidden;       ///< of each tested user
};

inline LastFmFold cut_lastfm(const LastFmData& data, const std::vector<std::uint32_t>& tested,
                             std::uint64_t seed) {
  std::vector<bool> out(data.customers, false);
  for (const std::uint32_t u : tested) out[u] = true;
  LastFmFold fold;
  InteractionLog train;
  LinkLog links;
  for (std::uint32_t u = 0; u < data.customers; ++u) {
    if (!out[u]) {
      for (const Item item : data.artists[u]) train.add(Customer{u}, item);
      for (const Customer other : data.friends[u]) {
        if (!out[index(other)]) links.add(Customer{u}, other);
      }
      continue;
    }
    std::vector<Item> artists = data.artists[u];
    const auto count = static_cast<std::size_t>(0.2 * double(artists.size()) + 0.5);
    if (count == 0) continue;
    RandomStream(seed, u).shuffle(std::span<Item>(artists));
    fold.tested.push_back(u);
    fold.hidden.emplace_back(artists.begin(), artists.begin() + std::ptrdiff_t(count));
    fold.given.emplace_back(artists.begin() + std::ptrdiff_t(count), artists.end());
    auto& friends = fold.friends.emplace_back();
    for (const Customer other : data.friends[u]) {
      if (!out[index(other)]) friends.push_back(other);
    }
  }
  fold.train = Interactions(data.customers, data.items, train);
  fold.links = Links(data.customers, links, LinkDirection::mutual);
  return fold;
}

/// The users in a random order, cut: the first fifth is for choosing options only and never tested.
struct LastFmUsers {
  std::vector<std::uint32_t> validation;
  std::vector<std::uint32_t> tested;
};

inline LastFmUsers lastfm_users(const LastFmData& data) {
  std::vector<std::uint32_t> order(data.customers);
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  RandomStream(2011, 0).shuffle(std::span<std::uint32_t>(order));
  const auto cut = order.begin() + std::ptrdiff_t(data.customers / 5);
  return {{order.begin(), cut}, {cut, order.end()}};
}

/// The lists of one model for all tested users of a seed, as the evaluator asks for them.
class LastFmLists {
 public:
  explicit LastFmLists(std::size_t customers) : lists_(customers) {}

  /// The 20 best for each tested user of a fold, folded in with the given artists, and with the
  /// friends where the model knows friends.
  template <class M>
  void add(const M& model, const LastFmFold& fold, const Context& context) {
    parallel_chunks(context, fold.tested.size(), 16, [&](std::size_t begin, std::size_t end) {
      for (std::size_t t = begin; t < end; ++t) {
        FoldedCustomer folded;
        if constexpr (requires { model.fold_in(fold.given[t], {}, fold.friends[t]); }) {
          folded = model.fold_in(fold.given[t], {}, fold.friends[t]);
        } else {
          folded = model.fold_in(fold.given[t]);
        }
        for (const Recommendation& entry : model.recommend(folded, 20)) {
          lists_[fold.tested[t]].push_back(entry.item);
        }
      }
    });
  }

  [[nodiscard]] RankingEvaluation evaluate(std::string_view name, const Interactions& given,
                                           const Interactions& hidden) const {
    const auto rank = [&](std::span<const Customer> customers, std::size_t, RankSink sink) {
      for (std::size_t row = 0; row < customers.size(); ++row) {
        sink(row, lists_[index(customers[row])]);
      }
    };
    return evaluate_ranking(name, given, hidden, RankFunction(rank), {.ks = {20}});
  }

 private:
  std::vector<std::vector<Item>> lists_;
};

/// The mean of evaluations of one model over the same customers, customer by customer.
inline RankingEvaluation mean_of(const std::vector<RankingEvaluation>& seeds) {
  RankingEvaluation out = seeds.front();
  const auto size = static_cast<double>(seeds.size());
  for (std::size_t i = 0; i < out.values.size(); ++i) {
    out.values[i] = 0;
    for (const RankingEvaluation& seed : seeds) out.values[i] += seed.values[i] / size;
  }
  for (std::size_t c = 0; c < out.means.size(); ++c) {
    out.means[c].value = 0;
    for (const RankingEvaluation& seed : seeds) out.means[c].value += seed.means[c].value / size;
  }
  return out;
}

/// The users to be tested in `folds` disjoint folds, drawn by `seed`.
inline std::vector<std::vector<std::uint32_t>> lastfm_folds(std::vector<std::uint32_t> tested,
                                                            std::size_t folds, std::uint64_t seed) {
  RandomStream(seed, 1).shuffle(std::span<std::uint32_t>(tested));
  std::vector<std::vector<std::uint32_t>> out(folds);
  for (std::size_t i = 0; i < tested.size(); ++i) out[i % folds].push_back(tested[i]);
  return out;
}

/// Fits and tests `fit_and_list(fold, lists)` on every fold of a seed; returns one evaluation a
/// model of `names`, over all tested users.
template <class FitAndList>
std::vector<RankingEvaluation> run_lastfm(const LastFmData& data, std::uint64_t seed,
                                          const std::vector<std::string>& names,
                                          FitAndList&& fit_and_list) {
  std::vector<LastFmLists> lists(names.size(), LastFmLists(data.customers));
  InteractionLog given;
  InteractionLog hidden;
  for (const auto& tested : lastfm_folds(lastfm_users(data).tested, 4, seed)) {
    const LastFmFold fold = cut_lastfm(data, tested, seed);
    fit_and_list(fold, lists);
    for (std::size_t t = 0; t < fold.tested.size(); ++t) {
      const Customer customer{fold.tested[t]};
      for (const Item item : fold.given[t]) given.add(customer, item);
      for (const Item item : fold.hidden[t]) hidden.add(customer, item);
    }
  }
  const Interactions known(data.customers, data.items, given);
  const Interactions wanted(data.customers, data.items, hidden);
  std::vector<RankingEvaluation> out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    out.push_back(lists[i].evaluate(names[i], known, wanted));
  }
  return out;
}

}  // namespace emptor::test
