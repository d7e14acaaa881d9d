#include "score/linear_design.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace emptor::detail {

namespace {

constexpr std::size_t block_rows = 8192;

struct ColumnSums {
  std::vector<double> present, sum, square;
  std::vector<std::vector<double>> levels;  // a category: by code, then the missing ones
};

void add_block(const ScoreTable& table, std::span<const double> weights,
               std::span<const double> shift, std::size_t begin, std::size_t end, ColumnSums& out) {
  const std::size_t d = table.columns();
  double* present = out.present.data();
  double* sum = out.sum.data();
  double* square = out.square.data();
  for (std::size_t r = begin; r < end; ++r) {
    const float* row = table.row(r).data();
    const double w = weights.empty() ? 1 : weights[r];
    for (std::size_t c = 0; c < d; ++c) {
      const double x = double{row[c]};
      const double v = x == x ? x - shift[c] : 0;
      const double p = x == x ? w : 0;
      present[c] += p;
      sum[c] += p * v;
      square[c] += p * v * v;
    }
    for (std::size_t c = 0; c < d; ++c) {
      std::vector<double>& levels = out.levels[c];
      if (levels.empty()) continue;
      levels[row[c] == row[c] ? static_cast<std::size_t>(row[c]) : levels.size() - 1] += w;
    }
  }
}

}  // namespace

LinearDesign::LinearDesign(const ScoreTable& table, std::span<const double> weights,
                           std::size_t most_levels, bool reference, const Context& context)
    : schema_(table.schema()), sources_(table.columns()) {
  const std::size_t d = table.columns();
  std::vector<double> shift(d, 0);
  for (std::size_t c = 0; c < d; ++c) {
    for (std::size_t r = 0; r < table.rows(); ++r) {
      const float x = table.row(r)[c];
      if (std::isnan(x) || (!weights.empty() && weights[r] == 0)) continue;
      shift[c] = double{x};
      break;
    }
  }
  ColumnSums empty{std::vector<double>(d), std::vector<double>(d), std::vector<double>(d),
                   std::vector<std::vector<double>>(d)};
  for (std::size_t c = 0; c < d; ++c) {
    if (schema_[c].kind == ScoreColumnKind::number) continue;
    empty.levels[c].assign(schema_[c].categories.size() + 1, 0);
  }
  const std::size_t grain = std::max(block_rows, (table.rows() / 64 / block_rows + 1) * block_rows);
  std::vector<ColumnSums> sums((table.rows() + grain - 1) / grain, empty);
  parallel_chunks(context, table.rows(), grain, [&](std::size_t begin, std::size_t end) {
    add_block(table, weights, shift, begin, end, sums[begin / grain]);
  });
  ColumnSums& all = empty;
  for (const ColumnSums& part : sums) {
    for (std::size_t c = 0; c < d; ++c) {
      all.present[c] += part.present[c];
      all.sum[c] += part.sum[c];
      all.square[c] += part.square[c];
      for (std::size_t k = 0; k < part.levels[c].size(); ++k) {
        all.levels[c][k] += part.levels[c][k];
      }
    }
  }
  double weight = 0;
  if (weights.empty()) weight = static_cast<double>(table.rows());
  for (const double w : weights) weight += w;
  for (std::size_t c = 0; c < d; ++c) {
    if (!(all.present[c] > 0)) {
      all_missing_.push_back(schema_[c].name);
      sources_[c].levels.assign(all.levels[c].size(), unknown_level);
    } else if (schema_[c].kind == ScoreColumnKind::number) {
      add_number(table, c, all.present[c], all.sum[c], all.square[c], shift[c], weight);
    } else {
      add_levels(table, c, all.levels[c], most_levels, reference, weight);
    }
  }
  for (const DesignColumn& column : columns_) {
    zero_.push_back(column.indicator ? column.at(0) : 0);
    one_.push_back(column.at(1));
  }
}

std::int32_t LinearDesign::add(DesignColumn column) {
  columns_.push_back(std::move(column));
  return static_cast<std::int32_t>(columns_.size() - 1);
}

