#include "emptor/identity/blocking_minhash.hpp"

#include <string>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "emptor/core/thread_pool.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

struct Sets {
  std::vector<std::size_t> offsets{0};
  std::vector<std::uint32_t> tokens;
  void add(const std::vector<std::uint32_t>& set) {
    tokens.insert(tokens.end(), set.begin(), set.end());
    offsets.push_back(tokens.size());
  }
};

}  // namespace

TEST_CASE("sets meet as often as their similarity says", "[identity]") {
  // Pairs of sets of 3, 6 or 40 tokens, `shared` of them common: similarity s = shared / (2 size -
  // shared). One value of any bin, borrowed or not, agrees with probability s (Shrivastava 2017,
  // theorem 1). Agreement of two values is s^2 where few bins are borrowed, that is of 40 tokens.
  constexpr std::size_t trials = 4000;
  for (const std::uint32_t size : {3U, 6U, 40U}) {
    for (const std::uint32_t tenths : {0U, 4U, 7U, 10U}) {
      const std::uint32_t shared = size * tenths / 10;
      Sets sets;
      RandomStream random(size, tenths);
      for (std::size_t t = 0; t < trials; ++t) {
        std::vector<std::uint32_t> a, b;
        for (std::uint32_t i = 0; i < size; ++i) {
          a.push_back(random());
          b.push_back(i < shared ? a.back() : random());
        }
        random.shuffle(std::span(b));
        sets.add(a);
        sets.add(b);
      }
      const double s = double(shared) / double(2 * size - shared);
      INFO(size << " tokens, " << shared << " shared");
      // Four standard errors of 4,000 trials are at most 0.032.
      const auto single = minhash_keys(sets.offsets, sets.tokens, {12, 1, 9});
      for (const auto& column : single) {
        double met = 0;
        for (std::size_t t = 0; t < trials; ++t) met += column[2 * t] == column[2 * t + 1];
        CHECK(met / trials == Approx(s).margin(0.032));
      }
      if (size != 40) continue;
      const MinHashOptions options{6, 2, 9};
      const auto keys = minhash_keys(sets.offsets, sets.tokens, options);
      double met = 0;
      for (std::size_t t = 0; t < trials; ++t) {
        bool any = false;
        for (const auto& column : keys) any |= column[2 * t] == column[2 * t + 1];
        met += any;
      }
      CHECK(met / trials == Approx(minhash_probability(s, options)).margin(0.032));
    }
  }
}

TEST_CASE("MinHash keys do not depend on order, repetition or threads", "[identity]") {
  Sets sets;
  sets.add({1, 2, 3, 4});
  sets.add({4, 3, 3, 2, 1, 1});
  sets.add({});
  sets.add({77});
  const auto keys = minhash_keys(sets.offsets, sets.tokens);
  ThreadPool pool(3);
  Context context;
  context.executor = &pool;
  CHECK(keys == minhash_keys(sets.offsets, sets.tokens, {}, context));
  for (const auto& column : keys) {
    CHECK(column[0] == column[1]);
    CHECK(column[2] == 0);
    CHECK(column[3] != 0);
  }
  CHECK(keys[0][0] != keys[1][0]);
  CHECK(keys != minhash_keys(sets.offsets, sets.tokens, {8, 3, 2}));
}

TEST_CASE("texts that are alike meet by MinHash, others do not", "[identity]") {
  const std::vector<std::string_view> texts{"12 Northumberland Avenue, Flat 3",
                                            "12 northumberland avenue flat 3",
                                            "12 Northumberlnd Avenue Flat 3",
                                            "77 Rue de la République",
                                            " ,.- ",
                                            ""};
  const MinHashOptions options{16, 2, 1};
  const auto keys = minhash_text_keys(texts, options);
  std::size_t misspelt = 0, other = 0;
  for (const auto& column : keys) {
    CHECK(column[0] == column[1]);
    misspelt += column[0] == column[2];
    other += column[0] == column[3];
    CHECK(column[4] == 0);
    CHECK(column[5] == 0);
  }
  CHECK(misspelt >= 3);
  CHECK(other == 0);
  const std::string long_text(1 << 20, 'a');
  CHECK(minhash_text_keys(std::vector<std::string_view>{long_text}).size() == 8);
}

TEST_CASE("MinHash refuses options and shapes that do not fit", "[identity]") {
  const std::vector<std::size_t> offsets{0, 2};
  const std::vector<std::uint32_t> one{1}, two{1, 2};
  CHECK_THROWS_AS(minhash_keys(offsets, one), Exception);
  CHECK_THROWS_AS(minhash_keys({}, {}), Exception);
  CHECK_THROWS_AS(minhash_keys(std::vector<std::size_t>{0, 2, 1, 2}, two), Exception);
  CHECK_THROWS_AS(minhash_keys(offsets, two, {0, 3, 1}), Exception);
  CHECK_THROWS_AS(minhash_keys(offsets, two, {8, 0, 1}), Exception);
  CHECK_THROWS_AS(minhash_keys(offsets, two, {16, 17, 1}), Exception);
  CHECK_NOTHROW(minhash_keys(offsets, two, {16, 16, 1}));
}
