#pragma once
// Folds of rows for cross-validation: of like classes, of whole customers, and along time.
//
//     for (std::size_t repeat = 0; repeat < 10; ++repeat) {
//       const RowFolds folds = stratified_folds(target, {.folds = 5, .seed = 1, .repeat = repeat});
//       for (std::size_t f = 0; f < folds.count; ++f) {
//         model = fit(table.take(folds.train(f)), …);
//         // score table.take(folds.test(f))
//       }
//     }
//
// Source: Ron Kohavi, "A study of cross-validation and bootstrap for accuracy estimation and model
// selection", IJCAI 1995, ijcai.org/Proceedings/95-2/Papers/016.pdf. Folds depend on the options
// and the data alone, and are the same on every machine. rating_split.hpp and customer_split.hpp
// have folds of ratings and of events. Thread safety: pure functions, values.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"

namespace emptor {

/// Every row is tested in one fold and trained on in all others.
struct RowFolds {
  std::vector<std::uint32_t> fold{};  ///< of each row, in [0, count)
  std::size_t count = 0;

  /// The rows of fold f, ascending. Throws `out_of_range`, as `train` does.
  [[nodiscard]] EMPTOR_API std::vector<std::uint32_t> test(std::size_t f) const;
  /// All others, ascending.
  [[nodiscard]] EMPTOR_API std::vector<std::uint32_t> train(std::size_t f) const;
};

struct RowFoldOptions {
  std::size_t folds = 5;  ///< in [2, 10,000]
  std::uint64_t seed = 1;
  std::uint64_t repeat = 0;  ///< each number gives other folds
};

/// Rows at random, each class (each distinct target) spread evenly: of any class, and of all rows,
/// no two folds differ by more than one row. Throws `invalid_option`, `invalid_value` with the row
/// for a NaN target, `invalid_shape` for 2^32 rows or more. O(n log n).
[[nodiscard]] EMPTOR_API RowFolds stratified_folds(std::span<const double> target,
                                                   const RowFoldOptions& options = {});

/// All rows of a customer in one fold. Customers with many rows are placed first, each where it
/// makes the classes' shares most even (without targets: the numbers of rows). Folds may be empty
/// when there are fewer customers. `target`: empty, or one for each row and at most 1,000 distinct.
/// Throws as above. O(n log n + customers x folds x classes).
[[nodiscard]] EMPTOR_API RowFolds grouped_folds(std::span<const Customer> customers,
                                                std::span<const double> target = {},
                                                const RowFoldOptions& options = {});

struct TimeFoldOptions {
  Time first_test{};                     ///< where the first test begins
  std::chrono::seconds test_length{};    ///< of each test, > 0; tests follow one another
  std::size_t folds = 5;                 ///< in [1, 10,000]
  std::chrono::seconds gap{0};           ///< between train and test, >= 0: the outcome's window
  std::chrono::seconds train_length{0};  ///< 0: everything before (expanding); else rolling
};

/// Train: rows in [train_from, train_to); test: rows in [test_from, test_to).
struct TimeFold {
  Time train_from{};  ///< the first instant there is, when expanding
  Time train_to{};    ///< test_from - gap
  Time test_from{};
  Time test_to{};
  std::vector<std::uint32_t> train{};  ///< rows, ascending
  std::vector<std::uint32_t> test{};   ///< rows, ascending; train and test may be empty
};

/// Throws `invalid_option`, also when the tests leave the range of Time. O(n folds).
[[nodiscard]] EMPTOR_API std::vector<TimeFold> time_folds(std::span<const Time> times,
                                                          const TimeFoldOptions& options);

}  // namespace emptor
