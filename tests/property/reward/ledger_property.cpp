// The ledger against a twin of maps that does everything the slow way, and its invariants after
// every batch.

#include "emptor/reward/ledger.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "emptor/reward/ledger_log.hpp"
#include "support/catch.hpp"
#include "support/ledger_disk.hpp"
#include "support/ledger_traffic.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using emptor::test::LedgerDisk;
using emptor::test::LedgerTraffic;
using emptor::test::open_ledger;

using Wide = detail::int128;
constexpr Wide most = std::numeric_limits<std::int64_t>::max();

/// A thousand streams of traffic.
template <class Body>
void check_seeds(Body body) {
  rc::check([&](std::uint64_t seed) {
    for (std::uint64_t i = 0; i < 10; ++i) body(seed + i * 0x9E3779B97F4A7C15U);
  });
}

/// All that is known of the ledger, as maps; a chain works on a copy.
struct TwinLedger {
  struct Entry {
    Transfer sent;  // amount, debit and credit filled in
    TransferRefusal ended = TransferRefusal::none;
  };
  struct Sums {
    Wide dp = 0, d = 0, cp = 0, c = 0;
  };
  const Ledger* of = nullptr;  // for keys and flags alone
  std::map<TransferId, Entry> entries;
  std::map<std::size_t, Sums> sums;
  std::int64_t clock = std::numeric_limits<std::int64_t>::min();

  void advance(std::int64_t now) {
    if (now <= clock) return;
    clock = now;
    for (auto& [id, entry] : entries) {
      const Transfer& t = entry.sent;
      if (t.kind == TransferKind::pending && entry.ended == TransferRefusal::none &&
          t.timeout != 0 && t.time.time_since_epoch().count() + t.timeout <= clock) {
        release(entry, TransferRefusal::pending_timed_out);
      }
    }
  }
  void release(Entry& entry, TransferRefusal how) {
    entry.ended = how;
    sums[index(entry.sent.debit)].dp -= entry.sent.amount;
    sums[index(entry.sent.credit)].cp -= entry.sent.amount;
  }

  TransferRefusal one(const Transfer& t) {
    using enum TransferRefusal;
    if (t.id.is_none()) return no_id;
    const bool resolving =
        t.kind == TransferKind::post_pending || t.kind == TransferKind::void_pending;
    Transfer full = t;
    const auto pending = entries.find(t.pending);
    if (resolving && pending != entries.end()) {
      const Transfer& p = pending->second.sent;
      if (full.amount == 0) full.amount = p.amount;
      if (full.debit == no_account) full.debit = p.debit;
      if (full.credit == no_account) full.credit = p.credit;
    }
    if (const auto found = entries.find(t.id); found != entries.end()) {
      return found->second.sent == full ? already_there : other_content;
    }
    if (!resolving) return fresh(full);
    if (t.timeout != 0) return not_pending;
    if (t.pending.is_none() || pending == entries.end()) return pending_not_found;
    Entry& held = pending->second;
    if (held.sent.kind != TransferKind::pending) return pending_other_kind;
    if (full.debit != held.sent.debit || full.credit != held.sent.credit) {
      return pending_other_account;
    }
    if (full.amount < 0) return amount_not_positive;
    const bool posting = t.kind == TransferKind::post_pending;
    if (full.amount > held.sent.amount || (!posting && full.amount != held.sent.amount)) {
      return pending_exceeded;
    }
    if (held.ended != none) return held.ended;
    release(held, posting ? pending_posted : pending_voided);
    if (posting) {
      sums[index(full.debit)].d += full.amount;
      sums[index(full.credit)].c += full.amount;
    }
    entries[t.id] = {full};
    return none;
  }

  TransferRefusal fresh(const Transfer& t) {
    using enum TransferRefusal;
    const std::size_t debit = index(t.debit);
    const std::size_t credit = index(t.credit);
    if (debit >= of->accounts() || credit >= of->accounts()) return unknown_account;
    if (debit == credit) return same_account;
    if (of->key(t.debit).unit != of->key(t.credit).unit) return different_units;
    if (t.amount <= 0) return amount_not_positive;
    const bool pending = t.kind == TransferKind::pending;
    if (!pending && t.timeout != 0) return not_pending;
    if (t.timeout != 0 && t.time.time_since_epoch().count() + t.timeout <= clock) {
      return timeout_passed;
    }
    Sums& from = sums[debit];
    Sums& to = sums[credit];
    const Wide given = from.d + from.dp + t.amount;
    const Wide received = to.c + to.cp + t.amount;
    if (given > most || received > most) return overflow;
    if (has(of->flags(t.debit), AccountFlags::debits_must_not_exceed_credits) && given > from.c) {
      return exceeds_credits;
    }
    if (has(of->flags(t.credit), AccountFlags::credits_must_not_exceed_debits) && received > to.d) {
      return exceeds_debits;
    }
    (pending ? from.dp : from.d) += t.amount;
    (pending ? to.cp : to.c) += t.amount;
    entries[t.id] = {t};
    return none;
  }

