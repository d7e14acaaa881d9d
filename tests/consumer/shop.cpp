// A host application in small: it uses a function of the compiled library and one of the headers.

#include <cstdio>

#include "emptor/core/version.hpp"

int main() {
  const auto version = emptor::library_version();
  std::printf("emptor %.*s\n", static_cast<int>(version.size()), version.data());
  return version.empty() ? 1 : 0;
}
