#include "emptor/hub/reward_payout.hpp"

#include <algorithm>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

namespace {

constexpr std::uint32_t points_scheme = 0;
constexpr std::uint32_t discount_scheme = 1;
constexpr std::uint32_t first_gift_scheme = 1U << 20U;
constexpr std::uint32_t most_gifts = (1U << 31U) - first_gift_scheme;
constexpr std::uint64_t withdrawal_code = 2;
constexpr std::uint16_t reward_code = 1;

Time after(Time time, std::chrono::seconds span) noexcept {
  return span.count() > 0 && time > Time::max() - span ? Time::max() : time + span;
}

RewardWait without(RewardWait waits, RewardWait over) noexcept {
  return static_cast<RewardWait>(static_cast<std::uint8_t>(waits) &
                                 ~static_cast<std::uint8_t>(over));
}

}  // namespace

std::string_view name(RewardClawback clawback) noexcept {
  constexpr std::string_view names[] = {"only_pending", "within_balance", "unlimited"};
  const auto at = static_cast<std::size_t>(clawback);
  return at < std::size(names) ? names[at] : "unknown";
}

std::string_view name(PayoutStep step) noexcept {
  constexpr std::string_view names[] = {"set_aside", "freed", "posted", "taken_back"};
  const auto at = static_cast<std::size_t>(step);
  return at < std::size(names) ? names[at] : "unknown";
}

RewardPayout::RewardPayout(const RewardPayoutOptions& options) : options_(options) {
  require_option(options.clawback <= RewardClawback::unlimited, "clawback",
                 "a clawback that is listed", static_cast<int>(options.clawback));
  require_option(options.clawback_window >= std::chrono::seconds{0}, "clawback_window", ">= 0",
                 options.clawback_window.count());
}

LedgerUnit RewardPayout::unit_of(RewardKind kind, Currency currency, Item gift) {
  switch (kind) {
    case RewardKind::cash:
      return currency;
    case RewardKind::points:
      return LedgerUnit::points(points_scheme);
    case RewardKind::discount:
      return LedgerUnit::points(discount_scheme);
    case RewardKind::gift:
      break;
  }
  require_option(index(gift) < most_gifts, "gift", "an item below 2^31 - 2^20", index(gift));
  return LedgerUnit::points(first_gift_scheme + static_cast<std::uint32_t>(gift));
}

Account RewardPayout::programme_account(AccountPurpose purpose, LedgerUnit unit) {
  const AccountKey key = account_of(options_.programme, purpose, unit);
  if (purpose != AccountPurpose::budget || !(options_.unfunded || unit.is_points())) {
    return accounts_.account(key);
  }
  return accounts_.open(key, AccountFlags::none).value();
}

TransferRefusal RewardPayout::fund(Money amount, Time time, const TransferId& id) {
  const LedgerUnit unit = amount.currency();
  Transfer transfer;
  transfer.id = id;
  transfer.amount = amount.minor();
  transfer.debit = accounts_.account(house_account(AccountPurpose::funding, unit));
  transfer.credit = programme_account(AccountPurpose::budget, unit);
  transfer.time = time;
  return accounts_.post(transfer);
}

std::size_t RewardPayout::retry(Time time) {
  std::vector<std::uint32_t> waiting;
  waiting.swap(unpaid_);
  for (const std::uint32_t at : waiting) {
    entries_[at].at.unpaid = false;
    sync(entries_[at], time);
  }
  return unpaid_.size();
}

Account RewardPayout::budget(LedgerUnit unit) {
  for (const auto& [of, account] : budgets_) {
    if (of == unit) return account;
  }
  return budgets_.emplace_back(unit, programme_account(AccountPurpose::budget, unit)).second;
}

std::uint32_t RewardPayout::first_of(std::uint64_t event) const noexcept {
  const detail::ArrayPlace* found = by_event_.find(event);
  return found == nullptr ? nothing : found->at;
}

std::uint32_t RewardPayout::find(const RewardKey& key) const noexcept {
  std::uint32_t at = first_of(key.event);
  while (at != nothing && entries_[at].at.key != key) at = entries_[at].next_of_event;
  return at;
}

