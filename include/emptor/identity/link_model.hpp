#pragma once
// The weights of evidence: Fellegi-Sunter by EM over packed patterns, with three kinds of pairs.
//
// I. P. Fellegi, A. B. Sunter, "A theory for record linkage", JASA 64(328), 1969,
// doi:10.1080/01621459.1969.10501049; EM: W. E. Winkler, "Using the EM algorithm for weight
// computation in the Fellegi-Sunter model of record linkage", 1988; patterns counted once:
// T. Enamorado, B. Fifield, K. Imai, "Using a probabilistic model to assist merging of large-scale
// administrative records", APSR 113(2), 2019, doi:10.1017/S0003055418000783.
//
// A pair is of one person (match), of two persons of one household, or of any two persons
// (random). Households are a class of their own because their members agree on family name,
// address, phone and postcode all at once, which independent evidence would take for proof; what
// tells them apart (given name, birth date, personal numbers) is as different as among any two
// persons. A comparison may depend on another one (an e-mail made from the name, a city known from
// its postcode): its probabilities are then by the state of that parent, in each class, learned
// where the parent agrees. u of "exact" is exact, from the frequencies of values; of other levels
// it comes from a sample of pairs. An exact agreement counts by how rare its value is (term
// frequency).
//
// The weight of a pair is log2 of the odds that it is a match, prior included: 0 is even.
// Cost of the fit: iterations x patterns. Thread safety: a model is immutable.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/identity/compared_records.hpp"
#include "emptor/identity/link_model_result.hpp"

namespace emptor {

/// How often one pattern of levels occurs.
struct LevelPattern {
  std::array<std::uint8_t, 24> levels{};  ///< one a comparison
  double pairs = 0;
  double labelled_matches = 0;    ///< of the pairs, how many people called a match
  double labelled_different = 0;  ///< … and how many two persons
};
inline constexpr std::size_t max_comparisons = 24;

struct LinkModelOptions {
  std::size_t max_iterations = 200;  ///< of EM; >= 1
  double tolerance = 1e-5;           ///< stops when no probability moves by more; > 0
  double prior_pairs = 300;          ///< pairs that the defaults of a kind count for; > 0
  bool households = true;  ///< a class of pairs for households; needs a comparison that tells
                           ///< their members apart
  std::size_t random_pairs = 1U << 18;  ///< sample for u; >= 1000
  std::uint64_t seed = 1;               ///< of that sample
};

class LinkModel {
 public:
  LinkModel() = default;

  [[nodiscard]] std::span<const ComparisonParameters> comparisons() const noexcept {
    return comparisons_;
  }
  /// Shares of all pairs.
  [[nodiscard]] double match_share() const noexcept { return match_share_; }
  [[nodiscard]] double household_share() const noexcept { return household_share_; }
  [[nodiscard]] double random_share() const noexcept { return 1 - match_share_ - household_share_; }

  /// What `save` wrote. Errors: `corrupt`, `unsupported`.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  [[nodiscard]] EMPTOR_API static Result<LinkModel> load(std::span<const std::byte> bytes);

 private:
  friend class LinkModelFit;
  std::vector<ComparisonParameters> comparisons_;
  double match_share_ = 0, household_share_ = 0;
};

struct FittedLinkModel {
  LinkModel model;
  LinkFitReport report;
};

/// `patterns`: of the candidate pairs; `all_pairs`: how many pairs there are, candidates or not, of
/// which the others count as random; > 0. Throws `invalid_option`, `invalid_shape`.
[[nodiscard]] EMPTOR_API FittedLinkModel fit_link_model(const ComparedRecords& records,
                                                        std::span<const LevelPattern> patterns,
                                                        double all_pairs,
                                                        const LinkModelOptions& options = {},
                                                        const Context& context = {});

}  // namespace emptor
