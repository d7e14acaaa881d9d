#include "analysis.hpp"

#include <algorithm>
#include <utility>

#include "comparison.hpp"
#include "emptor/math/topk.hpp"
#include "emptor/profile/cohort.hpp"
#include "emptor/profile/features.hpp"
#include "emptor/profile/sales.hpp"
#include "emptor/recommend/basket_rules_model.hpp"
#include "emptor/recommend/content.hpp"
#include "emptor/recommend/replenishment.hpp"
#include "emptor/segment/rfm.hpp"
#include "emptor/segment/rfm_segments.hpp"
#include "models.hpp"
#include "shelf.hpp"

namespace storefront {
namespace {

using emptor::AnyRecommender;
using emptor::InteractionLog;
using emptor::Interactions;
using emptor::Time;

/// The model's rules, which come in the order of the baskets they bring beyond chance.
std::vector<emptor::BasketRule> best_rules(const AnyRecommender& model,
                                           emptor::BasketRulesReport& report) {
  const auto* rules = model.get_if<emptor::BasketRulesModel>();
  std::vector<emptor::BasketRule> out(rules->rules().begin(), rules->rules().end());
  report.rules = out.size();
  if (!out.empty()) report.baskets = static_cast<std::size_t>(out.front().baskets);
  return out;
}

/// What is due again for whom, the likeliest purchases first.
void find_due(const ShopTables& shop, Time now, Analysis& out, const emptor::Context& context) {
  constexpr std::size_t most_a_customer = 5;
  constexpr double least_probability = 0.1;
  const InteractionLog log =
      emptor::interactions_of(shop.orders, {.weight = emptor::InteractionWeight::quantity});
  const emptor::Sequences sequences(shop.customers.size(), shop.items.size(), log,
                                    {.gap = std::chrono::seconds{0}});
  const auto fit = emptor::fit_replenishment(sequences, {.until = now}, context);
  if (fit.report.intervals == 0) return;
  out.replenishment = fit.report;
  for (std::size_t c = 0; c < shop.customers.size(); ++c) {
    const auto due =
        fit.model.due_items(emptor::id_at<emptor::Customer>(c), now, most_a_customer,
                            {.within_days = due_days, .least_probability = least_probability});
    out.due.insert(out.due.end(), due.begin(), due.end());
  }
  std::stable_sort(out.due.begin(), out.due.end(),
                   [](const auto& x, const auto& y) { return x.buys > y.buys; });
}

/// Of the customers with few enough items that a list's reasons tell something (or of all, when
/// there are none), those with the most orders.
std::vector<std::size_t> sample_customers(const Interactions& data, const Analysis& analysis,
                                          std::size_t wanted) {
  constexpr std::size_t fewest = 4;
  constexpr std::size_t most = 20;
  std::vector<std::size_t> order;
  for (std::size_t c = 0; c < data.customers(); ++c) {
    const std::size_t items = data.by_customer().row_size(c);
    if (items >= fewest && items <= most) order.push_back(c);
  }
  if (order.empty()) {
    for (std::size_t c = 0; c < data.customers(); ++c) order.push_back(c);
  }
  const auto orders_of = [&](std::size_t c) { return analysis.features.customers[c].orders; };
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(wanted, order.size()));
  std::partial_sort(order.begin(), end, order.end(), [&](std::size_t a, std::size_t b) {
    return orders_of(a) != orders_of(b) ? orders_of(a) > orders_of(b) : a < b;
  });
  order.erase(end, order.end());
  return order;
}

/// Some customers' lists, with their reasons and what they bought most.
std::vector<emptor::SampleRecommendations> sample(const ShopTables& shop, const Interactions& data,
                                                  const Analysis& analysis) {
  constexpr std::size_t customers = 6;
  constexpr std::size_t recommendations = 5;
  constexpr std::size_t history = 6;
  std::vector<emptor::SampleRecommendations> out;
  for (const std::size_t c : sample_customers(data, analysis, customers)) {
    emptor::SampleRecommendations& one = out.emplace_back();
    one.customer = shop.customers.key(emptor::id_at<emptor::Customer>(c));
    emptor::TopK<float> most(history);
    const auto items = data.by_customer().row_indices(c);
    for (std::size_t i = 0; i < items.size(); ++i) {
      most.push(items[i], data.by_customer().row_values(c)[i]);
    }
    for (const auto& [item, weight] : most.take()) {
      one.history.push_back(emptor::id_at<emptor::Item>(item));
    }
    const auto list = analysis.recommendations.list(c);
    const std::size_t first = analysis.recommendations.offsets[c];
    for (std::size_t i = 0; i < std::min(recommendations, list.size()); ++i) {
      one.list.push_back(list[i]);
      const Reason& reason = analysis.reasons[first + i];
      one.why.push_back(reason_text(shop, analysis, reason));
      one.models.push_back(analysis.parts[reason.part]);
    }
  }
  return out;
}

}  // namespace

Analysis analyse(const ShopTables& shop, std::uint64_t seed, const emptor::Context& context) {
  if (shop.orders.lines() == 0) {
    throw emptor::Exception(emptor::ErrorCode::invalid_value,
                            "there is no order to look at: no row of the file could be used");
  }
  Analysis out;
  const auto times = shop.orders.line_times();
  out.as_of = *std::max_element(times.begin(), times.end());
  const auto step = [&](std::string_view what) { (void)context.report({.what = what}); };
  step("features");
  out.features = emptor::features_of(shop.orders, shop.customers, shop.items, {.as_of = out.as_of});
  step("segments");
  out.rfm = emptor::rfm_of(shop.orders, {.as_of = out.as_of});
  out.segments = emptor::rfm_segments_of(out.rfm);
  out.grid = emptor::rfm_grid_of(out.rfm);
  step("sales and cohorts");
  out.sales = emptor::sales_over_time(shop.orders);
  out.by_channel = emptor::sales_by_channel(shop.orders);
  out.by_country = emptor::sales_by_customer(shop.orders, shop.customers, "country");
  out.concentration = emptor::concentration_of(shop.orders);
  out.cohorts = emptor::cohorts_of(shop.orders);
  const InteractionLog log = emptor::interactions_of(shop.orders, {}, &out.interactions);
  if (log.size() == 0) return out;
  step("comparing models");
  out.models = compare_on_time(shop, log, seed, context);
  step("recommending");
  const Time now = out.as_of + std::chrono::seconds{1};
  const Interactions data(shop.customers.size(), shop.items.size(), log);
  const std::vector<AnyRecommender> models = fit_models(shop, data, now, seed, context);
  out.features_of_items = models[part_content].get_if<emptor::ContentModel>()->vectors();
  recommend_to_all(models, out.models.choice, data, out, context);
  out.samples = sample(shop, data, out);
  out.rules = best_rules(models[part_rules], out.baskets);
  step("what is due again");
  find_due(shop, now, out, context);
  return out;
}

}  // namespace storefront
