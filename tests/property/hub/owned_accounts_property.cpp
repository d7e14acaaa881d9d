#include <map>
#include <optional>
#include <vector>

#include "emptor/core/merge_log.hpp"
#include "emptor/hub/merge_hub.hpp"
#include "emptor/hub/owned_accounts.hpp"
#include "support/property.hpp"

using namespace emptor;

namespace {

constexpr std::uint32_t customers = 5;
const LedgerUnit euro = Currency("EUR");
const LedgerUnit points = LedgerUnit::points();

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

// What arrived on whom, and nothing else.
struct NaiveWallets {
  std::map<std::pair<Customer, std::uint32_t>, std::int64_t> nets;
  std::map<std::pair<Customer, std::uint32_t>, std::int64_t> held;

  WalletBalance balance(const MergeLog& log, Customer customer, LedgerUnit unit) const {
    std::int64_t sum = 0;
    WalletBalance out;
    for (std::uint32_t c = 0; c < customers; ++c) {
      if (log.owner(Customer{c}) != log.owner(customer)) continue;
      const std::pair key{Customer{c}, unit.word()};
      if (nets.contains(key)) sum += nets.at(key);
      if (held.contains(key)) out.held += held.at(key);
    }
    out.available = std::max<std::int64_t>(sum, 0);
    out.owed = std::max<std::int64_t>(-sum, 0);
    return out;
  }
};

struct World {
  MergeHub hub;
  OwnedAccounts accounts;
  NaiveWallets naive;
  std::vector<Account> budgets;
  std::vector<std::pair<WalletMove, TransferId>> holds;
  std::vector<MergeId> merges;
  std::uint64_t next = 1;

  World() {
    for (const LedgerUnit unit : {euro, points}) {
      budgets.push_back(*accounts.open(account_of(Programme{0}, AccountPurpose::budget, unit),
                                       AccountFlags::none));
    }
    hub.add("accounts", accounts);
  }

  void step() {
    const int kind = *rc::gen::inRange(0, 7);
    WalletMove move;
    move.id = transfer_id({next++});
    move.customer = Customer{*rc::gen::inRange(0U, customers)};
    const bool money = *rc::gen::arbitrary<bool>();
    move.unit = money ? euro : points;
    move.other = budgets[money ? 0 : 1];
    move.amount = *rc::gen::inRange<std::int64_t>(1, 50);
    move.time = at(static_cast<std::int64_t>(next));
    const std::pair key{move.customer, move.unit.word()};
    if (kind <= 1) {
      RC_ASSERT(accounts.give(move) == TransferRefusal::none);
      RC_ASSERT(accounts.give(move) == TransferRefusal::already_there);
      naive.nets[key] += move.amount;
    } else if (kind == 2) {
      const auto limit = static_cast<TakingLimit>(*rc::gen::inRange(0, 3));
      const std::int64_t has = naive.balance(hub.log(), move.customer, move.unit).available;
      const TakingOutcome outcome = accounts.take(move, limit);
      const bool enough = has >= move.amount;
      if (limit == TakingLimit::refuse && !enough) {
        RC_ASSERT(outcome.refusal == TransferRefusal::exceeds_credits);
        RC_ASSERT(outcome.taken == 0);
        return;
      }
      const std::int64_t taken =
          limit == TakingLimit::unlimited ? move.amount : std::min(has, move.amount);
      RC_ASSERT(outcome == (TakingOutcome{TransferRefusal::none, taken,
                                          std::max<std::int64_t>(taken - has, 0)}));
      naive.nets[key] -= taken;
    } else if (kind == 3) {
      RC_ASSERT(accounts.hold(move) == TransferRefusal::none);
      naive.held[key] += move.amount;
      holds.emplace_back(move, move.id);
    } else if (kind == 4 && !holds.empty()) {
      const auto which = *rc::gen::inRange<std::size_t>(0, holds.size());
      WalletMove end = holds[which].first;
      const std::int64_t set_aside = end.amount;
      end.id = move.id;
      end.time = move.time;
      end.amount = *rc::gen::inRange<std::int64_t>(0, set_aside + 1);
      RC_ASSERT(accounts.end_hold(holds[which].second, end) == TransferRefusal::none);
      const std::pair of{end.customer, end.unit.word()};
      naive.held[of] -= set_aside;
      naive.nets[of] += end.amount;
      holds.erase(holds.begin() + static_cast<std::ptrdiff_t>(which));
    } else if (kind == 5) {
      const Customer other{*rc::gen::inRange(0U, customers)};
      if (other == move.customer) return;
      merges.push_back(hub.merge(move.customer, other, move.time, "test").event.id);
    } else if (kind == 6 && !merges.empty()) {
      const auto which = *rc::gen::inRange<std::size_t>(0, merges.size());
      (void)hub.unmerge(merges[which], move.time, "test");
    }
  }

  void check() const {
    for (const LedgerUnit unit : {euro, points}) {
      for (std::uint32_t c = 0; c < customers; ++c) {
        RC_ASSERT(accounts.balance(Customer{c}, unit) ==
                  naive.balance(hub.log(), Customer{c}, unit));
      }
      std::int64_t sum = 0;
      for (std::size_t a = 0; a < accounts.ledger().accounts(); ++a) {
        const Account account = id_at<Account>(a);
        if (accounts.ledger().key(account).unit == unit) {
          sum += accounts.ledger().balance(account).posted();
        }
      }
      RC_ASSERT(sum == 0);
    }
  }
};

}  // namespace

TEST_CASE("wallets are the sums of what arrived on the owner's records, after every step") {
  emptor::test::check_property(
      "wallets and naive sums",
      [] {
        World world;
        const int steps = *rc::gen::inRange(1, 60);
        for (int i = 0; i < steps; ++i) {
          world.step();
          world.check();
        }
        // Told the whole log again, as a hub does to what was loaded, it stays as it is.
        const std::vector<std::byte> saved = world.accounts.save();
        Result<OwnedAccounts> loaded = OwnedAccounts::load(saved);
        RC_ASSERT(loaded.has_value());
        MergeHub again;
        (void)again.follow(world.hub.log());
        again.add("accounts", *loaded);
        RC_ASSERT(loaded->save() == saved);
      },
      300);
}

TEST_CASE("undoing all merges leaves everybody what arrived on it") {
  emptor::test::check_property(
      "all merges undone",
      [] {
        World world;
        const int steps = *rc::gen::inRange(1, 60);
        for (int i = 0; i < steps; ++i) world.step();
        for (const MergeId merge : world.merges) {
          if (world.hub.log().in_force(merge)) (void)world.hub.unmerge(merge, at(9'999), "test");
        }
        world.check();
        for (std::uint32_t c = 0; c < customers; ++c) {
          const std::int64_t net = world.accounts.net(Customer{c}, euro);
          RC_ASSERT(world.accounts.balance(Customer{c}, euro).available ==
                    std::max<std::int64_t>(net, 0));
        }
      },
      200);
}
