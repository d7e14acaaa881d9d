#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "emptor/score/anomaly.hpp"
#include "score/anomaly_order.hpp"

namespace emptor {

namespace {

constexpr std::size_t most_kept = 16'384;

}  // namespace

void detail::check_order_options(const OrderBaselineOptions& o) {
  require_option(o.alarm_share >= 0 && o.alarm_share <= 1, "alarm_share", "in [0, 1]",
                 o.alarm_share);
  require_option(o.scale_orders > 0 && std::isfinite(o.scale_orders), "scale_orders", "> 0",
                 o.scale_orders);
  require_option(o.least_scale > 0 && std::isfinite(o.least_scale), "least_scale", "> 0",
                 o.least_scale);
  require_option(o.offset.count() >= -1080 && o.offset.count() <= 1080, "offset",
                 "at most 18 h, in minutes", o.offset.count());
  require_option(o.segments >= 1 && o.segments <= 65'536, "segments", "in [1, 65536]", o.segments);
  require_option(o.least_seen >= 1, "least_seen", ">= 1", o.least_seen);
}

detail::OrderGroups::OrderGroups(std::span<const OrderFacts> orders)
    : orders_(orders), rows_(orders.size()) {
  std::iota(rows_.begin(), rows_.end(), 0U);
  std::sort(rows_.begin(), rows_.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (orders[a].customer != orders[b].customer) return orders[a].customer < orders[b].customer;
    const PastOrder left = past_order(orders[a]), right = past_order(orders[b]);
    if (left != right) return left < right;
    if (orders[a].segment != orders[b].segment) return orders[a].segment < orders[b].segment;
    return a < b;
  });
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const Customer customer = orders[rows_[i]].customer;
    if (i == 0 || customer == no_customer || customer != orders[rows_[i - 1]].customer) {
      starts_.push_back(i);
    }
  }
  starts_.push_back(rows_.size());
}

struct OrderBaselineFitter {
  std::span<const OrderFacts> orders;
  const OrderBaselineOptions& options;
  const Context& context;
  detail::OrderGroups groups{orders};
  OrderBaseline out{};

  static constexpr std::size_t numbers = OrderBaseline::numbers;
  static constexpr std::size_t categories = OrderBaseline::categories;

  [[nodiscard]] std::uint32_t segment_of(std::uint32_t row) const noexcept {
    return orders[row].segment < options.segments ? orders[row].segment : 0;
  }

  /// Location, scale within and between of a segment, or nothing when it is too
  /// small.
  struct Spread {
    std::vector<double> firsts;  // the first value of each customer
    std::vector<double> steps;   // differences of consecutive values of one customer
  };
  [[nodiscard]] OrderReference refer(Spread spread) const {
    OrderReference usual;
    if (spread.firsts.empty()) return usual;
    usual.location = detail::median_in_place(spread.firsts);
    for (double& x : spread.firsts) x = std::abs(x - usual.location);
    const double total = std::max(options.least_scale,
                                  detail::robust_scale * detail::median_in_place(spread.firsts));
    for (double& x : spread.steps) x = std::abs(x);
    usual.within = spread.steps.empty()
                       ? total
                       : std::max(options.least_scale, detail::robust_scale / std::sqrt(2.0) *
                                                           detail::median_in_place(spread.steps));
    const double within = usual.within * usual.within;
    usual.kappa = std::clamp(within / std::max(total * total - within, within / 100), .05, 100.0);
    return usual;
  }

  void fit_references() {
    std::vector<Spread> spreads(options.segments * numbers);
    Spread all[numbers];
    for (std::size_t g = 0; g < groups.size(); ++g) {
      double before[numbers];
      std::fill(std::begin(before), std::end(before), std::numeric_limits<double>::quiet_NaN());
      PastOrder last;
      bool any = false;
      for (const std::uint32_t row : groups.rows(g)) {
        const PastOrder order = detail::past_order(orders[row]);
        if (order.amount < 0) continue;
        for (std::size_t s = 0; s < numbers; ++s) {
          const double x = std::log(detail::order_size(s, order, any ? &last : nullptr));
          if (std::isnan(x)) continue;
          Spread& own = spreads[segment_of(row) * numbers + s];
          if (std::isnan(before[s])) {
            own.firsts.push_back(x);
            all[s].firsts.push_back(x);
          } else {
            own.steps.push_back(x - before[s]);
            all[s].steps.push_back(x - before[s]);
          }
          before[s] = x;
        }
        last = order;
        any = true;
      }
    }
    OrderReference common[numbers];
    for (std::size_t s = 0; s < numbers; ++s) common[s] = refer(std::move(all[s]));
    for (std::size_t i = 0; i < spreads.size(); ++i) {
      const bool enough =
          std::min(spreads[i].firsts.size(), spreads[i].steps.size()) >= options.least_seen;
      out.references_.push_back(enough ? refer(std::move(spreads[i])) : common[i % numbers]);
    }
  }

