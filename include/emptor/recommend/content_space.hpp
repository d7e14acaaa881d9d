#pragma once
// Texts and features of items as sparse vectors: the vocabulary and statistics of a content
// recommender, learned from its items once and kept for items and queries that come later.
//
// BM25F: Stephen Robertson, Hugo Zaragoza, Michael Taylor, "Simple BM25 extension to multiple
// weighted fields", CIKM 2004, doi:10.1145/1031171.1031181, with a length normalisation a field as
// in Robertson, Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009, section
// 3.6, doi:10.1561/1500000019: a word's frequencies are summed over the fields as
// w tf / (1 - b + b length / mean length) before they saturate, and idf = ln(1 + (n - df + 1/2) /
// (df + 1/2)) > 0. Means are over the items that have the field. TF-IDF: Gerard Salton, Christopher
// Buckley, "Term-weighting approaches in automatic text retrieval", Information Processing &
// Management 24(5), 1988, doi:10.1016/0306-4573(88)90021-0, with the smooth idf = ln((1 + n) /
// (1 + df)) + 1; below 1, tf counts as it is.
//
// An item's words have Euclidean length `text_weight`, each block of its features one of about the
// block's weight (of that mean square over the items that have any; so a rare brand may weigh more
// than a common one), and for the cosine the whole vector is then divided by its length.
// Memory: the names, 4 bytes a feature. Thread safety: may be read from any thread.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/recommend/content_options.hpp"
#include "emptor/table/feature_matrix.hpp"
#include "emptor/text/tokenise.hpp"

namespace emptor::detail {

inline constexpr std::string_view text_block = "text";

struct WeightedFeature {
  std::uint32_t feature;
  float value;
};

/// Items as rows of known features.
struct EncodedItems {
  Csr<float> rows;
  std::vector<float> text_scale;  ///< by row: what its words' weights were multiplied with
  std::size_t unknown = 0;
};

class ContentSpace {
 public:
  struct Field {
    std::string name;
    double weight;
    double length_weight;
    double mean_length;
  };

  /// Names, statistics and scales of the items' content; adds to the report.
  ContentSpace(const ItemProfiles& profiles, const ContentOptions& options, ContentReport& report)
      : tokens_(options.tokens),
        text_(options.text),
        k1_(options.k1),
        similarity_(options.similarity),
        names_(profiles.features.names()),
        blocks_(profiles.features.blocks().begin(), profiles.features.blocks().end()),
        block_of_(profiles.features.block_of().begin(), profiles.features.block_of().end()) {
    check_blocks(options);
    learn_words(profiles, options, report);
    learn_features(profiles, options);
    block_scales_.push_back(options.text_weight);
    blocks_.push_back({.name = std::string(text_block), .kind = FeatureKind::tags});
    report.features = names_.size();
    report.words = names_.size() - profiles.features.features();
  }

  [[nodiscard]] const Keys<Feature>& names() const noexcept { return names_; }
  [[nodiscard]] ContentSimilarity similarity() const noexcept { return similarity_; }
  /// Rows of this space's features.
  [[nodiscard]] FeatureMatrix matrix(Csr<float> rows) const {
    return {names_, blocks_, block_of_, std::move(rows)};
  }

