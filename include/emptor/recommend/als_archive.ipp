#pragma once
// Bodies of recommend/als.hpp: the model as bytes. Included by als.ipp.
//
// Kind "als" (or "als-double"), version 1: section "interactions"; "factors" with f and the
// matrices of customers and items that have rows; "loss" with a0, lambda, nu, whether weights
// count, and a0 times the Gramian's f eigenvalues; "fit" with the options that remain, which a file
// need not have.

#include <cmath>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/recommend/als.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

template <class T>
std::vector<std::byte> BasicAlsModel<T>::save() const {
  ArchiveWriter writer(archive_kind, 1);
  SectionWriter& loss = writer.section("loss");
  loss.put(options_.unobserved_weight);
  loss.put(options_.lambda);
  loss.put(options_.nu);
  loss.put(options_.use_weights);
  loss.put_array(std::span<const T>(spectrum_.data(), item_factors_.columns()));
  SectionWriter& fit = writer.section("fit");
  fit.put(std::uint64_t{options_.sweeps});
  fit.put(options_.initial_deviation);
  fit.put(options_.seed);
  fit.put(options_.solver);
  fit.put(std::uint64_t{options_.cg_steps});
  fit.put(std::uint64_t{options_.block});
  SectionWriter& factors = writer.section("factors");
  factors.put(std::uint64_t{item_factors_.columns()});
  for (const Matrix<T>* matrix : {&customer_factors_, &item_factors_}) {
    if (matrix->rows() > 0) factors.put_matrix(*matrix);
  }
  put_interactions(writer.section("interactions"), data_);
  return std::move(writer).finish();
}

template <class T>
Result<BasicAlsModel<T>> BasicAlsModel<T>::load(std::span<const std::byte> bytes,
                                                const Kernels* kernels) {
  Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  detail::AlsParts<T> parts{};
  parts.kernels = kernels;

  Result<SectionReader> interactions = reader->section("interactions");
  if (!interactions) return interactions.error();
  parts.data = get_interactions(*interactions);
  if (Result<void> done = interactions->finish(); !done) return done.error();

  Result<SectionReader> factors = reader->section("factors");
  if (!factors) return factors.error();
  const auto f = static_cast<std::size_t>(factors->template get<std::uint64_t>());
  if (factors->require(f >= 1 && f <= 4096, "the number of factors is impossible")) {
    const auto read = [&](std::size_t rows) {
      return rows > 0 ? factors->template get_matrix<T>() : Matrix<T>(0, f);
    };
    parts.customers = read(parts.data.customers());
    parts.items = read(parts.data.items());
  }
  factors->require(parts.customers.rows() == parts.data.customers() &&
                       parts.items.rows() == parts.data.items() && parts.customers.columns() == f &&
                       parts.items.columns() == f,
                   "the factors do not fit the interactions");
  for (const Matrix<T>* matrix : {&parts.customers, &parts.items}) {
    bool finite = true;
    for (std::size_t r = 0; factors->ok() && r < matrix->rows(); ++r) {
      for (const T value : matrix->row(r)) finite = finite && std::isfinite(value);
    }
    factors->require(finite, "a factor is not a finite number");
  }
  if (Result<void> done = factors->finish(); !done) return done.error();

  Result<SectionReader> loss = reader->section("loss");
  if (!loss) return loss.error();
  parts.options.factors = f;
  parts.options.unobserved_weight = loss->template get<double>();
  parts.options.lambda = loss->template get<double>();
  parts.options.nu = loss->template get<double>();
  parts.options.use_weights = loss->template get<bool>();
  parts.spectrum = loss->template get_array<T>();
  bool valid = parts.spectrum.size() == f && parts.options.unobserved_weight >= 0 &&
               std::isfinite(parts.options.unobserved_weight) && parts.options.lambda > 0 &&
               std::isfinite(parts.options.lambda) && parts.options.nu >= 0 &&
               parts.options.nu <= 2;
  for (const T value : parts.spectrum) valid = valid && value >= 0 && std::isfinite(value);
  loss->require(valid, "the loss has impossible parameters");
  if (Result<void> done = loss->finish(); !done) return done.error();
  parts.spectrum.resize(parts.items.stride(), T{1});

  if (reader->has("fit")) {
    Result<SectionReader> fit = reader->section("fit");
    if (!fit) return fit.error();
    AlsOptions& options = parts.options;
    options.sweeps = static_cast<std::size_t>(fit->template get<std::uint64_t>());
    options.initial_deviation = fit->template get<double>();
    options.seed = fit->template get<std::uint64_t>();
    options.solver = fit->template get<AlsSolver>();
    options.cg_steps = static_cast<std::size_t>(fit->template get<std::uint64_t>());
    options.block = static_cast<std::size_t>(fit->template get<std::uint64_t>());
    fit->require(options.sweeps >= 1 && options.initial_deviation > 0 &&
                     std::isfinite(options.initial_deviation) &&
                     options.solver <= AlsSolver::block && options.cg_steps >= 1 &&
                     options.block >= 1,
                 "the fit has impossible options");
    if (Result<void> done = fit->finish(); !done) return done.error();
  }
  return BasicAlsModel(std::move(parts));
}

}  // namespace emptor
