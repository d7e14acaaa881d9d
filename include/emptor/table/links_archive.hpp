#pragma once
// Links in archives: the part of a saved model that says who follows whom.
// Size: 4 (m + links) bytes, and 4 more a link unless all weights are 1. Thread safety: functions.

#include <cstdint>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/table/interactions_archive.hpp"
#include "emptor/table/links.hpp"

namespace emptor {

/// Appends the links to a section.
inline void put_links(SectionWriter& section, const Links& links) {
  detail::put_rows(section, links.outgoing());
}

/// What `put_links` wrote, of `customers` customers. On damage the section has failed and there are
/// no links. Allocates in proportion to the section's bytes and `customers`.
[[nodiscard]] inline Links get_links(SectionReader& section, std::size_t customers) {
  Csr<float> rows = detail::get_rows(section, customers);
  bool fits = section.ok() && rows.rows() == customers;
  for (std::size_t who = 0; fits && who < rows.rows(); ++who) {
    fits = !rows.contains(who, static_cast<std::uint32_t>(who));
  }
  if (!section.require(fits, "the links do not fit the customers")) return {};
  return Links(std::move(rows));
}

}  // namespace emptor
