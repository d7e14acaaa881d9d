#pragma once
// What a content recommender is told of items and of what customers did, and how it weighs that.
// Thread safety: values.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/feature_matrix.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/text/tokenise.hpp"

namespace emptor {

/// One kind of text that items have: name, description, brand.
struct ContentField {
  std::string name;                  ///< not empty, no two fields have the same
  std::vector<std::string> texts{};  ///< by item, of any bytes; items beyond its end have none
  double weight = 1;                 ///< w of BM25F: what a word in this field counts; > 0
  double length_weight = 0.75;  ///< b of BM25F: 0 counts words, 1 counts them in proportion to the
                                ///< field's length; 0 to 1
};

/// What is known of items. To be found by its brand, an item has the brand as a field, too.
struct ItemProfiles {
  std::size_t items = 0;               ///< n
  FeatureMatrix features{};            ///< n rows, or no rows at all; no block is called "text"
  std::vector<ContentField> fields{};  ///< may be none
};

/// What a customer searched for.
struct ContentQuery {
  Customer customer;
  std::string text;
  float weight = 1;  ///< finite and > 0
  Time time{};
};

/// What customers did besides the interactions of the fit: clicks, searches, used coupons.
struct ContentEvidence {
  std::string name;                        ///< for errors
  double weight = 1;                       ///< of each event; finite and > 0
  std::optional<double> half_life_days{};  ///< events lose half their weight in so many days; > 0
  InteractionLog log{};                    ///< customers and items of the fit
  std::vector<ContentQuery> queries{};
};

enum class ContentText : std::uint8_t {
  bm25f,   ///< tf / (k1 + tf) x idf, tf being summed over the fields after length normalisation
  tf_idf,  ///< (1 + ln tf) x idf, tf being summed over the fields; no length normalisation
};

enum class ContentSimilarity : std::uint8_t {
  cosine,  ///< of the customer's profile and the item: at most 1
  dot,     ///< items that say more of themselves score higher
};

struct ContentBlockWeight {
  std::string name;   ///< of a block of the features
  double weight = 1;  ///< finite and >= 0
};

struct ContentOptions {
  TokenOptions tokens{};
  ContentText text = ContentText::bm25f;
  double k1 = 1.2;            ///< of BM25F: how soon a repeated word counts no more; finite and > 0
  std::size_t min_items = 1;  ///< words in fewer items are left out; >= 1
  double max_share = 1;       ///< words in a larger share of the items are left out; in (0, 1]
  double text_weight = 1;  ///< of all text together; finite and >= 0; at 0 a search finds nothing
  std::vector<ContentBlockWeight> blocks{};  ///< of blocks of features; 1 for those not named
  bool rare_counts_more = true;  ///< categories and tags are weighted by idf, as words are
  ContentSimilarity similarity = ContentSimilarity::cosine;
  double data_weight = 1;     ///< of the interactions, beside the evidence; finite and >= 0
  std::optional<Time> now{};  ///< ages count from here; needed for half-lives. Evidence of later
                              ///< times is not known yet
};

struct ContentReport {
  std::size_t words = 0;          ///< that are features
  std::size_t features = 0;       ///< words included
  std::size_t items_without = 0;  ///< items of which nothing is known: never recommended
  std::size_t unknown = 0;        ///< words and features of items or queries that no item of the
                                  ///< fit had, or that were left out: they are ignored
  std::size_t after_now = 0;      ///< evidence later than `now`
  TokenCounts tokens{};           ///< of the items' texts
};

namespace detail {

inline void check_content_options(const ContentOptions& options) {
  const auto weight = [](double value, std::string_view name) {
    require_option(value >= 0 && std::isfinite(value), name, "finite and >= 0", value);
  };
  require_option(options.k1 > 0 && std::isfinite(options.k1), "k1", "finite and > 0", options.k1);
  require_option(options.min_items >= 1, "min_items", ">= 1", options.min_items);
  require_option(options.max_share > 0 && options.max_share <= 1, "max_share", "in (0, 1]",
                 options.max_share);
  weight(options.text_weight, "text_weight");
  weight(options.data_weight, "data_weight");
  for (const ContentBlockWeight& block : options.blocks) weight(block.weight, block.name);
}

inline void check_item_profiles(const ItemProfiles& profiles) {
  constexpr std::string_view where = "ItemProfiles";
  const std::size_t rows = profiles.features.rows();
  if (profiles.items > max_ids || (rows != 0 && rows != profiles.items)) {
    throw Exception(ErrorCode::invalid_shape,
                    text("the features have ", rows, " rows for ", profiles.items, " items"),
                    std::string(where));
  }
  for (std::size_t f = 0; f < profiles.fields.size(); ++f) {
    const ContentField& field = profiles.fields[f];
    bool twice = field.name.empty();
    for (std::size_t g = 0; g < f; ++g) twice = twice || profiles.fields[g].name == field.name;
    if (twice) {
      throw Exception(ErrorCode::invalid_value,
                      text("fields need a name each, all different, got '", field.name, "'"),
                      std::string(where));
    }
    if (field.texts.size() > profiles.items) {
      throw Exception(ErrorCode::invalid_shape,
                      text("'", field.name, "' has ", field.texts.size(), " texts for ",
                           profiles.items, " items"),
                      std::string(where));
    }
    require_option(field.weight > 0 && std::isfinite(field.weight), "weight", "finite and > 0",
                   field.weight);
    require_option(field.length_weight >= 0 && field.length_weight <= 1, "length_weight",
                   "in 0 to 1", field.length_weight);
  }
}

}  // namespace detail

}  // namespace emptor
