#include "emptor/reward/statement.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/ledger_traffic.hpp"

namespace {

using namespace emptor;

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

std::string gathered(void (*write)(const Ledger&, TextSink), const Ledger& ledger) {
  std::string out;
  const auto sink = [&](std::string_view part) { out += part; };
  write(ledger, sink);
  return out;
}

struct Story {
  Ledger ledger;
  LedgerUnit eur{Currency{"EUR"}};
  Account funding = ledger.account(house_account(AccountPurpose::funding, eur));
  Account budget = ledger.account(account_of(Programme{3}, AccountPurpose::budget, eur));
  Account anna = ledger.account(account_of(Customer{7}, AccountPurpose::available, eur));

  void move(std::uint64_t id, Account from, Account to, std::int64_t amount, TransferKind kind,
            std::uint64_t pending = 0, std::uint32_t timeout = 0) {
    Transfer t;
    t.id = {0, id};
    t.pending = {0, pending};
    t.amount = amount;
    t.time = ledger.now();
    t.debit = from;
    t.credit = to;
    t.kind = kind;
    t.code = 4;
    t.reference = 99;
    t.timeout = timeout;
    REQUIRE(ledger.post(t) == TransferRefusal::none);
  }
  Story() {
    ledger.advance(at(1000));
    move(1, funding, budget, 100'000, TransferKind::posted);
    ledger.advance(at(2000));
    move(2, budget, anna, 1250, TransferKind::pending);
    move(3, budget, anna, 500, TransferKind::pending, 0, 100);
    ledger.advance(at(3000));
    move(4, no_account, no_account, 1000, TransferKind::post_pending, 2);
  }
};

TEST_CASE("A statement tells what changed an account, and its balances after each") {
  const Story story;
  const AccountStatement all = account_statement(story.ledger, story.anna);
  REQUIRE(all.lines.size() == 4);
  CHECK(all.opening == 0);
  CHECK(all.closing == 1000);
  CHECK(all.closing_held == 0);
  CHECK(all.lines[0].held == 1250);
  CHECK(all.lines[1].held_balance == 1750);
  CHECK(all.lines[2].kind == TransferKind::timed_out);
  CHECK(all.lines[2].held == -500);
  CHECK(all.lines[2].time == at(2100));
  CHECK(all.lines[2].recorded == at(3000));
  CHECK(all.lines[3].posted == 1000);
  CHECK(all.lines[3].held == -1250);
  CHECK(all.lines[3].balance == 1000);
  CHECK(all.lines[3].other == story.ledger.key(story.budget));
  CHECK(all.lines[3].code == 4);

  const AccountStatement late = account_statement(story.ledger, story.budget, {at(3000), at(4000)});
  CHECK(late.opening == 100'000);
  CHECK(late.opening_held == -1750);
  REQUIRE(late.lines.size() == 2);
  CHECK(late.closing == 99'000);
  const AccountStatement early = account_statement(story.ledger, story.budget, {at(0), at(2000)});
  CHECK(early.lines.size() == 1);
  CHECK(early.closing == 100'000);
  CHECK(early.closing_held == 0);
  CHECK_THROWS_AS(account_statement(story.ledger, Account{9}), Exception);
}

TEST_CASE("A trial balance sums accounts by unit and purpose, and balances") {
  const Story story;
  const TrialBalance balance = trial_balance(story.ledger);
  CHECK(balance.balanced);
  REQUIRE(balance.rows.size() == 3);
  CHECK(balance.rows[0].purpose == AccountPurpose::funding);
  CHECK(balance.rows[0].sums == AccountBalance{0, 100'000, 0, 0});
  CHECK(balance.rows[1].sums == AccountBalance{0, 1000, 0, 100'000});
  CHECK(balance.rows[2].sums == AccountBalance{0, 0, 0, 1000});
  CHECK(balance.rows[2].accounts == 1);
  CHECK(trial_balance(Ledger()).rows.empty());
}

TEST_CASE("Transfers and accounts as rows for other programs") {
  const Story story;
  const std::string csv = gathered(write_transfers_csv, story.ledger);
  CHECK(csv.find("\r\n1,00000000000000000000000000000002,pending,programme-3/budget/EUR,"
                 "customer-7/available/EUR,EUR,1250,12.50,1970-01-01T00:33:20Z,"
                 "1970-01-01T00:33:20Z,99,4,,,\r\n") != std::string::npos);
  CHECK(csv.find("\r\n3,,timed_out,programme-3/budget/EUR,customer-7/available/EUR,EUR,500,5.00,"
                 "1970-01-01T00:35:00Z,1970-01-01T00:50:00Z,99,4,,"
                 "00000000000000000000000000000003,\r\n") != std::string::npos);
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 6);
  const std::string json = gathered(write_transfers_json_lines, story.ledger);
  CHECK(json.find("{\"record\":4,\"kind\":\"post_pending\",\"debit\":\"programme-3/budget/EUR\","
                  "\"credit\":\"customer-7/available/EUR\",\"unit\":\"EUR\",\"amount\":1000,"
                  "\"value\":\"10.00\",\"code\":4,\"id\":\"00000000000000000000000000000004\","
                  "\"time\":\"1970-01-01T00:50:00Z\",\"recorded\":\"1970-01-01T00:50:00Z\","
                  "\"reference\":\"99\",\"resolves\":\"00000000000000000000000000000002\"}\n") !=
        std::string::npos);
  const std::string accounts = gathered(write_accounts_csv, story.ledger);
  CHECK(accounts.find("customer-7/available/EUR,customer,7,available,EUR,0,0,0,1000,1000\r\n") !=
        std::string::npos);
}

TEST_CASE("Statements of busy accounts end at their balances, and rows never lack a field") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    test::LedgerTraffic traffic(seed, false);
    Ledger ledger;
    traffic.open_accounts(ledger);
    for (int b = 0; b < 40; ++b) {
      ledger.advance(traffic.tick());
      const std::vector<Transfer> batch = traffic.batch(20);
      std::vector<TransferRefusal> out(batch.size());
      ledger.post(batch, out);
    }
    for (std::size_t a = 0; a < ledger.accounts(); ++a) {
      const AccountBalance& of = ledger.balance(id_at<Account>(a));
      const AccountStatement all = account_statement(ledger, id_at<Account>(a));
      REQUIRE(all.closing == of.posted());
      REQUIRE(all.closing_held == of.credits_pending - of.debits_pending);
      // Two windows that meet are the whole.
      const Time middle =
          ledger.recorded_at(static_cast<std::uint32_t>(ledger.records().size() / 2));
      const AccountStatement first =
          account_statement(ledger, id_at<Account>(a), {Time::min(), middle});
      const AccountStatement second =
          account_statement(ledger, id_at<Account>(a), {middle, Time::max()});
      REQUIRE(first.closing == second.opening);
      REQUIRE(first.closing_held == second.opening_held);
      REQUIRE(second.closing == all.closing);
      REQUIRE(first.lines.size() + second.lines.size() == all.lines.size());
    }
    REQUIRE(trial_balance(ledger).balanced);
    const std::string csv = gathered(write_transfers_csv, ledger);
    REQUIRE(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), ',')) ==
            14 * (ledger.records().size() + 1));
    const std::string json = gathered(write_transfers_json_lines, ledger);
    REQUIRE(static_cast<std::size_t>(std::count(json.begin(), json.end(), '\n')) ==
            ledger.records().size());
  }
}

}  // namespace
