#pragma once
// Named segments, each the customers for whom a rule holds, compiled together.
//
// Compiling shares what rules have in common: the same measure of the same happenings in the same
// window is kept once for all rules. segment/rule.hpp has the language; segment/rule_batch.hpp
// finds who is in the segments as of an instant, segment/rule_stream.hpp keeps them as customers
// do things. Immutable; a copy costs a pointer. Thread safety: may be read from any thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/segment/rule.hpp"
#include "emptor/segment/rule_result.hpp"
#include "emptor/segment/rule_tree.hpp"

namespace emptor {

class SectionReader;  // core/archive_reader.hpp
class SectionWriter;  // core/archive_writer.hpp

namespace detail {
struct RuleProgram;
}

class RuleSegments {
 public:
  /// No segments.
  EMPTOR_API RuleSegments();
  /// Errors as `parse_rule`, with the segment's name before the column: "segment 'vip', column 9";
  /// `not_found` for a reference to no segment, `duplicate` for a name twice, `invalid_value` for
  /// an empty name or segments that refer to each other in a circle, which is named. Throws as
  /// `parse_rule`.
  [[nodiscard]] EMPTOR_API static Result<RuleSegments> compile(
      std::span<const SegmentDefinition> definitions, const RuleSchema& schema);

  [[nodiscard]] EMPTOR_API std::size_t size() const noexcept;
  /// Names and rules in canonical form, as `to_text` writes it.
  [[nodiscard]] EMPTOR_API std::span<const SegmentDefinition> definitions() const noexcept;
  [[nodiscard]] EMPTOR_API const RuleSchema& schema() const noexcept;
  /// The rule's tree. Throws `out_of_range`.
  [[nodiscard]] EMPTOR_API const RuleNode& tree(std::size_t segment) const;
  /// The segment of this name, or nothing.
  [[nodiscard]] EMPTOR_API std::optional<std::size_t> find(std::string_view name) const noexcept;
  /// Distinct conditions of all rules, and the text of one. Throws `out_of_range`.
  [[nodiscard]] EMPTOR_API std::size_t clauses() const noexcept;
  [[nodiscard]] EMPTOR_API std::string_view clause(std::size_t clause) const;
  /// Distinct measures (counts, sums, … and sequences) that all rules share: the numbers that are
  /// kept of each customer.
  [[nodiscard]] EMPTOR_API std::size_t measures() const noexcept;

  /// Names and texts; the schema is the host's. Into one section.
  EMPTOR_API void save(SectionWriter& section) const;
  /// What `save` wrote. Errors: `corrupt`, and those of `compile` under this schema.
  [[nodiscard]] EMPTOR_API static Result<RuleSegments> load(SectionReader& section,
                                                            const RuleSchema& schema);

  [[nodiscard]] const detail::RuleProgram& program() const noexcept { return *program_; }

 private:
  explicit RuleSegments(std::shared_ptr<const detail::RuleProgram> program);
  std::shared_ptr<const detail::RuleProgram> program_;
};

}  // namespace emptor
