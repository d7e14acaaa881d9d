#include "emptor/score/naive_bayes.hpp"

#include <cmath>
#include <limits>

#include "support/catch.hpp"

namespace {

using namespace emptor;

NaiveBayesOptions letters() {
  NaiveBayesOptions options;
  options.grams = {1, 1, false, true, 20};
  options.smoothing = 1;
  options.binary = false;
  return options;
}

TEST_CASE("naive Bayes by hand: single letters and the blanks around them") {
  // Class 0: "ab", class 1: "aac"; every text has two blanks. Four kinds: blank, a, b, c.
  // Class 0 counts 2, 1, 1, 0 of 4; class 1 counts 2, 2, 0, 1 of 5; smoothing 1.
  const std::vector<std::string_view> texts = {"ab", "aac"};
  const std::vector<std::uint32_t> labels = {0, 1};
  const NaiveBayesModel model = fit_naive_bayes(texts, labels, letters());
  const double zero = std::pow(3.0 / 8, 2) * (1.0 / 8);
  const double one = std::pow(3.0 / 9, 2) * (2.0 / 9);
  CHECK(model.score("c") == Approx(one / (zero + one)).epsilon(1e-12));
  CHECK(model.score("cq") == Approx(model.score("c")).epsilon(1e-12));
  CHECK(model.classify("c") == 1);
  NaiveBayesOptions options = letters();
  options.kind = NaiveBayesKind::complement;
  const NaiveBayesModel complement = fit_naive_bayes(texts, labels, options);
  // Of two classes, the complement of the one is the other.
  CHECK(complement.score("c") == Approx(one / (zero + one)).epsilon(1e-12));
}

TEST_CASE("naive Bayes learns in any order, is saved, and knows nothing at first") {
  NaiveBayesModel model(3);
  std::vector<double> shares(3);
  model.scores("anything", shares);
  CHECK(shares[0] == Approx(1.0 / 3));
  NaiveBayesModel other(3);
  const std::vector<std::string> texts = {"好吃", "late and cold", "refund please", "很好吃"};
  const std::uint32_t labels[] = {0, 1, 2, 0};
  for (std::size_t i = 0; i < 4; ++i) {
    model.learn(texts[i], labels[i]);
    other.learn(texts[3 - i], labels[3 - i]);
  }
  const std::vector<std::byte> bytes = model.save();
  CHECK(other.save() == bytes);
  CHECK(model.classify("好吃!") == 0);
  CHECK(model.classify("cold") == 1);
  Result<NaiveBayesModel> loaded = NaiveBayesModel::load(bytes);
  REQUIRE(loaded);
  loaded->learn("more", 1);
  other.learn("more", 1);
  CHECK(loaded->save() == other.save());
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    CHECK_FALSE(NaiveBayesModel::load(std::span(bytes).first(at)));
    std::vector<std::byte> bad = bytes;
    bad[at] ^= std::byte{0x20};
    CHECK_FALSE(NaiveBayesModel::load(bad));
  }
  CHECK_THROWS_AS(model.learn("x", 3), Exception);
  CHECK_THROWS_AS(model.scores("x", std::span(shares).first(2)), Exception);
  CHECK_THROWS_AS(NaiveBayesModel(1), Exception);
  NaiveBayesOptions options;
  for (const double smoothing : {0.0, 1e300}) {
    options.smoothing = smoothing;
    CHECK_THROWS_AS(NaiveBayesModel(2, options), Exception);
  }
}

}  // namespace
