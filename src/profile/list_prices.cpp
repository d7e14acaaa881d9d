#include "emptor/profile/list_prices.hpp"

#include <algorithm>
#include <bit>
#include <span>

#include "emptor/core/error.hpp"
#include "profile/unit_price.hpp"

namespace emptor {

namespace {

/// How often each of some prices stands in a window, and which does most often, the highest of
/// equals: a tree of winners over the prices in ascending order.
class PriceCounts {
 public:
  void reset(std::size_t prices) {
    leaves_ = std::bit_ceil(prices);
    counts_.assign(leaves_, 0);
    winners_.resize(2 * leaves_);
    for (std::size_t i = 0; i < leaves_; ++i) winners_[leaves_ + i] = static_cast<std::uint32_t>(i);
    for (std::size_t node = leaves_; node-- > 1;) winners_[node] = winner(node);
    all_ = 0;
  }
  void enter(std::uint32_t price) noexcept {
    ++counts_[price];
    ++all_;
    replay(price);
  }
  void leave(std::uint32_t price) noexcept {
    --counts_[price];
    --all_;
    replay(price);
  }
  [[nodiscard]] std::uint32_t all() const noexcept { return all_; }
  [[nodiscard]] std::uint32_t mode() const noexcept { return winners_[1]; }

 private:
  [[nodiscard]] std::uint32_t winner(std::size_t node) const noexcept {
    const std::uint32_t low = winners_[2 * node];
    const std::uint32_t high = winners_[2 * node + 1];
    return counts_[high] >= counts_[low] ? high : low;
  }
  void replay(std::uint32_t price) noexcept {
    for (std::size_t node = (leaves_ + price) / 2; node > 0; node /= 2) {
      winners_[node] = winner(node);
    }
  }

  std::size_t leaves_ = 1;
  std::uint32_t all_ = 0;
  std::vector<std::uint32_t> counts_;
  std::vector<std::uint32_t> winners_;  // node 1 is the root
};

bool has_price(const Orders& orders, std::size_t line) noexcept {
  return orders.line_amounts()[line] > 0 && orders.line_quantities()[line] > 0;
}

/// Sale lines by item, then time; `begins` has one more than items.
struct LinesByItem {
  std::vector<std::size_t> begins;
  std::vector<std::size_t> lines;
};

LinesByItem lines_by_item(const Orders& orders) {
  LinesByItem out;
  out.begins.resize(1, 0);
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (!has_price(orders, line)) continue;
    const std::size_t item = index(orders.line_items()[line]);
    if (item + 1 >= out.begins.size()) out.begins.resize(item + 2, 0);
    ++out.begins[item + 1];
  }
  for (std::size_t i = 1; i < out.begins.size(); ++i) out.begins[i] += out.begins[i - 1];
  out.lines.resize(out.begins.back());
  std::vector<std::size_t> next(out.begins.begin(), out.begins.end() - 1);
  for (std::size_t line = 0; line < orders.lines(); ++line) {
    if (has_price(orders, line)) out.lines[next[index(orders.line_items()[line])]++] = line;
  }
  const auto earlier = [&](std::size_t a, std::size_t b) {
    return orders.line_times()[a] < orders.line_times()[b];
  };
  for (std::size_t i = 0; i + 1 < out.begins.size(); ++i) {
    const auto lines =
        std::span(out.lines).subspan(out.begins[i], out.begins[i + 1] - out.begins[i]);
    if (!std::is_sorted(lines.begin(), lines.end(), earlier)) {
      std::sort(lines.begin(), lines.end(), earlier);
    }
  }
  return out;
}

/// What the line is below list price; 0 when that is less than the share of it.
std::int64_t discount_of(std::int64_t amount, std::int64_t paid, std::int64_t list,
                         std::int32_t quantity, double min_share) {
  if (paid >= list) return 0;
  const detail::int128 at_list = detail::int128{list} * quantity;
  const std::int64_t discount = detail::narrow(at_list, "inferred_discounts") - amount;
  if (discount <= 0 || static_cast<double>(discount) < min_share * static_cast<double>(at_list)) {
    return 0;
  }
  return discount;
}

}  // namespace

InferredDiscounts inferred_discounts(const Orders& orders, const ListPriceOptions& options) {
  require_option(options.window_days >= 1, "window_days", ">= 1", options.window_days);
  require_option(options.min_lines >= 1, "min_lines", ">= 1", options.min_lines);
  require_option(options.min_share >= 0 && options.min_share < 1, "min_share", "in [0, 1)",
                 options.min_share);
  InferredDiscounts out;
  out.discounts.resize(orders.lines(), 0);
  const LinesByItem by_item = lines_by_item(orders);
  const auto span = std::chrono::days{options.window_days};
  const std::span<const Time> times = orders.line_times();
  std::vector<std::int64_t> paid;
  std::vector<std::int64_t> prices;
  std::vector<std::uint32_t> price_of;
  PriceCounts counts;
  for (std::size_t i = 0; i + 1 < by_item.begins.size(); ++i) {
    const auto lines = std::span(by_item.lines)
                           .subspan(by_item.begins[i], by_item.begins[i + 1] - by_item.begins[i]);
    if (lines.empty()) continue;
    paid.clear();
    for (const std::size_t line : lines) {
      paid.push_back(
          detail::unit_price(orders.line_amounts()[line], orders.line_quantities()[line]));
    }
    prices = paid;
    std::sort(prices.begin(), prices.end());
    prices.erase(std::unique(prices.begin(), prices.end()), prices.end());
    price_of.clear();
    for (const std::int64_t price : paid) {
      price_of.push_back(static_cast<std::uint32_t>(
          std::lower_bound(prices.begin(), prices.end(), price) - prices.begin()));
    }
    counts.reset(prices.size());
    std::size_t oldest = 0;
    for (std::size_t begin = 0, end = 0; begin < lines.size(); begin = end) {
      const Time now = times[lines[begin]];
      for (; end < lines.size() && times[lines[end]] == now; ++end) counts.enter(price_of[end]);
      for (; now - times[lines[oldest]] >= span; ++oldest) counts.leave(price_of[oldest]);
      if (counts.all() < static_cast<std::uint32_t>(options.min_lines)) continue;
      const std::int64_t list = prices[counts.mode()];
      out.priced_lines += end - begin;
      for (std::size_t k = begin; k < end; ++k) {
        const std::size_t line = lines[k];
        const std::int64_t discount =
            discount_of(orders.line_amounts()[line], paid[k], list, orders.line_quantities()[line],
                        options.min_share);
        out.discounts[line] = discount;
        out.discounted_lines += discount > 0 ? 1 : 0;
      }
    }
  }
  return out;
}

}  // namespace emptor
