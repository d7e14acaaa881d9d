// Matching against twins that go through everybody.

#include <cmath>
#include <map>
#include <tuple>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/referral/matched_value.hpp"
#include "support/property.hpp"

using namespace emptor;

namespace {

struct World {
  std::vector<std::uint8_t> referred;
  std::vector<double> value;
  std::vector<std::int32_t> month;
  std::vector<Channel> channel;
  std::vector<std::int64_t> first_order;
  MatchColumns columns() const { return {referred, value, month, channel, first_order}; }
};

World world_of(const std::vector<std::tuple<int, int, int, int, int>>& rows) {
  World world;
  for (const auto& [referred, value, month, channel, first] : rows) {
    world.referred.push_back(static_cast<std::uint8_t>(referred));
    world.value.push_back(value);
    world.month.push_back(month - 3);
    world.channel.push_back(Channel(channel));
    world.first_order.push_back(first);
  }
  return world;
}
auto rows_gen() {
  return rc::gen::container<std::vector<std::tuple<int, int, int, int, int>>>(
      rc::gen::tuple(rc::gen::inRange(0, 2), rc::gen::inRange(-50, 50), rc::gen::inRange(0, 6),
                     rc::gen::inRange(0, 3), rc::gen::inRange(0, 12)));
}

}  // namespace

TEST_CASE("matched value: strata equal those of a map") {
  test::check_property("coarsened", [] {
    const World world = world_of(*rows_gen());
    const MatchedValue found = coarsened_matched_value(
        world.columns(), {.months = 2, .first_order_ends = {2, 5}, .replicates = 2});
    using Stratum = std::tuple<double, Channel, int>;
    std::map<Stratum, std::vector<double>> kinds[2];
    for (std::size_t i = 0; i < world.value.size(); ++i) {
      const int band = world.first_order[i] <= 2 ? 0 : world.first_order[i] <= 5 ? 1 : 2;
      kinds[world.referred[i]][{std::floor(world.month[i] / 2.0), world.channel[i], band}]
          .push_back(world.value[i]);
    }
    double sum = 0;
    std::size_t matched = 0, others = 0;
    for (const auto& [stratum, mine] : kinds[1]) {
      const auto theirs = kinds[0].find(stratum);
      if (theirs == kinds[0].end()) continue;
      double mean = 0;
      for (const double value : theirs->second) mean += value;
      mean /= static_cast<double>(theirs->second.size());
      for (const double value : mine) sum += value - mean;
      matched += mine.size();
      others += theirs->second.size();
    }
    RC_ASSERT(found.matched_referred == matched);
    RC_ASSERT(found.matched_others == others);
    if (matched > 0) {
      RC_ASSERT(std::abs(found.difference - sum / static_cast<double>(matched)) < 1e-9);
    } else {
      RC_ASSERT(std::isnan(found.difference));
    }
  });
}

TEST_CASE("matched value: pairs equal those of a full search") {
  test::check_property("nearest", [] {
    const World world = world_of(*rows_gen());
    const std::size_t n = world.value.size();
    const double caliper = *rc::gen::element(0.1, 0.7, 3.0);
    const bool same = *rc::gen::arbitrary<bool>();
    std::vector<double> extra;
    for (std::size_t i = 0; i < n; ++i) {
      extra.push_back(3 * RandomStream(7, i).uniform());  // no two pairs are equally far
    }
    const MatchedValue found = nearest_matched_value(world.columns(), {.caliper = caliper,
                                                                       .same_channel = same,
                                                                       .covariates = extra,
                                                                       .names = {"extra"},
                                                                       .replicates = 2});
    std::vector<std::vector<double>> columns(3);
    for (std::size_t i = 0; i < n; ++i) {
      columns[0].push_back(std::log1p(static_cast<double>(world.first_order[i])));
      columns[1].push_back(world.month[i]);
      columns[2].push_back(extra[i]);
    }
    for (auto& column : columns) {
      double variance = 0;
      for (int kind = 0; kind < 2; ++kind) {
        double sum = 0, squares = 0, count = 0;
        for (std::size_t i = 0; i < n; ++i) {
          if (world.referred[i] == kind) sum += column[i], count += 1;
        }
        for (std::size_t i = 0; i < n; ++i) {
          if (world.referred[i] == kind) squares += std::pow(column[i] - sum / count, 2);
        }
        variance += count > 1 ? squares / (count - 1) : 0;
      }
      for (double& value : column) value = variance > 1e-12 ? value / std::sqrt(variance / 2) : 0;
    }
    std::vector<bool> used(n, false);
    std::size_t pairs = 0;
    double total = 0;  // of the pairs' distances along the first order and the month
    for (std::size_t i = 0; i < n; ++i) {
      if (world.referred[i] == 0) continue;
      double best = caliper * caliper;
      std::size_t with = n;
      for (std::size_t j = 0; j < n; ++j) {
        if (world.referred[j] == 1 || used[j]) continue;
        if (same && world.channel[i] != world.channel[j]) continue;
        double distance = 0;
        for (const auto& column : columns) distance += std::pow(column[i] - column[j], 2);
        if (distance < best) {
          best = distance;
          with = j;
        }
      }
      if (with == n) continue;
      used[with] = true;
      ++pairs;
      total += world.value[i] - world.value[with];
    }
    RC_CLASSIFY(pairs > 3);
    RC_ASSERT(found.matched_referred == pairs);
    RC_ASSERT(found.matched_others == pairs);
    if (pairs > 0) {
      RC_ASSERT(std::abs(found.difference - total / static_cast<double>(pairs)) < 1e-9);
    }
  });
}
