#pragma once

/// @file
/// EMPTOR_API marks what the compiled library (`emptor::emptor`) shows to its users. The library is
/// built with hidden visibility, so a function defined in src/ without this mark cannot be called
/// from outside a shared build. Types that are thrown or compared by `typeid` across that border
/// carry it as well; templates and inline functions need nothing.

#define EMPTOR_API __attribute__((visibility("default")))
