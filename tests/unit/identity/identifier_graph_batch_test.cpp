#include "emptor/identity/identifier_graph_batch.hpp"

#include <numeric>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "support/catch.hpp"

namespace emptor {
namespace {

constexpr IdentifierType user{0}, email{1}, device{2};

std::vector<IdentifierRule> rules() {
  return {{"user_id", {}, true, {}},
          {"email", {2, LimitWindow::ever}, false, {}},
          {"device", {2, LimitWindow::weekly}, false, {}}};
}

std::vector<std::size_t> numbers(const BatchIdentities& identities) {
  std::vector<std::size_t> out;
  for (const Customer customer : identities.customers) out.push_back(index(customer));
  return out;
}

}  // namespace

TEST_CASE("A batch joins the records that share identifiers") {
  const std::vector<IdentifierEdge> edges{{7, 3, user},  {7, 1, user},  {5, 1, email},
                                          {5, 2, email}, {7, 0, email}, {7, 0, email}};
  const BatchIdentities got = resolve_all(5, edges, rules());
  CHECK(numbers(got) == std::vector<std::size_t>{0, 1, 1, 1, 2});
  CHECK(got.customer_count == 3);
  CHECK(got.types[0] == BatchIdentifierCounts{1, 1, 0, 0, 0});
  CHECK(got.types[1] == BatchIdentifierCounts{2, 1, 0, 0, 0});
}

TEST_CASE("A device at the counter joins nobody, and a chain of doubtful links neither") {
  // Records 0 and 1 have user_ids and one device; 2, without, came with that device, too.
  const BatchIdentities counter =
      resolve_all(3,
                  std::vector<IdentifierEdge>{
                      {1, 0, user}, {2, 1, user}, {9, 0, device}, {9, 1, device}, {9, 2, device}},
                  rules());
  CHECK(counter.customer_count == 3);
  CHECK(counter.types[2].shared == 1);
  // Record 2 shares one device with 0 and another with 1.
  const BatchIdentities chain = resolve_all(3,
                                            std::vector<IdentifierEdge>{{1, 0, user},
                                                                        {2, 1, user},
                                                                        {8, 0, device},
                                                                        {8, 2, device},
                                                                        {9, 1, device},
                                                                        {9, 2, device}},
                                            rules());
  CHECK(chain.customer_count == 3);
  CHECK(chain.types[2].shared == 0);
  CHECK(chain.types[2].contested == 2);
}

TEST_CASE("A record with too many values is not judged by them") {
  const BatchIdentities got = resolve_all(
      3,
      std::vector<IdentifierEdge>{
          {1, 0, email}, {2, 0, email}, {3, 0, email}, {1, 1, email}, {4, 1, email}, {4, 2, email}},
      rules());
  CHECK(numbers(got) == std::vector<std::size_t>{0, 1, 1});
  CHECK(got.types[1].over_limit == 1);
}

TEST_CASE("Wrong batches are refused, empty ones are not") {
  CHECK(resolve_all(0, {}, rules()).customer_count == 0);
  CHECK(resolve_all(4, {}, rules()).customer_count == 4);
  CHECK_THROWS_AS(resolve_all(1, {}, {}), Exception);
  CHECK_THROWS_AS(resolve_all(1, std::vector<IdentifierEdge>{{1, 1, user}}, rules()), Exception);
  CHECK_THROWS_AS(resolve_all(1, std::vector<IdentifierEdge>{{1, 0, IdentifierType{3}}}, rules()),
                  Exception);
  CHECK_THROWS_AS(resolve_all(max_ids, {}, rules()), Exception);
}

TEST_CASE("A large batch without limits finds the connected components") {
  constexpr std::uint32_t records = 20'000;
  std::vector<IdentifierRule> free = rules();
  free[0] = {"user_id", {0, LimitWindow::ever}, false, {}};
  free[1].limit.values = 0;
  std::vector<IdentifierEdge> edges;
  std::vector<std::uint32_t> parent(records + 30'000);
  std::iota(parent.begin(), parent.end(), 0U);
  const auto root = [&parent](std::uint32_t at) {
    while (parent[at] != at) at = parent[at] = parent[parent[at]];
    return at;
  };
  RandomStream random(4, 0);
  for (int i = 0; i < 24'000; ++i) {
    const auto record = static_cast<std::uint32_t>(random.below(records));
    const auto type = static_cast<std::uint32_t>(random.below(3));
    const auto value = static_cast<std::uint32_t>(i < 2'000 ? 0 : random.below(10'000));
    edges.push_back({value, record, static_cast<IdentifierType>(type)});
    parent[root(record)] = root(records + type * 10'000 + value);
  }
  const BatchIdentities got = resolve_all(records, edges, free);
  std::vector<std::uint32_t> first(parent.size(), 0xffffffffU);
  std::size_t next = 0;
  bool same = true;
  for (std::uint32_t r = 0; r < records; ++r) {
    std::uint32_t& number = first[root(r)];
    if (number == 0xffffffffU) number = static_cast<std::uint32_t>(next++);
    same = same && index(got.customers[r]) == number;
  }
  CHECK(same);
  CHECK(got.customer_count == next);
}

}  // namespace emptor
