#include "emptor/score/text_linear.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

struct Examples {
  std::vector<std::string> texts;
  std::vector<std::uint32_t> labels;
};

/// Class k's texts hold a word of its own among words of all.
Examples examples(std::size_t count, std::uint32_t classes) {
  const std::vector<std::string> own = {"terrible", "wonderful", "late", "冷了"};
  const std::vector<std::string> shared = {"food", "the", "was", "很", "delivery", "éclair"};
  Examples out;
  for (std::size_t i = 0; i < count; ++i) {
    RandomStream random(5, i);
    const std::uint32_t label = random.below(classes);
    std::string line;
    const std::uint32_t at = random.below(4);
    for (std::uint32_t w = 0; w < 4; ++w) {
      line += w == at ? own[label] : shared[random.below(6)];
      line += ' ';
    }
    out.texts.push_back(line);
    out.labels.push_back(label);
  }
  return out;
}

TEST_CASE("a text's n-grams are those of its folded characters") {
  TextGramOptions options;
  options.words = false;
  options.longest = 2;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> spans;
  detail::each_text_gram(
      "A\xC3\xA9", options,
      [&](std::uint32_t, std::uint32_t a, std::uint32_t b) { spans.emplace_back(a, b); });
  // blank | a, blank a | é, aé | blank, é blank
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> wanted = {
      {0, 0}, {0, 1}, {0, 1}, {1, 3}, {0, 3}, {3, 3}, {1, 3}};
  CHECK(spans == wanted);
  const auto places = [&](std::string_view text) {
    std::multiset<std::uint32_t> out;
    detail::each_text_gram(text, TextGramOptions{},
                           [&](std::uint32_t place, auto, auto) { out.insert(place); });
    return out;
  };
  CHECK(places("Été  chaud") == places(" ete chaud "));
  CHECK(places("ab") != places("ba"));
  CHECK(places("").size() == 1);
}

TEST_CASE("a text classifier learns the words that tell") {
  const Examples data = examples(400, 2);
  const TextClassifierFit fit = fit_text_classifier(data.texts, data.labels);
  CHECK(fit.report.converged);
  CHECK_FALSE(fit.report.one_class);
  CHECK(fit.model.score("it was wonderful") > 0.8);
  CHECK(fit.model.score("it was terrible") < 0.2);
  const TextExplanation why = fit.model.explain("the wonderful food 很\xFF");
  double sum = why.base, told = 0;
  for (const TextSpanWeight& span : why.spans) {
    sum += span.weight;
    if (span.begin >= 4 && span.end <= 13) told += span.weight;
  }
  CHECK(sum == Approx(why.logit).epsilon(1e-12));
  CHECK(why.logit == fit.model.logit("the wonderful food 很\xFF"));
  CHECK(told > 0.5 * why.logit);
  const TextExplanation other = fit.model.explain("the wonderful food", 0);
  CHECK(other.logit == -fit.model.logit("the wonderful food"));
}

TEST_CASE("the dual solution is the optimum of the penalised likelihood") {
  const Examples data = examples(60, 2);
  TextClassifierOptions options;
  options.tolerance = 1e-6;
  options.epochs = 2000;
  options.cost = 2;
  options.count_ratio = false;
  options.value = TextValue::binary;
  options.grams.bits = 22;
  const TextClassifierFit fit = fit_text_classifier(data.texts, data.labels, options);
  REQUIRE(fit.report.converged);
  // At the optimum w = cost x sum of (y - p) x, so every logit is known from the residuals alone.
  std::vector<std::set<std::uint32_t>> features(data.texts.size());
  for (std::size_t t = 0; t < features.size(); ++t) {
    detail::each_text_gram(data.texts[t], options.grams,
                           [&](std::uint32_t place, auto, auto) { features[t].insert(place); });
  }
  std::vector<double> residuals;
  for (std::size_t t = 0; t < features.size(); ++t) {
    residuals.push_back(data.labels[t] - fit.model.score(data.texts[t]));
  }
  for (std::size_t t = 0; t < 10; ++t) {
    double logit = 0;
    for (std::size_t u = 0; u < features.size(); ++u) {
      std::vector<std::uint32_t> both;
      std::ranges::set_intersection(features[t], features[u], std::back_inserter(both));
      const double dot = static_cast<double>(both.size()) /
                         std::sqrt(static_cast<double>(features[t].size() * features[u].size()));
      logit += options.cost * residuals[u] * (dot + 1);
    }
    CHECK(fit.model.logit(data.texts[t]) == Approx(logit).margin(1e-5));
  }
}

TEST_CASE("more than two classes of texts") {
  const Examples data = examples(600, 4);
  ThreadPool pool(3);
  Context threads;
  threads.executor = &pool;
  const TextClassifierFit fit = fit_text_classifier(data.texts, data.labels);
  const TextClassifierFit same = fit_text_classifier(data.texts, data.labels, {}, threads);
  CHECK(fit.model.save() == same.model.save());
  CHECK(fit.model.classify("冷了 food") == 3);
  CHECK(fit.model.classify("the late delivery") == 2);
  std::vector<double> shares(4);
  fit.model.scores("late", shares);
  CHECK(shares[0] + shares[1] + shares[2] + shares[3] == Approx(1));
  CHECK(fit.model.score("late") == 1 - shares[0]);
  CHECK_THROWS_AS(fit.model.scores("late", std::span(shares).first(3)), Exception);
  CHECK_THROWS_AS(fit.model.logit("late", 4), Exception);
}

TEST_CASE("text classifiers come back from their bytes, hostile ones do not") {
  const Examples data = examples(100, 2);
  TextClassifierOptions options;
  options.grams.bits = 12;
  const TextClassifier model = fit_text_classifier(data.texts, data.labels, options).model;
  const std::vector<std::byte> bytes = model.save();
  const Result<TextClassifier> loaded = TextClassifier::load(bytes);
  REQUIRE(loaded);
  CHECK(loaded->save() == bytes);
  CHECK(loaded->logit("wonderful food") == model.logit("wonderful food"));
  for (std::size_t cut = 0; cut < bytes.size(); cut += 97) {
    CHECK_FALSE(TextClassifier::load(std::span(bytes).first(cut)));
  }
  for (std::size_t at = 0; at < bytes.size(); at += 31) {
    std::vector<std::byte> bad = bytes;
    bad[at] ^= std::byte{0x10};
    CHECK_FALSE(TextClassifier::load(bad));
  }
}

TEST_CASE("texts of one class, without any characters, or with none of the known ones") {
  const std::vector<std::string> texts = {"", "a", "\xFF\xFE", std::string(1, '\0')};
  const std::vector<std::uint32_t> zeros(4, 0);
  const TextClassifierFit fit = fit_text_classifier(texts, zeros);
  CHECK(fit.report.one_class);
  CHECK(fit.model.score("a") == Approx(0.1));
  CHECK(fit.model.explain("").spans.empty());
  CHECK(std::isfinite(fit.model.logit(std::string(5000, 'x') + "很好吃很好吃")));
  const std::vector<std::uint32_t> three(3, 0);
  CHECK_THROWS_AS(fit_text_classifier(texts, three), Exception);
  CHECK_THROWS_AS(fit_text_classifier(texts, std::vector<std::uint32_t>{0, 1, 2, 256}), Exception);
  TextClassifierOptions options;
  options.cost = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(fit_text_classifier(texts, zeros, options), Exception);
  options = {};
  options.grams.longest = 9;
  CHECK_THROWS_AS(fit_text_classifier(texts, zeros, options), Exception);
}

}  // namespace
