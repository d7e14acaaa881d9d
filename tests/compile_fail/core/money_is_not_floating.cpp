// error: deleted
#include "emptor/core/money.hpp"

emptor::Money tip(const emptor::Money& bill) {
#ifdef MUST_FAIL
  return bill * 1.1;
#else
  return bill.share(11, 10);
#endif
}
