#pragma once
// Sums of packed gradients by column and bin, and the pool of their memory.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "score/binned_table.hpp"

namespace emptor::detail {

/// columns x bin_places sums; only places of bins that exist are ever looked at.
class Histogram {
 public:
  explicit Histogram(std::size_t columns) : sums_(columns * bin_places) {}
  [[nodiscard]] std::uint64_t* column(std::size_t c) noexcept {
    return sums_.data() + c * bin_places;
  }
  [[nodiscard]] const std::uint64_t* column(std::size_t c) const noexcept {
    return sums_.data() + c * bin_places;
  }

 private:
  std::vector<std::uint64_t> sums_;
};

class HistogramPool {
 public:
  explicit HistogramPool(std::size_t columns) : columns_(columns) {}
  [[nodiscard]] std::unique_ptr<Histogram> take() {
    if (free_.empty()) return std::make_unique<Histogram>(columns_);
    std::unique_ptr<Histogram> out = std::move(free_.back());
    free_.pop_back();
    return out;
  }
  void give(std::unique_ptr<Histogram> histogram) {
    if (histogram != nullptr) free_.push_back(std::move(histogram));
  }

 private:
  std::size_t columns_;
  std::vector<std::unique_ptr<Histogram>> free_;
};

/// `out` = the sums of `packed` over the rows, in the columns named.
void fill_histogram(const BinnedTable& table, std::span<const std::uint64_t> packed,
                    std::span<const std::uint32_t> rows, std::span<const std::uint32_t> columns,
                    Histogram& out, const Context& context);

/// from -= part, in the columns named.
void subtract_histogram(const BinnedTable& table, std::span<const std::uint32_t> columns,
                        const Histogram& part, Histogram& from);

}  // namespace emptor::detail
