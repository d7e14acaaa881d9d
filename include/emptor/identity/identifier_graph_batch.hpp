#pragma once
// The identifier graph of many records at once: which records are one customer, whatever the order
// of the records and of their identifiers.
//
// `IdentifierGraph::resolve` asks who came first; a batch must not. So the types are worked through
// by falling priority, and for each type all its values are judged together. Given the groups that
// the types before have made:
//  1. A group with more distinct values of the type than the limit loses all of them as evidence:
//     which of them are right nobody can say (`over_limit`).
//  2. A value in several groups that together would break a limit of a type before, is dropped
//     (`shared`): the device at the counter, the e-mail of two user_ids.
//  3. The other values join their groups. Where the joined group breaks a limit, of this type or of
//     those before, all values that would have joined it are dropped (`contested`): a chain whose
//     links look well one by one.
// Dropped values count nowhere. So limits hold in every group, two values of a verified type never
// meet, and the groups depend on the set of edges alone.
//
// Limits "ever" and verified types count. Limits with a window are for arrivals: here they allow
// everything, since records of years would break them rightly. Blocked values are the caller's to
// leave out, when the values are encoded.
//
// Method: values of a type are brought together by a radix partition of their hashes and small hash
// tables within the cache; groups by union-find with path halving, the smallest record as the root
// (R. E. Tarjan, J. van Leeuwen, "Worst-case analysis of set union algorithms", Journal of the ACM
// 31(2), 1984, https://doi.org/10.1145/62.2160). Time: O(edges + types x records), nearly. Memory:
// 16 bytes an edge, 8 more for those of one type at a time, 13 a record and 4 a record for each
// limit that counts.
// Thread safety: free function.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/identity/identifier_graph_options.hpp"

namespace emptor {

/// A record carries an identifier.
struct IdentifierEdge {
  std::uint64_t identifier =
      0;                     ///< one number a value of its type: a code, a key; not a short hash
  std::uint32_t record = 0;  ///< < `records`
  IdentifierType type{};     ///< < the number of rules
};

struct BatchIdentifierCounts {
  std::size_t values = 0;      ///< distinct
  std::size_t joined = 0;      ///< values that brought groups together
  std::size_t over_limit = 0;  ///< groups whose values of this type were dropped
  std::size_t shared = 0;      ///< values dropped by themselves
  std::size_t contested = 0;   ///< values dropped with the group they would have made

  friend bool operator==(const BatchIdentifierCounts&, const BatchIdentifierCounts&) = default;
};

struct BatchIdentities {
  std::vector<Customer> customers;           ///< by record; numbered by their first record
  std::size_t customer_count = 0;            ///< records without identifiers are customers, too
  std::vector<BatchIdentifierCounts> types;  ///< by rule
};

/// Groups the records 0 to `records` - 1; an edge may be there more than once. Throws
/// `invalid_option` for 0 or more than 255 rules, `out_of_range` for a record or type that does not
/// exist, `invalid_shape` for more than `max_ids` records or edges.
[[nodiscard]] EMPTOR_API BatchIdentities resolve_all(std::size_t records,
                                                     std::span<const IdentifierEdge> edges,
                                                     std::span<const IdentifierRule> rules);

}  // namespace emptor
