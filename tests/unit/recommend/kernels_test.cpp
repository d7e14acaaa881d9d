// The recommenders' kernels of every instruction set against normal equations in double and against
// scores worked out one by one.

#include "emptor/recommend/kernels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "emptor/core/matrix.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/kernels_portable.hpp"
#include "emptor/recommend/kernels_portable.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

template <class Check>
void for_each_float_table(Check&& check) {
  for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
    const Kernels* kernels = kernels_for(isa);
    if (kernels == nullptr) continue;
    INFO("isa " << static_cast<int>(isa));
    check(recommend_kernels<float>(kernels));
  }
}

template <class T>
struct Rows {
  Matrix<T> opposite;
  std::vector<T> spectrum;
  std::vector<T> ridge;
  std::vector<std::size_t> offsets{0};
  std::vector<std::uint32_t> columns;
  std::vector<T> weights;
  Matrix<T> solution;
  AlsSystem<T> system;

  Rows(std::size_t d, const std::vector<std::size_t>& lengths, bool weighted)
      : opposite(500, d), solution(lengths.size(), d) {
    RandomStream random(d, lengths.size());
    for (std::size_t r = 0; r < opposite.rows(); ++r) {
      for (T& value : opposite.row(r)) value = static_cast<T>(random.normal(0, 0.3));
    }
    spectrum.assign(opposite.stride(), T{1});
    for (std::size_t j = 0; j < d; ++j) spectrum[j] = static_cast<T>(random.uniform(0, 2));
    for (const std::size_t n : lengths) {
      ridge.push_back(n == 0 ? T{0} : static_cast<T>(random.uniform(0.05, 2)));
      for (std::size_t k = 0; k < n; ++k) {
        columns.push_back(random.below(500));
        if (weighted) weights.push_back(static_cast<T>(random.uniform(0.1, 5)));
      }
      offsets.push_back(columns.size());
    }
    for (std::size_t r = 0; r < solution.rows(); ++r) {
      for (T& value : solution.row(r)) value = T{-9};
    }
    system = {opposite.data(), spectrum.data(),  ridge.data(),
              offsets.data(),  columns.data(),   weighted ? weights.data() : nullptr,
              solution.data(), opposite.stride()};
  }

  /// The largest relative distance of a row's solution from its normal equations' in double.
  double worst_row() const {
    const std::size_t d = opposite.columns();
    double worst = 0;
    for (std::size_t r = 0; r < solution.rows(); ++r) {
      Matrix<double> a(d, d);
      Matrix<double> x(1, d);
      for (std::size_t j = 0; j < d; ++j) a(j, j) = double(spectrum[j]) + double(ridge[r]);
      for (std::size_t k = offsets[r]; k < offsets[r + 1]; ++k) {
        const auto v = opposite.row(columns[k]);
        const double weight = weights.empty() ? 1 : double(weights[k]);
        for (std::size_t i = 0; i < d; ++i) {
          x(0, i) += weight * double(v[i]);
          for (std::size_t j = i; j < d; ++j) a(i, j) += weight * double(v[i]) * double(v[j]);
        }
      }
      if (offsets[r] < offsets[r + 1]) {
        REQUIRE(detail::portable_cholesky_solve(a.data(), d, a.stride(), x.data()));
      }
      double distance = 0;
      double size = 0;
      for (std::size_t j = 0; j < d; ++j) {
        distance = std::max(distance, std::abs(double(solution(r, j)) - x(0, j)));
        size = std::max(size, std::abs(x(0, j)));
      }
      for (std::size_t j = d; j < solution.stride(); ++j) {
        distance = std::max(distance, std::abs(double(solution.data()[r * solution.stride() + j])));
      }
      worst = std::max(worst, size > 0 ? distance / size : distance);
    }
    return worst;
  }
};

template <class T>
double solve_all(const RecommendKernels<T>& table, std::size_t d,
                 const std::vector<std::size_t>& lengths, bool weighted) {
  Rows<T> rows(d, lengths, weighted);
  std::vector<std::uint32_t> order(lengths.size());
  for (std::size_t r = 0; r < order.size(); ++r) order[r] = static_cast<std::uint32_t>(r);
  const std::size_t size = als_workspace(rows.system.stride);
  const auto work = std::make_unique<T[]>(size + 1);
  work[size] = T{42};
  table.solve_als_rows(rows.system, order.data(), order.size(), work.get());
  CHECK(work[size] == T{42});
  return rows.worst_row();
}

