#pragma once
// What we hold on you: everything of one person, for who asks (GDPR articles 15 and 20, PIPL
// article 45 and their like), as JSON for machines and CSV for people.
//
// All records of all customers that are the person, every value as it came, with source and time;
// the golden profile with the values that lost; the merges that made the person of several
// customers, with those that were undone; consent; and whatever else the host adds in sections of
// its own (timeline, tags, orders). Ascending by record and by time of event, the same bytes for
// the same data. Nothing is left out or masked: the text is the person's, and is to be handed to
// nobody else. Bytes that are no UTF-8 become U+FFFD in JSON and stay in CSV. In CSV nothing is
// done to texts that a spreadsheet would take for formulas.
//
// Cost: O(records of the table) to find the person's, unless `rows` names them; linear in what is
// written. Thread safety: pure functions.

#include <span>
#include <string>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/merge_log.hpp"
#include "emptor/identity/golden_profile_result.hpp"
#include "emptor/identity/survivorship.hpp"
#include "emptor/table/consent.hpp"
#include "emptor/table/records.hpp"

namespace emptor {

/// A part that the host adds: rows of texts under names.
struct PersonalSection {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  ///< each as long as `columns`
};

/// Where to look; everything is borrowed. Names by id; what has none is written as its number.
struct PersonalSources {
  const Records* records = nullptr;               ///< needed
  std::span<const RecordOrigin> origins{};        ///< one a row; needed
  const MergeLog* log = nullptr;                  ///< null: customers were never merged
  const GoldenProfile* profile = nullptr;         ///< the person's, if there is one
  std::span<const std::string> profile_fields{};  ///< names of its fields
  const ConsentHistory* consent = nullptr;        ///< the person's, of all customers who are one
  std::span<const PersonalSection> sections{};
  std::span<const std::string> source_names{}, purpose_names{}, channel_names{};
};

/// JSON text, UTF-8, indented, ending on a line break. An object with "customer" (the owner),
/// "customers", "records", and as far as given "profile", "merges", "consent", "further".
/// Errors: `not_found` when there is no record, merge, profile or consent of the customer. Throws
/// `invalid_value` without records, `invalid_shape` for origins, sections or a profile of other
/// lengths, or a profile of another customer.
[[nodiscard]] EMPTOR_API Result<std::string> personal_json(Customer customer,
                                                           const PersonalSources& sources);

/// CSV (RFC 4180, UTF-8, CRLF): part, number, field, value, source, time. One line a value. Errors
/// as above.
[[nodiscard]] EMPTOR_API Result<std::string> personal_csv(Customer customer,
                                                          const PersonalSources& sources);

}  // namespace emptor
