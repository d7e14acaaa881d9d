#pragma once
// Who is who: a shop's personal records linked, its customers merged, and what follows the merges.
//
// A customer is a key under which orders arrive; a record is what somebody left under such a key.
// Linking finds which records are of one person; each merge goes through a MergeHub, whose
// listeners keep features, RFM values, what was bought and the golden profile of every person. So
// what was known before stands beside what is known after, and every merge can be taken back.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "analysis.hpp"
#include "emptor/core/context.hpp"
#include "emptor/evaluate/clustering_result.hpp"
#include "emptor/hub/golden_profiles.hpp"
#include "emptor/hub/merge_hub.hpp"
#include "emptor/hub/owned_features.hpp"
#include "emptor/hub/owned_interactions.hpp"
#include "emptor/hub/owned_rfm.hpp"
#include "emptor/identity/link.hpp"
#include "emptor/table/consent.hpp"
#include "emptor/table/keys.hpp"
#include "people_file.hpp"

namespace storefront {

/// Whose the records are, and who lives together; an entry a record.
struct IdentityTruth {
  std::vector<std::uint32_t> person;
  std::vector<std::uint32_t> household;
};

struct Identity {
  /// Links the records and merges the customers of `shop`, whose ids stay; customers without orders
  /// get the ids behind them. Records of one key are one person before any linking.
  Identity(PeopleFile read, const ShopTables& shop, const emptor::Context& context);
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;

  /// Who somebody is now: the customer that stands for all that were merged.
  [[nodiscard]] emptor::Customer owner(emptor::Customer customer) const {
    return hub.owner(customer);
  }
  [[nodiscard]] bool has_orders(emptor::Customer customer) const {
    return emptor::index(customer) < customers_with_orders;
  }

  PeopleFile file;
  emptor::Customers customers;                ///< those with orders first
  std::size_t customers_with_orders = 0;      ///< the first so many
  std::vector<emptor::Customer> customer_of;  ///< a record each
  std::size_t records_of_buyers = 0;          ///< records whose customer has orders
  emptor::Keys<emptor::Source> sources;
  std::vector<emptor::Time> times;  ///< a record each
  emptor::Linkage linkage;
  emptor::OwnedFeatures features;
  emptor::OwnedRfm rfm;
  emptor::OwnedInteractions bought;  ///< units of each item that were kept
  emptor::GoldenProfiles profiles;
  emptor::MergeHub hub;
};

/// The shop as it is when its customers are persons: one that was merged stands under the key of
/// its owner; order lines, items and links stay. `links`, too, may be absent.
[[nodiscard]] ShopTables merged_shop(const ShopTables& shop, const Identity& identity);

/// What merging changed, of customers with an order.
struct MergeEffect {
  struct Side {
    std::size_t customers = 0;
    std::size_t repeat = 0;  ///< with two orders or more
    std::uint64_t orders = 0;
    std::uint64_t items = 0;  ///< of each customer, distinct ones, summed
    emptor::RfmSegments segments;
  };
  Side before, after;
  std::size_t merged = 0;  ///< customers of before who share their owner with another of before
  std::size_t changed =
      0;  ///< customers of before whose owner is in another segment than they were
  std::vector<std::size_t> came, left;  ///< of those, by segment
};
/// `after` is of the merged shop.
[[nodiscard]] MergeEffect effect_of(const ShopTables& before, const Analysis& after,
                                    const Identity& identity);

/// How well the persons that were found meet the truth.
struct IdentityScore {
  emptor::ClusteringEvaluation found;
  std::uint64_t wrong_in_household = 0;  ///< pairs of two persons who live together
};
[[nodiscard]] IdentityScore score_identity(const Identity& identity, const IdentityTruth& truth);

/// The owner of each record.
[[nodiscard]] std::vector<std::uint32_t> persons_of(const Identity& identity);

}  // namespace storefront
