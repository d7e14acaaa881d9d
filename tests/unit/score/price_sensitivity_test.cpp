// Price sensitivity: a made-up shop's truth is found again, shrinkage beats both extremes, modes
// satisfy their equations, awkward data.

#include "emptor/score/price_sensitivity.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

struct MadeUp {
  std::vector<Customer> customers;
  std::vector<double> price, bought;
  std::vector<std::uint32_t> segments;
  std::vector<double> slope, base;  // the truth

  [[nodiscard]] PriceOffers offers() const {
    return {.customers = customers, .log_price = price, .bought = bought};
  }
};

constexpr double segment_slope[] = {-1.5, -3, -5};
constexpr double segment_base[] = {-0.5, -1, -0.2};

/// Customers of three segments with spreads .6 of the base and .8 of the slope, who saw `offers`
/// prices between 60 % and 110 % each.
MadeUp made_up(std::size_t count, std::uint32_t offers, std::uint64_t seed) {
  MadeUp out;
  for (std::size_t c = 0; c < count; ++c) {
    RandomStream random(seed, c);
    const auto segment = static_cast<std::uint32_t>(c % 3);
    out.segments.push_back(segment);
    out.base.push_back(random.normal(segment_base[segment], 0.6));
    out.slope.push_back(random.normal(segment_slope[segment], 0.8));
    for (std::uint32_t o = 0; o < offers; ++o) {
      const double x = std::log(random.uniform(0.6, 1.1));
      const double p = 1 / (1 + std::exp(-out.base.back() - out.slope.back() * x));
      out.customers.push_back(id_at<Customer>(c));
      out.price.push_back(x);
      out.bought.push_back(random.bernoulli(p) ? 1 : 0);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("price sensitivity: the truth of a made-up shop is found again") {
  const MadeUp shop = made_up(900, 60, 1);
  const PriceSensitivity fit = price_sensitivity_of(shop.offers(), 900, shop.segments);
  REQUIRE(fit.converged);
  REQUIRE(fit.segments.size() == 3);
  for (std::size_t g = 0; g < 3; ++g) {
    const PriceSegment& segment = fit.segments[g];
    CHECK(segment.customers == 300);
    CHECK(segment.mean.offers == 300 * 60);
    CHECK(std::abs(segment.mean.slope - segment_slope[g]) < 3.5 * segment.mean.slope_error);
    CHECK(std::abs(segment.mean.base - segment_base[g]) < 3.5 * segment.mean.base_error);
    CHECK(segment.mean.slope_error < 0.15);
  }
  CHECK(fit.base_spread == Approx(0.6).margin(0.1));
  CHECK(fit.slope_spread == Approx(0.8).margin(0.25));
  CHECK(std::abs(fit.correlation) < 0.4);
  // Customers: errors are as large as said, and smaller than those of the segment's mean alone.
  double error = 0;
  double by_segment = 0;
  double said = 0;
  for (std::size_t c = 0; c < 900; ++c) {
    error += std::pow(fit.customers[c].slope - shop.slope[c], 2) / 900;
    by_segment += std::pow(segment_slope[shop.segments[c]] - shop.slope[c], 2) / 900;
    said += std::pow(fit.customers[c].slope_error, 2) / 900;
  }
  CHECK(error < 0.9 * by_segment);
  CHECK(error == Approx(said).epsilon(0.2));
  CHECK(fit.customers[0].elasticity(0) ==
        Approx(fit.customers[0].slope * (1 - fit.customers[0].probability(0))));
}

TEST_CASE(
    "price sensitivity: customers' answers satisfy their equations, in any order and threads") {
  MadeUp shop = made_up(30, 20, 2);
  const PriceSensitivity fit = price_sensitivity_of(shop.offers(), 30, shop.segments);
  const double aa = fit.base_spread * fit.base_spread;
  const double bb = fit.slope_spread * fit.slope_spread;
  const double ab = fit.correlation * fit.base_spread * fit.slope_spread;
  const double determinant = aa * bb - ab * ab;
  for (std::size_t c = 0; c < 30; ++c) {
    const PriceAnswer& own = fit.customers[c];
    const PriceAnswer& mean = fit.segments[shop.segments[c]].mean;
    const double da = own.base - mean.base;
    const double db = own.slope - mean.slope;
    double ga = -(bb * da - ab * db) / determinant;
    double gb = -(aa * db - ab * da) / determinant;
    for (std::size_t i = 0; i < shop.price.size(); ++i) {
      if (index(shop.customers[i]) != c) continue;
      const double rest = shop.bought[i] - own.probability(shop.price[i]);
      ga += rest;
      gb += rest * shop.price[i];
    }
    CHECK(std::abs(ga) < 1e-6);
    CHECK(std::abs(gb) < 1e-6);
  }
  std::reverse(shop.customers.begin(), shop.customers.end());
  std::reverse(shop.price.begin(), shop.price.end());
  std::reverse(shop.bought.begin(), shop.bought.end());
  ThreadPool pool(3);
  const PriceSensitivity again =
      price_sensitivity_of(shop.offers(), 30, shop.segments, {}, {.executor = &pool});
  for (std::size_t c = 0; c < 30; ++c) {
    CHECK(again.customers[c].slope == Approx(fit.customers[c].slope).epsilon(1e-9));
  }
}

TEST_CASE("price sensitivity: nothing bought, everything bought, one price, nobody") {
  const std::vector<Customer> who{Customer{0}, Customer{0}, Customer{2}};
  const std::vector<double> prices{-.2, 0, .1};
  for (const double outcome : {0.0, 1.0}) {
    const std::vector<double> bought(3, outcome);
    const PriceSensitivity fit =
        price_sensitivity_of({.customers = who, .log_price = prices, .bought = bought}, 4);
    CHECK(fit.all.customers == 2);
    for (const PriceAnswer& one : fit.customers) {
      CHECK(std::isfinite(one.slope));
      CHECK(std::isfinite(one.base_error));
      CHECK((outcome > 0 ? one.base > 1 : one.base < -1));
    }
    CHECK(fit.customers[1].base == Approx(fit.segments[0].mean.base));
    CHECK(fit.customers[1].offers == 0);
  }
  const std::vector<double> same(3, .4), some{1, 0, 1};
  const PriceSensitivity one =
      price_sensitivity_of({.customers = who, .log_price = same, .bought = some}, 3);
  CHECK(one.constant_price);
  CHECK(std::abs(one.customers[0].slope) < 1e-9);
  CHECK(one.slope_spread == 0);
  const PriceSensitivity nobody = price_sensitivity_of({}, 2);
  CHECK(nobody.customers.size() == 2);
  CHECK(std::isfinite(nobody.customers[0].base));
  CHECK(price_sensitivity_of({}, 0).customers.empty());
  const PriceOffers offers{.customers = who, .log_price = prices, .bought = some};
  const std::vector<std::uint32_t> few{0};
  CHECK_THROWS_WITH(price_sensitivity_of(offers, 2), ContainsSubstring("customer 2 of 2"));
  CHECK_THROWS_WITH(price_sensitivity_of(offers, 3, few), ContainsSubstring("segments"));
  CHECK_THROWS_WITH(price_sensitivity_of(offers, 3, {}, {.tolerance = 0}),
                    ContainsSubstring("tolerance"));
  const std::vector<double> half{1, .5, 0};
  CHECK_THROWS_WITH(
      price_sensitivity_of({.customers = who, .log_price = prices, .bought = half}, 3),
      ContainsSubstring("offer 1"));
}
