#include <cstdio>

#include "support/data.hpp"
#include "support/run_tests.hpp"

int main(int argc, char** argv) {
  constexpr int skipped = 77;
  if (emptor::test::data_dir().empty()) {
    std::printf("%s skipped: no data folder (set EMPTOR_DATA_DIR)\n", argv[0]);
    return skipped;
  }
  return emptor::test::run_tests(argc, argv);
}