  std::vector<TransferRefusal> post(const std::vector<Transfer>& batch) {
    std::vector<TransferRefusal> out(batch.size());
    for (std::size_t i = 0; i < batch.size();) {
      std::size_t end = i;
      while (end < batch.size() && batch[end].linked) ++end;
      const bool open = end == batch.size();
      end = std::min(end + 1, batch.size());
      TwinLedger tried = *this;
      std::optional<std::size_t> bad;
      bool there = false;
      bool taken = false;
      for (std::size_t j = i; j < end && !bad; ++j) {
        out[j] = tried.one(batch[j]);
        there = there || out[j] == TransferRefusal::already_there;
        taken = taken || out[j] == TransferRefusal::none;
        if (is_there(out[j]) && there && taken) out[j] = TransferRefusal::linked_partly_there;
        if (is_there(out[j]) && open && j + 1 == end) out[j] = TransferRefusal::linked_open;
        if (!is_there(out[j])) bad = j;
      }
      if (!bad) *this = tried;
      for (std::size_t j = i; bad && j < end; ++j) {
        if (j != *bad && (j > *bad || out[j] == TransferRefusal::none)) {
          out[j] = TransferRefusal::linked_failed;
        }
      }
      i = end;
    }
    return out;
  }
};

/// Sums over all accounts of each unit, posted and pending, are zero; limits hold.
void check_balanced(const Ledger& ledger) {
  std::map<std::uint32_t, std::pair<Wide, Wide>> sums;
  for (std::size_t a = 0; a < ledger.accounts(); ++a) {
    const Account account = id_at<Account>(a);
    const AccountBalance& of = ledger.balance(account);
    auto& [posted, pending] = sums[ledger.key(account).unit.word()];
    posted += Wide{of.credits_posted} - of.debits_posted;
    pending += Wide{of.credits_pending} - of.debits_pending;
    RC_ASSERT(std::min({of.debits_pending, of.debits_posted, of.credits_pending,
                        of.credits_posted}) >= 0);
    if (has(ledger.flags(account), AccountFlags::debits_must_not_exceed_credits)) {
      RC_ASSERT(of.free() >= 0);
    }
  }
  for (const auto& [unit, sum] : sums) {
    RC_ASSERT(sum.first == 0);
    RC_ASSERT(sum.second == 0);
  }
}

TEST_CASE("A ledger does what a ledger of maps does, and every step balances") {
  check_seeds([](std::uint64_t seed) {
    LedgerTraffic traffic(seed);
    Ledger ledger(LedgerOptions{.index_references = true});
    traffic.open_accounts(ledger);
    TwinLedger twin;
    twin.of = &ledger;
    const std::size_t batches = 5 + traffic.below(30);
    for (std::size_t b = 0; b < batches; ++b) {
      const Time now = traffic.tick();
      ledger.advance(now);
      twin.advance(now.time_since_epoch().count());
      const std::vector<Transfer> batch = traffic.batch(12);
      std::vector<TransferRefusal> out(batch.size());
      const PostCounts counts = ledger.post(batch, out);
      RC_ASSERT(out == twin.post(batch));
      RC_ASSERT(counts.taken + counts.already_there + counts.refused == batch.size());
      check_balanced(ledger);
      for (std::size_t a = 0; a < ledger.accounts(); ++a) {
        const AccountBalance& of = ledger.balance(id_at<Account>(a));
        const auto& sums = twin.sums[a];
        RC_ASSERT(sums.d == of.debits_posted);
        RC_ASSERT(sums.dp == of.debits_pending);
        RC_ASSERT(sums.c == of.credits_posted);
        RC_ASSERT(sums.cp == of.credits_pending);
      }
      // Sent again, what was taken is there already; what was refused has another chance.
      std::vector<TransferRefusal> again(batch.size());
      ledger.post(batch, again);
      RC_ASSERT(again == twin.post(batch));
    }
    // Look-ups by reference against a sum over everything.
    for (std::uint64_t reference = 0; reference < 52; ++reference) {
      for (std::size_t a = 0; a < ledger.accounts(); ++a) {
        Wide sum = 0;
        for (const auto& [id, entry] : twin.entries) {
          const Transfer& t = entry.sent;
          const bool moved = t.kind == TransferKind::posted || t.kind == TransferKind::post_pending;
          if (!moved || t.reference != reference || reference == 0) continue;
          if (index(t.credit) == a) sum += t.amount;
          if (index(t.debit) == a) sum -= t.amount;
        }
        RC_ASSERT(sum == ledger.posted_by_reference(reference, id_at<Account>(a)));
      }
    }
  });
}

