#include "emptor/segment/lookalike.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/topk.hpp"
#include "segment/cluster_rows.hpp"
#include "segment/lookalike_logistic.hpp"

namespace emptor {

namespace {

bool all_finite(const Matrix<double>& values) {
  for (std::size_t r = 0; r < values.rows(); ++r) {
    for (const double value : values.row(r)) {
      if (!std::isfinite(value)) return false;
    }
  }
  return true;
}

double dot(const double* a, const double* b, std::size_t d) noexcept {
  double sum = 0;
  for (std::size_t j = 0; j < d; ++j) sum += a[j] * b[j];
  return sum;
}

/// 0 where either has no length.
double cosine(const double* a, const double* b, std::size_t d) noexcept {
  const double lengths = std::sqrt(dot(a, a, d)) * std::sqrt(dot(b, b, d));
  return lengths > 0 ? std::clamp(dot(a, b, d) / lengths, -1.0, 1.0) : 0;
}

void check_parts(const LookalikeParts& parts) {
  const std::size_t d = parts.centre.size();
  bool fits = d > 0;
  bool good = all_finite(parts.factor) && all_finite(parts.seeds);
  for (const double value : parts.centre) good = good && std::isfinite(value);
  for (const double value : parts.coefficients) good = good && std::isfinite(value);
  if (parts.method == LookalikeMethod::mahalanobis) {
    fits = fits && parts.factor.rows() == d && parts.factor.columns() == d;
    for (std::size_t j = 0; fits && j < d; ++j) good = good && parts.factor(j, j) > 0;
  }
  if (parts.method == LookalikeMethod::logistic) {
    fits = fits && (parts.coefficients.size() == 1 + d || parts.coefficients.size() == 1 + 2 * d);
    good = good && parts.label_share > 0 && parts.label_share <= 1;
  }
  if (parts.method == LookalikeMethod::hashing) {
    fits = fits && parts.seeds.rows() > 0 && parts.seeds.columns() == d && parts.tables >= 1 &&
           parts.tables <= 64 && parts.bits >= 1 && parts.bits <= 24;
  }
  if (!fits) {
    throw Exception(ErrorCode::invalid_shape, "the parts do not fit together", "LookalikeModel");
  }
  if (!good) {
    throw Exception(ErrorCode::invalid_value, "a part is no number or out of range",
                    "LookalikeModel");
  }
}

}  // namespace

LookalikeModel::LookalikeModel(LookalikeParts parts) : parts_(std::move(parts)) {
  check_parts(parts_);
  if (parts_.method == LookalikeMethod::hashing) build_tables();
}

void LookalikeModel::build_tables() {
  planes_ = Matrix<double>(std::size_t{parts_.tables} * parts_.bits, columns());
  for (std::size_t p = 0; p < planes_.rows(); ++p) {
    RandomStream random(parts_.seed, p);
    for (double& value : planes_.row(p)) value = random.normal();
  }
  const std::size_t s = parts_.seeds.rows();
  buckets_.resize(parts_.tables * s);
  std::vector<std::uint32_t> codes(parts_.tables);
  for (std::size_t i = 0; i < s; ++i) {
    codes_of(parts_.seeds.row(i).data(), codes.data());
    for (std::size_t t = 0; t < codes.size(); ++t) {
      buckets_[t * s + i] = std::uint64_t{codes[t]} << 32 | i;
    }
  }
  for (std::size_t t = 0; t < codes.size(); ++t) {
    const auto begin = buckets_.begin() + static_cast<std::ptrdiff_t>(t * s);
    std::sort(begin, begin + static_cast<std::ptrdiff_t>(s));
  }
}

void LookalikeModel::codes_of(const double* row, std::uint32_t* codes) const {
  for (std::size_t t = 0; t < parts_.tables; ++t) {
    std::uint32_t code = 0;
    for (std::size_t b = 0; b < parts_.bits; ++b) {
      const double side = dot(row, planes_.row(t * parts_.bits + b).data(), columns());
      code = code << 1 | (side > 0 ? 1U : 0U);
    }
    codes[t] = code;
  }
}

double LookalikeModel::hashed_score(const double* row, std::uint32_t* codes) const {
  codes_of(row, codes);
  const std::size_t s = parts_.seeds.rows();
  const double length = std::sqrt(dot(row, row, columns()));
  double best = -1;
  for (std::size_t t = 0; t < parts_.tables; ++t) {
    const std::uint64_t* const begin = buckets_.data() + t * s;
    const std::uint64_t low = std::uint64_t{codes[t]} << 32;
    for (const std::uint64_t* at = std::lower_bound(begin, begin + s, low);
         at != begin + s && *at >> 32 == codes[t]; ++at) {
      const double product =
          dot(row, parts_.seeds.row(static_cast<std::uint32_t>(*at)).data(), columns());
      best = std::max(best, length > 0 ? std::min(1.0, product / length) : 0);
    }
  }
  return best;
}

std::vector<double> LookalikeModel::scores(const Matrix<double>& points,
                                           const Context& context) const {
  const std::size_t d = columns();
  if (points.columns() != d) {
    throw Exception(ErrorCode::invalid_shape,
                    text("rows of ", d, " columns are needed, got ", points.columns()),
                    "LookalikeModel");
  }
  std::vector<double> out(points.rows());
  if (out.empty()) return out;
  detail::require_finite_rows(points, "LookalikeModel", context);
  parallel_chunks(context, out.size(), 1024, [&](std::size_t begin, std::size_t end) {
    std::vector<double> solved(d);
    std::vector<std::uint32_t> codes(parts_.tables);
    for (std::size_t i = begin; i < end; ++i) {
      const double* const row = points.row(i).data();
      switch (parts_.method) {
        case LookalikeMethod::cosine:
          out[i] = cosine(row, parts_.centre.data(), d);
          break;
        case LookalikeMethod::mahalanobis: {
          double square = 0;
          for (std::size_t j = 0; j < d; ++j) {
            const double* const factor = parts_.factor.row(j).data();
            solved[j] = (row[j] - parts_.centre[j] - dot(factor, solved.data(), j)) / factor[j];
            square += solved[j] * solved[j];
          }
          out[i] = -std::sqrt(square);
          break;
        }
        case LookalikeMethod::logistic: {
          const double eta = detail::logistic_predictor(parts_.coefficients, row, d);
          out[i] = std::min(1.0, 1 / (1 + std::exp(-eta)) / parts_.label_share);
          break;
        }
        case LookalikeMethod::hashing:
          out[i] = hashed_score(row, codes.data());
          break;
      }
    }
  });
  return out;
}

std::vector<std::byte> LookalikeModel::save() const {
  ArchiveWriter writer("lookalikes", 1);
  SectionWriter& section = writer.section("parts");
  section.put(parts_.method);
  section.put_array(parts_.centre);
  section.put_matrix(parts_.factor);
  section.put_array(parts_.coefficients);
  section.put(parts_.label_share);
  section.put_matrix(parts_.seeds);
  section.put(parts_.tables);
  section.put(parts_.bits);
  section.put(parts_.seed);
  return std::move(writer).finish();
}

Result<LookalikeModel> LookalikeModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "lookalikes", 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("parts");
  if (!section) return section.error();
  LookalikeParts parts;
  parts.method = section->get_enum(LookalikeMethod::hashing);
  parts.centre = section->get_array<double>();
  parts.factor = section->get_matrix<double>();
  parts.coefficients = section->get_array<double>();
  parts.label_share = section->get<double>();
  parts.seeds = section->get_matrix<double>();
  parts.tables = section->get<std::uint32_t>();
  parts.bits = section->get<std::uint32_t>();
  parts.seed = section->get<std::uint64_t>();
  if (Result<void> done = section->finish(); !done) return done.error();
  try {
    return LookalikeModel(std::move(parts));
  } catch (const Exception& wrong) {
    return Error{ErrorCode::corrupt, wrong.error().message, "lookalikes/parts"};
  }
}

std::vector<RankedLookalike> rank_lookalikes(std::span<const double> scores,
                                             std::span<const Customer> customers,
                                             std::span<const std::uint32_t> seeds,
                                             std::size_t most) {
  if ((!customers.empty() && customers.size() != scores.size()) || scores.size() >= max_ids) {
    throw Exception(ErrorCode::invalid_shape,
                    text(scores.size(), " scores need as many customers, got ", customers.size()),
                    "rank_lookalikes");
  }
  std::vector<std::uint8_t> seeded(scores.size(), 0);
  for (const std::uint32_t seed : seeds) {
    if (seed >= scores.size()) {
      throw Exception(ErrorCode::out_of_range, text("the seed ", seed, " is no row"),
                      "rank_lookalikes");
    }
    seeded[seed] = 1;
  }
  TopK<double> best(most);
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (seeded[i] == 0) best.push(static_cast<std::uint32_t>(i), scores[i]);
  }
  std::vector<RankedLookalike> out;
  for (const ScoredIndex<double>& found : best.take()) {
    out.push_back(
        {customers.empty() ? id_at<Customer>(found.index) : customers[found.index], found.score});
  }
  return out;
}

}  // namespace emptor
