#include "emptor/segment/gaussian_mixture.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>

#include "emptor/core/archive.hpp"
#include "segment/cluster_rows.hpp"

namespace emptor {

namespace {

constexpr std::size_t block = 64;  // rows side by side

[[noreturn]] void wrong_shape() {
  throw Exception(ErrorCode::invalid_shape,
                  "a weight, a mean and a covariance of its kind are needed for each component",
                  "MixtureModel");
}

/// The lower Cholesky factor of each of the k d x d matrices, false when one has none.
bool factor(const Matrix<double>& covariances, std::size_t d, Matrix<double>& out) {
  out = Matrix<double>(covariances.rows(), d);
  for (std::size_t first = 0; first < covariances.rows(); first += d) {
    for (std::size_t i = 0; i < d; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        double sum = covariances(first + i, j);
        for (std::size_t l = 0; l < j; ++l) sum -= out(first + i, l) * out(first + j, l);
        if (i == j) {
          if (!(sum > 0) || !std::isfinite(sum)) return false;
          out(first + i, i) = std::sqrt(sum);
        } else {
          out(first + i, j) = sum / out(first + j, j);
        }
      }
    }
  }
  return true;
}

/// Square roots of all, false unless all are finite and > 0.
bool roots(const Matrix<double>& variances, Matrix<double>& out) {
  out = variances;
  for (std::size_t r = 0; r < out.rows(); ++r) {
    for (double& value : out.row(r)) {
      if (!(value > 0) || !std::isfinite(value)) return false;
      value = std::sqrt(value);
    }
  }
  return true;
}

}  // namespace

MixtureModel::MixtureModel(MixtureCovariance kind, std::vector<double> weights,
                           Matrix<double> means, Matrix<double> covariances)
    : kind_(kind),
      weights_(std::move(weights)),
      means_(std::move(means)),
      covariances_(std::move(covariances)) {
  const std::size_t k = weights_.size();
  const std::size_t d = means_.columns();
  const bool full = kind_ == MixtureCovariance::full;
  const std::size_t columns = kind_ == MixtureCovariance::spherical ? 1 : d;
  if (k == 0 || d == 0 || means_.rows() != k || covariances_.columns() != columns ||
      covariances_.rows() != (full ? k * d : k)) {
    wrong_shape();
  }
  double total = 0;
  bool good = full ? factor(covariances_, d, factors_) : roots(covariances_, factors_);
  for (std::size_t c = 0; c < k; ++c) {
    good = good && weights_[c] > 0;
    total += weights_[c];
    for (const double value : means_.row(c)) good = good && std::isfinite(value);
  }
  if (!good || !(std::fabs(total - 1) < 1e-6)) {
    throw Exception(ErrorCode::invalid_value,
                    "weights must be > 0 and add up to 1, means be finite and covariances positive "
                    "definite",
                    "MixtureModel");
  }
  for (std::size_t c = 0; c < k; ++c) {
    double log_root = 0;
    for (std::size_t j = 0; j < d; ++j) {
      log_root += std::log(full           ? factors_(c * d + j, j)
                           : columns == 1 ? factors_(c, 0)
                                          : factors_(c, j));
    }
    constants_.push_back(std::log(weights_[c]) - log_root -
                         static_cast<double>(d) / 2 * std::log(2 * std::numbers::pi));
  }
}

std::size_t MixtureModel::parameters() const noexcept {
  const std::size_t k = components();
  const std::size_t d = columns();
  const std::size_t each = kind_ == MixtureCovariance::full       ? d * (d + 1) / 2
                           : kind_ == MixtureCovariance::diagonal ? d
                                                                  : 1;
  return k * (each + d) + k - 1;
}

