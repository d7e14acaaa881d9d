#pragma once
// What customers say, from CSV files: answers to surveys, reviews, cases; and leads with what they
// did. Columns are found by their names; what cannot be used of a row is counted.

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/ingest/quality_result.hpp"
#include "emptor/table/keys.hpp"

namespace storefront {

/// What became of a file's rows: `kept` and the counts up to `empty` add up to `rows`.
struct VoiceQuality {
  emptor::QualityReport file;  ///< of the rows as rows
  std::uint64_t rows = 0;
  std::uint64_t kept = 0;
  std::uint64_t unsound = 0;    ///< not readable; they stand in the quarantine
  std::uint64_t no_time = 0;    ///< no time that can be understood
  std::uint64_t empty = 0;      ///< nothing said: no text, no category, no event, no key
  std::uint64_t no_number = 0;  ///< values of kept rows that are no numbers; taken as not given
  std::uint64_t unknown = 0;    ///< kept rows of a customer (event: lead) that nobody knows
};

/// Columns: time; recommend (0 to 10), satisfied (1 to 5), easy (1 to 7), one of them at least;
/// customer, channel and seconds (that it took) help. Every other column is an item that was
/// answered from 1 to 5.
struct SurveyFile {
  VoiceQuality quality;
  std::vector<emptor::Time> times;
  std::vector<std::uint64_t> respondents;  ///< equal: the same customer; 0: not known
  std::vector<std::uint32_t> channels;
  std::vector<std::string> channel_names;
  std::vector<double> recommend, satisfied, easy;  ///< NaN: not given; empty: no such column
  std::vector<double> seconds;                     ///< empty: no such column
  std::vector<std::string> items;
  std::vector<std::vector<double>> item_answers;  ///< a column each
};

/// Columns: text; time, customer, item and rating (1 to 5) help.
struct ReviewFile {
  VoiceQuality quality;
  std::vector<emptor::Time> times;  ///< the minimum: not known
  std::vector<std::uint32_t> reviewers;
  std::vector<std::uint32_t> items;
  std::vector<double> ratings;  ///< NaN: none
  std::vector<std::string> texts;
  emptor::Keys<emptor::Customer> reviewer_keys;
  emptor::Keys<emptor::Item> item_keys;
};

/// Columns: opened, category; closed and channel help.
struct CaseFile {
  VoiceQuality quality;
  std::vector<emptor::Time> opened;
  std::vector<std::optional<emptor::Time>> closed;
  std::vector<std::uint32_t> categories;
  std::vector<std::string> category_names;
  std::vector<std::string> channels;  ///< empty: not known
};

/// Columns of leads: lead; time, industry, level, employees, need (0 to 1) are of use. Of what they
/// did: lead, time, event (page view, price list, webinar, demo asked, unsubscribed, order).
struct LeadFiles {
  VoiceQuality leads;
  VoiceQuality events;
  emptor::Keys<emptor::Customer> keys;  ///< of leads
  std::vector<std::string> industries, levels;
  std::vector<double> employees, needs;  ///< NaN: not known
  std::vector<emptor::Time> joined;      ///< the minimum: not known
  struct Event {
    std::uint32_t lead;
    emptor::Time time;
    std::string kind;
  };
  std::vector<Event> happened;  ///< of known leads, in the file's order
};

/// The customer of a key; none: nobody's.
using VoiceCustomer = std::function<std::optional<emptor::Customer>(std::string_view)>;

/// Errors: as emptor::read_records; `invalid_value` when a column that must be there is not.
[[nodiscard]] emptor::Result<SurveyFile> read_surveys(const std::string& path,
                                                      const VoiceCustomer& customer_of,
                                                      const emptor::Context& context);
[[nodiscard]] emptor::Result<ReviewFile> read_reviews(const std::string& path,
                                                      const VoiceCustomer& customer_of,
                                                      const emptor::Context& context);
[[nodiscard]] emptor::Result<CaseFile> read_cases(const std::string& path,
                                                  const VoiceCustomer& customer_of,
                                                  const emptor::Context& context);
/// `events` may be empty: nobody did anything.
[[nodiscard]] emptor::Result<LeadFiles> read_leads(const std::string& leads,
                                                   const std::string& events,
                                                   const emptor::Context& context);

}  // namespace storefront
