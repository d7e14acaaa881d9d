// Sums of rounded rows and scores of sparse rows, by every instruction set, against sums in double.

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "emptor/core/matrix.hpp"
#include "emptor/core/random.hpp"
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

TEST_CASE("rounded rows add up exactly, also at the ends of their range") {
  for (const std::size_t width : {32U, 64U, 512U, 544U, 1056U}) {
    for (const std::size_t count : {0U, 1U, 7U, 8U, 9U, 40U, 1000U}) {
      RandomStream random(width, count);
      Matrix<std::int16_t> codes(50, width);
      for (std::size_t r = 0; r < codes.rows(); ++r) {
        for (std::int16_t& code : codes.row(r)) {
          const auto any = static_cast<std::int16_t>(static_cast<int>(random.below(8191)) - 4095);
          code = r < 3 ? largest_code : r < 6 ? static_cast<std::int16_t>(-largest_code) : any;
        }
      }
      std::vector<std::uint32_t> index;
      std::vector<float> weights;
      for (std::size_t i = 0; i < count; ++i) {
        index.push_back(i < count / 2 ? random.below(6) : random.below(50));
        weights.push_back(static_cast<float>(random.uniform(0.1, 5)));
      }
      std::vector<float> scale(width);
      for (float& value : scale) value = static_cast<float>(random.uniform(1e-5, 1e-3));
      for_each_float_table([&](const RecommendKernels<float>& table) {
        for (const bool weighted : {false, true}) {
          INFO("width " << width << " count " << count << " weighted " << weighted);
          std::vector<float> out(width, -1.0F);
          table.sum_codes(codes.data(), codes.stride(), index.data(),
                          weighted ? weights.data() : nullptr, count, width, scale.data(),
                          out.data());
          bool good = true;
          for (std::size_t j = 0; j < width; ++j) {
            double sum = 0;
            double total = 0;
            for (std::size_t i = 0; i < count; ++i) {
              const double weight = weighted ? double(weights[i]) : 1.0;
              sum += weight * codes(index[i], j);
              total += weight * 4095;
            }
            const double error = weighted ? double(count + 2) * 0x1p-24 * total : 0;
            const double exact = sum * double(scale[j]);
            good = good && std::abs(double(out[j]) - exact) <=
                               error * double(scale[j]) + 0x1.01p-23 * std::abs(exact);
          }
          CHECK(good);
        }
      });
    }
  }
}

TEST_CASE("sparse rows report exactly the scores that reach the threshold") {
  constexpr std::size_t features = 90;
  constexpr std::size_t rows = 40;
  RandomStream random(5, 0);
  std::vector<std::size_t> offsets(1, 0);
  std::vector<std::uint32_t> columns;
  std::vector<float> values;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::uint32_t f = 0; f < features; ++f) {
      if (r % 7 == 3 || !random.bernoulli(0.2)) continue;
      columns.push_back(f);
      values.push_back(static_cast<float>(random.normal()));
    }
    offsets.push_back(columns.size());
  }
  std::vector<float> customers(features * sparse_lanes);
  for (float& value : customers) value = static_cast<float>(random.normal());
  std::vector<float> thresholds(sparse_lanes);
  for (std::size_t c = 0; c < sparse_lanes; ++c) {
    thresholds[c] = c % 4 == 0   ? -std::numeric_limits<float>::infinity()
                    : c % 4 == 1 ? std::numeric_limits<float>::infinity()
                                 : static_cast<float>(random.normal());
  }
  for (const auto& [first, count] :
       {std::pair<std::size_t, std::size_t>{0, rows}, {7, 20}, {9, 0}}) {
    for_each_float_table([&](const RecommendKernels<float>& table) {
      std::vector<PanelHit<float>> hits(count * sparse_lanes);
      hits.resize(table.score_sparse_rows(offsets.data(), columns.data(), values.data(), first,
                                          count, customers.data(), thresholds.data(), hits.data()));
      std::vector<std::size_t> reported(count * sparse_lanes, 0);
      bool good = true;
      for (const auto& hit : hits) {
        good = good && hit.score >= thresholds[hit.customer];
        ++reported[hit.slot * sparse_lanes + hit.customer];
      }
      for (std::size_t r = 0; r < count; ++r) {
        for (std::size_t c = 0; c < sparse_lanes; ++c) {
          double score = 0;
          for (std::size_t e = offsets[first + r]; e < offsets[first + r + 1]; ++e) {
            score += double(values[e]) * double(customers[columns[e] * sparse_lanes + c]);
          }
          const std::size_t times = reported[r * sparse_lanes + c];
          if (score > double(thresholds[c]) + 1e-5) good = good && times == 1;
          if (score < double(thresholds[c]) - 1e-5) good = good && times == 0;
          good = good && times <= 1;
          for (const auto& hit : hits) {
            if (hit.slot != r || hit.customer != c) continue;
            good = good && std::abs(double(hit.score) - score) <= 1e-5;
          }
        }
      }
      CHECK(good);
    });
  }
}

}  // namespace
}  // namespace emptor
