#pragma once
// Content: "like what you bought, looked at and searched for", by what items say of themselves.
//
// An item is a vector of weighted words and features (content_space.hpp), a customer the weighted
// sum of the vectors of the items and queries the customer showed interest in, a score the cosine
// of the two: relevance feedback by the positive half of Rocchio's formula (Joseph J. Rocchio,
// "Relevance feedback in information retrieval", in: The SMART Retrieval System, 1971), as
// content-based recommenders use it (Michael J. Pazzani, Daniel Billsus, "Content-based
// recommendation systems", in: The Adaptive Web, LNCS 4321, 2007,
// doi:10.1007/978-3-540-72079-9_10). It knows an item nobody has taken as well as any other, and a
// customer by searches alone. The score is linear in the profile, so it can be explained by items
// and by features, exactly.
//
// Items of which nothing is known are never recommended, their scores are NaN; so is everything for
// customers whose history holds nothing known. Items with a score that is not > 0 share nothing
// with the profile and are not recommended.
// Fit: two passes over the texts. Memory of the model: the interactions, 16 bytes an item and
// feature of its, the names. Thread safety: see recommender.hpp. The same bits for any executor.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/math/csr.hpp"
#include "emptor/recommend/content_options.hpp"
#include "emptor/recommend/content_space.hpp"
#include "emptor/recommend/detail/content_batch.hpp"
#include "emptor/recommend/detail/content_evidence.hpp"
#include "emptor/recommend/detail/content_search.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/feature_matrix.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

struct ContentFit;

/// See the top of the file and `Recommender`.
class ContentModel {
 public:
  static constexpr std::string_view archive_kind = "content";

  [[nodiscard]] std::string_view name() const noexcept { return "content"; }
  [[nodiscard]] std::size_t customers() const noexcept { return data_.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return data_.items(); }
  [[nodiscard]] const Interactions& interactions() const noexcept { return data_; }
  /// The items as n weighted vectors. The features are those of the fit, with their ids, and after
  /// them the words, as "text=word".
  [[nodiscard]] const FeatureMatrix& vectors() const noexcept { return *vectors_; }

