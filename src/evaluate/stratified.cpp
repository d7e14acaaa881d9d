#include "emptor/evaluate/stratified.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"

namespace emptor {

namespace {

void check_options(const RowFoldOptions& options, std::size_t rows, const char* where) {
  require_option(options.folds >= 2 && options.folds <= 10'000, "folds", "in [2, 10000]",
                 options.folds);
  if (rows > 0xffffffffU) {
    throw Exception(ErrorCode::invalid_shape, text("there must be less than 2^32 rows, got ", rows),
                    where);
  }
}

/// The number of each row's class, classes ascending by target; the last class + 1.
std::uint32_t number_classes(std::span<const double> target, std::vector<std::uint32_t>& classes,
                             const char* where) {
  for (std::size_t row = 0; row < target.size(); ++row) {
    if (target[row] != target[row]) {
      throw Exception(ErrorCode::invalid_value, text("a target must be a number, in row ", row),
                      where);
    }
  }
  std::vector<double> distinct(target.begin(), target.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  classes.resize(target.size());
  for (std::size_t row = 0; row < target.size(); ++row) {
    const auto at = std::lower_bound(distinct.begin(), distinct.end(), target[row]);
    classes[row] = static_cast<std::uint32_t>(at - distinct.begin());
  }
  return static_cast<std::uint32_t>(distinct.size());
}

std::vector<std::uint32_t> rows_where(const RowFolds& folds, std::size_t f, bool inside) {
  if (f >= folds.count) {
    throw Exception(ErrorCode::out_of_range,
                    text("there are ", folds.count, " folds, got number ", f), "RowFolds");
  }
  std::vector<std::uint32_t> out;
  for (std::size_t row = 0; row < folds.fold.size(); ++row) {
    if ((folds.fold[row] == f) == inside) out.push_back(static_cast<std::uint32_t>(row));
  }
  return out;
}

}  // namespace

std::vector<std::uint32_t> RowFolds::test(std::size_t f) const {
  return rows_where(*this, f, true);
}

std::vector<std::uint32_t> RowFolds::train(std::size_t f) const {
  return rows_where(*this, f, false);
}

RowFolds stratified_folds(std::span<const double> target, const RowFoldOptions& options) {
  check_options(options, target.size(), "stratified_folds");
  std::vector<std::uint32_t> classes;
  const std::uint32_t count = number_classes(target, classes, "stratified_folds");
  std::vector<std::uint32_t> begin(count + std::size_t{1}, 0);
  for (const std::uint32_t one : classes) ++begin[one + std::size_t{1}];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<std::uint32_t> order(target.size());
  std::vector<std::uint32_t> next = begin;
  for (std::size_t row = 0; row < order.size(); ++row) {
    order[next[classes[row]]++] = static_cast<std::uint32_t>(row);
  }
  RandomStream random(options.seed, options.repeat);
  for (std::uint32_t c = 0; c < count; ++c) {
    random.shuffle(std::span(order).subspan(begin[c], begin[c + std::size_t{1}] - begin[c]));
  }
  // Dealt in turn through all classes, so that the folds are of one size, too.
  RowFolds out{std::vector<std::uint32_t>(target.size()), options.folds};
  for (std::size_t i = 0; i < order.size(); ++i) {
    out.fold[order[i]] = static_cast<std::uint32_t>(i % options.folds);
  }
  return out;
}

RowFolds grouped_folds(std::span<const Customer> customers, std::span<const double> target,
                       const RowFoldOptions& options) {
  check_options(options, customers.size(), "grouped_folds");
  if (!target.empty() && target.size() != customers.size()) {
    throw Exception(
        ErrorCode::invalid_shape,
        text("there must be a target for each of ", customers.size(), " rows, got ", target.size()),
        "grouped_folds");
  }
  std::vector<std::uint32_t> classes(customers.size(), 0);
  const std::size_t count = target.empty() ? 1 : number_classes(target, classes, "grouped_folds");
  require_option(count <= 1000, "target", "of at most 1000 distinct values", count);

  std::vector<std::uint32_t> rows(customers.size());
  std::iota(rows.begin(), rows.end(), 0U);
  std::stable_sort(rows.begin(), rows.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return customers[a] < customers[b]; });
  struct Group {
    std::uint32_t begin;
    std::uint32_t size;
  };
  std::vector<Group> groups;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (i == 0 || customers[rows[i]] != customers[rows[i - 1]]) groups.push_back({i, 0});
    ++groups.back().size;
  }
  RandomStream random(options.seed, options.repeat);
  random.shuffle(std::span(groups));
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Group& a, const Group& b) { return a.size > b.size; });

  std::vector<double> totals(count, 0);
  for (const std::uint32_t one : classes) totals[one] += 1;
  std::vector<double> placed(options.folds * count, 0);
  std::vector<std::size_t> sizes(options.folds, 0);
  std::vector<double> own(count);
  RowFolds out{std::vector<std::uint32_t>(customers.size()), options.folds};
  for (const Group& group : groups) {
    std::fill(own.begin(), own.end(), 0.0);
    for (std::uint32_t i = 0; i < group.size; ++i) own[classes[rows[group.begin + i]]] += 1;
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t f = 0; f < options.folds; ++f) {
      // By how much the sum of squared shares grows: least where the classes are scarcest.
      double cost = 0;
      for (std::size_t c = 0; c < count; ++c) {
        if (own[c] == 0) continue;
        cost += own[c] * (2 * placed[f * count + c] + own[c]) / (totals[c] * totals[c]);
      }
      if (cost < least || (cost == least && sizes[f] < sizes[best])) {
        least = cost;
        best = f;
      }
    }
    sizes[best] += group.size;
    for (std::size_t c = 0; c < count; ++c) placed[best * count + c] += own[c];
    for (std::uint32_t i = 0; i < group.size; ++i) {
      out.fold[rows[group.begin + i]] = static_cast<std::uint32_t>(best);
    }
  }
  return out;
}

