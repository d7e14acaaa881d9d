#pragma once
// A segment as an audience for advertising platforms and partners: hashed keys of those in it who
// may be given away, by identity/audience_export.hpp, for owners as they stand after merges.
//
// A customer of the segment stands for its owner with all records; an owner is in the audience
// once. Who is on the suppression list with any record, be it merged into another, is left out;
// consent is the strictest of all records. Nothing leaves but hashes, and a customer without
// granted consent not even as that. Cost: identity/audience_export.hpp, and O(contacts). Thread
// safety: pure function.

#include <cstddef>
#include <span>

#include "emptor/core/context.hpp"
#include "emptor/core/export.hpp"
#include "emptor/hub/owned_consent.hpp"
#include "emptor/hub/owner_groups.hpp"
#include "emptor/identity/audience_export.hpp"
#include "emptor/segment/customer_set.hpp"

namespace emptor {

struct SegmentAudienceReport {
  std::size_t owners = 0;           ///< persons in the segment = audience.customers + the next
  std::size_t without_contact = 0;  ///< of whom no e-mail address or number is among the contacts
  AudienceReport audience;
};

/// `contacts` has a row for each pair of an e-mail address and a number that is known of any
/// customer; rows of customers outside of the segment are not looked at. Throws `invalid_option`
/// as export_audience.
EMPTOR_API SegmentAudienceReport export_segment_audience(
    const CustomerSet& segment, std::span<const AudienceMember> contacts, const OwnerGroups& owners,
    const SuppressionList& suppressed, const OwnedConsent& consent, const AudienceOptions& options,
    FunctionRef<void(std::string_view)> line);

}  // namespace emptor
