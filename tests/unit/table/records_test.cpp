#include "emptor/table/records.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "emptor/core/random.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

Result<Record> add(Records& records, std::vector<std::string_view> values) {
  return records.add(values);
}

}  // namespace

TEST_CASE("records give back what was put in") {
  Records records({"name", "phone"});
  CHECK(records.empty());
  CHECK(add(records, {"Ann", "1"}).value() == Record{0});
  CHECK(add(records, {"", ""}).value() == Record{1});
  CHECK(add(records, {"\xff\0 raw", "李"}).value() == Record{2});
  CHECK(records.size() == 3);
  CHECK(records.value(Record{0}, 0) == "Ann");
  CHECK(records.value(Record{0}, 1) == "1");
  CHECK(records.value(Record{1}, 0).empty());
  CHECK(records.value(Record{1}, 1).empty());
  CHECK(records.value(Record{2}, 0) == std::string_view("\xff\0 raw"));
  CHECK(records.value(Record{2}, 1) == "李");
  CHECK(records.find_column("phone") == 1);
  CHECK_FALSE(records.find_column("mail"));
  CHECK(records.columns().size() == 2);

  Records moved = std::move(records);
  CHECK(moved.value(Record{2}, 1) == "李");
  const Records copy = moved;
  CHECK(add(moved, {"later", "2"}).has_value());
  CHECK(copy.size() == 3);
  CHECK(copy.value(Record{0}, 0) == "Ann");
}

TEST_CASE("records stand across blocks of rows") {
  Records records({"a", "b", "c"});
  std::vector<std::array<std::string, 3>> twin;
  RandomStream random(7);
  for (std::size_t row = 0; row < 3000; ++row) {
    auto& values = twin.emplace_back();
    for (std::string& value : values) {
      value.assign(random.below(20), static_cast<char>('a' + random.below(26)));
    }
    const std::array<std::string_view, 3> views{values[0], values[1], values[2]};
    REQUIRE(records.add(views).value() == id_at<Record>(row));
  }
  bool same = true;
  for (std::size_t row = 0; row < twin.size(); ++row) {
    for (std::size_t c = 0; c < 3; ++c) {
      same = same && records.value(id_at<Record>(row), c) == twin[row][c];
    }
  }
  CHECK(same);
}

TEST_CASE("records refuse what does not fit and stay as they are") {
  Records records({"a", "b"});
  REQUIRE(add(records, {"1", "2"}).has_value());
  CHECK(add(records, {"1"}).error().code == ErrorCode::invalid_shape);
  CHECK(add(records, {"1", "2", "3"}).error().code == ErrorCode::invalid_shape);
  const std::string big(Records::longest_value + 1, 'x');
  const Error error = add(records, {"1", big}).error();
  CHECK(error.code == ErrorCode::invalid_value);
  CHECK(error.where == "b");
  CHECK(records.size() == 1);
  CHECK(records.value(Record{0}, 1) == "2");
  const std::string_view most = std::string_view(big).substr(1);
  CHECK(add(records, {"3", most}).value() == Record{1});
  CHECK(add(records, {"", "4"}).value() == Record{2});
  CHECK(records.value(Record{1}, 1) == most);
  CHECK(records.value(Record{2}, 1) == "4");

  const auto code_of = [](std::vector<std::string> columns) {
    try {
      const Records made(std::move(columns));
    } catch (const Exception& refused) {
      return refused.code();
    }
    return ErrorCode{};
  };
  CHECK(code_of({"a", "b", "a"}) == ErrorCode::duplicate);
  CHECK(code_of({"a", ""}) == ErrorCode::invalid_value);
}

TEST_CASE("records without columns have rows nevertheless") {
  Records records;
  CHECK(records.columns().empty());
  CHECK(add(records, {}).value() == Record{0});
  CHECK(records.size() == 1);
  CHECK(add(records, {"1"}).error().code == ErrorCode::invalid_shape);
}