void MixtureModel::log_joint(const double* rows, std::size_t stride, std::size_t count,
                             double* scratch, double* out) const {
  const std::size_t d = columns();
  double* const off = scratch;                 // d x 64: row minus mean
  double* const solved = scratch + d * block;  // d x 64
  for (std::size_t c = 0; c < components(); ++c) {
    const double* const mean = means_.row(c).data();
    for (std::size_t j = 0; j < d; ++j) {
      for (std::size_t t = 0; t < count; ++t) off[j * block + t] = rows[t * stride + j] - mean[j];
      for (std::size_t t = count; t < block; ++t) off[j * block + t] = 0;
    }
    double squares[block] = {};
    for (std::size_t j = 0; j < d; ++j) {
      double value[block];
      std::copy_n(off + j * block, block, value);
      double root = 0;
      if (kind_ == MixtureCovariance::full) {
        const double* const factor_row = factors_.row(c * d + j).data();
        for (std::size_t l = 0; l < j; ++l) {
          const double by = factor_row[l];
          for (std::size_t t = 0; t < block; ++t) value[t] -= by * solved[l * block + t];
        }
        root = factor_row[j];
      } else {
        root = factors_(c, kind_ == MixtureCovariance::spherical ? 0 : j);
      }
      for (std::size_t t = 0; t < block; ++t) {
        value[t] /= root;
        squares[t] += value[t] * value[t];
      }
      std::copy_n(value, block, solved + j * block);
    }
    for (std::size_t t = 0; t < block; ++t) out[c * block + t] = constants_[c] - squares[t] / 2;
  }
}

void MixtureModel::expect(const Matrix<double>& points, Matrix<double>& shares,
                          std::span<double> densities, const Context& context) const {
  const std::size_t k = components();
  const auto expect_chunk = [&](std::size_t begin, std::size_t end) {
    std::vector<double> scratch(2 * columns() * block);
    std::vector<double> joint(k * block);
    for (std::size_t from = begin; from < end; from += block) {
      const std::size_t count = std::min(block, end - from);
      log_joint(points.data() + from * points.stride(), points.stride(), count, scratch.data(),
                joint.data());
      for (std::size_t t = 0; t < count; ++t) {
        double most = joint[t];
        for (std::size_t c = 1; c < k; ++c) most = std::max(most, joint[c * block + t]);
        double sum = 0;
        for (std::size_t c = 0; c < k; ++c) {
          shares(from + t, c) = std::exp(joint[c * block + t] - most);
          sum += shares(from + t, c);
        }
        densities[from + t] = most + std::log(sum);
        for (std::size_t c = 0; c < k; ++c) shares(from + t, c) /= sum;
      }
    }
  };
  parallel_chunks(context, points.rows(), detail::cluster_chunk(points.rows()), expect_chunk);
}

Matrix<double> MixtureModel::responsibilities(const Matrix<double>& points,
                                              const Context& context) const {
  if (points.columns() != columns()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("rows of ", columns(), " columns are needed, got ", points.columns()),
                    "MixtureModel");
  }
  if (points.rows() > 0) detail::require_finite_rows(points, "MixtureModel", context);
  Matrix<double> shares(points.rows(), components());
  std::vector<double> densities(points.rows());
  expect(points, shares, densities, context);
  return shares;
}

std::vector<std::uint32_t> MixtureModel::labels(const Matrix<double>& points,
                                                const Context& context) const {
  const Matrix<double> shares = responsibilities(points, context);
  std::vector<std::uint32_t> out;
  for (std::size_t i = 0; i < shares.rows(); ++i) {
    const std::span<const double> row = shares.row(i);
    out.push_back(
        static_cast<std::uint32_t>(std::max_element(row.begin(), row.end()) - row.begin()));
  }
  return out;
}

std::vector<double> MixtureModel::log_densities(const Matrix<double>& points,
                                                const Context& context) const {
  if (points.columns() != columns()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("rows of ", columns(), " columns are needed, got ", points.columns()),
                    "MixtureModel");
  }
  if (points.rows() > 0) detail::require_finite_rows(points, "MixtureModel", context);
  Matrix<double> shares(points.rows(), components());
  std::vector<double> densities(points.rows());
  expect(points, shares, densities, context);
  return densities;
}

std::vector<std::byte> MixtureModel::save() const {
  ArchiveWriter writer("gaussian-mixture", 1);
  SectionWriter& section = writer.section("mixture");
  section.put(kind_);
  section.put_array(weights_);
  section.put_matrix(means_);
  section.put_matrix(covariances_);
  return std::move(writer).finish();
}

Result<MixtureModel> MixtureModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "gaussian-mixture", 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("mixture");
  if (!section) return section.error();
  const auto kind = section->get_enum(MixtureCovariance::spherical);
  auto weights = section->get_array<double>();
  auto means = section->get_matrix<double>();
  auto covariances = section->get_matrix<double>();
  if (Result<void> done = section->finish(); !done) return done.error();
  try {
    return MixtureModel(kind, std::move(weights), std::move(means), std::move(covariances));
  } catch (const Exception& wrong) {
    return Error{ErrorCode::corrupt, wrong.error().message, "gaussian-mixture/mixture"};
  }
}

}  // namespace emptor
