#pragma once
// Stochastic gradient descent over pairs of items, for recommend/bpr.hpp and recommend/warp.hpp.
//
// Samples that run at once must not share a row, and the result must not depend on the number of
// threads. So customers are cut into P blocks once, items into P blocks at random anew each epoch,
// P by data size alone. An epoch has P rounds; in round r the P tasks work on (customer block a,
// item block a + r mod P), which share nothing, and each task draws the negatives from its own item
// block: a random subset of the catalogue, another one each epoch, so that over the epochs
// negatives are uniform. An epoch takes each interaction once, in random order within its task.
// After the diagonal strata of Rainer Gemulla, Peter J. Haas, Erik Nijkamp, Yannis Sismanis,
// "Large-scale matrix factorization with distributed stochastic gradient descent", KDD 2011,
// doi:10.1145/2020408.2020426. (Mini-batches with updates in a fixed order would be the other way:
// they apply stale gradients and touch memory twice; strata also keep a task's rows in the cache.)
//
// Time: some 6 f flops a sample. Memory: factors and 8 bytes an interaction. Thread safety: a
// fitter belongs to one thread.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/core/random.hpp"
#include "emptor/recommend/detail/pairwise_step.hpp"
#include "emptor/recommend/pairwise_result.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor::detail {

class PairwiseFitter {
 public:
  /// With start values for a fit.
  PairwiseFitter(const Interactions& data, const PairwiseRule& rule, std::size_t factors)
      : data_(data),
        rule_(rule),
        blocks_(
            std::clamp<std::size_t>(std::min(data.customers(), data.items()) / 64, 1, most_blocks)),
        customers_(data.customers(), factors),
        items_(data.items(), factors),
        bias_(data.items(), 0.0F),
        order_(data.items()),
        block_of_(data.items()),
        pairs_(data.entries()),
        starts_(blocks_ * (blocks_ + 1)) {
    const double limit = rule.initial_deviation * std::sqrt(3 / static_cast<double>(factors));
    start(customers_, data.by_customer(), PairwiseStream::customers, limit);
    start(items_, data.by_item(), PairwiseStream::items, limit);
    for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = static_cast<std::uint32_t>(i);
    cut_customers();
  }

  /// Takes over what a fit to `before` made of rows that have interactions in both; an item that
  /// nobody took keeps the place it got as a negative. Shapes as of customer_rows and item_rows.
  void continue_from(const Interactions& before, const Matrix<float>& customers,
                     const Matrix<float>& items) {
    const std::size_t factors = customers_.columns();
    for (std::size_t c = 0; c < before.customers(); ++c) {
      if (before.by_customer().row_size(c) == 0 || data_.by_customer().row_size(c) == 0) continue;
      std::copy_n(customers.row(c).data(), factors, customers_.row(c).data());
    }
    for (std::size_t i = 0; i < before.items(); ++i) {
      if (before.by_item().row_size(i) == 0 && data_.by_item().row_size(i) > 0) continue;
      std::copy_n(items.row(i).data(), factors, items_.row(i).data());
      bias_[i] = items(i, factors);
    }
  }
  /// Starts a customer at a vector of f factors.
  void place(std::size_t customer, std::span<const float> factors) {
    std::copy(factors.begin(), factors.end(), customers_.row(customer).begin());
  }

