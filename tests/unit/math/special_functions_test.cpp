#include "emptor/math/special_functions.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "support/catch.hpp"

namespace {

using namespace emptor;

bool close(double got, double wanted, double relative) {
  return std::abs(got - wanted) <= relative * std::abs(wanted);
}

// The numbers in this file come from 40-digit arithmetic (mpmath 1.3).

TEST_CASE("log_gamma and its differences keep their digits", "[special]") {
  struct Row {
    double z, value;
  };
  for (const Row& row : std::array<Row, 12>{{{1e-10, 23.0258509298827352},
                                             {0.1, 2.2527126517342059},
                                             {0.7, 0.260867246531666569},
                                             {1.000000001, -5.77215711838103952e-10},
                                             {1.4616321449683623, -0.121486290535849608},
                                             {1.8, -0.0710838729143721543},
                                             {2.0000001192092896, 5.03998248028197456e-8},
                                             {3.3, 0.987098577894734404},
                                             {9.99, 12.7793152143501934},
                                             {10.01, 12.8243502624482473},
                                             {1e6, 12815504.5691476117},
                                             {1e100, 2.29258509299404572e+102}}}) {
    CAPTURE(row.z);
    CHECK(close(log_gamma(row.z), row.value, 1e-15));
  }
  struct Rise {
    double z, n, value;
  };
  for (const Rise& row : std::array<Rise, 6>{{{0.24, 10000.0, 82100.5967898681065},
                                              {3.3, 31, 85.122182400746616},
                                              {1e9, 5.5, 113.977962115580261},
                                              {1e6, 0.5, 6.90775515398213705},
                                              {0.9, 1e6, 12815516.9367308291},
                                              {12, 33, 107.814963303483009}}}) {
    CAPTURE(row.z, row.n);
    CHECK(close(log_rising(row.z, row.n), row.value, 2e-15));
  }
  CHECK(log_rising(0.3, 0) == 0);
  CHECK(close(log_beta(1e9, 0.24), log_gamma(0.24) - 0.24 * std::log(1e9), 1e-9));
  CHECK(log_beta(2, 3) == Approx(std::log(1.0 / 12)).epsilon(1e-15));
  CHECK(std::isnan(log_gamma(0)));
  CHECK(std::isnan(log_gamma(-1.5)));
  CHECK(std::isnan(log_rising(1, -1)));
}

TEST_CASE("digamma and trigamma are the derivatives of log_gamma", "[special]") {
  CHECK(close(digamma(0.3), -3.50252422220013312, 1e-15));
  CHECK(close(trigamma(0.3), 12.2453645461077313, 1e-15));
  CHECK(close(digamma(5.5), 1.61109314858175112, 1e-15));
  CHECK(close(trigamma(5.5), 0.199342386989627659, 1e-15));
  CHECK(std::abs(digamma(1.4616321449683623)) < 1e-15);
  for (const double z : {1e-6, 0.02, 0.9, 4.0, 9.999, 10.0, 77.0, 1e5}) {
    CAPTURE(z);
    CHECK(digamma(z + 1) - digamma(z) == Approx(1 / z).epsilon(1e-9));
    CHECK(trigamma(z) - trigamma(z + 1) == Approx(1 / (z * z)).epsilon(1e-5));
  }
  CHECK(std::isnan(digamma(0)));
  CHECK(std::isnan(trigamma(-1)));
}

TEST_CASE("sums of logarithms neither overflow nor lose the small part", "[special]") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CHECK(log_sum_exp(std::array<double, 3>{-2000, -2001, -5000}) ==
        Approx(-2000 + std::log1p(std::exp(-1))).epsilon(1e-15));
  CHECK(log_sum_exp(std::array<double, 2>{-infinity, 3}) == 3);
  CHECK(log_sum_exp(std::array<double, 2>{-infinity, -infinity}) == -infinity);
  CHECK(log_sum_exp({}) == -infinity);
  CHECK(std::isnan(log_sum_exp(std::array<double, 2>{1, std::nan("")})));
  CHECK(log_add_exp(-infinity, -infinity) == -infinity);
  CHECK(log_add_exp(800, 799) == Approx(800 + std::log1p(std::exp(-1))));
  CHECK(softplus(-50) == Approx(std::exp(-50)).epsilon(1e-15));
  CHECK(softplus(900) == 900);
  CHECK(logistic(-800) == 0);
  CHECK(logistic(-700) == Approx(std::exp(-700)).epsilon(1e-15));
  CHECK(logistic(0) == 0.5);
  CHECK(log1m_exp(1e-20) == Approx(std::log(1e-20)).epsilon(1e-15));
  CHECK(log1m_exp(50) == Approx(-std::exp(-50)).epsilon(1e-15));
}

TEST_CASE("the incomplete beta function in both tails", "[special]") {
  struct Row {
    double a, b, x, value;
  };
  for (const Row& row : std::array<Row, 5>{{{0.2, 0.24, 0.3, 0.475660673305551921},
                                            {3.7, 30, 0.01, 0.000704371484134983246},
                                            {50, 1000, 0.04, 0.119051862670112819},
                                            {1000, 30, 0.9, 4.0964868136824713e-19},
                                            {1, 2, 0.5, 0.75}}}) {
    CAPTURE(row.a, row.b, row.x);
    CHECK(close(incomplete_beta(row.a, row.b, row.x), row.value, 1e-12));
    CHECK(incomplete_beta(row.b, row.a, 1 - row.x) == Approx(1 - row.value).epsilon(1e-13));
  }
  CHECK(incomplete_beta(2, 3, 0) == 0);
  CHECK(incomplete_beta(2, 3, 1) == 1);
  CHECK(std::isnan(incomplete_beta(2, 3, 1.5)));
}

TEST_CASE("the exponential integral of any order", "[special]") {
  struct Row {
    double s, z, value;
  };
  for (const Row& row : std::array<Row, 12>{{{0.0, 0.5, 2.0},
                                             {0.4, 1e-06, 5926.92038672645787},
                                             {0.606, 0.136, 2.86432919925206682},
                                             {1.0, 0.05, 2.59443034976061327},
                                             {1.000000000001, 0.9, 0.639949226638996997},
                                             {0.999999999, 0.001, 6.33787409120569024},
                                             {3.0, 0.9999, 0.298184229493348022},
                                             {2.7, 1.0, 0.324144250217054348},
                                             {39.5, 0.5, 0.0256323838776766695},
                                             {41.0, 1e-12, 0.024999999999999359},
                                             {10000.0, 3.0, 0.0000999800010006999199},
                                             {0.99, 100000.0, 9.9999010019700411e-6}}}) {
    CAPTURE(row.s, row.z);
    CHECK(close(scaled_exponential_integral(row.s, row.z), row.value, 1e-14));
  }
  CHECK(scaled_exponential_integral(1.5, 0) == 2);
  CHECK(std::isinf(scaled_exponential_integral(1, 0)));
  CHECK(scaled_exponential_integral(3, std::numeric_limits<double>::infinity()) == 0);
  CHECK(std::isnan(scaled_exponential_integral(1, -1)));
}

}  // namespace
