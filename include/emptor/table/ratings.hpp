#pragma once
// What customers said of items: explicit ratings on a declared scale.
//
// `RatingLog` is a list of single ratings in order of arrival; `Ratings` is the m customers x n
// items matrix of them, kept by customer and by item. Any finite number may be a rating, 0 and
// negative ones too: an entry that is absent is unknown, never 0. Ratings is immutable and shared:
// a copy costs a pointer, and models keep one.
// Memory: log 20 bytes a rating; matrix 16 bytes an entry and 8 (m + n). Thread safety: the log as
// a std::vector; the matrix may be read from any thread.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

struct RatingLog {
  std::vector<Customer> customers;
  std::vector<Item> items;
  std::vector<float> ratings;
  std::vector<Time> times;

  [[nodiscard]] std::size_t size() const noexcept { return customers.size(); }
  void add(Customer customer, Item item, float rating, Time time = {}) {
    customers.push_back(customer);
    items.push_back(item);
    ratings.push_back(rating);
    times.push_back(time);
  }
};

/// The lowest and the highest rating that can be given, finite and lowest < highest.
struct RatingScale {
  float lowest = 1;
  float highest = 5;

  [[nodiscard]] bool contains(float rating) const noexcept {
    return rating >= lowest && rating <= highest;
  }
  /// The nearest number on the scale.
  [[nodiscard]] float clip(float rating) const noexcept {
    return rating < lowest ? lowest : rating > highest ? highest : rating;
  }
  friend bool operator==(const RatingScale&, const RatingScale&) = default;
};

/// What several ratings of one item by one customer become.
enum class RepeatedRatings : std::uint8_t {
  latest,  ///< the one of the latest time; of equal times, the last in the log
  mean,    ///< their mean
  refuse,  ///< an error
};

namespace detail {

/// Throws `invalid_option` unless the scale is one, `invalid_value` for a rating outside of it.
inline void check_ratings(std::span<const float> ratings, const RatingScale& scale,
                          std::string_view where) {
  const bool valid =
      std::isfinite(scale.lowest) && std::isfinite(scale.highest) && scale.lowest < scale.highest;
  if (!valid) {
    throw Exception(ErrorCode::invalid_option,
                    text("'scale' must be finite, its lowest rating below its highest, got ",
                         scale.lowest, " to ", scale.highest),
                    "scale");
  }
  for (const float rating : ratings) {
    if (!scale.contains(rating)) {
      throw Exception(ErrorCode::invalid_value,
                      text("a rating must be on the scale from ", scale.lowest, " to ",
                           scale.highest, ", got ", rating),
                      std::string(where));
    }
  }
}

inline Csr<float> rating_rows(std::size_t customers, std::size_t items, const RatingLog& log,
                              RepeatedRatings repeated) {
  const auto rows = [&](const auto& log_customers, const auto& log_items,
                        std::span<const float> ratings, Duplicates duplicates) {
    return Csr<float>::from_entries(customers, items, log_customers, log_items, ratings,
                                    duplicates);
  };
  switch (repeated) {
    case RepeatedRatings::refuse:
      return rows(log.customers, log.items, log.ratings, Duplicates::refuse);
    case RepeatedRatings::mean: {
      const std::vector<double> wide(log.ratings.begin(), log.ratings.end());
      const std::vector<double> ones(log.ratings.size(), 1.0);
      const auto sums = Csr<double>::from_entries(customers, items, log.customers, log.items, wide);
      const auto counts =
          Csr<double>::from_entries(customers, items, log.customers, log.items, ones);
      std::vector<float> means(sums.nonzeros());
      for (std::size_t k = 0; k < means.size(); ++k) {
        means[k] = static_cast<float>(sums.values()[k] / counts.values()[k]);
      }
      return {items,
              {sums.offsets().begin(), sums.offsets().end()},
              {sums.indices().begin(), sums.indices().end()},
              std::move(means)};
    }
    case RepeatedRatings::latest:
      break;
  }
  if (std::is_sorted(log.times.begin(), log.times.end())) {
    return rows(log.customers, log.items, log.ratings, Duplicates::last);
  }
  std::vector<std::size_t> order(log.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return log.times[a] < log.times[b]; });
  RatingLog sorted;
  for (const std::size_t k : order) {
    sorted.add(log.customers[k], log.items[k], log.ratings[k]);
  }
  return rows(sorted.customers, sorted.items, sorted.ratings, Duplicates::last);
}

}  // namespace detail

