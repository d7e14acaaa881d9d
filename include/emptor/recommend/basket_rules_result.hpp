#pragma once
// Itemsets and rules as reports show them. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "emptor/core/id.hpp"

namespace emptor {

/// "Who takes the antecedent takes the consequent", counted in baskets. The measures are those of
/// Rakesh Agrawal, Tomasz Imielinski, Arun Swami (support, confidence), "Mining association rules
/// between sets of items in large databases", SIGMOD 1993, doi:10.1145/170035.170072; Sergey Brin,
/// Rajeev Motwani, Jeffrey Ullman, Shalom Tsur (lift, there "interest", and conviction), "Dynamic
/// itemset counting and implication rules for market basket data", SIGMOD 1997,
/// doi:10.1145/253260.253325; Gregory Piatetsky-Shapiro (leverage), "Discovery, analysis, and
/// presentation of strong rules", Knowledge Discovery in Databases, AAAI Press 1991.
struct BasketRule {
  std::vector<Item> antecedent;        ///< ascending, at least one
  std::vector<Item> consequent;        ///< ascending, at least one, none of the antecedent
  std::uint64_t baskets = 0;           ///< of all
  std::uint64_t antecedent_count = 0;  ///< of these, with all of the antecedent
  std::uint64_t consequent_count = 0;  ///< with all of the consequent
  std::uint64_t together_count = 0;    ///< with both

  /// P(both), in (0, 1].
  [[nodiscard]] double support() const noexcept { return ratio(together_count, baskets); }
  /// P(consequent | antecedent), in (0, 1].
  [[nodiscard]] double confidence() const noexcept {
    return ratio(together_count, antecedent_count);
  }
  /// Confidence over P(consequent); 1: the two have nothing to do with one another.
  [[nodiscard]] double lift() const noexcept {
    return confidence() / ratio(consequent_count, baskets);
  }
  /// P(both) less what it would be by chance, in [-1/4, 1/4].
  [[nodiscard]] double leverage() const noexcept {
    return support() - ratio(antecedent_count, baskets) * ratio(consequent_count, baskets);
  }
  /// How many times as often the rule would be wrong by chance; infinity: it never is.
  [[nodiscard]] double conviction() const noexcept {
    if (together_count == antecedent_count) return std::numeric_limits<double>::infinity();
    return (1 - ratio(consequent_count, baskets)) / (1 - confidence());
  }

  friend bool operator==(const BasketRule&, const BasketRule&) = default;

 private:
  static double ratio(std::uint64_t part, std::uint64_t whole) noexcept {
    return static_cast<double>(part) / static_cast<double>(whole);
  }
};

struct BasketRulesReport {
  std::size_t baskets = 0;
  std::size_t itemsets = 0;  ///< frequent ones, single items included
  std::size_t rules = 0;
  bool stopped = false;  ///< by the progress callback: itemsets of rarer items only
};

}  // namespace emptor
