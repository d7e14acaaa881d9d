#include "emptor/identity/nicknames.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "emptor/identity/name.hpp"
#include "support/catch.hpp"

using namespace emptor;

TEST_CASE("Short forms share a full name") {
  const Nicknames table = Nicknames::standard();
  using Pair = std::pair<std::string_view, std::string_view>;
  for (const auto& [a, b] : std::vector<Pair>{{"bob", "robert"},
                                              {"bob", "robbie"},
                                              {"bert", "robert"},
                                              {"bert", "albert"},
                                              {"bill", "will"},
                                              {"william", "billy"},
                                              {"liz", "betty"},
                                              {"beth", "elizabeth"},
                                              {"peggy", "margaret"},
                                              {"jack", "john"},
                                              {"harry", "henry"},
                                              {"sepp", "josef"},
                                              {"paco", "francisco"},
                                              {"beppe", "giuseppe"},
                                              {"sasha", "aleksandr"},
                                              {"саша", "александр"},
                                              {"smith", "smith"}}) {
    INFO(a << ' ' << b);
    CHECK(table.shares_name(a, b));
    CHECK(table.shares_name(b, a));
  }
  for (const auto& [a, b] : std::vector<Pair>{{"albert", "robert"},
                                              {"mary", "margaret"},
                                              {"john", "james"},
                                              {"smith", "jones"},
                                              {"bob", "smith"},
                                              {"", ""},
                                              {"", "bob"}}) {
    INFO(a << ' ' << b);
    CHECK_FALSE(table.shares_name(a, b));
    CHECK_FALSE(table.shares_name(b, a));
  }
}

TEST_CASE("Groups of names for keys") {
  const Nicknames table = Nicknames::standard();
  for (const std::string_view name : {"bob", "rob", "bobby", "robert", "bert"}) {
    CHECK(table.nickname_group(name) == "robert");
  }
  CHECK(table.nickname_group("eddie") == "edward");
  CHECK(table.nickname_group("smith") == "smith");
  CHECK(table.full_names("smith").empty());
  std::vector<std::string_view> all;
  for (const auto number : table.full_names("bert")) all.push_back(table.full_name(number));
  CHECK(std::find(all.begin(), all.end(), "albert") != all.end());
  CHECK(std::find(all.begin(), all.end(), "robert") != all.end());
  CHECK(table.size() > 2000);
  CHECK(table.full_name_count() > 800);
}

TEST_CASE("A host extends the nicknames, or begins with none") {
  Nicknames table;
  CHECK_FALSE(table.shares_name("bob", "robert"));
  CHECK(table.shares_name("bob", "bob"));
  table.add("Wilhelmina", "M\u00efna");
  CHECK(table.shares_name("mina", "wilhelmina"));
  table.add("", "x");
  table.add("x", " x ");
  CHECK(table.size() == 2);
  for (int i = 0; i < 1000; ++i)
    table.add("name" + std::to_string(i % 100), "n" + std::to_string(i));
  CHECK(table.size() == 2 + 100 + 1000);
  CHECK(table.shares_name("n7", "n107"));
  CHECK_FALSE(table.shares_name("n7", "n108"));
}

TEST_CASE("Known given names tell what a comma means") {
  const Nicknames table = Nicknames::standard();
  PersonName name;
  CHECK(normalise_name("eddie russell, bedford", name, {.nicknames = &table}) ==
        FieldState::usable);
  CHECK(name.given == "eddie");
  CHECK(name.family == "russell");
  CHECK(name.extra == "bedford");
  CHECK(normalise_name("Garcia Lopez, Maria", name, {.nicknames = &table}) == FieldState::usable);
  CHECK(name.given == "maria");
  CHECK(name.family == "garcia lopez");
  CHECK(normalise_name("Sir Bonham, Baronet", name, {.nicknames = &table}) == FieldState::usable);
  CHECK(name.family == "bonham");
  CHECK(normalise_name("Sir Henry", name, {.nicknames = &table}) == FieldState::usable);
  CHECK(name.given == "henry");
  CHECK(normalise_name("Princess Clotilde of Gotha", name, {.nicknames = &table}) ==
        FieldState::usable);
  CHECK(name.given == "clotilde");
}
