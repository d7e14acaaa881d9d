#pragma once
// Nested search: which options serve best, and how good the search itself is.
//
// The value of the best of many options on the rows that chose it promises too much: Gavin C.
// Cawley, Nicola L. C. Talbot, "On over-fitting in model selection and subsequent selection bias in
// performance evaluation", JMLR 11, 2010, jmlr.org/papers/v11/cawley10a.html. So each outer fold's
// options are chosen on its training rows alone, by inner folds of them, and measured on the rows
// it holds out; the mean over outer folds is what to expect of "search, then fit". The options to
// use are those of one more search on all rows.
//
//     auto result = nested_search(space, stratified_folds(target, {.folds = 5}),
//         [&](std::span<const std::uint32_t> rows) {      // inner folds of these rows
//           return stratified_folds(taken(target, rows), {.folds = 4});
//         },
//         [&](const TuningPoint& point, std::span<const std::uint32_t> train,
//             std::span<const std::uint32_t> test, const Context& context) {
//           // fit on train, measure on test: higher is better
//         });
//
// Cost: (outer folds + 1) x trials x inner folds fits, and one more an outer fold. Fits run one
// after another, so that each may use all threads. Thread safety: pure, if the functions are.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/evaluate/stratified.hpp"
#include "emptor/evaluate/tuning.hpp"

namespace emptor {

/// Fits with the point's options on the rows `train` and measures on the rows `test`; higher is
/// better. An exception (but ErrorCode::stopped) or a value that is not finite fails the trial.
using FoldObjective =
    FunctionRef<double(const TuningPoint& point, std::span<const std::uint32_t> train,
                       std::span<const std::uint32_t> test, const Context& context)>;

/// Folds of these rows: fold[i] is that of rows[i]. Must keep together what belongs together.
using InnerFolds = FunctionRef<RowFolds(std::span<const std::uint32_t> rows)>;

struct NestedFold {
  std::vector<double> point{};  ///< values of the options that were chosen, as in TuningPoint
  std::string options{};        ///< the same in words
  double inner = 0;             ///< their mean over the inner folds
  double outer = 0;             ///< on the rows held out: unbiased
};

struct NestedSearchResult {
  std::vector<NestedFold> folds{};
  double mean = std::numeric_limits<double>::quiet_NaN();       ///< of `outer`
  double deviation = std::numeric_limits<double>::quiet_NaN();  ///< of `outer`, between folds
  NestedFold chosen{};    ///< by a search on all rows; `outer` is NaN
  bool completed = true;  ///< false: the progress callback stopped it
};

namespace detail {

/// The best of a random search by mean over folds of `rows`; an empty point when stopped.
[[nodiscard]] inline NestedFold search_rows(const TuningSpace& space,
                                            std::span<const std::uint32_t> rows, InnerFolds inner,
                                            const RandomSearchOptions& options,
                                            FoldObjective objective, const Context& context) {
  const RowFolds folds = inner(rows);
  if (folds.fold.size() != rows.size() || folds.count < 2) {
    throw Exception(ErrorCode::invalid_shape,
                    "inner folds must be at least two, of the rows that were given",
                    "nested_search");
  }
  const auto taken = [&](std::vector<std::uint32_t> places) {
    for (std::uint32_t& place : places) place = rows[place];
    return places;
  };
  std::vector<std::vector<std::uint32_t>> train;
  std::vector<std::vector<std::uint32_t>> test;
  for (std::size_t f = 0; f < folds.count; ++f) {
    train.push_back(taken(folds.train(f)));
    test.push_back(taken(folds.test(f)));
  }
  TuningSearch search = TuningSearch::random(space, options);
  const bool all = search.run(
      [&](const TuningPoint& point, double, const Context& inside) {
        double sum = 0;
        for (std::size_t f = 0; f < folds.count; ++f) {
          sum += objective(point, train[f], test[f], inside);
        }
        return sum / static_cast<double>(folds.count);
      },
      context);
  NestedFold out;
  out.outer = std::numeric_limits<double>::quiet_NaN();
  if (!all) return out;
  const TuningTrial* best = search.best();
  if (best == nullptr) {
    throw Exception(ErrorCode::invalid_value,
                    text("every trial failed, the last with: ", search.trials().back().error),
                    "nested_search");
  }
  const TuningPoint point = search.point(best->point);
  out.point.assign(point.values().begin(), point.values().end());
  out.options = point.to_string();
  out.inner = best->value;
  return out;
}

}  // namespace detail

/// `search.seed` is the same in every fold, so that all try the same points. Throws
/// `invalid_option`, `invalid_shape` for folds that do not fit, `invalid_value` when every trial of
/// a search failed, and what `objective` throws on an outer fold.
[[nodiscard]] inline NestedSearchResult nested_search(const TuningSpace& space,
                                                      const RowFolds& outer, InnerFolds inner,
                                                      FoldObjective objective,
                                                      const RandomSearchOptions& search = {},
                                                      const Context& context = {}) {
  NestedSearchResult out;
  double sum = 0;
  for (std::size_t f = 0; f < outer.count; ++f) {
    const std::vector<std::uint32_t> train = outer.train(f);
    NestedFold fold = detail::search_rows(space, train, inner, search, objective, context);
    if (fold.point.empty()) {
      out.completed = false;
      return out;
    }
    fold.outer = objective(TuningPoint(space, fold.point), train, outer.test(f), context);
    sum += fold.outer;
    out.folds.push_back(std::move(fold));
  }
  const auto count = static_cast<double>(out.folds.size());
  out.mean = sum / count;
  double squares = 0;
  for (const NestedFold& fold : out.folds) {
    squares += (fold.outer - out.mean) * (fold.outer - out.mean);
  }
  out.deviation = std::sqrt(squares / (count - 1));
  std::vector<std::uint32_t> all(outer.fold.size());
  for (std::size_t row = 0; row < all.size(); ++row) all[row] = static_cast<std::uint32_t>(row);
  out.chosen = detail::search_rows(space, all, inner, search, objective, context);
  out.completed = !out.chosen.point.empty();
  return out;
}

}  // namespace emptor
