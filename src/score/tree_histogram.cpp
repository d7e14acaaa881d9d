#include "score/tree_histogram.hpp"

namespace emptor::detail {

namespace {

constexpr std::size_t ahead = 24;
constexpr std::size_t parallel_rows = std::size_t{1} << 16U;

void clear(const BinnedTable& table, std::span<const std::uint32_t> columns, Histogram& out) {
  for (const std::uint32_t c : columns) {
    std::fill_n(out.column(c), table.columns[c].bins + 1, std::uint64_t{0});
  }
}

void add_rows(const BinnedTable& table, std::span<const std::uint64_t> packed,
              std::span<const std::uint32_t> rows, std::span<const std::uint32_t> columns,
              Histogram& out) {
  std::uint64_t* const sums = out.column(0);
  if (columns.size() * 4 < table.columns.size()) {  // a row's bins would be loaded for nothing
    for (const std::uint32_t c : columns) {
      const std::uint8_t* const bins = table.column(c);
      std::uint64_t* const to = out.column(c);
      for (const std::uint32_t r : rows) to[bins[r]] += packed[r];
    }
    return;
  }
  const bool all = columns.size() == table.columns.size();
  const std::size_t d = columns.size();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i + ahead < rows.size()) __builtin_prefetch(table.row(rows[i + ahead]));
    const std::uint8_t* const bins = table.row(rows[i]);
    const std::uint64_t value = packed[rows[i]];
    if (all) {
      std::uint64_t* to = sums;
      std::size_t c = 0;
      for (; c + 2 <= d; c += 2, to += 2 * bin_places) {
        to[bins[c]] += value;
        to[bin_places + bins[c + 1]] += value;
      }
      if (c < d) to[bins[c]] += value;
    } else {
      for (const std::uint32_t c : columns) sums[c * bin_places + bins[c]] += value;
    }
  }
}

}  // namespace

void fill_histogram(const BinnedTable& table, std::span<const std::uint64_t> packed,
                    std::span<const std::uint32_t> rows, std::span<const std::uint32_t> columns,
                    Histogram& out, const Context& context) {
  clear(table, columns, out);
  if (context.executor == nullptr || rows.size() < 2 * parallel_rows) {
    add_rows(table, packed, rows, columns, out);
    return;
  }
  const std::size_t parts = (rows.size() + parallel_rows - 1) / parallel_rows;
  std::vector<Histogram> part(parts, Histogram(0));
  parallel_chunks(context, rows.size(), parallel_rows, [&](std::size_t begin, std::size_t end) {
    Histogram own(table.columns.size());
    add_rows(table, packed, rows.subspan(begin, end - begin), columns, own);
    part[begin / parallel_rows] = std::move(own);
  });
  for (const Histogram& own : part) {
    for (const std::uint32_t c : columns) {
      std::uint64_t* const to = out.column(c);
      const std::uint64_t* const from = own.column(c);
      for (std::size_t b = 0; b <= table.columns[c].bins; ++b) to[b] += from[b];
    }
  }
}

void subtract_histogram(const BinnedTable& table, std::span<const std::uint32_t> columns,
                        const Histogram& part, Histogram& from) {
  for (const std::uint32_t c : columns) {
    std::uint64_t* const to = from.column(c);
    const std::uint64_t* const less = part.column(c);
    for (std::size_t b = 0; b <= table.columns[c].bins; ++b) to[b] -= less[b];
  }
}

}  // namespace emptor::detail
