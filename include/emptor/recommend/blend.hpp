#pragma once
// One recommender made of several: their lists fused by rank or by score.
//
// Every part ranks the items that the customer does not have; an item counts by its place or its
// score there, times the part's weight, and nothing where it is not among the part's first `depth`.
// By rank: Gordon V. Cormack, Charles L. A. Clarke, Stefan Buettcher, "Reciprocal rank fusion
// outperforms Condorcet and individual rank learning methods", SIGIR 2009,
// doi:10.1145/1571941.1572114. By score: Edward A. Fox, Joseph A. Shaw, "Combination of multiple
// searches" (CombSUM), TREC-2, 1994, with scores stretched to [0, 1] a list.
//
// A part that has nothing to say of a customer adds nothing; where none has, neither has the blend.
// Time of a list: the parts' lists of `depth`, plus parts x depth x log. Memory: the parts, which
// are shared. Thread safety: see recommender.hpp. The same bits for any executor.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/recommend/any_recommender.hpp"
#include "emptor/recommend/detail/fused_items.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

struct BlendPart {
  AnyRecommender model;
  double weight = 1;  ///< finite and >= 0; only the proportions matter to the ranking
};

/// See the top of the file and `Recommender`.
class BlendModel {
 public:
  static constexpr std::string_view archive_kind = "blend";

  /// `data` says what customers have; all parts have its m and n. Throws `invalid_option`, and
  /// `invalid_shape` for no part at all or one of another size.
  BlendModel(Interactions data, std::vector<BlendPart> parts, const BlendOptions& options = {})
      : data_(std::move(data)), parts_(std::move(parts)), options_(options) {
    detail::check_blend_options(options_);
    bool any = false;
    for (const BlendPart& part : parts_) {
      require_option(std::isfinite(part.weight) && part.weight >= 0, "weight", "finite and >= 0",
                     part.weight);
      any = any || part.weight > 0;
      if (part.model.customers() != customers() || part.model.items() != items()) {
        throw Exception(
            ErrorCode::invalid_shape,
            text("part '", part.model.name(), "' has ", part.model.customers(), " customers and ",
                 part.model.items(), " items, the data ", customers(), " and ", items()),
            "BlendModel");
      }
    }
    if (!any) {
      throw Exception(ErrorCode::invalid_shape, "a blend needs a part with a weight > 0",
                      "BlendModel");
    }
  }

