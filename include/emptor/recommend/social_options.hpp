#pragma once
// Options, reports and reasons of the social recommenders; see social_als.hpp and
// social_neighbours.hpp. No Eigen: reports include this. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/core/id.hpp"

namespace emptor {

/// Where links pull a customer's factors x_u; t_uf are the strengths of u's links divided by their
/// sum, a_uf the strengths themselves.
enum class SocialPull : std::uint8_t {
  mean,   ///< beta |x_u - sum over f of t_uf x_f|^2 a customer with links: SocialMF
  pairs,  ///< beta a_uf |x_u - x_f|^2 a link: the individual-based SoReg
};

/// How strong a link of weight w is.
enum class SocialSimilarity : std::uint8_t {
  links,    ///< w
  jaccard,  ///< w times the items of both divided by the items of either; w where one has none
};

struct SocialAlsOptions {
  std::size_t factors = 64;        ///< f, 1 to 4096
  std::size_t sweeps = 12;         ///< over both sides, at least 1; 8 to 16 are usual
  double unobserved_weight = 0.1;  ///< a0 >= 0: weight of "no interaction" against "interaction"
  double lambda = 0.003;           ///< > 0: regularisation
  double nu = 1;                   ///< 0 to 2: 0 regularises all rows alike, 1 by frequency
  bool use_weights = false;        ///< w is the interaction's weight; else 1
  double beta = 1;                 ///< >= 0: how hard links pull; 0 is ALS; 0.1 to 10 are usual
  SocialPull pull = SocialPull::mean;
  SocialSimilarity similarity = SocialSimilarity::jaccard;
  std::size_t update_sweeps = 2;   ///< of `update`, at least 1
  double initial_deviation = 0.1;  ///< > 0: standard deviation of start values is this / sqrt(f)
  std::uint64_t seed = 1;          ///< of the start values
  bool trace_loss = false;         ///< report the loss after each sweep
};

struct SocialAlsReport {
  std::size_t sweeps = 0;    ///< sweeps over both sides that were done
  bool stopped = false;      ///< the progress callback asked to stop before the last sweep
  std::size_t pulled = 0;    ///< customers on whom links pull
  std::size_t inferred = 0;  ///< of these, customers without interactions who got factors
  std::size_t colours = 0;   ///< groups of customers solved one after another in a sweep
  std::vector<double> loss;  ///< after each sweep, if `trace_loss`; it never rises but by rounding
};

/// Why a score is what it is: its additive parts by customer to whom links lead.
struct FriendExplanation {
  struct Part {
    Customer because;
    float share;  ///< what this customer adds to the score; negative shares count against
    friend bool operator==(const Part&, const Part&) = default;
  };
  float score = 0;          ///< as `score` gives it
  float items = 0;          ///< what the customer's own items add, see `explain`
  std::vector<Part> parts;  ///< the largest shares first, equal ones by customer
  float rest = 0;           ///< what the parts left out add up to, and any constant
  friend bool operator==(const FriendExplanation&, const FriendExplanation&) = default;
};

}  // namespace emptor
