#include "emptor/table/interactions_archive.hpp"

#include <vector>

#include "support/catch.hpp"

using namespace emptor;

namespace {

std::vector<std::byte> saved(const Interactions& data) {
  ArchiveWriter writer("test", 1);
  put_interactions(writer.section("interactions", 1), data);
  return std::move(writer).finish();
}

Interactions small(float weight) {
  InteractionLog log;
  log.add(Customer{0}, Item{2}, weight);
  log.add(Customer{2}, Item{0}, 1);
  log.add(Customer{2}, Item{3}, 1);
  return Interactions(4, 5, log);
}

/// Reads a section that `write` made.
template <class Write>
Result<void> read_back(Write&& write, Interactions* out = nullptr) {
  ArchiveWriter writer("test", 1);
  write(writer.section("interactions", 1));
  const auto bytes = std::move(writer).finish();
  const auto reader = ArchiveReader::open(bytes, "test", 1);
  REQUIRE(reader.has_value());
  auto section = reader->section("interactions");
  REQUIRE(section.has_value());
  Interactions data = get_interactions(*section);
  if (out != nullptr) *out = data;
  return section->finish();
}

using Sizes = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("interactions come back as they were saved") {
  for (const float weight : {1.0F, 2.5F}) {
    const Interactions data = small(weight);
    Interactions back;
    REQUIRE(read_back([&](SectionWriter& s) { put_interactions(s, data); }, &back).has_value());
    CHECK(back.by_customer() == data.by_customer());
    CHECK(back.by_item() == data.by_item());
  }
  Interactions back = small(1);
  REQUIRE(
      read_back([](SectionWriter& s) { put_interactions(s, Interactions()); }, &back).has_value());
  CHECK(back.customers() == 0);
  CHECK(back.items() == 0);
}

TEST_CASE("weights that are all 1 cost nothing") {
  CHECK(saved(small(2)).size() > saved(small(1)).size());
}

TEST_CASE("interactions that contradict themselves are refused") {
  const auto refused = [](const Sizes& items, const Sizes& rows, const Sizes& indices,
                          const std::vector<float>& weights) {
    const auto result = read_back([&](SectionWriter& s) {
      s.put_array(items);
      s.put_array(rows);
      s.put_array(indices);
      s.put(weights.empty());
      if (!weights.empty()) s.put_array(weights);
    });
    return !result.has_value() && result.error().code == ErrorCode::corrupt;
  };
  CHECK_FALSE(refused({1, 1}, {2}, {0, 1}, {}));
  CHECK(refused({1, 1}, {1}, {0, 1}, {}));
  CHECK(refused({1, 1}, {2}, {1, 0}, {}));
  CHECK(refused({1, 1}, {2}, {0, 2}, {}));
  CHECK(refused({2, 0}, {2}, {0, 1}, {}));
  CHECK(refused({1, 1}, {2}, {0, 1}, {1.0F}));
  CHECK(refused({1, 1}, {2}, {0, 1}, {1.0F, -2.0F}));
  CHECK(refused({1, 1}, {4294967295U}, {0, 1}, {}));
}
