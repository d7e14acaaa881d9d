#pragma once

namespace emptor::test {

/// Runs Catch2 over the tests of this executable; returns the process's exit code. Property tests
/// get a fixed seed unless the environment variable RC_PARAMS names another ("seed=42
/// max_success=1000").
int run_tests(int argc, char** argv);

}  // namespace emptor::test
