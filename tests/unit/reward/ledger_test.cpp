#include "emptor/reward/ledger.hpp"

#include <string>
#include <vector>

#include "emptor/reward/ledger_log.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

const LedgerUnit eur{Currency{"EUR"}};

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

/// A budget of 1000, a customer's available account, and the funding the budget came from.
struct Shop {
  Ledger ledger{LedgerOptions{.index_references = true}};
  Account funding = ledger.account(house_account(AccountPurpose::funding, eur));
  Account budget = ledger.account(account_of(Programme{0}, AccountPurpose::budget, eur));
  Account anna = ledger.account(account_of(Customer{7}, AccountPurpose::available, eur));
  Account paid = ledger.account(account_of(Customer{7}, AccountPurpose::paid, eur));

  Shop() {
    ledger.advance(at(100));
    REQUIRE(move(1, funding, budget, 1000) == TransferRefusal::none);
  }
  static Transfer transfer(std::uint64_t id, Account from, Account to, std::int64_t amount) {
    Transfer out;
    out.id = {0, id};
    out.amount = amount;
    out.time = at(100);
    out.debit = from;
    out.credit = to;
    return out;
  }
  TransferRefusal move(std::uint64_t id, Account from, Account to, std::int64_t amount) {
    return ledger.post(transfer(id, from, to, amount));
  }
  TransferRefusal hold(std::uint64_t id, std::int64_t amount, std::uint32_t timeout = 0) {
    Transfer out = transfer(id, budget, anna, amount);
    out.kind = TransferKind::pending;
    out.timeout = timeout;
    return ledger.post(out);
  }
  static Transfer resolve(std::uint64_t id, std::uint64_t pending, TransferKind kind,
                          std::int64_t amount = 0) {
    Transfer out;
    out.id = {0, id};
    out.pending = {0, pending};
    out.kind = kind;
    out.amount = amount;
    out.time = at(101);
    return out;
  }
};

TEST_CASE("A ledger's accounts have one key each") {
  Ledger ledger;
  const AccountKey key = account_of(Customer{1}, AccountPurpose::available, eur);
  CHECK(ledger.find(key) == no_account);
  const Account account = ledger.account(key);
  CHECK(ledger.account(key) == account);
  CHECK(ledger.find(key) == account);
  CHECK(ledger.key(account) == key);
  CHECK(ledger.flags(account) == AccountFlags::debits_must_not_exceed_credits);
  CHECK(ledger.open(key, AccountFlags::none).error().code == ErrorCode::duplicate);
  CHECK(ledger.open(key, ledger.flags(account)).value() == account);
  CHECK(to_string(key) == "customer-1/available/EUR");
  CHECK(to_string(account_of(Campaign{2}, AccountPurpose::written_off, LedgerUnit::points(3))) ==
        "campaign-2/written_off/points-3");
  AccountKey wrong = key;
  wrong.unit = LedgerUnit::from_word(0xFFFFFFFFU);
  CHECK_THROWS_AS(ledger.account(wrong), Exception);
  CHECK_THROWS_AS(ledger.balance(Account{9}), Exception);
  for (std::uint32_t c = 0; c < 5000; ++c) {
    ledger.account(account_of(Customer{c}, AccountPurpose::paid, LedgerUnit{}));
  }
  CHECK(ledger.accounts() == 5001);
  CHECK(index(ledger.find(account_of(Customer{4999}, AccountPurpose::paid, LedgerUnit{}))) == 5000);
  CHECK(ledger.find(account_of(Programme{4}, AccountPurpose::paid, LedgerUnit{})) == no_account);
}

TEST_CASE("A unit is a currency or points of a scheme") {
  CHECK(eur.currency() == Currency{"EUR"});
  CHECK_FALSE(eur.is_points());
  CHECK(LedgerUnit::from_word(eur.word()) == eur);
  CHECK(LedgerUnit::points(5).scheme() == 5);
  CHECK(LedgerUnit{Currency{"AAA"}} != LedgerUnit{});
  CHECK(LedgerUnit{Currency{"ZZZ"}}.is_valid());
  CHECK_FALSE(LedgerUnit::from_word(0x80000000U | 31U << 10).is_valid());
  CHECK_THROWS_AS(LedgerUnit::points(0x80000000U), Exception);
}

