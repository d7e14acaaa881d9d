// The approximate index against scoring everything.

#include "emptor/recommend/hnsw_index.hpp"

#include <cmath>
#include <limits>
#include <set>

#include "emptor/core/kernels.hpp"
#include "emptor/core/thread_pool.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

namespace emptor {
namespace {

using test::check_throws;

/// Vectors in clusters, with lengths as skewed as those of items.
Matrix<float> made(std::size_t n, std::size_t f, std::uint64_t seed = 1) {
  Matrix<float> out(n, f);
  for (std::size_t r = 0; r < n; ++r) {
    RandomStream random(seed, r);
    const double length = std::exp(random.normal() * 0.5);
    RandomStream cluster(seed + 1000, r % 20);
    for (float& value : out.row(r)) {
      value = static_cast<float>(length * (cluster.normal() + 0.7 * random.normal()));
    }
  }
  return out;
}

std::vector<Recommendation> exact(const Matrix<float>& vectors, std::span<const float> query,
                                  std::size_t k, const std::set<Item>& without = {}) {
  TopK<float> best(k);
  for (std::size_t r = 0; r < vectors.rows(); ++r) {
    double sum = 0;
    bool zero = true;
    for (std::size_t j = 0; j < query.size(); ++j) {
      sum += double{vectors(r, j)} * double{query[j]};
      zero = zero && vectors(r, j) == 0;
    }
    if (!zero && !without.contains(id_at<Item>(r))) {
      best.push(static_cast<std::uint32_t>(r), static_cast<float>(sum));
    }
  }
  std::vector<Recommendation> out;
  for (const auto& [item, score] : best.take()) out.push_back({id_at<Item>(item), score});
  return out;
}

double recall(const std::vector<Recommendation>& found, const std::vector<Recommendation>& wanted) {
  std::size_t hits = 0;
  for (const Recommendation& one : wanted) {
    for (const Recommendation& other : found) hits += one.item == other.item ? 1 : 0;
  }
  return static_cast<double>(hits) / static_cast<double>(wanted.size());
}

TEST_CASE("nearly all of the best are found, with their scores") {
  const Matrix<float> vectors = made(4000, 16);
  const HnswIndex index = fit_hnsw(vectors);
  const Matrix<float> queries = made(100, 16, 2);
  double sum = 0;
  for (std::size_t q = 0; q < 100; ++q) {
    const auto query = queries.row(q);
    const auto found = index.search(query, 10, 100);
    const auto wanted = exact(vectors, query, 10);
    REQUIRE(found.size() == 10);
    sum += recall(found, wanted);
    CHECK(found[0].score == Approx(double{wanted[0].score}).epsilon(1e-4));
    for (std::size_t i = 1; i < found.size(); ++i) CHECK(found[i - 1].score >= found[i].score);
  }
  CHECK(sum / 100 > 0.97);
}

TEST_CASE("filters: few that pass, many that pass, what is listed, what was seen") {
  const std::size_t n = 3000;
  const Matrix<float> vectors = made(n, 16);
  const HnswIndex index = fit_hnsw(vectors);
  const Matrix<float> queries = made(20, 16, 2);
  for (const std::size_t keep_every : {2U, 10U, 100U, 1500U, 3000U}) {
    std::vector<Item> exclude;
    std::vector<Item> candidates;
    std::set<Item> without;
    for (std::size_t i = 0; i < n; ++i) {
      (i % keep_every == 7 % keep_every ? candidates : exclude).push_back(id_at<Item>(i));
    }
    without.insert(exclude.begin(), exclude.end());
    double excluding = 0;
    double listing = 0;
    for (std::size_t q = 0; q < 20; ++q) {
      const auto wanted = exact(vectors, queries.row(q), 10, without);
      const auto found = index.search(queries.row(q), 10, 64, {}, {.exclude = exclude});
      CHECK(found.size() == wanted.size());
      for (const Recommendation& one : found) CHECK_FALSE(without.contains(one.item));
      excluding += recall(found, wanted);
      const auto listed = index.search(queries.row(q), 10, 64, {}, {.candidates = candidates});
      CHECK(listed.size() == wanted.size());
      listing += recall(listed, wanted);
    }
    CHECK(excluding / 20 > 0.95);
    CHECK(listing / 20 > 0.95);
  }
  const auto query = queries.row(0);
  const auto all = index.search(query, 5);
  const auto first = static_cast<std::uint32_t>(all[0].item);
  const auto unseen = index.search(query, 5, 64, std::span(&first, 1));
  CHECK(unseen[0] == all[1]);
  CHECK(index.search(query, 5, 64, std::span(&first, 1), {.exclude_seen = false}) == all);
}

TEST_CASE("removed items are in no list, added ones are found") {
  const Matrix<float> vectors = made(2000, 8);
  const HnswIndex index = fit_hnsw(vectors);
  const auto query = vectors.row(5);
  const auto before = index.search(query, 5);
  const std::vector<Item> gone{before[0].item, before[2].item, before[0].item};
  const HnswIndex fewer = index.without(gone);
  CHECK(fewer.removed() == 2);
  CHECK(index.removed() == 0);
  const auto after = fewer.search(query, 5);
  CHECK(after[0] == before[1]);
  CHECK(after[1] == before[3]);
  CHECK(index.search(query, 5) == before);
  CHECK(fewer.without(gone).removed() == 2);

  Matrix<float> more(500, 8);
  for (std::size_t r = 0; r < 500; ++r) {
    for (std::size_t j = 0; j < 8; ++j) more(r, j) = vectors(r, j) * 2;
  }
  const HnswIndex larger = fewer.with(more);
  CHECK(larger.items() == 2500);
  CHECK(larger.removed() == 2);
  Matrix<float> all(2500, 8);
  for (std::size_t r = 0; r < 2500; ++r) {
    const auto from = r < 2000 ? vectors.row(r) : more.row(r - 2000);
    std::copy(from.begin(), from.end(), all.row(r).begin());
  }
  double sum = 0;
  for (std::size_t q = 0; q < 50; ++q) {
    sum += recall(larger.search(all.row(q), 10, 100), exact(all, all.row(q), 10));
  }
  CHECK(sum / 50 > 0.95);
}

TEST_CASE("the same index for any executor") {
  const Matrix<float> vectors = made(3000, 8);
  ThreadPool pool(3);
  Context threads;
  threads.executor = &pool;
  CHECK(fit_hnsw(vectors, {.links = 8}, threads).save() == fit_hnsw(vectors, {.links = 8}).save());
}

TEST_CASE("an index comes back from its bytes, and never from damaged ones") {
  Matrix<float> vectors = made(60, 4);
  for (float& value : vectors.row(7)) value = 0;
  const Item gone{3};
  const HnswIndex index = fit_hnsw(vectors, {.links = 2}).without(std::span(&gone, 1));
  const std::vector<std::byte> bytes = index.save();
  const auto loaded = HnswIndex::load(bytes);
  REQUIRE(loaded.has_value());
  CHECK(loaded->save() == bytes);
  CHECK(loaded->removed() == 1);
  CHECK(loaded->search(vectors.row(0), 9) == index.search(vectors.row(0), 9));
  std::vector<std::byte> damaged;
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    damaged.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(cut));
    if (HnswIndex::load(damaged).has_value()) FAIL_CHECK("loaded after a cut at byte " << cut);
  }
  damaged = bytes;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    damaged[at] ^= std::byte{0x20};
    if (HnswIndex::load(damaged).has_value()) FAIL_CHECK("loaded with byte " << at << " changed");
    damaged[at] = bytes[at];
  }
  const HnswIndex nothing = fit_hnsw(Matrix<float>(0, 4));
  const auto empty = HnswIndex::load(nothing.save());
  REQUIRE(empty.has_value());
  CHECK(empty->search(vectors.row(0), 3).empty());
}

