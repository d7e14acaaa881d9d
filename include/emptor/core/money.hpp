#pragma once
// Exact money: 64-bit counts of minor units (cents, pence, yen) in an ISO 4217 currency, 128-bit
// intermediates, named rounding. No floating point takes part. A unit price may be finer than a
// minor unit (0.001 pounds): it is a 64-bit count at a declared decimal scale, sums keep that
// scale, and rounding to minor units happens once, in `to_money`.
//
// Amounts are in [-max_minor, max_minor]; leaving that range throws `overflow`, mixing currencies
// throws `currency_mismatch`. Cost: a few nanoseconds each. Thread safety: values.

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"

namespace emptor {

namespace detail {
__extension__ using int128 = __int128;  // g++ and clang; -Wpedantic asks for the word
}  // namespace detail

/// An ISO 4217 alphabetic code such as "EUR" (any three capital letters) with its minor-unit
/// digits.
class Currency {
 public:
  /// "XXX", ISO 4217's code for no currency: amounts of a kind that is not money.
  constexpr Currency() noexcept = default;

  /// Throws `invalid_value` unless `code` is three letters A to Z.
  constexpr explicit Currency(std::string_view code) {
    bool valid = code.size() == 3;
    for (std::size_t i = 0; valid && i < 3; ++i) valid = code[i] >= 'A' && code[i] <= 'Z';
    if (!valid) {
      throw Exception(ErrorCode::invalid_value,
                      "a currency is three letters A to Z as in ISO 4217 ('EUR')", "Currency");
    }
    for (std::size_t i = 0; i < 3; ++i) code_[i] = code[i];
  }

  [[nodiscard]] constexpr std::string_view code() const noexcept { return {code_, 3}; }

  /// Digits after the point of the major unit: 0 (JPY), 2 (most), 3 (KWD) or 4 (CLF); ISO 4217
  /// table A.1 of 2024. Codes that are not in the table have 2.
  [[nodiscard]] constexpr int digits() const noexcept {
    constexpr std::string_view none = "BIFCLPDJFGNFISKJPYKMFKRWPYGRWFUGXUYIVNDVUVXAFXOFXPF";
    constexpr std::string_view three = "BHDIQDJODKWDLYDOMRTND";
    constexpr std::string_view four = "CLFUYW";
    if (is_in(none)) return 0;
    if (is_in(three)) return 3;
    return is_in(four) ? 4 : 2;
  }

  friend constexpr bool operator==(const Currency&, const Currency&) noexcept = default;

 private:
  [[nodiscard]] constexpr bool is_in(std::string_view codes) const noexcept {
    for (std::size_t i = 0; i < codes.size(); i += 3) {
      if (codes.substr(i, 3) == code()) return true;
    }
    return false;
  }
  char code_[3] = {'X', 'X', 'X'};
};

/// What to do with the part below the last digit.
enum class Rounding : std::uint8_t {
  half_even,       ///< nearest, ties to the even neighbour (the default everywhere)
  half_up,         ///< nearest, ties away from zero (commercial rounding)
  half_down,       ///< nearest, ties toward zero
  floor,           ///< toward minus infinity
  ceiling,         ///< toward plus infinity
  toward_zero,     ///< cut
  away_from_zero,  ///< any remainder counts
};

namespace detail {

[[nodiscard]] constexpr int128 divide(int128 numerator, int128 divisor, Rounding rounding) {
  int128 quotient = numerator / divisor;
  const int128 remainder = numerator % divisor;
  if (remainder == 0) return quotient;
  const bool negative = (numerator < 0) != (divisor < 0);
  const int128 step = negative ? -1 : 1;
  const int128 rest = remainder < 0 ? -remainder : remainder;
  const int128 other = (divisor < 0 ? -divisor : divisor) - rest;  // how far the next one is
  bool away = false;
  switch (rounding) {
    case Rounding::half_even:
      away = rest > other || (rest == other && quotient % 2 != 0);
      break;
    case Rounding::half_up:
      away = rest >= other;
      break;
    case Rounding::half_down:
      away = rest > other;
      break;
    case Rounding::floor:
      away = negative;
      break;
    case Rounding::ceiling:
      away = !negative;
      break;
    case Rounding::toward_zero:
      away = false;
      break;
    case Rounding::away_from_zero:
      away = true;
      break;
  }
  if (away) quotient += step;
  return quotient;
}

[[nodiscard]] constexpr std::int64_t narrow(int128 value, std::string_view where) {
  constexpr int128 most = std::numeric_limits<std::int64_t>::max();
  if (value > most || value < -most) {
    throw Exception(ErrorCode::overflow, "amount is beyond 9.2e18 units", std::string(where));
  }
  return static_cast<std::int64_t>(value);
}

[[nodiscard]] constexpr std::int64_t power_of_ten(int exponent) noexcept {
  std::int64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

}  // namespace detail

/// An amount of money in minor units.
class Money {
 public:
  constexpr Money() noexcept = default;
  /// `minor` in minor units of `currency`; the most negative int64 is refused (`overflow`).
  constexpr Money(std::int64_t minor, Currency currency)
      : minor_(detail::narrow(minor, "Money")), currency_(currency) {}
  /// Fractions of a minor unit would be lost without a word.
  template <std::floating_point Real>
  Money(Real minor, Currency currency) = delete;

