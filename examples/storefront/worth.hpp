#pragma once
// What the customers are worth, when they order next, and how much the shop will sell.

#include <cstddef>
#include <optional>
#include <vector>

#include "analysis.hpp"
#include "emptor/core/context.hpp"
#include "emptor/value/customer_value_result.hpp"
#include "emptor/value/demand_result.hpp"
#include "emptor/value/holdout_result.hpp"
#include "emptor/value/next_order_result.hpp"
#include "emptor/value/purchase_matrix_result.hpp"
#include "emptor/value/seasonality_result.hpp"
#include "emptor/value/value_fit_result.hpp"

namespace storefront {

inline constexpr int worth_years = 3;  ///< how far `Worth::values` looks ahead

struct Worth {
  std::vector<emptor::HoldoutResult> holdouts;   ///< empty: the time is too short to test models
  std::vector<emptor::ValueFitReport> fits;      ///< of all orders
  std::optional<emptor::CustomerValues> values;  ///< none: nobody bought again
  emptor::PurchaseMatrix matrix;
  emptor::ValueTrajectory trajectory;

  std::vector<emptor::NextOrder> next;  ///< within `due_days`, the likeliest first
  emptor::NextOrderReport next_report;
  emptor::Seasonality seasonality;             ///< of the shop's orders
  std::vector<emptor::DemandForecast> demand;  ///< units a month, the shop and its categories
};

[[nodiscard]] Worth worth_of(const ShopTables& shop, emptor::Time as_of,
                             const emptor::Context& context);

}  // namespace storefront
