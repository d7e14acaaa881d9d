#include "emptor/math/special_functions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace emptor {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double half_log_two_pi = 0.91893853320467274178;
constexpr double tiny = 1e-300;
constexpr double epsilon = std::numeric_limits<double>::epsilon();

/// Above this Stirling's series has all digits.
constexpr double stirling_from = 10;

/// ζ(k) - 1 for k = 2, 3, …
constexpr std::array<double, 26> zeta_less_one{
    0.64493406684822643647,   0.2020569031595942854,     0.082323233711138191516,
    0.036927755143369926331,  0.017343061984449139715,   0.0083492773819228268398,
    0.0040773561979443393787, 0.0020083928260822144179,  0.00099457512781808533715,
    0.0004941886041194645587, 0.00024608655330804829864, 0.00012271334757848914675,
    6.1248135058704829259e-5, 3.0588236307020493552e-5,  1.5282259408651871733e-5,
    7.6371976378997622736e-6, 3.8172932649998398565e-6,  1.9082127165539389257e-6,
    9.5396203387279611315e-7, 4.7693298678780646312e-7,  2.3845050272773299e-7,
    1.1921992596531107307e-7, 5.9608189051259479612e-8,  2.9803503514652280186e-8,
    1.4901554828365041235e-8, 7.450711789835429492e-9};

/// ln Γ(2 + e), |e| <= 0.5 (DLMF 5.7.3 with the factor 1 + e split off).
double log_gamma_near_two(double e) noexcept {
  double sum = 0;
  for (std::size_t i = zeta_less_one.size(); i-- > 0;) {
    const double k = static_cast<double>(i + 2);
    sum = zeta_less_one[i] / k - e * sum;
  }
  return e * (0.42278433509846713939 + e * sum);  // 1 - Euler's constant
}

/// ln Γ(z) - [(z - 1/2) ln z - z + ln(2π) / 2], z >= 10 (DLMF 5.11.1).
double stirling_rest(double z) noexcept {
  const double w = 1 / (z * z);
  return (1.0 / 12 +
          w * (-1.0 / 360 +
               w * (1.0 / 1260 +
                    w * (-1.0 / 1680 +
                         w * (1.0 / 1188 +
                              w * (-691.0 / 360360 + w * (1.0 / 156 - w * 3617.0 / 122400))))))) /
         z;
}

/// Π (z + i), i = 0 … n - 1, in logarithms; few factors.
double log_product(double z, int n) noexcept {
  double product = 1;
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    product *= z + i;
    if (product > 1e200 || product < 1e-200) {
      sum += std::log(product);
      product = 1;
    }
  }
  return sum + std::log(product);
}

/// The continued fraction of the incomplete beta function (DLMF 8.17.22).
double beta_fraction(double a, double b, double x) noexcept {
  const auto guarded = [](double value) { return std::abs(value) < tiny ? tiny : value; };
  double c = 1;
  double d = 1 / guarded(1 - (a + b) * x / (a + 1));
  double h = d;
  for (int m = 1; m < 100'000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guarded(1 + even * d);
    c = guarded(1 + even / c);
    h *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guarded(1 + odd * d);
    c = guarded(1 + odd / c);
    h *= d * c;
    if (std::abs(d * c - 1) < epsilon) break;
  }
  return h;
}

/// z >= 1 (DLMF 8.19.17, its even part).
double exponential_integral_fraction(double s, double z) noexcept {
  double b = z + s;
  double c = infinity;
  double d = 1 / b;
  double h = d;
  for (int k = 1; k < 10'000; ++k) {
    const double a = -k * (s + k - 1);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    h *= c * d;
    if (std::abs(c * d - 1) < epsilon) break;
  }
  return h;
}

/// 0 < z < 1: E_s(z) = Γ(1 - s) z^(s-1) - Σ_k (-z)^k / (k! (1 - s + k))
/// (DLMF 8.19.10). The two terms that grow without bound as s nears a whole
/// number n are taken together.
double exponential_integral_series(double s, double z) noexcept {
  const int n = static_cast<int>(std::lround(std::min(s, 1e6)));
  const double e = s - n;
  double power = 1;  // (-z)^k / k!
  double sum = 0;
  for (int k = 0; k < 60; ++k) {
    if (k != n - 1) sum -= power / (k + 1 - s);
    power *= -z / (k + 1);
    if (k >= n - 1 && std::abs(power) < 1e-18 * std::abs(sum)) break;
    if (k > 30) break;
  }
  if (n == 0) return sum + std::exp(log_gamma(1 - s) + (s - 1) * std::log(z));
  double head = 1;  // z^(n-1) / (n-1)!
  double harmonic = 0;
  double logs = 0;
  for (int j = 1; j < n; ++j) {
    head *= z / j;
    harmonic += 1.0 / j;
    logs += std::log1p(e / j);
    if (head < 1e-40) return sum;
  }
  const double log_z = std::log(z);
  double slope = std::numbers::egamma + log_z - harmonic;
  if (e != 0) {
    const double log_gamma_one_less = log_gamma_near_two(-e) - std::log1p(-e);
    slope = std::expm1(log_gamma_one_less + e * log_z - logs) / e;
  }
  return sum + (n % 2 == 0 ? head : -head) * slope;
}

}  // namespace

