#include "referral_results.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "emptor/referral/contest.hpp"
#include "emptor/referral/funnel.hpp"
#include "emptor/referral/growth.hpp"
#include "emptor/referral/matched_value.hpp"
#include "emptor/reward/compliance.hpp"
#include "emptor/reward/laboratory.hpp"
#include "emptor/reward/statement.hpp"

namespace storefront {
namespace {

using emptor::ClaimReason;
using emptor::ClaimState;
using emptor::Customer;
using emptor::RewardDecision;
using emptor::RewardStanding;
using emptor::Time;

constexpr int value_days = 180;
constexpr std::size_t shown_earners = 12;
constexpr std::size_t with_statements = 3;

void fill_forest(Referral& out) {
  const std::size_t n = out.people.customers.size();
  out.parents = out.programme.forest().parents(n);
  out.parents.resize(n, emptor::no_customer);
  emptor::ReferralForestResult& forest = out.forest;
  forest.customers = n;
  std::vector<std::uint64_t> children(n);
  std::vector<std::uint64_t> members(n);
  for (std::size_t c = 0; c < n; ++c) {
    std::uint32_t depth = 0;
    Customer at = emptor::id_at<Customer>(c);
    for (; out.parents[emptor::index(at)] != emptor::no_customer; ++depth) {
      at = out.parents[emptor::index(at)];
    }
    ++members[emptor::index(at)];
    forest.generations.resize(std::max<std::size_t>(forest.generations.size(), depth + 1));
    ++forest.generations[depth];
    forest.depth = std::max(forest.depth, depth);
    if (out.parents[c] == emptor::no_customer) continue;
    ++forest.edges;
    ++children[emptor::index(out.parents[c])];
  }
  for (std::size_t c = 0; c < n; ++c) {
    forest.parents += children[c] > 0 ? 1 : 0;
    forest.most_children = std::max(forest.most_children, children[c]);
    if (members[c] > 1) {
      ++forest.trees;
      forest.largest_tree = std::max(forest.largest_tree, members[c]);
    }
  }
  const auto refused = [&](emptor::AttachRefusal refusal) -> std::size_t& {
    return forest.counts.by_reason[static_cast<std::size_t>(refusal)];
  };
  refused(emptor::AttachRefusal::none) = forest.edges;
  for (const emptor::ClaimTransition& step : out.programme.attribution().log()) {
    if (step.to != ClaimState::rejected && step.to != ClaimState::voided) continue;
    if (step.reason == ClaimReason::self_referral) ++refused(emptor::AttachRefusal::self);
    if (step.reason == ClaimReason::blocked_ring) ++refused(emptor::AttachRefusal::cycle);
    if (step.reason == ClaimReason::existing_customer) {
      ++refused(emptor::AttachRefusal::existing_customer);
    }
  }
}

void fill_people(const ShopTables& shop, Time as_of, const std::vector<emptor::ReferralPath>& paths,
                 Referral& out) {
  std::vector<Customer> customers;
  std::vector<Time> times;
  for (std::size_t line = 0; line < shop.orders.lines(); ++line) {
    if (shop.orders.is_refund(line)) continue;
    if (shop.orders.line_customers()[line] == emptor::no_customer) continue;
    customers.push_back(shop.orders.line_customers()[line]);
    times.push_back(shop.orders.line_times()[line]);
  }
  out.funnel = emptor::referral_funnel_of(
      paths, {customers, times}, {.time_to_convert = std::chrono::days{7}, .as_of = as_of});
  std::vector<emptor::ReferralMember> members;
  for (std::size_t c = 0; c < out.people.joined.size(); ++c) {
    if (out.people.joined[c] == Time::max()) continue;
    members.push_back({emptor::id_at<Customer>(c), out.people.joined[c]});
  }
  out.growth = emptor::referral_growth_of(paths, members, {.as_of = as_of});
}

double major(const emptor::Money& money) {
  double out = static_cast<double>(money.minor());
  for (int digit = 0; digit < money.currency().digits(); ++digit) out /= 10;
  return out;
}

/// Net sales of the first days after each customer's first order, for those who were watched long
/// enough.
void fill_matched(const ShopTables& shop, Time as_of, std::uint64_t seed,
                  const emptor::Context& context, Referral& out) {
  const emptor::Orders& orders = shop.orders;
  const std::size_t n = shop.customers.size();
  std::vector<Time> first(n, Time::max());
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    const Customer customer = orders.line_customers()[line];
    if (customer == emptor::no_customer || orders.is_refund(line)) continue;
    first[emptor::index(customer)] =
        std::min(first[emptor::index(customer)], orders.line_times()[line]);
  }
  std::vector<std::int64_t> worth(n);
  std::vector<std::int64_t> opening(n);
  std::vector<emptor::Channel> channel(n, emptor::no_id<emptor::Channel>);
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (orders.line_customers()[line] == emptor::no_customer) continue;
    const std::size_t c = emptor::index(orders.line_customers()[line]);
    const Time time = orders.line_times()[line];
    if (first[c] == Time::max() || time < first[c]) continue;
    if (time < first[c] + std::chrono::days{value_days}) worth[c] += orders.line_amounts()[line];
    if (time != first[c] || orders.is_refund(line)) continue;
    opening[c] += orders.line_amounts()[line];
    channel[c] = orders.line_channels()[line];
  }
  std::vector<std::uint8_t> referred;
  std::vector<double> value;
  std::vector<std::int32_t> month;
  std::vector<emptor::Channel> by;
  std::vector<std::int64_t> amount;
  for (std::size_t c = 0; c < n; ++c) {
    if (first[c] == Time::max() || first[c] + std::chrono::days{value_days} > as_of) continue;
    referred.push_back(out.parents[c] == emptor::no_customer ? 0 : 1);
    value.push_back(major(orders.money(worth[c])));
    month.push_back(emptor::month_number(emptor::local_day(first[c])));
    by.push_back(channel[c]);
    amount.push_back(std::max<std::int64_t>(opening[c], 0));
  }
  out.matched_days = value_days;
  out.matched = emptor::coarsened_matched_value({referred, value, month, by, amount},
                                                {.months = 2, .bands = 4, .seed = seed}, context);
}

