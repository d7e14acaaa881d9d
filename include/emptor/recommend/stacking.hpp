#pragma once
// Weights of a blend learned on held-out interactions.
//
// The parts are fitted without the held-out interactions; coordinate ascent then looks for the
// weights whose blend has the largest mean NDCG on them, one weight at a time, over a grid that
// narrows: Donald Metzler, W. Bruce Croft, "Linear feature-based models for information retrieval",
// Information Retrieval 10(3), 2007, doi:10.1007/s10791-006-9019-z. Stacking: David H. Wolpert,
// "Stacked generalization", Neural Networks 5(2), 1992, doi:10.1016/S0893-6080(05)80023-1. Give the
// weights to parts that were fitted anew on everything.
//
// Time: the parts' lists once, then tried weights x customers x depth x parts. Memory: 8 bytes x
// customers x parts x depth. Deterministic. Thread safety: a function.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/recommend/any_recommender.hpp"
#include "emptor/recommend/detail/fused_items.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

struct StackingOptions {
  BlendOptions blend{};
  std::size_t k = 20;      ///< length of the lists that NDCG is of, >= 1
  std::size_t rounds = 3;  ///< over all weights, >= 1; each with half the step of the one before
  std::size_t max_customers = 20000;  ///< of those with held-out items, evenly spread; >= 1
};

struct StackingFit {
  std::vector<double> weights;    ///< by part, >= 0, the largest 1
  double ndcg = 0;                ///< mean NDCG of the blend with these weights
  std::vector<double> part_ndcg;  ///< the same of each part alone
  std::size_t customers = 0;      ///< on whom it was measured
  bool stopped = false;           ///< by the progress callback: the best weights so far
};

namespace detail {

/// One customer's candidates: what every part gives each, and which were held out.
struct StackedCustomer {
  std::vector<float> given;            // candidate by candidate, a value a part
  std::vector<std::uint8_t> relevant;  // by candidate; candidates ascend by item
  std::size_t held_out = 0;
};

/// NDCG of as many places as there are discounts, 1 / log2(1 + place), with gains of 0 or 1.
[[nodiscard]] inline double stacked_ndcg(const StackedCustomer& customer,
                                         std::span<const double> weights,
                                         std::span<const double> discounts,
                                         std::vector<ScoredIndex<double>>& scratch) {
  const std::size_t parts = weights.size();
  scratch.clear();
  for (std::size_t c = 0; c < customer.relevant.size(); ++c) {
    double sum = 0;
    for (std::size_t p = 0; p < parts; ++p) {
      sum += weights[p] * static_cast<double>(customer.given[c * parts + p]);
    }
    if (sum > 0) scratch.push_back({static_cast<std::uint32_t>(c), sum});
  }
  const std::size_t places = std::min(discounts.size(), scratch.size());
  std::partial_sort(scratch.begin(), scratch.begin() + static_cast<std::ptrdiff_t>(places),
                    scratch.end(), ranks_before<double>);
  double gain = 0;
  double ideal = 0;
  for (std::size_t place = 0; place < std::min(discounts.size(), customer.held_out); ++place) {
    ideal += discounts[place];
  }
  for (std::size_t place = 0; place < places; ++place) {
    if (customer.relevant[scratch[place].index] != 0) gain += discounts[place];
  }
  return ideal > 0 ? gain / ideal : 0;
}

}  // namespace detail

