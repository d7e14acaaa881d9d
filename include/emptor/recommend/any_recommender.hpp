#pragma once
// Any model as a value of one type: to keep several in one list, to choose one at run time, to load
// one without knowing beforehand which it is.
//
//     RecommenderRegistry models;
//     models.add<PopularityModel>();
//     models.add<NeighboursModel>();
//     Result<AnyRecommender> model = models.load(bytes);
//
// A copy shares the model. Cost: one virtual call a question. Thread safety: as the model's, which
// is immutable; a registry may be read from any thread.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/recommend/recommend_all.hpp"
#include "emptor/recommend/recommender.hpp"

namespace emptor {

/// A shared, immutable recommender of any kind; itself a `Recommender` and a `BatchRecommender`.
class AnyRecommender {
 public:
  /// Takes the model over.
  template <class M>
    requires(!std::same_as<std::remove_cvref_t<M>, AnyRecommender> &&
             Recommender<std::remove_cvref_t<M>>)
  AnyRecommender(M&& model)  // NOLINT: converts
      : model_(std::make_shared<const Holder<std::remove_cvref_t<M>>>(std::forward<M>(model))) {}

  /// The model, if it is an M; else null. It lives as long as this or a copy of it.
  template <class M>
  [[nodiscard]] const M* get_if() const noexcept {
    return model_->type() == &type_tag<M> ? &static_cast<const Holder<M>&>(*model_).model : nullptr;
  }

  [[nodiscard]] std::string_view name() const { return model_->name(); }
  [[nodiscard]] std::size_t customers() const { return model_->customers(); }
  [[nodiscard]] std::size_t items() const { return model_->items(); }

  [[nodiscard]] std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return model_->recommend(customer, k, filter);
  }
  [[nodiscard]] std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                                      const RecommendFilter& filter = {}) const {
    return model_->recommend(customer, k, filter);
  }
  /// The model's own batch path, or `recommend` customer by customer.
  void recommend_batch(std::span<const Customer> customers, std::size_t k,
                       const RecommendFilter& filter, const Context& context,
                       std::span<Recommendation> out, std::span<std::uint32_t> counts) const {
    model_->recommend_batch(customers, k, filter, context, out, counts);
  }
  void score(Customer customer, std::span<const Item> items, std::span<float> scores) const {
    model_->score(customer, items, scores);
  }
  void score(const FoldedCustomer& customer, std::span<const Item> items,
             std::span<float> scores) const {
    model_->score(customer, items, scores);
  }
  [[nodiscard]] std::vector<Recommendation> similar_items(Item item, std::size_t k) const {
    return model_->similar_items(item, k);
  }
  [[nodiscard]] Explanation explain(Customer customer, Item item, std::size_t k) const {
    return model_->explain(customer, item, k);
  }
  [[nodiscard]] Explanation explain(const FoldedCustomer& customer, Item item,
                                    std::size_t k) const {
    return model_->explain(customer, item, k);
  }
  [[nodiscard]] FoldedCustomer fold_in(std::span<const Item> items,
                                       std::span<const float> weights = {}) const {
    return model_->fold_in(items, weights);
  }
  /// See `UpdatableRecommender`. Throws `unsupported` when the model does not follow interactions.
  [[nodiscard]] AnyRecommender update(const Interactions& data, const Context& context = {}) const {
    return model_->update(data, context);
  }
  /// The model's own archive; `RecommenderRegistry::load` reads it.
  [[nodiscard]] std::vector<std::byte> save() const { return model_->save(); }

 private:
  struct Model {
    Model() = default;
    Model(const Model&) = delete;
    Model& operator=(const Model&) = delete;
    virtual ~Model() = default;
    virtual const void* type() const noexcept = 0;
    virtual std::string_view name() const = 0;
    virtual std::size_t customers() const = 0;
    virtual std::size_t items() const = 0;
    virtual std::vector<Recommendation> recommend(Customer, std::size_t,
                                                  const RecommendFilter&) const = 0;
    virtual std::vector<Recommendation> recommend(const FoldedCustomer&, std::size_t,
                                                  const RecommendFilter&) const = 0;
    virtual void recommend_batch(std::span<const Customer>, std::size_t, const RecommendFilter&,
                                 const Context&, std::span<Recommendation>,
                                 std::span<std::uint32_t>) const = 0;
    virtual void score(Customer, std::span<const Item>, std::span<float>) const = 0;
    virtual void score(const FoldedCustomer&, std::span<const Item>, std::span<float>) const = 0;
    virtual std::vector<Recommendation> similar_items(Item, std::size_t) const = 0;
    virtual Explanation explain(Customer, Item, std::size_t) const = 0;
    virtual Explanation explain(const FoldedCustomer&, Item, std::size_t) const = 0;
    virtual FoldedCustomer fold_in(std::span<const Item>, std::span<const float>) const = 0;
    virtual AnyRecommender update(const Interactions&, const Context&) const = 0;
    virtual std::vector<std::byte> save() const = 0;
  };

  template <class M>
  struct Holder final : Model {
    explicit Holder(M from) : model(std::move(from)) {}

    const void* type() const noexcept override { return &type_tag<M>; }
    std::string_view name() const override { return model.name(); }
    std::size_t customers() const override { return model.customers(); }
    std::size_t items() const override { return model.items(); }
    std::vector<Recommendation> recommend(Customer customer, std::size_t k,
                                          const RecommendFilter& filter) const override {
      return model.recommend(customer, k, filter);
    }
    std::vector<Recommendation> recommend(const FoldedCustomer& customer, std::size_t k,
                                          const RecommendFilter& filter) const override {
      return model.recommend(customer, k, filter);
    }
    void recommend_batch(std::span<const Customer> customers, std::size_t k,
                         const RecommendFilter& filter, const Context& context,
                         std::span<Recommendation> out,
                         std::span<std::uint32_t> counts) const override {
      detail::recommend_batch_of(model, customers, k, filter, context, out, counts);
    }
    void score(Customer customer, std::span<const Item> items,
               std::span<float> scores) const override {
      model.score(customer, items, scores);
    }
    void score(const FoldedCustomer& customer, std::span<const Item> items,
               std::span<float> scores) const override {
      model.score(customer, items, scores);
    }
    std::vector<Recommendation> similar_items(Item item, std::size_t k) const override {
      return model.similar_items(item, k);
    }
    Explanation explain(Customer customer, Item item, std::size_t k) const override {
      return model.explain(customer, item, k);
    }
    Explanation explain(const FoldedCustomer& customer, Item item, std::size_t k) const override {
      return model.explain(customer, item, k);
    }
    FoldedCustomer fold_in(std::span<const Item> items,
                           std::span<const float> weights) const override {
      return model.fold_in(items, weights);
    }
    AnyRecommender update(const Interactions& data, const Context& context) const override {
      if constexpr (UpdatableRecommender<M>) {
        return AnyRecommender(model.update(data, context));
      } else {
        throw Exception(ErrorCode::unsupported,
                        text("'", model.name(), "' does not follow new interactions"), "update");
      }
    }
    std::vector<std::byte> save() const override { return model.save(); }

    M model;
  };

  template <class M>
  static constexpr char type_tag = 0;

  std::shared_ptr<const Model> model_;
};

