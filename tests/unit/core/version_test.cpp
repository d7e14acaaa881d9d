#include "emptor/core/version.hpp"

#include <string>

#include "support/catch.hpp"

TEST_CASE("the linked library has the version of the headers") {
  CHECK(std::string(emptor::library_version()) == std::to_string(emptor::version_major) + "." +
                                                      std::to_string(emptor::version_minor) + "." +
                                                      std::to_string(emptor::version_patch));
}
