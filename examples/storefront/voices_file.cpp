#include "voices_file.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>
#include <utility>

#include "emptor/ingest/records_csv.hpp"
#include "people_file.hpp"

namespace storefront {
namespace {

using emptor::Customer;
using emptor::Result;
using emptor::Time;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr double most_number = 1e9;  // nobody answers so, and no company has so many people

/// The minimum for what is no time, or of another age.
Time said_at(std::string_view text) {
  constexpr Time first{emptor::Day{std::chrono::year{1970} / 1 / 1}};
  constexpr Time last{emptor::Day{std::chrono::year{2100} / 1 / 1}};
  const Time time = time_from(text);
  return time >= first && time < last ? time : Time::min();
}

/// A file whose rows are looked at by the names of their columns.
class VoiceRows {
 public:
  static Result<VoiceRows> read(const std::string& path, const emptor::Context& context,
                                std::span<const std::string_view> needed, VoiceQuality& quality) {
    auto read = emptor::read_records(path, {}, context);
    if (!read) return read.error();
    VoiceRows out;
    out.records_ = std::move(read->records);
    for (const std::string_view column : needed) {
      if (!out.records_.find_column(column)) {
        return emptor::Error{emptor::ErrorCode::invalid_value,
                             emptor::text("there is no column '", column, "'"), path};
      }
    }
    quality.file = std::move(read->quality);
    quality.rows = quality.file.rows_read;
    quality.unsound = quality.file.rows_rejected();
    return out;
  }

  [[nodiscard]] std::size_t size() const { return records_.size(); }
  [[nodiscard]] std::span<const std::string> columns() const { return records_.columns(); }
  [[nodiscard]] std::optional<std::size_t> find(std::string_view column) const {
    return records_.find_column(column);
  }
  [[nodiscard]] std::string_view value(std::size_t row, std::optional<std::size_t> column) const {
    return column ? records_.value(emptor::id_at<emptor::Record>(row), *column)
                  : std::string_view{};
  }
  /// NaN for what is empty; what is no number is counted, too.
  [[nodiscard]] double number(std::size_t row, std::optional<std::size_t> column,
                              VoiceQuality& quality) const {
    const std::string_view word = value(row, column);
    if (word.empty()) return missing;
    double out = 0;
    const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), out);
    const bool whole = failure == std::errc{} && end == word.data() + word.size();
    if (whole && std::fabs(out) <= most_number) return out;
    ++quality.no_number;
    return missing;
  }

 private:
  emptor::Records records_;
};

/// The place of a name in a list that grows.
std::uint32_t code_of(std::string_view name, std::vector<std::string>& names) {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at != names.end()) return static_cast<std::uint32_t>(at - names.begin());
  names.emplace_back(name);
  return static_cast<std::uint32_t>(names.size() - 1);
}

bool knows(const VoiceCustomer& customer_of, std::string_view key) {
  return key.empty() || customer_of(key).has_value();
}

}  // namespace

Result<SurveyFile> read_surveys(const std::string& path, const VoiceCustomer& customer_of,
                                const emptor::Context& context) {
  SurveyFile out;
  constexpr std::string_view needed[] = {"time"};
  auto rows = VoiceRows::read(path, context, needed, out.quality);
  if (!rows) return rows.error();
  const auto time = rows->find("time");
  const auto customer = rows->find("customer");
  const auto channel = rows->find("channel");
  const auto seconds = rows->find("seconds");
  const std::pair<std::string_view, std::vector<double>*> scores[] = {
      {"recommend", &out.recommend}, {"satisfied", &out.satisfied}, {"easy", &out.easy}};
  std::vector<std::size_t> item_columns;
  bool any = false;
  for (std::size_t c = 0; c < rows->columns().size(); ++c) {
    const std::string& column = rows->columns()[c];
    const bool score = column == "recommend" || column == "satisfied" || column == "easy";
    any = any || score;
    if (score || c == time || c == customer || c == channel || c == seconds) continue;
    item_columns.push_back(c);
    out.items.push_back(column);
  }
  if (!any) {
    return emptor::Error{emptor::ErrorCode::invalid_value,
                         "a survey needs one of the columns recommend (0 to 10), satisfied (1 to "
                         "5), easy (1 to 7)",
                         path};
  }
  out.item_answers.resize(item_columns.size());
  emptor::Keys<Customer> strangers;
  for (std::size_t r = 0; r < rows->size(); ++r) {
    const Time when = said_at(rows->value(r, time));
    if (when == Time::min()) {
      ++out.quality.no_time;
      continue;
    }
    ++out.quality.kept;
    out.times.push_back(when);
    const std::string_view key = rows->value(r, customer);
    std::uint64_t respondent = 0;
    if (const auto known = key.empty() ? std::nullopt : customer_of(key)) {
      respondent = 1 + 2 * std::uint64_t{emptor::index(*known)};
    } else if (!key.empty()) {
      ++out.quality.unknown;
      respondent = 2 + 2 * std::uint64_t{emptor::index(strangers.add(key))};
    }
    out.respondents.push_back(respondent);
    const std::string_view way = rows->value(r, channel);
    out.channels.push_back(code_of(way.empty() ? "not known" : way, out.channel_names));
    for (const auto& [name, column] : scores) {
      if (rows->find(name)) column->push_back(rows->number(r, rows->find(name), out.quality));
    }
    if (seconds) out.seconds.push_back(rows->number(r, seconds, out.quality));
    for (std::size_t i = 0; i < item_columns.size(); ++i) {
      out.item_answers[i].push_back(rows->number(r, item_columns[i], out.quality));
    }
  }
  return out;
}