TEST_CASE("ALS rows of every instruction set solve their normal equations") {
  // Empty rows, batches that are full, mixed and cut short, duals one by one, and primals.
  const std::vector<std::vector<std::size_t>> shapes = {
      {},
      {0},
      {1},
      {0, 0, 0, 0},
      {7, 7, 7},
      {5, 0, 3, 1, 11, 2, 2, 9, 4, 4, 4, 8, 6, 1, 0, 3, 5, 12, 10},
      {200, 150, 96, 95, 63, 64, 65, 48, 47, 46, 33, 32, 31, 17, 16, 15, 2, 1, 0, 0, 0},
      {20, 90, 20, 20, 20, 90, 1}};
  for (const std::size_t d : {1U, 5U, 16U, 20U, 33U, 64U, 100U, 128U, 160U}) {
    for (const auto& lengths : shapes) {
      for (const bool weighted : {false, true}) {
        INFO("d " << d << ", " << lengths.size() << " rows, weighted " << weighted);
        for_each_float_table([&](const RecommendKernels<float>& table) {
          CHECK(solve_all(table, d, lengths, weighted) < 2e-4);
        });
        CHECK(solve_all(recommend_kernels<double>(nullptr), d, lengths, weighted) < 1e-11);
      }
    }
  }
}

TEST_CASE("one row needs the workspace of one row only") {
  for (const std::size_t n : {1U, 30U, 47U, 48U, 120U}) {
    for_each_float_table([&](const RecommendKernels<float>& table) {
      Rows<float> rows(64, {n}, true);
      const std::size_t size = als_row_workspace(64, n);
      const auto work = std::make_unique<float[]>(size + 1);
      work[size] = 42;
      const std::uint32_t row = 0;
      table.solve_als_rows(rows.system, &row, 1, work.get());
      CHECK(work[size] == 42);
      CHECK(rows.worst_row() < 2e-4);
    });
  }
  CHECK(als_workspace(64) * sizeof(float) <= 8 * 64 * 64 * sizeof(float) + 65536);
  CHECK(als_workspace(256) * sizeof(float) <= 8 * 256 * 256 * sizeof(float) + 65536);
}

TEST_CASE("panels report exactly the scores that reach the threshold") {
  for (const std::size_t depth : {1U, 3U, 16U, 64U, 70U}) {
    for (const std::size_t count : {0U, 1U, 2U, 5U, 8U, 13U, 64U}) {
      RandomStream random(depth, count);
      Matrix<float> panel(1, depth * panel_items);
      for (float& value : panel.row(0)) value = static_cast<float>(random.normal());
      Matrix<float> customers(count, depth);
      std::vector<const float*> rows;
      std::vector<float> thresholds;
      for (std::size_t c = 0; c < count; ++c) {
        for (float& value : customers.row(c)) value = static_cast<float>(random.normal());
        rows.push_back(customers.row(c).data());
        thresholds.push_back(c % 3 == 0 ? -std::numeric_limits<float>::infinity()
                                        : static_cast<float>(random.normal()));
      }
      for_each_float_table([&](const RecommendKernels<float>& table) {
        INFO("depth " << depth << " count " << count);
        std::vector<PanelHit<float>> hits(count * panel_items);
        hits.resize(table.score_panel(rows.data(), count, panel.row(0).data(), depth,
                                      thresholds.data(), hits.data()));
        std::vector<char> reported(count * panel_items);
        bool good = true;
        for (const auto& hit : hits) {
          good = good && hit.score >= thresholds[hit.customer];
          reported[hit.customer * panel_items + hit.slot] += 1;
        }
        const double slack = 1e-5 * double(depth);
        for (std::size_t c = 0; c < count; ++c) {
          for (std::size_t s = 0; s < panel_items; ++s) {
            double score = 0;
            for (std::size_t p = 0; p < depth; ++p) {
              score += double(rows[c][p]) * double(panel(0, p * panel_items + s));
            }
            const char times = reported[c * panel_items + s];
            if (score > double(thresholds[c]) + slack) good = good && times == 1;
            if (score < double(thresholds[c]) - slack) good = good && times == 0;
            good = good && times <= 1;
          }
        }
        for (const auto& hit : hits) {
          double score = 0;
          for (std::size_t p = 0; p < depth; ++p) {
            score += double(rows[hit.customer][p]) * double(panel(0, p * panel_items + hit.slot));
          }
          good = good && std::abs(double(hit.score) - score) <= slack;
        }
        CHECK(good);
      });
    }
  }
}

}  // namespace
}  // namespace emptor