  /// Same bits for any executor. Throws `invalid_value` for a field that the fit did not have.
  [[nodiscard]] EncodedItems encode(const ItemProfiles& profiles, const Context& context) const {
    std::vector<const ContentField*> fields(fields_.size(), nullptr);
    for (const ContentField& field : profiles.fields) {
      std::size_t known = 0;
      while (known < fields_.size() && fields_[known].name != field.name) ++known;
      if (known == fields_.size()) {
        throw Exception(ErrorCode::invalid_value,
                        text("'", field.name, "' is not one of the fields of the fit"),
                        "with_items");
      }
      fields[known] = &field;
    }
    constexpr std::uint32_t none = 0xffffffffU;
    std::vector<std::uint32_t> known_as(profiles.features.features(), none);
    for (std::size_t f = 0; f < known_as.size(); ++f) {
      const auto found = names_.find(profiles.features.name(id_at<Feature>(f)));
      if (found) known_as[f] = static_cast<std::uint32_t>(*found);
    }

    EncodedItems out;
    out.text_scale.assign(profiles.items, 0.0F);
    std::vector<std::vector<WeightedFeature>> rows(profiles.items);
    std::vector<std::size_t> unknown(profiles.items, 0);
    constexpr std::size_t items_a_chunk = 1024;
    parallel_chunks(context, profiles.items, items_a_chunk,
                    [&](std::size_t begin, std::size_t end) {
                      Words words(*this, names_.size());
                      for (std::size_t i = begin; i < end; ++i) {
                        double scale = words.encode(fields, i, rows[i]);
                        unknown[i] = words.unknown();
                        if (profiles.features.rows() != 0) {
                          unknown[i] += add_features(profiles.features, known_as, i, rows[i]);
                        }
                        scale *= finish(rows[i]);
                        out.text_scale[i] = static_cast<float>(scale);
                      }
                    });
    std::vector<std::size_t> offsets(1, 0);
    std::vector<std::uint32_t> indices;
    std::vector<float> values;
    for (std::size_t i = 0; i < profiles.items; ++i) {
      out.unknown += unknown[i];
      for (const auto& [feature, value] : rows[i]) {
        indices.push_back(feature);
        values.push_back(value);
      }
      offsets.push_back(indices.size());
    }
    out.rows = Csr<float>(names_.size(), std::move(offsets), std::move(indices), std::move(values));
    return out;
  }

  /// The query's known words, ascending. As part of a profile they are weighted by idf and have
  /// Euclidean length `text_weight`; to search with, BM25F counts them and TF-IDF weights them by
  /// idf to length 1. Adds the number of unknown words.
  [[nodiscard]] std::vector<WeightedFeature> encode_query(std::string_view query, bool to_search,
                                                          std::size_t& unknown) const {
    Words words(*this, 0);
    std::vector<WeightedFeature> out;
    words.encode_query(query, to_search, out);
    unknown += words.unknown();
    return out;
  }

  void save(SectionWriter& section) const {
    section.put(tokens_.fold_accents);
    section.put(tokens_.stemming);
    section.put(tokens_.english_stop_words);
    section.put(std::uint64_t{tokens_.stop_words.size()});
    for (const std::string& word : tokens_.stop_words) section.put_text(word);
    section.put(std::uint64_t{tokens_.ngram_min});
    section.put(std::uint64_t{tokens_.ngram_max});
    section.put(std::uint64_t{tokens_.longest});
    section.put(text_);
    section.put(k1_);
    section.put(similarity_);
    section.put(std::uint64_t{fields_.size()});
    for (const Field& field : fields_) {
      section.put_text(field.name);
      section.put(field.weight);
      section.put(field.length_weight);
      section.put(field.mean_length);
    }
    section.put_array(block_scales_);
    section.put_array(idf_);
  }
  /// What `save` wrote; names and blocks are those of `like`. On damage the section has failed.
  ContentSpace(SectionReader& section, const FeatureMatrix& like)
      : names_(like.names()),
        blocks_(like.blocks().begin(), like.blocks().end()),
        block_of_(like.block_of().begin(), like.block_of().end()) {
    tokens_.fold_accents = section.get<bool>();
    tokens_.stemming = section.get_enum(Stemming::porter);
    tokens_.english_stop_words = section.get<bool>();
    const auto stop_words = section.get<std::uint64_t>();
    for (std::uint64_t w = 0; section.ok() && w < stop_words; ++w) {
      tokens_.stop_words.push_back(section.get_text());
    }
    tokens_.ngram_min = section.get<std::uint64_t>();
    tokens_.ngram_max = section.get<std::uint64_t>();
    tokens_.longest = section.get<std::uint64_t>();
    text_ = section.get_enum(ContentText::tf_idf);
    k1_ = section.get<double>();
    similarity_ = section.get_enum(ContentSimilarity::dot);
    bool fits = tokens_.ngram_min >= 1 && tokens_.ngram_max >= tokens_.ngram_min &&
                tokens_.ngram_max <= 8 && tokens_.longest >= 1 && k1_ > 0 && std::isfinite(k1_);
    const auto fields = section.get<std::uint64_t>();
    for (std::uint64_t f = 0; section.ok() && f < fields; ++f) {
      Field& field = fields_.emplace_back();
      field.name = section.get_text();
      field.weight = section.get<double>();
      field.length_weight = section.get<double>();
      field.mean_length = section.get<double>();
      fits = fits && field.weight > 0 && std::isfinite(field.weight) && field.length_weight >= 0 &&
             field.length_weight <= 1 && field.mean_length >= 0 && std::isfinite(field.mean_length);
    }
    block_scales_ = section.get_array<double>();
    idf_ = section.get_array<float>();
    fits = fits && block_scales_.size() == blocks_.size() && !blocks_.empty() &&
           idf_.size() == names_.size();
    for (const double scale : block_scales_) fits = fits && scale >= 0 && std::isfinite(scale);
    for (const float idf : idf_) fits = fits && idf > 0 && std::isfinite(idf);
    section.require(fits, "the statistics of the content contradict themselves");
  }

