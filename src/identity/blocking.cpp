#include "emptor/identity/blocking.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "emptor/core/error.hpp"
#include "identity/blocking_scope.hpp"
#include "identity/blocking_sort.hpp"

namespace emptor {

namespace {

using Rows = std::vector<std::uint32_t>;
constexpr std::uint32_t nobody = std::uint32_t{1} << 31;  // plus the row: a number of its own
constexpr std::size_t max_window = 65536;

std::size_t check_rules(std::span<const BlockingRule> rules) {
  require_option(!rules.empty() && rules.size() <= max_blocking_rules, "rules",
                 text("1 to ", max_blocking_rules), rules.size());
  const std::size_t records = rules[0].keys.size();
  for (const BlockingRule& rule : rules) {
    if (rule.keys.size() != records) {
      throw Exception(
          ErrorCode::invalid_shape,
          text("a rule must have a key for each of ", records, " records, got ", rule.keys.size()),
          rule.name);
    }
    if (!rule.sort_keys.empty() && rule.sort_keys.size() != records) {
      throw Exception(ErrorCode::invalid_shape,
                      text("a rule must have a sort key for each of ", records,
                           " records or none, got ", rule.sort_keys.size()),
                      rule.name);
    }
    require_option(rule.window == 0 || (rule.window >= 2 && rule.window <= max_window), "window",
                   text("0 or 2 to ", max_window), rule.window);
  }
  if (records > max_blocking_records) {
    throw Exception(ErrorCode::overflow,
                    text("records must be at most ", max_blocking_records, ", got ", records));
  }
  return records;
}

void check(const BlockingOptions& options, std::size_t records, std::size_t sources) {
  require_option(options.max_block >= 2, "max_block", ">= 2", options.max_block);
  require_option(options.window >= 2 && options.window <= max_window, "window",
                 text("2 to ", max_window), options.window);
  require_option(options.max_pairs > 0, "max_pairs", "> 0", options.max_pairs);
  require_option(options.chunk_pairs >= 1, "chunk_pairs", ">= 1", options.chunk_pairs);
  if (sources != records && (sources != 0 || options.scope != PairScope::all)) {
    throw Exception(ErrorCode::invalid_shape,
                    text("there must be a source for each of ", records, " records, got ", sources),
                    "sources");
  }
}

void tell(const Context& context, std::size_t done) {
  if (context.report({"blocking", done, 2}) == Go::stop) {
    throw Exception(ErrorCode::stopped, "blocking was stopped by the progress callback");
  }
}

/// How many pairs blocks have, whole and as windows, by the pairs of the whole block.
class PairHistogram {
 public:
  struct Sums {
    std::uint64_t whole = 0;
    std::uint64_t windows = 0;
  };

  void add(std::uint64_t pairs, std::uint64_t windows) {
    Sums& sums = pairs < few_.size() ? few_[static_cast<std::size_t>(pairs)] : many_[pairs];
    sums.whole += pairs;
    sums.windows += windows;
  }
  /// Adds these sums to `by_pairs`.
  void add_to(std::map<std::uint64_t, Sums>& by_pairs) const {
    const auto put = [&](std::uint64_t pairs, const Sums& sums) {
      Sums& to = by_pairs[pairs];
      to.whole += sums.whole;
      to.windows += sums.windows;
    };
    for (std::size_t pairs = 0; pairs < few_.size(); ++pairs) {
      if (few_[pairs].whole != 0) put(pairs, few_[pairs]);
    }
    for (const auto& [pairs, sums] : many_) put(pairs, sums);
  }

 private:
  std::vector<Sums> few_ = std::vector<Sums>(1024);
  std::map<std::uint64_t, Sums> many_;
};

}  // namespace

class BlockingBuilder {
 public:
  BlockingBuilder(std::span<const BlockingRule> rules, const BlockingOptions& options,
                  std::span<const std::uint32_t> sources, const Context& context)
      : in_(rules), options_(options), context_(context) {
    plan_.records_ = check_rules(rules);
    check(options, plan_.records_, sources.size());
    plan_.scope_ = options.scope;
    if (options.scope != PairScope::all) plan_.sources_.assign(sources.begin(), sources.end());
    scoped_ = {options.scope, plan_.sources_};
  }

