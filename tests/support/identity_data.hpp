#pragma once

/// @file
/// Public sets of records with their truth. What gives the truth away (cluster columns, record keys
/// made from the cluster) is never among the records' columns.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "emptor/ingest/records_csv.hpp"
#include "support/data.hpp"

namespace emptor::test {

struct IdentitySet {
  Records records;
  std::vector<std::uint32_t> truth;     ///< a record's cluster, dense, in the order of appearance
  std::vector<std::uint32_t> source;    ///< a record's file, from 0
  std::vector<std::string> keys;        ///< a record's key as the file has it
  std::vector<std::string> file_names;  ///< by source

  [[nodiscard]] std::size_t clusters() const {
    std::size_t most = 0;
    for (const std::uint32_t label : truth) most = std::max<std::size_t>(most, label + 1);
    return most;
  }
  /// Pairs of records of one cluster.
  [[nodiscard]] std::uint64_t pairs() const {
    std::vector<std::uint64_t> sizes(clusters(), 0);
    std::uint64_t sum = 0;
    for (const std::uint32_t label : truth) sum += sizes[label]++;
    return sum;
  }
};

/// Texts as dense numbers, in the order they come.
class DenseLabels {
 public:
  std::uint32_t operator()(std::string_view label) {
    return numbers_.try_emplace(std::string(label), static_cast<std::uint32_t>(numbers_.size()))
        .first->second;
  }

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

inline Records read_whole(const std::string& path) {
  RecordsRead read = read_records(path).value();
  if (read.quality.rows_rejected() != 0) throw std::runtime_error("rows of " + path + " are lost");
  return std::move(read.records);
}

inline std::string_view text_of(const Records& records, std::size_t row, std::string_view column) {
  return records.value(id_at<Record>(row), records.find_column(column).value());
}

/// Appends the records of one file to the set, whose records have their columns already: what the
/// file lacks is missing. `label(file, row)` names the cluster of a row.
template <class Label>
void append_file(IdentitySet& set, const std::string& path, std::string_view key,
                 DenseLabels& labels, Label&& label) {
  const Records file = read_whole(path);
  const auto source = static_cast<std::uint32_t>(set.file_names.size());
  set.file_names.push_back(path.substr(path.rfind('/') + 1));
  std::vector<std::string_view> values(set.records.columns().size());
  for (std::size_t row = 0; row < file.size(); ++row) {
    for (std::size_t c = 0; c < values.size(); ++c) {
      const auto from = file.find_column(set.records.columns()[c]);
      values[c] = from ? file.value(id_at<Record>(row), *from) : std::string_view{};
    }
    (void)set.records.add(values).value();
    set.truth.push_back(labels(label(file, row)));
    set.source.push_back(source);
    set.keys.emplace_back(text_of(file, row, key));
  }
}

inline std::string identity_file(const std::string& name) {
  return (data_dir() / "identity" / name).string();
}

/// People of Wikidata with errors; 50,578 records.
inline IdentitySet load_historical50k() {
  IdentitySet set;
  set.records = Records({"full_name", "first_and_surname", "first_name", "surname", "dob",
                         "birth_place", "postcode_fake", "gender", "occupation"});
  DenseLabels labels;
  append_file(set, identity_file("historical50k/historical_50k.csv"), "unique_id", labels,
              [](const Records& file, std::size_t row) { return text_of(file, row, "cluster"); });
  return set;
}

/// Made-up people; 1,000 records.
inline IdentitySet load_fake1000() {
  IdentitySet set;
  set.records = Records({"first_name", "surname", "dob", "city", "email"});
  DenseLabels labels;
  append_file(set, identity_file("fake1000/fake_1000.csv"), "unique_id", labels,
              [](const Records& file, std::size_t row) { return text_of(file, row, "cluster"); });
  return set;
}

/// Febrl's data set 1, 2, 3, or 4: two files, 4a (source 0) and 4b (source 1).
inline IdentitySet load_febrl(int number) {
  IdentitySet set;
  set.records = Records({"given_name", "surname", "street_number", "address_1", "address_2",
                         "suburb", "postcode", "state", "date_of_birth", "soc_sec_id"});
  DenseLabels labels;
  const auto person = [](const Records& file, std::size_t row) {
    const std::string_view key = text_of(file, row, "rec_id");  // "rec-223-org", "rec-223-dup-0"
    return key.substr(0, key.find('-', 4));
  };
  const std::string stem = "febrl/dataset" + std::to_string(number);
  const std::vector<std::string> parts =
      number == 4 ? std::vector<std::string>{"a", "b"} : std::vector<std::string>{""};
  for (const std::string& part : parts) {
    append_file(set, identity_file(stem + part + ".csv"), "rec_id", labels, person);
  }
  return set;
}

/// The Senzing truth set: customers, reference, watchlist over all columns that any of them has;
/// truth is actual_truthset_key.csv, by (DATA_SOURCE, RECORD_ID). DATA_SOURCE and RECORD_ID stay
/// columns.
inline IdentitySet load_senzing() {
  constexpr std::array<std::string_view, 3> files{"customers", "reference", "watchlist"};
  const auto path_of = [](std::string_view name) {
    return identity_file("senzing/" + std::string(name) + ".csv");
  };
  std::vector<std::string> columns;
  for (const std::string_view name : files) {
    const Records file = read_whole(path_of(name));
    for (const std::string& column : file.columns()) {
      if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
        columns.push_back(column);
      }
    }
  }
  const auto key_of = [](const Records& file, std::size_t row) {
    return std::pair(std::string(text_of(file, row, "DATA_SOURCE")),
                     std::string(text_of(file, row, "RECORD_ID")));
  };
  std::map<std::pair<std::string, std::string>, std::string> clusters;
  const Records truth = read_whole(path_of("actual_truthset_key"));
  for (std::size_t row = 0; row < truth.size(); ++row) {
    clusters.emplace(key_of(truth, row), text_of(truth, row, "CLUSTER_ID"));
  }
  IdentitySet set;
  set.records = Records(columns);
  DenseLabels labels;
  for (const std::string_view name : files) {
    append_file(set, path_of(name), "RECORD_ID", labels, [&](const Records& file, std::size_t row) {
      return clusters.at(key_of(file, row));
    });
  }
  return set;
}

}  // namespace emptor::test
