#pragma once
// How complete profiles are, and which field to ask for next.
//
// The completeness of a profile is the weighted share of its fields that are known, in [0, 1]; an
// inferred value counts `inferred_credit`. Asking for a field is worth what completeness is
// expected to rise by:
//
//     gain = weight / sum of weights * (1 - what the field counts now) * answer_rate
//
// For many customers the middle factor is its mean: the share of them who miss the field.
// Cost: O(fields) a profile. Thread safety: values and pure functions.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/identity/golden_profile_result.hpp"
#include "emptor/identity/survivorship.hpp"

namespace emptor {

/// A field, as SurvivorshipOptions has them, and what asking for it is worth.
struct FieldToAsk {
  std::size_t field = 0;
  double gain = 0;  ///< of completeness, in (0, 1]
  friend bool operator==(const FieldToAsk&, const FieldToAsk&) = default;
};

/// Throws `invalid_shape` when the profile has other fields than the options.
[[nodiscard]] EMPTOR_API double completeness(const GoldenProfile& profile,
                                             const SurvivorshipOptions& options);

/// The fields worth asking this customer for, the largest gain first, then the first in order.
[[nodiscard]] EMPTOR_API std::vector<FieldToAsk> fields_to_ask(const GoldenProfile& profile,
                                                               const SurvivorshipOptions& options);

/// Counts over profiles, in whole numbers: may be added in any order, and merged.
class CompletenessCounts {
 public:
  struct Field {
    std::uint64_t known = 0;
    std::uint64_t inferred = 0;
    friend bool operator==(const Field&, const Field&) = default;
  };

  /// Throws `invalid_shape` when the profile has another number of fields than those before.
  EMPTOR_API void add(const GoldenProfile& profile);
  EMPTOR_API void merge(const CompletenessCounts& other);

  [[nodiscard]] std::uint64_t profiles() const noexcept { return profiles_; }
  [[nodiscard]] std::span<const Field> fields() const noexcept { return fields_; }
  /// The mean over profiles; 0 without any.
  [[nodiscard]] EMPTOR_API double completeness(const SurvivorshipOptions& options) const;
  /// The fields worth asking everybody for, the largest mean gain first, then the first in order.
  [[nodiscard]] EMPTOR_API std::vector<FieldToAsk> fields_to_ask(
      const SurvivorshipOptions& options) const;

  friend bool operator==(const CompletenessCounts&, const CompletenessCounts&) = default;

 private:
  std::uint64_t profiles_ = 0;
  std::vector<Field> fields_;
};

}  // namespace emptor