  BlockingPlan build() {
    tell(context_, 0);
    const std::size_t rules = in_.size();
    plan_.rules_.resize(rules);
    plan_.numbers_.resize(plan_.records_ * rules);
    plan_.report_.rules.resize(rules);
    plan_.report_.records = plan_.records_;
    histograms_.resize(rules);
    order_by_source();
    parallel_chunks(context_, plan_.records_, std::size_t{1} << 16,
                    [&](std::size_t begin, std::size_t end) {
                      for (std::size_t row = begin; row < end; ++row) {
                        std::fill_n(plan_.numbers_.begin() + std::ptrdiff_t(row * rules), rules,
                                    nobody + static_cast<std::uint32_t>(row));
                      }
                    });
    parallel_chunks(context_, rules, 1, [&](std::size_t rule, std::size_t) { group(rule); });
    tell(context_, 1);
    choose_cap();
    parallel_chunks(context_, rules, 1, [&](std::size_t rule, std::size_t) { settle(rule); });
    for (std::size_t rule = 0; rule < rules; ++rule) cut(rule);
    finish_report();
    return std::move(plan_);
  }

 private:
  using Rule = BlockingPlan::Rule;

  /// Sources matter to the order of rows in a block: each source's records stand together.
  void order_by_source() {
    if (options_.scope == PairScope::all) return;
    const std::size_t n = plan_.records_;
    detail::RadixBuffers buffers(n);
    for (std::size_t row = 0; row < n; ++row) {
      buffers.items()[row] = std::uint64_t{plan_.sources_[row]} << 32 | row;
    }
    buffers.sort(n);
    order_.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      order_[i] = static_cast<std::uint32_t>(buffers.items()[i]);
    }
  }

  void group(std::size_t r) {
    const BlockingRule& in = in_[r];
    Rule& rule = plan_.rules_[r];
    BlockingRuleReport& report = plan_.report_.rules[r];
    report.name = in.name;
    rule.starts.push_back(0);
    if (in.window != 0) {
      for (std::size_t row = 0; row < in.keys.size(); ++row) {
        if (in.keys[row] != 0) rule.rows.push_back(static_cast<std::uint32_t>(row));
      }
      report.records = rule.rows.size();
      rule.starts.push_back(static_cast<std::uint32_t>(rule.rows.size()));
      sort_for_window(r, rule.rows);
      return;
    }
    detail::RadixBuffers buffers(in.keys.size());
    report.records = detail::for_each_equal_key(
        in.keys, order_, buffers, [&](const std::uint64_t* first, const std::uint64_t* last) {
          const std::size_t begin = rule.rows.size();
          for (; first != last; ++first) {
            rule.rows.push_back(static_cast<std::uint32_t>(*first));
          }
          const std::span rows = std::span(rule.rows).subspan(begin);
          const std::uint64_t pairs = scoped_.pairs(rows);
          if (pairs == 0) {
            rule.rows.resize(begin);
            return;
          }
          histograms_[r].add(pairs,
                             std::min(pairs, detail::window_pairs(rows.size(), options_.window)));
          rule.starts.push_back(static_cast<std::uint32_t>(rule.rows.size()));
        });
  }

  /// Ascending by what the rule sorts by, then by the keys of the next rules, then by row.
  void sort_for_window(std::size_t r, std::span<std::uint32_t> rows) const {
    std::vector<std::span<const std::uint64_t>> columns;
    if (in_[r].window != 0) columns.push_back(in_[r].keys);
    if (!in_[r].sort_keys.empty()) columns.push_back(in_[r].sort_keys);
    for (std::size_t next = 1; next < in_.size(); ++next) {
      columns.push_back(in_[(r + next) % in_.size()].keys);
    }
    struct Item {
      std::uint64_t key;
      std::uint32_t row;
    };
    std::vector<Item> items;
    items.reserve(rows.size());
    for (const std::uint32_t row : rows)
      items.push_back({columns.empty() ? 0 : columns[0][row], row});
    std::sort(items.begin(), items.end(), [&](const Item& x, const Item& y) {
      if (x.key != y.key) return x.key < y.key;
      for (std::size_t c = 1; c < columns.size(); ++c) {
        if (columns[c][x.row] != columns[c][y.row]) return columns[c][x.row] < columns[c][y.row];
      }
      return x.row < y.row;
    });
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = items[i].row;
  }

