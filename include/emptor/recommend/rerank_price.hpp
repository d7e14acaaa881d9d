#pragma once
// Prices on a list of candidates: what the customer usually pays, and a mix of price bands.
// Prices are whole units of 10^-scale of the currency, as order lines have them, and compared
// exactly with Money. Time: candidates, and history log history. Thread safety: constant.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/money.hpp"
#include "emptor/recommend/rerank.hpp"
#include "emptor/recommend/rerank_rules.hpp"

namespace emptor {

/// The price of an item that has none, or whose price is not known.
inline constexpr std::int64_t no_price = -1;

/// What items cost. `units` is by item and borrowed; negative: `no_price`.
struct ItemPrices {
  std::span<const std::int64_t> units{};
  int scale = 2;        ///< a unit is 10^-scale of the currency's major unit; in [0, 6]
  Currency currency{};  ///< of all prices
};

/// Keeps what costs between `low` and `high` times the customer's usual price: the median price of
/// what the customer has, by weight (the lower one of two). Items without a price stay. A customer
/// whose history has no prices: skipped.
struct PriceRange {
  ItemPrices prices{};
  double low = 0.5;  ///< >= 0
  double high = 2;   ///< >= low, finite
  Misfits misfits = Misfits::demote;

  [[nodiscard]] std::string_view name() const noexcept { return "price range"; }
  void check() const {
    require_option(low >= 0, "low", ">= 0", low);
    require_option(high >= low && std::isfinite(high), "high", ">= 'low', finite", high);
  }
  void operator()(RerankList& list, const RerankRequest& request) const {
    const std::int64_t usual = usual_price(request);
    if (usual == no_price) {
      list.report().skipped = true;
      return;
    }
    // Products of a double and a price: exact enough for a bound that people choose.
    const double least = low * static_cast<double>(usual);
    const double most = high * static_cast<double>(usual);
    detail::sort_out(list, misfits, RerankReason::price_range, [&](std::size_t i) {
      const std::int64_t price = price_of(list.items()[i].item);
      list.report().unknown += price < 0 ? 1 : 0;
      return price < 0 ||
             (static_cast<double>(price) >= least && static_cast<double>(price) <= most);
    });
  }

  /// In units; `no_price` when nothing that the customer has has one.
  [[nodiscard]] std::int64_t usual_price(const RerankRequest& request) const {
    std::vector<std::pair<std::int64_t, double>> paid;
    double total = 0;
    for (std::size_t i = 0; i < request.history.size(); ++i) {
      const std::int64_t price = price_of(request.history[i]);
      if (price < 0) continue;
      const double weight = request.weights.empty() ? 1 : static_cast<double>(request.weights[i]);
      paid.emplace_back(price, weight);
      total += weight;
    }
    std::sort(paid.begin(), paid.end());
    double sum = 0;
    for (const auto& [price, weight] : paid) {
      sum += weight;
      if (sum >= total / 2) return price;
    }
    return no_price;
  }

 private:
  [[nodiscard]] std::int64_t price_of(Item item) const {
    return detail::attribute_of(prices.units, item, "price", "price range");
  }
};

/// At most a share of the k places for each price band. Band 0 costs less than edges[0], band b at
/// least edges[b - 1] and less than edges[b], the last one at least the last edge. A band has
/// ceil(share x k) places; what is too much leaves, as in CategoryCaps. Items without a price stay.
/// The notes' rule is the band; pinned items count first and are `broken` in excess.
struct PriceBands {
  ItemPrices prices{};
  std::vector<Money> edges{};    ///< ascending, of the prices' currency
  std::vector<double> shares{};  ///< one more than edges, each in [0, 1]

  [[nodiscard]] std::string_view name() const noexcept { return "price bands"; }
  void check() const {
    require_option(prices.scale >= 0 && prices.scale <= 6, "scale", "in [0, 6]", prices.scale);
    require_option(shares.size() == edges.size() + 1, "shares", "one more than edges",
                   shares.size());
    for (const double share : shares) {
      require_option(share >= 0 && share <= 1, "shares", "in [0, 1] each", share);
    }
    for (std::size_t e = 0; e < edges.size(); ++e) {
      if (edges[e].currency() != prices.currency) {
        throw Exception(ErrorCode::currency_mismatch, "edges must be of the prices' currency",
                        "edges");
      }
      require_option(e == 0 || edges[e - 1] < edges[e], "edges", "ascending", e);
    }
  }
  /// The band of a price.
  [[nodiscard]] std::size_t band_of(std::int64_t units) const {
    const auto reaches = [&](const Money& edge) {
      return detail::int128{units} * detail::power_of_ten(prices.currency.digits()) >=
             detail::int128{edge.minor()} * detail::power_of_ten(prices.scale);
    };
    std::size_t band = 0;
    while (band < edges.size() && reaches(edges[band])) ++band;
    return band;
  }
  void operator()(RerankList& list, const RerankRequest&) const {
    std::vector<std::size_t> most;
    const auto all = static_cast<double>(list.items().size() + list.pins().size());
    for (const double share : shares) {
      // 0.3 x 10 is a little more than 3 in binary, and 3 places are meant.
      const double places = std::ceil(share * static_cast<double>(list.k()) * (1 - 1e-12));
      most.push_back(static_cast<std::size_t>(std::min(places, all)));
    }
    std::vector<std::size_t> taken(most.size(), 0);
    const auto price_of = [&](Item item) {
      return detail::attribute_of(prices.units, item, "price", "price bands");
    };
    for (const auto& pin : list.pins()) {
      const std::int64_t price = price_of(pin.entry.item);
      if (price < 0) continue;
      const std::size_t band = band_of(price);
      list.report().broken += ++taken[band] > most[band] ? 1 : 0;
    }
    std::vector<std::uint32_t> order;
    for (std::size_t i = 0; i < list.items().size(); ++i) {
      const std::int64_t price = price_of(list.items()[i].item);
      if (price < 0) {
        ++list.report().unknown;
      } else if (const std::size_t band = band_of(price); taken[band] >= most[band]) {
        list.note(i, RerankReason::price_band, band);
        continue;
      } else {
        ++taken[band];
      }
      order.push_back(static_cast<std::uint32_t>(i));
    }
    list.rearrange(order);
  }
};

}  // namespace emptor