static_assert(BatchRecommender<AnyRecommender>);

class RecommenderRegistry;

/// A recommender made of others, which needs to be told which models there are to come back from
/// its bytes.
template <class M>
concept CompositeRecommender =
    Recommender<M> && requires(std::span<const std::byte> bytes, const RecommenderRegistry& models,
                               const Kernels* kernels) {
      { M::load(bytes, models, kernels) } -> std::same_as<Result<M>>;
      { M::archive_kind } -> std::convertible_to<std::string_view>;
    };

/// Which models can be loaded: the caller's list, nothing is registered by itself.
class RecommenderRegistry {
 public:
  /// Throws `duplicate` when the kind is known already.
  template <class M>
    requires LoadableRecommender<M> || CompositeRecommender<M>
  void add() {
    for (const Entry& entry : entries_) {
      if (entry.kind == M::archive_kind) {
        throw Exception(ErrorCode::duplicate, text("kind '", entry.kind, "' is registered already"),
                        "RecommenderRegistry");
      }
    }
    entries_.push_back({std::string(M::archive_kind), load_as<M>});
  }

  /// The model that was saved; `kernels` as in a Context, for models that use them. Errors: those
  /// of its `load`; `unsupported` when no model of the archive's kind was added, or when models
  /// stand inside of models more than 8 deep.
  [[nodiscard]] Result<AnyRecommender> load(std::span<const std::byte> bytes,
                                            const Kernels* kernels = nullptr) const {
    const Result<std::string> kind = ArchiveReader::kind_of(bytes);
    if (!kind) return kind.error();
    constexpr int max_depth = 8;
    if (depth_ > max_depth) {
      return Error{ErrorCode::unsupported,
                   text("models inside of models more than ", max_depth, " deep"),
                   "RecommenderRegistry"};
    }
    std::string known;
    for (const Entry& entry : entries_) {
      if (entry.kind == *kind) return entry.load(bytes, kernels, *this);
      known += known.empty() ? "" : ", ";
      known += entry.kind;
    }
    return Error{ErrorCode::unsupported,
                 text("no recommender of kind '", *kind,
                      "' is registered; known: ", known.empty() ? "none" : known),
                 "RecommenderRegistry"};
  }

 private:
  struct Entry {
    std::string kind;
    Result<AnyRecommender> (*load)(std::span<const std::byte> bytes, const Kernels* kernels,
                                   const RecommenderRegistry& models);
  };

  template <class M>
  static Result<AnyRecommender> load_as(std::span<const std::byte> bytes, const Kernels* kernels,
                                        [[maybe_unused]] const RecommenderRegistry& models) {
    Result<M> model = [&] {
      if constexpr (CompositeRecommender<M>) {
        RecommenderRegistry inside = models;
        ++inside.depth_;
        return M::load(bytes, inside, kernels);
      } else if constexpr (requires { M::load(bytes, kernels); }) {
        return M::load(bytes, kernels);
      } else {
        return M::load(bytes);
      }
    }();
    if (!model) return model.error();
    return AnyRecommender(*std::move(model));
  }

  std::vector<Entry> entries_;
  int depth_ = 0;  // of the model being loaded inside of others
};

}  // namespace emptor