  /// The largest cap that keeps the sum of pairs within the budget; windows go before blocks do.
  void choose_cap() {
    windows_ = options_.over_full == OverFull::sorted_neighbourhood;
    cap_ = detail::all_pairs(options_.max_block);
    double fixed = 0;  // sorted neighbourhoods have no cap
    for (std::size_t r = 0; r < in_.size(); ++r) {
      if (in_[r].window != 0) {
        fixed += double(detail::window_pairs(plan_.rules_[r].rows.size(), in_[r].window));
      }
    }
    std::map<std::uint64_t, PairHistogram::Sums> by_pairs;
    for (const PairHistogram& histogram : histograms_) histogram.add_to(by_pairs);
    histograms_.clear();
    const auto lower = [&](bool windows) {
      double total = fixed;
      for (const auto& [pairs, sums] : by_pairs) {
        if (pairs <= cap_) {
          total += double(sums.whole);
        } else if (windows) {
          total += double(sums.windows);
        }
      }
      std::uint64_t cap = cap_;
      for (auto at = by_pairs.rbegin(); total > options_.max_pairs && at != by_pairs.rend(); ++at) {
        if (at->first > cap_) continue;
        total -= double(at->second.whole) - (windows ? double(at->second.windows) : 0.0);
        cap = at->first - 1;
      }
      if (total > options_.max_pairs) return false;
      plan_.report_.cap_lowered = cap < cap_;
      cap_ = cap;
      return true;
    };
    if (windows_ && !lower(true)) {
      windows_ = false;
      plan_.report_.windows_dropped = true;
    }
    if (!windows_ && !lower(false)) {
      cap_ = 0;
      plan_.report_.cap_lowered = true;
      plan_.report_.within_budget = false;
    }
    plan_.report_.max_block_pairs = cap_;
  }

  /// Puts blocks with windows first, leaves skipped ones out, numbers the records.
  void settle(std::size_t r) {
    Rule& rule = plan_.rules_[r];
    BlockingRuleReport& report = plan_.report_.rules[r];
    if (in_[r].window != 0) {
      rule.window = static_cast<std::uint32_t>(in_[r].window);
      report.largest_block = rule.rows.size();
      report.pairs = scoped_.pairs(rule.rows, rule.window);
      report.blocks = report.pairs != 0;
      rule.windowed = 1;
    } else {
      rule.window = static_cast<std::uint32_t>(options_.window);
      settle_blocks(r, rule, report);
    }
    rule.rows.shrink_to_fit();
    rule.starts.shrink_to_fit();
    number(r, rule);
  }

  void settle_blocks(std::size_t r, Rule& rule, BlockingRuleReport& report) const {
    report.blocks = rule.starts.size() - 1;
    Rows windowed, windowed_starts;
    std::size_t blocks = 0, rows = 0, begin = 0;  // kept so far; begin of block k
    for (std::size_t k = 0; k < report.blocks; ++k) {
      const std::size_t end = rule.starts[k + 1];
      const std::span block = std::span(rule.rows).subspan(begin, end - begin);
      begin = end;
      report.largest_block = std::max<std::uint64_t>(report.largest_block, block.size());
      const std::uint64_t pairs = scoped_.pairs(block);
      if (pairs <= cap_ || (windows_ && block.size() <= options_.window)) {
        report.pairs += pairs;
        std::copy(block.begin(), block.end(), rule.rows.begin() + std::ptrdiff_t(rows));
        rows += block.size();
        rule.starts[++blocks] = static_cast<std::uint32_t>(rows);
        continue;
      }
      ++report.over_full_blocks;
      report.over_full_records += block.size();
      std::uint64_t met = 0;
      if (windows_) {
        sort_for_window(r, block);
        met = scoped_.pairs(block, options_.window);
        windowed_starts.push_back(static_cast<std::uint32_t>(windowed.size()));
        windowed.insert(windowed.end(), block.begin(), block.end());
      }
      report.pairs += met;
      report.pairs_dropped += pairs - met;
    }
    rule.rows.resize(rows);
    rule.starts.resize(blocks + 1);
    rule.windowed = windowed_starts.size();
    for (std::uint32_t& start : rule.starts) start += static_cast<std::uint32_t>(windowed.size());
    rule.starts.insert(rule.starts.begin(), windowed_starts.begin(), windowed_starts.end());
    rule.rows.insert(rule.rows.begin(), windowed.begin(), windowed.end());
  }

  /// A record of an ordinary block has the block's number; those of a windowed block have numbers
  /// that follow each other, a window's gap between blocks.
  void number(std::size_t r, Rule& rule) {
    std::uint32_t next = 0;
    const std::size_t blocks = rule.starts.size() - 1;
    for (std::size_t k = 0; k < blocks; ++k) {
      if (k == rule.windowed) rule.windowed_limit = next;
      for (std::size_t p = rule.starts[k]; p < rule.starts[k + 1]; ++p) {
        plan_.numbers_[rule.rows[p] * in_.size() + r] = next;
        next += k < rule.windowed;
      }
      next += k < rule.windowed ? rule.window : 1;
    }
    if (rule.windowed == blocks) rule.windowed_limit = next;
  }