void fill_contests(Time as_of, const std::vector<emptor::ReferralPath>& paths, Referral& out) {
  emptor::Contest contest({.name = "Customers brought", .period = emptor::ContestPeriod::quarter});
  for (const emptor::ReferralPath& path : paths) {
    if (path.qualified == Time::max()) continue;
    const ClaimState state = out.programme.attribution().claim(path.claim).state;
    if (state == ClaimState::voided || state == ClaimState::rejected) continue;
    (void)contest.record({.id = static_cast<std::uint64_t>(path.claim),
                          .customer = path.referrer,
                          .time = path.qualified});
  }
  const std::vector<emptor::TimeWindow> windows = contest.windows();
  for (auto window = windows.rbegin(); window != windows.rend() && out.contests.size() < 2;
       ++window) {
    emptor::ContestSnapshot snapshot =
        contest.freeze(window->from, 10, std::min(as_of, window->to));
    snapshot.name += emptor::text(", from ", emptor::to_string(emptor::local_day(window->from)));
    out.contests.push_back(std::move(snapshot));
  }
}

std::string day_of(Time time) {
  return emptor::to_string(emptor::local_day(time));
}

/// Rewards by who has them, what rules cost, and the statements of those who have most.
void fill_rewards(const ShopTables& shop, Referral& out) {
  const emptor::RewardEngine& engine = out.programme.engine();
  const emptor::RewardPayout& payout = out.programme.payout();
  const emptor::Currency currency = shop.orders.currency();
  out.earned.resize(out.people.customers.size());
  std::vector<std::uint64_t> rewards(out.earned.size());
  std::vector<RewardDecision> decisions;
  std::map<std::string, emptor::RewardRuleCost> costs;
  for (std::size_t r = 0; r < payout.rewards(); ++r) {
    const RewardStanding standing = payout.standing(r);
    decisions.clear();
    engine.decisions_of(standing.key.event, decisions);
    emptor::RewardRuleCost* cost = nullptr;
    for (const RewardDecision& decision : decisions) {
      if (decision.key != standing.key) continue;
      const emptor::RewardPlan* plan = engine.plan(decision.plan_version);
      const std::string rule = plan->rules()[decision.key.rule].id;
      cost = &costs[rule];
      cost->rule = rule;
      if (decision.change < 0) cost->returned -= decision.change;
      if (decision.revision == 0) cost->cut += decision.desired - decision.granted;
    }
    if (cost == nullptr || standing.granted == 0) continue;
    ++cost->rewards;
    cost->standing += standing.granted;
    if (standing.kind != emptor::RewardKind::cash) continue;
    out.earned[emptor::index(standing.key.beneficiary)] += standing.granted;
    ++rewards[emptor::index(standing.key.beneficiary)];
  }
  for (auto& [rule, cost] : costs) out.budget.rules.push_back(std::move(cost));

  std::vector<std::uint32_t> order;
  for (std::size_t c = 0; c < out.earned.size(); ++c) {
    if (out.earned[c] > 0) order.push_back(static_cast<std::uint32_t>(c));
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](auto a, auto b) { return out.earned[a] > out.earned[b]; });
  order.resize(std::min(order.size(), shown_earners));
  for (const std::uint32_t c : order) {
    const Customer customer = emptor::id_at<Customer>(c);
    const emptor::WalletBalance wallet = payout.balance(customer, currency);
    out.earners.push_back({.customer = key_of(out, customer),
                           .brought = out.programme.forest().children(customer).size(),
                           .rewards = rewards[c],
                           .available = wallet.available,
                           .held = wallet.held,
                           .owed = wallet.owed,
                           .lines = {}});
  }
  for (std::size_t r = 0; r < payout.rewards(); ++r) {
    const RewardStanding standing = payout.standing(r);
    const auto most =
        order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), with_statements));
    const auto place = std::find(order.begin(), most, emptor::index(standing.key.beneficiary));
    if (place == most || standing.kind != emptor::RewardKind::cash) continue;
    decisions.clear();
    engine.decisions_of(standing.key.event, decisions);
    for (const RewardDecision& decision : decisions) {
      if (decision.key != standing.key || decision.change == 0) continue;
      out.earners[static_cast<std::size_t>(place - order.begin())].lines.push_back(
          {.time = decision.time,
           .what = order_words(shop, out, decision),
           .why = engine.explain(decision),
           .state = decision.change > 0 ? state_words(standing) : std::string("taken back"),
           .amount = decision.change,
           .balance = 0});
    }
  }
  for (emptor::EarningStatement& one : out.earners) {
    std::stable_sort(one.lines.begin(), one.lines.end(),
                     [](const auto& a, const auto& b) { return a.time < b.time; });
    std::int64_t balance = 0;
    for (emptor::EarningLine& line : one.lines) line.balance = balance += line.amount;
  }
}

