// error: cannot (convert|initialize)|invalid conversion
#include "emptor/core/id.hpp"

emptor::Customer first() {
#ifdef MUST_FAIL
  emptor::Customer customer = 0;
#else
  auto customer = emptor::Customer{0};
#endif
  return customer;
}
