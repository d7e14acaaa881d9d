#pragma once

/// @file
/// For tests on real data. Their executables exit with 77, which ctest shows as skipped, when the
/// data folder is absent (see data_main.cpp).

#include <filesystem>

namespace emptor::test {

/// The data folder: environment variable EMPTOR_DATA_DIR, else what CMake was configured with.
/// Empty if there is none.
std::filesystem::path data_dir();

}  // namespace emptor::test