void RewardPayout::link(std::uint32_t at, std::uint32_t first) {
  Entry& entry = entries_[at];
  if (first == nothing) {
    by_event_.insert(entry.at.key.event, {at});
  } else {
    std::uint32_t last = first;
    while (entries_[last].next_of_event != nothing) last = entries_[last].next_of_event;
    entries_[last].next_of_event = at;
  }
  const auto referee = static_cast<std::uint64_t>(entry.at.referee);
  if (const detail::ArrayPlace* of = by_referee_.find(referee); of == nullptr) {
    by_referee_.insert(referee, {at});
  } else {  // second in the list, so that the table stays as it is
    entry.next_of_referee = entries_[of->at].next_of_referee;
    entries_[of->at].next_of_referee = at;
  }
}

void RewardPayout::add_due(const Due& due) {
  dues_.push_back(due);
  std::push_heap(dues_.begin(), dues_.end(), [](const Due& a, const Due& b) {
    return std::pair(a.time, a.entry) > std::pair(b.time, b.entry);
  });
}

void RewardPayout::remind(std::uint32_t at) {
  const RewardStanding& standing = entries_[at].at;
  if (has(standing.waits, RewardWait::time)) add_due({standing.held_until, at, false});
  if (standing.expires != Time::max()) add_due({standing.expires, at, true});
}

TransferId RewardPayout::next_id(Entry& entry) {
  const RewardKey& key = entry.at.key;
  return transfer_id({key.event, std::uint64_t{key.rule} << 8U | key.level,
                      static_cast<std::uint64_t>(key.beneficiary), entry.steps++});
}

void RewardPayout::note(const Entry& entry, PayoutStep step, std::int64_t amount,
                        const TransferId& id, Time time) {
  events_.push_back({entry.at.key, step, amount, entry.at.unit, id, time});
}

WalletMove RewardPayout::move_of(Entry& entry, std::int64_t amount, Time time) {
  WalletMove move;
  move.id = next_id(entry);
  move.customer = entry.at.key.beneficiary;
  move.unit = entry.at.unit;
  move.amount = amount;
  move.time = time;
  move.reference = entry.at.key.event;
  move.code = reward_code;
  return move;
}

void RewardPayout::give_back(Entry& entry, std::int64_t amount, Time time, bool expiring) {
  RewardStanding& at = entry.at;
  if (options_.clawback == RewardClawback::only_pending && !expiring) {
    if (!at.self_referral) {
      at.let_go += amount;
      at.posted -= amount;
    }
    return;
  }
  WalletMove move = move_of(entry, amount, time);
  move.other =
      programme_account(expiring ? AccountPurpose::breakage : AccountPurpose::budget, at.unit);
  const bool all = options_.clawback == RewardClawback::unlimited && !expiring;
  const TakingOutcome taken =
      accounts_.take(move, all ? TakingLimit::unlimited : TakingLimit::within_balance);
  at.posted -= taken.taken;
  if (taken.taken > 0) note(entry, PayoutStep::taken_back, taken.taken, move.id, time);
  if (!at.self_referral) {
    at.let_go += amount - taken.taken;
    at.posted -= amount - taken.taken;
  }
}

void RewardPayout::sync(Entry& entry, Time time, bool expiring) {
  RewardStanding& at = entry.at;
  const bool waits = at.waits != RewardWait::none && !at.self_referral;
  const std::int64_t due = at.self_referral ? 0 : at.granted;
  const std::int64_t aside = waits ? std::max<std::int64_t>(at.granted - at.posted, 0) : 0;
  if (at.pending > 0 && at.pending != aside) {
    const std::int64_t post = waits ? 0 : std::clamp<std::int64_t>(due - at.posted, 0, at.pending);
    WalletMove move = move_of(entry, post, time);
    if (accounts_.end_hold(entry.pending, move) == TransferRefusal::none) {
      if (post > 0) note(entry, PayoutStep::posted, post, move.id, time);
      if (at.pending > post) {
        note(entry, PayoutStep::freed, at.pending - post, move.id, time);
      }
      at.posted += post;
      at.pending = 0;
    }
  }
  if (at.posted > due) {
    give_back(entry, at.posted - due, time, expiring);
  }
  if (!waits && at.let_go > 0 && due > at.posted) {  // it is there still
    const std::int64_t kept = std::min(at.let_go, due - at.posted);
    at.let_go -= kept;
    at.posted += kept;
  }
  const std::int64_t more = waits ? aside - at.pending : due - at.posted;
  if (more <= 0) return;
  WalletMove move = move_of(entry, more, time);
  move.other = budget(at.unit);
  const TransferRefusal refusal = waits ? accounts_.hold(move) : accounts_.give(move);
  if (refusal == TransferRefusal::none) {
    if (waits) {
      at.pending = more;
      entry.pending = move.id;
    } else {
      at.posted += more;
    }
    note(entry, waits ? PayoutStep::set_aside : PayoutStep::posted, more, move.id, time);
  } else {
    --entry.steps;  // nothing has its id
    if (at.unpaid) return;
    at.unpaid = true;
    unpaid_.push_back(static_cast<std::uint32_t>(&entry - entries_.data()));
  }
}

