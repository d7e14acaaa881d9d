#include "emptor/segment/k_prototypes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/core/random.hpp"
#include "segment/cluster_rows.hpp"

namespace emptor {

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

std::size_t count_rows(const MixedRows& rows) {
  return std::max(rows.numbers.rows(), rows.categories.rows());
}

void require_mixed(const MixedRows& rows, const char* where) {
  const std::size_t n = count_rows(rows);
  const std::size_t columns = rows.numbers.columns() + rows.categories.columns();
  const auto fits = [&](std::size_t height, std::size_t width) {
    return width == 0 || height == n;
  };
  if (n == 0 || n >= max_ids || columns == 0 ||
      !fits(rows.numbers.rows(), rows.numbers.columns()) ||
      !fits(rows.categories.rows(), rows.categories.columns())) {
    throw Exception(ErrorCode::invalid_shape,
                    text("as many rows of numbers as of categories are needed, got ",
                         rows.numbers.rows(), " x ", rows.numbers.columns(), " and ",
                         rows.categories.rows(), " x ", rows.categories.columns()),
                    where);
  }
  for (std::size_t i = 0; i < rows.numbers.rows(); ++i) {
    for (std::size_t j = 0; j < rows.numbers.columns(); ++j) {
      if (std::isfinite(rows.numbers(i, j))) continue;
      throw Exception(ErrorCode::invalid_value,
                      text("row ", i, ", number ", j, " is ", rows.numbers(i, j)), where);
    }
  }
  for (std::size_t i = 0; i < rows.categories.rows(); ++i) {
    for (std::size_t j = 0; j < rows.categories.columns(); ++j) {
      if (rows.categories(i, j) < 65536) continue;
      throw Exception(ErrorCode::invalid_value,
                      text("row ", i, ", category ", j, " has a code above 65535"), where);
    }
  }
}

/// The two parts of the distance between a row of one table and a row of another.
std::pair<double, double> parts_of(const MixedRows& a, std::size_t i, const MixedRows& b,
                                   std::size_t c) {
  double square = 0;
  double differ = 0;
  for (std::size_t j = 0; j < a.numbers.columns(); ++j) {
    const double off = a.numbers(i, j) - b.numbers(c, j);
    square += off * off;
  }
  for (std::size_t j = 0; j < a.categories.columns(); ++j) {
    differ += a.categories(i, j) != b.categories(c, j) ? 1 : 0;
  }
  return {square, differ};
}

double distance(const MixedRows& a, std::size_t i, const MixedRows& b, std::size_t c,
                double gamma) {
  const auto [square, differ] = parts_of(a, i, b, c);
  return square + gamma * differ;
}

std::pair<std::uint32_t, double> nearest_centre(const MixedRows& rows, std::size_t i,
                                                const MixedRows& centres, double gamma) {
  std::uint32_t best = 0;
  double least = infinite;
  for (std::size_t c = 0; c < count_rows(centres); ++c) {
    const double here = distance(rows, i, centres, c, gamma);
    if (here < least) {
      least = here;
      best = static_cast<std::uint32_t>(c);
    }
  }
  return {best, least};
}

MixedRows room_for(const MixedRows& like, std::size_t rows) {
  return {
      Matrix<double>(like.numbers.columns() > 0 ? rows : 0, like.numbers.columns()),
      Matrix<std::uint32_t>(like.categories.columns() > 0 ? rows : 0, like.categories.columns())};
}

void copy_row(const MixedRows& from, std::size_t i, MixedRows& to, std::size_t c) {
  if (from.numbers.columns() > 0) std::ranges::copy(from.numbers.row(i), to.numbers.row(c).begin());
  if (from.categories.columns() > 0) {
    std::ranges::copy(from.categories.row(i), to.categories.row(c).begin());
  }
}

[[noreturn]] void too_few(std::size_t distinct, std::size_t clusters) {
  throw Exception(ErrorCode::invalid_value,
                  text("there are only ", distinct,
                       " distinct rows: 'clusters' must be at most that, got ", clusters),
                  "clusters");
}

class PrototypesRun {
 public:
  PrototypesRun(const MixedRows& rows, std::size_t clusters, double gamma, std::uint64_t seed,
                const Context& context)
      : rows_(rows),
        context_(context),
        gamma_(gamma),
        n_(count_rows(rows)),
        centres_(room_for(rows, clusters)),
        labels_(n_, 0xffffffffU),
        distances_(n_, infinite),
        sizes_(clusters, 0) {
    choose_start(seed);
    for (std::size_t j = 0; j < rows.categories.columns(); ++j) {
      std::uint32_t most = 0;
      for (std::size_t i = 0; i < n_; ++i) most = std::max(most, rows.categories(i, j));
      kinds_.push_back(std::size_t{most} + 1);
    }
  }

