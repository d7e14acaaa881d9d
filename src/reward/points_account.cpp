#include "emptor/reward/points_account.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "emptor/core/error.hpp"

namespace emptor {

namespace {

constexpr Time first_time{Day{std::chrono::year{1} / 1 / 1}};
constexpr Time end_time{Day{std::chrono::year{10000} / 1 / 1}};

bool before(const PointFact& fact, Time time, std::uint64_t id) {
  return fact.time != time ? fact.time < time : fact.id < id;
}

bool earlier(const PointFact& a, const PointFact& b) {
  return before(a, b.time, b.id);
}

bool names_another(PointFactKind kind) {
  return kind == PointFactKind::activate || kind == PointFactKind::refund ||
         kind == PointFactKind::claw_back;
}

// Amortised, unlike a reserve of one more.
template <class T>
void make_room(std::vector<T>& values) {
  if (values.size() == values.capacity()) {
    values.reserve(values.empty() ? 4 : 2 * values.size());
  }
}

}  // namespace

std::size_t PointsAccount::place(Time time, std::uint64_t id) const {
  const auto at = std::lower_bound(
      facts_.begin(), facts_.end(), id,
      [&](const PointFact& fact, std::uint64_t wanted) { return before(fact, time, wanted); });
  return static_cast<std::size_t>(at - facts_.begin());
}

std::size_t PointsAccount::lot_of(std::uint32_t earn) const {
  const auto at =
      std::lower_bound(lots_.begin(), lots_.end(), earn,
                       [](const Lot& lot, std::uint32_t wanted) { return lot.fact < wanted; });
  return static_cast<std::size_t>(at - lots_.begin());
}

PointsVerdict PointsAccount::check_shape(const PointFact& fact) const {
  const bool counts = fact.kind != PointFactKind::activate;
  if (fact.customer == no_customer || fact.kind > PointFactKind::claw_back ||
      fact.draw > PointDraw::group || fact.clawback > PointClawback::unlimited ||
      fact.time < first_time || fact.time >= end_time || fact.amount < (counts ? 1 : 0) ||
      fact.amount > (counts ? max_points : 0)) {
    return PointsVerdict::invalid;
  }
  if (fact.kind == PointFactKind::earn) {
    const bool in_time = fact.expires_at > fact.time &&
                         (fact.available_at == Time::max() || fact.available_at < fact.expires_at);
    if (!in_time) return PointsVerdict::expired;
  }
  return facts_.size() < max_point_facts ? PointsVerdict::accepted : PointsVerdict::full;
}

std::int64_t PointsAccount::refundable(std::uint32_t spend) const {
  std::int64_t sum = 0;
  auto use =
      std::lower_bound(uses_.begin(), uses_.end(), spend,
                       [](const Use& one, std::uint32_t wanted) { return one.fact < wanted; });
  for (; use != uses_.end() && use->fact == spend; ++use) sum += use->amount;
  for (const Debt& debt : debts_) {
    if (debt.fact == spend) sum += debt.open;
  }
  return sum;
}

PointsVerdict PointsAccount::check_cause(const PointFact& fact) const {
  const PointFact* found = find(fact.source_time, fact.source);
  if (found == nullptr || found->customer != fact.customer) return PointsVerdict::unknown;
  const PointFact& cause = *found;
  const bool of_spend = fact.kind == PointFactKind::refund;
  const bool is_spend = cause.kind == PointFactKind::spend || cause.kind == PointFactKind::deduct;
  if (of_spend ? !is_spend : cause.kind != PointFactKind::earn) return PointsVerdict::unknown;
  if (!earlier(cause, fact)) return PointsVerdict::too_early;
  const auto fact_at = static_cast<std::uint32_t>(found - facts_.data());
  if (of_spend) {
    return fact.amount > refundable(fact_at) ? PointsVerdict::too_much : PointsVerdict::accepted;
  }
  const Lot& lot = lots_[lot_of(fact_at)];
  if (fact.kind == PointFactKind::activate) {
    return lot.expires_at <= fact.time ? PointsVerdict::expired : PointsVerdict::accepted;
  }
  return fact.amount > cause.amount - lot.clawed ? PointsVerdict::too_much
                                                 : PointsVerdict::accepted;
}

bool PointsAccount::covered(const PointFact& spend) const {
  if (owed_ == 0 && (facts_.empty() || earlier(facts_.back(), spend))) {
    std::int64_t missing = spend.amount;
    for (std::size_t i = first_; i < order_.size() && missing > 0; ++i) {
      const Lot& lot = lots_[order_[i]];
      if (lot.available_at <= spend.time && spend.time < lot.expires_at) missing -= lot.left;
    }
    return missing <= 0;
  }
  PointsAccount trial = *this;
  trial.add(spend);
  return trial.shorts_ <= shorts_;
}

PointsVerdict PointsAccount::check(const PointFact& fact) const {
  const PointsVerdict shape = check_shape(fact);
  if (shape != PointsVerdict::accepted && shape != PointsVerdict::full) return shape;
  if (!facts_.empty() && !earlier(facts_.back(), fact)) {
    if (const PointFact* there = find(fact.time, fact.id)) {
      return *there == fact ? PointsVerdict::repeated : PointsVerdict::conflict;
    }
  }
  if (shape != PointsVerdict::accepted) return shape;
  if (names_another(fact.kind)) return check_cause(fact);
  if (fact.kind == PointFactKind::spend && !covered(fact)) return PointsVerdict::insufficient;
  return PointsVerdict::accepted;
}

void PointsAccount::add(const PointFact& fact) {
  PointsVerdict verdict = check_shape(fact);
  const bool late = !facts_.empty() && !earlier(facts_.back(), fact);
  if (late && verdict != PointsVerdict::invalid) {
    if (const PointFact* there = find(fact.time, fact.id)) {
      if (*there == fact) return;
      verdict = PointsVerdict::conflict;
    }
  }
  if (verdict == PointsVerdict::accepted && names_another(fact.kind)) verdict = check_cause(fact);
  if (verdict != PointsVerdict::accepted) {
    const bool full = verdict == PointsVerdict::full;
    throw Exception(full ? ErrorCode::overflow : ErrorCode::invalid_value,
                    text("a fact of points that is '", name(verdict), "' cannot be taken"),
                    "PointsAccount");
  }
  take(fact);
}

PointsVerdict PointsAccount::post(const PointFact& fact) {
  const PointsVerdict verdict = check(fact);
  if (verdict == PointsVerdict::accepted) take(fact);
  return verdict;
}

void PointsAccount::take(const PointFact& fact) {
  if (facts_.empty() || earlier(facts_.back(), fact)) {
    make_room(facts_);
    make_room(lots_);
    make_room(order_);
    facts_.push_back(fact);
    apply(static_cast<std::uint32_t>(facts_.size() - 1));
    return;
  }
  PointsAccount next;
  next.facts_.reserve(facts_.size() + 1);
  next.facts_ = facts_;
  next.facts_.insert(next.facts_.begin() + static_cast<std::ptrdiff_t>(place(fact.time, fact.id)),
                     fact);
  next.replay();
  *this = std::move(next);
}

void PointsAccount::merge(const PointsAccount& other) {
  if (other.facts_.empty()) return;
  PointsAccount next;
  next.facts_.reserve(facts_.size() + other.facts_.size());
  auto a = facts_.begin();
  auto b = other.facts_.begin();
  while (a != facts_.end() || b != other.facts_.end()) {
    if (b == other.facts_.end() || (a != facts_.end() && !earlier(*b, *a))) {
      if (b != other.facts_.end() && a->id == b->id && a->time == b->time) ++b;
      next.facts_.push_back(*a++);
    } else {
      next.facts_.push_back(*b++);
    }
  }
  if (next.facts_.size() > max_point_facts) {
    throw Exception(ErrorCode::overflow, text("an account has at most ", max_point_facts, " facts"),
                    "PointsAccount::merge");
  }
  next.replay();
  *this = std::move(next);
}

void PointsAccount::replay() {
  for (std::uint32_t at = 0; at < facts_.size(); ++at) apply(at);
}

void PointsAccount::apply(std::uint32_t at) {
  const PointFact& fact = facts_[at];
  settle_until(fact.time);
  if (at == 0) record_ = fact.customer;
  if (fact.customer != record_) mixed_ = true;
  switch (fact.kind) {
    case PointFactKind::earn:
      earned_ += fact.amount;
      new_lot({at, at, fact.amount, fact.amount, 0, std::max(fact.available_at, fact.time),
               fact.expires_at, fact.customer});
      break;
    case PointFactKind::activate: {
      Lot& lot = lots_[lot_of(static_cast<std::uint32_t>(place(fact.source_time, fact.source)))];
      lot.available_at = std::min(lot.available_at, fact.time);
      break;
    }
    case PointFactKind::spend:
    case PointFactKind::deduct:
      spend(at);
      break;
    case PointFactKind::refund:
      refund(at);
      break;
    case PointFactKind::claw_back:
      claw_back(at);
      break;
  }
  if (owed_ != 0) pay(fact.time);
}

std::size_t PointsAccount::order_place(std::uint32_t lot) const {
  const auto sooner = [&](std::uint32_t a, std::uint32_t b) {
    const Lot& x = lots_[a];
    const Lot& y = lots_[b];
    if (x.expires_at != y.expires_at) return x.expires_at < y.expires_at;
    const Time born = facts_[x.origin].time;
    const Time other = facts_[y.origin].time;
    if (born != other) return born < other;
    const std::uint64_t id = facts_[x.fact].id;
    const std::uint64_t another = facts_[y.fact].id;
    return id != another ? id < another : a < b;
  };
  if (order_.empty() || sooner(order_.back(), lot)) return order_.size();
  return static_cast<std::size_t>(std::lower_bound(order_.begin(), order_.end(), lot, sooner) -
                                  order_.begin());
}

void PointsAccount::new_lot(const Lot& lot) {
  const auto at = static_cast<std::uint32_t>(lots_.size());
  lots_.push_back(lot);
  const std::size_t where = order_place(at);
  order_.insert(order_.begin() + static_cast<std::ptrdiff_t>(where), at);
  first_ = std::min(first_, where);
}

template <class May, class Taken>
void PointsAccount::draw_where(Time time, std::int64_t& amount, May&& may, Taken&& taken) {
  for (std::size_t i = first_; i < order_.size() && amount > 0; ++i) {
    Lot& lot = lots_[order_[i]];
    if (lot.left == 0 || lot.available_at > time || lot.expires_at <= time || !may(lot)) continue;
    const std::int64_t some = std::min(lot.left, amount);
    lot.left -= some;
    amount -= some;
    taken(order_[i], some);
  }
}

template <class Taken>
std::int64_t PointsAccount::draw(const PointFact& fact, Time time, std::int64_t amount,
                                 Taken&& taken) {
  while (first_ < order_.size() &&
         (lots_[order_[first_]].left == 0 || lots_[order_[first_]].expires_at <= time)) {
    ++first_;
  }
  if (mixed_ && fact.draw == PointDraw::own_first) {
    draw_where(
        time, amount, [&](const Lot& lot) { return lot.record == fact.customer; }, taken);
  }
  draw_where(
      time, amount, [](const Lot&) { return true; }, taken);
  return amount;
}

void PointsAccount::owe(std::uint32_t fact, std::int64_t points) {
  if (points == 0) return;
  debts_.push_back({fact, points});
  owed_ += points;
}

void PointsAccount::spend(std::uint32_t at) {
  const PointFact& fact = facts_[at];
  const std::int64_t missing =
      draw(fact, fact.time, fact.amount, [&](std::uint32_t lot, std::int64_t points) {
        make_room(uses_);
        uses_.push_back({at, lot, points});
      });
  spent_ += fact.amount - missing;
  if (fact.kind == PointFactKind::spend) shorts_ += missing;
  owe(at, missing);
}

void PointsAccount::refund(std::uint32_t at) {
  const PointFact fact = facts_[at];
  const auto spend = static_cast<std::uint32_t>(place(fact.source_time, fact.source));
  std::int64_t rest = fact.amount;
  for (Debt& debt : debts_) {
    if (debt.fact != spend) continue;
    const std::int64_t some = std::min(rest, debt.open);
    debt.open -= some;
    owed_ -= some;
    rest -= some;
  }
  std::erase_if(debts_, [](const Debt& debt) { return debt.open == 0; });
  const auto end =
      std::upper_bound(uses_.begin(), uses_.end(), spend,
                       [](std::uint32_t wanted, const Use& use) { return wanted < use.fact; });
  for (auto use = end; rest > 0 && use != uses_.begin() && std::prev(use)->fact == spend;) {
    --use;
    const std::int64_t some = std::min(rest, use->amount);
    if (some == 0) continue;
    use->amount -= some;
    rest -= some;
    spent_ -= some;
    Lot& lot = lots_[use->lot];
    if (lot.expires_at > fact.time || fact.expires_at <= fact.time) {
      lot.left += some;
      first_ = std::min(first_, order_place(use->lot));
    } else {
      lot.amount -= some;
      renewed_ = true;
      new_lot({at, lot.origin, some, some, 0, fact.time, fact.expires_at, lot.record});
    }
  }
}

void PointsAccount::claw_back(std::uint32_t at) {
  const PointFact& fact = facts_[at];
  const auto earn = static_cast<std::uint32_t>(place(fact.source_time, fact.source));
  std::int64_t rest = fact.amount;
  const auto take = [&](Lot& lot) {
    const std::int64_t some = std::min(rest, lot.left);
    lot.left -= some;
    rest -= some;
  };
  const std::size_t own = lot_of(earn);
  lots_[own].clawed += fact.amount;
  take(lots_[own]);
  if (renewed_) {
    for (std::size_t i = own + 1; i < lots_.size() && rest > 0; ++i) {
      if (lots_[i].origin == earn) take(lots_[i]);
    }
  }
  if (fact.clawback != PointClawback::only_left) {
    rest = draw(fact, fact.time, rest, [](std::uint32_t, std::int64_t) {});
  }
  clawed_ += fact.amount - rest;
  if (fact.clawback == PointClawback::unlimited) {
    owe(at, rest);
  } else {
    uncollected_ += rest;
  }
}

void PointsAccount::pay(Time time) {
  for (Debt& debt : debts_) {
    const PointFact& fact = facts_[debt.fact];
    const bool claw = fact.kind == PointFactKind::claw_back;
    const std::int64_t missing =
        draw(fact, time, debt.open, [&](std::uint32_t lot, std::int64_t points) {
          if (claw) return;
          const auto after = std::upper_bound(
              uses_.begin(), uses_.end(), debt.fact,
              [](std::uint32_t wanted, const Use& use) { return wanted < use.fact; });
          uses_.insert(after, {debt.fact, lot, points});
        });
    (claw ? clawed_ : spent_) += debt.open - missing;
    owed_ -= debt.open - missing;
    debt.open = missing;
    if (missing != 0) break;  // every lot has been asked
  }
  std::erase_if(debts_, [](const Debt& debt) { return debt.open == 0; });
}

void PointsAccount::settle_until(Time time) {
  while (owed_ != 0) {
    Time next = Time::max();
    for (const Lot& lot : lots_) {
      if (lot.left != 0 && lot.available_at > settled_ && lot.available_at < lot.expires_at) {
        next = std::min(next, lot.available_at);
      }
    }
    if (next > time || next == Time::max()) break;
    settled_ = next;
    pay(next);
  }
  settled_ = time;
}

}  // namespace emptor
