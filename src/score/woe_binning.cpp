#include "emptor/score/woe_binning.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace emptor {

namespace {

struct Counts {
  double good = 0;
  double bad = 0;
  [[nodiscard]] double all() const noexcept { return good + bad; }
  void add(const Counts& other) noexcept {
    good += other.good;
    bad += other.bad;
  }
};

/// Sets `woe` and `iv` of a bin among all rows.
void weigh(WoeBin& bin, const Counts& all) {
  if (bin.good + bin.bad <= 0 || all.good <= 0 || all.bad <= 0) return;
  const double more = bin.good <= 0 || bin.bad <= 0 ? 0.5 : 0;
  const double good = (bin.good + more) / all.good;
  const double bad = (bin.bad + more) / all.bad;
  bin.woe = std::log(good / bad);
  bin.iv = (good - bad) * bin.woe;
}

double value_of(const Counts& counts, const Counts& all) {
  WoeBin bin;
  bin.good = counts.good;
  bin.bad = counts.bad;
  weigh(bin, all);
  return bin.iv;
}

struct Cuts {
  double iv = -1;
  std::vector<std::size_t> last;  // pre-bin of each bin
};

/// The best bins of pre-bins in their order; `sign` +1: rates do not fall, -1: nor rise, 0: any.
Cuts best_cuts(const std::vector<Counts>& pre, const Counts& all, double least, std::size_t most,
               int sign) {
  const std::size_t n = pre.size();
  const auto at = [n](std::size_t i, std::size_t j) { return i * n + j; };
  std::vector<Counts> sums(n * n);
  std::vector<double> values(n * n, -1);
  for (std::size_t i = 0; i < n; ++i) {
    Counts sum;
    for (std::size_t j = i; j < n; ++j) {
      sum.add(pre[j]);
      sums[at(i, j)] = sum;
      if (sum.all() >= least) values[at(i, j)] = value_of(sum, all);
    }
  }
  Cuts out;
  if (values[at(0, n - 1)] < 0) return {value_of(sums[at(0, n - 1)], all), {n - 1}};
  std::vector<double> best(n * n, -1);
  for (std::size_t j = 0; j < n; ++j) best[at(0, j)] = values[at(0, j)];
  std::vector<std::vector<std::size_t>> from;  // by bins and (i, j): the first of the bin before
  std::size_t bins = 1;
  std::size_t first = 0;
  const auto take = [&](std::size_t count) {
    for (std::size_t i = 0; i < n; ++i) {
      if (best[at(i, n - 1)] <= out.iv + 1e-12) continue;
      out.iv = best[at(i, n - 1)];
      bins = count;
      first = i;
    }
  };
  take(1);
  for (std::size_t k = 2; k <= std::min(most, n); ++k) {
    std::vector<double> next(n * n, -1);
    std::vector<std::size_t>& before = from.emplace_back(n * n);
    for (std::size_t i = 1; i < n; ++i) {
      for (std::size_t j = i; j < n; ++j) {
        if (values[at(i, j)] < 0) continue;
        const Counts& here = sums[at(i, j)];
        for (std::size_t h = 0; h < i; ++h) {
          const double so_far = best[at(h, i - 1)];
          if (so_far < 0 || so_far + values[at(i, j)] <= next[at(i, j)]) continue;
          const Counts& there = sums[at(h, i - 1)];
          const double rise = here.bad * there.all() - there.bad * here.all();
          if (sign * rise < 0) continue;
          next[at(i, j)] = so_far + values[at(i, j)];
          before[at(i, j)] = h;
        }
      }
    }
    best = std::move(next);
    take(k);
  }
  std::size_t end = n - 1;
  for (; bins > 0; --bins) {
    out.last.push_back(end);
    if (bins == 1) break;
    const std::size_t earlier = from[bins - 2][at(first, end)];
    end = first - 1;
    first = earlier;
  }
  std::reverse(out.last.begin(), out.last.end());
  return out;
}

struct Row {
  double value;
  Counts counts;
  std::size_t seen = 0;  // rows with weight, of a category
};

/// Neighbours with one value, then with about equal weights, become one: at most `most`.
std::vector<std::size_t> pre_bins(const std::vector<Row>& rows, std::size_t most) {
  double all = 0;
  for (const Row& row : rows) all += row.counts.all();
  std::vector<std::size_t> ends;
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    sum += rows[i].counts.all();
    const double goal = all * static_cast<double>(ends.size() + 1) / static_cast<double>(most);
    if (i + 1 == rows.size()) {
      ends.push_back(i + 1);
    } else if (rows.size() <= most || (ends.size() + 1 < most && sum >= goal)) {
      ends.push_back(i + 1);
    }
  }
  return ends;
}