  KPrototypesFit run(std::size_t iterations, std::size_t start, std::size_t starts) {
    KPrototypesReport report;
    report.gamma = gamma_;
    while (report.iterations < iterations && !report.converged) {
      if (context_.report({"k-prototypes", start, starts}) == Go::stop) {
        report.stopped = true;
        break;
      }
      ++report.iterations;
      report.converged = assign() == 0;
      if (report.converged) break;
      reseed_empty(report);
      move_centres();
    }
    if (!report.converged) assign();
    for (std::size_t i = 0; i < n_; ++i) {
      report.cost += distances_[i];
      report.numbers += parts_of(rows_, i, centres_, labels_[i]).first;
    }
    return {KPrototypesModel(std::move(centres_), gamma_), std::move(report), std::move(labels_)};
  }

 private:
  void choose_start(std::uint64_t seed) {
    RandomStream random(seed);
    std::size_t row = random.below(static_cast<std::uint32_t>(n_));
    for (std::size_t c = 0;; ++c) {
      copy_row(rows_, row, centres_, c);
      if (c + 1 == sizes_.size()) break;
      double total = 0;
      for (std::size_t i = 0; i < n_; ++i) {
        distances_[i] = std::min(distances_[i], distance(rows_, i, centres_, c, gamma_));
        total += distances_[i];
      }
      if (!(total > 0)) too_few(c + 1, sizes_.size());
      row = random.categorical(distances_);
    }
  }

  std::size_t assign() {
    const std::size_t grain = detail::cluster_chunk(n_);
    std::vector<std::size_t> changed(detail::cluster_chunks(n_), 0);
    parallel_chunks(context_, n_, grain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const auto [label, here] = nearest_centre(rows_, i, centres_, gamma_);
        changed[begin / grain] += label != labels_[i] ? 1 : 0;
        labels_[i] = label;
        distances_[i] = here;
      }
    });
    std::ranges::fill(sizes_, std::size_t{0});
    for (const std::uint32_t label : labels_) ++sizes_[label];
    std::size_t all = 0;
    for (const std::size_t count : changed) all += count;
    return all;
  }

  void reseed_empty(KPrototypesReport& report) {
    for (std::size_t c = 0; c < sizes_.size(); ++c) {
      if (sizes_[c] > 0) continue;
      std::size_t farthest = n_;
      for (std::size_t i = 0; i < n_; ++i) {
        if (sizes_[labels_[i]] < 2 || !(distances_[i] > 0)) continue;
        if (farthest == n_ || distances_[i] > distances_[farthest]) farthest = i;
      }
      if (farthest == n_) too_few(c, sizes_.size());
      --sizes_[labels_[farthest]];
      labels_[farthest] = static_cast<std::uint32_t>(c);
      distances_[farthest] = 0;
      sizes_[c] = 1;
      ++report.reseeded;
    }
  }

  void move_centres() {
    const std::size_t p = rows_.numbers.columns();
    Matrix<double> sums(centres_.numbers.rows(), p);
    for (std::size_t i = 0; i < n_ && p > 0; ++i) {
      for (std::size_t j = 0; j < p; ++j) sums(labels_[i], j) += rows_.numbers(i, j);
    }
    for (std::size_t c = 0; c < sums.rows(); ++c) {
      for (std::size_t j = 0; j < p; ++j) {
        centres_.numbers(c, j) = sums(c, j) / static_cast<double>(sizes_[c]);
      }
    }
    for (std::size_t j = 0; j < kinds_.size(); ++j) {
      std::vector<std::uint32_t> counts(kinds_[j] * sizes_.size(), 0);
      for (std::size_t i = 0; i < n_; ++i) {
        ++counts[labels_[i] * kinds_[j] + rows_.categories(i, j)];
      }
      for (std::size_t c = 0; c < sizes_.size(); ++c) {
        // The present mode stays among equals, so that the cost cannot circle.
        std::uint32_t mode = centres_.categories(c, j);
        const std::uint32_t* const count = counts.data() + c * kinds_[j];
        for (std::uint32_t kind = 0; kind < kinds_[j]; ++kind) {
          if (count[kind] > count[mode]) mode = kind;
        }
        centres_.categories(c, j) = mode;
      }
    }
  }

  const MixedRows& rows_;
  const Context& context_;
  double gamma_;
  std::size_t n_;
  MixedRows centres_;
  std::vector<std::uint32_t> labels_;
  std::vector<double> distances_;
  std::vector<std::size_t> sizes_;
  std::vector<std::size_t> kinds_;
};