/// `parts` were fitted without `held_out`, which has their m and n. Progress counts tried weights.
/// Throws `invalid_option`, `invalid_shape` for no part or one of another size.
[[nodiscard]] inline StackingFit fit_stacking(std::span<const AnyRecommender> parts,
                                              const Interactions& held_out,
                                              const StackingOptions& options = {},
                                              const Context& context = {}) {
  detail::check_blend_options(options.blend);
  require_option(options.k >= 1, "k", ">= 1", options.k);
  require_option(options.rounds >= 1, "rounds", ">= 1", options.rounds);
  require_option(options.max_customers >= 1, "max_customers", ">= 1", options.max_customers);
  if (parts.empty()) {
    throw Exception(ErrorCode::invalid_shape, "at least one part is needed", "fit_stacking");
  }
  for (const AnyRecommender& part : parts) {
    if (part.customers() != held_out.customers() || part.items() != held_out.items()) {
      throw Exception(
          ErrorCode::invalid_shape,
          text("part '", part.name(), "' has ", part.customers(), " customers and ", part.items(),
               " items, the held-out data ", held_out.customers(), " and ", held_out.items()),
          "fit_stacking");
    }
  }
  std::vector<Customer> with_held_out;
  for (std::size_t c = 0; c < held_out.customers(); ++c) {
    if (held_out.by_customer().row_size(c) > 0) with_held_out.push_back(id_at<Customer>(c));
  }
  std::vector<Customer> customers;
  const std::size_t count = std::min(options.max_customers, with_held_out.size());
  for (std::size_t i = 0; i < count; ++i) {
    customers.push_back(with_held_out[i * with_held_out.size() / count]);
  }

  const std::size_t width = parts.size();
  const std::size_t depth = std::min(options.blend.depth, held_out.items());
  std::vector<detail::FusedItems> fused(count);
  std::vector<Recommendation> lists(count * depth);
  std::vector<std::uint32_t> sizes(count);
  for (std::size_t p = 0; p < width; ++p) {
    parts[p].recommend_batch(customers, depth, {}, context, lists, sizes);
    for (std::size_t c = 0; c < count; ++c) {
      fused[c].add(std::span(lists).subspan(c * depth, sizes[c]), p, 1.0, options.blend,
                   [](Item) { return false; });
    }
  }
  lists = {};
  std::vector<detail::StackedCustomer> stacked(count);
  for (std::size_t c = 0; c < count; ++c) {
    const auto wanted = held_out.by_customer().row_indices(index(customers[c]));
    stacked[c].held_out = wanted.size();
    for (const auto& [item, sum] : fused[c].sums()) {
      stacked[c].relevant.push_back(detail::holds(wanted, item) ? 1 : 0);
      for (const double share : fused[c].shares(item, width)) {
        stacked[c].given.push_back(static_cast<float>(share));
      }
    }
    fused[c] = {};
  }

  std::vector<double> discounts;
  for (std::size_t place = 0; place < std::min(options.k, held_out.items()); ++place) {
    discounts.push_back(1 / std::log2(2 + static_cast<double>(place)));
  }
  std::vector<double> of_customer(count);
  const auto mean_ndcg = [&](std::span<const double> weights) {
    constexpr std::size_t customers_a_chunk = 256;
    parallel_chunks(context, count, customers_a_chunk, [&](std::size_t begin, std::size_t end) {
      std::vector<ScoredIndex<double>> scratch;
      for (std::size_t c = begin; c < end; ++c) {
        of_customer[c] = detail::stacked_ndcg(stacked[c], weights, discounts, scratch);
      }
    });
    double sum = 0;
    for (const double value : of_customer) sum += value;
    return count == 0 ? 0.0 : sum / static_cast<double>(count);
  };

  StackingFit fit;
  fit.customers = count;
  for (std::size_t p = 0; p < width; ++p) {
    std::vector<double> alone(width, 0.0);
    alone[p] = 1;
    fit.part_ndcg.push_back(mean_ndcg(alone));
  }
  // From the best part alone, so that the blend is never worse than it.
  const auto best =
      std::max_element(fit.part_ndcg.begin(), fit.part_ndcg.end()) - fit.part_ndcg.begin();
  fit.weights.assign(width, 0.0);
  fit.weights[static_cast<std::size_t>(best)] = 1;
  fit.ndcg = fit.part_ndcg[static_cast<std::size_t>(best)];
  // A weight is tried at 0 and at factors of the largest one; the grid narrows around what is best.
  constexpr int steps_each_way = 4;
  const std::size_t tries = options.rounds * width;
  std::size_t tried = 0;
  double factor = 4;
  for (std::size_t round = 0; round < options.rounds && !fit.stopped; ++round) {
    for (std::size_t p = 0; p < width && width > 1; ++p) {
      const double largest = *std::max_element(fit.weights.begin(), fit.weights.end());
      const double from = fit.weights[p] > 0 ? fit.weights[p] : largest / factor;
      std::vector<double> weights = fit.weights;
      for (int step = -steps_each_way - 1; step <= steps_each_way; ++step) {
        weights[p] = step < -steps_each_way ? 0 : from * std::pow(factor, step / 2.0);
        if (*std::max_element(weights.begin(), weights.end()) == 0) continue;
        const double value = mean_ndcg(weights);
        if (value > fit.ndcg) {
          fit.ndcg = value;
          fit.weights = weights;
        }
      }
      if (context.report({"stacking", ++tried, tries}) == Go::stop && tried < tries) {
        fit.stopped = true;
        break;
      }
    }
    factor = std::sqrt(factor);
  }
  const double largest = *std::max_element(fit.weights.begin(), fit.weights.end());
  for (double& weight : fit.weights) weight /= largest;
  return fit;
}

}  // namespace emptor
