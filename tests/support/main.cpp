#include "support/run_tests.hpp"

int main(int argc, char** argv) {
  return emptor::test::run_tests(argc, argv);
}
