#include "support/data.hpp"

#include <cstdlib>

namespace emptor::test {

std::filesystem::path data_dir() {
  const char* named = std::getenv("EMPTOR_DATA_DIR");
  const std::filesystem::path folder = named != nullptr ? named : EMPTOR_TEST_DATA_DIR;
  std::error_code ignored;
  return std::filesystem::is_directory(folder, ignored) ? folder : std::filesystem::path{};
}

}  // namespace emptor::test