TEST_CASE("A transfer moves its amount once") {
  Shop shop;
  CHECK(shop.move(2, shop.budget, shop.anna, 250) == TransferRefusal::none);
  CHECK(shop.move(2, shop.budget, shop.anna, 250) == TransferRefusal::already_there);
  CHECK(shop.ledger.balance(shop.anna).posted() == 250);
  CHECK(shop.ledger.balance(shop.budget).posted() == 750);
  CHECK(shop.ledger.balance(shop.funding).posted() == -1000);
  CHECK(shop.ledger.posted({0, 2}) == 250);
  CHECK(shop.ledger.posted({0, 3}) == 0);
  CHECK(shop.ledger.recorded_at(0) == at(100));

  std::vector<Transfer> others(7, Shop::transfer(2, shop.budget, shop.anna, 250));
  others[0].amount = 251;
  others[1].time = at(99);
  others[2].reference = 1;
  others[3].code = 1;
  others[4].credit = shop.paid;
  others[5].kind = TransferKind::pending;
  others[6].pending = {0, 1};
  for (const Transfer& other : others) {
    CHECK(shop.ledger.post(other) == TransferRefusal::other_content);
  }
  CHECK(shop.ledger.records().size() == 2);
}

TEST_CASE("What a ledger refuses, and why") {
  Shop shop;
  const auto usd = shop.ledger.account(
      account_of(Customer{7}, AccountPurpose::available, LedgerUnit{Currency{"USD"}}));
  const auto owed = shop.ledger.account(account_of(Customer{7}, AccountPurpose::receivable, eur));
  CHECK(shop.move(0, shop.budget, shop.anna, 1) == TransferRefusal::no_id);
  CHECK(shop.move(2, shop.budget, shop.anna, 0) == TransferRefusal::amount_not_positive);
  CHECK(shop.move(2, shop.budget, shop.anna, -5) == TransferRefusal::amount_not_positive);
  CHECK(shop.move(2, shop.budget, shop.budget, 1) == TransferRefusal::same_account);
  CHECK(shop.move(2, shop.budget, no_account, 1) == TransferRefusal::unknown_account);
  CHECK(shop.move(2, Account{77}, shop.anna, 1) == TransferRefusal::unknown_account);
  CHECK(shop.move(2, shop.budget, usd, 1) == TransferRefusal::different_units);
  CHECK(shop.move(2, shop.budget, shop.anna, 1001) == TransferRefusal::exceeds_credits);
  CHECK(shop.move(2, shop.budget, owed, 1) == TransferRefusal::exceeds_debits);
  CHECK(shop.move(2, shop.funding, shop.budget, std::numeric_limits<std::int64_t>::max()) ==
        TransferRefusal::overflow);
  Transfer odd = Shop::transfer(2, shop.budget, shop.anna, 1);
  odd.timeout = 1;
  CHECK(shop.ledger.post(odd) == TransferRefusal::not_pending);
  odd.timeout = 0;
  odd.pending = {0, 1};
  CHECK(shop.ledger.post(odd) == TransferRefusal::not_pending);
  odd.pending = {};
  odd.kind = TransferKind::timed_out;
  CHECK(shop.ledger.post(odd) == TransferRefusal::unknown_kind);
  odd.kind = static_cast<TransferKind>(99);
  CHECK(shop.ledger.post(odd) == TransferRefusal::unknown_kind);
  CHECK(shop.ledger.records().size() == 1);
  CHECK(shop.move(2, shop.budget, shop.anna, 1000) == TransferRefusal::none);
  std::vector<TransferRefusal> none;
  CHECK_THROWS_AS(shop.ledger.post(std::span(&odd, 1), none), Exception);
  CHECK(name(TransferRefusal::linked_open) == "linked_open");
  CHECK(name(TransferRefusal::exceeds_credits) == "exceeds_credits");
}

