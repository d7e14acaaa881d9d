#include "emptor/referral/funnel.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>

#include "emptor/core/error.hpp"
#include "emptor/math/normal.hpp"
#include "emptor/referral/programme.hpp"

namespace emptor {

FunnelRate funnel_rate(std::uint64_t went, std::uint64_t of, double confidence) {
  require_option(confidence > 0 && confidence < 1, "confidence", "in (0, 1)", confidence);
  if (went > of) {
    throw Exception(ErrorCode::invalid_value,
                    text("of ", of, " at most as many can go on, got ", went), "funnel_rate");
  }
  FunnelRate rate{.of = of, .went = went};
  if (of == 0) return rate;
  const double n = static_cast<double>(of);
  const double z = detail::normal_quantile(0.5 + confidence / 2);
  rate.rate = static_cast<double>(went) / n;
  const double spread = z * std::sqrt(rate.rate * (1 - rate.rate) / n + z * z / (4 * n * n));
  const double center = rate.rate + z * z / (2 * n);
  const double scale = 1 + z * z / n;
  rate.low = went == 0 ? 0 : std::max(0.0, (center - spread) / scale);
  rate.high = went == of ? 1 : std::min(1.0, (center + spread) / scale);
  return rate;
}

namespace {

void check(const FunnelOptions& options) {
  require_option(options.confidence > 0 && options.confidence < 1, "confidence", "in (0, 1)",
                 options.confidence);
  require_option(options.retained_after.count() > 0, "retained_after", "> 0",
                 options.retained_after.count());
  require_option(options.time_to_convert.count() >= 0, "time_to_convert", ">= 0",
                 options.time_to_convert.count());
}

/// The latest order of each customer by the end of observation.
std::unordered_map<Customer, Time> latest_orders(const ReferralOrders& orders, Time as_of) {
  if (orders.customers.size() != orders.times.size()) {
    throw Exception(
        ErrorCode::invalid_shape,
        text(orders.customers.size(), " customers of orders, but ", orders.times.size(), " times"),
        "orders");
  }
  std::unordered_map<Customer, Time> latest;
  for (std::size_t i = 0; i < orders.times.size(); ++i) {
    if (orders.times[i] > as_of) continue;
    Time& last = latest.try_emplace(orders.customers[i], Time::min()).first->second;
    last = std::max(last, orders.times[i]);
  }
  return latest;
}

void finish(FunnelRow& row, double confidence) {
  for (std::size_t step = 0; step + 1 < funnel_stages; ++step) {
    row.steps[step] = funnel_rate(row.counts[step + 1], row.counts[step], confidence);
  }
  row.conversion =
      funnel_rate(row.at(FunnelStage::signed_up), row.at(FunnelStage::clicked), confidence);
}

}  // namespace

ReferralFunnelResult referral_funnel_of(std::span<const ReferralPath> paths,
                                        const ReferralOrders& orders,
                                        const FunnelOptions& options) {
  check(options);
  const Time as_of = options.as_of.value_or(Time::max());
  const std::unordered_map<Customer, Time> latest = latest_orders(orders, as_of);
  ReferralFunnelResult result{.options = options};
  std::map<std::pair<Channel, Campaign>, FunnelRow> rows;
  for (const ReferralPath& path : paths) {
    if (!options.window.contains(path.touched) || path.touched > as_of) continue;
    FunnelRow& row = rows[{path.channel, path.campaign}];
    row.shares += path.shares;
    if (!path.clicked) continue;
    if (options.as_of && end_of_span(path.touched, options.time_to_convert) > as_of) {
      ++row.young;
      continue;
    }
    const bool came = path.signed_up <= as_of && path.signed_up != Time::max();
    const bool qualified = came && path.qualified <= as_of && path.qualified != Time::max();
    const auto order = qualified ? latest.find(path.referee) : latest.end();
    const bool retained = order != latest.end() &&
                          order->second >= end_of_span(path.signed_up, options.retained_after);
    const std::array<bool, funnel_stages> reached{true, path.claimed || came, came, qualified,
                                                  retained};
    for (std::size_t stage = 0; stage < funnel_stages; ++stage) {
      row.counts[stage] += reached[stage] ? 1 : 0;
    }
  }
  std::map<Channel, FunnelRow> channels;
  std::map<Campaign, FunnelRow> campaigns;
  const auto add = [](FunnelRow& to, const FunnelRow& more) {
    to.shares += more.shares;
    to.young += more.young;
    for (std::size_t stage = 0; stage < funnel_stages; ++stage) {
      to.counts[stage] += more.counts[stage];
    }
  };
  for (auto& [key, row] : rows) {
    row.channel = key.first;
    row.campaign = key.second;
    add(channels[key.first], row);
    add(campaigns[key.second], row);
    add(result.total, row);
    finish(row, options.confidence);
    result.by_both.push_back(row);
  }
  for (auto& [channel, row] : channels) {
    row.channel = channel;
    finish(row, options.confidence);
    result.by_channel.push_back(row);
  }
  for (auto& [campaign, row] : campaigns) {
    row.campaign = campaign;
    finish(row, options.confidence);
    result.by_campaign.push_back(row);
  }
  finish(result.total, options.confidence);
  return result;
}

}  // namespace emptor
