#include "emptor/referral/matched_value.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <tuple>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "emptor/math/bootstrap.hpp"
#include "emptor/math/statistics.hpp"

namespace emptor {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

void check_bootstrap(std::size_t replicates, double confidence) {
  require_option(replicates >= 2 && replicates <= 1'000'000, "replicates", "in [2, 1000000]",
                 replicates);
  require_option(confidence > 0 && confidence < 1, "confidence", "in (0, 1)", confidence);
}

std::size_t checked_rows(const MatchColumns& customers) {
  const std::size_t n = customers.referred.size();
  if (customers.value.size() != n || customers.month.size() != n || customers.channel.size() != n ||
      customers.first_order.size() != n || n > max_ids) {
    throw Exception(ErrorCode::invalid_shape, "columns must be of one length", "matched value");
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (customers.referred[i] > 1 || !std::isfinite(customers.value[i]) ||
        customers.first_order[i] < 0) {
      throw Exception(ErrorCode::invalid_value,
                      text("row ", i, ": referred is 0 or 1, values are finite, first orders >= 0"),
                      "matched value");
    }
  }
  return n;
}

/// Weights of all customers, 0 for the unmatched, into means, and the table of balance.
struct Covariate {
  std::string name;
  std::vector<double> values;
};

MatchBalance balance_of(const Covariate& covariate, const MatchColumns& customers,
                        std::span<const double> weights) {
  std::vector<double> kinds[2];
  double sums[2] = {0, 0};
  double totals[2] = {0, 0};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t kind = customers.referred[i];
    kinds[kind].push_back(covariate.values[i]);
    sums[kind] += weights[i] * covariate.values[i];
    totals[kind] += weights[i];
  }
  const double before[2] = {mean(std::span<const double>(kinds[0])),
                            mean(std::span<const double>(kinds[1]))};
  double squares = 0;
  for (const auto& kind : kinds) {
    squares += kind.size() < 2 ? 0 : sample_variance(std::span<const double>(kind));
  }
  const double deviation = std::sqrt(squares / 2);
  const auto standardised = [&](double difference) {
    if (deviation > 0) return difference / deviation;
    return difference == 0 ? 0.0 : nan;
  };
  MatchBalance out{.covariate = covariate.name,
                   .referred_mean = sums[1] / totals[1],
                   .others_mean_before = before[0],
                   .others_mean_after = sums[0] / totals[0],
                   .referred_mean_before = before[1]};
  out.before = standardised(before[1] - before[0]);
  out.after = standardised(out.referred_mean - out.others_mean_after);
  return out;
}

std::vector<Covariate> covariates_of(const MatchColumns& customers) {
  const std::size_t n = customers.referred.size();
  std::vector<Covariate> out;
  out.push_back({"month", {customers.month.begin(), customers.month.end()}});
  Covariate first{"first order", {}};
  for (const std::int64_t amount : customers.first_order) {
    first.values.push_back(static_cast<double>(amount));
  }
  out.push_back(std::move(first));
  const std::set<Channel> channels(customers.channel.begin(), customers.channel.end());
  for (const Channel channel : channels) {
    Covariate is{text("channel ", index(channel)), std::vector<double>(n)};
    for (std::size_t i = 0; i < n; ++i) is.values[i] = customers.channel[i] == channel ? 1 : 0;
    out.push_back(std::move(is));
  }
  return out;
}

/// Counts, means and balance of a matching by weights.
MatchedValue summarise(MatchMethod method, const MatchColumns& customers,
                       std::span<const double> weights, std::span<const Covariate> covariates) {
  MatchedValue out{.method = method};
  double sums[2] = {0, 0};
  double totals[2] = {0, 0};
  double raw[2] = {0, 0};
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t kind = customers.referred[i];
    ++(kind == 1 ? out.referred : out.others);
    if (weights[i] > 0) ++(kind == 1 ? out.matched_referred : out.matched_others);
    sums[kind] += weights[i] * customers.value[i];
    totals[kind] += weights[i];
    raw[kind] += customers.value[i];
  }
  out.unmatched_referred = out.referred - out.matched_referred;
  out.referred_value = sums[1] / totals[1];
  out.others_value = sums[0] / totals[0];
  out.difference = out.referred_value - out.others_value;
  out.raw_difference =
      raw[1] / static_cast<double>(out.referred) - raw[0] / static_cast<double>(out.others);
  out.low = out.high = out.standard_error = nan;
  for (const Covariate& covariate : covariates) {
    out.balance.push_back(balance_of(covariate, customers, weights));
  }
  return out;
}

struct Stratum {
  std::size_t begin, others_from, end;  // referred first
  [[nodiscard]] std::size_t referred() const noexcept { return others_from - begin; }
  [[nodiscard]] std::size_t others() const noexcept { return end - others_from; }
};

