// Rounding against rational comparison, allocation against its definition.

#include <numeric>

#include "emptor/core/money.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using detail::int128;

const Currency eur("EUR");

int128 absolute(int128 x) {
  return x < 0 ? -x : x;
}

/// Whether the integer q is the rounding of n / d, d > 0, by comparing fractions only.
bool is_rounded(int128 q, int128 n, int128 d, Rounding rounding) {
  const int128 error = q * d - n;  // (q - n / d) d
  const bool half = 2 * absolute(error) == d;
  const bool nearest = 2 * absolute(error) <= d;
  const bool grows = absolute(q * d) > absolute(n);
  switch (rounding) {
    case Rounding::half_even:
      return nearest && (!half || q % 2 == 0);
    case Rounding::half_up:
      return nearest && (!half || grows);
    case Rounding::half_down:
      return nearest && (!half || !grows);
    case Rounding::floor:
      return error <= 0 && -error < d;
    case Rounding::ceiling:
      return error >= 0 && error < d;
    case Rounding::toward_zero:
      return absolute(q * d) <= absolute(n) && absolute(error) < d;
    case Rounding::away_from_zero:
      return absolute(q * d) >= absolute(n) && absolute(error) < d;
  }
  return false;
}

Rounding any_rounding() {
  return static_cast<Rounding>(*rc::gen::inRange(0, 7));
}

/// Small and huge numbers alike.
std::int64_t any_amount() {
  const auto bits = *rc::gen::inRange(0, 64);
  const auto raw = *rc::gen::arbitrary<std::int64_t>();
  const std::int64_t value = bits == 0 ? 0 : raw >> (bits == 64 ? 63 : bits);
  return value == std::numeric_limits<std::int64_t>::min() ? value + 1 : value;
}

}  // namespace

TEST_CASE("a share is rounded as its name says, for any fraction") {
  test::check_property(
      "share",
      [] {
        const std::int64_t amount = any_amount();
        const auto numerator = *rc::gen::inRange<std::int64_t>(-1000, 1001);
        const auto denominator = *rc::gen::inRange<std::int64_t>(1, 1001);
        const Rounding rounding = any_rounding();
        const int128 exact = int128{amount} * numerator;
        RC_PRE(absolute(exact / denominator) < std::numeric_limits<std::int64_t>::max());
        const Money share = Money(amount, eur).share(numerator, denominator, rounding);
        RC_ASSERT(is_rounded(share.minor(), exact, denominator, rounding));
      },
      2000);
}

TEST_CASE("units become money as a division by the power of ten") {
  test::check_property(
      "to_money",
      [] {
        const std::int64_t units = any_amount();
        const int scale = *rc::gen::inRange(2, 7);
        const Rounding rounding = any_rounding();
        std::int64_t divisor = 1;
        for (int i = 2; i < scale; ++i) divisor *= 10;
        RC_ASSERT(
            is_rounded(to_money(units, scale, eur, rounding).minor(), units, divisor, rounding));
      },
      1000);
}

TEST_CASE("parts add up, are within one unit of their share, and favour larger remainders") {
  test::check_property(
      "allocate",
      [] {
        const std::int64_t total = any_amount();
        const auto count = *rc::gen::inRange<std::size_t>(1, 12);
        std::vector<std::int64_t> weights(count);
        const std::int64_t most = *rc::gen::element<std::int64_t>(3, 100, 700'000'000'000'000'000);
        for (std::int64_t& weight : weights) weight = *rc::gen::inRange<std::int64_t>(0, most);
        const std::int64_t sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
        RC_PRE(sum > 0);
        const auto parts = allocate({total, eur}, weights);
        RC_ASSERT(parts.size() == count);
        int128 added = 0;
        for (std::size_t i = 0; i < count; ++i) {
          added += parts[i].minor();
          const int128 error = int128{parts[i].minor()} * sum - int128{total} * weights[i];
          RC_ASSERT(absolute(error) < sum);
          if (weights[i] == 0) RC_ASSERT(parts[i].minor() == 0);
        }
        RC_ASSERT(added == total);
        // Nobody was rounded up whose remainder is smaller than one that was rounded down.
        const auto remainder = [&](std::size_t i) {
          return absolute(int128{total} * weights[i]) % sum;
        };
        const auto is_up = [&](std::size_t i) {
          return absolute(int128{parts[i].minor()}) > absolute(int128{total} * weights[i]) / sum;
        };
        for (std::size_t i = 0; i < count; ++i) {
          for (std::size_t j = 0; j < count; ++j) {
            if (is_up(i) && !is_up(j)) {
              RC_ASSERT(remainder(i) > remainder(j) || (remainder(i) == remainder(j) && i < j));
            }
          }
        }
      },
      500);
}

TEST_CASE("a decimal that was written is read back") {
  test::check_property(
      "parse_decimal",
      [] {
        const std::int64_t minor = any_amount();
        const std::string written = to_string(Money(minor, eur));
        RC_ASSERT(parse_decimal(written.substr(0, written.size() - 4), 2).value() == minor);
      },
      500);
}
