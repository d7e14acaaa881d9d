#include "emptor/identity/survivorship.hpp"

#include <algorithm>
#include <cmath>
#include <compare>

namespace emptor {

namespace {

std::size_t code_points(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

/// Less: `a` first.
std::strong_ordering compare(SurvivorRule rule, const SurvivorCandidate& a,
                             const SurvivorCandidate& b) noexcept {
  switch (rule) {
    case SurvivorRule::most_recent:
      return b.time <=> a.time;
    case SurvivorRule::most_frequent:
      return b.count <=> a.count;
    case SurvivorRule::source_priority:
      return a.priority <=> b.priority;
    case SurvivorRule::longest:
      return code_points(b.value) <=> code_points(a.value);
    case SurvivorRule::verified_first:
      return b.verified <=> a.verified;
    case SurvivorRule::custom:
      break;
  }
  return std::strong_ordering::equal;
}

}  // namespace

bool survives_before(SurvivorRule rule, const SurvivorCandidate& a,
                     const SurvivorCandidate& b) noexcept {
  using enum SurvivorRule;
  for (const SurvivorRule next :
       {rule, verified_first, most_recent, source_priority, most_frequent, longest}) {
    if (const auto order = compare(next, a, b); order != 0) return order < 0;
  }
  if (a.value != b.value) return a.value < b.value;
  if (a.source != b.source) return a.source < b.source;
  return a.record < b.record;
}

void order_survivors(const SurvivorField& field, std::vector<SurvivorCandidate>& candidates) {
  std::sort(candidates.begin(), candidates.end(),
            [&](const SurvivorCandidate& a, const SurvivorCandidate& b) {
              return survives_before(field.rule, a, b);
            });
  if (field.rule != SurvivorRule::custom || candidates.empty()) return;
  const std::size_t chosen = field.choose(candidates);
  if (chosen >= candidates.size()) {
    throw Exception(ErrorCode::out_of_range,
                    text("place ", chosen, " was chosen of ", candidates.size(), " candidates"),
                    "choose");
  }
  const auto at = candidates.begin() + static_cast<std::ptrdiff_t>(chosen);
  std::rotate(candidates.begin(), at, at + 1);
}

void check_survivorship(const SurvivorshipOptions& options) {
  const std::vector<SurvivorField>& fields = options.fields;
  require_option(!fields.empty() && fields.size() <= 64, "fields", "1 to 64 fields", fields.size());
  require_option(options.inferred_credit >= 0 && options.inferred_credit <= 1, "inferred_credit",
                 "in [0, 1]", options.inferred_credit);
  const auto place = [&](const std::string& column) {
    return static_cast<std::size_t>(
        std::find_if(fields.begin(), fields.end(),
                     [&](const SurvivorField& field) { return field.column == column; }) -
        fields.begin());
  };
  double weights = 0;
  for (std::size_t f = 0; f < fields.size(); ++f) {
    const SurvivorField& field = fields[f];
    require_option(place(field.column) == f, "column", "of one field only", field.column);
    require_option(field.rule <= SurvivorRule::custom, "rule", "one of the known rules",
                   static_cast<int>(field.rule));
    require_option(field.rule != SurvivorRule::custom || field.choose != nullptr, "choose",
                   "given for a custom rule", "none");
    require_option(field.weight >= 0 && std::isfinite(field.weight), "weight", ">= 0 and finite",
                   field.weight);
    require_option(field.answer_rate >= 0 && field.answer_rate <= 1, "answer_rate", "in [0, 1]",
                   field.answer_rate);
    require_option(field.min_support >= 1, "min_support", ">= 1", field.min_support);
    require_option(field.min_confidence > 0.5 && field.min_confidence <= 1, "min_confidence",
                   "in (0.5, 1]", field.min_confidence);
    if (field.infer_from) {
      const std::size_t from = place(*field.infer_from);
      require_option(from < fields.size() && from != f, "infer_from", "another field's column",
                     *field.infer_from);
    }
    weights += field.weight;
  }
  require_option(weights > 0 && std::isfinite(weights), "weight",
                 "> 0 for some field, and finite in sum", weights);
}

}  // namespace emptor
