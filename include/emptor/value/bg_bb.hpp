#pragma once
// Who gives or buys again when there are chances at fixed times only: the beta-geometric /
// beta-Bernoulli model.
//
// Peter S. Fader, Bruce G. S. Hardie, Jen Shang, "Customer-base analysis in a discrete-time
// noncontractual setting", Marketing Science 29(6), 2010, doi:10.1287/mksc.1100.0580. A customer
// who is alive takes each of the n opportunities (yearly appeals, weekly markets, cruises) with
// probability p ~ Beta(alpha, beta), and before each of them leaves for ever with probability
// theta ~ Beta(gamma, delta).
//
// Numbers of opportunities are whole, so every beta function is a product of plain factors: the
// tables of their logarithms need no gamma function, and the sum over the moments at which a
// customer may have left has positive terms only. Time of an evaluation of the fit: distinct
// patterns x (periods - last); of what is told of a customer as said there. Thread safety: a model
// is immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/value/value_fit_result.hpp"

namespace emptor {

/// What a customer did with the opportunities since the first purchase, which is none of them.
struct OpportunityCounts {
  std::uint32_t bought = 0;   ///< x <= last: opportunities taken
  std::uint32_t last = 0;     ///< t_x <= periods: the last one taken, counted from 1; 0: none
  std::uint32_t periods = 0;  ///< n: opportunities there were, at most 100,000
  double weight = 1;          ///< customers with these counts, >= 0
};

struct BgBbParameters {
  double alpha = 1;  ///< of p, all > 0
  double beta = 1;
  double gamma = 1;  ///< of theta
  double delta = 1;
};

struct BgBbOptions {
  int max_iterations = 500;  ///< at least 1
  /// Of a normal prior of each parameter's logarithm about 0, which keeps few customers from
  /// extremes; 0: none, else > 0 (2 or 3 is weak).
  double prior_deviation = 0;
};

class BgBbModel {
 public:
  static constexpr std::string_view archive_kind = "bg-bb";

  /// Throws `invalid_option` unless all are > 0 and finite.
  EMPTOR_API explicit BgBbModel(const BgBbParameters& parameters);

  [[nodiscard]] const BgBbParameters& parameters() const noexcept { return parameters_; }

  // Of one customer; the weight is not looked at. All throw `invalid_value` for counts that
  // contradict each other, and `invalid_option` to look more than 1,000,000 opportunities ahead.

  /// O(periods).
  [[nodiscard]] EMPTOR_API double log_likelihood(const OpportunityCounts& customer) const;
  /// That the customer is still there at opportunity n + `ahead`; 0: at the last one there was.
  /// O(periods + ahead).
  [[nodiscard]] EMPTOR_API double probability_alive(const OpportunityCounts& customer,
                                                    std::uint32_t ahead = 1) const;
  /// Purchases expected at the next `periods` opportunities. O(n + periods).
  [[nodiscard]] EMPTOR_API double expected_purchases(const OpportunityCounts& customer,
                                                     std::uint32_t periods) const;
  /// That just `purchases` of the next `periods` opportunities are taken. O(n + periods).
  [[nodiscard]] EMPTOR_API double purchase_probability(const OpportunityCounts& customer,
                                                       std::uint32_t purchases,
                                                       std::uint32_t periods) const;
  /// Purchases expected in all the future, the one at opportunity n + j counted (1 + `discount`)^-j
  /// times. O(n + discount^-1/2). Throws `invalid_option` unless discount > 0.
  [[nodiscard]] EMPTOR_API double discounted_purchases(const OpportunityCounts& customer,
                                                       double discount) const;

  /// A customer who has just made the first purchase is one with all counts 0.
  [[nodiscard]] static constexpr OpportunityCounts new_customer() noexcept { return {}; }

  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// Errors: `corrupt`, `unsupported`.
  [[nodiscard]] EMPTOR_API static Result<BgBbModel> load(std::span<const std::byte> bytes);

 private:
  BgBbParameters parameters_;
};

struct FittedBgBb {
  BgBbModel model;
  ValueFitReport report;
};

/// By maximum likelihood; equal counts are collapsed first. Throws `invalid_option`, and
/// `invalid_value` for counts that contradict each other, weights < 0 or not finite, or no
/// customers at all.
[[nodiscard]] EMPTOR_API FittedBgBb fit_bg_bb(std::span<const OpportunityCounts> customers,
                                              const BgBbOptions& options = {},
                                              const Context& context = {});

}  // namespace emptor
