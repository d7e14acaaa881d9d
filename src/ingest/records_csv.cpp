#include "emptor/ingest/records_csv.hpp"

#include <string_view>

#include "ingest/csv_feed.hpp"
#include "ingest/quarantine.hpp"

namespace emptor {

namespace {

/// Which column of the file is which of the table.
Result<std::vector<std::size_t>> places_of(const detail::CsvFeed& feed,
                                           const RecordsReadOptions& options,
                                           std::vector<std::string>& names) {
  std::vector<std::size_t> places;
  if (options.columns.empty()) {
    for (std::size_t i = 0; i < feed.columns().size(); ++i) {
      places.push_back(i);
      names.push_back(feed.columns()[i].empty() ? text(i + 1) : feed.columns()[i]);
    }
    for (const std::string& name : feed.columns()) {
      if (name.empty()) continue;
      if (const Result<std::size_t> once = feed.column(name); !once) return once.error();
    }
    return places;
  }
  for (const std::string& name : options.columns) {
    const Result<std::size_t> place = feed.column(name);
    if (!place) return place.error();
    places.push_back(*place);
    names.push_back(name);
  }
  return places;
}

}  // namespace

Result<RecordsRead> read_records(ByteSource& source, const std::string& name,
                                 const RecordsReadOptions& options, const Context& context) {
  detail::CsvFeed feed(source, name, options.csv);
  const std::vector<std::string_view> known(options.columns.begin(), options.columns.end());
  if (const Result<void> begun = feed.start(known); !begun) return begun.error();
  std::vector<std::string> names;
  const Result<std::vector<std::size_t>> places = places_of(feed, options, names);
  if (!places) return places.error();

  RecordsRead out;
  try {
    out.records = Records(names);
  } catch (const Exception& twice) {  // asked for twice, or a number that is also a name
    return Error{twice.code(), twice.error().message, name};
  }
  QualityReport& quality = out.quality;
  quality.file = name;
  quality.dialect = detail::dialect_text(feed.dialect());
  quality.duplicates_counted = false;
  detail::Quarantine quarantine(quality, feed, options.max_quarantined, {});
  std::vector<std::uint64_t> missing(names.size(), 0);
  std::vector<std::string_view> values(names.size());
  detail::CsvScanner& scanner = feed.scanner();
  for (std::size_t begin = feed.first_row();; begin = 0) {
    for (std::size_t i = begin; i < scanner.rows(); ++i) {
      detail::ScannedRow row = feed.row(i);
      ++quality.rows_read;
      for (std::size_t c = 0; c < values.size() && row.problem == RowProblem::none; ++c) {
        values[c] = detail::trimmed(row[(*places)[c]]);
        if (values[c].size() <= Records::longest_value) continue;
        row.problem = RowProblem::field_too_long;
        row.problem_field = (*places)[c];
      }
      if (row.problem != RowProblem::none) {
        if (row.problem == RowProblem::invalid_utf8) ++quality.invalid_utf8_rows;
        quarantine.add(row, row.problem, row.problem_field, {});
        continue;
      }
      if (const Result<Record> added = out.records.add(values); !added) {
        return Error{added.error().code, added.error().message, name};
      }
      for (std::size_t c = 0; c < values.size(); ++c) missing[c] += values[c].empty() ? 1 : 0;
    }
    const ProgressStep step{"read csv", static_cast<std::size_t>(scanner.bytes()),
                            static_cast<std::size_t>(source.size_hint())};
    if (context.report(step) == Go::stop) {
      return Error{ErrorCode::stopped, "reading was stopped", name};
    }
    const Result<bool> more = scanner.next_batch();
    if (!more) return more.error();
    if (!*more) break;
  }
  quality.bytes = scanner.bytes();
  quality.lines = scanner.lines();
  quality.blank_lines = scanner.blank_lines();
  quality.rows_kept = out.records.size();
  quality.repaired_utf8_rows = scanner.repaired_rows();
  quality.invalid_utf8_rows += scanner.repaired_rows();
  for (std::size_t c = 0; c < names.size(); ++c) {
    ColumnQuality& column = quality.columns.emplace_back();
    column.source = feed.columns()[(*places)[c]];
    column.target = names[c];
    column.missing = missing[c];
  }
  return out;
}

Result<RecordsRead> read_records(const std::string& path, const RecordsReadOptions& options,
                                 const Context& context) {
  FileSource file(path);
  return read_records(file, path, options, context);
}

}  // namespace emptor
