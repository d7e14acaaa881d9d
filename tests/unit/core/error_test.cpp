#include "emptor/core/error.hpp"

#include <memory>
#include <set>
#include <string>

#include "support/catch.hpp"

namespace {

using namespace emptor;

TEST_CASE("every code has a name of its own") {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::stopped); ++code) {
    names.insert(name(static_cast<ErrorCode>(code)));
  }
  CHECK(names.size() == static_cast<std::size_t>(ErrorCode::stopped) + 1);
  CHECK_FALSE(names.contains("unknown"));
  CHECK(name(ErrorCode::currency_mismatch) == "currency_mismatch");
}

TEST_CASE("an error says where and what") {
  CHECK(Error{ErrorCode::io, "disk full", "a.csv:3"}.to_string() == "a.csv:3: disk full");
  CHECK(Error{ErrorCode::io, "disk full", ""}.to_string() == "disk full");
  const Exception exception(ErrorCode::overflow, "too much", "sum");
  CHECK(std::string(exception.what()) == "sum: too much");
  CHECK(exception.code() == ErrorCode::overflow);
  CHECK(exception.error() == Error{ErrorCode::overflow, "too much", "sum"});
}

TEST_CASE("a result holds a value or an error and throws when the absent side is read") {
  Result<int> good = 7;
  REQUIRE(good);
  CHECK(*good == 7);
  CHECK(good.value_or(1) == 7);
  *good = 8;
  CHECK(good.value() == 8);
  CHECK_THROWS_AS(good.error(), Exception);

  const Result<int> bad = Error{ErrorCode::not_found, "no such key", "keys"};
  CHECK_FALSE(bad.has_value());
  CHECK(bad.value_or(1) == 1);
  CHECK(bad.error().code == ErrorCode::not_found);
  try {
    static_cast<void>(bad.value());
    FAIL("no exception");
  } catch (const Exception& exception) {
    CHECK(exception.error() == bad.error());
  }
}

TEST_CASE("a result moves what cannot be copied") {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
  CHECK(**result == 3);
  const std::unique_ptr<int> moved = std::move(result).value();
  CHECK(*moved == 3);
  Result<std::string> text = std::string("abc");
  CHECK(text->size() == 3);
}

TEST_CASE("a result without a value") {
  const Result<void> good;
  CHECK(good);
  CHECK_NOTHROW(good.value());
  CHECK_THROWS_AS(good.error(), Exception);
  const Result<void> bad = Error{ErrorCode::stopped, "stopped", ""};
  CHECK_FALSE(bad);
  CHECK_THROWS_AS(bad.value(), Exception);
  CHECK(bad.error().code == ErrorCode::stopped);
}

TEST_CASE("a refused option names itself, the rule and the value") {
  CHECK_NOTHROW(require_option(true, "lambda", "> 0", 1));
  try {
    require_option(false, "lambda", "> 0", -1);
    FAIL("no exception");
  } catch (const Exception& exception) {
    CHECK(exception.code() == ErrorCode::invalid_option);
    CHECK(exception.error().message == "'lambda' must be > 0, got -1");
    CHECK(exception.error().where == "lambda");
  }
}

}  // namespace