  [[nodiscard]] std::string_view name() const noexcept { return "blend"; }
  [[nodiscard]] std::size_t customers() const noexcept { return data_.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return data_.items(); }
  [[nodiscard]] const Interactions& interactions() const noexcept { return data_; }
  [[nodiscard]] std::span<const BlendPart> parts() const noexcept { return parts_; }
  [[nodiscard]] const BlendOptions& options() const noexcept { return options_; }

  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return recommend_row(asking(customer, "recommend"), k, filter);
  }
  /// Each part folds the customer in anew.
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return recommend_row(asking(customer, "recommend"), k, filter);
  }
  /// See `BatchRecommender`: every part serves the whole batch in its own way.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const;

  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    score_row(asking(customer, "score"), items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    score_row(asking(customer, "score"), items, scores);
  }

  /// The parts' lists of similar items, fused in the same way.
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const {
    detail::require_id(item, items(), "item", "similar_items");
    detail::FusedItems fused;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      fused.add(parts_[p].model.similar_items(item, options_.depth), p, parts_[p].weight, options_,
                [](Item) { return false; });
    }
    TopK<float> best(std::min(k, items()));
    for (const auto& [other, sum] : fused.sums()) best.push(other, static_cast<float>(sum));
    return detail::to_list(best);
  }

  /// What each part adds to the score, by part. Throws as `explain`.
  [[nodiscard]] std::vector<double> explain_parts(Customer customer, Item item) const {
    return shares_of(asking(customer, "explain_parts"), item);
  }
  [[nodiscard]] std::vector<double> explain_parts(const FoldedCustomer& customer, Item item) const {
    return shares_of(asking(customer, "explain_parts"), item);
  }
  /// Each part's share, split as the part's own explanation splits its score; what parts cannot
  /// explain, or score at 0 or less, is in `rest`.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const {
    return explain_row(asking(customer, "explain"), item, k);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item,
                                    std::size_t k) const {
    return explain_row(asking(customer, "explain"), item, k);
  }

  /// `items` in order of time where a part is a model of sequences.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    FoldedCustomer folded = detail::fold_items(items, weights, this->items());
    folded.sequence.assign(items.begin(), items.end());
    return folded;
  }

  /// Every part's `update`; the weights stay. Throws what those throw, `unsupported` among them.
  [[nodiscard]] BlendModel update(const Interactions& data, const Context& context = {}) const {
    detail::require_grown(data, customers(), items());
    std::vector<BlendPart> parts;
    for (const BlendPart& part : parts_) {
      parts.push_back({part.model.update(data, context), part.weight});
    }
    return {data, std::move(parts), options_};
  }

  [[nodiscard]] std::vector<std::byte> save() const {
    ArchiveWriter writer(archive_kind, 1);
    put_interactions(writer.section("interactions", 1), data_);
    SectionWriter& section = writer.section("parts", 1);
    section.put(options_.fusion);
    section.put(options_.rank_constant);
    section.put(std::uint64_t{options_.depth});
    section.put(std::uint64_t{parts_.size()});
    for (const BlendPart& part : parts_) {
      section.put(part.weight);
      section.put_array(part.model.save());
    }
    return std::move(writer).finish();
  }
  /// `models` knows the kinds of the parts.
  [[nodiscard]] static Result<BlendModel> load(std::span<const std::byte> bytes,
                                               const RecommenderRegistry& models,
                                               const Kernels* kernels = nullptr) {
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
    if (!reader) return reader.error();
    Result<SectionReader> section = reader->section("interactions");
    if (!section) return section.error();
    Interactions data = get_interactions(*section);
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("parts");
    if (!section) return section.error();
    BlendOptions options;
    options.fusion = section->get_enum<Fusion>(Fusion::score);
    options.rank_constant = section->get<double>();
    options.depth = static_cast<std::size_t>(section->get<std::uint64_t>());
    const auto count = section->get<std::uint64_t>();
    std::vector<BlendPart> parts;
    for (std::uint64_t p = 0; section->ok() && p < count; ++p) {
      const double weight = section->get<double>();
      const std::span<const std::byte> part = section->get_view();
      if (!section->ok()) break;
      Result<AnyRecommender> model = models.load(part, kernels);
      if (!model) return model.error();
      parts.push_back({*std::move(model), weight});
    }
    if (Result<void> done = section->finish(); !done) return done.error();
    try {
      return BlendModel(std::move(data), std::move(parts), options);
    } catch (const Exception& e) {
      return Error{ErrorCode::corrupt, e.what(), "section 'parts'"};
    }
  }

 private:
  /// The one who is asked about: what they have, and who they are to each part.
  template <class Row, class Who>
  struct Asking {
    Row row;
    std::vector<Who> who;  // by part; for a known customer one for all
    [[nodiscard]] const Who& of(std::size_t part) const noexcept {
      return who[who.size() == 1 ? 0 : part];
    }
  };
  using KnownAsking = Asking<detail::CustomerRow<std::uint32_t>, Customer>;
  using FoldedAsking = Asking<detail::CustomerRow<Item>, FoldedCustomer>;
  [[nodiscard]] KnownAsking asking(Customer customer, std::string_view where) const {
    return {detail::row_of(data_, customer, where), {customer}};
  }
  [[nodiscard]] FoldedAsking asking(const FoldedCustomer& customer, std::string_view where) const {
    FoldedAsking out{detail::row_of(customer, items(), where), {}};
    for (const BlendPart& part : parts_) {
      out.who.push_back(part.model.fold_in(customer.items, customer.weights));
      if (!customer.sequence.empty()) out.who.back().sequence = customer.sequence;
    }
    return out;
  }

  /// All items that count, owned ones included if `with_seen`: these get the place they would have
  /// among those the customer does not have.
  template <class A>
  [[nodiscard]] detail::FusedItems fuse(const A& asking, bool with_seen) const {
    detail::FusedItems fused;
    const std::size_t depth = std::min(options_.depth, items());
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      if (parts_[p].weight == 0) continue;
      const auto list =
          parts_[p].model.recommend(asking.of(p), with_seen ? depth + asking.row.size() : depth,
                                    {.exclude_seen = !with_seen});
      fused.add(list, p, parts_[p].weight, options_, [&](Item item) {
        return detail::holds(asking.row.items, static_cast<std::uint32_t>(item));
      });
    }
    return fused;
  }

  template <class A>
  [[nodiscard]] std::vector<Recommendation> recommend_row(const A& asking, std::size_t k,
                                                          const RecommendFilter& filter) const {
    const detail::ItemFilter ready(filter, items());
    if (k == 0) return {};
    TopK<float> best(std::min(k, items()));
    push_allowed(fuse(asking, !filter.exclude_seen), ready, asking.row, best);
    return detail::to_list(best);
  }
  template <class Row>
  static void push_allowed(const detail::FusedItems& fused, const detail::ItemFilter& filter,
                           const Row& row, TopK<float>& best) {
    for (const auto& [item, sum] : fused.sums()) {
      const auto score = static_cast<float>(sum);
      if (best.enters(item, score) && filter.allows(item, row.items)) best.push(item, score);
    }
  }

  template <class A>
  void score_row(const A& asking, std::span<const Item> items, std::span<float> scores) const {
    detail::require_score_spans(items, scores, this->items());
    const auto sums = fuse(asking, true).sums();
    if (asking.row.size() == 0 && sums.empty()) return detail::fill_unknown(scores);
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto wanted = static_cast<std::uint32_t>(items[i]);
      const auto found =
          std::lower_bound(sums.begin(), sums.end(), wanted,
                           [](const auto& sum, std::uint32_t item) { return sum.item < item; });
      const bool hit = found != sums.end() && found->item == wanted;
      scores[i] = hit ? static_cast<float>(found->score) : 0.0F;
    }
  }

  template <class A>
  [[nodiscard]] std::vector<double> shares_of(const A& asking, Item item) const {
    detail::require_id(item, items(), "item", "explain_parts");
    return fuse(asking, true).shares(static_cast<std::uint32_t>(item), parts_.size());
  }

  template <class A>
  [[nodiscard]] Explanation explain_row(const A& asking, Item item, std::size_t k) const {
    detail::require_id(item, items(), "item", "explain");
    const detail::FusedItems fused = fuse(asking, true);
    if (asking.row.size() == 0 && fused.empty()) return detail::unknown_explanation();
    const std::vector<double> shares =
        fused.shares(static_cast<std::uint32_t>(item), parts_.size());
    std::vector<std::pair<Item, double>> pieces;
    double score = 0;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      score += shares[p];
      if (shares[p] == 0) continue;
      const Explanation why = parts_[p].model.explain(asking.of(p), item, items());
      if (!(why.score > 0)) continue;
      const double scale = shares[p] / static_cast<double>(why.score);
      for (const auto& part : why.parts) {
        pieces.emplace_back(part.because, static_cast<double>(part.share) * scale);
      }
    }
    std::stable_sort(pieces.begin(), pieces.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    Explanation explanation;
    explanation.score = static_cast<float>(score);
    double explained = 0;
    for (std::size_t i = 0; i < pieces.size();) {
      const Item because = pieces[i].first;
      double sum = 0;
      for (; i < pieces.size() && pieces[i].first == because; ++i) sum += pieces[i].second;
      explained += sum;
      explanation.parts.push_back({because, static_cast<float>(sum)});
    }
    explanation.rest = static_cast<float>(score - explained);
    detail::keep_largest_parts(explanation, k);
    return explanation;
  }

  Interactions data_;
  std::vector<BlendPart> parts_;
  BlendOptions options_;
};

