#define CATCH_CONFIG_RUNNER
#include "support/run_tests.hpp"

#include <cstdlib>

#include "support/catch.hpp"

namespace emptor::test {

int run_tests(int argc, char** argv) {
  setenv("RC_PARAMS", "seed=20110609", 0);
  return Catch::Session().run(argc, argv);
}

}  // namespace emptor::test
