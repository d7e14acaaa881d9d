// error: nodiscard|unused
#include "emptor/core/error.hpp"

emptor::Result<int> read_a_row();

void use() {
#ifdef MUST_FAIL
  read_a_row();
#else
  if (auto row = read_a_row(); !row) throw emptor::Exception(row.error());
#endif
}
