#pragma once
// The report's chapters on who is who.

#include "emptor/report/page.hpp"
#include "findings.hpp"
#include "identity_samples.hpp"

namespace storefront {

/// What linking changed (with orders), one person with a golden profile, a linked and a refused
/// pair, a contested case, and how right it is where the truth is known. Values of records are
/// shown for a generated shop, whose truth is known, and masked otherwise. `found.identity` must be
/// there, and `samples` of it.
void add_identity_chapter(emptor::ReportPage& page, const Findings& found,
                          const IdentitySamples& samples);

/// How it was decided: fields, blocking, weights, what was contested.
void add_linking_chapter(emptor::ReportPage& page, const Identity& identity);

}  // namespace storefront