void LinearDesign::add_number(const ScoreTable& table, std::size_t c, double present, double sum,
                              double square, double shift, double weight) {
  Source& source = sources_[c];
  const double mean = sum / present;
  const double rest = square - sum * mean;
  source.mean = shift + mean;
  const std::size_t before = columns_.size();
  if (square > 0 && rest > 0) {
    DesignColumn column;
    column.source = c;
    column.mean = source.mean;
    column.deviation = std::sqrt(rest / weight);
    source.inverse = 1 / column.deviation;
    source.number = add(std::move(column));
  }
  bool some_missing = false;
  for (std::size_t r = 0; r < table.rows() && present < weight && !some_missing; ++r) {
    some_missing = std::isnan(table.row(r)[c]);
  }
  const double rate = 1 - present / weight;
  if (some_missing && rate > 0) {
    DesignColumn column;
    column.source = c;
    column.indicator = true;
    column.level = "(missing)";
    column.mean = rate;
    column.deviation = std::sqrt(rate * (1 - rate));
    source.missing = add(std::move(column));
  }
  if (columns_.size() == before) constant_.push_back(schema_[c].name);
}

void LinearDesign::add_levels(const ScoreTable& table, std::size_t c,
                              std::span<const double> by_level, std::size_t most_levels,
                              bool reference, double weight) {
  static_cast<void>(table);
  Source& source = sources_[c];
  const std::size_t codes = by_level.size() - 1;
  source.levels.assign(codes, unknown_level);
  std::vector<std::size_t> order;
  for (std::size_t k = 0; k <= codes; ++k) {
    if (by_level[k] > 0) order.push_back(k);
  }
  if (order.size() <= 1) {
    constant_.push_back(schema_[c].name);
    return;
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return by_level[a] > by_level[b]; });
  const std::size_t common = order.front();
  std::vector<std::size_t> own(order.begin(), order.end()), rest;
  if (own.size() > most_levels + 1) {
    rest.assign(own.begin() + static_cast<std::ptrdiff_t>(most_levels), own.end());
    own.resize(most_levels);
  }
  std::sort(own.begin(), own.end());
  source.missing = unknown_level;
  const auto place = [&](std::size_t level, std::int32_t column) {
    (level == codes ? source.missing : source.levels[level]) = column;
  };
  const auto indicator = [&](std::string name, double share) {
    DesignColumn column;
    column.source = c;
    column.indicator = true;
    column.level = std::move(name);
    column.mean = share;
    column.deviation = std::sqrt(share * (1 - share));
    const std::int32_t at = add(std::move(column));
    source.own.push_back(at);
    return at;
  };
  for (const std::size_t level : own) {
    if (reference && level == common) {
      place(level, -1);
      continue;
    }
    place(level, indicator(level == codes ? "(missing)" : schema_[c].categories[level],
                           by_level[level] / weight));
  }
  if (rest.empty()) return;
  double share = 0;
  for (const std::size_t level : rest) share += by_level[level] / weight;
  const std::int32_t other = indicator("(other)", share);
  for (const std::size_t level : rest) place(level, other);
}

LinearPredictor LinearDesign::predictor(std::span<const double> b, double base) const {
  std::vector<LinearTerm> terms(sources_.size());
  std::vector<double> parts;
  const auto of = [&](std::int32_t j) { return static_cast<std::size_t>(j); };
  for (std::size_t c = 0; c < sources_.size(); ++c) {
    const Source& source = sources_[c];
    LinearTerm& term = terms[c];
    if (schema_[c].kind == ScoreColumnKind::number) {
      term.centre = source.mean;
      if (source.number >= 0) term.slope = b[of(source.number)] * source.inverse;
      if (source.missing >= 0) {
        term.offset = b[of(source.missing)] * zero_[of(source.missing)];
        term.missing = b[of(source.missing)] * one_[of(source.missing)];
      }
      continue;
    }
    double none = 0;
    for (const std::int32_t j : source.own) none += b[of(j)] * zero_[of(j)];
    const auto part = [&](std::int32_t j) {
      if (j == unknown_level) return 0.0;
      return j < 0 ? none : none + b[of(j)] * (one_[of(j)] - zero_[of(j)]);
    };
    term.first = parts.size();
    term.count = schema_[c].categories.size();
    for (std::size_t k = 0; k < term.count; ++k) {
      parts.push_back(source.own.empty() ? 0.0 : part(source.levels[k]));
    }
    term.missing = source.own.empty() ? 0.0 : part(source.missing);
  }
  return {schema_, base, std::move(terms), std::move(parts)};
}

void LinearDesign::report(LinearReport& report) const {
  report.constant_columns = constant_;
  report.all_missing_columns = all_missing_;
  for (const DesignColumn& column : columns_) {
    LinearCoefficient& out = report.coefficients.emplace_back();
    out.column = schema_[column.source].name;
    out.level = column.level;
  }
}

}  // namespace emptor::detail
