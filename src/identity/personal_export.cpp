#include "emptor/identity/personal_export.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

namespace emptor {

namespace {

using Json = nlohmann::ordered_json;

/// The person's parts, found and checked.
struct Person {
  Customer owner = no_customer;
  std::vector<Customer> customers;
  std::vector<Record> records;
  std::vector<const MergeEvent*> merges;
};

void check(const PersonalSources& sources, Customer owner) {
  const auto require = [](bool holds, ErrorCode code, const char* message) {
    if (!holds) throw Exception(code, message, "personal export");
  };
  require(sources.records != nullptr, ErrorCode::invalid_value, "records must be given");
  require(sources.origins.size() == sources.records->size(), ErrorCode::invalid_shape,
          "origins must have an element a record");
  for (const PersonalSection& section : sources.sections) {
    for (const auto& row : section.rows) {
      require(row.size() == section.columns.size(), ErrorCode::invalid_shape,
              "rows of a section must be as long as its columns");
    }
  }
  if (sources.profile == nullptr) return;
  require(sources.profile->fields.size() == sources.profile_fields.size(), ErrorCode::invalid_shape,
          "a profile must have a name a field");
  require(sources.profile->customer == owner, ErrorCode::invalid_shape,
          "the profile must be that of the customer's owner");
}

Result<Person> find_person(Customer customer, const PersonalSources& sources) {
  Person person;
  person.owner = sources.log != nullptr ? sources.log->owner(customer) : customer;
  check(sources, person.owner);
  if (sources.log != nullptr) {
    person.customers = sources.log->members(customer);
  } else {
    person.customers = {customer};
  }
  const auto is_person = [&](Customer other) {
    return std::binary_search(person.customers.begin(), person.customers.end(), other);
  };
  for (std::size_t row = 0; row < sources.origins.size(); ++row) {
    if (is_person(sources.origins[row].customer)) person.records.push_back(id_at<Record>(row));
  }
  if (sources.log != nullptr) {
    for (const MergeEvent& event : sources.log->events()) {
      if (is_person(event.kept) || is_person(event.absorbed)) person.merges.push_back(&event);
    }
  }
  const bool consent = sources.consent != nullptr && !sources.consent->empty();
  if (customer == no_customer || (person.records.empty() && person.merges.empty() && !consent &&
                                  sources.profile == nullptr && sources.sections.empty())) {
    return Error{ErrorCode::not_found, "nothing is held on this customer", "personal export"};
  }
  return person;
}

template <class Id>
std::string named(Id id, std::span<const std::string> names) {
  if (id == no_id<Id>) return {};
  return index(id) < names.size() ? names[index(id)] : text(index(id));
}
std::string channel_text(Channel channel, std::span<const std::string> names) {
  return channel == all_channels ? "all" : named(channel, names);
}
std::string time_text(Time time) {
  return time == Time::min() ? std::string{} : to_string(time);
}
Json or_null(std::string text) {
  return text.empty() ? Json(nullptr) : Json(std::move(text));
}
std::string_view kind_of(const MergeEvent& event) {
  return event.kind == MergeKind::merge ? "merge" : "unmerge";
}
Json numbers(const std::vector<Record>& records) {
  Json out = Json::array();
  for (const Record record : records) out.push_back(index(record));
  return out;
}

Json json_records(const Person& person, const PersonalSources& sources) {
  Json out = Json::array();
  for (const Record record : person.records) {
    const RecordOrigin& origin = sources.origins[index(record)];
    Json values = Json::object();
    for (std::size_t c = 0; c < sources.records->columns().size(); ++c) {
      const std::string_view value = sources.records->value(record, c);
      if (!value.empty()) values[sources.records->columns()[c]] = value;
    }
    Json& entry = out.emplace_back();
    entry["record"] = index(record);
    entry["customer"] = index(origin.customer);
    entry["source"] = or_null(named(origin.source, sources.source_names));
    entry["time"] = or_null(time_text(origin.time));
    entry["values"] = std::move(values);
  }
  return out;
}

Json json_profile(const PersonalSources& sources) {
  Json out = Json::array();
  for (std::size_t f = 0; f < sources.profile->fields.size(); ++f) {
    const GoldenField& field = sources.profile->fields[f];
    Json losing = Json::array();
    for (const LosingValue& value : field.losing) {
      Json& entry = losing.emplace_back();
      entry["value"] = value.value;
      entry["state"] = name(value.state);
      entry["time"] = or_null(time_text(value.latest));
      entry["records"] = numbers(value.records);
    }
    Json& entry = out.emplace_back();
    entry["field"] = sources.profile_fields[f];
    entry["value"] = or_null(field.value);
    entry["inferred"] = field.inferred;
    entry["verified"] = field.verified;
    entry["confidence"] = field.confidence;
    entry["source"] = or_null(named(field.source, sources.source_names));
    entry["time"] = or_null(time_text(field.time));
    entry["records"] = numbers(field.records);
    entry["other_values"] = std::move(losing);
  }
  return out;
}

Json json_merges(const Person& person, const PersonalSources& sources) {
  Json out = Json::array();
  for (const MergeEvent* event : person.merges) {
    Json& entry = out.emplace_back();
    entry["merge"] = static_cast<std::uint32_t>(event->id);
    entry["kind"] = kind_of(*event);
    entry["kept"] = index(event->kept);
    entry["absorbed"] = index(event->absorbed);
    entry["time"] = to_string(event->time);
    entry["reason"] = event->reason;
    entry["in_force"] = sources.log->in_force(event->id);
  }
  return out;
}

Json json_consent(const PersonalSources& sources) {
  Json out = Json::array();
  for (const ConsentRecord& record : sources.consent->records()) {
    Json& entry = out.emplace_back();
    entry["customer"] = index(record.customer);
    entry["purpose"] = named(record.purpose, sources.purpose_names);
    entry["channel"] = channel_text(record.channel, sources.channel_names);
    entry["state"] = name(record.state);
    entry["time"] = to_string(record.time);
    entry["source"] = or_null(named(record.source, sources.source_names));
  }
  return out;
}

Json json_sections(const PersonalSources& sources) {
  Json out = Json::array();
  for (const PersonalSection& section : sources.sections) {
    Json rows = Json::array();
    for (const auto& row : section.rows) {
      Json& entry = rows.emplace_back(Json::object());
      for (std::size_t c = 0; c < row.size(); ++c) entry[section.columns[c]] = row[c];
    }
    Json& entry = out.emplace_back();
    entry["title"] = section.title;
    entry["rows"] = std::move(rows);
  }
  return out;
}

/// Lines of RFC 4180.
class Lines {
 public:
  template <class... Fields>
  void add(const Fields&... fields) {
    bool first = true;
    ((field(std::string_view(fields), first), first = false), ...);
    out_ += "\r\n";
  }
  std::string take() { return std::move(out_); }

