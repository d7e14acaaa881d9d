#include "emptor/core/random.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "support/catch.hpp"

namespace {

using namespace emptor;

using Block = std::array<std::uint32_t, 4>;

struct Moments {
  double mean = 0;
  double variance = 0;
};

template <class Draw>
Moments moments_of(Draw&& draw, int count = 200'000) {
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < count; ++i) {
    const double x = static_cast<double>(draw());
    sum += x;
    squares += x * x;
  }
  const double mean = sum / count;
  return {mean, squares / count - mean * mean};
}

/// The sample mean of 200,000 draws, within five standard errors.
void check_mean(const Moments& m, double mean, double variance) {
  CHECK(std::abs(m.mean - mean) < 5 * std::sqrt(variance / 200'000));
}

}  // namespace

TEST_CASE("Philox4x32-10 known answers") {
  // The file kat_vectors of Random123 1.09 (D. E. Shaw Research).
  CHECK(detail::philox4x32({0, 0, 0, 0}, 0, 0) ==
        Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(detail::philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, 0xffffffff,
                           0xffffffff) == Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(detail::philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822,
                           0x299f31d0) == Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a stream is its counter's blocks, one after another") {
  RandomStream stream(0x299f31d0a4093822U, 0x0370734413198a2eU);
  for (std::uint32_t counter = 0; counter < 3; ++counter) {
    const Block block =
        detail::philox4x32({counter, 0, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0);
    for (const std::uint32_t word : block) CHECK(stream() == word);
  }
  RandomStream zero(0);
  CHECK(zero() == 0x6627e8d5);
  RandomStream bits(0);
  CHECK(bits.bits64() == 0x6627e8d5e169c58dU);
}

TEST_CASE("streams and seeds differ from one another") {
  RandomStream a(1, 0), b(1, 1), c(2, 0);
  const std::uint64_t x = a.bits64(), y = b.bits64(), z = c.bits64();
  CHECK(x != y);
  CHECK(x != z);
  CHECK(y != z);
}

TEST_CASE("a stream can be used at compile time") {
  constexpr std::uint32_t first = [] {
    RandomStream stream(0);
    return stream();
  }();
  STATIC_REQUIRE(first == 0x6627e8d5);
}

TEST_CASE("uniform numbers are in range with the right moments") {
  RandomStream random(7);
  double least = 1, most = 0;
  const Moments m = moments_of([&] {
    const double u = random.uniform();
    least = std::min(least, u);
    most = std::max(most, u);
    return u;
  });
  CHECK(least >= 0);
  CHECK(most < 1);
  CHECK(least < 1e-4);
  CHECK(most > 1 - 1e-4);
  check_mean(m, 0.5, 1.0 / 12);
  CHECK(m.variance == Approx(1.0 / 12).epsilon(0.01));
  check_mean(moments_of([&] { return random.uniform(-3, 5); }), 1, 64.0 / 12);
}

TEST_CASE("below: no value out of range, all as likely as each other") {
  RandomStream random(8);
  constexpr std::uint32_t count = 7;
  std::array<double, count> seen{};
  constexpr int draws = 140'000;
  for (int i = 0; i < draws; ++i) {
    const std::uint32_t value = random.below(count);
    REQUIRE(value < count);
    ++seen[value];
  }
  double chi_square = 0;
  for (const double n : seen) chi_square += (n - 20'000) * (n - 20'000) / 20'000;
  CHECK(chi_square < 22.46);  // 0.999 quantile, 6 degrees of freedom
  CHECK(random.below(1) == 0);
  // Three quarters of 2^32: a modulo would give the lower third twice as often.
  int low = 0;
  for (int i = 0; i < 100'000; ++i) low += random.below(0xC0000000U) < 0x40000000U ? 1 : 0;
  CHECK(std::abs(low - 33'333) < 750);
}

TEST_CASE("distributions have their means and variances") {
  RandomStream random(9);
  SECTION("normal") {
    const Moments m = moments_of([&] { return random.normal(2, 3); });
    check_mean(m, 2, 9);
    CHECK(m.variance == Approx(9).epsilon(0.02));
    int within = 0;
    for (int i = 0; i < 100'000; ++i) within += std::abs(random.normal()) < 1 ? 1 : 0;
    CHECK(std::abs(within - 68'269) < 750);
  }
  SECTION("exponential") {
    const Moments m = moments_of([&] { return random.exponential(4); });
    check_mean(m, 4, 16);
    CHECK(m.variance == Approx(16).epsilon(0.03));
  }
  SECTION("gamma, shape above and below one") {
    for (const double shape : {0.3, 1.0, 2.5, 40.0}) {
      const Moments m = moments_of([&] { return random.gamma(shape, 2); });
      check_mean(m, 2 * shape, 4 * shape);
      CHECK(m.variance == Approx(4 * shape).epsilon(0.05));
    }
  }
  SECTION("beta") {
    const Moments m = moments_of([&] { return random.beta(2, 3); });
    check_mean(m, 0.4, 0.04);
    CHECK(m.variance == Approx(0.04).epsilon(0.02));
  }
  SECTION("poisson") {
    for (const double mean : {0.2, 3.0, 25.0}) {
      const Moments m = moments_of([&] { return random.poisson(mean); });
      check_mean(m, mean, mean);
      CHECK(m.variance == Approx(mean).epsilon(0.03));
    }
    CHECK(random.poisson(0) == 0);
  }
  SECTION("bernoulli") {
    check_mean(moments_of([&] { return random.bernoulli(0.3); }), 0.3, 0.21);
  }
}

TEST_CASE("categorical follows its weights and never draws a weight of zero") {
  RandomStream random(10);
  const std::array<double, 4> weights{1, 0, 3, 0};
  std::array<int, 4> seen{};
  for (int i = 0; i < 100'000; ++i) ++seen[random.categorical(weights)];
  CHECK(seen[1] == 0);
  CHECK(seen[3] == 0);
  CHECK(std::abs(seen[0] - 25'000) < 700);
  const std::array<double, 2> nothing{0, 0};
  CHECK_THROWS_AS(random.categorical(nothing), Exception);
  const std::array<double, 1> infinite{INFINITY};
  CHECK_THROWS_AS(random.categorical(infinite), Exception);
}

TEST_CASE("shuffle makes every order as likely") {
  RandomStream random(11);
  std::array<double, 6> seen{};
  for (int i = 0; i < 60'000; ++i) {
    std::array<int, 3> values{0, 1, 2};
    random.shuffle(std::span<int>(values));
    ++seen[static_cast<std::size_t>(values[0] * 2 + (values[1] > values[2] ? 1 : 0))];
  }
  double chi_square = 0;
  for (const double n : seen) chi_square += (n - 10'000) * (n - 10'000) / 10'000;
  CHECK(chi_square < 20.52);  // 0.999 quantile, 5 degrees of freedom
  std::vector<int> none;
  random.shuffle(std::span<int>(none));
}