  void fit_shares() {
    const std::int64_t offset = std::int64_t{options.offset.count()} * 60;
    for (std::size_t c = 0; c < categories; ++c) {
      OrderBaseline::Shares& shares = out.shares_[c];
      std::vector<std::uint32_t> codes;
      // Once a customer: how common a value is, is how many bring it, not how often they buy.
      for (std::size_t g = 0; g < groups.size(); ++g) {
        const auto first = static_cast<std::ptrdiff_t>(codes.size());
        for (const std::uint32_t row : groups.rows(g)) {
          const auto code = detail::order_code(c, detail::past_order(orders[row]), offset);
          if (code != unknown_code) codes.push_back(code);
        }
        std::sort(codes.begin() + first, codes.end());
        codes.erase(std::unique(codes.begin() + first, codes.end()), codes.end());
      }
      if (codes.empty()) continue;
      std::sort(codes.begin(), codes.end());
      const auto n = static_cast<double>(codes.size());
      double once = 0;
      for (std::size_t i = 0; i < codes.size();) {
        std::size_t end = i;
        while (end < codes.size() && codes[end] == codes[i]) ++end;
        once += end - i == 1 ? 1 : 0;
        shares.codes.push_back(codes[i]);
        shares.shares.push_back(static_cast<double>(end - i));
        i = end;
      }
      shares.unseen = c < 1 ? 0 : (once + 1) / (n + 2);  // there are eight parts of the day
      for (double& share : shares.shares) share *= (1 - shares.unseen) / n;
      shares.finish();
      fit_kappa(c, offset);
    }
  }

  /// Orders that show a value new to their customer: as many as kappa
  /// foretells.
  void fit_kappa(std::size_t category, std::int64_t offset) {
    OrderBaseline::Shares& shares = out.shares_[category];
    double others[OrderHistory::capacity + 1] = {};  // by known orders: share of other values
    double fresh = 0;
    std::vector<std::uint32_t> own;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      groups.replay(g, [&](const OrderHistory& history, std::uint32_t row) {
        const std::uint32_t value =
            detail::order_code(category, detail::past_order(orders[row]), offset);
        if (value == unknown_code) return;
        own.clear();
        for (const PastOrder& past : history.orders()) {
          const std::uint32_t code = detail::order_code(category, past, offset);
          if (code != unknown_code) own.push_back(code);
        }
        if (own.empty()) return;
        const std::size_t n = own.size();
        fresh += std::find(own.begin(), own.end(), value) == own.end() ? 1 : 0;
        std::sort(own.begin(), own.end());
        own.erase(std::unique(own.begin(), own.end()), own.end());
        double left = 1;
        for (const std::uint32_t code : own) left -= shares.share(code);
        others[n] += std::max(0.0, left);
      });
    }
    double low = std::log(.01), high = std::log(100.0);
    for (int i = 0; i < 50; ++i) {
      const double kappa = std::exp((low + high) / 2);
      double foretold = 0;
      for (std::size_t n = 1; n <= OrderHistory::capacity; ++n) {
        foretold += kappa * others[n] / (static_cast<double>(n) + kappa);
      }
      (foretold < fresh ? low : high) = std::log(kappa);
    }
    shares.kappa = std::exp((low + high) / 2);
  }

  void fit_tails() {
    // Without tails a score has the z-values alone.
    const std::vector<OrderAnomaly> measured = score_orders(out, orders, context);
    for (std::size_t s = 0; s < numbers; ++s) {
      std::vector<double> z;
      for (std::size_t row = 0; row < orders.size(); ++row) {
        const OrderReason& reason = measured[row].reasons[s];
        if (reason.measured != 0 || reason.expected != 0) z.push_back(reason.measured);
      }
      const AlarmCalibration kept(std::move(z), most_kept);
      OrderBaseline::Tail& tail = out.tails_[s];
      tail.sorted.assign(kept.scores().begin(), kept.scores().end());
      if (tail.sorted.empty()) continue;
      const std::size_t n = tail.sorted.size();
      const std::size_t outer = std::max<std::size_t>(1, n / 20);
      double low = 0, high = 0;
      for (std::size_t i = 0; i < outer; ++i) {
        low += tail.sorted[outer - 1] - tail.sorted[i];
        high += tail.sorted[n - 1 - i] - tail.sorted[n - outer];
      }
      // Half a robust standard deviation at least: rounded or few values have
      // no excess.
      tail.low_excess = std::max(.5, low / static_cast<double>(outer));
      tail.high_excess = std::max(.5, high / static_cast<double>(outer));
    }
  }

  [[nodiscard]] OrderBaselineFit fit() {
    out.options_ = options;
    fit_references();
    fit_shares();
    fit_tails();
    std::vector<double> scores;
    for (const OrderAnomaly& answer : score_orders(out, orders, context)) {
      scores.push_back(answer.score);
    }
    const AlarmCalibration whole(std::move(scores));
    // A share such as .01 of 100 must be 1, whatever its last bit.
    const double alarms = options.alarm_share * static_cast<double>(orders.size()) * (1 + 1e-12);
    out.threshold_ = alarms >= 1 ? whole.threshold_for(options.alarm_share)
                                 : std::numeric_limits<double>::infinity();
    OrderBaselineReport report;
    report.too_few = options.alarm_share > 0 && alarms < 1;
    report.orders = orders.size();
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (orders[groups.rows(g).front()].customer != no_customer) ++report.customers;
    }
    report.references = out.references_;
    for (const OrderBaseline::Shares& shares : out.shares_) report.kappas.push_back(shares.kappa);
    report.threshold = out.threshold_;
    report.alarm_share = whole.share_of_alarms(out.threshold_);
    out.calibration_ = AlarmCalibration({whole.scores().begin(), whole.scores().end()}, most_kept);
    return {std::move(out), std::move(report)};
  }
};

OrderBaselineFit fit_order_baseline(std::span<const OrderFacts> orders,
                                    const OrderBaselineOptions& options, const Context& context) {
  detail::check_order_options(options);
  if (orders.empty() || orders.size() >= std::numeric_limits<std::uint32_t>::max()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("orders must be in [1, 2^32 - 2], got ", orders.size()),
                    "fit_order_baseline");
  }
  return OrderBaselineFitter{orders, options, context}.fit();
}

}  // namespace emptor