 private:
  void field(std::string_view value, bool first) {
    if (!first) out_ += ',';
    if (value.find_first_of(",\"\r\n") == std::string_view::npos) {
      out_ += value;
      return;
    }
    out_ += '"';
    for (const char c : value) {
      if (c == '"') out_ += '"';
      out_ += c;
    }
    out_ += '"';
  }
  std::string out_;
};

}  // namespace

Result<std::string> personal_json(Customer customer, const PersonalSources& sources) {
  const Result<Person> person = find_person(customer, sources);
  if (!person) return person.error();
  Json out;
  out["customer"] = index(person->owner);
  out["customers"] = Json::array();
  for (const Customer member : person->customers) out["customers"].push_back(index(member));
  out["records"] = json_records(*person, sources);
  if (sources.profile != nullptr) out["profile"] = json_profile(sources);
  if (sources.log != nullptr) out["merges"] = json_merges(*person, sources);
  if (sources.consent != nullptr) out["consent"] = json_consent(sources);
  if (!sources.sections.empty()) out["further"] = json_sections(sources);
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::string> personal_csv(Customer customer, const PersonalSources& sources) {
  const Result<Person> person = find_person(customer, sources);
  if (!person) return person.error();
  Lines lines;
  lines.add("part", "number", "field", "value", "source", "time");
  for (const Customer member : person->customers) {
    lines.add("customer", text(index(member)), member == person->owner ? "owner" : "merged", "", "",
              "");
  }
  for (const Record record : person->records) {
    const RecordOrigin& origin = sources.origins[index(record)];
    const std::string source = named(origin.source, sources.source_names);
    for (std::size_t c = 0; c < sources.records->columns().size(); ++c) {
      const std::string_view value = sources.records->value(record, c);
      if (value.empty()) continue;
      lines.add("record", text(index(record)), sources.records->columns()[c], value, source,
                time_text(origin.time));
    }
  }
  for (std::size_t f = 0; sources.profile != nullptr && f < sources.profile->fields.size(); ++f) {
    const GoldenField& field = sources.profile->fields[f];
    const std::string& title = sources.profile_fields[f];
    if (!field.value.empty()) {
      lines.add(field.inferred ? "profile, inferred" : "profile", text(f), title, field.value,
                named(field.source, sources.source_names), time_text(field.time));
    }
    for (const LosingValue& value : field.losing) {
      lines.add("profile, not used", text(f), title, value.value, "", time_text(value.latest));
    }
  }
  for (const MergeEvent* event : person->merges) {
    lines.add(kind_of(*event), text(static_cast<std::uint32_t>(event->id)),
              text(index(event->kept), " and ", index(event->absorbed)), event->reason, "",
              to_string(event->time));
  }
  if (sources.consent != nullptr) {
    for (const ConsentRecord& record : sources.consent->records()) {
      lines.add("consent", text(index(record.customer)),
                text(named(record.purpose, sources.purpose_names), ", ",
                     channel_text(record.channel, sources.channel_names)),
                name(record.state), named(record.source, sources.source_names),
                to_string(record.time));
    }
  }
  for (const PersonalSection& section : sources.sections) {
    for (std::size_t r = 0; r < section.rows.size(); ++r) {
      for (std::size_t c = 0; c < section.columns.size(); ++c) {
        lines.add(section.title, text(r), section.columns[c], section.rows[r][c], "", "");
      }
    }
  }
  return lines.take();
}

}  // namespace emptor
