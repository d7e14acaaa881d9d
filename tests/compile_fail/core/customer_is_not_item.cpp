// error: (cannot|could not) convert|no viable conversion|invalid conversion
#include "emptor/core/id.hpp"

emptor::Item favourite(emptor::Customer customer);

emptor::Item use(emptor::Customer customer, [[maybe_unused]] emptor::Item item) {
#ifdef MUST_FAIL
  return favourite(item);
#else
  return favourite(customer);
#endif
}
