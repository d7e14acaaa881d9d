#include "emptor/segment/cluster_matching.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "emptor/core/error.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/math/assignment.hpp"

namespace emptor {

namespace {

using Member = std::pair<std::uint32_t, std::uint32_t>;  // customer, label

std::vector<Member> sorted_members(const ClusterMembers& members) {
  if (members.customers.size() != members.labels.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text(members.customers.size(), " customers need as many labels, got ",
                         members.labels.size()),
                    "match_clusters");
  }
  std::vector<Member> out;
  out.reserve(members.labels.size());
  for (std::size_t i = 0; i < members.labels.size(); ++i) {
    if (members.labels[i] > 65535) {
      throw Exception(ErrorCode::invalid_shape, "labels must be below 65536", "match_clusters");
    }
    out.emplace_back(static_cast<std::uint32_t>(members.customers[i]), members.labels[i]);
  }
  std::sort(out.begin(), out.end());
  for (std::size_t i = 1; i < out.size(); ++i) {
    if (out[i - 1].first == out[i].first) {
      throw Exception(ErrorCode::duplicate, "a customer is there twice", "match_clusters");
    }
  }
  return out;
}

/// How many of the members are in each cluster; 0 clusters for nobody.
std::vector<std::size_t> sizes_of(std::span<const Member> members) {
  std::vector<std::size_t> sizes;
  for (const Member& member : members) {
    if (member.second >= sizes.size()) sizes.resize(std::size_t{member.second} + 1, 0);
    ++sizes[member.second];
  }
  return sizes;
}

}  // namespace

ClusterMatching match_clusters(const ClusterMembers& before, const ClusterMembers& after,
                               const ClusterMatchingOptions& options) {
  require_option(options.least_jaccard >= 0 && options.least_jaccard <= 1, "least_jaccard",
                 "in [0, 1]", options.least_jaccard);
  const std::vector<Member> old = sorted_members(before);
  const std::vector<Member> now = sorted_members(after);
  const std::vector<std::size_t> old_sizes = sizes_of(old);
  const std::vector<std::size_t> new_sizes = sizes_of(now);
  Matrix<double> shared(old_sizes.size(), new_sizes.size());
  std::vector<double> old_common(old_sizes.size(), 0);
  std::vector<double> new_common(new_sizes.size(), 0);
  ClusterMatching out;
  for (std::size_t i = 0, j = 0; i < old.size() && j < now.size();) {
    if (old[i].first != now[j].first) {
      old[i].first < now[j].first ? ++i : ++j;
      continue;
    }
    shared(old[i].second, now[j].second) -= 1;  // the cheapest assignment shares most
    ++old_common[old[i++].second];
    ++new_common[now[j++].second];
    ++out.common;
  }
  const Assignment found = cheapest_assignment(shared);
  constexpr std::uint32_t none = 0xffffffffU;
  out.lasting.assign(new_sizes.size(), none);
  for (std::size_t c = 0; c < old_sizes.size(); ++c) {
    const std::uint32_t to = found.column_of_row[c];
    const auto number = static_cast<std::uint32_t>(c);
    const double common = to == unassigned ? 0 : -shared(c, to);
    const double jaccard = common > 0 ? common / (old_common[c] + new_common[to] - common) : 0;
    if (common > 0 && jaccard >= options.least_jaccard) {
      out.pairs.push_back({number, to, static_cast<std::size_t>(common), jaccard});
      out.lasting[to] = number;
      out.stayed += static_cast<std::size_t>(common);
    } else if (old_sizes[c] > 0) {
      out.vanished.push_back(number);
    }
  }
  auto fresh = static_cast<std::uint32_t>(old_sizes.size());
  for (std::size_t c = 0; c < new_sizes.size(); ++c) {
    if (out.lasting[c] != none) continue;
    out.lasting[c] = fresh++;
    if (new_sizes[c] > 0) out.appeared.push_back(static_cast<std::uint32_t>(c));
  }
  return out;
}

std::vector<std::uint32_t> lasting_labels(std::span<const std::uint32_t> labels,
                                          const ClusterMatching& matching) {
  std::vector<std::uint32_t> out;
  out.reserve(labels.size());
  for (const std::uint32_t label : labels) {
    if (label >= matching.lasting.size()) {
      throw Exception(ErrorCode::out_of_range, text("the label ", label, " was not matched"),
                      "lasting_labels");
    }
    out.push_back(matching.lasting[label]);
  }
  return out;
}

}  // namespace emptor
