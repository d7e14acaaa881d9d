#pragma once

/// @file
/// Points one by one: every point is a token, every instant is visited. Nothing is shared with
/// PointsAccount but the facts.

#include <algorithm>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "emptor/reward/points_fact.hpp"
#include "emptor/reward/points_result.hpp"

namespace emptor::test {

class PointsTwin {
 public:
  /// Facts in any order; instants are the facts' times and those they name, up to `as_of`.
  PointsTwin(std::vector<PointFact> facts, Time as_of) : facts_(std::move(facts)) {
    std::sort(facts_.begin(), facts_.end(), [](const PointFact& a, const PointFact& b) {
      return std::tuple(a.time, a.id) < std::tuple(b.time, b.id);
    });
    std::erase_if(facts_, [&](const PointFact& fact) { return fact.time > as_of; });
    std::vector<Time> instants{as_of};
    for (const PointFact& fact : facts_) {
      instants.push_back(fact.time);
      if (fact.available_at <= as_of) instants.push_back(fact.available_at);
    }
    std::sort(instants.begin(), instants.end());
    for (const Time now : instants) {
      repay(now);
      for (const PointFact& fact : facts_) {
        if (fact.time != now || done_[fact.id]) continue;
        done_[fact.id] = true;
        take(fact);
        repay(now);
      }
    }
    for (const Token& token : tokens_) {
      ++balance_.earned;
      if (token.state == State::spent) {
        ++balance_.spent;
      } else if (token.state == State::clawed) {
        ++balance_.clawed_back;
      } else {
        ++left_[token.lot];
        (token.expires <= as_of     ? balance_.expired
         : token.available <= as_of ? balance_.available
                                    : balance_.pending) += 1;
      }
    }
    balance_.owed = static_cast<std::int64_t>(owed_.size());
  }

  [[nodiscard]] const PointsBalance& balance() const { return balance_; }
  [[nodiscard]] const std::map<std::uint64_t, std::int64_t>& left() const { return left_; }
  /// Points that spends lacked when they were made.
  [[nodiscard]] std::int64_t shorts() const { return shorts_; }

 private:
  enum class State : std::uint8_t { free, spent, clawed };
  struct Token {
    Time expires;
    Time earned;
    std::uint64_t lot;
    std::uint64_t serial;
    std::uint64_t earn;
    Customer record;
    Time available;
    State state = State::free;
  };

  const PointFact& fact(std::uint64_t id) const {
    return *std::find_if(facts_.begin(), facts_.end(),
                         [&](const PointFact& one) { return one.id == id; });
  }
  /// The token to be spent next, or none.
  Token* next(const PointFact& by, Time now) {
    Token* best = nullptr;
    const auto key = [&](const Token& token) {
      const bool other = by.draw == PointDraw::own_first && token.record != by.customer;
      return std::tuple(other, token.expires, token.earned, token.lot, token.serial);
    };
    for (Token& token : tokens_) {
      if (token.state != State::free || token.available > now || token.expires <= now) continue;
      if (best == nullptr || key(token) < key(*best)) best = &token;
    }
    return best;
  }
  void take(const PointFact& f) {
    switch (f.kind) {
      case PointFactKind::earn:
        ++serial_;
        for (std::int64_t i = 0; i < f.amount; ++i) {
          tokens_.push_back({f.expires_at, f.time, f.id, serial_, f.id, f.customer,
                             std::max(f.time, f.available_at)});
        }
        break;
      case PointFactKind::activate:
        for (Token& token : tokens_) {
          if (token.lot == f.source) token.available = std::min(token.available, f.time);
        }
        break;
      case PointFactKind::spend:
      case PointFactKind::deduct:
        for (std::int64_t i = 0; i < f.amount; ++i) {
          Token* token = next(f, f.time);
          if (token == nullptr) {
            owed_.push_back(f.id);
            if (f.kind == PointFactKind::spend) ++shorts_;
          } else {
            token->state = State::spent;
            drawn_[f.id].push_back(static_cast<std::size_t>(token - tokens_.data()));
          }
        }
        break;
      case PointFactKind::refund:
        refund(f);
        break;
      case PointFactKind::claw_back:
        claw(f);
        break;
    }
  }
  void refund(const PointFact& f) {
    std::uint64_t lot_before = 0;
    for (std::int64_t i = 0; i < f.amount; ++i) {
      const auto debt = std::find(owed_.begin(), owed_.end(), f.source);
      if (debt != owed_.end()) {
        owed_.erase(debt);
        continue;
      }
      Token& token = tokens_[drawn_[f.source].back()];
      drawn_[f.source].pop_back();
      token.state = State::free;
      if (token.expires <= f.time && f.expires_at > f.time) {
        if (token.serial != lot_before) {
          lot_before = token.serial;
          ++serial_;
        }
        token.lot = f.id;
        token.serial = serial_;
        token.expires = f.expires_at;
        token.available = f.time;
      }
    }
  }
  void claw(const PointFact& f) {
    for (std::int64_t i = 0; i < f.amount; ++i) {
      Token* best = nullptr;
      for (Token& token : tokens_) {
        if (token.earn != f.source || token.state != State::free) continue;
        if (best == nullptr || token.serial < best->serial) best = &token;
      }
      if (best == nullptr && f.clawback != PointClawback::only_left) best = next(f, f.time);
      if (best != nullptr) {
        best->state = State::clawed;
      } else if (f.clawback == PointClawback::unlimited) {
        owed_.push_back(f.id);
      } else {
        ++balance_.uncollected;
      }
    }
  }
  void repay(Time now) {
    std::sort(owed_.begin(), owed_.end(), [&](std::uint64_t a, std::uint64_t b) {
      return std::tuple(fact(a).time, a) < std::tuple(fact(b).time, b);
    });
    while (!owed_.empty()) {
      const PointFact& by = fact(owed_.front());
      Token* token = next(by, now);
      if (token == nullptr) return;
      if (by.kind == PointFactKind::claw_back) {
        token->state = State::clawed;
      } else {
        token->state = State::spent;
        drawn_[by.id].push_back(static_cast<std::size_t>(token - tokens_.data()));
      }
      owed_.erase(owed_.begin());
    }
  }

