// The stream of pairs: chunk by chunk, block by block, those left out that an earlier rule has.

#include <algorithm>
#include <array>
#include <memory>

#include "emptor/identity/blocking.hpp"
#include "identity/blocking_scope.hpp"

namespace emptor {

/// Emits the pairs of one chunk into batches.
class BlockingPlan::Emitter {
 public:
  Emitter(const BlockingPlan& plan, std::size_t chunk, Sink sink)
      : plan_(plan),
        scoped_{plan.scope_, plan.sources_},
        chunk_(plan.chunks_[chunk]),
        rule_(plan.rules_[chunk_.rule]),
        number_(chunk),
        sink_(sink),
        out_(std::make_unique_for_overwrite<RecordPair[]>(batch + tile)) {
    for (std::size_t q = 0; q < chunk_.rule; ++q) windows_ |= plan.rules_[q].windowed != 0;
  }

  std::uint64_t run() {
    std::size_t block = chunk_.block;
    for (std::size_t p = chunk_.begin; p < chunk_.end; ++block) {
      const bool windowed = block < rule_.windowed;
      const std::size_t block_end = rule_.starts[block + 1];
      const std::size_t last = std::min<std::size_t>(block_end, chunk_.end);
      while (p < last) {
        const std::size_t stop = windowed ? std::min(last, p + tile) : last;
        const std::size_t reach =
            windowed ? std::min<std::size_t>(block_end, stop + rule_.window - 1) : block_end;
        rows_ = std::span(rule_.rows).subspan(p, reach - p);
        prefetch(reach);
        emit(stop - p, windowed);
        p = stop;
      }
    }
    flush();
    return total_;
  }

 private:
  static constexpr std::size_t batch = 4096;
  static constexpr std::size_t tile = 512;
  static constexpr std::size_t few = 12;    // a block of so many is not worth columns
  static constexpr std::size_t ahead = 24;  // rows

  /// The numbers of rows that come soon.
  void prefetch(std::size_t from) noexcept {
    if (chunk_.rule == 0) return;
    const std::size_t end = std::min(rule_.rows.size(), from + ahead);
    const std::size_t begin = std::max(from, std::min(end, prefetched_));
    for (std::size_t p = begin; p < end; ++p) {
      __builtin_prefetch(plan_.numbers_.data() + rule_.rows[p] * plan_.rules_.size());
    }
    prefetched_ = end;
  }

  /// Pairs of the first `count` rows with rows behind them.
  void emit(std::size_t count, bool windowed) {
    const bool by_source = plan_.scope_ != PairScope::all;
    const bool columns = chunk_.rule != 0 && rows_.size() > few;
    if (columns) fill_columns();
    for (std::size_t i = 0, group = 0; i < count; ++i) {
      std::size_t begin = i + 1, end = rows_.size();
      if (windowed) {
        end = std::min<std::size_t>(end, i + rule_.window);
      } else if (by_source) {
        if (i == group) group = scoped_.group_end(rows_, i);
        (plan_.scope_ == PairScope::within_sources ? end : begin) = group;
      }
      for (; begin < end; begin += tile) {
        const std::size_t stop = std::min(end, begin + tile);
        if (filled_ >= batch) flush();
        if (columns) {
          mark_by_columns(i, begin, stop);
        } else {
          mark_by_rows(i, begin, stop);
        }
        if (windowed && by_source) {
          for (std::size_t j = begin; j < stop; ++j) {
            taken_[j - begin] |= !scoped_.in_scope(rows_[i], rows_[j]);
          }
        }
        put(i, begin, stop);
      }
    }
  }

  /// The numbers of all rows by each earlier rule, a column a rule.
  void fill_columns() {
    const std::size_t rules = plan_.rules_.size(), size = rows_.size();
    columns_.resize(std::max(columns_.size(), chunk_.rule * size));
    for (std::size_t j = 0; j < size; ++j) {
      const std::uint32_t* numbers = plan_.numbers_.data() + rows_[j] * rules;
      for (std::size_t q = 0; q < chunk_.rule; ++q) columns_[q * size + j] = numbers[q];
    }
  }