Result<ReviewFile> read_reviews(const std::string& path, const VoiceCustomer& customer_of,
                                const emptor::Context& context) {
  ReviewFile out;
  constexpr std::string_view needed[] = {"text"};
  auto rows = VoiceRows::read(path, context, needed, out.quality);
  if (!rows) return rows.error();
  const auto time = rows->find("time");
  const auto customer = rows->find("customer");
  const auto item = rows->find("item");
  const auto rating = rows->find("rating");
  const auto text = rows->find("text");
  for (std::size_t r = 0; r < rows->size(); ++r) {
    const std::string_view words = rows->value(r, text);
    if (words.empty()) {
      ++out.quality.empty;
      continue;
    }
    const Time when = said_at(rows->value(r, time));
    if (time && when == Time::min()) {
      ++out.quality.no_time;
      continue;
    }
    ++out.quality.kept;
    out.times.push_back(when);
    std::string_view key = rows->value(r, customer);
    if (!knows(customer_of, key)) ++out.quality.unknown;
    const std::string nobody = emptor::text("row ", r + 1);  // all strangers to one another
    if (key.empty()) key = nobody;
    out.reviewers.push_back(static_cast<std::uint32_t>(out.reviewer_keys.add(key)));
    const std::string_view thing = rows->value(r, item);
    out.items.push_back(
        static_cast<std::uint32_t>(out.item_keys.add(thing.empty() ? "not known" : thing)));
    out.ratings.push_back(rows->number(r, rating, out.quality));
    out.texts.emplace_back(words);
  }
  return out;
}

Result<CaseFile> read_cases(const std::string& path, const VoiceCustomer& customer_of,
                            const emptor::Context& context) {
  CaseFile out;
  constexpr std::string_view needed[] = {"opened", "category"};
  auto rows = VoiceRows::read(path, context, needed, out.quality);
  if (!rows) return rows.error();
  const auto opened = rows->find("opened");
  const auto closed = rows->find("closed");
  const auto customer = rows->find("customer");
  const auto channel = rows->find("channel");
  const auto category = rows->find("category");
  for (std::size_t r = 0; r < rows->size(); ++r) {
    const std::string_view kind = rows->value(r, category);
    if (kind.empty()) {
      ++out.quality.empty;
      continue;
    }
    const Time when = said_at(rows->value(r, opened));
    if (when == Time::min()) {
      ++out.quality.no_time;
      continue;
    }
    ++out.quality.kept;
    if (!knows(customer_of, rows->value(r, customer))) ++out.quality.unknown;
    out.opened.push_back(when);
    const Time end = said_at(rows->value(r, closed));
    out.closed.push_back(end >= when ? std::optional(end) : std::nullopt);
    out.categories.push_back(code_of(kind, out.category_names));
    out.channels.emplace_back(rows->value(r, channel));
  }
  return out;
}

Result<LeadFiles> read_leads(const std::string& leads, const std::string& events,
                             const emptor::Context& context) {
  LeadFiles out;
  constexpr std::string_view needed[] = {"lead"};
  auto rows = VoiceRows::read(leads, context, needed, out.leads);
  if (!rows) return rows.error();
  const auto lead = rows->find("lead");
  for (std::size_t r = 0; r < rows->size(); ++r) {
    const std::string_view key = rows->value(r, lead);
    if (key.empty() || out.keys.find(key)) {  // said before
      ++out.leads.empty;
      continue;
    }
    ++out.leads.kept;
    (void)out.keys.add(key);
    out.joined.push_back(said_at(rows->value(r, rows->find("time"))));
    out.industries.emplace_back(rows->value(r, rows->find("industry")));
    out.levels.emplace_back(rows->value(r, rows->find("level")));
    out.employees.push_back(rows->number(r, rows->find("employees"), out.leads));
    out.needs.push_back(rows->number(r, rows->find("need"), out.leads));
  }
  if (events.empty()) return out;
  constexpr std::string_view needed_of_events[] = {"lead", "time", "event"};
  auto happened = VoiceRows::read(events, context, needed_of_events, out.events);
  if (!happened) return happened.error();
  const auto who = happened->find("lead");
  for (std::size_t r = 0; r < happened->size(); ++r) {
    const std::string_view kind = happened->value(r, happened->find("event"));
    const Time when = said_at(happened->value(r, happened->find("time")));
    if (kind.empty()) {
      ++out.events.empty;
      continue;
    }
    if (when == Time::min()) {
      ++out.events.no_time;
      continue;
    }
    ++out.events.kept;
    if (const auto known = out.keys.find(happened->value(r, who))) {
      out.happened.push_back({static_cast<std::uint32_t>(*known), when, std::string(kind)});
    } else {
      ++out.events.unknown;
    }
  }
  return out;
}

}  // namespace storefront
