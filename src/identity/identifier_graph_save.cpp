#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/identity/identifier_graph.hpp"

namespace emptor {

void IdentifierGraph::save(SectionWriter& section) const {
  section.put(std::uint64_t{options_.rules.size()});
  for (const IdentifierRule& rule : options_.rules) section.put_text(rule.name);
  std::vector<std::uint32_t> counts;
  for (const auto& own : own_) counts.push_back(static_cast<std::uint32_t>(own.size()));
  section.put_array(counts);
  std::vector<Customer> homes;
  std::vector<std::uint8_t> types;
  std::vector<std::int64_t> firsts;
  std::vector<std::uint32_t> lengths;
  std::string bytes;
  for (std::uint32_t code = 0; code < table_.size(); ++code) {
    homes.push_back(table_[code].home);
    types.push_back(static_cast<std::uint8_t>(table_[code].type));
    firsts.push_back(table_[code].first.time_since_epoch().count());
    lengths.push_back(table_[code].length);
    bytes += table_.value(code);
  }
  section.put_array(homes);
  section.put_array(types);
  section.put_array(firsts);
  section.put_array(lengths);
  section.put_text(bytes);
  log_.save(section);
  std::set<std::pair<Customer, Customer>> pairs;
  for (const auto& [customer, others] : parted_) {
    for (const Customer other : others) pairs.insert(std::minmax(customer, other));
  }
  std::vector<Customer> parted;
  for (const auto& [a, b] : pairs) parted.insert(parted.end(), {a, b});
  section.put_array(parted);
  tombstones_.save(section);
}

Result<IdentifierGraph> IdentifierGraph::load(SectionReader& section,
                                              IdentifierGraphOptions options) {
  IdentifierGraph graph(std::move(options));
  const std::vector<IdentifierRule>& rules = graph.options_.rules;
  bool same = section.get<std::uint64_t>() == rules.size();
  for (std::size_t t = 0; t < rules.size() && same && section.ok(); ++t) {
    same = section.get_text() == rules[t].name;
  }
  section.require(same, "the graph was saved with other types of identifiers");
  const auto counts = section.get_array<std::uint32_t>();
  const auto homes = section.get_array<Customer>();
  const auto types = section.get_array<std::uint8_t>();
  const auto firsts = section.get_array<std::int64_t>();
  const auto lengths = section.get_array<std::uint32_t>();
  const std::span<const std::byte> bytes = section.get_view();
  std::uint64_t total = 0;
  for (const std::uint32_t length : lengths) total += length;
  section.require(types.size() == homes.size() && firsts.size() == homes.size() &&
                      lengths.size() == homes.size() && total == bytes.size(),
                  "the identifiers' arrays do not fit together");
  if (!section.ok()) return section.finish().error();
  Result<MergeLog> log = MergeLog::load(section);
  if (!log) return log.error();
  graph.log_ = std::move(*log);
  const auto parted = section.get_array<Customer>();
  graph.tombstones_ = Tombstones::load(section);
  if (!section.ok()) return section.finish().error();
  const bool same_key =
      graph.tombstones_.empty() ||
      (graph.tombstone_key_ && graph.tombstones_.made_with(*graph.tombstone_key_));
  require_option(same_key, "tombstone_key", "the one that the tombstones were made with",
                 graph.tombstone_key_ ? "another one" : "none");
  const auto known = [&counts](Customer customer) { return index(customer) < counts.size(); };
  section.require(std::all_of(parted.begin(), parted.end(), known) && parted.size() % 2 == 0,
                  "a parted customer was never made");
  for (const MergeEvent& event : graph.log_.events()) {
    if (!section.require(known(event.kept) && known(event.absorbed),
                         "a merged customer was never made")) {
      break;
    }
  }
  if (!section.ok()) return section.finish().error();

  graph.own_.resize(counts.size());
  const char* at = reinterpret_cast<const char*>(bytes.data());
  for (std::size_t i = 0; i < homes.size(); ++i) {
    const auto type = static_cast<IdentifierType>(types[i]);
    const std::string_view value(at, lengths[i]);
    at += lengths[i];
    if (!section.require(types[i] < rules.size(), "an identifier's type is none of the rules")) {
      break;
    }
    if (homes[i] == no_customer && value.empty()) {
      graph.table_.add_taken_out(type);
      continue;
    }
    if (!section.require(
            known(homes[i]) && !value.empty() && graph.table_.find(type, value) == none,
            "an identifier is there twice, or nobody's")) {
      break;
    }
    graph.own_[index(homes[i])].push_back(
        graph.table_.add(type, value, homes[i], Time{std::chrono::seconds{firsts[i]}}));
  }
  for (std::size_t c = 0; c < graph.own_.size(); ++c) {
    section.require(graph.own_[c].size() == counts[c],
                    "a customer's identifiers are not all there");
    const auto customer = id_at<Customer>(c);
    if (const Customer owner = graph.owner(customer); owner != customer) {
      graph.groups_[owner].push_back(customer);
    }
  }
  for (std::size_t i = 0; i < parted.size(); i += 2) {
    graph.parted_[parted[i]].push_back(parted[i + 1]);
    graph.parted_[parted[i + 1]].push_back(parted[i]);
  }
  if (!section.ok()) return section.finish().error();
  return graph;
}

}  // namespace emptor
