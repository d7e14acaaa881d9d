#include "emptor/identity/email.hpp"

#include <string>

#include "support/catch.hpp"

using namespace emptor;

namespace {

struct Case {
  const char* raw;
  const char* address;
  FieldState state = FieldState::usable;
};

TEST_CASE("e-mail addresses in one form") {
  const Case cases[] = {
      {"Robert255@Smith.net", "robert255@smith.net"},
      {"  robert@smith.net ", "robert@smith.net"},
      {"<Robert@smith.net>", "robert@smith.net"},
      {"Robert Smith <r.smith@work.com>;", "r.smith@work.com"},
      {"mailto:bob@smith.net?subject=Hi", "bob@smith.net"},
      {"bob @ smith.net", "bob@smith.net"},
      {"bob@@smith.net", "bob@smith.net"},
      {"bob@smith.net.", "bob@smith.net"},
      {"'bob@smith.net'", "bob@smith.net"},
      {"bob [at] smith.net", "bob@smith.net"},
      {"Ｂｏｂ＠ｓｍｉｔｈ．ｎｅｔ", "bob@smith.net"},
      {"bob@smith。net", "bob@smith.net"},
      {"J.Doe+news@GMail.com", "jdoe@gmail.com"},
      {"j.doe@googlemail.com", "jdoe@gmail.com"},
      {"j.doe+x@outlook.com", "j.doe@outlook.com"},
      {"jane-shop@yahoo.com", "jane@yahoo.com"},
      {"jane-shop@smith.com", "jane-shop@smith.com"},
      {"jane+shop@smith.com", "jane@smith.com"},
      {"jane@me.com", "jane@icloud.com"},
      {"jane.b@protonmail.com", "janeb@proton.me"},
      {"ivan-petrov@ya.ru", "ivan.petrov@yandex.ru"},
      {"shop@jane.fastmail.com", "jane@fastmail.com"},
      {"Jürgen@Müller.de", "jürgen@müller.de"},
      {"12345678a@qq.com", "12345678a@qq.com"},
      {"+1@smith.net", "+1@smith.net"},
      {"\"bob\"@smith.net", "\"bob\"@smith.net"},
      {"bob", "bob", FieldState::malformed},
      {"bob@smith", "bob@smith", FieldState::malformed},
      {"bob@smith..net", "bob@smith..net", FieldState::malformed},
      {"bob smith@smith.net", "bob smith@smith.net", FieldState::malformed},
      {"@smith.net", "@smith.net", FieldState::malformed},
      {"bob@1.2.3.4", "bob@1.2.3.4", FieldState::malformed},
      {"bob@-smith.net", "bob@-smith.net", FieldState::malformed},
  };
  EmailAddress email;
  for (const Case& c : cases) {
    CAPTURE(c.raw);
    CHECK(normalise_email(c.raw, email) == c.state);
    CHECK(email.address == c.address);
    if (c.state == FieldState::usable) CHECK(email.local + "@" + email.domain == c.address);
  }
}

TEST_CASE("e-mail addresses that are nobody's") {
  EmailAddress email;
  for (const auto* raw : {"test@test.com", "TEST@gmail.com", "noreply@shop.com", "no@email",
                          "a@a.com", "jane@example.com", "n/a", "unknown", "none@none.com",
                          "123456@qq.com", "-", "无", "no-reply@smith.net", "x@y.invalid"}) {
    CAPTURE(raw);
    CHECK(normalise_email(raw, email) == FieldState::placeholder);
  }
  for (const auto* raw :
       {"bsmith@work.com", "psmith@email.com", "bob@bob.com", "test.case@smith.net"}) {
    CAPTURE(raw);
    CHECK(normalise_email(raw, email) == FieldState::usable);
  }
  CHECK(normalise_email(" \t　", email) == FieldState::missing);
  CHECK(email == EmailAddress{});
}

TEST_CASE("what an e-mail address tells besides") {
  EmailAddress email;
  REQUIRE(normalise_email("J.Doe+news+more@gmail.com", email) == FieldState::usable);
  CHECK(email.local == "jdoe");
  CHECK(email.domain == "gmail.com");
  CHECK(email.tag == "news+more");
  CHECK(email.public_provider);
  CHECK_FALSE(email.role);
  REQUIRE(normalise_email("info@smith.net", email) == FieldState::usable);
  CHECK(email.role);
  CHECK_FALSE(email.public_provider);
  CHECK(email.tag.empty());
}

TEST_CASE("a malformed e-mail address keeps what stands around its last @") {
  EmailAddress email;
  REQUIRE(normalise_email("F@Holmes@duncan", email) == FieldState::malformed);
  CHECK(email.local == "f@holmes");
  CHECK(email.domain == "duncan");
  REQUIRE(normalise_email("holmes", email) == FieldState::malformed);
  CHECK(email.local.empty());
}

TEST_CASE("e-mail options") {
  EmailAddress email;
  CHECK(normalise_email("j.d+x@gmail.com", email, {.provider_rules = false}) == FieldState::usable);
  CHECK(email.address == "j.d+x@gmail.com");
  CHECK(normalise_email("j+x@smith.net", email, {.plus_tags = false}) == FieldState::usable);
  CHECK(email.address == "j+x@smith.net");
  Placeholders mine;
  mine.add("Counter@Shop.com");
  CHECK(normalise_email("counter@SHOP.com", email, {.placeholders = &mine}) ==
        FieldState::placeholder);
}

}  // namespace
