#pragma once
// What models of sequences have in common: who is asked about, lists, scores and reasons from sums
// over what came next. An engine E says how the sums come about:
//
//   E(const Sequences&, const Options&, const Context&)   builds its index; Options are checked
//   E::archive_kind, E::display_name, E::Options, E::put_options, E::get_options
//   query(Customer), query(const FoldedCustomer&)         what of the customer counts
//   known(query)                                          false: nothing to go by
//   add_up(query, ScoreSums&)                             all shares of all items, each > 0
//   reasons(query, item, add)                             add(because, share) of one item; returns
//                                                         what no single item carries
//   fold(FoldedCustomer&)                                 fills in coordinates, if it has any
//
// An engine that learns, rather than counts, also has E(const Sequences&, const Options&,
// SectionReader&, const Kernels*) and put_state(SectionWriter&), and E(const E&, const Sequences&,
// const Options&, const Context&) to follow new sequences. It may add up to any number for any
// item.
//
// Thread safety: constant. The same bits for any executor.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/context.hpp"
#include "emptor/recommend/detail/ranking.hpp"
#include "emptor/recommend/recommender.hpp"
#include "emptor/table/sequences.hpp"
#include "emptor/table/sequences_archive.hpp"

namespace emptor::detail {

/// Sums by item, all 0 between uses.
struct ScoreSums {
  explicit ScoreSums(std::size_t n) : of_item(n, 0.0) {}
  void add(std::uint32_t item, double share) {
    double& sum = of_item[item];
    if (sum == 0 && share > 0) touched.push_back(item);
    sum += share;
  }
  void clear() {
    for (const std::uint32_t item : touched) of_item[item] = 0;
    touched.clear();
  }
  std::vector<double> of_item;
  std::vector<std::uint32_t> touched;
};

/// What the folded-in customer did, in order of time. Throws as `row_of`, and `invalid_value` for a
/// sequence of what the customer has not.
[[nodiscard]] inline std::vector<std::uint32_t> sequence_of(const FoldedCustomer& folded) {
  std::vector<std::uint32_t> out;
  out.reserve(folded.sequence.size());
  for (const Item item : folded.sequence) {
    if (!holds(std::span<const Item>(folded.items), static_cast<std::uint32_t>(item))) {
      throw Exception(ErrorCode::invalid_value,
                      "a folded-in customer's sequence must be of items that the customer has",
                      "recommend");
    }
    out.push_back(static_cast<std::uint32_t>(item));
  }
  return out;
}

/// See the models' headers. A score is 0 when nothing the customer did leads to the item; such
/// items are not recommended. Weights of interactions do not count.
template <class Engine>
class SequenceModel {
 public:
  using Options = typename Engine::Options;
  static constexpr std::string_view archive_kind = Engine::archive_kind;

  /// Throws `invalid_option`.
  explicit SequenceModel(Sequences data, const Options& options = {}, const Context& context = {})
      : data_(std::move(data)), options_(options), engine_(data_, options_, context) {}

  [[nodiscard]] std::string_view name() const noexcept { return Engine::display_name; }
  [[nodiscard]] std::size_t customers() const noexcept { return data_.customers(); }
  [[nodiscard]] std::size_t items() const noexcept { return data_.items(); }
  [[nodiscard]] const Sequences& sequences() const noexcept { return data_; }
  [[nodiscard]] const Options& options() const noexcept { return options_; }
  /// What the model has learned.
  [[nodiscard]] const Engine& engine() const noexcept { return engine_; }