  /// One epoch; adds to the report's counts.
  void run_epoch(std::size_t epoch, const Context& context, PairwiseReport& report) {
    RandomStream random = rule_.stream(PairwiseStream::blocks, epoch);
    random.shuffle(std::span(order_));
    for (std::size_t b = 0; b < blocks_; ++b) {
      for (const std::uint32_t item : items_of(b)) block_of_[item] = static_cast<std::uint8_t>(b);
    }
    parallel_chunks(context, blocks_, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t a = begin; a < end; ++a) deal(a);
    });
    std::vector<PairwiseCounts> counts(blocks_);
    for (std::size_t round = 0; round < blocks_; ++round) {
      parallel_chunks(context, blocks_, 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t a = begin; a < end; ++a) {
          counts[a] += run_stratum(a, (a + round) % blocks_, epoch);
        }
      });
    }
    PairwiseCounts sum;
    for (const PairwiseCounts& one : counts) sum += one;
    report.samples += sum.samples;
    report.skipped += sum.skipped;
    report.in_order.push_back(
        sum.drawn > 0 ? static_cast<double>(sum.in_order) / static_cast<double>(sum.drawn) : 0);
    ++report.epochs;
  }

  /// Throws `invalid_value` when steps too large have left the range of float.
  void require_finite(std::string_view where) const {
    if (finite()) return;
    throw Exception(ErrorCode::invalid_value,
                    "the factors left the range of float: lower 'learning_rate'",
                    std::string(where));
  }
  /// m x (f + 1), the last column 1; all 0 without interactions.
  [[nodiscard]] Matrix<float> customer_rows() const {
    Matrix<float> rows(customers_.rows(), customers_.columns() + 1);
    for (std::size_t c = 0; c < rows.rows(); ++c) {
      if (data_.by_customer().row_size(c) == 0) continue;
      std::copy_n(customers_.row(c).data(), customers_.columns(), rows.row(c).data());
      rows(c, customers_.columns()) = 1;
    }
    return rows;
  }
  /// n x (f + 1), the last column the bias.
  [[nodiscard]] Matrix<float> item_rows() const {
    Matrix<float> rows(items_.rows(), items_.columns() + 1);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
      std::copy_n(items_.row(i).data(), items_.columns(), rows.row(i).data());
      rows(i, items_.columns()) = bias_[i];
    }
    return rows;
  }

 private:
  static constexpr std::size_t most_blocks = 16;

  [[nodiscard]] bool finite() const {
    const auto all_finite = [](const float* values, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) {
        if (!std::isfinite(values[i])) return false;
      }
      return true;
    };
    return all_finite(customers_.data(), customers_.rows() * customers_.stride()) &&
           all_finite(items_.data(), items_.rows() * items_.stride()) &&
           all_finite(bias_.data(), bias_.size());
  }

  struct Pair {
    std::uint32_t customer;
    std::uint32_t item;
  };

  void start(Matrix<float>& factors, const Csr<float>& rows, PairwiseStream what, double limit) {
    for (std::size_t r = 0; r < factors.rows(); ++r) {
      if (rows.row_size(r) == 0) continue;
      RandomStream random = rule_.stream(what, r);
      for (float& value : factors.row(r)) value = static_cast<float>(random.uniform(-limit, limit));
    }
  }
  /// Blocks of customers with about equally many interactions.
  void cut_customers() {
    borders_.assign(1, 0);
    const auto offsets = data_.by_customer().offsets();
    for (std::size_t c = 0; c < data_.customers(); ++c) {
      if (borders_.size() < blocks_ &&
          offsets[c + 1] * blocks_ >= borders_.size() * data_.entries()) {
        borders_.push_back(c + 1);
      }
    }
    borders_.resize(blocks_ + 1, data_.customers());
  }
  [[nodiscard]] std::span<const std::uint32_t> items_of(std::size_t b) const noexcept {
    const std::size_t first = b * order_.size() / blocks_;
    return std::span(order_).subspan(first, (b + 1) * order_.size() / blocks_ - first);
  }

  /// Sorts the interactions of customer block `a` by item block.
  void deal(std::size_t a) {
    const Csr<float>& rows = data_.by_customer();
    std::size_t* const start = starts_.data() + a * (blocks_ + 1);
    std::fill_n(start, blocks_ + 1, std::size_t{0});
    const std::size_t first = rows.offsets()[borders_[a]];
    const std::size_t last = rows.offsets()[borders_[a + 1]];
    for (std::size_t k = first; k < last; ++k) ++start[block_of_[rows.indices()[k]]];
    std::size_t next[most_blocks];
    std::size_t at = first;
    for (std::size_t b = 0; b < blocks_; ++b) {
      next[b] = at;
      at += start[b];
      start[b] = next[b];
    }
    start[blocks_] = at;
    for (std::size_t c = borders_[a]; c < borders_[a + 1]; ++c) {
      for (const std::uint32_t item : rows.row_indices(c)) {
        pairs_[next[block_of_[item]]++] = {static_cast<std::uint32_t>(c), item};
      }
    }
  }

  PairwiseCounts run_stratum(std::size_t a, std::size_t b, std::size_t epoch) {
    RandomStream random =
        rule_.stream(PairwiseStream::samples, (epoch * blocks_ + a) * blocks_ + b);
    const std::size_t* const start = starts_.data() + a * (blocks_ + 1);
    const std::span<Pair> pairs = std::span(pairs_).subspan(start[b], start[b + 1] - start[b]);
    random.shuffle(pairs);
    const auto negatives = items_of(b);
    PairwiseCounts counts;
    const PairwiseItems<float> items{items_.data(), bias_.data(), items_.stride()};
    for (const Pair& pair : pairs) {
      rule_.learn(customers_.row(pair.customer).data(), pair.item, items,
                  data_.by_customer().row_indices(pair.customer), negatives, random, counts);
    }
    return counts;
  }

  const Interactions& data_;
  const PairwiseRule& rule_;
  std::size_t blocks_;  // P
  Matrix<float> customers_;
  Matrix<float> items_;
  std::vector<float> bias_;
  std::vector<std::size_t> borders_;    // of the customer blocks
  std::vector<std::uint32_t> order_;    // items, a block after the other
  std::vector<std::uint8_t> block_of_;  // by item
  std::vector<Pair> pairs_;             // interactions by customer block, then item block
  std::vector<std::size_t> starts_;     // (customer block, item block) -> place in pairs_
};

}  // namespace emptor::detail