  void mark_by_columns(std::size_t i, std::size_t begin, std::size_t end) noexcept {
    const std::size_t count = end - begin;
    std::fill_n(taken_.begin(), count, 0U);
    for (std::size_t q = 0; q < chunk_.rule; ++q) {
      const std::uint32_t* column = columns_.data() + q * rows_.size();
      const std::uint32_t x = column[i];
      if (x >= std::uint32_t{1} << 31) continue;  // meets nobody
      const Rule& rule = plan_.rules_[q];
      if (x < rule.windowed_limit) {
        // Others than windowed ones are a window away: one unsigned comparison decides.
        const std::uint32_t low = x - rule.window + 1, width = 2 * rule.window - 2;
        for (std::size_t j = 0; j < count; ++j) taken_[j] |= column[begin + j] - low <= width;
      } else {
        for (std::size_t j = 0; j < count; ++j) taken_[j] |= column[begin + j] == x;
      }
    }
  }

  void mark_by_rows(std::size_t i, std::size_t begin, std::size_t end) noexcept {
    const std::size_t rules = plan_.rules_.size();
    const std::uint32_t* x = plan_.numbers_.data() + rows_[i] * rules;
    for (std::size_t j = begin; j < end; ++j) {
      const std::uint32_t* y = plan_.numbers_.data() + rows_[j] * rules;
      bool taken = false;
      if (windows_) {
        for (std::size_t q = 0; q < chunk_.rule; ++q) taken |= plan_.meet(q, x[q], y[q]);
      } else {
        for (std::size_t q = 0; q < chunk_.rule; ++q) taken |= x[q] == y[q];
      }
      taken_[j - begin] = taken;
    }
  }

  void put(std::size_t i, std::size_t begin, std::size_t end) noexcept {
    const std::uint32_t a = rows_[i];
    RecordPair* out = out_.get() + filled_;
    for (std::size_t j = begin; j < end; ++j) {
      const std::uint32_t b = rows_[j];
      *out = {std::min(a, b), std::max(a, b)};
      out += taken_[j - begin] == 0;
    }
    filled_ = static_cast<std::size_t>(out - out_.get());
  }

  void flush() {
    if (filled_ == 0) return;
    sink_(std::span<const RecordPair>(out_.get(), filled_), chunk_.rule, number_);
    total_ += filled_;
    filled_ = 0;
  }

  const BlockingPlan& plan_;
  detail::ScopedSources scoped_;
  const Chunk chunk_;
  const Rule& rule_;
  std::size_t number_;
  Sink sink_;
  bool windows_ = false;                 // some earlier rule has them
  std::span<const std::uint32_t> rows_;  // of the piece of a block in hand
  std::vector<std::uint32_t> columns_;
  std::array<std::uint32_t, tile> taken_{};  // 1: not a pair of this rule, or out of scope
  std::unique_ptr<RecordPair[]> out_;
  std::size_t filled_ = 0;
  std::uint64_t total_ = 0;
  std::size_t prefetched_ = 0;
};

std::uint64_t BlockingPlan::for_each_batch_of(std::size_t chunk, Sink sink) const {
  return Emitter(*this, chunk, sink).run();
}

BlockingCount BlockingPlan::for_each_batch(const Context& context, Sink sink) const {
  constexpr std::size_t wave = 256;  // chunks between two calls of the progress callback
  BlockingCount count;
  count.new_pairs.resize(rules_.size());
  std::vector<std::uint64_t> pairs(chunks_.size());
  for (std::size_t done = 0; done < chunks_.size();) {
    if (context.report({"candidate pairs", done, chunks_.size()}) == Go::stop) {
      count.stopped = true;
      break;
    }
    const std::size_t now =
        std::min(chunks_.size() - done, context.progress ? wave : chunks_.size());
    parallel_chunks(context, now, 1, [&](std::size_t chunk, std::size_t) {
      pairs[done + chunk] = for_each_batch_of(done + chunk, sink);
    });
    done += now;
  }
  for (std::size_t chunk = 0; chunk < chunks_.size(); ++chunk) {
    count.new_pairs[chunks_[chunk].rule] += pairs[chunk];
    count.pairs += pairs[chunk];
  }
  return count;
}

BlockingCount BlockingPlan::count_new_pairs(const Context& context) const {
  return for_each_batch(context, [](std::span<const RecordPair>, std::size_t, std::size_t) {});
}

std::uint64_t BlockingPlan::rules_of(RecordPair pair) const noexcept {
  const std::uint32_t* x = numbers_.data() + pair.a * rules_.size();
  const std::uint32_t* y = numbers_.data() + pair.b * rules_.size();
  std::uint64_t mask = 0;
  for (std::size_t r = 0; r < rules_.size(); ++r) mask |= std::uint64_t{meet(r, x[r], y[r])} << r;
  return mask;
}

}  // namespace emptor
