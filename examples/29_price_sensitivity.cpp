// Who needs a discount? How each customer answers to prices, learnt from the offers they saw, held
// against later offers; and what it brings to give a discount to those alone whom it moves.

#include <cmath>
#include <iomanip>
#include <iostream>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/evaluate/binary.hpp"
#include "emptor/score/price_sensitivity.hpp"

namespace {

using namespace emptor;

constexpr std::size_t customers = 1200;
constexpr const char* segment_name[] = {"regulars", "bargain hunters", "companies"};
constexpr double true_base[] = {-0.6, -1.6, -0.4};
constexpr double true_slope[] = {-2.5, -6, -1};

/// What the host has: who saw which price, and whether it was taken.
struct Offers {
  std::vector<Customer> who;
  std::vector<double> price, bought;

  [[nodiscard]] PriceOffers view() const {
    return {.customers = who, .log_price = price, .bought = bought};
  }
};

/// A made-up shop: each customer answers to prices in a way of their own.
struct Shop {
  std::vector<std::uint32_t> segment;
  std::vector<PriceAnswer> truth;
  Offers known, later;

  Shop() {
    for (std::size_t c = 0; c < customers; ++c) {
      RandomStream random(29, c);
      const auto s = static_cast<std::uint32_t>(c % 10 < 6 ? 0 : c % 10 < 9 ? 1 : 2);
      segment.push_back(s);
      PriceAnswer& own = truth.emplace_back();
      own.base = random.normal(true_base[s], 0.7);
      own.slope = random.normal(true_slope[s], 1.2);
      const std::uint32_t visits = 4 + random.below(60);
      for (std::uint32_t v = 0; v < visits + 20; ++v) {
        constexpr double ratios[] = {1, 1, 1, 0.95, 0.9, 0.8, 0.7, 1.05};
        const double x = std::log(ratios[random.below(8)]);
        Offers& to = v < visits ? known : later;
        to.who.push_back(id_at<Customer>(c));
        to.price.push_back(x);
        to.bought.push_back(random.bernoulli(own.probability(x)) ? 1 : 0);
      }
    }
  }
};

double loss_of(const Offers& offers, const std::vector<PriceAnswer>& answers) {
  std::vector<double> p;
  for (std::size_t i = 0; i < offers.who.size(); ++i) {
    p.push_back(answers[index(offers.who[i])].probability(offers.price[i]));
  }
  return binary_log_loss({offers.bought, p});
}

}  // namespace

int main() {
  const Shop shop;
  const PriceSensitivity fit = price_sensitivity_of(shop.known.view(), customers, shop.segment);

  std::cout << shop.known.who.size() << " offers to " << fit.all.customers << " customers\n\n"
            << "segment          customers  slope  error  truth  elasticity at list price\n";
  for (std::size_t s = 0; s < fit.segments.size(); ++s) {
    const PriceSegment& one = fit.segments[s];
    std::cout << std::left << std::setw(17) << segment_name[s] << std::right << std::setw(9)
              << one.customers << std::setw(7) << fixed(one.mean.slope, 1) << std::setw(7)
              << fixed(one.mean.slope_error, 1) << std::setw(7) << fixed(true_slope[s], 1)
              << std::setw(12) << fixed(one.mean.elasticity(0), 1) << "\n";
  }
  std::cout << "customers lie " << fixed(fit.slope_spread, 1)
            << " around their segment's slope (truth: 1.2)\n\n";

  // Few offers: nearly the segment. Many: what the customer did.
  std::cout << "bargain hunters  offers  bought  slope  error  truth\n";
  for (const std::size_t c : {16U, 8U, 36U, 47U}) {
    const PriceAnswer& own = fit.customers[c];
    std::cout << "customer " << std::left << std::setw(8) << c << std::right << std::setw(6)
              << own.offers << std::setw(8) << own.bought << std::setw(7) << fixed(own.slope, 1)
              << std::setw(7) << fixed(own.slope_error, 1) << std::setw(7)
              << fixed(shop.truth[c].slope, 1) << "\n";
  }

  // Held against 20 later offers each.
  std::vector<PriceAnswer> by_segment;
  for (const std::uint32_t s : shop.segment) by_segment.push_back(fit.segments[s].mean);
  const std::vector<PriceAnswer> by_all(customers, fit.all.mean);
  std::cout << "\nlog loss of later offers: all alike " << fixed(loss_of(shop.later, by_all), 3)
            << ", by segment " << fixed(loss_of(shop.later, by_segment), 3) << ", by customer "
            << fixed(loss_of(shop.later, fit.customers), 3) << " (the truth itself "
            << fixed(loss_of(shop.later, shop.truth), 3) << ")\n";

  // 20 a piece that costs 5: is it worth while to let 4 off, and for whom?
  const double off = std::log(16.0 / 20);
  const auto gain = [&](const PriceAnswer& answer) {
    return answer.probability(off) * (16 - 5) - answer.probability(0) * (20 - 5);
  };
  double all = 0;
  double chosen = 0;
  double best = 0;
  std::size_t given[3] = {};
  std::size_t members[3] = {};
  for (std::size_t c = 0; c < customers; ++c) {
    const double brings = gain(shop.truth[c]);
    all += brings;
    best += brings > 0 ? brings : 0;
    ++members[shop.segment[c]];
    if (gain(fit.customers[c]) <= 0) continue;
    chosen += brings;
    ++given[shop.segment[c]];
  }
  std::cout << "\na discount of 20 % pays for\n";
  for (std::size_t s = 0; s < 3; ++s) {
    std::cout << std::setw(5) << given[s] << " of " << members[s] << " " << segment_name[s] << "\n";
  }
  std::cout << "a visit of each of them brings, beyond list prices for all: " << fixed(chosen, 0)
            << " EUR (known to a T: " << fixed(best, 0)
            << "); a discount for all: " << fixed(all, 0) << " EUR\n";
}
