#pragma once
// Bodies of recommend/rating_factors.hpp: the model as bytes.
//
// Kind "rating-factors", version 1: section "ratings" with the scale, the sizes of the items' and
// customers' rows, items and ratings; "loss" with method, clipping, mean, spread and the two
// regularisations; "factors" with f, the matrices that have rows, and the biases.

#include <cmath>
#include <utility>
#include <vector>

#include "emptor/recommend/rating_factors.hpp"

namespace emptor {
namespace detail {

template <class Rows>
std::vector<std::uint32_t> row_sizes(const Rows& rows) {
  std::vector<std::uint32_t> sizes(rows.rows());
  for (std::size_t r = 0; r < sizes.size(); ++r) {
    sizes[r] = static_cast<std::uint32_t>(rows.row_size(r));
  }
  return sizes;
}

inline void put_ratings(SectionWriter& section, const Ratings& data) {
  section.put(data.scale().lowest);
  section.put(data.scale().highest);
  section.put_array(row_sizes(data.by_item()));
  section.put_array(row_sizes(data.by_customer()));
  section.put_array(data.by_customer().indices());
  section.put_array(data.by_customer().values());
}

/// What `put_ratings` wrote. On damage the section has failed and there are no ratings.
inline Ratings get_ratings(SectionReader& section) {
  RatingScale scale;
  scale.lowest = section.get<float>();
  scale.highest = section.get<float>();
  const auto item_sizes = section.get_array<std::uint32_t>();
  const auto sizes = section.get_array<std::uint32_t>();
  auto indices = section.get_array<std::uint32_t>();
  auto values = section.get_array<float>();
  if (!section.ok()) return {};
  std::vector<std::size_t> offsets(1, 0);
  for (const std::uint32_t size : sizes) offsets.push_back(offsets.back() + size);
  bool fits = std::isfinite(scale.lowest) && std::isfinite(scale.highest) &&
              scale.lowest < scale.highest && offsets.back() == indices.size() &&
              values.size() == indices.size();
  std::vector<std::uint32_t> counted(item_sizes.size(), 0);
  for (std::size_t r = 0; fits && r < sizes.size(); ++r) {
    for (std::size_t k = offsets[r]; fits && k < offsets[r + 1]; ++k) {
      fits = indices[k] < item_sizes.size() && (k == offsets[r] || indices[k - 1] < indices[k]) &&
             scale.contains(values[k]);
      if (fits) ++counted[indices[k]];
    }
  }
  if (!section.require(fits && counted == item_sizes, "the ratings contradict themselves")) {
    return {};
  }
  return Ratings(
      Csr<float>(item_sizes.size(), std::move(offsets), std::move(indices), std::move(values)),
      scale);
}

}  // namespace detail

inline std::vector<std::byte> RatingFactorsModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  detail::put_ratings(writer.section("ratings"), parts_.data);
  SectionWriter& loss = writer.section("loss");
  loss.put(parts_.method);
  loss.put(parts_.clip);
  for (const double value : {parts_.mean, parts_.spread, parts_.lambda, parts_.bias_lambda}) {
    loss.put(value);
  }
  SectionWriter& section = writer.section("factors");
  section.put(std::uint64_t{factors()});
  for (const Matrix<float>* matrix : {&parts_.customers, &parts_.items, &parts_.implicit}) {
    if (matrix->rows() > 0) section.put_matrix(*matrix);
  }
  section.put_array(parts_.customer_biases);
  section.put_array(parts_.item_biases);
  return std::move(writer).finish();
}

inline Result<RatingFactorsModel> RatingFactorsModel::load(std::span<const std::byte> bytes,
                                                           const Kernels* kernels) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  RatingFactorsParts parts;

  Result<SectionReader> section = reader->section("ratings");
  if (!section) return section.error();
  parts.data = detail::get_ratings(*section);
  if (Result<void> done = section->finish(); !done) return done.error();

  section = reader->section("loss");
  if (!section) return section.error();
  parts.method = section->get_enum(RatingMethod::svd_pp);
  parts.clip = section->get<bool>();
  for (double* value : {&parts.mean, &parts.spread, &parts.lambda, &parts.bias_lambda}) {
    *value = section->get<double>();
  }
  if (Result<void> done = section->finish(); !done) return done.error();

  section = reader->section("factors");
  if (!section) return section.error();
  const auto f = static_cast<std::size_t>(section->get<std::uint64_t>());
  if (section->require(f >= 1 && f <= 4096, "the number of factors is impossible")) {
    const auto read = [&](std::size_t rows) {
      return rows > 0 ? section->get_matrix<float>() : Matrix<float>(0, f);
    };
    parts.customers = read(parts.data.customers());
    parts.items = read(parts.data.items());
    parts.implicit = read(parts.method == RatingMethod::svd_pp ? parts.data.items() : 0);
    parts.customer_biases = section->get_array<float>();
    parts.item_biases = section->get_array<float>();
  }
  if (section->ok()) {
    const std::string_view fault = detail::rating_parts_fault(parts);
    section->require(fault.empty() && parts.items.columns() == f, fault);
  }
  if (Result<void> done = section->finish(); !done) return done.error();
  return RatingFactorsModel(std::move(parts), kernels);
}

}  // namespace emptor
