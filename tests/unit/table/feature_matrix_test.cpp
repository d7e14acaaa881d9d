#include "emptor/table/feature_matrix.hpp"

#include <limits>
#include <string>
#include <vector>

#include "emptor/table/feature_builder.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

float value_of(const FeatureMatrix& data, std::size_t row, std::string_view name) {
  const auto feature = data.find(name);
  REQUIRE(feature.has_value());
  const auto indices = data.by_row().row_indices(row);
  for (std::size_t e = 0; e < indices.size(); ++e) {
    if (indices[e] == index(*feature)) return data.by_row().row_values(row)[e];
  }
  return 0;
}

FeatureMatrix shop() {
  FeatureBuilder builder(4);
  builder.add_category(0, "brand", "Sony");
  builder.add_tag(0, "genre", "Comedy");
  builder.add_tag(0, "genre", "Comedy", 0.5F);
  builder.add_tag(0, "genre", "Drama");
  builder.add_number(0, "price", 10);
  builder.add_category(1, "brand", "a=b");
  builder.add_number(1, "price", 20);
  builder.add_missing(2, "brand");
  builder.add_number(2, "price", 40);
  return builder.build();
}

std::vector<std::byte> saved(const FeatureMatrix& data) {
  ArchiveWriter writer("test", 1);
  put_features(writer.section("features", 1), data);
  return std::move(writer).finish();
}

Result<FeatureMatrix> loaded(std::span<const std::byte> bytes) {
  const auto reader = ArchiveReader::open(bytes, "test", 1);
  if (!reader) return reader.error();
  auto section = reader->section("features");
  FeatureMatrix data = get_features(*section);
  if (Result<void> done = section->finish(); !done) return done.error();
  return data;
}

TEST_CASE("features: names, numbers in the order of adding, blocks, both directions") {
  const FeatureMatrix data = shop();
  CHECK(data.rows() == 4);
  REQUIRE(data.features() >= 5);
  CHECK(data.name(Feature{0}) == "brand=Sony");
  CHECK(data.name(Feature{1}) == "genre=Comedy");
  CHECK(data.name(Feature{2}) == "genre=Drama");
  CHECK(data.name(Feature{3}) == "brand=a=b");
  CHECK(data.name(Feature{4}) == "brand?");
  CHECK_FALSE(data.find("brand=Philips").has_value());
  CHECK(value_of(data, 0, "genre=Comedy") == 1.5F);
  CHECK(value_of(data, 2, "brand?") == 1);
  CHECK(data.by_row().row_size(3) == 0);
  CHECK(data.by_feature() == data.by_row().transposed());
  REQUIRE(data.blocks().size() == 3);
  CHECK(data.blocks()[data.block_of()[0]].name == "brand");
  CHECK(data.blocks()[data.block_of()[4]].name == "brand");
  CHECK(data.blocks()[data.block_of()[data.features() - 1]].name == "price");
  CHECK(data == shop());
  CHECK(FeatureMatrix{}.rows() == 0);
  check_throws(ErrorCode::out_of_range, "is not one of",
               [&] { (void)data.name(id_at<Feature>(data.features())); });
}

TEST_CASE("smooth bins: shares of the two knots next to a number add up to 1") {
  FeatureBuilder builder(6);
  builder.declare_number("price", {.knots = 3});
  const double prices[] = {0, 10, 20, 5, 100};
  for (std::size_t row = 0; row < 5; ++row) builder.add_number(row, "price", prices[row]);
  const FeatureMatrix data = builder.build();
  CHECK(data.blocks()[0].scale == std::vector<double>{0, 10, 100});
  CHECK(value_of(data, 1, "price~10") == 1);
  CHECK(value_of(data, 3, "price~0") == 0.5F);
  CHECK(value_of(data, 3, "price~10") == 0.5F);
  CHECK(value_of(data, 2, "price~10") == Approx(8.0 / 9));
  CHECK(value_of(data, 4, "price~100") == 1);
  for (std::size_t row = 0; row < 5; ++row) {
    float sum = 0;
    for (const float value : data.by_row().row_values(row)) sum += value;
    CHECK(sum == Approx(1));
  }
  CHECK(data.by_row().row_size(5) == 0);

  // Later rows keep the scale, and what lies beyond it counts as its end.
  FeatureBuilder more(3, data);
  more.add_number(0, "price", -7);
  more.add_number(1, "price", 1e300);
  more.add_category(2, "brand", "new");
  const FeatureMatrix later = more.build();
  CHECK(later.blocks()[0] == data.blocks()[0]);
  CHECK(value_of(later, 0, "price~0") == 1);
  CHECK(value_of(later, 1, "price~100") == 1);
  CHECK(index(*later.find("brand=new")) == data.features());
  for (std::size_t f = 0; f < data.features(); ++f) {
    CHECK(later.name(id_at<Feature>(f)) == data.name(id_at<Feature>(f)));
  }

  FeatureBuilder same(2);
  same.add_number(0, "price", 3);
  same.add_number(1, "price", 3);
  CHECK(value_of(same.build(), 0, "price~3") == 1);
}