 private:
  /// Counts the words of texts; one for a thread.
  class Words {
   public:
    /// `features`: those of the space to encode items, 0 for queries alone.
    Words(const ContentSpace& space, std::size_t features)
        : space_(space), tokenise_(space.tokens_), sums_(features, 0.0), key_(word_key()) {}

    /// The weights of item i's words, scaled to `text_weight`; returns that scale.
    double encode(const std::vector<const ContentField*>& fields, std::size_t i,
                  std::vector<WeightedFeature>& out) {
      unknown_ = 0;
      for (std::size_t f = 0; f < fields.size(); ++f) {
        if (fields[f] == nullptr || i >= fields[f]->texts.size()) continue;
        const std::size_t length = count(fields[f]->texts[i]);
        const Field& field = space_.fields_[f];
        double weight = field.weight;
        if (space_.text_ == ContentText::bm25f && field.mean_length > 0) {
          weight /= 1 - field.length_weight +
                    field.length_weight * static_cast<double>(length) / field.mean_length;
        }
        for (const std::uint32_t word : counted_) add(word, weight);
      }
      std::sort(touched_.begin(), touched_.end());
      double squares = 0;
      for (const std::uint32_t word : touched_) {
        const double tf = sums_[word];
        const double idf = static_cast<double>(space_.idf_[word]);
        sums_[word] =
            idf * (space_.text_ == ContentText::bm25f ? tf / (space_.k1_ + tf) : sublinear(tf));
        squares += sums_[word] * sums_[word];
      }
      const double scale = squares > 0 ? space_.block_scales_.back() / std::sqrt(squares) : 0;
      hand_over(scale, out);
      return space_.text_ == ContentText::bm25f ? scale : space_.block_scales_.back();
    }
    void encode_query(std::string_view query, bool to_search, std::vector<WeightedFeature>& out) {
      unknown_ = 0;
      count(query);
      std::sort(counted_.begin(), counted_.end());
      const bool as_counted = to_search && space_.text_ == ContentText::bm25f;
      double squares = 0;
      for (std::size_t w = 0; w < counted_.size();) {
        std::size_t end = w + 1;
        while (end < counted_.size() && counted_[end] == counted_[w]) ++end;
        const auto tf = static_cast<double>(end - w);
        const double weight =
            as_counted ? tf : static_cast<double>(space_.idf_[counted_[w]]) * sublinear(tf);
        squares += weight * weight;
        out.push_back({counted_[w], static_cast<float>(weight)});
        w = end;
      }
      if (as_counted || !(squares > 0)) return;
      const double scale = (to_search ? 1 : space_.block_scales_.back()) / std::sqrt(squares);
      for (auto& [feature, value] : out) {
        value = static_cast<float>(static_cast<double>(value) * scale);
      }
    }
    [[nodiscard]] std::size_t unknown() const noexcept { return unknown_; }

