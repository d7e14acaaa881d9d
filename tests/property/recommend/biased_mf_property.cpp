#include "emptor/recommend/biased_mf.hpp"

#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/random.hpp"
#include "support/property.hpp"

namespace emptor {
namespace {

struct Example {
  std::size_t m = 0;
  std::size_t n = 0;
  Ratings data;
};

Example example(std::uint64_t seed, std::uint32_t most) {
  RandomStream random(seed);
  Example out;
  out.m = 1 + random.below(most);
  out.n = 1 + random.below(most);
  RatingLog log;
  const double density = random.uniform();
  for (std::size_t c = 0; c < out.m; ++c) {
    for (std::size_t i = 0; i < out.n; ++i) {
      if (random.bernoulli(density)) {
        log.add(id_at<Customer>(c), id_at<Item>(i), static_cast<float>(random.below(11)) - 5);
      }
    }
  }
  out.data = Ratings(out.m, out.n, log, {-5, 5});
  return out;
}

/// The loss that one step of the kernel goes down, in double.
double loss_of(const std::vector<double>& at, std::size_t f, double rating, double lambda,
               double bias_lambda) {
  double dot = 0;
  double square = 0;
  for (std::size_t j = 0; j < f; ++j) {
    dot += at[j] * at[f + j];
    square += at[j] * at[j] + at[f + j] * at[f + j];
  }
  const double b_u = at[2 * f];
  const double b_i = at[2 * f + 1];
  const double error = rating - b_u - b_i - dot;
  return error * error / 2 + lambda * square / 2 + bias_lambda * (b_u * b_u + b_i * b_i) / 2;
}

TEST_CASE("a step goes down the gradient of the loss, by any kernel") {
  test::check_property("step = -rate x numerical gradient", [](std::uint64_t seed) {
    RandomStream random(seed);
    const std::size_t f = 1 + random.below(70);
    Matrix<float> x(2, f);
    Matrix<float> v(3, f);
    std::vector<double> at;
    for (float& value : x.row(1)) at.push_back(double{value = float(random.normal(0, 0.3))});
    for (float& value : v.row(2)) at.push_back(double{value = float(random.normal(0, 0.3))});
    std::vector<float> b_u = {0, float(random.normal())};
    std::vector<float> b_i = {0, 0, float(random.normal())};
    at.push_back(double{b_u[1]});
    at.push_back(double{b_i[2]});
    const std::uint32_t customer = 1;
    const std::uint32_t item = 2;
    const auto rating = static_cast<float>(random.normal());
    for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
      const Kernels* const kernels = kernels_for(isa);
      if (kernels == nullptr) continue;
      Matrix<float> new_x = x;
      Matrix<float> new_v = v;
      std::vector<float> new_b_u = b_u;
      std::vector<float> new_b_i = b_i;
      SgdBlock<float> block{
          &customer,      &item,          &rating, 1,     new_x.data(), new_v.data(), x.stride(),
          new_b_u.data(), new_b_i.data(), 0.05F,   0.02F, 0.1F,         0.3F};
      const double squared = recommend_kernels<float>(kernels).sgd_ratings(block);
      const double loss = loss_of(at, f, double{rating}, 0, 0);
      RC_ASSERT(std::abs(squared / 2 - loss) <= 1e-4 * (1 + loss));
      for (std::size_t j = 0; j < at.size(); ++j) {
        constexpr double h = 1e-4;
        std::vector<double> near = at;
        near[j] += h;
        const double up = loss_of(near, f, double{rating}, double{0.1F}, double{0.3F});
        near[j] -= 2 * h;
        const double down = loss_of(near, f, double{rating}, double{0.1F}, double{0.3F});
        const double gradient = (up - down) / (2 * h);
        const double rate = j < 2 * f ? double{0.05F} : double{0.02F};
        const float now = j < f        ? new_x(1, j)
                          : j < 2 * f  ? new_v(2, j - f)
                          : j == 2 * f ? new_b_u[1]
                                       : new_b_i[2];
        RC_ASSERT(std::abs(double{now} - (at[j] - rate * gradient)) <= 2e-5 * (1 + loss));
      }
      for (std::size_t j = 0; j < f; ++j) {
        RC_ASSERT(new_x(0, j) == 0);
        RC_ASSERT(new_v(0, j) == 0);
      }
    }
  });
}

TEST_CASE("blocks hold every rating once, and no two of a round share a customer or an item") {
  test::check_property(
      "blocks are a partition",
      [](std::uint64_t seed) {
        const Example one = example(seed, 250);
        const detail::RatingBlocks blocks(one.data.by_customer(), one.data.by_item(), 0, 1, seed);
        std::map<std::pair<std::uint32_t, std::uint32_t>, float> seen;
        for (std::size_t round = 0; round < blocks.strata(); ++round) {
          std::map<std::uint32_t, std::size_t> customers;
          std::map<std::uint32_t, std::size_t> items;
          for (std::size_t p = 0; p < blocks.strata(); ++p) {
            for (std::size_t k = blocks.begin(round, p); k < blocks.end(round, p); ++k) {
              const std::uint32_t customer = blocks.customers()[k];
              const std::uint32_t item = blocks.items()[k];
              RC_ASSERT(customers.emplace(customer, p).first->second == p);
              RC_ASSERT(items.emplace(item, p).first->second == p);
              RC_ASSERT(seen.emplace(std::pair(customer, item), blocks.ratings()[k]).second);
            }
          }
        }
        RC_ASSERT(seen.size() == one.data.entries());
        for (const auto& [pair, rating] : seen) {
          RC_ASSERT(one.data.contains(id_at<Customer>(pair.first), id_at<Item>(pair.second)));
          const auto items = one.data.by_customer().row_indices(pair.first);
          const auto values = one.data.by_customer().row_values(pair.first);
          for (std::size_t k = 0; k < items.size(); ++k) {
            RC_ASSERT(items[k] != pair.second || values[k] == rating);
          }
        }
      },
      30);
}

/// Solves A x = y by elimination with pivoting.
std::vector<double> solved(std::vector<std::vector<double>> a, std::vector<double> y) {
  const std::size_t n = y.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k; i < n; ++i) {
      if (std::abs(a[i][k]) > std::abs(a[pivot][k])) pivot = i;
    }
    std::swap(a[k], a[pivot]);
    std::swap(y[k], y[pivot]);
    for (std::size_t i = 0; i < n; ++i) {
      if (i == k) continue;
      const double factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
      y[i] -= factor * y[k];
    }
  }
  for (std::size_t k = 0; k < n; ++k) y[k] /= a[k][k];
  return y;
}