void RewardPayout::apply(std::span<const RewardDecision> decisions, RewardWait waits,
                         RewardWait referee_waits) {
  std::uint32_t first = nothing;  // of the decisions' event
  for (const RewardDecision& decision : decisions) {
    if (first == nothing || entries_[first].at.key.event != decision.key.event) {
      first = first_of(decision.key.event);
    }
    std::uint32_t at = first;
    while (at != nothing && entries_[at].at.key != decision.key) at = entries_[at].next_of_event;
    if (at == nothing) {
      if (decision.revision != 0) {
        throw Exception(ErrorCode::invalid_value,
                        text("revision ", decision.revision, " of a reward that was never decided"),
                        "RewardPayout::apply");
      }
      at = static_cast<std::uint32_t>(entries_.size());
      Entry& entry = entries_.emplace_back();
      RewardStanding& standing = entry.at;
      standing.key = decision.key;
      standing.referee = decision.referee;
      standing.kind = decision.kind;
      standing.unit = unit_of(decision.kind, decision.currency, decision.gift);
      standing.event_time = decision.event_time;
      standing.held_until = decision.held_until;
      standing.expires = decision.expires;
      standing.waits = decision.key.level == 0 ? referee_waits : waits;
      if (decision.held_until == Time::max()) {
        standing.waits = standing.waits | RewardWait::event;
        entry.hold_event = decision.hold_event;
        entry.expires_after = decision.expires_after;
      } else if (decision.held_until > decision.time) {
        standing.waits = standing.waits | RewardWait::time;
      }
      standing.self_referral =
          decision.key.level > 0 &&
          accounts_.owner(decision.key.beneficiary) == accounts_.owner(decision.referee);
      link(at, first);
      if (first == nothing) first = at;
      remind(at);
    } else if (decision.revision <= entries_[at].revision) {
      continue;
    } else if (decision.revision != entries_[at].revision + 1) {
      throw Exception(ErrorCode::invalid_value,
                      text("revision ", decision.revision, " after ", entries_[at].revision),
                      "RewardPayout::apply");
    }
    Entry& entry = entries_[at];
    entry.revision = decision.revision;
    entry.at.granted = decision.granted;
    sync(entry, decision.time, decision.bound == RewardBound::expired);
  }
}

void RewardPayout::end_wait(std::uint64_t event, RewardWait wait, bool of_referee, Time time,
                            std::vector<RewardKey>& released) {
  for (std::uint32_t i = first_of(event); i != nothing; i = entries_[i].next_of_event) {
    RewardStanding& at = entries_[i].at;
    if ((at.key.level == 0) != of_referee || !has(at.waits, wait)) continue;
    at.waits = without(at.waits, wait);
    if (at.waits == RewardWait::none) released.push_back(at.key);
    sync(entries_[i], time);
  }
}

void RewardPayout::end_event_wait(std::uint64_t event, RewardEventKind kind, Time time,
                                  std::vector<RewardKey>& released) {
  for (std::uint32_t i = first_of(event); i != nothing; i = entries_[i].next_of_event) {
    RewardStanding& at = entries_[i].at;
    if (entries_[i].hold_event != kind || !has(at.waits, RewardWait::event)) continue;
    at.waits = without(at.waits, RewardWait::event);
    if (entries_[i].expires_after.count() > 0) {
      at.expires = after(time, entries_[i].expires_after);
      add_due({at.expires, i, true});
    }
    if (at.waits == RewardWait::none) released.push_back(at.key);
    sync(entries_[i], time);
  }
}

