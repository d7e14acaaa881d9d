#pragma once
// Naive Bayes of texts, on the n-grams of score/text_linear_grams.hpp: one pass over the examples,
// examples may be added later, and the order does not matter.
//
// Multinomial, or the complement's: Jason D. M. Rennie, Lawrence Shih, Jaime Teevan, David R.
// Karger, "Tackling the poor assumptions of naive Bayes text classifiers", ICML 2003: a class is
// judged by the n-grams of all the others, which suits classes of uneven size. The counts
// themselves are the model. k classes. Memory: 8 bytes a class and place of the table. Time of a
// score: k lookups and logarithms an n-gram. Thread safety: immutable but for `learn`.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/text_linear_grams.hpp"

namespace emptor {

enum class NaiveBayesKind : std::uint8_t { multinomial, complement };

struct NaiveBayesOptions {
  NaiveBayesKind kind = NaiveBayesKind::multinomial;
  TextGramOptions grams{1, 2, true, true, 18};
  double smoothing = 0.5;  ///< added to every count (Lidstone); in (0, 1e9]
  bool binary = true;      ///< an n-gram counts once a text
};

class NaiveBayesModel {
 public:
  /// Knows nothing yet. Throws `invalid_option`: classes in [2, 256], 2^bits x classes at most
  /// 2^26.
  EMPTOR_API explicit NaiveBayesModel(std::size_t classes, const NaiveBayesOptions& options = {});

  [[nodiscard]] std::size_t classes() const noexcept { return classes_; }
  [[nodiscard]] const NaiveBayesOptions& options() const noexcept { return options_; }

  /// Throws `out_of_range` for a label that is none.
  EMPTOR_API void learn(std::string_view text, std::uint32_t label);
  /// Probabilities of all classes, which sum to 1; even ones before anything was learned. Throws
  /// `invalid_shape`.
  EMPTOR_API void scores(std::string_view text, std::span<double> out) const;
  /// Probability of class 1.
  [[nodiscard]] EMPTOR_API double score(std::string_view text) const;
  [[nodiscard]] EMPTOR_API std::size_t classify(std::string_view text) const;

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<NaiveBayesModel> load(std::span<const std::byte> bytes);

 private:
  NaiveBayesOptions options_;
  std::size_t classes_;
  std::vector<std::uint64_t> texts_;   // a class
  std::vector<std::uint64_t> totals_;  // n-grams a class
  std::vector<std::uint64_t> counts_;  // by place, a class after another
  std::uint64_t used_ = 0;             // places with a count
};

/// Throws `invalid_option`; `invalid_shape` for another number of labels; `invalid_value` for a
/// label above 255.
[[nodiscard]] EMPTOR_API NaiveBayesModel fit_naive_bayes(std::span<const std::string_view> texts,
                                                         std::span<const std::uint32_t> labels,
                                                         const NaiveBayesOptions& options = {});

}  // namespace emptor
