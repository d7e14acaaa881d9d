#include "emptor/score/cox.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

CoxModel::CoxModel(SurvivalTerms terms, std::vector<BaselineHazard> baseline)
    : terms_(std::move(terms)), baseline_(std::move(baseline)) {}

void CoxModel::score(const ScoreTable& table, std::span<double> out, const Context& context) const {
  if (out.size() != table.rows() || table.schema() != schema()) {
    throw Exception(ErrorCode::invalid_shape,
                    "a table of the model's schema and room for each of its rows (see map_rows)",
                    "CoxModel::score");
  }
  parallel_chunks(context, table.rows(), 4096, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) out[row] = score(table.row(row));
  });
}

double CoxModel::cumulative_hazard(double time, std::uint32_t stratum) const noexcept {
  const auto found = std::lower_bound(
      baseline_.begin(), baseline_.end(), stratum,
      [](const BaselineHazard& hazard, std::uint32_t code) { return hazard.stratum < code; });
  if (found == baseline_.end() || found->stratum != stratum) return 0;
  const auto later =
      std::upper_bound(found->steps.begin(), found->steps.end(), time,
                       [](double t, const BaselineStep& step) { return t < step.time; });
  return later == found->steps.begin() ? 0 : (later - 1)->hazard;
}

double CoxModel::survival(std::span<const float> row, double time,
                          std::uint32_t stratum) const noexcept {
  const double hazard = cumulative_hazard(time, stratum);
  return hazard > 0 ? std::exp(-std::exp(std::log(hazard) + score(row))) : 1;
}

double CoxModel::loss_within(std::span<const float> row, double age, double horizon,
                             std::uint32_t stratum) const noexcept {
  const double hazard = cumulative_hazard(age + horizon, stratum) - cumulative_hazard(age, stratum);
  return hazard > 0 ? -std::expm1(-std::exp(std::log(hazard) + score(row))) : 0;
}

std::vector<std::byte> CoxModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  terms_.save(writer.section("terms"));
  SectionWriter& section = writer.section("baseline");
  section.put(static_cast<std::uint64_t>(baseline_.size()));
  std::vector<double> times, hazards;
  for (const BaselineHazard& hazard : baseline_) {
    times.clear();
    hazards.clear();
    for (const BaselineStep& step : hazard.steps) {
      times.push_back(step.time);
      hazards.push_back(step.hazard);
    }
    section.put(hazard.stratum);
    section.put_array(std::span<const double>(times));
    section.put_array(std::span<const double>(hazards));
  }
  return std::move(writer).finish();
}

Result<CoxModel> CoxModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> terms_section = reader->section("terms");
  if (!terms_section) return terms_section.error();
  Result<SurvivalTerms> terms = SurvivalTerms::load(*terms_section);
  if (!terms) return terms.error();
  if (const Result<void> read = terms_section->finish(); !read) return read.error();
  Result<SectionReader> section = reader->section("baseline");
  if (!section) return section.error();
  std::vector<BaselineHazard> baseline;
  const auto strata = section->get<std::uint64_t>();
  for (std::uint64_t i = 0; i < strata && section->ok(); ++i) {
    BaselineHazard hazard{.stratum = section->get<std::uint32_t>(), .steps = {}};
    section->require(baseline.empty() || baseline.back().stratum < hazard.stratum,
                     "strata must ascend");
    const std::vector<double> times = section->get_array<double>();
    const std::vector<double> hazards = section->get_array<double>();
    if (!section->require(times.size() == hazards.size(), "a hazard for each time")) break;
    for (std::size_t k = 0; k < times.size(); ++k) {
      const bool ascends = k == 0 || (times[k] > times[k - 1] && hazards[k] >= hazards[k - 1]);
      section->require(
          std::isfinite(times[k]) && hazards[k] >= 0 && std::isfinite(hazards[k]) && ascends,
          "a cumulative hazard must ascend");
      hazard.steps.push_back({times[k], hazards[k]});
    }
    baseline.push_back(std::move(hazard));
  }
  if (const Result<void> read = section->finish(); !read) return read.error();
  return CoxModel(std::move(*terms), std::move(baseline));
}

}  // namespace emptor
