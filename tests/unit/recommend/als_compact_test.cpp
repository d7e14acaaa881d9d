// bfloat16, its kernels, and ALS models whose factors are kept in it.

#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/recommend/als.hpp"
#include "emptor/recommend/kernels_portable.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

TEST_CASE("bfloat16 rounds to the nearest, ties to even") {
  const float eighth_bit = 1.0F / 128;
  CHECK(float{Bfloat16(1.0F)} == 1.0F);
  CHECK(float{Bfloat16(1 + eighth_bit)} == 1 + eighth_bit);
  CHECK(float{Bfloat16(1 + eighth_bit * 0.5F)} == 1.0F);                // tie, down to even
  CHECK(float{Bfloat16(1 + eighth_bit * 1.5F)} == 1 + 2 * eighth_bit);  // tie, up to even
  CHECK(float{Bfloat16(1 + eighth_bit * 0.5625F)} == 1 + eighth_bit);
  CHECK(float{Bfloat16(-1 - eighth_bit * 0.5625F)} == -1 - eighth_bit);
  CHECK(std::signbit(float{Bfloat16(-0.0F)}));
  constexpr float most = std::numeric_limits<float>::max();
  constexpr float infinity = std::numeric_limits<float>::infinity();
  CHECK(float{Bfloat16(most)} == infinity);
  CHECK(float{Bfloat16(-infinity)} == -infinity);
  CHECK(std::isnan(float{Bfloat16(std::numeric_limits<float>::quiet_NaN())}));
  CHECK(std::isnan(float{Bfloat16(std::numeric_limits<float>::signaling_NaN())}));
  RandomStream random(1, 1);
  for (int i = 0; i < 10'000; ++i) {
    const auto value = static_cast<float>(std::exp(random.normal(0, 20)));
    const float rounded = Bfloat16(value);
    CHECK(std::abs(rounded - value) <= std::ldexp(value, -8));
    CHECK(Bfloat16(rounded) == Bfloat16(value));
  }
}

TEST_CASE("bfloat16 kernels of every instruction set") {
  for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
    const Kernels* kernels = kernels_for(isa);
    if (kernels == nullptr) continue;
    INFO("isa " << static_cast<int>(isa));
    const auto& table = recommend_kernels<float>(kernels);
    for (const std::size_t columns : {1U, 31U, 32U, 100U}) {
      Matrix<Bfloat16> rows(23, columns);
      RandomStream random(2, columns);
      Matrix<float> x(1, rows.stride());
      for (std::size_t j = 0; j < columns; ++j) {
        x(0, j) = static_cast<float>(random.normal(0, 1));
        for (std::size_t r = 0; r < 23; ++r) {
          rows(r, j) = Bfloat16(static_cast<float>(random.normal(0, 1)));
        }
      }
      Matrix<float> wide(23, rows.stride());
      for (std::size_t r = 0; r < 23; ++r) {
        table.widen_bfloat16(rows.row(r).data(), rows.stride(), wide.row(r).data());
        for (std::size_t j = 0; j < columns; ++j) CHECK(wide(r, j) == float{rows(r, j)});
      }
      for (const std::size_t count : {0U, 1U, 2U, 3U, 4U, 5U, 23U}) {
        const auto all = std::make_unique<float[]>(count + 1);
        all[count] = 42;
        table.dot_bfloat16(x.data(), rows.data(), rows.stride(), nullptr, count, rows.stride(),
                           all.get());
        CHECK(all[count] == 42);
        for (std::size_t r = 0; r < count; ++r) {
          double exact = 0;
          for (std::size_t j = 0; j < columns; ++j) exact += double(x(0, j)) * double(wide(r, j));
          CHECK(std::abs(double(all[r]) - exact) < 1e-4);
          const auto id = static_cast<std::uint32_t>(r);
          float one = 0;
          table.dot_bfloat16(x.data(), rows.data(), rows.stride(), &id, 1, rows.stride(), &one);
          CHECK(one == all[r]);
        }
      }
    }
  }
}

Interactions shop() {
  InteractionLog log;
  for (std::uint32_t c = 0; c < 200; ++c) {
    RandomStream random(5, c);
    for (std::uint32_t i = 0; i < 150; ++i) {
      if (random.bernoulli((c + i) % 3 == 0 ? 0.3 : 0.02)) log.add(Customer{c}, Item{i});
    }
  }
  return {200, 150, log};
}

TEST_CASE("a compact model serves nearly what its model serves, alone and in batches") {
  const Interactions data = shop();
  ThreadPool pool(2);
  for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
    const Kernels* kernels = kernels_for(isa);
    if (kernels == nullptr) continue;
    const Context context{.executor = &pool, .kernels = kernels};
    const AlsModel model = fit_als(data, {.factors = 20, .sweeps = 5}, context).model;
    const CompactAlsModel compact = model.compact();
    CHECK(compact.item_factors().bytes() <= model.item_factors().bytes());
    std::vector<Item> items;
    for (std::uint32_t i = 0; i < 150; ++i) items.push_back(Item{i});
    std::vector<Customer> customers;
    for (std::uint32_t c = 0; c < 200; ++c) customers.push_back(Customer{c});
    std::vector<Recommendation> out(200 * 7);
    std::vector<std::uint32_t> counts(200);
    compact.recommend_batch(customers, 7, {}, context, out, counts);
    for (std::uint32_t c = 0; c < 200; ++c) {
      std::vector<float> exact(150);
      std::vector<float> rounded(150);
      model.score(Customer{c}, items, exact);
      compact.score(Customer{c}, items, rounded);
      for (std::size_t i = 0; i < 150; ++i) CHECK(std::abs(exact[i] - rounded[i]) < 0.01F);
      const auto list = compact.recommend(Customer{c}, 7);
      REQUIRE(list.size() == counts[c]);
      CHECK(std::equal(list.begin(), list.end(), out.begin() + std::ptrdiff_t(c * 7)));
    }
    const auto loaded = CompactAlsModel::load(compact.save(), kernels);
    REQUIRE(loaded.has_value());
    CHECK(loaded->recommend(Customer{3}, 9) == compact.recommend(Customer{3}, 9));
    CHECK(compact.save().size() < model.save().size());
    CHECK_FALSE(AlsModel::load(compact.save()).has_value());
  }
}

}  // namespace
}  // namespace emptor