  /// Time: the postings of the profile's features that can matter, and n to clear the sums.
  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return recommend_one(row(customer, "recommend"), k, filter);
  }
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return recommend_one(row(customer, "recommend"), k, filter);
  }
  /// The lists of many customers, who share passes over the items; see `BatchRecommender`. Memory a
  /// thread: 80 bytes a feature, 8 an item.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const;

  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    score_one(row(customer, "score"), items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    score_one(row(customer, "score"), items, scores);
  }

  /// By the product of the items' vectors: the cosine, or their dot.
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const {
    detail::require_id(item, items(), "item", "similar_items");
    detail::ContentProfile profile(vectors_->features(), items());
    profile.add(vectors_->by_row(), index(item), 1);
    const double length = profile.finish();
    if (!(length > 0)) return {};
    const detail::ItemFilter filter({}, items());
    const std::uint32_t self[] = {static_cast<std::uint32_t>(item)};
    TopK<float> best = profile.best(vectors_->by_row(), vectors_->by_feature(), *largest_,
                                    scale(length), k, filter, std::span<const std::uint32_t>(self));
    return detail::to_list(best);
  }

  /// At most k items for a text: BM25F, or the cosine for TF-IDF, of the words alone. Words that no
  /// item has are ignored; `exclude_seen` does not matter. O(n + items that hold each of the
  /// words).
  [[nodiscard]] std::vector<Recommendation> search(std::string_view query, std::size_t k,
                                                   const RecommendFilter& filter = {}) const;

  /// One part for each item of the customer, taken or in the evidence, that has a feature in common
  /// with `item`; queries are in `rest`.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const {
    return explain_one(row(customer, "explain"), item, k);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item,
                                    std::size_t k) const {
    return explain_one(row(customer, "explain"), item, k);
  }
  /// One part for each feature of `vectors()` that the profile and the item have in common.
  [[nodiscard]] FeatureExplanation explain_features(Customer customer, Item item,
                                                    std::size_t k) const {
    return explain_features_one(row(customer, "explain_features"), item, k);
  }
  [[nodiscard]] FeatureExplanation explain_features(const FoldedCustomer& customer, Item item,
                                                    std::size_t k) const {
    return explain_features_one(row(customer, "explain_features"), item, k);
  }

  /// Exact: a folded-in customer is served like one of the fit with the same items and no evidence.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    return detail::fold_items(items, weights, this->items());
  }
  /// The same with queries, each of weight `query_weight` (finite and > 0): `factors` then holds
  /// pairs of a feature's number and its weight.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items, std::span<const float> weights,
                                       std::span<const std::string_view> queries,
                                       float query_weight = 1) const {
    require_option(query_weight > 0 && std::isfinite(query_weight), "query_weight",
                   "finite and > 0", query_weight);
    FoldedCustomer folded = fold_in(items, weights);
    detail::ContentProfile profile(vectors_->features(), 0);
    std::size_t unknown = 0;
    for (const std::string_view query : queries) {
      for (const auto& [feature, value] : space_->encode_query(query, false, unknown)) {
        profile.add(feature, static_cast<double>(query_weight) * static_cast<double>(value));
      }
    }
    folded.factors = profile.pairs();
    return folded;
  }

  /// Follows the interactions; the items' content, its statistics and the evidence stay. Exactly
  /// the model that a fit to `data` with the same profiles gives. Items beyond those of the model
  /// have no content until `with_items`. O(nnz).
  [[nodiscard]] ContentModel update(const Interactions& data, const Context& = {}) const {
    detail::require_grown(data, customers(), items());
    ContentModel next(*this);
    next.data_ = data;
    next.grow(data.customers(), data.items());
    return next;
  }
  /// Row r of `profiles` becomes the content of items[r], known or new; ids between are items
  /// without content. Vocabulary and statistics stay those of the fit: what no item of the fit had
  /// is ignored, and counted, until the next fit. Numbers need the scales of the fit: a
  /// FeatureBuilder like the fit's features. Throws `invalid_shape`, `duplicate` (an item twice),
  /// `invalid_value` (a field that the fit did not have).
  [[nodiscard]] ContentFit with_items(std::span<const Item> items, const ItemProfiles& profiles,
                                      const Context& context = {}) const;
  /// The same items and interactions with other evidence than so far, as of `now`.
  /// Throws as fit_content does.
  [[nodiscard]] ContentFit with_evidence(std::span<const ContentEvidence> evidence,
                                         std::optional<Time> now = {}) const;

  [[nodiscard]] std::vector<std::byte> save() const;
  [[nodiscard]] static Result<ContentModel> load(std::span<const std::byte> bytes);

 private:
  friend ContentFit fit_content(const ItemProfiles& profiles, const Interactions& data,
                                const ContentOptions& options,
                                std::span<const ContentEvidence> evidence, const Context& context);

  /// What one customer has, and what else is known of the customer.
  template <class ItemId>
  struct Who {
    detail::CustomerRow<ItemId> taken;
    detail::CustomerRow<std::uint32_t> extra{};
    std::span<const std::uint32_t> features{};
    std::span<const float> values{};
    std::span<const float> pairs{};
  };

  ContentModel(Interactions data, FeatureMatrix vectors, std::vector<float> text_scale,
               detail::ContentSpace space, detail::EvidenceRows evidence, double data_weight)
      : data_(std::move(data)),
        text_scale_(std::make_shared<const std::vector<float>>(std::move(text_scale))),
        space_(std::make_shared<const detail::ContentSpace>(std::move(space))),
        evidence_(std::make_shared<const detail::EvidenceRows>(std::move(evidence))),
        data_weight_(data_weight) {
    set_vectors(std::move(vectors));
  }
  void set_vectors(FeatureMatrix vectors) {
    vectors_ = std::make_shared<const FeatureMatrix>(std::move(vectors));
    largest_ =
        std::make_shared<const detail::LargestValues>(vectors_->by_row(), vectors_->by_feature());
  }

  [[nodiscard]] Who<std::uint32_t> row(Customer customer, std::string_view where) const {
    const auto taken = detail::row_of(data_, customer, where);
    const std::size_t c = index(customer);
    return {.taken = taken,
            .extra = {evidence_->items.row_indices(c), evidence_->items.row_values(c)},
            .features = evidence_->features.row_indices(c),
            .values = evidence_->features.row_values(c)};
  }
  [[nodiscard]] Who<Item> row(const FoldedCustomer& customer, std::string_view where) const {
    const auto taken = detail::row_of(customer, items(), where);
    detail::check_pairs(customer.factors, vectors_->features(), where);
    return {.taken = taken, .pairs = customer.factors};
  }

  /// What the vector of the i-th item that the customer has is multiplied with.
  template <class ItemId>
  [[nodiscard]] float factor(const detail::CustomerRow<ItemId>& taken, std::size_t i) const {
    return static_cast<float>(data_weight_ * static_cast<double>(taken.weights[i]));
  }
  /// What the product of the profile of length 1 and an item is multiplied with.
  [[nodiscard]] double scale(double length) const noexcept {
    return space_->similarity() == ContentSimilarity::cosine ? 1 : length;
  }
  /// Makes the profile; returns its length, 0 when nothing is known.
  template <class ItemId>
  double fill(const Who<ItemId>& who, detail::ContentProfile& profile) const {
    for (std::size_t i = 0; i < who.taken.size(); ++i) {
      profile.add(vectors_->by_row(), who.taken.item(i), factor(who.taken, i));
    }
    for (std::size_t i = 0; i < who.extra.size(); ++i) {
      profile.add(vectors_->by_row(), who.extra.item(i), who.extra.weights[i]);
    }
    for (std::size_t e = 0; e < who.features.size(); ++e) {
      profile.add(who.features[e], static_cast<double>(who.values[e]));
    }
    for (std::size_t e = 0; e + 1 < who.pairs.size(); e += 2) {
      profile.add(static_cast<std::uint32_t>(who.pairs[e]), static_cast<double>(who.pairs[e + 1]));
    }
    return profile.finish();
  }

  template <class ItemId>
  [[nodiscard]] std::vector<Recommendation> list_of(const Who<ItemId>& who, std::size_t k,
                                                    const detail::ItemFilter& filter,
                                                    detail::ContentProfile& profile) const {
    const double length = fill(who, profile);
    std::vector<Recommendation> list;
    if (length > 0) {
      TopK<float> best = profile.best(vectors_->by_row(), vectors_->by_feature(), *largest_,
                                      scale(length), k, filter, who.taken.items);
      list = detail::to_list(best);
    }
    profile.clear();
    return list;
  }
  template <class ItemId>
  [[nodiscard]] std::vector<Recommendation> recommend_one(const Who<ItemId>& who, std::size_t k,
                                                          const RecommendFilter& filter) const {
    const detail::ItemFilter ready(filter, items());
    if (k == 0) return {};
    detail::ContentProfile profile(vectors_->features(), items());
    return list_of(who, k, ready, profile);
  }
  [[nodiscard]] float score_of(const detail::ContentProfile& profile, double length,
                               std::size_t item) const {
    if (vectors_->by_row().row_size(item) == 0) return std::numeric_limits<float>::quiet_NaN();
    return static_cast<float>(profile.dot(vectors_->by_row(), item) * scale(length));
  }
  template <class ItemId>
  void score_one(const Who<ItemId>& who, std::span<const Item> items,
                 std::span<float> scores) const {
    detail::require_score_spans(items, scores, this->items());
    detail::ContentProfile profile(vectors_->features(), 0);
    const double length = fill(who, profile);
    if (!(length > 0)) return detail::fill_unknown(scores);
    for (std::size_t i = 0; i < items.size(); ++i) {
      scores[i] = score_of(profile, length, index(items[i]));
    }
  }

  template <class ItemId>
  [[nodiscard]] Explanation explain_one(const Who<ItemId>& who, Item item, std::size_t k) const {
    detail::require_id(item, items(), "item", "explain");
    detail::ContentProfile profile(vectors_->features(), 0);
    const double length = fill(who, profile);
    const std::size_t wanted = index(item);
    if (!(length > 0) || vectors_->by_row().row_size(wanted) == 0) {
      return detail::unknown_explanation();
    }
    Explanation explanation;
    explanation.score = score_of(profile, length, wanted);
    const double unit = scale(length) / length;
    double rest = 0;
    detail::ContentProfile content(vectors_->features(), 0);  // the item's vector, length 1
    content.add(vectors_->by_row(), wanted, 1);
    const double item_length = content.finish();
    // The customer's items and those of the evidence, both ascending; an item may be in both.
    std::size_t t = 0, x = 0;
    while (t < who.taken.size() || x < who.extra.size()) {
      const bool take =
          t < who.taken.size() && (x == who.extra.size() || who.taken.item(t) <= who.extra.item(x));
      const std::uint32_t because = take ? who.taken.item(t) : who.extra.item(x);
      double weight = 0;
      if (take) weight += static_cast<double>(factor(who.taken, t++));
      if (x < who.extra.size() && who.extra.item(x) == because) {
        weight += static_cast<double>(who.extra.weights[x++]);
      }
      const double share = weight * content.dot(vectors_->by_row(), because) * item_length * unit;
      if (share != 0) {
        explanation.parts.push_back({id_at<Item>(because), static_cast<float>(share)});
      }
    }
    const auto add_feature = [&](std::uint32_t feature, float value) {
      rest += static_cast<double>(value) * static_cast<double>(content.value(feature)) *
              item_length * unit;
    };
    for (std::size_t e = 0; e < who.features.size(); ++e) {
      add_feature(who.features[e], who.values[e]);
    }
    for (std::size_t e = 0; e + 1 < who.pairs.size(); e += 2) {
      add_feature(static_cast<std::uint32_t>(who.pairs[e]), who.pairs[e + 1]);
    }
    explanation.rest = static_cast<float>(rest);
    detail::keep_largest_parts(explanation, k);
    return explanation;
  }
  template <class ItemId>
  [[nodiscard]] FeatureExplanation explain_features_one(const Who<ItemId>& who, Item item,
                                                        std::size_t k) const {
    detail::require_id(item, items(), "item", "explain_features");
    detail::ContentProfile profile(vectors_->features(), 0);
    const double length = fill(who, profile);
    const auto features = vectors_->by_row().row_indices(index(item));
    const auto values = vectors_->by_row().row_values(index(item));
    FeatureExplanation explanation;
    if (!(length > 0) || features.empty()) {
      explanation.score = explanation.rest = std::numeric_limits<float>::quiet_NaN();
      return explanation;
    }
    explanation.score = score_of(profile, length, index(item));
    for (std::size_t e = 0; e < features.size(); ++e) {
      const double share = static_cast<double>(profile.value(features[e])) *
                           static_cast<double>(values[e]) * scale(length);
      if (share == 0) continue;
      explanation.parts.push_back({id_at<Feature>(features[e]), static_cast<float>(share)});
    }
    detail::keep_largest_features(explanation, k);
    return explanation;
  }

  /// Makes room for m customers and n items.
  void grow(std::size_t m, std::size_t n) {
    if (vectors_->rows() != n) {
      std::vector<float> text_scale(*text_scale_);
      text_scale.resize(n, 0.0F);
      text_scale_ = std::make_shared<const std::vector<float>>(std::move(text_scale));
      set_vectors(space_->matrix(detail::grown(vectors_->by_row(), n, vectors_->features())));
    }
    if (evidence_->items.rows() != m || evidence_->items.columns() != n) {
      evidence_ = std::make_shared<const detail::EvidenceRows>(
          detail::EvidenceRows{detail::grown(evidence_->items, m, n),
                               detail::grown(evidence_->features, m, vectors_->features())});
    }
  }

  Interactions data_;
  std::shared_ptr<const FeatureMatrix> vectors_;
  std::shared_ptr<const detail::LargestValues> largest_;
  std::shared_ptr<const std::vector<float>> text_scale_;  // by item: of its words' weights
  std::shared_ptr<const detail::ContentSpace> space_;
  std::shared_ptr<const detail::EvidenceRows> evidence_;
  double data_weight_;
};