std::vector<TimeFold> time_folds(std::span<const Time> times, const TimeFoldOptions& options) {
  require_option(options.folds >= 1 && options.folds <= 10'000, "folds", "in [1, 10000]",
                 options.folds);
  const auto at_least = [](std::chrono::seconds value, std::int64_t least, const char* name) {
    require_option(value.count() >= least, name, text(">= ", least, " seconds"), value.count());
  };
  at_least(options.test_length, 1, "test_length");
  at_least(options.gap, 0, "gap");
  at_least(options.train_length, 0, "train_length");
  if (times.size() > 0xffffffffU) {
    throw Exception(ErrorCode::invalid_shape, "there must be less than 2^32 rows", "time_folds");
  }
  // 2^62 seconds either way leave room for every sum below.
  constexpr std::int64_t far = std::int64_t{1} << 62;
  const std::int64_t start = options.first_test.time_since_epoch().count();
  const std::int64_t length = options.test_length.count();
  const std::int64_t gap = options.gap.count();
  const std::int64_t train = options.train_length.count();
  const auto folds = static_cast<std::int64_t>(options.folds);
  require_option(start > -far / 4 && start < far / 4, "first_test", "within the range of time",
                 start);
  require_option(length <= far / 4 / folds, "test_length", "such that tests end in time", length);
  require_option(gap < far / 4, "gap", "within the range of time", gap);
  require_option(train < far / 4, "train_length", "within the range of time", train);
  const auto instant = [](std::int64_t seconds) { return Time{std::chrono::seconds{seconds}}; };
  std::vector<TimeFold> out;
  for (std::int64_t f = 0; f < folds; ++f) {
    TimeFold& fold = out.emplace_back();
    const std::int64_t from = start + f * length;
    fold.test_from = instant(from);
    fold.test_to = instant(from + length);
    fold.train_to = instant(from - gap);
    fold.train_from = train == 0 ? Time::min() : instant(from - gap - train);
    for (std::size_t row = 0; row < times.size(); ++row) {
      const Time time = times[row];
      const auto id = static_cast<std::uint32_t>(row);
      if (time >= fold.train_from && time < fold.train_to) fold.train.push_back(id);
      if (time >= fold.test_from && time < fold.test_to) fold.test.push_back(id);
    }
  }
  return out;
}

}  // namespace emptor
