#include "score/label_outcome.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/core/error.hpp"

namespace emptor::detail {

namespace {

constexpr std::chrono::seconds none{0};

Time first_sale(std::span<const FeatureEvent> lines) {
  const auto at = std::find_if(lines.begin(), lines.end(),
                               [](const FeatureEvent& line) { return !line.is_refund(); });
  return at == lines.end() ? Time::max() : at->time;
}
Time last_sale(std::span<const FeatureEvent> lines) {
  const auto at = std::find_if(lines.rbegin(), lines.rend(),
                               [](const FeatureEvent& line) { return !line.is_refund(); });
  return at->time;
}

}  // namespace

Cover cover_at(std::span<const Contract> contracts, Time at, std::chrono::seconds grace) {
  Cover cover;
  for (const Contract& contract : contracts) {
    const Time last = contract.last();
    if (last <= contract.start) continue;
    const bool open = cover.start < Time::max();
    if (open && (cover.end >= Time::max() - grace || contract.start <= cover.end + grace)) {
      if (last > cover.end) {
        cover.end = last;
        cover.noticed = contract.notice < Time::max();
      }
      continue;
    }
    if (contract.start > at || (open && cover.end > at)) break;
    cover = {.start = contract.start, .end = last, .noticed = contract.notice < Time::max()};
  }
  if (cover.start < Time::max() && (cover.start > at || cover.end <= at)) return {};
  return cover;
}

OutcomeRule::OutcomeRule(const OutcomeOptions& options, const CustomerFacts& facts)
    : options_(options),
      lines_(facts.orders != nullptr &&
             (options.line || !(options.kind == OutcomeKind::happens && options.event))),
      by_orders_(facts.orders != nullptr) {
  constexpr std::chrono::seconds most = std::chrono::days{100'000};
  require_option(options.horizon > none && options.horizon <= most, "horizon",
                 "> 0 and at most 100,000 days", options.horizon.count());
  const auto not_below = [&](std::chrono::seconds length, const char* name) {
    require_option(length >= none && length <= most, name, ">= 0 and at most 100,000 days",
                   length.count());
  };
  not_below(options.gap, "gap");
  not_below(options.active_within, "active_within");
  not_below(options.min_tenure, "min_tenure");
  not_below(options.grace, "grace");
  if (facts.orders != nullptr) unit_ = std::pow(10.0, facts.orders->price_scale());
}

Standing OutcomeRule::standing_of_cover(const CustomerPast& past) const {
  Time since = Time::max();
  for (const Contract& contract : past.contracts) {
    if (contract.last() > contract.start) since = std::min(since, contract.start);
  }
  if (since >= past.date) return Standing::not_yet;
  if (since > past.date - options_.min_tenure) return Standing::too_young;
  const Cover cover = cover_at(past.contracts, past.date - std::chrono::seconds{1}, options_.grace);
  if (cover.start == Time::max() || cover.end <= past.date) return Standing::inactive;
  return cover.noticed ? Standing::already : Standing::row;
}

Standing OutcomeRule::standing(const CustomerPast& past) const {
  if (of_contracts()) return standing_of_cover(past);
  const Time since = by_orders_            ? first_sale(past.lines)
                     : past.events.empty() ? Time::max()
                                           : past.events.front().time;
  if (since == Time::max()) return Standing::not_yet;
  if (since > past.date - options_.min_tenure) return Standing::too_young;
  const Time last = by_orders_ ? last_sale(past.lines) : past.events.back().time;
  if (options_.active_within > none && last < past.date - options_.active_within) {
    return Standing::inactive;
  }
  const bool once = options_.kind == OutcomeKind::happens && options_.once;
  return once && happened(past.lines, past.events) ? Standing::already : Standing::row;
}

bool OutcomeRule::happened(std::span<const FeatureEvent> lines,
                           std::span<const CustomerEvent> events) const {
  for (const FeatureEvent& line : lines) {
    if (!line.is_refund() && counts(line)) return true;
  }
  return std::any_of(events.begin(), events.end(), [&](const CustomerEvent& event) {
    return options_.event && options_.event(event);
  });
}

void OutcomeRule::bought(std::span<const FeatureEvent> lines, Target& out) {
  sums_.clear();
  std::int64_t total = 0;
  bool refunds = false;
  bool sales = false;
  for (const FeatureEvent& line : lines) {
    const bool refund = line.is_refund();
    if (!counts(line) || (refund && !options_.refunds)) continue;
    total += line.amount;
    (refund ? refunds : sales) = true;
    sums_.push_back({line.order, line.amount, !refund, refund});
  }
  if (options_.kind == OutcomeKind::value) {
    out.value = static_cast<double>(total) / unit_;
    return;
  }
  bool kept = sales;
  if (sales && refunds) {
    kept = false;
    std::sort(sums_.begin(), sums_.end(),
              [](const OrderSum& a, const OrderSum& b) { return a.order < b.order; });
    for (std::size_t i = 0; i < sums_.size() && !kept;) {
      OrderSum sum = sums_[i];
      for (++i; i < sums_.size() && sums_[i].order == sum.order; ++i) {
        sum.amount += sums_[i].amount;
        sum.sale |= sums_[i].sale;
        sum.refund |= sums_[i].refund;
      }
      kept = sum.sale && (!sum.refund || sum.amount > 0);
    }
  }
  out.given_back = sales && !kept;
  out.value = kept ? 1 : 0;
}

OutcomeRule::Target OutcomeRule::target(const LabelFacts& facts, std::size_t customer, Time date) {
  const Time from = date + options_.gap;
  const Time to = from + options_.horizon;
  Target out;
  if (of_contracts()) {
    const Cover cover = cover_at(facts.contracts(customer), date, options_.grace);
    out.gone = cover.start == Time::max() || cover.end < from;
    out.value = !out.gone && cover.end < to ? 1 : 0;
    return out;
  }
  bought(facts.lines(customer, from, to), out);
  if (options_.kind == OutcomeKind::no_purchase) {
    out.value = 1 - out.value;
  } else if (options_.kind == OutcomeKind::happens && options_.event && out.value == 0 &&
             happened({}, facts.events(customer, from, to))) {
    out.value = 1;
    out.given_back = false;
  }
  return out;
}

}  // namespace emptor::detail
