#include "emptor/referral/advocate.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "emptor/core/random.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

constexpr Customer ann{0}, bob{1};
constexpr std::chrono::days one_day{1};
const Time start{std::chrono::seconds{1'700'000'000}};

}  // namespace

TEST_CASE("advocate: reasons add up and halve each half-life") {
  AdvocateBook book;
  CHECK(book.score(ann, start).score == Approx(1 / (1 + std::exp(3.5))));
  CHECK(book.score(ann, start).reasons.empty());
  book.tell(ann, AdvocateTrigger::promoter, start);
  book.tell(ann, AdvocateTrigger::repeat_order, start - 14 * one_day);
  book.tell(ann, AdvocateTrigger::repeat_order, start - 99 * one_day);  // an older one
  book.tell(ann, AdvocateTrigger::shared, start + one_day);             // not yet
  const AdvocateScore now = book.score(ann, start);
  REQUIRE(now.reasons.size() == 2);
  CHECK(now.reasons[0].trigger == AdvocateTrigger::promoter);
  CHECK(now.reasons[0].contribution == 1.8);
  CHECK(now.reasons[1].freshness == 0.5);
  CHECK(now.reasons[1].contribution == 0.4);
  double sum = now.base;
  for (const AdvocateReason& reason : now.reasons) sum += reason.contribution;
  CHECK(sum == now.log_odds);
  CHECK(now.score == 1 / (1 + std::exp(-now.log_odds)));
  CHECK(now.advice == AskAdvice::ask);
  CHECK(now.ask_at == start);
  CHECK(book.score(ann, start + 60 * one_day).reasons[0].freshness == 0.5);
  CHECK(book.freshness(ann, start)[2] == 0.5);
  CHECK(book.freshness(bob, start)[0] == 0);
}

TEST_CASE("advocate: not twice within the cap, and quiet after a complaint") {
  AdvocateOptions options;
  options.ask_from = 0;
  AdvocateBook book(options);
  book.tell(ann, AdvocateTrigger::past_referral, start);
  book.asked(ann, start);
  AdvocateScore score = book.score(ann, start);
  CHECK(score.advice == AskAdvice::asked_lately);
  CHECK(score.ask_at == start + 30 * one_day);
  const Time last = start + 30 * one_day - std::chrono::seconds{1};
  CHECK(book.score(ann, last).advice == AskAdvice::asked_lately);
  CHECK(book.score(ann, start + 30 * one_day).advice == AskAdvice::ask);
  CHECK(score.score_then == book.score(ann, start + 30 * one_day).score);
  CHECK(score.score_then < score.score);
  CHECK(book.score(ann, start - one_day).advice == AskAdvice::ask);  // before all that

  book.complained(ann, start + one_day);
  score = book.score(ann, start + one_day);
  CHECK(score.advice == AskAdvice::complained);
  CHECK(score.ask_at == start + 61 * one_day);
  CHECK(book.score(ann, start + 61 * one_day - std::chrono::seconds{1}).advice ==
        AskAdvice::complained);
  CHECK(book.score(ann, start + 61 * one_day).advice == AskAdvice::ask);
  CHECK_THROWS_AS(book.asked(no_customer, start), Exception);
  CHECK_THROWS_AS(book.tell(ann, static_cast<AdvocateTrigger>(7), start), Exception);
  options.half_life[3] = 0;
  CHECK_THROWS_AS(AdvocateBook(options), Exception);
}

TEST_CASE("advocate: who to ask is the same as asking of each") {
  AdvocateOptions options;
  options.ask_from = 0.05;
  AdvocateBook book(options);
  RandomStream random(4);
  for (std::uint32_t c = 0; c < 500; ++c) {
    for (std::uint32_t i = random.below(5); i > 0; --i) {
      book.tell(Customer{c}, static_cast<AdvocateTrigger>(random.below(7)),
                start - std::chrono::hours{random.below(2000)});
    }
    if (random.bernoulli(0.2)) book.asked(Customer{c}, start - one_day * random.below(60));
    if (random.bernoulli(0.1)) book.complained(Customer{c}, start - one_day * random.below(90));
  }
  std::vector<AdvocateScore> expected;
  std::size_t cold = 0;
  for (std::uint32_t c = 0; c < 500; ++c) {
    const AdvocateScore score = book.score(Customer{c}, start);
    if (score.advice == AskAdvice::ask) expected.push_back(score);
    cold += score.advice == AskAdvice::too_cold ? 1 : 0;
  }
  CHECK(cold > 50);
  REQUIRE(expected.size() > 100);
  std::stable_sort(
      expected.begin(), expected.end(),
      [](const AdvocateScore& a, const AdvocateScore& b) { return a.score > b.score; });
  CHECK(book.who_to_ask(start, 10'000) == expected);
  expected.resize(20);
  CHECK(book.who_to_ask(start, 20) == expected);

  const std::vector<std::byte> bytes = book.save();
  const Result<AdvocateBook> loaded = AdvocateBook::load(bytes);
  REQUIRE(loaded);
  CHECK(loaded->save() == bytes);
  CHECK(loaded->options() == options);
  CHECK(loaded->who_to_ask(start, 20) == expected);
  for (std::size_t i = 0; i < bytes.size(); i += 7) {
    std::vector<std::byte> changed = bytes;
    changed[i] ^= std::byte{16};
    CHECK_FALSE(AdvocateBook::load(changed));
  }
}

TEST_CASE("advocate: past asks teach the weights") {
  AdvocateWeights truth;
  truth.base = -2;
  truth.weight = {0.2, 3, 0, 0.6, 0.7, 1, 2};
  RandomStream random(5);
  std::vector<AdvocateAsk> asks;
  for (int i = 0; i < 30'000; ++i) {
    AdvocateAsk ask;
    double log_odds = truth.base;
    for (std::size_t t = 0; t < advocate_triggers; ++t) {
      if (random.bernoulli(0.5)) ask.freshness[t] = random.uniform();
      log_odds += truth.weight[t] * ask.freshness[t];
    }
    ask.referred = random.bernoulli(1 / (1 + std::exp(-log_odds)));
    asks.push_back(ask);
  }
  const auto fitted = fit_advocate_weights(asks);
  REQUIRE(fitted);
  CHECK(fitted->report.converged);
  CHECK(fitted->report.log_loss_after < fitted->report.log_loss_before);
  REQUIRE(fitted->report.weights.size() == 8);
  CHECK(fitted->report.weights[0].name == "base");
  CHECK(fitted->report.weights[2].name == "promoter");
  CHECK(std::abs(fitted->weights.base - truth.base) < 4 * fitted->report.weights[0].standard_error);
  for (std::size_t t = 0; t < advocate_triggers; ++t) {
    const double error = fitted->report.weights[t + 1].standard_error;
    CHECK(error < 0.1);
    CHECK(std::abs(fitted->weights.weight[t] - truth.weight[t]) < 4 * error);
  }
  AdvocateBook book;
  book.set_weights(fitted->weights);
  CHECK(book.options().weights == fitted->weights);

  CHECK_FALSE(fit_advocate_weights(std::span(asks).first(99)));
  asks[7].freshness[1] = 1.5;
  CHECK_FALSE(fit_advocate_weights(asks));
}
