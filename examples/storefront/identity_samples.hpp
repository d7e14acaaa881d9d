#pragma once
// Persons and pairs that show how linking works: which of them a report looks at closely.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "emptor/identity/explain.hpp"
#include "identity.hpp"

namespace storefront {

struct IdentitySamples {
  /// Somebody with a handful of records that surely belong together and whose values differ, best
  /// with orders under several keys; none: nobody has two records.
  std::optional<emptor::Customer> person;
  std::optional<emptor::PairExplanation> linked;   ///< of that person, the one with most against it
  std::optional<emptor::PairExplanation> refused;  ///< two persons who have most in common
  std::optional<emptor::ClusterExplanation> contested;  ///< almost one with another
};

/// With `show_values` the explanations show the records' values, else masks of them.
[[nodiscard]] IdentitySamples samples_of(const Identity& identity, bool show_values);

/// The records of an owner, ascending.
[[nodiscard]] std::vector<std::uint32_t> records_of(const Identity& identity,
                                                    emptor::Customer owner);

}  // namespace storefront
