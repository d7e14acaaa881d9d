#include "emptor/referral/fraud_weights.hpp"

#include <cmath>
#include <vector>

#include "emptor/core/random.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

constexpr std::uint32_t bit(FraudSignalKind kind) {
  return 1U << static_cast<unsigned>(kind);
}
void add(std::vector<FraudLabel>& to, std::size_t count, std::uint32_t signals, bool fraud) {
  for (std::size_t i = 0; i < count; ++i) to.push_back({signals, fraud});
}
std::int32_t weight(const FraudPolicy& policy, FraudSignalKind kind) {
  return policy.weights.weight[static_cast<std::size_t>(kind)];
}

}  // namespace

TEST_CASE("fraud weights: too few labels change nothing") {
  std::vector<FraudLabel> labels;
  add(labels, 40, bit(FraudSignalKind::burst), true);
  add(labels, 9, bit(FraudSignalKind::burst), false);
  const Result<FittedFraudPolicy> few = reweight_fraud(labels);
  REQUIRE_FALSE(few);
  CHECK(few.error().message ==
        "too few labels to change weights: 40 confirmed and 9 cleared of at least 50, 10 of each");
  add(labels, 1, bit(FraudSignalKind::burst), false);
  CHECK(reweight_fraud(labels));
  CHECK_FALSE(reweight_fraud(labels, {}, {.min_each = 11}));
  CHECK_THROWS_AS(reweight_fraud(labels, {}, {.prior_deviation = 0}), Exception);
  labels[0].signals = 1U << fraud_signal_kinds;
  CHECK_THROWS_AS(reweight_fraud(labels), Exception);
}

TEST_CASE("fraud weights: one signal alone solves the posterior's equation") {
  // 100 labels with the signal, 70 fraud: 70 - 100 p(w) = (w - w0) / deviation^2.
  std::vector<FraudLabel> labels;
  add(labels, 70, bit(FraudSignalKind::burst), true);
  add(labels, 30, bit(FraudSignalKind::burst), false);
  for (const double deviation : {0.2, 1.0, 3.0}) {
    const auto fitted = reweight_fraud(labels, {}, {.prior_deviation = deviation});
    REQUIRE(fitted);
    CHECK(fitted->report.converged);
    double low = -10, high = 20;
    for (int i = 0; i < 100; ++i) {
      const double w = (low + high) / 2;
      const double p = 1 / (1 + std::exp(4.0 - w));
      (70 - 100 * p > (w - 2.0) / (deviation * deviation) ? low : high) = w;
    }
    CHECK(std::abs(weight(fitted->policy, FraudSignalKind::burst) - 1000 * low) <= 0.6);
    CHECK(weight(fitted->policy, FraudSignalKind::burst) > 2000);
    // What nobody labelled stays, and the prior too.
    CHECK(weight(fitted->policy, FraudSignalKind::shared_email) == 6500);
    CHECK(fitted->policy.weights.prior == -4000);
    CHECK(fitted->report.log_loss_after < fitted->report.log_loss_before);
    const FraudWeightChange& change =
        fitted->report.changes[static_cast<std::size_t>(FraudSignalKind::burst)];
    CHECK(change.before == 2000);
    CHECK(change.confirmed == 70);
    CHECK(change.cleared == 30);
    CHECK(change.standard_error < deviation);
    CHECK(fitted->report.changes[5].standard_error == Approx(deviation).epsilon(1e-9));
  }
}

TEST_CASE("fraud weights: hard and switched off signals are left alone") {
  std::vector<FraudLabel> labels;
  add(labels, 60, bit(FraudSignalKind::mutual_referral) | bit(FraudSignalKind::burst), false);
  add(labels, 20, bit(FraudSignalKind::burst), true);
  const auto fitted = reweight_fraud(labels);
  REQUIRE(fitted);
  CHECK(weight(fitted->policy, FraudSignalKind::mutual_referral) == 6000);
  CHECK(weight(fitted->policy, FraudSignalKind::burst) != 2000);
  CHECK(fitted->report.changes[2].cleared == 60);
}

TEST_CASE("fraud weights: signals that always come together share their evidence") {
  std::vector<FraudLabel> labels;
  const std::uint32_t both =
      bit(FraudSignalKind::shared_device) | bit(FraudSignalKind::shared_address);
  add(labels, 200, both, false);
  add(labels, 10, both, true);
  const auto fitted = reweight_fraud(labels);
  REQUIRE(fitted);
  const std::int32_t device = weight(fitted->policy, FraudSignalKind::shared_device);
  const std::int32_t address = weight(fitted->policy, FraudSignalKind::shared_address);
  CHECK(std::abs((3500 - device) - (1500 - address)) <= 1);  // each gives half
  // Log-odds of 10 in 210 are -3.0; the prior of both together (deviation sqrt 2) draws upwards.
  const double p = 1 / (1 + std::exp(4.0 - (device + address) / 1000.0));
  CHECK(p > 10 / 210.0);
  CHECK(p < 0.08);
}

TEST_CASE("fraud weights: labels of a world with other weights lead to them") {
  FraudPolicy truth;
  truth.weights.weight[static_cast<std::size_t>(FraudSignalKind::shared_device)] = 6000;
  truth.weights.weight[static_cast<std::size_t>(FraudSignalKind::velocity_p95)] = 0;
  truth.weights.weight[static_cast<std::size_t>(FraudSignalKind::shared_address)] = 3000;
  RandomStream random(6);
  std::vector<FraudLabel> labels;
  for (int i = 0; i < 20'000; ++i) {
    std::uint32_t signals = 0;
    double score = truth.weights.prior;
    for (const FraudSignalKind kind :
         {FraudSignalKind::shared_device, FraudSignalKind::velocity_p95,
          FraudSignalKind::shared_address}) {
      if (!random.bernoulli(0.4)) continue;
      signals |= bit(kind);
      score += weight(truth, kind);
    }
    labels.push_back({signals, random.bernoulli(1 / (1 + std::exp(-score / 1000)))});
  }
  const auto fitted = reweight_fraud(labels, {}, {.prior_deviation = 3});
  REQUIRE(fitted);
  for (const FraudSignalKind kind : {FraudSignalKind::shared_device, FraudSignalKind::velocity_p95,
                                     FraudSignalKind::shared_address}) {
    CHECK(std::abs(weight(fitted->policy, kind) - weight(truth, kind)) < 200);
  }
  const auto with_prior = reweight_fraud(labels, {}, {.prior_deviation = 3, .fit_prior = true});
  REQUIRE(with_prior);
  CHECK(std::abs(with_prior->policy.weights.prior + 4000) < 400);
}
