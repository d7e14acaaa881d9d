// A referral reward through the ledger: held, released, paid out, taken back after a refund; kept
// in a log that survives crashes; a statement that the customer could read.

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "emptor/reward/clawback.hpp"
#include "emptor/reward/durable_ledger.hpp"
#include "emptor/reward/statement.hpp"

using namespace emptor;

namespace {

Time day(int number) {
  return Time{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}} +
         std::chrono::days{number - 1};
}

void say(const char* what, TransferRefusal refusal) {
  std::printf("%-42s %s\n", what,
              refusal == TransferRefusal::none ? "taken" : std::string(name(refusal)).c_str());
}

}  // namespace

int main() {
  const std::string path =
      (std::filesystem::temp_directory_path() / "emptor_example_ledger.log").string();
  std::filesystem::remove(path);

  const Currency eur{"EUR"};
  enum Code : std::uint16_t { funding = 1, reward = 2, payout = 3, refund = 4 };
  constexpr std::uint64_t order = 4711;
  {
    Result<DurableLedger> durable = DurableLedger::open_file(path);
    if (!durable) return std::puts(durable.error().to_string().c_str()), 1;
    Ledger& ledger = durable->ledger();
    const Account house = ledger.account(house_account(AccountPurpose::funding, eur));
    const Account budget = ledger.account(account_of(Programme{0}, AccountPurpose::budget, eur));
    const Account anna = ledger.account(account_of(Customer{7}, AccountPurpose::available, eur));
    const Account owed = ledger.account(account_of(Customer{7}, AccountPurpose::receivable, eur));
    const Account paid = ledger.account(account_of(Customer{7}, AccountPurpose::paid, eur));

    ledger.advance(day(1));
    say("budget of 100.00", ledger.post({.id = transfer_id({1}),
                                         .pending = {},
                                         .amount = 100'00,
                                         .time = day(1),
                                         .debit = house,
                                         .credit = budget,
                                         .code = funding}));

    // Anna brought Ben, Ben ordered: 12.50 for her, held for two weeks.
    ledger.advance(day(2));
    const Transfer held{.id = transfer_id({order, reward, 7, 0}),
                        .pending = {},
                        .amount = 12'50,
                        .time = day(2),
                        .reference = order,
                        .debit = budget,
                        .credit = anna,
                        .code = reward,
                        .kind = TransferKind::pending};
    say("reward of 12.50, held", ledger.post(held));
    say("the same message a second time", ledger.post(held));
    Transfer other = held;
    other.amount = 99'99;
    say("another amount under the same id", ledger.post(other));

    ledger.advance(day(16));
    say("released", ledger.post({.id = transfer_id({order, reward, 7, 1}),
                                 .pending = held.id,
                                 .time = day(16),
                                 .reference = order,
                                 .code = reward,
                                 .kind = TransferKind::post_pending}));
    Transfer out{.id = transfer_id({900}),
                 .pending = {},
                 .amount = 20'00,
                 .time = day(17),
                 .debit = anna,
                 .credit = paid,
                 .code = payout};
    say("paid out: 20.00", ledger.post(out));
    out.amount = 10'00;
    say("paid out: 10.00", ledger.post(out));

    // Ben sends everything back: 2.50 are there, 10.00 she owes.
    std::vector<Transfer> back;
    const ClawbackResult taken = plan_clawback(ledger,
                                               {.id = transfer_id({order, refund}),
                                                .amount = 12'50,
                                                .policy = ClawbackPolicy::unlimited,
                                                .pending = {},
                                                .available = anna,
                                                .receivable = owed,
                                                .to = budget,
                                                .time = day(20),
                                                .reference = order,
                                                .code = refund},
                                               back);
    std::vector<TransferRefusal> answers(back.size());
    ledger.post(back, answers);
    std::printf("taken back: %lld available, %lld owed\n",
                static_cast<long long>(taken.from_available), static_cast<long long>(taken.owed));

    if (Result<void> done = durable->commit(); !done) {
      return std::puts(done.error().to_string().c_str()), 1;
    }
    say("posted and not committed", ledger.post({.id = transfer_id({2}),
                                                 .pending = {},
                                                 .amount = 1,
                                                 .time = day(20),
                                                 .debit = house,
                                                 .credit = budget}));
    // The process ends here without a word.
  }

  const Result<DurableLedger> again = DurableLedger::open_file(path);
  if (!again) return std::puts(again.error().to_string().c_str()), 1;
  const Ledger& ledger = again->ledger();
  std::printf("\nafter the crash: %llu transfers in %llu frame, chain %.16s...\n",
              static_cast<unsigned long long>(again->recovery().transfers),
              static_cast<unsigned long long>(again->frames()), to_hex(again->chain()).c_str());

  const Account anna = ledger.find(account_of(Customer{7}, AccountPurpose::available, eur));
  std::printf("\n%-21s %-13s %9s %9s %9s %9s\n", "time", "kind", "posted", "held", "balance",
              "on hold");
  for (const StatementLine& line : account_statement(ledger, anna).lines) {
    const auto cents = [&](std::int64_t amount) { return decimal_text(amount, eur.digits()); };
    std::printf("%-21s %-13s %9s %9s %9s %9s\n", to_string(line.time).c_str(),
                std::string(name(line.kind)).c_str(), cents(line.posted).c_str(),
                cents(line.held).c_str(), cents(line.balance).c_str(),
                cents(line.held_balance).c_str());
  }

  const TrialBalance all = trial_balance(ledger);
  std::printf("\n");
  for (const TrialBalanceRow& row : all.rows) {
    std::printf("%-11s %9s\n", std::string(name(row.purpose)).c_str(),
                decimal_text(row.sums.posted(), eur.digits()).c_str());
  }
  std::printf("%s\n", all.balanced ? "it balances" : "it does not balance");
  std::filesystem::remove(path);
}
