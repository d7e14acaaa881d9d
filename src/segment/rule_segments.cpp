#include "emptor/segment/rule_segments.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "emptor/core/archive.hpp"
#include "segment/rule_lexer.hpp"
#include "segment/rule_parser.hpp"
#include "segment/rule_program.hpp"

namespace emptor {

namespace detail {

namespace {

/// Calls `visit` for every reference in the tree.
template <class Visit>
void for_each_reference(const RuleNode& node, Visit&& visit) {
  if (node.kind == RuleKind::segment) visit(node);
  for (const RuleNode& child : node.children) for_each_reference(child, visit);
}

/// Where the segment of a name stands.
using SegmentPlaces = std::unordered_map<std::string_view, std::uint32_t>;

/// Puts the segments in order, those that are referred to first; throws for a circle.
class ReferenceOrder {
 public:
  /// `at`: whose rule is looked at.
  ReferenceOrder(RuleProgram& program, std::span<const SegmentDefinition> given,
                 const SegmentPlaces& places, std::uint32_t& at)
      : program_(program), given_(given), places_(places), at_(at), state_(given.size(), 0) {
    for (std::uint32_t s = 0; s < given.size(); ++s) visit(s);
    program_.rank.resize(given.size());
    for (std::uint32_t i = 0; i < given.size(); ++i) program_.rank[program_.order[i]] = i;
  }

 private:
  // An own stack: references may go as deep as there are segments.
  struct Frame {
    std::uint32_t segment;
    std::vector<std::pair<std::uint32_t, std::size_t>> references;  // and their places
    std::size_t next = 0;
  };
  Frame frame_of(std::uint32_t segment) {
    Frame frame{segment, {}};
    for_each_reference(program_.trees[segment], [&](const RuleNode& node) {
      const std::string& wanted = node.texts.front();
      const std::size_t place = node.place == 0 ? 0 : std::size_t{node.place} - 1;
      if (const auto found = places_.find(wanted); found != places_.end()) {
        frame.references.emplace_back(found->second, place);
        return;
      }
      std::vector<std::string_view> names;
      for (const SegmentDefinition& one : given_) names.push_back(one.name);
      fail_rule(given_[segment].rule, place, ErrorCode::not_found,
                text("there is no segment '", wanted, "'", near_names(wanted, names)));
    });
    return frame;
  }
  void visit(std::uint32_t root) {
    if (state_[root] != 0) return;
    std::vector<Frame> open;
    const auto enter = [&](std::uint32_t segment) {
      at_ = segment;
      state_[segment] = 1;
      open.push_back(frame_of(segment));
    };
    enter(root);
    while (!open.empty()) {
      Frame& frame = open.back();
      at_ = frame.segment;
      if (frame.next == frame.references.size()) {
        state_[frame.segment] = 2;
        program_.order.push_back(frame.segment);
        open.pop_back();
        continue;
      }
      const auto [segment, place] = frame.references[frame.next++];
      if (state_[segment] == 0) {
        enter(segment);
      } else if (state_[segment] == 1) {
        fail_rule(given_[frame.segment].rule, place, ErrorCode::invalid_value,
                  text("segments refer to each other in a circle: ", circle_of(open, segment)));
      }
    }
  }

  /// The names from `first` round to it again; the middle of a long circle is left out.
  std::string circle_of(std::span<const Frame> open, std::uint32_t first) const {
    constexpr std::size_t most_each_side = 4;
    while (open.front().segment != first) open = open.subspan(1);
    std::string circle;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (i >= most_each_side && open.size() - i > most_each_side) {
        if (i == most_each_side) {
          circle += text("(", open.size() - 2 * most_each_side, " more) -> ");
        }
        continue;
      }
      circle += text("'", given_[open[i].segment].name, "' -> ");
    }
    return text(circle, "'", given_[first].name, "'");
  }

