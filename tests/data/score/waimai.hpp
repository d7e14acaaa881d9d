#pragma once
// waimai_10k: Chinese reviews of take-away meals, 1 for content. Nothing of it stands here.

#include <cstdint>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/random.hpp"
#include "support/data.hpp"

namespace emptor::test {

struct LabelledTexts {
  std::vector<std::string> texts;
  std::vector<std::uint32_t> labels;
};

inline LabelledTexts load_waimai() {
  LabelledTexts out;
  std::ifstream in(data_dir() / "text" / "waimai_10k.csv");
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    if (line.size() < 2) continue;
    if (line.back() == '\r') line.pop_back();
    out.labels.push_back(line.front() == '1' ? 1 : 0);
    line.erase(0, 2);
    if (line.size() > 1 && line.front() == '"') line = line.substr(1, line.size() - 2);
    out.texts.push_back(line);
  }
  return out;
}

/// The fold of each text, 0 to 4, each with its share of either label.
inline std::vector<std::size_t> five_folds(std::span<const std::uint32_t> labels,
                                           std::uint64_t seed) {
  std::vector<std::size_t> fold(labels.size());
  RandomStream random(seed);
  for (std::uint32_t label = 0; label < 2; ++label) {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t i = 0; i < labels.size(); ++i) {
      if (labels[i] == label) rows.push_back(i);
    }
    random.shuffle(std::span(rows));
    for (std::size_t i = 0; i < rows.size(); ++i) fold[rows[i]] = i % 5;
  }
  return fold;
}

/// Accuracy over the five folds; `fit(texts, labels)` gives something with classify(text).
template <class Fit>
double folded_accuracy(const LabelledTexts& data, std::uint64_t seed, Fit&& fit) {
  const std::vector<std::size_t> fold = five_folds(data.labels, seed);
  std::size_t right = 0;
  for (std::size_t k = 0; k < 5; ++k) {
    std::vector<std::string_view> texts;
    std::vector<std::uint32_t> labels;
    for (std::size_t i = 0; i < fold.size(); ++i) {
      if (fold[i] == k) continue;
      texts.emplace_back(data.texts[i]);
      labels.push_back(data.labels[i]);
    }
    const auto model =
        fit(std::span<const std::string_view>(texts), std::span<const std::uint32_t>(labels));
    for (std::size_t i = 0; i < fold.size(); ++i) {
      if (fold[i] == k && model.classify(data.texts[i]) == data.labels[i]) ++right;
    }
  }
  return static_cast<double>(right) / static_cast<double>(fold.size());
}

}  // namespace emptor::test