  std::vector<PointFact> facts_;
  std::vector<Token> tokens_;
  std::vector<std::uint64_t> owed_;  // a fact's id a point
  std::map<std::uint64_t, std::vector<std::size_t>> drawn_;
  std::map<std::uint64_t, bool> done_;
  std::map<std::uint64_t, std::int64_t> left_;
  std::uint64_t serial_ = 0;
  std::int64_t shorts_ = 0;
  PointsBalance balance_;
};

/// Facts from random numbers: what, when, how much, and which earlier fact.
using PointSteps =
    std::vector<std::tuple<std::uint8_t, std::uint8_t, std::uint8_t, std::uint8_t, std::uint8_t>>;

inline Time point_day(int day) {
  return Time{Day{std::chrono::year{2024} / 1 / 1} + std::chrono::days{day}};
}

/// The fact that a step stands for; `known` are ids of earlier facts that may be named.
inline PointFact point_fact(const PointSteps::value_type& step, std::uint64_t id, Customer customer,
                            const std::vector<std::uint64_t>& known) {
  const auto& [what, when, amount, terms, which] = step;
  const auto kind = what % 10 < 3   ? PointFactKind::earn
                    : what % 10 < 5 ? PointFactKind::spend
                                    : static_cast<PointFactKind>(what % 4 + 1);
  PointFact fact{.id = id, .customer = customer, .kind = kind, .time = point_day(when % 40)};
  fact.amount = kind == PointFactKind::activate ? 0 : 1 + amount % 12;
  fact.draw = terms % 3 == 0 ? PointDraw::group : PointDraw::own_first;
  fact.clawback = static_cast<PointClawback>(terms % 3);
  if (what % 10 == 9) fact.kind = which % 2 == 0 ? PointFactKind::claw_back : PointFactKind::refund;
  if (fact.kind == PointFactKind::earn) {
    if (terms % 4 == 1) fact.available_at = fact.time + std::chrono::days{terms % 9};
    if (terms % 4 == 2) fact.available_at = Time::max();
    if (terms % 5 != 0) fact.expires_at = fact.time + std::chrono::days{1 + which % 25};
  } else if (fact.kind == PointFactKind::refund) {
    fact.expires_at = terms % 2 == 0 ? Time::min() : fact.time + std::chrono::days{which % 6};
  }
  const bool names = fact.kind == PointFactKind::activate || fact.kind == PointFactKind::refund ||
                     fact.kind == PointFactKind::claw_back;
  if (names && !known.empty()) fact.source = known[which % known.size()];
  if (fact.kind == PointFactKind::activate) fact.amount = 0;
  if (fact.kind != PointFactKind::activate && fact.amount == 0) fact.amount = 1;
  return fact;
}

}  // namespace emptor::test
