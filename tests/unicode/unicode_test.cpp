#include "emptor/text/unicode.hpp"

#include <string>

#include "support/catch.hpp"

using namespace emptor;

TEST_CASE("NFKC with full case folding") {
  CHECK(nfkc_casefold("") == "");
  CHECK(nfkc_casefold("John SMITH") == "john smith");
  CHECK(nfkc_casefold("Stra\u00dfe") == "strasse");
  CHECK(nfkc_casefold("\uff2a\uff4f\uff48\uff4e") == "john");
  CHECK(nfkc_casefold("\ufb01ne") == "fine");
  CHECK(nfkc_casefold("Zoe\u0308") == "zo\u00eb");
  CHECK(nfkc_casefold("a\u00adb\u200bc") == "abc");
  CHECK(nfkc_casefold("\u0130") == "i\u0307");
  CHECK(nfkc_casefold("\u1112\u1161\u11ab") == "\ud55c");
  CHECK(nfkc_casefold(nfkc_casefold("\u01c4\u2460\u33a5")) == nfkc_casefold("\u01c4\u2460\u33a5"));
}

TEST_CASE("NFC composes and changes nothing else") {
  CHECK(nfc("Zoe\u0308") == "Zo\u00eb");
  CHECK(nfc("\ufb01ne STRA\u00dfE") == "\ufb01ne STRA\u00dfE");
}

TEST_CASE("Bytes that are no UTF-8 become replacement characters") {
  CHECK(nfc("a\xFF z") == "a\ufffd z");
  CHECK(nfkc_casefold("\xE7\x8E"
                      "A") == "\ufffda");
  CHECK(nfc(std::string(1 << 20, '\x80')).size() == 3U << 20);
  CHECK(nfc(std::string("a\0b", 3)) == std::string("a\0b", 3));
}
