#include "identity_exports.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emptor/identity/cluster_quality.hpp"
#include "emptor/identity/completeness.hpp"
#include "emptor/ingest/csv_writer.hpp"

namespace storefront {
namespace {

using emptor::CsvWriter;
using emptor::Customer;
using emptor::Result;

constexpr emptor::CsvWriteOptions for_spreadsheets{.guard_formulas = true};

Result<void> write_duplicates(const Identity& identity, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  const std::vector<std::uint32_t> person = persons_of(identity);
  std::vector<std::uint32_t> records(identity.customers.size());
  for (const std::uint32_t one : person) ++records[one];
  std::vector<std::optional<emptor::ScoredPair>> nearest(person.size());
  for (const emptor::ScoredPair& pair : identity.linkage.pairs) {
    if (person[pair.a] != person[pair.b]) continue;
    for (const std::uint32_t record : {pair.a, pair.b}) {
      if (!nearest[record] || nearest[record]->weight < pair.weight) nearest[record] = pair;
    }
  }
  const auto key_of = [&](std::uint32_t record) {
    return identity.customers.key(identity.customer_of[record]);
  };
  file->row({"customer", "person", "records", "orders", "most_like", "weight", "probability"});
  for (std::uint32_t r = 0; r < person.size(); ++r) {
    if (records[person[r]] < 2) continue;
    file->field(key_of(r))
        .field(identity.customers.key(emptor::Customer{person[r]}))
        .field(std::int64_t{records[person[r]]})
        .field(std::int64_t{identity.rfm.arrived(identity.customer_of[r]).values().orders});
    if (const auto& pair = nearest[r]) {
      file->field(key_of(pair->a == r ? pair->b : pair->a))
          .field(double{pair->weight}, 2)
          .field(emptor::match_probability(pair->weight), 6);
    } else {
      file->field("").field("").field("");
    }
    file->end_row();
  }
  return file->close();
}

Result<void> write_merges(const Identity& identity, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  file->row({"merge", "kept", "absorbed", "decided", "by", "weight", "because"});
  for (const emptor::MergeEvent& event : identity.hub.log().events()) {
    const emptor::MergeEvidence& evidence = identity.hub.evidence(event.sequence);
    file->field(static_cast<std::int64_t>(event.id))
        .field(identity.customers.key(event.kept))
        .field(identity.customers.key(event.absorbed))
        .field(event.time == emptor::Time{} ? std::string() : emptor::to_string(event.time))
        .field(evidence.rule)
        .field(evidence.weight, 2)
        .field(event.reason)
        .end_row();
  }
  return file->close();
}

Result<void> write_people(const Identity& identity, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  const emptor::SurvivorshipOptions& rules = identity.profiles.options();
  file->field("person").field("records").field("completeness");
  for (const emptor::SurvivorField& field : rules.fields) file->field(field.column);
  file->end_row();
  for (const Customer owner : identity.profiles.owners()) {
    const emptor::GoldenProfile profile = identity.profiles.profile(owner);
    file->field(identity.customers.key(owner))
        .field(std::int64_t{profile.records})
        .field(emptor::completeness(profile, rules), 3);
    for (const emptor::GoldenField& field : profile.fields) {
      file->field(field.known() ? field.value : std::string());
    }
    file->end_row();
  }
  return file->close();
}

}  // namespace

Result<void> write_identity_exports(const Identity& identity, const std::filesystem::path& out) {
  const auto path = [&](const char* name) { return (out / name).string(); };
  if (auto done = write_duplicates(identity, path("duplicates.csv")); !done) return done;
  if (auto done = write_merges(identity, path("merges.csv")); !done) return done;
  return write_people(identity, path("golden_profiles.csv"));
}

}  // namespace storefront