/// The difference in each replicate: the referred drawn anew from all of them, the others of each
/// stratum from the stratum.
std::vector<double> stratified_differences(std::span<const Stratum> strata,
                                           std::span<const double> values, std::size_t replicates,
                                           std::uint64_t seed, const Context& context) {
  std::vector<std::uint32_t> stratum_of;  // of the referred
  std::vector<double> mine;
  for (std::size_t s = 0; s < strata.size(); ++s) {
    for (std::size_t i = strata[s].begin; i < strata[s].others_from; ++i) {
      stratum_of.push_back(static_cast<std::uint32_t>(s));
      mine.push_back(values[i]);
    }
  }
  std::vector<double> out(replicates);
  parallel_chunks(context, replicates, 8, [&](std::size_t begin, std::size_t end) {
    std::vector<std::uint32_t> drawn(strata.size());
    for (std::size_t b = begin; b < end; ++b) {
      RandomStream random(seed, b);
      std::fill(drawn.begin(), drawn.end(), 0U);
      const auto referred = static_cast<std::uint32_t>(mine.size());
      double sum = 0;
      for (std::uint32_t i = 0; i < referred; ++i) {
        const std::uint32_t at = random.below(referred);
        sum += mine[at];
        ++drawn[stratum_of[at]];
      }
      for (std::size_t s = 0; s < strata.size(); ++s) {
        if (drawn[s] == 0) continue;
        const auto others = static_cast<std::uint32_t>(strata[s].others());
        double theirs = 0;
        for (std::uint32_t i = 0; i < others; ++i) {
          theirs += values[strata[s].others_from + random.below(others)];
        }
        sum -= drawn[s] * theirs / others;
      }
      out[b] = sum / referred;
    }
  });
  return out;
}

/// The nearest free place on each side of a place, over places that are taken one by one.
class FreePlaces {
 public:
  explicit FreePlaces(std::size_t size) : right_(size + 1), left_(size + 1) {
    std::iota(right_.begin(), right_.end(), 0U);
    std::iota(left_.begin(), left_.end(), 0U);
  }
  /// The first free place >= at; the size when there is none.
  std::size_t at_or_after(std::size_t at) { return root(right_, static_cast<std::uint32_t>(at)); }
  /// One more than the last free place < at; 0 when there is none.
  std::size_t end_before(std::size_t at) { return root(left_, static_cast<std::uint32_t>(at)); }
  void take(std::size_t at) {
    right_[at] = static_cast<std::uint32_t>(at + 1);
    left_[at + 1] = static_cast<std::uint32_t>(at);
  }

 private:
  static std::uint32_t root(std::vector<std::uint32_t>& next, std::uint32_t at) {
    while (next[at] != at) at = next[at] = next[next[at]];
    return at;
  }
  std::vector<std::uint32_t> right_, left_;
};

}  // namespace

MatchedValue coarsened_matched_value(const MatchColumns& customers,
                                     const CoarsenedMatchOptions& options, const Context& context) {
  check_bootstrap(options.replicates, options.confidence);
  require_option(options.months >= 1, "months", ">= 1", options.months);
  require_option(options.bands >= 1, "bands", ">= 1", options.bands);
  require_option(std::is_sorted(options.first_order_ends.begin(), options.first_order_ends.end()),
                 "first_order_ends", "ascending", "ends out of order");
  const std::size_t n = checked_rows(customers);
  std::vector<std::int64_t> ends = options.first_order_ends;
  if (ends.empty() && n > 0) {
    std::vector<std::int64_t> sorted(customers.first_order.begin(), customers.first_order.end());
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t j = 1; j < options.bands; ++j) {
      ends.push_back(sorted[(n * j + options.bands - 1) / options.bands - 1]);
    }
  }
  struct Row {
    std::int32_t month;
    Channel channel;
    std::ptrdiff_t band;
    std::uint8_t other;
    std::uint32_t place;
    [[nodiscard]] auto stratum() const { return std::tuple(month, channel, band); }
    [[nodiscard]] auto key() const { return std::tuple(month, channel, band, other, place); }
  };
  std::vector<Row> rows(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::int32_t month = customers.month[i];
    const std::int32_t bin =
        month >= 0 ? month / options.months : -1 - (-1 - month) / options.months;
    const auto band = std::lower_bound(ends.begin(), ends.end(), customers.first_order[i]);
    rows[i] = {bin, customers.channel[i], band - ends.begin(),
               static_cast<std::uint8_t>(1 - customers.referred[i]), static_cast<std::uint32_t>(i)};
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.key() < b.key(); });
  std::vector<double> weights(n, 0.0);
  std::vector<double> values(n);
  std::vector<Stratum> strata;
  for (std::size_t begin = 0, end = 0; begin < n; begin = end) {
    Stratum stratum{begin, begin, begin};
    while (end < n && rows[end].stratum() == rows[begin].stratum()) {
      values[end] = customers.value[rows[end].place];
      stratum.others_from += rows[end].other == 0 ? 1 : 0;
      ++end;
    }
    stratum.end = end;
    if (stratum.referred() == 0 || stratum.others() == 0) continue;
    const double weight =
        static_cast<double>(stratum.referred()) / static_cast<double>(stratum.others());
    for (std::size_t i = begin; i < end; ++i) {
      weights[rows[i].place] = rows[i].other == 0 ? 1 : weight;
    }
    strata.push_back(stratum);
  }
  MatchedValue out =
      summarise(MatchMethod::coarsened, customers, weights, covariates_of(customers));
  out.strata = strata.size();
  out.confidence = options.confidence;
  if (strata.empty()) return out;
  std::vector<double> differences =
      stratified_differences(strata, values, options.replicates, options.seed, context);
  out.standard_error = sample_deviation(std::span<const double>(differences));
  std::sort(differences.begin(), differences.end());
  const double tail = (1 - options.confidence) / 2;
  out.low = quantile_of_sorted(std::span<const double>(differences), tail);
  out.high = quantile_of_sorted(std::span<const double>(differences), 1 - tail);
  return out;
}

