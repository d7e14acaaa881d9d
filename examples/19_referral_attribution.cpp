// Who brought a customer when several people say they did: rules, late news, a decision that stays,
// and what the shop's growth by referral looks like.

#include <iomanip>
#include <iostream>

#include "emptor/core/random.hpp"
#include "emptor/referral/attribution.hpp"
#include "emptor/referral/funnel.hpp"
#include "emptor/referral/growth.hpp"

using namespace std::chrono_literals;
using std::chrono::days;

int main() {
  const emptor::Time spring{emptor::Day{std::chrono::year{2026} / 3 / 1}};
  emptor::ReferralProgrammeTerms terms;
  terms.rule = emptor::AttributionRule::last;
  terms.protected_for = days{3};
  terms.qualification = {.minimum_order = 2000, .hold = days{14}};
  terms.methods[static_cast<std::size_t>(emptor::ReferralMethod::link)].rank = 1;  // codes first
  emptor::AttributionBook book(terms);

  // Ann's link is followed by somebody unknown, who types Ben's code four days later, signs up, and
  // buys. Only then is it heard that Cleo had entered the same person by hand.
  const emptor::Customer ann{0};
  const emptor::Customer ben{1};
  const emptor::Customer cleo{2};
  const emptor::Customer zoe{3};
  const emptor::Visitor browser{0};
  book.touch({.id = 1, .time = spring, .referrer = ann, .visitor = browser});
  book.touch({.id = 2,
              .time = spring + days{4},
              .referrer = ben,
              .visitor = browser,
              .method = emptor::ReferralMethod::code,
              .kind = emptor::TouchKind::claim});
  book.register_customer(zoe, spring + days{4} + 1h, browser);
  if (qualifies(terms.qualification, {.amount = 4950, .number = 1})) {
    book.qualify(zoe, spring + days{5});
  }
  const emptor::AttributionOutcome late = book.touch({.id = 3,
                                                      .time = spring + days{2},
                                                      .referrer = cleo,
                                                      .customer = zoe,
                                                      .method = emptor::ReferralMethod::manual,
                                                      .kind = emptor::TouchKind::claim});
  std::cout << "Cleo's claim, told late: " << name(late.state) << "\n";
  const emptor::AttributionExplanation why = book.explain(zoe, spring + days{5});
  for (const emptor::RaceStep& step : why.steps) {
    std::cout << "  customer " << index(step.touch.referrer) << ", "
              << emptor::to_string(emptor::local_day(step.touch.time)) << ", " << std::left
              << std::setw(7) << name(step.touch.method) << std::right << name(step.verdict)
              << "\n";
  }
  book.advance(spring + days{19});
  std::cout << "the claim of customer " << index(why.winner.referrer) << ":\n";
  for (const emptor::ClaimTransition& line : book.log()) {
    if (line.claim != why.winner.claim) continue;
    std::cout << "  " << emptor::to_string(line.time) << "  " << std::setw(10) << std::left
              << name(line.to) << std::right << "  by " << name(line.cause) << "\n";
  }

  // A made-up year: members invite others over two channels, and some of those come.
  emptor::AttributionBook year;
  std::vector<emptor::ReferralMember> members;
  std::uint64_t id = 0;
  for (std::uint32_t c = 0; c < 400; ++c) {
    const emptor::Customer customer{c};
    emptor::RandomStream random(19, c);
    const emptor::Time joined = spring + days{c * 3 / 4} + 1s * random.below(86'400);
    if (c >= 100 && random.bernoulli(0.6)) {  // brought by one who came not long before
      const emptor::Customer by{c - 1 - random.below(1 + random.below(90))};
      year.touch({.id = id++,
                  .time = joined - 1h * (1 + random.below(200)),
                  .referrer = by,
                  .customer = customer,
                  .channel = emptor::Channel{random.bernoulli(0.7) ? 0U : 1U}});
    }
    for (std::uint32_t lost = random.below(3); lost > 0; --lost) {  // who looked, and left
      year.touch({.id = id++,
                  .time = joined + days{random.below(60)},
                  .referrer = customer,
                  .visitor = emptor::Visitor{3 * c + lost},
                  .channel = emptor::Channel{random.below(2)}});
    }
    year.register_customer(customer, joined);
    if (random.bernoulli(0.7)) year.qualify(customer, joined + days{2});
    members.push_back({customer, joined});
  }
  const std::vector<emptor::ReferralPath> paths = year.paths();
  const emptor::Time now = spring + days{301};
  std::cout << "\nchannel  clicked  signed up  qualified  conversion\n";
  for (const emptor::FunnelRow& row :
       emptor::referral_funnel_of(paths, {}, {.as_of = now}).by_channel) {
    std::cout << std::setw(7) << index(row.channel) << std::setw(9)
              << row.at(emptor::FunnelStage::clicked) << std::setw(11)
              << row.at(emptor::FunnelStage::signed_up) << std::setw(11)
              << row.at(emptor::FunnelStage::qualified) << std::setw(11)
              << emptor::fixed(100 * row.conversion.rate, 0) << "%\n";
  }
  const auto growth = emptor::referral_growth_of(paths, members, {.as_of = now});
  std::cout << "\njoined   members  invited each  convert     k  so far\n";
  for (const emptor::ReferralCohort& cohort : growth.cohorts) {
    std::cout << cohort.label() << std::setw(9) << cohort.members << std::setw(14)
              << emptor::fixed(cohort.invites_each.value, 2) << std::setw(9)
              << emptor::fixed(cohort.conversion.value, 2) << std::setw(6)
              << emptor::fixed(cohort.k.value, 2) << std::setw(8)
              << emptor::fixed(cohort.k_observed, 2) << "\n";
  }
  std::cout << "\nbrought by somebody: " << emptor::fixed(100 * growth.referred.rate, 0)
            << "% of members; by generation:";
  for (const emptor::ReferralGeneration& one : growth.generations) {
    std::cout << " " << one.members;
  }
  std::cout << "\na round takes " << emptor::fixed(*growth.observed_cycle.p50 / 86'400, 0)
            << " days in the middle; the best tenth of referrers bring "
            << emptor::fixed(100 * growth.concentration.top_10_percent, 0) << "%\n";
}
