#pragma once
// Measures of lists that know what items are like: intra-list diversity and calibration.
// Definitions: evaluate_result.hpp.
//
// Diversity: Barry Smyth, Paul McClave, "Similarity vs. diversity", ICCBR 2001,
// doi:10.1007/3-540-44593-5_25; Cai-Nicolas Ziegler, Sean M. McNee, Joseph A. Konstan, Georg
// Lausen, "Improving recommendation lists through topic diversification", WWW 2005,
// doi:10.1145/1060745.1060754. Calibration: Harald Steck, "Calibrated recommendations", RecSys
// 2018, doi:10.1145/3240323.3240372, equations 2, 3, 5 and 6 with natural logarithms.
//
// Cost: diversity by features O(features of the listed items), not of pairs, since the cosines of
// unit vectors to all before them are one product with their sum; by a callback O(k²) calls.
// Calibration O(genres of history + k (genres)). Memory: a copy of the matrix, 8 bytes a column for
// each thread. Thread safety: measures may be used by any threads, if the callback may.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/evaluate/ranked_lists.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

namespace detail {

/// Rows scaled to `length(row values)` 1; rows of zeros stay. Throws `invalid_value` for values
/// that are not finite, or negative where that is not allowed.
template <class Length>
std::shared_ptr<const Csr<double>> scaled_rows(const Csr<float>& features, bool negative,
                                               std::string_view where, const Length& length) {
  std::vector<double> values;
  values.reserve(features.nonzeros());
  for (std::size_t row = 0; row < features.rows(); ++row) {
    for (const float value : features.row_values(row)) {
      if (!std::isfinite(value) || (value < 0 && !negative)) {
        throw Exception(ErrorCode::invalid_value,
                        text("values must be finite", negative ? "" : " and >= 0", ", got ", value),
                        std::string(where));
      }
    }
    const double all = length(features.row_values(row));
    for (const float value : features.row_values(row)) {
      values.push_back(all > 0 ? static_cast<double>(value) / all : 0);
    }
  }
  return std::make_shared<const Csr<double>>(
      features.columns(),
      std::vector<std::size_t>(features.offsets().begin(), features.offsets().end()),
      std::vector<std::uint32_t>(features.indices().begin(), features.indices().end()),
      std::move(values));
}

inline void check_item_row(Item item, std::size_t rows, std::string_view where) {
  if (index(item) < rows) return;
  throw Exception(ErrorCode::out_of_range,
                  text("item ", index(item), " has no row in a matrix of ", rows),
                  std::string(where));
}

}  // namespace detail

/// RankingMetric::diversity by any distance of two items: symmetric, finite, 0 or more. Called from
/// several threads at once when the context has an executor.
[[nodiscard]] inline ListMeasure diversity_measure(std::function<double(Item, Item)> distance) {
  return {RankingMetric::diversity,
          [distance = std::move(distance)](const ListBatch& batch, const ListValues& out) {
            for (std::size_t row = 0; row < batch.customers.size(); ++row) {
              const std::span<const Item> list = batch.list(row);
              double sum = 0;
              std::size_t place = 0;
              for (std::size_t i = 0; i < batch.ks.size(); ++i) {
                for (; place < std::min(batch.ks[i], list.size()); ++place) {
                  for (std::size_t other = 0; other < place; ++other) {
                    sum += distance(list[other], list[place]);
                  }
                }
                const double items = static_cast<double>(place);
                if (place > 1) out.set(row, i, sum / (items * (items - 1) / 2));
              }
            }
          }};
}

