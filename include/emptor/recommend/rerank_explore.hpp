#pragma once
// Places given away to learn: with probability epsilon a slot shows an item from behind the list
// instead of its own, and the answer says with what probability it did, so that policies can later
// be judged on the logs.
//
// Slots are filled from the top. The pool is what stands behind the k places; each item is drawn at
// most once. An item's propensity is exactly the probability with which it was drawn for its slot,
// given the slots above; the product over the list is that of the whole list. Which items are drawn
// depends on `seed` and the request's number alone: asking again gives the same list.
//
// How the pool is drawn from: evenly; by a softmax of scores; or as Thompson sampling would, by the
// probability of being the best when each item's rate of success is uncertain (William R. Thompson,
// "On the likelihood that one unknown probability exceeds another in view of the evidence of two
// samples", Biometrika 25, 1933, doi:10.1093/biomet/25.3-4.285), with the Beta posteriors taken for
// normal ones and the integral by the trapezoidal rule: the draw uses these very numbers, so
// propensities stay exact. Time: slots x pool, Thompson pool x 64 error functions a slot.
// Thread safety: constant.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/random.hpp"
#include "emptor/recommend/rerank.hpp"
#include "emptor/recommend/rerank_rules.hpp"

namespace emptor {

enum class ExploreBy : std::uint8_t { even, softmax, thompson };

struct ExplorationSlots {
  std::vector<std::size_t> slots{};  ///< ascending, each once; those a list does not have are left
  double epsilon = 0.1;              ///< in [0, 1]: how often a slot is given away
  std::uint64_t seed = 1;
  std::size_t pool = 50;  ///< at most so many candidates behind the list, >= 1
  ExploreBy by = ExploreBy::even;
  double temperature = 1;                      ///< of the softmax, in units of score, > 0
  std::span<const std::uint32_t> successes{};  ///< by item, for Thompson sampling
  std::span<const std::uint32_t> trials{};     ///< by item, >= successes

  [[nodiscard]] std::string_view name() const noexcept { return "exploration"; }
  void check() const {
    require_option(epsilon >= 0 && epsilon <= 1, "epsilon", "in [0, 1]", epsilon);
    require_option(pool >= 1, "pool", ">= 1", pool);
    require_option(temperature > 0, "temperature", "> 0", temperature);
    for (std::size_t s = 1; s < slots.size(); ++s) {
      require_option(slots[s - 1] < slots[s], "slots", "ascending", slots[s]);
    }
    require_option(successes.size() == trials.size(), "trials", "as many as successes",
                   trials.size());
  }
  void operator()(RerankList& list, const RerankRequest& request) const {
    const std::size_t open = list.open();
    const std::size_t count = list.items().size();
    const std::size_t end = count - open < pool ? count : open + pool;
    std::vector<std::uint32_t> order(count);
    for (std::size_t i = 0; i < count; ++i) order[i] = static_cast<std::uint32_t>(i);
    std::vector<std::uint32_t> left(order.begin() + static_cast<std::ptrdiff_t>(open),
                                    order.begin() + static_cast<std::ptrdiff_t>(end));
    RandomStream random(seed, request.request);
    for (std::size_t s = 0; s < slots.size() && !left.empty(); ++s) {
      const std::size_t place = free_place(list, slots[s]);
      if (place >= open) continue;
      if (!random.bernoulli(epsilon)) {
        list.set_propensity(place, static_cast<float>(1 - epsilon));
        continue;
      }
      const std::vector<double> chances = chances_of(list, left);
      const std::size_t drawn = random.categorical(chances);
      const std::uint32_t pick = left[drawn];
      list.note(pick, RerankReason::explored, s);
      list.note(place, RerankReason::displaced, s);
      list.set_propensity(pick, static_cast<float>(epsilon * chances[drawn]));
      std::swap(order[place], order[pick]);
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(drawn));
    }
    list.rearrange(order);
  }

 private:
  /// The slot's place among the items that are not pinned, or one behind all when it is pinned.
  static std::size_t free_place(const RerankList& list, std::size_t slot) {
    std::size_t place = slot;
    for (const auto& pin : list.pins()) {
      if (pin.slot == slot) return list.items().size();
      place -= pin.slot < slot ? 1 : 0;
    }
    return place;
  }
  [[nodiscard]] std::vector<double> chances_of(const RerankList& list,
                                               std::span<const std::uint32_t> left) const {
    std::vector<double> chances(left.size(), 1.0);
    if (by == ExploreBy::softmax) {
      float top = -std::numeric_limits<float>::infinity();
      for (const std::uint32_t i : left) top = std::max(top, list.items()[i].score);
      for (std::size_t l = 0; l < left.size(); ++l) {
        const double below =
            static_cast<double>(list.items()[left[l]].score) - static_cast<double>(top);
        chances[l] = std::exp(below / temperature);
      }
    } else if (by == ExploreBy::thompson) {
      chances = chance_of_best(list, left);
    }
    double sum = 0;
    for (const double chance : chances) sum += chance;
    for (double& chance : chances) chance /= sum;
    return chances;
  }
  /// In proportion to the probability that each one's rate is the largest.
  [[nodiscard]] std::vector<double> chance_of_best(const RerankList& list,
                                                   std::span<const std::uint32_t> left) const {
    constexpr std::size_t points = 64;
    std::vector<double> mean;
    std::vector<double> deviation;
    double low = 1;
    double high = 0;
    for (const std::uint32_t i : left) {
      const Item item = list.items()[i].item;
      const double hits = detail::attribute_of(successes, item, "successes", "exploration");
      const double tries = detail::attribute_of(trials, item, "trials", "exploration");
      if (hits > tries) {
        throw Exception(ErrorCode::invalid_value,
                        text("item ", index(item), " has more successes than trials"),
                        "exploration");
      }
      const double a = hits + 1;  // Beta(a, b), from a uniform prior
      const double b = tries - hits + 1;
      mean.push_back(a / (a + b));
      deviation.push_back(std::sqrt(a * b / (a + b + 1)) / (a + b));
      low = std::min(low, mean.back() - 5 * deviation.back());
      high = std::max(high, mean.back() + 5 * deviation.back());
    }
    std::vector<double> chances(left.size(), 0.0);
    std::vector<double> below(left.size());
    for (std::size_t point = 0; point < points; ++point) {
      const double x = low + (high - low) * static_cast<double>(point) / (points - 1);
      double all = 1;
      for (std::size_t l = 0; l < left.size(); ++l) {
        below[l] = std::erfc((mean[l] - x) / deviation[l] / std::sqrt(2.0)) / 2;
        all *= below[l];
      }
      if (!(all > 0)) continue;
      for (std::size_t l = 0; l < left.size(); ++l) {
        const double z = (x - mean[l]) / deviation[l];
        chances[l] += all / below[l] * std::exp(-z * z / 2) / deviation[l];
      }
    }
    // No chance is so small that a logged propensity could not be divided by.
    const double least = 1e-6 * *std::max_element(chances.begin(), chances.end());
    for (double& chance : chances) chance = std::max({chance, least, 1e-300});
    return chances;
  }
};

}  // namespace emptor
