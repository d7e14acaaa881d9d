// Referral forests as archives.

#include <algorithm>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/referral/forest.hpp"

namespace emptor {

namespace {

constexpr std::string_view kind = "referral-forest";

}  // namespace

std::vector<std::byte> ReferralForest::save() const {
  ArchiveWriter writer(kind, 1);
  SectionWriter& options = writer.section("options");
  options.put(options_.max_depth);
  options.put(std::int64_t{options_.grace.count()});
  options.put(options_.refuse_younger_parents);
  SectionWriter& nodes = writer.section("nodes");
  nodes.put_array(parent_);
  std::vector<std::uint32_t> ends;
  std::vector<Customer> blocked_ones;
  ends.reserve(nodes_.size());
  for (std::size_t c = 0; c < nodes_.size(); ++c) {
    ends.push_back(nodes_[c].ends);
    if (blocked(id_at<Customer>(c))) blocked_ones.push_back(id_at<Customer>(c));
  }
  nodes.put_array(ends);
  nodes.put_array(blocked_ones);
  return std::move(writer).finish();
}

Result<ReferralForest> ReferralForest::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("options");
  if (!section) return section.error();
  ReferralForestOptions options;
  options.max_depth = section->get<std::uint32_t>();
  options.grace = std::chrono::seconds{section->get<std::int64_t>()};
  options.refuse_younger_parents = section->get<bool>();
  section->require(options.max_depth >= 1 && options.max_depth <= 1U << 30, "an impossible depth");
  section->require(options.grace.count() >= 0, "a negative grace");
  if (const Result<void> done = section->finish(); !done) return done.error();

  Result<SectionReader> nodes = reader->section("nodes");
  if (!nodes) return nodes.error();
  const auto parents = nodes->get_array<Customer>();
  const auto ends = nodes->get_array<std::uint32_t>();
  const auto blocked_ones = nodes->get_array<Customer>();
  const std::size_t customers = parents.size();
  nodes->require(customers <= max_ids && ends.size() == customers, "arrays that do not fit");
  for (std::size_t c = 0; c < customers && nodes->ok(); ++c) {
    nodes->require(parents[c] == no_customer ? ends[c] == never : index(parents[c]) < customers,
                   "a parent or an end that cannot be");
  }
  for (std::size_t i = 0; i < blocked_ones.size() && nodes->ok(); ++i) {
    nodes->require(
        index(blocked_ones[i]) < customers && (i == 0 || blocked_ones[i - 1] < blocked_ones[i]),
        "who is blocked does not ascend");
  }
  if (!nodes->ok()) return nodes->finish().error();

  ReferralForest forest(customers, options);
  for (std::size_t c = customers; c-- != 0;) {
    // As roots' only edge is missing, depths are still 0 here and `link` would visit subtrees.
    if (parents[c] == no_customer) continue;
    Node& node = forest.nodes_[c];
    Customer& first = forest.nodes_[index(parents[c])].first_child;
    node.next_sibling = first;
    if (first != no_customer) forest.nodes_[index(first)].previous_sibling = id_at<Customer>(c);
    first = id_at<Customer>(c);
    node.ends = ends[c];
    forest.parent_[c] = parents[c];
    ++forest.edges_;
    forest.limited_ += ends[c] != never ? 1 : 0;
  }
  // Nobody on a ring is below a root.
  std::size_t met = 0;
  for (std::size_t c = 0; c < customers && nodes->ok(); ++c) {
    if (parents[c] != no_customer) continue;
    const auto top = id_at<Customer>(c);
    for (Customer at = top; at != no_customer; at = forest.next_below(top, at), ++met) {
      if (at == top) continue;
      const std::uint32_t depth = forest.depth(parents[index(at)]) + 1;
      forest.nodes_[index(at)].depth = depth;
      if (!nodes->require(depth <= options.max_depth, "somebody stands too deep")) break;
    }
  }
  nodes->require(met == customers, "a ring of customers");
  if (const Result<void> done = nodes->finish(); !done) return done.error();
  for (const Customer customer : blocked_ones) forest.block(customer);
  return forest;
}

}  // namespace emptor