  [[nodiscard]] constexpr std::int64_t minor() const noexcept { return minor_; }
  [[nodiscard]] constexpr Currency currency() const noexcept { return currency_; }

  friend constexpr bool operator==(const Money&, const Money&) noexcept = default;
  /// Order of two amounts of one currency.
  friend constexpr std::strong_ordering operator<=>(const Money& a, const Money& b) {
    a.check(b);
    return a.minor_ <=> b.minor_;
  }
  friend constexpr Money operator+(const Money& a, const Money& b) {
    a.check(b);
    return {detail::narrow(detail::int128{a.minor_} + b.minor_, "Money +"), a.currency_};
  }
  friend constexpr Money operator-(const Money& a, const Money& b) {
    a.check(b);
    return {detail::narrow(detail::int128{a.minor_} - b.minor_, "Money -"), a.currency_};
  }
  friend constexpr Money operator-(const Money& a) noexcept {
    Money out = a;
    out.minor_ = -a.minor_;
    return out;
  }
  friend constexpr Money operator*(const Money& a, std::int64_t times) {
    return {detail::narrow(detail::int128{a.minor_} * times, "Money *"), a.currency_};
  }
  template <std::floating_point Real>
  friend Money operator*(const Money& a, Real times) = delete;  // see `share`
  constexpr Money& operator+=(const Money& other) { return *this = *this + other; }
  constexpr Money& operator-=(const Money& other) { return *this = *this - other; }

  /// This amount times numerator / denominator, rounded once; e.g. 250 of 10'000 basis points.
  /// Throws `invalid_value` when the denominator is not positive.
  [[nodiscard]] constexpr Money share(std::int64_t numerator, std::int64_t denominator,
                                      Rounding rounding = Rounding::half_even) const {
    if (denominator <= 0) {
      throw Exception(ErrorCode::invalid_value, "the denominator must be > 0", "Money::share");
    }
    return {
        detail::narrow(detail::divide(detail::int128{minor_} * numerator, denominator, rounding),
                       "Money::share"),
        currency_};
  }