  /// Pieces of about chunk_pairs pairs, a row without partners counting as one.
  void cut(std::size_t r) {
    const Rule& rule = plan_.rules_[r];
    BlockingPlan::Chunk chunk{static_cast<std::uint32_t>(r), 0, 0, 0};
    std::uint64_t work = 0;
    const auto close = [&](std::size_t block, std::size_t position) {
      chunk.end = static_cast<std::uint32_t>(position);
      if (chunk.end != chunk.begin) plan_.chunks_.push_back(chunk);
      chunk.block = static_cast<std::uint32_t>(block);
      chunk.begin = chunk.end;
      work = 0;
    };
    const std::size_t blocks = rule.starts.size() - 1;
    for (std::size_t k = 0; k < blocks; ++k) {
      const std::size_t begin = rule.starts[k], end = rule.starts[k + 1];
      const std::span block = std::span(rule.rows).subspan(begin, end - begin);
      const bool windowed = k < rule.windowed;
      const std::uint64_t pairs =
          windowed ? detail::window_pairs(block.size(), rule.window) : scoped_.pairs(block);
      if (work + pairs + block.size() <= options_.chunk_pairs) {
        work += pairs + block.size();
        continue;
      }
      for (std::size_t i = 0, group = 0; i < block.size(); ++i) {
        if (work >= options_.chunk_pairs) close(k, begin + i);
        if (!windowed && options_.scope != PairScope::all && i == group) {
          group = scoped_.group_end(block, i);
        }
        work += 1;
        if (windowed) {
          work += std::min<std::size_t>(rule.window, block.size() - i) - 1;
        } else if (options_.scope == PairScope::all) {
          work += block.size() - i - 1;
        } else if (options_.scope == PairScope::within_sources) {
          work += group - i - 1;
        } else {
          work += block.size() - group;
        }
      }
    }
    close(blocks, rule.rows.size());
  }

  void finish_report() {
    BlockingReport& report = plan_.report_;
    const std::uint64_t all = detail::all_pairs(plan_.records_);
    report.possible_pairs = scoped_.pairs(order_);
    if (options_.scope == PairScope::all) report.possible_pairs = all;
    report.bytes = (plan_.numbers_.size() + plan_.sources_.size()) * 4 +
                   plan_.chunks_.size() * sizeof(BlockingPlan::Chunk);
    for (std::size_t r = 0; r < in_.size(); ++r) {
      BlockingRuleReport& rule = report.rules[r];
      report.pairs += rule.pairs;
      report.bytes += (plan_.rules_[r].rows.size() + plan_.rules_[r].starts.size()) * 4;
      if (report.possible_pairs != 0) {
        rule.reduction_ratio = 1 - double(rule.pairs) / double(report.possible_pairs);
      }
    }
  }

  std::span<const BlockingRule> in_;
  const BlockingOptions& options_;
  const Context& context_;
  BlockingPlan plan_;
  detail::ScopedSources scoped_;
  Rows order_;  // rows by source; empty for PairScope::all
  std::vector<PairHistogram> histograms_;
  std::uint64_t cap_ = 0;
  bool windows_ = true;
};

BlockingPlan build_blocking_plan(std::span<const BlockingRule> rules,
                                 const BlockingOptions& options,
                                 std::span<const std::uint32_t> sources, const Context& context) {
  return BlockingBuilder(rules, options, sources, context).build();
}

std::vector<BlockingCost> blocking_costs(std::span<const BlockingRule> rules,
                                         const Context& context) {
  const std::size_t records = check_rules(rules);
  std::vector<BlockingCost> costs(rules.size());
  parallel_chunks(context, rules.size(), 1, [&](std::size_t r, std::size_t) {
    BlockingCost& cost = costs[r];
    cost.name = rules[r].name;
    detail::RadixBuffers buffers(records);
    cost.records = detail::for_each_equal_key(
        rules[r].keys, {}, buffers, [&](const std::uint64_t* first, const std::uint64_t* last) {
          const auto size = static_cast<std::uint64_t>(last - first);
          ++cost.blocks;
          cost.largest_block = std::max(cost.largest_block, size);
          cost.pairs += detail::all_pairs(size);
        });
  });
  return costs;
}

}  // namespace emptor
