#pragma once
// Bodies of recommend/rating_factors.hpp: the model as bytes.
//
// Kind "rating-factors", version 1: section "ratings" with the scale, the sizes of the items' and
// customers' rows, items and ratings; "loss" with method, clipping, mean, spread and the two
// regularisations; "training" with the options of updates; "factors" with f, the matrices that have
// rows, and the biases.

#include <cmath>
#include <utility>
#include <vector>

#include "emptor/recommend/detail/rating_rows.hpp"
#include "emptor/recommend/rating_factors.hpp"

namespace emptor {

inline std::vector<std::byte> RatingFactorsModel::save() const {
  ArchiveWriter writer(archive_kind, 1);
  detail::put_ratings(writer.section("ratings"), parts_.data);
  SectionWriter& loss = writer.section("loss");
  loss.put(parts_.method);
  loss.put(parts_.clip);
  for (const double value : {parts_.mean, parts_.spread, parts_.lambda, parts_.bias_lambda}) {
    loss.put(value);
  }
  SectionWriter& training = writer.section("training");
  training.put(parts_.training.learning_rate);
  training.put(parts_.training.decay);
  training.put(parts_.training.implicit_lambda);
  training.put(parts_.training.initial_deviation);
  training.put(parts_.training.sweeps);
  training.put(parts_.training.seed);
  training.put(parts_.training.updates);
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

  section = reader->section("training");
  if (!section) return section.error();
  for (double* value : {&parts.training.learning_rate, &parts.training.decay,
                        &parts.training.implicit_lambda, &parts.training.initial_deviation}) {
    *value = section->get<double>();
  }
  for (std::uint64_t* value :
       {&parts.training.sweeps, &parts.training.seed, &parts.training.updates}) {
    *value = section->get<std::uint64_t>();
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