MatchedValue nearest_matched_value(const MatchColumns& customers,
                                   const NearestMatchOptions& options, const Context& context) {
  check_bootstrap(options.replicates, options.confidence);
  require_option(options.caliper > 0, "caliper", "> 0", options.caliper);
  const std::size_t n = checked_rows(customers);
  const std::size_t further = options.names.size();
  if (options.covariates.size() != n * further) {
    throw Exception(ErrorCode::invalid_shape, "there must be one covariate a row and name",
                    "matched value");
  }
  std::vector<Covariate> shown = covariates_of(customers);
  // The first order comes first: along it neighbours are looked for.
  std::vector<std::vector<double>> columns(2 + further, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i) {
    columns[0][i] = std::log1p(static_cast<double>(customers.first_order[i]));
    columns[1][i] = customers.month[i];
    for (std::size_t k = 0; k < further; ++k) {
      const double value = options.covariates[i * further + k];
      if (!std::isfinite(value)) {
        throw Exception(ErrorCode::invalid_value, text("row ", i, ": a covariate is not finite"),
                        "matched value");
      }
      columns[2 + k][i] = value;
    }
  }
  for (std::size_t k = 0; k < further; ++k) shown.push_back({options.names[k], columns[2 + k]});
  for (std::vector<double>& column : columns) {
    std::vector<double> kinds[2];
    for (std::size_t i = 0; i < n; ++i) kinds[customers.referred[i]].push_back(column[i]);
    double squares = 0;
    for (const auto& kind : kinds) {
      squares += kind.size() < 2 ? 0 : sample_variance(std::span<const double>(kind));
    }
    const double deviation = std::sqrt(squares / 2);
    for (double& value : column) value = deviation > 0 ? value / deviation : 0;
  }

  const auto group = [&](std::size_t i) {
    return options.same_channel ? customers.channel[i] : Channel{};
  };
  std::vector<std::uint32_t> others;
  for (std::size_t i = 0; i < n; ++i) {
    if (customers.referred[i] == 0) others.push_back(static_cast<std::uint32_t>(i));
  }
  const auto place_of = [&](std::uint32_t i) { return std::tuple(group(i), columns[0][i], i); };
  std::sort(others.begin(), others.end(),
            [&](std::uint32_t a, std::uint32_t b) { return place_of(a) < place_of(b); });
  FreePlaces free(others.size());
  std::vector<double> weights(n, 0.0);
  std::vector<double> differences;
  for (std::size_t i = 0; i < n; ++i) {
    if (customers.referred[i] == 0) continue;
    double best = options.caliper * options.caliper;
    std::size_t found = others.size();
    // Whether places further on this side could still be better.
    const auto look = [&](std::size_t at, bool earlier) {
      const std::uint32_t other = others[at];
      const double along = columns[0][i] - columns[0][other];
      if (group(other) != group(i) || along * along > best) return false;
      double distance = 0;
      for (const std::vector<double>& column : columns) {
        distance += (column[i] - column[other]) * (column[i] - column[other]);
      }
      const bool tie = distance == best && (found == others.size() || earlier);
      if (distance < best || tie) {
        best = distance;
        found = at;
      }
      return true;
    };
    const auto start =
        std::lower_bound(others.begin(), others.end(), i, [&](std::uint32_t a, std::size_t b) {
          return std::tuple(group(a), columns[0][a]) < std::tuple(group(b), columns[0][b]);
        });
    const auto middle = static_cast<std::size_t>(start - others.begin());
    for (std::size_t at = free.at_or_after(middle); at < others.size() && look(at, false);) {
      at = free.at_or_after(at + 1);
    }
    for (std::size_t end = free.end_before(middle); end > 0 && look(end - 1, true);) {
      end = free.end_before(end - 1);
    }
    if (found == others.size()) continue;
    free.take(found);
    weights[i] = weights[others[found]] = 1;
    differences.push_back(customers.value[i] - customers.value[others[found]]);
  }
  MatchedValue out = summarise(MatchMethod::nearest, customers, weights, shown);
  out.strata = differences.size();
  out.confidence = options.confidence;
  if (differences.empty()) return out;
  const std::span<const double> column(differences);
  const ConfidenceInterval interval = bootstrap_means({&column, 1},
                                                      {.replicates = options.replicates,
                                                       .confidence = options.confidence,
                                                       .seed = options.seed},
                                                      context)
                                          .front();
  out.low = interval.low;
  out.high = interval.high;
  out.standard_error = interval.standard_error;
  return out;
}

}  // namespace emptor
