#include "emptor/hub/segment_audience.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace emptor;

namespace {

Customer who(std::uint32_t n) {
  return id_at<Customer>(n);
}

struct People {
  std::vector<AudienceMember> contacts = {
      {who(0), "ann@work.com", ""}, {who(1), "bob@work.com", ""},
      {who(2), "cy@work.com", ""},  {who(3), "dee@work.com", ""},
      {who(3), "dee@home.com", ""}, {no_customer, "eve@work.com", ""}};
  OwnerGroups owners;
  OwnedConsent consent;
  SuppressionList suppressed;
  std::vector<std::string> lines;

  void consents(std::uint32_t customer, ConsentState state) {
    consent.add({who(customer), Purpose{1}, all_channels, state, Time{}, Source{0}});
  }
  void merge(Customer kept, Customer absorbed) {
    const std::vector<OwnerChange> changes = {{absorbed, absorbed, kept}};
    owners.follow(changes);
    consent.on_merge({}, changes);
  }
  SegmentAudienceReport write(const std::vector<Customer>& segment) {
    lines.clear();
    return export_segment_audience(CustomerSet(segment), contacts, owners, suppressed, consent,
                                   {.purpose = Purpose{1}},
                                   [&](std::string_view line) { lines.emplace_back(line); });
  }
};

}  // namespace

TEST_CASE("a segment's audience is of those in it who agreed") {
  People people;
  for (std::uint32_t c = 0; c < 4; ++c) people.consents(c, ConsentState::granted);
  const auto report = people.write({who(1), who(3), who(7)});
  CHECK(report.owners == 3);
  CHECK(report.without_contact == 1);
  CHECK(report.audience.customers == 2);
  CHECK(report.audience.audience == 2);
  CHECK(report.audience.emails == 3);
  REQUIRE(people.lines.size() == 4);
  // SHA-256 of bob@work.com
  const std::string bob = "7640048832b5b8116622b6d5824588ee369995258270e0d9756a8586bef4a1ad,\n";
  CHECK(std::find(people.lines.begin(), people.lines.end(), bob) != people.lines.end());
}

TEST_CASE("people are asked with all their records, and left out with any") {
  People people;
  for (std::uint32_t c = 0; c < 3; ++c) people.consents(c, ConsentState::granted);
  people.consents(3, ConsentState::denied);
  people.merge(who(0), who(1));
  people.merge(who(2), who(3));
  // The absorbed records 1 and 3 stand for their owners 0 and 2.
  auto report = people.write({who(1), who(0), who(3)});
  CHECK(report.owners == 2);
  CHECK(report.audience.audience == 1);
  CHECK(report.audience.emails == 2);
  CHECK(report.audience.no_consent == 1);  // 3 said no
  people.suppressed.add(who(1));
  report = people.write({who(0)});
  CHECK(report.audience.suppressed == 1);
  CHECK(people.lines.size() == 1);  // the header alone
  CHECK(people.write({}).owners == 0);
}
