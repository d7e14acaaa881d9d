#pragma once
// Lists whose mix of categories is the customer's own: who watches 70 % drama and 30 % comedy gets
// about that, not drama alone.
//
// Harald Steck, "Calibrated recommendations", RecSys 2018, doi:10.1145/3240323.3240372. Each place
// goes to the item with which (1 - lambda) x (sum of relevance) - lambda x KL(p || q') is largest:
// p is the customer's share of each category by weight of what the customer has, q that of the list
// so far, q' = (1 - alpha) q + alpha p.
//
// Time: N candidates x k places x categories an item, and k x categories logarithms. Equal values:
// who stood first. Pinned items count in q. Thread safety: constant.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/recommend/rerank.hpp"
#include "emptor/recommend/rerank_rules.hpp"

namespace emptor {

struct Calibration {
  std::span<const Category> category_of{};  ///< by item; `no_id`: none
  /// Instead of `category_of`: n x categories, an item's weights >= 0, made to add up to 1.
  const Csr<float>* shares_of = nullptr;
  std::span<const double> target{};  ///< p by category, >= 0, made to add up to 1; empty: from
                                     ///< what the customer has, without that the step is skipped
  double lambda = 0.5;               ///< in [0, 1]; 0: relevance alone, 1: the mix alone
  double alpha = 0.01;               ///< in (0, 1)
  RelevanceScale scale = RelevanceScale::min_max;

  [[nodiscard]] std::string_view name() const noexcept { return "calibration"; }
  void check() const {
    require_option(lambda >= 0 && lambda <= 1, "lambda", "in [0, 1]", lambda);
    require_option(alpha > 0 && alpha < 1, "alpha", "in (0, 1)", alpha);
    for (const double share : target) {
      require_option(share >= 0 && std::isfinite(share), "target", ">= 0, finite", share);
    }
  }
  void operator()(RerankList& list, const RerankRequest& request) const;

  /// A share of one category.
  using Part = std::pair<std::uint32_t, double>;
  /// The shares of an item, which add up to 1 or are none; `into` is cleared first.
  void parts_of(Item item, std::vector<Part>& into) const {
    into.clear();
    if (shares_of == nullptr) {
      const Category category = detail::attribute_of(category_of, item, "category", "calibration");
      if (category != no_id<Category>) into.emplace_back(static_cast<std::uint32_t>(category), 1);
      return;
    }
    if (index(item) >= shares_of->rows()) {
      throw Exception(ErrorCode::out_of_range, text("item ", index(item), " has no categories"),
                      "calibration");
    }
    const auto categories = shares_of->row_indices(index(item));
    const auto weights = shares_of->row_values(index(item));
    double sum = 0;
    for (std::size_t i = 0; i < categories.size(); ++i) {
      const auto weight = static_cast<double>(weights[i]);
      if (!(weight >= 0) || !std::isfinite(weight)) {
        throw Exception(ErrorCode::invalid_value,
                        text("a category's weight must be finite and >= 0, got ", weight),
                        "calibration");
      }
      if (weight > 0) into.emplace_back(categories[i], weight);
      sum += weight;
    }
    for (Part& part : into) part.second /= sum;
  }
  /// The customer's shares by category; empty when nothing is known.
  [[nodiscard]] std::vector<double> wanted(const RerankRequest& request) const {
    std::vector<double> p(target.begin(), target.end());
    std::vector<Part> parts;
    for (std::size_t i = 0; target.empty() && i < request.history.size(); ++i) {
      parts_of(request.history[i], parts);
      for (const auto& [category, share] : parts) {
        if (category >= p.size()) p.resize(std::size_t{category} + 1, 0.0);
        p[category] +=
            share * (request.weights.empty() ? 1 : static_cast<double>(request.weights[i]));
      }
    }
    double sum = 0;
    for (const double share : p) sum += share;
    if (!(sum > 0)) return {};
    for (double& share : p) share /= sum;
    return p;
  }
};

inline void Calibration::operator()(RerankList& list, const RerankRequest& request) const {
  const std::vector<double> p = wanted(request);
  if (p.empty()) {
    list.report().skipped = true;
    return;
  }
  const std::size_t count = list.items().size();
  const std::vector<double> relevance = detail::relevance_of(list, scale);
  std::vector<Part> parts;            // of all candidates; categories the customer lacks left out,
  std::vector<std::size_t> end;       // as they add nothing to KL(p || q)
  std::vector<double> listed(count);  // 1, or 0 for an item without categories
  std::vector<Part> of_item;
  const auto wanted_part = [&](const Part& part) {
    return part.first < p.size() && p[part.first] > 0;
  };
  for (std::size_t i = 0; i < count; ++i) {
    parts_of(list.items()[i].item, of_item);
    listed[i] = of_item.empty() ? 0 : 1;
    list.report().unknown += of_item.empty() ? 1 : 0;
    for (const Part& part : of_item) {
      if (wanted_part(part)) parts.push_back(part);
    }
    end.push_back(parts.size());
  }
  std::vector<double> sums(p.size(), 0.0);  // of the chosen, by category
  double total = 0;
  for (const auto& pin : list.pins()) {
    parts_of(pin.entry.item, of_item);
    total += of_item.empty() ? 0 : 1;
    for (const Part& part : of_item) {
      if (wanted_part(part)) sums[part.first] += part.second;
    }
  }
  const auto term = [&](std::size_t category, double sum, double of) {
    const double q = (1 - alpha) * (of > 0 ? sum / of : 0) + alpha * p[category];
    return p[category] * std::log(p[category] / q);
  };
  std::vector<double> now(p.size());  // the categories' terms if nothing were added to them
  std::vector<std::uint32_t> left(count);
  for (std::size_t i = 0; i < count; ++i) left[i] = static_cast<std::uint32_t>(i);
  std::vector<std::uint32_t> chosen;
  while (chosen.size() < list.open()) {
    const auto divergence = [&](double of) {
      double kl = 0;
      for (std::size_t c = 0; c < p.size(); ++c) {
        now[c] = p[c] > 0 ? term(c, sums[c], of) : 0;
        kl += now[c];
      }
      return kl;
    };
    const double without = divergence(total);
    const double with = divergence(total + 1);  // leaves `now` as of one more item
    std::size_t best = 0;
    double best_value = -std::numeric_limits<double>::infinity();
    for (std::size_t l = 0; l < left.size(); ++l) {
      const std::uint32_t i = left[l];
      double kl = listed[i] > 0 ? with : without;
      for (std::size_t n = i == 0 ? 0 : end[i - 1]; n < end[i]; ++n) {
        const auto& [category, share] = parts[n];
        kl += term(category, sums[category] + share, total + 1) - now[category];
      }
      const double value = (1 - lambda) * relevance[i] - lambda * kl;
      if (value > best_value) {
        best = l;
        best_value = value;
      }
    }
    const std::uint32_t pick = left[best];
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(best));
    for (std::size_t n = pick == 0 ? 0 : end[pick - 1]; n < end[pick]; ++n) {
      sums[parts[n].first] += parts[n].second;
    }
    total += listed[pick];
    chosen.push_back(pick);
  }
  detail::choose_first(list, std::move(chosen), RerankReason::calibrated, RerankReason::calibrated);
}

}  // namespace emptor
