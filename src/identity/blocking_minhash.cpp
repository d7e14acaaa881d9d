#include "emptor/identity/blocking_minhash.hpp"

#include <algorithm>
#include <array>

#include "emptor/core/error.hpp"
#include "emptor/table/keys.hpp"
#include "emptor/text/tokenise.hpp"
#include "identity/blocking_sort.hpp"

namespace emptor {

namespace {

constexpr std::size_t max_bins = 256;
constexpr std::uint32_t empty_bin = 0xffffffffU;
using Columns = std::vector<std::vector<std::uint64_t>>;

/// The least hash of each bin over one set.
class Sketch {
 public:
  explicit Sketch(const MinHashOptions& options)
      : bins_(options.bands * options.rows),
        rows_(options.rows),
        seed_(detail::mix_blocking_key(options.seed + 0x9e3779b97f4a7c15U)) {
    clear();
  }

  void clear() {
    least_.fill(empty_bin);
    empty_ = true;
  }

  void add(std::uint64_t token) noexcept {
    const std::uint64_t hash = detail::mix_blocking_key(token + seed_);
    std::uint32_t& least = least_[bin(hash)];
    least = std::min({least, static_cast<std::uint32_t>(hash), empty_bin - 1});
    empty_ = false;
  }

  /// Fills empty bins and writes this row's keys.
  void write(Columns& keys, std::size_t row) noexcept {
    if (empty_) return;
    full_ = least_;
    for (std::size_t i = 0; i < bins_; ++i) {
      for (std::uint64_t attempt = 1; full_[i] == empty_bin; ++attempt) {
        full_[i] = least_[bin(detail::mix_blocking_key(seed_ ^ (attempt << 16 | i)))];
      }
    }
    for (std::size_t band = 0; band < keys.size(); ++band) {
      std::uint64_t key = seed_ + band;
      for (std::size_t r = 0; r < rows_; ++r) {
        key = detail::mix_blocking_key(key ^ std::uint64_t{full_[band * rows_ + r]} << 16);
      }
      keys[band][row] = std::max<std::uint64_t>(key, 1);
    }
  }

 private:
  [[nodiscard]] std::size_t bin(std::uint64_t hash) const noexcept {
    return static_cast<std::size_t>((hash >> 32) * bins_ >> 32);
  }

  std::size_t bins_;
  std::size_t rows_;
  std::uint64_t seed_;
  bool empty_ = true;
  std::array<std::uint32_t, max_bins> least_;
  std::array<std::uint32_t, max_bins> full_;
};

/// `add_tokens(sketch, row)` for each row.
template <class AddTokens>
Columns keys_of(std::size_t records, const MinHashOptions& options, const Context& context,
                AddTokens&& add_tokens) {
  require_option(options.bands >= 1 && options.bands <= max_bins, "bands", text("1 to ", max_bins),
                 options.bands);
  require_option(options.rows >= 1 && options.rows <= max_bins / options.bands, "rows",
                 text("1 to ", max_bins, " / bands"), options.rows);
  Columns keys(options.bands, std::vector<std::uint64_t>(records));
  parallel_chunks(context, records, 4096, [&](std::size_t begin, std::size_t end) {
    Sketch sketch(options);
    for (std::size_t row = begin; row < end; ++row) {
      sketch.clear();
      add_tokens(sketch, row);
      sketch.write(keys, row);
    }
  });
  return keys;
}

}  // namespace

std::vector<std::vector<std::uint64_t>> minhash_keys(std::span<const std::size_t> offsets,
                                                     std::span<const std::uint32_t> tokens,
                                                     const MinHashOptions& options,
                                                     const Context& context) {
  if (offsets.empty() || offsets.front() != 0 || offsets.back() != tokens.size() ||
      !std::is_sorted(offsets.begin(), offsets.end())) {
    throw Exception(ErrorCode::invalid_shape,
                    text("offsets must ascend from 0 to ", tokens.size(), ", the number of tokens"),
                    "offsets");
  }
  return keys_of(offsets.size() - 1, options, context, [&](Sketch& sketch, std::size_t row) {
    for (std::size_t i = offsets[row]; i < offsets[row + 1]; ++i) sketch.add(tokens[i]);
  });
}

std::vector<std::vector<std::uint64_t>> minhash_text_keys(std::span<const std::string_view> texts,
                                                          const MinHashOptions& options,
                                                          const Context& context) {
  return keys_of(texts.size(), options, context, [&](Sketch& sketch, std::size_t row) {
    for_each_character_ngram(
        texts[row], 3, 3, [&](std::string_view piece) { sketch.add(detail::hash_key(piece, 0)); });
  });
}

}  // namespace emptor