  /// By the customer's last session, or all baskets, as the model says.
  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    const auto row = row_of(data_.interactions(), customer, "recommend");
    return list(engine_.query(customer), row.items, k, filter);
  }
  /// By `sequence`, the live session; `items` is what counts as seen and may hold more.
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    const auto row = row_of(customer, items(), "recommend");
    return list(engine_.query(customer), row.items, k, filter);
  }
  /// The lists of many customers; see `BatchRecommender`.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const {
    require_batch_spans(customers, k, out, counts);
    for (const Customer customer : customers) {
      require_id(customer, this->customers(), "customer", "recommend_batch");
    }
    const ItemFilter ready(filter, items());
    constexpr std::size_t customers_a_chunk = 128;
    parallel_chunks(
        context, customers.size(), customers_a_chunk, [&](std::size_t begin, std::size_t end) {
          ScoreSums sums(items());
          for (std::size_t c = begin; c < end; ++c) {
            const auto row = row_of(data_.interactions(), customers[c], "recommend_batch");
            auto best = best_of(engine_.query(customers[c]), row.items, k, ready, sums);
            counts[c] = static_cast<std::uint32_t>(best.size());
            Recommendation* to = out.data() + c * k;
            for (const auto& [item, score] : best.take()) {
              *to++ = {id_at<Item>(item), score};
            }
          }
        });
  }

  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    require_id(customer, customers(), "customer", "score");
    score_items(engine_.query(customer), items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    (void)row_of(customer, this->items(), "score");
    score_items(engine_.query(customer), items, scores);
  }

  /// What comes after this item alone.
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const {
    require_id(item, items(), "item", "similar_items");
    return recommend(fold_in(std::span(&item, 1)), k, {});
  }

  /// The parts are of the items that led there; they and `rest` add up to the score within 2^-23.
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const {
    require_id(customer, customers(), "customer", "explain");
    return reasons(engine_.query(customer), item, k);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item,
                                    std::size_t k) const {
    (void)row_of(customer, items(), "explain");
    return reasons(engine_.query(customer), item, k);
  }

  /// `items` in order of time, repeats kept. Exact: whoever did the same is served the same.
  /// `weights` must be valid, and do not count.
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    FoldedCustomer folded = fold_items(items, weights, this->items());
    folded.sequence.assign(items.begin(), items.end());
    engine_.fold(folded);
    return folded;
  }

  /// The very model fitted to `data` with the same options, at the cost of a fit; a model that
  /// learns goes on learning instead. See `UpdatableRecommender`.
  [[nodiscard]] SequenceModel update(const Sequences& data, const Context& context = {}) const {
    require_grown(data, customers(), items());
    if constexpr (learns) {
      return SequenceModel(data, options_, Engine(engine_, data, options_, context));
    } else {
      return SequenceModel(data, options_, context);
    }
  }

  /// The sequences and the options, from which `load` builds the rest, and what was learned.
  [[nodiscard]] std::vector<std::byte> save() const {
    ArchiveWriter writer(archive_kind, 1);
    put_sequences(writer.section("sequences", 1), data_);
    Engine::put_options(writer.section("options", 1), options_);
    if constexpr (learns) engine_.put_state(writer.section("factors", 1));
    return std::move(writer).finish();
  }
  /// `kernels` as in a Context, for models that learn; null: portable.
  [[nodiscard]] static Result<SequenceModel> load(std::span<const std::byte> bytes,
                                                  const Kernels* kernels = nullptr) {
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, archive_kind, 1);
    if (!reader) return reader.error();
    Result<SectionReader> section = reader->section("sequences");
    if (!section) return section.error();
    Sequences data = get_sequences(*section);
    if (Result<void> done = section->finish(); !done) return done.error();
    section = reader->section("options");
    if (!section) return section.error();
    const Options options = Engine::get_options(*section);
    try {
      Engine::check(options);
    } catch (const Exception& bad) {
      section->require(false, bad.what());
    }
    if (Result<void> done = section->finish(); !done) return done.error();
    if constexpr (learns) {
      section = reader->section("factors");
      if (!section) return section.error();
      Engine engine(data, options, *section, kernels);
      if (Result<void> done = section->finish(); !done) return done.error();
      return SequenceModel(std::move(data), options, std::move(engine));
    } else {
      return SequenceModel(std::move(data), options, {.kernels = kernels});
    }
  }

 private:
  using Query = typename Engine::Query;
  static constexpr bool learns = std::is_constructible_v<Engine, const Sequences&, const Options&,
                                                         SectionReader&, const Kernels*>;

  SequenceModel(Sequences data, const Options& options, Engine&& engine)
      : data_(std::move(data)), options_(options), engine_(std::move(engine)) {}

  template <class ItemId>
  [[nodiscard]] TopK<float> best_of(const Query& query, std::span<const ItemId> seen, std::size_t k,
                                    const ItemFilter& filter, ScoreSums& sums) const {
    TopK<float> best(std::min(k, items()));
    if (!engine_.known(query)) return best;
    engine_.add_up(query, sums);
    for (const std::uint32_t item : sums.touched) {
      const auto score = static_cast<float>(sums.of_item[item]);
      if (best.enters(item, score) && filter.allows(item, seen)) best.push(item, score);
    }
    sums.clear();
    return best;
  }
  template <class ItemId>
  [[nodiscard]] std::vector<Recommendation> list(const Query& query, std::span<const ItemId> seen,
                                                 std::size_t k,
                                                 const RecommendFilter& filter) const {
    const ItemFilter ready(filter, items());
    if (k == 0 || !engine_.known(query)) return {};
    ScoreSums sums(items());
    TopK<float> best = best_of(query, seen, k, ready, sums);
    return to_list(best);
  }
  void score_items(const Query& query, std::span<const Item> items, std::span<float> scores) const {
    require_score_spans(items, scores, this->items());
    if (!engine_.known(query)) return fill_unknown(scores);
    ScoreSums sums(this->items());
    engine_.add_up(query, sums);
    for (std::size_t i = 0; i < items.size(); ++i) {
      scores[i] = static_cast<float>(sums.of_item[index(items[i])]);
    }
  }
  [[nodiscard]] Explanation reasons(const Query& query, Item item, std::size_t k) const {
    require_id(item, items(), "item", "explain");
    if (!engine_.known(query)) return unknown_explanation();
    Explanation explanation;
    score_items(query, std::span(&item, 1), std::span(&explanation.score, 1));
    std::vector<std::pair<std::uint32_t, double>> shares;
    const double rest = engine_.reasons(
        query, static_cast<std::uint32_t>(item),
        [&](std::uint32_t because, double share) { shares.emplace_back(because, share); });
    std::stable_sort(shares.begin(), shares.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < shares.size();) {
      const std::uint32_t because = shares[i].first;
      double sum = 0;
      for (; i < shares.size() && shares[i].first == because; ++i) sum += shares[i].second;
      explanation.parts.push_back({id_at<Item>(because), static_cast<float>(sum)});
    }
    explanation.rest = static_cast<float>(rest);
    keep_largest_parts(explanation, k);
    return explanation;
  }

  Sequences data_;
  Options options_;
  Engine engine_;
};

}  // namespace emptor::detail
