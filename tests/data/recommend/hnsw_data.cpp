// The approximate index on item factors of Gowalla.

#include "emptor/core/kernels.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/recommend/als.hpp"
#include "emptor/recommend/hnsw_index.hpp"
#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/lightgcn.hpp"

namespace emptor {
namespace {

TEST_CASE("the index finds at least .95 of the ten best items of Gowalla's factors") {
  const auto data = test::read_lightgcn(test::data_dir() / "recommend/gowalla");
  const Interactions train(data.customers, data.items, data.train, Duplicates::refuse);
  ThreadPool pool(2);
  const Context two{.executor = &pool, .progress = {}, .kernels = &native_kernels()};
  const auto model =
      fit_als(train, {.factors = 64, .sweeps = 5, .unobserved_weight = 0.02}, two).model;
  const HnswIndex hnsw = fit_hnsw(model.item_factors(), {}, two);
  std::size_t found = 0;
  std::size_t wanted = 0;
  for (std::size_t c = 0; c < model.customers(); c += 30) {
    const auto customer = id_at<Customer>(c);
    const auto exact = model.recommend(customer, 10);
    const auto near =
        hnsw.search(model.customer_factors().row(c), 10, 64, train.by_customer().row_indices(c));
    CHECK(near.size() == exact.size());
    wanted += exact.size();
    for (const Recommendation& one : exact) {
      for (const Recommendation& other : near) found += one.item == other.item ? 1 : 0;
    }
  }
  CHECK(static_cast<double>(found) >= 0.95 * static_cast<double>(wanted));
}

}  // namespace
}  // namespace emptor