TEST_CASE("A pending transfer is resolved once") {
  Shop shop;
  CHECK(shop.hold(2, 400) == TransferRefusal::none);
  CHECK(shop.ledger.balance(shop.budget).free() == 600);
  CHECK(shop.ledger.balance(shop.anna).posted() == 0);
  CHECK(shop.ledger.balance(shop.anna).credits_pending == 400);
  CHECK(shop.hold(3, 601) == TransferRefusal::exceeds_credits);
  CHECK(shop.ledger.posted({0, 2}) == 0);
  CHECK(shop.ledger.pending_state(1) == PendingState::waiting);

  Transfer post = Shop::resolve(4, 2, TransferKind::post_pending, 300);
  Transfer wrong = post;
  wrong.amount = 401;
  CHECK(shop.ledger.post(wrong) == TransferRefusal::pending_exceeded);
  wrong.amount = -1;
  CHECK(shop.ledger.post(wrong) == TransferRefusal::amount_not_positive);
  wrong = post;
  wrong.credit = shop.paid;
  CHECK(shop.ledger.post(wrong) == TransferRefusal::pending_other_account);
  wrong = post;
  wrong.pending = {0, 9};
  CHECK(shop.ledger.post(wrong) == TransferRefusal::pending_not_found);
  wrong.pending = {0, 1};
  CHECK(shop.ledger.post(wrong) == TransferRefusal::pending_other_kind);
  wrong = post;
  wrong.timeout = 5;
  CHECK(shop.ledger.post(wrong) == TransferRefusal::not_pending);
  CHECK(shop.ledger.post(Shop::resolve(4, 2, TransferKind::void_pending, 300)) ==
        TransferRefusal::pending_exceeded);

  CHECK(shop.ledger.post(post) == TransferRefusal::none);
  CHECK(shop.ledger.balance(shop.anna) == AccountBalance{0, 0, 0, 300});
  CHECK(shop.ledger.balance(shop.budget) == AccountBalance{0, 300, 0, 1000});
  CHECK(shop.ledger.posted({0, 2}) == 300);
  CHECK(shop.ledger.pending_state(1) == PendingState::posted);
  CHECK(shop.ledger.post(post) == TransferRefusal::already_there);
  post.debit = shop.budget;
  CHECK(shop.ledger.post(post) == TransferRefusal::already_there);
  post.amount = 0;
  CHECK(shop.ledger.post(post) == TransferRefusal::other_content);
  CHECK(shop.ledger.post(Shop::resolve(5, 2, TransferKind::void_pending)) ==
        TransferRefusal::pending_posted);

  CHECK(shop.hold(6, 100) == TransferRefusal::none);
  CHECK(shop.ledger.post(Shop::resolve(7, 6, TransferKind::void_pending)) == TransferRefusal::none);
  CHECK(shop.ledger.post(Shop::resolve(7, 6, TransferKind::void_pending)) ==
        TransferRefusal::already_there);
  CHECK(shop.ledger.post(Shop::resolve(8, 6, TransferKind::post_pending)) ==
        TransferRefusal::pending_voided);
  CHECK(shop.ledger.balance(shop.budget).free() == 700);
}

TEST_CASE("A pending transfer times out exactly at its time plus its timeout") {
  Shop shop;
  CHECK(shop.hold(2, 400, 50) == TransferRefusal::none);
  CHECK(shop.hold(3, 100, 20) == TransferRefusal::none);
  CHECK(shop.hold(4, 100, 0) == TransferRefusal::none);
  shop.ledger.advance(at(119));
  CHECK(shop.ledger.balance(shop.budget).free() == 400);
  shop.ledger.advance(at(120));
  CHECK(shop.ledger.balance(shop.budget).free() == 500);
  CHECK(shop.ledger.pending_state(2) == PendingState::timed_out);
  CHECK(shop.ledger.records().back().kind == TransferKind::timed_out);
  CHECK(shop.ledger.records().back().time == at(120));
  CHECK(shop.ledger.post(Shop::resolve(5, 3, TransferKind::post_pending)) ==
        TransferRefusal::pending_timed_out);
  CHECK(shop.ledger.post(Shop::resolve(6, 2, TransferKind::post_pending)) == TransferRefusal::none);
  shop.ledger.advance(at(119));
  CHECK(shop.ledger.now() == at(120));
  shop.ledger.advance(at(1000));
  CHECK(shop.ledger.balance(shop.budget).free() == 500);
  CHECK(shop.hold(7, 1, 900) == TransferRefusal::timeout_passed);
  CHECK(shop.hold(7, 1, 901) == TransferRefusal::none);
  Transfer forever = Shop::transfer(8, shop.budget, shop.anna, 1);
  forever.kind = TransferKind::pending;
  forever.time = Time::max();
  forever.timeout = 1;
  CHECK(shop.ledger.post(forever) == TransferRefusal::overflow);
  CHECK_THROWS_AS(shop.ledger.pending_state(0), Exception);
}

