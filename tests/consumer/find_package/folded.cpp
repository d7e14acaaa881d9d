// The optional component alone.

#include "emptor/text/unicode.hpp"

int main() {
  return emptor::nfkc_casefold("Stra\u00dfe") == "strasse" ? 0 : 1;
}
