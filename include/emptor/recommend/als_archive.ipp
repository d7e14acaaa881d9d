#pragma once
// Bodies of recommend/als.hpp: the model as bytes. Included by als.ipp.
//
// Kind "als" ("als-double", "als-bfloat16"), version 1: section "interactions"; "factors" with f
// and the matrices of customers and items that have rows; "loss" with a0, lambda, nu, whether
// weights count, and a0 times the Gramian's f eigenvalues; "fit" with the options that remain,
// which a file need not have.

#include <cmath>
#include <type_traits>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/recommend/als.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

namespace detail {

/// Factors as the archive has them: numbers.
template <class T>
void put_factors(SectionWriter& section, const Matrix<T>& factors) {
  if (factors.rows() > 0) section.put_matrix(factors);
}
inline void put_factors(SectionWriter& section, const Matrix<Bfloat16>& factors) {
  Matrix<std::uint16_t> bits(factors.rows(), factors.columns());
  for (std::size_t r = 0; r < bits.rows(); ++r) {
    for (std::size_t j = 0; j < bits.columns(); ++j) bits(r, j) = factors(r, j).bits;
  }
  put_factors(section, bits);
}
template <class Stored>
Matrix<Stored> get_factors(SectionReader& section, std::size_t rows, std::size_t f) {
  if (rows == 0) return Matrix<Stored>(0, f);
  if constexpr (std::is_same_v<Stored, Bfloat16>) {
    const auto bits = section.get_matrix<std::uint16_t>();
    Matrix<Bfloat16> factors(bits.rows(), bits.columns());
    for (std::size_t r = 0; r < bits.rows(); ++r) {
      for (std::size_t j = 0; j < bits.columns(); ++j) factors(r, j).bits = bits(r, j);
    }
    return factors;
  } else {
    return section.get_matrix<Stored>();
  }
}

}  // namespace detail

template <class T, class Stored>
std::vector<std::byte> BasicAlsModel<T, Stored>::save() const {
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
  detail::put_factors(factors, customer_factors_);
  detail::put_factors(factors, item_factors_);
  put_interactions(writer.section("interactions"), data_);
  return std::move(writer).finish();
}

template <class T, class Stored>
Result<BasicAlsModel<T, Stored>> BasicAlsModel<T, Stored>::load(std::span<const std::byte> bytes,
                                                                const Kernels* kernels) {
  Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
  if (!reader) return reader.error();
  detail::AlsParts<T, Stored> parts{};
  parts.kernels = kernels;

  Result<SectionReader> interactions = reader->section("interactions");
  if (!interactions) return interactions.error();
  parts.data = get_interactions(*interactions);
  if (Result<void> done = interactions->finish(); !done) return done.error();

  Result<SectionReader> factors = reader->section("factors");
  if (!factors) return factors.error();
  const auto f = static_cast<std::size_t>(factors->template get<std::uint64_t>());
  if (factors->require(f >= 1 && f <= 4096, "the number of factors is impossible")) {
    parts.customers = detail::get_factors<Stored>(*factors, parts.data.customers(), f);
    parts.items = detail::get_factors<Stored>(*factors, parts.data.items(), f);
  }
  factors->require(parts.customers.rows() == parts.data.customers() &&
                       parts.items.rows() == parts.data.items() && parts.customers.columns() == f &&
                       parts.items.columns() == f,
                   "the factors do not fit the interactions");
  for (const Matrix<Stored>* matrix : {&parts.customers, &parts.items}) {
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
  parts.spectrum.resize(Matrix<T>::padded(f), T{1});

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
