#include "emptor/core/version.hpp"

namespace emptor {

std::string_view library_version() noexcept {
  return EMPTOR_VERSION_TEXT;
}

}  // namespace emptor
