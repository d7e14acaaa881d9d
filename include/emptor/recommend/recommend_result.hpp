#pragma once
// The words in which recommenders answer: lists, reasons, and what a batch came to. No model, no
// Eigen: this is all that reports need. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/id.hpp"

namespace emptor {

struct Recommendation {
  Item item;
  float score;
  friend bool operator==(const Recommendation&, const Recommendation&) = default;
};

/// Why a score is what it is: its additive parts by item that the customer has.
struct Explanation {
  struct Part {
    Item because;  ///< an item that the customer has
    float share;   ///< what it adds to the score; negative shares count against
    friend bool operator==(const Part&, const Part&) = default;
  };
  float score = 0;           ///< as `score` gives it
  std::vector<Part> parts;   ///< the largest shares first, equal ones by item
  float rest = 0;            ///< what the parts left out add up to, and any constant
  std::uint64_t events = 0;  ///< how many events `rest` was counted from, for models that count
  friend bool operator==(const Explanation&, const Explanation&) = default;
};

/// Why a score is what it is: its additive parts by feature, for models that know features.
struct FeatureExplanation {
  struct Part {
    Feature because;  ///< a feature of the item, or of the customer, as the model says
    float share;      ///< what it adds to the score; negative shares count against
    friend bool operator==(const Part&, const Part&) = default;
  };
  float score = 0;          ///< as `score` gives it
  std::vector<Part> parts;  ///< the largest shares first, equal ones by feature
  float rest = 0;           ///< what the parts left out add up to, and any constant
  friend bool operator==(const FeatureExplanation&, const FeatureExplanation&) = default;
};

/// The lists of many customers in one piece of memory: 8 bytes a recommendation.
struct RecommendationTable {
  std::vector<Customer> customers;      ///< whose lists these are, in the order asked for
  std::vector<std::size_t> offsets{0};  ///< list i is entries[offsets[i] .. offsets[i + 1])
  std::vector<Recommendation> entries;

  [[nodiscard]] std::size_t size() const noexcept { return customers.size(); }
  /// The i-th customer's list, best first; `i` < size().
  [[nodiscard]] std::span<const Recommendation> list(std::size_t i) const noexcept {
    return {entries.data() + offsets[i], offsets[i + 1] - offsets[i]};
  }
};

/// What a batch of recommendations came to.
struct RecommendReport {
  std::size_t customers = 0;        ///< lists handed over, empty ones included
  std::size_t empty = 0;            ///< of these, lists with nothing in them
  std::size_t recommendations = 0;  ///< entries of all lists
  bool stopped = false;             ///< the sink or the progress callback asked to stop
};

}  // namespace emptor
