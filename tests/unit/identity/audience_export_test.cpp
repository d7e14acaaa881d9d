#include "emptor/identity/audience_export.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"

using namespace emptor;

namespace {

// SHA-256 of the texts beside them.
constexpr std::string_view dotted =  // ada.king@gmail.com
    "19111f7478b610d67f6b4c2c2f2053cae780e2fa15ef80b34eecbdf830edeb3d";
constexpr std::string_view undotted =  // adaking@gmail.com
    "f6d022d67ed829f1002cad3c74840643dea70aea6cf02b75c63881a8b6a28e28";
constexpr std::string_view with_plus =  // +442079460000
    "543f9cda443b9c55ebcf8ab34b586f9dc34948776b73de02393c41d5f8edc356";
constexpr std::string_view digits_only =  // 442079460000
    "38e62b3e091778f9214de3aa00ae498aa4b78433d73dec5977eb2ec1c8be4a69";
constexpr std::string_view bob =  // bob@work.com
    "7640048832b5b8116622b6d5824588ee369995258270e0d9756a8586bef4a1ad";

struct Asked {
  std::map<Customer, ConsentHistory> histories;

  void grant(std::uint32_t customer, ConsentState state = ConsentState::granted) {
    histories[Customer{customer}].add(
        {Customer{customer}, Purpose{1}, all_channels, state, Time{}, Source{0}});
  }
  const ConsentHistory* of(Customer customer) const {
    const auto found = histories.find(customer);
    return found == histories.end() ? nullptr : &found->second;
  }
};

struct Written {
  AudienceReport report;
  std::vector<std::string> lines;
};

Written write(const std::vector<AudienceMember>& members, const Asked& asked,
              AudienceOptions options = {}, const SuppressionList& suppressed = {}) {
  options.purpose = Purpose{1};
  Written out;
  out.report = export_audience(
      members, suppressed, [&](Customer customer) { return asked.of(customer); }, options,
      [&](std::string_view line) { out.lines.emplace_back(line); });
  return out;
}

std::string line(std::string_view email, std::string_view phone) {
  return std::string(email) + "," + std::string(phone) + "\n";
}

TEST_CASE("keys are written as each platform wants them") {
  Asked asked;
  asked.grant(0);
  const std::vector<AudienceMember> members{
      {Customer{0}, "  Ada.King@Gmail.com ", "+44 (0)20 7946 0000"}};
  CHECK(write(members, asked, {.convention = meta_audience}).lines ==
        std::vector<std::string>{"email,phone\n", line(dotted, digits_only)});
  CHECK(write(members, asked, {.convention = google_audience}).lines ==
        std::vector<std::string>{"Email,Phone\n", line(undotted, with_plus)});
  CHECK(write(members, asked, {.convention = tiktok_audience}).lines ==
        std::vector<std::string>{"email,phone\n", line(dotted, with_plus)});
  CHECK(write(members, asked, {.phones = false}).lines.back() == line(dotted, ""));
  CHECK(write(members, asked, {.emails = false}).lines.back() == line("", digits_only));
  // As Snap's documentation of its conversions interface has it: +44 844 412 4653.
  CHECK(write({{Customer{0}, "", "+44 844 412 4653"}}, asked).lines.back().substr(1, 36) ==
        "dc008fda46e2e64002cf2f82a4906236282d");
}

TEST_CASE("keyed pseudonyms for a partner") {
  Asked asked;
  asked.grant(0);
  const SecretKey key("thirty-two random bytes, say so.");
  const Written out = write({{Customer{0}, "Ada.King@gmail.com", "020 7946 0000"}}, asked,
                            {.key = &key, .partner = "p", .default_country = "GB"});
  CHECK(out.lines.back() == line(to_hex(pseudonym(key, "p", "email", "adaking@gmail.com")),
                                 to_hex(pseudonym(key, "p", "phone", "+442079460000"))));
}

TEST_CASE("everybody who is left out is counted with the reason") {
  Asked asked;
  for (std::uint32_t c : {0, 2, 3, 4, 5, 6}) asked.grant(c);
  asked.grant(1, ConsentState::denied);
  SuppressionList list;
  CHECK(list.add_email("ad.a.king@gmail.com"));
  CHECK(list.add_hash(std::string(digits_only)).has_value());
  list.add(Customer{6});
  const std::vector<AudienceMember> members{{Customer{0}, "one@work.com", ""},
                                            {Customer{0}, "one@work.com", "not a number"},
                                            {Customer{0}, "", "+1 212 736 5000"},
                                            {Customer{1}, "two@work.com", ""},
                                            {Customer{7}, "no history@", ""},
                                            {Customer{2}, "noreply@work.com", "020 7946 0000"},
                                            {Customer{3}, "bob@work.com", "+442079460000"},
                                            {Customer{4}, "ONE@work.com", ""},
                                            {Customer{5}, "fine@work.com", ""},
                                            {Customer{5}, "adaking@gmail.com", ""},
                                            {Customer{6}, "six@work.com", ""},
                                            {no_customer, "nobody@work.com", ""}};
  const Written out = write(members, asked, {}, list);
  CHECK(out.report == AudienceReport{.customers = 8,
                                     .audience = 1,
                                     .suppressed = 3,
                                     .no_consent = 2,
                                     .no_usable_key = 1,
                                     .duplicate = 1,
                                     .emails = 1,
                                     .phones = 1,
                                     .duplicate_keys = 0,
                                     .unusable_keys = 1});
  CHECK(out.lines.size() == 2);
}

TEST_CASE("the order of members does not show") {
  Asked asked;
  std::vector<std::string> mails;
  for (std::uint32_t c = 0; c < 40; ++c) {
    asked.grant(c);
    mails.push_back("person" + std::to_string(c % 30) + "@work.com");
  }
  std::vector<AudienceMember> members;
  for (std::uint32_t c = 0; c < 40; ++c) members.push_back({Customer{c}, mails[c], ""});
  const Written first = write(members, asked);
  CHECK(std::is_sorted(first.lines.begin() + 1, first.lines.end()));
  CHECK(first.report.audience == 30);
  CHECK(first.report.duplicate == 10);
  std::reverse(members.begin(), members.end());
  const Written second = write(members, asked);
  CHECK(second.lines == first.lines);
  CHECK(second.report == first.report);
}

TEST_CASE("nobody at all, and options that do not hold") {
  CHECK(write({}, {}).lines.size() == 1);
  CHECK_THROWS_AS(write({}, {}, {.emails = false, .phones = false}), Exception);
  const SecretKey key("thirty-two random bytes, say so.");
  CHECK_THROWS_AS(write({}, {}, {.key = &key}), Exception);
  CHECK_THROWS_AS(write({}, {}, {.default_country = "XX"}), Exception);
  CHECK_THROWS_AS(export_audience(
                      {}, {}, [](Customer) { return nullptr; }, {}, [](std::string_view) {}),
                  Exception);  // no purpose
  SuppressionList list;
  for (const std::string& bad : {std::string(63, 'a'), std::string(64, 'g'), std::string()}) {
    const Result<void> added = list.add_hash(bad);
    REQUIRE_FALSE(added.has_value());
    CHECK(added.error().to_string().find("ggg") == std::string::npos);
  }
  CHECK_FALSE(list.add_email("n/a"));
  CHECK_FALSE(list.add_phone("020 7946 0000"));
  CHECK(list.size() == 0);
  CHECK(list.add_phone("020 7946 0000", "GB"));
  CHECK(list.size() == 2);
  CHECK(list.add_hash(bob).has_value());
}

}  // namespace
