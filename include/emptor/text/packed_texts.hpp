#pragma once
// A dictionary of texts in the form in which pairs of them are compared fastest: 16 symbols of 8
// bits side by side, longer texts elsewhere. ASCII characters are their own symbols; the first 128
// other code points that come get symbols of their own. A text of more than 64 units, with U+0000
// or with a code point for which no symbol is left (dictionaries of Han characters) stays loose:
// kept as it is, and compared one pair at a time. Results never depend on who is packed.
// Memory: 21 bytes a text of up to 16 units, 32 or 64 more for one of up to 64.
// Thread safety: reading may go on in many threads, adding needs one alone.

#include <algorithm>
#include <string>

#include "emptor/core/error.hpp"
#include "emptor/text/kernels_portable.hpp"

namespace emptor {

class PackedTexts {
 public:
  /// Appends a text, as number size(). Bytes that are no UTF-8 are U+FFFD.
  void add(std::string_view text) {
    const std::size_t id = lengths_.size();
    unsigned char symbols[longest_packed_text] = {};
    const std::size_t length = pack(text, symbols);
    std::size_t place = 0;
    if (length == loose_text) {
      place = loose_.size();
      loose_.emplace_back(text.substr(0, 4 * longest_compared_text));
    } else if (length > packed_head_units) {
      place = blocks_.size() / packed_block_units;
      const std::size_t blocks = (length + packed_block_units - 1) / packed_block_units;
      blocks_.insert(blocks_.end(), symbols, symbols + blocks * packed_block_units);
    }
    if (place > UINT32_MAX) throw Exception(ErrorCode::overflow, "too many long texts");
    heads_.resize((id + 2) * packed_head_units);  // one more, as wide kernels read 32 bytes
    if (length != loose_text) {
      std::copy_n(symbols, packed_head_units, heads_.data() + id * packed_head_units);
    }
    places_.push_back(static_cast<std::uint32_t>(place));
    lengths_.push_back(static_cast<std::uint8_t>(length));
  }

  void reserve(std::size_t texts) {
    heads_.reserve((texts + 1) * packed_head_units);
    lengths_.reserve(texts);
    places_.reserve(texts);
  }

  [[nodiscard]] std::size_t size() const noexcept { return lengths_.size(); }

  /// Texts that are compared one pair at a time.
  [[nodiscard]] std::size_t loose_count() const noexcept { return loose_.size(); }

  /// Valid until the next `add`.
  [[nodiscard]] PackedTextView view() const noexcept {
    return {heads_.data(), lengths_.data(), places_.data(), blocks_.data()};
  }

  /// Appends the text, or as much of it as is compared, with U+FFFD for bytes that are no UTF-8 if
  /// it is packed.
  void append_text(std::uint32_t id, std::string& to) const {
    if (lengths_[id] == loose_text) {
      to += loose_[places_[id]];
      return;
    }
    for (const unsigned char symbol : detail::packed_units(view(), id)) {
      append_utf8(to, symbol < 128 ? symbol : code_points_[symbol - 128]);
    }
  }

 private:
  /// The length, or loose_text.
  std::size_t pack(std::string_view text, unsigned char* symbols) {
    std::size_t length = 0;
    for (std::size_t at = 0; at < text.size(); ++length) {
      const Utf8Character c = utf8_character(text, at);
      at += c.bytes;
      const std::uint32_t symbol = symbol_of(c.value);
      if (symbol == 0 || length == longest_packed_text) return loose_text;
      symbols[length] = static_cast<unsigned char>(symbol);
    }
    return length;
  }

  /// 0: none.
  std::uint32_t symbol_of(char32_t c) {
    if (c < 128) return c;
    const auto same = std::lower_bound(
        order_.begin(), order_.end(), c,
        [this](std::uint8_t symbol, char32_t x) { return code_points_[symbol - 128] < x; });
    if (same != order_.end() && code_points_[*same - 128] == c) return *same;
    if (code_points_.size() == 128) return 0;
    const auto symbol = static_cast<std::uint8_t>(128 + code_points_.size());
    order_.insert(same, symbol);
    code_points_.push_back(c);
    return symbol;
  }

  std::vector<unsigned char> heads_;
  std::vector<std::uint8_t> lengths_;
  std::vector<std::uint32_t> places_;  // in blocks_ or loose_
  std::vector<unsigned char> blocks_;
  std::vector<std::string> loose_;
  std::vector<char32_t> code_points_;  // of symbols 128, 129, ...
  std::vector<std::uint8_t> order_;    // those symbols by code point
};

namespace detail {

/// By `kernel`, what it leaves by `portable`, and loose texts by `one`.
template <class Out, class Kernel, class One>
void compare_pairs(const PackedTexts& texts, std::span<const std::uint32_t> a,
                   std::span<const std::uint32_t> b, std::span<Out> out, Kernel kernel,
                   Kernel portable, One&& one) {
  if (a.size() != b.size() || a.size() != out.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    "pairs need as many first as second texts as results");
  }
  constexpr std::size_t run = 1024;
  std::uint32_t rest[run], rest_a[run], rest_b[run], loose[run];
  Out rest_out[run];
  std::string of_a, of_b;
  const PackedTextView view = texts.view();
  for (std::size_t first = 0; first < a.size(); first += run) {
    const std::size_t count = std::min(run, a.size() - first);
    const std::size_t left =
        kernel(view, a.data() + first, b.data() + first, count, out.data() + first, rest);
    if (left == 0) continue;
    for (std::size_t r = 0; r < left; ++r) {
      rest_a[r] = a[first + rest[r]];
      rest_b[r] = b[first + rest[r]];
    }
    const std::size_t loose_left = portable(view, rest_a, rest_b, left, rest_out, loose);
    for (std::size_t r = 0; r < loose_left; ++r) {
      of_a.clear();
      of_b.clear();
      texts.append_text(rest_a[loose[r]], of_a);
      texts.append_text(rest_b[loose[r]], of_b);
      rest_out[loose[r]] = one(of_a, of_b);
    }
    for (std::size_t r = 0; r < left; ++r) out[first + rest[r]] = rest_out[r];
  }
}

}  // namespace detail

/// out[i] = float(jaro_winkler_similarity(text a[i], text b[i])), to the bit and by any kernels.
/// Ids below texts.size(), which is not checked. O(pairs), bench/text/similarity_bench.cpp.
inline void jaro_winkler_similarities(const PackedTexts& texts, std::span<const std::uint32_t> a,
                                      std::span<const std::uint32_t> b, std::span<float> out,
                                      const Kernels* kernels = nullptr) {
  detail::compare_pairs(texts, a, b, out, text_kernels(kernels).jaro_winkler,
                        detail::jaro_winkler_portable,
                        [](const std::string& x, const std::string& y) {
                          return static_cast<float>(jaro_winkler_similarity(x, y));
                        });
}

/// out[i] = levenshtein_distance(text a[i], text b[i]), 255 if it is more. Ids below texts.size(),
/// which is not checked.
inline void levenshtein_distances(const PackedTexts& texts, std::span<const std::uint32_t> a,
                                  std::span<const std::uint32_t> b, std::span<std::uint8_t> out,
                                  const Kernels* kernels = nullptr) {
  detail::compare_pairs(texts, a, b, out, text_kernels(kernels).levenshtein,
                        detail::levenshtein_portable,
                        [](const std::string& x, const std::string& y) {
                          return static_cast<std::uint8_t>(
                              std::min<std::size_t>(levenshtein_distance(x, y, 254), 255));
                        });
}

}  // namespace emptor