TEST_CASE("Linked transfers happen all or not at all") {
  Shop shop;
  std::vector<Transfer> chain{Shop::transfer(2, shop.budget, shop.anna, 600),
                              Shop::transfer(3, shop.anna, shop.paid, 600),
                              Shop::transfer(4, shop.budget, shop.anna, 500),
                              Shop::transfer(5, shop.funding, shop.budget, 7)};
  chain[0].linked = chain[1].linked = true;
  std::vector<TransferRefusal> out(4);
  PostCounts counts = shop.ledger.post(chain, out);
  CHECK(out == std::vector{TransferRefusal::linked_failed, TransferRefusal::linked_failed,
                           TransferRefusal::exceeds_credits, TransferRefusal::none});
  CHECK(counts.taken == 1);
  CHECK(counts.refused == 3);
  CHECK(shop.ledger.balance(shop.anna) == AccountBalance{});
  CHECK(shop.ledger.last_record(shop.anna) == no_record);
  CHECK(shop.ledger.find(TransferId{0, 2}) == no_record);

  chain[2].amount = 300;
  counts = shop.ledger.post(chain, out);
  CHECK(counts.taken == 3);
  CHECK(counts.already_there == 1);
  CHECK(shop.ledger.post(chain, out).already_there == 4);

  // A chain with a new end: what is there in part is an error.
  std::vector<Transfer> partly{chain[0], Shop::transfer(9, shop.funding, shop.budget, 1)};
  shop.ledger.post(partly, std::span(out).first(2));
  CHECK(out[0] == TransferRefusal::already_there);
  CHECK(out[1] == TransferRefusal::linked_partly_there);

  std::vector<Transfer> open{Shop::transfer(10, shop.funding, shop.budget, 1),
                             Shop::transfer(11, shop.funding, shop.budget, 1)};
  open[0].linked = open[1].linked = true;
  shop.ledger.post(open, std::span(out).first(2));
  CHECK(out[0] == TransferRefusal::linked_failed);
  CHECK(out[1] == TransferRefusal::linked_open);
}

TEST_CASE("A chain that fails gives its pending transfers back as they were") {
  Shop shop;
  REQUIRE(shop.hold(2, 400, 50) == TransferRefusal::none);
  const auto before = shop.ledger.save();
  Transfer held = Shop::transfer(5, shop.budget, shop.anna, 10);
  held.kind = TransferKind::pending;
  held.timeout = 20;
  held.reference = 77;
  std::vector<Transfer> chain{Shop::resolve(3, 2, TransferKind::post_pending, 100), held,
                              Shop::resolve(6, 5, TransferKind::void_pending),
                              Shop::transfer(4, shop.anna, shop.paid, 101)};
  for (std::size_t i = 0; i < 3; ++i) chain[i].linked = true;
  std::vector<TransferRefusal> out(4);
  CHECK(shop.ledger.post(chain, out).refused == 4);
  CHECK(out[3] == TransferRefusal::exceeds_credits);
  CHECK(shop.ledger.save() == before);
  CHECK(shop.ledger.posted_by_reference(77, shop.anna) == 0);
  // Its place in the log now belongs to another: the deadline taken back is no longer due.
  REQUIRE(shop.hold(8, 5) == TransferRefusal::none);
  shop.ledger.advance(at(120));
  CHECK(shop.ledger.balance(shop.budget).free() == 595);
  shop.ledger.advance(at(150));
  CHECK(shop.ledger.balance(shop.budget).free() == 995);
}