void check(const ScoreTable& table, std::size_t column, std::span<const double> target,
           std::span<const double> weights, const WoeBinningOptions& options) {
  require_option(options.max_bins >= 1 && options.max_bins <= 64, "max_bins", "in [1, 64]",
                 options.max_bins);
  require_option(options.prebins >= 1 && options.prebins <= 256, "prebins", "in [1, 256]",
                 options.prebins);
  require_option(options.least_share >= 0 && options.least_share <= 0.5, "least_share",
                 "in [0, 0.5]", options.least_share);
  require_option(options.special.size() <= 64, "special", "a list of at most 64",
                 options.special.size());
  for (const double one : options.special) {
    require_option(std::isfinite(one), "special", "finite numbers", one);
  }
  if (column >= table.columns()) {
    throw Exception(ErrorCode::out_of_range, "a column that is not there", "bin_variable");
  }
  if (target.size() != table.rows() || (!weights.empty() && weights.size() != table.rows())) {
    throw Exception(ErrorCode::invalid_shape, "a target and a weight for each row are needed",
                    "bin_variable");
  }
  for (std::size_t row = 0; row < target.size(); ++row) {
    if (target[row] != 0 && target[row] != 1) {
      throw Exception(ErrorCode::invalid_value, text("row ", row, ": a target is 0 or 1"),
                      "target");
    }
    if (!weights.empty() && !(weights[row] >= 0 && std::isfinite(weights[row]))) {
      throw Exception(ErrorCode::invalid_value,
                      text("row ", row, ": a weight is finite and not below 0"), "weights");
    }
  }
}

}  // namespace

