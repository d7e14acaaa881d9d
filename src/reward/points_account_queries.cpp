// What is asked of an account; src/reward/points_account.cpp takes its facts.

#include "emptor/reward/points_account.hpp"

#include <algorithm>
#include <utility>

namespace emptor {

bool PointsAccount::is_now(Time as_of) const {
  return facts_.empty() || (facts_.back().time <= as_of && owed_ == 0);
}

PointsAccount PointsAccount::known_at(Time as_of) const {
  PointsAccount out;
  const auto end = std::find_if(facts_.rbegin(), facts_.rend(),
                                [&](const PointFact& fact) { return fact.time <= as_of; });
  if (end == facts_.rbegin()) {
    out = *this;
  } else {
    out.facts_.assign(facts_.begin(), end.base());
    out.replay();
  }
  out.settle_until(as_of);
  return out;
}

PointsBalance PointsAccount::balance(Time as_of) const {
  if (!is_now(as_of)) {
    PointsAccount then = known_at(as_of);
    const std::int64_t owed = std::exchange(then.owed_, 0);
    PointsBalance balance = then.balance(as_of);
    balance.owed = owed;
    return balance;
  }
  PointsBalance out{.spent = spent_,
                    .clawed_back = clawed_,
                    .earned = earned_,
                    .owed = owed_,
                    .uncollected = uncollected_};
  for (const Lot& lot : lots_) {
    (lot.expires_at <= as_of     ? out.expired
     : lot.available_at <= as_of ? out.available
                                 : out.pending) += lot.left;
  }
  return out;
}

PointLot PointsAccount::shown(const Lot& lot) const {
  const PointFact& fact = facts_[lot.fact];
  const PointFact& origin = facts_[lot.origin];
  return {fact.id,  origin.source, lot.record,       lot.amount,
          lot.left, origin.time,   lot.available_at, lot.expires_at};
}

std::vector<PointLot> PointsAccount::lots(Time as_of) const {
  const auto list = [](const PointsAccount& account) {
    std::vector<PointLot> out;
    for (const std::uint32_t at : account.order_) {
      if (account.lots_[at].left != 0) out.push_back(account.shown(account.lots_[at]));
    }
    return out;
  };
  return is_now(as_of) ? list(*this) : list(known_at(as_of));
}

void PointsAccount::lapsing(Time after, Time until, std::vector<PointLot>& out) const {
  if (owed_ != 0 && until > settled_) {
    PointsAccount then = *this;
    then.settle_until(until);
    then.owed_ = 0;
    return then.lapsing(after, until, out);
  }
  for (const std::uint32_t at : order_) {
    const Lot& lot = lots_[at];
    if (lot.expires_at > until) return;
    if (lot.left != 0 && lot.expires_at > after) out.push_back(shown(lot));
  }
}

const PointFact* PointsAccount::find(Time time, std::uint64_t id) const {
  const std::size_t at = place(time, id);
  const bool here = at != facts_.size() && facts_[at].id == id && facts_[at].time == time;
  return here ? &facts_[at] : nullptr;
}

void PointsAccount::reserve(std::size_t facts) {
  facts_.reserve(facts);
  lots_.reserve(facts);
  order_.reserve(facts);
  uses_.reserve(facts);
}

bool PointsAccount::same(const PointsAccount& other) const {
  return facts_ == other.facts_ && lots_ == other.lots_ && order_ == other.order_ &&
         uses_ == other.uses_ && debts_ == other.debts_ && earned_ == other.earned_ &&
         spent_ == other.spent_ && clawed_ == other.clawed_ && owed_ == other.owed_ &&
         uncollected_ == other.uncollected_ && shorts_ == other.shorts_;
}

}  // namespace emptor