TEST_CASE("Batches that were taken change nothing when they come again, in any order") {
  check_seeds([](std::uint64_t seed) {
    LedgerTraffic traffic(seed);
    Ledger ledger;
    traffic.open_accounts(ledger);
    std::vector<Transfer> taken;
    for (int b = 0; b < 20; ++b) {
      ledger.advance(traffic.tick());
      const std::vector<Transfer> batch = traffic.batch(8);
      std::vector<TransferRefusal> out(batch.size());
      ledger.post(batch, out);
      for (std::size_t i = 0; i < batch.size(); ++i) {
        if (out[i] == TransferRefusal::none && !batch[i].linked &&
            (i == 0 || !batch[i - 1].linked)) {
          taken.push_back(batch[i]);
        }
      }
    }
    const Sha256Digest digest = ledger.digest();
    RandomStream random(seed, 5);
    random.shuffle(std::span(taken));
    std::vector<TransferRefusal> out(taken.size());
    RC_ASSERT(ledger.post(taken, out).already_there == taken.size());
    RC_ASSERT(ledger.digest() == digest);
  });
}

TEST_CASE("Replay gives the same bytes, whatever the frames, and every record its neighbours") {
  check_seeds([](std::uint64_t seed) {
    LedgerTraffic traffic(seed);
    Ledger ledger;
    traffic.open_accounts(ledger);
    Ledger follower;
    LedgerLogEncoder encoder;
    std::vector<std::byte> piece;
    const std::size_t batches = 5 + traffic.below(30);
    for (std::size_t b = 0; b < batches; ++b) {
      ledger.advance(traffic.tick());
      const std::vector<Transfer> batch = traffic.batch(12);
      std::vector<TransferRefusal> out(batch.size());
      ledger.post(batch, out);
      if (traffic.below(3) != 0) continue;
      const std::size_t size = 1 + traffic.below(20);
      while (piece.clear(), encoder.encode(ledger, size, piece) != 0) {
        RC_ASSERT(replay_ledger_entries(follower, piece).has_value());
      }
      RC_ASSERT(encoder.is_at_end(ledger));
      RC_ASSERT(follower.save() == ledger.save());
    }
    const std::vector<std::byte> bytes = ledger.save();
    const Result<Ledger> loaded = Ledger::load(bytes);
    RC_ASSERT(loaded.has_value());
    RC_ASSERT(loaded->save() == bytes);
    for (std::size_t r = 0; r < ledger.records().size(); ++r) {
      const auto record = static_cast<std::uint32_t>(r);
      RC_ASSERT(loaded->recorded_at(record) == ledger.recorded_at(record));
    }
    // Each account's records, from the last to the first, are those that name it.
    for (std::size_t a = 0; a < ledger.accounts(); ++a) {
      const Account account = id_at<Account>(a);
      std::uint32_t at = ledger.last_record(account);
      for (std::size_t r = ledger.records().size(); r-- > 0;) {
        const LedgerRecord& of = ledger.records()[r];
        if (of.debit != account && of.credit != account) continue;
        RC_ASSERT(at == r);
        at = ledger.previous_record(at, account);
      }
      RC_ASSERT(at == no_record);
    }
  });
}

TEST_CASE("Crashes between posting and committing, with retries, end where no crash ends") {
  check_seeds([](std::uint64_t seed) {
    LedgerTraffic traffic(seed);
    Ledger calm;
    traffic.open_accounts(calm);
    std::vector<std::pair<Time, std::vector<Transfer>>> sent;
    for (int b = 0; b < 25; ++b) {
      const Time now = traffic.tick();
      sent.emplace_back(now, traffic.batch(6));
    }
    const auto apply = [](Ledger& ledger, const std::pair<Time, std::vector<Transfer>>& step) {
      ledger.advance(step.first);
      std::vector<TransferRefusal> out(step.second.size());
      ledger.post(step.second, out);
    };
    for (const auto& step : sent) apply(calm, step);

    const auto disk = std::make_shared<LedgerDisk>();
    RandomStream power(seed, 9);
    std::size_t answered = 0;  // batches committed
    while (answered < sent.size()) {
      Result<DurableLedger> durable = open_ledger(disk);
      RC_ASSERT(durable.has_value());
      LedgerTraffic(seed).open_accounts(durable->ledger());
      RC_ASSERT(durable->commit().has_value());
      // Whoever was not answered sends again. Of a batch that was on disk after all nothing may
      // be taken twice; one that was refused may be tried again only against the same balances,
      // so a batch that made it as a whole is passed over.
      const std::size_t until = answered + power.below(4);
      while (answered < sent.size() && answered <= until) {
        apply(durable->ledger(), sent[answered]);
        const bool power_goes = power.below(5) == 0;
        disk->sync_fails = power_goes;
        const bool done = durable->commit().has_value();
        disk->sync_fails = false;
        if (!done) {
          // All of the frame, or none of it: a clean cut keeps the comparison with the calm one.
          if (power.below(2) == 0) disk->now = disk->synced;
          disk->synced = disk->now;
          const Result<DurableLedger> found = open_ledger(disk);
          RC_ASSERT(found.has_value());
          if (found->ledger().save() == durable->ledger().save()) ++answered;
          break;
        }
        ++answered;
      }
    }
    RC_ASSERT(open_ledger(disk)->ledger().save() == calm.save());
  });
}

}  // namespace
