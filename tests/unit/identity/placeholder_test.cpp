#include "emptor/identity/placeholder.hpp"

#include <string>

#include "support/catch.hpp"

using namespace emptor;

namespace {

TEST_CASE("words, punctuation and letters that stand for nothing") {
  for (const auto* text : {"unknown", "n/a", "none", "null", "-", "test", "xxx", "xx", "-1", "0",
                           "aaaa", "??", "...", "无", "未知", "不详", "暂无", "asdf", "tbd"}) {
    CAPTURE(text);
    CHECK(is_placeholder(text));
  }
  for (const auto* text : {"", "smith", "iii", "aa", "x", "7", "11", "12", "2222", "unknow", "无锡",
                           "1971-06-24", "n", "noreply", "tests"}) {
    CAPTURE(text);
    CHECK_FALSE(is_placeholder(text));
  }
}

TEST_CASE("words that are names, too") {
  CHECK(is_placeholder("na"));
  CHECK_FALSE(is_placeholder_name("na"));
  CHECK_FALSE(is_placeholder_name("null"));
  CHECK(is_placeholder_name("unknown"));
  CHECK(is_placeholder_name("none"));
}

TEST_CASE("numbers that nobody was given") {
  for (const auto* text : {"0", "00000000", "000-00-0000", "99999", "111 111 1111", "123456",
                           "123456789", "1234567890", "0123456789", "987-65-4321", "9876543210"}) {
    CAPTURE(text);
    CHECK(is_placeholder_number(text));
    CHECK(is_placeholder(text));
  }
  for (const auto* text :
       {"", "-", "1111", "12345", "54321", "123457", "12-34-57x", "1122334455"}) {
    CAPTURE(text);
    CHECK_FALSE(is_placeholder_number(text));
  }
}

TEST_CASE("dates that forms and systems put in") {
  CHECK(is_placeholder("1900-01-01"));
  CHECK(is_placeholder("1970/01/01"));
  CHECK(is_placeholder("9999-12-31"));
  CHECK(is_placeholder("0000-00-00"));
  CHECK(is_placeholder("1970-01-01 00:00:00"));
  CHECK(is_placeholder("1970-01-01t00:00:00z"));
  CHECK_FALSE(is_placeholder("1970-01-02"));
  CHECK_FALSE(is_placeholder_date(1900, 2, 1));
  CHECK(is_placeholder_date(1899, 12, 30));
}

TEST_CASE("a host adds its own placeholders") {
  Placeholders mine;
  CHECK_FALSE(mine.contains("walk-in customer"));
  mine.add("  Walk-In　CUSTOMER ");
  mine.add("walk-in customer");
  mine.add(" ");
  CHECK(mine.contains("walk-in customer"));
  CHECK(mine.contains_name("walk-in customer"));
  CHECK(mine.contains("unknown"));
  CHECK_FALSE(mine.added("unknown"));
  CHECK_FALSE(mine.contains(""));
}

}  // namespace