void fill_budget(const ShopTables& shop, Referral& out) {
  const emptor::RewardBudgetUse use = out.programme.engine().budget();
  out.budget.currency = shop.orders.currency();
  out.budget.limit = use.limit;
  out.budget.reserved = use.reserved;
  out.budget.spent = use.spent;
  out.books = emptor::trial_balance(out.programme.ledger());
}

}  // namespace

std::string order_words(const ShopTables& shop, const Referral& referral,
                        const RewardDecision& decision) {
  const auto order = emptor::id_at<emptor::Order>(static_cast<std::size_t>(decision.key.event));
  return emptor::text("Order ", shop.orders.order_keys().key(order), " of ",
                      key_of(referral, decision.referee));
}

std::string state_words(const RewardStanding& standing) {
  using emptor::RewardWait;
  if (standing.self_referral) return "taken back: a referral of oneself";
  if (standing.granted == 0) return "nothing left";
  if (standing.unpaid) return "waits for budget";
  if (has(standing.waits, RewardWait::review)) return "waits for a review";
  if (has(standing.waits, RewardWait::approval)) return "waits for approval";
  if (has(standing.waits, RewardWait::time)) {
    return emptor::text("held until ", day_of(standing.held_until));
  }
  return standing.posted > 0 ? "given" : "waits";
}

void fill_results(const ShopTables& shop, Time as_of, std::uint64_t seed,
                  const emptor::Context& context, Referral& out) {
  const std::vector<emptor::ReferralPath> paths = out.programme.attribution().paths();
  fill_forest(out);
  fill_people(shop, as_of, paths, out);
  fill_matched(shop, as_of, seed, context, out);
  out.fraud = emptor::audit_referrals(out.programme.fraud(), {.findings = 200});
  out.reviews = out.programme.reviews().summary(15);
  fill_contests(as_of, paths, out);
  fill_rewards(shop, out);
  fill_budget(shop, out);
  for (const emptor::RewardPlan& plan : out.programme.engine().plans()) {
    emptor::LaboratoryOptions options{.worst = {.people = 4}, .sybil = {.people = 3}};
    options.scenario.campaign = emptor::Campaign{0};
    out.plans.push_back(emptor::examine_plan(plan, options));
  }
}

}  // namespace storefront