double usual_gamma(const MixedRows& rows) {
  double sum = 0;
  const std::size_t p = rows.numbers.columns();
  const double n = static_cast<double>(rows.numbers.rows());
  for (std::size_t j = 0; j < p; ++j) {
    double mean = 0;
    double square = 0;
    for (std::size_t i = 0; i < rows.numbers.rows(); ++i) mean += rows.numbers(i, j) / n;
    for (std::size_t i = 0; i < rows.numbers.rows(); ++i) {
      square += (rows.numbers(i, j) - mean) * (rows.numbers(i, j) - mean) / n;
    }
    sum += std::sqrt(square);
  }
  return sum > 0 && std::isfinite(sum) ? sum / static_cast<double>(p) / 2 : 1;
}

}  // namespace

KPrototypesModel::KPrototypesModel(MixedRows centres, double gamma)
    : centres_(std::move(centres)), gamma_(gamma) {
  require_mixed(centres_, "KPrototypesModel");
  if (!(gamma_ > 0) || !std::isfinite(gamma_)) {
    throw Exception(ErrorCode::invalid_value, "gamma must be > 0", "KPrototypesModel");
  }
}

std::size_t KPrototypesModel::clusters() const noexcept {
  return count_rows(centres_);
}

std::vector<std::uint32_t> KPrototypesModel::labels(const MixedRows& rows,
                                                    const Context& context) const {
  if (count_rows(rows) == 0) return {};
  require_mixed(rows, "KPrototypesModel");
  if (rows.numbers.columns() != centres_.numbers.columns() ||
      rows.categories.columns() != centres_.categories.columns()) {
    throw Exception(ErrorCode::invalid_shape, "the rows have other columns than the centres",
                    "KPrototypesModel");
  }
  std::vector<std::uint32_t> out(count_rows(rows));
  parallel_chunks(context, out.size(), 1024, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      out[i] = nearest_centre(rows, i, centres_, gamma_).first;
    }
  });
  return out;
}

std::vector<std::byte> KPrototypesModel::save() const {
  ArchiveWriter writer("k-prototypes", 1);
  SectionWriter& section = writer.section("centres");
  section.put_matrix(centres_.numbers);
  section.put_matrix(centres_.categories);
  section.put(gamma_);
  return std::move(writer).finish();
}

Result<KPrototypesModel> KPrototypesModel::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "k-prototypes", 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("centres");
  if (!section) return section.error();
  auto numbers = section->get_matrix<double>();
  auto categories = section->get_matrix<std::uint32_t>();
  const auto gamma = section->get<double>();
  if (Result<void> done = section->finish(); !done) return done.error();
  try {
    return KPrototypesModel({std::move(numbers), std::move(categories)}, gamma);
  } catch (const Exception& wrong) {
    return Error{ErrorCode::corrupt, wrong.error().message, "k-prototypes/centres"};
  }
}

KPrototypesFit fit_k_prototypes(const MixedRows& rows, const KPrototypesOptions& options,
                                const Context& context) {
  require_option(options.clusters >= 1 && options.clusters <= 65536, "clusters", "in [1, 65536]",
                 options.clusters);
  require_option(options.starts >= 1 && options.starts <= 1000, "starts", "in [1, 1000]",
                 options.starts);
  require_option(options.iterations >= 1, "iterations", ">= 1", options.iterations);
  require_option(options.gamma >= 0 && std::isfinite(options.gamma), "gamma", ">= 0 and finite",
                 options.gamma);
  require_mixed(rows, "fit_k_prototypes");
  const double gamma = options.gamma > 0 ? options.gamma : usual_gamma(rows);
  std::optional<KPrototypesFit> best;
  std::vector<double> costs;
  bool stopped = false;
  for (std::size_t start = 0; start < options.starts && !stopped; ++start) {
    PrototypesRun run(rows, options.clusters, gamma, RandomStream(options.seed, start).bits64(),
                      context);
    KPrototypesFit fit = run.run(options.iterations, start, options.starts);
    stopped = fit.report.stopped;
    costs.push_back(fit.report.cost);
    if (!best || fit.report.cost < best->report.cost) best.emplace(std::move(fit));
  }
  best->report.costs = std::move(costs);
  best->report.stopped = stopped;
  return std::move(*best);
}

}  // namespace emptor