inline void BlendModel::recommend_batch(std::span<const Customer> customers, std::size_t k,
                                        const RecommendFilter& filter, const Context& context,
                                        std::span<Recommendation> out,
                                        std::span<std::uint32_t> counts) const {
  detail::require_batch_spans(customers, k, out, counts);
  for (const Customer customer : customers) {
    detail::require_id(customer, this->customers(), "customer", "recommend_batch");
  }
  const detail::ItemFilter ready(filter, items());
  const auto deliver = [&](std::size_t c, std::vector<Recommendation> list) {
    counts[c] = static_cast<std::uint32_t>(list.size());
    std::copy(list.begin(), list.end(), out.begin() + static_cast<std::ptrdiff_t>(c * k));
  };
  constexpr std::size_t customers_a_chunk = 16;
  if (!filter.exclude_seen || k == 0) {
    parallel_chunks(context, customers.size(), customers_a_chunk,
                    [&](std::size_t begin, std::size_t end) {
                      for (std::size_t c = begin; c < end; ++c) {
                        deliver(c, recommend(customers[c], k, filter));
                      }
                    });
    return;
  }
  const std::size_t depth = std::min(options_.depth, items());
  constexpr std::size_t entries_a_block = std::size_t{1} << 20;
  const std::size_t block =
      std::max<std::size_t>(entries_a_block / std::max<std::size_t>(depth, 1), customers_a_chunk);
  std::vector<std::vector<Recommendation>> lists(parts_.size());
  std::vector<std::vector<std::uint32_t>> sizes(parts_.size());
  for (std::size_t first = 0; first < customers.size(); first += block) {
    const auto some = customers.subspan(first, std::min(block, customers.size() - first));
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      if (parts_[p].weight == 0) continue;
      lists[p].resize(some.size() * depth);
      sizes[p].resize(some.size());
      parts_[p].model.recommend_batch(some, depth, {}, context, lists[p], sizes[p]);
    }
    parallel_chunks(
        context, some.size(), customers_a_chunk, [&](std::size_t begin, std::size_t end) {
          for (std::size_t c = begin; c < end; ++c) {
            detail::FusedItems fused;
            for (std::size_t p = 0; p < parts_.size(); ++p) {
              if (parts_[p].weight == 0) continue;
              fused.add(std::span(lists[p]).subspan(c * depth, sizes[p][c]), p, parts_[p].weight,
                        options_, [](Item) { return false; });
            }
            TopK<float> best(std::min(k, items()));
            push_allowed(fused, ready, detail::row_of(data_, some[c], "recommend_batch"), best);
            deliver(first + c, detail::to_list(best));
          }
        });
  }
}

static_assert(CompositeRecommender<BlendModel> && BatchRecommender<BlendModel>);

}  // namespace emptor
