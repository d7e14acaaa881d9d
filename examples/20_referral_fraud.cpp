// Is a referral honest? Signals with their evidence, a verdict that adds up, a queue for people,
// weights that learn from their answers; then whom to ask next, and what referred customers are
// worth compared with others like them.

#include <cmath>
#include <iostream>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/referral/advocate.hpp"
#include "emptor/referral/fraud.hpp"
#include "emptor/referral/matched_value.hpp"
#include "emptor/referral/review_queue.hpp"

int main() {
  using emptor::Customer;
  const auto at = [](std::int64_t hours) {
    return emptor::Time{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}} +
           std::chrono::hours{hours};
  };
  constexpr Customer ann{0}, bob{1}, cat{2}, dan{3}, eve{4};

  // Facts in any order; identity keys are pseudonyms, never text.
  emptor::FraudMonitor monitor;
  for (const Customer customer : {ann, bob, cat, dan, eve}) {
    monitor.add(emptor::FraudSignUp{customer, at(static_cast<int>(customer))});
  }
  monitor.add(emptor::FraudClaim{ann, bob, at(1)});
  monitor.add(emptor::FraudClaim{ann, cat, at(2)});
  monitor.add(emptor::FraudClaim{eve, dan, at(5)});
  monitor.add(emptor::FraudClaim{bob, ann, at(6)});
  monitor.add(emptor::FraudKey{ann, emptor::IdentityKind::device, 0x5eed, at(0)});
  monitor.add(emptor::FraudKey{cat, emptor::IdentityKind::device, 0x5eed, at(2)});
  monitor.add(emptor::FraudKey{ann, emptor::IdentityKind::address, 0xadd, at(0)});
  monitor.add(emptor::FraudKey{cat, emptor::IdentityKind::address, 0xadd, at(2)});

  const std::vector<emptor::FraudOccasion> occasions = {
      {.referrer = ann, .referee = bob, .time = at(1)},
      {.referrer = ann, .referee = cat, .time = at(2), .order_amount = 3010, .threshold = 3000},
      {.referrer = eve, .referee = dan, .time = at(5)},
      {.referrer = cat, .referee = eve, .time = at(7)},
  };
  emptor::ReviewQueue queue;
  emptor::FraudVerdict verdict;  // reused
  for (const emptor::FraudOccasion& occasion : occasions) {
    monitor.check(occasion, verdict);
    std::cout << emptor::index(occasion.referrer) << " -> " << emptor::index(occasion.referee)
              << ": " << explain(verdict, occasion.referrer, occasion.referee);
    if (verdict.decision == emptor::FraudDecision::review) {
      queue.open({.subject = emptor::index(occasion.referee),
                  .referrer = occasion.referrer,
                  .referee = occasion.referee,
                  .opened = occasion.time,
                  .amount_at_risk = 1500},
                 verdict);
    }
  }

  std::cout << "\nwaiting, most urgent first:\n";
  for (const emptor::ReviewItem* item : queue.first(10)) {
    std::cout << "  subject " << item->subject << ", expected loss " << item->expected_loss
              << ", until " << emptor::to_string(item->deadline) << "\n";
  }
  constexpr emptor::ReviewerId me = 7;
  std::cout << "approve: " << name(queue.decide(2, emptor::ReviewAnswer::approve, me, at(30)))
            << ", again: " << name(queue.decide(2, emptor::ReviewAnswer::approve, me, at(30)))
            << ", reject: " << name(queue.decide(2, emptor::ReviewAnswer::reject, me, at(31)))
            << "\n";
  std::vector<emptor::ReviewLogEntry> resolved;
  queue.resolve_due(at(24 * 30), resolved);
  for (const emptor::ReviewLogEntry& entry : resolved) {
    std::cout << "  subject " << entry.subject << " " << name(entry.step) << " by its deadline\n";
  }

  // A season of answers: most households that share a device were honest.
  std::vector<emptor::FraudLabel> labels(60, {.signals = verdict.mask(), .fraud = false});
  monitor.check(occasions[1], verdict);
  for (int i = 0; i < 80; ++i) labels.push_back({verdict.mask(), i % 8 == 0});
  if (const auto fitted = emptor::reweight_fraud(labels)) {
    std::cout << "\nweights after " << fitted->report.labels << " answers:\n";
    for (const emptor::FraudWeightChange& change : fitted->report.changes) {
      if (change.before == change.after) continue;
      std::cout << "  " << name(change.kind) << " " << emptor::fixed(change.before / 1000.0, 1)
                << " -> " << emptor::fixed(change.after / 1000.0, 1) << "\n";
    }
  }

  emptor::AdvocateBook book;
  book.tell(bob, emptor::AdvocateTrigger::promoter, at(0));
  book.tell(bob, emptor::AdvocateTrigger::repeat_order, at(0));
  book.tell(cat, emptor::AdvocateTrigger::past_referral, at(0));
  book.asked(cat, at(0));
  std::cout << "\n";
  for (const Customer customer : {bob, cat}) {
    const emptor::AdvocateScore score = book.score(customer, at(24 * 7));
    std::cout << "customer " << emptor::index(customer) << ": " << name(score.advice) << ", score "
              << emptor::fixed(score.score, 2) << ", from " << emptor::to_string(score.ask_at)
              << "\n";
    for (const emptor::AdvocateReason& reason : score.reasons) {
      std::cout << "  " << name(reason.trigger) << " +" << emptor::fixed(reason.contribution, 2)
                << "\n";
    }
  }

  // Referred customers start bigger, and would be worth more anyway.
  std::vector<std::uint8_t> referred;
  std::vector<double> value;
  std::vector<std::int32_t> month;
  std::vector<emptor::Channel> channel;
  std::vector<std::int64_t> first_order;
  for (std::uint64_t c = 0; c < 4000; ++c) {
    emptor::RandomStream random(20, c);
    const std::int64_t first = 1000 + random.below(9000);
    referred.push_back(random.bernoulli(static_cast<double>(first) / 20'000) ? 1 : 0);
    month.push_back(static_cast<std::int32_t>(random.below(12)));
    channel.push_back(emptor::Channel{random.below(3)});
    first_order.push_back(first);
    value.push_back(0.01 * static_cast<double>(first) + 10 * random.normal() +
                    (referred.back() == 1 ? 8 : 0));
  }
  const emptor::MatchedValue worth = emptor::coarsened_matched_value(
      {referred, value, month, channel, first_order}, {.bands = 10});
  std::cout << "\nreferred are worth " << emptor::fixed(worth.raw_difference, 1)
            << " more than all others, " << emptor::fixed(worth.difference, 1)
            << " more than others like them (" << emptor::fixed(worth.low, 1) << " to "
            << emptor::fixed(worth.high, 1) << "); " << worth.unmatched_referred << " of "
            << worth.referred << " found no match\n";
  for (const emptor::MatchBalance& balance : worth.balance) {
    std::cout << "  " << balance.covariate << ": standardised difference "
              << emptor::fixed(std::abs(balance.before), 2) << " before, "
              << emptor::fixed(std::abs(balance.after), 2) << " after\n";
  }
}