TEST_CASE("one item, none, and items without a vector") {
  const std::vector<float> query{1, 2};
  CHECK(fit_hnsw(Matrix<float>(0, 2)).search(query, 3).empty());
  CHECK(fit_hnsw(Matrix<float>(5, 2)).search(query, 3).empty());
  Matrix<float> one(3, 2);
  one(1, 0) = 1;
  const auto list = fit_hnsw(one).search(query, 3);
  REQUIRE(list.size() == 1);
  CHECK(list[0] == Recommendation{Item{1}, 1.0F});
  CHECK(fit_hnsw(one).search(query, 0).empty());
}

TEST_CASE("wrong vectors, queries and options are refused by name") {
  Matrix<float> vectors = made(5, 2);
  check_throws(ErrorCode::invalid_option, "'links'",
               [&] { (void)fit_hnsw(vectors, {.links = 1}); });
  check_throws(ErrorCode::invalid_option, "'build_width'",
               [&] { (void)fit_hnsw(vectors, {.build_width = 0}); });
  const HnswIndex index = fit_hnsw(vectors);
  const std::vector<float> query{1, 2};
  const std::vector<float> wrong{1, std::nanf("")};
  check_throws(ErrorCode::invalid_shape, "a query needs 2 elements, got 1",
               [&] { (void)index.search(std::span(query).first(1), 3); });
  check_throws(ErrorCode::invalid_value, "must be finite", [&] { (void)index.search(wrong, 3); });
  check_throws(ErrorCode::invalid_option, "'width'", [&] { (void)index.search(query, 3, 0); });
  const Item unknown{5};
  check_throws(ErrorCode::out_of_range, "item 5 is unknown",
               [&] { (void)index.without(std::span(&unknown, 1)); });
  check_throws(ErrorCode::invalid_shape, "vectors need 2 elements, got 3",
               [&] { (void)index.with(Matrix<float>(1, 3)); });
  vectors(2, 1) = std::numeric_limits<float>::infinity();
  check_throws(ErrorCode::invalid_value, "vector 2 must be finite",
               [&] { (void)fit_hnsw(vectors); });
}

}  // namespace
}  // namespace emptor