TEST_CASE("Transfers of a reference add up by account") {
  Shop shop;
  Transfer reward = Shop::transfer(2, shop.budget, shop.anna, 250);
  reward.reference = 4711;
  CHECK(shop.ledger.post(reward) == TransferRefusal::none);
  Transfer back = Shop::transfer(3, shop.anna, shop.budget, 100);
  back.reference = 4711;
  CHECK(shop.ledger.post(back) == TransferRefusal::none);
  CHECK(shop.ledger.posted_by_reference(4711, shop.anna) == 150);
  CHECK(shop.ledger.posted_by_reference(4711, shop.budget) == -150);
  CHECK(shop.ledger.posted_by_reference(4712, shop.anna) == 0);
  CHECK(shop.ledger.posted_by_reference(0, shop.anna) == 0);
  CHECK_THROWS_AS(Ledger().posted_by_reference(1, shop.anna), Exception);
}

TEST_CASE("A ledger comes back from its bytes") {
  Shop shop;
  shop.hold(2, 400, 50);
  shop.hold(3, 100, 20);
  shop.ledger.post(Shop::resolve(4, 2, TransferKind::post_pending, 300));
  shop.ledger.advance(at(130));
  shop.move(5, shop.anna, shop.paid, 30);
  shop.ledger.advance(at(140));
  shop.ledger.advance(at(141));
  const auto bytes = shop.ledger.save();
  const Result<Ledger> loaded = Ledger::load(bytes);
  REQUIRE(loaded.has_value());
  CHECK(loaded->save() == bytes);
  CHECK(loaded->digest() == shop.ledger.digest());
  CHECK(loaded->now() == at(141));
  CHECK(loaded->records().size() == shop.ledger.records().size());
  CHECK(loaded->balance(shop.anna) == shop.ledger.balance(shop.anna));
  CHECK(Ledger::load(Ledger().save())->save() == Ledger().save());
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    REQUIRE_FALSE(Ledger::load(std::span(bytes).first(cut)).has_value());
  }
}

TEST_CASE("Entries of a ledger may be written in any number of pieces") {
  Shop shop;
  LedgerLogEncoder encoder;
  std::vector<std::byte> piece;
  Ledger twin;
  const auto write = [&](std::size_t most) {
    while (true) {
      piece.clear();
      if (encoder.encode(shop.ledger, most, piece) == 0) break;
      REQUIRE(replay_ledger_entries(twin, piece).has_value());
    }
    REQUIRE(encoder.is_at_end(shop.ledger));
    REQUIRE(twin.save() == shop.ledger.save());
  };
  write(1);
  shop.hold(2, 400, 50);
  shop.hold(3, 100, 20);
  write(1);
  shop.ledger.advance(at(120));
  write(1);
  shop.ledger.advance(at(121));
  write(1);
  shop.ledger.advance(at(122));
  shop.move(4, shop.budget, shop.anna, 9);
  shop.ledger.post(Shop::resolve(5, 2, TransferKind::post_pending, 300));
  write(100);
  std::vector<Transfer> chain{Shop::transfer(12, shop.budget, shop.anna, 6),
                              Shop::transfer(13, shop.anna, shop.paid, 6),
                              Shop::transfer(14, shop.budget, shop.anna, 5)};
  chain[0].linked = chain[1].linked = true;
  std::vector<TransferRefusal> out(3);
  shop.ledger.post(chain, out);
  write(2);
  CHECK(encoder.transfers() == 8);
}

TEST_CASE("Entries in another than their one form are refused") {
  Shop shop;
  std::vector<std::byte> entries;
  LedgerLogEncoder().encode(shop.ledger, 100, entries);
  Ledger good;
  REQUIRE(replay_ledger_entries(good, entries).has_value());
  CHECK_FALSE(replay_ledger_entries(good, entries).has_value());  // accounts are there already
  std::size_t harmless = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::vector<std::byte> flipped = entries;
      flipped[i] ^= static_cast<std::byte>(1 << bit);
      Ledger ledger;
      if (replay_ledger_entries(ledger, flipped)) {
        // Other content, never the same: one form each.
        REQUIRE(ledger.save() != good.save());
        ++harmless;
      }
    }
  }
  CHECK(harmless > 0);
  Ledger cut;
  CHECK_FALSE(replay_ledger_entries(cut, std::span(entries).first(entries.size() - 1)).has_value());
}

}  // namespace
