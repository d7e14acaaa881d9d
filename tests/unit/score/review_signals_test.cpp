#include "emptor/score/review_signals.hpp"

#include <limits>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace emptor;

namespace {

Time at(std::int64_t hours) {
  return Time{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}} + std::chrono::hours{hours};
}

const ReviewSignal* find(const ReviewSuspicion& answer, ReviewSignalKind kind) {
  for (const ReviewSignal& signal : answer.signals()) {
    if (signal.kind == kind) return &signal;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("near-duplicate reviews point to the earlier one", "[review_signals]") {
  const std::string text =
      "The best kettle we ever had in our kitchen, it boils fast and is quiet.";
  const std::vector<ReviewRecord> records = {
      {Customer{1}, Item{1}, at(50), 5,
       "THE BEST KETTLE we ever had in our kitchen; it boils fast "
       "and is quiet!!"},
      {Customer{2}, Item{2}, at(10), 5, text},
      {Customer{3}, Item{3}, at(20), 5, "A kettle like many others, somewhat loud for my taste."},
      {Customer{4}, Item{4}, at(60), 5, "good"},
      {Customer{5}, Item{5}, at(70), 5, "good"},
      {Customer{6}, Item{6}, at(80), 5, "\xFF\xFE"},
  };
  const std::vector<ReviewSuspicion> answers = check_reviews(records);
  const ReviewSignal* signal = find(answers[0], ReviewSignalKind::near_duplicate);
  REQUIRE(signal != nullptr);
  CHECK(signal->other == 1);
  CHECK(signal->measured == 1000);
  CHECK(signal->limit == 800);
  for (std::size_t i = 1; i < records.size(); ++i) {
    CHECK(find(answers[i], ReviewSignalKind::near_duplicate) == nullptr);
  }
  CHECK(answers[0].score == -3000 + 3500 + 400);
  CHECK(answers[0].probability() > .5);
}

TEST_CASE("a burst stands out of an item's usual number", "[review_signals]") {
  std::vector<ReviewRecord> records;
  for (std::uint32_t i = 0; i < 20; ++i) {
    records.push_back({Customer{i}, Item{1}, at(std::int64_t{i} * 24 * 10)});
  }
  for (std::uint32_t i = 0; i < 7; ++i)
    records.push_back({Customer{50 + i}, Item{1}, at(1080 + i)});
  const std::vector<ReviewSuspicion> answers = check_reviews(records);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const ReviewSignal* signal = find(answers[i], ReviewSignalKind::burst);
    CHECK((signal != nullptr) == (i >= 20));
    if (signal != nullptr) CHECK(signal->measured == 7);
  }
}

TEST_CASE("reviewers who go together from item to item", "[review_signals]") {
  std::vector<ReviewRecord> records;
  for (std::uint32_t item = 0; item < 3; ++item) {
    for (std::uint32_t reviewer = 0; reviewer < 3; ++reviewer) {
      records.push_back({Customer{reviewer}, Item{item}, at(item * 1000 + reviewer)});
    }
    records.push_back({Customer{9}, Item{item}, at(item * 1000 + 200)});
  }
  const std::vector<ReviewSuspicion> answers = check_reviews(records);
  for (std::size_t i = 0; i < records.size(); ++i) {
    const ReviewSignal* signal = find(answers[i], ReviewSignalKind::co_review);
    CHECK((signal != nullptr) == (records[i].reviewer != Customer{9}));
    if (signal == nullptr) continue;
    CHECK(signal->measured == 3);
    CHECK(signal->group == 3);
    CHECK(signal->other == (records[i].reviewer == Customer{0} ? 1U : 0U));
  }
}

TEST_CASE("ratings off the rest, one product, haste", "[review_signals]") {
  std::vector<ReviewRecord> records;
  for (std::uint32_t i = 0; i < 6; ++i) {
    records.push_back({Customer{i}, Item{1}, at(i * 100), i == 5 ? 1.0 : 5.0});
  }
  for (std::uint32_t i = 0; i < 5; ++i) records.push_back({Customer{0}, Item{i + 2}, at(3000 + i)});
  const std::vector<ReviewSuspicion> answers = check_reviews(records);
  const ReviewSignal* off = find(answers[5], ReviewSignalKind::rating_deviation);
  REQUIRE(off != nullptr);
  CHECK(off->measured == 4000);
  CHECK(find(answers[1], ReviewSignalKind::rating_deviation) == nullptr);
  CHECK(find(answers[0], ReviewSignalKind::one_product) == nullptr);
  CHECK(find(answers[1], ReviewSignalKind::one_product) != nullptr);
  CHECK(find(answers[0], ReviewSignalKind::rhythm) == nullptr);
  REQUIRE(find(answers[8], ReviewSignalKind::rhythm) != nullptr);
  CHECK(find(answers[8], ReviewSignalKind::rhythm)->measured == 5);
}

TEST_CASE("review signals: parts add up, options and records are checked", "[review_signals]") {
  CHECK(check_reviews({}).empty());
  const std::vector<ReviewRecord> one = {{Customer{1}, Item{1}, at(0)}};
  for (const ReviewSuspicion& answer : check_reviews(one)) {
    std::int32_t score = answer.prior;
    for (const ReviewSignal& signal : answer.signals()) score += signal.contribution;
    CHECK(score == answer.score);
  }
  ReviewSignalOptions off;
  off.weights = {};
  CHECK(check_reviews(one, off)[0].count == 0);
  CHECK_THROWS_AS(check_reviews(one, {.shingle = 0}), Exception);
  CHECK_THROWS_AS(check_reviews(one, {.duplicate = 1.5}), Exception);
  CHECK_THROWS_AS(check_reviews(one, {.together_items = 1}), Exception);
  const std::vector<ReviewRecord> bad = {
      {Customer{1}, Item{1}, at(0), std::numeric_limits<double>::infinity()}};
  CHECK_THROWS_AS(check_reviews(bad), Exception);
  const std::vector<ReviewRecord> late = {{Customer{1}, Item{1}, Time::max()}};
  CHECK_THROWS_AS(check_reviews(late), Exception);
}

TEST_CASE("reviews of nobody known are not one person's", "[review_signals]") {
  std::vector<ReviewRecord> records;
  for (int i = 0; i < 12; ++i) {
    records.push_back({no_customer, Item{static_cast<std::uint32_t>(i % 4)}, at(i), 4, {}});
    records.push_back({Customer{1}, Item{static_cast<std::uint32_t>(i % 4)}, at(i), 4, {}});
    records.push_back({Customer{2}, no_item, at(200 * i), i == 0 ? 1.0 : 5.0, {}});
  }
  const std::vector<ReviewSuspicion> answers = check_reviews(records);
  for (std::size_t i = 0; i < records.size(); ++i) {
    CHECK(find(answers[i], ReviewSignalKind::co_review) == nullptr);
    if (records[i].reviewer == no_customer) {
      CHECK(find(answers[i], ReviewSignalKind::rhythm) == nullptr);
      CHECK(find(answers[i], ReviewSignalKind::one_product) == nullptr);
    }
    if (records[i].item == no_item) {
      CHECK(find(answers[i], ReviewSignalKind::rating_deviation) == nullptr);
    }
  }
  CHECK(find(answers[1], ReviewSignalKind::rhythm) != nullptr);
}
