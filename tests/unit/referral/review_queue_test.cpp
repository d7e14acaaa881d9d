#include "emptor/referral/review_queue.hpp"

#include <limits>
#include <vector>

#include "support/catch.hpp"

using namespace emptor;

namespace {

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}
FraudVerdict verdict_of(std::int32_t score, FraudSignalKind kind = FraudSignalKind::burst) {
  FraudVerdict verdict;
  verdict.decision = FraudDecision::review;
  verdict.prior = -4000;
  verdict.score = score;
  verdict.count = 1;
  verdict.storage[0] = {.kind = kind, .contribution = score + 4000, .measured = 5, .limit = 5};
  return verdict;
}
ReviewRequest request(std::uint64_t subject, std::int64_t opened, std::int64_t patience,
                      std::int64_t amount, ReviewAnswer answer = ReviewAnswer::reject) {
  return {.subject = subject,
          .referrer = Customer{1},
          .referee = Customer{2},
          .opened = at(opened),
          .patience = std::chrono::seconds{patience},
          .at_deadline = answer,
          .amount_at_risk = amount};
}

}  // namespace

TEST_CASE("review queue: most expected loss first, then the earlier deadline, then the subject") {
  ReviewQueue queue;
  CHECK(queue.open(request(1, 0, 100, 1000), verdict_of(0)) == ReviewOutcome::done);  // 500
  CHECK(queue.open(request(2, 0, 100, 100'000), verdict_of(-4000)) == ReviewOutcome::done);
  CHECK(queue.open(request(4, 0, 100, 1000), verdict_of(0)) == ReviewOutcome::done);
  CHECK(queue.open(request(3, 0, 99, 1000), verdict_of(0)) == ReviewOutcome::done);
  CHECK(queue.find(1)->expected_loss == 500);
  CHECK(queue.find(2)->expected_loss == 1798);  // 1 / (1 + e^4) = .0179862
  std::vector<std::uint64_t> order;
  for (const ReviewItem* item : queue.first(9)) order.push_back(item->subject);
  CHECK(order == std::vector<std::uint64_t>{2, 3, 1, 4});
  CHECK(queue.first(2).size() == 2);
  CHECK(queue.find(9) == nullptr);
}

TEST_CASE("review queue: the same again changes nothing, something else is refused") {
  ReviewQueue queue;
  const FraudVerdict verdict = verdict_of(-1000);
  CHECK(queue.open(request(7, 10, 100, 500), verdict) == ReviewOutcome::done);
  CHECK(queue.open(request(7, 10, 100, 500), verdict) == ReviewOutcome::known);
  CHECK(queue.open(request(7, 10, 100, 501), verdict) == ReviewOutcome::conflict);
  CHECK(queue.open(request(7, 10, 100, 500), verdict_of(-999)) == ReviewOutcome::conflict);
  CHECK(queue.open(request(8, 10, 0, 500), verdict) == ReviewOutcome::invalid);
  CHECK(queue.open(request(8, 10, 5, -1), verdict) == ReviewOutcome::invalid);
  CHECK(queue.assign(8, 1, at(11)) == ReviewOutcome::unknown);
  CHECK(queue.assign(7, no_reviewer, at(11)) == ReviewOutcome::invalid);
  CHECK(queue.assign(7, 1, at(9)) == ReviewOutcome::invalid);
  CHECK(queue.assign(7, 1, at(11)) == ReviewOutcome::done);
  CHECK(queue.assign(7, 1, at(12)) == ReviewOutcome::known);
  CHECK(queue.assign(7, 2, at(12)) == ReviewOutcome::done);
  CHECK(queue.find(7)->state == ReviewState::assigned);
  CHECK(queue.assign(7, 3, at(110)) == ReviewOutcome::too_late);
  CHECK(queue.decide(7, ReviewAnswer::approve, 2, at(110)) == ReviewOutcome::too_late);
  CHECK(queue.decide(7, ReviewAnswer::approve, 2, at(109)) == ReviewOutcome::done);
  CHECK(queue.decide(7, ReviewAnswer::approve, 2, at(109)) == ReviewOutcome::known);
  CHECK(queue.decide(7, ReviewAnswer::reject, 2, at(109)) == ReviewOutcome::decided);
  CHECK(queue.decide(7, ReviewAnswer::approve, 3, at(109)) == ReviewOutcome::decided);
  CHECK(queue.assign(7, 3, at(12)) == ReviewOutcome::decided);
  CHECK(queue.open(request(7, 10, 100, 500), verdict) == ReviewOutcome::known);  // a late retry
  CHECK(queue.waiting() == 0);
  CHECK(queue.log().size() == 4);
}

TEST_CASE("review queue: the deadline decides what nobody did, with its own time") {
  ReviewQueue queue;
  queue.open(request(1, 0, 50, 10), verdict_of(0));
  queue.open(request(2, 0, 20, 10, ReviewAnswer::approve), verdict_of(0));
  queue.open(request(3, 0, 51, 10), verdict_of(0));
  std::vector<ReviewLogEntry> resolved;
  CHECK(queue.resolve_due(at(19), resolved) == 0);
  CHECK(queue.resolve_due(at(50), resolved) == 2);
  REQUIRE(resolved.size() == 2);
  CHECK(resolved[0] == ReviewLogEntry{2, ReviewStep::approved, review_deadline, at(20)});
  CHECK(resolved[1] == ReviewLogEntry{1, ReviewStep::rejected, review_deadline, at(50)});
  CHECK(queue.resolve_due(at(50), resolved) == 0);
  CHECK(queue.decide(1, ReviewAnswer::approve, 4, at(49)) == ReviewOutcome::decided);
  CHECK(queue.find(1)->state == ReviewState::rejected);
  const ReviewSummary summary = queue.summary();
  CHECK(summary.waiting == 1);
  CHECK(summary.by_deadline == 2);
  CHECK(summary.amount_waiting == 10);
  CHECK(summary.expected_loss == 5);
  CHECK(summary.first.front().subject == 3);
}

TEST_CASE("review queue: answers and later truth become labels") {
  ReviewQueue queue;
  for (std::uint64_t s = 1; s <= 5; ++s) {
    queue.open(request(s, 0, 50, 10), verdict_of(0, FraudSignalKind::shared_phone));
  }
  queue.decide(1, ReviewAnswer::reject, 4, at(1));
  queue.decide(2, ReviewAnswer::approve, 4, at(1));
  queue.decide(3, ReviewAnswer::approve, 4, at(1));
  CHECK(queue.tell(3, true, at(100)) == ReviewOutcome::done);  // a chargeback
  CHECK(queue.tell(3, true, at(101)) == ReviewOutcome::known);
  std::vector<ReviewLogEntry> resolved;
  queue.resolve_due(at(1000), resolved);
  CHECK(queue.tell(5, false, at(1001)) == ReviewOutcome::done);
  const std::vector<FraudLabel> labels = queue.labels();
  REQUIRE(labels.size() == 4);  // 4 was decided by the deadline alone
  CHECK(labels[0].fraud);
  CHECK_FALSE(labels[1].fraud);
  CHECK(labels[2].fraud);
  CHECK_FALSE(labels[3].fraud);
  CHECK(labels[0].signals == 1U << static_cast<unsigned>(FraudSignalKind::shared_phone));

  const std::vector<std::byte> bytes = queue.save();
  const Result<ReviewQueue> loaded = ReviewQueue::load(bytes);
  REQUIRE(loaded);
  CHECK(loaded->save() == bytes);
  CHECK(std::vector(loaded->items().begin(), loaded->items().end()) ==
        std::vector(queue.items().begin(), queue.items().end()));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::vector<std::byte> changed = bytes;
    changed[i] ^= std::byte{1};
    CHECK_FALSE(ReviewQueue::load(changed));
  }
}

TEST_CASE("review queue: the least and the greatest score are scores") {
  for (const std::int32_t score :
       {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()}) {
    ReviewQueue queue;
    FraudVerdict verdict;
    verdict.score = score;
    ReviewRequest request;
    request.subject = 1;
    request.amount_at_risk = 1'000;
    REQUIRE(queue.open(request, verdict) == ReviewOutcome::done);
    CHECK(queue.find(1)->expected_loss == (score < 0 ? 0 : 1'000));
  }
}
