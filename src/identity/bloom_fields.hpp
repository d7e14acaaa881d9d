#pragma once
// How the fields of a schema become n-grams, and how many bits each sets: what two parties must
// have in common, derived from types and options alone.

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/identity/bloom_encoding.hpp"

namespace emptor::detail {

inline constexpr std::size_t no_field = std::numeric_limits<std::size_t>::max();

enum class TokenKind : std::uint8_t {
  ngrams,  ///< of characters, anywhere in the text
  placed,  ///< two digits next to each other and where: dates
  whole,   ///< the text itself: what is equal or not
};

/// One kind of value; several columns may hold it.
struct BloomField {
  FieldType type{};
  TokenKind kind = TokenKind::ngrams;
  double weight = 0;
  std::uint32_t hashes = 0;
  std::uint32_t begin = 0;  // of its own filter
  std::uint32_t bits = 0;
  SecretKey key;
};

struct BloomColumn {
  std::size_t column = 0;
  FieldType type{};
  std::size_t field = no_field;                     // of all but names
  std::size_t given = no_field, family = no_field;  // of names
};

struct BloomPlan {
  std::vector<BloomField> fields;  // ascending by type
  std::vector<BloomColumn> columns;
  std::uint32_t filter_bits = 0;  // of all filters together, a multiple of 64
};

[[nodiscard]] constexpr bool is_name(FieldType type) noexcept {
  return type == FieldType::given_name || type == FieldType::family_name ||
         type == FieldType::full_name;
}

/// Of options and a schema that were checked.
[[nodiscard]] BloomPlan plan_bloom(const Records& records, const LinkSchema& schema,
                                   const SecretKey& key, const BloomOptions& options);

/// Cuts texts into tokens; keeps its room.
class BloomTokens {
 public:
  BloomTokens(std::uint32_t ngram, bool padding) : ngram_(ngram), padding_(padding) {}

  template <class F>
  void each(TokenKind kind, std::string_view text, F&& visit) {
    switch (kind) {
      case TokenKind::whole:
        visit(text);
        break;
      case TokenKind::placed:
        for (std::size_t i = 0; i + 1 < text.size(); ++i) {
          const char token[] = {static_cast<char>('a' + i % 26), text[i], text[i + 1]};
          visit(std::string_view(token, sizeof token));
        }
        break;
      case TokenKind::ngrams:
        cut(text);
        for (std::size_t i = 0; i + ngram_ < ends_.size(); ++i) {
          visit(std::string_view(padded_).substr(ends_[i], ends_[i + ngram_] - ends_[i]));
        }
        break;
    }
  }

 private:
  /// `padded_` with at least one n-gram, and where its characters begin and it ends.
  void cut(std::string_view text);

  std::uint32_t ngram_;
  bool padding_;
  std::string padded_;
  std::vector<std::size_t> ends_;
};

}  // namespace emptor::detail