TEST_CASE("a folded customer is the least-squares solution, and so are the shares of its ratings") {
  test::check_property("fold_in = normal equations", [](std::uint64_t seed) {
    const Example one = example(seed, 12);
    const BiasedMfOptions options = {.factors = 3, .sweeps = 5, .lambda = 0.2, .bias_lambda = 0.1};
    const auto model = fit_biased_mf(one.data, options).model;
    const RatingFactorsParts& parts = model.parts();
    for (std::size_t c = 0; c < one.m; ++c) {
      std::vector<Item> items;
      for (const auto i : one.data.by_customer().row_indices(c)) items.push_back(id_at<Item>(i));
      const auto ratings = one.data.by_customer().row_values(c);
      const FoldedCustomer folded = model.fold_in(items, ratings);
      if (items.empty()) continue;
      const auto count = static_cast<double>(items.size());
      std::vector<std::vector<double>> a(4, std::vector<double>(4, 0));
      std::vector<double> y(4, 0);
      a[0][0] = count * 0.1;
      for (std::size_t j = 1; j < 4; ++j) a[j][j] = count * 0.2;
      for (std::size_t k = 0; k < items.size(); ++k) {
        std::vector<double> row = {1};
        for (const float value : parts.items.row(index(items[k]))) row.push_back(double{value});
        const double left = (double{ratings[k]} - parts.mean) / parts.spread -
                            double{parts.item_biases[index(items[k])]};
        for (std::size_t p = 0; p < 4; ++p) {
          y[p] += left * row[p];
          for (std::size_t q = 0; q < 4; ++q) a[p][q] += row[p] * row[q];
        }
      }
      const std::vector<double> want = solved(a, y);
      for (std::size_t j = 0; j < 4; ++j) {
        RC_ASSERT(std::abs(double{folded.factors[j]} - want[j]) <= 1e-4);
      }
      // With all parts shown, what is left is what needs no rating of this customer.
      const Item asked = id_at<Item>(seed % one.n);
      const Explanation why = model.explain(folded, asked, one.n);
      const double constant = parts.mean + parts.spread * double{parts.item_biases[index(asked)]};
      RC_ASSERT(why.parts.size() == items.size());
      RC_ASSERT(std::abs(double{why.rest} - constant) <= 1e-3);
    }
  });
}

}  // namespace
}  // namespace emptor
