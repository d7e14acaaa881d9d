#include "emptor/score/ftrl.hpp"

#include <cmath>
#include <limits>

#include "emptor/core/random.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

ScoreSchema schema() {
  ScoreColumn number, kind;
  number.name.assign("number");
  kind.name.assign("kind");
  kind.kind = ScoreColumnKind::category;
  kind.categories = {"x", "y"};
  return ScoreSchema({number, kind});
}

double teach(FtrlModel& model, std::uint64_t from, std::uint64_t to) {
  double sum = 0;
  for (std::uint64_t r = from; r < to; ++r) {
    RandomStream random(31, r);
    std::vector<float> row = {
        static_cast<float>(random.normal(100, 3)),
        random.below(5) == 0 ? missing_value : static_cast<float>(random.below(2))};
    const std::uint64_t hashed[] = {random.below(4), 99};
    const double logit =
        (double{row[0]} - 100) / 3 + (row[1] == 1 ? 1 : 0) + (hashed[0] == 3 ? 2 : 0) - 1;
    sum += model.learn(row, random.bernoulli(1 / (1 + std::exp(-logit))), hashed);
  }
  return sum;
}

TEST_CASE("FTRL by hand: the first steps of an intercept") {
  FtrlOptions options;
  options.rate = 0.5;
  options.l1 = 0.1;
  FtrlModel model{ScoreSchema(), options};
  CHECK(model.learn({}, 1) == 0.5);
  // g = -1/2, n = 1/4, z = -1/2; w = (1/2 - 0.1) / ((1 + 1/2) / 0.5 + 1) = 0.1.
  const double p = 1 / (1 + std::exp(-0.1));
  CHECK(model.score({}) == Approx(p).epsilon(1e-14));
  CHECK(model.learn({}, 0) == Approx(p).epsilon(1e-14));
  const double sigma = (std::sqrt(0.25 + p * p) - 0.5) / 0.5;
  const double z = -0.5 + p - sigma * 0.1;
  const double w = std::fabs(z) <= 0.1
                       ? 0
                       : -(z - std::copysign(0.1, z)) / ((1 + std::sqrt(0.25 + p * p)) / 0.5 + 1);
  CHECK(model.score({}) == Approx(1 / (1 + std::exp(-w))).epsilon(1e-14));
  const FtrlProgress progress = model.progress();
  CHECK(progress.rows == 2);
  CHECK(progress.log_loss == Approx((std::log(2) - std::log(1 - p)) / 2).epsilon(1e-14));
  CHECK(progress.recent_auc == 0);  // the 1 was given 1/2, the 0 more
}

TEST_CASE("FTRL learns a stream, and goes on from its bytes as if never stopped") {
  FtrlOptions options;
  options.bits = 10;
  options.window = 3000;
  FtrlModel model(schema(), options);
  teach(model, 0, 10'000);
  const FtrlProgress progress = model.progress();
  CHECK(progress.recent_rows == 3000);
  CHECK(progress.recent_auc > 0.78);
  CHECK(progress.recent_log_loss < progress.log_loss);
  CHECK(progress.log_loss < 0.6);
  std::vector<float> row = model.schema().row();
  model.schema().set(row, "number", 106);
  CHECK(model.score(row) > 0.6);
  row[0] = std::numeric_limits<float>::infinity();
  row[1] = 7;
  CHECK(std::isfinite(model.score(row)));
  CHECK_THROWS_AS(model.learn(row, 1), Exception);
  CHECK_THROWS_AS(model.learn(std::span(row).first(1), 1), Exception);
  CHECK_THROWS_AS(model.learn(model.schema().row(), 0.5), Exception);

  const std::vector<std::byte> bytes = model.save();
  Result<FtrlModel> loaded = FtrlModel::load(bytes);
  REQUIRE(loaded);
  CHECK(loaded->save() == bytes);
  CHECK(teach(*loaded, 10'000, 12'000) == teach(model, 10'000, 12'000));
  CHECK(loaded->save() == model.save());
  for (std::size_t at = 0; at < bytes.size(); at += 211) {
    CHECK_FALSE(FtrlModel::load(std::span(bytes).first(at)));
    std::vector<std::byte> bad = bytes;
    bad[at] ^= std::byte{0x04};
    CHECK_FALSE(FtrlModel::load(bad));
  }
}

TEST_CASE("a strong L1 keeps FTRL's useless features at nothing") {
  FtrlOptions options;
  options.bits = 16;
  options.l1 = 20;
  FtrlModel sparse(schema(), options);
  options.l1 = 0;
  FtrlModel dense(schema(), options);
  for (std::uint64_t r = 0; r < 3000; ++r) {
    RandomStream random(32, r);
    const std::uint64_t hashed[] = {random.bits64()};
    const std::vector<float> row = {static_cast<float>(random.normal()), 0};
    const double target = row[0] > 0 ? 1 : 0;
    sparse.learn(row, target, hashed);
    dense.learn(row, target, hashed);
  }
  CHECK(sparse.used() <= 3);
  CHECK(sparse.used() >= 1);
  CHECK(dense.used() > 2000);
  options.rate = 0;
  CHECK_THROWS_AS(FtrlModel(schema(), options), Exception);
}

}  // namespace