double log_gamma(double z) noexcept {
  if (!(z > 0)) return nan;
  if (z < 0.5) return log_gamma_near_two(z) - std::log1p(z) - std::log(z);
  if (z < 1.5) return log_gamma_near_two(z - 1) - std::log1p(z - 1);
  if (z <= 2.5) return log_gamma_near_two(z - 2);
  if (z < stirling_from) {
    double product = 1;
    while (z > 2.5) {
      z -= 1;
      product *= z;
    }
    return std::log(product) + log_gamma_near_two(z - 2);
  }
  if (z == infinity) return infinity;
  return (z - 0.5) * (std::log(z) - 1) + (half_log_two_pi - 0.5) + stirling_rest(z);
}

double log_rising(double z, double n) noexcept {
  if (!(z > 0) || !(n >= 0)) return nan;
  if (n == 0) return 0;
  if (n <= 32 && n == std::floor(n)) return log_product(z, static_cast<int>(n));
  double shifted = 0;
  if (z < stirling_from) {
    const int steps = static_cast<int>(std::ceil(stirling_from - z));
    if (n < steps) return log_gamma(z + n) - log_gamma(z);
    shifted = log_product(z, steps);
    z += steps;
    n -= steps;
  }
  const double top = z + n;
  return shifted + n * (std::log(top) - 1) + (z - 0.5) * std::log1p(n / z) + stirling_rest(top) -
         stirling_rest(z);
}

double digamma(double z) noexcept {
  if (!(z > 0)) return nan;
  double shifted = 0;
  while (z < stirling_from) {
    shifted -= 1 / z;
    z += 1;
  }
  const double w = 1 / (z * z);
  const double series =
      w *
      (1.0 / 12 -
       w * (1.0 / 120 -
            w * (1.0 / 252 -
                 w * (1.0 / 240 - w * (1.0 / 132 - w * (691.0 / 32760 -
                                                        w * (1.0 / 12 - w * 3617.0 / 8160)))))));
  return shifted + std::log(z) - 0.5 / z - series;
}

double trigamma(double z) noexcept {
  if (!(z > 0)) return nan;
  double shifted = 0;
  while (z < stirling_from) {
    shifted += 1 / (z * z);
    z += 1;
  }
  const double w = 1 / (z * z);
  const double series =
      w * (1.0 / 6 -
           w * (1.0 / 30 -
                w * (1.0 / 42 -
                     w * (1.0 / 30 - w * (5.0 / 66 - w * (691.0 / 2730 -
                                                          w * (7.0 / 6 - w * (3617.0 / 510))))))));
  return shifted + 1 / z + 0.5 * w + series / z;
}

double log_beta(double a, double b) noexcept {
  const double low = std::min(a, b);
  return log_gamma(low) - log_rising(std::max(a, b), low);
}

double log_sum_exp(std::span<const double> values) noexcept {
  double most = -infinity;
  for (const double value : values) {
    if (std::isnan(value)) return nan;
    most = std::max(most, value);
  }
  if (std::isinf(most)) return most;
  double sum = 0;
  for (const double value : values) sum += std::exp(value - most);
  return most + std::log(sum);
}

double log_add_exp(double a, double b) noexcept {
  if (std::isnan(a) || std::isnan(b)) return nan;
  const double most = std::max(a, b);
  if (std::isinf(most)) return most;
  return most + std::log1p(std::exp(std::min(a, b) - most));
}

double softplus(double a) noexcept {
  return log_add_exp(0, a);
}

double logistic(double a) noexcept {
  if (a >= 0) return 1 / (1 + std::exp(-a));
  const double e = std::exp(a);
  return e / (1 + e);
}

double log1m_exp(double a) noexcept {
  return a < std::numbers::ln2 ? std::log(-std::expm1(-a)) : std::log1p(-std::exp(-a));
}

double incomplete_beta(double a, double b, double x) noexcept {
  if (!(a > 0) || !(b > 0) || !(x >= 0 && x <= 1)) return nan;
  if (x == 0 || x == 1) return x;
  const double front = std::exp(a * std::log(x) + b * std::log1p(-x) - log_beta(a, b));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double scaled_exponential_integral(double s, double z) noexcept {
  if (!(s >= 0) || !(z >= 0)) return nan;
  if (z == 0) return s > 1 ? 1 / (s - 1) : infinity;
  if (z == infinity) return 0;
  if (z >= 1 || s >= 40) return exponential_integral_fraction(s, z);
  return std::exp(z) * exponential_integral_series(s, z);
}

}  // namespace emptor