 private:
  constexpr void check(const Money& other) const {
    if (currency_ != other.currency_) {
      throw Exception(ErrorCode::currency_mismatch,
                      text("cannot combine ", currency_.code(), " with ", other.currency_.code()),
                      "Money");
    }
  }
  std::int64_t minor_ = 0;
  Currency currency_;
};

inline constexpr int max_price_scale = 6;

/// `units` x 10^-scale of the currency's major unit, as Money. `scale` in [0, 6].
[[nodiscard]] constexpr Money to_money(std::int64_t units, int scale, Currency currency,
                                       Rounding rounding = Rounding::half_even) {
  require_option(scale >= 0 && scale <= max_price_scale, "scale", "in [0, 6]", scale);
  const int shift = currency.digits() - scale;
  const detail::int128 minor = shift >= 0
                                   ? detail::int128{units} * detail::power_of_ten(shift)
                                   : detail::divide(units, detail::power_of_ten(-shift), rounding);
  return {detail::narrow(minor, "to_money"), currency};
}

/// Splits `total` in proportion to `weights` (>= 0, at least one > 0) by largest remainder: parts
/// add up to the total exactly, each is within one minor unit of its exact share, and equal
/// remainders go to the earlier part. n weights: n log n time, O(n) memory.
[[nodiscard]] inline std::vector<Money> allocate(Money total,
                                                 std::span<const std::int64_t> weights) {
  detail::int128 sum = 0;
  for (const std::int64_t weight : weights) {
    if (weight < 0) {
      throw Exception(ErrorCode::invalid_value, text("weights must be >= 0, got ", weight),
                      "allocate");
    }
    sum += weight;
  }
  if (sum == 0) {
    throw Exception(ErrorCode::invalid_value, "at least one weight must be > 0", "allocate");
  }
  if (sum > std::numeric_limits<std::int64_t>::max()) {
    throw Exception(ErrorCode::overflow, "the weights' sum is beyond 9.2e18", "allocate");
  }
  const bool negative = total.minor() < 0;
  const detail::int128 amount = negative ? -detail::int128{total.minor()} : total.minor();
  struct Part {
    std::int64_t minor;
    std::int64_t remainder;
  };
  std::vector<Part> parts;
  parts.reserve(weights.size());
  detail::int128 left = amount;
  for (const std::int64_t weight : weights) {
    const detail::int128 product = amount * weight;
    parts.push_back(
        {static_cast<std::int64_t>(product / sum), static_cast<std::int64_t>(product % sum)});
    left -= parts.back().minor;
  }
  std::vector<std::size_t> heap(weights.size());  // largest remainder first, then earlier place
  for (std::size_t i = 0; i < heap.size(); ++i) heap[i] = i;
  const auto before = [&](std::size_t a, std::size_t b) {
    return parts[a].remainder != parts[b].remainder ? parts[a].remainder > parts[b].remainder
                                                    : a < b;
  };
  const auto sift = [&](std::size_t root, std::size_t size) {
    for (std::size_t child = 0; (child = 2 * root + 1) < size; root = child) {
      if (child + 1 < size && before(heap[child + 1], heap[child])) ++child;
      if (!before(heap[child], heap[root])) return;
      std::swap(heap[child], heap[root]);
    }
  };
  for (std::size_t i = heap.size() / 2; i-- > 0;) sift(i, heap.size());
  for (std::size_t size = heap.size(); left > 0; --left) {
    ++parts[heap[0]].minor;
    heap[0] = heap[--size];
    sift(0, size);
  }
  std::vector<Money> out;
  out.reserve(parts.size());
  for (const Part& part : parts) {
    out.emplace_back(negative ? -part.minor : part.minor, total.currency());
  }
  return out;
}

/// `units` x 10^-scale with all of its decimals, exactly: "-12.340". `scale` in [0, 18].
[[nodiscard]] inline std::string decimal_text(std::int64_t units, int scale) {
  require_option(scale >= 0 && scale <= 18, "scale", "in [0, 18]", scale);
  const auto one = static_cast<std::uint64_t>(detail::power_of_ten(scale));
  const std::uint64_t magnitude =
      units < 0 ? 0 - static_cast<std::uint64_t>(units) : static_cast<std::uint64_t>(units);
  std::string out = text(units < 0 ? "-" : "", magnitude / one);
  if (scale > 0) {
    const std::string fraction = text(magnitude % one);
    out += '.';
    out.append(static_cast<std::size_t>(scale) - fraction.size(), '0');
    out += fraction;
  }
  return out;
}

/// "-12.34 EUR", "1500 JPY": locale-free, all minor digits, for reading back and for people.
[[nodiscard]] inline std::string to_string(const Money& money) {
  return text(decimal_text(money.minor(), money.currency().digits()), ' ', money.currency().code());
}

/// Reads "[-+]digits[.digits]" into units of 10^-scale, exactly; `point` is the decimal separator.
/// A value with more digits than `scale` is refused rather than rounded, trailing zeros excepted.
[[nodiscard]] inline Result<std::int64_t> parse_decimal(std::string_view digits, int scale,
                                                        char point = '.') {
  const auto bad = [](std::string_view what) {
    return Error{ErrorCode::invalid_value, std::string(what), "decimal"};
  };
  std::size_t at = 0;
  const bool negative = !digits.empty() && digits[0] == '-';
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) ++at;
  std::int64_t value = 0;
  int decimals = -1;  // digits after the point so far; -1 before it
  bool any = false;
  const auto push = [&](int digit) {
    return !__builtin_mul_overflow(value, std::int64_t{10}, &value) &&
           !__builtin_add_overflow(value, std::int64_t{digit}, &value);
  };
  for (; at < digits.size(); ++at) {
    const char c = digits[at];
    if (c == point && decimals < 0) {
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9') return bad("a decimal number has digits, one sign and one point");
    any = true;
    if (decimals >= scale) {
      if (c != '0') return bad(text("more than ", scale, " decimals"));
      continue;
    }
    if (decimals >= 0) ++decimals;
    if (!push(c - '0')) return bad("a number beyond 9.2e18 units");
  }
  if (!any) return bad("a decimal number needs a digit");
  for (int i = decimals < 0 ? 0 : decimals; i < scale; ++i) {
    if (!push(0)) return bad("a number beyond 9.2e18 units");
  }
  return negative ? -value : value;
}

}  // namespace emptor
