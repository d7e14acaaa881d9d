#pragma once
// A classifier of short texts without a segmenter or a dictionary: logistic regression on hashed
// n-grams of characters (score/text_linear_grams.hpp). Learns sentiment, topics, spam from
// examples.
//
//     TextClassifierFit fit = fit_text_classifier(texts, labels);    // labels 0, 1, …
//     double positive = fit.model.score("很快，好吃");               // probability of class 1
//     for (const TextSpanWeight& part : fit.model.explain(text).spans) …
//
// Values: tf-idf, (1 + log count) x log(1 + n / documents), or 0/1, a text's vector of length 1.
// With `count_ratio` each value of a two-class model is weighed by how much more common its n-gram
// is in one class: Sida Wang, Christopher D. Manning, "Baselines and bigrams: simple, good
// sentiment and topic classification", ACL 2012. Trained by dual coordinate descent: Cho-Jui Hsieh,
// Kai-Wei Chang, Chih-Jen Lin, S. Sathiya Keerthi, S. Sundararajan, "A dual coordinate descent
// method for large-scale linear SVM", ICML 2008, doi:10.1145/1390156.1390208; its logistic loss:
// Hsiang-Fu Yu, Fang-Lan Huang, Chih-Jen Lin, "Dual coordinate descent methods for logistic
// regression and maximum entropy models", Machine Learning 85, 2011, doi:10.1007/s10994-010-5221-8.
//
// k classes: of two, one weight an n-gram; of more, one against the rest. Memory: 8 bytes a place
// of the table, 4 more a class beyond two. Time of a score: about .1 µs an n-gram. The same bits
// for any number of threads. Thread safety: the model is immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/score/text_linear_grams.hpp"

namespace emptor {

enum class TextValue : std::uint8_t { tf_idf, binary };

struct TextClassifierOptions {
  TextGramOptions grams{};
  TextValue value = TextValue::tf_idf;
  bool count_ratio = true;  ///< weigh n-grams by their log count ratio, of two classes (not more)
  /// Inverse strength of the penalty on squared weights, a text; > 0.
  double cost = 4;
  std::size_t epochs = 30;  ///< passes at most; >= 1
  double tolerance = 0.01;  ///< stop when no gradient of the dual is larger; > 0
  std::uint64_t seed = 1;   ///< of the order of the texts
};

struct TextClassifierReport {
  std::size_t texts = 0;
  std::size_t features = 0;  ///< places of the table that are used
  std::size_t epochs = 0;    ///< the most of any class
  bool converged = true;
  bool one_class = false;  ///< all labels alike: the model always says that class
  std::vector<std::size_t> class_texts;
};

/// A part of a text and what it adds to the logit of the explained class.
struct TextSpanWeight {
  std::uint32_t begin = 0;  ///< bytes [begin, end) of the text: one character
  std::uint32_t end = 0;
  double weight = 0;
  friend bool operator==(const TextSpanWeight&, const TextSpanWeight&) = default;
};

struct TextExplanation {
  double base = 0;  ///< what no character tells: the bias, that a text begins and ends
  std::vector<TextSpanWeight> spans;  ///< in the order of the text
  double logit = 0;                   ///< base + all weights, up to rounding
};

namespace detail {
class TextTrainer;  // src/score/text_linear.cpp
}

class TextClassifier {
 public:
  [[nodiscard]] std::size_t classes() const noexcept { return classes_; }
  [[nodiscard]] const TextGramOptions& grams() const noexcept { return grams_; }

  /// Probability of class 1; of more than two classes: that it is not class 0. Never throws on any
  /// bytes but for want of memory; texts of up to 1,000 n-grams need none.
  [[nodiscard]] EMPTOR_API double score(std::string_view text) const;
  /// The logit of class 1 (two classes), or of `label` against the rest.
  [[nodiscard]] EMPTOR_API double logit(std::string_view text, std::size_t label = 1) const;
  /// Probabilities of all classes, which sum to 1. Throws `invalid_shape`.
  EMPTOR_API void scores(std::string_view text, std::span<double> out) const;
  /// The likeliest class.
  [[nodiscard]] EMPTOR_API std::size_t classify(std::string_view text) const;
  /// Each n-gram's part of the logit, shared evenly among its characters. Throws `out_of_range`.
  [[nodiscard]] EMPTOR_API TextExplanation explain(std::string_view text,
                                                   std::size_t label = 1) const;

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<TextClassifier> load(std::span<const std::byte> bytes);

 private:
  friend class detail::TextTrainer;
  TextClassifier() = default;
  [[nodiscard]] std::size_t rows() const noexcept { return classes_ == 2 ? 1 : classes_; }

  TextGramOptions grams_{};
  TextValue value_ = TextValue::tf_idf;
  std::size_t classes_ = 2;
  std::vector<float> scale_;    // by place: idf (times the ratio, if any); 0: not known
  std::vector<float> weights_;  // a class after another, by place
  std::vector<double> bias_;    // a class
};

struct TextClassifierFit {
  TextClassifier model;
  TextClassifierReport report;
};

/// Throws `invalid_option`; `invalid_shape` for no texts, or another number of labels;
/// `invalid_value` for a label above 255.
[[nodiscard]] EMPTOR_API TextClassifierFit
fit_text_classifier(std::span<const std::string_view> texts, std::span<const std::uint32_t> labels,
                    const TextClassifierOptions& options = {}, const Context& context = {});
[[nodiscard]] EMPTOR_API TextClassifierFit
fit_text_classifier(std::span<const std::string> texts, std::span<const std::uint32_t> labels,
                    const TextClassifierOptions& options = {}, const Context& context = {});

}  // namespace emptor
