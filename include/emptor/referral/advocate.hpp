#pragma once
// Who will refer next, and when to ask: people recommend after a good moment, and the wish fades.
//
//     AdvocateBook book;
//     book.tell(ann, AdvocateTrigger::good_review, now);
//     book.complained(bob, now);
//     for (const AdvocateScore& score : book.who_to_ask(now, 100)) …     // best first
//     book.asked(ann, now);                                             // not again for 30 days
//
// The log-odds that a customer who is asked now refers somebody are a base plus weight x freshness
// of each trigger; freshness is 1 at the moment and halves each half-life. So the reasons add up to
// the log-odds, and all fades: the best time to ask is the first that the frequency cap and the
// quiet after a complaint allow. The default weights and half-lives are JUDGEMENT, not data;
// `fit_advocate_weights` replaces them by logistic regression on past asks with a normal prior
// around them (Genkin, Lewis, Madigan, Technometrics 49(3), 2007, doi:10.1198/004017007000000245).
// That people who promote say so and act on it: Frederick F. Reichheld, "The one number you need to
// grow", Harvard Business Review 81(12), 2003; that past behaviour does not follow stated intention
// all the way: V. Kumar, J. Andrew Petersen, Robert P. Leone, "How valuable is word of mouth?",
// Harvard Business Review 85(10), 2007.
//
// The state is the latest time of each thing told, so no order of arrival and no retry matters.
// Cost: `tell`, `score` O(1); `who_to_ask` O(customers). Memory: 72 bytes a customer. Thread
// safety: any number of readers, or one writer.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/referral/advocate_result.hpp"

namespace emptor {

/// Log-odds units, each in [-20, 20]; by trigger.
struct AdvocateWeights {
  double base = -3.5;  ///< nobody's reason: 2.9 % refer when asked (judgement)
  /// Good review, promoter, repeat order, delivered intact, tier up, past referral, shared.
  std::array<double, advocate_triggers> weight{1.2, 1.8, 0.8, 0.6, 0.7, 2.0, 1.0};

  friend bool operator==(const AdvocateWeights&, const AdvocateWeights&) = default;
};

struct AdvocateOptions {
  AdvocateWeights weights{};
  /// In days, > 0, at most 36,500; by trigger. A promoter stays one longer than a parcel is new.
  std::array<double, advocate_triggers> half_life{30, 60, 14, 7, 14, 90, 30};
  std::chrono::days ask_again{30};  ///< after an ask; in [0, 36500]
  std::chrono::days quiet{60};      ///< after a complaint; in [0, 36500]
  double ask_from = 0.1;            ///< least score worth an ask, in [0, 1]
  friend bool operator==(const AdvocateOptions&, const AdvocateOptions&) = default;
};

/// Is saved as an archive "advocate-book".
class AdvocateBook {
 public:
  /// Throws `invalid_option`.
  EMPTOR_API explicit AdvocateBook(const AdvocateOptions& options = {});

  /// The trigger happened. Throws `invalid_value` for `no_customer`, for times beyond 2^40 seconds
  /// of 1970 and unknown triggers, as the two below.
  EMPTOR_API void tell(Customer customer, AdvocateTrigger trigger, Time time);
  EMPTOR_API void complained(Customer customer, Time time);
  EMPTOR_API void asked(Customer customer, Time time);

  /// As things stand; what is later than `now` is not looked at. `now` beyond 2^40 seconds of 1970
  /// counts as that. Customers of whom nothing was told have no reasons.
  [[nodiscard]] EMPTOR_API AdvocateScore score(Customer customer, Time now) const;
  /// At most k to be asked now, by falling score, then id.
  [[nodiscard]] EMPTOR_API std::vector<AdvocateScore> who_to_ask(Time now, std::size_t k) const;
  /// Freshness of each trigger in [0, 1], 0 for one that never was: what to keep with an ask for
  /// the next fit.
  [[nodiscard]] EMPTOR_API std::array<double, advocate_triggers> freshness(Customer customer,
                                                                           Time now) const;
  [[nodiscard]] std::size_t customers() const noexcept { return states_.size(); }
  [[nodiscard]] const AdvocateOptions& options() const noexcept { return options_; }
  /// Throws `invalid_option`.
  EMPTOR_API void set_weights(const AdvocateWeights& weights);

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<AdvocateBook> load(std::span<const std::byte> bytes);

 private:
  static constexpr std::int64_t never = -(std::int64_t{1} << 62);
  struct State {
    std::array<std::int64_t, advocate_triggers> told;
    std::int64_t complained = never;
    std::int64_t asked = never;
    State() { told.fill(never); }
  };
  State& state(Customer customer, Time time);
  [[nodiscard]] double log_odds(const State& state, std::int64_t now) const noexcept;
  /// The first moment >= now at which an ask is allowed, and why it is not now.
  [[nodiscard]] std::pair<std::int64_t, AskAdvice> allowed(const State& state,
                                                           std::int64_t now) const noexcept;

  AdvocateOptions options_;
  std::vector<State> states_;
};

/// A past ask: freshness when it was made (AdvocateBook::freshness), and what came of it.
struct AdvocateAsk {
  std::array<double, advocate_triggers> freshness{};  ///< each in [0, 1]
  bool referred = false;
};

struct AdvocateFitOptions {
  double prior_deviation = 1;    ///< log-odds units, > 0: how far a weight may be from judgement
  std::uint64_t min_asks = 100;  ///< fewer change nothing; >= 1
  std::uint64_t min_each = 10;   ///< fewer of either outcome change nothing; >= 1
};

struct FittedAdvocateWeights {
  AdvocateWeights weights;
  AdvocateFitReport report;
};

/// Weights by maximum of the posterior around `prior`. Errors: `invalid_value` for too few asks or
/// a freshness outside of [0, 1]. Throws `invalid_option`. O(asks x iterations).
[[nodiscard]] EMPTOR_API Result<FittedAdvocateWeights> fit_advocate_weights(
    std::span<const AdvocateAsk> asks, const AdvocateWeights& prior = {},
    const AdvocateFitOptions& options = {}, const Context& context = {});

}  // namespace emptor