  RuleProgram& program_;
  std::span<const SegmentDefinition> given_;
  const SegmentPlaces& places_;
  std::uint32_t& at_;
  std::vector<char> state_;  // 0 new, 1 open, 2 done
};

/// The error with the segment before its place.
Error in_segment(Error error, std::string_view segment) {
  error.where = text("segment '", segment, "'", error.where.empty() ? "" : ", ", error.where);
  return error;
}

}  // namespace

}  // namespace detail

RuleSegments::RuleSegments() : program_(std::make_shared<detail::RuleProgram>()) {}
RuleSegments::RuleSegments(std::shared_ptr<const detail::RuleProgram> program)
    : program_(std::move(program)) {}

Result<RuleSegments> RuleSegments::compile(std::span<const SegmentDefinition> definitions,
                                           const RuleSchema& schema) {
  auto program = std::make_shared<detail::RuleProgram>();
  program->schema = schema;
  detail::SegmentPlaces places;
  for (const SegmentDefinition& given : definitions) {
    if (given.name.empty()) {
      return Error{ErrorCode::invalid_value, "a segment needs a name", "RuleSegments"};
    }
    if (!places.emplace(given.name, static_cast<std::uint32_t>(places.size())).second) {
      return Error{ErrorCode::duplicate, text("there are two segments '", given.name, "'"),
                   "RuleSegments"};
    }
    Result<RuleNode> tree = parse_rule(given.rule, schema);
    if (!tree) return detail::in_segment(tree.error(), given.name);
    program->definitions.push_back({given.name, to_text(*tree)});
    program->trees.push_back(*std::move(tree));
  }
  std::uint32_t at = 0;
  try {
    detail::ReferenceOrder(*program, definitions, places, at);
  } catch (const Exception& bad) {
    return detail::in_segment(bad.error(), definitions[at].name);
  }
  detail::compile_rules(*program);
  return RuleSegments(std::move(program));
}

std::size_t RuleSegments::size() const noexcept {
  return program_->definitions.size();
}
std::span<const SegmentDefinition> RuleSegments::definitions() const noexcept {
  return program_->definitions;
}
const RuleSchema& RuleSegments::schema() const noexcept {
  return program_->schema;
}

const RuleNode& RuleSegments::tree(std::size_t segment) const {
  if (segment >= size()) {
    throw Exception(ErrorCode::out_of_range, text("segment ", segment, " of ", size()),
                    "RuleSegments::tree");
  }
  return program_->trees[segment];
}

std::optional<std::size_t> RuleSegments::find(std::string_view name) const noexcept {
  for (std::size_t s = 0; s < size(); ++s) {
    if (program_->definitions[s].name == name) return s;
  }
  return std::nullopt;
}

std::size_t RuleSegments::clauses() const noexcept {
  return program_->conditions.size();
}
std::string_view RuleSegments::clause(std::size_t clause) const {
  if (clause >= clauses()) {
    throw Exception(ErrorCode::out_of_range, text("clause ", clause, " of ", clauses()),
                    "RuleSegments::clause");
  }
  return program_->conditions[clause].text;
}
std::size_t RuleSegments::measures() const noexcept {
  return program_->measures.size();
}

void RuleSegments::save(SectionWriter& section) const {
  section.put(static_cast<std::uint64_t>(size()));
  for (const SegmentDefinition& one : definitions()) {
    section.put_text(one.name);
    section.put_text(one.rule);
  }
}

Result<RuleSegments> RuleSegments::load(SectionReader& section, const RuleSchema& schema) {
  std::vector<SegmentDefinition> definitions;
  const auto count = section.get<std::uint64_t>();
  while (definitions.size() < count && section.ok()) {
    SegmentDefinition one;
    one.name = section.get_text();
    one.rule = section.get_text();
    definitions.push_back(std::move(one));
  }
  if (!section.ok()) return section.finish().error();
  return compile(definitions, schema);
}

}  // namespace emptor
