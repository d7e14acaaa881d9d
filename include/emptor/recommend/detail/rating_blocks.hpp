#pragma once
// Ratings cut into s x s blocks so that stochastic gradient steps can run at once and yet give the
// same bits for any number of threads: customers and items are dealt to s strata each, block (p, q)
// holds the ratings of customer stratum p on item stratum q, and round t is the s blocks
// (p, (p + t) mod s), no two of which share a customer or an item. Rainer Gemulla, Erik Nijkamp,
// Peter J. Haas, Yannis Sismanis, "Large-scale matrix factorization with distributed stochastic
// gradient descent", KDD 2011, doi:10.1145/2020408.2020426. s follows the number of ratings alone.
// Strata are of like numbers of ratings: rows are dealt, the longest first, to the lightest.
// Within a block ratings stand by customer, customers and each customer's ratings in random order.
// Memory: 12 bytes a rating. Thread safety: may be read from any thread.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/math/csr.hpp"

namespace emptor::detail {

class RatingBlocks {
 public:
  /// Ratings are kept as (rating - mean) / spread.
  RatingBlocks(const Csr<float>& rows, const Csr<float>& columns, double mean, double spread,
               std::uint64_t seed)
      : strata_(std::clamp<std::size_t>(rows.nonzeros() / 8192, 1, 16)) {
    const std::size_t m = rows.rows();
    RandomStream random(seed, ~std::uint64_t{0});
    std::vector<std::uint32_t> order(m);
    std::iota(order.begin(), order.end(), 0U);
    random.shuffle(std::span(order));
    const std::vector<std::uint32_t> stratum_of_customer = deal(rows);
    const std::vector<std::uint32_t> stratum_of_item = deal(columns);
    const auto block_of = [&](std::uint32_t customer, std::uint32_t item) {
      return stratum_of_customer[customer] * strata_ + stratum_of_item[item];
    };
    begins_.assign(strata_ * strata_ + 1, 0);
    for (std::uint32_t c = 0; c < m; ++c) {
      for (const std::uint32_t item : rows.row_indices(c)) ++begins_[block_of(c, item) + 1];
    }
    std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
    std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
    customers_.resize(rows.nonzeros());
    items_.resize(rows.nonzeros());
    ratings_.resize(rows.nonzeros());
    std::vector<std::uint32_t> places;
    for (const std::uint32_t c : order) {
      const auto items = rows.row_indices(c);
      const auto ratings = rows.row_values(c);
      places.resize(items.size());
      std::iota(places.begin(), places.end(), 0U);
      random.shuffle(std::span(places));
      for (const std::uint32_t k : places) {
        const std::size_t at = next[block_of(c, items[k])]++;
        customers_[at] = c;
        items_[at] = items[k];
        ratings_[at] = static_cast<float>((static_cast<double>(ratings[k]) - mean) / spread);
      }
    }
  }

  [[nodiscard]] std::size_t strata() const noexcept { return strata_; }
  /// The p-th block of round t: its ratings are [begin, end).
  [[nodiscard]] std::size_t begin(std::size_t round, std::size_t p) const noexcept {
    return begins_[p * strata_ + (p + round) % strata_];
  }
  [[nodiscard]] std::size_t end(std::size_t round, std::size_t p) const noexcept {
    return begins_[p * strata_ + (p + round) % strata_ + 1];
  }
  [[nodiscard]] const std::uint32_t* customers() const noexcept { return customers_.data(); }
  [[nodiscard]] const std::uint32_t* items() const noexcept { return items_.data(); }
  [[nodiscard]] const float* ratings() const noexcept { return ratings_.data(); }

 private:
  [[nodiscard]] std::vector<std::uint32_t> deal(const Csr<float>& rows) const {
    std::vector<std::uint32_t> order(rows.rows());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return rows.row_size(a) > rows.row_size(b);
    });
    std::vector<std::size_t> load(strata_, 0);
    std::vector<std::uint32_t> stratum(rows.rows());
    for (const std::uint32_t row : order) {
      std::size_t lightest = 0;
      for (std::size_t s = 1; s < strata_; ++s) {
        if (load[s] < load[lightest]) lightest = s;
      }
      load[lightest] += rows.row_size(row);
      stratum[row] = static_cast<std::uint32_t>(lightest);
    }
    return stratum;
  }

  std::size_t strata_;
  std::vector<std::size_t> begins_;
  std::vector<std::uint32_t> customers_;
  std::vector<std::uint32_t> items_;
  std::vector<float> ratings_;
};

}  // namespace emptor::detail