static_assert(LoadableRecommender<ContentModel> && BatchRecommender<ContentModel> &&
              UpdatableRecommender<ContentModel>);

struct ContentFit {
  ContentModel model;
  ContentReport report;
};

/// Learns from what is known of n items and who took to them; `data` has m customers and at most n
/// items, those beyond its own being new. Customers of whom only evidence is known are among the m.
/// Throws `invalid_option`, `invalid_shape`, `out_of_range` (evidence of other customers or items),
/// `invalid_value` (weights of evidence), `duplicate` (a block of features called "text"),
/// `stopped` when the progress callback says so after the vocabulary or the items: half of it is no
/// model.
[[nodiscard]] inline ContentFit fit_content(const ItemProfiles& profiles, const Interactions& data,
                                            const ContentOptions& options = {},
                                            std::span<const ContentEvidence> evidence = {},
                                            const Context& context = {}) {
  detail::check_content_options(options);
  detail::check_item_profiles(profiles);
  if (data.items() > profiles.items) {
    throw Exception(ErrorCode::invalid_shape,
                    text("profiles of ", profiles.items, " items for data of ", data.items()),
                    "fit_content");
  }
  constexpr std::size_t stages = 3;
  const auto finished = [&](std::size_t stage) {
    if (context.report({"content", stage, stages}) == Go::stop && stage < stages) {
      throw Exception(ErrorCode::stopped, "the progress callback asked to stop", "fit_content");
    }
  };
  ContentReport report;
  detail::ContentSpace space(profiles, options, report);
  finished(1);
  detail::EncodedItems encoded = space.encode(profiles, context);
  finished(2);
  for (std::size_t i = 0; i < profiles.items; ++i) {
    report.items_without += encoded.rows.row_size(i) == 0 ? 1 : 0;
  }
  const std::size_t m = data.customers(), n = profiles.items;
  detail::EvidenceRows rows = detail::evidence_rows(evidence, m, n, options.now, space, report);
  Interactions all =
      data.items() == n ? data : Interactions(detail::grown(data.by_customer(), m, n));
  FeatureMatrix vectors = space.matrix(std::move(encoded.rows));
  finished(stages);
  return {ContentModel(std::move(all), std::move(vectors), std::move(encoded.text_scale),
                       std::move(space), std::move(rows), options.data_weight),
          report};
}

}  // namespace emptor

#include "emptor/recommend/content.ipp"