   private:
    [[nodiscard]] static double sublinear(double tf) noexcept {
      return tf > 1 ? 1 + std::log(tf) : tf;
    }
    /// Fills `counted_` with the text's known words; returns how many words it has.
    std::size_t count(std::string_view text) {
      counted_.clear();
      const std::size_t prefix = word_key().size();
      const TokenCounts counts = tokenise_(text, [&](std::string_view token, TokenKind) {
        key_.resize(prefix);
        key_.append(token);
        if (const auto word = space_.names_.find(key_)) {
          counted_.push_back(static_cast<std::uint32_t>(*word));
        } else {
          ++unknown_;
        }
      });
      return counts.tokens;
    }
    void add(std::uint32_t word, double weight) {
      if (sums_[word] == 0) touched_.push_back(word);
      sums_[word] += weight;
    }
    void hand_over(double scale, std::vector<WeightedFeature>& out) {
      for (const std::uint32_t word : touched_) {
        const auto value = static_cast<float>(sums_[word] * scale);
        if (value > 0) out.push_back({word, value});
        sums_[word] = 0;
      }
      touched_.clear();
    }

    const ContentSpace& space_;
    Tokeniser tokenise_;
    std::vector<double> sums_;  // by feature, all 0 between uses
    std::vector<std::uint32_t> touched_;
    std::vector<std::uint32_t> counted_;
    std::string key_;
    std::size_t unknown_ = 0;
  };

  [[nodiscard]] static std::string word_key() { return std::string(text_block) + "="; }

  void check_blocks(const ContentOptions& options) const {
    const auto known = [&](std::string_view name) {
      return std::any_of(blocks_.begin(), blocks_.end(),
                         [&](const FeatureBlock& block) { return block.name == name; });
    };
    if (known(text_block)) {
      throw Exception(ErrorCode::duplicate, "the block 'text' is that of the items' words",
                      "fit_content");
    }
    for (const ContentBlockWeight& block : options.blocks) {
      require_option(known(block.name), "blocks", "names of blocks of the features", block.name);
    }
  }

  void learn_words(const ItemProfiles& profiles, const ContentOptions& options,
                   ContentReport& report) {
    Keys<Feature> words;
    std::vector<std::uint32_t> items_with;
    std::vector<std::size_t> last;  // one more than the last item that had the word
    Tokeniser tokenise(options.tokens);
    std::string key = word_key();
    const std::size_t prefix = key.size();
    for (const ContentField& field : profiles.fields) {
      fields_.push_back({field.name, field.weight, field.length_weight, 0});
    }
    std::vector<std::size_t> filled(fields_.size(), 0);
    for (std::size_t i = 0; i < profiles.items; ++i) {
      for (std::size_t f = 0; f < fields_.size(); ++f) {
        if (i >= profiles.fields[f].texts.size()) continue;
        const TokenCounts counts =
            tokenise(profiles.fields[f].texts[i], [&](std::string_view token, TokenKind) {
              key.resize(prefix);
              key.append(token);
              const auto [word, is_new] = words.add_new(key);
              if (is_new) {
                items_with.push_back(0);
                last.push_back(0);
              }
              if (last[index(word)] == i + 1) return;
              last[index(word)] = i + 1;
              ++items_with[index(word)];
            });
        report.tokens.tokens += counts.tokens;
        report.tokens.stopped += counts.stopped;
        report.tokens.too_long += counts.too_long;
        report.tokens.bad_bytes += counts.bad_bytes;
        fields_[f].mean_length += static_cast<double>(counts.tokens);
        filled[f] += counts.tokens > 0 ? 1 : 0;
      }
    }
    for (std::size_t f = 0; f < fields_.size(); ++f) {
      if (filled[f] > 0) fields_[f].mean_length /= static_cast<double>(filled[f]);
    }
    const auto n = static_cast<double>(profiles.items);
    idf_.assign(names_.size(), 1.0F);
    const auto text_place = static_cast<std::uint32_t>(blocks_.size());
    for (std::size_t w = 0; w < words.size(); ++w) {
      const auto df = static_cast<double>(items_with[w]);
      if (items_with[w] < options.min_items || df > options.max_share * n) continue;
      names_.add(words.key(id_at<Feature>(w)));
      block_of_.push_back(text_place);
      idf_.push_back(static_cast<float>(text_ == ContentText::bm25f
                                            ? std::log1p((n - df + 0.5) / (df + 0.5))
                                            : smooth_idf(n, df)));
    }
  }
  [[nodiscard]] static double smooth_idf(double n, double df) noexcept {
    return std::log((1 + n) / (1 + df)) + 1;
  }