/// The scale from the lowest to the highest of these ratings, for data that comes without one. A
/// scale that is known should be given: the ends may not occur. Throws `invalid_value` when a
/// rating is not finite or there are not two different ones.
[[nodiscard]] inline RatingScale found_scale(std::span<const float> ratings) {
  RatingScale scale{std::numeric_limits<float>::infinity(),
                    -std::numeric_limits<float>::infinity()};
  for (const float rating : ratings) {
    if (!std::isfinite(rating)) {
      throw Exception(ErrorCode::invalid_value, text("a rating must be finite, got ", rating),
                      "found_scale");
    }
    scale.lowest = std::min(scale.lowest, rating);
    scale.highest = std::max(scale.highest, rating);
  }
  if (!(scale.lowest < scale.highest)) {
    throw Exception(ErrorCode::invalid_value,
                    "a scale cannot be found without two different ratings", "found_scale");
  }
  return scale;
}

class Ratings {
 public:
  Ratings() : Ratings(Csr<float>{}, RatingScale{}) {}

  /// From a log over `customers` x `items` ids. O(ratings + m + n), and a sort of the log under
  /// RepeatedRatings::latest unless its times ascend.
  /// Throws `invalid_shape` when the log's columns differ in length, `out_of_range` when an id is
  /// outside, `invalid_value` when a rating is not on the scale (NaN never is), `invalid_option`
  /// when the scale is none, `duplicate` under RepeatedRatings::refuse.
  Ratings(std::size_t customers, std::size_t items, const RatingLog& log,
          const RatingScale& scale = {}, RepeatedRatings repeated = RepeatedRatings::latest)
      : Ratings(rows_of(customers, items, log, scale, repeated), scale) {}

  /// From a matrix of m rows (customers) x n columns (items). Throws as above.
  explicit Ratings(Csr<float> by_customer, const RatingScale& scale = {}) {
    detail::check_ratings(by_customer.values(), scale, "Ratings");
    Csr<float> by_item = by_customer.transposed();
    sides_ =
        std::make_shared<const Sides>(Sides{std::move(by_customer), std::move(by_item), scale});
  }

  [[nodiscard]] std::size_t customers() const noexcept { return sides_->by_customer.rows(); }
  [[nodiscard]] std::size_t items() const noexcept { return sides_->by_customer.columns(); }
  [[nodiscard]] std::size_t entries() const noexcept { return sides_->by_customer.nonzeros(); }
  [[nodiscard]] const RatingScale& scale() const noexcept { return sides_->scale; }

  /// m x n; a row is what one customer rated.
  [[nodiscard]] const Csr<float>& by_customer() const noexcept { return sides_->by_customer; }
  /// n x m; a row is who rated one item.
  [[nodiscard]] const Csr<float>& by_item() const noexcept { return sides_->by_item; }

  [[nodiscard]] bool contains(Customer customer, Item item) const noexcept {
    return by_customer().contains(index(customer), static_cast<std::uint32_t>(item));
  }

  /// The mean of all ratings; NaN when there are none. O(entries).
  [[nodiscard]] double mean() const noexcept {
    double sum = 0;
    for (const float rating : by_customer().values()) sum += static_cast<double>(rating);
    return entries() > 0 ? sum / static_cast<double>(entries())
                         : std::numeric_limits<double>::quiet_NaN();
  }

  /// The ratings of at least `threshold` as interactions of weight 1, for models of implicit
  /// feedback. O(entries).
  [[nodiscard]] Interactions liked(float threshold) const {
    std::vector<std::size_t> offsets(1, 0);
    std::vector<std::uint32_t> indices;
    for (std::size_t c = 0; c < customers(); ++c) {
      const auto row = by_customer().row_indices(c);
      const auto values = by_customer().row_values(c);
      for (std::size_t k = 0; k < row.size(); ++k) {
        if (values[k] >= threshold) indices.push_back(row[k]);
      }
      offsets.push_back(indices.size());
    }
    std::vector<float> ones(indices.size(), 1.0F);
    return Interactions(
        Csr<float>(items(), std::move(offsets), std::move(indices), std::move(ones)));
  }

 private:
  struct Sides {
    Csr<float> by_customer;
    Csr<float> by_item;
    RatingScale scale;
  };

  static Csr<float> rows_of(std::size_t customers, std::size_t items, const RatingLog& log,
                            const RatingScale& scale, RepeatedRatings repeated) {
    const std::size_t size = log.size();
    if (log.items.size() != size || log.ratings.size() != size || log.times.size() != size) {
      throw Exception(ErrorCode::invalid_shape, "the log's columns must be of one length",
                      "Ratings");
    }
    detail::check_ratings(log.ratings, scale, "Ratings");
    return detail::rating_rows(customers, items, log, repeated);
  }

  std::shared_ptr<const Sides> sides_;
};

}  // namespace emptor
