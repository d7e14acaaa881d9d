// error: without -ffast-math
#ifdef MUST_FAIL
#define __FAST_MATH__ 1
#endif
#include "emptor/core/error.hpp"

int main() {}
