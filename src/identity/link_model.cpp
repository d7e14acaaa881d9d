#include "emptor/identity/link_model.hpp"

#include <cmath>
#include <utility>

#include "emptor/core/archive.hpp"
#include "identity/link_model_fit.hpp"

namespace emptor {

namespace {

constexpr std::string_view archive_kind = "link-model";

void put_comparison(SectionWriter& section, const ComparisonParameters& parameters) {
  const Comparison& comparison = parameters.comparison;
  section.put_text(comparison.name);
  section.put(static_cast<std::uint8_t>(comparison.kind));
  section.put(comparison.first_slot);
  section.put(comparison.slots);
  section.put(static_cast<std::uint8_t>(comparison.parent + 1));
  section.put(comparison.individual);
  section.put(comparison.verified);
  for (const LevelProbabilities& p : parameters.given) {
    section.put_array(p.match);
    section.put_array(p.household);
    section.put_array(p.random);
  }
}

[[nodiscard]] bool are_probabilities(const std::array<double, max_levels>& values,
                                     std::size_t levels) {
  bool sound = values[0] == 0;
  for (std::size_t level = 1; level < max_levels; ++level) {
    sound =
        sound && (level <= levels ? values[level] > 0 && values[level] <= 1 : values[level] == 0);
  }
  return sound;
}

[[nodiscard]] ComparisonParameters get_comparison(SectionReader& section, std::size_t place) {
  ComparisonParameters parameters;
  Comparison& comparison = parameters.comparison;
  comparison.name = section.get_text();
  const auto kind = section.get<std::uint8_t>();
  section.require(kind <= static_cast<std::uint8_t>(ComparisonKind::list), "a kind that is none");
  comparison.kind = static_cast<ComparisonKind>(section.ok() ? kind : 0);
  comparison.first_slot = section.get<std::uint8_t>();
  comparison.slots = section.get<std::uint8_t>();
  const auto parent = section.get<std::uint8_t>();
  section.require(parent <= max_comparisons && parent != place + 1 && comparison.slots >= 1,
                  "a comparison that cannot be");
  comparison.parent = static_cast<std::int8_t>(static_cast<int>(parent) - 1);
  comparison.individual = section.get<bool>();
  comparison.verified = section.get<bool>();
  parameters.levels = last_level(comparison.kind);
  for (LevelProbabilities& p : parameters.given) {
    for (auto* values : {&p.match, &p.household, &p.random}) {
      const auto read = section.get_array<double>();
      if (!section.require(read.size() == max_levels, "levels that do not fit")) return {};
      std::copy(read.begin(), read.end(), values->begin());
      section.require(are_probabilities(*values, parameters.levels), "no probabilities");
    }
  }
  return parameters;
}

}  // namespace

std::vector<std::byte> LinkModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& section = writer.section("model", 1);
  section.put(match_share_);
  section.put(household_share_);
  section.put(std::uint64_t{comparisons_.size()});
  for (const ComparisonParameters& parameters : comparisons_) put_comparison(section, parameters);
  return std::move(writer).finish();
}

Result<LinkModel> LinkModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("model");
  if (!section) return section.error();
  LinkModel model;
  model.match_share_ = section->get<double>();
  model.household_share_ = section->get<double>();
  section->require(model.match_share_ > 0 && model.household_share_ >= 0 &&
                       model.match_share_ + model.household_share_ < 1,
                   "shares that are none");
  const auto count = section->get<std::uint64_t>();
  section->require(count <= max_comparisons, "too many comparisons");
  for (std::size_t c = 0; section->ok() && c < count; ++c) {
    model.comparisons_.push_back(get_comparison(*section, c));
    section->require(model.comparisons_[c].comparison.parent < static_cast<int>(count),
                     "a parent that does not exist");
  }
  if (Result<void> done = section->finish(); !done) return done.error();
  return model;
}

void detail::check_link_model(const LinkModelOptions& options) {
  require_option(options.max_iterations >= 1, "max_iterations", ">= 1", options.max_iterations);
  require_option(options.tolerance > 0, "tolerance", "> 0", options.tolerance);
  require_option(options.prior_pairs > 0 && std::isfinite(options.prior_pairs), "prior_pairs",
                 "> 0", options.prior_pairs);
  require_option(options.random_pairs >= 1000, "random_pairs", ">= 1000", options.random_pairs);
}

FittedLinkModel fit_link_model(const ComparedRecords& records,
                               std::span<const LevelPattern> patterns, double all_pairs,
                               const LinkModelOptions& options, const Context& context) {
  detail::check_link_model(options);
  require_option(all_pairs > 0 && std::isfinite(all_pairs), "all_pairs", "> 0", all_pairs);
  return LinkModelFit(records, patterns, all_pairs, options).run(context);
}

}  // namespace emptor
