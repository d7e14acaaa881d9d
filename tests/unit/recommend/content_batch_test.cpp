// Lists of content for many customers in shared passes are those that each gets alone.

#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/recommend/content.hpp"
#include "emptor/recommend/recommend_all.hpp"
#include "emptor/table/feature_builder.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

constexpr std::size_t items = 800;
constexpr std::size_t customers = 150;  // two chunks, the last one not full

ItemProfiles profiles(bool standardised) {
  FeatureBuilder builder(items);
  if (standardised) builder.declare_number("price", {.scaling = NumberScaling::standardise});
  ContentField name{.name = "name"};
  for (std::size_t i = 0; i < items; ++i) {
    RandomStream random(8, i);
    name.texts.emplace_back();
    if (i % 50 == 49) continue;  // nothing is known of it
    for (int w = 0; w < 9; ++w) {
      name.texts.back() += text("w", random.below(1U << random.below(11)), "x ");
    }
    if (i % 3 != 0) builder.add_number(i, "price", static_cast<double>(random.below(1000)));
  }
  for (std::size_t i = 20; i < items; i += 100) name.texts[i] = name.texts[20];  // ties
  return {.items = items, .features = builder.build(), .fields = {name}};
}

Interactions data() {
  InteractionLog log;
  for (std::size_t c = 0; c < customers; ++c) {
    RandomStream random(9, c);
    const std::size_t count = c % 10 == 0 ? 0 : c % 10 == 1 ? 1 : 1 + random.below(40);
    for (std::size_t e = 0; e < count; ++e) {
      log.add(id_at<Customer>(c), id_at<Item>(random.below(items)),
              static_cast<float>(random.uniform(0.5, 4)));
    }
  }
  log.add(Customer{0}, Item{49});  // of whom nothing is known all the same
  return Interactions(customers, items, log, Duplicates::largest);
}

TEST_CASE("content lists in shared passes are those of one customer after another") {
  const std::vector<Item> exclude{Item{3}, Item{20}, Item{799}};
  for (const auto similarity : {ContentSimilarity::cosine, ContentSimilarity::dot}) {
    for (const bool standardised : {false, true}) {
      const auto model =
          fit_content(profiles(standardised), data(), {.similarity = similarity}).model;
      for (const Isa isa : {Isa::portable, Isa::avx2, Isa::avx512}) {
        const Kernels* const kernels = kernels_for(isa);
        if (kernels == nullptr) continue;
        for (const std::size_t k : {1U, 10U, 50U, 51U, 800U}) {
          for (const bool exclude_seen : {true, false}) {
            const RecommendFilter filter{.exclude_seen = exclude_seen, .exclude = exclude};
            const auto table = recommend_all(model, k, filter, {.kernels = kernels});
            bool same = true;
            for (std::size_t c = 0; c < customers; ++c) {
              const auto list = table.list(c);
              const auto alone = model.recommend(id_at<Customer>(c), k, filter);
              same = same && std::vector<Recommendation>(list.begin(), list.end()) == alone;
            }
            INFO("isa " << static_cast<int>(isa) << ", k " << k);
            CHECK(same);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace emptor
