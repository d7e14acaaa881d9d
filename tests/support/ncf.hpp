#pragma once

/// @file
/// Reads leave-one-out data as of He et al. ("Neural collaborative filtering", WWW 2017,
/// doi:10.1145/3038912.3052569) and measures on it: `<name>.train.rating` and `<name>.test.rating`
/// hold a line of customer, item, rating and perhaps a time; `<name>.test.negative` a line of
/// "(customer,item)" and the sampled items that the test item is ranked among.

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::test {

struct NcfData {
  std::size_t customers = 0;  ///< one more than the largest customer
  std::size_t items = 0;      ///< one more than the largest item
  InteractionLog train;       ///< weight 1, whatever the rating
  struct Question {
    Customer customer;
    Item item;                    ///< the one held out
    std::vector<Item> negatives;  ///< as in the file: may repeat, and may hold the item itself
  };
  std::vector<Question> questions;
};

/// The unsigned numbers of each line; all other characters separate. Throws std::runtime_error
/// when the file cannot be read or a number does not fit.
inline std::vector<std::vector<std::uint32_t>> read_number_lines(
    const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in || text.empty()) throw std::runtime_error("cannot read " + file.string());
  std::vector<std::vector<std::uint32_t>> lines(1);
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    if (*at >= '0' && *at <= '9') {
      std::uint32_t number = 0;
      const auto parsed = std::from_chars(at, end, number);
      if (parsed.ec != std::errc{}) throw std::runtime_error("too large in " + file.string());
      lines.back().push_back(number);
      at = parsed.ptr;
    } else {
      if (*at == '\n') lines.emplace_back();
      ++at;
    }
  }
  if (lines.back().empty()) lines.pop_back();
  return lines;
}

/// `folder / "<name>.train.rating"` and so on. Throws std::runtime_error on anything unexpected.
inline NcfData read_ncf(const std::filesystem::path& folder, const std::string& name) {
  NcfData data;
  const auto see = [&](std::uint32_t customer, std::uint32_t item) {
    if (data.customers <= customer) data.customers = std::size_t{customer} + 1;
    if (data.items <= item) data.items = std::size_t{item} + 1;
  };
  for (const auto& line : read_number_lines(folder / (name + ".train.rating"))) {
    if (line.size() < 3) throw std::runtime_error("a line too short in train.rating");
    see(line[0], line[1]);
    data.train.add(Customer{line[0]}, Item{line[1]});
  }
  const auto tests = read_number_lines(folder / (name + ".test.rating"));
  const auto negatives = read_number_lines(folder / (name + ".test.negative"));
  if (tests.size() != negatives.size()) throw std::runtime_error("test files differ in length");
  for (std::size_t q = 0; q < tests.size(); ++q) {
    const auto& line = negatives[q];
    if (tests[q].size() < 3 || line.size() < 3 || line[0] != tests[q][0] ||
        line[1] != tests[q][1]) {
      throw std::runtime_error("test.negative does not fit test.rating");
    }
    NcfData::Question question{Customer{line[0]}, Item{line[1]}, {}};
    see(line[0], line[1]);
    for (std::size_t i = 2; i < line.size(); ++i) {
      see(line[0], line[i]);
      question.negatives.push_back(Item{line[i]});
    }
    data.questions.push_back(std::move(question));
  }
  return data;
}

struct NcfResult {
  double hit_rate = 0;  ///< share of questions whose test item ranks at most k
  double ndcg = 0;      ///< mean of 1 / log2(1 + rank) where the rank is at most k, else 0
};

/// rank = 1 + the number of distinct negatives, other than the test item, with a score >= its own;
/// a test item without a score (NaN) is last.
inline std::size_t ncf_rank(const NcfData::Question& question, std::span<const Item> negatives,
                            float own, std::span<const float> scores) {
  std::size_t rank = 1;
  for (std::size_t i = 0; i < negatives.size(); ++i) {
    if (negatives[i] == question.item) continue;
    rank += std::isnan(own) || scores[i] >= own ? 1 : 0;
  }
  return rank;
}

template <Recommender M>
NcfResult evaluate_ncf(const M& model, const std::vector<NcfData::Question>& questions,
                       std::size_t k) {
  NcfResult result;
  std::vector<float> scores;
  for (const NcfData::Question& question : questions) {
    const std::set<Item> distinct(question.negatives.begin(), question.negatives.end());
    std::vector<Item> items(distinct.begin(), distinct.end());
    items.push_back(question.item);
    scores.resize(items.size());
    model.score(question.customer, items, scores);
    const std::size_t count = items.size() - 1;
    const std::size_t rank = ncf_rank(question, std::span(items).first(count), scores[count],
                                      std::span(scores).first(count));
    if (rank > k) continue;
    result.hit_rate += 1;
    result.ndcg += 1 / std::log2(1 + static_cast<double>(rank));
  }
  const auto count = static_cast<double>(questions.empty() ? 1 : questions.size());
  return {result.hit_rate / count, result.ndcg / count};
}

}  // namespace emptor::test
