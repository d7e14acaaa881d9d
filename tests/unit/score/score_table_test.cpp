#include "emptor/score/score_table.hpp"

#include <cmath>
#include <limits>

#include "emptor/core/archive.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

ScoreTable small() {
  ScoreTableBuilder builder;
  builder.number("tenure", {1, 34, std::nan("")}).category("contract", {"month", "", "year"});
  return builder.finish();
}

}  // namespace

TEST_CASE("score table: columns of numbers and categories, missing ones are NaN") {
  const ScoreTable table = small();
  REQUIRE(table.rows() == 3);
  REQUIRE(table.columns() == 2);
  CHECK(table.row(1)[0] == 34);
  CHECK(std::isnan(table.row(2)[0]));
  CHECK(table.row(0)[1] == 0);
  CHECK(std::isnan(table.row(1)[1]));
  CHECK(table.row(2)[1] == 1);
  CHECK(table.schema()[1].categories == std::vector<std::string>{"month", "year"});
  CHECK(table.schema().find("contract") == 1);
  CHECK(table.schema().find("nothing") == 2);
  CHECK(table.schema().code(1, "year") == 1);
  CHECK(table.schema().code(1, "week") == -1);
}

TEST_CASE("score table: a row is set by names") {
  const ScoreSchema schema = small().schema();
  std::vector<float> row = schema.row();
  schema.set(row, "tenure", 7.5);
  schema.set(row, "contract", "year");
  CHECK(row[0] == 7.5F);
  CHECK(row[1] == 1);
  schema.set(row, "contract", "week");
  CHECK(std::isnan(row[1]));
  CHECK_THROWS_AS(schema.set(row, "age", 1.0), Exception);
  CHECK_THROWS_AS(schema.set(row, "contract", 1.0), Exception);
  CHECK_THROWS_AS(schema.set(row, "tenure", "long"), Exception);
  CHECK_THROWS_AS(schema.set(std::span(row).first(1), "tenure", 1.0), Exception);
  CHECK_THROWS_AS(schema.set(row, "tenure", std::numeric_limits<double>::infinity()), Exception);
}

TEST_CASE("score table: what cannot be is refused") {
  const double infinite = std::numeric_limits<double>::infinity();
  ScoreTableBuilder builder;
  CHECK_THROWS_AS(builder.number("a", {infinite}), Exception);
  CHECK_THROWS_AS(builder.number("a", {1e300}), Exception);
  builder.number("a", {1, 2});
  CHECK_THROWS_AS(builder.number("b", {1}), Exception);
  builder.number("a", {3, 4});
  CHECK_THROWS_AS(builder.finish(), Exception);
  Matrix<float> one(1, 1);
  one.row(0)[0] = std::numeric_limits<float>::infinity();
  ScoreColumn number;
  number.name = "n";
  CHECK_THROWS_AS(ScoreTable(ScoreSchema({number}), one), Exception);
  ScoreColumn category{"c", ScoreColumnKind::category, {"x", "y"}};
  for (const float bad : {2.0F, -1.0F, 0.5F}) {
    one.row(0)[0] = bad;
    CHECK_THROWS_AS(ScoreTable(ScoreSchema({category}), one), Exception);
  }
  CHECK_THROWS_AS(ScoreTable(ScoreSchema({number, number}), Matrix<float>(1, 2)), Exception);
  CHECK_THROWS_AS(ScoreTable(ScoreSchema({number}), Matrix<float>(1, 2)), Exception);
}

TEST_CASE("score table: rows are taken and mapped to another schema by name") {
  const ScoreTable table = small();
  const std::vector<std::uint32_t> twice{2, 0, 2};
  const ScoreTable taken = table.take(twice);
  CHECK(taken.rows() == 3);
  CHECK(taken.row(0)[1] == 1);
  CHECK(taken.row(1)[0] == 1);
  const std::vector<std::uint32_t> beyond{3};
  CHECK_THROWS_AS(table.take(beyond), Exception);

  ScoreTableBuilder builder;
  builder.category("contract", {"year", "decade"}).number("extra", {5, 6});
  const MappedRows mapped = map_rows(builder.finish(), table.schema());
  CHECK(mapped.table.schema() == table.schema());
  CHECK(mapped.missing_columns == std::vector<std::string>{"tenure"});
  CHECK(mapped.table.row(0)[1] == 1);
  CHECK(std::isnan(mapped.table.row(1)[1]));
  CHECK(mapped.unknown == std::vector<std::uint64_t>{0, 1});

  ScoreTableBuilder clash;
  clash.number("contract", {1});
  CHECK_THROWS_AS(map_rows(clash.finish(), table.schema()), Exception);
}

TEST_CASE("score table: a schema is saved") {
  const ScoreSchema schema = small().schema();
  ArchiveWriter writer("schema", 1);
  schema.save(writer.section("schema", 1));
  const std::vector<std::byte> bytes = std::move(writer).finish();
  Result<ArchiveReader> reader = ArchiveReader::open(bytes, "schema", 1);
  REQUIRE(reader.has_value());
  Result<SectionReader> section = reader->section("schema");
  REQUIRE(section.has_value());
  Result<ScoreSchema> loaded = ScoreSchema::load(*section);
  REQUIRE(loaded.has_value());
  CHECK(*loaded == schema);
}

TEST_CASE("score table: customers' columns are numbers") {
  CustomerColumns columns;
  columns.names = {"orders", "net"};
  columns.values = Matrix<double>(2, 2);
  columns.values.row(1)[0] = 3;
  columns.values.row(1)[1] = std::nan("");
  const ScoreTable table = score_table(columns);
  CHECK(table.rows() == 2);
  CHECK(table.row(1)[0] == 3);
  CHECK(std::isnan(table.row(1)[1]));
}
