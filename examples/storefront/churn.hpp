#pragma once
// Who is about to leave: learned from what customers did after dates of the past, tested on the
// latest of them, and asked of today.

#include <cstddef>
#include <string>
#include <vector>

#include "analysis.hpp"
#include "emptor/core/context.hpp"
#include "emptor/evaluate/binary_result.hpp"
#include "emptor/evaluate/lift_result.hpp"
#include "emptor/evaluate/profit_result.hpp"
#include "emptor/evaluate/reliability_result.hpp"
#include "emptor/report/sections_churn.hpp"
#include "emptor/score/churn_result.hpp"
#include "emptor/score/label_builder_result.hpp"
#include "worth.hpp"

namespace storefront {

inline constexpr double least_to_call = 0.1;  ///< probability to leave of who is to be called
inline constexpr double call_cost = 10;       ///< of calling a customer, in the shop's currency
inline constexpr double call_saves =
    0.1;  ///< of those called who would leave, the share that stays

struct Churn {
  int days = 0;         ///< who buys nothing for so long has left
  std::string problem;  ///< why there is no forecast; empty: there is one
  std::vector<emptor::LearningSnapshot> snapshots;  ///< what was learned from; the last: the test

  emptor::AucEstimate auc;
  std::vector<emptor::RocPoint> roc;
  emptor::ReliabilityCurve reliability;
  emptor::LiftTable lift;
  emptor::ProfitCurve profit;
  double mean_value = 0;  ///< of a customer, for the profit

  std::vector<emptor::Customer> customers;  ///< who has a probability, as rows of `watch`
  std::vector<double> probability;          ///< to leave, from the last order of the shop on
  std::vector<double> value;
  std::string value_words;  ///< what `value` is
  emptor::ChurnWatch watch;

  int silent_days = 0;                          ///< who was silent for so long was lost
  std::string groups;                           ///< what the groups are
  std::vector<emptor::SurvivalGroup> survival;  ///< from the first order on, by group
  emptor::LogRankResult log_rank;
};

[[nodiscard]] Churn churn_of(const ShopTables& shop, const Worth& worth, emptor::Time as_of,
                             const emptor::Context& context);

}  // namespace storefront
