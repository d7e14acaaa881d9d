#include "people_file.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "emptor/identity/date.hpp"
#include "emptor/ingest/records_csv.hpp"

namespace storefront {
namespace {

using emptor::FieldType;

struct KnownColumn {
  std::string_view name;
  FieldType type;
};
constexpr KnownColumn known_columns[] = {{"full_name", FieldType::full_name},
                                         {"given_name", FieldType::given_name},
                                         {"family_name", FieldType::family_name},
                                         {"gender", FieldType::gender},
                                         {"birth_date", FieldType::birth_date},
                                         {"email", FieldType::email},
                                         {"phone", FieldType::phone},
                                         {"address", FieldType::address},
                                         {"city", FieldType::city},
                                         {"postcode", FieldType::postcode},
                                         {"country", FieldType::country},
                                         {"device", FieldType::device},
                                         {"openid", FieldType::account},
                                         {"unionid", FieldType::account},
                                         {"user_id", FieldType::account}};

std::string names_of_columns() {
  std::string out;
  for (const KnownColumn& column : known_columns) {
    out += emptor::text(out.empty() ? "" : ", ", column.name);
  }
  return out;
}

void understand_columns(PeopleFile& file) {
  const auto columns = file.records.columns();
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const auto known = std::find_if(std::begin(known_columns), std::end(known_columns),
                                    [&](const auto& one) { return one.name == columns[c]; });
    if (known != std::end(known_columns)) {
      file.schema.fields.push_back({columns[c], known->type});
    } else if (columns[c] != "customer" && columns[c] != "record_key" && columns[c] != "source" &&
               columns[c] != "time") {
      file.ignored.push_back(columns[c]);
    }
  }
  file.key = file.records.find_column("customer");
  if (!file.key) file.key = file.records.find_column("record_key");
  file.source = file.records.find_column("source");
  file.time = file.records.find_column("time");
  if (file.source) file.schema.source_column = "source";
}

/// The number that two digits write, -1 if they are none or it is `end` or more.
int two_digits(std::string_view text, int end) {
  if (text.size() < 2 || text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') {
    return -1;
  }
  const int number = (text[0] - '0') * 10 + (text[1] - '0');
  return number < end ? number : -1;
}

}  // namespace

emptor::Result<PeopleFile> read_people(const std::string& path, const emptor::Context& context) {
  auto read = emptor::read_records(path, {}, context);
  if (!read) return read.error();
  PeopleFile file{.records = std::move(read->records),
                  .quality = std::move(read->quality),
                  .schema = {},
                  .ignored = {},
                  .key = {},
                  .source = {},
                  .time = {}};
  understand_columns(file);
  if (file.schema.fields.empty()) {
    return emptor::Error{
        emptor::ErrorCode::invalid_value,
        emptor::text("no column is known by its name; those that tell who somebody is are ",
                     names_of_columns()),
        path};
  }
  if (file.records.empty()) {
    const std::uint64_t rejected = file.quality.rows_rejected();
    return emptor::Error{emptor::ErrorCode::invalid_value,
                         rejected == 0 ? std::string("there is no record in it")
                                       : emptor::text("none of its ", rejected, " rows is sound"),
                         path};
  }
  return file;
}

emptor::Time time_of(const PeopleFile& file, emptor::Record record) {
  return file.time ? time_from(file.records.value(record, *file.time)) : emptor::Time::min();
}

emptor::Time time_from(std::string_view text) {
  const std::size_t colon = text.find(':');  // of a clock, whose hour stands before it
  const bool clock = colon != std::string_view::npos && colon >= 3;
  emptor::PartialDate date;
  if (emptor::normalise_date(clock ? text.substr(0, colon - 3) : text, date) !=
          emptor::FieldState::usable ||
      date.year == 0 || date.day == 0) {
    return emptor::Time::min();
  }
  const emptor::Day day{std::chrono::year{date.year} / date.month / date.day};
  if (!clock) return day;
  const int hour = two_digits(text.substr(colon - 2), 24);
  const int minute = two_digits(text.substr(colon + 1), 60);
  if (hour < 0 || minute < 0) return day;
  const bool exact = text.size() >= colon + 6 && text[colon + 3] == ':';
  const int second = exact ? two_digits(text.substr(colon + 4), 60) : 0;
  return day + std::chrono::hours{hour} + std::chrono::minutes{minute} +
         std::chrono::seconds{std::max(second, 0)};
}

}  // namespace storefront