void RewardPayout::advance(Time now, std::vector<RewardKey>& released,
                           std::vector<RewardKey>& expired) {
  const auto later = [](const Due& a, const Due& b) {
    return std::pair(a.time, a.entry) > std::pair(b.time, b.entry);
  };
  while (!dues_.empty() && dues_.front().time <= now) {
    const Due due = dues_.front();
    std::pop_heap(dues_.begin(), dues_.end(), later);
    dues_.pop_back();
    RewardStanding& at = entries_[due.entry].at;
    if (due.expires) {
      if (at.granted > 0) expired.push_back(at.key);
      continue;
    }
    if (!has(at.waits, RewardWait::time)) continue;
    at.waits = without(at.waits, RewardWait::time);
    if (at.waits == RewardWait::none) released.push_back(at.key);
    sync(entries_[due.entry], due.time);
  }
  accounts_.advance(now);
}

TransferRefusal RewardPayout::withdraw(Customer customer, LedgerUnit unit, std::int64_t amount,
                                       Time time, const TransferId& id) {
  WalletMove move;
  move.id = id;
  move.customer = customer;
  move.unit = unit;
  move.amount = amount;
  move.time = time;
  move.code = withdrawal_code;
  move.other = accounts_.account(house_account(AccountPurpose::paid, unit));
  return accounts_.take(move, TakingLimit::refuse).refusal;
}

RewardStanding RewardPayout::standing(std::size_t reward) const {
  if (reward >= entries_.size()) {
    throw Exception(ErrorCode::out_of_range, text("reward ", reward, " of ", entries_.size()),
                    "RewardPayout");
  }
  return entries_[reward].at;
}

RewardStanding RewardPayout::standing(const RewardKey& key) const {
  const std::uint32_t at = find(key);
  if (at == nothing) {
    throw Exception(ErrorCode::not_found, "there is no such reward", "RewardPayout::standing");
  }
  return entries_[at].at;
}

std::vector<RewardStanding> RewardPayout::of_event(std::uint64_t event) const {
  std::vector<RewardStanding> out;
  for (std::uint32_t i = first_of(event); i != nothing; i = entries_[i].next_of_event) {
    out.push_back(entries_[i].at);
  }
  return out;
}

WalletBalance RewardPayout::balance(Customer customer, LedgerUnit unit) const {
  return accounts_.balance(customer, unit);
}

void RewardPayout::reserve(std::size_t rewards) {
  entries_.reserve(rewards);
  by_event_.reserve(rewards);
  accounts_.reserve(rewards, 2 * rewards);
}

void RewardPayout::on_merge(const MergeEvent& event, std::span<const OwnerChange> changes) {
  follow(event, changes);
}

void RewardPayout::on_unmerge(const MergeEvent& event, std::span<const OwnerChange> changes) {
  follow(event, changes);
}

void RewardPayout::follow(const MergeEvent& event, std::span<const OwnerChange> changes) {
  accounts_.on_merge(event, changes);  // a merge and an unmerge are followed alike
  std::vector<std::uint32_t> touched;
  for (const Customer owner : touched_owners(changes)) {
    accounts_.groups().for_each_member(owner, [&](Customer member) {
      const detail::ArrayPlace* found = by_referee_.find(static_cast<std::uint64_t>(member));
      std::uint32_t at = found == nullptr ? nothing : found->at;
      for (; at != nothing; at = entries_[at].next_of_referee) touched.push_back(at);
    });
  }
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  for (const std::uint32_t at : touched) {
    Entry& entry = entries_[at];
    if (entry.at.key.level == 0) continue;
    const bool self =
        accounts_.owner(entry.at.key.beneficiary) == accounts_.owner(entry.at.referee);
    if (self == entry.at.self_referral) continue;
    if (self && after(entry.at.event_time, options_.clawback_window) < event.time) continue;
    entry.at.self_referral = self;
    sync(entry, event.time);
  }
}

}  // namespace emptor
