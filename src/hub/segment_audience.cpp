#include "emptor/hub/segment_audience.hpp"

#include <vector>

namespace emptor {

SegmentAudienceReport export_segment_audience(
    const CustomerSet& segment, std::span<const AudienceMember> contacts, const OwnerGroups& owners,
    const SuppressionList& suppressed, const OwnedConsent& consent, const AudienceOptions& options,
    FunctionRef<void(std::string_view)> line) {
  CustomerSet persons;
  segment.for_each([&](Customer customer) { persons.add(owners.owner(customer)); });
  SuppressionList kept_out = suppressed;
  persons.for_each([&](Customer owner) {
    owners.for_each_member(owner, [&](Customer member) {
      if (suppressed.contains(member)) kept_out.add(owner);
    });
  });
  std::vector<AudienceMember> members;
  CustomerSet reached;
  for (const AudienceMember& contact : contacts) {
    if (contact.customer == no_customer) continue;
    AudienceMember member = contact;
    member.customer = owners.owner(contact.customer);
    if (!persons.contains(member.customer)) continue;
    reached.add(member.customer);
    members.push_back(member);
  }
  SegmentAudienceReport report;
  report.owners = persons.size();
  report.without_contact = persons.size() - reached.size();
  report.audience = export_audience(
      members, kept_out,
      [&](Customer customer) -> const ConsentHistory* {
        const ConsentHistory& history = consent.of(customer);
        return history.empty() ? nullptr : &history;
      },
      options, line);
  return report;
}

}  // namespace emptor
