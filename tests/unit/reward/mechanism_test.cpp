#include "emptor/reward/mechanism.hpp"

#include <cmath>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/reward/mechanism_modifiers.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr std::uint32_t root = no_parent_node;
using Parents = std::vector<std::uint32_t>;
using Amounts = std::vector<std::int64_t>;

Amounts rewards_of(const MechanismSpec& spec, const Parents& parent, const Amounts& amounts,
                   Rounding rounding = Rounding::toward_zero) {
  Amounts out(parent.size());
  (void)Mechanism({.spec = spec, .rounding = rounding}).rewards(parent, amounts, out);
  return out;
}

}  // namespace

TEST_CASE("mechanisms by hand: a path of three who bought for 100.00 each") {
  const Parents path{root, 0, 1};
  const Amounts hundred{10'000, 10'000, 10'000};
  CHECK(rewards_of(LevelMechanism{.rates = {{1, 10}, {1, 20}}}, path, hundred) ==
        Amounts{1500, 1000, 0});
  CHECK(rewards_of(DirectMechanism{.self = {1, 20}, .parent = {1, 10}}, path, hundred) ==
        Amounts{1500, 1500, 500});
  CHECK(rewards_of(GeometricMechanism{}, path, hundred) == Amounts{4375, 3750, 2500});
  CHECK(rewards_of(GeometricMechanism{.self = false}, path, hundred) == Amounts{3750, 2500, 0});
  CHECK(rewards_of(GeometricMechanism{.levels = 2}, path, hundred) == Amounts{3750, 3750, 2500});
  // (.2 - .1 / (1 + S)) x 100 with S of 300, 200 and 100: 19.966…, 19.950…, 19.900….
  CHECK(rewards_of(CdrmMechanism{}, path, hundred) == Amounts{1996, 1995, 1990});
  // Pieces of 100: lambda b (sums of .8^d x 100) + phi 100 = .09 x 244 + 5, .09 x 180 + 5, 9 + 5.
  CHECK(rewards_of(TdrmMechanism{}, path, hundred) == Amounts{2696, 2120, 1400});
  // pi(1) - pi(2/3), pi(2/3) - pi(1/3), pi(1/3) of 900 with pi = (x + x^2) / 2: 400, 300, 200.
  CHECK(rewards_of(PachiraPool{.pool = 900}, path, hundred) == Amounts{400, 300, 200});
  CHECK(rewards_of(BinaryMechanism{}, {root, 0, 0, 0, 1}, {0, 100, 70, 10, 5}) ==
        Amounts{7, 0, 0, 0, 0});
}

TEST_CASE("the red balloon: finder half, inviter a quarter, less than the prize in total") {
  // Found by the last of four; per balloon 4,000 dollars were set aside (Pickard et al. 2011).
  CHECK(rewards_of(red_balloon(), {root, 0, 1, 2}, {0, 0, 0, 4000}) ==
        Amounts{250, 500, 1000, 2000});
  CHECK(Mechanism({.spec = red_balloon()}).bound().share() == 1);
}

TEST_CASE("pools by hand: places, ties, too few winners, nobody") {
  const Parents star{root, 0, 0, 1, 1, 2, 2};
  const Amounts amounts{0, 5, 5, 10, 20, 25, 5};
  // Direct: 10, 30, 30; downline: 70, 30, 30.
  const TopKPool best{.pool = 101, .weights = {50, 30, 20}};
  CHECK(rewards_of(best, star, amounts) == Amounts{20, 51, 30, 0, 0, 0, 0});
  CHECK(rewards_of(TopKPool{.pool = 100, .weights = {50, 30}, .measure = PoolMeasure::downline},
                   star, amounts) == Amounts{63, 37, 0, 0, 0, 0, 0});
  CHECK(rewards_of(TopKPool{.pool = 101}, {root, 0}, {0, 9}) == Amounts{101, 0});
  CHECK(rewards_of(ProRataPool{.pool = 100}, star, amounts) == Amounts{14, 43, 43, 0, 0, 0, 0});
  CHECK(rewards_of(ProRataPool{.pool = 100, .measure = PoolMeasure::own}, {root, root, root},
                   {1, 1, 1}) == Amounts{34, 33, 33});
  Amounts out(2);
  const MechanismTotals nobody =
      Mechanism({.spec = ProRataPool{.pool = 100}}).rewards(Parents{root, 0}, Amounts{0, 0}, out);
  CHECK(nobody.paid == 0);
  CHECK(nobody.retained == 100);
  // Two trees of equal size: each is due pi(1/2) = 3/8, the house keeps the rest.
  const MechanismTotals kept = Mechanism({.spec = PachiraPool{.pool = 800}})
                                   .rewards(Parents{root, root}, Amounts{7, 7}, out);
  CHECK(out == Amounts{300, 300});
  CHECK(kept.retained == 200);
}

TEST_CASE("rounding of mechanisms is named") {
  const LevelMechanism one{.rates = {{1, 10}}};
  CHECK(rewards_of(one, {root, 0}, {0, 15}) == Amounts{1, 0});
  CHECK(rewards_of(one, {root, 0}, {0, 15}, Rounding::half_even) == Amounts{2, 0});
  CHECK(rewards_of(one, {root, 0}, {0, 25}, Rounding::half_even) == Amounts{2, 0});
  CHECK(rewards_of(one, {root, 0}, {0, 21}, Rounding::ceiling) == Amounts{3, 0});
  // CDRM of 5 alone with unit 5: (1/2 - 1/5 / 2) x 5 = 2, of 15: (1/2 - 1/20) x 15 = 6.75.
  const CdrmMechanism cdrm{.phi = {1, 2}, .theta = {1, 5}, .unit = 5};
  CHECK(rewards_of(cdrm, {root}, {5}) == Amounts{2});
  CHECK(rewards_of(cdrm, {root}, {15}, Rounding::half_even) == Amounts{7});
  // A tie: (1/2 - 1/4 x 4 / 8) x 4 = 1.5 goes to 2.
  CHECK(rewards_of(CdrmMechanism{.phi = {1, 2}, .theta = {1, 4}, .unit = 4}, {root}, {4},
                   Rounding::half_even) == Amounts{2});
}

TEST_CASE("large amounts stay exact or are refused") {
  const std::int64_t large = std::int64_t{1} << 60;
  CHECK(rewards_of(LevelMechanism{.rates = {{1, 10}}}, {root, 0}, {0, large}) ==
        Amounts{large / 10, 0});
  CHECK(rewards_of(CdrmMechanism{.phi = {1, 2}, .theta = {1, 4}, .unit = 1}, {root}, {large}) ==
        Amounts{large / 2 - 1});
  CHECK(rewards_of(ProRataPool{.pool = large, .measure = PoolMeasure::own}, {root, root},
                   {large, large / 2 * 2}) == Amounts{large / 2, large / 2});
  CHECK(rewards_of(PachiraPool{.pool = large}, {root, 0}, {1 << 30, 1 << 30}) ==
        Amounts{large / 8 * 5, large / 8 * 3});
  CHECK_THROWS_WITH(rewards_of(PachiraPool{.pool = 1, .delta = 3}, {root}, {large}),
                    ContainsSubstring("128 bits"));
  CHECK_THROWS_WITH(rewards_of(TdrmMechanism{.piece = std::int64_t{1} << 40}, {root}, {large}),
                    ContainsSubstring("128 bits"));
  CHECK_THROWS_WITH(rewards_of(LevelMechanism{}, {root, root, root}, {large, large, 1}),
                    ContainsSubstring("2^61"));
}

TEST_CASE("mechanisms refuse options and trees that cannot be") {
  const auto refusal = [](const MechanismSpec& spec, ExactShare budget = {1, 1}) {
    try {
      (void)Mechanism({.spec = spec, .budget = budget});
    } catch (const Exception& e) {
      CHECK(e.code() == ErrorCode::invalid_option);
      return e.error().message;
    }
    return std::string("no refusal");
  };
  CHECK(refusal(LevelMechanism{}) == "no refusal");
  CHECK(refusal(LevelMechanism{.rates = {{1, 10}, {-1, 20}}}) ==
        "'rates' must be a fraction in [0, 1], denominator at most 10'000, got -1 / 20");
  CHECK(refusal(LevelMechanism{.rates = {}}) == "'rates' must be 1 to 16 levels, got 0");
  CHECK(refusal(LevelMechanism{.rates = {{3, 5}, {3, 5}}}) ==
        "'budget' must be at least the worst case of the mechanism, 6 / 5, got 1 / 1");
  CHECK(refusal(LevelMechanism{.rates = {{1, 10}, {1, 20}}}, {1, 7}) ==
        "'budget' must be at least the worst case of the mechanism, 3 / 20, got 1 / 7");
  CHECK(refusal(GeometricMechanism{}, {1, 2}) == "no refusal");
  CHECK(refusal(GeometricMechanism{}, {49, 100}) ==
        "'budget' must be at least the worst case of the mechanism, 1 / 2, got 49 / 100");
  CHECK(
      refusal(GeometricMechanism{.decay = {1, 1}}).starts_with("'decay' must be a fraction in (0"));
  CHECK(refusal(GeometricMechanism{.levels = 61}).starts_with("'levels' must be at most"));
  CHECK(refusal(CdrmMechanism{.theta = {1, 5}}) == "'theta' must be below phi, got 1 / 5");
  CHECK(refusal(CdrmMechanism{}, {19, 100}).starts_with("'budget'"));
  CHECK(refusal(CdrmMechanism{.unit = 0}).starts_with("'unit'"));
  CHECK(refusal(TdrmMechanism{}, {1, 2}) == "no refusal");  // .45 x .2 / .2 + .05
  CHECK(refusal(TdrmMechanism{}, {4999, 10'000}).starts_with("'budget'"));
  CHECK(refusal(TdrmMechanism{.piece = 0}).starts_with("'piece'"));
  CHECK(refusal(PachiraPool{.pool = -1}).starts_with("'pool'"));
  CHECK(refusal(PachiraPool{.delta = 4}) == "'delta' must be in [1, 3], got 4");
  CHECK(refusal(TopKPool{.weights = {1, 0}}) == "'weights' must be > 0, got 0");
  CHECK(refusal(TopKPool{.weights = {}}).starts_with("'weights'"));
  CHECK(refusal(BinaryMechanism{.cap = -1}).starts_with("'cap'"));
  CHECK(std::isinf(Mechanism({.spec = BinaryMechanism{}}).bound().share()));
  CHECK(std::isnan(Mechanism({.spec = ProRataPool{.pool = 5}}).bound().share()));

  CHECK_THROWS_AS(rewards_of(LevelMechanism{}, {root, 2, 0}, {1, 1, 1}), Exception);
  CHECK_THROWS_AS(rewards_of(LevelMechanism{}, {root, 0}, {1}), Exception);
  CHECK_THROWS_AS(rewards_of(LevelMechanism{}, {root, 0}, {1, -1}), Exception);
  MechanismState state{Mechanism({.spec = LevelMechanism{}})};
  CHECK_THROWS_AS(state.join(0), Exception);
  CHECK(state.join() == 0);
  CHECK(state.join(0) == 1);
  CHECK_THROWS_AS(state.contribute(2, 5), Exception);
  state.contribute(1, 100);
  CHECK_THROWS_AS(state.contribute(1, -101), Exception);
  CHECK(state.reward(0) == 10);
  state.contribute(1, -100);
  CHECK(state.reward(0) == 0);
  CHECK_THROWS_AS((void)state.reward(2), Exception);
}

TEST_CASE("compression and ranks by hand") {
  Parents out(4);
  compress_upline(Parents{root, 0, 1, 2}, std::vector<std::uint8_t>{1, 0, 0, 1}, out);
  CHECK(out == Parents{root, 0, 0, 0});
  CHECK_THROWS_AS(compress_upline(Parents{root, 1}, std::vector<std::uint8_t>{1, 1}, out),
                  Exception);
  const std::vector<RankRule> rules{{.own = 50}, {.own = 50, .legs = 2, .leg_rank = 1}};
  CHECK(ranks_of(Parents{root, 0, 0, 1}, Amounts{50, 0, 60, 70}, rules) ==
        std::vector<std::uint8_t>{2, 0, 1, 1});
  CHECK_THROWS_AS(ranks_of(Parents{root}, Amounts{1}, std::vector<RankRule>{{.leg_rank = 2}}),
                  Exception);
}
