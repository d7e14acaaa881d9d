// A referral programme from the first click to the last refund: who brought whom, what each was
// paid and why, and what happens when two customers turn out to be one.

#include <iostream>

#include "emptor/hub/merge_hub.hpp"
#include "emptor/hub/referral_programme.hpp"

namespace {

const emptor::Currency eur("EUR");
constexpr emptor::Customer ann{0};
constexpr emptor::Customer ben{1};
constexpr emptor::Customer cleo{2};
constexpr emptor::Customer dora{3};

emptor::Time day(int days) {
  return emptor::Day{std::chrono::year{2026} / 3 / 1} + std::chrono::days{days};
}

// 10 % to who brought the customer, 4 % to who brought that one, at most 50 EUR a month each;
// 14 days of waiting; 5 EUR of welcome with the first order.
emptor::RewardPlan plan() {
  emptor::RewardPlanDraft draft;
  draft.id = "bring-a-friend";
  draft.currency = eur;
  draft.budget = 100'000;
  for (const std::int64_t level : {1, 2}) {
    emptor::RewardRule rule;
    rule.id = level == 1 ? "friend" : "friend-of-friend";
    rule.beneficiary.level = level;
    rule.amount = emptor::share_reward(level == 1 ? 1'000 : 400);
    rule.hold.duration = std::chrono::days{14};
    draft.rules.push_back(rule);
  }
  emptor::RewardRule welcome;
  welcome.id = "welcome";
  welcome.beneficiary.party = emptor::RewardParty::referee;
  welcome.amount = emptor::fixed_reward(500);
  welcome.trigger.campaigns = {emptor::Campaign{0}};
  welcome.trigger.last = 1;
  draft.rules.push_back(welcome);
  emptor::RewardCap cap;
  cap.id = "monthly";
  cap.per = {emptor::RewardCapPer::beneficiary};
  cap.window = emptor::RewardCapWindow::month;
  cap.limit = 5'000;
  draft.caps.push_back(cap);
  return emptor::RewardPlan(draft);
}

void bring(emptor::ReferralProgramme& programme, emptor::Customer referrer,
           emptor::Customer customer, int on) {
  emptor::ReferralTouch touch;
  touch.id = static_cast<std::uint64_t>(customer);
  touch.time = day(on);
  touch.referrer = referrer;
  touch.customer = customer;
  touch.campaign = emptor::Campaign{0};
  touch.method = emptor::ReferralMethod::code;
  programme.touch(touch);
  programme.sign_up(customer, day(on));
}

void buy(emptor::ReferralProgramme& programme, std::uint64_t order, emptor::Customer customer,
         std::int64_t cents, int on, std::uint32_t ordinal = 1) {
  emptor::RewardOccasion occasion;
  occasion.event = order;
  occasion.customer = customer;
  occasion.time = day(on);
  occasion.gross = occasion.net = occasion.margin = cents;
  occasion.ordinal = ordinal;
  const emptor::ProgrammeOutcome outcome = programme.order(occasion);
  std::cout << "order " << order << " of customer " << static_cast<unsigned>(customer) << ", "
            << to_string(emptor::Money{cents, eur}) << ":\n";
  for (const emptor::RewardDecision& decision : outcome.decisions) {
    std::cout << "  customer " << static_cast<unsigned>(decision.key.beneficiary) << ": "
              << programme.engine().explain(decision) << "\n";
  }
}

void wallets(const emptor::ReferralProgramme& programme, const char* when) {
  std::cout << when << ":\n";
  for (const emptor::Customer who : {ann, ben, cleo, dora}) {
    const emptor::WalletBalance wallet = programme.payout().balance(who, eur);
    std::cout << "  customer " << static_cast<unsigned>(who) << "  available "
              << emptor::decimal_text(wallet.available, 2) << "  held "
              << emptor::decimal_text(wallet.held, 2) << "  owed "
              << emptor::decimal_text(wallet.owed, 2) << "\n";
  }
}

}  // namespace

int main() {
  emptor::ReferralProgrammeOptions options;
  options.terms.name = "Bring a friend";
  options.terms.campaigns = {{.campaign = emptor::Campaign{0}, .name = "spring"}};
  options.payout.clawback = emptor::RewardClawback::unlimited;
  emptor::ReferralProgramme programme(options, plan());
  emptor::MergeHub hub;
  hub.add("referral", programme);
  programme.fund({100'000, eur}, day(0), emptor::transfer_id({1}));

  programme.sign_up(ann, day(0));
  bring(programme, ann, ben, 1);    // ann brings ben,
  bring(programme, ben, cleo, 3);   // ben brings cleo,
  bring(programme, cleo, dora, 5);  // cleo brings dora

  buy(programme, 101, cleo, 24'990, 6);
  buy(programme, 102, dora, 60'000, 7);
  programme.advance(day(8));
  wallets(programme, "\nA week later");
  programme.advance(day(22));
  wallets(programme, "After the waiting time");

  // A third of the first order comes back, then the rest.
  for (std::uint32_t revision = 1; const std::int64_t left : {16'660, 0}) {
    emptor::RewardAdjustment refund;
    refund.event = 101;
    refund.revision = revision++;
    refund.gross = refund.net = refund.margin = left;
    refund.time = day(23);
    programme.correct(refund);
    wallets(programme, left > 0 ? "\nA third came back" : "All of it came back");
  }

  // Cleo and dora have one phone number: what cleo earned with dora was a referral of oneself.
  const emptor::MergeId merge = hub.merge(cleo, dora, day(24), "same phone number").event.id;
  wallets(programme, "\nCustomers 2 and 3 are one");
  (void)hub.unmerge(merge, day(25), "mother and daughter");
  wallets(programme, "Two after all");

  std::int64_t sum = 0;
  const emptor::Ledger& ledger = programme.ledger();
  for (std::size_t a = 0; a < ledger.accounts(); ++a) {
    const emptor::Account account = emptor::id_at<emptor::Account>(a);
    if (ledger.key(account).unit == emptor::LedgerUnit(eur)) {
      sum += ledger.balance(account).posted();
    }
  }
  std::cout << "\n"
            << ledger.records().size() << " transfers; the sum over all accounts is " << sum
            << "\n";
  return sum == 0 ? 0 : 1;
}
