// Two shops find the customers they share without showing each other names: both encode their
// records under one key, a third party compares the encodings. Then an audience for a platform,
// and what is held on one person.

#include <array>
#include <iostream>
#include <string_view>
#include <vector>

#include "emptor/identity/audience_export.hpp"
#include "emptor/identity/bloom_encoding.hpp"
#include "emptor/identity/bloom_linkage.hpp"
#include "emptor/identity/personal_export.hpp"
#include "emptor/identity/tombstones.hpp"

namespace {

using Row = std::array<std::string_view, 4>;

emptor::Records table(const std::vector<Row>& rows) {
  emptor::Records records({"given", "family", "born", "email"});
  for (const Row& row : rows) (void)records.add(row).value();
  return records;
}

}  // namespace

int main() {
  const emptor::Records ours = table({{"Ada", "Lovelace", "1815-12-10", "ada@engines.org"},
                                      {"Charles", "Babbage", "1791-12-26", "charles@engines.org"},
                                      {"Mary", "Somerville", "1780-12-26", "mary@stars.org"},
                                      {"Michael", "Faraday", "1791-09-22", "m.faraday@royal.org"}});
  const emptor::Records theirs = table({{"Micheal", "Faraday", "22.9.1791", "M.Faraday@royal.org"},
                                        {"Augusta", "King", "1815-12-01", "king@ockham.org"},
                                        {"Mary", "Sommerville", "26/12/1780", "mary@stars.org"}});
  const emptor::LinkSchema schema{.fields = {{"given", emptor::FieldType::given_name},
                                             {"family", emptor::FieldType::family_name},
                                             {"born", emptor::FieldType::birth_date},
                                             {"email", emptor::FieldType::email}}};

  // The key is agreed on by the two shops; who compares never has it.
  const emptor::SecretKey key("32 random bytes of both parties.");
  const emptor::BloomEncoded our_rows = emptor::encode_records(ours, schema, key);
  const emptor::BloomEncoded their_rows = emptor::encode_records(theirs, schema, key);
  for (const emptor::BloomFieldReport& field : our_rows.report.fields) {
    std::cout << name(field.type) << ": " << field.hashes << " bits an n-gram\n";
  }
  const emptor::EncodingLinkage links =
      emptor::link_encodings(our_rows.encodings, their_rows.encodings, {.threshold = 0.7});
  for (const emptor::EncodedPair& pair : links.pairs) {
    std::cout << "our row " << pair.ours << " is their row " << pair.theirs << "\n";
  }

  // An audience: only who agreed, nobody who objected.
  emptor::ConsentHistory agreed;
  agreed.add({emptor::Customer{0}, emptor::Purpose{0}, emptor::all_channels,
              emptor::ConsentState::granted, emptor::Time{}, emptor::Source{0}});
  std::vector<emptor::AudienceMember> members;
  for (std::size_t row = 0; row < ours.size(); ++row) {
    members.push_back({emptor::id_at<emptor::Customer>(row),
                       ours.value(emptor::id_at<emptor::Record>(row), 3),
                       {}});
  }
  emptor::SuppressionList objected;
  objected.add_email("Mary@Stars.org");
  const emptor::AudienceReport audience = emptor::export_audience(
      members, objected,
      [&](emptor::Customer customer) { return emptor::index(customer) < 2 ? &agreed : nullptr; },
      {.convention = emptor::google_audience, .purpose = emptor::Purpose{0}},
      [](std::string_view line) { std::cout << line; });
  std::cout << audience.audience << " of " << audience.customers << ", " << audience.suppressed
            << " suppressed, " << audience.no_consent << " without consent\n";

  // What we hold on customer 1; and after the erasure, a tombstone keeps the address away.
  std::vector<emptor::RecordOrigin> origins(ours.size());
  for (std::size_t row = 0; row < ours.size(); ++row) {
    origins[row].customer = emptor::id_at<emptor::Customer>(row);
  }
  std::cout
      << emptor::personal_json(emptor::Customer{1}, {.records = &ours, .origins = origins}).value();
  const emptor::SecretKey own_key("32 random bytes that we keep us.");
  emptor::Tombstones erased;
  erased.add(own_key, {"email", "charles@engines.org"}, emptor::Time{});
  std::cout << std::boolalpha << erased.contains(own_key, {"email", "charles@engines.org"}) << "\n";
}
