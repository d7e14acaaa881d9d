#include "emptor/reward/clawback.hpp"

#include <vector>

#include "emptor/core/random.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

/// Anna has 300 available and 200 + 100 pending, from a budget of 1000.
struct Beneficiary {
  Ledger ledger;
  LedgerUnit eur{Currency{"EUR"}};
  Account funding = ledger.account(house_account(AccountPurpose::funding, eur));
  Account budget = ledger.account(account_of(Programme{0}, AccountPurpose::budget, eur));
  Account anna = ledger.account(account_of(Customer{7}, AccountPurpose::available, eur));
  Account owed = ledger.account(account_of(Customer{7}, AccountPurpose::receivable, eur));
  std::vector<TransferId> pending{{0, 3}, {0, 4}, {0, 99}, {0, 3}};

  void move(std::uint64_t id, Account from, Account to, std::int64_t amount, TransferKind kind) {
    Transfer t;
    t.id = {0, id};
    t.amount = amount;
    t.debit = from;
    t.credit = to;
    t.kind = kind;
    REQUIRE(ledger.post(t) == TransferRefusal::none);
  }
  Beneficiary() {
    move(1, funding, budget, 1000, TransferKind::posted);
    move(2, budget, anna, 300, TransferKind::posted);
    move(3, budget, anna, 200, TransferKind::pending);
    move(4, budget, anna, 100, TransferKind::pending);
  }
  [[nodiscard]] ClawbackRequest request(std::int64_t amount, ClawbackPolicy policy) const {
    ClawbackRequest out;
    out.id = {5, 5};
    out.amount = amount;
    out.policy = policy;
    out.pending = pending;
    out.available = anna;
    out.receivable = owed;
    out.to = budget;
    return out;
  }
  ClawbackResult take_back(const ClawbackRequest& wanted) {
    std::vector<Transfer> transfers;
    const ClawbackResult result = plan_clawback(ledger, wanted, transfers);
    std::vector<TransferRefusal> out(transfers.size());
    REQUIRE(ledger.post(transfers, out).taken == transfers.size());
    REQUIRE(result.from_pending + result.from_available + result.owed + result.not_taken ==
            wanted.amount);
    return result;
  }
  [[nodiscard]] std::int64_t held() const { return ledger.balance(anna).credits_pending; }
};

TEST_CASE("A clawback of what is pending frees whole transfers and splits the last") {
  Beneficiary b;
  const ClawbackResult result = b.take_back(b.request(250, ClawbackPolicy::only_pending));
  CHECK(result.from_pending == 250);
  CHECK(b.held() == 50);
  CHECK(b.ledger.balance(b.anna).posted() == 300);
  CHECK(b.ledger.balance(b.budget).free() == 650);
  const ClawbackResult again = b.take_back(b.request(250, ClawbackPolicy::only_pending));
  CHECK(again.already_there);
  CHECK(again.from_pending == 250);
  CHECK(again.not_taken == 0);
  CHECK(b.held() == 50);

  Beneficiary c;
  const ClawbackResult all = c.take_back(c.request(1000, ClawbackPolicy::only_pending));
  CHECK(all.from_pending == 300);
  CHECK(all.not_taken == 700);
  CHECK(c.ledger.balance(c.anna).posted() == 300);
}

TEST_CASE("A clawback within the balance never goes below zero") {
  Beneficiary b;
  const ClawbackResult result = b.take_back(b.request(1000, ClawbackPolicy::within_balance));
  CHECK(result.from_pending == 300);
  CHECK(result.from_available == 300);
  CHECK(result.not_taken == 400);
  CHECK(b.ledger.balance(b.anna).posted() == 0);
  CHECK(b.ledger.balance(b.budget).posted() == 1000);
  CHECK(b.take_back(b.request(1000, ClawbackPolicy::within_balance)).not_taken == 400);
}

TEST_CASE("An unlimited clawback leaves a receivable that later rewards settle") {
  Beneficiary b;
  const ClawbackResult result = b.take_back(b.request(700, ClawbackPolicy::unlimited));
  CHECK(result.owed == 100);
  CHECK(b.ledger.balance(b.owed).posted() == -100);
  CHECK(b.ledger.balance(b.budget).posted() == 1100);
  CHECK(b.take_back(b.request(700, ClawbackPolicy::unlimited)).owed == 100);
  CHECK_FALSE(plan_settlement(b.ledger, {6, 1}, b.anna, b.owed, Time{}).has_value());
  b.move(20, b.budget, b.anna, 60, TransferKind::posted);
  const auto part = plan_settlement(b.ledger, {6, 1}, b.anna, b.owed, Time{});
  REQUIRE(part.has_value());
  CHECK(b.ledger.post(*part) == TransferRefusal::none);
  CHECK(b.ledger.balance(b.owed).posted() == -40);
  b.move(21, b.budget, b.anna, 60, TransferKind::posted);
  CHECK(b.ledger.post(*plan_settlement(b.ledger, {6, 2}, b.anna, b.owed, Time{})) ==
        TransferRefusal::none);
  CHECK(b.ledger.balance(b.owed).posted() == 0);
  CHECK(b.ledger.balance(b.anna).posted() == 20);
  CHECK_FALSE(plan_settlement(b.ledger, {6, 3}, b.anna, b.owed, Time{}).has_value());
}

TEST_CASE("A clawback asks for an id, an amount and the accounts its policy needs") {
  Beneficiary b;
  std::vector<Transfer> out;
  ClawbackRequest request = b.request(0, ClawbackPolicy::unlimited);
  CHECK_THROWS_AS(plan_clawback(b.ledger, request, out), Exception);
  request = b.request(1, ClawbackPolicy::unlimited);
  request.receivable = no_account;
  CHECK_THROWS_AS(plan_clawback(b.ledger, request, out), Exception);
  request = b.request(1, ClawbackPolicy::unlimited);
  request.id = {};
  CHECK_THROWS_AS(plan_clawback(b.ledger, request, out), Exception);
  request = b.request(1, ClawbackPolicy::within_balance);
  request.pending = {};
  request.available = no_account;
  CHECK(plan_clawback(b.ledger, request, out).not_taken == 1);
  CHECK(out.empty());
  CHECK(name(ClawbackPolicy::within_balance) == "within_balance");
}

TEST_CASE("Clawbacks of any amounts take exactly what there is") {
  RandomStream random(3, 0);
  for (int round = 0; round < 200; ++round) {
    Beneficiary b;
    std::int64_t pending = 300;
    std::int64_t available = 300;
    std::int64_t owed = 0;
    for (std::uint64_t i = 0; i < 6; ++i) {
      ClawbackRequest request =
          b.request(1 + random.below(300), static_cast<ClawbackPolicy>(random.below(3)));
      request.id = {5, i + 1};
      std::vector<TransferId> all;
      for (const LedgerRecord& record : b.ledger.records()) all.push_back(record.id);
      request.pending = all;
      const ClawbackResult result = b.take_back(request);
      REQUIRE(result.from_pending == std::min(pending, request.amount));
      pending -= result.from_pending;
      const std::int64_t rest = request.amount - result.from_pending;
      REQUIRE(result.from_available ==
              (request.policy == ClawbackPolicy::only_pending ? 0 : std::min(available, rest)));
      available -= result.from_available;
      owed += result.owed;
      REQUIRE(b.held() == pending);
      REQUIRE(b.ledger.balance(b.anna).posted() == available);
      REQUIRE(b.ledger.balance(b.owed).posted() == -owed);
      REQUIRE(b.ledger.balance(b.budget).posted() == 1000 - available + owed);
    }
  }
}

}  // namespace
