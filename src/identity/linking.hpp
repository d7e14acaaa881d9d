#pragma once
// Linking of records that are normalised already.

#include <cstdint>
#include <span>

#include "emptor/core/context.hpp"
#include "emptor/identity/link.hpp"

namespace emptor::detail {

/// As `link`. With a model nothing is fitted. `limits`: most distinct values a customer, by
/// comparison, 0: any number; empty: none. When it throws, `records` are as they were.
[[nodiscard]] Linkage link_compared(ComparedRecords&& records, const LinkOptions& options,
                                    std::span<const LabelledPair> labels, const LinkModel* model,
                                    const Context& context,
                                    std::span<const std::uint32_t> limits = {});

/// The pairs of records that a mode allows.
[[nodiscard]] constexpr bool in_scope(LinkMode mode, std::uint32_t source_a,
                                      std::uint32_t source_b) noexcept {
  return mode == LinkMode::dedupe_and_link ||
         (source_a == source_b) == (mode == LinkMode::dedupe_only);
}

}  // namespace emptor::detail