TEST_CASE("standardised numbers, and numbers that are all equal") {
  FeatureBuilder builder(4);
  builder.declare_number("age", {.scaling = NumberScaling::standardise});
  builder.declare_number("flat", {.scaling = NumberScaling::standardise});
  builder.add_number(0, "age", 20);
  builder.add_number(1, "age", 40);
  builder.add_missing(2, "age");
  builder.add_number(0, "flat", 7);
  builder.add_number(1, "flat", 7);
  const FeatureMatrix data = builder.build();
  CHECK(value_of(data, 0, "age") == -1);
  CHECK(value_of(data, 1, "age") == 1);
  CHECK(value_of(data, 2, "age") == 0);
  CHECK(value_of(data, 2, "age?") == 1);
  CHECK(value_of(data, 0, "flat") == 0);

  const FeatureMatrix unit = shop().normalised();
  double squares = 0;
  for (const float value : unit.by_row().row_values(0)) squares += double{value} * double{value};
  CHECK(squares == Approx(1));
  CHECK(unit.by_row().row_size(3) == 0);

  FeatureBuilder huge(2);
  huge.declare_number("x", {.scaling = NumberScaling::standardise});
  huge.add_number(0, "x", 1.7e308);
  huge.add_number(1, "x", -1.7e308);
  check_throws(ErrorCode::overflow, "scale them down", [&] { (void)huge.build(); });
}

TEST_CASE("features: what is refused") {
  FeatureBuilder builder(2);
  builder.add_category(0, "brand", "Sony");
  check_throws(ErrorCode::duplicate, "row 0 has a value of 'brand' already",
               [&] { builder.add_category(0, "brand", "Philips"); });
  check_throws(ErrorCode::duplicate, "already", [&] { builder.add_missing(0, "brand"); });
  check_throws(ErrorCode::out_of_range, "row 2", [&] { builder.add_tag(2, "genre", "Drama"); });
  check_throws(ErrorCode::invalid_value, "another kind", [&] { builder.add_tag(1, "brand", "x"); });
  check_throws(ErrorCode::duplicate, "'brand'", [&] { builder.declare_number("brand", {}); });
  check_throws(ErrorCode::invalid_option, "'knots'",
               [&] { builder.declare_number("price", {.knots = 1}); });
  for (const char* name : {"", "a=b", "a~b", "a?"}) {
    check_throws(ErrorCode::invalid_value, "block's name",
                 [&] { builder.add_category(1, name, "x"); });
  }
  for (const float bad : {0.0F, -1.0F, std::numeric_limits<float>::quiet_NaN(),
                          std::numeric_limits<float>::infinity()}) {
    check_throws(ErrorCode::invalid_value, "'brand'",
                 [&] { builder.add_category(1, "brand", "x", bad); });
  }
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    check_throws(ErrorCode::invalid_value, "'price' of row 1 must be finite",
                 [&] { builder.add_number(1, "price", bad); });
  }
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Keys<Feature> names;
  names.add("colour=red");
  check_throws(ErrorCode::invalid_value, "'colour=red' must be finite, got nan", [&] {
    (void)FeatureMatrix(names, {FeatureBlock{.name = "colour"}}, {0},
                        Csr<float>(1, {0, 1}, {0}, {nan}));
  });
  check_throws(ErrorCode::invalid_shape, "blocks", [&] {
    (void)FeatureMatrix(names, {}, {0}, Csr<float>(1, {0, 1}, {0}, {1.0F}));
  });
}

TEST_CASE("features saved and loaded, cut and changed") {
  for (const FeatureMatrix& data : {shop(), FeatureMatrix{}, FeatureBuilder(3).build()}) {
    const std::vector<std::byte> bytes = saved(data);
    const Result<FeatureMatrix> back = loaded(bytes);
    REQUIRE(back.has_value());
    CHECK(*back == data);
    CHECK(saved(*back) == bytes);
  }
  // Contradictions behind right checksums.
  const auto refused = [](auto&& write) {
    ArchiveWriter writer("test", 1);
    write(writer.section("features", 1));
    return !loaded(std::move(writer).finish()).has_value();
  };
  const auto with = [&](std::vector<double> scale, std::vector<std::uint32_t> block_of,
                        std::vector<std::uint32_t> sizes, std::vector<std::uint32_t> indices,
                        std::vector<float> values) {
    return refused([&](SectionWriter& section) {
      Keys<Feature> names;
      names.add("price~1");
      names.save(section);
      section.put(std::uint64_t{1});
      section.put_text("price");
      section.put(FeatureKind::number);
      section.put(NumberScaling::smooth_bins);
      section.put_array(scale);
      section.put_array(block_of);
      section.put_array(sizes);
      section.put_array(indices);
      section.put_array(values);
    });
  };
  CHECK_FALSE(with({1}, {0}, {1}, {0}, {1.0F}));
  CHECK(with({2, 1}, {0}, {1}, {0}, {1.0F}));
  CHECK(with({1}, {1}, {1}, {0}, {1.0F}));
  CHECK(with({1}, {0}, {2}, {0}, {1.0F}));
  CHECK(with({1}, {0}, {1}, {1}, {1.0F}));
  CHECK(with({1}, {0}, {2}, {0, 0}, {1.0F, 1.0F}));
  CHECK(with({1}, {0}, {1}, {0}, {std::numeric_limits<float>::quiet_NaN()}));
}

}  // namespace