/// RankingMetric::diversity by 1 - cosine of the items' rows in `features` (n x any); an item
/// without features has nothing in common with any other: distance 1.
/// Throws `invalid_value` for values that are not finite, when used `out_of_range` for an item
/// without a row.
[[nodiscard]] inline ListMeasure diversity_measure(const Csr<float>& features) {
  const auto unit =
      detail::scaled_rows(features, true, "diversity_measure", [](std::span<const float> values) {
        double squares = 0;
        for (const float value : values) squares += static_cast<double>(value) * value;
        return std::sqrt(squares);
      });
  return {RankingMetric::diversity, [unit](const ListBatch& batch, const ListValues& out) {
            std::vector<double> before(unit->columns(), 0);  // sum of the rows of earlier places
            for (std::size_t row = 0; row < batch.customers.size(); ++row) {
              const std::span<const Item> list = batch.list(row);
              double sum = 0;
              std::size_t place = 0;
              for (std::size_t i = 0; i < batch.ks.size(); ++i) {
                for (; place < std::min(batch.ks[i], list.size()); ++place) {
                  detail::check_item_row(list[place], unit->rows(), "diversity_measure");
                  const auto columns = unit->row_indices(index(list[place]));
                  const auto values = unit->row_values(index(list[place]));
                  double cosines = 0;
                  for (std::size_t j = 0; j < columns.size(); ++j) {
                    cosines += values[j] * before[columns[j]];
                    before[columns[j]] += values[j];
                  }
                  sum += static_cast<double>(place) - cosines;
                }
                const double items = static_cast<double>(place);
                if (place > 1) out.set(row, i, sum / (items * (items - 1) / 2));
              }
              for (const Item item : list.first(place)) {
                for (const std::uint32_t column : unit->row_indices(index(item)))
                  before[column] = 0;
              }
            }
          }};
}

/// RankingMetric::calibration: KL(p || (1 - alpha) q + alpha p), p and q being the shares of genres
/// in what the customer has in `history`, by its weights, and in the first k. `genres` is n x
/// genres, values >= 0; an item's row is taken as shares, items without genres count for neither
/// side. Without a genre in the list q is 0: the divergence is -ln(alpha), the worst there is;
/// without one in the history, 0. alpha in (0, 1), .01 in the paper.
/// Throws `invalid_option`, `invalid_shape`, `invalid_value`.
[[nodiscard]] inline ListMeasure calibration_measure(const Csr<float>& genres,
                                                     const Interactions& history,
                                                     double alpha = 0.01) {
  require_option(alpha > 0 && alpha < 1, "alpha", "in (0, 1)", alpha);
  if (genres.rows() != history.items()) {
    throw Exception(
        ErrorCode::invalid_shape,
        text("genres are of ", genres.rows(), " items, the history of ", history.items()),
        "calibration_measure");
  }
  const auto shares =
      detail::scaled_rows(genres, false, "calibration_measure", [](std::span<const float> values) {
        double sum = 0;
        for (const float value : values) {
          sum += static_cast<double>(value);
        }
        return sum;
      });
  return {RankingMetric::calibration,
          [shares, history, alpha](const ListBatch& batch, const ListValues& out) {
            std::vector<double> p(shares->columns());
            std::vector<double> q(shares->columns());
            // Adds an item's shares; returns their sum, 0 or 1.
            const auto add = [&](std::size_t item, double weight, std::vector<double>& to) {
              double sum = 0;
              const auto columns = shares->row_indices(item);
              const auto values = shares->row_values(item);
              for (std::size_t j = 0; j < columns.size(); ++j) {
                to[columns[j]] += weight * values[j];
                sum += weight * values[j];
              }
              return sum;
            };
            for (std::size_t row = 0; row < batch.customers.size(); ++row) {
              std::fill(p.begin(), p.end(), 0);
              std::fill(q.begin(), q.end(), 0);
              double had = 0;
              const auto items = history.by_customer().row_indices(index(batch.customers[row]));
              const auto weights = history.by_customer().row_values(index(batch.customers[row]));
              for (std::size_t j = 0; j < items.size(); ++j) {
                had += add(items[j], static_cast<double>(weights[j]), p);
              }
              if (had <= 0) continue;
              const std::span<const Item> list = batch.list(row);
              double listed = 0;
              std::size_t place = 0;
              for (std::size_t i = 0; i < batch.ks.size(); ++i) {
                for (; place < std::min(batch.ks[i], list.size()); ++place) {
                  listed += add(index(list[place]), 1, q);
                }
                double divergence = 0;
                for (std::size_t genre = 0; genre < p.size(); ++genre) {
                  if (p[genre] <= 0) continue;
                  const double had_share = p[genre] / had;
                  const double share = listed > 0 ? q[genre] / listed : 0;
                  divergence +=
                      had_share * std::log(had_share / ((1 - alpha) * share + alpha * had_share));
                }
                out.set(row, i, divergence);
              }
            }
          }};
}

}  // namespace emptor
