#pragma once
// Another recommender for another kind of customer: popularity for the cold, neighbours for the
// warm, a factorisation for the hot. Who is what is told by the number of items they have.
//
// The "switching" hybrid of Robin Burke, "Hybrid recommender systems: survey and experiments", User
// Modeling and User-Adapted Interaction 12(4), 2002, doi:10.1023/A:1021240730564. Every answer is
// that of the model in charge; its cost too. Memory: the models, which are shared. Thread safety:
// see recommender.hpp.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/recommend/any_recommender.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/interactions.hpp"
#include "emptor/table/interactions_archive.hpp"

namespace emptor {

struct SwitchLevel {
  std::size_t min_items = 0;  ///< in charge of customers with at least so many items …
  AnyRecommender model;       ///< … unless a later level is
};

/// See the top of the file and `Recommender`. Scores of two customers come from two models and
/// cannot be compared.
class SwitchingModel {
 public:
  static constexpr std::string_view archive_kind = "switching";

  /// `data` says what customers have; all models have its m and n. Throws `invalid_shape` for no
  /// level or a model of another size, `invalid_option` unless `min_items` starts at 0 and ascends.
  SwitchingModel(Interactions data, std::vector<SwitchLevel> levels)
      : data_(std::move(data)), levels_(std::move(levels)) {
    if (levels_.empty()) {
      throw Exception(ErrorCode::invalid_shape, "at least one level is needed", "SwitchingModel");
    }
    for (std::size_t l = 0; l < levels_.size(); ++l) {
      const SwitchLevel& level = levels_[l];
      require_option(l == 0 ? level.min_items == 0 : level.min_items > levels_[l - 1].min_items,
                     "min_items", "0 at the first level and larger at each later one",
                     level.min_items);
      if (level.model.customers() != customers() || level.model.items() != items()) {
        throw Exception(ErrorCode::invalid_shape,
                        text("model '", level.model.name(), "' has ", level.model.customers(),
                             " customers and ", level.model.items(), " items, the data ",
                             customers(), " and ", items()),
                        "SwitchingModel");
      }
    }
  }

  [[nodiscard]] std::string_view name() const noexcept { return "switching"; }
  [[nodiscard]] std::size_t customers() const noexcept { return data_.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return data_.items(); }
  [[nodiscard]] const Interactions& interactions() const noexcept { return data_; }
  [[nodiscard]] std::span<const SwitchLevel> levels() const noexcept { return levels_; }

  /// The place in `levels()` of the one in charge of customers with `item_count` items.
  [[nodiscard]] std::size_t level_of(std::size_t item_count) const noexcept {
    std::size_t level = levels_.size() - 1;
    while (levels_[level].min_items > item_count) --level;
    return level;
  }

  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return in_charge(customer, "recommend").recommend(customer, k, filter);
  }
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return in_charge(customer).recommend(customer, k, filter);
  }
  /// See `BatchRecommender`: each model serves its customers as a batch.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const {
    detail::require_batch_spans(customers, k, out, counts);
    std::vector<std::vector<std::size_t>> places(levels_.size());
    for (std::size_t c = 0; c < customers.size(); ++c) {
      const auto row = detail::row_of(data_, customers[c], "recommend_batch");
      places[level_of(row.size())].push_back(c);
    }
    std::vector<Customer> some;
    std::vector<Recommendation> lists;
    std::vector<std::uint32_t> sizes;
    for (std::size_t l = 0; l < levels_.size(); ++l) {
      if (places[l].empty()) continue;
      some.clear();
      for (const std::size_t c : places[l]) some.push_back(customers[c]);
      lists.resize(some.size() * k);
      sizes.resize(some.size());
      levels_[l].model.recommend_batch(some, k, filter, context, lists, sizes);
      for (std::size_t i = 0; i < some.size(); ++i) {
        const std::size_t c = places[l][i];
        counts[c] = sizes[i];
        std::copy_n(lists.begin() + static_cast<std::ptrdiff_t>(i * k), sizes[i],
                    out.begin() + static_cast<std::ptrdiff_t>(c * k));
      }
    }
  }

  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    in_charge(customer, "score").score(customer, items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    in_charge(customer).score(customer, items, scores);
  }

  /// Those of the model in charge of the customers with most items, which as a rule knows best.
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const {
    return levels_.back().model.similar_items(item, k);
  }
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const {
    return in_charge(customer, "explain").explain(customer, item, k);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item,
                                    std::size_t k) const {
    return in_charge(customer).explain(customer, item, k);
  }

  /// By the model that will be in charge of the customer.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    const std::size_t distinct = detail::fold_items(items, weights, this->items()).items.size();
    return levels_[level_of(distinct)].model.fold_in(items, weights);
  }

  /// Every model's `update`. Throws what those throw, `unsupported` among them.
  [[nodiscard]] SwitchingModel update(const Interactions& data, const Context& context = {}) const {
    detail::require_grown(data, customers(), items());
    std::vector<SwitchLevel> levels;
    for (const SwitchLevel& level : levels_) {
      levels.push_back({level.min_items, level.model.update(data, context)});
    }
    return {data, std::move(levels)};
  }

  [[nodiscard]] std::vector<std::byte> save() const {
    ArchiveWriter writer(archive_kind, 1);
    put_interactions(writer.section("interactions", 1), data_);
    SectionWriter& section = writer.section("levels", 1);
    section.put(std::uint64_t{levels_.size()});
    for (const SwitchLevel& level : levels_) {
      section.put(std::uint64_t{level.min_items});
      section.put_array(level.model.save());
    }
    return std::move(writer).finish();
  }
  /// `models` knows the kinds of the levels' models.
  [[nodiscard]] static Result<SwitchingModel> load(std::span<const std::byte> bytes,
                                                   const RecommenderRegistry& models,
                                                   const Kernels* kernels = nullptr) {
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
    if (!reader) return reader.error();
    Result<SectionReader> section = reader->section("interactions");
    if (!section) return section.error();
    Interactions data = get_interactions(*section);
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("levels");
    if (!section) return section.error();
    const auto count = section->get<std::uint64_t>();
    std::vector<SwitchLevel> levels;
    for (std::uint64_t l = 0; section->ok() && l < count; ++l) {
      const auto min_items = static_cast<std::size_t>(section->get<std::uint64_t>());
      const std::span<const std::byte> inside = section->get_view();
      if (!section->ok()) break;
      Result<AnyRecommender> model = models.load(inside, kernels);
      if (!model) return model.error();
      levels.push_back({min_items, *std::move(model)});
    }
    if (Result<void> done = section->finish(); !done) return done.error();
    try {
      return SwitchingModel(std::move(data), std::move(levels));
    } catch (const Exception& e) {
      return Error{ErrorCode::corrupt, e.what(), "section 'levels'"};
    }
  }

 private:
  [[nodiscard]] const AnyRecommender& in_charge(Customer customer, std::string_view where) const {
    return levels_[level_of(detail::row_of(data_, customer, where).size())].model;
  }
  [[nodiscard]] const AnyRecommender& in_charge(const FoldedCustomer& customer) const noexcept {
    return levels_[level_of(customer.items.size())].model;
  }

  Interactions data_;
  std::vector<SwitchLevel> levels_;
};

static_assert(CompositeRecommender<SwitchingModel> && BatchRecommender<SwitchingModel>);

}  // namespace emptor