WoeVariable bin_variable(const ScoreTable& table, std::size_t column,
                         std::span<const double> target, const WoeBinningOptions& options,
                         std::span<const double> weights) {
  check(table, column, target, weights, options);
  const ScoreColumn& schema = table.schema()[column];
  const bool number = schema.kind == ScoreColumnKind::number;
  WoeVariable out;
  out.name = schema.name;
  Counts all;
  Counts missing;
  std::vector<double> special;
  if (number) special = options.special;
  for (double& one : special) one = static_cast<float>(one);
  std::sort(special.begin(), special.end());
  special.erase(std::unique(special.begin(), special.end()), special.end());
  std::vector<Counts> specials(special.size());
  std::vector<Row> rows;
  if (!number) {
    for (std::size_t c = 0; c < schema.categories.size(); ++c) {
      rows.push_back({static_cast<double>(c), {}, 0});
    }
  }
  for (std::size_t r = 0; r < table.rows(); ++r) {
    const double weight = weights.empty() ? 1 : weights[r];
    const Counts one{target[r] == 0 ? weight : 0, target[r] == 0 ? 0 : weight};
    const float value = table.row(r)[column];
    all.add(one);
    if (std::isnan(value)) {
      missing.add(one);
    } else if (!number) {
      Row& row = rows[static_cast<std::size_t>(value)];
      row.counts.add(one);
      row.seen += weight > 0 ? 1U : 0U;
    } else if (const auto found = std::lower_bound(special.begin(), special.end(), value);
               found != special.end() && *found == value) {
      specials[static_cast<std::size_t>(found - special.begin())].add(one);
    } else {
      rows.push_back({value, one, 1});
    }
  }
  if (number) {
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
      return std::pair(a.value, a.counts.bad) < std::pair(b.value, b.counts.bad);
    });
    std::size_t kept = 0;
    for (std::size_t i = 1; i < rows.size(); ++i) {
      if (rows[i].value == rows[kept].value) {
        rows[kept].counts.add(rows[i].counts);
      } else {
        rows[++kept] = rows[i];
      }
    }
    if (!rows.empty()) rows.resize(kept + 1);
  } else {
    std::erase_if(rows, [](const Row& row) { return row.counts.all() <= 0; });
    Counts rare;
    const auto is_rare = [&](const Row& row) { return row.seen < options.rare_rows; };
    for (const Row& row : rows) {
      if (is_rare(row)) rare.add(row.counts);
    }
    const auto rate = [&](const Row& row) {
      const Counts& counts = is_rare(row) ? rare : row.counts;
      return counts.bad / counts.all();
    };
    std::sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
      const double left = rate(a);
      const double right = rate(b);
      return left != right ? left < right : a.value < b.value;
    });
  }

  if (!rows.empty()) {
    const std::vector<std::size_t> ends = pre_bins(rows, options.prebins);
    std::vector<Counts> pre(ends.size());
    for (std::size_t p = 0; p < ends.size(); ++p) {
      for (std::size_t i = p == 0 ? 0 : ends[p - 1]; i < ends[p]; ++i) pre[p].add(rows[i].counts);
    }
    const double least = options.least_share * all.all();
    const auto cut = [&](int sign) { return best_cuts(pre, all, least, options.max_bins, sign); };
    Cuts cuts;
    if (!number || options.trend == WoeTrend::any) {
      cuts = cut(0);
    } else if (options.trend == WoeTrend::rising) {
      cuts = cut(1);
    } else if (options.trend == WoeTrend::falling) {
      cuts = cut(-1);
    } else {
      cuts = cut(1);
      Cuts falling = cut(-1);
      if (falling.iv > cuts.iv) cuts = std::move(falling);
    }
    std::size_t begin = 0;
    std::size_t first = 0;
    for (const std::size_t last : cuts.last) {
      WoeBin& bin = out.bins.emplace_back();
      bin.kind = number ? WoeBinKind::numbers : WoeBinKind::categories;
      for (; first <= last; ++first) {
        bin.good += pre[first].good;
        bin.bad += pre[first].bad;
      }
      if (number) {
        bin.from = begin == 0 ? -std::numeric_limits<double>::infinity() : rows[begin].value;
        bin.to = ends[last] == rows.size() ? std::numeric_limits<double>::infinity()
                                           : rows[ends[last]].value;
      } else {
        for (std::size_t i = begin; i < ends[last]; ++i) {
          bin.categories.push_back(static_cast<std::uint32_t>(rows[i].value));
        }
        std::sort(bin.categories.begin(), bin.categories.end());
      }
      begin = ends[last];
    }
    const WoeBin& low = out.bins.front();
    const WoeBin& high = out.bins.back();
    out.rising = high.bad * (low.good + low.bad) > low.bad * (high.good + high.bad);
  }
  for (std::size_t s = 0; s < special.size(); ++s) {
    WoeBin& bin = out.bins.emplace_back();
    bin.kind = WoeBinKind::special;
    bin.special = special[s];
    bin.good = specials[s].good;
    bin.bad = specials[s].bad;
  }
  WoeBin& last = out.bins.emplace_back();
  last.kind = WoeBinKind::missing;
  last.good = missing.good;
  last.bad = missing.bad;
  std::size_t used = 0;
  for (WoeBin& bin : out.bins) {
    weigh(bin, all);
    out.iv += bin.iv;
    if (bin.good + bin.bad > 0) ++used;
  }
  out.constant = used < 2;
  return out;
}

std::size_t woe_bin(const WoeVariable& variable, float value) noexcept {
  const std::size_t missing = variable.bins.size() - 1;
  if (std::isnan(value)) return missing;
  std::size_t found = missing;
  for (std::size_t b = 0; b < missing; ++b) {
    const WoeBin& bin = variable.bins[b];
    const double x = value;
    switch (bin.kind) {
      case WoeBinKind::special:
        if (x == bin.special) return b;
        break;
      case WoeBinKind::numbers:
        if (found == missing && (x >= bin.from && (x < bin.to || std::isinf(bin.to)))) found = b;
        break;
      case WoeBinKind::categories:
        if (x >= 0 && x < 4294967295.0 &&
            std::binary_search(bin.categories.begin(), bin.categories.end(),
                               static_cast<std::uint32_t>(value))) {
          return b;
        }
        break;
      case WoeBinKind::missing:
        break;
    }
  }
  return found;
}

}  // namespace emptor
