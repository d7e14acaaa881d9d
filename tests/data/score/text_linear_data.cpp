// Chinese reviews by the default options: n-gram lengths, values and cost were chosen among 26 by
// three inner folds of the training part of one fold only.

#include "emptor/score/text_linear.hpp"
#include "support/catch.hpp"
#include "waimai.hpp"

namespace {

using namespace emptor;

TEST_CASE("reviews of meals are told apart without a segmenter") {
  const test::LabelledTexts data = test::load_waimai();
  REQUIRE(data.texts.size() == 11'987);
  double sum = 0;
  for (std::uint64_t repeat = 0; repeat < 3; ++repeat) {
    sum += test::folded_accuracy(data, 1000 + repeat, [](auto texts, auto labels) {
      return fit_text_classifier(texts, labels).model;
    });
  }
  WARN("accuracy, mean of 3 repeats of 5 folds: " << sum / 3);
  CHECK(sum / 3 >= 0.89);
}

}  // namespace