  void learn_features(const ItemProfiles& profiles, const ContentOptions& options) {
    const FeatureMatrix& features = profiles.features;
    const auto n = static_cast<double>(profiles.items);
    if (options.rare_counts_more) {
      for (std::size_t f = 0; f < features.features(); ++f) {
        if (blocks_[block_of_[f]].kind == FeatureKind::number) continue;
        const auto df = static_cast<double>(features.by_feature().row_size(f));
        idf_[f] = static_cast<float>(smooth_idf(n, df));
      }
    }
    std::vector<double> squares(blocks_.size(), 0);
    std::vector<std::size_t> filled(blocks_.size(), 0);
    std::vector<std::size_t> last(blocks_.size(), 0);
    for (std::size_t i = 0; i < features.rows(); ++i) {
      const auto indices = features.by_row().row_indices(i);
      const auto values = features.by_row().row_values(i);
      for (std::size_t e = 0; e < indices.size(); ++e) {
        const std::uint32_t block = block_of_[indices[e]];
        const double value = static_cast<double>(values[e]) * static_cast<double>(idf_[indices[e]]);
        squares[block] += value * value;
        if (last[block] == i + 1) continue;
        last[block] = i + 1;
        ++filled[block];
      }
    }
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      double weight = 1;
      for (const ContentBlockWeight& given : options.blocks) {
        if (given.name == blocks_[b].name) weight = given.weight;
      }
      const double mean = filled[b] > 0 ? squares[b] / static_cast<double>(filled[b]) : 0;
      block_scales_.push_back(mean > 0 ? weight / std::sqrt(mean) : 0);
      if (!std::isfinite(block_scales_.back())) {
        throw Exception(ErrorCode::invalid_value,
                        text("the values of '", blocks_[b].name, "' are too large or too small"),
                        "fit_content");
      }
    }
  }

  /// Appends row i's known features; returns how many were unknown.
  [[nodiscard]] std::size_t add_features(const FeatureMatrix& features,
                                         const std::vector<std::uint32_t>& known_as, std::size_t i,
                                         std::vector<WeightedFeature>& out) const {
    std::size_t unknown = 0;
    const auto indices = features.by_row().row_indices(i);
    const auto values = features.by_row().row_values(i);
    for (std::size_t e = 0; e < indices.size(); ++e) {
      const std::uint32_t feature = known_as[indices[e]];
      if (feature >= names_.size()) {
        ++unknown;
        continue;
      }
      const auto value =
          static_cast<float>(static_cast<double>(values[e]) * static_cast<double>(idf_[feature]) *
                             block_scales_[block_of_[feature]]);
      if (value != 0) out.push_back({feature, value});
    }
    return unknown;
  }

  /// Puts the row in order and, for the cosine, to length 1; returns what it was multiplied with.
  [[nodiscard]] double finish(std::vector<WeightedFeature>& row) const {
    std::sort(row.begin(), row.end(),
              [](const auto& a, const auto& b) { return a.feature < b.feature; });
    double squares = 0;
    for (const auto& [feature, value] : row) {
      squares += static_cast<double>(value) * static_cast<double>(value);
    }
    if (similarity_ == ContentSimilarity::dot || !(squares > 0)) return 1;
    const double scale = 1 / std::sqrt(squares);
    for (auto& [feature, value] : row) {
      value = static_cast<float>(static_cast<double>(value) * scale);
    }
    return scale;
  }

  TokenOptions tokens_;
  ContentText text_{};
  double k1_ = 0;
  ContentSimilarity similarity_{};
  Keys<Feature> names_;               // those of the items' features, then the words
  std::vector<FeatureBlock> blocks_;  // those of the features, then that of the words
  std::vector<std::uint32_t> block_of_;
  std::vector<Field> fields_;
  std::vector<double> block_scales_;  // by block
  std::vector<float> idf_;            // by feature
};

}  // namespace emptor::detail
