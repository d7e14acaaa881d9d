#include "emptor/score/discrete_hazard.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/math/special_functions.hpp"

namespace emptor {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

DiscreteHazardModel::DiscreteHazardModel(SurvivalTerms terms, HazardLink link,
                                         std::vector<double> ends, std::vector<double> baseline)
    : terms_(std::move(terms)),
      link_(link),
      ends_(std::move(ends)),
      baseline_(std::move(baseline)) {
  if (ends_.size() != baseline_.size() || ends_.empty()) {
    throw Exception(ErrorCode::invalid_shape, "a baseline for each of some periods",
                    "DiscreteHazardModel");
  }
  bool fits = link <= HazardLink::cloglog;
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    fits = fits && std::isfinite(ends_[i]) && ends_[i] > begin_of(i) && std::isfinite(baseline_[i]);
  }
  if (!fits) {
    throw Exception(ErrorCode::invalid_value, "periods must ascend, baselines be finite",
                    "DiscreteHazardModel");
  }
}

void DiscreteHazardModel::score(const ScoreTable& table, std::span<double> out,
                                const Context& context) const {
  if (out.size() != table.rows() || table.schema() != schema()) {
    throw Exception(ErrorCode::invalid_shape,
                    "a table of the model's schema and room for each of its rows (see map_rows)",
                    "DiscreteHazardModel::score");
  }
  parallel_chunks(context, table.rows(), 4096, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) out[row] = score(table.row(row));
  });
}

double DiscreteHazardModel::risk(double score, std::size_t period) const noexcept {
  const double at = baseline_[std::min(period, baseline_.size() - 1)] + score;
  return link_ == HazardLink::cloglog ? std::exp(at) : softplus(at);
}

double DiscreteHazardModel::risk_between(double score, double from, double to) const noexcept {
  double sum = 0;
  const auto first = std::upper_bound(ends_.begin(), ends_.end(), from);
  for (auto period = static_cast<std::size_t>(first - ends_.begin());
       period < ends_.size() && begin_of(period) < to; ++period) {
    const double begin = std::max(from, begin_of(period));
    const double end = std::min(to, ends_[period]);
    sum += risk(score, period) * ((end - begin) / (ends_[period] - begin_of(period)));
  }
  const double begin = std::max(from, ends_.back());
  if (to > begin) {
    const std::size_t last = ends_.size() - 1;
    const double beyond = risk(score, last) * ((to - begin) / (ends_[last] - begin_of(last)));
    sum += std::isnan(beyond) ? 0 : beyond;  // no risk, for ever
  }
  return sum;
}

double DiscreteHazardModel::hazard(std::span<const float> row, std::size_t period) const noexcept {
  return -std::expm1(-risk(score(row), period));
}

double DiscreteHazardModel::survival(std::span<const float> row, double time) const noexcept {
  return std::exp(-risk_between(score(row), 0, time));
}

double DiscreteHazardModel::loss_within(std::span<const float> row, double age,
                                        double horizon) const noexcept {
  const double from = std::max(0.0, age);
  if (!(horizon > 0) || !std::isfinite(from)) return 0;
  return -std::expm1(-risk_between(score(row), from, from + horizon));
}

void DiscreteHazardModel::survival_curve(std::span<const float> row,
                                         std::span<double> out) const noexcept {
  const double own = score(row);
  double sum = 0;
  for (std::size_t period = 0; period < out.size(); ++period) {
    sum += risk(own, period);
    out[period] = std::exp(-sum);
  }
}

double DiscreteHazardModel::quantile(std::span<const float> row, double p) const noexcept {
  if (!(p > 0)) return 0;
  if (p >= 1) return infinity;
  const double own = score(row);
  double left = -std::log1p(-p);
  for (std::size_t period = 0;; ++period) {
    const std::size_t known = std::min(period, ends_.size() - 1);
    const double length = ends_[known] - begin_of(known);
    const double here = risk(own, period);
    if (period == ends_.size()) return here > 0 ? ends_.back() + length * (left / here) : infinity;
    if (here >= left) return begin_of(period) + length * (left / here);
    left -= here;
  }
}

std::vector<std::byte> DiscreteHazardModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  terms_.save(writer.section("terms"));
  SectionWriter& section = writer.section("periods");
  section.put(static_cast<std::uint8_t>(link_));
  section.put_array(std::span<const double>(ends_));
  section.put_array(std::span<const double>(baseline_));
  return std::move(writer).finish();
}

Result<DiscreteHazardModel> DiscreteHazardModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> terms_section = reader->section("terms");
  if (!terms_section) return terms_section.error();
  Result<SurvivalTerms> terms = SurvivalTerms::load(*terms_section);
  if (!terms) return terms.error();
  if (const Result<void> read = terms_section->finish(); !read) return read.error();
  Result<SectionReader> section = reader->section("periods");
  if (!section) return section.error();
  const auto link = section->get<std::uint8_t>();
  std::vector<double> ends = section->get_array<double>();
  std::vector<double> baseline = section->get_array<double>();
  if (const Result<void> read = section->finish(); !read) return read.error();
  try {
    return DiscreteHazardModel(std::move(*terms), static_cast<HazardLink>(link), std::move(ends),
                               std::move(baseline));
  } catch (const Exception& e) {
    return Error{ErrorCode::corrupt, e.error().message, "discrete hazard"};
  }
}

}  // namespace emptor
