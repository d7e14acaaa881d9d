#pragma once
// Rows to learn from, without a look into the future: customers at several dates, what was known of
// each before the date, and what happened in a window after it.
//
//     LearningSet set = learning_set({.customers = customers.size(), .orders = &orders}, dates,
//                                    watched_until, {}, {.horizon = std::chrono::days{90}});
//     LogisticFit fit = fit_logistic(set.table, set.target);
//
// At a date t features see facts that happened and were recorded before t, and nothing else: they
// are computed from a CustomerPast, which does not hold more. Whether a customer has a row at all
// is decided by the same past. The label sees [t + gap, t + gap + horizon), by all that is known by
// now, and nothing else; of contracts also the `grace` after it, in which a renewal still counts.
// Who is left out is counted, by reason. (One reason is of the future: a contract that ended within
// the gap cannot be foretold any more. The model is of those who are still there.)
//
// Splits: `set.customers` are the groups of grouped_folds, `set.times` the times of time_folds, and
// `set.embargo` its gap: no window of a train row then reaches into the tests.
//
// Cost: O(n log n) for n facts, then per customer and date O(log n) and, of rows, the facts before
// the date times windows. Memory: the facts again (about 56 bytes a line) and 4 bytes a value.
// Thread safety: pure; what the options call must be pure too. The same bits for any executor.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/score/customer_facts.hpp"
#include "emptor/score/label_builder_result.hpp"
#include "emptor/score/score_table.hpp"

namespace emptor {

enum class OutcomeKind : std::uint8_t {
  no_purchase,   ///< 1: no line that counts is in the window; churn where nobody gives notice
  contract_end,  ///< 1: cover ends in the window and is not renewed
  happens,       ///< 1: a line or an event that counts is in the window
  value,         ///< what the lines that count come to in the window, in major units
};

/// What is to be foretold.
struct OutcomeOptions {
  OutcomeKind kind = OutcomeKind::no_purchase;
  std::chrono::seconds horizon = std::chrono::days{90};  ///< length of the window, > 0
  std::chrono::seconds gap{0};  ///< between the date and the window, >= 0: time to act
  /// Only customers with a purchase in [t - active_within, t); 0: any purchase before t. Of facts
  /// without orders: an event. Not asked of contracts.
  std::chrono::seconds active_within{0};
  /// Only who has been a customer so long, by the first purchase, event or contract; >= 0.
  std::chrono::seconds min_tenure{0};
  /// Of `happens`: only customers to whom it has not happened before the date.
  bool once = false;
  /// Lines that count ("bought this category", "at a discount"); empty: all sales.
  std::function<bool(const FeatureEvent&)> line{};
  /// Events that count, of `happens`; empty: none do. With events and no `line`, no lines count.
  std::function<bool(const CustomerEvent&)> event{};
  /// Money given back within the window: taken off the value, and an order whose lines in the
  /// window come to nothing or less is no purchase. False: sales alone are looked at.
  bool refunds = true;
  /// Of contracts: cover that is taken up again so soon after its end did not end; >= 0.
  std::chrono::seconds grace{0};
};

/// What is known before the date, as columns.
struct LearningFeatures {
  /// Days back from the date that are looked at, each with columns of its own ("orders 30 days");
  /// 0: everything before it ("orders"). Not negative, none twice.
  std::vector<int> windows{0, 30, 90};
  /// Counts of these in each window ("view 30 days"), and "days since view".
  std::vector<EventKind> events{};
  /// "contracts" so far, "days covered" without a break, "days to end" as agreed.
  bool contracts = false;
  /// Names of columns to keep, in this order; empty: all.
  std::vector<std::string> columns{};
  /// Columns of the host's own, from `own(past, out)`, one value a name; NaN: not known. Called
  /// from several threads.
  std::vector<std::string> own_names{};
  std::function<void(const CustomerPast&, std::span<double>)> own{};
};

/// A row a customer and date: by date, then by customer.
struct LearningSet {
  ScoreTable table;
  std::vector<double> target;  ///< 0 or 1, or the value; of prospect_rows: empty
  std::vector<Customer> customers;
  std::vector<std::uint32_t> snapshot;  ///< place in `snapshots`
  std::vector<Time> times;              ///< the dates
  std::vector<LearningSnapshot> snapshots;
  std::chrono::seconds embargo{0};  ///< TimeFoldOptions::gap that keeps windows apart
  std::size_t joined = 0;           ///< customers for whom another one stands
  std::uint64_t anonymous = 0;      ///< lines, events and contracts without a customer
};

/// `dates`: strictly ascending. `watched_until`: the first second of which nothing is known, for
/// all customers. Throws `invalid_option`, also for dates outside of years 1 to 9999;
/// `invalid_shape` for recorded times or owners of another length; `out_of_range` for a customer or
/// owner >= `customers`; `invalid_value` for dates that do not ascend, an owner that is owned,
/// columns that are not finite; `not_found` for a column to keep that is not there; `overflow` as
/// features_of; `stopped`.
[[nodiscard]] EMPTOR_API LearningSet learning_set(const CustomerFacts& facts,
                                                  std::span<const Time> dates, Time watched_until,
                                                  const LearningFeatures& features = {},
                                                  const OutcomeOptions& outcome = {},
                                                  const Context& context = {});

/// The rows of one date to score: the same columns of those who would have a row, were their
/// windows seen. Throws as above.
[[nodiscard]] EMPTOR_API LearningSet prospect_rows(const CustomerFacts& facts, Time date,
                                                   const LearningFeatures& features = {},
                                                   const OutcomeOptions& outcome = {},
                                                   const Context& context = {});

}  // namespace emptor
